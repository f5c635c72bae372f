//! The documented models: their names, options and prices.
//!
//! Widget, gateway, thumbnails and documents read this table; nothing in it is repeated elsewhere.
//! It must not know how it is used.

use std::borrow::Cow;

use super::model::{Catalog, Expected, Model};
use crate::code::Code;
use crate::media::MediaKind;
use crate::message::Message;
use crate::options::{
    ASPECT_RATIO, Choice, IMAGE, INSTRUMENTAL, LYRICS, ModelOption, OptionKind, RESOLUTION, Range,
    SECONDS, SEED, STYLE, TextLimit, Unit,
};
use crate::scalar::{Scalar, Text};

impl Catalog {
    /// The documented table. Nothing in it is procedural: it describes the models, not what stands
    /// in for them.
    pub const BUILT_IN: Self = Self { models: Cow::Borrowed(MODELS) };
}

impl Default for Catalog {
    fn default() -> Self {
        Self::BUILT_IN
    }
}

const fn text(text: &'static str) -> Text {
    Cow::Borrowed(text)
}

const fn style(value: &'static str, name: &'static str, words: &'static str) -> Choice {
    // Without a provider, no words for a prompt are needed.
    let words = if cfg!(feature = "style-words") { words } else { "" };
    Choice { value: text(value), name: text(name), words: text(words), price_percent: 100 }
}

/// A choice whose value is its name: `16:9`.
const fn choice(value: &'static str, price_percent: u32) -> Choice {
    Choice { value: text(value), name: text(value), words: text(""), price_percent }
}

/// An option that people are asked for; if it is not given, the provider decides.
const fn option(id: &'static str, name: &'static str, kind: OptionKind) -> ModelOption {
    ModelOption { id: text(id), name: text(name), kind, default: None, advanced: false }
}

/// A choice with a default.
const fn choices(
    id: &'static str,
    name: &'static str,
    choices: &'static [Choice],
    default: &'static str,
) -> ModelOption {
    ModelOption {
        id: text(id),
        name: text(name),
        kind: OptionKind::Choice(Cow::Borrowed(choices)),
        default: Some(Scalar::Text(text(default))),
        advanced: false,
    }
}

/// The length of a video; the model's price is for five seconds.
const fn video_seconds(min: i64, max: i64, step: u32) -> ModelOption {
    let unit = Some(Unit::Seconds);
    ModelOption {
        id: text(SECONDS),
        name: text("Length"),
        kind: OptionKind::Integer(Range { min, max, step, unit, priced_per: Some(5) }),
        default: Some(Scalar::Integer(5)),
        advanced: false,
    }
}

const IMAGE_OPTION: ModelOption = option(IMAGE, "First picture", OptionKind::Picture);

/// Seeds are 32 bits wide everywhere.
const SEED_OPTION: ModelOption = ModelOption {
    id: text(SEED),
    name: text("Seed"),
    kind: OptionKind::Integer(Range {
        min: 0,
        max: u32::MAX as i64,
        step: 1,
        unit: None,
        priced_per: None,
    }),
    default: None,
    advanced: true,
};

const ONE_TO_THREE_MINUTES: Option<Expected> = Some(Expected { min: 60, max: 180 });

/// Runway accepts a prompt of 1000 UTF-16 units; the others accept more.
const RUN_PROMPT_MAX_CHARS: u32 = 1000;
/// The default of the longest prompt, in characters.
pub const PROMPT_MAX_CHARS: u32 = 2000;
/// What Mureka accepts as lyrics; services that accept less say so.
const LYRICS_MAX_CHARS: u32 = 5000;

const MODELS: &[Model] = &[
    Model {
        id: text("suno"),
        name: text("Suno"),
        kind: MediaKind::Audio,
        price_tokens: 10,
        expected_secs: ONE_TO_THREE_MINUTES,
        note: None,
        prompt_max_chars: PROMPT_MAX_CHARS,
        options: Cow::Borrowed(SUNO_OPTIONS),
        procedural: false,
        status: None,
        cancel_percent: 0,
    },
    Model {
        id: text("luma"),
        name: text("Luma"),
        kind: MediaKind::Video,
        price_tokens: 30,
        expected_secs: None,
        note: Some(Message::constant(Code::PeakHours, "May fail during peak hours.")),
        prompt_max_chars: PROMPT_MAX_CHARS,
        options: Cow::Borrowed(LUMA_OPTIONS),
        procedural: false,
        status: None,
        cancel_percent: 0,
    },
    Model {
        id: text("pika"),
        name: text("Pika"),
        kind: MediaKind::Video,
        price_tokens: 10,
        expected_secs: ONE_TO_THREE_MINUTES,
        note: None,
        prompt_max_chars: PROMPT_MAX_CHARS,
        options: Cow::Borrowed(PIKA_OPTIONS),
        procedural: false,
        status: None,
        cancel_percent: 0,
    },
    Model {
        id: text("run"),
        name: text("Run"),
        kind: MediaKind::Video,
        price_tokens: 30,
        expected_secs: ONE_TO_THREE_MINUTES,
        note: None,
        prompt_max_chars: RUN_PROMPT_MAX_CHARS,
        options: Cow::Borrowed(RUN_OPTIONS),
        procedural: false,
        status: None,
        cancel_percent: 0,
    },
];

