//! Media files: their names, and their directory; and the pictures that are uploaded.
//!
//! It must not know generations, tokens or HTTP.

mod folder;
mod name;
mod picture;
mod uploads;

pub use folder::{MediaDir, Unfinished};
pub use name::new_name;
pub use picture::{PICTURE_FORMATS, PictureError, PictureFormat};
pub use uploads::UploadDir;
