//! Choosing a style, if the model has any: a grid of pictures with names, with a search field if
//! there are many.

use ai_now_protocol::Model;
use leptos::prelude::*;

use super::erased::{Erase, Erased, handler, live, memo};
use super::icon::{Icon, NONE};
use super::search_field::SearchField;
use super::thumbnail::{CatalogPicture, escaped};
use crate::i18n::Word;
use crate::platform::browser;
use crate::state::draft::Draft;
use crate::texts::use_texts;

/// With more styles than this, there is a search field.
const SEARCH_FROM: usize = 12;

/// The styles of the chosen model; empty if it has none.
#[component]
pub(crate) fn StylePicker() -> impl IntoView {
    let draft = expect_context::<Draft>();
    let model = memo(move || draft.model());
    let choices = move || {
        let model = model.get().filter(|model| !model.styles().is_empty());
        model.map(|model| view! { <StyleChoices model /> }.erased())
    };
    view! { <div class="styles-place">{live(choices)}</div> }.erased()
}

/// The styles of a model.
#[component]
fn StyleChoices(
    /// The model.
    model: Model,
) -> impl IntoView {
    let texts = use_texts();
    let search = RwSignal::new(String::new());
    let names: Vec<String> =
        model.styles().iter().map(|style| browser::lower(&style.name)).collect();
    let found = move || search.with(|search| names.iter().any(|name| browser::holds(name, search)));
    let none = view! {
        <span class="none">
            <Icon path=NONE />
        </span>
    }
    .erased();
    let model_id = escaped(&model.id);
    let choices = model.styles().iter().map(|style| {
        let picture = ["styles/", &model_id, "-", &escaped(&style.value)].concat();
        let picture = view! { <CatalogPicture name=picture /> }.erased();
        let (value, name) = (style.value.to_string(), style.name.to_string());
        view! { <StyleChoice value name picture search /> }.erased()
    });
    view! {
        <fieldset class="styles" role="radiogroup">
            <legend>{texts.text(Word::Style)}</legend>
            {(model.styles().len() > SEARCH_FROM)
                .then(|| view! { <SearchField label=texts.text(Word::FindStyle) search /> })}
            <div class="swatches">
                <StyleChoice
                    value=String::new()
                    name=texts.text(Word::NoStyle)
                    picture=none
                    search
                />
                {choices.collect::<Vec<Erased>>()}
            </div>
            <p class="fine" hidden=live(found)>
                {texts.text(Word::NoSuchStyle)}
            </p>
        </fieldset>
    }
    .erased()
}

/// A style that can be chosen.
#[component]
fn StyleChoice(
    /// The style's value; empty: none.
    value: String,
    /// Its name.
    name: String,
    /// Its picture.
    picture: Erased,
    /// The search text.
    search: RwSignal<String>,
) -> impl IntoView {
    let style = expect_context::<Draft>().style;
    let lower_name = browser::lower(&name);
    let value = StoredValue::new(value);
    let chosen = move || style.with(|style| value.with_value(|value| style == value));
    // The chosen style is never filtered out: an invisible radio button would be sent.
    let hidden = move || !chosen() && search.with(|search| !browser::holds(&lower_name, search));
    view! {
        <label class="swatch" part="style" hidden=live(hidden)>
            <input
                type="radio"
                name="style"
                value=value.get_value()
                prop:checked=live(chosen)
                on:change=handler(move |_| style.set(value.get_value()))
            />
            {picture}
            <span class="name">{name}</span>
        </label>
    }
    .erased()
}
