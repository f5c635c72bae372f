//! The sketch engine as a wasm of its own. `www/sketch-worker.js` loads it in a worker of the page,
//! so that demo mode needs no server. It must not know the page, nor where the bytes go.

use std::ops::ControlFlow;

use ai_now_protocol::{Catalog, GenerateRequest};
use ai_now_sketch::{Request, Size};
use js_sys::{Function, Uint8Array};
use wasm_bindgen::prelude::*;

/// A finished file.
#[wasm_bindgen]
pub struct Made {
    bytes: Vec<u8>,
    format: &'static str,
    note: String,
}

#[wasm_bindgen]
impl Made {
    /// The file: a copy of its own, which can be handed to the page without another.
    #[wasm_bindgen(getter)]
    pub fn bytes(&self) -> Uint8Array {
        Uint8Array::from(self.bytes.as_slice())
    }

    /// Its format, as the extension of a file's name: `mp3`.
    #[wasm_bindgen(getter)]
    pub fn format(&self) -> String {
        self.format.to_owned()
    }

    /// What was understood, for people.
    #[wasm_bindgen(getter)]
    pub fn note(&self) -> String {
        self.note.clone()
    }
}

/// Makes the file of a request, by the built-in catalog: the same bytes as the gateway's for the
/// same request, seed and size.
///
/// `style` is the value of one of the model's styles; `width_px` and `height_px` the size of pictures
/// and videos. `report(fraction, step)` is called as the work goes on, with the part that is done,
/// from 0 to 1, and what is being done; where it throws, the work ends.
///
/// # Errors
/// A sentence about what is wrong with the request, or with the engine.
#[wasm_bindgen]
pub fn make(
    model: String,
    prompt: String,
    style: Option<String>,
    seed: u32,
    width_px: u32,
    height_px: u32,
    report: &Function,
) -> Result<Made, JsError> {
    std::panic::set_hook(Box::new(|info| error(&info.to_string())));
    let request = GenerateRequest { model, prompt, style, ..GenerateRequest::default() };
    let catalog = Catalog::BUILT_IN;
    let order = request.check(&catalog)?;
    let size = Size::new(width_px, height_px);
    let style = order.style();
    let request = Request { style, seed, size, ..Request::new(order.model, &order.prompt) };
    let sketch = ai_now_sketch::make(&request, &mut |progress| {
        let said = report.call2(&JsValue::NULL, &progress.fraction.into(), &progress.step.into());
        if said.is_ok() { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
    })?;
    Ok(Made { bytes: sketch.bytes, format: sketch.format.extension(), note: sketch.note })
}

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(js_namespace = console)]
    fn error(message: &str);
}
