//! The kinds of media, their file names, and which addresses may be loaded.
//!
//! The only place that decides whether a URL from an event may reach a page. It must not know where
//! media are stored or how they are fetched.

use std::fmt;

use serde::{Deserialize, Serialize};

/// The kind of a model's results. It decides which player shows them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "lowercase")]
pub enum MediaKind {
    /// Sound without pictures: a song.
    Audio,
    /// Moving pictures, with or without sound.
    Video,
    /// One still picture.
    Picture,
}

/// A file format that a result can have. The extension of a media URL names it (documented:
/// `https://dl.ai-now.space/<generated_file_name>.<extension>`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Format {
    /// MPEG audio layer III.
    Mp3,
    /// MPEG-4 part 14.
    Mp4,
    /// Portable Network Graphics.
    Png,
    /// JPEG.
    Jpeg,
    /// WebP.
    Webp,
    /// AAC in frames of its own (ADTS).
    Aac,
    /// Sound only, in MPEG-4 part 14.
    M4a,
    /// Waves, uncompressed.
    Wav,
    /// Free Lossless Audio Codec.
    Flac,
    /// Opus or Vorbis in Ogg.
    Ogg,
    /// `WebM`.
    Webm,
    /// AVIF.
    Avif,
    /// GIF.
    Gif,
}

/// Every format: extensions (the first is the one we write), content type, kind.
const FORMATS: [(Format, &[&str], &str, MediaKind); 13] = [
    (Format::Mp3, &["mp3"], "audio/mpeg", MediaKind::Audio),
    (Format::Mp4, &["mp4"], "video/mp4", MediaKind::Video),
    (Format::Png, &["png"], "image/png", MediaKind::Picture),
    (Format::Jpeg, &["jpg", "jpeg"], "image/jpeg", MediaKind::Picture),
    (Format::Webp, &["webp"], "image/webp", MediaKind::Picture),
    (Format::Aac, &["aac"], "audio/aac", MediaKind::Audio),
    (Format::M4a, &["m4a"], "audio/mp4", MediaKind::Audio),
    (Format::Wav, &["wav"], "audio/wav", MediaKind::Audio),
    (Format::Flac, &["flac"], "audio/flac", MediaKind::Audio),
    (Format::Ogg, &["ogg", "oga", "opus"], "audio/ogg", MediaKind::Audio),
    (Format::Webm, &["webm"], "video/webm", MediaKind::Video),
    (Format::Avif, &["avif"], "image/avif", MediaKind::Picture),
    (Format::Gif, &["gif"], "image/gif", MediaKind::Picture),
];

impl Format {
    /// All formats, in the order of the table.
    pub fn all() -> impl Iterator<Item = Self> {
        FORMATS.iter().map(|row| row.0)
    }

    /// The format that a file extension names, without its dot, in any case.
    pub fn from_extension(extension: &str) -> Option<Self> {
        FORMATS
            .iter()
            .find(|row| row.1.iter().any(|known| extension.eq_ignore_ascii_case(known)))
            .map(|row| row.0)
    }

    /// The extension that we write, without its dot.
    pub fn extension(self) -> &'static str {
        self.row().1[0]
    }

    /// The content type, for HTTP and for the page.
    pub fn content_type(self) -> &'static str {
        self.row().2
    }

    /// The kind of media in such a file.
    pub fn kind(self) -> MediaKind {
        self.row().3
    }

    fn row(self) -> &'static (Self, &'static [&'static str], &'static str, MediaKind) {
        // The table is in the order of the enum; a test holds it there.
        &FORMATS[self as usize]
    }
}

/// The prefix of addresses that a page makes for its own bytes.
const BLOB: &str = "blob:";

/// The address of a result that a page may load: absolute `http(s)`, or a path on the page's own
/// origin. A value of this type is checked already.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema), schema(format = "uri-reference"))]
pub struct MediaUrl(String);

/// Why a page may not load an address.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BadMediaUrl {
    /// It is empty.
    Empty,
    /// It is longer than [`MediaUrl::MAX_BYTES`].
    TooLong,
    /// It contains a space, a control character or a backslash, which browsers rewrite.
    Character,
    /// Neither `http:`, `https:` nor a path from the root of the page's own origin.
    Scheme,
    /// It has no host, or a user name and password.
    Host,
}

