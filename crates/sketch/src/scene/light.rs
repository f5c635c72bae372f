//! Light: colours by time of day, weather and season.
//!
//! It must not know shapes or places.

use crate::brief::{Season, Time, Weather};
use crate::scene::canvas::{Rgb, blend, scale};

/// The light of a scene.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Light {
    /// The colour of the sky overhead.
    pub(crate) zenith: Rgb,
    /// The colour of the sky at the horizon.
    pub(crate) low: Rgb,
    /// The colours of the sun or moon, and of its glow.
    pub(crate) sun: Rgb,
    /// The colour that distant things fade into.
    pub(crate) haze: Rgb,
    /// The amount of that fading, from 0 to 1.
    pub(crate) fade: f32,
    /// Factors for the colour of everything lit.
    pub(crate) ambient: [f32; 3],
    /// The height of the sun or moon in the picture: 0 is the top, 1 the horizon.
    pub(crate) height: f32,
    /// Whether lamps are on.
    pub(crate) lamps: bool,
}

impl Light {
    pub(crate) fn new(time: Time, weather: Weather, season: Season) -> Self {
        let (zenith, low, sun, ambient, height): (Rgb, Rgb, Rgb, [f32; 3], f32) = match time {
            Time::Dawn => {
                ([98, 138, 200], [255, 206, 176], [255, 226, 190], [1.04, 0.93, 0.88], 0.72)
            }
            Time::Day => ([42, 118, 212], [186, 224, 248], [255, 252, 238], [1.0, 1.0, 1.0], 0.24),
            Time::Sunset => {
                ([58, 48, 120], [255, 142, 78], [255, 196, 120], [1.0, 0.74, 0.66], 0.8)
            }
            Time::Night => ([6, 10, 34], [40, 58, 110], [226, 234, 255], [0.44, 0.53, 0.8], 0.3),
        };
        let mut light = Self {
            zenith,
            low,
            sun,
            haze: low,
            fade: 0.6,
            ambient,
            height,
            lamps: matches!(time, Time::Night | Time::Sunset),
        };
        let dim = |light: &mut Self, grey: Rgb, much: f32, dark: f32| {
            let grey = if time == Time::Night { scale(grey, 0.22) } else { grey };
            light.zenith = blend(light.zenith, grey, much);
            light.low = blend(light.low, scale(grey, 1.1), much * 0.85);
            light.haze = blend(light.haze, grey, much);
            light.ambient = light.ambient.map(|a| a * dark);
        };
        match weather {
            Weather::Clear | Weather::Wind => {}
            Weather::Cloudy => dim(&mut light, [150, 160, 172], 0.65, 0.88),
            Weather::Rain => dim(&mut light, [98, 110, 126], 0.8, 0.74),
            Weather::Storm => {
                dim(&mut light, [50, 58, 82], 0.88, 0.62);
                // In this weather, lamps are on by day.
                light.lamps = true;
            }
            Weather::Snow => dim(&mut light, [190, 202, 218], 0.75, 0.95),
            Weather::Fog => {
                dim(&mut light, [196, 202, 206], 0.72, 0.92);
                light.fade = 0.97;
            }
        }
        match season {
            Season::Autumn => light.ambient[2] *= 0.92,
            Season::Winter => light.ambient[0] *= 0.95,
            Season::Spring | Season::Summer => {}
        }
        light
    }

    /// The light of a dusty red planet with a thin atmosphere.
    pub(crate) fn mars(time: Time) -> Self {
        let dark = time == Time::Night;
        let k = |c: Rgb| if dark { scale(c, 0.42) } else { c };
        Self {
            zenith: k([44, 22, 34]),
            low: k([226, 150, 104]),
            sun: [255, 244, 226],
            haze: k([214, 140, 98]),
            fade: 0.62,
            ambient: if dark { [0.56, 0.44, 0.48] } else { [1.04, 0.94, 0.88] },
            height: 0.42,
            lamps: dark,
        }
    }

    /// The hard light of the moon's surface, under a black sky.
    pub(crate) fn lunar() -> Self {
        Self {
            zenith: [4, 5, 10],
            low: [14, 16, 26],
            sun: [255, 252, 244],
            haze: [70, 72, 80],
            fade: 0.4,
            ambient: [1.0, 1.0, 1.04],
            height: 0.34,
            lamps: false,
        }
    }

    /// A colour in this light, at a distance from 0 (here) to 1 (the horizon).
    pub(crate) fn on(&self, colour: Rgb, far: f32) -> Rgb {
        let lit: Rgb =
            std::array::from_fn(|c| (f32::from(colour[c]) * self.ambient[c]).min(255.0) as u8);
        blend(lit, self.haze, far * far * self.fade + far * 0.25 * self.fade)
    }
}
