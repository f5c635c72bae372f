//! What a provider reports while it works. A report never waits for whoever reads it.

use ai_now_protocol::event::Progress;
use ai_now_protocol::{Code, Event, Message};
use tokio::sync::{mpsc, watch};

/// Takes what a provider has to report while it works.
#[derive(Clone)]
pub struct ProgressReporter {
    progress: watch::Sender<Option<Progress>>,
    events: mpsc::Sender<Event>,
}

/// How many events that are no progress one provider may publish at a stretch.
const EVENTS: usize = 32;

impl ProgressReporter {
    /// A reporter, and where its reports arrive: progress, of which only the latest counts, and the
    /// other events.
    pub fn new() -> (Self, watch::Receiver<Option<Progress>>, mpsc::Receiver<Event>) {
        let (progress, latest) = watch::channel(None);
        let (events, others) = mpsc::channel(EVENTS);
        (Self { progress, events }, latest, others)
    }

    /// Reports how far the work is.
    pub fn report(&self, progress: Progress) {
        self.progress.send_replace(Some(progress));
    }

    /// Reports that the job waits in the provider's own queue.
    pub(super) fn queued(&self, queue_position: Option<u32>) {
        let step = Some(Message::new(Code::Waiting, "waiting"));
        self.report(Progress { queue_position, step, ..Progress::default() });
    }

    /// Publishes something else that a visitor may see. What comes too fast is left out.
    pub(super) fn publish(&self, event: Event) {
        let _ = self.events.try_send(event);
    }
}
