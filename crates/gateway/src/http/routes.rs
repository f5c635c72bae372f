//! The handlers of the routes, a module for each resource.

pub(crate) mod admin;
mod event_stream;
pub(crate) mod events;
pub(crate) mod feed;
mod generation_id;
pub(crate) mod generations;
pub(crate) mod media;
pub(crate) mod page;
pub(crate) mod sessions;
pub(crate) mod site;
mod submission;
pub(crate) mod system;
pub(crate) mod uploads;
pub(crate) mod usage;
pub(crate) mod visitors;
pub(crate) mod webhooks;

#[cfg(test)]
mod tests;
