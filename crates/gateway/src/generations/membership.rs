//! Membership: this gateway's lease, the generations that it claims, and the notices that it
//! receives from the other gateways that share the store.
//!
//! A gateway that is alone with its store joins once and claims everything. Otherwise it renews its
//! lease, and stops its generations before the lease can lapse: from then on another gateway may
//! run them. Notices can be lost, so whatever they announce is also found by reading the store, a
//! little later.

use std::collections::HashSet;
use std::sync::Arc;
use std::time::Duration;

use ai_now_protocol::api::State;
use futures_util::future::BoxFuture;
use tokio::time::{Instant, MissedTickBehavior, interval, sleep, timeout};

use super::events::{EncodedEvent, Notice, notices};
use super::lease::{Lease, RENEWALS};
use super::service::{ActiveGeneration, GenerationService};
use crate::domain::{GatewayRole, Node};
use crate::store::{Claimed, NoticeEvent, StoreError};

/// How long a gateway that does not renew its lease keeps its generations.
pub const LEASE: Duration = Duration::from_secs(10);

/// The pause between two claims of generations that no gateway runs.
const CLAIM_PAUSE: Duration = Duration::from_secs(1);

/// The pause between two readings of the store, for facts whose notices were lost.
const CATCH_UP_PAUSE: Duration = Duration::from_secs(2);

/// After so many readings, jobs are looked for whose gateway is gone and whose generation was cancelled.
const ABANDON_TICKS: u64 = 30;

/// How many generations are claimed at once: each is read in a transaction of its own, and the lease
/// must be renewed beside them.
const CLAIMED_AT_ONCE: usize = 32;

/// More facts than a generation has.
const FACTS_MAX: u32 = 1000;

impl GenerationService {
    /// Joins as a new node.
    pub(super) async fn join(&self) -> Result<Node, StoreError> {
        let (asked, lease) = (Instant::now(), self.0.settings.lease);
        let node = self.0.store.join(lease).await?;
        let until = self.0.store.is_shared().then(|| asked + lease - lease / RENEWALS);
        self.0.membership.set(Some(Lease { node, until }));
        Ok(node)
    }

    /// Leaves. Other gateways run at once what was put back into the queue.
    pub(super) async fn leave(&self) {
        let lease = self.0.membership.lease();
        self.0.membership.left.cancel();
        self.0.membership.set(None);
        let Some(Lease { node, .. }) = lease else { return };
        let left = async {
            self.0.store.leave(node).await?;
            let work = serde_json::to_string(&Notice::Work).unwrap_or_default();
            self.0.store.notify(work).await
        };
        if let Err(error) = left.await {
            tracing::warn!(%error, "the other gateways were not notified that this one stops");
        }
    }

    /// This gateway's node, while it certainly holds its lease.
    pub fn node(&self) -> Option<Node> {
        self.0.membership.lease().map(|lease| lease.node)
    }

    /// The node that runs what is accepted here. `None`: the first node that claims it.
    pub(super) fn node_to_run(&self) -> Option<Node> {
        let runs = self.0.settings.role != GatewayRole::Door;
        runs.then(|| self.node()).flatten()
    }

    /// How many generations are queued or running, here and at all gateways that share the store.
    ///
    /// # Errors
    /// [`StoreError`]
    pub async fn under_way(&self) -> Result<usize, StoreError> {
        match self.0.store.is_shared() {
            true => self.0.store.count_unfinished().await,
            false => Ok(self.active_count()),
        }
    }

    /// Claims and runs generations that no gateway runs, up to the free capacity of the queue.
    /// Returns how many.
    pub(super) async fn claim(&self) -> Result<usize, StoreError> {
        let Some(node) = self.node_to_run() else { return Ok(0) };
        let shared = self.0.store.is_shared();
        // A gateway that is alone runs everything that it ever accepted.
        let capacity = if shared {
            self.0.settings.queue.saturating_sub(self.active_count())
        } else {
            usize::MAX >> 1
        };
        let _claiming = self.0.membership.strays.lock().await;
        let mut claimed = 0;
        while claimed < capacity && !self.0.stopping.is_cancelled() {
            let limit = CLAIMED_AT_ONCE.min(capacity - claimed);
            let Claimed { taken, rows, failed } =
                self.0.store.claim_generations(node, limit).await?;
            claimed += rows.len();
            for row in rows {
                let active = self.insert(&row, node, None);
                self.start(row, active);
            }
            if let Some(error) = failed {
                // Where gateways share the store, the next looks find those that are left over.
                return Err(error);
            }
            if taken < limit {
                break;
            }
        }
        if shared && claimed > 0 {
            tracing::info!(claimed, "generations that no gateway ran continue here");
        }
        Ok(claimed)
    }

