//! A wall clock that can be set while a program uses it (libfaketime). Monotonic clocks are
//! unaffected.

use std::path::{Path, PathBuf};

use anyhow::Result;

/// The library's paths on Debian and other distributions.
const LIBRARIES: [&str; 4] = [
    "/usr/lib/x86_64-linux-gnu/faketime/libfaketimeMT.so.1",
    "/usr/lib/aarch64-linux-gnu/faketime/libfaketimeMT.so.1",
    "/usr/lib/faketime/libfaketimeMT.so.1",
    "/usr/lib64/faketime/libfaketimeMT.so.1",
];

/// A clock.
#[derive(Clone)]
pub struct Clock {
    library: &'static str,
    file: PathBuf,
}

impl Clock {
    /// A clock with the correct time. `None` if the library isn't installed.
    ///
    /// # Errors
    /// If its file can't be written.
    pub fn new(folder: &Path, name: &str) -> Result<Option<Self>> {
        let library = LIBRARIES.into_iter().find(|library| Path::new(library).is_file());
        let Some(library) = library else { return Ok(None) };
        let clock = Self { library, file: folder.join(format!("{name}.clock")) };
        clock.set(0)?;
        Ok(Some(clock))
    }

    /// Sets it forward or back by this many hours.
    ///
    /// # Errors
    /// If its file can't be written.
    pub fn set(&self, hours: i64) -> Result<()> {
        // Atomic, because the file is read continuously.
        let new = self.file.with_extension("new");
        std::fs::write(&new, format!("{hours:+}h\n"))?;
        Ok(std::fs::rename(new, &self.file)?)
    }

    /// The environment that makes a program use it.
    pub fn environment(&self) -> [(&'static str, String); 4] {
        [
            ("LD_PRELOAD", self.library.to_owned()),
            ("FAKETIME_TIMESTAMP_FILE", self.file.display().to_string()),
            ("FAKETIME_CACHE_DURATION", "1".to_owned()),
            ("FAKETIME_DONT_FAKE_MONOTONIC", "1".to_owned()),
        ]
    }
}
