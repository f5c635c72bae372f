//! The sketch engine as a wasm of its own. `www/sketch-worker.js` loads it in a worker of the page,
//! so that demo mode needs no server. It must not know the page, nor where the bytes go.

mod message;

use std::ops::ControlFlow;

use ai_now_protocol::Message;
use ai_now_sketch::SketchError;
use js_sys::{Error, Function, Reflect, Uint8Array};
use serde::Serialize;
use serde_wasm_bindgen::Serializer;
use wasm_bindgen::prelude::*;

use message::Wish;

/// A complete file.
#[wasm_bindgen]
pub struct Output {
    bytes: Vec<u8>,
    format: &'static str,
    note: Message,
}

#[wasm_bindgen]
impl Output {
    /// The file: a copy, whose buffer can be transferred to the page.
    #[wasm_bindgen(getter)]
    pub fn bytes(&self) -> Uint8Array {
        Uint8Array::from(self.bytes.as_slice())
    }

    /// Its format, as a file name extension: `mp3`.
    #[wasm_bindgen(getter)]
    pub fn format(&self) -> String {
        self.format.to_owned()
    }

    /// What was understood, for people, in English.
    #[wasm_bindgen(getter)]
    pub fn note(&self) -> String {
        self.note.text.to_string()
    }

    /// The same with its code and details, as the API has messages: so that it can be said in any
    /// language.
    #[wasm_bindgen(getter)]
    pub fn message(&self) -> JsValue {
        // Texts and whole numbers: what can be written.
        self.note.serialize(&Serializer::json_compatible()).unwrap_or(JsValue::NULL)
    }
}

/// Makes the file of a request, by the built-in catalog: the same bytes as the gateway's for the
/// same request, seed and size.
///
/// `wish` is a plain object: `model`, `prompt`, and optionally: `style` (the value of one of the
/// model's styles), `options` (by their ids in the catalog: `seconds`, `lyrics`, …), `seed`,
/// `width` and `height` in pixels, and `image`, the bytes of a picture to start from as a
/// `Uint8Array`. `report(fraction, step)` is called during the work, with the fraction that is
/// done, from 0 to 1, and the current step; if it throws, the work ends.
///
/// # Errors
/// An `Error` whose message is a sentence about what is wrong with the request, or with the engine.
/// Its `code` names what is wrong with a picture.
#[wasm_bindgen]
pub fn sketch(wish: JsValue, report: &Function) -> Result<Output, JsValue> {
    std::panic::set_hook(Box::new(|info| error(&info.to_string())));
    let image = Reflect::get(&wish, &"image".into()).ok();
    let image = image.and_then(|value| value.dyn_into::<Uint8Array>().ok());
    let image = image.map(|bytes| bytes.to_vec());
    let wish: Wish = serde_wasm_bindgen::from_value(wish)?;
    fulfil(wish, image.as_deref(), report)
}

/// The same for a request without options, with its fields as arguments.
///
/// # Errors
/// As [`sketch`].
#[wasm_bindgen]
pub fn make(
    model: String,
    prompt: String,
    style: Option<String>,
    seed: u32,
    width_px: u32,
    height_px: u32,
    report: &Function,
) -> Result<Output, JsValue> {
    std::panic::set_hook(Box::new(|info| error(&info.to_string())));
    let (seed, width, height) = (Some(seed), Some(width_px), Some(height_px));
    let wish = Wish { model, prompt, style, seed, width, height, ..Wish::default() };
    fulfil(wish, None, report)
}

fn fulfil(wish: Wish, image: Option<&[u8]>, report: &Function) -> Result<Output, JsValue> {
    let made = wish.with_request(image, |request| {
        ai_now_sketch::make(request, &mut |progress| {
            let (fraction, step) = (progress.fraction.into(), progress.step.as_str().into());
            let said = report.call2(&JsValue::NULL, &fraction, &step);
            if said.is_ok() { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
        })
    });
    let sketch = made.map_err(|why| fault(&why.to_string(), None))?.map_err(|why| match &why {
        SketchError::Image(image) => fault(&why.to_string(), Some(image.code())),
        _ => fault(&why.to_string(), None),
    })?;
    let format = sketch.format.extension();
    Ok(Output { bytes: sketch.bytes, format, note: sketch.note.message() })
}

/// An error with a sentence, and with a code if there is one.
fn fault(sentence: &str, code: Option<&'static str>) -> JsValue {
    let error = Error::new(sentence);
    if let Some(code) = code {
        // A new object accepts any property.
        let _ = Reflect::set(&error, &"code".into(), &code.into());
    }
    error.into()
}

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(js_namespace = console)]
    fn error(message: &str);
}
