//! What an operator says about a server of the documented API, and what follows from it for options.

use ai_now_protocol::options::{IMAGE, SEED};
use ai_now_protocol::{MediaKind, Model};
use serde::{Deserialize, Serialize};

use crate::providers::service::Service;
use crate::providers::settings::checks::SettingError;
use crate::providers::takes::Takes;

/// What a provider of kind `ai-now` is told.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Settings {
    /// The model that is asked for there. Default: the id of the one that was asked for here.
    pub model: Option<String>,
    /// Whether it takes `Idempotency-Key`: a submission is then repeated without fear.
    pub idempotent: bool,
    /// Whether it knows the options of models, an addition of this project's to the documented API.
    /// Default: where it is `idempotent`, and asked for the same model.
    pub options: Option<bool>,
}

impl Settings {
    /// Whether another model is asked for than here.
    pub(super) fn is_of_another_model(&self, model: &Model) -> bool {
        self.model.as_deref().is_some_and(|own| own != model.id)
    }

    /// Whether options of this model are passed on.
    pub(super) fn passes_options(&self, model: &Model) -> bool {
        self.options.unwrap_or(self.idempotent && !self.is_of_another_model(model))
    }
}

impl Service for Settings {
    fn base_url(&self) -> &'static str {
        "https://api.ai-now.space"
    }

    /// Without the dash's place: what begins with `AI_NOW_` is a setting of the gateway.
    fn key_env(&self) -> &'static str {
        "AINOW_API_KEY"
    }

    fn makes(&self, _: MediaKind) -> bool {
        true
    }

    /// A picture would have to be uploaded there before.
    fn takes(&self, model: &Model, option: &str) -> Takes {
        match option {
            IMAGE => Takes::Nothing,
            SEED => Takes::if_it(self.idempotent || self.passes_options(model)),
            _ => Takes::if_it(self.passes_options(model)),
        }
    }

    fn check(&self) -> Result<(), SettingError> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use ai_now_protocol::Catalog;
    use ai_now_protocol::options::SECONDS;

    use super::*;

    #[test]
    fn options_are_offered_where_the_server_knows_them() {
        let luma = Catalog::BUILT_IN.model("luma").unwrap();
        for (toml, seconds, seed) in [
            ("", Takes::Nothing, Takes::Nothing),
            ("idempotent = true", Takes::Anything, Takes::Anything),
            ("options = true", Takes::Anything, Takes::Anything),
            ("idempotent = true\noptions = false", Takes::Nothing, Takes::Anything),
            ("idempotent = true\nmodel = 'luma'", Takes::Anything, Takes::Anything),
            ("idempotent = true\nmodel = 'other'", Takes::Nothing, Takes::Anything),
            ("options = true\nmodel = 'other'", Takes::Anything, Takes::Anything),
        ] {
            let settings: Settings = toml::from_str(toml).unwrap();
            let takes = |option| settings.takes(luma, option);
            assert_eq!((takes(SECONDS), takes(SEED)), (seconds, seed), "{toml}");
            assert_eq!(takes(IMAGE), Takes::Nothing);
        }
    }
}
