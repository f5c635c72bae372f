//! A field of an event as somebody sent it: of any type, of which only what can be used is kept. It
//! must not know what the fields mean.

use std::fmt;

use serde::de::{
    Deserialize, DeserializeSeed, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor,
};

use crate::scalar::{Scalar, Scalars};

/// How long a text from outside may get before it is cut, in characters. Nobody reads more.
pub(super) const MAX_TEXT_CHARS: usize = 500;

/// How many parameters are kept: more than a sentence can name.
const MAX_PARAMS: usize = 16;

/// A value of any type.
#[derive(Default)]
pub(super) enum Loose {
    /// There is none, or one that nobody can use.
    #[default]
    Absent,
    Bool(bool),
    Number(f64),
    Text(String),
    /// The simple values of an object.
    Object(Scalars),
}

impl Loose {
    /// A text that says something, cut after [`MAX_TEXT_CHARS`].
    pub(super) fn text(self) -> Option<String> {
        let Self::Text(mut text) = self else { return None };
        if let Some((end, _)) = text.char_indices().nth(MAX_TEXT_CHARS) {
            text.truncate(end);
            text.push('…');
        }
        Some(text).filter(|text| !text.is_empty())
    }

    /// A number that is one.
    pub(super) fn number(&self) -> Option<f64> {
        if let Self::Number(number) = self { Some(*number).filter(|n| n.is_finite()) } else { None }
    }

    /// A number of things, rounded.
    pub(super) fn count(&self) -> Option<u32> {
        let number = self.number().filter(|n| (0.0..=f64::from(u32::MAX)).contains(n))?;
        Some(number.round() as u32)
    }

    /// The simple values of an object; none of anything else.
    pub(super) fn scalars(self) -> Scalars {
        if let Self::Object(scalars) = self { scalars } else { Scalars::new() }
    }

    fn scalar(self) -> Option<Scalar> {
        match self {
            Self::Absent | Self::Object(_) => None,
            Self::Bool(flag) => Some(Scalar::Flag(flag)),
            Self::Number(number) => {
                let whole = number.is_finite() && number.fract() == 0.0;
                whole.then_some(Scalar::Integer(number as i64))
            }
            text @ Self::Text(_) => text.text().map(Scalar::from),
        }
    }
}

impl<'de> Deserialize<'de> for Loose {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Reader { is_nested: false }.deserialize(deserializer)
    }
}

/// Reads a value. Of an object in an object nothing is kept, so that nobody can nest them deep.
struct Reader {
    is_nested: bool,
}

impl<'de> DeserializeSeed<'de> for Reader {
    type Value = Loose;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Loose, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Reader {
    type Value = Loose;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("any value")
    }

    fn visit_bool<E>(self, value: bool) -> Result<Loose, E> {
        Ok(Loose::Bool(value))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Loose, E> {
        Ok(Loose::Number(value as f64))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Loose, E> {
        Ok(Loose::Number(value as f64))
    }

    fn visit_f64<E>(self, value: f64) -> Result<Loose, E> {
        Ok(Loose::Number(value))
    }

    fn visit_str<E>(self, value: &str) -> Result<Loose, E> {
        Ok(Loose::Text(value.to_owned()))
    }

    fn visit_unit<E>(self) -> Result<Loose, E> {
        Ok(Loose::Absent)
    }

    fn visit_none<E>(self) -> Result<Loose, E> {
        Ok(Loose::Absent)
    }

    fn visit_some<D: Deserializer<'de>>(self, deserializer: D) -> Result<Loose, D::Error> {
        self.deserialize(deserializer)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Loose, A::Error> {
        while seq.next_element::<IgnoredAny>()?.is_some() {}
        Ok(Loose::Absent)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Loose, A::Error> {
        if self.is_nested {
            while map.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
            return Ok(Loose::Absent);
        }
        let mut scalars = Scalars::new();
        while let Some(name) = map.next_key::<String>()? {
            let value = map.next_value_seed(Reader { is_nested: true })?.scalar();
            if let Some(value) = value
                && scalars.len() < MAX_PARAMS
            {
                scalars.insert(name.into(), value);
            }
        }
        Ok(Loose::Object(scalars))
    }
}
