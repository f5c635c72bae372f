//! The fields of forms. Each has a label, and a hint where one helps.

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicU32, Ordering};

use leptos::prelude::*;
use serde_json::Value;

use crate::texts::use_texts;
use crate::words::Word;

/// An id that is unique on the page.
pub(crate) fn unique_id() -> String {
    static NEXT: AtomicU32 = AtomicU32::new(0);
    format!("f{}", NEXT.fetch_add(1, Ordering::Relaxed))
}

/// A field for one line, in what a form keeps of it.
#[component]
pub(crate) fn Field(
    /// Its name.
    label: Word,
    /// What is in it.
    value: RwSignal<String>,
    /// Its hint.
    #[prop(optional, into)]
    hint: Option<Word>,
    /// The `type` of the input.
    #[prop(default = "text")]
    kind: &'static str,
    /// Whether it is required.
    #[prop(optional)]
    required: bool,
    /// The minimum.
    #[prop(optional, into)]
    min: Option<&'static str>,
    /// The longest text, in characters.
    #[prop(optional, into)]
    max_chars: Option<&'static str>,
) -> impl IntoView {
    labelled(label, hint, |id, hint_id| {
        view! {
            <input
                id=id
                type=kind
                required=required
                min=min
                maxlength=max_chars
                autocomplete="off"
                spellcheck="false"
                dir="auto"
                aria-describedby=hint_id
                prop:value=move || value.get()
                on:input=move |event| value.set(event_target_value(&event))
            />
        }
        .into_any()
    })
}

/// A field for several lines.
#[component]
pub(crate) fn Lines(
    /// Its name.
    label: Word,
    /// What is in it.
    value: RwSignal<String>,
    /// Its hint.
    #[prop(optional, into)]
    hint: Option<Word>,
    /// Whether it is required.
    #[prop(optional)]
    required: bool,
) -> impl IntoView {
    labelled(label, hint, |id, hint_id| {
        view! {
            <textarea
                id=id
                rows="3"
                required=required
                spellcheck="false"
                dir="auto"
                aria-describedby=hint_id
                prop:value=move || value.get()
                on:input=move |event| value.set(event_target_value(&event))
            ></textarea>
        }
        .into_any()
    })
}

/// A choice among a few things: what each is in the form, and what it is called.
#[component]
pub(crate) fn Select(
    /// Its name.
    label: Word,
    /// What is chosen.
    value: RwSignal<String>,
    /// What there is to choose from. Follows it.
    choices: Signal<Vec<(String, String)>>,
) -> impl IntoView {
    let options = move || {
        let option = |(choice, name): (String, String)| {
            let is_chosen = {
                let choice = choice.clone();
                move || value.get() == choice
            };
            view! {
                <option value=choice prop:selected=is_chosen>
                    {name}
                </option>
            }
        };
        choices.get().into_iter().map(option).collect_view()
    };
    labelled(label, None, |id, _| {
        view! {
            <select id=id on:change=move |event| value.set(event_target_value(&event))>
                {options}
            </select>
        }
        .into_any()
    })
}

/// A box to tick.
#[component]
pub(crate) fn Tick(
    /// Its name.
    label: String,
    /// Whether it is ticked.
    value: RwSignal<bool>,
) -> impl IntoView {
    view! {
        <label class="tick">
            <input
                type="checkbox"
                prop:checked=move || value.get()
                on:change=move |event| value.set(event_target_checked(&event))
            />
            <span>{label}</span>
        </label>
    }
    .into_any()
}

/// Boxes to tick, one for each name.
#[component]
pub(crate) fn Choices(
    /// The names.
    names: BTreeSet<String>,
    /// Those that are ticked.
    chosen: RwSignal<BTreeSet<String>>,
) -> impl IntoView {
    let choice = |name: String| {
        let is_ticked = chosen.with_untracked(|chosen| chosen.contains(&name));
        let label = name.clone();
        let ticked = RwSignal::new(is_ticked);
        Effect::new(move |_| {
            let ticked = ticked.get();
            chosen.update(|chosen| {
                if ticked {
                    chosen.insert(name.clone());
                } else {
                    chosen.remove(&name);
                }
            });
        });
        view! { <Tick label=label value=ticked /> }
    };
    view! { {names.into_iter().map(choice).collect_view()} }.into_any()
}

/// The whole number of a field; `null` where it is empty.
pub(crate) fn whole(field: RwSignal<String>) -> Value {
    field.with_untracked(|text| text.trim().parse::<u64>().map_or(Value::Null, Value::from))
}

/// A control with its label, and a hint where one helps. It is told its id, and the hint's.
fn labelled(
    label: Word,
    hint: Option<Word>,
    control: impl FnOnce(String, Option<String>) -> AnyView,
) -> AnyView {
    let texts = use_texts();
    let id = unique_id();
    let hint_id = hint.map(|_| [&id, "-hint"].concat());
    let hint = hint.zip(hint_id.clone()).map(|(hint, id)| {
        view! {
            <p class="hint" id=id>
                {texts.text(hint)}
            </p>
        }
    });
    let control = control(id.clone(), hint_id);
    view! {
        <div class="field">
            <label for=id>{texts.text(label)}</label>
            {control}
            {hint}
        </div>
    }
    .into_any()
}
