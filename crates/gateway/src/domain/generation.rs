//! A generation on its way through the layers: as it is submitted, accepted, and ended.

use ai_now_protocol::api::{Balance, State};
use ai_now_protocol::{Event, Message, Scalars};

use super::node::Node;
use super::principal::Principal;

/// A generation to be accepted.
#[derive(Clone, Debug)]
pub struct NewGeneration {
    /// Its id.
    pub id: String,
    /// The owner, who pays for it.
    pub owner: Principal,
    /// The model's id.
    pub model: String,
    /// The prompt, as it will be used.
    pub prompt: String,
    /// The options: those that were given, the style among them, and always a seed.
    pub options: Scalars,
    /// The ids of the uploads that the options name.
    pub uploads: Vec<String>,
    /// Whether the result will be a procedural sketch.
    pub procedural: bool,
    /// What it costs, in tokens.
    pub price: u32,
    /// The idempotency key, and the hash of the request that was sent with it.
    pub submission: Option<(String, [u8; 32])>,
    /// The gateway that runs it at once. `None`: the first gateway that claims it.
    pub node: Option<Node>,
    /// How many generations of this owner may be under way at once, this one among them.
    pub concurrent_limit: u32,
    /// The id of the generation that an administrator repeats with it: the activity log tells of
    /// it.
    pub repeats: Option<String>,
}

/// An accepted submission.
#[derive(Clone, Debug, PartialEq)]
pub struct Acceptance {
    /// The generation's id.
    pub id: String,
    /// What it costs, in tokens.
    pub price: u32,
    /// The owner's balance now.
    pub balance: Balance,
    /// Whether it had been accepted before under the same idempotency key.
    pub replayed: bool,
    /// The number of its first event; 0 for a replayed submission.
    pub first_seq: u64,
}

/// How a generation ends.
#[derive(Clone, Debug)]
pub enum Outcome {
    /// With a file, which is stored already.
    Completed {
        /// Its name.
        media_name: String,
        /// The provider, by its name in the settings.
        provider: String,
        /// Its size.
        size_bytes: u64,
        /// The provider's note about the result.
        note: Option<Message>,
        /// Whether it is a procedural sketch, whatever was expected when it was accepted.
        procedural: bool,
        /// The last event.
        event: Event,
    },
    /// Without a file.
    Ended {
        /// [`State::Failed`] or [`State::Cancelled`].
        state: State,
        /// Why.
        message: Message,
        /// The last event.
        event: Event,
    },
}

impl Outcome {
    /// The last event.
    pub fn event(&self) -> &Event {
        match self {
            Self::Completed { event, .. } | Self::Ended { event, .. } => event,
        }
    }
}
