//! Plans a scene: decides from the brief what is where.

mod moment;
mod picture;
mod place;
mod settle;
mod spots;
mod together;

use crate::brief::{Act, Brief, Camera, Place, Season, Thing, Time, Weather};
use crate::note::Meaning;
use crate::rng::Rng;
use crate::scene::beings::Pose;
use crate::scene::canvas::{Rgb, blend};
use crate::scene::light::Light;
use crate::scene::made::instruments;
use crate::scene::photo::Photo;

/// A planned scene.
#[derive(Clone, Debug)]
pub(crate) struct Scene {
    places: Vec<Place>,
    pub(crate) time: Time,
    pub(crate) weather: Weather,
    pub(crate) season: Season,
    camera: Camera,
    /// The height of the horizon in the picture.
    pub(crate) horizon: f32,
    pub(crate) light: Light,
    pub(crate) sun_x: f32,
    /// The cloud cover of the sky, from 0 to 1.
    pub(crate) clouds: f32,
    /// How strongly things sway.
    pub(crate) wind: f32,
    /// Whether light glitters on the water.
    pub(crate) glints: bool,
    pub(crate) conifers: bool,
    pub(crate) mountains: bool,
    pub(crate) woods: u32,
    pub(crate) colours: Vec<Rgb>,
    own_colours: Vec<(Thing, Rgb)>,
    things: Vec<(Thing, u32)>,
    named: Vec<Thing>,
    pub(crate) items: Vec<Item>,
    /// The actions of people and similar figures.
    pub(crate) pose: Pose,
    /// Whether animals sleep, and whether they run.
    pub(crate) asleep: bool,
    pub(crate) runs: bool,
    /// Whether the camera follows a moving thing.
    track: bool,
    /// Whether there is a table in the room.
    pub(crate) table: bool,
    /// The input picture.
    pub(crate) photo: Option<Photo>,
    pub(crate) seed: u64,
}

/// A placed thing.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Item {
    pub(crate) thing: Thing,
    /// Its position: from the middle, and from the top, in picture heights.
    pub(crate) x: f32,
    pub(crate) y: f32,
    pub(crate) near: f32,
    /// Its height.
    pub(crate) size: f32,
    pub(crate) colour: Option<Rgb>,
    /// Distinguishes it from others of its kind: a number from 0 to 1.
    pub(crate) self_: f32,
    pub(crate) flip: bool,
    /// Whether the camera follows it.
    pub(crate) held: bool,
    /// The instrument that it plays, with its colour if the prompt names one.
    pub(crate) plays: Option<(Thing, Option<Rgb>)>,
}

impl Scene {
    /// The height of roads in the picture.
    pub(crate) const ROAD: f32 = 0.88;

