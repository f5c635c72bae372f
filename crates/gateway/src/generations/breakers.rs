//! Circuit breakers among the gateways that share a store: what one of them finds out about a provider, all
//! of them heed, and one of them alone tries it again.
//!
//! The store has the last word, and a notice saves the wait for the next look into it. Where the
//! store is away, a gateway goes by what it has seen itself. It must not know why a provider fails.

use std::sync::Arc;
use std::time::Duration;

use super::service::GenerationService;
use crate::domain::Node;
use crate::providers::{Admission, ErrorKind, PooledProvider, Verdict};
use crate::store::{OpenBreaker, StoreError};

/// One try of a generation at a provider. Dropped, it is over.
pub(super) struct Attempt {
    service: GenerationService,
    pooled: Arc<PooledProvider>,
    /// Which node tries a provider whose circuit breaker is open, if this is that one try.
    probe: Option<Node>,
}

impl GenerationService {
    /// A try at a provider. `None`: its circuit breaker is open. What is `under_way` there goes on.
    pub(super) async fn attempt(
        &self,
        pooled: &Arc<PooledProvider>,
        node: Node,
        under_way: bool,
    ) -> Option<Attempt> {
        let attempt = |probe| Attempt { service: self.clone(), pooled: pooled.clone(), probe };
        if under_way {
            return Some(attempt(None));
        }
        match pooled.admits() {
            Admission::Closed => Some(attempt(None)),
            Admission::Refused => None,
            // From here on it is a probe, also where nobody waits for the answer.
            Admission::Probe => {
                let mut probe = attempt(Some(node));
                probe.is_granted().await.then_some(probe)
            }
        }
    }

    /// Closes the circuit breaker of a provider, at all gateways.
    ///
    /// # Errors
    /// [`StoreError`]
    pub async fn close_breaker(&self, provider: &str) -> Result<(), StoreError> {
        let Some(pooled) = self.0.pool.get(provider) else { return Ok(()) };
        let _order = self.0.breakers.lock().await;
        self.0.store.close_breaker(provider).await?;
        pooled.close_breaker();
        self.notify_breakers();
        Ok(())
    }

    /// Heeds what the store says of all circuit breakers.
    pub(super) async fn heed_breakers(&self) {
        let _order = self.0.breakers.lock().await;
        let open = match self.0.store.open_breakers().await {
            Ok(open) => open,
            Err(error) => {
                tracing::warn!(%error, "the circuit breakers could not be read");
                return;
            }
        };
        for pooled in self.0.pool.all() {
            let known = open.iter().find(|breaker| breaker.provider == pooled.name);
            // Never longer than the settings say: the clock of a file may have been set back.
            let left = |known: &OpenBreaker| known.open_for().min(pooled.cooldown());
            pooled.breaker_heard(known.map(|known| (known.opened_at_ms, left(known))));
            if known.is_none() && pooled.is_breaker_open() {
                // The store was away when it opened.
                self.keep_open(pooled, pooled.open_for().unwrap_or_default()).await;
            }
            // A try that is over, and the store could not be told.
            let node =
                self.node().filter(|node| known.is_some_and(|known| known.is_tried_by(*node)));
            if let Some(node) = node
                && !pooled.is_probed()
            {
                self.release_probe(&pooled.name, node, Duration::ZERO).await;
            }
        }
    }

    async fn opened(&self, pooled: &PooledProvider) {
        let _order = self.0.breakers.lock().await;
        self.keep_open(pooled, pooled.cooldown()).await;
        self.notify_breakers();
    }

    async fn keep_open(&self, pooled: &PooledProvider, cooldown: Duration) {
        match self.0.store.open_breaker(&pooled.name, cooldown).await {
            Ok(opened_at_ms) => pooled.breaker_kept(opened_at_ms),
            Err(error) => {
                tracing::warn!(%error, provider = pooled.name, "its circuit breaker is open here alone");
            }
        }
    }

    async fn release_probe(&self, provider: &str, node: Node, cooldown: Duration) {
        if let Err(error) = self.0.store.release_probe(provider, node, cooldown).await {
            // The next look finds that.
            tracing::warn!(%error, provider, "the end of a try could not be written down");
        }
    }

    fn notify_breakers(&self) {
        if let Some(notices) = &self.0.notices {
            notices.breakers();
        }
    }
}

impl Attempt {
    /// Whether the store lets this be the one try.
    async fn is_granted(&mut self) -> bool {
        let (service, pooled) = (&self.service, &self.pooled);
        let Some(node) = self.probe.filter(|_| pooled.is_breaker_kept()) else { return true };
        match service.0.store.claim_probe(&pooled.name, node, pooled.cooldown()).await {
            Ok(true) => {
                service.notify_breakers();
                true
            }
            Ok(false) => {
                // Another gateway tries it, or has closed it.
                self.probe = None;
                pooled.probe_ended(Duration::ZERO);
                service.heed_breakers().await;
                !pooled.is_breaker_open()
            }
            Err(error) => {
                tracing::warn!(%error, provider = pooled.name, "tried without asking the other gateways");
                true
            }
        }
    }

    /// The provider made one.
    pub(super) async fn succeeded(self, took: Duration) {
        if self.pooled.succeeded(took) {
            self.closed().await;
        }
    }

    /// It was stopped.
    pub(super) fn cancelled(self, took: Duration) {
        self.pooled.cancelled(took);
    }

    /// The provider could not make one.
    pub(super) async fn failed(mut self, kind: ErrorKind, took: Duration) {
        match self.pooled.failed(kind, took) {
            Verdict::None => {}
            Verdict::Closes => self.closed().await,
            Verdict::Opens => {
                self.service.opened(&self.pooled).await;
                if let Some(node) = self.probe {
                    let cooldown = self.pooled.cooldown();
                    self.service.release_probe(&self.pooled.name, node, cooldown).await;
                    self.pooled.probe_ended(cooldown);
                    self.probe = None;
                }
            }
        }
    }

    async fn closed(&self) {
        if let Err(error) = self.service.close_breaker(&self.pooled.name).await {
            tracing::warn!(%error, provider = self.pooled.name, "its circuit breaker is closed here alone");
        }
    }
}

impl Drop for Attempt {
    /// A try that ended without a word about the provider: the next one may try.
    fn drop(&mut self) {
        let Some(node) = self.probe.take() else { return };
        self.pooled.probe_ended(Duration::ZERO);
        let (service, name) = (self.service.clone(), self.pooled.name.clone());
        self.service.0.tasks.spawn(async move {
            service.release_probe(&name, node, Duration::ZERO).await;
        });
    }
}
