//! What happens to a generation: accepted, queued, run, completed, failed, cancelled, resumed.
//!
//! The only place that decides it. Routes translate HTTP, the store keeps, providers make. Each
//! decision is one change of the store first, and is told to the streams after that: what nobody
//! could lose is what anybody hears. It must not know HTTP.

mod run;
#[cfg(test)]
mod tests;
mod watch;

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use ai_now_protocol::api::State;
use ai_now_protocol::event::Failure as FailureEvent;
use ai_now_protocol::{Catalog, Event, GenerateRequest, Invalid};
use sha2::{Digest as _, Sha256};
use tokio::sync::watch as signal;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use tracing::Instrument as _;

use crate::auth::Principal;
use crate::limits::GenerationGuard;
use crate::media::MediaDir;
use crate::metrics::Metrics;
use crate::providers::ProviderPool;
use crate::secret;
use crate::store::{Acceptance, GenerationRow, NewGeneration, Outcome, Refusal, Store, StoreError};
pub use watch::Watch;

/// The studio. Cloning it is cheap and gives the same studio.
#[derive(Clone)]
pub struct Studio(Arc<Inner>);

struct Inner {
    store: Store,
    media: MediaDir,
    providers: ProviderPool,
    metrics: Metrics,
    settings: Settings,
    /// The generations that are queued or running in this process.
    live: Mutex<HashMap<String, Arc<Live>>>,
    tasks: TaskTracker,
    /// Nothing new is begun.
    stopping: CancellationToken,
    /// What is running stops, to be run again after the next start.
    halted: CancellationToken,
}

/// What the operator decides.
#[derive(Clone, Copy, Debug)]
pub struct Settings {
    /// How many generations may be under way at once, of all together.
    pub queue: usize,
    /// And of one owner.
    pub per_owner: u32,
}

/// A generation that is under way.
struct Live {
    /// Told each time the event log has grown. Dropped after the last event.
    news: signal::Sender<()>,
    cancel: CancellationToken,
    /// Counts it for the address it was asked for from.
    _room: Option<GenerationGuard>,
}