impl MediaUrl {
    /// The longest address that is accepted.
    pub const MAX_BYTES: usize = 4096;

    /// Parses an address from an event.
    ///
    /// Browsers remove tabs and line breaks in a URL and read `\` as `/`, so that `java\nscript:`
    /// and `/\host` mean something else than they seem to (WHATWG URL, "basic URL parser"). Such
    /// characters are refused, not repaired.
    ///
    /// # Errors
    /// [`BadMediaUrl`] says what is wrong with it.
    pub fn parse(url: &str) -> Result<Self, BadMediaUrl> {
        if url.is_empty() {
            return Err(BadMediaUrl::Empty);
        }
        if url.len() > Self::MAX_BYTES {
            return Err(BadMediaUrl::TooLong);
        }
        if url.chars().any(|c| c.is_control() || c.is_whitespace() || c == '\\') {
            return Err(BadMediaUrl::Character);
        }
        let Some(rest) = strip_scheme(url, "https://").or_else(|| strip_scheme(url, "http://"))
        else {
            let own_origin = url.starts_with('/') && !url.starts_with("//");
            return if own_origin { Ok(Self(url.into())) } else { Err(BadMediaUrl::Scheme) };
        };
        let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
        if authority.is_empty() || authority.starts_with(':') || authority.contains('@') {
            return Err(BadMediaUrl::Host);
        }
        Ok(Self(url.into()))
    }

    /// Takes an object URL that this page made itself for bytes it made itself (`blob:…`), and the
    /// name of the file. The name is appended after a `#`, which browsers ignore when they load.
    /// Nothing from outside ever becomes one: [`MediaUrl::parse`] refuses it.
    ///
    /// # Errors
    /// [`BadMediaUrl::Scheme`] if it is anything else, [`BadMediaUrl::Character`] if the name is
    /// not valid for a file. Never call it with an address from outside.
    pub fn from_own_blob(url: &str, file_name: &str) -> Result<Self, BadMediaUrl> {
        if !url.starts_with(BLOB) || url.contains('#') {
            return Err(BadMediaUrl::Scheme);
        }
        let odd = |c: char| c.is_control() || c.is_whitespace() || "/\\?#%".contains(c);
        if file_name.contains(odd) {
            return Err(BadMediaUrl::Character);
        }
        Ok(Self([url, "#", file_name].concat()))
    }

    /// Whether this page made the file itself. Such an address ends with the page, and no other
    /// page can load it.
    pub fn is_own_blob(&self) -> bool {
        self.0.starts_with(BLOB)
    }

    /// The address as it was given.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The last part of the path, which is the name of the file: `summer_12345.mp3`. For a file of
    /// this page's own, the name that it was given.
    pub fn file_name(&self) -> &str {
        if self.is_own_blob() {
            return self.0.split_once('#').map_or("", |(_, name)| name);
        }
        let path = self.0.split(['?', '#']).next().unwrap_or_default();
        path.rsplit('/').next().unwrap_or_default()
    }

    /// The format of the extension, or `None` if that is unknown.
    pub fn format(&self) -> Option<Format> {
        let (_, extension) = self.file_name().rsplit_once('.')?;
        Format::from_extension(extension)
    }
}

impl Serialize for MediaUrl {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for MediaUrl {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::parse(&String::deserialize(deserializer)?).map_err(serde::de::Error::custom)
    }
}

fn strip_scheme<'a>(url: &'a str, scheme: &str) -> Option<&'a str> {
    let (head, rest) = url.split_at_checked(scheme.len())?;
    head.eq_ignore_ascii_case(scheme).then_some(rest)
}

impl fmt::Display for BadMediaUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Empty => "The address of the result is empty.",
            Self::TooLong => "The address of the result is too long.",
            Self::Character => "The address of the result has a character that no address has.",
            Self::Scheme => "The address of the result is not a web address.",
            Self::Host => "The address of the result names no host that it may be loaded from.",
        })
    }
}

