//! The catalog of a page without a server. It must not know how files are made.

use ai_now_protocol::Catalog;
use ai_now_protocol::catalog::Expected;

/// The models: all of the built-in ones, procedural and free.
pub(super) fn catalog() -> Catalog {
    let mut catalog = Catalog::BUILT_IN;
    for model in catalog.models.to_mut() {
        model.procedural = true;
        model.price_tokens = 0;
        model.note = None;
        model.expected_secs = Some(Expected { min: 2, max: 30 });
    }
    catalog
}

/// A seed for a new generation.
pub(super) fn seed() -> u32 {
    (js_sys::Math::random() * f64::from(u32::MAX)) as u32
}
