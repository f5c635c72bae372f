//! What is known of what was made: the list, newest first, with its records on this device, the same
//! in all tabs. What is still under way is gone on with.

use leptos::prelude::*;

use super::Session;
use crate::files;
use crate::generation::{Generation, Phase};
use crate::history::{self, Change};
use crate::pictures;

/// A generation that may be changing.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) struct Job(pub(crate) RwSignal<Generation>);

impl Job {
    pub(crate) fn key(self) -> String {
        self.0.with_untracked(|generation| generation.key.clone())
    }
}

impl Session {
    /// Forgets a generation that has ended.
    pub(crate) fn delete(self, job: Job) {
        self.deleted.set(vec![job.0.get_untracked()]);
        self.take_away(job);
    }

    /// Takes one out of the list and off this device.
    pub(super) fn take_away(self, job: Job) {
        let key = job.key();
        self.remove(&key);
        self.spawn(async move {
            history::delete(&key).await;
            pictures::delete(&key).await;
            if self.is_demo() {
                files::delete(&key).await;
            }
        });
    }

    /// Forgets all that have ended.
    pub(crate) fn delete_all(self) {
        let mut deleted = Vec::new();
        for job in self.generations.get_untracked() {
            if job.0.with_untracked(Generation::is_final) {
                deleted.push(job.0.get_untracked());
                self.take_away(job);
            }
        }
        self.deleted.set(deleted);
    }

    /// Takes back what was deleted last. A file that the page made is made again from its seed.
    pub(crate) fn restore(self) {
        let deleted = self.deleted.get_untracked();
        self.deleted.set(Vec::new());
        self.spawn(async move {
            for generation in deleted {
                history::save(&generation).await;
                self.pick_up(generation.record()).await;
            }
        });
    }

    pub(super) fn job(self, generation: Generation) -> Job {
        Job(self.owner.with_value(|owner| owner.with(|| RwSignal::new(generation))))
    }

    pub(super) fn find(self, key: &str) -> Option<Job> {
        self.generations.with_untracked(|all| {
            all.iter().find(|job| job.0.with_untracked(|known| known.key == key)).copied()
        })
    }

    fn remove(self, key: &str) {
        let Some(job) = self.find(key) else { return };
        if self.shown.get_untracked() == Some(job) {
            self.shown.set(None);
        }
        self.generations.update(|all| all.retain(|known| *known != job));
        let_file_go(job);
    }

    /// Ends the addresses of the files that the page made.
    pub(super) fn let_files_go(self) {
        self.generations.with_untracked(|all| all.iter().copied().for_each(let_file_go));
    }

    /// Takes a record of the history in; goes on with it where it is under way.
    pub(super) async fn pick_up(self, generation: Generation) {
        if self.is_demo() {
            return self.recall(generation).await;
        }
        if self.is_direct() && !generation.is_final() {
            return self.spawn(self.await_end(generation));
        }
        let watched = generation.watched;
        let Some(job) = self.take_in(generation) else { return };
        if !job.0.with_untracked(Generation::is_final) {
            if !watched {
                self.show_first(job);
            }
            self.spawn(self.run(job));
        }
    }

    /// Shows what is under way, where nothing else is shown.
    pub(super) fn show_first(self, job: Job) {
        if self.shown.get_untracked().is_none() {
            self.shown.set(Some(job));
        }
    }

    /// Whether a record is of no use here: somebody else's, or known already.
    pub(super) fn is_foreign(self, generation: &Generation) -> bool {
        generation.gateway != self.gateway() || self.find(&generation.key).is_some()
    }

    /// Puts a record among the known, if it is of use.
    pub(super) fn take_in(self, generation: Generation) -> Option<Job> {
        if self.is_foreign(&generation) {
            return None;
        }
        let job = self.job(generation);
        let created_at_ms = |job: &Job| job.0.with_untracked(|known| known.created_at_ms);
        let ours = created_at_ms(&job);
        self.generations.update(|all| {
            // Newest first. A sort would be shorter here and 8 KB longer in the wasm.
            let place = all.iter().position(|other| created_at_ms(other) < ours);
            all.insert(place.unwrap_or(all.len()), job);
        });
        Some(job)
    }

    /// Does what another tab did. What this one runs itself it knows better.
    pub(super) async fn follow(self, change: Change) {
        match change {
            Change::Deleted(key) => self.remove(&key),
            Change::Saved(key) => {
                if self.find(&key).is_none() {
                    let saved = history::find(&key).await;
                    // While it is being sent, it is the sender's.
                    if let Some(saved) = saved.filter(|saved| saved.phase != Phase::Sending) {
                        self.pick_up(Generation { watched: true, ..saved }).await;
                    }
                }
            }
        }
    }
}

/// Ends the address of a file that the page made.
fn let_file_go(job: Job) {
    job.0.with_untracked(|generation| {
        if let Some(url) = generation.url() {
            files::let_go(url);
        }
    });
}
