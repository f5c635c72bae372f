//! The catalog: the one ordered table of models, styles, prices and media kinds.
//!
//! Widget, gateway, thumbnails and documents read this table; nothing in it is written twice. It
//! must not know which provider makes what: whoever serves a catalog says so in it, with
//! [`Model::procedural`] and [`Model::expected_secs`].

use std::borrow::Cow;

use serde::{Deserialize, Serialize};

use crate::media::MediaKind;

/// Text that is in the table, or was read from outside.
pub type Text = Cow<'static, str>;

/// The models that can be asked, in the order in which they are offered.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Catalog {
    /// The models; no two have the same id.
    #[cfg_attr(feature = "schema", schema(value_type = Vec<Model>))]
    pub models: Cow<'static, [Model]>,
}

/// One model (documented, "Models").
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Model {
    /// Its name on the wire: `suno`.
    #[cfg_attr(feature = "schema", schema(value_type = String))]
    pub id: Text,
    /// Its name for people: `Suno`.
    #[cfg_attr(feature = "schema", schema(value_type = String))]
    pub name: Text,
    /// What it makes.
    pub kind: MediaKind,
    /// What one generation costs, in tokens of the API key.
    pub price_tokens: u32,
    /// How long a generation usually takes, or `None` where nobody can say. Something to tell
    /// people, never a time limit.
    #[serde(default)]
    pub expected_secs: Option<Expected>,
    /// What a person should know before choosing it.
    #[serde(default)]
    #[cfg_attr(feature = "schema", schema(value_type = Option<String>))]
    pub note: Option<Text>,
    /// The longest prompt it takes, in characters (Unicode scalar values).
    pub prompt_max_chars: u32,
    /// The styles it has, in order. Empty: it takes no style.
    #[serde(default)]
    #[cfg_attr(feature = "schema", schema(value_type = Vec<Style>))]
    pub styles: Cow<'static, [Style]>,
    /// Whether its results are procedural sketches, drawn by rules from the words and not by a
    /// trained model. Whoever offers or shows such a result says so.
    #[serde(default)]
    pub procedural: bool,
    /// What is to be known about it just now: `Luma is busy, about 4 minutes`. Absent: nothing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schema(value_type = Option<String>))]
    pub status: Option<Text>,
}

/// A usual duration, as a range.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Expected {
    /// At least, in seconds.
    pub min: u32,
    /// At most, in seconds.
    pub max: u32,
}

/// One style of a model (documented, "Styles").
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Style {
    /// Its value on the wire, compared exactly: `4`, `moody_film`.
    #[cfg_attr(feature = "schema", schema(value_type = String))]
    pub value: Text,
    /// Its name for people: `Watercolor`.
    #[cfg_attr(feature = "schema", schema(value_type = String))]
    pub name: Text,
    /// The style as words, to be added to a prompt for a provider that has no styles.
    #[cfg_attr(feature = "schema", schema(value_type = String))]
    pub words: Text,
}

impl Catalog {
    /// The documented table. Nothing in it is procedural: it says what the models are, not who
    /// stands in for them.
    pub const BUILT_IN: Self = Self { models: Cow::Borrowed(MODELS) };

    /// The model with that id, compared exactly.
    pub fn model(&self, id: &str) -> Option<&Model> {
        self.models.iter().find(|model| model.id == id)
    }
}

impl Model {
    /// The style with that value, compared exactly.
    pub fn style(&self, value: &str) -> Option<&Style> {
        self.styles.iter().find(|style| style.value == value)
    }
}

impl Style {
    /// A prompt with this style as words, for a maker that has no styles of its own.
    pub fn phrase(&self, prompt: &str) -> String {
        let ends = prompt.ends_with(['.', '!', '?', '…', '。', '！', '？']);
        let link = if ends { " Style:" } else { "," };
        format!("{prompt}{link} {}", self.words)
    }
}

impl Default for Catalog {
    fn default() -> Self {
        Self::BUILT_IN
    }
}

