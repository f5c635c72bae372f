//! Planning a scene: from the brief to what is where.

use crate::brief::{Brief, Camera, Place, Season, Thing, Time, Weather};
use crate::rng::Rng;
use crate::scene::canvas::{Canvas, Kind, Rgb, blend};
use crate::scene::light::Light;
use crate::scene::view::{Brush, View};
use crate::scene::{beings, land, made, nature, sky, water};

/// A planned scene.
#[derive(Clone, Debug)]
pub(crate) struct Scene {
    places: Vec<Place>,
    pub(crate) time: Time,
    pub(crate) weather: Weather,
    pub(crate) season: Season,
    camera: Camera,
    /// Height of the horizon in the picture.
    pub(crate) horizon: f32,
    pub(crate) light: Light,
    pub(crate) sun_x: f32,
    /// How much of the sky is clouded, from 0 to 1.
    pub(crate) clouds: f32,
    /// How strongly things sway.
    pub(crate) wind: f32,
    /// Whether light plays on the water.
    pub(crate) glints: bool,
    pub(crate) conifers: bool,
    pub(crate) mountains: bool,
    pub(crate) woods: u32,
    pub(crate) colours: Vec<Rgb>,
    own_colours: Vec<(Thing, Rgb)>,
    things: Vec<(Thing, u32)>,
    pub(crate) items: Vec<Item>,
    pub(crate) seed: u64,
}

/// One thing in its place.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Item {
    pub(crate) thing: Thing,
    /// Where it stands: from the middle, and from the top, in heights of the picture.
    pub(crate) x: f32,
    pub(crate) y: f32,
    pub(crate) near: f32,
    /// Its height.
    pub(crate) size: f32,
    pub(crate) colour: Option<Rgb>,
    /// What tells it from others of its sort: a number from 0 to 1.
    pub(crate) self_: f32,
    pub(crate) flip: bool,
}

impl Scene {
    /// Where roads run, as a height in the picture.
    pub(crate) const ROAD: f32 = 0.88;

    /// Decides what the words left open.
    pub(crate) fn plan(brief: &Brief) -> Self {
        let mut rng = Rng::named(brief.seed, "scene");
        let mut things = brief.things.clone();
        let named = |list: &[Thing]| list.iter().any(|t| brief.count(*t).is_some());
        let mut places = brief.places.clone();
        if places.is_empty() {
            places.push(home_of(brief, &named, &mut rng));
        }
        let mood_time = if brief.tension > 0.6 {
            Time::Night
        } else if brief.valence < -0.3 {
            Time::Sunset
        } else {
            *rng.pick(&[Time::Day, Time::Day, Time::Dawn, Time::Sunset])
        };
        let night_sky = named(&[
            Thing::Moon,
            Thing::Stars,
            Thing::Aurora,
            Thing::Fireworks,
            Thing::Firefly,
            Thing::Ghost,
            Thing::Meteor,
            Thing::Lantern,
        ]);
        let time = brief.time.unwrap_or(if night_sky {
            Time::Night
        } else if named(&[Thing::Rainbow, Thing::Sun]) {
            Time::Day
        } else {
            mood_time
        });
        let season = brief.season.unwrap_or(match brief.weather {
            Some(Weather::Snow) => Season::Winter,
            _ if places.contains(&Place::Arctic) || named(&[Thing::Snowman, Thing::Penguin]) => {
                Season::Winter
            }
            _ if named(&[Thing::Petals]) => Season::Spring,
            _ => Season::Summer,
        });
        let weather = brief.weather.unwrap_or_else(|| {
            if brief.valence < -0.5 && rng.chance(0.5) { Weather::Cloudy } else { Weather::Clear }
        });
        let space = places[0] == Place::Space;
        let mut hide = |thing: Thing, when: bool| {
            if when && !things.iter().any(|t| t.0 == thing) {
                things.push((thing, 0));
            }
        };
        hide(Thing::Stars, time == Time::Night && weather == Weather::Clear);
        let city = places.contains(&Place::City);
        hide(Thing::Lamp, city && time == Time::Night);
        hide(Thing::Car, city);
        hide(Thing::Leaves, season == Season::Autumn && !space);
        hide(Thing::Petals, season == Season::Spring && !space);
        things.retain(|t| !brief.without_things.contains(&t.0));
        let clouds = match weather {
            _ if brief.without_things.contains(&Thing::Clouds) => 0.0,
            Weather::Cloudy | Weather::Snow => 0.85,
            Weather::Rain | Weather::Storm => 1.0,
            Weather::Fog => 0.6,
            _ if brief.count(Thing::Clouds).is_some() => 0.6,
            _ if brief.weather == Some(Weather::Clear) => 0.12,
            _ if time == Time::Night => 0.22,
            _ => 0.42,
        };
        let open = |p: &Place| matches!(p, Place::Sea | Place::Beach | Place::Desert);
        let low = places.iter().any(open);
        let mut scene = Self {
            time,
            weather,
            season,
            camera: brief.camera.unwrap_or(*rng.pick(&[
                Camera::PanRight,
                Camera::PanLeft,
                Camera::ZoomIn,
                Camera::Rise,
            ])),
            horizon: if low { 0.52 } else { 0.58 },
            light: Light::new(time, weather, season),
            sun_x: rng.range(0.12, 0.45) * if rng.chance(0.5) { 1.0 } else { -1.0 },
            clouds,
            wind: if matches!(weather, Weather::Wind | Weather::Storm) { 4.0 } else { 1.0 },
            glints: !matches!(
                weather,
                Weather::Rain | Weather::Storm | Weather::Fog | Weather::Cloudy
            ),
            conifers: season == Season::Winter
                || places.contains(&Place::Mountains)
                || named(&[Thing::Pine])
                || (!named(&[Thing::Tree]) && rng.chance(0.4)),
            mountains: brief.places.is_empty() && rng.chance(0.3) || named(&[Thing::Volcano]),
            woods: u32::from(
                !low && !places.contains(&Place::City)
                    && !places.contains(&Place::Arctic)
                    && !brief.without_things.contains(&Thing::Tree),
            ),
            colours: brief.colours.iter().filter(|c| c.1.is_none()).map(|c| c.0).collect(),
            own_colours: brief.colours.iter().filter_map(|c| c.1.map(|t| (t, c.0))).collect(),
            things,
            items: Vec::new(),
            seed: brief.seed,
            places,
        };
        scene.place_all(brief);
        scene
    }

