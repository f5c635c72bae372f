//! Providers and models, the settings, and the activity log.

use serde_json::Value;

use super::money::{Price, Sum};

answers! {
    /// A provider.
    AdminProvider {
        /// Its name in the settings.
        name: String,
        /// The models that are routed to it.
        models: Vec<String>,
        /// How many it makes at once.
        concurrent: u64,
        /// How many it makes now.
        running: u64,
        /// How many wait for it.
        waiting: u64,
        /// Whether its circuit breaker is open.
        breaker_open: bool,
        /// For how many seconds more.
        open_secs: Option<u64>,
        /// How long a generation took lately, in seconds.
        typical_secs: Option<u32>,
    }

    /// The providers.
    AdminProviders {
        /// By name.
        providers: Vec<AdminProvider>,
    }

    /// The result of a check.
    ProviderFinding {
        /// Whether it can be used.
        good: bool,
        /// What was found, in English.
        says: String,
    }

    /// The models that are offered.
    AdminModels {
        /// In the order of the catalog.
        models: Vec<AdminModel>,
        /// What a token is worth.
        price: Option<Price>,
    }

    /// A model as it is offered.
    AdminModel {
        /// Its id.
        id: String,
        /// Its name for people.
        name: String,
        /// What a generation without options costs, in tokens.
        price_tokens: u32,
        /// What these are worth, in millionths of a unit of the price's currency.
        value_micros: Option<i64>,
        /// Its providers, in the order in which they are tried.
        routes: Vec<ModelRoute>,
    }

    /// A provider of a model.
    ModelRoute {
        /// Its name.
        provider: String,
        /// What it will probably bill.
        cost: Option<Sum>,
        /// The margin, in millionths of a unit of its currency.
        margin_micros: Option<i64>,
    }

    /// The effective settings.
    AdminSettings {
        /// The version of the gateway.
        version: String,
        /// By their names in the configuration file.
        settings: Value,
    }

    /// An entry of the activity log.
    ActivityEntry {
        /// When.
        at_ms: u64,
        /// The actor.
        actor: String,
        /// From where.
        source: String,
        /// The action.
        action: String,
        /// The object.
        subject: String,
        /// The value before.
        before: Option<Value>,
        /// The value after.
        after: Option<Value>,
    }

    /// A page of the activity log.
    ActivityPage {
        /// The newest first.
        entries: Vec<ActivityEntry>,
        /// Where the next page begins.
        next: Option<String>,
    }
}
