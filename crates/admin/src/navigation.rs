//! Where the reader is, and going somewhere else. It must not know what is shown there.

use leptos::prelude::*;

use crate::route::Route;

/// Where the page is now.
pub(crate) fn use_route() -> RwSignal<Route> {
    expect_context()
}

/// Goes somewhere else, as a link there would.
pub(crate) fn go(route: &Route) {
    // An address of this page's own can't be refused.
    let _ = window().location().set_hash(&route.href());
}
