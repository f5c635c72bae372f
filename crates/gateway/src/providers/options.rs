//! What a model can be told, in a provider's own spelling. A service is asked for what it takes alone
//! ([`super::takes`]); where a request says nothing, and the model's default is none that it takes, for the
//! nearest.
//!
//! It must not know any service's API.

use std::collections::BTreeMap;

use ai_now_protocol::options::{
    ASPECT_RATIO, IMAGE, INSTRUMENTAL, LYRICS, RESOLUTION, SECONDS, SEED, STYLE,
};
use ai_now_protocol::{Scalar, Scalars};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use super::provider::Job;
use super::settings::checks::SettingError;
use super::sizes::{nearest, nearest_resolution, nearest_size, sides};
use super::takes::Takes;

impl Job {
    /// The requested length in seconds: the nearest allowed one, if one was chosen.
    pub(super) fn seconds(&self, allowed: &[i64]) -> Option<i64> {
        nearest(self.options.get(SECONDS)?.as_integer()?, allowed)
    }

    /// The requested aspect ratio (`16:9`): the nearest allowed one, if one was chosen.
    pub(super) fn aspect_ratio<'a>(&self, allowed: &[&'a str]) -> Option<&'a str> {
        let wanted = self.options.get(ASPECT_RATIO)?.as_text()?;
        nearest_size(Some(wanted), None, allowed)
    }

    /// The requested size by its shorter side (`720p`): the nearest allowed one, if one was chosen.
    pub(super) fn resolution<'a>(&self, allowed: &[&'a str]) -> Option<&'a str> {
        nearest_resolution(self.options.get(RESOLUTION)?.as_text()?, allowed)
    }

    /// The requested width and height (`1280:720`): the nearest allowed ones, if a ratio or a size
    /// was chosen.
    pub(super) fn size<'a>(&self, allowed: &[&'a str]) -> Option<&'a str> {
        let text = |id: &str| self.options.get(id).and_then(Scalar::as_text);
        let (ratio, resolution) = (text(ASPECT_RATIO), text(RESOLUTION));
        if ratio.is_none() && resolution.is_none() {
            return None;
        }
        nearest_size(ratio, resolution, allowed)
    }

    /// The chosen options other than the style, the seed and the picture, which have their own
    /// place in a job.
    pub(super) fn own_options(&self) -> Scalars {
        let mut options = self.options.clone();
        options.retain(|id, _| ![STYLE, SEED, IMAGE].contains(&id.as_ref()));
        options
    }

    /// The lyrics of the song, if there are any.
    pub(super) fn lyrics(&self) -> Option<&str> {
        self.options.get(LYRICS)?.as_text().filter(|lyrics| !lyrics.trim().is_empty())
    }

    /// Whether it should be instrumental, if that was chosen.
    pub(super) fn instrumental(&self) -> Option<bool> {
        self.options.get(INSTRUMENTAL)?.as_flag()
    }
}

/// Sets a field, if there is a value for it.
pub(super) fn set(fields: &mut Map<String, Value>, name: &str, value: Option<impl Into<Value>>) {
    if let Some(value) = value {
        fields.insert(name.to_owned(), value.into());
    }
}

/// Which field of a request takes an option, and how: for services whose models have fields of their
/// own.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OptionField {
    /// The field.
    pub field: String,
    /// How the value is written.
    #[serde(default)]
    pub spelling: Spelling,
    /// The values that the model accepts, as the option has them. A number or a size is rounded to
    /// the nearest one. Empty: any.
    #[serde(default)]
    pub allowed: Vec<toml::Value>,
}

/// How an option's value is written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Spelling {
    /// As it is: `5`, `true`, `"16:9"`.
    #[default]
    Plain,
    /// As a text: `"5"`.
    Text,
    /// As a text with the unit: `"5s"`.
    TextWithS,
    /// In thousandths: `5000`.
    Milliseconds,
}

/// The fields of a model's options, by the option's id.
pub type OptionFields = BTreeMap<String, OptionField>;

