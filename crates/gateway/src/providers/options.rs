//! What a model can be told, in a provider's own spelling. A value that a service does not take is
//! rounded to the nearest one that it takes; an option that it does not have is left out, as its page
//! says.
//!
//! It must not know any service's API.

use std::collections::BTreeMap;

use ai_now_protocol::options::{
    ASPECT_RATIO, IMAGE, INSTRUMENTAL, LYRICS, RESOLUTION, SECONDS, SEED, STYLE,
};
use ai_now_protocol::{Scalar, Scalars};
use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::provider::Job;
use super::settings::checks::SettingError;

impl Job {
    /// How long it shall be, in seconds: the nearest allowed length, if one was chosen.
    pub(super) fn seconds(&self, allowed: &[i64]) -> Option<i64> {
        nearest(self.options.get(SECONDS)?.as_integer()?, allowed)
    }

    /// Its shape, width to height (`16:9`): the nearest allowed one, if one was chosen.
    pub(super) fn aspect_ratio<'a>(&self, allowed: &[&'a str]) -> Option<&'a str> {
        let wanted = self.options.get(ASPECT_RATIO)?.as_text()?;
        nearest_size(Some(wanted), None, allowed)
    }

    /// Its size by its shorter side (`720p`): the nearest allowed one, if one was chosen.
    pub(super) fn resolution<'a>(&self, allowed: &[&'a str]) -> Option<&'a str> {
        nearest_resolution(self.options.get(RESOLUTION)?.as_text()?, allowed)
    }

    /// Its width and height (`1280:720`): the nearest allowed ones, if a shape or a size was chosen.
    pub(super) fn size<'a>(&self, allowed: &[&'a str]) -> Option<&'a str> {
        let text = |id: &str| self.options.get(id).and_then(Scalar::as_text);
        let (ratio, resolution) = (text(ASPECT_RATIO), text(RESOLUTION));
        if ratio.is_none() && resolution.is_none() {
            return None;
        }
        nearest_size(ratio, resolution, allowed)
    }

    /// What was chosen of the options that have no place of their own in a job: not the style, the seed
    /// or the picture.
    pub(super) fn own_options(&self) -> Scalars {
        let mut options = self.options.clone();
        options.retain(|id, _| ![STYLE, SEED, IMAGE].contains(&id.as_ref()));
        options
    }

    /// The words of the song, if it has some.
    pub(super) fn lyrics(&self) -> Option<&str> {
        self.options.get(LYRICS)?.as_text().filter(|lyrics| !lyrics.trim().is_empty())
    }

    /// Whether it shall be without singing, if that was said.
    pub(super) fn instrumental(&self) -> Option<bool> {
        self.options.get(INSTRUMENTAL)?.as_flag()
    }
}

/// Sets a field, where there is a value for it.
pub(super) fn set(fields: &mut Map<String, Value>, name: &str, value: Option<impl Into<Value>>) {
    if let Some(value) = value {
        fields.insert(name.to_owned(), value.into());
    }
}

/// The allowed number that is nearest to the wanted one; of two that are as near, the larger, so that
/// nobody gets less than they asked for. `None`: none is allowed.
pub(super) fn nearest(wanted: i64, allowed: &[i64]) -> Option<i64> {
    allowed.iter().copied().min_by_key(|number| (number.abs_diff(wanted), -number))
}

/// The allowed size, by its shorter side, that is nearest to the wanted one: `720p`, `4k`.
fn nearest_resolution<'a>(wanted: &str, allowed: &[&'a str]) -> Option<&'a str> {
    let wanted = lines(wanted)?;
    let known = allowed.iter().filter_map(|size| Some((lines(size)?, *size)));
    let nearest = known.min_by_key(|(size, _)| (size.abs_diff(wanted), -size));
    nearest.map(|(_, size)| size)
}

/// The allowed width and height (`1280:720`) whose shape is nearest to the wanted one, and of these the
/// one whose shorter side is. What is not wanted counts for nothing; the first of equals is taken.
fn nearest_size<'a>(
    ratio: Option<&str>,
    resolution: Option<&str>,
    allowed: &[&'a str],
) -> Option<&'a str> {
    let wanted_shape = ratio.and_then(sides).map(shape);
    let wanted_lines = resolution.and_then(lines);
    let distance = |size: &str| {
        let sides = sides(size)?;
        // In thousandths of a doubling: shapes that differ by a rounded pixel are the same.
        let shape = wanted_shape.map_or(0, |wanted| ((shape(sides) - wanted).abs() * 20.0) as u64);
        let lines = wanted_lines.map_or(0, |wanted| sides.0.min(sides.1).abs_diff(wanted));
        Some((shape, lines))
    };
    allowed
        .iter()
        .filter_map(|size| Some((distance(size)?, *size)))
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, size)| size)
}

