//! The frame that the shell shows before the studio is loaded (`www/shell/frame.js`): the prompt,
//! the button, and empty slots around them. The studio takes these very elements over, so that
//! typed text, focus and caret stay as they are. It must not know the content of the slots.

use wasm_bindgen::prelude::*;
use web_sys::{HtmlElement, HtmlTextAreaElement};

#[wasm_bindgen]
extern "C" {
    /// The frame, as the shell has built it. Clones are the same one.
    #[derive(Clone)]
    pub type Frame;

    /// The form: the prompt and its options.
    #[wasm_bindgen(method, getter)]
    pub(crate) fn form(this: &Frame) -> HtmlElement;

    /// The field of the prompt.
    #[wasm_bindgen(method, getter)]
    pub(crate) fn field(this: &Frame) -> HtmlTextAreaElement;

    /// The submit button.
    #[wasm_bindgen(method, getter)]
    pub(crate) fn button(this: &Frame) -> HtmlElement;

    /// Where the studio puts its parts.
    #[wasm_bindgen(method, getter)]
    pub(crate) fn places(this: &Frame) -> Places;

    /// The prompt that was submitted before the studio was loaded.
    #[wasm_bindgen(method, getter)]
    fn pressed(this: &Frame) -> Option<String>;

    /// Keeps a press that can't be handled yet, in case another studio takes the frame over first;
    /// `None` once it was handled.
    #[wasm_bindgen(method, setter)]
    pub(crate) fn set_pressed(this: &Frame, prompt: Option<String>);

    /// The studio listens to the form from now on.
    #[wasm_bindgen(method, setter)]
    fn set_live(this: &Frame, live: bool);

    /// The shell's preview in some of the places, if there is one.
    #[wasm_bindgen(method, getter)]
    fn preview(this: &Frame) -> Option<Preview>;

    /// A preview of the studio, `www/ai-now-preview.js`.
    type Preview;

    /// The id of the model that was chosen in it.
    #[wasm_bindgen(method)]
    fn chosen(this: &Preview) -> Option<String>;

    /// Removes it from a place.
    #[wasm_bindgen(method)]
    fn end(this: &Preview, place: &HtmlElement);

    /// The places, each named after its parent. They are empty, except for a preview.
    pub(crate) type Places;

    /// Beside the field of the prompt.
    #[wasm_bindgen(method, getter)]
    pub(crate) fn prompt(this: &Places) -> HtmlElement;

    /// Beside the button.
    #[wasm_bindgen(method, getter)]
    pub(crate) fn bar(this: &Places) -> HtmlElement;

    /// Below the button, in the form.
    #[wasm_bindgen(method, getter)]
    pub(crate) fn compose(this: &Places) -> HtmlElement;

    /// Beside the form.
    #[wasm_bindgen(method, getter)]
    pub(crate) fn desk(this: &Places) -> HtmlElement;

    /// Below all that.
    #[wasm_bindgen(method, getter)]
    pub(crate) fn studio(this: &Places) -> HtmlElement;
}

impl Frame {
    /// Whether the shell shows a preview.
    pub(crate) fn has_preview(&self) -> bool {
        self.preview().is_some()
    }

    /// The id of the model that was chosen in the shell's preview.
    pub(crate) fn previewed_model(&self) -> Option<String> {
        self.preview()?.chosen()
    }

    /// Removes the shell's preview from a place, right before a view is mounted there.
    pub(crate) fn end_preview(&self, place: &HtmlElement) {
        if let Some(preview) = self.preview() {
            preview.end(place);
        }
    }

    /// Takes the form over from the shell, and answers the prompt with which the button was pressed
    /// already, if it was.
    pub(crate) fn take_over(&self) -> Option<String> {
        self.set_live(true);
        self.pressed()
    }
}
