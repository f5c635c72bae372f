//! Scenes: what a prompt names, composed, lit and drawn, one moment at a time.
//!
//! A scene is planned once from a brief ([`Scene::plan`]) and drawn for each moment
//! ([`Scene::draw`]). Beside the colours, a drawn picture holds what styles need: depth, form and
//! the kind of thing that each pixel shows. It must not know the styles.

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
