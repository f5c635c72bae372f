//! A request for a generation, and its validation.
//!
//! The widget calls [`GenerateRequest::check`] before it sends and the gateway calls the very same
//! function when it receives, so that both accept the same requests. It must not know tokens or
//! keys: whether someone may and can pay is decided by the gateway.

use serde::{Deserialize, Serialize};

use crate::catalog::{Catalog, Model};
use crate::code::Code;
use crate::invalid::Invalid;
use crate::message::Detail;
use crate::options::{Choice, ModelOption, SEED, STYLE};
use crate::scalar::{Scalar, Scalars};
use crate::visible::is_invisible;

/// The body of `POST /api/generate` (documented) and of `POST /api/generations`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[cfg_attr(
    feature = "schema",
    schema(examples(
        json!({"model": "suno", "prompt": "A upbeat pop song about summer"}),
        json!({
            "model": "pika",
            "prompt": "A serene lake surrounded by mountains",
            "style": "4",
        }),
    ))
)]
pub struct GenerateRequest {
    /// The id of a model in the catalog. Absent is treated as empty.
    #[serde(default)]
    pub model: String,
    /// What to make, in any language and script. Absent is treated as empty.
    #[serde(default)]
    pub prompt: String,
    /// The value of one of the model's styles. Absent or empty: no style.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub style: Option<String>,
    /// Our own addition: the other options, by their ids. `style` may be among them as well.
    #[serde(default, skip_serializing_if = "Scalars::is_empty")]
    #[cfg_attr(feature = "schema", schema(value_type = std::collections::BTreeMap<String, crate::Scalar>, required = false))]
    pub options: Scalars,
}

/// A valid request: its model and options are those of the catalog.
#[derive(Clone, Debug, PartialEq)]
pub struct Order<'a> {
    /// The model.
    pub model: &'a Model,
    /// The prompt, trimmed, with control characters replaced by spaces; never blank.
    pub prompt: String,
    /// The options that were given, the style among them. Defaults are not filled in: a provider
    /// that has a better value, such as a length mentioned in the prompt, may use it.
    pub options: Scalars,
    /// What it costs, in tokens.
    pub price_tokens: u32,
}

impl<'a> Order<'a> {
    /// The style, if one was chosen.
    pub fn style(&self) -> Option<&'a Choice> {
        self.options.get(STYLE).and_then(Scalar::as_text).and_then(|value| self.model.style(value))
    }

    /// The seed, if one was given.
    pub fn seed(&self) -> Option<u32> {
        seed_of(&self.options)
    }
}

fn seed_of(options: &Scalars) -> Option<u32> {
    options.get(SEED)?.as_integer()?.try_into().ok()
}

impl GenerateRequest {
    /// The seed, if one is given.
    pub fn seed(&self) -> Option<u32> {
        seed_of(&self.options)
    }

    /// With this seed, or with none.
    #[must_use]
    pub fn with_seed(mut self, seed: Option<u32>) -> Self {
        self.options.remove(SEED);
        self.options.extend(seed.map(|seed| (SEED.into(), seed.into())));
        self
    }

    /// Checks the request against a catalog.
    ///
    /// The length is that of the prompt as it will be used: trimmed. Control characters other than
    /// line breaks and tabs are replaced by spaces.
    ///
    /// # Errors
    /// [`Invalid`]: the first thing that is wrong, model before prompt before style before the other
    /// options.
    pub fn check<'a>(&self, catalog: &'a Catalog) -> Result<Order<'a>, Invalid> {
        let known = || catalog.models.iter().map(|model| model.id.clone()).collect();
        if self.model.is_empty() {
            return Err(Invalid::NoModel { known: known() });
        }
        let Some(model) = catalog.model(&self.model) else {
            return Err(Invalid::UnknownModel { asked: self.model.clone(), known: known() });
        };
        let prompt = check_prompt(&self.prompt, model)?;
        let style = check_style(self.style.as_deref(), model)?;
        let options = check_options(style, &self.options, model)?;
        let price_tokens = model.price_tokens(&options);
        Ok(Order { model, prompt, options, price_tokens })
    }
}