impl std::error::Error for BadMediaUrl {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_in_the_order_of_the_enum() {
        for (index, (format, extensions, _, kind)) in FORMATS.into_iter().enumerate() {
            assert_eq!(format as usize, index);
            assert_eq!(format.kind(), kind);
            for extension in extensions {
                assert_eq!(Format::from_extension(extension), Some(format));
                assert_eq!(Format::from_extension(&extension.to_uppercase()), Some(format));
            }
        }
        assert_eq!(Format::from_extension("exe"), None);
    }

    #[test]
    fn addresses() {
        use BadMediaUrl::*;
        let long = format!("https://a/{}", "x".repeat(MediaUrl::MAX_BYTES));
        let table = [
            ("https://dl.ai-now.space/summer_pop_song_12345.mp3", Ok(Some(Format::Mp3))),
            ("http://127.0.0.1:8787/media/a.mp4", Ok(Some(Format::Mp4))),
            ("HTTPS://EXAMPLE.COM/A.PNG", Ok(Some(Format::Png))),
            ("/media/a.jpeg?download=1#t=2", Ok(Some(Format::Jpeg))),
            ("https://example.com/a.webp?x=/b.mp3", Ok(Some(Format::Webp))),
            ("https://example.com/no-extension", Ok(None)),
            ("https://example.com", Ok(None)),
            ("", Err(Empty)),
            ("javascript:alert(1)", Err(Scheme)),
            ("JaVaScRiPt:alert(1)//.mp3", Err(Scheme)),
            ("java\nscript:alert(1)", Err(Character)),
            (" https://example.com/a.mp3", Err(Character)),
            ("https://example.com/a b.mp3", Err(Character)),
            ("\u{0}/media/a.mp3", Err(Character)),
            ("data:audio/mp3;base64,AAAA", Err(Scheme)),
            ("blob:https://example.com/1", Err(Scheme)),
            ("file:///etc/passwd", Err(Scheme)),
            ("ftp://example.com/a.mp3", Err(Scheme)),
            ("//example.com/a.mp3", Err(Scheme)),
            ("/\\example.com/a.mp3", Err(Character)),
            ("https:\\\\example.com/a.mp3", Err(Character)),
            ("https:/example.com/a.mp3", Err(Scheme)),
            ("media/a.mp3", Err(Scheme)),
            ("https:///a.mp3", Err(Host)),
            ("https://:80/a.mp3", Err(Host)),
            ("https://user:pass@example.com/a.mp3", Err(Host)),
            ("https://?a.mp3", Err(Host)),
            (&long, Err(TooLong)),
            ("é", Err(Scheme)),
        ];
        for (url, expected) in table {
            assert_eq!(MediaUrl::parse(url).map(|url| url.format()), expected, "{url:?}");
        }
    }

    #[test]
    fn file_names() {
        let name = |url| MediaUrl::parse(url).unwrap().file_name().to_owned();
        assert_eq!(name("https://a.b/c/d.mp3?e/f.png"), "d.mp3");
        assert_eq!(name("/d.mp3#x"), "d.mp3");
        assert_eq!(name("/"), "");
    }

    #[test]
    fn only_own_blobs_are_blobs() {
        let own = MediaUrl::from_own_blob("blob:https://a/1", "ein-lied_für.mp3").unwrap();
        assert_eq!(own.as_str(), "blob:https://a/1#ein-lied_für.mp3");
        assert_eq!((own.file_name(), own.format()), ("ein-lied_für.mp3", Some(Format::Mp3)));
        assert!(own.is_own_blob() && !MediaUrl::parse("/a.mp3").unwrap().is_own_blob());
        assert_eq!(MediaUrl::from_own_blob("https://a/1", "a"), Err(BadMediaUrl::Scheme));
        assert_eq!(MediaUrl::from_own_blob("blob:https://a/1#b", "a"), Err(BadMediaUrl::Scheme));
        assert_eq!(MediaUrl::from_own_blob("blob:https://a/1", "a/b"), Err(BadMediaUrl::Character));
        // What a page records about its own files is accepted from no other source.
        let written = serde_json::to_string(&own).unwrap();
        assert!(serde_json::from_str::<MediaUrl>(&written).is_err());
    }
}
