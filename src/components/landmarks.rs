//! The places of the page that components lead to from elsewhere: to look at, or with the focus.

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
    /// Where a generation is watched, and its result played.
    pub(crate) result_panel: ElementRef,
}

/// The places that [`crate::app`] provides.
pub(crate) fn use_landmarks() -> Landmarks {
    expect_context()
}

impl Landmarks {
    /// Places that are still to be built, in the current owner.
    pub(crate) fn new() -> Self {
        Self {
            prompt: ElementRef::new(),
            generate: ElementRef::new(),
            result_panel: ElementRef::new(),
        }
    }

    /// The document that the element is in now: pages may put it into a frame's or a pop-up's.
    pub(crate) fn document(self) -> Document {
        let place = self.prompt.get();
        place.and_then(|place| place.owner_document()).unwrap_or_else(document)
    }

    /// The navigator of the window that the element is in now: browsers let only the one with the focus
    /// do some things.
    pub(crate) fn navigator(self) -> Navigator {
        self.document().default_view().unwrap_or_else(window).navigator()
    }

    /// Brings the result panel into view, as the page scrolls: for those who asked for something, or
    /// chose something to look at. On a phone both lie a screen away from it.
    pub(crate) fn show_result_panel(self) {
        if let Some(panel) = self.result_panel.get() {
            let nearest = browser::object(&[("block", "nearest".into())]);
            browser::call(&panel, "scrollIntoView", &[nearest.into()]);
        }
    }
}
