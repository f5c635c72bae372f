//! What is said to a person and to a program at once: a code with its parameters, and the same as an
//! English sentence. It must not know any sentence, nor what a code means ([`crate::code`]).

use crate::code::Code;
use crate::scalar::{Scalar, Scalars, Text};

/// A sentence for people, with the code that says the same to a program.
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Message {
    /// A stable code, one of [`Code::ALL`] or a newer one. Empty: there is only the text.
    #[serde(default, skip_serializing_if = "str::is_empty")]
    #[cfg_attr(feature = "schema", schema(value_type = Code, required = false))]
    pub code: Text,
    /// What the sentence names, by name.
    #[serde(default, skip_serializing_if = "Scalars::is_empty")]
    #[cfg_attr(feature = "schema", schema(value_type = std::collections::BTreeMap<String, crate::Scalar>, required = false))]
    pub params: Scalars,
    /// The sentence, in English.
    #[serde(default)]
    #[cfg_attr(feature = "schema", schema(value_type = String))]
    pub text: Text,
    /// The several things that it says, where it is a list: what a sketch follows, what a value can be.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[cfg_attr(feature = "schema", schema(required = false))]
    pub details: Vec<Detail>,
}

/// One of several things that a message says.
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Detail {
    /// A stable code, one of [`Code::ALL`] or a newer one.
    #[serde(default, skip_serializing_if = "str::is_empty")]
    #[cfg_attr(feature = "schema", schema(value_type = Code))]
    pub code: Text,
    /// What the words name, by name.
    #[serde(default, skip_serializing_if = "Scalars::is_empty")]
    #[cfg_attr(feature = "schema", schema(value_type = std::collections::BTreeMap<String, crate::Scalar>, required = false))]
    pub params: Scalars,
    /// The same in a few English words.
    #[serde(default)]
    #[cfg_attr(feature = "schema", schema(value_type = String))]
    pub text: Text,
}

impl Detail {
    /// A detail of this code, without parameters.
    pub fn new(code: Code, text: impl Into<Text>) -> Self {
        Self { code: code.as_str().into(), params: Scalars::new(), text: text.into() }
    }

    /// With one more parameter.
    #[must_use]
    pub fn with(mut self, name: &'static str, value: impl Into<Scalar>) -> Self {
        self.params.insert(name.into(), value.into());
        self
    }

    /// Whether it says this.
    pub fn is(&self, code: Code) -> bool {
        self.code == code.as_str()
    }
}

/// Whether a code is one of the table's and its parameters are just those that the table names.
fn is_in_table(code: &str, params: &Scalars) -> bool {
    let Some(code) = Code::of(code) else { return false };
    params.len() == code.params().len()
        && code.params().iter().all(|name| params.contains_key(*name))
}

impl Message {
    /// A message of this code, without parameters.
    pub fn new(code: Code, text: impl Into<Text>) -> Self {
        Self { code: code.as_str().into(), text: text.into(), ..Self::default() }
    }

    /// A message of this code in a constant.
    pub const fn constant(code: Code, text: &'static str) -> Self {
        Self {
            code: Text::Borrowed(code.as_str()),
            params: Scalars::new(),
            text: Text::Borrowed(text),
            details: Vec::new(),
        }
    }

    /// A message that is only its text: somebody else's words.
    pub fn text(text: impl Into<Text>) -> Self {
        Self { text: text.into(), ..Self::default() }
    }

    /// With one more parameter.
    #[must_use]
    pub fn with(mut self, name: &'static str, value: impl Into<Scalar>) -> Self {
        self.params.insert(name.into(), value.into());
        self
    }

    /// Whether it says this.
    pub fn is(&self, code: Code) -> bool {
        self.code == code.as_str()
    }

    /// With one more detail.
    #[must_use]
    pub fn detail(mut self, detail: Detail) -> Self {
        self.details.push(detail);
        self
    }

    /// Whether its code is one of the table's and its parameters are just those that the table names, and
    /// its details' as well.
    pub fn is_in_table(&self) -> bool {
        is_in_table(&self.code, &self.params)
            && self.details.iter().all(|detail| is_in_table(&detail.code, &detail.params))
    }

    /// Whether a parameter holds more than numbers, and names or ids with commas between them: words, that
    /// nobody could say in another language. What was `asked` is a person's own, and names of the catalog
    /// (`model`, `name`, `known`) have what spaces they have.
    pub fn has_prose(&self) -> bool {
        let prose = |(name, value): (&Text, &Scalar)| {
            let named = matches!(name.as_ref(), "asked" | "model" | "name" | "known");
            let spaced = |text: &str| text.split(", ").any(|part| part.contains(' '));
            !named && value.as_text().is_some_and(spaced)
        };
        let details = self.details.iter().flat_map(|detail| &detail.params);
        self.params.iter().chain(details).any(prose)
    }

    /// Whether it says nothing.
    pub fn is_empty(&self) -> bool {
        self.code.is_empty() && self.text.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_is_read_as_it_is_written() {
        let message = Message::new(Code::TooFewTokens, "Too few.")
            .with("price", 10u32)
            .with("available", 3u32);
        let json = serde_json::to_string(&message).unwrap();
        assert_eq!(
            json,
            r#"{"code":"too_few_tokens","params":{"available":3,"price":10},"text":"Too few."}"#
        );
        assert_eq!(serde_json::from_str::<Message>(&json).unwrap(), message);
        assert!(message.is(Code::TooFewTokens) && !message.is(Code::Internal));
        assert_eq!(Code::of("newer"), None);
    }

    #[test]
    fn parameters_are_those_of_the_table_and_no_others() {
        let price = Message::new(Code::TooFewTokens, "").with("price", 10u32);
        assert!(!price.is_in_table());
        let both = price.with("available", 3u32);
        assert!(both.is_in_table());
        assert!(!both.with("more", 1u32).is_in_table());
        assert!(Message::new(Code::Internal, "").is_in_table());
        assert!(!Message::new(Code::Internal, "").with("why", "x").is_in_table());
        let value = Message::new(Code::InvalidParameter, "").with("name", "limit");
        let range = Detail::new(Code::AllowedRange, "from 1 to 9").with("min", 1_u32);
        assert!(!value.clone().detail(range.clone()).is_in_table());
        assert!(value.detail(range.with("max", 9_u32)).is_in_table());
        assert!(!Message::new(Code::InvalidParameter, "").with("name", "limit").has_prose());
        let values = |values| Detail::new(Code::AllowedValues, "").with("values", values);
        assert!(!Message::default().detail(values("16:9, 9:16")).has_prose());
        assert!(Message::default().detail(values("from 2 to 10")).has_prose());
        assert!(!Message::text("somebody else's").is_in_table());
    }
}
