//! The catalog and its routing: the built-in catalog with the operator's changes and additions,
//! and for each model its providers, in the order in which they are tried.
//!
//! Everything is checked here, at the start. It must not know how a provider works.

use std::collections::{HashMap, HashSet};

use ai_now_protocol::catalog::{Expected, PROMPT_MAX_CHARS};
use ai_now_protocol::options::{IMAGE, STYLE};
use ai_now_protocol::{
    Catalog, Choice, Code, MediaKind, Message, Model, ModelOption, OptionKind, Text,
};
use serde::{Deserialize, Serialize};

use super::model_options::{self, OptionFault, OptionSettings};
use super::narrow::{narrow, picture_loader};
use super::routing_error::{ModelFault, PROMPT_CHARS_LIMIT, RoutingError};
use super::text::{is_id, is_line};
use crate::domain::CatalogConfig;
use crate::providers::{Providers, SKETCH};

/// A model in the settings: changes to a built-in one, or a new one.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ModelSettings {
    /// Its id, on the wire.
    pub id: String,
    /// Its providers, in the order in which they are asked: names of the settings, or `sketch`,
    /// which is the default. The next one is asked if one is unavailable, busy or fails with a
    /// transient error.
    pub routes: Option<Vec<String>>,
    /// Its name for people. Default: the id.
    pub name: Option<String>,
    /// What it makes.
    pub kind: Option<MediaKind>,
    /// What a generation costs, in tokens.
    pub price_tokens: Option<u32>,
    /// How long a generation usually takes.
    pub expected_secs: Option<Expected>,
    /// A note for people who choose it.
    pub note: Option<String>,
    /// The longest prompt that it takes, in characters. Default for a new one: 2000.
    pub prompt_max_chars: Option<u32>,
    /// Its styles, in order, replacing the built-in ones.
    pub styles: Option<Vec<StyleSettings>>,
    /// Its options: changes to built-in ones, and new ones.
    pub options: Option<Vec<OptionSettings>>,
    /// Whether it is hidden from the catalog.
    #[serde(default)]
    pub hidden: bool,
}

/// A style of a model.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StyleSettings {
    /// Its value on the wire.
    pub value: String,
    /// Its name for people.
    pub name: String,
    /// The style as words, for providers that have no styles.
    pub words: String,
}

/// How long a sketch usually takes.
const SKETCH_SECS: Expected = Expected { min: 1, max: 15 };

const SKETCH_NOTE: &str = "A procedural sketch, drawn by rules from your words.";

impl CatalogConfig {
    /// Applies the settings to the built-in catalog. `public`: whether the gateway has a public
    /// address, from which providers can load pictures.
    ///
    /// # Errors
    /// [`RoutingError`]
    pub fn new(
        models: &[ModelSettings],
        providers: &Providers,
        public: bool,
    ) -> Result<Self, RoutingError> {
        for (name, settings) in providers {
            if name == SKETCH || !is_id(name) {
                return Err(RoutingError::ProviderName(name.clone()));
            }
            settings
                .check()
                .map_err(|source| RoutingError::Provider { provider: name.clone(), source })?;
        }
        let mut catalog = Catalog::BUILT_IN;
        let mut routes = HashMap::new();
        let mut seen = HashSet::new();
        for settings in models {
            let fault = |fault| RoutingError::Model { model: settings.id.clone(), fault };
            if !seen.insert(&settings.id) {
                return Err(fault(ModelFault::IdTaken));
            }
            let changed = apply(catalog.models.to_mut(), settings).map_err(fault)?;
            if let (Some(model), Some(names)) = (changed, &settings.routes) {
                check_routes(names, model, providers).map_err(fault)?;
                routes.insert(settings.id.clone(), names.clone());
            }
        }
        if catalog.models.is_empty() {
            return Err(RoutingError::AllHidden);
        }
        let (mut left_out, mut without_picture) = (Vec::new(), Vec::new());
        for model in catalog.models.to_mut() {
            let route = routes.entry(model.id.to_string()).or_insert_with(|| vec![SKETCH.into()]);
            if route[0] == SKETCH {
                say_it_sketches(model, models);
                continue;
            }
            for option in narrow(model, route, providers, public) {
                match picture_loader(route, providers).filter(|_| option == IMAGE) {
                    Some(name) => without_picture.push((model.id.to_string(), name.to_owned())),
                    None => left_out.push((model.id.to_string(), option)),
                }
            }
        }
        Ok(Self { catalog, routes, public, left_out, without_picture })
    }
}

