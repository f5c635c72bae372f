//! The settings as they hold, to look at. What may be secret is not among them.

use leptos::prelude::*;

use crate::answers::AdminSettings;
use crate::components::field::Field;
use crate::components::shown::shown;
use crate::components::table::{Table, cell, facts, foreign};
use crate::load::{Load, load};
use crate::settings_rows::rows;
use crate::texts::use_texts;
use crate::words as w;

/// The page.
#[component]
pub(crate) fn Settings() -> impl IntoView {
    let texts = use_texts();
    let settings: Load<AdminSettings> = load(|| "settings".to_owned());
    let search = RwSignal::new(String::new());
    let list = shown(settings, move |known: AdminSettings| {
        let all = rows(&known.settings);
        let table = move || {
            let wanted = search.get().trim().to_lowercase();
            let fits = |name: &str| name.to_lowercase().contains(&wanted);
            let rows = all.iter().filter(|(name, _)| fits(name));
            let rows =
                rows.map(|(name, value)| vec![foreign(name.clone()), foreign(value.clone())]);
            let columns = vec![(w::SETTING, false), (w::VALUE_OF_SETTING, false)];
            let rows = rows.collect();
            view! { <Table caption=w::SETTINGS columns=columns rows=rows empty=w::NOTHING_FOUND /> }
        };
        view! {
            {facts(vec![(w::VERSION, cell(known.version))])}
            {table}
        }
        .into_any()
    });
    view! {
        <p class="hint">{texts.text(w::SETTINGS_HINT)}</p>
        <div class="filters">
            <Field label=w::SEARCH_SETTINGS value=search kind="search" />
        </div>
        {list}
    }
    .into_any()
}
