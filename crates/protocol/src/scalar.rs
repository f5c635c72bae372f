//! A value of an option or a parameter: a flag, an integer or a text.
//!
//! Options of a request and parameters of a message consist of these. It must not know what the
//! values mean.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt;

use serde::de::{Deserialize, Deserializer, Error, Visitor};
use serde::{Serialize, Serializer};

/// A text from a constant table, or from outside.
pub type Text = Cow<'static, str>;

/// A flag, an integer or a text. On the wire it is the JSON value of that type.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Scalar {
    /// A flag.
    Flag(bool),
    /// An integer.
    Integer(i64),
    /// A text.
    Text(Cow<'static, str>),
}

/// Scalars by name, ordered by name.
pub type Scalars = BTreeMap<Cow<'static, str>, Scalar>;

impl Scalar {
    /// The text, if it is one.
    pub fn as_text(&self) -> Option<&str> {
        if let Self::Text(text) = self { Some(text) } else { None }
    }

    /// The number, if it is one.
    pub fn as_integer(&self) -> Option<i64> {
        if let Self::Integer(number) = self { Some(*number) } else { None }
    }

    /// The flag, if it is one.
    pub fn as_flag(&self) -> Option<bool> {
        if let Self::Flag(flag) = self { Some(*flag) } else { None }
    }
}

impl From<bool> for Scalar {
    fn from(flag: bool) -> Self {
        Self::Flag(flag)
    }
}

impl From<u32> for Scalar {
    fn from(number: u32) -> Self {
        Self::Integer(number.into())
    }
}

impl From<i64> for Scalar {
    fn from(number: i64) -> Self {
        Self::Integer(number)
    }
}

impl From<u64> for Scalar {
    /// Numbers above `i64::MAX` become that: no count of this project comes near it.
    fn from(number: u64) -> Self {
        Self::Integer(i64::try_from(number).unwrap_or(i64::MAX))
    }
}

impl From<String> for Scalar {
    fn from(text: String) -> Self {
        Self::Text(text.into())
    }
}

impl From<&'static str> for Scalar {
    fn from(text: &'static str) -> Self {
        Self::Text(text.into())
    }
}

impl From<Cow<'static, str>> for Scalar {
    fn from(text: Cow<'static, str>) -> Self {
        Self::Text(text)
    }
}

impl fmt::Display for Scalar {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Flag(flag) => flag.fmt(f),
            Self::Integer(number) => number.fmt(f),
            Self::Text(text) => text.fmt(f),
        }
    }
}

impl Serialize for Scalar {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Flag(flag) => serializer.serialize_bool(*flag),
            Self::Integer(number) => serializer.serialize_i64(*number),
            Self::Text(text) => serializer.serialize_str(text),
        }
    }
}

impl<'de> Deserialize<'de> for Scalar {
    /// # Errors
    /// For anything but a text, a flag or a number without a fraction. `5.0` is the number 5:
    /// JavaScript makes no difference.
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(ScalarVisitor)
    }
}

struct ScalarVisitor;

impl Visitor<'_> for ScalarVisitor {
    type Value = Scalar;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a text, a whole number, true or false")
    }

    fn visit_bool<E>(self, value: bool) -> Result<Scalar, E> {
        Ok(Scalar::Flag(value))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Scalar, E> {
        Ok(Scalar::Integer(value))
    }

    fn visit_u64<E: Error>(self, value: u64) -> Result<Scalar, E> {
        i64::try_from(value).map(Scalar::Integer).map_err(|_| E::custom("the number is too large"))
    }

    fn visit_f64<E: Error>(self, value: f64) -> Result<Scalar, E> {
        /// Up to this number, a float represents every integer exactly.
        const EXACT: f64 = 9_007_199_254_740_991.0;
        if value.fract() == 0.0 && value.abs() <= EXACT {
            Ok(Scalar::Integer(value as i64))
        } else {
            Err(E::custom("a number must be whole"))
        }
    }

    fn visit_str<E>(self, value: &str) -> Result<Scalar, E> {
        Ok(Scalar::Text(value.to_owned().into()))
    }
}

#[cfg(feature = "schema")]
mod schema {
    use utoipa::openapi::RefOr;
    use utoipa::openapi::schema::{
        KnownFormat, ObjectBuilder, OneOfBuilder, Schema, SchemaFormat, Type,
    };
    use utoipa::{PartialSchema, ToSchema};

    use super::Scalar;

    impl PartialSchema for Scalar {
        fn schema() -> RefOr<Schema> {
            let of = |kind| ObjectBuilder::new().schema_type(kind);
            OneOfBuilder::new()
                .item(of(Type::Boolean))
                .item(of(Type::Integer).format(Some(SchemaFormat::KnownFormat(KnownFormat::Int64))))
                .item(of(Type::String))
                .into()
        }
    }

    impl ToSchema for Scalar {}
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scalars_are_read_and_written_as_json_values() {
        let table = [
            ("true", Scalar::Flag(true)),
            ("-3", Scalar::Integer(-3)),
            ("\"16:9\"", Scalar::from("16:9")),
        ];
        for (json, scalar) in table {
            assert_eq!(serde_json::from_str::<Scalar>(json).unwrap(), scalar);
            assert_eq!(serde_json::to_string(&scalar).unwrap(), json);
        }
        assert_eq!(serde_json::from_str::<Scalar>("5.0").unwrap(), Scalar::Integer(5));
        for json in ["1.5", "1e99", "18446744073709551615", "null", "[]", "{}"] {
            assert!(serde_json::from_str::<Scalar>(json).is_err(), "{json}");
        }
    }
}
