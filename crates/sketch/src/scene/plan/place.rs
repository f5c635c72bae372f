//! Placement: positions, numbers and sizes of things.

use crate::brief::{Brief, Camera, Place, Season, Thing};
use crate::rng::Rng;
use crate::scene::beings::{self, Pose, people};
use crate::scene::canvas::Rgb;
use crate::scene::made::room;
use crate::scene::plan::settle;
use crate::scene::plan::spots::{Level, Spot, spot_of};
use crate::scene::plan::{Item, Scene};
use crate::scene::view::View;

/// Horizontal positions for a single thing of a kind: thirds first, then positions between and
/// beside them.
const SPOTS: [f32; 6] = [0.29, -0.29, -0.02, 0.52, -0.52, 0.14];

/// The colour of gold, and of yellow things.
const GOLDEN: Rgb = [246, 205, 60];

/// Things that would hide what is behind them.
fn tree(thing: Thing) -> bool {
    matches!(thing, Thing::Tree | Thing::Cherry | Thing::Pine | Thing::Palm | Thing::Bamboo)
}

impl Scene {
    /// Places everything that stands, swims or flies.
    pub(super) fn place_all(&mut self, brief: &Brief) {
        let mut rng = Rng::named(self.seed, "items");
        let mirrored = if rng.chance(0.5) { -1.0 } else { 1.0 };
        // A single thing is large; things that share the picture are smaller.
        let kinds = self.things.iter().filter(|t| spot_of(t.0, self).is_some()).count();
        let share = [1.0, 1.0, 0.94, 0.86, 0.8][kinds.min(4)];
        let mut taken: Vec<f32> = Vec::new();
        // Single things are placed first; groups keep clear of them.
        let mut things = self.things.clone();
        things.sort_by_key(|t| t.1 != 1 || tree(t.0));
        for (thing, count) in things {
            let Some(spot) = spot_of(thing, self) else { continue };
            // Each thing has its own random stream, so that one more word doesn't move the others.
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
                } else if many == 2 && settle::upright(thing) {
                    // Two people stand close together.
                    SPOTS[1] * mirrored * 0.5 + if i == 0 { -0.15 } else { 0.15 }
                } else {
                    // Spread over the width, slightly unevenly.
                    let even = (i as f32 + 0.5) / many as f32 * 2.0 - 1.0;
                    let x = even * spot.spread + rng.range(-0.4, 0.4) * spot.spread / many as f32;
                    let hides = |t: &&f32| tree(thing) && (**t - x).abs() < 0.26;
                    match taken.iter().find(hides) {
                        Some(t) => t + if x < *t { -0.34 } else { 0.34 },
                        None => x,
                    }
                };
                let near = self.nearness(thing, &spot, &mut rng);
                let landmark = matches!(thing, Thing::Eiffel | Thing::Fuji | Thing::Waterfall);
                let share = if landmark { 1.0 } else { share };
                let named = brief.sizes.iter().find(|s| s.0 == thing).map_or(1.0, |s| s.1);
                let walks = settle::upright(thing) || beings::tires(thing);
                // As tall as the people there.
                let small = self.street() && walks && self.count(thing).is_some();
                let size = spot.size * if small { 0.84 } else { 1.0 };
                let size = size * share * crowd * rng.range(0.92, 1.08) * named;
                // Towers stand behind the street.
                let near = if named > 1.5 && self.is(Place::City) { 0.42 } else { near };
                let y = match spot.level {
                    Level::Ground => View::ground(self.horizon, near),
                    Level::Air => rng.range(0.07, 0.3) + size * 1.05,
                    Level::Deep => (rng.range(0.2, 0.7) + size * 0.4).max(size * 1.2).min(0.9),
                    Level::Road => Self::ROAD + if i % 2 == 0 { 0.0 } else { 0.045 },
                };
                let who: Vec<bool> =
                    brief.women.iter().filter(|w| w.0 == thing).map(|w| w.1).collect();
                let who = who.get(i as usize).or(who.last()).copied();
                let distant = if near < 0.03 { 0.6 } else { 0.75 + 0.3 * near };
                let grounded = matches!(spot.level, Level::Ground);
                self.items.push(Item {
                    thing,
                    x,
                    y,
                    near,
                    size: size * if grounded { distant } else { 1.0 },
                    colour: self.coat_of(thing).or(match thing {
                        Thing::Bear if self.is(Place::Arctic) => Some([236, 236, 232]),
                        _ => None,
                    }),
                    self_: people::one_of(rng.unit(), who),
                    held: false,
                    plays: None,
                    flip: rng.chance(0.5) != (self.pose == Pose::Dance && i % 2 == 1),
                });
            }
        }
        self.hand_out(brief);
        self.shelter();
        if self.is(Place::Room) {
            self.furnish();
        }
        for item in &mut self.items {
            match item.thing {
                Thing::Eiffel | Thing::Fuji => item.x *= 0.5,
                Thing::Owl => item.y = 0.62 + 0.05 * item.self_,
                _ => {}
            }
        }
        self.seat();
        for pier in self.items.iter_mut().filter(|i| i.thing == Thing::Pier) {
            // Extends from the edge of the picture to about its middle.
            pier.x = if pier.flip { -0.3 } else { 0.3 };
        }
        if self.pose == Pose::Ride {
            self.mount();
        }
        self.cross_bridge();
        self.follow(brief);
        self.grow(brief);
        // Distant things first; things at the same distance in the order of the prompt.
        self.items.sort_by(|a, b| a.near.total_cmp(&b.near));
    }

    /// Whether this is a city street with pavement and traffic.
    fn street(&self) -> bool {
        self.is(Place::City) && !self.has(Thing::Stall) && !self.wet()
    }

    /// The colour that the prompt gives a thing; on an animal, "golden" isn't metal.
    fn coat_of(&self, thing: Thing) -> Option<Rgb> {
        use Thing as T;
        let furry =
            matches!(thing, T::Dog | T::Cat | T::Horse | T::Lion | T::Rabbit | T::Cow | T::Bear);
        self.colour_of(thing).map(|c| if furry && c == GOLDEN { [222, 170, 98] } else { c })
    }

    /// The distance of a thing: on the shore if there is water, unless it floats.
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
                | Thing::Surfer
                | Thing::Swan
                | Thing::Fish
                | Thing::Dolphin
                | Thing::Iceberg
                | Thing::Bridge
        );
        if !matches!(spot.level, Level::Ground) || afloat {
            near
        } else if self.street() && spot.near.0 > 0.5 {
            // On the pavement, out of the traffic.
            rng.range(0.54, 0.6)
        } else if !self.wet() {
            near
        } else if self.is(Place::Beach) {
            near.max(0.84)
        } else if spot.near.0 > 0.5 {
            // Acting people and animals are on the near bank; everything else is across the water.
            rng.range(0.9, 0.97)
        } else {
            0.02
        }
    }

    /// The camera follows a single fast thing, unless the prompt says otherwise.
    fn follow(&mut self, brief: &Brief) {
        use Thing as T;
        let fast = |i: &Item| match i.thing {
            T::Car | T::Bus | T::Bicycle | T::Dragon => true,
            T::Plane => !self.wet(),
            T::Horse | T::Unicorn | T::Camel => self.runs || self.pose == Pose::Ride,
            T::Dog | T::Wolf | T::Fox | T::Deer | T::Lion | T::Tiger | T::Cat | T::Rabbit => {
                self.runs
            }
            T::Person | T::Child | T::Knight => self.pose == Pose::Run && i.plays.is_none(),
            T::Skier => true,
            _ => false,
        };
        let alone = |thing| self.things.iter().any(|t| t.0 == thing && t.1 == 1);
        let rides = self.pose == Pose::Ride;
        let flat = [Place::Space, Place::Underwater, Place::Room, Place::Stage];
        let Some(lead) = self.items.iter().find(|i| fast(i) && alone(i.thing)).copied() else {
            return;
        };
        if brief.camera.is_some() || flat.iter().any(|p| self.is(*p)) || self.has(T::Football) {
            return;
        }
        self.camera = if lead.flip { Camera::PanLeft } else { Camera::PanRight };
        self.track = true;
        for item in &mut self.items {
            let with = rides && settle::upright(item.thing);
            if item.thing == lead.thing || with {
                item.held = true;
                // Leaves space in front of it.
                item.x = if lead.flip { 0.14 } else { -0.14 };
            }
        }
    }

    /// In a room, small things lie on the table and cats sit at the window.
    fn furnish(&mut self) {
        let (wx, sill) = room::window(self.seed);
        let mut shelf = -0.28;
        let window = self.has(Thing::Window);
        let table = self.table;
        for item in &mut self.items {
            match item.thing {
                Thing::Cup
                | Thing::Book
                | Thing::Candle
                | Thing::Lamp
                | Thing::Flower
                | Thing::Food
                | Thing::Bowl
                | Thing::Pizza
                | Thing::Fruit
                | Thing::Pumpkin
                | Thing::Lantern
                    if table =>
                {
                    (item.x, item.y, item.near) = (shelf, room::TABLE, 0.6);
                    item.size = item.size.min(0.3);
                    shelf = if shelf > 0.2 { -0.36 } else { shelf + 0.3 };
                }
                Thing::Fire => (item.x, item.y) = (if wx > 0.0 { -0.42 } else { 0.42 }, 0.77),
                Thing::Cat | Thing::Bird | Thing::Rabbit if window => {
                    (item.x, item.y, item.near) = (wx + 0.1 * (item.self_ - 0.5), sill, 0.42);
                    item.size *= 0.9;
                    item.flip = wx > 0.0;
                }
                _ => {}
            }
        }
    }

    /// Plants that nobody named: trees that frame the view, grass and flowers, corals.
    fn grow(&mut self, brief: &Brief) {
        let mut rng = Rng::named(self.seed, "grow");
        let dry = !self.wet() && !self.is(Place::City) && !self.is(Place::Desert);
        let bare = [
            Place::Space,
            Place::Underwater,
            Place::Room,
            Place::Stage,
            Place::Abstract,
            Place::Arctic,
            Place::Mars,
            Place::Lunar,
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
            held: false,
            plays: None,
            flip: false,
        };
        if wild && !self.is(Place::Sea) && !self.is(Place::Desert) && !self.is(Place::City) {
            // Trees on both sides, near the viewer, frame the view.
            let tree = if self.is(Place::Beach) {
                Thing::Palm
            } else if self.has(Thing::Cherry) {
                Thing::Cherry
            } else if self.has(Thing::Bamboo) {
                Thing::Bamboo
            } else if self.conifers {
                Thing::Pine
            } else {
                Thing::Tree
            };
            let n = if self.is(Place::Forest) { 15 } else { 4 };
            for i in 0..n {
                let side = if i % 2 == 0 { 1.0 } else { -1.0 };
                // In a wood, there are also trees behind.
                let behind = i >= 5 && !self.wet();
                let near = if behind {
                    rng.range(0.08, 0.34)
                } else {
                    rng.range(if self.wet() { 0.9 } else { 0.45 }, 0.97)
                };
                let x = if behind { rng.range(0.05, 0.9) } else { rng.range(0.78, 1.02) };
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
                // Nothing grows on a road.
                let paved = (y - Self::ROAD).abs() < 0.08
                    && (self.is(Place::Road) || self.has(Thing::Car) || self.has(Thing::Bus));
                let own = rng.unit();
                if !paved {
                    self.items.push(add(thing, x, y, near, 0.05, own));
                }
            }
        }
        if self.is(Place::Mars) || self.is(Place::Lunar) {
            let stone = if self.is(Place::Mars) { [146, 78, 54] } else { [120, 120, 124] };
            for _ in 0..9 {
                let near = rng.range(0.25, 1.0);
                let (x, y) = (rng.range(-1.0, 1.0), View::ground(self.horizon, near));
                let mut rock = add(Thing::Rock, x, y, near, rng.range(0.02, 0.07), rng.unit());
                rock.colour = Some(stone);
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