const fn text(text: &'static str) -> Text {
    Cow::Borrowed(text)
}

const fn style(value: &'static str, name: &'static str, words: &'static str) -> Style {
    Style { value: text(value), name: text(name), words: text(words) }
}

const ONE_TO_THREE_MINUTES: Option<Expected> = Some(Expected { min: 60, max: 180 });

/// What Runway takes as a prompt, in UTF-16 units, is 1000; the others take more.
const RUN_PROMPT_MAX_CHARS: u32 = 1000;
const PROMPT_MAX_CHARS: u32 = 2000;

const MODELS: &[Model] = &[
    Model {
        id: text("suno"),
        name: text("Suno"),
        kind: MediaKind::Audio,
        price_tokens: 10,
        expected_secs: ONE_TO_THREE_MINUTES,
        note: None,
        prompt_max_chars: PROMPT_MAX_CHARS,
        styles: Cow::Borrowed(&[]),
        procedural: false,
        status: None,
    },
    Model {
        id: text("luma"),
        name: text("Luma"),
        kind: MediaKind::Video,
        price_tokens: 30,
        expected_secs: None,
        note: Some(text("May fail during peak hours.")),
        prompt_max_chars: PROMPT_MAX_CHARS,
        styles: Cow::Borrowed(&[]),
        procedural: false,
        status: None,
    },
    Model {
        id: text("pika"),
        name: text("Pika"),
        kind: MediaKind::Video,
        price_tokens: 10,
        expected_secs: ONE_TO_THREE_MINUTES,
        note: None,
        prompt_max_chars: PROMPT_MAX_CHARS,
        styles: Cow::Borrowed(PIKA_STYLES),
        procedural: false,
        status: None,
    },
    Model {
        id: text("run"),
        name: text("Run"),
        kind: MediaKind::Video,
        price_tokens: 30,
        expected_secs: ONE_TO_THREE_MINUTES,
        note: None,
        prompt_max_chars: RUN_PROMPT_MAX_CHARS,
        styles: Cow::Borrowed(RUN_STYLES),
        procedural: false,
        status: None,
    },
];

const PIKA_STYLES: &[Style] = &[
    style("1", "Anime", "as hand-drawn anime, clean lines, flat cel shading"),
    style("2", "Moody", "moody, low key light, deep shadows, muted colours"),
    style("3", "3D", "as a 3D rendering with soft studio light"),
    style("4", "Watercolor", "as a watercolour painting, soft edges, paper texture"),
    style("5", "Natural", "natural and realistic, true colours, daylight"),
    style("6", "Claymation", "as clay stop motion, fingerprints in the clay"),
    style("7", "Black & White", "in black and white, rich grey tones"),
];

const RUN_STYLES: &[Style] = &[
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
            .map(|m| (m.id.clone(), m.kind, m.price_tokens, m.styles.len()))
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
            let row = |style: &Style| format!("{} (value: '{}')", style.name, style.value);
            model.styles.iter().map(row).collect::<Vec<_>>().join("; ")
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
            let mut values = HashSet::new();
            for style in model.styles.iter() {
                assert!(values.insert(style.value.clone()), "{}: {}", model.id, style.value);
                assert!(!style.name.is_empty() && !style.words.is_empty());
            }
        }
    }

    #[test]
    fn a_style_becomes_words() {
        let style = Catalog::BUILT_IN.model("pika").unwrap().style("4").unwrap().clone();
        let words = "as a watercolour painting, soft edges, paper texture";
        assert_eq!(style.phrase("A lake"), format!("A lake, {words}"));
        assert_eq!(style.phrase("A lake."), format!("A lake. Style: {words}"));
    }

    #[test]
    fn it_survives_the_wire() {
        let json = serde_json::to_string(&Catalog::BUILT_IN).unwrap();
        assert_eq!(serde_json::from_str::<Catalog>(&json).unwrap(), Catalog::BUILT_IN);
    }
}
