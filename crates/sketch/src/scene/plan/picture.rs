//! Scenes with an input picture: in front of it, around it, or with it in the place of a thing.

use crate::brief::{Brief, Place, Role, Season, Thing, Time, Weather};
use crate::image::Picture;
use crate::scene::canvas::{Rgb, blend, scale};
use crate::scene::photo::{Backdrop, Photo, Sprite};
use crate::scene::plan::Scene;

/// Below this mean brightness, a picture was taken in the dark.
const DARK: u32 = 62;

impl Scene {
    /// Plans a scene in which the picture is used in this role. `lines` is the height of the view,
    /// in pixels.
    pub(crate) fn with_picture(brief: &Brief, picture: Picture, role: Role, lines: usize) -> Self {
        match role {
            Role::Backdrop | Role::Alive => over(brief, picture, role == Role::Alive),
            Role::Framed if brief.places.iter().all(|p| *p == Place::Room) => {
                let own = Brief { places: vec![Place::Room], ..brief.clone() };
                let mut scene = Self::plan(&own);
                scene.photo = Some(Photo::Framed(Sprite::print(picture, lines * 2 / 3)));
                scene
            }
            // Without a wall, the picture stands by itself.
            Role::Framed => {
                let sprite = Sprite::print(picture, lines * 2 / 3);
                instead_of(brief, Thing::Person, sprite)
            }
            Role::Subject(thing) => instead_of(brief, thing, Sprite::new(picture, lines * 2 / 3)),
        }
    }
}

/// The scene of the prompt, with the picture in the place of this thing.
fn instead_of(brief: &Brief, thing: Thing, sprite: Sprite) -> Scene {
    let mut own = brief.clone();
    own.things.retain(|t| t.0 != thing);
    own.things.insert(0, (thing, 1));
    // A person among people isn't part of a couple: the other people stay as they are.
    let mut scene = Scene::plan(&own);
    let mut first = true;
    scene.items.retain(|item| item.thing != thing || std::mem::take(&mut first));
    for item in scene.items.iter_mut().filter(|item| item.thing == thing) {
        item.size = (item.size * 1.2).clamp(0.36, 0.62);
        item.y = item.y.max(item.size + 0.06).min(0.97);
        item.held = false;
        item.x = item.x.clamp(-0.3, 0.3);
    }
    scene.track = false;
    scene.photo = Some(Photo::Subject(thing, sprite));
    scene
}

/// The picture as the backdrop, with only those things over it that the prompt names.
fn over(brief: &Brief, picture: Picture, alive: bool) -> Scene {
    let mut view = Box::new(Backdrop::new(picture));
    let dark = view.brightness < DARK;
    let place =
        if brief.places.contains(&Place::Underwater) { Place::Underwater } else { Place::Meadow };
    let own = Brief {
        places: vec![place],
        time: brief.time.or(Some(if dark { Time::Night } else { Time::Day })),
        weather: brief.weather.or(Some(Weather::Clear)),
        ..brief.clone()
    };
    let mut scene = Scene::plan(&own);
    let falls = |thing| {
        thing == Thing::Leaves && brief.season == Some(Season::Autumn)
            || thing == Thing::Petals && brief.season == Some(Season::Spring)
    };
    scene.things.retain(|t| brief.count(t.0).is_some() || falls(t.0));
    scene.items.retain(|item| brief.count(item.thing).is_some());
    scene.track = false;
    for item in &mut scene.items {
        item.held = false;
    }
    view.relight(|colour, down| relit(brief, dark, colour, down));
    scene.photo = Some(Photo::Backdrop { view, alive, camera: brief.camera });
    scene
}

/// A colour of the picture in the light that the prompt asks for; `down` is its vertical position.
fn relit(brief: &Brief, dark: bool, colour: Rgb, down: f32) -> Rgb {
    let times = |c: Rgb, k: [f32; 3]| -> Rgb {
        std::array::from_fn(|i| (f32::from(c[i]) * k[i]).min(255.0) as u8)
    };
    let grey = |c: Rgb, much: f32| {
        let luma = (u32::from(c[0]) * 77 + u32::from(c[1]) * 150 + u32::from(c[2]) * 29) >> 8;
        blend(c, [luma as u8; 3], much)
    };
    let high = (1.0 - down * 1.4).max(0.0);
    // Behind clouds, the sun adds little colour.
    let veiled = !matches!(brief.weather, None | Some(Weather::Clear | Weather::Wind));
    let mut c = colour;
    c = match brief.weather {
        None | Some(Weather::Clear | Weather::Wind) => c,
        Some(Weather::Cloudy) => scale(grey(c, 0.25), 0.92),
        Some(Weather::Rain) => times(grey(c, 0.4), [0.72, 0.77, 0.82]),
        Some(Weather::Storm) => times(grey(c, 0.45), [0.52, 0.56, 0.64]),
        Some(Weather::Snow) => blend(grey(c, 0.35), [226, 234, 244], 0.2),
        Some(Weather::Fog) => blend(grey(c, 0.35), [206, 210, 212], 0.16),
    };
    c = match brief.season {
        None => c,
        Some(Season::Winter) => blend(grey(c, 0.25), [206, 222, 240], 0.12),
        Some(Season::Autumn) => times(c, [1.07, 0.97, 0.8]),
        Some(Season::Spring) => times(c, [1.03, 1.04, 0.98]),
        Some(Season::Summer) => times(c, [1.06, 1.03, 0.94]),
    };
    c = match brief.time {
        Some(Time::Night) if !dark => {
            let night = times(grey(c, 0.35), [0.3, 0.38, 0.6]);
            blend(night, [8, 12, 38], 0.3 * high)
        }
        Some(Time::Sunset) if veiled => {
            blend(times(c, [0.9, 0.78, 0.74]), [214, 148, 130], 0.06 + 0.14 * high)
        }
        Some(Time::Sunset) => blend(times(c, [1.0, 0.78, 0.62]), [255, 138, 76], 0.1 + 0.28 * high),
        Some(Time::Dawn) => blend(times(c, [1.02, 0.94, 0.9]), [255, 206, 180], 0.1 + 0.2 * high),
        _ => c,
    };
    if brief.places.contains(&Place::Underwater) {
        c = blend(c, [24, 118, 160], 0.5);
    }
    if let Some((tint, _)) = brief.colours.iter().find(|own| own.1.is_none()) {
        c = blend(c, *tint, 0.22);
    }
    if brief.tension > 0.6 {
        c = scale(grey(c, 0.3), 0.74);
    } else if brief.valence < -0.3 {
        c = scale(grey(c, 0.35), 0.9);
    }
    c
}
