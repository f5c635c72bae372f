//! The user's cache, shared by all clones on the machine: a folder per tool and version, and one per revision
//! that a demo was built of. Entries are always complete, because they are written beside their place and moved
//! there. It must not know where they come from.

use std::fs::{self, File};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

/// The folder of all entries of a kind: `ai-now/kind` in the user's cache, or `fallback` if there is none.
pub fn folder(kind: &str, fallback: &Path) -> PathBuf {
    let set = |name| std::env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from);
    let xdg = set("XDG_CACHE_HOME").filter(|path| path.is_absolute());
    let home = || set("HOME").map(|home| home.join(".cache"));
    let cache = xdg.or_else(|| set("LOCALAPPDATA")).or_else(home);
    let folder = cache.map(|cache| cache.join("ai-now").join(kind));
    // Some home folders aren't writable, as in a container build.
    let writable = folder.filter(|folder| fs::create_dir_all(folder).is_ok());
    writable.unwrap_or_else(|| fallback.to_owned())
}

/// Fills `folder/name` unless `is_whole` accepts it: `fill` gets an empty folder beside it. If
/// several clones want the same entry, one fills it and the others wait.
///
/// # Errors
/// If it can't be filled; then the entry doesn't exist.
pub fn place(
    folder: &Path,
    name: &str,
    is_whole: impl Fn(&Path) -> bool,
    fill: impl FnOnce(&Path) -> Result<()>,
) -> Result<PathBuf> {
    let place = folder.join(name);
    if is_whole(&place) {
        return Ok(place);
    }
    fs::create_dir_all(folder).with_context(|| folder.display().to_string())?;
    // The system also releases the lock if its holder is killed.
    let lock = File::create(folder.join(format!("{name}.lock")))?;
    if lock.try_lock().is_err() {
        eprintln!("      {name} is being made ready by another run; waiting for it");
        lock.lock()?;
    }
    if is_whole(&place) {
        return Ok(place);
    }
    let partial = folder.join(format!("{name}.partial"));
    remove(&partial)?;
    fs::create_dir_all(&partial)?;
    let filled = fill(&partial);
    if filled.is_err() {
        remove(&partial)?;
    }
    filled?;
    remove(&place)?;
    fs::rename(&partial, &place).with_context(|| place.display().to_string())?;
    Ok(place)
}

fn remove(folder: &Path) -> Result<()> {
    match fs::remove_dir_all(folder) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
            Err(error).with_context(|| folder.display().to_string())
        }
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicU32, Ordering};

    use anyhow::bail;

    use super::*;

    #[test]
    fn a_cache_entry_is_complete_or_absent() {
        let folder = std::env::temp_dir().join(format!("ai-now-cache-{}", std::process::id()));
        let is_whole = |place: &Path| place.join("done").is_file();
        // Leftovers of a killed run are ignored.
        fs::create_dir_all(folder.join("a-1.partial")).unwrap();
        fs::write(folder.join("a-1.partial/rest"), "").unwrap();
        let failed = place(&folder, "a-1", is_whole, |partial| {
            fs::write(partial.join("half"), "")?;
            bail!("broke off")
        });
        assert_eq!(failed.unwrap_err().to_string(), "broke off");
        assert!(!folder.join("a-1").exists() && !folder.join("a-1.partial").exists());

        // Several threads want it at once: one fills it.
        let made = AtomicU32::new(0);
        std::thread::scope(|scope| {
            for _ in 0..8 {
                scope.spawn(|| {
                    let filled = place(&folder, "a-1", is_whole, |partial| {
                        made.fetch_add(1, Ordering::SeqCst);
                        Ok(fs::write(partial.join("done"), "")?)
                    });
                    assert!(is_whole(&filled.unwrap()));
                });
            }
        });
        assert_eq!(made.load(Ordering::SeqCst), 1);
        assert!(!folder.join("a-1/rest").exists());
        fs::remove_dir_all(folder).unwrap();
    }
}
