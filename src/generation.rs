//! One generation as the page sees it: its request and its state.
//!
//! A pure fold: [`Generation::apply`] takes the events in whatever order the network delivers them.
//! It must not know the browser, nor where events come from. It is also the record in the history.

use ai_now_protocol::event::{Completed, Failure, Progress};
use ai_now_protocol::{Code, Event, GenerateRequest, MediaUrl, Message, api};
use serde::{Deserialize, Serialize};

/// One generation, from the click on.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Generation {
    /// Created by this page before anything is sent: the idempotency key, and the name of the
    /// generation in page and history.
    pub key: String,
    /// The gateway's base address; [`HERE`] for what the page makes itself.
    pub gateway: String,
    /// The request.
    pub request: GenerateRequest,
    /// When, in milliseconds since 1970.
    pub created_at_ms: u64,
    /// Its price in tokens: from the catalog, then as the gateway confirmed.
    pub price: u32,
    /// Whether it is a procedural sketch (see `Model::procedural`).
    pub procedural: bool,
    /// The gateway's id of it, once it was accepted.
    #[serde(default)]
    pub id: Option<String>,
    /// The number of the last event that was seen; 0 before the first.
    #[serde(default)]
    pub last_seq: u64,
    /// Its state.
    pub phase: Phase,
    /// When the page saw its end, in milliseconds since 1970.
    #[serde(default)]
    pub finished_at_ms: Option<u64>,
    /// Whether the user asked to stop it, and the gateway has not answered yet.
    #[serde(default)]
    pub stopping: bool,
    /// Whether another element or tab runs it, and this one only shows it. Not stored.
    #[serde(skip)]
    pub watched: bool,
    /// When it was requested by this page's monotonic clock, in milliseconds. Not stored: the next
    /// page has another clock.
    #[serde(skip)]
    pub began_at_page_ms: Option<u64>,
    /// Its progress. Not stored: the stream repeats it.
    #[serde(skip)]
    pub progress: Progress,
    /// The state of its connection. Not stored.
    #[serde(skip)]
    pub link: Link,
    /// Whether the page made its file and could not store it: it is lost with the page. Not stored.
    #[serde(skip)]
    pub unkept: bool,
}

/// In place of a gateway's address: the page makes it itself (`mode="demo"`).
pub const HERE: &str = "demo:";

/// The state of a generation.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Phase {
    /// Not confirmed by the gateway yet.
    Sending,
    /// Accepted, and queued or running.
    Running,
    /// The result is there.
    Completed {
        /// Its address.
        url: MediaUrl,
        /// The provider's note about it.
        note: Option<Message>,
    },
    /// It failed or was cancelled.
    Failed {
        /// Why; empty if unknown.
        message: Message,
        /// Whether it was stopped on request.
        cancelled: bool,
        /// How many tokens were returned, if the gateway said so.
        tokens_returned: Option<u32>,
    },
}

/// The connection to a running generation.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Link {
    /// Open, or not needed.
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

    /// What the history stores of it.
    ///
    /// The address of a file that the page made ends with the page, so it is not stored: the record
    /// stays a running one, and the stored file shows that it is complete.
    pub fn record(&self) -> Self {
        let own = self.url().is_some_and(MediaUrl::is_own_blob);
        let phase = if own { Phase::Running } else { self.phase.clone() };
        Self { phase, ..self.clone() }
    }

    /// Whether it has ended.
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

    /// Applies one event, and returns whether it was new.
    ///
    /// `seq` is the event's number, if its stream has numbers. Known events are ignored, so a
    /// stream may start again anywhere; nothing changes a generation after its end.
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

    /// Applies the gateway's answer about the generation's state: the same facts as the events,
    /// without their numbers.
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
            // Completed without a result is not a valid answer.
            (api::State::Failed | api::State::Completed, _) => self.apply(None, failure(false)),
            (api::State::Cancelled, _) => self.apply(None, failure(true)),
            (api::State::Queued | api::State::Running, _) => false,
        }
    }

    /// Ends it without the gateway, if that can't or won't say more.
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

/// Fields of a later `Processing` event replace earlier ones; absent fields stay.
fn merge(before: &mut Progress, later: Progress) {
    // A progress bar that runs backwards would suggest an error, although only two reports crossed.
    before.progress = match (before.progress, later.progress) {
        (Some(before), Some(now)) => Some(before.max(now)),
        (before, now) => now.or(before),
    };
    // A running generation is in no queue any more.
    before.queue_position = later.queue_position;
    before.eta_secs = later.eta_secs.or(before.eta_secs);
    before.step = later.step.or(before.step.take());
}

#[cfg(all(test, not(target_arch = "wasm32")))]
mod tests;
