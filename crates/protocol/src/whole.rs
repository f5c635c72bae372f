//! Integers in JSON: `7`, and also `7.0` or `7e0`, which some languages write. It must not know
//! what is counted.

use std::fmt;

use serde::de::{Deserializer, Error, Unexpected, Visitor};

/// Deserializes an integer that may be absent or `null`; for `#[serde(deserialize_with)]`.
///
/// # Errors
/// If it is not a number, not an integer, below 0 or above [`u32::MAX`].
pub fn optional<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<u32>, D::Error> {
    deserializer.deserialize_any(Whole)
}

struct Whole;

impl<'de> Visitor<'de> for Whole {
    type Value = Option<u32>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "a whole number from 0 to {}", u32::MAX)
    }

    fn visit_unit<E>(self) -> Result<Option<u32>, E> {
        Ok(None)
    }

    fn visit_none<E>(self) -> Result<Option<u32>, E> {
        Ok(None)
    }

    fn visit_some<D: Deserializer<'de>>(self, deserializer: D) -> Result<Option<u32>, D::Error> {
        deserializer.deserialize_any(Self)
    }

    fn visit_u64<E: Error>(self, number: u64) -> Result<Option<u32>, E> {
        let whole = u32::try_from(number);
        whole.map(Some).map_err(|_| E::invalid_value(Unexpected::Unsigned(number), &self))
    }

    fn visit_i64<E: Error>(self, number: i64) -> Result<Option<u32>, E> {
        let whole = u32::try_from(number);
        whole.map(Some).map_err(|_| E::invalid_value(Unexpected::Signed(number), &self))
    }

    fn visit_f64<E: Error>(self, number: f64) -> Result<Option<u32>, E> {
        if number.fract() == 0.0 && (0.0..=f64::from(u32::MAX)).contains(&number) {
            return Ok(Some(number as u32));
        }
        Err(E::invalid_value(Unexpected::Float(number), &self))
    }
}

#[cfg(test)]
mod tests {
    use serde::Deserialize;

    #[derive(Deserialize)]
    struct Holder {
        #[serde(default, deserialize_with = "super::optional")]
        number: Option<u32>,
    }

    #[test]
    fn a_whole_number_is_one_however_it_is_written() {
        let read = |json: &str| {
            serde_json::from_str::<Holder>(&format!("{{{json}}}")).map(|holder| holder.number).ok()
        };
        for (json, expected) in [
            ("", Some(None)),
            ("\"number\":null", Some(None)),
            ("\"number\":7", Some(Some(7))),
            ("\"number\":7.0", Some(Some(7))),
            ("\"number\":7e1", Some(Some(70))),
            ("\"number\":-0.0", Some(Some(0))),
            ("\"number\":4294967295", Some(Some(u32::MAX))),
            ("\"number\":4294967295.0", Some(Some(u32::MAX))),
            ("\"number\":4294967296", None),
            ("\"number\":4294967296.0", None),
            ("\"number\":-1", None),
            ("\"number\":0.5", None),
            ("\"number\":1e999", None),
            ("\"number\":\"7\"", None),
            ("\"number\":[7]", None),
            ("\"number\":true", None),
        ] {
            assert_eq!(read(json), expected, "{json}");
        }
    }
}
