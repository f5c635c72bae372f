//! Disks of the harness' own, small enough to be filled. They need a mount namespace that is nobody else's.

use std::io::{ErrorKind, Write as _};
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Result, ensure};

/// The file that takes all room.
const FILLER: &str = "filler";

/// A small disk.
pub struct Disk {
    /// Where it is.
    pub folder: PathBuf,
    is_own: bool,
}

impl Disk {
    /// A folder; where it `may` be one, a disk of so many MiB.
    ///
    /// # Errors
    /// Where it can't be made.
    pub fn new(folder: PathBuf, mib: u32, may: bool) -> Result<Self> {
        std::fs::create_dir_all(&folder)?;
        if may {
            let size = format!("size={mib}m,mode=0755");
            let mut mount = Command::new("mount");
            let mounted = mount.args(["-t", "tmpfs", "-o", &size, "none"]).arg(&folder).status()?;
            ensure!(mounted.success(), "mount: {mounted}");
        }
        Ok(Self { folder, is_own: may })
    }

    /// Takes all its room.
    ///
    /// # Errors
    /// Where it is not a disk of its own.
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

    /// Gives the room back.
    ///
    /// # Errors
    /// Where it was not taken.
    pub fn clear(&self) -> Result<()> {
        Ok(std::fs::remove_file(self.filler())?)
    }

    fn filler(&self) -> PathBuf {
        Path::new(&self.folder).join(FILLER)
    }
}
