//! Why a request is not valid: as a sentence, and as a message with a code. It must not know how a
//! request is checked ([`crate::request`]).

use std::fmt;

use crate::code::Code;
use crate::message::{Detail, Message};
use crate::scalar::Text;
use crate::visible::is_invisible;

/// Why a request is not valid. Its `Display` is a sentence that says what to do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Invalid {
    /// No model was named.
    NoModel {
        /// The ids of the models.
        known: Vec<Text>,
    },
    /// No model has this id.
    UnknownModel {
        /// The requested id.
        asked: String,
        /// The ids of the models.
        known: Vec<Text>,
    },
    /// The prompt has no visible character.
    EmptyPrompt,
    /// The prompt is longer than the model accepts.
    LongPrompt {
        /// Its length, in characters.
        chars: usize,
        /// What the model accepts, in characters.
        max_chars: u32,
    },
    /// The model has no styles, but one was given.
    NoStyles {
        /// The model's name for people.
        model: Text,
    },
    /// The model has no style with this value.
    UnknownStyle {
        /// The requested value.
        asked: String,
        /// The model's name for people.
        model: Text,
        /// The styles it has, as `(value, name)`.
        known: Vec<(Text, Text)>,
    },
    /// The model has no such option.
    UnknownOption {
        /// The requested id.
        asked: String,
        /// The model's name for people.
        model: Text,
        /// The ids of its options.
        known: Vec<Text>,
    },
    /// An option can't have this value.
    InvalidOption {
        /// The option's id.
        option: Text,
        /// What it takes.
        allowed: Detail,
    },
}

impl Invalid {
    /// The same as a message: a code, its parameters, and the sentence in English.
    pub fn message(&self) -> Message {
        let of = |code| Message::new(code, self.to_string());
        let list = |known: &[Text]| known.join(", ");
        match self {
            Self::NoModel { known } => of(Code::NoModel).with("known", list(known)),
            Self::UnknownModel { asked, known } => {
                of(Code::UnknownModel).with("asked", excerpt(asked)).with("known", list(known))
            }
            Self::EmptyPrompt => of(Code::EmptyPrompt),
            Self::LongPrompt { chars, max_chars } => of(Code::PromptTooLong)
                .with("chars", u32::try_from(*chars).unwrap_or(u32::MAX))
                .with("max_chars", *max_chars),
            Self::NoStyles { model } => of(Code::NoStyles).with("model", model.clone()),
            Self::UnknownStyle { asked, model, known } => {
                let names: Vec<_> = known.iter().map(|(_, name)| name.clone()).collect();
                of(Code::UnknownStyle)
                    .with("asked", excerpt(asked))
                    .with("model", model.clone())
                    .with("known", list(&names))
            }
            Self::UnknownOption { asked, model, known } => of(Code::UnknownOption)
                .with("asked", excerpt(asked))
                .with("model", model.clone())
                .with("known", list(known)),
            Self::InvalidOption { option, allowed } => {
                of(Code::InvalidOption).with("option", option.clone()).detail(allowed.clone())
            }
        }
    }
}

impl fmt::Display for Invalid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoModel { known } => {
                write!(f, "No model was named. Choose one of: {}.", known.join(", "))
            }
            Self::UnknownModel { asked, known } => {
                let asked = excerpt(asked);
                write!(f, "There is no model “{asked}”. Choose one of: {}.", known.join(", "))
            }
            Self::EmptyPrompt => f.write_str("The prompt is empty. Say what to make."),
            Self::LongPrompt { chars, max_chars } => write!(
                f,
                "The prompt is {chars} characters long; at most {max_chars} are possible. \
                 Shorten it."
            ),
            Self::NoStyles { model } => {
                write!(f, "{model} has no styles. Leave the style out.")
            }
            Self::UnknownStyle { asked, model, known } => {
                write!(f, "{model} has no style “{}”. Choose one of: ", excerpt(asked))?;
                for (index, (value, name)) in known.iter().enumerate() {
                    let comma = if index == 0 { "" } else { ", " };
                    write!(f, "{comma}{value} ({name})")?;
                }
                f.write_str(".")
            }
            Self::UnknownOption { asked, model, known } => {
                let asked = excerpt(asked);
                write!(f, "{model} has no option “{asked}”. ")?;
                if known.is_empty() {
                    return f.write_str("It has none; leave the options out.");
                }
                write!(f, "It has: {}.", known.join(", "))
            }
            Self::InvalidOption { option, allowed } => {
                let allowed = &allowed.text;
                write!(f, "The option “{option}” can't have this value. It takes: {allowed}.")
            }
        }
    }
}

impl std::error::Error for Invalid {}

/// A text from outside, short and plain enough to be repeated in a sentence.
fn excerpt(asked: &str) -> String {
    const MAX_CHARS: usize = 40;
    let plain = asked.chars().filter(|c| !c.is_control() && !is_invisible(*c));
    let mut short: String = plain.take(MAX_CHARS + 1).collect();
    if let Some((end, _)) = short.char_indices().nth(MAX_CHARS) {
        short.truncate(end);
        short.push('…');
    }
    short
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Each reason has exactly the parameters that the table of codes names.
    #[test]
    fn every_reason_has_its_code() {
        let (model, known) = (Text::from("M"), vec![Text::from("a")]);
        let asked = String::from("x");
        for invalid in [
            Invalid::NoModel { known: known.clone() },
            Invalid::UnknownModel { asked: asked.clone(), known: known.clone() },
            Invalid::EmptyPrompt,
            Invalid::LongPrompt { chars: 2, max_chars: 1 },
            Invalid::NoStyles { model: model.clone() },
            Invalid::UnknownStyle {
                asked: asked.clone(),
                model: model.clone(),
                known: vec![("1".into(), "A".into())],
            },
            Invalid::UnknownOption { asked, model, known },
            Invalid::InvalidOption {
                option: "o".into(),
                allowed: Detail::new(Code::AllowedFlag, "a"),
            },
        ] {
            let message = invalid.message();
            let code = Code::ALL.iter().find(|code| message.is(**code)).unwrap();
            let mut promised = code.params().to_vec();
            promised.sort_unstable();
            assert_eq!(message.params.keys().map(AsRef::as_ref).collect::<Vec<_>>(), promised);
        }
    }
}
