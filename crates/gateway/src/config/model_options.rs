//! Options of models in the settings: built-in ones changed or hidden, and new ones. The rules of
//! the built-in table apply to all of them.
//!
//! It must not know how a provider uses an option.

use std::collections::HashSet;

use ai_now_protocol::options::{
    ASPECT_RATIO, IMAGE, INSTRUMENTAL, LYRICS, RESOLUTION, Range, SECONDS, SEED, STYLE, TextLimit,
    Unit,
};
use ai_now_protocol::{Choice, ModelOption, OptionKind, Scalar};
use serde::{Deserialize, Serialize};

use super::text::{is_id, is_line};

/// An option of a model: changes to one that it has, or a new one.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OptionSettings {
    /// Its id, on the wire.
    pub id: String,
    /// Its name for people. Default for a new one: the id.
    pub name: Option<String>,
    /// Its kind. Required for a new one.
    pub kind: Option<KindSettings>,
    /// The value that is used if a request has none.
    pub default: Option<Scalar>,
    /// Whether it is shown among the advanced options.
    pub advanced: Option<bool>,
    /// Whether it is hidden.
    #[serde(default)]
    pub hidden: bool,
}

/// The kind of an option, as in the catalog.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "snake_case")]
pub enum KindSettings {
    /// One of these texts.
    Choice(Vec<ChoiceSettings>),
    /// A whole number.
    Integer(RangeSettings),
    /// Yes or no.
    Flag,
    /// A text.
    Text(TextSettings),
    /// A picture: the id of an upload.
    Picture,
}

/// One value of a choice.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ChoiceSettings {
    /// Its value on the wire.
    pub value: String,
    /// Its name for people. Default: the value.
    pub name: Option<String>,
    /// The choice as words, for providers that have no such option.
    #[serde(default)]
    pub words: String,
    /// Its surcharge, in percent of the model's price.
    pub price_percent: Option<u32>,
}

/// The range of an integer option.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RangeSettings {
    /// The minimum.
    pub min: i64,
    /// The maximum.
    pub max: i64,
    /// The step. Default: 1.
    pub step: Option<u32>,
    /// The unit.
    pub unit: Option<Unit>,
    /// How many units the model's price pays for.
    pub priced_per: Option<u32>,
}

/// The length of a text option.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TextSettings {
    /// In characters.
    pub max_chars: u32,
}

/// How many options a model may have.
const MAX_OPTIONS: usize = 32;

/// How many values a choice may have.
const MAX_CHOICES: usize = 200;

/// The longest text option, in characters: it must fit into the body of a request.
const MAX_TEXT_CHARS: u32 = 10_000;

/// What is wrong with an option.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum OptionFault {
    /// It occurs twice in the settings.
    #[error("it is there twice")]
    Twice,
    /// There is no such option to hide.
    #[error("there is no such option to hide")]
    NothingToHide,
    /// A new option has no kind.
    #[error("a new option needs a kind")]
    NoKind,
    /// The model has more than it may have.
    #[error("at most {MAX_OPTIONS} options are possible")]
    TooMany,
    /// Its id is not valid.
    #[error("an id is of lower case letters, digits, “-” and “_”")]
    Id,
    /// Its name is not readable.
    #[error("its name must be a line of text")]
    Name,
    /// Pages and providers know its id with another kind.
    #[error("it must be of the kind that the built-in table has for this id")]
    WrongKind,
    /// It has no choices, or too many.
    #[error("it must have from 1 to {MAX_CHOICES} values")]
    Choices,
    /// A text of a choice is not readable.
    #[error("each value, with its name and words, must be a line of text")]
    ChoiceText,
    /// A choice would make the generation free.
    #[error("`price_percent` must be at least 1")]
    PricePercent,
    /// Two choices have the same value.
    #[error("two have the value “{0}”")]
    ValueTaken(String),
    /// The range is empty.
    #[error("`min` must not be above `max`")]
    EmptyRange,
    /// The step is 0.
    #[error("`step` must be at least 1")]
    Step,
    /// The price pays for 0 units.
    #[error("`priced_per` must be at least 1")]
    PricedPer,
    /// A number that determines the price could be 0.
    #[error("what has a price must be at least 1")]
    PricedNothing,
    /// A text is too long, or could be empty.
    #[error("`max_chars` must be from 1 to {MAX_TEXT_CHARS}")]
    MaxChars,
    /// Its default is not one of its values.
    #[error("its default must be a value that it takes: {0}")]
    Default(String),
}

/// Applies the operator's settings to a model's options.
///
/// # Errors
/// The first option that is wrong, and why.
pub(super) fn change(
    options: &mut Vec<ModelOption>,
    settings: &[OptionSettings],
) -> Result<(), (String, OptionFault)> {
    let mut seen = HashSet::new();
    for own in settings {
        let fault = |fault| (own.id.clone(), fault);
        if !seen.insert(&own.id) {
            return Err(fault(OptionFault::Twice));
        }
        change_one(options, own).map_err(fault)?;
    }
    Ok(())
}

