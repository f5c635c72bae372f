//! Deleting generations from the list and from this device, and undoing that.

use leptos::prelude::*;

use super::generations::{GenerationSignal, Generations, PAGE};
use super::records;
use crate::config::Mode;
use crate::generation::Generation;
use crate::platform::files;
use crate::platform::pictures;

impl Generations {
    /// Deletes a generation that has ended.
    pub(crate) fn delete(self, signal: GenerationSignal) {
        self.history.deleted.set(vec![signal.get_untracked()]);
        self.take_away(signal);
    }

    /// Removes one from the list and from this device.
    pub(super) fn take_away(self, signal: GenerationSignal) {
        let key = signal.key();
        self.remove(&key);
        self.page.spawn(self.forget(vec![key]));
    }

    async fn forget(self, keys: Vec<String>) {
        records::delete(&keys).await;
        pictures::delete(&keys).await;
        if self.page.mode() == Mode::Demo {
            files::delete(&keys).await;
        }
    }

    /// Deletes all that have ended, including those that were not loaded yet.
    pub(crate) fn delete_all(self) {
        let is_under_way = move |key: &str| self.find(key).is_some_and(|signal| !signal.is_final());
        let ended: Vec<_> = self.all.get_untracked();
        let ended: Vec<_> = ended.into_iter().filter(|signal| signal.is_final()).collect();
        self.history.deleted.set(ended.iter().map(|signal| signal.get_untracked()).collect());
        for signal in ended {
            self.remove(&signal.key());
        }
        self.page.spawn(async move {
            if self.history.more.get_untracked() {
                self.history.more.set(false);
                let known = self.history.deleted.get_untracked();
                let all = self.history.find(|_| true, || true, usize::MAX).await;
                if self.history.deleted.with_untracked(|now| *now != known) {
                    // It was undone in the meantime, or more was deleted: nothing is lost.
                    self.history.more.set(true);
                    return;
                }
                let is_new = |one: &Generation| known.iter().all(|other| other.key != one.key);
                let older = all.into_iter().filter(|one| is_new(one) && !is_under_way(&one.key));
                self.history.deleted.update(|deleted| deleted.extend(older));
            }
            let keys = self.history.deleted.with_untracked(|deleted| {
                deleted.iter().map(|generation| generation.key.clone()).collect()
            });
            self.forget(keys).await;
        });
    }

    /// Undoes the last deletion. A file that the page made is made again from its seed.
    pub(crate) fn restore(self) {
        let deleted = self.history.deleted.get_untracked();
        self.history.deleted.set(Vec::new());
        self.gone.set_value(Vec::new());
        if let (Some(last), true) = (deleted.get(PAGE - 1), deleted.len() > PAGE) {
            self.read_until_ms.set_value(last.created_at_ms);
        }
        self.page.spawn(async move {
            for (index, generation) in deleted.into_iter().enumerate() {
                self.history.save(generation.clone()).await;
                if index < PAGE {
                    self.pick_up(generation.record()).await;
                } else {
                    // The rest is loaded when it is scrolled to.
                    self.history.more.set(true);
                }
            }
        });
    }

    /// Whether one was removed from the list of this page.
    pub(super) fn is_gone(self, key: &str) -> bool {
        self.gone.with_value(|gone| gone.iter().any(|other| other == key))
    }

    /// Removes one from the list.
    pub(super) fn remove(self, key: &str) {
        self.gone.update_value(|gone| gone.push(key.to_owned()));
        let is_it = |signal: &GenerationSignal| signal.key() == key;
        let found = self.found.with_untracked(|found| found.as_ref()?.iter().copied().find(is_it));
        let Some(signal) = self.find(key).or(found) else { return };
        if self.shown.get_untracked() == Some(signal) {
            self.shown.set(None);
        }
        self.all.update(|all| all.retain(|known| *known != signal));
        if found.is_some() {
            self.found
                .update(|found| found.iter_mut().for_each(|all| all.retain(|s| *s != signal)));
        }
        end_file_address(signal);
    }

    /// Revokes the addresses of the files that the page made.
    pub(super) fn end_file_addresses(self) {
        self.all.try_with_untracked(|all| all.iter().copied().for_each(end_file_address));
    }
}

/// Revokes the address of a file that the page made.
fn end_file_address(signal: GenerationSignal) {
    signal.try_with_untracked(|generation| {
        if let Some(url) = generation.url() {
            files::let_go(url);
        }
    });
}
