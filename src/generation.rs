//! One generation as the page sees it: what was asked for, and how far it is.
//!
//! A pure fold: [`Generation::apply`] takes the events as they come, in whatever order a network
//! delivers them. It must not know the browser, nor where events come from. It is also the record
//! that the history keeps.

use ai_now_protocol::event::{Completed, Failure, Progress};
use ai_now_protocol::{Code, Event, GenerateRequest, MediaUrl, Message, api};
use serde::{Deserialize, Serialize};

/// One generation, from the click on.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Generation {
    /// Made by this page before anything is sent: the idempotency key, and the name under which
    /// page and history know the generation.
    pub key: String,
    /// The gateway that was asked, as a base address; [`HERE`] for what the page makes itself.
    pub gateway: String,
    /// What was asked for.
    pub request: GenerateRequest,
    /// When, in milliseconds since 1970.
    pub created_at_ms: u64,
    /// What it costs, in tokens: as the catalog said, then as the gateway confirmed.
    pub price: u32,
    /// Whether its maker draws by rules (see `Model::procedural`).
    pub procedural: bool,
    /// What the gateway calls it, once it was accepted.
    #[serde(default)]
    pub id: Option<String>,
    /// The number of the last event that was seen; 0 before the first.
    #[serde(default)]
    pub last_seq: u64,
    /// Where it stands.
    pub phase: Phase,
    /// When the page saw its end, in milliseconds since 1970.
    #[serde(default)]
    pub finished_at_ms: Option<u64>,
    /// Whether the person asked to stop it, and the gateway has not answered yet.
    #[serde(default)]
    pub stopping: bool,
    /// Whether another element or tab runs it, and this one only looks on. Not kept.
    #[serde(skip)]
    pub watched: bool,
    /// When it was asked for by this page's own clock, in milliseconds. Not kept: the next page has
    /// another one.
    #[serde(skip)]
    pub began_at_page_ms: Option<u64>,
    /// What is known of how far it is. Not kept: the stream says it again.
    #[serde(skip)]
    pub progress: Progress,
    /// How the connection to it is. Not kept.
    #[serde(skip)]
    pub link: Link,
    /// Whether the page made its file and could not keep it: it ends with the page. Not kept.
    #[serde(skip)]
    pub unkept: bool,
}

/// In place of a gateway's address: nobody was asked, the page makes it itself (`mode="demo"`).
pub const HERE: &str = "demo:";

/// Where a generation stands.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Phase {
    /// Not confirmed by the gateway yet.
    Sending,
    /// Accepted, and waiting or being made.
    Running,
    /// The result is there.
    Completed {
        /// Where it is.
        url: MediaUrl,
        /// What its maker says about it.
        note: Option<Message>,
    },
    /// There will be no result.
    Failed {
        /// Why; empty where nobody said.
        message: Message,
        /// Whether it was stopped on request.
        cancelled: bool,
        /// How many tokens went back, if the gateway said.
        tokens_returned: Option<u32>,
    },
}

/// How the connection to a running generation is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Link {
    /// As it should be, or not needed.
    #[default]
    Fine,
    /// Lost; it is being restored.
    Restoring,
}

impl Generation {
    /// A generation that is about to be sent.
    pub fn new(key: String, gateway: String, request: GenerateRequest, created_at_ms: u64) -> Self {
        Self {
            key,
            gateway,
            request,
            created_at_ms,
            price: 0,
            procedural: false,
            id: None,
            last_seq: 0,
            phase: Phase::Sending,
            finished_at_ms: None,
            stopping: false,
            watched: false,
            began_at_page_ms: None,
            progress: Progress::default(),
            link: Link::Fine,
            unkept: false,
        }
    }

    /// What the history keeps of it.
    ///
    /// The address of a file that the page made itself ends with the page, so it is not written
    /// down: the record stays as one that runs, and the file itself says that it is done.
    pub fn record(&self) -> Self {
        let own = self.url().is_some_and(MediaUrl::is_own_blob);
        let phase = if own { Phase::Running } else { self.phase.clone() };
        Self { phase, ..self.clone() }
    }

