//! The types that the layers share: who asks, what is asked for, how it ends, why it is refused.
//!
//! It must not know HTTP, the database, or how anything is done.

mod catalog;
mod cost;
mod database_server;
mod error;
mod generation;
mod node;
mod principal;
mod provider_status;
mod reason;
mod role;
mod safe_json;
mod upload;
mod webhook;

pub use catalog::CatalogConfig;
pub use cost::{Cost, CostBasis};
pub use database_server::{DatabaseServer, DatabaseUrl, NotADatabaseUrl};
pub use error::{StoreError, SubmitError};
pub use generation::{Acceptance, NewGeneration, Outcome};
pub use node::Node;
pub use principal::{Owner, Principal};
pub use provider_status::ProviderStatus;
pub use reason::{NotAReason, Reason};
pub use role::GatewayRole;
pub use safe_json::safe_json;
pub use upload::{NewUpload, UploadError, UploadQuota};
pub use webhook::{WebhookEvent, WebhookSecret};
