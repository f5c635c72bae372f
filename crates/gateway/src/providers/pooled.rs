//! One provider as generations meet it: how many it makes at once and who waits, whether its circuit breaker
//! is open, what it can be asked for, and how long it may take at the moment.
//!
//! It must not know how a provider works, nor which models are routed to it.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use ai_now_protocol::{Model, Scalars};
use tokio::sync::Semaphore;

use super::circuit_breaker::{Admission, CircuitBreaker};
use super::cost::CostSettings;
use super::error::ErrorKind;
use super::provider::{Output, Provider};
use super::services::ServiceSettings;
use super::settings::{ProviderSettings, SKETCH};
use super::sketch::Sketch;
use super::takes::Unfit;
use crate::domain::Cost;
use crate::media::PictureFormat;
use crate::metrics::Metrics;

/// One provider.
pub struct PooledProvider {
    pub(crate) name: String,
    pub(crate) provider: Arc<dyn Provider>,
    /// One permit for each generation that it may make at once; handed out in the order of asking.
    pub(crate) slots: Semaphore,
    /// Who waits for one.
    pub(crate) queue: Queue,
    /// What it is; `None`: the sketch engine, which makes whatever is asked for.
    pub(super) service: Option<ServiceSettings>,
    /// Whether it can load pictures from this gateway.
    pub(super) public: bool,
    /// What its jobs cost, where the settings say.
    pub(crate) cost: Option<CostSettings>,
    /// What cancelling costs once it has taken a job, in percent of the price.
    pub(super) cancel_percent: u8,
    pub(super) concurrent: usize,
    pub(super) breaker: CircuitBreaker,
    /// How long one generation took lately, in seconds: the latest counts for a quarter.
    pub(super) duration_secs: Mutex<Option<f64>>,
    pub(super) metrics: Metrics,
}

/// What a failure says about a circuit breaker.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// Nothing.
    None,
    /// It is open now.
    Opens,
    /// It was open, and is closed now.
    Closes,
}

/// Who waits for a slot, in order.
#[derive(Default)]
pub struct Queue {
    waiting: Mutex<(u64, BTreeSet<u64>)>,
}

impl PooledProvider {
    pub(super) fn new(
        name: &str,
        provider: Arc<dyn Provider>,
        settings: &ProviderSettings,
        public: bool,
        metrics: &Metrics,
    ) -> Self {
        let limits = &settings.limits;
        let cooldown = Duration::from_secs(limits.cooldown_secs);
        Self {
            name: name.to_owned(),
            provider,
            service: Some(settings.service.clone()),
            public,
            slots: Semaphore::new(limits.concurrent),
            queue: Queue::default(),
            cost: settings.cost.clone(),
            cancel_percent: settings.cancel_percent(),
            concurrent: limits.concurrent,
            breaker: CircuitBreaker::new(limits.failure_threshold, cooldown),
            duration_secs: Mutex::default(),
            metrics: metrics.clone(),
        }
    }

    /// The option because of which it can't make just what is asked for. `None`: it can.
    pub(crate) fn unfit(&self, model: &Model, options: &Scalars) -> Option<Unfit> {
        self.service.as_ref()?.unfit(model, options, self.public)
    }

