//! The options of a model: a field for each, by the option's kind. The advanced ones are folded
//! away.

use ai_now_protocol::options::{IMAGE, Range, SEED, STYLE, TextLimit, Unit};
use ai_now_protocol::{ModelOption, OptionKind, Scalar};
use leptos::prelude::*;

use super::erased::{Erase, Erased, handler, live, memo};
use super::picture_field::PictureField;
use crate::config::Mode;
use crate::i18n::Word;
use crate::state::draft::Draft;
use crate::state::page::Page;
use crate::texts::{Texts, use_texts};

/// The fields of the chosen model's options; empty if it has none, and for servers with only the
/// documented API.
#[component]
pub(crate) fn OptionFields() -> impl IntoView {
    let draft = expect_context::<Draft>();
    let page = expect_context::<Page>();
    // Depends on the options only: a changed provider status changes no field.
    let options = memo(move || {
        let model = draft.model().filter(|_| page.mode() != Mode::Direct)?;
        let shown = model.options.iter().filter(|option| is_shown(option, page.mode()));
        Some(shown.cloned().collect::<Vec<_>>())
    });
    let groups = move || {
        let options = options.get().filter(|options| !options.is_empty())?;
        Some(view! { <OptionGroups options /> }.erased())
    };
    view! { <div class="options-place">{live(groups)}</div> }.erased()
}

/// The style has a picker of its own. In demo mode pictures can't be uploaded, and a seed is drawn
/// for each file and stored with it.
fn is_shown(option: &ModelOption, mode: Mode) -> bool {
    option.id != STYLE && (mode != Mode::Demo || !matches!(&*option.id, IMAGE | SEED))
}

/// The common options, then the advanced ones in a disclosure.
#[component]
fn OptionGroups(
    /// The options, in order.
    options: Vec<ModelOption>,
) -> impl IntoView {
    let texts = use_texts();
    let (advanced, common): (Vec<_>, Vec<_>) =
        options.into_iter().partition(|option| option.advanced);
    let fields = |options: Vec<ModelOption>| -> Vec<Erased> {
        options.into_iter().map(|option| view! { <OptionField option /> }.erased()).collect()
    };
    let more = (!advanced.is_empty()).then(|| {
        view! {
            <details class="more">
                <summary>{texts.text(Word::MoreOptions)}</summary>
                <div class="options">{fields(advanced)}</div>
            </details>
        }
        .erased()
    });
    view! {
        <fieldset class="option-groups" part="options">
            <legend>{texts.text(Word::Options)}</legend>
            <div class="options">{fields(common)}</div>
            {more}
        </fieldset>
    }
    .erased()
}

/// One option, with its label.
#[component]
fn OptionField(
    /// The option.
    option: ModelOption,
) -> impl IntoView {
    let texts = use_texts();
    let id = ["option-", &option.id].concat();
    let label = label(texts, &option);
    let option_id = option.id.to_string();
    let field = match &option.kind {
        OptionKind::Choice(_) => view! { <ChoiceField option id=id.clone() /> }.erased(),
        OptionKind::Integer(range) => {
            let range = *range;
            view! { <IntegerField option range id=id.clone() /> }.erased()
        }
        OptionKind::Flag => view! { <FlagField option id=id.clone() /> }.erased(),
        OptionKind::Text(TextLimit { max_chars }) => {
            let max_chars = *max_chars;
            view! { <TextField option max_chars id=id.clone() /> }.erased()
        }
        OptionKind::Picture => view! { <PictureField option id=id.clone() /> }.erased(),
    };
    view! {
        <div class="option" data-option=option_id>
            <label for=id>{label}</label>
            {field}
        </div>
    }
    .erased()
}

/// What an option is called.
fn label(texts: Texts, option: &ModelOption) -> String {
    let name = option.name.to_string();
    match &option.kind {
        OptionKind::Integer(Range { unit: Some(Unit::Seconds), .. }) => {
            texts.fill(Word::InSeconds, &[("name", &name)])
        }
        _ => name,
    }
}

/// The chosen value of an option, as a text; empty if there is none.
fn chosen(draft: Draft, id: &str) -> String {
    draft.options.with(|options| options.get(id).map_or_else(String::new, ToString::to_string))
}

