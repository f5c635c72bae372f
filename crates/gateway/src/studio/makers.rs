//! The providers as the studio sees them: who makes which model in which order, how many at once,
//! who is left in peace for a while, and how long it may take just now.
//!
//! It must not know how a provider works.

use std::collections::{BTreeSet, HashMap};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use ai_now_protocol::catalog::Text;
use ai_now_protocol::{Catalog, Model};
use tokio::sync::Semaphore;
use tokio::time::Instant;

use crate::metrics::Metrics;
use crate::offer::{Offer, Providers, SKETCH};
use crate::provider::{FailureKind, Provider};

/// All providers that models are routed to.
pub struct Makers {
    offer: Offer,
    by_name: HashMap<String, Arc<Maker>>,
}

/// One provider.
pub(super) struct Maker {
    pub(super) name: String,
    pub(super) provider: Provider,
    /// One permit for each generation that it may make at once; handed out in the order of asking.
    pub(super) slots: Semaphore,
    /// Who waits for one.
    pub(super) queue: Queue,
    at_once: usize,
    rest_after: u32,
    rest: Duration,
    health: Mutex<Health>,
    metrics: Metrics,
}

#[derive(Default)]
struct Health {
    failures_in_a_row: u32,
    rests_until: Option<Instant>,
    /// How long one generation took lately, in seconds: the latest counts for a quarter.
    pace_secs: Option<f64>,
}

/// Who waits for a slot, in order.
#[derive(Default)]
pub(super) struct Queue {
    waiting: Mutex<(u64, BTreeSet<u64>)>,
}

impl Makers {
    /// All providers that the offer routes to.
    ///
    /// # Errors
    /// A sentence about the first that can't be used: its key is missing, its program is not there.
    pub fn open(
        offer: Offer,
        providers: &Providers,
        sketches: usize,
        data: &std::path::Path,
        metrics: &Metrics,
    ) -> Result<Self, String> {
        let mut by_name = HashMap::new();
        for name in offer.routes.values().flatten() {
            if by_name.contains_key(name) {
                continue;
            }
            let maker = match providers.get(name) {
                Some(settings) => Maker {
                    name: name.clone(),
                    provider: Provider::open(name, settings, data, metrics)?,
                    slots: Semaphore::new(settings.concurrent),
                    queue: Queue::default(),
                    at_once: settings.concurrent,
                    rest_after: settings.rest_after,
                    rest: Duration::from_secs(settings.rest_secs),
                    health: Mutex::default(),
                    metrics: metrics.clone(),
                },
                None => Maker::sketch(sketches, metrics),
            };
            by_name.insert(name.clone(), Arc::new(maker));
        }
        Ok(Self { offer, by_name })
    }

    /// The plain catalog, made by one provider instead of the sketch engine.
    #[cfg(test)]
    pub(super) fn all_by(provider: Provider, metrics: &Metrics) -> Self {
        let offer = Offer::new(&[], &Providers::new()).expect("the plain offer");
        let maker = Maker { provider, ..Maker::sketch(2, metrics) };
        Self { offer, by_name: HashMap::from([(SKETCH.into(), Arc::new(maker))]) }
    }

    /// What is offered.
    pub(super) fn catalog(&self) -> &Catalog {
        &self.offer.catalog
    }

    /// What is offered, and how it stands with it just now.
    pub(super) fn catalog_now(&self) -> Catalog {
        let mut catalog = self.offer.catalog.clone();
        for model in catalog.models.to_mut() {
            model.status = self.status(model);
        }
        catalog
    }

    /// Who makes a model, in order.
    pub(super) fn of(&self, model: &str) -> Vec<Arc<Maker>> {
        let names = self.offer.routes.get(model).map_or(&[][..], Vec::as_slice);
        names.iter().filter_map(|name| self.by_name.get(name).cloned()).collect()
    }

    /// A provider by its name.
    pub(super) fn named(&self, name: &str) -> Option<&Arc<Maker>> {
        self.by_name.get(name)
    }

