//! Media files: how they are called, and how they get onto the disk whole or not at all.
//!
//! A name is a capability: whoever knows it may load the file, and nobody can guess it. This
//! module must not know generations, tokens or HTTP.

use std::collections::HashSet;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use ai_now_protocol::Format;

use crate::secret;

/// The directory of all media files.
#[derive(Clone, Debug)]
pub struct MediaDir {
    path: PathBuf,
}

/// What a file is called until it is whole. No media name ends so.
const UNFINISHED: &str = ".part";

impl MediaDir {
    /// The media of a data directory; removes what a crash left unfinished.
    ///
    /// # Errors
    /// Where the directory cannot be made, read or written.
    pub fn open(data: &Path) -> io::Result<Self> {
        let dir = Self::of(data);
        std::fs::create_dir_all(&dir.path)?;
        for entry in std::fs::read_dir(&dir.path)? {
            let entry = entry?;
            if entry.file_name().to_string_lossy().ends_with(UNFINISHED) {
                std::fs::remove_file(entry.path())?;
            }
        }
        Ok(dir)
    }

    /// The media of a data directory, left as they are.
    pub fn of(data: &Path) -> Self {
        Self { path: data.join("media") }
    }

    /// The directory itself.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Where the file of this name is; `None` where it is no media name.
    pub fn file(&self, name: &str) -> Option<(PathBuf, Format)> {
        format_of(name).map(|format| (self.path.join(name), format))
    }

    /// Writes a file. When this returns, it is on the disk under its name, whole.
    ///
    /// It blocks for as long as the disk takes.
    ///
    /// # Errors
    /// Where the disk is full or cannot be written; then there is no file of this name.
    pub fn write(&self, name: &str, bytes: &[u8]) -> io::Result<()> {
        let unfinished = self.path.join(format!("{name}{UNFINISHED}"));
        let written = (|| {
            let mut file = std::fs::File::create_new(&unfinished)?;
            file.write_all(bytes)?;
            file.sync_all()?;
            std::fs::rename(&unfinished, self.path.join(name))?;
            // The name is on the disk only once the directory is.
            std::fs::File::open(&self.path)?.sync_all()
        })();
        if written.is_err() {
            let _ = std::fs::remove_file(&unfinished);
            let _ = std::fs::remove_file(self.path.join(name));
        }
        written
    }

    /// A place for a file that is still being written. It is removed with the value.
    pub fn unfinished(&self) -> Unfinished {
        Unfinished { path: self.path.join(format!("{}{UNFINISHED}", secret::name())) }
    }

    /// Gives a file that is whole now its name. When this returns, it is on the disk under it.
    ///
    /// It blocks for as long as the disk takes.
    ///
    /// # Errors
    /// Where the disk is full or cannot be written; then there is no file of this name.
    pub fn adopt(&self, file: &Unfinished, name: &str) -> io::Result<()> {
        let path = self.path.join(name);
        let adopted = (|| {
            std::fs::File::open(&file.path)?.sync_all()?;
            std::fs::rename(&file.path, &path)?;
            std::fs::File::open(&self.path)?.sync_all()
        })();
        if adopted.is_err() {
            let _ = std::fs::remove_file(path);
        }
        adopted
    }

    /// Removes a file. One that is gone already is no error.
    ///
    /// # Errors
    /// What the system says.
    pub fn remove(&self, name: &str) -> io::Result<()> {
        let Some((path, _)) = self.file(name) else { return Ok(()) };
        match std::fs::remove_file(path) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
            _ => Ok(()),
        }
    }

    /// The names of the files that were written before a moment.
    ///
    /// # Errors
    /// What the system says.
    pub fn written_before(&self, moment: SystemTime) -> io::Result<HashSet<String>> {
        let mut names = HashSet::new();
        for entry in std::fs::read_dir(&self.path)? {
            let entry = entry?;
            let Ok(name) = entry.file_name().into_string() else { continue };
            if format_of(&name).is_some() && entry.metadata()?.modified()? < moment {
                names.insert(name);
            }
        }
        Ok(names)
    }
}

/// A file that is still being written, in the media directory under no name that is served.
#[derive(Debug)]
pub struct Unfinished {
    path: PathBuf,
}

impl Unfinished {
    /// Where to write it.
    pub fn path(&self) -> &Path {
        &self.path
    }
}

