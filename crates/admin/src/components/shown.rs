//! A value that is loaded: a loading indicator, an error, or the value.

use leptos::prelude::*;

use crate::api::ApiError;
use crate::load::Load;
use crate::texts::use_texts;
use crate::words as w;

/// The loaded value, in a view. It stays visible while it is reloaded.
pub(crate) fn shown<T: Clone + Send + Sync + 'static>(
    load: Load<T>,
    view: impl Fn(T) -> AnyView + Send + Sync + 'static,
) -> AnyView {
    let texts = use_texts();
    let content = move || match load.answer.get() {
        None => ().into_any(),
        Some(Ok(value)) => view(value),
        Some(Err(error)) => view! {
            <div class="failed">
                <ErrorText error=error />
                <button type="button" on:click=move |_| load.again()>
                    {texts.text(w::TRY_AGAIN)}
                </button>
            </div>
        }
        .into_any(),
    };
    view! {
        <div class="shown" aria-busy=move || load.busy.get().to_string()>
            <Busy busy=load.busy />
            {content}
        </div>
    }
    .into_any()
}

/// The loading indicator. It appears after a moment.
#[component]
pub(crate) fn Busy(
    /// Whether it is.
    busy: RwSignal<bool>,
) -> impl IntoView {
    let texts = use_texts();
    view! {
        <Show when=move || busy.get()>
            <div class="busy" role="progressbar" aria-label=texts.text(w::LOADING)></div>
        </Show>
    }
}

/// An error, as a sentence that screen readers announce at once.
#[component]
pub(crate) fn ErrorText(
    /// What went wrong.
    error: ApiError,
) -> impl IntoView {
    let texts = use_texts();
    view! {
        <p class="error" role="alert" dir="auto">
            {texts.error(&error)}
        </p>
    }
}
