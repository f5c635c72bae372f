//! The options of a model, and what they do to the price.
//!
//! Each model of the catalog lists its options; a request carries values for some of them. One
//! function checks the values and one computes the price, in the page and at the gateway alike. It
//! must not know how a provider uses an option.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};

use crate::code::Code;
use crate::message::Detail;
use crate::scalar::{Scalar, Scalars, Text};

/// The option that has its own field in a request: the documented `style`.
pub const STYLE: &str = "style";
/// The length of the result, in seconds.
pub const SECONDS: &str = "seconds";
/// The aspect ratio: `16:9`.
pub const ASPECT_RATIO: &str = "aspect_ratio";
/// The size of the picture, by its shorter side: `720p`.
pub const RESOLUTION: &str = "resolution";
/// A picture to start from: the id of an upload.
pub const IMAGE: &str = "image";
/// For models with reproducible results: the same seed gives the same result.
pub const SEED: &str = "seed";
/// Whether music is instrumental.
pub const INSTRUMENTAL: &str = "instrumental";
/// The lyrics of a song.
pub const LYRICS: &str = "lyrics";

/// An option of a model.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct ModelOption {
    /// Its name in a request's `options`: `seconds`.
    #[cfg_attr(feature = "schema", schema(value_type = String))]
    pub id: Text,
    /// Its name for people, in English: `Length`.
    #[cfg_attr(feature = "schema", schema(value_type = String))]
    pub name: Text,
    /// The kind of its values.
    pub kind: OptionKind,
    /// The default. Absent: the provider decides.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schema(nullable = false))]
    pub default: Option<Scalar>,
    /// Whether it is advanced: shown only on request.
    #[serde(default, skip_serializing_if = "is_false")]
    pub advanced: bool,
}

/// The kind of an option's values.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum OptionKind {
    /// One of these choices.
    #[cfg_attr(feature = "schema", schema(value_type = Vec<Choice>))]
    Choice(Cow<'static, [Choice]>),
    /// An integer.
    Integer(Range),
    /// A flag.
    Flag,
    /// A text.
    Text(TextLimit),
    /// A picture: the id of an upload.
    Picture,
}

/// The length of a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct TextLimit {
    /// The maximum, in characters (Unicode scalar values).
    pub max_chars: u32,
}

/// One value of a choice.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Choice {
    /// The value on the wire, compared exactly: `4`, `moody_film`, `16:9`.
    #[cfg_attr(feature = "schema", schema(value_type = String))]
    pub value: Text,
    /// Its name for people: `Watercolor`.
    #[cfg_attr(feature = "schema", schema(value_type = String))]
    pub name: Text,
    /// The choice as words, to be added to a prompt for a provider without such an option. Empty:
    /// there are none.
    #[serde(default, skip_serializing_if = "str::is_empty")]
    #[cfg_attr(feature = "schema", schema(value_type = String, required = false))]
    pub words: Text,
    /// The percentage of the model's price that it costs.
    #[serde(default = "hundred", skip_serializing_if = "is_hundred")]
    #[cfg_attr(feature = "schema", schema(required = false))]
    pub price_percent: u32,
}

/// The integers that an option accepts: `min`, `min + step`, and so on up to `max`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Range {
    /// The minimum.
    pub min: i64,
    /// The maximum.
    pub max: i64,
    /// The step; at least 1.
    #[serde(default = "one", skip_serializing_if = "is_one")]
    #[cfg_attr(feature = "schema", schema(required = false))]
    pub step: u32,
    /// The unit.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schema(nullable = false))]
    pub unit: Option<Unit>,
    /// How many units the model's price pays for; more cost more and fewer less, in proportion.
    /// Absent: the number doesn't change the price.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schema(nullable = false))]
    pub priced_per: Option<u32>,
}

/// The unit of an integer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Unit {
    /// Seconds.
    Seconds,
}

impl Choice {
    /// A prompt with this choice as words, for a provider without such an option.
    pub fn phrase(&self, prompt: &str) -> String {
        if self.words.is_empty() {
            return prompt.to_owned();
        }
        let ends = prompt.ends_with(['.', '!', '?', '…', '。', '！', '？']);
        let link = if ends { " Style:" } else { "," };
        format!("{prompt}{link} {}", self.words)
    }
}

impl ModelOption {
    /// Its choices; empty for other kinds.
    pub fn choices(&self) -> &[Choice] {
        if let OptionKind::Choice(choices) = &self.kind { choices } else { &[] }
    }

