//! The request: a prompt, and the options beside it.

use std::ops::RangeInclusive;

use ai_now_protocol::options::{
    ASPECT_RATIO, INSTRUMENTAL, LYRICS, RESOLUTION, SECONDS, SEED, STYLE,
};
use ai_now_protocol::{Choice, MediaKind, Model, Scalar, Scalars};

use crate::{AspectRatio, Resolution, Size};

/// What to make.
///
/// Options that don't fit the kind of media are ignored: lyrics for a picture, a size for music. An
/// option takes precedence over the prompt: `duration_secs` wins over "20 seconds" in the prompt.
#[derive(Clone, Copy, Debug)]
pub struct Request<'a> {
    /// The model that is stood in for: its kind decides between music, video and picture.
    pub model: &'a Model,
    /// The style, one of the model's.
    pub style: Option<&'a Choice>,
    /// The prompt.
    pub prompt: &'a str,
    /// Varies what the prompt leaves open.
    pub seed: u32,
    /// The size of a video or a picture.
    pub size: Size,
    /// Whether a video has sound: music from the same prompt. A prompt that asks for silence wins.
    pub soundtrack: bool,
    /// How long music or a video plays, in seconds, clamped to [`duration_limits_secs`]. `None`: as
    /// the prompt, or the lyrics, say.
    pub duration_secs: Option<u32>,
    /// For videos and pictures, a picture to start from: the bytes of a JPEG, PNG, WebP or GIF. The
    /// prompt decides how it is used (docs/lexicon.md); of an animation, the first frame is used.
    pub image: Option<&'a [u8]>,
    /// For music, the lyrics of a song. The engine has no voice: lyrics set the form, and an
    /// instrument plays a note for each syllable.
    pub lyrics: Option<&'a str>,
    /// For music: no instrument replaces a voice. Lyrics then only set the form.
    pub instrumental: bool,
}

impl<'a> Request<'a> {
    /// A request for this model and prompt, without a style, with seed 0, at the default size, with
    /// sound, and no other options.
    pub fn new(model: &'a Model, prompt: &'a str) -> Self {
        Self {
            model,
            style: None,
            prompt,
            seed: 0,
            size: Size::default(),
            soundtrack: true,
            duration_secs: None,
            image: None,
            lyrics: None,
            instrumental: false,
        }
    }
}

impl<'a> Request<'a> {
    /// The request for checked options, by their ids in the catalog; pictures and videos have the
    /// resolution `usual` if no option says otherwise. The other fields, and a picture to start
    /// from, are the caller's to add: the options only have a picture's id.
    pub fn with_options(
        model: &'a Model,
        prompt: &'a str,
        options: &'a Scalars,
        usual: Resolution,
    ) -> Self {
        let text = |id| options.get(id).and_then(Scalar::as_text);
        let number =
            |id| options.get(id).and_then(Scalar::as_integer).and_then(|n| u32::try_from(n).ok());
        // Another catalog may have other ratios and sizes; the defaults replace them.
        let shape = text(ASPECT_RATIO).and_then(|own| own.parse().ok());
        let resolution = text(RESOLUTION).and_then(|own| own.parse().ok());
        Self {
            style: text(STYLE).and_then(|value| model.style(value)),
            seed: number(SEED).unwrap_or(0),
            size: Size::of(shape.unwrap_or(AspectRatio::default()), resolution.unwrap_or(usual)),
            duration_secs: number(SECONDS),
            lyrics: text(LYRICS),
            instrumental: options.get(INSTRUMENTAL).and_then(Scalar::as_flag).unwrap_or(false),
            ..Self::new(model, prompt)
        }
    }
}

/// How long media of a kind may play, in seconds; pictures don't play.
pub fn duration_limits_secs(kind: MediaKind) -> RangeInclusive<u32> {
    match kind {
        MediaKind::Audio => 5..=240,
        MediaKind::Video => 2..=30,
        MediaKind::Picture => 0..=0,
    }
}

/// A requested length, clamped to the limits.
pub(crate) fn held_secs(kind: MediaKind, wish: f32) -> f32 {
    let limits = duration_limits_secs(kind);
    wish.clamp(*limits.start() as f32, *limits.end() as f32)
}
