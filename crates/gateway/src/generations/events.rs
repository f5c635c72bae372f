//! Events on their way to readers: earlier ones come from the store, new ones from memory.
//!
//! Facts (accepted, begun, taken by a provider, ended) are in the store before they are published.
//! Progress is published from memory only: each report replaces the one before, and a restart
//! forgets it. An event is encoded once for all its readers. It must not know the readers.
//!
//! If several gateways share a store, a generation that another gateway runs is followed through
//! the store; that gateway sends a notice when there is something to read. Memory is bounded: a
//! generation has few facts, which are dropped when it ends, and one progress report; a reader is a
//! number and a place to wait at. Nothing is queued for a reader.

mod encoded;
mod feed;
mod hub;
mod notice_sender;
mod remote;
mod stream;
#[cfg(test)]
mod tests;

pub use encoded::EncodedEvent;
pub(super) use feed::Feeds;
pub use feed::{Feed, FeedEvent};
pub(super) use hub::Hub;
pub(super) use notice_sender::{Notice, NoticeSender, notices};
pub(super) use remote::Remotes;
pub use stream::EventStream;
pub(super) use stream::{Followed, Past};
