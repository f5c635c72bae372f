//! Makes a deployable release from built files: every file that the shell loads gets a name with
//! its hash, the shell gets those hashes, and compressed forms are written beside each file. So
//! files can be cached forever, an old release's files can stay beside the new ones, and a page
//! that pins the shell (`integrity`) has pinned everything. It must not know what the files
//! contain.

use std::collections::BTreeMap;
use std::ffi::OsStr;
use std::fs::{self, File};
use std::io::{BufReader, Write};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use flate2::write::GzEncoder;
use sha2::{Digest, Sha256};

/// The shell, which a page refers to by this name, and files whose names start with it.
pub const SHELL: &str = "ai-now.js";

/// The widget, as trunk and wasm-bindgen name it after the package.
pub const WIDGET_WASM: &str = "ai-now-widget_bg.wasm";

/// The widget's style sheet.
pub const STYLE: &str = "widget.css";

/// The place of the hashes in the shell; empty in the source.
const PINS: &str = "shell/pins.js";

/// The files that a page may preload before the shell is there. The glue is not among them: in
/// Firefox, a preloaded module fails its integrity check if it is pinned.
const HINTS: [(&str, &str); 2] = [
    (WIDGET_WASM, r#"rel="preload" as="fetch" type="application/wasm" crossorigin"#),
    (STYLE, r#"rel="preload" as="fetch" type="text/css" crossorigin"#),
];

/// The page that shows how to pin the shell, and its script tag, which gets the hash.
const PINNED_PAGE: &str = "examples/strict.html";
const PINNED_TAG: &str = r#"<script type="module" src="../ai-now.js" crossorigin="anonymous">"#;

/// The hash of each file in the format of an `integrity` attribute, by the file's original name.
pub struct Release {
    dist: PathBuf,
    pins: BTreeMap<String, String>,
}

impl Release {
    /// A release of the files in `dist`.
    pub fn new(dist: &Path) -> Self {
        Self { dist: dist.into(), pins: BTreeMap::new() }
    }

    /// Renames a file to its hashed name. Files that refer to it must be changed, or bundled,
    /// afterwards.
    ///
    /// # Errors
    /// If it doesn't exist.
    pub fn name(&mut self, file: &str) -> Result<()> {
        let pin = integrity(&self.dist.join(file))?;
        let named = hashed(file, &pin).with_context(|| format!("{file} has no extension"))?;
        fs::rename(self.dist.join(file), self.dist.join(named))?;
        self.pins.insert(file.into(), pin);
        Ok(())
    }

    /// Renames every language file.
    ///
    /// # Errors
    /// If they don't exist.
    pub fn name_locales(&mut self) -> Result<()> {
        for entry in fs::read_dir(self.dist.join("locales")).context("locales")? {
            self.name(&format!("locales/{}", entry?.file_name().to_string_lossy()))?;
        }
        Ok(())
    }

    /// The current name of a file.
    pub fn named(&self, file: &str) -> String {
        let named = self.pins.get(file).and_then(|pin| hashed(file, pin));
        named.unwrap_or_else(|| file.into())
    }

    /// Replaces file names in a text file by their new names.
    ///
    /// # Errors
    /// If it can't be read or written, or contains none of them.
    pub fn rename_in(&self, file: &str, names: &[&str]) -> Result<()> {
        let path = self.dist.join(file);
        let mut text = fs::read_to_string(&path).with_context(|| file.to_owned())?;
        for name in names {
            if !text.contains(name) {
                bail!("{file} doesn't name {name}");
            }
            text = text.replace(name, &self.named(name));
        }
        Ok(fs::write(path, text)?)
    }

    /// The transfer size of a file.
    ///
    /// # Errors
    /// If it wasn't compressed.
    pub fn brotli_bytes(&self, file: &str) -> Result<u64> {
        let name = self.named(file) + ".br";
        Ok(fs::metadata(self.dist.join(&name)).with_context(|| name)?.len())
    }

    /// Writes the hashes of all files into the shell.
    ///
    /// # Errors
    /// If it can't be written.
    pub fn tell_shell(&self) -> Result<()> {
        let text = format!("export default {};\n", object(&self.pins));
        fs::write(self.dist.join(PINS), text).context(PINS)
    }

    /// Writes this release's preload hints into the pages with hints, and as `hints.html` for
    /// others.
    ///
    /// # Errors
    /// If a page has no place for them.
    pub fn write_hints(&self, pages: &[&str]) -> Result<()> {
        let plain = HINTS.map(|(file, how)| format!("<link {how} href=\"{file}\" />"));
        let hints = HINTS.map(|(file, how)| {
            let pin = self.pins.get(file).map_or("", String::as_str);
            format!("<link {how} href=\"{}\" integrity=\"{pin}\" />", self.named(file))
        });
        for page in pages {
            let path = self.dist.join(page);
            let mut text = fs::read_to_string(&path).with_context(|| (*page).to_owned())?;
            for (plain, hint) in plain.iter().zip(&hints) {
                if !text.contains(plain) {
                    bail!("{page} has no line `{plain}`");
                }
                text = text.replace(plain, hint);
            }
            fs::write(path, text)?;
        }
        Ok(fs::write(self.dist.join("hints.html"), hints.join("\n") + "\n")?)
    }

    /// Pins the shell, which is complete now: `integrity.json` lists all hashes by file name, and
    /// the page that shows how to pin gets the shell's.
    ///
    /// # Errors
    /// If a file is missing or isn't as expected.
    pub fn pin(&self) -> Result<()> {
        let shell = integrity(&self.dist.join(SHELL))?;
        let mut all: BTreeMap<String, String> =
            self.pins.iter().map(|(file, pin)| (self.named(file), pin.clone())).collect();
        all.insert(SHELL.into(), shell.clone());
        fs::write(self.dist.join("integrity.json"), object(&all) + "\n")?;
        let page = self.dist.join(PINNED_PAGE);
        let text = fs::read_to_string(&page).context(PINNED_PAGE)?;
        if !text.contains(PINNED_TAG) {
            bail!("{PINNED_PAGE} has no line `{PINNED_TAG}`");
        }
        let tag = PINNED_TAG.replace('>', &format!(" integrity=\"{shell}\">"));
        fs::write(&page, text.replace(PINNED_TAG, &tag))?;
        println!("{shell}  {SHELL}");
        Ok(())
    }
}

/// The compression level: slower is smaller.
#[derive(Clone, Copy)]
pub enum Effort {
    /// Fast, for a demo that somebody waits for.
    Quick,
    /// Smallest, for distribution.
    Best,
}

/// Writes the compressed forms of every file below `folder` beside it, if they are smaller.
///
/// # Errors
/// If a file can't be read or written.
pub fn compress(folder: &Path, effort: Effort) -> Result<()> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            compress(&path, effort)?;
        } else if is_compressible(&path) {
            compress_file(&path, effort).with_context(|| path.display().to_string())?;
        }
    }
    Ok(())
}

