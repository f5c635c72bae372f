//! Land: mountains, hills, woods, dunes, meadows, cities and roads, from back to front.

mod roads;
mod street;

pub(crate) use roads::shore_road;

use crate::brief::{Place, Season, Thing, Weather};
use crate::math::fast_sin;
use crate::rng::{Rng, noise};
use crate::scene::canvas::{Canvas, Kind, Paint, Point, Rgb, Texture, blend, scale};
use crate::scene::plan::Scene;
use crate::scene::view::View;

/// A silhouette that rises from the horizon.
struct Ridge {
    near: f32,
    /// The height over the horizon of its highest peaks, and its minimum height.
    tall: f32,
    foot: f32,
    /// Peaks per picture height.
    pace: f32,
    /// From 0 (rolling) to 1 (jagged).
    rough: f32,
    salt: u32,
}

impl Ridge {
    fn outline(&self, scene: &Scene, view: &View, base: f32) -> Vec<Point> {
        let half = view.half() + 0.2;
        let steps = 150;
        let seed = (scene.seed as u32).wrapping_add(self.salt);
        let bottom = view.at(0.0, base + 0.02, self.near).1;
        let mut points = vec![(view.at(-half, 0.0, self.near).0, bottom)];
        for i in 0..=steps {
            let x = -half + 2.0 * half * i as f32 / steps as f32;
            let u = (x + 20.0) * self.pace;
            let wide = noise(u, 0.5, seed);
            // The absolute value of noise has sharp crests.
            let sharp = 1.0 - (noise(u * 1.7, 4.5, seed) * 2.0 - 1.0).abs();
            let mut up = wide * (1.0 - 0.6 * self.rough) + sharp * 0.6 * self.rough;
            up += self.rough * 0.16 * (noise(u * 5.0, 8.0, seed) - 0.5);
            up += self.rough * 0.07 * (noise(u * 13.0, 2.0, seed) - 0.5);
            let height = self.foot + (self.tall - self.foot) * up.max(0.0);
            points.push(view.at(x, base - height, self.near));
        }
        points.push((view.at(half, 0.0, self.near).0, bottom));
        points
    }
}

/// Everything on land behind the water or the foreground.
pub(crate) fn far(scene: &Scene, canvas: &mut Canvas, view: &View) {
    let h = scene.horizon;
    if scene.is(Place::Mountains) || scene.mountains {
        mountains(scene, canvas, view);
    } else if !scene.is(Place::Sea) && !scene.is(Place::Beach) && !scene.is(Place::City) {
        let rough = if scene.is(Place::Arctic) { 0.7 } else { 0.1 };
        for (i, near) in [0.05, 0.16].into_iter().enumerate() {
            let tall = 0.13 - 0.05 * i as f32;
            let ridge = Ridge { near, tall, foot: 0.01, pace: 1.2, rough, salt: 11 + i as u32 };
            let outline = ridge.outline(scene, view, h);
            let tone = scene.light.on(scene.ground(), 1.0 - near * 1.6);
            let paint = Paint::shaded(tone, scale(tone, 0.9), Kind::Land, 230 - i as u8 * 15);
            canvas.fill(&outline, &paint);
        }
    }
    if scene.is(Place::City) {
        skyline(scene, canvas, view);
    }
    if scene.is(Place::Forest) || scene.woods > 0 {
        let rows = if scene.is(Place::Forest) { 3 } else { 1 };
        for row in 0..rows {
            woods(scene, canvas, view, row);
        }
    }
}

