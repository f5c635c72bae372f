//! Functions of the browser that no crate provides as they are needed here, a file each. These
//! modules know nothing of the widget.

pub(crate) mod broadcast;
pub(crate) mod browser;
pub(crate) mod clock;
pub(crate) mod downloads;
pub(crate) mod drop_guard;
pub(crate) mod files;
pub(crate) mod indexed_db;
pub(crate) mod intl;
pub(crate) mod json;
pub(crate) mod notifications;
pub(crate) mod pictures;
pub(crate) mod visibility;
pub(crate) mod web_locks;