/// Why a submission was not accepted. Nothing was charged.
#[derive(Debug, thiserror::Error)]
pub enum Declined {
    /// The request is not valid.
    #[error("{0}")]
    Invalid(#[from] Invalid),
    /// The owner can't have it now.
    #[error("refused: {0:?}")]
    Refused(Refusal),
    /// Too many generations are under way.
    #[error("the queue is full")]
    QueueFull,
    /// The gateway is about to end.
    #[error("the gateway is stopping")]
    Stopping,
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl Studio {
    /// A studio that offers what its providers make. Call [`Studio::resume`] once before anything else.
    pub fn new(
        store: Store,
        media: MediaDir,
        providers: ProviderPool,
        metrics: Metrics,
        settings: Settings,
    ) -> Self {
        Self(Arc::new(Inner {
            store,
            media,
            providers,
            metrics,
            settings,
            live: Mutex::default(),
            tasks: TaskTracker::new(),
            stopping: CancellationToken::new(),
            halted: CancellationToken::new(),
        }))
    }

    /// What is offered.
    pub fn catalog(&self) -> &Catalog {
        self.0.providers.catalog()
    }

    /// What is offered, and how it stands with it just now.
    pub fn catalog_now(&self) -> Catalog {
        self.0.providers.catalog_now()
    }

    /// Takes up what was under way when the process ended, the oldest first.
    ///
    /// # Errors
    /// [`StoreError`]
    pub async fn resume(&self) -> Result<usize, StoreError> {
        self.0.store.put_back_running().await?;
        for job in self.0.store.abandoned_provider_jobs().await? {
            let studio = self.clone();
            self.0.tasks.spawn(async move { studio.abandon(job).await });
        }
        let unfinished = self.0.store.unfinished().await?;
        let count = unfinished.len();
        for row in unfinished {
            let live = self.enter(&row.id, None);
            self.start(row, live);
        }
        Ok(count)
    }

    /// Accepts a generation and starts it; or finds the one that was accepted under the same
    /// idempotency key. Once this is called it goes on to its end, whoever stops waiting for it.
    /// Without `room` for it at the address it comes from, only the latter.
    ///
    /// # Errors
    /// [`Declined`]
    pub async fn accept(
        &self,
        owner: Principal,
        request: GenerateRequest,
        idempotency_key: Option<String>,
        room: Option<GenerationGuard>,
    ) -> Result<Acceptance, Declined> {
        let studio = self.clone();
        let accepting =
            async move { studio.accept_now(owner, request, idempotency_key, room).await };
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
        room: Option<GenerationGuard>,
    ) -> Result<Acceptance, Declined> {
        let order = request.check(self.catalog())?;
        if self.0.stopping.is_cancelled() {
            return Err(Declined::Stopping);
        }
        if self.under_way() >= self.0.settings.queue {
            return Err(Declined::QueueFull);
        }
        let new = NewGeneration {
            id: secret::name(),
            owner,
            model: order.model.id.to_string(),
            style: order.style.map(|style| style.value.to_string()),
            seed: order.seed.unwrap_or_else(|| u32::from_be_bytes(secret::random())),
            procedural: order.model.procedural,
            price: order.model.price_tokens,
            prompt: order.prompt,
            submission: idempotency_key.map(|key| (key, fingerprint(&request))),
            concurrent_limit: room.as_ref().map_or(0, |_| self.0.settings.per_owner),
        };
        // Before it is in the store, so that no stream can find it there and nothing here.
        let live = self.enter(&new.id, room);
        let row = GenerationRow::queued(&new);
        let accepted = self.0.store.accept(new, Event::Started).await;
        if matches!(&accepted, Ok(Ok(acceptance)) if !acceptance.replayed) {
            self.0.metrics.accepted(&row.model);
            tracing::info!(generation = row.id, model = row.model, price = row.price, "accepted");
            self.start(row, live);
        } else {
            self.leave(&row.id);
        }
        accepted?.map_err(Declined::Refused)
    }

    /// Cancels a generation, unless it has ended before.
    ///
    /// # Errors
    /// [`StoreError`]
    pub async fn cancel(&self, row: &GenerationRow) -> Result<(), StoreError> {
        let message = "Cancelled. Nothing was charged.".to_owned();
        let ended =
            self.0.store.finish(&row.id, ended(State::Cancelled, message, row.price)).await?;
        if ended {
            self.0.metrics.ended(&row.model, State::Cancelled);
            tracing::info!(generation = row.id, state = ?State::Cancelled, "ended");
            if let Some(live) = self.live().remove(&row.id) {
                live.cancel.cancel();
                live.news.send_replace(());
            }
        }
        Ok(())
    }

    /// The events of a generation after number `after`: those there are, and those to come.
    pub fn watch(&self, id: &str, after: u64) -> Watch {
        let news = self.live().get(id).map(|live| live.news.subscribe());
        Watch::new(self.0.store.clone(), id.to_owned(), after, news)
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

    /// How many generations are under way.
    pub fn under_way(&self) -> usize {
        self.live().len()
    }

    fn enter(&self, id: &str, room: Option<GenerationGuard>) -> Arc<Live> {
        let live = Arc::new(Live {
            news: signal::Sender::new(()),
            cancel: self.0.halted.child_token(),
            _room: room,
        });
        self.live().insert(id.to_owned(), live.clone());
        live
    }

    fn leave(&self, id: &str) {
        self.live().remove(id);
    }

    fn start(&self, row: GenerationRow, live: Arc<Live>) {
        let studio = self.clone();
        self.0.tasks.spawn(async move { studio.run(row, live).await });
    }

    fn live(&self) -> MutexGuard<'_, HashMap<String, Arc<Live>>> {
        // Whoever panicked under this lock left a map that is still one.
        self.0.live.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The end of a generation without a result.
fn ended(state: State, message: String, price: u32) -> Outcome {
    let event = Event::Failed(FailureEvent {
        message: message.clone(),
        cancelled: state == State::Cancelled,
        tokens_returned: Some(price),
    });
    Outcome::Ended { state, message, event }
}

/// What makes two requests under one idempotency key the same. It is of what they say, not of how
/// their JSON is laid out.
fn fingerprint(request: &GenerateRequest) -> secret::Hash {
    let GenerateRequest { model, prompt, style, seed } = request;
    let style = style.as_deref().unwrap_or_default();
    let seed = seed.map(u32::to_be_bytes).unwrap_or_default();
    let has_seed = [u8::from(request.seed.is_some())];
    let mut hash = Sha256::new();
    for part in [model.as_bytes(), prompt.as_bytes(), style.as_bytes(), &has_seed, &seed] {
        hash.update((part.len() as u64).to_be_bytes());
        hash.update(part);
    }
    hash.finalize().into()
}
