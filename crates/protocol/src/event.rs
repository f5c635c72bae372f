//! The events of a generation, as an event stream transports them.
//!
//! Strict in what is written, lenient in what is read: an event comes from a server that may be
//! ours, another of the documented API, or hostile. It must not know how a stream is cut into
//! frames ([`crate::sse`]) nor how JSON is parsed.

use serde::de::{Deserialize, Deserializer, Error as _};
use serde::{Serialize, Serializer};

use crate::media::{BadMediaUrl, MediaUrl};
use crate::message::{Detail, Message};
use crate::scalar::{Scalars, Text};
use loose::Loose;

mod loose;
#[cfg(feature = "schema")]
mod schema;

/// One event of a generation (documented, "Generate" and "Examples").
#[derive(Clone, Debug, PartialEq)]
pub enum Event {
    /// `Processing started`: the generation was accepted.
    Started,
    /// `Processing`: its progress.
    Processing(Progress),
    /// `Cookie generated`: its provider has issued a credential.
    CookieGenerated,
    /// `Completed`: the result is available. The last event.
    Completed(Completed),
    /// `Error`: it failed, or was cancelled. The last event.
    Failed(Failure),
    /// An unknown status, to be shown as text. It never ends a stream.
    Other(String),
}

/// The progress of a generation. All of it is optional and our own addition.
#[derive(Clone, Debug, Default, PartialEq)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Progress {
    /// The fraction that is done, from 0 to 1. Absent: unknown.
    #[cfg_attr(
        feature = "schema",
        schema(required = false, nullable = false, minimum = 0, maximum = 1)
    )]
    pub progress: Option<f64>,
    /// How many generations are before this one in the queue.
    #[cfg_attr(feature = "schema", schema(required = false, nullable = false))]
    pub queue_position: Option<u32>,
    /// The estimated seconds until it is done.
    #[cfg_attr(feature = "schema", schema(required = false, nullable = false))]
    pub eta_secs: Option<u32>,
    /// The current step, in a few words: `mixing`. Written as `step`, `code` and `params`.
    #[cfg_attr(feature = "schema", schema(ignore))]
    pub step: Option<Message>,
}

/// The result of a generation.
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Completed {
    /// The file's address.
    pub url: MediaUrl,
    /// The provider's note about it, for people: `Procedural sketch: upbeat, pop, 120 bpm`. Written
    /// as `note`, `code` and `params`.
    #[cfg_attr(feature = "schema", schema(ignore))]
    pub note: Option<Message>,
}

/// How a generation ended without a result.
#[derive(Clone, Debug, Default, PartialEq)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Failure {
    /// Why, for a person. Written as `message`, `code` and `params`.
    #[cfg_attr(feature = "schema", schema(ignore))]
    pub message: Message,
    /// Whether it was cancelled on request.
    #[cfg_attr(feature = "schema", schema(required = false))]
    pub cancelled: bool,
    /// How many held tokens were returned, if the server says so.
    #[cfg_attr(feature = "schema", schema(required = false, nullable = false))]
    pub tokens_returned: Option<u32>,
}

impl Event {
    /// Whether it is the last event.
    pub fn is_last(&self) -> bool {
        matches!(self, Self::Completed(_) | Self::Failed(_))
    }

    /// A `Processing` without any of our additions.
    pub const PROCESSING: Self = Self::Processing(Progress {
        progress: None,
        queue_position: None,
        eta_secs: None,
        step: None,
    });
}

const STARTED: &str = "Processing started";
const PROCESSING: &str = "Processing";
const COOKIE_GENERATED: &str = "Cookie generated";
const COMPLETED: &str = "Completed";
const ERROR: &str = "Error";

/// The event as it is written. Empty optional fields are left out, so that a client that knows only
/// the documented API sees exactly that.
#[derive(Serialize, Default)]
struct Written<'a> {
    status: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    progress: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    queue_position: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    eta_secs: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    step: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    url: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    note: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    message: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    cancelled: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    tokens_returned: Option<u32>,
    #[serde(skip_serializing_if = "str::is_empty")]
    code: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    params: Option<&'a Scalars>,
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    details: &'a [Detail],
}

impl<'a> Written<'a> {
    fn new(status: &'a str) -> Self {
        Self { status, ..Self::default() }
    }

