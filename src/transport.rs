//! Where events come from. Only this module and those below it talk to the network.
//!
//! Whatever the source, a running generation is a stream of [`Signal`]s.

pub(crate) mod demo;
pub(crate) mod direct;
pub(crate) mod gateway;
mod http;
pub(crate) mod media;

use crate::{browser, plain};
use ai_now_protocol::Event;
use ai_now_protocol::event::Failure;
use ai_now_protocol::media::MediaUrl;

/// What a stream of events says.
pub(crate) enum Signal {
    /// The connection stands.
    Open,
    /// An event, with its number where the stream has numbers.
    Event(Option<u64>, Event),
    /// The connection was lost; the browser restores it by itself.
    Retrying,
    /// The stream is over. More comes only from a new one.
    Closed,
}

/// Reads one event. `None`: not an event, and nothing that matters.
///
/// `Completed` with an address that may not be loaded is an end all the same, and not a result.
fn read_event(data: &str) -> Option<Event> {
    let value = browser::parse(data)?;
    plain::read(value.clone()).or_else(|| {
        let completed = browser::get(&value, "status").as_string()? == "Completed";
        let url = browser::get(&value, "url").as_string().unwrap_or_default();
        let why = MediaUrl::parse(&url).err().filter(|_| completed)?;
        Some(Event::Failed(Failure { message: why.to_string(), ..Failure::default() }))
    })
}
