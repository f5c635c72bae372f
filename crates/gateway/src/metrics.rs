//! The metrics: counts and durations, never persons or contents.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use ai_now_protocol::api::State;
use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::encoding::text::encode;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::{Family, MetricConstructor};
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::registry::{Metric, Registry, Unit};

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
    webhook_tries: Family<WebhookLabel, Counter>,
    webhooks_disabled: Counter,
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

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct WebhookLabel {
    outcome: &'static str,
}

#[derive(Clone)]
struct DurationBuckets;

impl MetricConstructor<Histogram> for DurationBuckets {
    fn new_metric(&self) -> Histogram {
        Histogram::new([0.5, 1.0, 2.0, 5.0, 10.0, 30.0, 60.0, 120.0, 300.0, 600.0])
    }
}

/// Registers metrics, with the description of each.
struct Registrar(Registry);

impl Registrar {
    fn metric<M: Metric + Clone>(&mut self, name: &str, means: &str, metric: M) -> M {
        self.0.register(name, means, metric.clone());
        metric
    }

    fn empty<M: Metric + Clone + Default>(&mut self, name: &str, means: &str) -> M {
        self.metric(name, means, M::default())
    }

    fn seconds<M: Metric + Clone>(&mut self, name: &str, means: &str, metric: M) -> M {
        self.0.register_with_unit(name, means, Unit::Seconds, metric.clone());
        metric
    }
}

impl Default for Metrics {
    fn default() -> Self {
        let mut of = Registrar(Registry::with_prefix("ai_now"));
        let commits = Histogram::new([0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.5, 1.0, 5.0]);
        Self {
            accepted: of.empty("generations_accepted", "Generations accepted"),
            ended: of.empty("generations_ended", "Generations ended, by outcome"),
            durations: of.seconds(
                "generation_duration",
                "Time that providers took for a generation",
                Family::new_with_constructor(DurationBuckets),
            ),
            commits: of.seconds("ledger_commit", "Time that commits of the ledger took", commits),
            changes: of.empty("ledger_changes", "Changes in those commits"),
            active: of.empty("generations_active", "Generations that are queued or running"),
            streams: of.empty("event_streams", "Event streams that are open"),
            results_waiting: of
                .empty("results_waiting", "Results that are made and can't be stored yet"),
            responses: of.empty("http_responses", "HTTP responses, by status"),
            provider_ended: of.empty(
                "provider_ended",
                "Generations that providers made or failed to make, by outcome",
            ),
            provider_durations: of.seconds(
                "provider_duration",
                "Time that providers took for what they made",
                Family::new_with_constructor(DurationBuckets),
            ),
            provider_retries: of.empty("provider_retries", "Submissions that were tried again"),
            provider_circuit_open: of.empty(
                "provider_circuit_open",
                "1 while the circuit breaker of a provider is open",
            ),
            provider_unknown_statuses: of.empty(
                "provider_unknown_statuses",
                "Answers of providers with an undocumented status",
            ),
            webhook_tries: of.empty(
                "webhook_tries",
                "Messages that were sent to webhooks, by whether they were delivered",
            ),
            webhooks_disabled: of.empty(
                "webhooks_disabled",
                "Webhooks that were given up after days without a delivery",
            ),
            registry: Arc::new(Mutex::new(of.0)),
        }
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

    /// A submission to a provider is retried.
    pub fn provider_retried(&self, provider: &str) {
        let label = ProviderLabel { provider: provider.to_owned() };
        self.provider_retries.get_or_create(&label).inc();
    }

    /// Whether the circuit breaker of a provider is open.
    pub fn provider_circuit_open(&self, provider: &str, open: bool) {
        let label = ProviderLabel { provider: provider.to_owned() };
        self.provider_circuit_open.get_or_create(&label).set(i64::from(open));
    }

    /// A provider reported a status that its documentation does not name.
    pub fn provider_unknown_status(&self, provider: &str) {
        let label = ProviderLabel { provider: provider.to_owned() };
        self.provider_unknown_statuses.get_or_create(&label).inc();
    }

    /// A message was sent to a webhook, and delivered or not.
    pub fn webhook_tried(&self, taken: bool) {
        let outcome = if taken { "delivered" } else { "failed" };
        self.webhook_tries.get_or_create(&WebhookLabel { outcome }).inc();
    }

    /// A webhook was given up.
    pub fn webhook_disabled(&self) {
        self.webhooks_disabled.inc();
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

    /// Counts an open stream for as long as the value lives.
    pub fn stream(&self) -> OpenStream {
        self.streams.inc();
        OpenStream(self.streams.clone())
    }

    /// Counts a result that waits to be stored for as long as the value lives.
    pub fn result_waits(&self) -> WaitingResult {
        self.results_waiting.inc();
        WaitingResult(self.results_waiting.clone())
    }

    /// All metrics in the text format of Prometheus.
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
