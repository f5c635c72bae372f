//! The table of services: one row for each kind that a provider can be. What a service is lies in its
//! own file; adding one is that file, its row here, and its page below `docs/providers/`.
//!
//! It must not know any service's API.

use ai_now_protocol::options::{IMAGE, SEED, STYLE};
use ai_now_protocol::{Code, Detail, MediaKind, Model, Scalar, Scalars};
use serde::{Deserialize, Serialize};

use super::polled::{Adapter, fal, kling, luma, luma_agents, mureka, replicate, runway};
use super::service::Service;
use super::takes::{Takes, Unfit, narrowed};
use super::{ai_now, command};
use crate::media::PictureFormat;

macro_rules! services {
    (
        $($kind:literal $variant:ident($module:ident),)*
        polled: $($polled_kind:literal $polled_variant:ident($polled_module:ident),)*
    ) => {
        /// The service of a provider, with the settings that only this service has.
        #[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
        #[serde(tag = "kind")]
        pub enum ServiceSettings {
            $(
                #[doc = concat!("`", $kind, "`")]
                #[serde(rename = $kind)]
                $variant($module::Settings),
            )*
            $(
                #[doc = concat!("`", $polled_kind, "`")]
                #[serde(rename = $polled_kind)]
                $polled_variant($polled_module::Settings),
            )*
        }

        impl ServiceSettings {
            /// All kinds, in the order of the table.
            pub const KINDS: &[&str] = &[$($kind,)* $($polled_kind,)*];

            /// The name of its kind in the settings.
            pub fn kind(&self) -> &'static str {
                match self {
                    $(Self::$variant(_) => $kind,)*
                    $(Self::$polled_variant(_) => $polled_kind,)*
                }
            }

            pub(super) fn service(&self) -> &dyn Service {
                match self {
                    $(Self::$variant(settings) => settings,)*
                    $(Self::$polled_variant(settings) => settings,)*
                }
            }

            /// How it is reached.
            pub(super) fn reached(&self) -> Reached<'_> {
                match self {
                    $(Self::$variant(settings) => Reached::$variant(settings),)*
                    $(Self::$polled_variant(settings) => {
                        Reached::Polled(Box::new(settings.clone()))
                    })*
                }
            }
        }

        /// How a service is used: with its own provider, or with the driver of polled services.
        pub(super) enum Reached<'a> {
            $($variant(&'a $module::Settings),)*
            Polled(Box<dyn Adapter>),
        }
    };
}

services! {
    "ai-now" AiNow(ai_now),
    "command" Command(command),
    polled:
    "luma" Luma(luma),
    "luma_agents" LumaAgents(luma_agents),
    "runway" Runway(runway),
    "kling" Kling(kling),
    "fal" Fal(fal),
    "replicate" Replicate(replicate),
    "mureka" Mureka(mureka),
}

/// What an option may be that a provider does not have.
fn nothing() -> Detail {
    Detail::new(Code::AllowedAlone, "nothing, together with the other options")
}

impl ServiceSettings {
    /// Whether it accepts a picture only as an address to load it from.
    pub fn loads_pictures(&self) -> bool {
        self.service().loads_pictures()
    }

    /// The formats of pictures that it takes.
    pub fn picture_formats(&self) -> &'static [PictureFormat] {
        self.service().picture_formats()
    }

    /// What it makes of an option of a model. `public`: whether it can load pictures from this gateway.
    pub fn takes(&self, model: &Model, option: &str, public: bool) -> Takes {
        if option == IMAGE && self.loads_pictures() && !public {
            return Takes::Nothing;
        }
        self.service().takes(model, option)
    }

    /// The option because of which it can't make just what is asked for. `None`: it can. What says no more
    /// than the model's default asks for nothing; nor does a seed, which costs nothing.
    pub fn unfit(&self, model: &Model, options: &Scalars, public: bool) -> Option<Unfit> {
        for (id, value) in options {
            let Some(option) = model.option(id) else { continue };
            let asks_for_nothing = option.default.as_ref() == Some(value)
                || matches!(value, Scalar::Text(text) if text.trim().is_empty());
            if asks_for_nothing || [STYLE, SEED].contains(&id.as_ref()) {
                continue;
            }
            let takes = self.takes(model, id, public);
            if !takes.has(value) {
                let left = narrowed(option, std::slice::from_ref(&takes));
                let allowed = left.map_or_else(nothing, |left| left.allowed());
                return Some(Unfit::new(id.clone(), allowed));
            }
        }
        self.service().conflict(model, options)
    }

    /// Whether it can make this kind of media.
    pub fn makes(&self, kind: MediaKind) -> bool {
        self.service().makes(kind)
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;
    use crate::providers::ProviderSettings;

    fn page(kind: &str) -> String {
        let docs = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/providers");
        std::fs::read_to_string(docs.join(format!("{kind}.md")))
            .unwrap_or_else(|error| panic!("{kind} has no page: {error}"))
    }

    /// The settings of one kind, as serde lists them when it finds an unknown one.
    fn own_settings(kind: &str) -> Vec<String> {
        let toml = format!("kind = '{kind}'\nno_such_setting = 1");
        let error = toml::from_str::<ProviderSettings>(&toml).unwrap_err().to_string();
        let (_, expected) = error.split_once("expected").unwrap_or_else(|| panic!("{error}"));
        expected.split('`').skip(1).step_by(2).map(ToOwned::to_owned).collect()
    }

    #[test]
    fn each_kind_has_a_page_that_names_its_settings_and_whose_examples_hold() {
        let overview = include_str!("../../../../docs/providers.md");
        let summary = include_str!("../../../../docs/SUMMARY.md");
        for kind in ServiceSettings::KINDS {
            assert!(overview.contains(&format!("[`{kind}`](providers/{kind}.md)")), "{kind}");
            assert!(summary.contains(&format!("(providers/{kind}.md)")), "{kind}");
            let page = page(kind);
            let settings = own_settings(kind);
            assert!(!settings.is_empty());
            for setting in settings {
                assert!(page.contains(&format!("| `{setting}` |")), "{kind}: {setting}");
            }
            let examples = page.split("```toml\n").skip(1).filter_map(|e| e.split("```").next());
            let mut of_this_kind = 0;
            for example in examples {
                let example: toml::Table = toml::from_str(example).unwrap();
                for (name, provider) in example["providers"].as_table().unwrap() {
                    let provider: ProviderSettings = provider.clone().try_into().unwrap();
                    assert_eq!(provider.check(), Ok(()), "{kind}: {name}");
                    of_this_kind += usize::from(provider.service.kind() == *kind);
                }
            }
            assert!(of_this_kind > 0, "{kind} has no example");
        }
    }
}
