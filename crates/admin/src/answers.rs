//! What the gateway answers administrators, as far as the page reads it. The gateway's own types are
//! its business: a test compares these with its OpenAPI document ([`all`]). It must not know how they
//! are carried.

#[macro_use]
mod schema;

mod generations;
mod keys;
mod money;
mod operation;
mod usage;
mod webhooks;

pub use generations::{
    AdminGeneration, AdminGenerationList, Attempt, GenerationDetails, JobCost, NumberedEvent,
    Refunded,
};
pub use keys::{AdminSelf, CreatedKey, Key, KeyList, LedgerPage, Movement, Pages};
pub use money::{Price, Sum};
pub use operation::{
    ActivityEntry, ActivityPage, AdminModel, AdminModels, AdminProvider, AdminProviders,
    AdminSettings, ModelRoute, ProviderFinding,
};
pub use schema::Schema;
pub use usage::{
    AdminEvent, ChangedGeneration, Day, ModelProviderTotals, Now, Outcomes, Overview, UsageReport,
    UsageRow,
};
pub use webhooks::{
    CreatedWebhook, DeliveryAttempt, DeliveryPage, Webhook, WebhookDelivery, WebhookList,
};

/// All schemas that are read.
pub fn all() -> impl Iterator<Item = Schema> {
    [
        generations::SCHEMAS,
        keys::SCHEMAS,
        money::SCHEMAS,
        operation::SCHEMAS,
        usage::SCHEMAS,
        webhooks::SCHEMAS,
    ]
    .into_iter()
    .flatten()
    .copied()
}

#[cfg(all(test, not(target_arch = "wasm32")))]
mod tests {
    use super::*;

    #[test]
    fn optional_fields_are_distinguished_from_required_ones() {
        let fields = |name| all().find(|schema| schema.name == name).unwrap().fields;
        assert!(fields("KeyList").contains(&("keys", false)));
        assert!(fields("KeyList").contains(&("next", true)));
    }

    #[test]
    fn a_key_is_good_until_it_is_revoked_or_its_time_is_over() {
        let json = serde_json::json!({
            "name": "key-a", "kind": "secret", "label": "", "created_at_ms": 1, "day_tokens": 0,
            "month_tokens": 0, "expires_at_ms": 10,
            "balance": { "available": 0, "held": 0, "spent": 0, "granted": 0 },
        });
        let mut key: Key = serde_json::from_value(json).unwrap();
        assert!(key.is_good(9) && !key.is_good(10));
        key.revoked_at_ms = Some(5);
        assert!(!key.is_good(9));
    }
}
