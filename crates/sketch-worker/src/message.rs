//! The page's request to the worker, as `postMessage` carries it. It must not know how anything is
//! made.

use ai_now_protocol::options::{ASPECT_RATIO, RESOLUTION};
use ai_now_protocol::{Catalog, GenerateRequest, Invalid, Scalars};
use ai_now_sketch::{Request, Resolution, Size};
use serde::Deserialize;

/// The default resolution of pictures and videos: a browser makes them about as fast as it plays
/// them.
const USUAL: Resolution = Resolution::P360;

/// The request, with the page's additions. The picture to start from is a separate field, `image`:
/// a `Uint8Array`.
#[derive(Debug, Default, Deserialize)]
pub(crate) struct Wish {
    /// The model's id.
    pub(crate) model: String,
    /// The prompt.
    pub(crate) prompt: String,
    /// The value of one of the model's styles.
    #[serde(default)]
    pub(crate) style: Option<String>,
    /// The options of the model, by their ids in the catalog.
    #[serde(default)]
    pub(crate) options: Scalars,
    /// Varies what the prompt leaves open, if the options have no seed.
    #[serde(default)]
    pub(crate) seed: Option<u32>,
    /// The size of pictures and videos in pixels, if the options name neither an aspect ratio nor a
    /// resolution.
    #[serde(default)]
    pub(crate) width: Option<u32>,
    /// See `width`.
    #[serde(default)]
    pub(crate) height: Option<u32>,
}

impl Wish {
    /// Calls a function with the request, checked against the built-in catalog.
    ///
    /// # Errors
    /// Why the request is not valid.
    pub(crate) fn with_request<T>(
        self,
        image: Option<&[u8]>,
        make: impl FnOnce(&Request<'_>) -> T,
    ) -> Result<T, Invalid> {
        let Self { model, prompt, style, options, seed, width, height } = self;
        let asked = GenerateRequest { model, prompt, style, options };
        let seed = asked.seed().or(seed).unwrap_or(0);
        let catalog = Catalog::BUILT_IN;
        let order = asked.check(&catalog)?;
        let open = [ASPECT_RATIO, RESOLUTION].iter().all(|id| !order.options.contains_key(*id));
        let request = Request::with_options(order.model, &order.prompt, &order.options, USUAL);
        let size = match (width, height) {
            (Some(width), Some(height)) if open => Size::new(width, height),
            _ => request.size,
        };
        Ok(make(&Request { seed, size, image, ..request }))
    }
}
