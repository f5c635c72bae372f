//! The element's attributes, parsed into a [`Config`]. Only this module is lenient with a page's
//! input: unknown values without consequences fall back to the default, others are a
//! [`ConfigError`] that says what to write instead. It must not know the DOM: a function to look
//! attributes up is passed in.

use std::fmt;

use ai_now_protocol::Catalog;

/// The settings of a page. Every field is an attribute of `<ai-now-studio>`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Config {
    /// `gateway`: the base address of the gateway, ending in `/`. Default: where the script came
    /// from.
    pub gateway: String,
    /// How generations are requested.
    pub mode: Mode,
    /// `publishable-key`: identifies the page's owner to the gateway when a session is opened.
    /// Default: none, which a gateway accepts only from its own pages.
    pub publishable_key: Option<String>,
    /// `models`: the ids that are offered, in that order, separated by spaces or commas. Default:
    /// all of the catalog.
    pub models: Vec<String>,
    /// `model`: the one chosen at first. Default: the first offered.
    pub model: Option<String>,
    /// `preset-style`: the value of the style chosen at first. Default: none.
    pub style: Option<String>,
    /// `prompt`: the initial prompt. Default: empty.
    pub prompt: String,
}

/// How generations are requested.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// `mode="gateway"`, the default: sessions, resumable streams, history. For AI-Now gateways.
    Gateway,
    /// `mode="direct"`: only the documented API, with the user's own key, which the element asks
    /// for.
    Direct,
    /// `mode="demo"`: no server at all. The visitor's own browser makes procedural sketches.
    Demo,
}

/// What is wrong with the attributes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ConfigError {
    /// `gateway` is not an `http(s)` address.
    Gateway(String),
    /// `mode` is not one of the modes.
    Mode(String),
    /// `model` or `models` names one that is not in the catalog. Contains it, and those that are.
    Model(String, Vec<String>),
    /// `preset-style` is not one of the model's styles. Contains it, and those that are.
    Style(String, Vec<String>),
}

impl Config {
    /// The attributes that are read.
    pub const ATTRIBUTES: [&'static str; 7] =
        ["gateway", "mode", "publishable-key", "models", "model", "preset-style", "prompt"];

    /// Parses the attributes. `resolve` makes an address absolute as the page would, or returns
    /// `None` for an invalid one; `script_base` is where the script came from.
    ///
    /// # Errors
    /// [`ConfigError`] if a setting is not valid.
    pub fn read(
        attribute: impl Fn(&str) -> Option<String>,
        resolve: impl Fn(&str) -> Option<String>,
        script_base: &str,
    ) -> Result<Self, ConfigError> {
        let given = |name| attribute(name).map(|v| v.trim().to_owned()).filter(|v| !v.is_empty());
        let gateway = given("gateway").unwrap_or_else(|| script_base.to_owned());
        let mut base = resolve(&gateway)
            .filter(|url| url.starts_with("https://") || url.starts_with("http://"))
            .ok_or(ConfigError::Gateway(gateway))?;
        if let Some(end) = base.find(['?', '#']) {
            base.truncate(end);
        }
        if !base.ends_with('/') {
            base.push('/');
        }
        let mode = match given("mode").as_deref() {
            None | Some("gateway") => Mode::Gateway,
            Some("direct") => Mode::Direct,
            Some("demo") => Mode::Demo,
            Some(other) => return Err(ConfigError::Mode(other.to_owned())),
        };
        let models = given("models").unwrap_or_default();
        let words = models.split([' ', ',', '\n', '\t']).filter(|id| !id.is_empty());
        Ok(Self {
            gateway: base,
            mode,
            publishable_key: given("publishable-key"),
            models: words.map(str::to_owned).collect(),
            model: given("model"),
            style: given("preset-style"),
            prompt: attribute("prompt").unwrap_or_default(),
        })
    }
}

impl Config {
    /// The settings that don't fit this catalog. The studio works without them: visitors should not
    /// suffer from a mistake in the page.
    pub fn unknown(&self, catalog: &Catalog) -> Vec<ConfigError> {
        let ids = || catalog.models.iter().map(|model| model.id.to_string()).collect();
        let named = self.models.iter().chain(&self.model);
        let mut wrong: Vec<_> = named
            .filter(|id| catalog.model(id).is_none())
            .map(|id| ConfigError::Model(id.clone(), ids()))
            .collect();
        let offered = self.models.iter().find_map(|id| catalog.model(id));
        let model = self.model.as_ref().and_then(|id| catalog.model(id));
        let model = model.or(offered).or(catalog.models.first());
        if let (Some(style), Some(model)) = (&self.style, model)
            && model.style(style).is_none()
        {
            let values = model.styles().iter().map(|style| style.value.to_string()).collect();
            wrong.push(ConfigError::Style(style.clone(), values));
        }
        wrong
    }
}

impl fmt::Display for ConfigError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Gateway(given) => write!(
                f,
                "The attribute gateway=“{given}” is not a web address. Write one that starts with \
                 https://, or leave it out where the gateway serves the script."
            ),
            Self::Mode(given) => write!(
                f,
                "The attribute mode=“{given}” is unknown. Write “gateway”, “direct” or “demo”, or \
                 leave it out."
            ),
            Self::Model(given, known) => write!(
                f,
                "The attributes model and models can't name “{given}”. The gateway has: {}.",
                known.join(", ")
            ),
            Self::Style(given, known) if known.is_empty() => write!(
                f,
                "The attribute preset-style=“{given}” is of no use: the chosen model has no styles."
            ),
            Self::Style(given, known) => write!(
                f,
                "The attribute preset-style=“{given}” is none of the chosen model. It has: {}.",
                known.join(", ")
            ),
        }
    }
}

