//! What people make: houses, vehicles, rooms, and the things in them.

mod buildings;
mod objects;
pub(crate) mod room;
mod vehicles;

use crate::scene::plan::Item;
use crate::scene::view::Brush;

/// Draws the thing if it is made; false when it isn't.
pub(crate) fn draw(b: &mut Brush<'_>, item: &Item, t: f32) -> bool {
    b.bulge(0.25);
    if buildings::draw(b, item, t) || vehicles::draw(b, item, t) {
        return true;
    }
    objects::draw(b, item, t)
}
