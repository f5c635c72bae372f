//! Composing: the sentence, the model, the style, what it costs, and the button.

use ai_now_protocol::{MediaKind, Message};
use leptos::prelude::*;
use web_sys::{KeyboardEvent, SubmitEvent};

use super::api_key_field::ApiKeyField;
use super::erased::{Erase, Erased, handler, live};
use super::landmarks::use_landmarks;
use super::model_picker::ModelPicker;
use super::option_fields::OptionFields;
use super::style_picker::StylePicker;
use super::submit_bar::{SubmitBar, disabled_reason};
use crate::api_error::ApiError;
use crate::config::Mode;
use crate::i18n::Word;
use crate::state::draft::Draft;
use crate::state::generations::Generations;
use crate::state::page::Page;
use crate::texts::use_texts;

/// The form in which a generation is composed.
#[component]
pub(crate) fn PromptForm() -> impl IntoView {
    let draft = expect_context::<Draft>();
    let generations = expect_context::<Generations>();
    let page = expect_context::<Page>();
    let (texts, landmarks) = (use_texts(), use_landmarks());
    let (prompt, refusal) = (draft.prompt, generations.refusal);
    let stores = (page, expect_context(), expect_context(), draft);
    let disabled_reason = Memo::new(move |_| disabled_reason(stores, texts).unwrap_or_default());
    let submit = move || {
        if disabled_reason.with_untracked(|reason| !reason.is_empty()) {
            return;
        }
        if prompt.with_untracked(|prompt| prompt.trim().is_empty()) {
            refusal.set(Some(ApiError::Refused(Message::text(texts.text(Word::NeedPrompt)))));
            landmarks.prompt.focus();
            return;
        }
        generations.generate();
        landmarks.show_result_panel();
    };
    view! {
        <form
            class="compose"
            part="compose"
            on:submit=handler(move |event: SubmitEvent| {
                event.prevent_default();
                submit();
            })
        >
            <div class="prompt">
                <label class="question" for="prompt">
                    {texts.text(Word::PromptLabel)}
                </label>
                <textarea
                    node_ref=landmarks.prompt
                    part="prompt"
                    id="prompt"
                    rows="3"
                    dir="auto"
                    autocomplete="off"
                    aria-describedby="chars why"
                    prop:value=live(move || prompt.get())
                    on:input=handler(move |event| {
                        prompt.set(event_target_value(&event));
                        refusal.set(None);
                    })
                    on:keydown=handler(move |event: KeyboardEvent| {
                        if event.key() == "Enter" && (event.ctrl_key() || event.meta_key()) {
                            event.prevent_default();
                            submit();
                        }
                    })
                />
                <CharCounter />
            </div>
            <Examples />
            <ModelPicker />
            <StylePicker />
            <OptionFields />
            {(page.mode() == Mode::Direct).then(|| view! { <ApiKeyField /> }.erased())}
            <SubmitBar disabled_reason />
        </form>
    }
    .erased()
}

/// How long the prompt is, and may be.
#[component]
fn CharCounter() -> impl IntoView {
    let draft = expect_context::<Draft>();
    let texts = use_texts();
    let counts = move || {
        let used = draft.prompt.with(|prompt| prompt.trim().chars().count());
        (used, draft.model().map_or(0, |model| model.prompt_max_chars as usize))
    };
    let numbers = move || {
        let (used, max) = counts();
        (texts.number(used), texts.number(max))
    };
    let over = move || {
        let (used, max) = counts();
        used > max
    };
    let shown = move || {
        let (used, max) = numbers();
        [&used, " / ", &max].concat()
    };
    let spoken = move || {
        let (used, max) = numbers();
        texts.fill(Word::CharsOf, &[("used", &used), ("max", &max)])
    };
    view! {
        <p class="chars" class:over=live(over)>
            <span aria-hidden="true" dir="ltr">
                {live(shown)}
            </span>
            <span class="unseen" id="chars">
                {live(spoken)}
            </span>
        </p>
    }
    .erased()
}

/// Prompts to begin with, as long as the field is empty.
#[component]
fn Examples() -> impl IntoView {
    let draft = expect_context::<Draft>();
    let texts = use_texts();
    let prompt = draft.prompt;
    let music =
        Memo::new(move |_| draft.model().is_some_and(|model| model.kind == MediaKind::Audio));
    let chip = move |word| {
        let use_it = handler(move |_| prompt.set(texts.text(word)));
        view! {
            <button type="button" class="chip" on:click=use_it>
                {texts.text(word)}
            </button>
        }
        .erased()
    };
    let chips = move || -> Vec<Erased> {
        let words = if music.get() {
            [Word::ExampleMusic1, Word::ExampleMusic2, Word::ExampleMusic3]
        } else {
            [Word::ExampleScene1, Word::ExampleScene2, Word::ExampleScene3]
        };
        words.into_iter().map(chip).collect()
    };
    view! {
        <div
            class="examples"
            role="group"
            aria-label=texts.text(Word::Examples)
            hidden=live(move || prompt.with(|prompt| !prompt.is_empty()))
        >
            <div class="chips">{live(chips)}</div>
        </div>
    }
    .erased()
}