impl std::error::Error for ConfigError {}

#[cfg(all(test, not(target_arch = "wasm32")))]
mod tests {
    use super::*;

    fn read(attributes: &[(&str, &str)]) -> Result<Config, ConfigError> {
        let attribute = |name: &str| {
            let found = attributes.iter().find(|(key, _)| *key == name);
            found.map(|(_, value)| (*value).to_owned())
        };
        let resolve = |url: &str| {
            Some(if url.contains(':') { url.into() } else { format!("https://page.example/{url}") })
        };
        Config::read(attribute, resolve, "https://cdn.example/v1/")
    }

    #[test]
    fn nothing_set_is_the_script_s_own_gateway() {
        let config = read(&[]).unwrap();
        assert_eq!(config.gateway, "https://cdn.example/v1/");
        assert_eq!((config.mode, config.models.len()), (Mode::Gateway, 0));
    }

    #[test]
    fn gateways() {
        let table = [
            ("https://a.example", Ok("https://a.example/")),
            ("https://a.example/api-now/?x#y", Ok("https://a.example/api-now/")),
            ("studio", Ok("https://page.example/studio/")),
            (" ", Ok("https://cdn.example/v1/")),
            ("javascript:alert(1)", Err(())),
            ("ftp://a.example/", Err(())),
        ];
        for (given, expected) in table {
            let config = read(&[("gateway", given)]);
            let gateway = config.as_ref().map(|config| config.gateway.as_str()).map_err(|_| ());
            assert_eq!(gateway, expected, "{given}");
        }
    }

    #[test]
    fn presets() {
        let config = read(&[
            ("models", "suno, pika\n luma"),
            ("model", " pika "),
            ("preset-style", "4"),
            ("prompt", " a lake "),
            ("mode", "direct"),
        ])
        .unwrap();
        assert_eq!(config.models, ["suno", "pika", "luma"]);
        assert_eq!(config.model.as_deref(), Some("pika"));
        assert_eq!(config.style.as_deref(), Some("4"));
        assert_eq!(config.prompt, " a lake ");
        assert_eq!(config.mode, Mode::Direct);
    }

    #[test]
    fn modes() {
        let mode = |given| read(&[("mode", given)]).map(|config| config.mode);
        assert_eq!(mode("gateway"), Ok(Mode::Gateway));
        assert_eq!(mode("direct"), Ok(Mode::Direct));
        assert_eq!(mode(" demo "), Ok(Mode::Demo));
        assert_eq!(mode("Demo"), Err(ConfigError::Mode("Demo".into())));
    }

    #[test]
    fn what_cannot_be_followed_says_what_to_write() {
        let error = read(&[("mode", "magic")]).unwrap_err();
        assert!(error.to_string().contains("“gateway”, “direct” or “demo”"));
    }

    #[test]
    fn what_the_catalog_does_not_know_is_named() {
        type Attributes<'a> = &'a [(&'a str, &'a str)];
        let unknown = |attributes: &[(&str, &str)]| {
            let wrong = read(attributes).unwrap().unknown(&Catalog::BUILT_IN);
            wrong.iter().map(ToString::to_string).collect::<Vec<_>>()
        };
        let table: [(Attributes<'_>, &[&str]); 6] = [
            (&[], &[]),
            (&[("models", "run pika"), ("model", "pika"), ("preset-style", "4")], &[]),
            (&[("model", "sumo")], &["“sumo”. The gateway has: suno, luma, pika, run."]),
            (&[("models", "sora suno")], &["“sora”"]),
            (&[("preset-style", "retro")], &["has no styles"]),
            (
                &[("models", "pika run"), ("preset-style", "retro")],
                &["It has: 1, 2, 3, 4, 5, 6, 7."],
            ),
        ];
        for (attributes, expected) in table {
            let said = unknown(attributes);
            assert_eq!(said.len(), expected.len(), "{attributes:?}: {said:?}");
            for (said, part) in said.iter().zip(expected) {
                assert!(said.contains(part), "{said}");
            }
        }
    }
}
