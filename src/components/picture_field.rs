//! A picture to start from: chosen from the user's files, and uploaded at once.

use ai_now_protocol::{ModelOption, Scalar};
use leptos::prelude::*;
use wasm_bindgen::JsCast as _;
use web_sys::{File, HtmlInputElement};

use super::erased::{ElementRef, Erase, handler, live};
use crate::api_error::ApiError;
use crate::i18n::Word;
use crate::state::draft::Draft;
use crate::state::page::Page;
use crate::state::visitor::Visitor;
use crate::texts::use_texts;

/// The types that the gateway accepts (`POST /api/uploads`).
const ACCEPTED: &str = "image/jpeg,image/png,image/webp,image/gif";

/// The state of the upload.
#[derive(Clone, PartialEq)]
enum Uploading {
    /// No picture was chosen, or the chosen one is uploaded.
    Idle,
    /// It is being uploaded.
    Sending,
    /// The upload failed.
    Failed(ApiError),
}

/// The picture of one option: chosen, sent, or taken away. Copies are the same one.
#[derive(Clone, Copy)]
struct Picture {
    page: Page,
    visitor: Visitor,
    draft: Draft,
    option: StoredValue<ModelOption>,
    uploading: RwSignal<Uploading>,
    /// Which choice it is: the answer about an earlier one comes too late.
    choice: StoredValue<u32>,
}

impl Picture {
    /// In the current owner, with the stores of its context.
    fn new(option: ModelOption) -> Self {
        Self {
            page: expect_context(),
            visitor: expect_context(),
            draft: expect_context(),
            option: StoredValue::new(option),
            uploading: RwSignal::new(Uploading::Idle),
            choice: StoredValue::new(0),
        }
    }

    /// Whether there is one.
    fn is_set(self) -> bool {
        self.option.with_value(|option| self.draft.options.with(|set| set.contains_key(&option.id)))
    }

    /// Sends a file to the gateway in place of the one before. `failed` is called if it did not
    /// arrive.
    fn choose(self, file: File, failed: impl FnOnce() + 'static) {
        self.remove();
        // A chooser that is open outlives its field.
        let Some(choice) = self.choice.try_get_value() else { return };
        self.uploading.set(Uploading::Sending);
        self.draft.uploads.update(|uploads| *uploads += 1);
        self.page.spawn(async move {
            let outcome = self.visitor.upload(&file).await;
            self.draft.uploads.update(|uploads| *uploads -= 1);
            // The field may have gone meanwhile, with its model.
            let Some(option) = self.option.try_get_value() else { return };
            if self.choice.try_get_value() != Some(choice) {
                return;
            }
            let uploading = match outcome {
                Ok(upload) => {
                    self.draft.set_option(&option, Some(Scalar::from(upload.id)));
                    Uploading::Idle
                }
                Err(error) => {
                    failed();
                    Uploading::Failed(error)
                }
            };
            self.uploading.try_set(uploading);
        });
    }

    /// Takes it away.
    fn remove(self) {
        self.choice.try_update_value(|choice| *choice = choice.wrapping_add(1));
        self.option.try_with_value(|option| self.draft.set_option(option, None));
        self.uploading.try_set(Uploading::Idle);
    }
}

/// A field for a picture.
#[component]
pub(crate) fn PictureField(
    /// The option.
    option: ModelOption,
    /// The element's id.
    id: String,
) -> impl IntoView {
    let texts = use_texts();
    let input = ElementRef::new();
    let picture = Picture::new(option);
    // So that the same file can be chosen again.
    let reset = move || {
        if let Some(input) = input.get() {
            input.unchecked_into::<HtmlInputElement>().set_value("");
        }
    };
    let chosen = handler(move |event: web_sys::Event| {
        let input = event.target().and_then(|target| target.dyn_into::<HtmlInputElement>().ok());
        let files = input.and_then(|input| input.files());
        if let Some(file) = files.and_then(|files| files.get(0)) {
            picture.choose(file, reset);
        }
    });
    let remove = handler(move |_| {
        picture.remove();
        reset();
    });
    let status = move || match picture.uploading.get() {
        Uploading::Idle => String::new(),
        Uploading::Sending => texts.text(Word::Uploading),
        Uploading::Failed(error) => texts.error(&error),
    };
    view! {
        <div class="picture-field">
            <input node_ref=input id=id type="file" accept=ACCEPTED on:change=chosen />
            <button
                type="button"
                class="plain"
                hidden=live(move || !picture.is_set())
                on:click=remove
            >
                {texts.text(Word::RemovePicture)}
            </button>
            <p class="fine" role="status">
                {live(status)}
            </p>
        </div>
    }
    .erased()
}
