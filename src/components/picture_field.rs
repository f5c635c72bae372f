//! A picture to start from: chosen from the user's files, uploaded at once, and shown.

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
        }
    }

    /// Whether there is one.
    fn is_set(self) -> bool {
        self.option.with_value(|option| self.draft.options.with(|set| set.contains_key(&option.id)))
    }

    /// Sends a file to the gateway in place of the one before.
    fn choose(self, file: File) {
        self.remove();
        self.uploading.set(Uploading::Sending);
        self.page.spawn(async move {
            let outcome = self.visitor.upload(&file).await;
            // The field may have gone meanwhile, with its model.
            let Some(option) = self.option.try_get_value() else { return };
            let uploading = match outcome {
                Ok(upload) => {
                    self.draft.set_option(&option, Some(Scalar::from(upload.id)));
                    Uploading::Idle
                }
                Err(error) => Uploading::Failed(error),
            };
            self.uploading.try_set(uploading);
        });
    }

    /// Takes it away.
    fn remove(self) {
        self.option.with_value(|option| self.draft.set_option(option, None));
        self.uploading.set(Uploading::Idle);
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
    let chosen = handler(move |event: web_sys::Event| {
        let input = event.target().and_then(|target| target.dyn_into::<HtmlInputElement>().ok());
        let files = input.and_then(|input| input.files());
        if let Some(file) = files.and_then(|files| files.get(0)) {
            picture.choose(file);
        }
    });
    let remove = handler(move |_| {
        picture.remove();
        if let Some(input) = input.get() {
            // Reset, so that the same file can be chosen again.
            input.unchecked_into::<HtmlInputElement>().set_value("");
        }
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