fn check_prompt(prompt: &str, model: &Model) -> Result<String, Invalid> {
    let space_out = |c: char| if c.is_control() && !matches!(c, '\n' | '\t') { ' ' } else { c };
    let lines = prompt.split('\n').map(|line| line.strip_suffix('\r').unwrap_or(line));
    let cleaned: String = lines.collect::<Vec<_>>().join("\n").chars().map(space_out).collect();
    let trimmed = cleaned.trim();
    if trimmed.chars().all(|c| c.is_whitespace() || is_invisible(c)) {
        return Err(Invalid::EmptyPrompt);
    }
    let chars = trimmed.chars().count();
    if chars > model.prompt_max_chars as usize {
        return Err(Invalid::LongPrompt { chars, max_chars: model.prompt_max_chars });
    }
    Ok(trimmed.to_owned())
}

fn check_style<'a>(value: Option<&str>, model: &'a Model) -> Result<Option<&'a Choice>, Invalid> {
    let Some(value) = value.filter(|value| !value.is_empty()) else { return Ok(None) };
    if model.styles().is_empty() {
        return Err(Invalid::NoStyles { model: model.name.clone() });
    }
    model.style(value).map(Some).ok_or_else(|| Invalid::UnknownStyle {
        asked: value.to_owned(),
        model: model.name.clone(),
        known: model.styles().iter().map(|s| (s.value.clone(), s.name.clone())).collect(),
    })
}

/// Empty texts are no values: forms send them for fields that were left empty.
fn check_options(
    style: Option<&Choice>,
    given: &Scalars,
    model: &Model,
) -> Result<Scalars, Invalid> {
    let mut options = Scalars::new();
    for (id, value) in given {
        let option = model.option(id).ok_or_else(|| Invalid::UnknownOption {
            asked: id.to_string(),
            model: model.name.clone(),
            known: model.options.iter().map(|option| option.id.clone()).collect(),
        })?;
        if matches!(value, Scalar::Text(text) if text.trim().is_empty()) {
            continue;
        }
        if !option.takes(value) {
            return Err(invalid(option));
        }
        options.insert(option.id.clone(), value.clone());
    }
    if let Some(style) = style {
        let value = Scalar::Text(style.value.clone());
        // Two different values: it is unclear which one was meant.
        if options.insert(STYLE.into(), value.clone()).is_some_and(|other| other != value) {
            return Err(Invalid::InvalidOption {
                option: STYLE.into(),
                allowed: Detail::new(Code::AllowedSame, "the same value as `style`")
                    .with("field", STYLE),
            });
        }
    }
    Ok(options)
}

