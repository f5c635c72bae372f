//! What a model offers, by what the providers of its route take. It must not know what a provider makes of an
//! option.

use ai_now_protocol::options::{self, STYLE};
use ai_now_protocol::{Model, Scalars};

use crate::providers::{self, Providers};

/// Leaves of a model's options what at least one provider of its route takes; a sketch that only stands in
/// is none of them. Returns the ids of the options that are left out.
pub(super) fn narrow(
    model: &mut Model,
    route: &[String],
    providers: &Providers,
    public: bool,
) -> Vec<String> {
    let services: Vec<_> =
        route.iter().filter_map(|name| Some(&providers.get(name)?.service)).collect();
    let (mut left, mut left_out) = (Vec::new(), Vec::new());
    for option in model.options.iter() {
        let takes: Vec<_> =
            services.iter().map(|service| service.takes(model, &option.id, public)).collect();
        let narrowed = if option.id == STYLE {
            Some(option.clone())
        } else {
            providers::narrowed(option, &takes)
        };
        left_out.extend(narrowed.is_none().then(|| option.clone()));
        left.extend(narrowed);
    }
    // With the defaults, it costs what it cost before.
    model.price_tokens = options::price_tokens(model.price_tokens, &left_out, &Scalars::new());
    model.options = left.into();
    left_out.into_iter().map(|option| option.id.into_owned()).collect()
}

/// The first provider of a route that takes a picture only as an address to load it from.
pub(super) fn picture_loader<'r>(route: &'r [String], providers: &Providers) -> Option<&'r str> {
    let loads = |name: &&String| {
        providers.get(*name).is_some_and(|settings| settings.service.loads_pictures())
    };
    route.iter().find(loads).map(String::as_str)
}
