//! The guard: what wasm-bindgen's glue calls of the wasm goes through `www/guard.js`, which ends an
//! instance at its first fault. It must not know what the wasm does.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result, bail};

/// Where the glue takes the exports; there is no other way into the wasm.
const EXPORTS: &str = "wasm = instance.exports;";
const GUARDED: &str = "wasm = guard(instance.exports);";

/// Puts the guard into the glue that lies at `glue`.
///
/// # Errors
/// Where the glue is not as this version of wasm-bindgen writes it.
pub fn guard(glue: &Path, guard: &Path) -> Result<()> {
    let read = |path: &Path| {
        fs::read_to_string(path).with_context(|| format!("{} can't be read", path.display()))
    };
    let text = guarded(&read(glue)?, &read(guard)?)
        .with_context(|| format!("{} can't be guarded", glue.display()))?;
    fs::write(glue, text)?;
    Ok(())
}

fn guarded(glue: &str, guard: &str) -> Result<String> {
    if glue.matches(EXPORTS).count() != 1 || glue.matches("instance.exports").count() != 1 {
        bail!("it has not one line `{EXPORTS}`; see what wasm-bindgen writes now");
    }
    Ok(glue.replace(EXPORTS, GUARDED) + guard)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_exports_go_through_the_guard() {
        let glue = "let wasm;\n    wasm = instance.exports;\nexport { init };\n";
        let text = guarded(glue, "function guard() {}\n").unwrap();
        let expected = "let wasm;\n    wasm = guard(instance.exports);\nexport { init };\n\
            function guard() {}\n";
        assert_eq!(text, expected);
    }

    #[test]
    fn glue_of_another_kind_is_refused() {
        for glue in ["wasm = exports;", "wasm = instance.exports; wasm = instance.exports;"] {
            assert!(guarded(glue, "").is_err(), "{glue}");
        }
        let twice = "wasm = instance.exports; other = instance.exports;";
        assert!(guarded(twice, "").is_err());
    }
}
