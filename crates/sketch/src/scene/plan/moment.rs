//! Draws one moment of a planned scene: the background first, then each thing.

use crate::brief::{Place, Thing, Time, Weather};
use crate::math::fast_sin;
use crate::scene::beings::{Gait, Pose};
use crate::scene::canvas::{Canvas, Kind, Paint, Rgb, blend};
use crate::scene::photo::{Photo, Sprite};
use crate::scene::plan::{Item, Scene, settle};
use crate::scene::view::{Brush, View};
use crate::scene::{beings, land, made, nature, sky, water};

impl Scene {
    /// Draws the moment at `t` seconds, of `total`.
    pub(crate) fn draw(&self, canvas: &mut Canvas, t: f32, total: f32) {
        canvas.clear();
        let view = View::new(canvas, self.camera, t, total);
        let view = if self.track { view.farther(1.5) } else { view };
        canvas.around = self.around();
        canvas.light[0] = -0.56 * -self.sun_x.signum();
        if let Some(Photo::Backdrop { view: backdrop, alive, camera }) = &self.photo {
            let window = backdrop.window(*camera, view.part, canvas, self.seed);
            let view = view.over(window);
            backdrop.draw(canvas, window, alive.then_some(t));
            sky::over(self, canvas, &view);
            self.items.iter().for_each(|item| self.draw_item(canvas, &view, item));
            water::air(self, canvas, &view);
            return;
        }
        if self.places[0] == Place::Space {
            sky::space(self, canvas, &view);
        } else if self.is(Place::Underwater) {
            water::below(self, canvas, &view);
        } else if self.is(Place::Stage) {
            made::stage::draw(self, canvas, &view);
        } else if self.is(Place::Room) {
            made::room::draw(self, canvas, &view);
        } else if self.places[0] == Place::Abstract {
            nature::shapes(self, canvas, &view);
        } else {
            sky::draw(self, canvas, &view);
            land::far(self, canvas, &view);
            if self.wet() {
                water::surface(self, canvas, &view);
                land::shore_road(self, canvas, &view);
            } else {
                land::ground(self, canvas, &view);
            }
        }
        for item in &self.items {
            self.draw_item(canvas, &view, item);
        }
        if !self.is(Place::Room) && !self.is(Place::Stage) {
            water::air(self, canvas, &view);
        }
    }

    /// The colour of the ambient light, if it isn't daylight.
    fn around(&self) -> Option<Rgb> {
        let inside = [Place::Room, Place::Stage, Place::Abstract].iter().any(|p| self.is(*p));
        if self.places[0] == Place::Space {
            Some([10, 12, 30])
        } else if self.is(Place::Underwater) {
            Some(self.light.on(self.tinted([44, 126, 164]), 0.0))
        } else if self.time == Time::Night && !inside {
            Some(blend(self.light.zenith, self.light.low, 0.5))
        } else {
            None
        }
    }

    /// The pose of a figure in its place.
    fn pose_of(&self, item: &Item) -> Pose {
        match item.thing {
            _ if self.is(Place::Underwater) => Pose::Float,
            Thing::Dancer => Pose::Dance,
            _ if item.plays.is_some() && self.pose != Pose::Sit => Pose::Stand,
            _ if self.pose != Pose::Walk => self.pose,
            _ if self.places[0] == Place::Space => Pose::Float,
            Thing::Child => Pose::Run,
            _ if self.is(Place::Room) || self.is(Place::Stage) => Pose::Stand,
            _ => Pose::Walk,
        }
    }

    /// The tilt of a thing, in turns: ships roll with the waves.
    fn tilt_of(&self, item: &Item, t: f32) -> f32 {
        let sea = if self.weather == Weather::Storm { 0.03 } else { 0.006 };
        match item.thing {
            Thing::Boat | Thing::Ship => sea * fast_sin(t * 0.2 + item.self_),
            Thing::Plane => 0.02 * fast_sin(t * 0.12),
            Thing::Balloon => 0.006 * fast_sin(t * 0.13 + item.self_ * 3.0),
            // Up, over, and down again.
            Thing::Dolphin if !self.is(Place::Underwater) => {
                0.11 * fast_sin(beings::leap(item, t) * 0.5 + 0.25)
            }
            Thing::Surfer => 0.012 * fast_sin(t * 0.26),
            _ => 0.0,
        }
    }