    pub(crate) fn is(&self, place: Place) -> bool {
        self.places.contains(&place)
    }

    pub(crate) fn has(&self, thing: Thing) -> bool {
        self.things.iter().any(|t| t.0 == thing)
    }

    pub(crate) fn count(&self, thing: Thing) -> Option<u32> {
        self.things.iter().find(|t| t.0 == thing).map(|t| t.1).filter(|n| *n > 0)
    }

    pub(crate) fn colour_of(&self, thing: Thing) -> Option<Rgb> {
        self.own_colours.iter().find(|c| c.0 == thing).map(|c| c.1)
    }

    /// A colour, drawn towards the one that the words name for the whole.
    pub(crate) fn tinted(&self, colour: Rgb) -> Rgb {
        self.colours.first().map_or(colour, |named| blend(colour, *named, 0.45))
    }

    /// The colour of the ground.
    pub(crate) fn ground(&self) -> Rgb {
        let base = match self.season {
            _ if self.is(Place::Desert) => [226, 174, 112],
            _ if self.is(Place::Beach) => [230, 204, 150],
            _ if self.is(Place::Arctic) => [232, 240, 250],
            _ if self.is(Place::City) => [112, 114, 120],
            Season::Winter => [228, 236, 246],
            Season::Autumn => [172, 142, 72],
            Season::Spring => [124, 186, 92],
            Season::Summer => [98, 162, 76],
        };
        self.tinted(base)
    }

    /// The colour of leaves.
    pub(crate) fn leaf(&self) -> Rgb {
        let base = match self.season {
            _ if self.conifers && self.season != Season::Autumn => [38, 92, 66],
            Season::Winter => [188, 202, 214],
            Season::Autumn => [206, 116, 44],
            Season::Spring => [236, 168, 190],
            Season::Summer => [56, 124, 62],
        };
        self.tinted(base)
    }

    /// Whether the view is over water.
    pub(crate) fn wet(&self) -> bool {
        [Place::Lake, Place::Sea, Place::Beach].iter().any(|p| self.is(*p))
    }

    /// What is in it, for people.
    pub(crate) fn describe(&self) -> String {
        let name = |text: String| text.to_lowercase();
        let mut said: Vec<String> = self.places.iter().map(|p| name(format!("{p:?}"))).collect();
        for (thing, count) in &self.things {
            said.push(match count {
                0 | 1 => name(format!("{thing:?}")),
                n => name(format!("{n} {thing:?}")),
            });
        }
        said.push(name(format!("{:?}", self.time)));
        said.push(name(format!("{:?}", self.season)));
        if self.weather != Weather::Clear {
            said.push(name(format!("{:?}", self.weather)));
        }
        said.dedup();
        said.join(", ")
    }

    /// Puts everything that stands, swims or flies somewhere.
    fn place_all(&mut self, brief: &Brief) {
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

    /// Draws the moment `t` seconds in, of `total`.
    pub(crate) fn draw(&self, canvas: &mut Canvas, t: f32, total: f32) {
        canvas.clear();
        let view = View::new(canvas, self.camera, t, total);
        canvas.light[0] = -0.56 * -self.sun_x.signum();
        if self.places[0] == Place::Space {
            sky::space(self, canvas, &view);
        } else if self.is(Place::Underwater) {
            water::below(self, canvas, &view);
        } else if self.places[0] == Place::Room {
            made::room(self, canvas, &view);
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
        if self.places[0] != Place::Room {
            water::air(self, canvas, &view);
        }
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
            | Thing::Pyramid => Kind::Built,
            Thing::Rock | Thing::Island | Thing::Volcano | Thing::Waterfall => Kind::Land,
            _ => Kind::Figure,
        };
        let (dx, dy) = beings::drift(item, view.t);
        let origin = view.at(item.x + dx, item.y + dy, item.near);
        let size = view.len(item.size, item.near);
        let mut brush = Brush::new(canvas, &self.light, origin, size, item.near, kind)
            .flipped(item.flip && beings::turns(item.thing));
        if !(nature::draw(self, &mut brush, item, view.t) || made::draw(&mut brush, item, view.t)) {
            beings::draw(&mut brush, item, view.t);
        }
    }
}

/// Where a thing is usually found, when no place was named.
fn home_of(brief: &Brief, named: &dyn Fn(&[Thing]) -> bool, rng: &mut Rng) -> Place {
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn boats_float_and_fish_swim() {
        let places = |prompt| Scene::plan(&Brief::read(prompt, 1)).places;
        assert_eq!(places("old fishing boats at dusk"), [Place::Sea]);
        assert_eq!(places("three red fish"), [Place::Underwater]);
    }
}
