//! The service: accepts, cancels, resumes and stops generations, and knows the active ones.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use ai_now_protocol::api::State;
use ai_now_protocol::event::Failure as FailureEvent;
use ai_now_protocol::options::SEED;
use ai_now_protocol::{Catalog, Code, Event, GenerateRequest, Message, OptionKind, Scalar};
use sha2::{Digest as _, Sha256};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use tracing::Instrument as _;

use super::events::{EventStream, Feed, Feeds, Hub};
use super::upload_urls::UploadUrls;
use crate::domain::{Acceptance, NewGeneration, Outcome, Principal, ProviderStatus, SubmitError};
use crate::limits::GenerationPermit;
use crate::media::{MediaDir, UploadDir};
use crate::metrics::Metrics;
use crate::providers::ProviderPool;
use crate::secret;
use crate::store::{GenerationRow, Store, StoreError};

/// Decides about generations. Cloning it is cheap and gives the same service.
#[derive(Clone)]
pub struct GenerationService(pub(super) Arc<Inner>);

pub(super) struct Inner {
    pub(super) store: Store,
    pub(super) media: MediaDir,
    pub(super) uploads: UploadDir,
    pub(super) pool: ProviderPool,
    pub(super) metrics: Metrics,
    pub(super) settings: Settings,
    /// The generations that are queued or running in this process.
    active: Mutex<HashMap<String, Arc<ActiveGeneration>>>,
    feeds: Feeds,
    tasks: TaskTracker,
    /// Nothing new is begun.
    pub(super) stopping: CancellationToken,
    /// What is running stops, to be run again after the next start.
    pub(super) halted: CancellationToken,
}

/// What the operator decides.
#[derive(Clone, Debug)]
pub struct Settings {
    /// How many generations may be active at once in the whole gateway.
    pub queue: usize,
    /// How many generations of one owner may be active at once.
    pub per_owner: u32,
    /// Where providers may load uploaded pictures, if the gateway has a public address.
    pub upload_urls: Option<UploadUrls>,
}

/// A generation that is queued or running.
pub(super) struct ActiveGeneration {
    /// Where its events are told. Dropped after the last one.
    pub(super) hub: Hub,
    pub(super) cancel: CancellationToken,
    /// Counts it for the address that it was submitted from.
    _permit: Option<GenerationPermit>,
}

