//! The places of the studio that other components scroll to or focus.

use leptos::prelude::*;
use web_sys::{Document, Navigator};

use super::erased::ElementRef;
use crate::platform::browser;

/// The places, as the context has them.
#[derive(Clone, Copy)]
pub(crate) struct Landmarks {
    /// The field for the prompt.
    pub(crate) prompt: ElementRef,
    /// The button that generates.
    pub(crate) generate: ElementRef,
    /// Where a generation is shown, and its result played.
    pub(crate) result_panel: ElementRef,
}

/// The places that [`crate::app`] provides.
pub(crate) fn use_landmarks() -> Landmarks {
    expect_context()
}

impl Landmarks {
    /// References to places that are not built yet, in the current owner.
    pub(crate) fn new() -> Self {
        Self {
            prompt: ElementRef::new(),
            generate: ElementRef::new(),
            result_panel: ElementRef::new(),
        }
    }

    /// The document that the element is in now: pages may move it into a frame or a pop-up.
    pub(crate) fn document(self) -> Document {
        let place = self.prompt.get();
        place.and_then(|place| place.owner_document()).unwrap_or_else(document)
    }

    /// The navigator of the window that the element is in now: browsers allow some functions only
    /// in the focused window.
    pub(crate) fn navigator(self) -> Navigator {
        self.document().default_view().unwrap_or_else(window).navigator()
    }

    /// Scrolls the result panel into view, after a generation was started or an entry was chosen.
    /// On a phone both are a screen away from it.
    pub(crate) fn show_result_panel(self) {
        if let Some(panel) = self.result_panel.get() {
            let nearest = browser::object(&[("block", "nearest".into())]);
            browser::call(&panel, "scrollIntoView", &[nearest.into()]);
        }
    }
}
