//! An uploaded picture on its way through the layers.

use super::error::StoreError;
use super::principal::Principal;

/// A file to be recorded, which is on the disk already.
#[derive(Clone, Debug)]
pub struct NewUpload {
    /// Its id.
    pub id: String,
    /// The owner.
    pub owner: Principal,
    /// The extension of its format.
    pub format: &'static str,
    /// Its size.
    pub size_bytes: u64,
    /// For how long it is kept if no generation uses it.
    pub unused_secs: u32,
}

/// The limits of uploads.
#[derive(Clone, Copy, Debug)]
pub struct UploadQuota {
    /// How many files one owner may have.
    pub owner_files: u32,
    /// How many bytes the files of one owner may have together.
    pub owner_bytes: u64,
    /// How many bytes all files may have together.
    pub all_bytes: u64,
}

/// Why an upload is not kept.
#[derive(Debug, thiserror::Error)]
pub enum UploadError {
    /// The owner has as many files as it may have.
    #[error("too many uploads of this owner are kept")]
    TooMany,
    /// The limit of all uploads together is reached.
    #[error("there is no room for uploads")]
    Full,
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}
