//! The service: cancels, resumes and stops generations, and keeps the active ones.

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use ai_now_protocol::api::State;
use ai_now_protocol::event::Failure as FailureEvent;
use ai_now_protocol::{Catalog, Code, Event, Message, Model};
use futures_util::future::BoxFuture;
use tokio::time::timeout;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use tracing::Instrument as _;

use super::changes::{ChangeReader, Changes};
use super::events::{EventStream, Feed, Feeds, Followed, Hub, NoticeSender, Past, Remotes};
use super::lease::Membership;
use super::upload_urls::UploadUrls;
use crate::domain::{Cost, GatewayRole, Node, Outcome, Principal, ProviderStatus};
use crate::limits::GenerationPermit;
use crate::media::{Media, Uploads};
use crate::metrics::Metrics;
use crate::providers::{Finding, ProviderPool, ProviderSettings, check};
use crate::store::{GenerationRow, Store, StoreError, StoredEvent};

/// Manages generations. Cloning it is cheap and gives the same service.
#[derive(Clone)]
pub struct GenerationService(pub(super) Arc<Inner>);

pub(super) struct Inner {
    pub(super) store: Store,
    pub(super) media: Media,
    pub(super) uploads: Uploads,
    pub(super) pool: ProviderPool,
    pub(super) metrics: Metrics,
    pub(super) settings: Settings,
    /// The generations that are queued or running in this process.
    active: Mutex<HashMap<String, Arc<ActiveGeneration>>>,
    pub(super) feeds: Feeds,
    pub(super) changes: Changes,
    /// Generations that other gateways run and readers follow here.
    pub(super) remotes: Remotes,
    /// Sends notices to the other gateways. `None`: there are none.
    pub(super) notices: Option<Arc<NoticeSender>>,
    pub(super) membership: Membership,
    /// Held by whoever compares the circuit breakers with the store.
    pub(super) breakers: tokio::sync::Mutex<()>,
    pub(super) tasks: TaskTracker,
    /// Cancelled when nothing new may begin.
    pub(super) stopping: CancellationToken,
    /// Cancelled when running generations stop, to continue after the next start.
    pub(super) halted: CancellationToken,
}

/// The operator's settings.
#[derive(Clone, Debug)]
pub struct Settings {
    /// How many generations may be active at once in the whole gateway.
    pub queue: usize,
    /// How many generations of one owner may be active at once.
    pub per_owner: u32,
    /// The part of the work that this gateway does.
    pub role: GatewayRole,
    /// How long this gateway keeps its generations without renewing its lease.
    pub lease: Duration,
    /// Makes the addresses where providers load uploaded pictures, if the gateway has a public
    /// address.
    pub upload_urls: Option<UploadUrls>,
}

/// How long it may take to tell the other gateways that this one stops.
pub const LEAVING: Duration = Duration::from_secs(5);

/// A generation that is queued or running.
pub(super) struct ActiveGeneration {
    /// Publishes its events. Dropped after the last one.
    pub(super) hub: Hub,
    /// The node that runs it. Its writes count only while it is the generation's node.
    pub(super) node: Node,
    /// Cancelled when it stops here, to continue elsewhere or after the next start.
    pub(super) halted: CancellationToken,
    /// Cancelled when it stops for any reason.
    pub(super) cancel: CancellationToken,
    /// Whether it is in the store.
    stored: AtomicBool,
    /// Counts it for the address that it was submitted from.
    _permit: Option<GenerationPermit>,
}

impl GenerationService {
    /// A service that offers the pool's models. Call [`GenerationService::resume`] before anything else.
    pub fn new(
        store: Store,
        media: Media,
        uploads: Uploads,
        pool: ProviderPool,
        metrics: Metrics,
        settings: Settings,
    ) -> Self {
        let notices = store.is_shared().then(Arc::<NoticeSender>::default);
        Self(Arc::new(Inner {
            media,
            uploads,
            pool,
            metrics,
            settings,
            active: Mutex::default(),
            feeds: Feeds::with_notices(notices.clone()),
            changes: Changes::default(),
            remotes: Remotes::default(),
            notices,
            membership: Membership::default(),
            breakers: tokio::sync::Mutex::default(),
            store,
            tasks: TaskTracker::new(),
            stopping: CancellationToken::new(),
            halted: CancellationToken::new(),
        }))
    }

    /// The models that are offered.
    pub fn catalog(&self) -> &Catalog {
        self.0.pool.catalog()
    }

    /// The models that are offered, with the current status of each.
    pub fn catalog_now(&self) -> Catalog {
        self.0.pool.catalog_now()
    }