/// Hides, changes or adds the model that the settings are about; `None`: it is hidden.
fn apply<'m>(
    models: &'m mut Vec<Model>,
    settings: &ModelSettings,
) -> Result<Option<&'m Model>, ModelFault> {
    if !is_id(&settings.id) {
        return Err(ModelFault::Id);
    }
    let at = models.iter().position(|model| model.id == settings.id);
    if settings.hidden {
        models.remove(at.ok_or(ModelFault::NothingToHide)?);
        return Ok(None);
    }
    let at = match at {
        Some(at) => at,
        None => {
            models.push(added(settings)?);
            models.len() - 1
        }
    };
    let model = &mut models[at];
    change(model, settings);
    let options = settings.options.as_deref().unwrap_or_default();
    model_options::change(model.options.to_mut(), options).map_err(option_fault)?;
    check(model)?;
    Ok(Some(model))
}

/// A model whose first provider is the sketch engine is marked as procedural, unless the settings
/// decide.
fn say_it_sketches(model: &mut Model, models: &[ModelSettings]) {
    let own = models.iter().find(|settings| settings.id == model.id);
    model.procedural = true;
    if own.is_none_or(|own| own.expected_secs.is_none()) {
        model.expected_secs = Some(SKETCH_SECS);
    }
    if own.is_none_or(|own| own.note.is_none()) {
        model.note = Some(Message::new(Code::ProceduralModel, SKETCH_NOTE));
    }
}

fn added(settings: &ModelSettings) -> Result<Model, ModelFault> {
    Ok(Model {
        id: settings.id.clone().into(),
        name: settings.id.clone().into(),
        kind: settings.kind.ok_or(ModelFault::NoKind)?,
        price_tokens: settings.price_tokens.ok_or(ModelFault::NoPrice)?,
        expected_secs: None,
        note: None,
        prompt_max_chars: PROMPT_MAX_CHARS,
        options: Vec::new().into(),
        procedural: false,
        status: None,
        cancel_percent: 0,
    })
}

fn change(model: &mut Model, settings: &ModelSettings) {
    let ModelSettings {
        id: _,
        routes: _,
        hidden: _,
        name,
        kind,
        price_tokens,
        expected_secs,
        note,
        prompt_max_chars,
        styles,
        options: _,
    } = settings.clone();
    model.name = name.map_or(model.name.clone(), Text::from);
    model.kind = kind.unwrap_or(model.kind);
    model.price_tokens = price_tokens.unwrap_or(model.price_tokens);
    model.expected_secs = expected_secs.or(model.expected_secs);
    model.note = note.map(Message::text).or(model.note.take());
    model.prompt_max_chars = prompt_max_chars.unwrap_or(model.prompt_max_chars);
    if let Some(styles) = styles {
        let options = model.options.to_mut();
        options.retain(|option| option.id != STYLE);
        if !styles.is_empty() {
            options.insert(0, style_option(styles));
        }
    }
}

fn style_option(styles: Vec<StyleSettings>) -> ModelOption {
    let choice = |style: StyleSettings| Choice {
        value: style.value.into(),
        name: style.name.into(),
        words: style.words.into(),
        price_percent: 100,
    };
    ModelOption {
        id: STYLE.into(),
        name: "Style".into(),
        kind: OptionKind::Choice(styles.into_iter().map(choice).collect()),
        default: None,
        advanced: false,
    }
}

/// The rules of the built-in table apply to every other row.
fn check(model: &Model) -> Result<(), ModelFault> {
    if !is_line(&model.name) {
        return Err(ModelFault::Name);
    }
    if model.price_tokens == 0 {
        return Err(ModelFault::PriceZero);
    }
    if !(1..=PROMPT_CHARS_LIMIT).contains(&model.prompt_max_chars) {
        return Err(ModelFault::PromptMaxChars);
    }
    if model.expected_secs.is_some_and(|expected| expected.min > expected.max) {
        return Err(ModelFault::ExpectedSecs);
    }
    let mut values = HashSet::new();
    for style in model.styles() {
        if !is_line(&style.value) || !is_line(&style.name) || !is_line(&style.words) {
            return Err(ModelFault::StyleText);
        }
        if !values.insert(&style.value) {
            return Err(ModelFault::StyleTaken(style.value.to_string()));
        }
    }
    model_options::check(&model.options).map_err(option_fault)
}

