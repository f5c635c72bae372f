//! Built things: houses, vehicles, rooms, and the objects in them.

mod buildings;
mod cars;
mod craft;
pub(crate) mod instruments;
mod landmarks;
mod objects;
pub(crate) mod room;
pub(crate) mod stage;
mod table;
mod vehicles;

use crate::scene::plan::Item;
use crate::scene::view::Brush;

pub(crate) use vehicles::plume;

/// Draws the thing if it is one of these; returns false if not.
pub(crate) fn draw(b: &mut Brush<'_>, item: &Item, t: f32) -> bool {
    b.bulge(0.25);
    buildings::draw(b, item, t)
        || landmarks::draw(b, item, t)
        || vehicles::draw(b, item, t)
        || instruments::draw(b, item, t)
        || table::draw(b, item, t)
        || objects::draw(b, item, t)
}
