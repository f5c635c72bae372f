//! The building blocks of the pages.

pub(crate) mod action;
pub(crate) mod bar_chart;
pub(crate) mod download;
pub(crate) mod field;
pub(crate) mod filters;
pub(crate) mod pager;
pub(crate) mod secret;
pub(crate) mod shown;
pub(crate) mod status;
pub(crate) mod table;
#[cfg(test)]
mod tests;
