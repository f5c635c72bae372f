//! Composing: the sentence, the model, the style, what it costs, and the button.

use ai_now_protocol::MediaKind;
use leptos::prelude::*;
use leptos::{ev, html};

use super::icon::{DELETE, icon};
use super::{Ui, models, styles};
use crate::browser;
use crate::locale::Word;
use crate::session::Door;
use crate::trouble::Trouble;

/// Why the button would do nothing, if so.
fn hindrance(ui: Ui) -> Option<String> {
    let session = ui.session;
    match session.door.get() {
        Door::Opening => return Some(ui.say(Word::Connecting)),
        Door::Shut(trouble) => return Some(sentence(ui, &trouble)),
        Door::Open => {}
    }
    if session.is_direct() && session.draft.api_key.with(|key| key.trim().is_empty()) {
        return Some(ui.say(Word::NeedKey));
    }
    let model = session.model()?;
    let chars = session.draft.prompt.with(|prompt| prompt.trim().chars().count());
    let over = chars.saturating_sub(model.prompt_max_chars as usize);
    if over > 0 {
        return Some(ui.count(Word::TooLong, u32::try_from(over).unwrap_or(u32::MAX)));
    }
    let available = session.balance.get()?.available;
    (available < u64::from(model.price_tokens)).then(|| {
        let price = ui.tokens(model.price_tokens.into());
        let balance = ui.tokens(available);
        ui.fill(Word::TooFew, &[("price", &price), ("balance", &balance)])
    })
}

/// What a trouble means, as a sentence. The gateway's own words go first.
pub(super) fn sentence(ui: Ui, trouble: &Trouble) -> String {
    let offline = !browser::window().navigator().on_line();
    match trouble {
        Trouble::Unreachable if offline => ui.say(Word::Offline),
        _ => ui.session.locale.with_value(|locale| locale.trouble(trouble)),
    }
}

pub(super) fn form(ui: Ui) -> AnyView {
    let session = ui.session;
    let draft = session.draft;
    let field = NodeRef::<html::Textarea>::new();
    let submit = move || {
        if untrack(|| hindrance(ui)).is_some() {
            return;
        }
        if draft.prompt.with_untracked(|prompt| prompt.trim().is_empty()) {
            session.refusal.set(Some(Trouble::Refused(ui.say(Word::NeedPrompt))));
            if let Some(field) = field.get_untracked() {
                // It is in the document; where it can't take the focus, the alert says the same.
                let _ = field.focus();
            }
            return;
        }
        session.generate();
    };
    let keys = move |event: ev::KeyboardEvent| {
        if event.key() == "Enter" && (event.ctrl_key() || event.meta_key()) {
            event.prevent_default();
            submit();
        }
    };
    view! {
        <form
            class="compose"
            part="compose"
            on:submit=move |event| {
                event.prevent_default();
                submit();
            }
        >
            <div class="prompt">
                <label class="question" for="prompt">{ui.say(Word::PromptLabel)}</label>
                <textarea
                    id="prompt"
                    part="prompt"
                    rows="3"
                    dir="auto"
                    autocomplete="off"
                    aria-describedby="chars why"
                    node_ref=field
                    prop:value=move || draft.prompt.get()
                    on:input=move |event| {
                        draft.prompt.set(event_target_value(&event));
                        session.refusal.set(None);
                    }
                    on:keydown=keys
                ></textarea>
                {counter(ui)}
            </div>
            {examples(ui)}
            {models::models(ui)}
            {styles::styles(ui)}
            {api_key(ui)}
            {bar(ui)}
        </form>
    }
    .into_any()
}

fn counter(ui: Ui) -> AnyView {
    let numbers = move || {
        let used = ui.session.draft.prompt.with(|prompt| prompt.trim().chars().count());
        let max = ui.session.model().map_or(0, |model| model.prompt_max_chars as usize);
        (used, max)
    };
    let spoken = move || {
        let (used, max) = numbers();
        ui.fill(Word::CharsOf, &[("used", &ui.number(used)), ("max", &ui.number(max))])
    };
    let shown = move || {
        let (used, max) = numbers();
        [&ui.number(used), " / ", &ui.number(max)].concat()
    };
    let over = move || numbers().0 > numbers().1;
    view! {
        <p class="chars" class:over=over>
            <span aria-hidden="true">{shown}</span>
            <span id="chars" class="unseen">{spoken}</span>
        </p>
    }
    .into_any()
}

