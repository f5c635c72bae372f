//! The types that the layers share: who asks, what is asked for, how it ends, why it is refused.
//!
//! It must not know HTTP, the database, or how anything is done.

mod catalog;
mod cost;
mod error;
mod generation;
mod principal;
mod provider_status;
mod safe_json;
mod upload;

pub use catalog::CatalogConfig;
pub use cost::{Cost, CostBasis};
pub use error::{StoreError, SubmitError};
pub use generation::{Acceptance, NewGeneration, Outcome};
pub use principal::Principal;
pub use provider_status::ProviderStatus;
pub use safe_json::safe_json;
pub use upload::{NewUpload, UploadError, UploadQuota};