/// What Suno-like services offer. The length is a wish: most derive it from the lyrics.
const SUNO_OPTIONS: &[ModelOption] = &[
    option(
        SECONDS,
        "Length",
        OptionKind::Integer(Range {
            min: 10,
            max: 240,
            step: 1,
            unit: Some(Unit::Seconds),
            priced_per: None,
        }),
    ),
    ModelOption {
        id: text(INSTRUMENTAL),
        name: text("Instrumental"),
        kind: OptionKind::Flag,
        default: Some(Scalar::Flag(false)),
        advanced: false,
    },
    option(LYRICS, "Lyrics", OptionKind::Text(TextLimit { max_chars: LYRICS_MAX_CHARS })),
    SEED_OPTION,
];

/// What Luma offers for Ray (Luma Agents API, `ray-3.2`).
const LUMA_OPTIONS: &[ModelOption] = &[
    video_seconds(5, 10, 5),
    choices(ASPECT_RATIO, "Shape", LUMA_RATIOS, "16:9"),
    choices(RESOLUTION, "Size", LUMA_SIZES, "720p"),
    IMAGE_OPTION,
    SEED_OPTION,
];

const LUMA_RATIOS: &[Choice] = &[
    choice("16:9", 100),
    choice("9:16", 100),
    choice("1:1", 100),
    choice("4:3", 100),
    choice("3:4", 100),
    choice("21:9", 100),
];

const LUMA_SIZES: &[Choice] = &[choice("540p", 50), choice("720p", 100), choice("1080p", 400)];

/// What Pika offers (2.2, through fal).
const PIKA_OPTIONS: &[ModelOption] = &[
    option(STYLE, "Style", OptionKind::Choice(Cow::Borrowed(PIKA_STYLES))),
    video_seconds(5, 10, 5),
    choices(ASPECT_RATIO, "Shape", PIKA_RATIOS, "16:9"),
    choices(RESOLUTION, "Size", PIKA_SIZES, "720p"),
    IMAGE_OPTION,
    SEED_OPTION,
];

const PIKA_RATIOS: &[Choice] = &[
    choice("16:9", 100),
    choice("9:16", 100),
    choice("1:1", 100),
    choice("4:5", 100),
    choice("5:4", 100),
    choice("3:2", 100),
    choice("2:3", 100),
];

const PIKA_SIZES: &[Choice] = &[choice("720p", 100), choice("1080p", 150)];

/// What Runway offers (gen4.5).
const RUN_OPTIONS: &[ModelOption] = &[
    option(STYLE, "Style", OptionKind::Choice(Cow::Borrowed(RUN_STYLES))),
    video_seconds(2, 10, 1),
    choices(ASPECT_RATIO, "Shape", RUN_RATIOS, "16:9"),
    IMAGE_OPTION,
    SEED_OPTION,
];

const RUN_RATIOS: &[Choice] = &[choice("16:9", 100), choice("9:16", 100)];

const PIKA_STYLES: &[Choice] = &[
    style("1", "Anime", "as hand-drawn anime, clean lines, flat cel shading"),
    style("2", "Moody", "moody, low key light, deep shadows, muted colours"),
    style("3", "3D", "as a 3D rendering with soft studio light"),
    style("4", "Watercolor", "as a watercolour painting, soft edges, paper texture"),
    style("5", "Natural", "natural and realistic, true colours, daylight"),
    style("6", "Claymation", "as clay stop motion, fingerprints in the clay"),
    style("7", "Black & White", "in black and white, rich grey tones"),
];

