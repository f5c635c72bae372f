//! The frame that the shell shows before the studio is there (`www/shell/frame.js`): the prompt, the
//! button, and empty places around them. The studio takes these very elements over, so that what was
//! typed meanwhile, the focus and the caret stay as they are. It must not know what is put where.

use wasm_bindgen::prelude::*;
use web_sys::{HtmlElement, HtmlTextAreaElement};

#[wasm_bindgen]
extern "C" {
    /// The frame, as the shell has built it. Clones are the same one.
    #[derive(Clone)]
    pub type Frame;

    /// What is submitted: the prompt and all that goes with it.
    #[wasm_bindgen(method, getter)]
    pub(crate) fn form(this: &Frame) -> HtmlElement;

    /// The field of the prompt.
    #[wasm_bindgen(method, getter)]
    pub(crate) fn field(this: &Frame) -> HtmlTextAreaElement;

    /// The button that starts.
    #[wasm_bindgen(method, getter)]
    pub(crate) fn button(this: &Frame) -> HtmlElement;

    /// Where the studio puts its parts.
    #[wasm_bindgen(method, getter)]
    pub(crate) fn places(this: &Frame) -> Places;

    /// The prompt with which the button was pressed before the studio was there.
    #[wasm_bindgen(method, getter)]
    fn pressed(this: &Frame) -> Option<String>;

    /// Keeps a press that can't be honoured yet, in case another studio takes the frame over first; `None`
    /// once it was.
    #[wasm_bindgen(method, setter)]
    pub(crate) fn set_pressed(this: &Frame, prompt: Option<String>);

    /// From now on the studio listens to the form.
    #[wasm_bindgen(method, setter)]
    fn set_live(this: &Frame, live: bool);

    /// The empty places, each named after what it lies in.
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
    /// Takes the form over from the shell, and answers the prompt with which the button was pressed
    /// already, if it was.
    pub(crate) fn take_over(&self) -> Option<String> {
        self.set_live(true);
        self.pressed()
    }
}
