//! Composing: the sentence, the model, the style, what it costs, and the button.

use ai_now_protocol::MediaKind;
use leptos::prelude::*;
use wasm_bindgen::prelude::*;
use web_sys::KeyboardEvent;

use super::dom::{El, button, el, is_checked, value_of};
use super::{Ui, models, stage, styles};
use crate::api_error::ApiError;
use crate::browser;
use crate::i18n::Word;
use crate::session::Door;

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
pub(super) fn sentence(ui: Ui, trouble: &ApiError) -> String {
    let offline = !browser::window().navigator().on_line();
    match trouble {
        ApiError::Unreachable if offline => ui.say(Word::Offline),
        _ => ui.session.locale.with_value(|locale| locale.trouble(trouble)),
    }
}

pub(super) fn form(ui: Ui) -> El {
    let session = ui.session;
    let draft = session.draft;
    let field = el("textarea", "")
        .part("prompt")
        .attr("id", "prompt")
        .attr("rows", "3")
        .attr("dir", "auto")
        .attr("autocomplete", "off")
        .attr("aria-describedby", "chars why")
        .live_prop("value", move || draft.prompt.get().into())
        .on("input", move |event| {
            draft.prompt.set(value_of(&event));
            session.refusal.set(None);
        });
    let submit = {
        let field = field.clone();
        move || {
            if untrack(|| hindrance(ui)).is_some() {
                return;
            }
            if draft.prompt.with_untracked(|prompt| prompt.trim().is_empty()) {
                session.refusal.set(Some(ApiError::Refused(ui.say(Word::NeedPrompt))));
                field.focus();
                return;
            }
            session.generate();
            stage::look_at(&field);
        }
    };
    let field = {
        let submit = submit.clone();
        field.on("keydown", move |event| {
            let key: &KeyboardEvent = event.unchecked_ref();
            if key.key() == "Enter" && (key.ctrl_key() || key.meta_key()) {
                event.prevent_default();
                submit();
            }
        })
    };
    let question = el("label", "question").attr("for", "prompt").text(&ui.say(Word::PromptLabel));
    el("form", "compose")
        .part("compose")
        .on("submit", move |event| {
            event.prevent_default();
            submit();
        })
        .add(el("div", "prompt").add(question).add(field).add(counter(ui)))
        .add(examples(ui))
        .add(models::models(ui))
        .add(styles::styles(ui))
        .add_some(session.is_direct().then(|| api_key(ui)))
        .add(bar(ui))
}

fn counter(ui: Ui) -> El {
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
    el("p", "chars")
        .live_class("over", move || numbers().0 > numbers().1)
        .add(el("span", "").attr("aria-hidden", "true").attr("dir", "ltr").live_text(shown))
        .add(el("span", "unseen").attr("id", "chars").live_text(spoken))
}

fn examples(ui: Ui) -> El {
    let draft = ui.session.draft;
    let music =
        Memo::new(move |_| ui.session.model().is_some_and(|model| model.kind == MediaKind::Audio));
    let chips = move || {
        let words = if music.get() {
            [Word::ExampleMusic1, Word::ExampleMusic2, Word::ExampleMusic3]
        } else {
            [Word::ExampleScene1, Word::ExampleScene2, Word::ExampleScene3]
        };
        let row = el("div", "chips");
        Some(words.into_iter().fold(row, |row, word| {
            let use_it = move || draft.prompt.set(ui.say(word));
            row.add(button("chip").text(&ui.say(word)).click(use_it))
        }))
    };
    el("div", "examples")
        .attr("role", "group")
        .label(&ui.say(Word::Examples))
        .live_hidden(move || draft.prompt.with(|prompt| !prompt.is_empty()))
        .live(chips)
}

fn api_key(ui: Ui) -> El {
    let session = ui.session;
    let (key, remember) = (session.draft.api_key, session.draft.remember_key);
    let field = el("input", "")
        .attr("id", "api-key")
        .attr("type", "password")
        .attr("autocomplete", "off")
        .attr("aria-describedby", "api-key-kept")
        .live_prop("value", move || key.get().into())
        .on("input", move |event| {
            key.set(value_of(&event).trim().to_owned());
            session.keep_key();
        });
    let tick = el("input", "")
        .attr("type", "checkbox")
        .live_prop("checked", move || remember.get().into())
        .on("change", move |event| {
            remember.set(is_checked(&event));
            session.keep_key();
        });
    el("div", "api-key")
        .add(el("label", "").attr("for", "api-key").text(&ui.say(Word::ApiKey)))
        .add(field)
        .add(el("label", "remember").add(tick).text(&ui.say(Word::RememberKey)))
        .add(el("p", "fine").attr("id", "api-key-kept").text(&ui.say(Word::ApiKeyKept)))
}

/// What it costs, what there is, why not, and the button.
fn bar(ui: Ui) -> El {
    let session = ui.session;
    let why = Memo::new(move |_| hindrance(ui).unwrap_or_default());
    let costs = move || {
        if session.is_demo() {
            return ui.say(Word::Demo);
        }
        let price = session.model().map(|model| ui.tokens(model.price_tokens.into()));
        price.map_or_else(String::new, |tokens| ui.fill(Word::Costs, &[("tokens", &tokens)]))
    };
    let balance = move || {
        let tokens = session.balance.get().map(|balance| ui.tokens(balance.available));
        tokens.map_or_else(String::new, |tokens| ui.fill(Word::Balance, &[("tokens", &tokens)]))
    };
    let generate = el("button", "primary")
        .part("generate")
        .attr("type", "submit")
        .attr("aria-describedby", "why")
        .attr("aria-keyshortcuts", "Control+Enter Meta+Enter")
        .live_state("aria-disabled", move || why.with(|why| !why.is_empty()))
        .text(&ui.say(Word::Generate));
    let refusal = move || {
        let trouble = session.refusal.get()?;
        Some(el("p", "").text(&sentence(ui, &trouble)))
    };
    let price = el("p", "price")
        .add(el("strong", "").live_text(costs))
        .add(el("span", "balance").live_text(balance));
    el("div", "bar")
        .add(price)
        .add(generate)
        .add(el("p", "why").attr("id", "why").attr("role", "status").live_text(move || why.get()))
        .add(el("div", "refusal").attr("role", "alert").live(refusal))
}
