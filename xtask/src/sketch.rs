//! Runs the sketch engine's own examples, which do the work.

use anyhow::Result;

use crate::run::{cargo, root, run};

/// Runs an example of the sketch engine.
///
/// # Errors
/// If it fails.
pub fn example(name: &str, args: &[String]) -> Result<()> {
    let example = ["run", "--package", "ai-now-sketch", "--example", name, "--"];
    run(cargo().args(example).args(args))
}

/// Makes the page's thumbnails of styles and models, or checks that they are up to date.
///
/// # Errors
/// If it fails, or one differs.
pub fn thumbnails(check: bool) -> Result<()> {
    let mut args = vec![root().join("www").to_string_lossy().into_owned()];
    args.extend(check.then(|| "--check".to_owned()));
    example("thumbnails", &args)
}
