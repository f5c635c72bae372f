//! Media files: their names, their storage (a folder, or a bucket of an object store), their
//! formats; and the uploaded pictures.
//!
//! It must not know generations, tokens or HTTP routes.

mod folder;
mod inspect;
mod name;
mod object_client;
mod object_store;
mod picture;
mod results;
mod scratch;
mod settings;
mod storage;
mod uploads;

use std::path::Path;

pub use inspect::{ContentError, HEAD_BYTES, begins_like_media, inspect};
pub use name::{format_of, new_name};
pub use object_store::Contents;
pub use picture::{PICTURE_FORMATS, PictureError, PictureFormat};
pub use results::Media;
pub use scratch::{Unfinished, Users};
pub use settings::{BucketLocation, MediaError, MediaSettings, MediaUrls, ObjectStoreSettings};
pub use storage::StoredFile;
pub use uploads::Uploads;

use self::folder::Folder;
use self::object_store::Bucket;
use self::scratch::Scratch;
use self::storage::Storage;

/// Opens the media and the uploads of a server, and removes what a crash left unfinished.
///
/// # Errors
/// If a folder can't be created, read or written, or the settings name no usable bucket. An object
/// store that does not answer now is no error: results wait for it.
pub async fn open(
    settings: &MediaSettings,
    data: &Path,
    users: Users,
) -> Result<(Media, Uploads), MediaError> {
    let (media, uploads) = used_by(users, settings, data)?;
    media.prepare()?;
    uploads.prepare()?;
    media.check_bucket().await?;
    Ok((media, uploads))
}

/// The same, read-only.
///
/// # Errors
/// If the settings name no usable bucket.
pub fn attach(settings: &MediaSettings, data: &Path) -> Result<(Media, Uploads), MediaError> {
    used_by(Users::Several, settings, data)
}

fn used_by(
    users: Users,
    settings: &MediaSettings,
    data: &Path,
) -> Result<(Media, Uploads), MediaError> {
    let folder = |name: &str| Storage::Folder(Folder::at(data.join(name), users));
    let (results, pictures, scratch, signed) = match &settings.location {
        None => (folder("media"), folder("uploads"), data.join("media"), None),
        Some(location) => {
            let bucket = Bucket::open(location, &settings.object_store)?;
            let signed = (settings.urls == MediaUrls::Signed)
                .then(|| settings.object_store.signed_lifetime());
            let results = Storage::Objects(bucket.folder("media", Some(IMMUTABLE)));
            let pictures = Storage::Objects(bucket.folder("uploads", None));
            (results, pictures, data.join("scratch"), signed)
        }
    };
    Ok((Media::new(results, Scratch::at(scratch, users), signed), Uploads::new(pictures)))
}

/// How long clients may cache a result: names are unique, and files never change.
pub const IMMUTABLE: &str = "public, max-age=31536000, immutable";
