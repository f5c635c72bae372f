//! The draft of an element, kept while there is no studio in it: across changed settings, removal
//! from the page, and faults. It must not know the browser, nor where it is kept.

use ai_now_protocol::Scalars;
use serde::{Deserialize, Serialize};

use crate::config::Config;

/// The values of the form.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Composed {
    /// The id of the model; empty: the first.
    pub model: String,
    /// The value of the style; empty: none.
    pub style: String,
    /// The prompt.
    pub prompt: String,
    /// The options, by their ids.
    #[serde(default)]
    pub options: Scalars,
}

/// The values of the form, and the presets that the page had set at that time.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeptDraft {
    /// The values of the form.
    pub composed: Composed,
    /// The presets of the page's attributes.
    pub presets: Composed,
}

impl KeptDraft {
    /// A draft in which only a model was chosen.
    pub fn of_model(model: String, config: &Config) -> Self {
        let presets = Composed::presets(config);
        Self { composed: Composed { model, ..presets.clone() }, presets }
    }
}

impl Composed {
    /// The presets of the page's attributes.
    pub fn presets(config: &Config) -> Self {
        Self {
            model: config.model.clone().unwrap_or_default(),
            style: config.style.clone().unwrap_or_default(),
            prompt: config.prompt.clone(),
            options: Scalars::new(),
        }
    }

    /// The initial values of the form: the earlier ones, unless the page has changed a preset
    /// since. A style is kept with its model.
    pub fn first(presets: Self, kept: Option<KeptDraft>) -> Self {
        let Some(KeptDraft { composed, presets: before }) = kept else { return presets };
        let same_model = before.model == presets.model;
        let same_style = same_model && before.style == presets.style;
        let same_prompt = before.prompt == presets.prompt;
        Self {
            model: if same_model { composed.model } else { presets.model },
            style: if same_style { composed.style } else { presets.style },
            prompt: if same_prompt { composed.prompt } else { presets.prompt },
            options: if same_model { composed.options } else { presets.options },
        }
    }
}

#[cfg(all(test, not(target_arch = "wasm32")))]
mod tests {
    use super::*;

    fn composed(model: &str, style: &str, prompt: &str) -> Composed {
        let options = Scalars::new();
        Composed { model: model.into(), style: style.into(), prompt: prompt.into(), options }
    }

    #[test]
    fn what_was_typed_stays_unless_the_page_says_otherwise() {
        let typed = composed("run", "retro", "a lake");
        let presets = composed("pika", "4", "");
        let kept = Some(KeptDraft { composed: typed.clone(), presets: presets.clone() });
        let table = [
            ("nothing changed", presets.clone(), typed.clone()),
            ("another prompt", composed("pika", "4", "a sea"), composed("run", "retro", "a sea")),
            ("another model", composed("suno", "4", ""), composed("suno", "4", "a lake")),
            ("another style", composed("pika", "1", ""), composed("run", "1", "a lake")),
            ("all of them", composed("luma", "", "x"), composed("luma", "", "x")),
        ];
        for (what, now, expected) in table {
            assert_eq!(Composed::first(now, kept.clone()), expected, "{what}");
        }
        assert_eq!(Composed::first(presets.clone(), None), presets);
        let options = Scalars::from([("seconds".into(), 9_u32.into())]);
        let composed = Composed { options: options.clone(), ..typed };
        let kept = KeptDraft { composed, presets: presets.clone() };
        assert_eq!(Composed::first(presets, Some(kept)).options, options);
    }
}