fn sides(size: &str) -> Option<(i64, i64)> {
    let (width, height) = size.split_once(':')?;
    let (width, height) = (width.parse().ok()?, height.parse().ok()?);
    (width > 0 && height > 0).then_some((width, height))
}

/// How wide it is, in doublings of a square.
fn shape((width, height): (i64, i64)) -> f64 {
    (width as f64 / height as f64).log2()
}

/// The shorter side of a size, in lines.
fn lines(size: &str) -> Option<i64> {
    match size.to_ascii_lowercase().as_str() {
        "4k" => Some(2160),
        "2k" => Some(1440),
        size => size.strip_suffix('p')?.parse().ok(),
    }
}

/// Which field of a request takes an option, and how: for services whose models have fields of their
/// own.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OptionField {
    /// The field.
    pub field: String,
    /// How the value is written.
    #[serde(default)]
    pub spelling: Spelling,
    /// The values that the model takes, as the option has them. A number or a size is rounded to the
    /// nearest one. Empty: any.
    #[serde(default)]
    pub allowed: Vec<toml::Value>,
}

/// How a value of an option is written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
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
    /// A field that takes these values.
    pub(super) fn new(field: &str, spelling: Spelling, allowed: &[&str]) -> Self {
        let allowed = allowed.iter().map(|value| match value.parse::<i64>() {
            Ok(number) => toml::Value::from(number),
            Err(_) => toml::Value::from(*value),
        });
        Self { field: field.into(), spelling, allowed: allowed.collect() }
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

/// The fields that a job's options become.
pub(super) fn option_fields(job: &Job, fields: &OptionFields) -> Map<String, Value> {
    let mut sent = Map::new();
    for (id, field) in fields {
        // A picture's value is its id here; the service gets the picture.
        let value = match &job.picture {
            Some(picture) if id == IMAGE => Some(json!(picture.data_uri())),
            _ if id == IMAGE => None,
            _ => job.options.get(id.as_str()).and_then(|value| field.value(value)),
        };
        set(&mut sent, &field.field, value);
    }
    sent
}

/// Checks the fields of options that an operator names.
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
    fn numbers_are_rounded_to_the_nearest_allowed() {
        for (wanted, expected) in [(1, 4), (4, 4), (5, 6), (7, 8), (60, 8)] {
            assert_eq!(nearest(wanted, &[4, 6, 8]), Some(expected), "{wanted}");
        }
        assert_eq!(nearest(5, &[]), None);
    }

    #[test]
    fn shapes_and_sizes_are_rounded_to_the_nearest_allowed() {
        let allowed = ["16:9", "9:16", "1:1", "4:3"];
        for (wanted, expected) in
            [("16:9", "16:9"), ("21:9", "16:9"), ("5:4", "4:3"), ("9:21", "9:16"), ("4:5", "1:1")]
        {
            assert_eq!(nearest_size(Some(wanted), None, &allowed), Some(expected), "{wanted}");
        }
        let sizes = ["1280:720", "720:1280", "1920:1080", "1080:1920", "960:960"];
        for (ratio, resolution, expected) in [
            (Some("16:9"), None, "1280:720"),
            (Some("16:9"), Some("1080p"), "1920:1080"),
            (Some("9:16"), Some("4k"), "1080:1920"),
            (Some("1:1"), Some("1080p"), "960:960"),
            (None, Some("1080p"), "1920:1080"),
        ] {
            let found = nearest_size(ratio, resolution, &sizes);
            assert_eq!(found, Some(expected), "{ratio:?} {resolution:?}");
        }
        for (wanted, expected) in [("480p", "540p"), ("720p", "720p"), ("4k", "1080p")] {
            let found = nearest_resolution(wanted, &["540p", "720p", "1080p"]);
            assert_eq!(found, Some(expected), "{wanted}");
        }
        for odd in ["wide", "16:0", ":", "0:9"] {
            assert_eq!(sides(odd), None, "{odd}");
        }
    }

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
