//! Scenes: what the words name, composed, lit and drawn, one moment at a time.
//!
//! A scene is planned once from a brief ([`Scene::plan`]) and drawn for each moment
//! ([`Scene::draw`]). It draws plain pictures and, beside the colours, what a style needs to treat
//! them: depth, form and what kind of thing each pixel shows. It must not know the styles.

mod beings;
pub(crate) mod canvas;
mod land;
pub(crate) mod light;
mod made;
mod nature;
pub(crate) mod photo;
mod plan;
mod sky;
mod view;
mod water;

pub(crate) use canvas::{Canvas, Kind};
pub(crate) use plan::Scene;