fn examples(ui: Ui) -> AnyView {
    let draft = ui.session.draft;
    let kind = Memo::new(move |_| ui.session.model().map(|model| model.kind));
    let buttons = move || {
        let words = if kind.get() == Some(MediaKind::Audio) {
            [Word::ExampleMusic1, Word::ExampleMusic2, Word::ExampleMusic3]
        } else {
            [Word::ExampleScene1, Word::ExampleScene2, Word::ExampleScene3]
        };
        words.map(|word| {
            let text = ui.say(word);
            let prompt = text.clone();
            view! {
                <button type="button" class="chip" on:click=move |_| draft.prompt.set(prompt.clone())>
                    {text}
                </button>
            }
        })
        .collect_view()
    };
    view! {
        <div
            class="examples"
            role="group"
            aria-label=ui.say(Word::Examples)
            hidden=move || draft.prompt.with(|prompt| !prompt.is_empty())
        >
            {buttons}
        </div>
    }
    .into_any()
}

fn api_key(ui: Ui) -> AnyView {
    let session = ui.session;
    let (key, remember) = (session.draft.api_key, session.draft.remember_key);
    if !ui.session.is_direct() {
        return ().into_any();
    }
    view! {
        <div class="api-key">
            <label for="api-key">{ui.say(Word::ApiKey)}</label>
            <input
                id="api-key"
                type="password"
                autocomplete="off"
                aria-describedby="api-key-kept"
                prop:value=move || key.get()
                on:input=move |event| {
                    key.set(event_target_value(&event).trim().to_owned());
                    session.keep_key();
                }
            />
            <label class="remember">
                <input
                    type="checkbox"
                    prop:checked=move || remember.get()
                    on:change=move |event| {
                        remember.set(event_target_checked(&event));
                        session.keep_key();
                    }
                />
                {ui.say(Word::RememberKey)}
            </label>
            <p id="api-key-kept" class="fine">{ui.say(Word::ApiKeyKept)}</p>
        </div>
    }
    .into_any()
}

/// What it costs, what there is, why not, and the button.
fn bar(ui: Ui) -> AnyView {
    let session = ui.session;
    let why = Memo::new(move |_| hindrance(ui));
    let costs = move || {
        if session.is_demo() {
            return Some(ui.say(Word::Demo));
        }
        let price = session.model().map(|model| ui.tokens(model.price_tokens.into()));
        price.map(|tokens| ui.fill(Word::Costs, &[("tokens", &tokens)]))
    };
    let balance = move || {
        let tokens = session.balance.get().map(|balance| ui.tokens(balance.available));
        tokens.map(|tokens| ui.fill(Word::Balance, &[("tokens", &tokens)]))
    };
    let refusal = move || session.refusal.get().map(|trouble| sentence(ui, &trouble));
    view! {
        <div class="bar">
            <p class="price">
                <strong>{costs}</strong>
                <span class="balance">{balance}</span>
            </p>
            <button
                type="submit"
                class="primary"
                part="generate"
                aria-disabled=move || why.get().is_some().to_string()
                aria-describedby="why"
                aria-keyshortcuts="Control+Enter Meta+Enter"
            >
                {ui.say(Word::Generate)}
            </button>
            <p id="why" class="why" role="status">{move || why.get()}</p>
            <div role="alert" class="refusal">
                {move || {
                    refusal().map(|text| view! {
                        <p>{text}</p>
                    })
                }}
            </div>
        </div>
    }
    .into_any()
}

/// A button that is only a picture.
pub(super) fn icon_button(
    name: impl Fn() -> String + Send + 'static,
    path: &'static str,
    act: impl Fn() + Send + 'static,
) -> AnyView {
    let name = StoredValue::new_local(Box::new(name) as Box<dyn Fn() -> String>);
    let name = move || name.with_value(|name| name());
    view! {
        <button type="button" class="round" aria-label=name title=name on:click=move |_| act()>
            {icon(path)}
        </button>
    }
    .into_any()
}

/// The button that takes something away.
pub(super) fn delete_button(name: String, act: impl Fn() + Send + 'static) -> AnyView {
    icon_button(move || name.clone(), DELETE, act)
}
