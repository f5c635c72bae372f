//! Generations: accepted, queued, run, completed, failed, cancelled, resumed.
//!
//! The only place that decides what happens to a generation. The store keeps it, a provider makes
//! it. Each decision is one change of the store first, and is told to the streams after that:
//! nobody sees what could still be lost. How far the work is, is told from memory alone. It must not
//! know HTTP.

mod events;
mod run;
mod service;
#[cfg(test)]
mod tests;
mod upload_urls;

pub use events::{EncodedEvent, EventStream, Feed, FeedEvent};
pub use service::{GenerationService, Settings};
pub use upload_urls::UploadUrls;
