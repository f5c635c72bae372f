//! Where things are found, how many there are and how big.

use crate::brief::{Brief, Place, Season, Thing};
use crate::rng::Rng;
use crate::scene::beings::Pose;
use crate::scene::made::room;
use crate::scene::plan::{Item, Scene};
use crate::scene::view::View;

/// Where one thing of a kind may stand: the thirds first, then what lies between and beside them.
const SPOTS: [f32; 6] = [0.29, -0.29, -0.02, 0.6, -0.6, 0.14];

impl Scene {
    /// Puts everything that stands, swims or flies somewhere.
    pub(super) fn place_all(&mut self, brief: &Brief) {
        let mut rng = Rng::named(self.seed, "items");
        let mirrored = if rng.chance(0.5) { -1.0 } else { 1.0 };
        // What is alone is large; what shares the picture with other things makes room for them.
        let kinds = self.things.iter().filter(|t| spot_of(t.0, self).is_some()).count();
        let share = [1.0, 1.0, 0.94, 0.86, 0.8][kinds.min(4)];
        let mut taken: Vec<f32> = Vec::new();
        for (thing, count) in self.things.clone() {
            let Some(spot) = spot_of(thing, self) else { continue };
            // Chance of its own: one more word leaves everything else where it was.
            let mut rng = Rng::named(self.seed, &format!("{thing:?}"));
            let many = if count > 0 { count.min(24) } else { spot.many };
            let crowd = match many {
                0 | 1 => 1.0,
                2 => 0.92,
                3 => 0.8,
                4 | 5 => 0.66,
                6..=9 => 0.52,
                _ => 0.4,
            };
            for i in 0..many {
                let x = if many == 1 {
                    let free = |x: f32| taken.iter().map(|t| (t - x).abs()).fold(0.5, f32::min);
                    let mut best = SPOTS[0] * mirrored;
                    for x in SPOTS.map(|x| x * mirrored) {
                        if free(x) > free(best) + 0.04 {
                            best = x;
                        }
                    }
                    taken.push(best);
                    best + rng.range(-0.03, 0.03)
                } else if many == 2 && self.pose == Pose::Dance {
                    // Partners dance near each other.
                    SPOTS[1] * mirrored * 0.5 + if i == 0 { -0.15 } else { 0.15 }
                } else {
                    // Spread over the width, a little unevenly.
                    let even = (i as f32 + 0.5) / many as f32 * 2.0 - 1.0;
                    even * spot.spread + rng.range(-0.4, 0.4) * spot.spread / many as f32
                };
                let near = self.nearness(thing, &spot, &mut rng);
                let size = spot.size * share * crowd * rng.range(0.92, 1.08);
                let y = match spot.level {
                    Level::Ground => View::ground(self.horizon, near),
                    Level::Air => rng.range(0.07, 0.3) + size * 1.05,
                    Level::Deep => (rng.range(0.2, 0.7) + size * 0.4).min(0.9),
                    Level::Road => Self::ROAD + if i % 2 == 0 { 0.0 } else { 0.045 },
                };
                let distant = if near < 0.03 { 0.6 } else { 0.75 + 0.3 * near };
                let grounded = matches!(spot.level, Level::Ground);
                self.items.push(Item {
                    thing,
                    x,
                    y,
                    near,
                    size: size * if grounded { distant } else { 1.0 },
                    colour: self.colour_of(thing).or(match thing {
                        Thing::Bear if self.is(Place::Arctic) => Some([236, 236, 232]),
                        _ => None,
                    }),
                    self_: rng.unit(),
                    flip: rng.chance(0.5) != (self.pose == Pose::Dance && i % 2 == 1),
                });
            }
        }
        if self.is(Place::Room) {
            self.furnish();
        }
        for pier in self.items.iter_mut().filter(|i| i.thing == Thing::Pier) {
            // It reaches from the edge of the picture to about its middle.
            pier.x = if pier.flip { -0.3 } else { 0.3 };
        }
        if self.pose == Pose::Ride {
            self.mount();
        }
        self.grow(brief);
        // Far things first; the order of equals is that of the words.
        self.items.sort_by(|a, b| a.near.total_cmp(&b.near));
    }

