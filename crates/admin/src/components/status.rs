//! The status line: what was done, if nothing else shows it, also for screen readers.

use leptos::prelude::*;

/// The page's one status line.
#[derive(Clone, Copy)]
pub(crate) struct Status {
    text: RwSignal<String>,
    is_trouble: RwSignal<bool>,
}

/// The line that the context has.
pub(crate) fn use_status() -> Status {
    expect_context()
}

impl Status {
    /// An empty line.
    pub(crate) fn new() -> Self {
        Self { text: RwSignal::new(String::new()), is_trouble: RwSignal::new(false) }
    }

    /// Shows that something was done.
    pub(crate) fn report(self, text: impl Into<String>) {
        self.say(text.into(), false);
    }

    /// Shows an error.
    pub(crate) fn warn(self, text: impl Into<String>) {
        self.say(text.into(), true);
    }

    fn say(self, text: String, is_trouble: bool) {
        let _ = (self.is_trouble.try_set(is_trouble), self.text.try_set(text));
    }
}

/// The line.
#[component]
pub(crate) fn StatusLine() -> impl IntoView {
    let Status { text, is_trouble } = use_status();
    view! {
        <p class="status" class:error=move || is_trouble.get() role="status" dir="auto">
            {move || text.get()}
        </p>
    }
}