impl OptionField {
    /// A field with these values.
    pub(super) fn new(field: &str, spelling: Spelling, allowed: &[&str]) -> Self {
        let allowed = allowed.iter().map(|value| match value.parse::<i64>() {
            Ok(number) => toml::Value::from(number),
            Err(_) => toml::Value::from(*value),
        });
        Self { field: field.into(), spelling, allowed: allowed.collect() }
    }

    /// The values that it takes.
    fn takes(&self) -> Takes {
        let numbers: Option<Vec<_>> = self.allowed.iter().map(toml::Value::as_integer).collect();
        let texts: Vec<_> = self.allowed.iter().filter_map(toml::Value::as_str).collect();
        match numbers {
            _ if self.allowed.is_empty() => Takes::Anything,
            Some(numbers) => Takes::Numbers(numbers),
            None => Takes::texts(&texts),
        }
    }

    /// The value that is sent for an option. `None`: there is none that the model takes.
    fn value(&self, value: &Scalar) -> Option<Value> {
        let value = match value {
            Scalar::Integer(number) => {
                let allowed: Vec<_> =
                    self.allowed.iter().filter_map(toml::Value::as_integer).collect();
                if self.allowed.is_empty() { *number } else { nearest(*number, &allowed)? }
            }
            Scalar::Text(text) => {
                let allowed: Vec<_> = self.allowed.iter().filter_map(toml::Value::as_str).collect();
                let text = match text.as_ref() {
                    text if allowed.is_empty() || allowed.contains(&text) => text,
                    text if sides(text).is_some() => nearest_size(Some(text), None, &allowed)?,
                    text => nearest_resolution(text, &allowed)?,
                };
                return Some(json!(text));
            }
            Scalar::Flag(flag) => return Some(json!(flag)),
        };
        Some(match self.spelling {
            Spelling::Plain => json!(value),
            Spelling::Text => json!(value.to_string()),
            Spelling::TextWithS => json!(format!("{value}s")),
            Spelling::Milliseconds => json!(value.saturating_mul(1000)),
        })
    }
}

/// What a service makes of an option that has these fields for options, and this one for the seed (empty:
/// none).
pub(super) fn taken_by(fields: &OptionFields, seed_field: &str, option: &str) -> Takes {
    match fields.get(option) {
        Some(field) => field.takes(),
        None => Takes::if_it(option == SEED && !seed_field.is_empty()),
    }
}

/// The fields that a job's options become.
pub(super) fn option_fields(job: &Job, fields: &OptionFields) -> Map<String, Value> {
    let mut sent = Map::new();
    for (id, field) in fields {
        // A picture's value is its id here; the service gets the picture itself.
        let value = match &job.picture {
            Some(picture) if id == IMAGE => Some(json!(picture.data_uri())),
            _ if id == IMAGE => None,
            _ => job.options.get(id.as_str()).and_then(|value| field.value(value)),
        };
        set(&mut sent, &field.field, value);
    }
    sent
}

/// Checks the fields of options in the settings.
pub(super) fn check(fields: &OptionFields) -> Result<(), SettingError> {
    match fields.values().find(|field| field.field.is_empty()) {
        Some(_) => Err(SettingError::new("options", "name the field that takes the option")),
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_option_is_written_as_its_field_says() {
        let field = |toml: &str| toml::from_str::<OptionField>(toml).unwrap();
        let five = Scalar::Integer(5);
        for (toml, value, expected) in [
            ("field = 'd'", five.clone(), Some(json!(5))),
            ("field = 'd'\nspelling = 'text'", five.clone(), Some(json!("5"))),
            ("field = 'd'\nspelling = 'text_with_s'", five.clone(), Some(json!("5s"))),
            ("field = 'd'\nspelling = 'milliseconds'", five.clone(), Some(json!(5000))),
            ("field = 'd'\nallowed = [4, 8]", five, Some(json!(4))),
            ("field = 'r'\nallowed = ['16:9', '1:1']", "21:9".into(), Some(json!("16:9"))),
            ("field = 'r'\nallowed = ['720p', '1080p']", "4k".into(), Some(json!("1080p"))),
            ("field = 'r'\nallowed = ['a']", "b".into(), None),
            ("field = 'i'", true.into(), Some(json!(true))),
        ] {
            assert_eq!(field(toml).value(&value), expected, "{toml} {value}");
        }
    }
}
