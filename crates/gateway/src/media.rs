//! Media files: their names, their directory, what is in them; and the pictures that are uploaded.
//!
//! It must not know generations, tokens or HTTP.

mod folder;
mod inspect;
mod name;
mod picture;
mod uploads;

pub use folder::{MediaDir, Unfinished};
pub use inspect::{ContentError, HEAD_BYTES, begins_like_media, inspect};
pub use name::new_name;
pub use picture::{PICTURE_FORMATS, PictureError, PictureFormat};
pub use uploads::UploadDir;