    /// Whether a value is valid for it.
    pub fn takes(&self, value: &Scalar) -> bool {
        match (&self.kind, value) {
            (OptionKind::Choice(choices), Scalar::Text(text)) => {
                choices.iter().any(|choice| choice.value == *text)
            }
            (OptionKind::Integer(range), Scalar::Integer(number)) => range.has(*number),
            (OptionKind::Flag, Scalar::Flag(_)) => true,
            (OptionKind::Text(limit), Scalar::Text(text)) => {
                text.chars().count() <= limit.max_chars as usize
            }
            (OptionKind::Picture, Scalar::Text(id)) => is_upload_id(id),
            _ => false,
        }
    }

    /// What it takes, as the detail of a refusal; in English: `16:9, 9:16`, `from 2 to 10`, `true or false`.
    pub fn allowed(&self) -> Detail {
        match &self.kind {
            OptionKind::Choice(choices) => {
                let values: Vec<_> = choices.iter().map(|choice| &*choice.value).collect();
                let values = values.join(", ");
                Detail::new(Code::AllowedValues, values.clone()).with("values", values)
            }
            OptionKind::Integer(range) => range.allowed(),
            OptionKind::Flag => Detail::new(Code::AllowedFlag, "true or false"),
            OptionKind::Text(TextLimit { max_chars }) => {
                let text = format!("a text of at most {max_chars} characters");
                Detail::new(Code::AllowedLength, text).with("min", 0_u32).with("max", *max_chars)
            }
            OptionKind::Picture => {
                Detail::new(Code::AllowedUpload, "the id of an uploaded picture")
            }
        }
    }

    /// The factor of a value in the price, as a fraction.
    fn price_factor(&self, value: &Scalar) -> (u64, u64) {
        match (&self.kind, value) {
            (OptionKind::Choice(choices), Scalar::Text(text)) => choices
                .iter()
                .find(|choice| choice.value == *text)
                .map_or((1, 1), |choice| (choice.price_percent.into(), 100)),
            (OptionKind::Integer(range), Scalar::Integer(number)) => match range.priced_per {
                Some(units) => (u64::try_from(*number).unwrap_or(0), u64::from(units.max(1))),
                None => (1, 1),
            },
            _ => (1, 1),
        }
    }
}

impl Range {
    fn has(self, number: i64) -> bool {
        (self.min..=self.max).contains(&number)
            && number.abs_diff(self.min).is_multiple_of(self.step.max(1).into())
    }

    fn allowed(self) -> Detail {
        let Self { min, max, step, .. } = self;
        let of = |code, text: String| Detail::new(code, text).with("min", min).with("max", max);
        if step > 1 {
            let text = format!("from {min} to {max} in steps of {step}");
            of(Code::AllowedSteps, text).with("step", step)
        } else {
            of(Code::AllowedRange, format!("from {min} to {max}"))
        }
    }
}

/// What a generation costs, in whole tokens: the model's price times the factor of each option's
/// value, rounded up once at the end, and at least 1 unless the model is free. Options that are not
/// given, or that the model doesn't have, change nothing.
pub fn price_tokens(base_tokens: u32, options: &[ModelOption], values: &Scalars) -> u32 {
    let mut price = u128::from(base_tokens);
    let mut parts: u128 = 1;
    for option in options {
        let value = values.get(&option.id).or(option.default.as_ref());
        let (times, of) = value.map_or((1, 1), |value| option.price_factor(value));
        // A nonsensical catalog results in the largest price, not in a panic.
        price = price.saturating_mul(times.into());
        parts = parts.saturating_mul(of.into());
    }
    u32::try_from(price.div_ceil(parts)).unwrap_or(u32::MAX).max(base_tokens.min(1))
}

