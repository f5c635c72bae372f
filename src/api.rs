//! The sources of events. Only this module and those below it use the network.
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
use ai_now_protocol::{Code, Event, Message};
use serde::Deserialize;

use crate::platform::json;

/// A message of an event stream.
#[derive(Clone)]
pub(crate) enum StreamMessage {
    /// The connection is open.
    Open,
    /// An event, with its number if the stream has numbers.
    Event(Option<u64>, Event),
    /// The connection was lost; the browser restores it.
    Retrying,
    /// The stream is over. Further events come only from a new one.
    Closed,
}

/// The fields of a `Completed` event whose address must not be loaded.
#[derive(Deserialize)]
struct Unplayable {
    status: String,
    #[serde(default)]
    url: String,
}

/// Reads one event. `None`: it is not an event, and is ignored.
///
/// `Completed` with an address that must not be loaded is an end all the same, but not a result.
pub(crate) fn read_event(data: &str) -> Option<Event> {
    json::parse(data).or_else(|| {
        let Unplayable { status, url } = json::parse(data)?;
        let why = MediaUrl::parse(&url).err().filter(|_| status == "Completed")?;
        Some(Event::Failed(Failure {
            message: Message::new(Code::InvalidResult, why.to_string()),
            ..Failure::default()
        }))
    })
}