fn mountains(scene: &Scene, canvas: &mut Canvas, view: &View) {
    let h = scene.horizon;
    let stone: Rgb = match scene.season {
        Season::Winter => [132, 146, 166],
        Season::Autumn => [124, 104, 92],
        _ => [98, 106, 112],
    };
    let stone = if scene.is(Place::Lunar) {
        [132, 132, 138]
    } else if scene.is(Place::Desert) {
        [176, 106, 70]
    } else {
        stone
    };
    let stone = scene.tinted(stone);
    for (i, (near, tall, pace)) in
        [(0.02, 0.42, 1.1), (0.08, 0.3, 1.5), (0.18, 0.15, 2.1)].into_iter().enumerate()
    {
        let rough = 1.0 - 0.35 * i as f32;
        let ridge = Ridge { near, tall, foot: 0.03, pace, rough, salt: 31 * (i as u32 + 1) };
        let outline = ridge.outline(scene, view, h);
        let green = blend(stone, scene.ground(), if i == 2 { 0.75 } else { 0.12 });
        let lit = scene.light.on(green, 0.86 - 0.3 * i as f32);
        let (ox, _) = view.at(0.0, 0.0, near);
        let (_, snowline) = view.at(0.0, h - tall * 0.56, near);
        let snow = scene.season == Season::Winter || !scene.is(Place::Desert);
        let white = scene.light.on([244, 248, 255], 0.7 - 0.3 * i as f32);
        let unit = view.len(if i == 2 { 0.12 } else { 0.16 }, near);
        let surface = Texture {
            origin: (ox + i as f32 * 77.0, 0.0),
            size: (unit * 0.7, unit * 1.5),
            shade: 0.3,
            relief: if i == 2 { 0.5 } else { 1.5 },
            cap: (i < 2 && snow).then_some((snowline, white)),
        };
        let misty = blend(lit, scene.light.haze, 0.4);
        let paint = Paint::shaded(lit, misty, Kind::Land, 236 - 18 * i as u8);
        canvas.fill(&outline, &paint.texture(surface));
    }
}

/// A row of trees, as one silhouette.
fn woods(scene: &Scene, canvas: &mut Canvas, view: &View, row: u32) {
    let near = 0.14 + 0.13 * row as f32;
    let base = View::ground(scene.horizon, if row == 0 { 0.0 } else { 0.1 * row as f32 });
    let mut rng = Rng::named(scene.seed, ["woods0", "woods1", "woods2"][row as usize % 3]);
    let conifers = scene.conifers;
    let half = view.half() + 0.1;
    let foot = view.at(0.0, base + 0.03, near).1;
    let mut outline = vec![(view.at(-half, 0.0, near).0, foot)];
    let mut x = -half;
    while x < half {
        let tall = rng.range(0.07, 0.15) * (1.0 + 0.55 * row as f32);
        let wide = tall * if conifers { 0.32 } else { 0.6 };
        let sway = 0.004 * fast_sin(view.t * 0.25 + x * 3.0) * scene.wind;
        if conifers {
            for tier in 0..4 {
                let k = tier as f32 / 4.0;
                let out = wide * (0.5 - 0.42 * k);
                outline.push(view.at(x + wide * 0.5 - out, base - tall * (0.1 + k * 0.8), near));
                let inner = out * 0.55;
                let y = base - tall * (0.24 + k * 0.75);
                outline.push(view.at(x + wide * 0.5 - inner, y, near));
            }
            outline.push(view.at(x + wide * 0.5 + sway, base - tall, near));
            for tier in (0..4).rev() {
                let k = tier as f32 / 4.0;
                let out = wide * (0.5 - 0.42 * k);
                let y = base - tall * (0.24 + k * 0.75);
                outline.push(view.at(x + wide * 0.5 + out * 0.55, y, near));
                outline.push(view.at(x + wide * 0.5 + out, base - tall * (0.1 + k * 0.8), near));
            }
        } else {
            for step in 0..=8 {
                let turn = 0.5 + step as f32 / 16.0;
                let bump = 1.0 + 0.12 * fast_sin(step as f32 * 0.37 + x * 5.0);
                let dx = fast_sin(turn + 0.25) * wide * 0.55 * bump;
                let dy = fast_sin(turn) * tall * 0.6 * bump;
                outline.push(view.at(x + wide * 0.5 + dx + sway, base - tall * 0.35 + dy, near));
            }
        }
        x += wide * rng.range(0.55, 0.95);
    }
    outline.push((view.at(half, 0.0, near).0, foot));
    let leaf = scene.light.on(scene.leaf(), 0.72 - 0.24 * row as f32);
    let unit = view.len(0.05 + 0.02 * row as f32, near);
    let paint = Paint::shaded(leaf, scale(leaf, 0.55), Kind::Plant, 190 - 20 * row as u8);
    let (ox, _) = view.at(0.0, 0.0, near);
    let size = (unit, unit * 1.3);
    canvas.fill(
        &outline,
        &paint.texture(Texture { origin: (ox, 0.0), size, shade: 0.6, relief: 0.5, cap: None }),
    );
}

