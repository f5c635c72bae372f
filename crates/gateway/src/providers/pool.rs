//! The providers of all models: which ones make a model and in which order, whether one of them can make
//! what is asked for, and what there is to know about a model at the moment.
//!
//! It must not know how a provider works.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use ai_now_protocol::{Catalog, Code, Message, Model, Scalars};

use super::error::UnusableProvider;
use super::open::open;
use super::pooled::PooledProvider;
use super::provider::Job;
#[cfg(test)]
use super::provider::Provider;
use super::settings::{Providers, SKETCH};
use super::takes::Unfit;
use crate::domain::{CatalogConfig, Cost, ProviderStatus};
use crate::metrics::Metrics;

/// All providers in the models' routes.
pub struct ProviderPool {
    config: CatalogConfig,
    by_name: HashMap<String, Arc<PooledProvider>>,
    /// Those that no model is routed to. They may have jobs from when one was.
    former: HashMap<String, Arc<PooledProvider>>,
}

/// The providers that no model is routed to, as far as they can be used: nobody needs their keys any more.
fn former(
    routed: &HashMap<String, Arc<PooledProvider>>,
    config: &CatalogConfig,
    providers: &Providers,
    data: &std::path::Path,
    metrics: &Metrics,
) -> HashMap<String, Arc<PooledProvider>> {
    let others = providers.iter().filter(|(name, _)| !routed.contains_key(*name));
    let opened = others.filter_map(|(name, settings)| {
        let provider = open(name, settings, data, metrics)
            .inspect_err(|error| {
                tracing::warn!(%error, provider = name, "a provider that no model is routed to can't be used");
            })
            .ok()?;
        let pooled = PooledProvider::new(name, provider, settings, config.public, metrics);
        Some((name.clone(), Arc::new(pooled)))
    });
    opened.collect()
}

impl ProviderPool {
    /// Opens all providers in the catalog's routes.
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
                Some(settings) => {
                    let provider = open(name, settings, data, metrics)?;
                    PooledProvider::new(name, provider, settings, config.public, metrics)
                }
                None => PooledProvider::sketch(sketches, metrics),
            };
            by_name.insert(name.clone(), Arc::new(pooled));
        }
        let former = former(&by_name, &config, providers, data, metrics);
        Ok(Self { config, by_name, former })
    }

    /// The plain catalog, with one provider instead of the sketch engine.
    #[cfg(test)]
    pub(crate) fn all_by(provider: Arc<dyn Provider>, metrics: &Metrics) -> Self {
        let catalog = Catalog::BUILT_IN;
        let routes = catalog.models.iter().map(|model| (model.id.to_string(), vec![SKETCH.into()]));
        let config =
            CatalogConfig { routes: routes.collect(), catalog, ..CatalogConfig::default() };
        let pooled = PooledProvider { provider, ..PooledProvider::sketch(2, metrics) };
        let by_name = HashMap::from([(SKETCH.into(), Arc::new(pooled))]);
        Self { config, by_name, former: HashMap::new() }
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

    /// What cancelling costs once this provider has taken a job, in percent of the price. A
    /// provider that has left the settings may have billed it.
    pub(crate) fn cancel_percent(&self, provider: &str) -> u8 {
        self.get(provider).map_or(100, |pooled| pooled.cancel_percent)
    }

    /// A provider by its name, whether a model is routed to it or not.
    pub(crate) fn get(&self, name: &str) -> Option<&Arc<PooledProvider>> {
        self.by_name.get(name).or_else(|| self.former.get(name))
    }

    /// The option because of which no provider of the model's route can make just what is asked for, before
    /// anything is charged. A sketch that only stands in is none of them.
    pub(crate) fn unfit(&self, model: &Model, options: &Scalars) -> Option<Unfit> {
        let route = self.route(&model.id);
        let stands_in = |pooled: &PooledProvider| {
            pooled.name == SKETCH && route.first().is_some_and(|first| first.name != SKETCH)
        };
        let mut first = None;
        for pooled in route.iter().filter(|pooled| !stands_in(pooled)) {
            let unfit = pooled.unfit(model, options)?;
            first.get_or_insert(unfit);
        }
        first
    }

    /// All providers.
    pub(crate) fn all(&self) -> impl Iterator<Item = &Arc<PooledProvider>> {
        self.by_name.values()
    }

    /// What each provider of a model will probably bill for a generation without options.
    pub(crate) fn estimates(&self, model: &Model) -> Vec<(String, Option<Cost>)> {
        let job = Job {
            id: String::new(),
            model: model.clone(),
            prompt: String::new(),
            options: ai_now_protocol::Scalars::new(),
            picture: None,
        };
        let estimate = |pooled: Arc<PooledProvider>| {
            let cost = pooled.cost.as_ref().and_then(|cost| cost.estimate(&job));
            (pooled.name.clone(), cost)
        };
        self.route(&model.id).into_iter().map(estimate).collect()
    }

    /// The status of the providers, by name.
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
            opened_at_ms: pooled.breaker.opened_at_ms(),
            typical_secs: pooled.duration_secs().map(|secs| secs.ceil() as u32),
        };
        let mut statuses: Vec<_> = self.by_name.values().map(status).collect();
        statuses.sort_by(|a, b| a.name.cmp(&b.name));
        statuses
    }

    /// A status line about a model for people, if there is something to say.
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

/// A time in words.
fn about(time: Duration) -> String {
    match time.as_secs() {
        0..60 => "less than a minute".into(),
        secs => match (secs + 30) / 60 {
            1 => "about a minute".into(),
            minutes => format!("about {minutes} minutes"),
        },
    }
}

#[cfg(test)]
mod tests;
