//! Errors in the settings of models and providers, each with the setting that it is about.

use ai_now_protocol::MediaKind;

use super::model_options::OptionFault;
use crate::providers::SettingError;

/// The maximum of `prompt_max_chars`.
pub(super) const PROMPT_CHARS_LIMIT: u32 = 20_000;

/// Why models and providers don't fit together.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RoutingError {
    /// A provider has an invalid name.
    #[error(
        "providers.{0}: a provider's name is of lower case letters, digits, “-” and “_”, and not “sketch”"
    )]
    ProviderName(String),
    /// A setting of a provider is not valid.
    #[error("providers.{provider}.{source}")]
    Provider {
        /// The provider.
        provider: String,
        /// The setting, and what is wrong with it.
        source: SettingError,
    },
    /// A setting of a model is not valid.
    #[error("models.{model}.{}: {fault}", fault.setting())]
    Model {
        /// The model.
        model: String,
        /// What is wrong with which setting.
        fault: ModelFault,
    },
    /// No model is left.
    #[error("models: every model is hidden")]
    AllHidden,
}

/// What is wrong with a setting of a model.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ModelFault {
    /// `id`
    #[error("an id is of lower case letters, digits, “-” and “_”")]
    Id,
    /// `id`
    #[error("two models have this id")]
    IdTaken,
    /// `hidden`
    #[error("there is no such model to hide")]
    NothingToHide,
    /// `kind`
    #[error("a new model needs it")]
    NoKind,
    /// `price_tokens`
    #[error("a new model needs it")]
    NoPrice,
    /// `name`
    #[error("it must be a line of text")]
    Name,
    /// `price_tokens`
    #[error("it must be at least 1")]
    PriceZero,
    /// `prompt_max_chars`
    #[error("it must be from 1 to {PROMPT_CHARS_LIMIT}")]
    PromptMaxChars,
    /// `expected_secs`
    #[error("`min` must not be above `max`")]
    ExpectedSecs,
    /// `styles`
    #[error("each needs a value, a name and words, each a line of text")]
    StyleText,
    /// `styles`
    #[error("two have the value “{0}”")]
    StyleTaken(String),
    /// `options`
    #[error("“{option}”: {fault}")]
    Option {
        /// The option.
        option: String,
        /// What is wrong with it.
        fault: OptionFault,
    },
    /// `routes`
    #[error("name at least one provider")]
    NoRoute,
    /// `routes`
    #[error("“{0}” is there twice")]
    RouteTwice(String),
    /// `routes`
    #[error("there is no provider “{name}”; there are: {}", known.join(", "))]
    UnknownProvider {
        /// What was named.
        name: String,
        /// What can be named.
        known: Vec<String>,
    },
    /// `routes`
    #[error("“{name}” makes no {}", plural(*kind))]
    WrongKind {
        /// The provider.
        name: String,
        /// What the model is.
        kind: MediaKind,
    },
}

impl ModelFault {
    /// The setting that it is about.
    fn setting(&self) -> &'static str {
        match self {
            Self::Id | Self::IdTaken => "id",
            Self::NothingToHide => "hidden",
            Self::NoKind => "kind",
            Self::NoPrice | Self::PriceZero => "price_tokens",
            Self::Name => "name",
            Self::PromptMaxChars => "prompt_max_chars",
            Self::ExpectedSecs => "expected_secs",
            Self::StyleText | Self::StyleTaken(_) => "styles",
            Self::Option { .. } => "options",
            Self::NoRoute
            | Self::RouteTwice(_)
            | Self::UnknownProvider { .. }
            | Self::WrongKind { .. } => "routes",
        }
    }
}

fn plural(kind: MediaKind) -> &'static str {
    match kind {
        MediaKind::Audio => "music",
        MediaKind::Video => "videos",
        MediaKind::Picture => "pictures",
    }
}