    /// Adds a message's code and parameters; its text has a different name in each event.
    fn coded(status: &'a str, message: Option<&'a Message>) -> Self {
        let Some(message) = message else { return Self::new(status) };
        let params = Some(&message.params).filter(|params| !params.is_empty());
        Self { code: &message.code, params, details: &message.details, ..Self::new(status) }
    }
}

/// A message's text, if it has one.
fn text_of(message: Option<&Message>) -> Option<&str> {
    message.map(|message| message.text.as_ref()).filter(|text| !text.is_empty())
}

impl Serialize for Event {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Started => Written::new(STARTED),
            Self::Processing(p) => Written {
                progress: p.progress.filter(|p| p.is_finite()),
                queue_position: p.queue_position,
                eta_secs: p.eta_secs,
                step: text_of(p.step.as_ref()),
                ..Written::coded(PROCESSING, p.step.as_ref())
            },
            Self::CookieGenerated => Written::new(COOKIE_GENERATED),
            Self::Completed(c) => Written {
                url: Some(c.url.as_str()),
                note: text_of(c.note.as_ref()),
                ..Written::coded(COMPLETED, c.note.as_ref())
            },
            Self::Failed(f) => Written {
                message: Some(&f.message.text),
                cancelled: f.cancelled.then_some(true),
                tokens_returned: f.tokens_returned,
                ..Written::coded(ERROR, Some(&f.message))
            },
            Self::Other(text) => Written::new(text),
        }
        .serialize(serializer)
    }
}

/// The fields of an event as they are read, by name. One of an unexpected type counts as absent. A type
/// with a field for each would be read by several times the code.
struct Read(Vec<(Text, Loose)>);

impl Read {
    /// Takes a field out.
    fn take(&mut self, name: &str) -> Loose {
        let place = self.0.iter().position(|(known, _)| known == name);
        place.map_or(Loose::Absent, |place| self.0.swap_remove(place).1)
    }

    /// The text with this name, with its code, parameters and details. `None` if neither says anything.
    fn message(&mut self, text: &str) -> Option<Message> {
        let message = Message {
            code: self.take("code").text().unwrap_or_default().into(),
            params: self.take("params").scalars(),
            text: self.take(text).text().unwrap_or_default().into(),
            details: self.take("details").items().map(Loose::detail).collect(),
        };
        (!message.is_empty()).then_some(message)
    }
}

