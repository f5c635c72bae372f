//! Events on their way to those who follow: what was before comes from the store, what comes now
//! from memory.
//!
//! Facts (accepted, begun, taken by a provider, ended) are in the store before they are told. How
//! far the work is, is told from memory alone: the newest report replaces the one before, and a
//! restart forgets it. An event is encoded once for all that read it. It must not know who reads.
//!
//! What bounds the memory: a generation's facts are few, and end with it; of its progress there is
//! one; a reader is a number and a place to wait at. Nothing is queued for a reader.

mod encoded;
mod feed;
mod hub;
mod stream;
#[cfg(test)]
mod tests;

pub use encoded::EncodedEvent;
pub(super) use feed::Feeds;
pub use feed::{Feed, FeedEvent};
pub(super) use hub::Hub;
pub use stream::EventStream;
