//! The deliveries: sends due messages, and records the outcome. Messages in the outbox survive the
//! process. Of several gateways that share the store, one at a time sends a message: it claims it
//! as it claims a generation.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use ai_now_protocol::WebhookKind;
use http::{HeaderName, HeaderValue};
use serde_json::{Value, json};
use tokio::sync::{Notify, OwnedSemaphorePermit, Semaphore};
use tokio::time::{Instant, sleep};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use url::Url;

use super::{schedule, signature};
use crate::clock::now_ms;
use crate::domain::{ProviderStatus, WebhookEvent};
use crate::generations::GenerationService;
use crate::metrics::Metrics;
use crate::patience::patiently;
use crate::providers::{OpenError, Outbound, TransportError};
use crate::secret;
use crate::store::{AfterTry, DueDelivery, Store, StoreError, WebhookAttempt};

/// The pause between two checks for due messages.
const PAUSE: Duration = Duration::from_secs(1);

/// How many messages are sent at once.
const AT_ONCE: usize = 64;

/// Why a message was not sent, or not answered.
#[derive(Debug, thiserror::Error)]
enum DeliveryError {
    /// Messages may not be sent to this address (any more).
    #[error("{0}")]
    Address(&'static str),
    /// The outbox holds no message.
    #[error("{0}")]
    Payload(#[from] serde_json::Error),
    /// There is no answer.
    #[error(transparent)]
    Transport(#[from] TransportError),
}

/// Where messages may be sent.
#[derive(Clone, Debug, Default)]
pub struct WebhookSettings {
    /// Hosts at private addresses that the operator named, for the operator's own webhooks.
    pub private_hosts: Vec<String>,
}

/// Sends what is in the outbox. Cloning it is cheap and gives the same.
#[derive(Clone)]
pub struct Webhooks(Arc<Inner>);

struct Inner {
    store: Store,
    /// For the operator's webhooks.
    outbound: Outbound,
    /// For those of accounts: to public addresses alone.
    public: Outbound,
    metrics: Metrics,
    /// Permits for sending at once.
    permits: Arc<Semaphore>,
    /// Notified when a message was sent: the next may be.
    sent: Notify,
}

impl Webhooks {
    /// # Errors
    /// If the system has no trusted certificates.
    pub fn new(
        store: Store,
        settings: WebhookSettings,
        metrics: Metrics,
    ) -> Result<Self, OpenError> {
        let outbound = Outbound::new(settings.private_hosts)?;
        let public = Outbound::new(None)?;
        let (permits, sent) = (Arc::new(Semaphore::new(AT_ONCE)), Notify::new());
        Ok(Self(Arc::new(Inner { store, outbound, public, metrics, permits, sent })))
    }

    /// Whether messages may be sent to an address, by the operator or by an account.
    ///
    /// # Errors
    /// What is wrong with it, in a few words.
    pub fn check(&self, address: &str, of_operator: bool) -> Result<Url, &'static str> {
        self.outbound(of_operator).check(address)
    }

    fn outbound(&self, of_operator: bool) -> &Outbound {
        if of_operator { &self.0.outbound } else { &self.0.public }
    }

    /// Sends until the gateway stops; deliveries that are in progress then are finished first.
    pub async fn run(self, generations: GenerationService, stopping: CancellationToken) {
        let tasks = TaskTracker::new();
        let (mut breakers, mut unsure) = (HashMap::new(), false);
        while !stopping.is_cancelled() {
            if let Err(error) = self.notify_breakers(&generations, &mut breakers).await {
                tracing::warn!(%error, "a change of a circuit breaker could not be published");
            }
            let sending = self.send_due(&generations, &tasks, &stopping, &mut unsure).await;
            if let Err(error) = sending {
                tracing::warn!(%error, "webhooks could not be read");
                unsure = true;
            }
            tokio::select! {
                () = sleep(PAUSE) => {}
                () = self.0.sent.notified() => {}
                () = stopping.cancelled() => {}
            }
        }
        tasks.close();
        // Deliveries that have no answer by then are repeated after the next start.
        let _ = tokio::time::timeout(Duration::from_secs(5), tasks.wait()).await;
    }

    /// Tells the operator of each circuit breaker that has opened, or closed again. Of gateways that share
    /// the store, whichever sees it first.
    async fn notify_breakers(
        &self,
        generations: &GenerationService,
        known: &mut HashMap<String, u64>,
    ) -> Result<(), StoreError> {
        for ProviderStatus { name, opened_at_ms, models, .. } in generations.provider_statuses() {
            let was = known.get(&name).copied();
            if was == opened_at_ms {
                continue;
            }
            let closed = was.map(|at_ms| (WebhookKind::ProviderUp, at_ms));
            let opened = opened_at_ms.map(|at_ms| (WebhookKind::ProviderDown, at_ms));
            for (kind, at_ms) in closed.into_iter().chain(opened) {
                let once = format!("{}:{name}:{at_ms}", kind.name());
                let data = json!({"provider": name, "models": models});
                self.0.store.notify_operator(WebhookEvent { kind, data }, &once).await?;
            }
            match opened_at_ms {
                Some(at_ms) => known.insert(name, at_ms),
                None => known.remove(&name),
            };
        }
        Ok(())
    }

    async fn send_due(
        &self,
        generations: &GenerationService,
        tasks: &TaskTracker,
        stopping: &CancellationToken,
        unsure: &mut bool,
    ) -> Result<(), StoreError> {
        // Without a lease another gateway may send the same message.
        let Some(node) = generations.node() else { return Ok(()) };
        let permits = self.0.permits.available_permits();
        // The last claim may have been kept although its answer was lost.
        if *unsure && permits == AT_ONCE {
            self.0.store.release_webhooks(node).await?;
            *unsure = false;
        }
        for due in self.0.store.claim_webhooks(node, permits).await? {
            let (webhooks, stopping) = (self.clone(), stopping.clone());
            // Nothing else takes these permits.
            let permit = self.0.permits.clone().acquire_owned().await.ok();
            tasks.spawn(async move { webhooks.send(due, permit, &stopping).await });
        }
        Ok(())
    }

    /// Sends one message, once, and records the outcome.
    async fn send(
        &self,
        due: DueDelivery,
        permit: Option<OwnedSemaphorePermit>,
        stopping: &CancellationToken,
    ) {
        let begun = Instant::now();
        let answer = self.post(&due).await;
        let (status, error) = match answer {
            Ok(status) => (Some(u32::from(status)), None),
            Err(error) => (None, Some(error.to_string())),
        };
        let at_ms = now_ms();
        let attempt =
            WebhookAttempt { at_ms, took_ms: begun.elapsed().as_millis() as u64, status, error };
        let then = after(status, at_ms, due.tries + 1);
        self.0.metrics.webhook_tried(then == AfterTry::Delivered);
        self.write_down(&due, &attempt, then, stopping).await;
        drop(permit);
        self.0.sent.notify_one();
    }

    /// Records the outcome of an attempt, however long the store takes. A gateway that stops before
    /// sends the message again after its next start: receivers recognise it by its id.
    async fn write_down(
        &self,
        due: &DueDelivery,
        attempt: &WebhookAttempt,
        then: AfterTry,
        stopping: &CancellationToken,
    ) {
        let patience = schedule::PATIENCE;
        let writing = || self.0.store.webhook_tried(due.id, attempt.clone(), then, patience);
        let disabled = patiently(stopping, &due.name, "a try of a webhook", writing).await;
        if let Ok(Some(name)) = disabled {
            tracing::warn!(webhook = name, "it takes no messages and is disabled");
            self.0.metrics.webhook_disabled();
        }
    }

    async fn post(&self, due: &DueDelivery) -> Result<u16, DeliveryError> {
        let outbound = self.outbound(due.of_operator);
        let url = outbound.check(&due.url).map_err(DeliveryError::Address)?;
        let body: Value = serde_json::from_str(&due.payload)?;
        let timestamp_secs = now_ms() / 1000;
        // Exactly the text that is sent.
        let signed =
            signature::signature(&due.secret, &due.message_id, timestamp_secs, &body.to_string());
        let headers = [
            ("webhook-id", due.message_id.clone()),
            ("webhook-timestamp", timestamp_secs.to_string()),
            ("webhook-signature", signed),
        ];
        let headers = headers.into_iter().filter_map(|(name, value)| {
            Some((HeaderName::from_static(name), HeaderValue::from_str(&value).ok()?))
        });
        let sending = outbound.post(url, headers.collect(), body, schedule::TIME_LIMIT);
        Ok(sending.await?.as_u16())
    }
}

/// What follows an attempt with this answer, which was attempt number `tries`.
fn after(status: Option<u32>, now_ms: u64, tries: u32) -> AfterTry {
    match status {
        Some(200..300) => AfterTry::Delivered,
        // The specification: the receiver wants no more messages at all.
        Some(410) => AfterTry::Gone,
        _ => {
            let random = u32::from_be_bytes(secret::random());
            match schedule::next_try_ms(now_ms, tries, random) {
                Some(at_ms) => AfterTry::Again { at_ms },
                None => AfterTry::Failed,
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_success_is_success() {
        for (status, tries, then) in [
            (Some(200), 1, "delivered"),
            (Some(204), 1, "delivered"),
            (Some(410), 1, "gone"),
            (Some(301), 1, "again"),
            (Some(400), 1, "again"),
            (Some(500), 9, "again"),
            (None, 1, "again"),
            (None, 10, "failed"),
        ] {
            let said = match after(status, 1000, tries) {
                AfterTry::Delivered => "delivered",
                AfterTry::Gone => "gone",
                AfterTry::Again { at_ms } if at_ms > 1000 => "again",
                AfterTry::Again { .. } => "at once",
                AfterTry::Failed => "failed",
            };
            assert_eq!(said, then, "{status:?} after {tries}");
        }
    }
}