    /// Renews the lease, claims, publishes and receives, until the service stops.
    pub(super) fn take_part(&self) {
        let parts: [BoxFuture<'static, ()>; 5] = [
            Box::pin(self.clone().keep_lease()),
            Box::pin(self.clone().keep_claiming()),
            Box::pin(self.clone().keep_publishing()),
            Box::pin(self.clone().keep_receiving()),
            Box::pin(self.clone().keep_catching_up()),
        ];
        for part in parts {
            let left = self.0.membership.left.clone();
            tokio::spawn(async move {
                tokio::select! {
                    () = left.cancelled() => {}
                    () = part => {}
                }
            });
        }
    }

    /// From now on the gateway neither renews its lease nor receives notices, without knowing it.
    #[cfg(test)]
    pub(super) fn cut_off(&self) {
        self.0.membership.left.cancel();
    }

    async fn keep_lease(self) {
        let lease = self.0.settings.lease;
        loop {
            sleep(lease / RENEWALS).await;
            let Some(Lease { node, until: Some(until) }) = self.0.membership.lease() else {
                self.halt_all();
                if let Err(error) = self.join().await {
                    tracing::error!(%error, "the gateway could not rejoin");
                }
                continue;
            };
            let asked = Instant::now();
            match timeout(until - asked, self.0.store.renew_lease(node, lease)).await {
                Ok(Ok(true)) => {
                    let until = Some(asked + lease - lease / RENEWALS);
                    self.0.membership.set(Some(Lease { node, until }));
                }
                Ok(Ok(false)) => {
                    tracing::warn!(
                        "the lease lapsed: other gateways may run the generations of this one"
                    );
                    self.0.membership.set(None);
                }
                Ok(Err(error)) => tracing::warn!(%error, "the lease was not renewed"),
                Err(_) => tracing::warn!("the lease was not renewed in time"),
            }
        }
    }

    /// Stops everything that runs here. The providers' jobs go on: the next gateway that runs a
    /// generation asks for its job.
    fn halt_all(&self) {
        for (_, active) in self.stored() {
            active.halted.cancel();
        }
    }

    async fn keep_claiming(self) {
        loop {
            tokio::select! {
                () = sleep(CLAIM_PAUSE) => {}
                () = self.0.membership.work.notified() => {}
            }
            if let Err(error) = self.claim().await {
                tracing::warn!(%error, "generations that no gateway runs could not be claimed");
            }
        }
    }

    async fn keep_publishing(self) {
        if let Some(notices) = &self.0.notices {
            notices.run(&self.0.store).await;
        }
    }

    async fn keep_receiving(self) {
        let mut events = self.0.store.notices();
        while let Some(event) = events.recv().await {
            match event {
                NoticeEvent::Text(text) => {
                    for notice in notices(&text) {
                        self.receive(notice).await;
                    }
                }
                NoticeEvent::Gap => self.catch_up().await,
            }
        }
    }

    async fn receive(&self, notice: Notice) {
        match notice {
            Notice::Work => self.0.membership.work.notify_one(),
            Notice::Breakers => self.heed_breakers().await,
            Notice::Fact { id, owner, seq } => {
                if let Some(feed) = self.0.feeds.get(owner) {
                    feed.receive_fact(&id, seq);
                }
                self.publish_change(&id).await;
                let active = self.active().get(&*id).cloned();
                if let Some(active) = active.filter(|active| active.hub.last() < seq) {
                    self.end_elsewhere(&id, &active, false).await;
                }
                if let Some(remote) = self.0.remotes.get(&id)
                    && let Err(error) = remote.catch_up(&self.0.store).await
                {
                    tracing::warn!(%error, "facts of another gateway could not be read");
                }
            }
            Notice::Progress { id, owner, seq, event } => {
                let (feed, remote) = (self.0.feeds.get(owner), self.0.remotes.get(&id));
                if feed.is_none() && remote.is_none() {
                    return;
                }
                if let Some(feed) = feed {
                    feed.receive_progress(&id.into(), EncodedEvent::new(seq, &event));
                }
                if let Some(remote) = remote {
                    remote.progress(seq, &event);
                }
            }
        }
    }

