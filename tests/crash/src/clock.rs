//! A clock that can be set while the program runs that reads it (libfaketime). What measures how long something
//! takes goes on as it did.

use std::path::{Path, PathBuf};

use anyhow::Result;

/// Where Debian and others have the library.
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
    /// A clock that is right. `None`: there is no library for others.
    ///
    /// # Errors
    /// Where its file can't be written.
    pub fn new(folder: &Path, name: &str) -> Result<Option<Self>> {
        let library = LIBRARIES.into_iter().find(|library| Path::new(library).is_file());
        let Some(library) = library else { return Ok(None) };
        let clock = Self { library, file: folder.join(format!("{name}.clock")) };
        clock.set(0)?;
        Ok(Some(clock))
    }

    /// Puts it forward by so many hours, or back.
    ///
    /// # Errors
    /// Where its file can't be written.
    pub fn set(&self, hours: i64) -> Result<()> {
        // At once: it is read again and again.
        let new = self.file.with_extension("new");
        std::fs::write(&new, format!("{hours:+}h\n"))?;
        Ok(std::fs::rename(new, &self.file)?)
    }

    /// What has a program read it.
    pub fn environment(&self) -> [(&'static str, String); 4] {
        [
            ("LD_PRELOAD", self.library.to_owned()),
            ("FAKETIME_TIMESTAMP_FILE", self.file.display().to_string()),
            ("FAKETIME_CACHE_DURATION", "1".to_owned()),
            ("FAKETIME_DONT_FAKE_MONOTONIC", "1".to_owned()),
        ]
    }
}
