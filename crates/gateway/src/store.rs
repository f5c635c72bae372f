//! The gateway's records: accounts, keys, visitors, generations, events, media names.
//!
//! Either a `SQLite` database in the data directory, in WAL mode with `synchronous=FULL`, so that
//! every answered change is on the disk: all changes go through one writer, which groups them into
//! shared commits, and readers have connections of their own. Or a PostgreSQL server, with a
//! transaction for each change. It must not know HTTP, and it decides nothing about a generation:
//! it commits what the generation service decided, all of it or none.

mod acceptance;
mod activity;
mod actor;
mod admin_sessions;
mod admins;
mod all_generations;
mod attempts;
mod audit;
mod breakers;
#[cfg(test)]
mod conformance;
mod corrections;
mod costs;
mod database;
mod deliveries;
mod engine;
mod events;
mod generations;
mod jobs;
mod key_limits;
mod key_pages;
mod keys;
mod ledger;
mod locks;
mod migrate;
mod nodes;
mod notices;
mod outbox;
mod overview;
mod server;
mod set_back;
mod sql;
#[cfg(test)]
mod testing;
mod uploads;
mod usage;
mod visitors;
mod webhooks;

pub use activity::{Activity, ActivityFilter};
pub use actor::Actor;
pub use admins::{AdminInfo, AdminRole};
pub use all_generations::{GenerationFilter, KeyedGeneration, LedgerEntry};
pub use attempts::{FailedAttempt, JobCostRow};
pub use audit::Audit;
pub use breakers::OpenBreaker;
pub use corrections::RefundError;
pub use costs::ProviderCost;
pub use database::Store;
pub use deliveries::{AfterTry, Delivery, DueDelivery, Patience, WebhookAttempt};
pub use events::{StoredEvent, is_free_for_progress};
pub use generations::GenerationRow;
pub use jobs::{ProviderJob, SubmissionRecord, SubmissionState};
pub use key_limits::{KeyChange, KeyLimits};
pub use key_pages::{PagesChange, Publishable};
pub use keys::{KeyDetails, KeyInfo, KeyKind, NewKey};
pub use migrate::Migrated;
pub use nodes::Claimed;
pub use notices::{NOTICE_MAX_BYTES, NoticeEvent};
pub use overview::{DayTotal, ModelProviderTotal};
pub use usage::{USAGE_COLUMNS, Usage};
pub use visitors::{NewVisitor, SessionInfo, VisitorError, VisitorInfo};
pub use webhooks::{NewWebhook, WebhookInfo};

pub use crate::domain::StoreError;