    /// The formats of pictures that it takes.
    pub(crate) fn picture_formats(&self) -> &'static [PictureFormat] {
        self.service.as_ref().map_or(PictureFormat::ALL, ServiceSettings::picture_formats)
    }

    pub(super) fn sketch(concurrent: usize, metrics: &Metrics) -> Self {
        Self {
            name: SKETCH.into(),
            provider: Arc::new(Sketch),
            service: None,
            public: false,
            slots: Semaphore::new(concurrent.max(1)),
            queue: Queue::default(),
            cost: None,
            cancel_percent: 0,
            concurrent: concurrent.max(1),
            // It is never away.
            breaker: CircuitBreaker::new(u32::MAX, Duration::ZERO),
            duration_secs: Mutex::default(),
            metrics: metrics.clone(),
        }
    }

    /// What a job has cost, where the provider says how long it has worked on it.
    pub(crate) fn billed(&self, made: &Output) -> Option<Cost> {
        self.cost.as_ref()?.billed(made.billed_ms?)
    }

    /// For how long its circuit breaker stays open; `None` where it may be asked.
    pub(crate) fn open_for(&self) -> Option<Duration> {
        self.breaker.open_for()
    }

    /// Whether a generation may be given to it.
    pub(crate) fn admits(&self) -> Admission {
        self.breaker.admits()
    }

    /// For how long its circuit breaker opens.
    pub(crate) fn cooldown(&self) -> Duration {
        self.breaker.cooldown()
    }

    /// The one try of a provider whose circuit breaker is open has ended. For how long it stays open then.
    pub(crate) fn probe_ended(&self, cooldown: Duration) {
        self.breaker.probe_ended(cooldown);
    }

    /// Whether a generation here tries it, while its circuit breaker is open.
    pub(crate) fn is_probed(&self) -> bool {
        self.breaker.is_probing()
    }

    /// Closes its circuit breaker.
    pub(crate) fn close_breaker(&self) {
        self.breaker.succeeded();
        self.metrics.provider_circuit_open(&self.name, false);
    }

    /// Whether its circuit breaker has opened, and nothing has succeeded since.
    pub(crate) fn is_breaker_open(&self) -> bool {
        self.breaker.is_open()
    }

    /// Whether the store knows that its circuit breaker is open.
    pub(crate) fn is_breaker_kept(&self) -> bool {
        self.breaker.opened_at_ms().is_some()
    }

    /// The store knows that its circuit breaker is open, and since when.
    pub(crate) fn breaker_kept(&self, opened_at_ms: u64) {
        self.breaker.kept(opened_at_ms);
    }

    /// What the store says of its circuit breaker: since when and for how long it is open, or that it is
    /// closed.
    pub(crate) fn breaker_heard(&self, open: Option<(u64, Duration)>) {
        let before = self.breaker.is_open();
        self.breaker.heard(open);
        let now = self.breaker.is_open();
        if before != now {
            tracing::info!(
                provider = self.name,
                open = now,
                "another gateway says of its circuit breaker"
            );
            self.metrics.provider_circuit_open(&self.name, now);
        }
    }

    /// It made one. Whether its circuit breaker was open, which closes.
    pub(crate) fn succeeded(&self, took: Duration) -> bool {
        let secs = took.as_secs_f64();
        let mut estimate = self.duration_secs();
        *estimate = Some(estimate.map_or(secs, |old| old * 0.75 + secs * 0.25));
        drop(estimate);
        self.metrics.provider_ended(&self.name, "succeeded", took);
        self.works()
    }

    fn works(&self) -> bool {
        self.metrics.provider_circuit_open(&self.name, false);
        self.breaker.succeeded()
    }

    /// It was stopped before it could make one.
    pub(crate) fn cancelled(&self, took: Duration) {
        self.metrics.provider_ended(&self.name, "cancelled", took);
    }

    /// It could not make one. Only an error that is the provider's own fault counts for its circuit
    /// breaker. A refusal by its content policy is an answer: the provider works.
    pub(crate) fn failed(&self, kind: ErrorKind, took: Duration) -> Verdict {
        self.metrics.provider_ended(&self.name, kind.name(), took);
        if kind == ErrorKind::ContentPolicy {
            return if self.works() { Verdict::Closes } else { Verdict::None };
        }
        if kind.may_go_elsewhere() && self.breaker.failed() {
            tracing::warn!(provider = self.name, "its circuit breaker opens");
            self.metrics.provider_circuit_open(&self.name, true);
            return Verdict::Opens;
        }
        Verdict::None
    }

    /// In how many seconds somebody who comes after `waiting` others will probably be done.
    pub(crate) fn wait_secs(&self, waiting: usize) -> Option<u32> {
        let estimate = (*self.duration_secs())?;
        let rounds = (waiting / self.concurrent + 2) as f64;
        Some((estimate * rounds).ceil().clamp(1.0, 86_400.0) as u32)
    }

    pub(super) fn duration_secs(&self) -> MutexGuard<'_, Option<f64>> {
        self.duration_secs.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Queue {
    pub(crate) fn insert(&self) -> u64 {
        let mut waiting = self.waiting();
        waiting.0 += 1;
        let number = waiting.0;
        waiting.1.insert(number);
        number
    }

    pub(crate) fn remove(&self, number: u64) {
        self.waiting().1.remove(&number);
    }

    /// How many wait before this one.
    pub(crate) fn position(&self, number: u64) -> usize {
        self.waiting().1.range(..number).count()
    }

    pub(super) fn len(&self) -> usize {
        self.waiting().1.len()
    }

    fn waiting(&self) -> MutexGuard<'_, (u64, BTreeSet<u64>)> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