/// Rows of houses, with lit windows at night.
fn skyline(scene: &Scene, canvas: &mut Canvas, view: &View) {
    let night = scene.light.lamps;
    for row in 0..3u32 {
        let near = 0.08 + 0.14 * row as f32;
        let base = View::ground(scene.horizon, 0.05 + 0.1 * row as f32);
        let mut rng = Rng::named(scene.seed, ["city0", "city1", "city2"][row as usize]);
        let mut x = -view.half();
        while x < view.half() {
            let wide = rng.range(0.06, 0.15) * (1.0 + 0.4 * row as f32);
            // The farthest row is tallest in the middle.
            let swell = 1.0 - (x * 0.6).abs().min(0.7);
            let tall = rng.range(0.1, 0.5) * (0.5 + swell) * (1.15 - 0.22 * row as f32);
            let tone: Rgb =
                *rng.pick(&[[92, 100, 118], [120, 108, 104], [76, 88, 112], [136, 128, 122]]);
            let tone = scene.light.on(scene.tinted(tone), 0.85 - 0.3 * row as f32);
            let (x0, y0) = view.at(x, base - tall, near);
            let (x1, y1) = view.at(x + wide, base + 0.04, near);
            let depth = 210 - 24 * row as u8;
            let paint = Paint::shaded(tone, scale(tone, 0.75), Kind::Built, depth);
            let side = x0 + (x1 - x0) * 0.72;
            canvas.fill(&[(x0, y0), (x1, y0), (x1, y1), (x0, y1)], &paint);
            let dark = Paint { top: scale(tone, 0.8), bottom: scale(tone, 0.6), ..paint };
            canvas.fill(&[(side, y0), (x1, y0), (x1, y1), (side, y1)], &dark.joined());
            if rng.chance(0.3) {
                let mast = x0 + (x1 - x0) * 0.36;
                let top = y0 - view.len(0.05, near);
                let thin = view.len(0.004, near).max(1.0);
                canvas.fill(
                    &[(mast, top), (mast + thin, top), (mast + thin, y0), (mast, y0)],
                    &paint.joined(),
                );
                if night {
                    let blink = 0.5 + 0.5 * fast_sin(view.t * 0.7 + x);
                    canvas.glow((mast, top), view.len(0.02, near), [255, 60, 50], blink);
                }
            }
            windows(scene, canvas, view, (x0, y0, x1, y1), &mut rng, near, tone);
            x += wide * rng.range(0.85, 1.2);
        }
    }
}

fn windows(
    scene: &Scene,
    canvas: &mut Canvas,
    view: &View,
    (x0, y0, x1, y1): (f32, f32, f32, f32),
    rng: &mut Rng,
    near: f32,
    tone: Rgb,
) {
    let pitch = view.len(0.017, near) * (1.0 + near * 1.5);
    let columns = ((x1 - x0) / pitch - 1.0).clamp(0.0, 14.0) as u32;
    let rows = ((y1 - y0) / pitch / 1.25 - 1.0).clamp(0.0, 40.0) as u32;
    let night = scene.light.lamps;
    let neon: [Rgb; 4] = [[255, 216, 130], [255, 190, 90], [190, 220, 255], [255, 240, 200]];
    for row in 0..rows {
        for column in 0..columns {
            let chance = rng.unit();
            let x = x0 + pitch * (0.6 + column as f32);
            let y = y0 + pitch * 1.25 * (0.6 + row as f32);
            if y > view.h || x > view.w || x + pitch < 0.0 || y + pitch < 0.0 {
                continue;
            }
            // Sometimes a window's light turns on or off.
            let lit = night && (chance * 7.0 + view.t * 0.02).fract() < 0.45;
            let kind = if lit { Kind::Light } else { Kind::Built };
            let colour = if lit {
                blend(tone, neon[(chance * 40.0) as usize % 4], 0.55 + 0.4 * near)
            } else {
                scale(tone, if night { 0.8 } else { 1.22 })
            };
            let box_of = [
                (x, y),
                (x + pitch * 0.55, y),
                (x + pitch * 0.55, y + pitch * 0.7),
                (x, y + pitch * 0.7),
            ];
            canvas.fill(&box_of, &Paint::flat(colour, kind, 150).joined());
        }
    }
}