    /// Joins, and continues the generations that were active when the process ended, the oldest
    /// first. If other gateways share the store, it claims those that no gateway runs, now and
    /// later.
    ///
    /// # Errors
    /// [`StoreError`]
    pub async fn resume(&self) -> Result<usize, StoreError> {
        self.join().await?;
        self.abandon_jobs().await?;
        // A breaker outlives a restart: who was told that it opened is told when it closes.
        self.heed_breakers().await;
        let resumed = self.claim().await?;
        if self.0.store.is_shared() {
            self.take_part();
        }
        Ok(resumed)
    }

    /// Cancels a generation, unless it has ended. The work goes on to its end even if the caller
    /// stops waiting.
    ///
    /// # Errors
    /// [`StoreError`]
    pub async fn cancel(&self, row: &GenerationRow) -> Result<(), StoreError> {
        let (service, row) = (self.clone(), row.clone());
        let cancelling = async move { service.cancel_now(&row).await };
        match self.0.tasks.spawn(cancelling.in_current_span()).await {
            Ok(outcome) => outcome,
            Err(error) => Err(StoreError::NotWritten(error.to_string())),
        }
    }

    async fn cancel_now(&self, row: &GenerationRow) -> Result<(), StoreError> {
        let active = self.active().get(&row.id).cloned();
        let writing = match &active {
            Some(active) => Some(active.hub.writing().await),
            None => None,
        };
        let inner = self.0.clone();
        let percent = move |provider: &str| inner.pool.cancel_percent(provider);
        let end = self.0.store.cancel(&row.id, percent, cancelled).await?;
        if let (Some(end), Some(active)) = (&end, &active) {
            active.hub.fact(end.seq, &end.event);
        }
        drop(writing);
        if end.is_some() {
            self.0.metrics.ended(&row.model, State::Cancelled);
            self.0.changes.publish(&row.id, &row.model, State::Cancelled);
            tracing::info!(generation = row.id, state = ?State::Cancelled, "ended");
            if let Some(active) = active {
                self.remove(&row.id, &active);
                active.cancel.cancel();
            }
        }
        if let (Some(end), Some(notices)) = (end, &self.0.notices) {
            // The gateway that runs it stops it.
            notices.fact(&row.id.as_str().into(), (row.key_id, row.visitor_id), end.seq);
        }
        Ok(())
    }

    /// Records an end and publishes it. Returns `false` if it had ended before.
    pub(super) async fn write_end(
        &self,
        id: &str,
        outcome: Outcome,
        active: &ActiveGeneration,
    ) -> Result<bool, StoreError> {
        let event = outcome.event().clone();
        let _writing = active.hub.writing().await;
        let seq = self.0.store.finish(id, active.node, outcome).await?;
        if let Some(seq) = seq {
            active.hub.fact(seq, &event);
        }
        Ok(seq.is_some())
    }

    /// The events of a generation after number `after`: the existing ones, and those to come.
    ///
    /// # Errors
    /// [`StoreError`]
    pub async fn subscribe(&self, id: &str, after: u64) -> Result<EventStream, StoreError> {
        let followed = self.followed(id).await?;
        Ok(EventStream::new(Box::new(self.clone()), id.to_owned(), after, followed))
    }

    /// Where an unfinished generation is followed.
    pub(super) async fn followed(&self, id: &str) -> Result<Option<Followed>, StoreError> {
        let active = self.active().get(id).cloned();
        if let Some(active) = active {
            return Ok(Some(Followed::from(&active.hub)));
        }
        // A gateway that has left receives no notices: the reader reconnects elsewhere.
        if !self.0.store.is_shared() || self.0.membership.has_left() {
            return Ok(None);
        }
        let row = self.0.store.generation(id).await?;
        let Some(row) = row.filter(|row| !row.state.is_final()) else { return Ok(None) };
        let remote = self.0.remotes.of(id, row.last_seq);
        // Reads what was written in between.
        remote.catch_up(&self.0.store).await?;
        Ok(Some(remote.into()))
    }

    /// The events of all generations of an owner after number `after`, or from now on, with the
    /// current progress of the active ones. It never ends.
    ///
    /// # Errors
    /// [`StoreError`]
    pub async fn follow_all(
        &self,
        owner: Principal,
        after: Option<u64>,
    ) -> Result<Feed, StoreError> {
        let feed = self.0.feeds.of((owner.key_id, owner.visitor_id));
        Feed::new(self.0.store.clone(), owner, after, feed).await
    }

