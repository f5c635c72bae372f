//! Which module of the gateway may use which external crate: only some talk to clients, to a
//! database, or to an object store. (`layers` has the rules between modules.) Tests may use
//! everything.

use super::paths::crates_named;

/// The folder of the table's modules, with a slash at the end.
pub(super) const ROOT: &str = "crates/gateway/src/";

/// A crate, and the modules that may use it.
const MAY_NAME: &[(&str, &[&str])] = &[
    ("ai_now_sketch", &["providers"]),
    ("axum", &["http", "server", "cli"]),
    ("clap", &["cli", "main"]),
    ("deadpool_postgres", &["store"]),
    ("hyper", &["media", "providers", "server", "cli"]),
    ("object_store", &["media"]),
    ("prometheus_client", &["metrics"]),
    ("rusqlite", &["store"]),
    ("tokio_postgres", &["store"]),
    ("utoipa", &["http"]),
];

/// A line for each crate that a file uses although its module may not. `file`: its path below
/// [`ROOT`].
pub(super) fn complaints(file: &str, text: &str) -> Vec<String> {
    if super::layering::is_test(file) {
        return Vec::new();
    }
    let module = super::layering::top_module(file);
    let named = crates_named(text);
    let wrong =
        MAY_NAME.iter().filter(|(name, may)| named.contains(*name) && !may.contains(&module));
    let line = |(name, may): &(&str, &[&str])| {
        format!("{ROOT}{file}: names the crate `{name}`, which is for {} alone", may.join(", "))
    };
    wrong.map(line).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_listed_modules_use_a_crate() {
        for (file, text, wrong) in [
            ("http/cors.rs", "use axum::http::Method;", false),
            ("providers/polled/fal.rs", "use axum::http::Method;", true),
            ("providers/polled/fal.rs", "use http::Method;", false),
            ("webhooks/delivery.rs", "fn f() { axum::serve(1) }", true),
            ("domain/error.rs", "use {std::fmt, rusqlite::Error};", true),
            ("domain/error.rs", "struct E(Box<tokio_postgres::Error>);", true),
            ("store/engine/sqlite.rs", "use rusqlite::Error;", false),
            ("domain/error.rs", "//! See axum::http.\nconst A: &str = \"axum::http\";", false),
            ("domain/error.rs", "use crate::axum::Method;", false),
            ("domain/error.rs", "#[cfg(test)]\nmod tests { use axum::http::Method; }", false),
            ("store/sql/tests.rs", "use axum::http::Method;", false),
        ] {
            assert_eq!(complaints(file, text).len(), usize::from(wrong), "{file}: {text}");
        }
    }
}
