//! The types of a catalog and its models. It must not know the models.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};

use crate::media::MediaKind;
use crate::message::Message;
use crate::options::{self, Choice, ModelOption, STYLE};
use crate::scalar::{Scalars, Text};

/// The models that are offered, in order.
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
    /// What one generation costs, in tokens, unless an option changes that (see
    /// [`Model::price_tokens`]).
    pub price_tokens: u32,
    /// How long a generation usually takes, or `None` if unknown. It is shown to people, and never
    /// a time limit.
    #[serde(default)]
    pub expected_secs: Option<Expected>,
    /// A note for people who choose it.
    #[serde(default)]
    pub note: Option<Message>,
    /// The longest prompt it accepts, in characters (Unicode scalar values).
    pub prompt_max_chars: u32,
    /// Its options, in the order in which people are asked. The option [`STYLE`] has its styles;
    /// without it, it has none.
    #[serde(default)]
    #[cfg_attr(feature = "schema", schema(value_type = Vec<ModelOption>))]
    pub options: Cow<'static, [ModelOption]>,
    /// Whether its results are procedural sketches, made by rules from the words and not by a
    /// trained model. Whoever offers or shows such a result must say so.
    #[serde(default)]
    pub procedural: bool,
    /// Its current status: `Luma is busy, about 4 minutes`. Absent: nothing to say.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schema(nullable = false))]
    pub status: Option<Message>,
    /// What cancelling costs once its provider has taken the work, in percent of the price.
    #[serde(default)]
    pub cancel_percent: u8,
}

/// A usual duration, as a range.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Expected {
    /// The minimum, in seconds.
    pub min: u32,
    /// The maximum, in seconds.
    pub max: u32,
}

impl Catalog {
    /// The model with this id, compared exactly.
    pub fn model(&self, id: &str) -> Option<&Model> {
        self.models.iter().find(|model| model.id == id)
    }
}

impl Model {
    /// The option with this id, compared exactly.
    pub fn option(&self, id: &str) -> Option<&ModelOption> {
        self.options.iter().find(|option| option.id == id)
    }

    /// Its styles (documented, "Styles"), in order. Empty: it has none.
    pub fn styles(&self) -> &[Choice] {
        self.option(STYLE).map_or(&[], ModelOption::choices)
    }

    /// The style with this value, compared exactly.
    pub fn style(&self, value: &str) -> Option<&Choice> {
        self.styles().iter().find(|style| style.value == value)
    }

    /// What a generation with these options costs, in tokens.
    pub fn price_tokens(&self, options: &Scalars) -> u32 {
        options::price_tokens(self.price_tokens, &self.options, options)
    }
}
