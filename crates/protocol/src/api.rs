//! The answers of the widget's routes, and the names that both sides use.
//!
//! The documented API has one route that makes something; a page that wants to come back to what it
//! paid for needs more. These types are those routes' bodies. They must not know how they are
//! transported. Token counts are integers; times are milliseconds since 1970 (UTC).

use serde::{Deserialize, Serialize};

use crate::media::MediaUrl;
use crate::message::Message;
use crate::scalar::Scalars;

/// The request header that makes a submission repeatable: the same key and body is the same
/// generation (IETF draft "The Idempotency-Key HTTP Header Field").
pub const IDEMPOTENCY_KEY: &str = "Idempotency-Key";

/// An account's tokens. `granted = available + held + spent`, always.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Balance {
    /// What can be spent now.
    pub available: u64,
    /// What is held for active generations.
    pub held: u64,
    /// What completed generations cost.
    pub spent: u64,
    /// Everything that was ever granted.
    pub granted: u64,
}

/// The answer of `POST /api/sessions`: a token that a page uses instead of an API key.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Session {
    /// To be sent as `Authorization: Bearer …`.
    pub token: String,
    /// For how many seconds from now it is valid.
    pub expires_in_secs: u32,
    /// What it can spend.
    pub balance: Balance,
}

/// The answer of `POST /api/generations` (201): the generation is accepted and its price is held.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Accepted {
    /// The generation's id.
    pub id: String,
    /// The address of its events, for an `EventSource`. It contains a ticket for these events only.
    pub events: String,
    /// The address of the events of all of the caller's generations, with a ticket for them, after
    /// the number before this one's first.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schema(nullable = false))]
    pub all_events: Option<String>,
    /// How many tokens are held for it.
    pub price: u32,
    /// The balance after that.
    pub balance: Balance,
}

/// The state of a generation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "lowercase")]
pub enum State {
    /// Accepted, waiting in the queue.
    Queued,
    /// Being made.
    Running,
    /// The result is available, and paid for.
    Completed,
    /// It ended without a result, and nothing was charged.
    Failed,
    /// It was stopped on request. It may have cost a part of its price.
    Cancelled,
}

impl State {
    /// Whether it is final.
    pub fn is_final(self) -> bool {
        matches!(self, Self::Completed | Self::Failed | Self::Cancelled)
    }
}

/// The answer of `GET /api/generations/{id}`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Generation {
    /// Its id.
    pub id: String,
    /// Its state.
    pub state: State,
    /// The id of the model.
    pub model: String,
    /// The prompt, as it was used.
    pub prompt: String,
    /// The value of the style, if one was chosen.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schema(nullable = false))]
    pub style: Option<String>,
    /// The other options; always with the `seed`: the given one, or a random one.
    #[serde(default)]
    #[cfg_attr(feature = "schema", schema(value_type = std::collections::BTreeMap<String, crate::Scalar>))]
    pub options: Scalars,
    /// Whether the result is a procedural sketch (see the catalog).
    pub procedural: bool,
    /// What it costs, in tokens; paid only once it is completed.
    pub price: u32,
    /// When it was accepted, in milliseconds since 1970.
    pub created_at_ms: u64,
    /// When it reached its final state.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schema(nullable = false))]
    pub finished_at_ms: Option<u64>,
    /// The address of its events, with a fresh ticket.
    pub events: String,
    /// The address of the events of all of its owner's generations, with a fresh ticket for them,
    /// after the state in this answer. Absent in lists.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schema(nullable = false))]
    pub all_events: Option<String>,
    /// The result, once it is completed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schema(nullable = false))]
    pub url: Option<MediaUrl>,
    /// The provider's note about the result.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schema(nullable = false))]
    pub note: Option<Message>,
    /// Why there is no result, once it failed or was cancelled.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schema(nullable = false))]
    pub message: Option<Message>,
}

/// The answer of `GET /api/generations`: one's own, newest first.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct GenerationPage {
    /// The generations.
    pub generations: Vec<Generation>,
    /// What to send as `before` for the next page. Absent: this is the last.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schema(nullable = false))]
    pub next: Option<String>,
}

/// The answer of `POST /api/uploads` (201): a file for a generation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Upload {
    /// Its id: the value of an option of the kind `picture`.
    pub id: String,
    /// Its size, in bytes.
    pub size_bytes: u64,
    /// For how many seconds from now it is kept, unless a generation uses it: then as long as the
    /// generation.
    pub expires_in_secs: u32,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_generation_is_read_as_it_is_written() {
        let generation = Generation {
            id: "g1".into(),
            state: State::Completed,
            model: "pika".into(),
            prompt: "a lake".into(),
            style: Some("4".into()),
            options: [("seed".into(), 7u32.into())].into(),
            procedural: true,
            price: 10,
            created_at_ms: 1,
            finished_at_ms: Some(2),
            events: "/api/generations/g1/events?ticket=t".into(),
            all_events: None,
            url: Some(MediaUrl::parse("/media/a.mp4").unwrap()),
            note: None,
            message: None,
        };
        let json = serde_json::to_string(&generation).unwrap();
        assert!(json.contains(r#""state":"completed""#), "{json}");
        assert_eq!(serde_json::from_str::<Generation>(&json).unwrap(), generation);
        let hostile = json.replace("/media/a.mp4", "javascript:alert(1)");
        assert!(serde_json::from_str::<Generation>(&hostile).is_err());
    }

    #[test]
    fn final_states() {
        use State::*;
        let all = [Queued, Running, Completed, Failed, Cancelled];
        assert_eq!(all.map(State::is_final), [false, false, true, true, true]);
    }
}
