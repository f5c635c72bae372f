//! A picture to begin with: chosen from the person's own files, uploaded at once, and shown.

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

/// What the gateway takes (`POST /api/uploads`).
const ACCEPTED: &str = "image/jpeg,image/png,image/webp,image/gif";

/// How far the picture is.
#[derive(Clone, PartialEq)]
enum Uploading {
    /// None was chosen, or the one that was chosen is there.
    Idle,
    /// It is on its way.
    Sending,
    /// It did not arrive.
    Failed(ApiError),
}

/// A field for a picture.
#[component]
pub(crate) fn PictureField(
    /// The option.
    option: ModelOption,
    /// The element's id.
    id: String,
) -> impl IntoView {
    let draft = expect_context::<Draft>();
    let page = expect_context::<Page>();
    let visitor = expect_context::<Visitor>();
    let texts = use_texts();
    let input = ElementRef::new();
    let option = StoredValue::new(option);
    let state = RwSignal::new(Uploading::Idle);
    let has_picture =
        move || option.with_value(|option| draft.options.with(|o| o.contains_key(&option.id)));
    let choose = move |file: File| {
        option.with_value(|option| draft.set_option(option, None));
        state.set(Uploading::Sending);
        page.spawn(async move {
            let outcome = visitor.upload(&file).await;
            // The field may have gone meanwhile, with its model.
            let Some(option) = option.try_get_value() else { return };
            match outcome {
                Ok(upload) => {
                    draft.set_option(&option, Some(Scalar::from(upload.id)));
                    state.try_set(Uploading::Idle);
                }
                Err(error) => {
                    state.try_set(Uploading::Failed(error));
                }
            }
        });
    };
    let remove = move || {
        option.with_value(|option| draft.set_option(option, None));
        state.set(Uploading::Idle);
        if let Some(input) = input.get() {
            // The same file can be chosen again only once it was let go.
            input.unchecked_into::<HtmlInputElement>().set_value("");
        }
    };
    let status = move || match state.get() {
        Uploading::Idle => String::new(),
        Uploading::Sending => texts.text(Word::Uploading),
        Uploading::Failed(error) => texts.error(&error),
    };
    view! {
        <div class="picture-field">
            <input
                node_ref=input
                id=id
                type="file"
                accept=ACCEPTED
                on:change=handler(move |event: web_sys::Event| {
                    let input = event.target().and_then(|t| t.dyn_into::<HtmlInputElement>().ok());
                    let files = input.and_then(|input| input.files());
                    if let Some(file) = files.and_then(|files| files.get(0)) {
                        choose(file);
                    }
                })
            />
            <button
                type="button"
                class="plain"
                hidden=live(move || !has_picture())
                on:click=handler(move |_| remove())
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
