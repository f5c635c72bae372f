//! What the sketch engine makes for us: its own examples do the work, as it needs nothing of ours.

use anyhow::Result;

use crate::run::{cargo, root, run};

/// Runs an example of the sketch engine.
///
/// # Errors
/// Where it fails.
pub fn example(name: &str, args: &[String]) -> Result<()> {
    let example = ["run", "--package", "ai-now-sketch", "--example", name, "--"];
    run(cargo().args(example).args(args))
}

/// Makes the page's thumbnails of styles and models, or checks that they are as they would be made.
///
/// # Errors
/// Where it fails, or one differs.
pub fn thumbnails(check: bool) -> Result<()> {
    let mut args = vec![root().join("www").to_string_lossy().into_owned()];
    args.extend(check.then(|| "--check".to_owned()));
    example("thumbnails", &args)
}
