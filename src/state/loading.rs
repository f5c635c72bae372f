//! What a studio loads at its start. The views don't wait for it; a page that calls the studio
//! waits for `ai-now-ready`.

use std::pin::pin;

use futures_channel::oneshot;
use futures_util::future::select;
use gloo_timers::future::TimeoutFuture;
use leptos::prelude::*;
use wasm_bindgen::JsValue;

use super::page::Page;
use crate::reactive::effect;

/// A part that is loaded.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Part {
    /// The gateway's catalog. The built-in one is used until then.
    Catalog,
    /// A session, and with it the balance.
    Session,
    /// The history of this device.
    History,
}

/// The time after which a studio counts as ready, whatever is missing.
const TIMEOUT_MILLIS: u32 = 3_000;

/// How long the first rendering waits for a part: people hardly notice it.
const BRIEF_MILLIS: u32 = 150;

/// What is loaded. Copies are the same one.
#[derive(Clone, Copy)]
pub(crate) struct Loading {
    page: Page,
    /// The missing parts.
    missing: RwSignal<Vec<Part>>,
}

impl Loading {
    pub(super) fn new(page: Page) -> Self {
        Self { page, missing: RwSignal::new(vec![Part::Catalog, Part::Session, Part::History]) }
    }

    /// Whether a part is loaded, or can't be loaded now.
    pub(crate) fn has(self, part: Part) -> bool {
        self.missing.with(|missing| !missing.contains(&part))
    }

    /// Waits until a part is loaded, or can't be loaded now.
    async fn wait_for(self, part: Part) {
        let (sender, there) = oneshot::channel();
        let mut sender = Some(sender);
        self.page.with_owner(|| {
            effect(move || {
                if self.has(part)
                    && let Some(sender) = sender.take()
                {
                    // A dropped receiver needs no message.
                    let _ = sender.send(());
                }
            });
        });
        // If the studio ends first, this never resolves.
        let _ = there.await;
    }

    /// Waits briefly for a part: rendering without it would be repeated, and move things.
    pub(crate) async fn wait_briefly_for(self, part: Part) {
        select(pin!(self.wait_for(part)), TimeoutFuture::new(BRIEF_MILLIS)).await;
    }

    /// Marks a part as loaded, or as not loadable now.
    pub(super) fn loaded(self, part: Part) {
        if self.missing.try_with_untracked(|missing| missing.contains(&part)) == Some(true) {
            self.missing.update(|missing| missing.retain(|other| *other != part));
        }
    }

    /// Stops waiting for missing parts after a while.
    pub(super) fn start_timeout(self) {
        self.page.spawn(async move {
            self.page.pause(TIMEOUT_MILLIS).await;
            self.missing.try_update(Vec::clear);
        });
    }

    /// Notifies the page once everything is loaded.
    pub(super) fn announce_when_ready(self) {
        self.page.with_owner(|| {
            let mut announced = false;
            effect(move || {
                let ready = self.missing.with(Vec::is_empty);
                if ready && !announced {
                    self.page.emit("ready", JsValue::NULL);
                }
                announced = ready;
            });
        });
    }
}
