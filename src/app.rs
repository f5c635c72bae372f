//! The whole studio, as Leptos mounts it: provides what components take out of the context, and lays
//! them out. The views show signals and call functions; they decide nothing.

use leptos::prelude::*;

use crate::components::erased::{Erase, effect};
use crate::components::history_gallery::HistoryGallery;
use crate::components::landmarks::Landmarks;
use crate::components::prompt_form::PromptForm;
use crate::components::result_panel::ResultPanel;
use crate::components::texts::Texts;
use crate::components::thumbnail::KeptPictures;
use crate::session::Session;

/// The studio: empty until it is known what it shows.
#[component]
pub(crate) fn App(
    /// What it shows, and what it calls.
    session: Session,
) -> impl IntoView {
    let locale = session.locale.get_value();
    let (language, direction) = (locale.tag.clone(), locale.direction());
    provide_context(session);
    provide_context(Texts::new(locale));
    provide_context(Landmarks::new());
    provide_context(KeptPictures::new());
    let unknown = session.unknown;
    effect(move || {
        if unknown.get() != 0 {
            session.lose_patience();
        }
    });
    view! {
        <div class="studio" part="studio" lang=language dir=direction>
            <Show when=move || unknown.get() == 0>
                <Layout />
            </Show>
        </div>
    }
    .erased()
}

/// What the studio is made of. Tells the page once it stands.
#[component]
fn Layout() -> impl IntoView {
    let session = expect_context::<Session>();
    effect(move || session.stands());
    view! {
        <div class="desk">
            <PromptForm />
            <ResultPanel />
        </div>
        <HistoryGallery />
    }
}
