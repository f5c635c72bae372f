//! What a service makes of an option of a model: the values that it can be asked for. From that the catalog
//! of a route follows, and which provider of a route can make what a request asks for.
//!
//! It must not know any service's API.

use std::collections::BTreeSet;

use ai_now_protocol::options::Range;
use ai_now_protocol::{Choice, Detail, ModelOption, OptionKind, Scalar, Text};

use super::sizes::{is_such, nearest, nearest_resolution, nearest_size};

/// The values of an option that a service can be asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Takes {
    /// None: it has no such field.
    Nothing,
    /// All that the model allows.
    Anything,
    /// These whole numbers.
    Numbers(Vec<i64>),
    /// These texts. Of a width and height (`1280:720`) the shape and the shorter side count.
    Texts(Vec<String>),
}

/// An option because of which a provider can't make just what is asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unfit {
    /// The option's id.
    pub option: Text,
    /// What it may be.
    pub allowed: Detail,
}

impl Unfit {
    pub(super) fn new(option: impl Into<Text>, allowed: Detail) -> Self {
        Self { option: option.into(), allowed }
    }
}

impl Takes {
    pub(super) fn numbers(numbers: &[i64]) -> Self {
        Self::Numbers(numbers.to_vec())
    }

    pub(super) fn texts<T: AsRef<str>>(texts: &[T]) -> Self {
        Self::Texts(texts.iter().map(|text| text.as_ref().to_owned()).collect())
    }

    /// Everything, where it has the field.
    pub(super) fn if_it(has_the_field: bool) -> Self {
        if has_the_field { Self::Anything } else { Self::Nothing }
    }

    /// Whether it can be asked for just this value.
    pub fn has(&self, value: &Scalar) -> bool {
        match (self, value) {
            (Self::Anything, _) => true,
            (Self::Numbers(numbers), Scalar::Integer(number)) => numbers.contains(number),
            (Self::Texts(texts), Scalar::Text(text)) => texts.iter().any(|one| is_such(one, text)),
            _ => false,
        }
    }
}

/// The option with the values that at least one of these takes. Its default becomes the nearest of them.
/// `None`: none of them takes any.
///
/// Of whole numbers the model's `step` counts where it leaves a choice. Where it does not, the services'
/// own steps between `min` and `max` are offered.
pub fn narrowed(option: &ModelOption, takes: &[Takes]) -> Option<ModelOption> {
    if takes.contains(&Takes::Anything) {
        return Some(option.clone());
    }
    let kind = match &option.kind {
        OptionKind::Choice(choices) => {
            let taken = |choice: &&Choice| {
                let value = Scalar::Text(choice.value.clone());
                takes.iter().any(|takes| takes.has(&value))
            };
            let left: Vec<_> = choices.iter().filter(taken).cloned().collect();
            (!left.is_empty()).then(|| OptionKind::Choice(left.into()))?
        }
        OptionKind::Integer(range) => OptionKind::Integer(narrowed_range(option, *range, takes)?),
        OptionKind::Flag | OptionKind::Text(_) | OptionKind::Picture => return None,
    };
    let mut left = ModelOption { kind, ..option.clone() };
    left.default = left.default.map(|default| nearest_value(&left.kind, default));
    Some(left)
}

fn narrowed_range(option: &ModelOption, range: Range, takes: &[Takes]) -> Option<Range> {
    let numbers = takes.iter().flat_map(|takes| match takes {
        Takes::Numbers(numbers) => numbers.as_slice(),
        _ => &[],
    });
    let within: BTreeSet<i64> =
        numbers.copied().filter(|number| (range.min..=range.max).contains(number)).collect();
    let in_steps: BTreeSet<i64> =
        within.iter().copied().filter(|number| option.takes(&Scalar::Integer(*number))).collect();
    let left = if in_steps.len() > 1 { in_steps } else { within };
    let (min, max) = (*left.first()?, *left.last()?);
    let step = left.iter().fold(0, |step, number| gcd(step, number.abs_diff(min)));
    Some(Range { min, max, step: u32::try_from(step).unwrap_or(1).max(1), ..range })
}

fn gcd(a: u64, b: u64) -> u64 {
    if b == 0 { a } else { gcd(b, a % b) }
}

