//! Two clocks. The wall clock has times that others understand, and jumps when it is set; the
//! monotonic one measures durations on this page.

use js_sys::Date;
use leptos::prelude::window;

/// The wall clock: milliseconds since 1970.
pub(crate) fn now_millis() -> u64 {
    Date::now() as u64
}

/// Milliseconds since this page was opened. It never goes back, whatever happens to the wall clock.
pub(crate) fn page_millis() -> u64 {
    window().performance().map_or(0, |performance| performance.now() as u64)
}
