//! Two clocks. The wall clock tells a moment to others, and jumps when somebody sets it; the
//! monotonic one tells how long something takes on this page.

use js_sys::Date;
use leptos::prelude::window;

/// The wall clock: milliseconds since 1970.
pub(crate) fn now_millis() -> u64 {
    Date::now() as u64
}

/// Milliseconds since this page began. It never goes back, whatever happens to the wall clock.
pub(crate) fn page_millis() -> u64 {
    window().performance().map_or(0, |performance| performance.now() as u64)
}
