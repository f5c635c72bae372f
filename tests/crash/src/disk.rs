//! Small disks of the harness that can be filled. They need a private mount namespace.

use std::io::{ErrorKind, Write as _};
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Result, ensure};

/// The file that fills the disk.
const FILLER: &str = "filler";

/// Gives this mount namespace its own shared memory. Libraries name theirs after process ids, which
/// start again from 1 in every PID namespace.
///
/// # Errors
/// If it can't be mounted.
pub fn own_shared_memory() -> Result<()> {
    mount(Path::new("/dev/shm"), "mode=1777")
}

fn mount(folder: &Path, options: &str) -> Result<()> {
    let mut mount = Command::new("mount");
    let mounted = mount.args(["-t", "tmpfs", "-o", options, "none"]).arg(folder).status()?;
    ensure!(mounted.success(), "mount: {mounted}");
    Ok(())
}

/// A small disk.
pub struct Disk {
    /// Its path.
    pub folder: PathBuf,
    is_own: bool,
}

impl Disk {
    /// A folder, or, if `may`, a disk with this many MiB.
    ///
    /// # Errors
    /// If it can't be created.
    pub fn new(folder: PathBuf, mib: u32, may: bool) -> Result<Self> {
        std::fs::create_dir_all(&folder)?;
        if may {
            mount(&folder, &format!("size={mib}m,mode=0755"))?;
        }
        Ok(Self { folder, is_own: may })
    }

    /// Fills it.
    ///
    /// # Errors
    /// If it isn't a separate disk.
    pub fn fill(&self) -> Result<()> {
        ensure!(self.is_own, "not a disk of its own");
        let mut filler = std::fs::File::create(self.filler())?;
        let block = vec![0; 64 * 1024];
        for length in [block.len(), 512, 1] {
            loop {
                match filler.write_all(&block[..length]) {
                    Err(error) if error.kind() == ErrorKind::StorageFull => break,
                    written => written?,
                }
            }
        }
        Ok(())
    }

    /// Frees the space.
    ///
    /// # Errors
    /// If it wasn't full.
    pub fn clear(&self) -> Result<()> {
        Ok(std::fs::remove_file(self.filler())?)
    }

    fn filler(&self) -> PathBuf {
        Path::new(&self.folder).join(FILLER)
    }
}

impl Drop for Disk {
    /// Unmounts it, so that its folder can be removed. Processes that still use it end with the
    /// harness.
    fn drop(&mut self) {
        if self.is_own {
            let _ = Command::new("umount").arg("--lazy").arg(&self.folder).status();
        }
    }
}