    /// Whether it will never change again.
    pub fn is_final(&self) -> bool {
        matches!(self.phase, Phase::Completed { .. } | Phase::Failed { .. })
    }

    /// The address of its result.
    pub fn url(&self) -> Option<&MediaUrl> {
        if let Phase::Completed { url, .. } = &self.phase { Some(url) } else { None }
    }

    /// The gateway confirmed it.
    pub fn accept(&mut self, id: String, price: u32) {
        self.id = Some(id);
        self.price = price;
        if self.phase == Phase::Sending {
            self.phase = Phase::Running;
        }
    }

    /// Folds one event in, and answers whether it said anything new.
    ///
    /// `seq` is the event's number, if its stream has numbers. What was seen already is dropped, so
    /// a stream may start again anywhere; nothing changes a generation after its end.
    pub fn apply(&mut self, seq: Option<u64>, event: Event) -> bool {
        if self.is_final() || seq.is_some_and(|seq| seq <= self.last_seq) {
            return false;
        }
        self.last_seq = seq.unwrap_or(self.last_seq);
        match event {
            Event::Completed(Completed { url, note }) => {
                self.end(Phase::Completed { url, note });
            }
            Event::Failed(Failure { message, cancelled, tokens_returned }) => {
                self.end(Phase::Failed { message, cancelled, tokens_returned });
            }
            Event::Started | Event::CookieGenerated => self.phase = Phase::Running,
            Event::Processing(progress) => {
                self.phase = Phase::Running;
                merge(&mut self.progress, progress);
            }
            Event::Other(status) => {
                self.phase = Phase::Running;
                self.progress.step = Some(Message::text(status));
            }
        }
        true
    }

    /// Takes what the gateway answers when it is asked about the generation: the same facts as the
    /// events, without their numbers.
    pub fn adopt(&mut self, answer: &api::Generation) -> bool {
        self.procedural = answer.procedural;
        self.price = answer.price;
        let message = || answer.message.clone().unwrap_or_default();
        let charged = answer.message.as_ref().filter(|message| message.is(Code::CancelledCharged));
        let charged = charged.and_then(|message| message.params.get("tokens")?.as_integer());
        let charged = u32::try_from(charged.unwrap_or(0)).unwrap_or(0);
        let failure = |cancelled| {
            Event::Failed(Failure {
                message: message(),
                cancelled,
                tokens_returned: Some(answer.price.saturating_sub(charged)),
            })
        };
        match (answer.state, &answer.url) {
            (api::State::Completed, Some(url)) => {
                let note = answer.note.clone();
                self.apply(None, Event::Completed(Completed { url: url.clone(), note }))
            }
            // Completed without a result is an end that the gateway can't mean.
            (api::State::Failed | api::State::Completed, _) => self.apply(None, failure(false)),
            (api::State::Cancelled, _) => self.apply(None, failure(true)),
            (api::State::Queued | api::State::Running, _) => false,
        }
    }

    /// Ends it on the page's own account, where the gateway can't or won't say more.
    pub fn give_up(&mut self, message: Message, cancelled: bool) {
        if !self.is_final() {
            self.end(Phase::Failed { message, cancelled, tokens_returned: None });
        }
    }

    fn end(&mut self, phase: Phase) {
        self.phase = phase;
        self.progress = Progress::default();
        self.link = Link::Fine;
        self.stopping = false;
    }
}

/// What a later `Processing` says replaces what an earlier one said; what it leaves open stays.
fn merge(before: &mut Progress, later: Progress) {
    // A bar that runs backwards says that something is wrong, when only two reports crossed.
    before.progress = match (before.progress, later.progress) {
        (Some(before), Some(now)) => Some(before.max(now)),
        (before, now) => now.or(before),
    };
    // Whoever is being made is in no queue any more.
    before.queue_position = later.queue_position;
    before.eta_secs = later.eta_secs.or(before.eta_secs);
    before.step = later.step.or(before.step.take());
}

#[cfg(all(test, not(target_arch = "wasm32")))]
mod tests;
