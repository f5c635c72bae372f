//! An uploaded picture on its way through the layers.

use super::error::StoreError;
use super::principal::Principal;

/// A file to be kept, which is on the disk already.
#[derive(Clone, Debug)]
pub struct NewUpload {
    /// Its id.
    pub id: String,
    /// Whose it is.
    pub owner: Principal,
    /// The extension of its format.
    pub format: &'static str,
    /// Its size.
    pub size_bytes: u64,
    /// For how long it stays, unless a generation uses it.
    pub unused_secs: u32,
}

/// How much may be uploaded.
#[derive(Clone, Copy, Debug)]
pub struct UploadQuota {
    /// Files of one owner that are kept.
    pub owner_files: u32,
    /// Bytes of one owner's files together.
    pub owner_bytes: u64,
    /// Bytes of all files together.
    pub all_bytes: u64,
}

/// Why an upload is not kept.
#[derive(Debug, thiserror::Error)]
pub enum UploadError {
    /// The owner has as many as it may have.
    #[error("too many uploads of this owner are kept")]
    TooMany,
    /// There is no room for more, whoever's.
    #[error("there is no room for uploads")]
    Full,
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}