    /// How near a thing is: on the shore where there is water, unless it floats.
    fn nearness(&self, thing: Thing, spot: &Spot, rng: &mut Rng) -> f32 {
        let near = rng.range(spot.near.0, spot.near.1);
        let afloat = matches!(
            thing,
            Thing::Boat
                | Thing::Ship
                | Thing::Whale
                | Thing::Island
                | Thing::Pier
                | Thing::Lighthouse
        );
        let street = self.is(Place::City) && !self.has(Thing::Stall);
        if !matches!(spot.level, Level::Ground) || afloat {
            near
        } else if street && !self.wet() && spot.near.0 > 0.5 {
            // On the pavement, not in the traffic.
            rng.range(0.54, 0.6)
        } else if !self.wet() {
            near
        } else if self.is(Place::Beach) {
            near.max(0.84)
        } else if spot.near.0 > 0.5 {
            // What people and animals do, they do on the bank in front; the rest is across the water.
            rng.range(0.9, 0.97)
        } else {
            0.02
        }
    }

    /// Puts the rider on the horse.
    fn mount(&mut self) {
        let horse = self.items.iter().find(|i| i.thing == Thing::Horse).copied();
        let rider = self.items.iter_mut().find(|i| matches!(i.thing, Thing::Person | Thing::Child));
        if let (Some(horse), Some(rider)) = (horse, rider) {
            (rider.x, rider.flip) = (horse.x, horse.flip);
            rider.size = horse.size * 0.8;
            rider.y = horse.y - horse.size * 0.76 + rider.size * 0.44;
            rider.near = horse.near + 0.001;
        }
    }

    /// In a room, small things lie on the table and cats sit at the window.
    fn furnish(&mut self) {
        let (wx, sill) = room::window(self.seed);
        let mut shelf = -0.3;
        let window = self.has(Thing::Window);
        let table = self.table;
        for item in &mut self.items {
            match item.thing {
                Thing::Cup
                | Thing::Book
                | Thing::Candle
                | Thing::Lamp
                | Thing::Flower
                | Thing::Lantern
                    if table =>
                {
                    (item.x, item.y, item.near) = (shelf, room::TABLE, 0.6);
                    item.size = item.size.min(0.26);
                    shelf = if shelf > 0.25 { -0.36 } else { shelf + 0.2 };
                }
                Thing::Cat | Thing::Bird | Thing::Rabbit if window => {
                    (item.x, item.y, item.near) = (wx + 0.1 * (item.self_ - 0.5), sill, 0.42);
                    item.size *= 0.9;
                    item.flip = wx > 0.0;
                }
                _ => {}
            }
        }
    }

