//! Files: samples and pictures in, bytes out.
//!
//! It must not know what is heard or seen, nor the words it came from, except for the few lines of
//! text that the file carries about itself.

pub(crate) mod h264;
pub(crate) mod jpeg;
pub(crate) mod mp3;
pub(crate) mod mp4;
pub(crate) mod png;
pub(crate) mod sound;
pub(crate) mod yuv;

/// What a file says about itself.
#[derive(Clone, Debug)]
pub(crate) struct About {
    /// Its title: the words it was made from, shortened.
    pub(crate) title: String,
    /// What was understood.
    pub(crate) note: String,
    /// Beats a minute, for music.
    pub(crate) bpm: Option<u32>,
    /// The genre's name, for music.
    pub(crate) genre: Option<&'static str>,
    /// The key as tags write it (`Dm`), for music.
    pub(crate) key: Option<String>,
    /// The lyrics that set its form, for music.
    pub(crate) lyrics: Option<String>,
}

/// Who made it, as every file says.
pub(crate) const MAKER: &str = "procedural sketch by AI-Now";
