//! Generations: accepted, queued, run, completed, failed, cancelled, resumed.
//!
//! The only place that decides what happens to a generation. The store keeps it, a provider makes
//! it. Each decision is committed to the store before it is published to event streams, so no
//! client sees a decision that could still be lost. Progress is published from memory only. It must
//! not know HTTP.

mod accept;
mod breakers;
mod changes;
mod events;
mod failures;
mod finish;
mod lease;
mod membership;
mod pictures;
mod reports;
mod run;
mod service;
#[cfg(test)]
mod tests;
mod upload_urls;

pub use accept::Repetition;
pub use changes::{ChangeReader, GenerationChange};
pub use events::{EncodedEvent, EventStream, Feed, FeedEvent};
pub use membership::LEASE;
pub use service::{GenerationService, LEAVING, Settings};
pub use upload_urls::UploadUrls;