/// The value of this kind that is nearest to one that it may not have any more.
fn nearest_value(kind: &OptionKind, value: Scalar) -> Scalar {
    match (kind, &value) {
        (OptionKind::Integer(Range { min, max, step, .. }), Scalar::Integer(wanted)) => {
            let numbers: Vec<_> =
                (*min..=*max).step_by(usize::try_from(*step).unwrap_or(1)).collect();
            nearest(*wanted, &numbers).map_or(value, Scalar::Integer)
        }
        (OptionKind::Choice(choices), Scalar::Text(wanted)) => {
            let values: Vec<&str> = choices.iter().map(|choice| choice.value.as_ref()).collect();
            let nearest = if values.contains(&wanted.as_ref()) {
                None
            } else {
                nearest_resolution(wanted, &values)
                    .or_else(|| nearest_size(Some(wanted), None, &values))
                    .or(values.first().copied())
            };
            nearest.map_or_else(|| value.clone(), |nearest| Scalar::Text(nearest.to_owned().into()))
        }
        _ => value,
    }
}

#[cfg(test)]
mod tests {
    use ai_now_protocol::Catalog;
    use ai_now_protocol::options::{ASPECT_RATIO, IMAGE, RESOLUTION, SECONDS, SEED};

    use super::*;

    fn option(model: &str, id: &str) -> ModelOption {
        Catalog::BUILT_IN.model(model).unwrap().option(id).unwrap().clone()
    }

    #[test]
    fn lengths_are_those_that_somebody_makes() {
        for (model, takes, allowed, default) in [
            ("run", vec![&[4, 6, 8][..]], "from 4 to 8 in steps of 2", 6),
            ("run", vec![&[3, 4, 5, 6, 7, 8, 9, 10, 11, 12]], "from 3 to 10", 5),
            ("luma", vec![&[5, 10]], "from 5 to 10 in steps of 5", 5),
            // The model's step would leave a single length.
            ("luma", vec![&[5, 9]], "from 5 to 9 in steps of 4", 5),
            ("luma", vec![&[5, 9], &[5, 10]], "from 5 to 10 in steps of 5", 5),
            ("run", vec![&[5, 9], &[5, 10]], "from 5 to 10", 5),
            ("luma", vec![&[8]], "from 8 to 8", 8),
        ] {
            let takes: Vec<_> = takes.into_iter().map(Takes::numbers).collect();
            let left = narrowed(&option(model, SECONDS), &takes).unwrap();
            assert_eq!(left.allowed().text, allowed, "{model} {takes:?}");
            assert_eq!(left.default, Some(Scalar::Integer(default)), "{model} {takes:?}");
        }
        assert_eq!(narrowed(&option("run", SECONDS), &[Takes::numbers(&[12])]), None);
    }

    #[test]
    fn shapes_and_sizes_are_those_that_somebody_makes() {
        for (model, id, texts, allowed, default) in [
            ("luma", ASPECT_RATIO, &["9:16", "1:1"][..], "9:16, 1:1", "1:1"),
            ("luma", ASPECT_RATIO, &["1280:720", "960:960"], "16:9, 1:1", "16:9"),
            ("luma", RESOLUTION, &["1280:720", "1920:1080"], "720p, 1080p", "720p"),
            ("luma", RESOLUTION, &["1080p", "4k"], "1080p", "1080p"),
        ] {
            let left = narrowed(&option(model, id), &[Takes::texts(texts)]).unwrap();
            assert_eq!(left.allowed().text, allowed, "{texts:?}");
            assert_eq!(left.default, Some(Scalar::Text(default.into())), "{texts:?}");
        }
        assert_eq!(narrowed(&option("run", ASPECT_RATIO), &[Takes::texts(&["1:1"])]), None);
    }

    #[test]
    fn what_nobody_takes_is_left_out() {
        for id in [SECONDS, ASPECT_RATIO, IMAGE, SEED] {
            let option = option("run", id);
            assert_eq!(narrowed(&option, &[Takes::Nothing]), None, "{id}");
            assert_eq!(narrowed(&option, &[Takes::Nothing, Takes::Anything]), Some(option));
        }
    }
}