    /// A line about a model for people, where there is something to know.
    fn status(&self, model: &Model) -> Option<Text> {
        let makers = self.of(&model.id);
        let awake = makers.iter().find(|maker| maker.rests_for().is_none());
        let Some(maker) = awake else {
            let back = makers.iter().filter_map(|maker| maker.rests_for()).min()?;
            return Some(
                format!("{} does not answer. Try again in {}.", model.name, about(back)).into(),
            );
        };
        if maker.name != makers.first()?.name {
            let stands_in = match maker.provider {
                Provider::Sketch => "procedural sketches stand in for it",
                _ => "another maker stands in for it",
            };
            return Some(format!("{} does not answer; {stands_in}.", model.name).into());
        }
        match (maker.queue.len(), maker.slots.available_permits()) {
            (0, 1..) => None,
            (waiting, _) => Some(match maker.wait_secs(waiting) {
                Some(secs) => {
                    let wait = about(Duration::from_secs(secs.into()));
                    format!("{} is busy, {wait}.", model.name).into()
                }
                None => format!("{} is busy.", model.name).into(),
            }),
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

impl Maker {
    fn sketch(at_once: usize, metrics: &Metrics) -> Self {
        Self {
            name: SKETCH.into(),
            provider: Provider::Sketch,
            slots: Semaphore::new(at_once.max(1)),
            queue: Queue::default(),
            at_once: at_once.max(1),
            // It is never away.
            rest_after: u32::MAX,
            rest: Duration::ZERO,
            health: Mutex::default(),
            metrics: metrics.clone(),
        }
    }

    /// For how long it is left in peace yet; `None` where it may be asked.
    pub(super) fn rests_for(&self) -> Option<Duration> {
        let until = self.health().rests_until?;
        let left = until.saturating_duration_since(Instant::now());
        (!left.is_zero()).then_some(left)
    }

    /// Whether a generation may be given to it. After a rest it is for one alone to find out
    /// whether it is back: for all others the rest goes on meanwhile.
    pub(super) fn admits(&self) -> bool {
        let mut health = self.health();
        let now = Instant::now();
        match health.rests_until {
            None => true,
            Some(until) if now < until => false,
            Some(_) => {
                health.rests_until = Some(now + self.rest);
                true
            }
        }
    }

    /// It made one.
    pub(super) fn made(&self, took: Duration) {
        let mut health = self.health();
        let secs = took.as_secs_f64();
        health.pace_secs = Some(health.pace_secs.map_or(secs, |pace| pace * 0.75 + secs * 0.25));
        health.failures_in_a_row = 0;
        health.rests_until = None;
        drop(health);
        self.metrics.provider_ended(&self.name, "made", took);
        self.metrics.provider_resting(&self.name, false);
    }

    /// It was stopped before it could make one.
    pub(super) fn stopped(&self, took: Duration) {
        self.metrics.provider_ended(&self.name, "stopped", took);
    }

    /// It could not make one. After several in a row that are its own fault it is left in peace
    /// for a while. A refusal for safety's sake is an answer: it is there.
    pub(super) fn failed(&self, kind: FailureKind, took: Duration) {
        self.metrics.provider_ended(&self.name, kind.name(), took);
        let mut health = self.health();
        if kind == FailureKind::Safety {
            health.failures_in_a_row = 0;
            health.rests_until = None;
            drop(health);
            self.metrics.provider_resting(&self.name, false);
            return;
        }
        if !kind.may_go_elsewhere() {
            return;
        }
        health.failures_in_a_row = health.failures_in_a_row.saturating_add(1);
        if health.failures_in_a_row >= self.rest_after {
            health.rests_until = Some(Instant::now() + self.rest);
            drop(health);
            tracing::warn!(provider = self.name, "it is left in peace for a while");
            self.metrics.provider_resting(&self.name, true);
        }
    }

    /// In how many seconds somebody who comes after `waiting` others will probably be done.
    pub(super) fn wait_secs(&self, waiting: usize) -> Option<u32> {
        let pace = self.health().pace_secs?;
        let rounds = (waiting / self.at_once + 2) as f64;
        Some((pace * rounds).ceil().clamp(1.0, 86_400.0) as u32)
    }

    fn health(&self) -> MutexGuard<'_, Health> {
        self.health.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Queue {
    pub(super) fn enter(&self) -> u64 {
        let mut waiting = self.waiting();
        waiting.0 += 1;
        let number = waiting.0;
        waiting.1.insert(number);
        number
    }

    pub(super) fn leave(&self, number: u64) {
        self.waiting().1.remove(&number);
    }

    /// How many wait before this one.
    pub(super) fn position(&self, number: u64) -> usize {
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
    fn whoever_fails_again_and_again_is_left_in_peace() {
        let metrics = Metrics::default();
        let maker =
            Maker { rest_after: 2, rest: Duration::from_secs(60), ..Maker::sketch(1, &metrics) };
        let fail = |kind| maker.failed(kind, Duration::ZERO);
        fail(FailureKind::Passing);
        // Not its fault, or not for long.
        fail(FailureKind::Safety);
        fail(FailureKind::Final);
        assert_eq!(maker.rests_for(), None);
        maker.made(Duration::ZERO);
        fail(FailureKind::Passing);
        assert_eq!(maker.rests_for(), None);
        fail(FailureKind::Down);
        assert!(maker.rests_for().is_some_and(|left| left <= Duration::from_secs(60)));
        assert!(!maker.admits());
        let over = || maker.health().rests_until = Some(Instant::now());
        over();
        assert_eq!(maker.rests_for(), None);
        // One alone finds out; where that fails, it rests again.
        assert!(maker.admits());
        assert!(!maker.admits());
        fail(FailureKind::Passing);
        assert!(!maker.admits());
        let text = metrics.text(0);
        for line in [
            "ai_now_provider_ended_total{provider=\"sketch\",outcome=\"passing\"} 3",
            "ai_now_provider_ended_total{provider=\"sketch\",outcome=\"made\"} 1",
            "ai_now_provider_making_seconds_count{provider=\"sketch\"} 1",
            "ai_now_provider_resting{provider=\"sketch\"} 1",
        ] {
            assert!(text.contains(line), "{line} is not in\n{text}");
        }
        over();
        assert!(maker.admits());
        maker.made(Duration::ZERO);
        assert!(maker.admits() && maker.admits());
        for answer in [FailureKind::Passing, FailureKind::Down, FailureKind::Safety] {
            fail(answer);
        }
        assert!(maker.admits(), "whoever refuses is there");
    }

    #[test]
    fn the_catalog_tells_who_is_busy_or_away() {
        let toml = "[luma]\nkind = 'command'\nprogram = '/bin/sh'\nconcurrent = 1\nrest_after = 1\n\
                    rest_secs = 90";
        let providers: Providers = toml::from_str(toml).unwrap();
        let routed = |routes: &[&str]| {
            let settings = crate::offer::ModelSettings {
                id: "luma".into(),
                routes: Some(routes.iter().map(ToString::to_string).collect()),
                ..Default::default()
            };
            let offer = Offer::new(&[settings], &providers).unwrap();
            let data = tempfile::tempdir().unwrap();
            Makers::open(offer, &providers, 1, data.path(), &Metrics::default()).unwrap()
        };
        let status = |makers: &Makers| {
            makers.catalog_now().model("luma").unwrap().status.clone().map(Text::into_owned)
        };
        let makers = routed(&["luma"]);
        let luma = makers.named("luma").unwrap().clone();
        assert_eq!(status(&makers), None);
        let slot = luma.slots.try_acquire().unwrap();
        assert_eq!(status(&makers).as_deref(), Some("Luma is busy."));
        luma.made(Duration::from_secs(60));
        assert_eq!(status(&makers).as_deref(), Some("Luma is busy, about 2 minutes."));
        luma.queue.enter();
        luma.queue.enter();
        assert_eq!(status(&makers).as_deref(), Some("Luma is busy, about 4 minutes."));
        drop(slot);
        luma.failed(FailureKind::Passing, Duration::ZERO);
        let away = "Luma does not answer. Try again in about a minute.";
        assert_eq!(status(&makers).as_deref(), Some(away));

        let makers = routed(&["luma", "sketch"]);
        makers.named("luma").unwrap().failed(FailureKind::Down, Duration::ZERO);
        let stands_in = "Luma does not answer; procedural sketches stand in for it.";
        assert_eq!(status(&makers).as_deref(), Some(stands_in));
    }
}
