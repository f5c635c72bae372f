//! The events of a running generation: its progress, which is published from memory only, and its
//! provider's events, which are recorded. It must not decide what happens.

use ai_now_protocol::Event;
use ai_now_protocol::event::Progress;

use super::service::{ActiveGeneration, GenerationService};
use crate::store::GenerationRow;

impl GenerationService {
    /// Records a fact that may be lost without harm, and publishes it.
    pub(super) async fn publish(
        &self,
        row: &GenerationRow,
        active: &ActiveGeneration,
        event: Event,
    ) {
        let _writing = active.hub.writing().await;
        match self.0.store.append_event(&row.id, active.node, event.clone()).await {
            Ok(Some(seq)) => active.hub.fact(seq, &event),
            Ok(None) => {}
            Err(error) => tracing::warn!(%error, generation = row.id, "an event was not written"),
        }
    }

    /// Publishes progress. It is not recorded: the next report replaces it.
    pub(super) async fn publish_progress(
        &self,
        row: &GenerationRow,
        active: &ActiveGeneration,
        event: Event,
    ) {
        if active.hub.progress(&event) {
            return;
        }
        let _writing = active.hub.writing().await;
        match self.0.store.claim_numbers(&row.id, active.node).await {
            Ok(Some(seq)) => active.hub.claimed(seq),
            Ok(None) => return,
            Err(error) => tracing::warn!(%error, generation = row.id, "no numbers for progress"),
        }
        active.hub.progress(&event);
    }
}

/// An event with this progress.
pub(super) fn processing(progress: Progress) -> Event {
    // Three digits are precise enough.
    let rounded = |part: f64| (part.clamp(0.0, 1.0) * 1000.0).round() / 1000.0;
    Event::Processing(Progress { progress: progress.progress.map(rounded), ..progress })
}

/// An event with the place in a provider's queue.
pub(super) fn queued(position: usize, eta_secs: Option<u32>) -> Event {
    Event::Processing(Progress {
        queue_position: Some(u32::try_from(position).unwrap_or(u32::MAX)),
        eta_secs,
        ..Progress::default()
    })
}
