//! Where things are found, how many there are and how big.

use crate::brief::{Brief, Place, Season, Thing};
use crate::rng::Rng;
use crate::scene::plan::{Item, Scene};
use crate::scene::view::View;

impl Scene {
    /// Puts everything that stands, swims or flies somewhere.
    pub(super) fn place_all(&mut self, brief: &Brief) {
        let mut rng = Rng::named(self.seed, "items");
        for (thing, count) in self.things.clone() {
            let Some(spot) = spot_of(thing, self) else { continue };
            let many = if count > 0 { count.min(24) } else { spot.many };
            for i in 0..many {
                // Spread over the width; the first of a few stands where the eye goes.
                let even = (i as f32 + 0.5) / many as f32 * 2.0 - 1.0;
                let x = if many == 1 {
                    *rng.pick(&[-0.26, 0.24, 0.1, -0.14])
                } else {
                    even * spot.spread + rng.range(-0.1, 0.1)
                };
                let afloat =
                    matches!(thing, Thing::Boat | Thing::Ship | Thing::Whale | Thing::Island);
                let ashore = matches!(spot.level, Level::Ground) && self.wet() && !afloat;
                let beach = self.is(Place::Beach);
                let mut near = rng.range(spot.near.0, spot.near.1);
                if ashore && !beach {
                    // Small things stand on the bank in front, large ones across the water.
                    near = if spot.size < 0.24 && spot.near.0 > 0.5 {
                        rng.range(0.9, 0.98)
                    } else {
                        0.02
                    };
                } else if ashore {
                    near = near.max(0.84);
                }
                let y = match spot.level {
                    Level::Ground => View::ground(self.horizon, near),
                    Level::Air => rng.range(0.14, 0.4) + spot.size * 0.6,
                    Level::Deep => rng.range(0.22, 0.72),
                    Level::Road => Self::ROAD + if i % 2 == 0 { 0.0 } else { 0.035 },
                };
                self.items.push(Item {
                    thing,
                    x,
                    y,
                    near,
                    size: spot.size
                        * rng.range(0.9, 1.12)
                        * if many > 1 {
                            1.0
                        } else if spot.near.0 > 0.45 && spot.size < 0.24 {
                            1.8
                        } else {
                            1.2
                        }
                        * if near < 0.03 { 0.6 } else { 1.0 },
                    colour: self.colour_of(thing),
                    self_: rng.unit(),
                    flip: rng.chance(0.5),
                });
            }
        }
        let dry = !self.wet() && !self.is(Place::City) && !self.is(Place::Desert);
        let bare = [Place::Space, Place::Underwater, Place::Room, Place::Abstract, Place::Arctic];
        let wild =
            !bare.iter().any(|p| self.is(*p)) && !brief.without_things.contains(&Thing::Tree);
        if wild && !self.is(Place::Sea) && !self.is(Place::Desert) && !self.is(Place::City) {
            // A frame of trees on both sides, near the viewer.
            let tree = if self.is(Place::Beach) {
                Thing::Palm
            } else if self.conifers {
                Thing::Pine
            } else {
                Thing::Tree
            };
            let n = if self.is(Place::Forest) { 9 } else { 4 };
            for i in 0..n {
                let side = if i % 2 == 0 { 1.0 } else { -1.0 };
                let near = rng.range(if self.wet() { 0.9 } else { 0.45 }, 0.97);
                self.items.push(Item {
                    thing: tree,
                    x: side * rng.range(0.62, 0.98),
                    y: View::ground(self.horizon, near) + 0.03,
                    near,
                    size: rng.range(0.24, 0.34) * (0.55 + near),
                    colour: None,
                    self_: rng.unit(),
                    flip: false,
                });
            }
        }
        if dry && wild && self.season != Season::Winter {
            for _ in 0..26 {
                let near = rng.range(0.5, 1.0);
                self.items.push(Item {
                    thing: if rng.chance(0.3) { Thing::Flower } else { Thing::Grass },
                    x: rng.range(-1.0, 1.0),
                    y: View::ground(self.horizon, near),
                    near,
                    size: 0.05,
                    colour: None,
                    self_: rng.unit(),
                    flip: false,
                });
            }
        }
        if self.is(Place::Underwater) && !self.has(Thing::Coral) {
            for i in 0..9 {
                let near = rng.range(0.4, 0.95);
                let x = (i as f32 / 4.0 - 1.0) + rng.range(-0.1, 0.1);
                let (y, self_) = (0.8 + 0.18 * near, rng.unit());
                let size = rng.range(0.12, 0.22);
                self.items.push(Item {
                    thing: Thing::Coral,
                    x,
                    y,
                    near,
                    size,
                    colour: None,
                    self_,
                    flip: false,
                });
            }
        }
        // Far things first; the order of equals is that of the words.
        self.items.sort_by(|a, b| a.near.total_cmp(&b.near));
    }
}

