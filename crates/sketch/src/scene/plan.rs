//! Planning a scene: from the brief to what is where.

use crate::brief::{Brief, Place, Season, Thing, Time, Weather};
use crate::rng::Rng;
use crate::scene::canvas::{Canvas, Rgb};
use crate::scene::paint;

/// A planned scene.
#[derive(Clone, Debug)]
pub(crate) struct Scene {
    pub(crate) places: Vec<Place>,
    pub(crate) time: Time,
    pub(crate) weather: Weather,
    pub(crate) season: Season,
    /// Height of the horizon, from 0 (top) to 1.
    pub(crate) horizon: f32,
    /// Colours of the sky at the top and at the horizon, and of the light.
    pub(crate) sky: [Rgb; 3],
    pub(crate) seed: u64,
    pub(crate) trees: u32,
}

impl Scene {
    /// Decides what the words left open.
    pub(crate) fn plan(brief: &Brief) -> Self {
        let mut rng = Rng::named(brief.seed, "scene");
        let mut places = brief.places.clone();
        if places.is_empty() {
            places.push(*rng.pick(&[Place::Lake, Place::Meadow, Place::Mountains, Place::Sea]));
        }
        let time = brief.time.unwrap_or_else(|| *rng.pick(&[Time::Day, Time::Dawn, Time::Sunset]));
        let sky = match time {
            Time::Dawn => [[92, 128, 190], [250, 206, 178], [255, 222, 190]],
            Time::Day => [[58, 128, 214], [190, 224, 246], [255, 250, 236]],
            Time::Sunset => [[66, 58, 128], [250, 150, 84], [255, 186, 110]],
            Time::Night => [[8, 12, 36], [36, 52, 96], [200, 214, 255]],
        };
        Self {
            places,
            time,
            weather: brief.weather.unwrap_or(Weather::Clear),
            season: brief.season.unwrap_or(Season::Summer),
            horizon: 0.56,
            sky,
            seed: brief.seed,
            trees: if brief.without_things.contains(&Thing::Tree) { 0 } else { 14 },
        }
    }

    /// What is in it, for people.
    pub(crate) fn describe(&self) -> String {
        let mut said: Vec<String> =
            self.places.iter().map(|p| format!("{p:?}").to_lowercase()).collect();
        said.push(format!("{:?}", self.time).to_lowercase());
        if self.weather != Weather::Clear {
            said.push(format!("{:?}", self.weather).to_lowercase());
        }
        said.join(", ")
    }

    /// Draws the moment `t` seconds in, of `total`.
    pub(crate) fn draw(&self, canvas: &mut Canvas, t: f32, total: f32) {
        canvas.clear();
        paint::landscape(self, canvas, t, total);
    }
}