fn option_fault((option, fault): (String, OptionFault)) -> ModelFault {
    ModelFault::Option { option, fault }
}

fn check_routes(names: &[String], model: &Model, providers: &Providers) -> Result<(), ModelFault> {
    if names.is_empty() {
        return Err(ModelFault::NoRoute);
    }
    let mut seen = HashSet::new();
    for name in names {
        if !seen.insert(name) {
            return Err(ModelFault::RouteTwice(name.clone()));
        }
        match providers.get(name) {
            Some(settings) if settings.service.makes(model.kind) => {}
            Some(_) => {
                return Err(ModelFault::WrongKind { name: name.clone(), kind: model.kind });
            }
            None if name == SKETCH => {}
            None => {
                let known = providers.keys().cloned().chain([SKETCH.to_owned()]).collect();
                return Err(ModelFault::UnknownProvider { name: name.clone(), known });
            }
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use ai_now_protocol::Scalars;

    use super::*;

    #[derive(Deserialize)]
    struct Settings {
        #[serde(default)]
        models: Vec<ModelSettings>,
        #[serde(default)]
        providers: Providers,
    }

    fn resolve(toml: &str) -> Result<CatalogConfig, String> {
        let settings: Settings = toml::from_str(toml).map_err(|e| e.message().to_owned())?;
        let config = CatalogConfig::new(&settings.models, &settings.providers, true);
        config.map_err(|error| error.to_string())
    }

    #[test]
    fn without_settings_the_sketch_engine_makes_it_all_and_says_so() {
        let resolved = resolve("").unwrap();
        for model in resolved.catalog.models.iter() {
            assert!(model.procedural);
            assert_eq!(resolved.routes[model.id.as_ref()], [SKETCH]);
        }
        assert_eq!(resolved.catalog.models.len(), Catalog::BUILT_IN.models.len());
    }

    #[test]
    fn models_are_routed_changed_added_and_hidden() {
        let resolved = resolve(
            "[providers.dream]\nkind = 'luma'\n[providers.own]\nkind = 'command'\n\
             program = '/bin/own'\n\
             [[models]]\nid = 'luma'\nroutes = ['dream', 'sketch']\nprice_tokens = 40\n\
             [[models]]\nid = 'pika'\nhidden = true\n\
             [[models]]\nid = 'flux'\nname = 'Flux'\nkind = 'picture'\nprice_tokens = 3\n\
             routes = ['own']\n\
             styles = [{ value = 'ink', name = 'Ink', words = 'as an ink drawing' }]\n",
        )
        .unwrap();
        let ids: Vec<_> = resolved.catalog.models.iter().map(|model| model.id.as_ref()).collect();
        assert_eq!(ids, ["suno", "luma", "run", "flux"]);
        let luma = resolved.catalog.model("luma").unwrap();
        assert_eq!((luma.price_tokens, luma.procedural), (40, false));
        assert_eq!(luma.note.as_ref().unwrap().text, "May fail during peak hours.");
        assert!(resolved.catalog.model("run").unwrap().procedural);
        let flux = resolved.catalog.model("flux").unwrap();
        assert_eq!((flux.kind, flux.styles().len()), (MediaKind::Picture, 1));
        assert_eq!(resolved.routes["luma"], ["dream", "sketch"]);
    }

    #[test]
    fn a_picture_that_nobody_could_load_is_not_offered() {
        let settings: Settings = toml::from_str(
            "[providers.dream]\nkind = 'luma'\n[providers.own]\nkind = 'command'\n\
             program = '/bin/own'\n\
             [[models]]\nid = 'luma'\nroutes = ['dream', 'sketch']\n\
             [[models]]\nid = 'pika'\nroutes = ['dream', 'own']\n",
        )
        .unwrap();
        let offered = |public| {
            let config = CatalogConfig::new(&settings.models, &settings.providers, public).unwrap();
            let image = |id: &str| config.catalog.model(id).unwrap().option(IMAGE).is_some();
            ((image("luma"), image("pika")), config.without_picture)
        };
        assert_eq!(offered(true), ((true, true), vec![]));
        assert_eq!(offered(false), ((false, true), vec![("luma".into(), "dream".into())]));
    }

    #[test]
    fn what_nobody_makes_is_not_offered_and_the_price_stays() {
        let resolved = resolve(
            "[providers.songs]\nkind = 'mureka'\n[providers.any]\nkind = 'replicate'\n\
             model = 'a/b'\n[[models]]\nid = 'suno'\nroutes = ['songs', 'sketch']\n\
             [[models]]\nid = 'pika'\nroutes = ['any']\n\
             [[models]]\nid = 'run'\nroutes = ['any']\nprice_tokens = 6\n\
             [[models.options]]\nid = 'seconds'\n\
             kind = { integer = { min = 2, max = 20, priced_per = 1 } }\n",
        )
        .unwrap();
        let ids = |model: &str| {
            let model = resolved.catalog.model(model).unwrap();
            model.options.iter().map(|option| option.id.to_string()).collect::<Vec<_>>()
        };
        // A sketch that only stands in changes nothing.
        assert_eq!(ids("suno"), ["instrumental", "lyrics"]);
        assert_eq!(ids("pika"), ["style"]);
        let price =
            |model: &str| resolved.catalog.model(model).unwrap().price_tokens(&Scalars::new());
        // Six tokens a second for the five seconds that are the default.
        assert_eq!((price("suno"), price("pika"), price("run")), (10, 10, 30));
        let left_out = |model: &str, option: &str| {
            resolved.left_out.contains(&(model.to_owned(), option.to_owned()))
        };
        assert!(
            left_out("suno", "seed") && left_out("suno", "seconds") && left_out("run", "image")
        );
        assert!(resolved.without_picture.is_empty());
    }

    #[test]
    fn what_the_documentation_shows_is_good() {
        let page = include_str!("../../../../docs/providers.md");
        let examples: Vec<_> =
            page.split("```toml\n").skip(1).filter_map(|rest| rest.split("```").next()).collect();
        assert_eq!(examples.len(), 3);
        let run = resolve(examples[1]).unwrap().catalog.model("run").unwrap().clone();
        assert_eq!(run.price_tokens(&Scalars::new()), 30);
        let options = [("seconds".into(), 20u32.into()), ("quality".into(), "draft".into())];
        assert_eq!(run.price_tokens(&options.into()), 60);
        assert!(run.option("image").is_none());
        let first = resolve(examples[0]).unwrap();
        assert_eq!(first.routes["luma"], ["dream", "pika"]);
    }

    #[test]
    fn what_cannot_be_kept_is_not_offered() {
        for (toml, why) in [
            ("[[models]]\nid = 'x'", "models.x.kind: a new model needs it"),
            ("[[models]]\nid = 'x'\nkind = 'audio'", "models.x.price_tokens"),
            ("[[models]]\nid = 'suno'\nprice_tokens = 0", "at least 1"),
            ("[[models]]\nid = 'suno'\nprize = 1", "unknown field `prize`"),
            ("[[models]]\nid = 'X y'\nkind = 'audio'\nprice_tokens = 1", "an id is of lower case"),
            ("[[models]]\nid = 'suno'\n[[models]]\nid = 'suno'", "two models"),
            ("[[models]]\nid = 'suno'\nroutes = []", "at least one"),
            ("[[models]]\nid = 'suno'\nroutes = ['a']", "there is no provider “a”"),
            ("[[models]]\nid = 'suno'\nroutes = ['sketch', 'sketch']", "twice"),
            (
                "[providers.dream]\nkind = 'luma'\n[[models]]\nid = 'suno'\nroutes = ['dream']",
                "makes no music",
            ),
            ("[[models]]\nid = 'suno'\nname = \"a\\nb\"", "a line of text"),
            ("[[models]]\nid = 'suno'\nexpected_secs = { min = 2, max = 1 }", "above"),
            ("[[models]]\nid = 'suno'\nprompt_max_chars = 0", "from 1"),
            (
                "[[models]]\nid = 'suno'\nstyles = [{ value = 'a', name = 'A', words = 'a' }, \
                 { value = 'a', name = 'B', words = 'b' }]",
                "two have the value “a”",
            ),
            ("[[models]]\nid = 'nix'\nhidden = true", "no such model"),
            ("[providers.sketch]\nkind = 'luma'", "not “sketch”"),
            ("[providers.x]\nkind = 'fal'", "missing field `model`"),
        ] {
            let said = resolve(toml).unwrap_err();
            assert!(said.contains(why), "{toml}: {said}");
        }
    }
}
