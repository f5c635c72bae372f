//! The providers of all models: which ones make a model and in which order, how many generations each
//! one makes at once, whose circuit breaker is open, and how long it may take at the moment.
//!
//! It must not know how a provider works.

use std::collections::{BTreeSet, HashMap};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use ai_now_protocol::{Catalog, Code, Message, Model};
use tokio::sync::Semaphore;

use super::circuit_breaker::CircuitBreaker;
use super::cost::CostSettings;
use super::error::{ErrorKind, UnusableProvider};
use super::open::open;
use super::provider::{Output, Provider};
use super::settings::{Providers, SKETCH};
use super::sketch::Sketch;
use crate::domain::{CatalogConfig, Cost, ProviderStatus};
use crate::metrics::Metrics;

/// All providers that models are routed to.
pub struct ProviderPool {
    config: CatalogConfig,
    by_name: HashMap<String, Arc<PooledProvider>>,
}

/// One provider.
pub struct PooledProvider {
    pub(crate) name: String,
    pub(crate) provider: Arc<dyn Provider>,
    /// One permit for each generation that it may make at once; handed out in the order of asking.
    pub(crate) slots: Semaphore,
    /// Who waits for one.
    pub(crate) queue: Queue,
    /// What its jobs cost, where the settings say.
    pub(crate) cost: Option<CostSettings>,
    /// What cancelling costs once it has taken a job, in percent of the price.
    cancel_percent: u8,
    concurrent: usize,
    breaker: CircuitBreaker,
    /// How long one generation took lately, in seconds: the latest counts for a quarter.
    duration_secs: Mutex<Option<f64>>,
    metrics: Metrics,
}

/// Who waits for a slot, in order.
#[derive(Default)]
pub struct Queue {
    waiting: Mutex<(u64, BTreeSet<u64>)>,
}

impl ProviderPool {
    /// Opens all providers that the catalog routes to.
    ///
    /// # Errors
    /// [`UnusableProvider`], for the first that can't be used.
    pub fn open(
        config: CatalogConfig,
        providers: &Providers,
        sketches: usize,
        data: &std::path::Path,
        metrics: &Metrics,
    ) -> Result<Self, UnusableProvider> {
        let mut by_name = HashMap::new();
        for name in config.routes.values().flatten() {
            if by_name.contains_key(name) {
                continue;
            }
            let pooled = match providers.get(name) {
                Some(settings) => PooledProvider {
                    name: name.clone(),
                    provider: open(name, settings, data, metrics)?,
                    slots: Semaphore::new(settings.limits.concurrent),
                    queue: Queue::default(),
                    cost: settings.cost.clone(),
                    cancel_percent: settings.cancel_percent(),
                    concurrent: settings.limits.concurrent,
                    breaker: CircuitBreaker::new(
                        settings.limits.failure_threshold,
                        Duration::from_secs(settings.limits.cooldown_secs),
                    ),
                    duration_secs: Mutex::default(),
                    metrics: metrics.clone(),
                },
                None => PooledProvider::sketch(sketches, metrics),
            };
            by_name.insert(name.clone(), Arc::new(pooled));
        }
        Ok(Self { config, by_name })
    }

    /// The plain catalog, made by one provider instead of the sketch engine.
    #[cfg(test)]
    pub(crate) fn all_by(provider: Arc<dyn Provider>, metrics: &Metrics) -> Self {
        let catalog = Catalog::BUILT_IN;
        let routes = catalog.models.iter().map(|model| (model.id.to_string(), vec![SKETCH.into()]));
        let (routes, without_picture) = (routes.collect(), Vec::new());
        let config = CatalogConfig { routes, catalog, without_picture };
        let pooled = PooledProvider { provider, ..PooledProvider::sketch(2, metrics) };
        Self { config, by_name: HashMap::from([(SKETCH.into(), Arc::new(pooled))]) }
    }

    /// The models that are offered.
    pub(crate) fn catalog(&self) -> &Catalog {
        &self.config.catalog
    }

    /// The models that are offered, with the current status of each.
    pub(crate) fn catalog_now(&self) -> Catalog {
        let mut catalog = self.config.catalog.clone();
        for model in catalog.models.to_mut() {
            model.status = self.status(model);
            let route = self.route(&model.id);
            let percent = route.iter().map(|pooled| pooled.cancel_percent).max();
            model.cancel_percent = percent.unwrap_or(0);
        }
        catalog
    }

    /// The providers of a model, in the order in which they are tried.
    pub(crate) fn route(&self, model: &str) -> Vec<Arc<PooledProvider>> {
        let names = self.config.routes.get(model).map_or(&[][..], Vec::as_slice);
        names.iter().filter_map(|name| self.by_name.get(name).cloned()).collect()
    }

