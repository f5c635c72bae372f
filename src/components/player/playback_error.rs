//! Why a result can't be shown, and a way on. Media elements tell a file of an unknown format, one that
//! is gone and one that can't be reached by the same code, so its server is asked.

use leptos::prelude::*;
use web_sys::MediaError;

use crate::api::media::{Reach, reach};
use crate::components::button::TextButton;
use crate::components::erased::{Erase, handler, live};
use crate::i18n::Word;
use crate::texts::use_texts;

/// What a picture that can't be shown is told as, too.
pub(super) const NOT_SUPPORTED: u16 = MediaError::MEDIA_ERR_SRC_NOT_SUPPORTED;

/// What is the matter with the file at `address`, where its element says `code`.
pub(super) async fn diagnose(code: u16, address: &str) -> Word {
    if code == MediaError::MEDIA_ERR_DECODE {
        return Word::CannotDecode;
    }
    // What this page made itself is there.
    let is_own = address.starts_with("blob:");
    match if is_own { Reach::There } else { reach(address).await } {
        Reach::There if code == NOT_SUPPORTED => Word::UnknownFormat,
        Reach::Gone => Word::FileGone,
        _ => Word::CannotPlay,
    }
}

/// A sentence and a way on, where a file can't be shown.
#[component]
pub(super) fn PlaybackError(
    /// What is the matter; `None` where all is well.
    why: Memo<Option<Word>>,
    /// Loads it again.
    retry: Callback<()>,
) -> impl IntoView {
    let texts = use_texts();
    let line = move || {
        why.get().map(|word| {
            view! {
                <div class="unplayable">
                    <p>{texts.text(word)}</p>
                    <TextButton
                        text=texts.text(Word::TryAgain)
                        on_click=handler(move |_| retry.run(()))
                    />
                </div>
            }
            .erased()
        })
    };
    view! { <div role="alert">{live(line)}</div> }.erased()
}