/// Whether a text has the form of an upload's id.
pub fn is_upload_id(id: &str) -> bool {
    (1..=64).contains(&id.len()) && id.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde calls it with a reference")]
fn is_false(flag: &bool) -> bool {
    !flag
}

const fn hundred() -> u32 {
    100
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde calls it with a reference")]
fn is_hundred(percent: &u32) -> bool {
    *percent == 100
}

const fn one() -> u32 {
    1
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde calls it with a reference")]
fn is_one(step: &u32) -> bool {
    *step == 1
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::Catalog;

    fn values(pairs: &[(&'static str, Scalar)]) -> Scalars {
        pairs.iter().map(|(id, value)| ((*id).into(), value.clone())).collect()
    }

    #[test]
    fn each_kind_takes_its_values_alone() {
        let model = Catalog::BUILT_IN.model("run").unwrap().clone();
        let table = [
            (SECONDS, Scalar::Integer(2), true),
            (SECONDS, Scalar::Integer(10), true),
            (SECONDS, Scalar::Integer(11), false),
            (SECONDS, "5".into(), false),
            (ASPECT_RATIO, "9:16".into(), true),
            (ASPECT_RATIO, "9:17".into(), false),
            (SEED, Scalar::Integer(4_294_967_295), true),
            (SEED, Scalar::Integer(-1), false),
            (IMAGE, "up-7".into(), true),
            (IMAGE, "../up".into(), false),
            (IMAGE, "".into(), false),
            (STYLE, "frost".into(), true),
            (STYLE, "Frost".into(), false),
        ];
        for (id, value, taken) in table {
            assert_eq!(model.option(id).unwrap().takes(&value), taken, "{id} {value}");
        }
        let pika = Catalog::BUILT_IN.model("pika").unwrap().clone();
        let seconds = pika.option(SECONDS).unwrap();
        assert!(seconds.takes(&Scalar::Integer(10)) && !seconds.takes(&Scalar::Integer(7)));
        let suno = Catalog::BUILT_IN.model("suno").unwrap().clone();
        assert!(suno.option(INSTRUMENTAL).unwrap().takes(&true.into()));
        assert!(!suno.option(INSTRUMENTAL).unwrap().takes(&"true".into()));
        assert!(!suno.option(LYRICS).unwrap().takes(&"x".repeat(5001).into()));
    }

    #[test]
    fn the_price_follows_the_options_and_is_rounded_up_once() {
        let model = Catalog::BUILT_IN.model("pika").unwrap().clone();
        let price = |pairs: &[(&'static str, Scalar)]| model.price_tokens(&values(pairs));
        assert_eq!(price(&[]), 10);
        assert_eq!(price(&[(SECONDS, Scalar::Integer(5))]), 10);
        assert_eq!(price(&[(SECONDS, Scalar::Integer(10))]), 20);
        assert_eq!(price(&[(RESOLUTION, "1080p".into())]), 15);
        assert_eq!(price(&[(SECONDS, Scalar::Integer(10)), (RESOLUTION, "1080p".into())]), 30);
        let run = Catalog::BUILT_IN.model("run").unwrap().clone();
        assert_eq!(run.price_tokens(&values(&[(SECONDS, Scalar::Integer(7))])), 42);
        assert_eq!(price_tokens(1, &run.options, &values(&[(SECONDS, Scalar::Integer(7))])), 2);
    }

    #[test]
    fn defaults_cost_what_is_documented() {
        for model in Catalog::BUILT_IN.models.iter() {
            let defaults = model.options.iter();
            let defaults =
                defaults.filter_map(|o| Some((o.id.clone(), o.default.clone()?))).collect();
            assert_eq!(model.price_tokens(&defaults), model.price_tokens, "{}", model.id);
        }
    }

    #[test]
    fn a_choice_becomes_words() {
        let style = Catalog::BUILT_IN.model("pika").unwrap().style("4").unwrap().clone();
        let words = "as a watercolour painting, soft edges, paper texture";
        assert_eq!(style.phrase("A lake"), format!("A lake, {words}"));
        assert_eq!(style.phrase("A lake."), format!("A lake. Style: {words}"));
    }

    proptest! {
        #[test]
        fn a_price_is_never_nothing_and_never_a_panic(
            base: u32, seconds: i64, percent: u32, per: u32,
        ) {
            let range =
                Range { min: i64::MIN, max: i64::MAX, step: 1, unit: None, priced_per: Some(per) };
            let choice = Choice {
                value: "a".into(), name: "A".into(), words: "".into(), price_percent: percent,
            };
            let option = |id: &'static str, kind| ModelOption {
                id: id.into(), name: id.into(), kind, default: None, advanced: false,
            };
            let options = [
                option("n", OptionKind::Integer(range)),
                option("c", OptionKind::Choice(vec![choice].into())),
            ];
            let values = values(&[("n", Scalar::Integer(seconds)), ("c", "a".into())]);
            prop_assert_eq!(price_tokens(base, &options, &values) == 0, base == 0);
        }
    }
}
