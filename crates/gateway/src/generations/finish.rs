//! The end of a generation: its file is stored, then its end is recorded. Both are retried for as
//! long as a disk or a store is unavailable. It must not know how a result is made.

use std::sync::OnceLock;

use ai_now_protocol::api::State;
use ai_now_protocol::event::Completed;
use ai_now_protocol::{Code, Event, MediaUrl, Message};

use super::service::{ActiveGeneration, GenerationService, ended};
use crate::domain::Outcome;
use crate::media::{self, Media};
use crate::patience::patiently;
use crate::providers::{MediaContent, Output};
use crate::store::GenerationRow;

impl GenerationService {
    /// The outcome of a generation that failed.
    pub(super) fn failed(&self, row: &GenerationRow, why: Message) -> Outcome {
        let text = format!("{} Nothing was charged.", why.text).into();
        ended(State::Failed, Message { text, ..why }, row.price)
    }

    /// Stores the file of a result, and returns the outcome to record.
    pub(super) async fn keep(
        &self,
        row: &GenerationRow,
        made: Output,
        active: &ActiveGeneration,
        provider: &str,
    ) -> Option<Outcome> {
        let media_name = media::new_name(&row.prompt, made.format);
        let url = match MediaUrl::parse(&format!("/media/{media_name}")) {
            Ok(url) => url,
            Err(error) => {
                return Some(self.failed(row, Message::new(Code::Internal, error.to_string())));
            }
        };
        let Output { content, note, procedural, .. } = made;
        let event = Event::Completed(Completed { url, note: note.clone() });
        let size_bytes = self.store_file(row, &content, &media_name, active).await?;
        let provider = provider.to_owned();
        Some(Outcome::Completed { media_name, provider, size_bytes, note, procedural, event })
    }

    /// Stores a file that was made, and perhaps paid for, and retries until the disk or the object
    /// store accepts it. `None`: the generation was cancelled, or the gateway stops; the next start
    /// makes the file again, or fetches it from its provider again.
    async fn store_file(
        &self,
        row: &GenerationRow,
        content: &MediaContent,
        name: &str,
        active: &ActiveGeneration,
    ) -> Option<u64> {
        let media = &self.0.media;
        let waiting = OnceLock::new();
        let writing = || async {
            let written = write_file(media, name, content).await;
            if written.is_err() {
                waiting.get_or_init(|| self.0.metrics.result_waits());
            }
            written
        };
        tokio::select! {
            written = patiently(&active.cancel, &row.id, "a result", writing) => written.ok(),
            // A disk is quick; over a network it may take its time, and nobody wants it.
            () = active.cancel.cancelled(), if media.is_over_a_network() => None,
        }
    }

    /// Records an outcome, however long the store takes: the generation ends only then.
    pub(super) async fn end(
        &self,
        row: &GenerationRow,
        active: &ActiveGeneration,
        outcome: Outcome,
    ) {
        let (state, file) = match &outcome {
            Outcome::Completed { media_name, .. } => (State::Completed, Some(media_name.clone())),
            Outcome::Ended { state, .. } => (*state, None),
        };
        let writing = || self.write_end(&row.id, outcome.clone(), active);
        let won = patiently(&active.halted, &row.id, "the end of a generation", writing).await;
        // If the service stops first, the next start finds the generation unfinished and runs it
        // again; its file is then an orphan that retention removes.
        let Ok(won) = won else { return };
        if won {
            self.0.metrics.ended(&row.model, state);
            self.0.changes.publish(&row.id, &row.model, state);
            tracing::info!(generation = row.id, ?state, "ended");
        } else if let Some(name) = file
            // If a lost connection left it unknown whether the first attempt was kept, and it was,
            // this is its file.
            && let Ok(false) = self.0.store.media_is_known(&name).await
            && let Err(error) = self.0.media.remove(&name).await
        {
            tracing::warn!(%error, generation = row.id, "an orphaned file was left");
        }
    }
}

/// Writes a file under its name, or moves an existing file to that name. Returns its size.
async fn write_file(media: &Media, name: &str, content: &MediaContent) -> std::io::Result<u64> {
    match content {
        MediaContent::Bytes(bytes) => {
            media.write(name, bytes.clone()).await?;
            Ok(bytes.len() as u64)
        }
        MediaContent::File(file) => media.adopt(file, name).await,
    }
}
