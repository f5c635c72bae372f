//! The whole studio, as Leptos mounts it: provides what components take out of the context, and lays
//! them out. The views show signals and call functions; they decide nothing.

use leptos::prelude::*;

use crate::components::erased::Erase;
use crate::components::history_gallery::HistoryGallery;
use crate::components::landmarks::Landmarks;
use crate::components::prompt_form::PromptForm;
use crate::components::result_panel::ResultPanel;
use crate::components::thumbnail::KeptPictures;
use crate::state::AppState;

/// The studio. It stands at once; what it has to ask for changes in place.
#[component]
pub(crate) fn App(
    /// What it shows, and what it calls.
    state: AppState,
) -> impl IntoView {
    let locale = state.page.locale();
    let (language, direction) = (locale.tag.clone(), locale.direction());
    state.provide();
    provide_context(Landmarks::new());
    provide_context(KeptPictures::new());
    view! {
        <div class="studio" part="studio" lang=language dir=direction>
            <div class="desk">
                <PromptForm />
                <ResultPanel />
            </div>
            <HistoryGallery />
        </div>
    }
    .erased()
}
