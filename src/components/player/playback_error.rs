//! Why a result can't be shown, and what to do next. Media elements report an unknown format, a
//! missing file and an unreachable one with the same code, so the server is asked.

use leptos::prelude::*;
use web_sys::MediaError;

use crate::api::media::{Reach, reach};
use crate::components::button::TextButton;
use crate::components::erased::{Erase, handler, live};
use crate::i18n::Word;
use crate::texts::use_texts;

/// The code that is used for a picture that can't be shown, too.
pub(super) const NOT_SUPPORTED: u16 = MediaError::MEDIA_ERR_SRC_NOT_SUPPORTED;

/// The error of the file at `address`, whose element reports `code`.
pub(super) async fn diagnose(code: u16, address: &str) -> Word {
    if code == MediaError::MEDIA_ERR_DECODE {
        return Word::CannotDecode;
    }
    // A file of this page's own is always available.
    let is_own = address.starts_with("blob:");
    match if is_own { Reach::There } else { reach(address).await } {
        Reach::There if code == NOT_SUPPORTED => Word::UnknownFormat,
        Reach::Gone => Word::FileGone,
        _ => Word::CannotPlay,
    }
}

/// A sentence and an action if a file can't be shown.
#[component]
pub(super) fn PlaybackError(
    /// The error; `None` if there is none.
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
