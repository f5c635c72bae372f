//! Generations, and all that happened to one.

use ai_now_protocol::api::Generation;
use ai_now_protocol::{Event, Message};

answers! {
    /// A generation and whose it is.
    AdminGeneration {
        /// The key that it was submitted with.
        key: String,
        /// Whether a visitor submitted it.
        visitor: bool,
        /// The provider that made it or was the last to try. Empty: none yet.
        provider: String,
        /// As its owner sees it.
        generation: Generation,
    }

    /// A page of the generations.
    AdminGenerationList {
        /// The newest first.
        generations: Vec<AdminGeneration>,
        /// Where the next page begins.
        next: Option<String>,
    }

    /// A generation with all that happened to it.
    GenerationDetails {
        /// The key that it was submitted with.
        key: String,
        /// Whether a visitor submitted it.
        visitor: bool,
        /// The provider that made it or was the last to try. Empty: none yet.
        provider: String,
        /// What was charged for it, in tokens.
        charged: u32,
        /// As its owner sees it.
        generation: Generation,
        /// How many tokens were given back.
        refunded: Option<u64>,
        /// What happened, in order.
        happened: Vec<NumberedEvent>,
        /// The tries of providers that failed, in order.
        failed_attempts: Vec<Attempt>,
        /// What its jobs cost at providers, in order.
        costs: Vec<JobCost>,
    }

    /// An event with its number.
    NumberedEvent {
        /// Its number in the stream.
        number: u64,
        /// What happened.
        event: Event,
    }

    /// A provider's try that failed.
    Attempt {
        /// The provider's name.
        provider: String,
        /// When it was given the job.
        begun_at_ms: u64,
        /// When it gave up.
        ended_at_ms: u64,
        /// The kind of error.
        error: String,
        /// What it says about it.
        message: Message,
    }

    /// What one job cost.
    JobCost {
        /// The provider's name.
        provider: String,
        /// The currency (ISO 4217).
        currency: String,
        /// In millionths of a unit.
        micros: u64,
        /// `estimated` or `billed`.
        basis: String,
    }

    /// What was given back for a generation.
    Refunded {
        /// How many tokens.
        tokens: u32,
    }
}
