//! Checks that gateways that share their records also share the files of results: otherwise whether
//! a reader finds a file would depend on the gateway.

use std::io;
use std::path::PathBuf;

use crate::media::{Media, Uploads};
use crate::store::{Store, StoreError};
use crate::system_error;

/// Why the configured storage can't be used.
#[derive(Debug, thiserror::Error)]
pub enum PlaceError {
    /// The earlier gateways use a different storage.
    #[error(
        "{place} is not where these records' files are: earlier gateways kept them elsewhere. \
         Give all gateways the same folder or bucket (docs/scaling.md). If the files were copied \
         here without their place.id, write {id} into {place}/place.id."
    )]
    Elsewhere {
        /// The folder or bucket that was found.
        place: String,
        /// The permanent name of the expected one.
        id: String,
    },
    /// The storage has no permanent name, and can't be given one.
    #[error("{place} cannot be used: {why}. The gateway must be able to write into it.")]
    Unusable {
        /// The folder.
        place: String,
        /// What the system says.
        why: String,
    },
    /// The expected name could not be read or recorded.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Rejects storages that are not those of the earlier gateways. A bucket that does not answer now
/// is compared at the next start.
pub(super) async fn check(
    store: &Store,
    media: &Media,
    uploads: &Uploads,
) -> Result<(), PlaceError> {
    let remote = media.is_remote();
    compare(store, "media", media.location(), media.place_id().await, remote).await?;
    compare(store, "uploads", uploads.location(), uploads.place_id().await, remote).await
}

async fn compare(
    store: &Store,
    name: &str,
    place: PathBuf,
    id: io::Result<String>,
    remote: bool,
) -> Result<(), PlaceError> {
    let place = place.display().to_string();
    let id = match id {
        Ok(id) => id,
        Err(error) if !remote => {
            return Err(PlaceError::Unusable { place, why: system_error::in_words(&error) });
        }
        Err(error) => {
            tracing::warn!(%error, place, "it could not be checked whether all gateways share this");
            return Ok(());
        }
    };
    let kept = store.shared_secret(&format!("place of {name}"), id.as_bytes()).await?;
    if kept == id.as_bytes() {
        return Ok(());
    }
    Err(PlaceError::Elsewhere { place, id: String::from_utf8_lossy(&kept).into_owned() })
}
