//! What a studio asks for when it starts, and whether it is there. Nothing waits for it on the
//! screen; a page that calls the studio waits for `ai-now-ready`.

use std::pin::pin;

use futures_channel::oneshot;
use futures_util::future::select;
use gloo_timers::future::TimeoutFuture;
use leptos::prelude::*;
use wasm_bindgen::JsValue;

use super::page::Page;
use crate::platform::visibility::pause;

/// What is asked for.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Part {
    /// The gateway's catalog. The built-in one serves until it is there.
    Catalog,
    /// A session, and with it the balance.
    Session,
    /// What was made before on this device.
    History,
}

/// After how long a studio counts as ready, whatever is missing still.
const TIMEOUT_MILLIS: u32 = 3_000;

/// So long a part may be awaited before anything is drawn without it: people hardly see it.
const BRIEF_MILLIS: u32 = 150;

/// What is there. Copies are the same one.
#[derive(Clone, Copy)]
pub(crate) struct Loading {
    page: Page,
    /// What is not there yet.
    missing: RwSignal<Vec<Part>>,
}

impl Loading {
    pub(super) fn new(page: Page) -> Self {
        Self { page, missing: RwSignal::new(vec![Part::Catalog, Part::Session, Part::History]) }
    }

    /// Whether a part is there, or there is no getting it just now.
    pub(crate) fn has(self, part: Part) -> bool {
        self.missing.with(|missing| !missing.contains(&part))
    }

    /// Waits until a part is there, or there is no getting it just now.
    async fn wait_for(self, part: Part) {
        let (sender, there) = oneshot::channel();
        let mut sender = Some(sender);
        self.page.with_owner(|| {
            Effect::new(move |_| {
                if self.has(part)
                    && let Some(sender) = sender.take()
                {
                    // Whoever stopped waiting needs no telling.
                    let _ = sender.send(());
                }
            });
        });
        // Gone with the studio, it comes never.
        let _ = there.await;
    }

    /// Waits for a part that is all but there: what is drawn without it would be drawn twice, and move.
    pub(crate) async fn wait_briefly_for(self, part: Part) {
        select(pin!(self.wait_for(part)), TimeoutFuture::new(BRIEF_MILLIS)).await;
    }

    /// Notes that a part is there, or that there is no getting it just now.
    pub(super) fn loaded(self, part: Part) {
        if self.missing.try_with_untracked(|missing| missing.contains(&part)) == Some(true) {
            self.missing.update(|missing| missing.retain(|other| *other != part));
        }
    }

    /// Goes on without what is missing after a while.
    pub(super) fn start_timeout(self) {
        self.page.spawn(async move {
            pause(TIMEOUT_MILLIS).await;
            self.missing.try_update(Vec::clear);
        });
    }

    /// Tells the page once all is there.
    pub(super) fn tell_when_ready(self) {
        self.page.with_owner(|| {
            Effect::new(move |told: Option<bool>| {
                let ready = self.missing.with(Vec::is_empty);
                if ready && told != Some(true) {
                    self.page.emit("ready", JsValue::NULL);
                }
                ready
            });
        });
    }
}