    /// Stops: nothing new is begun, what runs may go on for `patience`, then it is put back into the
    /// queue for the next start, for which it has `last_words`. What has not ended by then hangs, such
    /// as on a disk that does not answer: it is left, and goes on after the next start as after a crash.
    pub async fn stop(&self, patience: Duration, last_words: Duration) {
        self.0.stopping.cancel();
        self.0.tasks.close();
        if timeout(patience, self.0.tasks.wait()).await.is_err() {
            tracing::info!("generations that are still running go on after the next start");
            self.0.halted.cancel();
            if timeout(last_words, self.0.tasks.wait()).await.is_err() {
                tracing::error!("some work does not end, such as on a disk that does not answer");
            }
        }
        if timeout(LEAVING, self.leave()).await.is_err() {
            tracing::warn!("the store does not answer; the other gateways hear later of the end");
        }
    }

    /// The status of each provider, by name.
    pub fn provider_statuses(&self) -> Vec<ProviderStatus> {
        self.0.pool.statuses()
    }

    /// The changes of all generations from now on.
    pub fn changes(&self) -> ChangeReader {
        self.0.changes.reader()
    }

    /// What each provider of a model will probably bill for a generation without options, in the
    /// order in which they are tried. `None`: unknown.
    pub fn estimates(&self, model: &Model) -> Vec<(String, Option<Cost>)> {
        self.0.pool.estimates(model)
    }

    /// Checks whether a provider of the settings can be used, and returns whether it can and what
    /// was found. It spends nothing.
    pub async fn check_provider(&self, name: &str, settings: &ProviderSettings) -> (bool, String) {
        let Finding { good, says } = check(name, settings).await;
        (good, says)
    }

    /// How many generations are active.
    pub fn active_count(&self) -> usize {
        self.active().len()
    }

    pub(super) fn insert(
        &self,
        row: &GenerationRow,
        node: Node,
        permit: Option<GenerationPermit>,
    ) -> Arc<ActiveGeneration> {
        let feed = self.0.feeds.of((row.key_id, row.visitor_id));
        let halted = self.0.halted.child_token();
        let active = Arc::new(ActiveGeneration {
            hub: Hub::new(&row.id, row.last_seq, feed),
            node,
            cancel: halted.child_token(),
            halted,
            stored: AtomicBool::new(false),
            _permit: permit,
        });
        self.active().insert(row.id.clone(), active.clone());
        active
    }

    /// Removes one that has ended here. Another run of the same generation stays.
    pub(super) fn remove(&self, id: &str, active: &Arc<ActiveGeneration>) {
        let mut all = self.active();
        if all.get(id).is_some_and(|known| Arc::ptr_eq(known, active)) {
            all.remove(id);
        }
    }

    /// Those that are active and in the store.
    pub(super) fn stored(&self) -> Vec<(String, Arc<ActiveGeneration>)> {
        let active = self.active();
        let stored = active.iter().filter(|(_, active)| active.stored.load(Ordering::SeqCst));
        stored.map(|(id, active)| (id.clone(), active.clone())).collect()
    }

    pub(super) fn start(&self, row: GenerationRow, active: Arc<ActiveGeneration>) {
        active.stored.store(true, Ordering::SeqCst);
        let service = self.clone();
        self.0.tasks.spawn(async move { service.run(row, active).await });
    }

    pub(super) fn active(&self) -> MutexGuard<'_, HashMap<String, Arc<ActiveGeneration>>> {
        // A panic under this lock left a map that is still valid.
        self.0.active.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Past for GenerationService {
    fn events_after<'a>(
        &'a self,
        id: &'a str,
        after: u64,
        limit: u32,
    ) -> BoxFuture<'a, Result<Vec<StoredEvent>, StoreError>> {
        Box::pin(self.0.store.events_after(id, after, limit))
    }

    fn elsewhere<'a>(&'a self, id: &'a str) -> BoxFuture<'a, Option<Followed>> {
        Box::pin(async move {
            // If the store does not answer, the stream ends and its reader reconnects.
            if self.0.store.is_shared() { self.followed(id).await.ok().flatten() } else { None }
        })
    }
}

/// The outcome of a cancelled generation with this price and charge.
fn cancelled(price: u32, charged: u32) -> Outcome {
    let message = match charged {
        0 => Message::new(Code::Cancelled, "Cancelled. Nothing was charged."),
        _ => {
            let noun = if charged == 1 { "token" } else { "tokens" };
            let text = format!("Cancelled. It had begun already, and cost {charged} {noun}.");
            Message::new(Code::CancelledCharged, text).with("tokens", charged)
        }
    };
    ended(State::Cancelled, message, price - charged)
}

/// The outcome of a generation without a result, with so many tokens returned.
pub(super) fn ended(state: State, message: Message, returned: u32) -> Outcome {
    debug_assert!(message.is_in_table(), "{message:?}");
    let event = Event::Failed(FailureEvent {
        message: message.clone(),
        cancelled: state == State::Cancelled,
        tokens_returned: Some(returned),
    });
    Outcome::Ended { state, message, event }
}
