//! Where events come from. Only this module and those below it talk to the network.
//!
//! Whatever the source, a running generation is a stream of [`StreamMessage`]s.

pub(crate) mod client;
pub(crate) mod demo;
pub(crate) mod direct;
pub(crate) mod early;
pub(crate) mod events;
pub(crate) mod media;

use ai_now_protocol::event::Failure;
use ai_now_protocol::media::MediaUrl;
use ai_now_protocol::{Event, Message};
use serde::Deserialize;

use crate::platform::json;

/// What a stream of events says.
pub(crate) enum StreamMessage {
    /// The connection stands.
    Open,
    /// An event, with its number where the stream has numbers.
    Event(Option<u64>, Event),
    /// The connection was lost; the browser restores it by itself.
    Retrying,
    /// The stream is over. More comes only from a new one.
    Closed,
}

/// The fields of a `Completed` that is none: its address may not be loaded.
#[derive(Deserialize)]
struct Unplayable {
    status: String,
    #[serde(default)]
    url: String,
}

/// Reads one event. `None`: not an event, and nothing that matters.
///
/// `Completed` with an address that may not be loaded is an end all the same, and not a result.
fn read_event(data: &str) -> Option<Event> {
    json::parse(data).or_else(|| {
        let Unplayable { status, url } = json::parse(data)?;
        let why = MediaUrl::parse(&url).err().filter(|_| status == "Completed")?;
        Some(Event::Failed(Failure {
            message: Message::text(why.to_string()),
            ..Failure::default()
        }))
    })
}
