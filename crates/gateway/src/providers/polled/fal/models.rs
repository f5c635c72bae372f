//! What is known of single models at fal: the fields that take options, and who takes no seed. The settings of
//! a provider say the rest.

use ai_now_protocol::options::{ASPECT_RATIO, IMAGE, INSTRUMENTAL, LYRICS, RESOLUTION, SECONDS};

use crate::providers::options::Spelling;

/// The beginnings of the names of models that have no field `seed`: an unknown field may be refused.
pub(super) const SEEDLESS: &[&str] =
    &["fal-ai/kling-video/", "fal-ai/minimax-music", "fal-ai/elevenlabs/music", "CassetteAI/"];

/// An option's id, the field that takes it, how it is written, and the values that are allowed.
pub(super) type Known = (&'static str, &'static str, Spelling, &'static [&'static str]);

/// The fields of models that are known, by the beginning of their names; the first that fits counts.
pub(super) const KNOWN: &[(&str, &[Known])] = &[
    (
        "fal-ai/pika/",
        &[
            (SECONDS, "duration", Spelling::Plain, &["5", "10"]),
            (
                ASPECT_RATIO,
                "aspect_ratio",
                Spelling::Plain,
                &["16:9", "9:16", "1:1", "4:5", "5:4", "3:2", "2:3"],
            ),
            (RESOLUTION, "resolution", Spelling::Plain, &["720p", "1080p"]),
            (IMAGE, "image_url", Spelling::Plain, &[]),
        ],
    ),
    (
        "fal-ai/kling-video/",
        &[
            (SECONDS, "duration", Spelling::Text, &["5", "10"]),
            (ASPECT_RATIO, "aspect_ratio", Spelling::Plain, &["16:9", "9:16", "1:1"]),
            (IMAGE, "start_image_url", Spelling::Plain, &[]),
        ],
    ),
    (
        "fal-ai/elevenlabs/music",
        &[
            (SECONDS, "music_length_ms", Spelling::Milliseconds, &[]),
            (INSTRUMENTAL, "force_instrumental", Spelling::Plain, &[]),
            (LYRICS, "prompt", Spelling::Plain, &[]),
        ],
    ),
    (NEEDS_LYRICS, &[(LYRICS, LYRICS_PROMPT, Spelling::Plain, &[])]),
    ("CassetteAI/music-generator", &[(SECONDS, "duration", Spelling::Plain, &[])]),
];

/// A model that makes nothing without lyrics, the field that takes them, and how long they are at least.
pub(super) const NEEDS_LYRICS: &str = "fal-ai/minimax-music";
pub(super) const LYRICS_PROMPT: &str = "lyrics_prompt";
pub(super) const LYRICS_MIN_CHARS: usize = 10;