    /// What grows without being named: trees that frame the view, grass and flowers, corals.
    fn grow(&mut self, brief: &Brief) {
        let mut rng = Rng::named(self.seed, "grow");
        let dry = !self.wet() && !self.is(Place::City) && !self.is(Place::Desert);
        let bare = [
            Place::Space,
            Place::Underwater,
            Place::Room,
            Place::Abstract,
            Place::Arctic,
            Place::Mars,
        ];
        let wild =
            !bare.iter().any(|p| self.is(*p)) && !brief.without_things.contains(&Thing::Tree);
        let add = |thing, x: f32, y: f32, near: f32, size: f32, self_: f32| Item {
            thing,
            x,
            y,
            near,
            size,
            colour: None,
            self_,
            flip: false,
        };
        if wild && !self.is(Place::Sea) && !self.is(Place::Desert) && !self.is(Place::City) {
            // A frame of trees on both sides, near the viewer.
            let tree = if self.is(Place::Beach) {
                Thing::Palm
            } else if self.conifers {
                Thing::Pine
            } else {
                Thing::Tree
            };
            let n = if self.is(Place::Forest) { 15 } else { 4 };
            for i in 0..n {
                let side = if i % 2 == 0 { 1.0 } else { -1.0 };
                // In a wood, they stand behind as well.
                let behind = i >= 5 && !self.wet();
                let near = if behind {
                    rng.range(0.08, 0.34)
                } else {
                    rng.range(if self.wet() { 0.9 } else { 0.45 }, 0.97)
                };
                let x = if behind { rng.range(0.05, 0.9) } else { rng.range(0.68, 0.98) };
                self.items.push(add(
                    tree,
                    side * x,
                    View::ground(self.horizon, near) + 0.03,
                    near,
                    rng.range(0.34, 0.5) * if behind { 1.0 } else { 0.55 + near },
                    rng.unit(),
                ));
            }
        }
        if dry && wild && self.season != Season::Winter {
            let (many, bloom) = if self.season == Season::Spring { (60, 0.7) } else { (30, 0.3) };
            for _ in 0..many {
                let near = rng.range(0.5, 1.0);
                let thing = if rng.chance(bloom) { Thing::Flower } else { Thing::Grass };
                let (x, y) = (rng.range(-1.0, 1.0), View::ground(self.horizon, near));
                self.items.push(add(thing, x, y, near, 0.05, rng.unit()));
            }
        }
        if self.is(Place::Mars) {
            for _ in 0..9 {
                let near = rng.range(0.25, 1.0);
                let (x, y) = (rng.range(-1.0, 1.0), View::ground(self.horizon, near));
                let mut rock = add(Thing::Rock, x, y, near, rng.range(0.02, 0.07), rng.unit());
                rock.colour = Some([146, 78, 54]);
                self.items.push(rock);
            }
        }
        if self.is(Place::Underwater) && !self.has(Thing::Coral) {
            for i in 0..9 {
                let near = rng.range(0.4, 0.95);
                let x = (i as f32 / 4.0 - 1.0) + rng.range(-0.1, 0.1);
                let (y, self_) = (0.8 + 0.18 * near, rng.unit());
                self.items.push(add(Thing::Coral, x, y, near, rng.range(0.12, 0.22), self_));
            }
        }
    }
}