    /// Decides what the prompt leaves open.
    pub(crate) fn plan(brief: &Brief) -> Self {
        let mut rng = Rng::named(brief.seed, "scene");
        let mut things = brief.things.clone();
        let named = |list: &[Thing]| list.iter().any(|t| brief.count(*t).is_some());
        let market = named(&[Thing::Stall]);
        let harbour = named(&[Thing::Pier]);
        let mut places = brief.places.clone();
        if places.is_empty() && things.is_empty() {
            mood_scene(brief, &mut things, &mut places);
        }
        let acts = |act| brief.acts.contains(&act);
        // "Astronauts dancing" doesn't ask for another dancer beside them.
        let moving = |t: &(Thing, u32)| settle::upright(t.0) && t.0 != Thing::Dancer;
        let dancing = (named(&[Thing::Dancer]) || acts(Act::Dance)) && things.iter().any(moving);
        if dancing {
            things.retain(|t| t.0 != Thing::Dancer);
        } else if acts(Act::Dance) && things.is_empty() && !places.is_empty() {
            things.push((Thing::Dancer, 2));
        }
        for (thing, count) in &mut things {
            match thing {
                // A market has many stalls; dancers without others named come in pairs.
                Thing::Stall | Thing::Bamboo if *count == 1 => *count = 0,
                Thing::Palm if *count == 1 && brief.places.contains(&Place::Forest) => *count = 0,
                Thing::Person if dancing && *count == 1 => *count = 2,
                _ => {}
            }
        }
        let riding = settle::riding(&things);
        let lonely = brief.things.is_empty() && brief.valence < -0.3;
        settle::places(brief, &named, &mut things, &mut places, &mut rng);
        let mood_time = if brief.tension > 0.6 {
            Time::Night
        } else if brief.weather == Some(Weather::Storm) {
            Time::Day
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
            Thing::Owl,
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
            _ if places.contains(&Place::Arctic)
                || named(&[Thing::Snowman, Thing::Penguin, Thing::Skier]) =>
            {
                Season::Winter
            }
            _ if named(&[Thing::Petals, Thing::Cherry]) => Season::Spring,
            _ => Season::Summer,
        });
        let weather = brief.weather.unwrap_or_else(|| {
            if brief.valence < -0.5 && rng.chance(0.5) { Weather::Cloudy } else { Weather::Clear }
        });
        let lunar = places.contains(&Place::Lunar);
        let mars = lunar || places.contains(&Place::Mars);
        if mars {
            places = vec![if lunar { Place::Lunar } else { Place::Mars }, Place::Desert];
        }
        let space = places[0] == Place::Space;
        let mut hide = |thing: Thing, when: bool| {
            if when && !things.iter().any(|t| t.0 == thing) {
                things.push((thing, 0));
            }
        };
        hide(Thing::Stars, time == Time::Night && weather == Weather::Clear);
        let city = places.contains(&Place::City);
        hide(Thing::Lamp, city && time == Time::Night);
        let wet = [Place::Lake, Place::Sea, Place::Beach].iter().any(|p| places.contains(p));
        hide(Thing::Car, city && !market && !wet);
        // People in the rain get umbrellas.
        let rains = matches!(brief.weather, Some(Weather::Rain));
        let walker = if rains && !market { Thing::Umbrella } else { Thing::Person };
        hide(walker, market || city && !wet);
        hide(Thing::Earth, lunar);
        let stage = places.contains(&Place::Stage);
        let nobody = !brief.things.iter().any(|t| settle::upright(t.0));
        let instruments: Vec<Thing> =
            brief.things.iter().map(|t| t.0).filter(|t| instruments::portable(*t)).collect();
        hide(Thing::Piano, stage && nobody && instruments.is_empty());
        hide(Thing::Boat, harbour);
        hide(Thing::House, places.contains(&Place::Village));
        hide(Thing::Stars, mars);
        hide(Thing::Leaves, season == Season::Autumn && !space && !mars);
        hide(Thing::Petals, season == Season::Spring && !space);
        // A stage gets players, and a football gets somebody who plays with it.
        let players = if stage { 3 } else { u32::from(named(&[Thing::Football])) * 3 };
        let players =
            if instruments.is_empty() { players } else { players.min(instruments.len() as u32) };
        if nobody && players > 0 && !brief.without_things.contains(&Thing::Person) {
            things.push((Thing::Person, players));
        }
        things.retain(|t| !brief.without_things.contains(&t.0));
        let clouds = match weather {
            _ if mars => 0.1,
            _ if brief.without_things.contains(&Thing::Clouds) => 0.0,
            // If the sky itself is named, it shows between the clouds.
            Weather::Snow if night_sky => 0.3,
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
            light: if lunar {
                Light::lunar()
            } else if mars {
                Light::mars(time)
            } else {
                Light::new(time, weather, season)
            },
            sun_x: rng.range(0.12, 0.45) * if rng.chance(0.5) { 1.0 } else { -1.0 },
            clouds,
            wind: if matches!(weather, Weather::Wind | Weather::Storm) { 4.0 } else { 1.0 },
            glints: !matches!(
                weather,
                Weather::Rain | Weather::Storm | Weather::Fog | Weather::Cloudy
            ),
            conifers: season == Season::Winter
                || places.contains(&Place::Mountains) && season != Season::Spring
                || named(&[Thing::Pine])
                || (!named(&[Thing::Tree, Thing::Cherry, Thing::Palm]) && rng.chance(0.4)),
            mountains: mars
                || brief.places.is_empty() && rng.chance(0.3)
                || named(&[Thing::Volcano]),
            woods: u32::from(
                !low && !places.contains(&Place::City)
                    && !places.contains(&Place::Arctic)
                    && !brief.without_things.contains(&Thing::Tree),
            ),
            colours: brief.colours.iter().filter(|c| c.1.is_none()).map(|c| c.0).collect(),
            own_colours: brief.colours.iter().filter_map(|c| c.1.map(|t| (t, c.0))).collect(),
            things,
            named: brief.things.iter().map(|t| t.0).collect(),
            items: Vec::new(),
            pose: if riding {
                Pose::Ride
            } else if dancing {
                Pose::Dance
            } else if acts(Act::Sit) || named(&[Thing::Bench]) {
                Pose::Sit
            } else if acts(Act::Run) || named(&[Thing::Football]) {
                Pose::Run
            } else if lonely {
                Pose::Stand
            } else {
                Pose::Walk
            },
            table: !dancing && !named(&[Thing::Piano, Thing::Dancer, Thing::Bicycle, Thing::Fire]),
            asleep: acts(Act::Sleep),
            runs: acts(Act::Run),
            track: false,
            photo: None,
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

    /// Whether the prompt itself names it.
    pub(crate) fn names(&self, thing: Thing) -> bool {
        self.named.contains(&thing)
    }

    pub(crate) fn count(&self, thing: Thing) -> Option<u32> {
        self.things.iter().find(|t| t.0 == thing).map(|t| t.1).filter(|n| *n > 0)
    }

    pub(crate) fn colour_of(&self, thing: Thing) -> Option<Rgb> {
        self.own_colours.iter().find(|c| c.0 == thing).map(|c| c.1)
    }

    /// A colour, blended towards the one that the prompt names for the whole picture.
    pub(crate) fn tinted(&self, colour: Rgb) -> Rgb {
        self.colours.first().map_or(colour, |named| blend(colour, *named, 0.45))
    }

    /// The colour of the ground.
    pub(crate) fn ground(&self) -> Rgb {
        let base = match self.season {
            _ if self.is(Place::Lunar) => [150, 150, 154],
            _ if self.is(Place::Mars) => [190, 98, 62],
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

    /// Whether the scene includes water.
    pub(crate) fn wet(&self) -> bool {
        [Place::Lake, Place::Sea, Place::Beach].iter().any(|p| self.is(*p))
    }

    /// The meanings that the scene shows; `brief` is what it was planned from.
    pub(crate) fn describe(&self, brief: &Brief) -> Vec<Meaning> {
        let name = |text: String| Meaning::named(text.to_lowercase());
        // "Rock" is also a genre.
        let thing_name = |thing: &Thing| match thing {
            Thing::Rock => Meaning::named("stone"),
            thing => name(format!("{thing:?}")),
        };
        // The content of an input picture isn't known.
        let shown = matches!(self.photo, Some(Photo::Backdrop { .. }));
        let places = self.places.iter().filter(|p| !shown || brief.places.contains(p));
        let mut said: Vec<Meaning> = places.map(|p| name(format!("{p:?}"))).collect();
        for (thing, count) in &self.things {
            said.push(match count {
                0 | 1 => thing_name(thing),
                n => Meaning { count: Some(*n), ..thing_name(thing) },
            });
        }
        if !shown || brief.time.is_some() {
            said.push(name(format!("{:?}", self.time)));
        }
        if !shown || brief.season.is_some() {
            said.push(name(format!("{:?}", self.season)));
        }
        if self.weather != Weather::Clear {
            said.push(name(format!("{:?}", self.weather)));
        }
        said.dedup();
        said
    }
}

/// The scene of a mood, for prompts that name nothing visible.
fn mood_scene(brief: &Brief, things: &mut Vec<(Thing, u32)>, places: &mut Vec<Place>) {
    if brief.tension > 0.6 {
        things.extend([(Thing::Castle, 1), (Thing::Moon, 1), (Thing::Bird, 0)]);
        places.push(Place::Forest);
    } else if brief.valence < -0.3 {
        things.extend([(Thing::Person, 1), (Thing::Moon, 1)]);
        places.push(Place::Lake);
    } else if brief.valence > 0.5 && brief.energy.is_some_and(|e| e > 0.55) {
        things.extend([(Thing::Balloon, 0), (Thing::Flower, 0)]);
        places.push(Place::Meadow);
    } else if brief.valence > 0.5 {
        things.extend([(Thing::Sun, 1), (Thing::Bird, 7), (Thing::Tree, 1)]);
        places.push(Place::Meadow);
    }
}

#[cfg(test)]
mod tests;