fn change_one(options: &mut Vec<ModelOption>, own: &OptionSettings) -> Result<(), OptionFault> {
    let at = options.iter().position(|option| option.id == own.id);
    if own.hidden {
        options.remove(at.ok_or(OptionFault::NothingToHide)?);
        return Ok(());
    }
    let at = match at {
        Some(at) => at,
        None => {
            options.push(ModelOption {
                id: own.id.clone().into(),
                name: own.id.clone().into(),
                kind: own.kind.clone().ok_or(OptionFault::NoKind)?.into(),
                default: None,
                advanced: false,
            });
            options.len() - 1
        }
    };
    let option = &mut options[at];
    if let Some(name) = &own.name {
        option.name = name.clone().into();
    }
    if let Some(kind) = &own.kind {
        option.kind = kind.clone().into();
    }
    option.default = own.default.clone().or(option.default.take());
    option.advanced = own.advanced.unwrap_or(option.advanced);
    Ok(())
}

/// The rules of the built-in table.
///
/// # Errors
/// The first option that breaks a rule, and the rule.
pub(super) fn check(options: &[ModelOption]) -> Result<(), (String, OptionFault)> {
    for (index, option) in options.iter().enumerate() {
        let checked =
            if index < MAX_OPTIONS { check_one(option) } else { Err(OptionFault::TooMany) };
        checked.map_err(|fault| (option.id.to_string(), fault))?;
    }
    Ok(())
}

fn check_one(option: &ModelOption) -> Result<(), OptionFault> {
    if !is_id(&option.id) {
        return Err(OptionFault::Id);
    }
    if !is_line(&option.name) {
        return Err(OptionFault::Name);
    }
    // Pages and providers know these by their ids.
    let fits = match (option.id.as_ref(), &option.kind) {
        (STYLE | ASPECT_RATIO | RESOLUTION, kind) => matches!(kind, OptionKind::Choice(_)),
        (SECONDS, kind) => matches!(kind, OptionKind::Integer(_)),
        (SEED, OptionKind::Integer(range)) => range.min >= 0 && range.max <= u32::MAX.into(),
        (SEED, _) => false,
        (INSTRUMENTAL, kind) => matches!(kind, OptionKind::Flag),
        (LYRICS, kind) => matches!(kind, OptionKind::Text(_)),
        (id, kind) => (id == IMAGE) == matches!(kind, OptionKind::Picture),
    };
    if !fits {
        return Err(OptionFault::WrongKind);
    }
    match &option.kind {
        OptionKind::Choice(choices) => check_choices(choices)?,
        OptionKind::Integer(range) => check_range(range)?,
        OptionKind::Text(limit) if !(1..=MAX_TEXT_CHARS).contains(&limit.max_chars) => {
            return Err(OptionFault::MaxChars);
        }
        OptionKind::Text(_) | OptionKind::Flag | OptionKind::Picture => {}
    }
    if option.default.as_ref().is_some_and(|value| !option.takes(value)) {
        return Err(OptionFault::Default(option.allowed().text.into_owned()));
    }
    Ok(())
}

fn check_choices(choices: &[Choice]) -> Result<(), OptionFault> {
    if !(1..=MAX_CHOICES).contains(&choices.len()) {
        return Err(OptionFault::Choices);
    }
    let mut values = HashSet::new();
    for choice in choices {
        let words = choice.words.is_empty() || is_line(&choice.words);
        if !is_line(&choice.value) || !is_line(&choice.name) || !words {
            return Err(OptionFault::ChoiceText);
        }
        if choice.price_percent == 0 {
            return Err(OptionFault::PricePercent);
        }
        if !values.insert(&choice.value) {
            return Err(OptionFault::ValueTaken(choice.value.to_string()));
        }
    }
    Ok(())
}

fn check_range(range: &Range) -> Result<(), OptionFault> {
    if range.min > range.max {
        return Err(OptionFault::EmptyRange);
    }
    if range.step == 0 {
        return Err(OptionFault::Step);
    }
    match range.priced_per {
        Some(0) => Err(OptionFault::PricedPer),
        // Zero and negative numbers would be free.
        Some(_) if range.min < 1 => Err(OptionFault::PricedNothing),
        _ => Ok(()),
    }
}

impl From<KindSettings> for OptionKind {
    fn from(kind: KindSettings) -> Self {
        match kind {
            KindSettings::Choice(choices) => {
                Self::Choice(choices.into_iter().map(Choice::from).collect())
            }
            KindSettings::Integer(RangeSettings { min, max, step, unit, priced_per }) => {
                Self::Integer(Range { min, max, step: step.unwrap_or(1), unit, priced_per })
            }
            KindSettings::Flag => Self::Flag,
            KindSettings::Text(TextSettings { max_chars }) => Self::Text(TextLimit { max_chars }),
            KindSettings::Picture => Self::Picture,
        }
    }
}

impl From<ChoiceSettings> for Choice {
    fn from(choice: ChoiceSettings) -> Self {
        let ChoiceSettings { value, name, words, price_percent } = choice;
        Self {
            name: name.unwrap_or_else(|| value.clone()).into(),
            value: value.into(),
            words: words.into(),
            price_percent: price_percent.unwrap_or(100),
        }
    }
}