/// Pictures are already compressed.
fn is_compressible(path: &Path) -> bool {
    let extensions = ["css", "html", "js", "json", "svg", "wasm"];
    path.extension().and_then(OsStr::to_str).is_some_and(|found| extensions.contains(&found))
}

fn compress_file(path: &Path, effort: Effort) -> Result<()> {
    let plain = fs::metadata(path)?.len();
    let (brotli_quality, gzip_level) = match effort {
        Effort::Quick => (5, 6),
        Effort::Best => (11, 9),
    };
    let params = brotli::enc::BrotliEncoderParams {
        quality: brotli_quality,
        lgwin: 22,
        size_hint: usize::try_from(plain)?,
        ..Default::default()
    };
    let mut small = Vec::new();
    brotli::BrotliCompress(&mut BufReader::new(File::open(path)?), &mut small, &params)?;
    write_beside(path, "br", plain, &small)?;

    // No name and no time, for reproducible bytes.
    let mut encoder = GzEncoder::new(Vec::new(), flate2::Compression::new(gzip_level));
    encoder.write_all(&fs::read(path)?)?;
    write_beside(path, "gz", plain, &encoder.finish()?)
}

fn write_beside(path: &Path, extension: &str, plain: u64, small: &[u8]) -> Result<()> {
    let mut name = path.as_os_str().to_owned();
    name.push(".");
    name.push(extension);
    let beside = PathBuf::from(name);
    if u64::try_from(small.len())? < plain {
        fs::write(beside, small)?;
    } else if beside.exists() {
        fs::remove_file(beside)?;
    }
    Ok(())
}

/// The name of a file with sixteen characters of its hash, as `www/shell/files.js` makes it.
fn hashed(file: &str, integrity: &str) -> Option<String> {
    let (stem, extension) = file.rsplit_once('.')?;
    let hash = integrity.strip_prefix("sha256-")?.get(..16)?.replace('+', "-").replace('/', "_");
    Some(format!("{stem}.{hash}.{extension}"))
}

/// The hash of a file in the format of an `integrity` attribute.
fn integrity(file: &Path) -> Result<String> {
    let bytes = fs::read(file).with_context(|| file.display().to_string())?;
    Ok(format!("sha256-{}", BASE64_STANDARD.encode(Sha256::digest(bytes))))
}

/// A JSON object. Names and hashes need no escapes.
fn object(pins: &BTreeMap<String, String>) -> String {
    let lines: Vec<_> =
        pins.iter().map(|(name, hash)| format!("  \"{name}\": \"{hash}\"")).collect();
    format!("{{\n{}\n}}", lines.join(",\n"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn file_names_contain_hashes() {
        let pin = "sha256-ab+/efghijklmnopqrstuv=";
        assert_eq!(hashed("a/b_bg.wasm", pin).as_deref(), Some("a/b_bg.ab-_efghijklmnop.wasm"));
        assert_eq!(hashed("a", pin), None);
    }

    #[test]
    fn files_are_renamed_listed_and_compressed() {
        let dist = std::env::temp_dir().join(format!("ai-now-release-{}", std::process::id()));
        fs::create_dir_all(dist.join("shell")).unwrap();
        fs::write(dist.join("widget.css"), "p{color:red}".repeat(100)).unwrap();
        fs::write(dist.join("tiny.css"), "p{}").unwrap();
        fs::write(dist.join("page.html"), "see widget.css").unwrap();

        let mut release = Release::new(&dist);
        release.name("widget.css").unwrap();
        let named = release.named("widget.css");
        assert_eq!(release.named("other.css"), "other.css");
        release.rename_in("page.html", &["widget.css"]).unwrap();
        assert_eq!(fs::read_to_string(dist.join("page.html")).unwrap(), format!("see {named}"));
        assert!(release.rename_in("page.html", &["absent.css"]).is_err());
        release.tell_shell().unwrap();
        let told = fs::read_to_string(dist.join(PINS)).unwrap();
        assert!(told.contains("\"widget.css\": \"sha256-"), "{told}");

        compress(&dist, Effort::Best).unwrap();
        for extension in ["br", "gz"] {
            let size = fs::metadata(dist.join(format!("{named}.{extension}"))).unwrap().len();
            assert!(size < 100, "{size}");
            assert!(!dist.join(format!("tiny.css.{extension}")).exists());
        }
        fs::remove_dir_all(dist).unwrap();
    }
}
