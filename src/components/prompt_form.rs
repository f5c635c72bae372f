//! Composing: the prompt and the button, which the studio takes over from the shell's frame, and
//! the controls around them.

use ai_now_protocol::{MediaKind, Message};
use gloo_events::EventListener;
use gloo_timers::future::TimeoutFuture;
use leptos::prelude::*;

use super::erased::{Erase, Erased, effect, handler, live, memo, truth};
use super::landmarks::use_landmarks;
use crate::api_error::ApiError;
use crate::frame::Frame;
use crate::i18n::Word;
use crate::state::connection::{Connection, ConnectionState};
use crate::state::draft::Draft;
use crate::state::generations::Generations;
use crate::state::page::Page;
use crate::texts::use_texts;

/// For how long a button that waits for the connection looks enabled: usually the connection comes
/// sooner, and nothing flickers.
const PATIENCE_MILLIS: u32 = 3_000;

/// Takes over the field of the prompt, with its text.
pub(crate) fn adopt_field(frame: &Frame) {
    let prompt = expect_context::<Draft>().prompt;
    let refusal = expect_context::<Generations>().refusal;
    let field = frame.field();
    use_landmarks().prompt.set(field.clone().into());
    prompt.set(field.value());
    let written = field.clone();
    StoredValue::new_local(EventListener::new(&field, "input", move |_| {
        prompt.set(written.value());
        refusal.set(None);
    }));
    effect(move || {
        let text = prompt.get();
        // Writing the value would move the caret.
        if field.value() != text {
            field.set_value(&text);
        }
    });
}

/// Takes over the form and its button. A press before the connection is known, or before there was
/// a studio, counts once it is known.
pub(crate) fn adopt_form(frame: &Frame, disabled_reason: Memo<String>) {
    let (draft, generations) = (expect_context::<Draft>(), expect_context::<Generations>());
    let (texts, landmarks) = (use_texts(), use_landmarks());
    let connection = expect_context::<Connection>();
    let connecting =
        memo(move || connection.state.with(|state| *state == ConnectionState::Connecting));
    let pressed = RwSignal::new(frame.take_over());
    let patient = RwSignal::new(true);
    expect_context::<Page>().spawn(async move {
        TimeoutFuture::new(PATIENCE_MILLIS).await;
        patient.set(false);
    });
    let button = frame.button();
    landmarks.generate.set(button.clone().into());
    effect(move || {
        let disabled = disabled_reason.with(|reason| !reason.is_empty());
        let disabled = disabled && !(connecting.get() && patient.get());
        // The attributes' names are ours, so this can't fail.
        let _ = button.set_attribute("aria-disabled", truth(disabled));
        let _ = button.set_attribute("aria-busy", truth(pressed.with(Option::is_some)));
    });
    let submit = move |prompt: String| {
        if disabled_reason.with_untracked(|reason| !reason.is_empty()) {
            return;
        }
        if prompt.trim().is_empty() {
            let need = Message::text(texts.text(Word::NeedPrompt));
            generations.refusal.set(Some(ApiError::Refused(need)));
            landmarks.prompt.focus();
            return;
        }
        generations.generate_from(prompt);
        landmarks.show_result_panel();
    };
    let kept = frame.clone();
    effect(move || {
        if !connecting.get()
            && let Some(prompt) = pressed.try_update(Option::take).flatten()
        {
            kept.set_pressed(None);
            untrack(|| submit(prompt));
        }
    });
    let kept = frame.clone();
    // The shell prevents the browser from submitting the form.
    StoredValue::new_local(EventListener::new(&frame.form(), "submit", move |_| {
        let prompt = draft.prompt.get_untracked();
        if connecting.get_untracked() && !prompt.trim().is_empty() {
            kept.set_pressed(Some(prompt.clone()));
            pressed.set(Some(prompt));
        } else {
            submit(prompt);
        }
    }));
}

/// The length of the prompt, and its limit.
#[component]
pub(crate) fn CharCounter() -> impl IntoView {
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

/// Example prompts, while the field is empty.
#[component]
pub(crate) fn Examples() -> impl IntoView {
    let draft = expect_context::<Draft>();
    let texts = use_texts();
    let prompt = draft.prompt;
    let music = memo(move || draft.model().is_some_and(|model| model.kind == MediaKind::Audio));
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
        // A page may define fewer examples.
        words.into_iter().filter(|word| !texts.text(*word).is_empty()).map(chip).collect()
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