/// Where a thing is usually found, when no place was named.
pub(super) fn home_of(brief: &Brief, named: &dyn Fn(&[Thing]) -> bool, rng: &mut Rng) -> Place {
    use Thing as T;
    if named(&[T::Astronaut, T::Rocket, T::Planet, T::Ufo]) {
        Place::Space
    } else if named(&[T::Boat, T::Ship]) {
        // Before the fish: fishing boats float.
        Place::Sea
    } else if named(&[T::Fish, T::Jellyfish, T::Turtle, T::Coral]) {
        Place::Underwater
    } else if named(&[T::Whale, T::Lighthouse, T::Island]) {
        Place::Sea
    } else if named(&[T::Cactus, T::Pyramid]) {
        Place::Desert
    } else if named(&[T::Palm]) {
        Place::Beach
    } else if named(&[T::Penguin, T::Aurora, T::Snowman]) {
        Place::Arctic
    } else if named(&[T::Castle, T::House, T::Windmill, T::Church]) {
        Place::Meadow
    } else if named(&[T::Tower, T::Bus, T::Robot, T::Fireworks]) {
        Place::City
    } else if named(&[T::Car, T::Bicycle, T::Train]) {
        Place::Road
    } else if named(&[T::Cup, T::Book, T::Candle, T::Window]) {
        Place::Room
    } else if named(&[T::Mushroom, T::Fox, T::Deer, T::Bear, T::Tree, T::Pine, T::Ghost]) {
        Place::Forest
    } else if named(&[T::Cube, T::Ball, T::Heart]) || brief.title.trim().is_empty() {
        Place::Abstract
    } else if brief.things.is_empty() {
        *rng.pick(&[Place::Lake, Place::Meadow, Place::Mountains, Place::Sea, Place::Forest])
    } else {
        Place::Meadow
    }
}

enum Level {
    Ground,
    Air,
    Deep,
    Road,
}

/// How a thing is placed.
struct Spot {
    level: Level,
    near: (f32, f32),
    size: f32,
    many: u32,
    spread: f32,
}