impl<'de> Deserialize<'de> for Event {
    /// # Errors
    /// If there is no `status` text, or `Completed` comes without an address that may be loaded
    /// (see [`MediaUrl::parse`]).
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let mut read = Read(Loose::deserialize(deserializer)?.fields());
        let status = read.take("status").text();
        let status = status.ok_or_else(|| D::Error::missing_field("status"))?;
        Ok(match status.as_str() {
            STARTED => Self::Started,
            PROCESSING => Self::Processing(Progress {
                progress: read.take("progress").number().map(|p| p.clamp(0.0, 1.0)),
                queue_position: read.take("queue_position").count(),
                eta_secs: read.take("eta_secs").count(),
                step: read.message("step"),
            }),
            COOKIE_GENERATED => Self::CookieGenerated,
            COMPLETED => {
                // Not `text()`: a truncated address would be another address.
                let url = read.take("url");
                let url = if let Loose::Text(url) = &url { url } else { "" };
                let url = MediaUrl::parse(url).map_err(|e: BadMediaUrl| D::Error::custom(e))?;
                Self::Completed(Completed { url, note: read.message("note") })
            }
            ERROR => Self::Failed(Failure {
                message: read.message("message").unwrap_or_default(),
                cancelled: matches!(read.take("cancelled"), Loose::Bool(true)),
                tokens_returned: read.take("tokens_returned").count(),
            }),
            _ => Self::Other(status),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::loose::MAX_TEXT_CHARS;
    use super::*;
    use crate::Code;

    fn completed(url: &str) -> Event {
        Event::Completed(Completed { url: MediaUrl::parse(url).unwrap(), note: None })
    }

    /// Serialised exactly, and parsed back.
    #[test]
    fn events_have_the_documented_shapes() {
        let url = "https://dl.ai-now.space/summer_pop_song_12345.mp3";
        let step =
            Progress { progress: Some(0.5), step: Some(Message::text("mixing")), ..<_>::default() };
        let queue = Progress { queue_position: Some(2), eta_secs: Some(90), ..<_>::default() };
        let failed = Failure { message: Message::text("Luma is busy."), ..<_>::default() };
        let cancelled = Failure {
            message: Message::new(Code::Cancelled, "Cancelled."),
            cancelled: true,
            tokens_returned: Some(10),
        };
        let coded = Message::new(Code::ProviderBusyFor, "Busy.").with("minutes", 4u32);
        let coded = Progress { step: Some(coded), ..<_>::default() };
        let table = [
            (Event::Started, r#"{"status":"Processing started"}"#.to_owned()),
            (Event::PROCESSING, r#"{"status":"Processing"}"#.into()),
            (
                Event::Processing(step),
                r#"{"status":"Processing","progress":0.5,"step":"mixing"}"#.into(),
            ),
            (
                Event::Processing(queue),
                r#"{"status":"Processing","queue_position":2,"eta_secs":90}"#.into(),
            ),
            (
                Event::Processing(coded),
                r#"{"status":"Processing","step":"Busy.","code":"provider_busy_for","params":{"minutes":4}}"#
                    .into(),
            ),
            (Event::CookieGenerated, r#"{"status":"Cookie generated"}"#.into()),
            (completed(url), format!(r#"{{"status":"Completed","url":"{url}"}}"#)),
            (Event::Failed(failed), r#"{"status":"Error","message":"Luma is busy."}"#.into()),
            (
                Event::Failed(cancelled),
                r#"{"status":"Error","message":"Cancelled.","cancelled":true,"tokens_returned":10,"code":"cancelled"}"#
                    .into(),
            ),
            (Event::Other("Upscaling".into()), r#"{"status":"Upscaling"}"#.into()),
        ];
        for (event, json) in table {
            assert_eq!(serde_json::to_string(&event).unwrap(), json);
            assert_eq!(serde_json::from_str::<Event>(&json).unwrap(), event);
        }
    }

    #[test]
    fn readers_are_lenient_with_what_they_need_not() {
        let done = Event::Processing(Progress { progress: Some(1.0), ..<_>::default() });
        let unknown: String = (0..40).map(|n| format!(r#""field{n}":{{"a":[{n}]}},"#)).collect();
        let many = format!(r#"{{{unknown}"status":"Completed","url":"/a.mp3"}}"#);
        let table = [
            (
                r#"{"status":"Processing","progress":"half","step":null,"x":[{"y":1}]}"#,
                Event::PROCESSING,
            ),
            (r#"{"status":"Processing","progress":7,"queue_position":-1,"eta_secs":1e99}"#, done),
            (r#"{"status":"processing"}"#, Event::Other("processing".into())),
            (r#"{"status":"Processing","code":7,"params":[1]}"#, Event::PROCESSING),
            (
                r#"{"status":"Processing","code":"new","params":{"a":1,"b":{"c":2},"d":"x","e":0.5}}"#,
                Event::Processing(Progress {
                    step: Some(Message {
                        code: "new".into(),
                        params: [("a".into(), 1u32.into()), ("d".into(), "x".into())].into(),
                        ..Message::default()
                    }),
                    ..<_>::default()
                }),
            ),
            (r#"{"status":"Error"}"#, Event::Failed(Failure::default())),
            (r#"{"status":"Error","message":{"a":[1]}}"#, Event::Failed(Failure::default())),
            (r#"{"url":"/a.mp3","status":"Completed"}"#, completed("/a.mp3")),
            (many.as_str(), completed("/a.mp3")),
        ];
        for (json, event) in table {
            assert_eq!(serde_json::from_str::<Event>(json).unwrap(), event, "{json}");
        }
    }

    #[test]
    fn readers_are_strict_with_what_they_need() {
        for json in [
            "{}",
            "[]",
            "\"Completed\"",
            r#"{"status":1}"#,
            r#"{"status":""}"#,
            r#"{"status":"Completed"}"#,
            r#"{"status":"Completed","url":7}"#,
            r#"{"status":"Completed","url":"javascript:alert(1)"}"#,
        ] {
            assert!(serde_json::from_str::<Event>(json).is_err(), "{json}");
        }
    }

    #[test]
    fn long_texts_are_cut() {
        let json = format!(r#"{{"status":"{}"}}"#, "é".repeat(100_000));
        let Event::Other(text) = serde_json::from_str(&json).unwrap() else { panic!() };
        assert_eq!(text.chars().count(), MAX_TEXT_CHARS + 1);
    }
}
