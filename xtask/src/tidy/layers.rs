//! Which module may use which: a table per crate, the lowest module first. A row lists the modules
//! that it may use, all of them above it in the table. `layering.rs` implements the check.

use super::layering::Layers;

/// All crates that have a table.
pub(super) const ALL: &[Layers] = &[PROTOCOL, CLIENT, GATEWAY, WIDGET, ADMIN, XTASK];

const PROTOCOL: Layers = Layers {
    root: "crates/protocol/src/",
    complete: true,
    rows: &[
        ("scalar", &[]),
        ("visible", &[]),
        ("whole", &[]),
        ("sse", &[]),
        ("media", &[]),
        ("webhook", &[]),
        ("code", &["scalar"]),
        ("message", &["code", "scalar"]),
        ("error", &["code", "message", "scalar"]),
        ("wording", &["code", "message", "scalar"]),
        ("invalid", &["code", "message", "scalar", "visible"]),
        ("options", &["code", "message", "scalar"]),
        ("catalog", &["code", "media", "message", "options", "scalar"]),
        ("request", &["catalog", "code", "invalid", "message", "options", "scalar", "visible"]),
        ("event", &["code", "media", "message", "scalar"]),
        ("api", &["code", "media", "message", "scalar"]),
        (
            "lib",
            &[
                "catalog", "code", "error", "event", "invalid", "media", "message", "options",
                "request", "scalar", "webhook",
            ],
        ),
    ],
};

const CLIENT: Layers = Layers {
    root: "crates/client/src/",
    complete: true,
    rows: &[
        ("error", &[]),
        ("submission_key", &["error"]),
        ("address", &["error"]),
        ("connection", &["address", "error"]),
        ("events", &["connection", "error"]),
        ("download", &["error"]),
        ("client", &["connection", "download", "error", "events", "submission_key"]),
        ("lib", &["client", "download", "error", "events", "submission_key"]),
    ],
};

const GATEWAY: Layers = Layers {
    root: "crates/gateway/src/",
    complete: true,
    rows: &[
        ("clock", &[]),
        ("system_error", &[]),
        ("csv", &[]),
        ("data_dir", &[]),
        ("secret", &["clock"]),
        ("metrics", &[]),
        ("domain", &[]),
        ("patience", &["domain", "secret"]),
        ("service_key", &[]),
        ("media", &["data_dir", "secret", "service_key", "system_error"]),
        (
            "store",
            &["clock", "data_dir", "domain", "metrics", "patience", "secret", "system_error"],
        ),
        (
            "providers",
            &[
                "domain",
                "media",
                "metrics",
                "patience",
                "secret",
                "service_key",
                "store",
                "system_error",
            ],
        ),
        ("config", &["domain", "media", "providers"]),
        ("limits", &["config", "domain"]),
        (
            "generations",
            &[
                "clock",
                "domain",
                "limits",
                "media",
                "metrics",
                "patience",
                "providers",
                "secret",
                "store",
            ],
        ),
        (
            "webhooks",
            &[
                "clock",
                "domain",
                "generations",
                "metrics",
                "patience",
                "providers",
                "secret",
                "store",
            ],
        ),
        ("retention", &["clock", "limits", "media", "store"]),
        ("demo", &["secret", "store"]),
        (
            "http",
            &[
                "clock",
                "config",
                "csv",
                "domain",
                "generations",
                "limits",
                "media",
                "metrics",
                "secret",
                "store",
                "webhooks",
            ],
        ),
        (
            "server",
            &[
                "config",
                "data_dir",
                "demo",
                "domain",
                "generations",
                "http",
                "limits",
                "media",
                "metrics",
                "providers",
                "retention",
                "secret",
                "store",
                "system_error",
                "webhooks",
            ],
        ),
        (
            "cli",
            &[
                "clock",
                "config",
                "csv",
                "data_dir",
                "domain",
                "media",
                "metrics",
                "providers",
                "secret",
                "server",
                "store",
                "system_error",
                "webhooks",
            ],
        ),
        ("lib", &[]),
        ("main", &["cli"]),
    ],
};