    /// The motion of its legs, if it has four.
    fn gait_of(&self, item: &Item, t: f32) -> Gait {
        use Thing as T;
        let grazes = matches!(item.thing, T::Cow | T::Sheep | T::Elephant | T::Giraffe | T::Bear);
        let fast = self.runs || self.pose == Pose::Ride && !matches!(item.thing, T::Camel);
        let (pace, reach) = match self.pose {
            Pose::Stand | Pose::Sit | Pose::Dance => (0.3, 0.15),
            _ if self.is(Place::Room) || self.is(Place::Stage) => (0.3, 0.1),
            _ if fast => (1.6, 2.1),
            _ if grazes => (0.6, 0.6),
            _ => (0.8, 1.0),
        };
        let asleep = self.asleep && beings::tires(item.thing);
        Gait { phase: t * pace + item.self_ * 3.0, reach, asleep, t: t + item.self_ }
    }

    /// Half the width of a thing's shadow on the ground, relative to its height.
    fn shadow_of(&self, item: &Item) -> Option<f32> {
        use Thing as T;
        let afloat = self.wet() && !self.is(Place::Beach) && item.near < 0.85;
        if afloat || self.places[0] == Place::Space || self.is(Place::Underwater) {
            return None;
        }
        Some(match item.thing {
            thing if self.pose == Pose::Ride && settle::upright(thing) => return None,
            T::Person | T::Child | T::Dancer | T::Astronaut | T::Umbrella => 0.2,
            T::Knight | T::Wizard | T::Royal | T::Skier => 0.24,
            T::Panda | T::Robot | T::Ghost | T::Penguin | T::Rabbit => 0.3,
            T::Snowman | T::Cat | T::Lamp | T::Monkey | T::Squirrel => 0.36,
            T::Tiger
            | T::Camel
            | T::Unicorn
            | T::Wolf
            | T::Dog
            | T::Fox
            | T::Horse
            | T::Cow
            | T::Sheep
            | T::Deer
            | T::Bear
            | T::Lion => 0.62,
            T::Elephant | T::Giraffe | T::Dinosaur | T::Tent | T::Bicycle => 0.65,
            T::Tractor => 0.8,
            T::Turtle | T::Frog | T::Snail | T::Crab | T::Mouse | T::Pumpkin => 0.56,
            T::Car | T::Crocodile => 1.15,
            T::Bus => 1.7,
            T::Tree | T::Cherry | T::Palm => 0.32,
            T::Pine | T::Lighthouse | T::Windmill => 0.24,
            T::Bench | T::Temple | T::House | T::Castle | T::Church | T::Stall | T::Piano => 0.68,
            T::Cactus | T::Mushroom | T::Cup | T::Bamboo => 0.3,
            T::Guitar | T::Violin | T::Trumpet => 0.3,
            T::Rock | T::Book | T::Football | T::Fountain => 0.6,
            _ => return None,
        })
    }

