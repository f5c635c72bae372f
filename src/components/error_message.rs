//! The message of a generation without a result, and what to do next.

use leptos::prelude::*;

use super::button::TextButton;
use super::erased::{Erase, handler};
use crate::generation::{Generation, Phase};
use crate::i18n::Word;
use crate::state::draft::Draft;
use crate::state::generations::{GenerationSignal, Generations};
use crate::texts::use_texts;

/// A generation that failed or was cancelled. Empty otherwise.
#[component]
pub(crate) fn ErrorMessage(
    /// The generation.
    generation: GenerationSignal,
) -> impl IntoView {
    let draft = expect_context::<Draft>();
    let generations = expect_context::<Generations>();
    let texts = use_texts();
    let Generation { phase, request, .. } = generation.get_untracked();
    let Phase::Failed { message, cancelled, tokens_returned } = phase else {
        return ().erased();
    };
    let title = if cancelled { Word::CancelledTitle } else { Word::FailedTitle };
    let prompt = request.prompt.clone();
    let again = request.clone();
    let returned = tokens_returned.filter(|n| *n > 0).map(|n| {
        let returned = texts.count(Word::Returned, n);
        view! { <p>{returned}</p> }.erased()
    });
    view! {
        <div class="failed" class:cancelled=cancelled>
            <div role="alert">
                <p class="title">{texts.text(title)}</p>
                <p dir="auto">{texts.message(&message)}</p>
                {returned}
            </div>
            // The line beside it is on the page's leading side, whatever the direction of the text.
            <p class="prompt-said">
                <span dir="auto">{prompt}</span>
            </p>
            <div class="ways">
                <button
                    type="button"
                    class="primary"
                    on:click=handler(move |_| _ = generations.submit(request.clone()))
                >
                    {texts.text(Word::TryAgain)}
                </button>
                <TextButton
                    text=texts.text(Word::Reuse)
                    on_click=handler(move |_| draft.compose(again.clone()))
                />
            </div>
        </div>
    }
    .erased()
}