fn invalid(option: &ModelOption) -> Invalid {
    Invalid::InvalidOption { option: option.id.clone(), allowed: option.allowed() }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn request(model: &str, prompt: &str, style: Option<&str>) -> GenerateRequest {
        GenerateRequest {
            model: model.into(),
            prompt: prompt.into(),
            style: style.map(Into::into),
            options: Scalars::new(),
        }
    }

    #[test]
    fn valid_requests() {
        let table = [
            ("suno", "A upbeat pop song about summer", None, "A upbeat pop song about summer"),
            ("pika", "  a lake\r\nat dawn\t ", Some("4"), "a lake\nat dawn"),
            ("run", "nul\u{0}nul", Some("80s_vaporwave"), "nul nul"),
            ("luma", "山の湖 🏔️ بحيرة", Some(""), "山の湖 🏔️ بحيرة"),
            ("luma", "<script>\"'&", None, "<script>\"'&"),
        ];
        for (model, prompt, style, cleaned) in table {
            let catalog = Catalog::BUILT_IN;
            let request = request(model, prompt, style);
            let order = request.check(&catalog).unwrap();
            assert_eq!((order.model.id.as_ref(), order.prompt.as_str()), (model, cleaned));
            let value = order.style().map(|style| style.value.as_ref());
            assert_eq!(value, style.filter(|value| !value.is_empty()));
        }
    }

    #[test]
    fn invalid_requests_say_what_to_do() {
        let long = "é".repeat(2001);
        let table = [
            ("", "x", None, "No model was named. Choose one of: suno, luma, pika, run."),
            ("Suno", "x", None, "There is no model “Suno”. Choose one of: suno, luma, pika, run."),
            ("suno", "", None, "The prompt is empty. Say what to make."),
            ("suno", " \n\u{0}\u{200b}\u{feff}", None, "The prompt is empty. Say what to make."),
            (
                "suno",
                &long,
                None,
                "The prompt is 2001 characters long; at most 2000 are possible. Shorten it.",
            ),
            ("suno", "x", Some("1"), "Suno has no styles. Leave the style out."),
            (
                "pika",
                "x",
                Some("anime"),
                "Pika has no style “anime”. Choose one of: 1 (Anime), 2 (Moody), 3 (3D), \
                 4 (Watercolor), 5 (Natural), 6 (Claymation), 7 (Black & White).",
            ),
        ];
        for (model, prompt, style, sentence) in table {
            let error = request(model, prompt, style).check(&Catalog::BUILT_IN).unwrap_err();
            assert_eq!(error.to_string(), sentence);
        }
    }

    #[test]
    fn options_are_checked_and_priced() {
        let read = |json| serde_json::from_str::<GenerateRequest>(json).unwrap();
        let catalog = Catalog::BUILT_IN;
        let request = read(
            r#"{"model":"pika","prompt":"a lake","style":"4",
                "options":{"seconds":10.0,"resolution":"1080p","aspect_ratio":"","seed":7}}"#,
        );
        let order = request.check(&catalog).unwrap();
        assert_eq!((order.price_tokens, order.seed()), (30, Some(7)));
        assert_eq!(order.style().unwrap().name, "Watercolor");
        let ids: Vec<_> = order.options.keys().map(AsRef::as_ref).collect();
        assert_eq!(ids, ["resolution", "seconds", "seed", "style"]);
        let plain = read(r#"{"model":"pika","prompt":"a lake"}"#);
        let order = plain.check(&catalog).unwrap();
        assert_eq!((order.price_tokens, order.options.len()), (10, 0));
    }

    #[test]
    fn unfitting_options_name_those_that_fit() {
        let table = [
            (
                r#"{"model":"suno","prompt":"x","options":{"resolution":"720p"}}"#,
                "Suno has no option “resolution”. It has: seconds, instrumental, lyrics, seed.",
                "unknown_option",
            ),
            (
                r#"{"model":"pika","prompt":"x","options":{"seconds":7}}"#,
                "The option “seconds” can't have this value. It takes: from 5 to 10 in steps of 5.",
                "invalid_option",
            ),
            (
                r#"{"model":"pika","prompt":"x","style":"4","options":{"style":"5"}}"#,
                "The option “style” can't have this value. It takes: the same value as `style`.",
                "invalid_option",
            ),
        ];
        for (json, sentence, code) in table {
            let request: GenerateRequest = serde_json::from_str(json).unwrap();
            let message = request.check(&Catalog::BUILT_IN).unwrap_err().message();
            assert_eq!((message.text.as_ref(), message.code.as_ref()), (sentence, code));
        }
    }

    #[test]
    fn what_is_missing_is_named() {
        let read = |json| serde_json::from_str::<GenerateRequest>(json).unwrap();
        let why = |json| read(json).check(&Catalog::BUILT_IN).unwrap_err();
        assert_eq!(why(r#"{"model":"suno"}"#), Invalid::EmptyPrompt);
        assert!(matches!(why(r#"{"prompt":"x"}"#), Invalid::NoModel { .. }));
    }

    #[test]
    fn a_prompt_as_long_as_the_limit_is_taken() {
        let prompt = format!("  {}  ", "湖".repeat(1000));
        assert!(request("run", &prompt, None).check(&Catalog::BUILT_IN).is_ok());
    }

    #[test]
    fn what_was_asked_for_is_said_back_short() {
        let error = request(&"x".repeat(10_000), "x", None).check(&Catalog::BUILT_IN).unwrap_err();
        assert!(error.to_string().chars().count() < 120);
    }

    proptest! {
        #[test]
        fn what_was_valid_stays_valid_and_the_same(prompt in "\\PC*|(?s).*") {
            if let Ok(order) = request("suno", &prompt, None).check(&Catalog::BUILT_IN) {
                let catalog = Catalog::BUILT_IN;
                let again = request("suno", &order.prompt, None);
                prop_assert_eq!(&again.check(&catalog).unwrap().prompt, &order.prompt);
                prop_assert!(!order.prompt.contains('\0'));
            }
        }
    }
}
