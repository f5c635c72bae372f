//! Webhooks: events sent to subscribers by Standard Webhooks (<https://www.standardwebhooks.com>):
//! signed, retried until they are delivered, each message with an id by which receivers recognise
//! repetitions.
//!
//! The messages are in the store's outbox already; this module only sends them. It must not know
//! HTTP routes, nor decide which messages there are.

mod delivery;
mod schedule;
mod signature;

pub use self::delivery::{WebhookSettings, Webhooks};
pub(crate) use self::signature::{new_secret, written};
