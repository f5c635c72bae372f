//! Media files: their names, and their directory.
//!
//! It must not know generations, tokens or HTTP.

mod folder;
mod name;

pub use folder::{MediaDir, Unfinished};
pub use name::new_name;