#[cfg(test)]
mod tests {
    use ai_now_protocol::{Catalog, Scalars};

    use super::*;

    #[derive(Deserialize)]
    struct Settings {
        options: Vec<OptionSettings>,
    }

    /// The options of the built-in model `run`, with these changes.
    fn changed(toml: &str) -> Result<Vec<ModelOption>, String> {
        let settings: Settings = toml::from_str(toml).map_err(|e| e.message().to_owned())?;
        let mut options = Catalog::BUILT_IN.model("run").unwrap().options.to_vec();
        let done = change(&mut options, &settings.options).and_then(|()| check(&options));
        done.map_err(|(option, fault)| format!("“{option}”: {fault}"))?;
        Ok(options)
    }

    #[test]
    fn options_are_changed_added_and_hidden() {
        let options = changed(
            "[[options]]\nid = 'seconds'\nname = 'Duration'\n\
             kind = { integer = { min = 1, max = 60, unit = 'seconds', priced_per = 1 } }\n\
             [[options]]\nid = 'image'\nhidden = true\n\
             [[options]]\nid = 'quality'\ndefault = 'good'\nadvanced = true\n\
             kind = { choice = [{ value = 'good' }, { value = 'best', price_percent = 150 }] }\n\
             [[options]]\nid = 'loop'\nkind = 'flag'\n\
             [[options]]\nid = 'not'\nname = 'Not in it'\nkind = { text = { max_chars = 200 } }\n",
        )
        .unwrap();
        let ids: Vec<_> = options.iter().map(|option| option.id.as_ref()).collect();
        assert_eq!(ids, ["style", "seconds", "aspect_ratio", "seed", "quality", "loop", "not"]);
        assert_eq!((&*options[1].name, &options[1].default), ("Duration", &Some(5i64.into())));
        let price = |options: &[ModelOption], pairs: &[(&'static str, Scalar)]| {
            let values: Scalars =
                pairs.iter().map(|(id, value)| ((*id).into(), value.clone())).collect();
            ai_now_protocol::options::price_tokens(2, options, &values)
        };
        // Two tokens a second, five seconds by default.
        assert_eq!(price(&options, &[]), 10);
        assert_eq!(price(&options, &[("seconds", 12i64.into())]), 24);
        assert_eq!(price(&options, &[("quality", "best".into())]), 15);
    }

    #[test]
    fn the_built_in_options_keep_their_own_rules() {
        for model in Catalog::BUILT_IN.models.iter() {
            assert_eq!(check(&model.options), Ok(()), "{}", model.id);
        }
    }

    #[test]
    fn what_cannot_be_kept_is_not_offered() {
        let integer = |range: &str| format!("id = 'n'\nkind = {{ integer = {{ {range} }} }}");
        let choice = |choices: &str| format!("id = 'c'\nkind = {{ choice = [{choices}] }}");
        for (toml, why) in [
            ("id = 'x'".to_owned(), "“x”: a new option needs a kind"),
            ("id = 'X y'\nkind = 'flag'".into(), "an id is of lower case"),
            ("id = 'x'\nkind = 'flag'\nname = \"a\\nb\"".into(), "a line of text"),
            ("id = 'x'\nkind = 'flag'\nprize = 1".into(), "unknown field `prize`"),
            ("id = 'x'\nkind = 'bool'".into(), "unknown variant `bool`"),
            ("id = 'x'\nkind = 'flag'\ndefault = 'yes'".into(), "it takes: true or false"),
            ("id = 'x'\nhidden = true".into(), "no such option to hide"),
            ("id = 'seed'\nhidden = true\n[[options]]\nid = 'seed'\nhidden = true".into(), "twice"),
            (integer("min = 2, max = 1"), "above"),
            (integer("min = 0, max = 9, step = 0"), "`step`"),
            (integer("min = 0, max = 9, priced_per = 0"), "`priced_per`"),
            (integer("min = 0, max = 9, priced_per = 1"), "must be at least 1"),
            (integer("min = 0, max = 9, unit = 'miles'"), "unknown variant `miles`"),
            (choice(""), "from 1 to 200 values"),
            (choice("{ value = 'a' }, { value = 'a' }"), "two have the value “a”"),
            (choice("{ value = 'a', price_percent = 0 }"), "`price_percent`"),
            (choice("{ value = '' }"), "a line of text"),
            ("id = 't'\nkind = { text = { max_chars = 0 } }".into(), "`max_chars`"),
            ("id = 'photo'\nkind = 'picture'".into(), "of the kind"),
            ("id = 'seconds'\nkind = 'flag'".into(), "of the kind"),
            (
                "id = 'seconds'\nkind = { integer = { min = 6, max = 9 } }".into(),
                "its default must be a value that it takes: from 6 to 9",
            ),
        ] {
            let said = changed(&format!("[[options]]\n{toml}")).unwrap_err();
            assert!(said.contains(why), "{toml}: {said}");
        }
    }
}