const WIDGET: Layers = Layers {
    root: "src/",
    complete: true,
    rows: &[
        ("api_error", &[]),
        ("config", &[]),
        ("duration_estimate", &[]),
        ("fault", &[]),
        ("gateway_address", &[]),
        ("generation", &[]),
        ("i18n", &["api_error"]),
        ("kept_draft", &["config"]),
        ("frame", &[]),
        ("platform", &[]),
        ("reactive", &[]),
        ("texts", &["api_error", "i18n", "platform"]),
        ("api", &["api_error", "gateway_address", "platform"]),
        (
            "state",
            &[
                "api",
                "api_error",
                "config",
                "generation",
                "i18n",
                "kept_draft",
                "platform",
                "reactive",
                "texts",
            ],
        ),
        (
            "components",
            &[
                "api",
                "api_error",
                "config",
                "duration_estimate",
                "frame",
                "generation",
                "i18n",
                "platform",
                "reactive",
                "state",
                "texts",
            ],
        ),
        ("app", &["components", "config", "frame", "state"]),
        (
            "custom_element",
            &[
                "api",
                "app",
                "config",
                "fault",
                "frame",
                "i18n",
                "kept_draft",
                "platform",
                "reactive",
                "state",
            ],
        ),
        ("lib", &[]),
        ("main", &[]),
    ],
};

/// The administrators' page: data types, requests, and views.
const ADMIN: Layers = Layers {
    root: "crates/admin/src/",
    complete: true,
    rows: &[
        ("answers", &[]),
        ("chart", &[]),
        ("route", &[]),
        ("words", &[]),
        ("navigation", &["route"]),
        ("settings_rows", &[]),
        ("ledger_walk", &["answers"]),
        ("summary", &["answers"]),
        ("intl", &[]),
        ("api", &["answers"]),
        ("texts", &["api", "intl", "words"]),
        ("load", &["api"]),
        ("components", &["api", "chart", "load", "navigation", "route", "texts", "words"]),
        (
            "pages",
            &[
                "answers",
                "api",
                "components",
                "intl",
                "ledger_walk",
                "load",
                "navigation",
                "route",
                "settings_rows",
                "summary",
                "texts",
                "words",
            ],
        ),
        ("app", &["answers", "api", "components", "pages", "route", "texts", "words"]),
        ("lib", &["app"]),
        ("main", &[]),
    ],
};

/// xtask itself: commands at the top. One command may use another; helpers that run programs use
/// none of them.
const XTASK: Layers = Layers {
    root: "xtask/src/",
    complete: true,
    rows: &[
        ("run", &[]),
        ("links", &[]),
        ("tidy", &["links", "run"]),
        ("sketch", &["run"]),
        ("progress", &[]),
        ("tools", &["progress", "run"]),
        ("studio", &["progress", "run", "tools"]),
        ("bill", &["run", "tools"]),
        ("crates", &["run", "tools"]),
        ("optimise", &["run"]),
        ("release", &[]),
        ("glue", &[]),
        ("npm", &["run", "tools"]),
        ("dist", &["glue", "npm", "optimise", "progress", "release", "run", "studio", "tools"]),
        ("programs", &["run"]),
        ("docs", &["links", "run", "tools"]),
        (
            "artifacts",
            &["bill", "crates", "dist", "docs", "npm", "optimise", "run", "studio", "tools"],
        ),
        ("built", &["run", "studio", "tools"]),
        ("demo", &["built", "dist", "programs", "progress", "run"]),
        ("clients", &["run", "tools"]),
        ("api", &["clients", "programs", "run", "tools"]),
        ("bench", &["dist", "programs", "run", "tools"]),
        ("ops", &["programs", "run", "tools"]),
        ("projects", &["dist", "npm", "programs", "run", "tools"]),
        (
            "verify",
            &[
                "api", "crates", "dist", "ops", "programs", "projects", "run", "sketch", "tidy",
                "tools",
            ],
        ),
        (
            "main",
            &[
                "artifacts",
                "bench",
                "crates",
                "demo",
                "dist",
                "docs",
                "run",
                "sketch",
                "tools",
                "verify",
            ],
        ),
    ],
};

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::ALL;

    #[test]
    fn no_table_has_a_cycle() {
        for layers in ALL {
            assert_eq!(layers.complaints(&BTreeMap::new()), [""; 0]);
        }
    }
}
