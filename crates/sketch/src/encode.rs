//! Encoders: samples and pictures in, files out.
//!
//! They must not know what is heard or seen, nor the prompt, except for the tags that a file
//! carries.

pub(crate) mod h264;
pub(crate) mod jpeg;
pub(crate) mod mp3;
pub(crate) mod mp4;
pub(crate) mod png;
pub(crate) mod sound;
pub(crate) mod yuv;

/// The tags of a file.
#[derive(Clone, Debug)]
pub(crate) struct About {
    /// The title: the prompt, shortened.
    pub(crate) title: String,
    /// What was recognised in the prompt.
    pub(crate) note: String,
    /// Beats per minute, for music.
    pub(crate) bpm: Option<u32>,
    /// The genre's name, for music.
    pub(crate) genre: Option<&'static str>,
    /// The key in tag notation (`Dm`), for music.
    pub(crate) key: Option<String>,
    /// The lyrics of a song, for music.
    pub(crate) lyrics: Option<String>,
}

/// The encoder name that every file carries.
pub(crate) const MAKER: &str = "procedural sketch by AI-Now";
