//! A value that is loaded from the gateway: its state, and reloading it. It must not know what it
//! is.

use std::time::Duration;

use leptos::prelude::*;
use leptos::task::spawn_local;
use serde::de::DeserializeOwned;

use crate::api::{ApiError, use_api};

/// Something that is read from the gateway. Copies are the same one.
pub(crate) struct Load<T: Send + Sync + 'static> {
    /// The newest that is known of it.
    pub(crate) answer: RwSignal<Option<Result<T, ApiError>>>,
    /// Whether it is being read.
    pub(crate) busy: RwSignal<bool>,
    again: RwSignal<u32>,
}

impl<T: Send + Sync + 'static> Clone for Load<T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T: Send + Sync + 'static> Copy for Load<T> {}

impl<T: Send + Sync + 'static> Load<T> {
    /// Reloads it. The old value stays visible until then.
    pub(crate) fn again(self) {
        let _ = self.again.try_update(|times| *times = times.wrapping_add(1));
    }

    /// Shows the answer of a change.
    pub(crate) fn put(self, value: T) {
        let _ = self.answer.try_set(Some(Ok(value)));
    }
}

impl<T: Clone + PartialEq + Send + Sync + 'static> Load<T> {
    /// The same, without updating an unchanged value, so that focus and input are kept.
    pub(crate) fn settled(self) -> Self {
        let changed = Memo::new(move |_| self.answer.get());
        let answer = RwSignal::new(None);
        Effect::new(move |_| answer.set(changed.get()));
        Self { answer, ..self }
    }
}

/// How often a visible value is reloaded.
const EVERY: Duration = Duration::from_secs(5);

/// Loads `path`, repeatedly while the page is visible.
pub(crate) fn watch<T: Clone + PartialEq + DeserializeOwned + Send + Sync + 'static>(
    path: impl Fn() -> String + 'static,
) -> Load<T> {
    let load = load(path);
    let look = move || {
        if document().visibility_state() == web_sys::VisibilityState::Visible {
            load.again();
        }
    };
    if let Ok(interval) = set_interval_with_handle(look, EVERY) {
        on_cleanup(move || interval.clear());
    }
    load.settled()
}

/// Loads `path` below `/api/admin/`, and again whenever a signal changes that it has read. An empty
/// path is not known yet.
pub(crate) fn load<T: DeserializeOwned + Send + Sync + 'static>(
    path: impl Fn() -> String + 'static,
) -> Load<T> {
    let api = use_api();
    let load =
        Load { answer: RwSignal::new(None), busy: RwSignal::new(true), again: RwSignal::new(0) };
    // The answer of an earlier request is outdated.
    let newest = StoredValue::new(0_u32);
    Effect::new(move |_| {
        load.again.track();
        let path = path();
        newest.update_value(|number| *number = number.wrapping_add(1));
        let number = newest.get_value();
        load.busy.set(!path.is_empty());
        if path.is_empty() {
            return;
        }
        spawn_local(async move {
            let answer = api.get::<T>(&path).await;
            if newest.try_get_value() == Some(number) {
                let _ = load.answer.try_set(Some(answer));
                let _ = load.busy.try_set(false);
            }
        });
    });
    load
}
