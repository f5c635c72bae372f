//! Temporary addresses at which providers load uploaded pictures. It must not know which provider
//! needs one.

use std::fmt;

use crate::media::PictureFormat;
use crate::secret::SigningKey;

/// How long such an address is valid: a job may wait at its provider before it is looked at.
const LIFETIME_SECS: u32 = 1800;

/// Makes addresses of uploads for providers.
#[derive(Clone)]
pub struct UploadUrls {
    public_url: String,
    signing: SigningKey,
}

impl UploadUrls {
    /// Makes addresses below the gateway's public one.
    pub fn new(public_url: String, signing: SigningKey) -> Self {
        Self { public_url, signing }
    }

    /// The address of an upload, valid for half an hour from now.
    pub(super) fn of(&self, id: &str, format: PictureFormat) -> String {
        let ticket = self.signing.upload_ticket(id, LIFETIME_SECS);
        let extension = format.extension();
        format!("{}/uploads/{id}.{extension}?ticket={ticket}", self.public_url)
    }
}

impl fmt::Debug for UploadUrls {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("UploadUrls").field("public_url", &self.public_url).finish_non_exhaustive()
    }
}
