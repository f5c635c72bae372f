//! The catalog, and the providers of each of its models.

use std::collections::HashMap;

use ai_now_protocol::Catalog;

/// The models that the gateway offers, and the providers that make them.
#[derive(Clone, Debug, PartialEq)]
pub struct CatalogConfig {
    /// The catalog.
    pub catalog: Catalog,
    /// For each model's id the names of its providers, in the order in which they are tried; at
    /// least one.
    pub routes: HashMap<String, Vec<String>>,
    /// The models that are offered without the picture that they could begin with, each with the
    /// provider that could not load it.
    pub without_picture: Vec<(String, String)>,
}