/// The foreground, where it isn't water.
pub(crate) fn ground(scene: &Scene, canvas: &mut Canvas, view: &View) {
    let half = view.half();
    let horizon = view.at(0.0, scene.horizon, 0.0).1;
    let tone = scene.light.on(scene.ground(), 0.1);
    let far = scene.light.on(scene.ground(), 0.75);
    let quad = [(0.0, horizon), (view.w, horizon), (view.w, view.h), (0.0, view.h)];
    let (ox, oy) = view.at(0.0, scene.horizon, 0.6);
    let unit = view.len(0.1, 0.6);
    let (size, shade) = if scene.is(Place::Desert) || scene.is(Place::Beach) {
        ((unit * 2.4, unit * 0.22), 0.16)
    } else if scene.is(Place::City) || scene.is(Place::Road) {
        ((unit * 3.0, unit * 0.5), 0.12)
    } else {
        ((unit * 1.1, unit * 0.22), 0.3)
    };
    let surface = Texture { origin: (ox, oy), size, shade, relief: shade, cap: None };
    canvas.fill(&quad, &Paint::shaded(far, tone, Kind::Land, 120).texture(surface));
    if scene.is(Place::Desert) {
        for (i, near) in [0.2, 0.4, 0.66].into_iter().enumerate() {
            let base = View::ground(scene.horizon, near + 0.3);
            let ridge =
                Ridge { near, tall: 0.2, foot: 0.05, pace: 0.8, rough: 0.0, salt: 91 + i as u32 };
            let mut outline = ridge.outline(scene, view, base);
            let last = outline.len() - 1;
            outline[0].1 = view.h;
            outline[last].1 = view.h;
            let sand =
                scene.light.on(scale(scene.ground(), 1.12 - 0.14 * i as f32), 0.5 - near * 0.5);
            let ripples = Texture { size: (unit * 3.0, unit * 0.16), relief: 0.5, ..surface };
            let paint =
                Paint::shaded(scale(sand, 1.22), scale(sand, 0.62), Kind::Land, 120 - i as u8 * 20);
            canvas.fill(&outline, &paint.texture(ripples));
        }
    } else if !scene.is(Place::City) && !scene.is(Place::Road) && !scene.is(Place::Beach) {
        for (i, near) in [0.3, 0.55].into_iter().enumerate() {
            let base = View::ground(scene.horizon, near);
            let ridge =
                Ridge { near, tall: 0.07, foot: 0.0, pace: 0.7, rough: 0.0, salt: 51 + i as u32 };
            let mut outline = ridge.outline(scene, view, base);
            let last = outline.len() - 1;
            outline[0].1 = view.h;
            outline[last].1 = view.h;
            let turf =
                scene.light.on(scale(scene.ground(), 1.06 - 0.1 * i as f32), 0.5 - near * 0.6);
            let paint = Paint::shaded(turf, scale(turf, 0.72), Kind::Land, 110 - i as u8 * 20);
            canvas.fill(&outline, &paint.texture(surface));
        }
    }
    if scene.is(Place::Road)
        || scene.is(Place::City)
        || scene.has(Thing::Car)
        || scene.has(Thing::Bus)
    {
        if scene.is(Place::City) && !scene.has(Thing::Stall) {
            street::draw(scene, canvas, view);
        }
        roads::road(scene, canvas, view, half);
        if scene.is(Place::City) && matches!(scene.weather, Weather::Rain | Weather::Storm) {
            street::wet(canvas, view);
        }
    }
    if scene.is(Place::River) {
        roads::river(scene, canvas, view);
    }
}