impl Drop for Unfinished {
    fn drop(&mut self) {
        // Gone already where it was adopted; what stays for another reason goes at the next start.
        let _ = std::fs::remove_file(&self.path);
    }
}

/// How long the readable part of a name gets, in characters.
const SLUG_MAX_CHARS: usize = 40;

/// A new name: what can be read of the prompt, then 130 random bits: `summer-song-….mp3`.
pub fn new_name(prompt: &str, format: Format) -> String {
    let (slug, random) = (slug(prompt), secret::name());
    let dash = if slug.is_empty() { "" } else { "-" };
    format!("{slug}{dash}{random}.{}", format.extension())
}

/// The ASCII words of a prompt, lower case, joined with dashes; whole words where it can be.
fn slug(prompt: &str) -> String {
    let mut slug = String::new();
    let words = prompt.split(|c: char| !c.is_ascii_alphanumeric()).filter(|word| !word.is_empty());
    for word in words {
        let room = SLUG_MAX_CHARS.saturating_sub(slug.len() + usize::from(!slug.is_empty()));
        if word.len() > room && !slug.is_empty() {
            break;
        }
        if !slug.is_empty() {
            slug.push('-');
        }
        slug.push_str(&word[..word.len().min(room)].to_ascii_lowercase());
    }
    slug
}

/// The format of a media name; `None` where it is not a name that we could have made. No such
/// name leaves the directory or names a hidden file.
fn format_of(name: &str) -> Option<Format> {
    let (stem, extension) = name.rsplit_once('.')?;
    let plain = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-';
    let well_formed = (26..=SLUG_MAX_CHARS + 27).contains(&stem.len()) && stem.bytes().all(plain);
    let format = Format::from_extension(extension)?;
    (well_formed && extension == format.extension()).then_some(format)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_say_what_the_prompt_says() {
        let table = [
            ("A upbeat pop song about summer", "a-upbeat-pop-song-about-summer"),
            ("  Wow!! ", "wow"),
            ("山の湖", ""),
            ("../../etc/passwd", "etc-passwd"),
            ("a\0b\r\nc", "a-b-c"),
            ("<script>alert(1)</script>", "script-alert-1-script"),
            (
                "an endless rain is just beginning behind the window",
                "an-endless-rain-is-just-beginning-behind",
            ),
        ];
        for (prompt, expected) in table {
            assert_eq!(slug(prompt), expected);
        }
        assert_eq!(slug(&"x".repeat(500)).len(), SLUG_MAX_CHARS);
    }

    #[test]
    fn only_names_of_ours_are_names() {
        for prompt in ["", "summer", &"long ".repeat(100), &"x".repeat(500)] {
            for format in Format::all() {
                let name = new_name(prompt, format);
                assert_eq!(format_of(&name), Some(format), "{name}");
            }
        }
        let random = secret::name();
        for bad in [
            "",
            ".mp3",
            "a.mp3",
            &format!("../{random}.mp3"),
            &format!("{random}/a.mp3"),
            &format!("{random}.mp3.part"),
            &format!("{random}.jpeg"),
            &format!("{random}.MP3"),
            &format!("{random}\0.mp3"),
            &format!("{random}%2e.mp3"),
            &format!("{}{random}.mp3", "x".repeat(100)),
            &random,
        ] {
            assert_eq!(format_of(bad), None, "{bad:?}");
        }
    }

    #[test]
    fn a_file_is_there_whole_or_not_at_all() {
        let data = tempfile::tempdir().unwrap();
        let dir = MediaDir::open(data.path()).unwrap();
        let name = new_name("song", Format::Mp3);
        dir.write(&name, b"sound").unwrap();
        assert_eq!(std::fs::read(dir.file(&name).unwrap().0).unwrap(), b"sound");

        let unfinished = dir.path().join(format!("{}.part", new_name("cut", Format::Mp4)));
        std::fs::write(&unfinished, b"half").unwrap();
        let dir = MediaDir::open(data.path()).unwrap();
        assert!(!unfinished.exists());
        assert_eq!(dir.written_before(SystemTime::now()).unwrap().len(), 1);

        dir.remove(&name).unwrap();
        dir.remove(&name).unwrap();
        assert!(dir.file(&name).unwrap().0.metadata().is_err());
    }
}
