//! The demo: a gateway that can be tried from its own page without any setup.

use std::path::Path;

use crate::secret;
use crate::store::{KeyInfo, NewKey, Store, StoreError};

const FILE: &str = "demo.key";
const LABEL: &str = "demo";
const TOKENS: u64 = 1000;

/// The key whose tokens the demo spends, created on the first start and kept in the data directory.
///
/// # Errors
/// [`StoreError`], also if the key's file can't be read or written.
pub async fn key(store: &Store, data: &Path) -> Result<KeyInfo, StoreError> {
    let path = data.join(FILE);
    let directory = |source| StoreError::Directory { path: path.clone(), source };
    if let Ok(kept) = std::fs::read_to_string(&path) {
        if let Some(key) = store.key_by_secret(kept.trim()).await? {
            return Ok(key);
        }
        // It was revoked, or belongs to a database that is gone.
        std::fs::remove_file(&path).map_err(directory)?;
    }
    let key = store.create_key(NewKey::Secret { tokens: TOKENS }, LABEL.into()).await?;
    secret::write_private(&path, key.as_bytes()).map_err(directory)?;
    store.key_by_secret(&key).await?.ok_or_else(|| StoreError::NoSuchKey(LABEL.into()))
}
