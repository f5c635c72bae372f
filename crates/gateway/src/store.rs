//! What the gateway remembers: accounts, keys, visitors, generations, events, media names.
//!
//! A `SQLite` database in the data directory, in WAL mode with `synchronous=FULL`: what was answered is on the
//! disk. All changes go through one writer, which groups them into shared commits; readers
//! have connections of their own. It must not know HTTP, and it decides nothing about a
//! generation: it keeps what the generation service decided, all of it or none.

mod acceptance;
mod activity;
mod actor;
mod admins;
mod all_generations;
mod audit;
mod costs;
mod database;
mod events;
mod generations;
mod jobs;
mod key_limits;
mod keys;
mod ledger;
mod sql;
mod uploads;
mod usage;
mod visitors;
mod writer;

pub use activity::Activity;
pub use actor::Actor;
pub use admins::{AdminInfo, Role};
pub use all_generations::{GenerationFilter, KeyedGeneration, LedgerEntry};
pub use audit::Audit;
pub use costs::ProviderCost;
pub use database::Store;
pub use events::{StoredEvent, is_free_for_progress};
pub use generations::GenerationRow;
pub use jobs::{ProviderJob, SubmissionRecord, SubmissionState};
pub use key_limits::{KeyChange, KeyLimits};
pub use keys::{KeyDetails, KeyInfo, KeyKind, NewKey, Publishable};
pub use usage::{USAGE_COLUMNS, Usage};
pub use visitors::{NewVisitor, SessionInfo, VisitorInfo, VisitorRefusal};

pub use crate::domain::StoreError;
