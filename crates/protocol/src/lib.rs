//! What the widget and the gateway both know.
//!
//! The ground floor of the house: the catalog of models and styles, a request and what makes it
//! valid, the events of a generation, the addresses of media, the codes of messages, the shape of
//! an error, the answers of the widget's routes, and the event stream itself. It does no input or output and must not
//! know HTTP, the DOM, a database or JSON text: only types, tables and rules. It builds on the
//! host and as wasm, and the widget ships every byte of it, so it depends on `serde` alone.
//!
//! The contract is the AI-Now API document; where a public item says "documented", that is where.

pub mod api;
pub mod catalog;
pub mod code;
pub mod error;
pub mod event;
pub mod invalid;
pub mod media;
pub mod options;
pub mod request;
pub mod scalar;
pub mod sse;
pub mod visible;
pub mod whole;

pub use catalog::{Catalog, Model};
pub use code::{Code, Message};
pub use error::ErrorBody;
pub use event::Event;
pub use invalid::Invalid;
pub use media::{Format, MediaKind, MediaUrl};
pub use options::{Choice, ModelOption, OptionKind};
pub use request::{GenerateRequest, Order};
pub use scalar::{Scalar, Scalars, Text};
