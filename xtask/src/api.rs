//! Tests the gateway against its own OpenAPI document: the document is valid, generators make
//! clients from it, and a property-based tester that generates requests from it finds nothing
//! undocumented.
//!
//! The Python programs live in a virtual environment under `target/`, in the versions of
//! `tests/api/requirements.txt`.

use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};

use anyhow::{Context, Result};

use crate::run::{heading, output, root, run, target_dir};
use crate::{clients, programs, tools};

/// Validates the document and tests the API against it.
///
/// # Errors
/// If Python is missing, or a problem is found.
pub fn verify() -> Result<()> {
    let bin =
        tools::python("api", "schemathesis, openapi-spec-validator and openapi-python-client")?;
    programs::build()?;
    let data = target_dir().join("api-data");
    if data.exists() {
        std::fs::remove_dir_all(&data)?;
    }
    let key = output(
        Command::new(programs::gateway())
            .args(["keys", "create", "--tokens", "1000000000", "--label", "api", "--data"])
            .arg(&data),
    )
    .context("no key could be made")?;
    let gateway = Gateway::start(&data)?;
    let file = target_dir().join("openapi.json");
    let result = output(
        Command::new(bin.join("python"))
            .arg(root().join("tests/api/prepare.py"))
            .arg(&gateway.url)
            .arg(&file)
            .env("AI_NOW_KEY", &key),
    )
    .context("the gateway made nothing to be asked about")?;
    heading("The document");
    run(Command::new(bin.join("openapi-spec-validator")).arg(&file))?;
    let clients = clients::Gateway { url: &gateway.url, key: &key, document: &file };
    clients.try_clients(&bin)?;
    heading("The API, by its document");
    run(Command::new(bin.join("schemathesis"))
        .arg("--config-file")
        .arg(root().join("tests/api/schemathesis.toml"))
        .arg("run")
        .arg(format!("{}/api/openapi.json", gateway.url))
        .env("AI_NOW_KEY", key)
        .env("AI_NOW_RESULT", result)
        // Its example database is of no use to anybody else.
        .current_dir(target_dir()))
}

/// A running gateway; stopped when dropped.
struct Gateway {
    child: Child,
    url: String,
}

impl Gateway {
    /// A low limit on concurrent generations, so that 429 is also covered.
    fn start(data: &Path) -> Result<Self> {
        let mut child = Command::new(programs::gateway())
            .args(["serve", "--listen", "127.0.0.1:0", "--data"])
            .arg(data)
            .env("RUST_LOG", "warn")
            .env("AI_NOW_LIMITS__GENERATIONS", "4")
            .env("AI_NOW_LIMITS__REQUESTS_PER_MINUTE", "1000000")
            .env("AI_NOW_LIMITS__ADDRESS_REQUESTS_PER_MINUTE", "1000000")
            .stdout(Stdio::piped())
            .spawn()
            .context("the gateway can't be started")?;
        let stdout = child.stdout.take().context("no standard output")?;
        let mut gateway = Self { child, url: String::new() };
        let mut first = String::new();
        BufReader::new(stdout).read_line(&mut first)?;
        let url = first.trim().strip_prefix("listening on ");
        gateway.url = url.context("the gateway did not start")?.to_owned();
        Ok(gateway)
    }
}

impl Drop for Gateway {
    fn drop(&mut self) {
        // It may have exited by itself; its output is shown above.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
