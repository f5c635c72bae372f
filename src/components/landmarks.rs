//! The places of the page that components lead to from elsewhere: to look at, or with the focus.

use leptos::prelude::*;

use super::erased::ElementRef;
use crate::browser;

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

    /// Brings the result panel into view, as the page scrolls: for those who asked for something, or
    /// chose something to look at. On a phone both lie a screen away from it.
    pub(crate) fn show_result_panel(self) {
        if let Some(panel) = self.result_panel.get() {
            let nearest = browser::object(&[("block", "nearest".into())]);
            browser::call(&panel, "scrollIntoView", &[nearest.into()]);
        }
    }
}