/// One of several texts.
#[component]
fn ChoiceField(
    /// The option.
    option: ModelOption,
    /// The element's id.
    id: String,
) -> impl IntoView {
    let draft = expect_context::<Draft>();
    let default = option.default.as_ref().map_or_else(String::new, ToString::to_string);
    let choices = option.choices().iter().map(|choice| {
        let (value, name) = (choice.value.to_string(), choice.name.to_string());
        view! { <option value=value>{name}</option> }.erased()
    });
    let choices: Vec<Erased> = choices.collect();
    // Without a default, the provider decides.
    let none = default.is_empty().then(|| view! { <option value="">"–"</option> }.erased());
    let option = StoredValue::new(option);
    let value = move || {
        let chosen = option.with_value(|option| chosen(draft, &option.id));
        if chosen.is_empty() { default.clone() } else { chosen }
    };
    view! {
        <select
            id=id
            prop:value=live(value)
            on:change=handler(move |event| {
                let value = event_target_value(&event);
                let value = (!value.is_empty()).then(|| Scalar::from(value));
                // A field that is taken away while it has the focus tells of its change once more.
                option.try_with_value(|option| draft.set_option(option, value));
            })
        >
            {none}
            {choices}
        </select>
    }
    .erased()
}

/// An integer. An invalid input is kept: the form says why it can't be sent.
#[component]
fn IntegerField(
    /// The option.
    option: ModelOption,
    /// Its range.
    range: Range,
    /// The element's id.
    id: String,
) -> impl IntoView {
    let draft = expect_context::<Draft>();
    let placeholder = option.default.as_ref().map_or_else(|| "–".to_owned(), ToString::to_string);
    let option = StoredValue::new(option);
    view! {
        <input
            id=id
            type="number"
            inputmode="numeric"
            min=range.min.to_string()
            max=range.max.to_string()
            step=range.step.to_string()
            placeholder=placeholder
            prop:value=live(move || option.with_value(|option| chosen(draft, &option.id)))
            on:change=handler(move |event| {
                let typed = event_target_value(&event);
                let number = typed.parse::<i64>().map(Scalar::from);
                let value = number.unwrap_or_else(|_| Scalar::from(typed.clone()));
                let value = Some(value).filter(|_| !typed.is_empty());
                option.try_with_value(|option| draft.set_option(option, value));
            })
        />
    }
    .erased()
}

/// A flag.
#[component]
fn FlagField(
    /// The option.
    option: ModelOption,
    /// The element's id.
    id: String,
) -> impl IntoView {
    let draft = expect_context::<Draft>();
    let default = option.default.as_ref().and_then(Scalar::as_flag).unwrap_or(false);
    let option = StoredValue::new(option);
    let checked = move || {
        let chosen = |option: &ModelOption| {
            draft.options.with(|options| options.get(&option.id).and_then(Scalar::as_flag))
        };
        option.with_value(chosen).unwrap_or(default)
    };
    view! {
        <input
            id=id
            type="checkbox"
            prop:checked=live(checked)
            on:change=handler(move |event| {
                let value = Some(Scalar::from(event_target_checked(&event)));
                option.try_with_value(|option| draft.set_option(option, value));
            })
        />
    }
    .erased()
}

/// A text of several lines.
#[component]
fn TextField(
    /// The option.
    option: ModelOption,
    /// The longest that it takes.
    max_chars: u32,
    /// The element's id.
    id: String,
) -> impl IntoView {
    let draft = expect_context::<Draft>();
    let option = StoredValue::new(option);
    view! {
        <textarea
            id=id
            class="option-text"
            rows="2"
            dir="auto"
            autocomplete="off"
            maxlength=max_chars.to_string()
            prop:value=live(move || option.with_value(|option| chosen(draft, &option.id)))
            on:input=handler(move |event| {
                let value = event_target_value(&event);
                let value = (!value.trim().is_empty()).then(|| Scalar::from(value));
                option.try_with_value(|option| draft.set_option(option, value));
            })
        />
    }
    .erased()
}