const RUN_STYLES: &[Choice] = &[
    style("abandoned", "Abandoned", "abandoned and overgrown, dust, peeling paint, decay"),
    style("abstract_sculpture", "Abstract Sculpture", "as an abstract sculpture of smooth forms"),
    style("anime", "Anime", "as hand-drawn anime, clean lines, flat cel shading"),
    style("cartoon", "Cartoon", "as a cartoon, bold outlines, bright flat colours"),
    style("cine_lens", "Cine Lens", "shot on a cinema lens, shallow focus, lens flare"),
    style("claymation", "Claymation", "as clay stop motion, fingerprints in the clay"),
    style("concept_art", "Concept Art", "as painted concept art, loose confident strokes"),
    style("digital_art", "Digital Art", "as polished digital art, vivid light and colour"),
    style("forestpunk", "Forestpunk", "as forestpunk, moss and roots over old machines"),
    style("frost", "Frost", "covered in frost and ice crystals, cold blue light"),
    style("graphic_novel", "Graphic Novel", "as a graphic novel panel, heavy ink, few colours"),
    style("graphite", "Graphite", "as a graphite pencil drawing, hatched shading on paper"),
    style("isometric_3d", "Isometric 3D", "as an isometric 3D model, parallel projection"),
    style("low_poly_3d", "Low Poly 3D", "as a low poly 3D scene of flat shaded triangles"),
    style("marker_drawing", "Marker Drawing", "as a marker drawing, overlapping broad strokes"),
    style("moody_film", "Moody Film", "as a moody film still, grain, teal shadows, low light"),
    style("pixel_art", "Pixel Art", "as pixel art, few colours, large square pixels"),
    style("retro", "Retro", "in a retro print look, faded warm colours, halftone"),
    style("sci_fi_art", "Sci-fi Art", "as science fiction art, glowing machines, vast scale"),
    style("stickers", "Stickers", "as die-cut stickers with thick white borders"),
    style("storyboard", "Storyboard", "as a storyboard sketch, rough pencil in a framed panel"),
    style("thriller", "Thriller", "as a thriller film still, harsh contrast, red and black"),
    style("3d_cartoon", "3D Cartoon", "as a 3D cartoon, round shapes, soft bright light"),
    style("3d_render", "3D Render", "as a physically based 3D render, reflections, studio light"),
    style("80s_vaporwave", "80s Vaporwave", "as 80s vaporwave, neon pink and cyan, grid, sunset"),
];

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn models_are_the_documented_ones() {
        let rows: Vec<_> = Catalog::BUILT_IN
            .models
            .iter()
            .map(|m| (m.id.clone(), m.kind, m.price_tokens, m.styles().len()))
            .collect();
        assert_eq!(
            rows,
            [
                ("suno".into(), MediaKind::Audio, 10, 0),
                ("luma".into(), MediaKind::Video, 30, 0),
                ("pika".into(), MediaKind::Video, 10, 7),
                ("run".into(), MediaKind::Video, 30, 25),
            ]
        );
    }

    /// Names and values as the API document lists them, under "Styles".
    #[test]
    fn styles_are_the_documented_ones() {
        let listed = |id: &str| {
            let model = Catalog::BUILT_IN.model(id).unwrap().clone();
            let row = |style: &Choice| format!("{} (value: '{}')", style.name, style.value);
            model.styles().iter().map(row).collect::<Vec<_>>().join("; ")
        };
        assert_eq!(
            listed("pika"),
            "Anime (value: '1'); Moody (value: '2'); 3D (value: '3'); Watercolor (value: '4'); \
             Natural (value: '5'); Claymation (value: '6'); Black & White (value: '7')"
        );
        assert_eq!(
            listed("run"),
            "Abandoned (value: 'abandoned'); Abstract Sculpture (value: 'abstract_sculpture'); \
             Anime (value: 'anime'); Cartoon (value: 'cartoon'); Cine Lens (value: 'cine_lens'); \
             Claymation (value: 'claymation'); Concept Art (value: 'concept_art'); \
             Digital Art (value: 'digital_art'); Forestpunk (value: 'forestpunk'); \
             Frost (value: 'frost'); Graphic Novel (value: 'graphic_novel'); \
             Graphite (value: 'graphite'); Isometric 3D (value: 'isometric_3d'); \
             Low Poly 3D (value: 'low_poly_3d'); Marker Drawing (value: 'marker_drawing'); \
             Moody Film (value: 'moody_film'); Pixel Art (value: 'pixel_art'); \
             Retro (value: 'retro'); Sci-fi Art (value: 'sci_fi_art'); \
             Stickers (value: 'stickers'); Storyboard (value: 'storyboard'); \
             Thriller (value: 'thriller'); 3D Cartoon (value: '3d_cartoon'); \
             3D Render (value: '3d_render'); 80s Vaporwave (value: '80s_vaporwave')"
        );
    }

    #[test]
    fn every_row_is_legal() {
        let mut ids = HashSet::new();
        for model in Catalog::BUILT_IN.models.iter() {
            assert!(ids.insert(model.id.clone()), "two models are called {}", model.id);
            assert!(model.price_tokens > 0 && model.prompt_max_chars > 0);
            assert!(model.expected_secs.is_none_or(|e| e.min <= e.max));
            let worded = |style: &Choice| style.words.is_empty() != cfg!(feature = "style-words");
            assert!(model.styles().iter().all(worded), "{}", model.id);
            let mut ids = HashSet::new();
            for option in model.options.iter() {
                let place = format!("{}.{}", model.id, option.id);
                assert!(ids.insert(option.id.clone()), "{place} stands twice");
                assert!(!option.name.is_empty(), "{place}");
                assert!(option.default.as_ref().is_none_or(|value| option.takes(value)), "{place}");
                let mut values = HashSet::new();
                for choice in option.choices() {
                    assert!(values.insert(choice.value.clone()), "{place}: {}", choice.value);
                    assert!(!choice.name.is_empty() && choice.price_percent > 0, "{place}");
                }
            }
        }
    }
}
