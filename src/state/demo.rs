//! Demo mode: the page makes everything itself, from a stored seed, so that a generation that was
//! running when a page closed is made again, byte for byte.

use ai_now_protocol::event::Completed;
use ai_now_protocol::{Event, Message};
use leptos::prelude::*;

use super::generations::{GenerationSignal, Generations, lock};
use super::records;
use crate::api::StreamMessage;
use crate::api::demo::{self, NotMade};
use crate::generation::Generation;
use crate::i18n::Word;
use crate::platform::files::{self, File};
use crate::platform::web_locks::Lock;

impl Generations {
    /// Makes a generation that was just requested.
    pub(super) async fn make(self, signal: GenerationSignal) {
        let lock = lock(&signal.key()).await;
        self.make_locked(signal, lock).await;
    }

    async fn make_locked(self, signal: GenerationSignal, lock: Lock) {
        let generation = signal.get_untracked();
        let worker = self.page.file_url("sketch-worker.js");
        let say = |event| _ = self.receive(signal, StreamMessage::Event(None, event));
        match demo::make(&worker, &generation.key, &generation.request, say).await {
            Ok(file) => {
                let kept = file.keep(&generation.key).await;
                signal.update(|generation| {
                    generation.unkept = !kept;
                    complete(generation, file);
                });
                // Unless it is complete: a browser may fail to create an address.
                self.give_up(signal, Word::EngineFault);
            }
            Err(NotMade::Stopped) => {
                signal.update(|generation| generation.give_up(Message::default(), true));
            }
            Err(NotMade::Away) => self.give_up(signal, Word::EngineAway),
            Err(NotMade::Fault) => self.give_up(signal, Word::EngineFault),
            Err(NotMade::Forbidden(rules)) => {
                let message = self.page.locale().fill(Word::EngineForbidden, &[("rules", &rules)]);
                let message = Message::text(message);
                signal.update(|generation| generation.give_up(message, false));
            }
        }
        self.finish(signal).await;
        drop(lock);
    }

    /// Adds a record: ended, with its file, or to be made again from its seed.
    pub(super) async fn recall(self, generation: Generation) {
        if self.is_foreign(&generation) {
            return;
        }
        let key = generation.key.clone();
        let generation = restored(generation).await;
        if generation.is_final() {
            self.take_in_restored(generation);
        } else {
            self.page.spawn(self.make_again(key));
        }
    }

    async fn make_again(self, key: String) {
        let lock = lock(&key).await;
        // It may have ended, or been deleted, while another tab held the lock.
        let Some(generation) = records::find(&key).await else { return };
        let generation = restored(generation).await;
        let is_final = generation.is_final();
        let Some(signal) = self.take_in_restored(generation) else { return };
        if !is_final {
            self.show_first(signal);
            self.make_locked(signal, lock).await;
        }
    }

    fn take_in_restored(self, generation: Generation) -> Option<GenerationSignal> {
        let url = generation.url().cloned();
        let signal = self.take_in(generation);
        if let (None, Some(url)) = (signal, url) {
            // Another caller was faster, with an address of its own.
            files::let_go(&url);
        }
        signal
    }
}

/// A record with its file, if that exists.
async fn restored(mut generation: Generation) -> Generation {
    if !generation.is_final()
        && let Some(file) = files::find(&generation.key).await
    {
        complete(&mut generation, file);
    }
    generation
}

fn complete(generation: &mut Generation, file: File) {
    if let Some(url) = file.address(&generation.request.prompt) {
        generation.apply(None, Event::Completed(Completed { url, note: Some(file.note) }));
    }
}
