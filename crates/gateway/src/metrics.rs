//! What the operator's monitoring may know: counts and durations, never who or what.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use ai_now_protocol::api::State;
use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::encoding::text::encode;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::{Family, MetricConstructor};
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::registry::{Registry, Unit};

/// All metrics of one gateway. Cloning it is cheap and gives the same.
#[derive(Clone)]
pub struct Metrics {
    registry: Arc<Mutex<Registry>>,
    accepted: Family<ModelLabel, Counter>,
    ended: Family<EndLabel, Counter>,
    durations: Family<ModelLabel, Histogram, DurationBuckets>,
    commits: Histogram,
    changes: Counter,
    active: Gauge,
    streams: Gauge,
    results_waiting: Gauge,
    responses: Family<StatusLabel, Counter>,
    provider_ended: Family<ProviderEndLabel, Counter>,
    provider_durations: Family<ProviderLabel, Histogram, DurationBuckets>,
    provider_retries: Family<ProviderLabel, Counter>,
    provider_circuit_open: Family<ProviderLabel, Gauge>,
    provider_unknown_statuses: Family<ProviderLabel, Counter>,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct ModelLabel {
    model: String,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct EndLabel {
    model: String,
    outcome: String,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct StatusLabel {
    status: u16,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct ProviderLabel {
    provider: String,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct ProviderEndLabel {
    provider: String,
    outcome: String,
}

#[derive(Clone)]
struct DurationBuckets;

impl MetricConstructor<Histogram> for DurationBuckets {
    fn new_metric(&self) -> Histogram {
        Histogram::new([0.5, 1.0, 2.0, 5.0, 10.0, 30.0, 60.0, 120.0, 300.0, 600.0])
    }
}

impl Default for Metrics {
    fn default() -> Self {
        let mut metrics = Self {
            registry: Arc::default(),
            accepted: Family::default(),
            ended: Family::default(),
            durations: Family::new_with_constructor(DurationBuckets),
            commits: Histogram::new([0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.5, 1.0, 5.0]),
            changes: Counter::default(),
            active: Gauge::default(),
            streams: Gauge::default(),
            results_waiting: Gauge::default(),
            responses: Family::default(),
            provider_ended: Family::default(),
            provider_durations: Family::new_with_constructor(DurationBuckets),
            provider_retries: Family::default(),
            provider_circuit_open: Family::default(),
            provider_unknown_statuses: Family::default(),
        };
        let mut registry = Registry::with_prefix("ai_now");
        let m = &metrics;
        registry.register("generations_accepted", "Generations accepted", m.accepted.clone());
        registry.register("generations_ended", "Generations ended, by outcome", m.ended.clone());
        registry.register_with_unit(
            "generation_duration",
            "Time that providers took for a generation",
            Unit::Seconds,
            m.durations.clone(),
        );
        registry.register_with_unit(
            "ledger_commit",
            "Time that commits of the ledger took",
            Unit::Seconds,
            m.commits.clone(),
        );
        registry.register("ledger_changes", "Changes in those commits", m.changes.clone());
        registry.register(
            "generations_active",
            "Generations that are queued or running",
            m.active.clone(),
        );
        registry.register("event_streams", "Event streams that are open", m.streams.clone());
        registry.register(
            "results_waiting",
            "Results that are made and can't be stored yet",
            m.results_waiting.clone(),
        );
        registry.register("http_responses", "HTTP responses, by status", m.responses.clone());
        registry.register(
            "provider_ended",
            "Generations that providers made or failed to make, by outcome",
            m.provider_ended.clone(),
        );
        registry.register_with_unit(
            "provider_duration",
            "Time that providers took for what they made",
            Unit::Seconds,
            m.provider_durations.clone(),
        );
        registry.register(
            "provider_retries",
            "Submissions that were tried again",
            m.provider_retries.clone(),
        );
        registry.register(
            "provider_circuit_open",
            "1 while the circuit breaker of a provider is open",
            m.provider_circuit_open.clone(),
        );
        registry.register(
            "provider_unknown_statuses",
            "Answers of providers with a status that no document names",
            m.provider_unknown_statuses.clone(),
        );
        metrics.registry = Arc::new(Mutex::new(registry));
        metrics
    }
}

impl Metrics {
    /// A generation was accepted.
    pub fn accepted(&self, model: &str) {
        self.accepted.get_or_create(&ModelLabel { model: model.to_owned() }).inc();
    }

    /// A generation has ended.
    pub fn ended(&self, model: &str, state: State) {
        let outcome = match state {
            State::Completed => "completed",
            State::Cancelled => "cancelled",
            State::Failed | State::Queued | State::Running => "failed",
        };
        let label = EndLabel { model: model.to_owned(), outcome: outcome.to_owned() };
        self.ended.get_or_create(&label).inc();
    }

    /// A provider worked on a generation for this long.
    pub fn generated(&self, model: &str, took: Duration) {
        self.durations
            .get_or_create(&ModelLabel { model: model.to_owned() })
            .observe(took.as_secs_f64());
    }

    /// A provider has ended its work on a generation. `outcome`: `succeeded`, `cancelled`, or the
    /// kind of failure.
    pub fn provider_ended(&self, provider: &str, outcome: &str, took: Duration) {
        let label = ProviderEndLabel { provider: provider.to_owned(), outcome: outcome.to_owned() };
        self.provider_ended.get_or_create(&label).inc();
        if outcome == "succeeded" {
            let label = ProviderLabel { provider: provider.to_owned() };
            self.provider_durations.get_or_create(&label).observe(took.as_secs_f64());
        }
    }

    /// A submission to a provider is tried again.
    pub fn provider_retried(&self, provider: &str) {
        let label = ProviderLabel { provider: provider.to_owned() };
        self.provider_retries.get_or_create(&label).inc();
    }

    /// Whether the circuit breaker of a provider is open.
    pub fn provider_circuit_open(&self, provider: &str, open: bool) {
        let label = ProviderLabel { provider: provider.to_owned() };
        self.provider_circuit_open.get_or_create(&label).set(i64::from(open));
    }

    /// A provider told a status that no document names.
    pub fn provider_unknown_status(&self, provider: &str) {
        let label = ProviderLabel { provider: provider.to_owned() };
        self.provider_unknown_statuses.get_or_create(&label).inc();
    }

    /// A commit of so many changes took this long.
    pub fn committed(&self, changes: usize, took: Duration) {
        self.commits.observe(took.as_secs_f64());
        self.changes.inc_by(changes as u64);
    }

    /// A request was answered with this status.
    pub fn responded(&self, status: u16) {
        self.responses.get_or_create(&StatusLabel { status }).inc();
    }

    /// A stream is open for as long as this lives.
    pub fn stream(&self) -> OpenStream {
        self.streams.inc();
        OpenStream(self.streams.clone())
    }

    /// A result that is made waits to be stored for as long as this lives.
    pub fn result_waits(&self) -> WaitingResult {
        self.results_waiting.inc();
        WaitingResult(self.results_waiting.clone())
    }

    /// All of it in the text format that Prometheus reads.
    pub fn text(&self, active: usize) -> String {
        self.active.set(i64::try_from(active).unwrap_or(i64::MAX));
        let registry = self.registry.lock().unwrap_or_else(PoisonError::into_inner);
        let mut text = String::new();
        // Writing into a string cannot fail.
        let _ = encode(&mut text, &registry);
        text
    }
}

/// Counts a result that waits.
pub struct WaitingResult(Gauge);

impl Drop for WaitingResult {
    fn drop(&mut self) {
        self.0.dec();
    }
}

/// Counts an open stream.
pub struct OpenStream(Gauge);

impl Drop for OpenStream {
    fn drop(&mut self) {
        self.0.dec();
    }
}