/// How many there are of it, how big, and where; `None` for what the sky or the air draws.
fn spot_of(thing: Thing, scene: &Scene) -> Option<Spot> {
    use Thing as T;
    let spot = |level, near, size, many, spread| Some(Spot { level, near, size, many, spread });
    let floating = scene.is(Place::Space) || scene.is(Place::Underwater);
    match thing {
        T::Sun
        | T::Moon
        | T::Stars
        | T::Clouds
        | T::Rainbow
        | T::Aurora
        | T::Meteor
        | T::Fireworks
        | T::Planet
        | T::Bubbles
        | T::Leaves
        | T::Petals
        | T::Firefly => None,
        T::Window if scene.is(Place::Room) => None,
        T::Bird => spot(Level::Air, (0.3, 0.6), 0.05, 9, 0.8),
        T::Plane | T::Ufo => spot(Level::Air, (0.3, 0.5), 0.12, 3, 0.6),
        T::Rocket => spot(Level::Deep, (0.5, 0.6), 0.3, 2, 0.4),
        T::Dragon => spot(Level::Air, (0.5, 0.7), 0.24, 2, 0.4),
        T::Balloon => spot(Level::Air, (0.3, 0.8), 0.2, 6, 0.75),
        T::Kite | T::Lantern => spot(Level::Air, (0.3, 0.9), 0.09, 12, 0.85),
        T::Butterfly | T::Bee => spot(Level::Deep, (0.7, 1.0), 0.055, 8, 0.7),
        T::Heart | T::Ball | T::Cube | T::Crystal => spot(Level::Deep, (0.5, 0.9), 0.18, 7, 0.75),
        T::Fish => spot(Level::Deep, (0.4, 1.0), 0.09, 12, 0.8),
        T::Jellyfish | T::Turtle => spot(Level::Deep, (0.4, 0.9), 0.16, 5, 0.7),
        T::Whale if scene.is(Place::Underwater) => spot(Level::Deep, (0.6, 0.8), 0.26, 2, 0.4),
        _ if floating => spot(Level::Deep, (0.6, 0.9), 0.26, 4, 0.5),
        T::Car | T::Bus => spot(Level::Road, (0.7, 0.72), 0.09, 5, 0.9),
        T::Bicycle => spot(Level::Road, (0.7, 0.72), 0.14, 3, 0.6),
        T::Train => spot(Level::Ground, (0.3, 0.32), 0.09, 1, 0.1),
        T::Whale => spot(Level::Ground, (0.4, 0.6), 0.16, 2, 0.4),
        T::Boat | T::Ship => spot(Level::Ground, (0.2, 0.45), 0.17, 3, 0.6),
        T::Tower => spot(Level::Ground, (0.2, 0.3), 0.36, 5, 0.8),
        T::Castle | T::Church | T::Pyramid => spot(Level::Ground, (0.12, 0.2), 0.26, 3, 0.7),
        T::Lighthouse | T::Windmill => spot(Level::Ground, (0.15, 0.3), 0.32, 3, 0.7),
        T::Volcano => spot(Level::Ground, (0.02, 0.04), 0.4, 1, 0.1),
        T::Waterfall => spot(Level::Ground, (0.06, 0.08), 0.3, 1, 0.1),
        T::Island => spot(Level::Ground, (0.06, 0.12), 0.1, 2, 0.5),
        T::Bridge => spot(Level::Ground, (0.2, 0.22), 0.14, 1, 0.1),
        T::House => spot(Level::Ground, (0.25, 0.5), 0.17, 4, 0.7),
        T::Tent => spot(Level::Ground, (0.5, 0.7), 0.14, 2, 0.4),
        T::Tree | T::Pine | T::Palm => spot(Level::Ground, (0.3, 0.9), 0.34, 7, 0.9),
        T::Cactus => spot(Level::Ground, (0.3, 0.9), 0.22, 6, 0.8),
        T::Flower | T::Mushroom => spot(Level::Ground, (0.6, 1.0), 0.1, 22, 0.95),
        T::Grass => spot(Level::Ground, (0.6, 1.0), 0.07, 26, 0.95),
        T::Rock => spot(Level::Ground, (0.5, 0.95), 0.07, 7, 0.9),
        T::Coral => spot(Level::Ground, (0.6, 0.95), 0.18, 9, 0.9),
        T::Fire | T::Candle | T::Lamp => spot(Level::Ground, (0.66, 0.8), 0.16, 3, 0.6),
        T::Elephant | T::Giraffe | T::Dinosaur => spot(Level::Ground, (0.5, 0.75), 0.3, 3, 0.5),
        T::Cat | T::Rabbit | T::Penguin | T::Fox | T::Dog | T::Sheep => {
            spot(Level::Ground, (0.66, 0.85), 0.13, 4, 0.6)
        }
        T::Cup | T::Book | T::Piano | T::Guitar | T::Window => {
            spot(Level::Ground, (0.75, 0.85), 0.16, 2, 0.4)
        }
        _ => spot(Level::Ground, (0.62, 0.82), 0.22, 3, 0.5),
    }
}
