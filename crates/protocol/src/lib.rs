//! What the widget and the gateway share.
//!
//! The lowest layer: the catalog of models and styles, a request and its validation, the events of
//! a generation, the addresses of media, the codes of messages, the shape of an error, the answers
//! of the widget's routes, the event stream itself, and the kinds of webhook events. It does no
//! input or output and must not know HTTP, the DOM, a database or JSON text: only types, tables and
//! rules. It builds on the host and as wasm, and the widget ships every byte of it, so it depends
//! only on `serde`.
//!
//! The contract is the AI-Now API document; "documented" in a public item refers to it.
//!
//! # A request
//!
//! Page and gateway check a request with the same function, which returns what it costs, or why it
//! is not valid:
//!
//! ```
//! use ai_now_protocol::{Catalog, GenerateRequest};
//!
//! let catalog = Catalog::BUILT_IN;
//! let mut request = GenerateRequest {
//!     model: "pika".into(),
//!     prompt: "A serene lake".into(),
//!     style: Some("4".into()),
//!     ..GenerateRequest::default()
//! };
//! let order = request.check(&catalog).unwrap();
//! assert_eq!((order.price_tokens, order.style().unwrap().name.as_ref()), (10, "Watercolor"));
//!
//! request.prompt.clear();
//! let message = request.check(&catalog).unwrap_err().message();
//! assert_eq!(message.code, "empty_prompt");
//! assert_eq!(message.text, "The prompt is empty. Say what to make.");
//! ```
//!
//! # A stream
//!
//! [`sse::Reader`] takes bytes as they arrive and returns complete events; [`Event`] is their
//! content:
//!
//! ```
//! use ai_now_protocol::{Event, sse};
//!
//! let mut reader = sse::Reader::default();
//! assert!(reader.feed(b"id: 7\ndata: {\"status\":\"Proc").is_empty());
//! let frames = reader.feed(b"essing started\"}\n\n");
//! let frame = frames[0].as_ref().unwrap();
//! assert_eq!(frame.last_event_id, "7");
//! assert_eq!(serde_json::from_str::<Event>(&frame.data).unwrap(), Event::Started);
//! ```

pub mod api;
pub mod catalog;
pub mod code;
pub mod error;
pub mod event;
pub mod invalid;
pub mod media;
pub mod message;
pub mod options;
pub mod request;
pub mod scalar;
pub mod sse;
pub mod visible;
pub mod webhook;
pub mod whole;
pub mod wording;

pub use catalog::{Catalog, Model};
pub use code::Code;
pub use error::ErrorBody;
pub use event::Event;
pub use invalid::Invalid;
pub use media::{Format, MediaKind, MediaUrl};
pub use message::{Detail, Message};
pub use options::{Choice, ModelOption, OptionKind};
pub use request::{GenerateRequest, Order};
pub use scalar::{Scalar, Scalars, Text};
pub use webhook::WebhookKind;

/// The README's examples, which run as these do.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
