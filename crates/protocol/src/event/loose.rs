//! An event from outside, or a field of one: of any type, of which only usable parts are kept. It must not
//! know what the fields mean.

use std::fmt;

use serde::de::{
    Deserialize, DeserializeSeed, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor,
};

use crate::message::Detail;
use crate::scalar::{Scalar, Scalars, Text};

/// The longest text from outside, in characters. Longer ones are cut.
pub(super) const MAX_TEXT_CHARS: usize = 500;

/// How many parameters are kept: more than any sentence has.
const MAX_PARAMS: usize = 16;

/// How many details are kept: more than anybody reads.
const MAX_DETAILS: usize = 48;

/// How many fields of an event are kept: more than any event has, with what others add to it.
const MAX_FIELDS: usize = 64;

/// How deep values lie in others: a parameter of a detail in a list of an event.
const MAX_DEPTH: u8 = 4;

/// A value of any type.
#[derive(Default)]
pub(super) enum Loose {
    /// Absent, or unusable.
    #[default]
    Absent,
    Bool(bool),
    Number(f64),
    Text(String),
    /// The values of an object.
    Object(Vec<(Text, Loose)>),
    /// The values of a list.
    List(Vec<Loose>),
}

impl Loose {
    /// A text that is not blank, cut after [`MAX_TEXT_CHARS`].
    pub(super) fn text(self) -> Option<String> {
        let Self::Text(mut text) = self else { return None };
        if let Some((end, _)) = text.char_indices().nth(MAX_TEXT_CHARS) {
            text.truncate(end);
            text.push('…');
        }
        Some(text).filter(|text| !text.is_empty())
    }

    /// A number that is finite.
    pub(super) fn number(&self) -> Option<f64> {
        if let Self::Number(number) = self { Some(*number).filter(|n| n.is_finite()) } else { None }
    }

    /// A count, rounded.
    pub(super) fn count(&self) -> Option<u32> {
        let number = self.number().filter(|n| (0.0..=f64::from(u32::MAX)).contains(n))?;
        Some(number.round() as u32)
    }

    /// The values of an object, by name; none of anything else.
    pub(super) fn fields(self) -> Vec<(Text, Self)> {
        if let Self::Object(values) = self { values } else { Vec::new() }
    }

    /// The scalars of an object; none of anything else.
    pub(super) fn scalars(self) -> Scalars {
        // One by one: to collect into a map is to sort, which is more code than all of this.
        let mut scalars = Scalars::new();
        for (name, value) in self.fields() {
            if let Some(scalar) = value.scalar() {
                scalars.insert(name, scalar);
            }
        }
        scalars
    }

    /// The values of a list; none of anything else.
    pub(super) fn items(self) -> impl Iterator<Item = Self> {
        if let Self::List(values) = self { values } else { Vec::new() }.into_iter()
    }

    /// What an object says as a detail; an empty one for anything else.
    pub(super) fn detail(self) -> Detail {
        let mut detail = Detail::default();
        for (name, value) in self.fields() {
            match name.as_ref() {
                "code" => detail.code = value.text().unwrap_or_default().into(),
                "params" => detail.params = value.scalars(),
                "text" => detail.text = value.text().unwrap_or_default().into(),
                _ => {}
            }
        }
        detail
    }

    fn scalar(self) -> Option<Scalar> {
        match self {
            Self::Absent | Self::Object(_) | Self::List(_) => None,
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
        Reader { depth: 0 }.deserialize(deserializer)
    }
}

/// Reads a value. Nothing is kept of what lies deeper than anything of ours.
struct Reader {
    depth: u8,
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
        if self.depth == MAX_DEPTH {
            while seq.next_element::<IgnoredAny>()?.is_some() {}
            return Ok(Loose::Absent);
        }
        let mut values = Vec::new();
        while let Some(value) = seq.next_element_seed(Reader { depth: self.depth + 1 })? {
            if values.len() < MAX_DETAILS {
                values.push(value);
            }
        }
        Ok(Loose::List(values))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Loose, A::Error> {
        if self.depth == MAX_DEPTH {
            while map.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
            return Ok(Loose::Absent);
        }
        let most = if self.depth == 0 { MAX_FIELDS } else { MAX_PARAMS };
        let mut values = Vec::new();
        while let Some(name) = map.next_key::<String>()? {
            let value = map.next_value_seed(Reader { depth: self.depth + 1 })?;
            if values.len() < most {
                values.push((name.into(), value));
            }
        }
        Ok(Loose::Object(values))
    }
}