    fn draw_item(&self, canvas: &mut Canvas, view: &View, item: &Item) {
        let kind = match item.thing {
            Thing::Tree
            | Thing::Cherry
            | Thing::Sunflower
            | Thing::Pine
            | Thing::Palm
            | Thing::Bamboo
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
            | Thing::Temple
            | Thing::Eiffel
            | Thing::Bench
            | Thing::Fountain
            | Thing::Ferris
            | Thing::Bridge
            | Thing::Tent
            | Thing::Stall
            | Thing::Pier
            | Thing::Pyramid => Kind::Built,
            Thing::Rock
            | Thing::Iceberg
            | Thing::Fuji
            | Thing::Island
            | Thing::Volcano
            | Thing::Waterfall => Kind::Land,
            _ => Kind::Figure,
        };
        let still = matches!(self.pose, Pose::Dance | Pose::Stand | Pose::Sit)
            || self.is(Place::Room)
            || self.is(Place::Stage);
        let rides = self.pose == Pose::Ride && settle::upright(item.thing);
        let drifts = if rides { Item { thing: Thing::Horse, ..*item } } else { *item };
        // Abstract shapes float if nothing else is there, and otherwise lie on the ground.
        let lies = matches!(item.thing, Thing::Ball | Thing::Cube | Thing::Crystal)
            && ![Place::Abstract, Place::Space, Place::Underwater].iter().any(|p| self.is(*p));
        let crawls = item.thing == Thing::Turtle && !self.is(Place::Underwater);
        let still = still || lies || crawls;
        let (mut dx, mut dy) = if self.asleep && beings::tires(item.thing) {
            (0.0, 0.0)
        } else {
            beings::drift(&drifts, view.t, still)
        };
        if item.held {
            // A thing that the camera follows stays in the picture, and sways slightly.
            dx = view.shift(item.near) + 0.03 * fast_sin(view.t * 0.11 + 0.4);
        }
        if item.thing == Thing::Rocket && self.places[0] != Place::Space {
            let burn = (view.part - 0.18).max(0.0);
            dy = -burn * burn * 1.1;
            dx = 0.0;
            let pad = view.at(item.x, item.y, item.near);
            let size = view.len(item.size, item.near);
            let mut smoke = Brush::new(canvas, &self.light, pad, size, item.near, Kind::Sky);
            made::plume(&mut smoke, -dy / item.size, view.t);
        }
        if item.thing == Thing::Dolphin && !self.is(Place::Underwater) && dy > 0.08 {
            // It is under water: only its splash is visible.
            let at = view.at(item.x + dx, item.y + 0.06, item.near);
            let size = view.len(item.size, item.near);
            let mut foam = Brush::new(canvas, &self.light, at, size, item.near, Kind::Water);
            beings::splash(&mut foam, (dy - 0.08) / 0.14);
            return;
        }
        let origin = view.at(item.x + dx, item.y + dy, item.near);
        let size = view.len(item.size, item.near);
        // Large mountains rise above the haze around them.
        let clear = matches!(item.thing, Thing::Fuji | Thing::Volcano);
        let near = if clear { 0.5 } else { item.near };
        let mut brush = Brush::new(canvas, &self.light, origin, size, near, kind)
            .flipped(item.flip && beings::turns(item.thing))
            .tilted(self.tilt_of(item, view.t));
        if item.thing == Thing::Kite {
            // A kite's string leads down to the person who flies it.
            if let Some(hand) = self.items.iter().find(|i| settle::upright(i.thing)) {
                let (hx, _) = beings::drift(hand, view.t, still);
                let end = view.at(hand.x + hx, hand.y - hand.size * 0.6, hand.near);
                let paint = Paint::flat(self.light.on([236, 236, 232], 0.2), Kind::Figure, 60);
                let thin = (view.h * 0.0022).max(1.0);
                brush.canvas.stroke(&[(origin.0, origin.1 - size * 0.5), end], thin, &paint);
            }
        }
        if let Some(Photo::Subject(thing, sprite)) = &self.photo
            && *thing == item.thing
        {
            let dances = if self.pose == Pose::Dance { 2.5 } else { 1.0 };
            puppet(&mut brush, sprite, view.t, dances);
            return;
        }
        if let Some(wide) = self.shadow_of(item) {
            let soft = if self.light.lamps || !self.glints { 0.2 } else { 0.32 };
            brush.shadow(wide, soft);
        }
        if !(nature::draw(self, &mut brush, item, view.t) || made::draw(&mut brush, item, view.t)) {
            beings::draw(&mut brush, item, self.pose_of(item), self.gait_of(item, view.t));
        }
    }
}

/// A picture in the place of a thing moves like a paper puppet: it hops and sways.
fn puppet(brush: &mut Brush<'_>, sprite: &Sprite, t: f32, lively: f32) {
    let wide = sprite.aspect().min(2.0);
    if sprite.is_cut_out() {
        brush.shadow(wide * 0.4, 0.28);
    }
    let hop = 0.018 * lively * fast_sin(t * 0.9).abs();
    let sway = 0.006 * lively * fast_sin(t * 0.45);
    brush.inset((0.0, hop), 1.0, sway, |brush| brush.sprite(sprite, 1.0));
}
