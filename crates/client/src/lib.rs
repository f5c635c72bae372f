//! A client of an AI-Now gateway.
//!
//! It does what every client has to get right: a submission that can be repeated without being paid
//! twice, an event stream that resumes where it broke off, refusals as a type, and results as files
//! that are complete or absent. The types are those of [`ai_now_protocol`], which the gateway
//! itself uses.
//!
//! # From a prompt to a file
//!
//! ```no_run
//! use ai_now_client::{Client, GenerateRequest, SubmissionKey};
//!
//! # async fn run() -> Result<(), ai_now_client::Error> {
//! let client = Client::new("https://music.example", "ak_…")?;
//! let request = GenerateRequest {
//!     model: "pika".into(),
//!     prompt: "A serene lake surrounded by mountains".into(),
//!     style: Some("4".into()),
//!     ..GenerateRequest::default()
//! };
//! let accepted = client.submit(&request, &SubmissionKey::new()).await?;
//! println!("{} tokens are held, {} are left", accepted.price, accepted.balance.available);
//! let completed = client.follow(&accepted.id, |_| {}).await?;
//! client.save(&completed.url, "lake.mp4".as_ref()).await?;
//! # Ok(())
//! # }
//! ```
//!
//! # Paying once
//!
//! A [`SubmissionKey`] identifies one intended generation. Store it before you submit. If you can't
//! tell whether a submission arrived, submit again with the same key: the answer is the generation
//! of the first submission, if that arrived.
//!
//! ```
//! use ai_now_client::SubmissionKey;
//!
//! let key = SubmissionKey::new();
//! let kept = key.as_str().to_owned();
//! // After a restart:
//! assert_eq!(SubmissionKey::from_kept(&kept)?, key);
//! # Ok::<(), ai_now_client::Error>(())
//! ```
//!
//! # What can go wrong
//!
//! [`Error`] says what a program can do next: [`Error::is_transient`] says whether waiting helps,
//! [`Error::retry_after`] for how long, [`Error::code`] what was refused. A request can be checked
//! before it is sent, with the function that the gateway uses: see [`GenerateRequest::check`].
//!
//! It must not know how a gateway is operated, nor store anything: what has to outlive the program
//! is the caller's to store.

mod address;
mod client;
mod connection;
mod download;
mod error;
mod events;
mod submission_key;

pub use ai_now_protocol;
pub use ai_now_protocol::api::{Accepted, Balance, Generation, GenerationPage, State, Upload};
pub use ai_now_protocol::event::{Completed, Failure, Progress};
pub use ai_now_protocol::{Catalog, Code, Event, GenerateRequest, MediaUrl, Message};
pub use client::Client;
pub use download::Download;
pub use error::Error;
pub use events::{Events, NumberedEvent};
pub use submission_key::SubmissionKey;

/// The README's examples, which run as these do.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
