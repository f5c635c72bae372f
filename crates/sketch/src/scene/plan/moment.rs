//! Drawing one moment of a planned scene: what is far first, then each thing in its place.

use crate::brief::{Place, Thing};
use crate::scene::beings::Pose;
use crate::scene::canvas::{Canvas, Kind};
use crate::scene::plan::{Item, Scene};
use crate::scene::view::{Brush, View};
use crate::scene::{beings, land, made, nature, sky, water};

impl Scene {
    /// Draws the moment `t` seconds in, of `total`.
    pub(crate) fn draw(&self, canvas: &mut Canvas, t: f32, total: f32) {
        canvas.clear();
        let view = View::new(canvas, self.camera, t, total);
        canvas.light[0] = -0.56 * -self.sun_x.signum();
        if self.places[0] == Place::Space {
            sky::space(self, canvas, &view);
        } else if self.is(Place::Underwater) {
            water::below(self, canvas, &view);
        } else if self.is(Place::Room) {
            made::room::draw(self, canvas, &view);
        } else if self.places[0] == Place::Abstract {
            nature::shapes(self, canvas, &view);
        } else {
            sky::draw(self, canvas, &view);
            land::far(self, canvas, &view);
            if self.wet() {
                water::surface(self, canvas, &view);
            } else {
                land::ground(self, canvas, &view);
            }
        }
        for item in &self.items {
            self.draw_item(canvas, &view, item);
        }
        if !self.is(Place::Room) {
            water::air(self, canvas, &view);
        }
    }

    /// What a figure does where it is.
    fn pose_of(&self, item: &Item) -> Pose {
        match item.thing {
            _ if self.is(Place::Underwater) => Pose::Float,
            Thing::Dancer => Pose::Dance,
            _ if self.pose != Pose::Walk => self.pose,
            _ if self.places[0] == Place::Space => Pose::Float,
            Thing::Child => Pose::Run,
            _ if self.is(Place::Room) => Pose::Stand,
            _ => Pose::Walk,
        }
    }

    /// Half the width of the shadow on the ground of what stands there, in its own height.
    fn shadow_of(&self, item: &Item) -> Option<f32> {
        use Thing as T;
        let afloat = self.wet() && !self.is(Place::Beach) && item.near < 0.85;
        if afloat || self.places[0] == Place::Space || self.is(Place::Underwater) {
            return None;
        }
        Some(match item.thing {
            T::Person | T::Child if self.pose == Pose::Ride => return None,
            T::Person | T::Child | T::Dancer | T::Astronaut => 0.2,
            T::Robot | T::Ghost | T::Penguin | T::Rabbit => 0.3,
            T::Snowman | T::Cat | T::Lamp => 0.36,
            T::Dog | T::Fox | T::Horse | T::Cow | T::Sheep | T::Deer | T::Bear | T::Lion => 0.62,
            T::Elephant | T::Giraffe | T::Dinosaur | T::Tent | T::Bicycle => 0.65,
            T::Car => 1.15,
            T::Bus => 1.7,
            T::Tree | T::Palm => 0.32,
            T::Pine | T::Lighthouse | T::Windmill => 0.24,
            T::House | T::Castle | T::Church | T::Stall | T::Piano => 0.68,
            T::Cactus | T::Mushroom | T::Guitar | T::Cup => 0.3,
            T::Rock | T::Book | T::Football => 0.6,
            _ => return None,
        })
    }

    fn draw_item(&self, canvas: &mut Canvas, view: &View, item: &Item) {
        let kind = match item.thing {
            Thing::Tree
            | Thing::Pine
            | Thing::Palm
            | Thing::Cactus
            | Thing::Flower
            | Thing::Grass
            | Thing::Mushroom
            | Thing::Coral => Kind::Plant,
            Thing::House
            | Thing::Tower
            | Thing::Castle
            | Thing::Lighthouse
            | Thing::Windmill
            | Thing::Church
            | Thing::Bridge
            | Thing::Tent
            | Thing::Stall
            | Thing::Pier
            | Thing::Pyramid => Kind::Built,
            Thing::Rock | Thing::Island | Thing::Volcano | Thing::Waterfall => Kind::Land,
            _ => Kind::Figure,
        };
        let still =
            matches!(self.pose, Pose::Dance | Pose::Stand | Pose::Ride) || self.is(Place::Room);
        let (dx, dy) = beings::drift(item, view.t, still);
        let origin = view.at(item.x + dx, item.y + dy, item.near);
        let size = view.len(item.size, item.near);
        let mut brush = Brush::new(canvas, &self.light, origin, size, item.near, kind)
            .flipped(item.flip && beings::turns(item.thing));
        if let Some(wide) = self.shadow_of(item) {
            let soft = if self.light.lamps || !self.glints { 0.2 } else { 0.32 };
            brush.shadow(wide, soft);
        }
        if !(nature::draw(self, &mut brush, item, view.t) || made::draw(&mut brush, item, view.t)) {
            beings::draw(&mut brush, item, self.pose_of(item), view.t);
        }
    }
}