    /// Publishes to the administrators' streams that another gateway has accepted or ended this
    /// generation.
    async fn publish_change(&self, id: &str) {
        if !self.0.changes.is_read() {
            return;
        }
        match self.0.store.generation(id).await {
            Ok(Some(row)) if row.state != State::Running => {
                self.0.changes.publish(id, &row.model, row.state);
            }
            Ok(_) => {}
            Err(error) => {
                tracing::warn!(%error, "a generation that another gateway announced could not be read");
            }
        }
    }

    async fn keep_catching_up(self) {
        let mut ticks = interval(CATCH_UP_PAUSE);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        for tick in 1_u64.. {
            ticks.tick().await;
            self.catch_up().await;
            if tick % ABANDON_TICKS == 0
                && let Err(error) = self.abandon_jobs().await
            {
                tracing::warn!(%error, "jobs that nobody waits for could not be read");
            }
        }
    }

    /// Reads facts whose notices were lost.
    async fn catch_up(&self) {
        if let Err(error) = self.0.feeds.catch_up(&self.0.store).await {
            tracing::warn!(%error, "the numbers of facts could not be read");
        }
        self.heed_breakers().await;
        for remote in self.0.remotes.living() {
            if let Err(error) = remote.catch_up(&self.0.store).await {
                tracing::warn!(%error, "facts of another gateway could not be read");
                return;
            }
        }
        let Some(node) = self.0.membership.lease().map(|lease| lease.node) else { return };
        // The active ones are listed first: what is accepted in between is then not missing from
        // the store.
        let running = self.stored();
        let owned = match self.0.store.generations_of_node(node).await {
            Ok(owned) => owned,
            Err(error) => {
                tracing::warn!(%error, "what this gateway runs could not be read");
                return;
            }
        };
        for (id, active) in running {
            if active.node == node && !owned.contains(&id) {
                self.end_elsewhere(&id, &active, true).await;
            }
        }
        self.release_strays(node, owned).await;
    }

    /// Releases the generations that the store says this gateway runs, and that it does not run: the
    /// answer to a claim, or to an acceptance, was lost. What was accepted or claimed a moment ago looks
    /// the same, so two looks must find it.
    async fn release_strays(&self, node: Node, owned: HashSet<String>) {
        let Ok(mut strays) = self.0.membership.strays.try_lock() else { return };
        let active: HashSet<String> = self.active().keys().cloned().collect();
        let found: HashSet<String> = owned.difference(&active).cloned().collect();
        let lost: Vec<String> = found.intersection(&strays).cloned().collect();
        *strays = found;
        if lost.is_empty() {
            return;
        }
        tracing::warn!(count = lost.len(), "generations that this gateway lost are claimed anew");
        match self.0.store.release_generations(node, lost).await {
            Ok(()) => self.0.membership.work.notify_one(),
            Err(error) => tracing::warn!(%error, "lost generations were not released"),
        }
    }

    /// Handles a change that another gateway wrote about a generation that runs here. If the
    /// generation has ended, its events are published and its provider is stopped; if it was
    /// `taken_over`, it only stops here.
    async fn end_elsewhere(&self, id: &str, active: &Arc<ActiveGeneration>, taken_over: bool) {
        let _writing = active.hub.writing().await;
        let store = &self.0.store;
        let written = async {
            let facts = store.events_after(id, active.hub.last(), FACTS_MAX).await?;
            Ok::<_, StoreError>((store.generation(id).await?, facts))
        };
        let (row, facts) = match written.await {
            Ok(written) => written,
            Err(error) => {
                tracing::warn!(%error, generation = id, "changes by another gateway could not be read");
                return;
            }
        };
        if row.is_some_and(|row| row.state.is_final()) {
            for fact in facts {
                active.hub.fact(fact.seq, &fact.event);
            }
            self.remove(id, active);
            active.cancel.cancel();
        } else if taken_over {
            tracing::warn!(generation = id, "another gateway runs it now");
            active.halted.cancel();
        }
    }
}
