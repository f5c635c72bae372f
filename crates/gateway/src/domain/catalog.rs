//! The catalog, and the providers of each of its models.

use std::collections::HashMap;

use ai_now_protocol::Catalog;

/// The models that the gateway offers, and the providers that make them.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct CatalogConfig {
    /// The catalog.
    pub catalog: Catalog,
    /// For each model's id the names of its providers, in the order in which they are tried; at
    /// least one.
    pub routes: HashMap<String, Vec<String>>,
    /// Whether the gateway has a public address, which providers can load pictures from.
    pub public: bool,
    /// The options that models are offered without, because no provider of the route has them: pairs of a
    /// model and an option.
    pub left_out: Vec<(String, String)>,
    /// The models that are offered without the picture that they could begin with, each with the
    /// provider that could not load it.
    pub without_picture: Vec<(String, String)>,
}
