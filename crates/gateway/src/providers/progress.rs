//! The reports of a working provider. A report never waits for its reader.

use ai_now_protocol::event::Progress;
use ai_now_protocol::{Code, Event, Message};
use tokio::sync::{mpsc, watch};

/// Takes the reports of a working provider.
#[derive(Clone)]
pub struct ProgressReporter {
    progress: watch::Sender<Option<Progress>>,
    events: mpsc::Sender<Event>,
}

/// How many events other than progress are buffered.
const EVENTS: usize = 32;

impl ProgressReporter {
    /// A reporter, and the receivers of its reports: progress, of which only the latest counts, and
    /// the other events.
    pub fn new() -> (Self, watch::Receiver<Option<Progress>>, mpsc::Receiver<Event>) {
        let (progress, latest) = watch::channel(None);
        let (events, others) = mpsc::channel(EVENTS);
        (Self { progress, events }, latest, others)
    }

    /// Reports the progress.
    pub fn report(&self, progress: Progress) {
        self.progress.send_replace(Some(progress));
    }

    /// Reports the position in the provider's own queue.
    pub(super) fn queued(&self, queue_position: Option<u32>) {
        let step = Some(Message::new(Code::Waiting, "waiting"));
        self.report(Progress { queue_position, step, ..Progress::default() });
    }

    /// Publishes another event for visitors. Events that come too fast are dropped.
    pub(super) fn publish(&self, event: Event) {
        let _ = self.events.try_send(event);
    }
}
