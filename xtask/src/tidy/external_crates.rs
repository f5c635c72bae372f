//! Which module of the gateway may name which crate from outside: who speaks to clients, who to a database,
//! who to an object store. The layers say who may use whom within; this says who may know what is beyond.
//! Tests may name everything.

use super::paths::crates_named;

/// Where the sources of the table's modules are, with a slash at the end.
pub(super) const ROOT: &str = "crates/gateway/src/";

/// A crate with the modules that may name it.
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

/// A line for each crate that a file names and its module may not. `file`: its path below [`ROOT`].
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
    fn a_crate_is_named_by_its_modules_alone() {
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