/// Where a thing is usually found, when no place was named.
pub(super) fn home_of(brief: &Brief, named: &dyn Fn(&[Thing]) -> bool, rng: &mut Rng) -> Place {
    use Thing as T;
    if named(&[T::Astronaut, T::Rocket, T::Planet, T::Ufo]) {
        Place::Space
    } else if named(&[T::Boat, T::Ship, T::Pier]) {
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
    } else if named(&[T::Castle, T::House, T::Windmill, T::Church, T::Football]) {
        Place::Meadow
    } else if named(&[T::Tower, T::Bus, T::Robot, T::Fireworks, T::Stall]) {
        Place::City
    } else if named(&[T::Car, T::Bicycle, T::Train]) {
        Place::Road
    } else if named(&[T::Cup, T::Book, T::Candle, T::Window, T::Piano]) {
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
    /// Its height when it is the only one.
    size: f32,
    /// How many there are when the words say "some".
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
        T::Bird => spot(Level::Air, (0.3, 0.6), 0.13, 9, 0.8),
        T::Plane | T::Ufo => spot(Level::Air, (0.3, 0.5), 0.2, 3, 0.6),
        T::Rocket => spot(Level::Deep, (0.5, 0.6), 0.42, 2, 0.4),
        T::Dragon => spot(Level::Air, (0.5, 0.7), 0.34, 2, 0.4),
        T::Balloon => spot(Level::Air, (0.3, 0.8), 0.42, 6, 0.75),
        T::Kite => spot(Level::Air, (0.3, 0.9), 0.22, 6, 0.8),
        T::Lantern => spot(Level::Air, (0.3, 0.9), 0.2, 12, 0.85),
        T::Butterfly | T::Bee => spot(Level::Deep, (0.7, 1.0), 0.15, 8, 0.7),
        T::Football => spot(Level::Ground, (0.86, 0.9), 0.075, 1, 0.2),
        T::Heart | T::Ball | T::Cube | T::Crystal => spot(Level::Deep, (0.5, 0.9), 0.36, 7, 0.75),
        T::Fish => spot(Level::Deep, (0.4, 1.0), 0.24, 12, 0.8),
        T::Jellyfish | T::Turtle => spot(Level::Deep, (0.4, 0.9), 0.28, 5, 0.7),
        T::Whale if scene.is(Place::Underwater) => spot(Level::Deep, (0.6, 0.8), 0.3, 2, 0.4),
        _ if floating => spot(Level::Deep, (0.6, 0.9), 0.44, 4, 0.55),
        T::Car => spot(Level::Road, (0.7, 0.72), 0.15, 5, 0.9),
        T::Bus => spot(Level::Road, (0.7, 0.72), 0.16, 2, 0.7),
        T::Bicycle => spot(Level::Road, (0.7, 0.72), 0.27, 3, 0.6),
        T::Train => spot(Level::Ground, (0.44, 0.45), 0.17, 1, 0.1),
        T::Whale => spot(Level::Ground, (0.45, 0.55), 0.27, 2, 0.4),
        T::Boat => spot(Level::Ground, (0.28, 0.55), 0.36, 3, 0.62),
        T::Ship => spot(Level::Ground, (0.3, 0.4), 0.4, 2, 0.5),
        T::Pier => spot(Level::Ground, (0.6, 0.62), 0.2, 1, 0.1),
        T::Tower => spot(Level::Ground, (0.2, 0.3), 0.56, 5, 0.8),
        T::Castle => spot(Level::Ground, (0.2, 0.26), 0.46, 2, 0.6),
        T::Church | T::Pyramid => spot(Level::Ground, (0.2, 0.3), 0.42, 3, 0.7),
        T::Lighthouse | T::Windmill => spot(Level::Ground, (0.25, 0.36), 0.5, 3, 0.7),
        T::Volcano => spot(Level::Ground, (0.02, 0.04), 0.7, 1, 0.1),
        T::Waterfall => spot(Level::Ground, (0.14, 0.16), 0.5, 1, 0.1),
        T::Island => spot(Level::Ground, (0.1, 0.2), 0.16, 2, 0.5),
        T::Bridge => spot(Level::Ground, (0.2, 0.22), 0.2, 1, 0.1),
        T::House => spot(Level::Ground, (0.35, 0.55), 0.32, 4, 0.7),
        T::Stall => spot(Level::Ground, (0.3, 0.5), 0.5, 5, 0.9),
        T::Tent => spot(Level::Ground, (0.5, 0.7), 0.26, 2, 0.4),
        T::Tree | T::Pine | T::Palm => spot(Level::Ground, (0.4, 0.8), 0.62, 7, 0.9),
        T::Cactus => spot(Level::Ground, (0.4, 0.9), 0.4, 6, 0.8),
        T::Flower | T::Mushroom => spot(Level::Ground, (0.7, 1.0), 0.26, 22, 0.95),
        T::Grass => spot(Level::Ground, (0.6, 1.0), 0.16, 26, 0.95),
        T::Rock => spot(Level::Ground, (0.5, 0.95), 0.16, 7, 0.9),
        T::Coral => spot(Level::Ground, (0.6, 0.95), 0.34, 9, 0.9),
        T::Fire => spot(Level::Ground, (0.66, 0.74), 0.2, 3, 0.6),
        T::Lamp => spot(Level::Ground, (0.55, 0.62), 0.36, 4, 0.75),
        T::Candle => spot(Level::Ground, (0.7, 0.85), 0.24, 3, 0.6),
        T::Elephant | T::Giraffe | T::Dinosaur => spot(Level::Ground, (0.6, 0.75), 0.46, 3, 0.9),
        T::Cat | T::Dog | T::Fox => spot(Level::Ground, (0.7, 0.84), 0.31, 4, 0.65),
        T::Rabbit | T::Penguin | T::Sheep => spot(Level::Ground, (0.66, 0.84), 0.29, 5, 0.7),
        T::Child => spot(Level::Ground, (0.66, 0.82), 0.32, 4, 0.65),
        T::Person if scene.has(Thing::Stall) => spot(Level::Ground, (0.4, 0.85), 0.52, 10, 0.95),
        T::Person => spot(Level::Ground, (0.64, 0.82), 0.42, 6, 0.75),
        T::Piano => spot(Level::Ground, (0.74, 0.76), 0.4, 1, 0.3),
        T::Guitar => spot(Level::Ground, (0.78, 0.84), 0.38, 2, 0.4),
        T::Cup | T::Book | T::Window => spot(Level::Ground, (0.75, 0.85), 0.2, 2, 0.4),
        _ => spot(Level::Ground, (0.66, 0.8), 0.4, 3, 0.7),
    }
}