impl GenerationService {
    /// A service that offers the pool's models. Call [`GenerationService::resume`] before anything else.
    pub fn new(
        store: Store,
        media: MediaDir,
        uploads: UploadDir,
        pool: ProviderPool,
        metrics: Metrics,
        settings: Settings,
    ) -> Self {
        Self(Arc::new(Inner {
            store,
            media,
            uploads,
            pool,
            metrics,
            settings,
            active: Mutex::default(),
            feeds: Feeds::default(),
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

    /// Continues the generations that were active when the process ended, the oldest first.
    ///
    /// # Errors
    /// [`StoreError`]
    pub async fn resume(&self) -> Result<usize, StoreError> {
        self.0.store.put_back_running().await?;
        for job in self.0.store.abandoned_provider_jobs().await? {
            let service = self.clone();
            self.0.tasks.spawn(async move { service.abandon(job).await });
        }
        let unfinished = self.0.store.unfinished().await?;
        let count = unfinished.len();
        for row in unfinished {
            let active = self.insert(&row, None);
            self.start(row, active);
        }
        Ok(count)
    }

    /// Accepts a generation and starts it, or finds the one that was accepted under the same
    /// idempotency key. Once this is called it goes on to its end, even where the caller stops
    /// waiting. Without a `permit`, because the client's address has too many active generations,
    /// only the latter.
    ///
    /// # Errors
    /// [`SubmitError`]
    pub async fn accept(
        &self,
        owner: Principal,
        request: GenerateRequest,
        idempotency_key: Option<String>,
        permit: Option<GenerationPermit>,
    ) -> Result<Acceptance, SubmitError> {
        let service = self.clone();
        let accepting =
            async move { service.accept_now(owner, request, idempotency_key, permit).await };
        match self.0.tasks.spawn(accepting.in_current_span()).await {
            Ok(outcome) => outcome,
            // A panic: what it was about to do was not done.
            Err(error) => Err(StoreError::NotWritten(error.to_string()).into()),
        }
    }

    async fn accept_now(
        &self,
        owner: Principal,
        request: GenerateRequest,
        idempotency_key: Option<String>,
        permit: Option<GenerationPermit>,
    ) -> Result<Acceptance, SubmitError> {
        let order = request.check(self.catalog())?;
        if self.0.stopping.is_cancelled() {
            return Err(SubmitError::Stopping);
        }
        if self.active_count() >= self.0.settings.queue {
            return Err(SubmitError::QueueFull);
        }
        let mut options = order.options;
        options
            .entry(SEED.into())
            .or_insert_with(|| Scalar::from(u32::from_be_bytes(secret::random())));
        let uploads =
            order.model.options.iter().filter(|option| option.kind == OptionKind::Picture);
        let uploads: Vec<String> = uploads
            .filter_map(|option| options.get(&option.id)?.as_text().map(str::to_owned))
            .collect();
        let new = NewGeneration {
            id: secret::name(),
            owner,
            model: order.model.id.to_string(),
            options,
            uploads,
            procedural: order.model.procedural,
            price: order.price_tokens,
            prompt: order.prompt,
            submission: idempotency_key.map(|key| (key, fingerprint(&request))),
            concurrent_limit: permit.as_ref().map_or(0, |_| self.0.settings.per_owner),
        };
        // Before it is in the store, so that no stream can find it there and nothing here.
        let row = GenerationRow::queued(&new);
        let active = self.insert(&row, permit);
        let accepted = self.0.store.accept(new, Event::Started).await;
        if let Ok(acceptance) = &accepted
            && !acceptance.replayed
        {
            active.hub.fact(acceptance.first_seq, &Event::Started);
            self.0.metrics.accepted(&row.model);
            tracing::info!(generation = row.id, model = row.model, price = row.price, "accepted");
            self.start(row, active);
        } else {
            self.remove(&row.id);
        }
        accepted
    }

    /// Cancels a generation, unless it has ended before. Once this is called it goes on to its end,
    /// even where the caller stops waiting.
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
            tracing::info!(generation = row.id, state = ?State::Cancelled, "ended");
            if let Some(active) = active {
                self.remove(&row.id);
                active.cancel.cancel();
            }
        }
        Ok(())
    }

    /// Writes down an end and tells it. `false`: it had ended before.
    pub(super) async fn write_end(
        &self,
        id: &str,
        outcome: Outcome,
        active: &ActiveGeneration,
    ) -> Result<bool, StoreError> {
        let event = outcome.event().clone();
        let _writing = active.hub.writing().await;
        let seq = self.0.store.finish(id, outcome).await?;
        if let Some(seq) = seq {
            active.hub.fact(seq, &event);
        }
        Ok(seq.is_some())
    }

    /// The events of a generation after number `after`: those there are, and those to come.
    pub fn subscribe(&self, id: &str, after: u64) -> EventStream {
        let active = self.active().get(id).cloned();
        let hub = active.as_deref().map(|active| &active.hub);
        EventStream::new(self.0.store.clone(), id.to_owned(), after, hub)
    }

    /// The events of all generations of an owner after number `after`, or from now on, and what is
    /// known now of those that are active. It never ends.
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

    /// Stops: nothing new is begun, what runs may go on for `patience`, then it is put back into
    /// the queue for the next start.
    pub async fn stop(&self, patience: Duration) {
        self.0.stopping.cancel();
        self.0.tasks.close();
        if tokio::time::timeout(patience, self.0.tasks.wait()).await.is_err() {
            tracing::info!("generations that are still running go on after the next start");
            self.0.halted.cancel();
            self.0.tasks.wait().await;
        }
    }

    /// How the providers are doing, by name.
    pub fn provider_statuses(&self) -> Vec<ProviderStatus> {
        self.0.pool.statuses()
    }

    /// Closes the circuit breaker of a provider.
    pub fn close_breaker(&self, provider: &str) {
        if let Some(pooled) = self.0.pool.get(provider) {
            pooled.close_breaker();
        }
    }

    /// How many generations are active.
    pub fn active_count(&self) -> usize {
        self.active().len()
    }

    fn insert(
        &self,
        row: &GenerationRow,
        permit: Option<GenerationPermit>,
    ) -> Arc<ActiveGeneration> {
        let feed = self.0.feeds.of((row.key_id, row.visitor_id));
        let active = Arc::new(ActiveGeneration {
            hub: Hub::new(&row.id, row.last_seq, feed),
            cancel: self.0.halted.child_token(),
            _permit: permit,
        });
        self.active().insert(row.id.clone(), active.clone());
        active
    }

    pub(super) fn remove(&self, id: &str) {
        self.active().remove(id);
    }

    fn start(&self, row: GenerationRow, active: Arc<ActiveGeneration>) {
        let service = self.clone();
        self.0.tasks.spawn(async move { service.run(row, active).await });
    }

    fn active(&self) -> MutexGuard<'_, HashMap<String, Arc<ActiveGeneration>>> {
        // A panic under this lock left a map that is still valid.
        self.0.active.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The end of a generation of this price that was cancelled, and what that cost.
fn cancelled(price: u32, charged: u32) -> Outcome {
    let message = match charged {
        0 => Message::new(Code::Cancelled, "Cancelled. Nothing was charged."),
        _ => {
            let text =
                format!("Cancelled. It was in the making already and cost {charged} tokens.");
            Message::new(Code::CancelledCharged, text).with("tokens", charged)
        }
    };
    ended(State::Cancelled, message, price - charged)
}

/// The end of a generation without a result, of which so many tokens go back.
pub(super) fn ended(state: State, message: Message, returned: u32) -> Outcome {
    debug_assert!(message.is_in_table(), "{message:?}");
    let event = Event::Failed(FailureEvent {
        message: message.clone(),
        cancelled: state == State::Cancelled,
        tokens_returned: Some(returned),
    });
    Outcome::Ended { state, message, event }
}

/// Two requests under one idempotency key are the same where this is the same. It depends on their
/// values, not on the layout of their JSON.
fn fingerprint(request: &GenerateRequest) -> secret::Hash {
    let GenerateRequest { model, prompt, style, options } = request;
    let style = style.as_deref().unwrap_or_default();
    let mut hash = Sha256::new();
    let mut add = |part: &[u8]| {
        hash.update((part.len() as u64).to_be_bytes());
        hash.update(part);
    };
    for part in [model, prompt, style] {
        add(part.as_bytes());
    }
    for (id, value) in options {
        add(id.as_bytes());
        // The number 5 and the text "5" are two values.
        let kind: &[u8] = match value {
            Scalar::Flag(_) => b"flag",
            Scalar::Integer(_) => b"integer",
            Scalar::Text(_) => b"text",
        };
        add(kind);
        add(value.to_string().as_bytes());
    }
    hash.finalize().into()
}
