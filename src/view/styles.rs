//! Choosing a style, where the model has styles: a grid of names, with a search once there are many.

use leptos::prelude::*;

use super::Ui;
use crate::locale::Word;

/// With more styles than this, there is a search.
const SEARCH_FROM: usize = 12;

pub(super) fn styles(ui: Ui) -> AnyView {
    let session = ui.session;
    let model = Memo::new(move |_| session.model());
    let group = move || {
        let styles = model.get().map(|model| model.styles).unwrap_or_default();
        if styles.is_empty() {
            return ().into_any();
        }
        let search = RwSignal::new(String::new());
        let matches = move |name: &str| {
            search.with(|search| name.to_lowercase().contains(&search.trim().to_lowercase()))
        };
        let names: Vec<_> = styles.iter().map(|style| style.name.clone()).collect();
        let nothing = move || !names.iter().any(|name| matches(name));
        let many = styles.len() > SEARCH_FROM;
        let all = styles.iter().map(|style| {
            let name = style.name.to_string();
            let shown = {
                let name = name.clone();
                move || matches(&name)
            };
            choice(ui, style.value.to_string(), name, shown)
        });
        view! {
            <fieldset class="styles" role="radiogroup">
                <legend>{ui.say(Word::Style)}</legend>
                {many.then(|| view! {
                    <input
                        type="search"
                        class="find"
                        aria-label=ui.say(Word::FindStyle)
                        placeholder=ui.say(Word::FindStyle)
                        on:input=move |event| search.set(event_target_value(&event))
                    />
                })}
                <div class="swatches">
                    {choice(ui, String::new(), ui.say(Word::NoStyle), || true)}
                    {all.collect_view()}
                </div>
                <p class="fine" hidden=move || !nothing()>{ui.say(Word::NoSuchStyle)}</p>
            </fieldset>
        }
        .into_any()
    };
    view! { <div class="styles-place">{group}</div> }.into_any()
}

fn choice(
    ui: Ui,
    value: String,
    name: String,
    shown: impl Fn() -> bool + Send + 'static,
) -> AnyView {
    let style = ui.session.draft.style;
    let chosen = {
        let value = value.clone();
        move || style.with(|style| *style == value)
    };
    // A chosen style never hides: a radio that nobody sees would be sent.
    let hidden = {
        let chosen = chosen.clone();
        move || !chosen() && !shown()
    };
    view! {
        <label class="swatch" part="style" hidden=hidden>
            <input
                type="radio"
                name="style"
                value=value.clone()
                prop:checked=chosen
                on:change=move |_| style.set(value.clone())
            />
            <span>{name}</span>
        </label>
    }
    .into_any()
}