    /// What cancelling costs once this provider has taken a job, in percent of the price. One that is
    /// offered no more may have billed it.
    pub(crate) fn cancel_percent(&self, provider: &str) -> u8 {
        self.get(provider).map_or(100, |pooled| pooled.cancel_percent)
    }

    /// A provider by its name.
    pub(crate) fn get(&self, name: &str) -> Option<&Arc<PooledProvider>> {
        self.by_name.get(name)
    }

    /// How the providers are doing, by name.
    pub(crate) fn statuses(&self) -> Vec<ProviderStatus> {
        let routed = |name: &String| {
            let models = self.config.catalog.models.iter().map(|model| model.id.to_string());
            let here = |model: &String| {
                self.config.routes.get(model).is_some_and(|route| route.contains(name))
            };
            models.filter(here).collect()
        };
        let status = |pooled: &Arc<PooledProvider>| ProviderStatus {
            name: pooled.name.clone(),
            models: routed(&pooled.name),
            concurrent: pooled.concurrent,
            running: pooled.concurrent.saturating_sub(pooled.slots.available_permits()),
            waiting: pooled.queue.len(),
            open_for: pooled.open_for(),
            typical_secs: pooled.duration_secs().map(|secs| secs.ceil() as u32),
        };
        let mut statuses: Vec<_> = self.by_name.values().map(status).collect();
        statuses.sort_by(|a, b| a.name.cmp(&b.name));
        statuses
    }

    /// A line about a model for people, where there is something to know.
    fn status(&self, model: &Model) -> Option<Message> {
        let say = |code, text| Some(Message::new(code, text).with("model", model.name.clone()));
        let minutes = |time: Duration| time.as_secs().div_ceil(60);
        let route = self.route(&model.id);
        let closed = route.iter().find(|pooled| pooled.open_for().is_none());
        let Some(pooled) = closed else {
            let back = route.iter().filter_map(|pooled| pooled.open_for()).min()?;
            let text = format!("{} does not answer. Try again in {}.", model.name, about(back));
            return Some(say(Code::ProviderDown, text)?.with("minutes", minutes(back)));
        };
        if pooled.name != route.first()?.name {
            let (code, stands_in) = match pooled.name.as_str() {
                SKETCH => (Code::SketchStandsIn, "procedural sketches stand in for it"),
                _ => (Code::ProviderReplaced, "another provider stands in for it"),
            };
            return say(code, format!("{} does not answer; {stands_in}.", model.name));
        }
        match (pooled.queue.len(), pooled.slots.available_permits()) {
            (0, 1..) => None,
            (waiting, _) => match pooled.wait_secs(waiting) {
                Some(secs) => {
                    let wait = Duration::from_secs(secs.into());
                    let text = format!("{} is busy, {}.", model.name, about(wait));
                    Some(say(Code::ProviderBusyFor, text)?.with("minutes", minutes(wait)))
                }
                None => say(Code::ProviderBusy, format!("{} is busy.", model.name)),
            },
        }
    }
}

/// A time as people say it.
fn about(time: Duration) -> String {
    match time.as_secs() {
        0..60 => "less than a minute".into(),
        secs => match (secs + 30) / 60 {
            1 => "about a minute".into(),
            minutes => format!("about {minutes} minutes"),
        },
    }
}

