//! Icons for buttons and cards: one path each, on a square of 24.

use ai_now_protocol::MediaKind;
use leptos::prelude::*;

use super::erased::{Erase, live};

pub(crate) const AUDIO: &str = "M4 10v4M8 6v12M12 3v18M16 7v10M20 10v4";
pub(crate) const VIDEO: &str = "M3 6h13v12H3zM16 10.5 21 7.5v9l-5-3";
pub(crate) const PICTURE: &str = "M3 5h18v14H3zM3 16l5-5 4 4 3-3 6 5M15.5 9h.01";
pub(crate) const PLAY: &str = "M7 4.5v15l12.5-7.5z";
pub(crate) const PAUSE: &str = "M8 5v14M16 5v14";
pub(crate) const SOUND: &str =
    "M4 9.5v5h3.5L12 18.5v-13L7.5 9.5zM15.5 9a4 4 0 0 1 0 6M18 6.5a8 8 0 0 1 0 11";
pub(crate) const MUTED: &str = "M4 9.5v5h3.5L12 18.5v-13L7.5 9.5zM16 9.5l5 5M21 9.5l-5 5";
pub(crate) const LOOP: &str = "M4 11a5 5 0 0 1 5-5h11l-3-3M20 13a5 5 0 0 1-5 5H4l3 3";
pub(crate) const FULL_SCREEN: &str = "M4 9V4h5M15 4h5v5M20 15v5h-5M9 20H4v-5";
pub(crate) const PICTURE_IN_PICTURE: &str = "M3 5h18v14H3zM12 12h6v4h-6z";
pub(crate) const DOWNLOAD: &str = "M12 4v11M7.5 11l4.5 4.5 4.5-4.5M5 20h14";
pub(crate) const LINK: &str = "M10 14a4 4 0 0 0 6 .5l3-3a4 4 0 0 0-5.7-5.7L12 7M14 10a4 4 0 0 0-6-.5l-3 3a4 4 0 0 0 5.7 5.7L12 17";
pub(crate) const SHARE: &str = "M12 15V4M8 7.5 12 3.5l4 4M6 11H5v9h14v-9h-1";
pub(crate) const AGAIN: &str =
    "M4 7h4l8 10h4M4 17h4l2.5-3.1M13.5 10.1 16 7h4M18 4.5 20.5 7 18 9.5M18 14.5l2.5 2.5-2.5 2.5";
pub(crate) const EDIT: &str = "M4 20l1-4L16 5l3 3L8 19zM14 7l3 3";
pub(crate) const DELETE: &str = "M6 6l12 12M18 6L6 18";
pub(crate) const NONE: &str = "M5.6 5.6l12.8 12.8M12 3a9 9 0 1 0 0 18a9 9 0 1 0 0-18";

/// An icon. Screen readers ignore it: its parent has a name.
#[component]
pub(crate) fn Icon(
    /// One of the paths of this module.
    path: &'static str,
) -> impl IntoView {
    view! {
        <svg class="icon" viewBox="0 0 24 24" aria-hidden="true">
            <path d=path />
        </svg>
    }
    .erased()
}

/// An icon with two states.
#[component]
pub(crate) fn SwitchIcon(
    /// Whether it is on.
    on: Memo<bool>,
    /// The path while it is on.
    on_path: &'static str,
    /// The path otherwise.
    off_path: &'static str,
) -> impl IntoView {
    view! {
        <svg class="icon" viewBox="0 0 24 24" aria-hidden="true">
            <path d=live(move || if on.get() { on_path } else { off_path }) />
        </svg>
    }
    .erased()
}

/// The icon of a kind of media.
pub(crate) fn kind_icon(kind: MediaKind) -> &'static str {
    match kind {
        MediaKind::Audio => AUDIO,
        MediaKind::Video => VIDEO,
        MediaKind::Picture => PICTURE,
    }
}