impl PooledProvider {
    fn sketch(concurrent: usize, metrics: &Metrics) -> Self {
        Self {
            name: SKETCH.into(),
            provider: Arc::new(Sketch),
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
    pub(crate) fn admits(&self) -> bool {
        self.breaker.admits()
    }

    /// Closes its circuit breaker by hand.
    pub(crate) fn close_breaker(&self) {
        self.breaker.succeeded();
        self.metrics.provider_circuit_open(&self.name, false);
    }

    /// It made one.
    pub(crate) fn succeeded(&self, took: Duration) {
        let secs = took.as_secs_f64();
        let mut estimate = self.duration_secs();
        *estimate = Some(estimate.map_or(secs, |old| old * 0.75 + secs * 0.25));
        drop(estimate);
        self.breaker.succeeded();
        self.metrics.provider_ended(&self.name, "succeeded", took);
        self.metrics.provider_circuit_open(&self.name, false);
    }

    /// It was stopped before it could make one.
    pub(crate) fn cancelled(&self, took: Duration) {
        self.metrics.provider_ended(&self.name, "cancelled", took);
    }

    /// It could not make one. Only an error that is the provider's own fault counts for its circuit
    /// breaker. A refusal by its content policy is an answer: the provider works.
    pub(crate) fn failed(&self, kind: ErrorKind, took: Duration) {
        self.metrics.provider_ended(&self.name, kind.name(), took);
        if kind == ErrorKind::ContentPolicy {
            self.breaker.succeeded();
            self.metrics.provider_circuit_open(&self.name, false);
        } else if kind.may_go_elsewhere() && self.breaker.failed() {
            tracing::warn!(provider = self.name, "its circuit breaker opens");
            self.metrics.provider_circuit_open(&self.name, true);
        }
    }

    /// In how many seconds somebody who comes after `waiting` others will probably be done.
    pub(crate) fn wait_secs(&self, waiting: usize) -> Option<u32> {
        let estimate = (*self.duration_secs())?;
        let rounds = (waiting / self.concurrent + 2) as f64;
        Some((estimate * rounds).ceil().clamp(1.0, 86_400.0) as u32)
    }

    fn duration_secs(&self) -> MutexGuard<'_, Option<f64>> {
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

    fn len(&self) -> usize {
        self.waiting().1.len()
    }

    fn waiting(&self) -> MutexGuard<'_, (u64, BTreeSet<u64>)> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_its_own_failures_open_its_circuit_breaker() {
        let metrics = Metrics::default();
        let pooled = PooledProvider {
            breaker: CircuitBreaker::new(2, Duration::from_secs(60)),
            ..PooledProvider::sketch(1, &metrics)
        };
        let fail = |kind| pooled.failed(kind, Duration::ZERO);
        fail(ErrorKind::Transient);
        // Not its fault, or not for long.
        fail(ErrorKind::ContentPolicy);
        fail(ErrorKind::Permanent);
        assert_eq!(pooled.open_for(), None);
        pooled.succeeded(Duration::ZERO);
        fail(ErrorKind::Transient);
        assert_eq!(pooled.open_for(), None);
        fail(ErrorKind::Unavailable);
        assert!(pooled.open_for().is_some_and(|left| left <= Duration::from_secs(60)));
        assert!(!pooled.admits());
        let over = || pooled.breaker.cool_down();
        over();
        assert_eq!(pooled.open_for(), None);
        // One alone finds out; where that fails, the breaker stays open.
        assert!(pooled.admits());
        assert!(!pooled.admits());
        fail(ErrorKind::Transient);
        assert!(!pooled.admits());
        let text = metrics.text(0);
        for line in [
            "ai_now_provider_ended_total{provider=\"sketch\",outcome=\"transient\"} 3",
            "ai_now_provider_ended_total{provider=\"sketch\",outcome=\"succeeded\"} 1",
            "ai_now_provider_duration_seconds_count{provider=\"sketch\"} 1",
            "ai_now_provider_circuit_open{provider=\"sketch\"} 1",
        ] {
            assert!(text.contains(line), "{line} is not in\n{text}");
        }
        over();
        assert!(pooled.admits());
        pooled.succeeded(Duration::ZERO);
        assert!(pooled.admits() && pooled.admits());
        for answer in [ErrorKind::Transient, ErrorKind::Unavailable, ErrorKind::ContentPolicy] {
            fail(answer);
        }
        assert!(pooled.admits(), "a provider that refuses by its policy works");
    }

    #[test]
    fn the_catalog_tells_who_is_busy_or_away() {
        let toml = "[luma]\nkind = 'command'\nprogram = '/bin/sh'\nconcurrent = 1\nfailure_threshold = 1\n\
                    cooldown_secs = 90";
        let providers: Providers = toml::from_str(toml).unwrap();
        let routed = |routes: &[&str]| {
            let route = routes.iter().map(ToString::to_string).collect();
            let routes = HashMap::from([("luma".to_owned(), route)]);
            let (catalog, without_picture) = (Catalog::BUILT_IN, Vec::new());
            let config = CatalogConfig { catalog, routes, without_picture };
            let data = tempfile::tempdir().unwrap();
            ProviderPool::open(config, &providers, 1, data.path(), &Metrics::default()).unwrap()
        };
        let status = |pool: &ProviderPool| {
            pool.catalog_now()
                .model("luma")
                .unwrap()
                .status
                .clone()
                .map(|status| status.text.into_owned())
        };
        let pool = routed(&["luma"]);
        let luma = pool.get("luma").unwrap().clone();
        assert_eq!(status(&pool), None);
        let slot = luma.slots.try_acquire().unwrap();
        assert_eq!(status(&pool).as_deref(), Some("Luma is busy."));
        luma.succeeded(Duration::from_secs(60));
        assert_eq!(status(&pool).as_deref(), Some("Luma is busy, about 2 minutes."));
        luma.queue.insert();
        luma.queue.insert();
        assert_eq!(status(&pool).as_deref(), Some("Luma is busy, about 4 minutes."));
        drop(slot);
        luma.failed(ErrorKind::Transient, Duration::ZERO);
        let away = "Luma does not answer. Try again in about a minute.";
        assert_eq!(status(&pool).as_deref(), Some(away));

        let pool = routed(&["luma", "sketch"]);
        pool.get("luma").unwrap().failed(ErrorKind::Unavailable, Duration::ZERO);
        let stands_in = "Luma does not answer; procedural sketches stand in for it.";
        assert_eq!(status(&pool).as_deref(), Some(stands_in));
    }
}
