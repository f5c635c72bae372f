//! Skies: air, sun and moon, stars, clouds, and objects in the sky; and space.

mod night;

use crate::brief::{Thing, Time, Weather};
use crate::math::{fast_sin, smooth};
use crate::rng::Rng;
use crate::scene::canvas::{Canvas, Kind, ONE, Paint, Point, Rgb, Walk, blend, scale};
use crate::scene::photo::Photo;
use crate::scene::plan::Scene;
use crate::scene::view::View;

/// Everything behind the land.
pub(crate) fn draw(scene: &Scene, canvas: &mut Canvas, view: &View) {
    let light = &scene.light;
    let horizon = view.at(0.0, scene.horizon, 0.0).1.max(1.0);
    let w = canvas.width;
    for y in 0..canvas.height {
        let along = (y as f32 / horizon).min(1.0);
        let tone = blend(light.zenith, light.low, along * (0.35 + 0.65 * along));
        canvas.rgb[y * w..(y + 1) * w].fill([tone[0], tone[1], tone[2], Kind::Sky as u8]);
    }
    if scene.has(Thing::Stars) {
        if scene.names(Thing::Stars) {
            night::milky_way(scene, canvas, view, horizon);
        }
        night::stars(scene, canvas, view, horizon);
    }
    if scene.has(Thing::Aurora) {
        night::aurora(scene, canvas, view, horizon);
    }
    disc(scene, canvas, view);
    appear(scene, canvas, view, horizon);
}

/// Objects in the sky that appear for a while, or in front of everything.
fn appear(scene: &Scene, canvas: &mut Canvas, view: &View, horizon: f32) {
    if scene.has(Thing::Planet) {
        let at = view.at(-0.42, 0.2, 0.1);
        planet(canvas, at, view.len(0.13, 0.1), [208, 160, 120], true);
    }
    if scene.has(Thing::Earth) {
        let at = view.at(-0.4 * scene.sun_x.signum(), 0.2, 0.1);
        night::earth(canvas, at, view.len(0.1, 0.1));
    }
    if scene.has(Thing::Rainbow) {
        rainbow(canvas, view, scene.horizon);
    }
    let sent = matches!(scene.photo, Some(Photo::Backdrop { .. }));
    if !sent || scene.has(Thing::Clouds) {
        clouds(scene, canvas, view, horizon);
    }
    if scene.has(Thing::Meteor) {
        meteors(scene, canvas, view);
    }
    if scene.has(Thing::Fireworks) {
        fireworks(scene, canvas, view);
    }
}

/// The parts of the sky that the prompt names, over a picture with a sky of its own.
pub(crate) fn over(scene: &Scene, canvas: &mut Canvas, view: &View) {
    let horizon = view.at(0.0, scene.horizon, 0.0).1.max(1.0);
    if scene.has(Thing::Stars) {
        night::stars(scene, canvas, view, horizon);
    }
    if scene.has(Thing::Aurora) {
        night::aurora(scene, canvas, view, horizon);
    }
    if scene.has(Thing::Sun) || scene.has(Thing::Moon) {
        disc(scene, canvas, view);
    }
    appear(scene, canvas, view, horizon);
}

/// The sun or the moon, slowly sinking or rising.
fn disc(scene: &Scene, canvas: &mut Canvas, view: &View) {
    let light = &scene.light;
    let veiled = matches!(
        scene.weather,
        Weather::Cloudy | Weather::Rain | Weather::Storm | Weather::Snow | Weather::Fog
    );
    let night = scene.time == Time::Night;
    let drift = match scene.time {
        Time::Dawn => -0.06,
        Time::Sunset => 0.05,
        _ => -0.01,
    };
    let y = scene.horizon * (light.height + drift * view.part);
    let at = view.at(scene.sun_x, y, 0.02);
    // A moon that the prompt names is the subject of the picture.
    let size = if night && scene.names(Thing::Moon) {
        0.1
    } else if night {
        0.055
    } else {
        0.05 + 0.035 * light.height
    };
    let r = view.len(size, 0.02);
    let strength = if veiled {
        0.16
    } else if night {
        0.28
    } else if scene.time == Time::Dawn {
        // The sky around it is itself bright.
        0.3
    } else {
        0.5
    };
    let warm = blend(light.sun, light.low, 0.45);
    canvas.glow(at, r * 9.0, warm, strength * 0.55);
    if veiled && !scene.has(Thing::Sun) && !scene.has(Thing::Moon) {
        return;
    }
    let face = Paint::shaded(light.sun, blend(light.sun, light.low, 0.5), Kind::Light, 253);
    if night {
        canvas.glow(at, r * 2.6, light.sun, strength * 0.9);
        canvas.ellipse(at, r, r, &face);
        for (dx, dy, size) in [(-0.3, -0.2, 0.24), (0.25, 0.3, 0.18), (0.2, -0.4, 0.13)] {
            let mare = Paint::flat([196, 204, 224], Kind::Light, 253).joined();
            canvas.ellipse((at.0 + dx * r, at.1 + dy * r), r * size, r * size, &mare);
        }
    } else {
        // Nothing around the sun is brighter than the sun.
        canvas.ellipse(at, r, r, &face);
        canvas.glow(at, r * 2.6, light.sun, strength * 0.9);
    }
}

fn clouds(scene: &Scene, canvas: &mut Canvas, view: &View, horizon: f32) {
    let light = &scene.light;
    let cover = scene.clouds;
    if cover <= 0.0 {
        return;
    }
    let (w, rows) = (canvas.width, (horizon as usize).min(canvas.height));
    let wind = view.t * if scene.weather == Weather::Wind { 9.0 } else { 3.0 };
    let bright = blend(light.sun, [255, 255, 255], 0.45);
    let lit: Rgb = std::array::from_fn(|c| {
        (f32::from(bright[c]) * (0.25 + 0.75 * light.ambient[c])).min(255.0) as u8
    });
    let dull = blend(light.zenith, light.low, 0.55);
    let under = if cover > 0.7 { scale(light.haze, 0.62) } else { blend(dull, lit, 0.3) };
    let k = 300.0 / view.h;
    let (ox, oy) = view.at(0.0, 0.0, 0.06);
    let shift = (scene.seed % 4096) as f32;
    // Clouds are soft: every second column is computed, in large pictures every fourth.
    let step = 2 * canvas.step();
    let whole = ONE as f32 * 256.0;
    let clear = ((0.86 - cover * 0.75 - 0.28) * whole) as i32;
    for y in 0..rows {
        // Clouds lie in a plane overhead, so they are denser towards the horizon.
        let depth = 1.0 / (1.25 - y as f32 / horizon);
        let v = (y as f32 - oy) * k * 1.1 * (0.55 + depth * 0.5) + shift * 1.7;
        let thin = smooth(0.0, 0.25, (horizon - y as f32) / horizon);
        let (coarse_row, fine_row) = (canvas.noise.row(v), canvas.noise.row(v * 2.7));
        let lit_row = canvas.noise.row(v - 9.0);
        let stretch = k * (0.35 + 0.3 * depth);
        let (u, along) = (wind + shift - ox * stretch, stretch * step as f32);
        let coarse_walk = Walk::new(u, along);
        let fine_walk = Walk::new(u * 2.7 + 31.0, along * 2.7);
        let lit_walk = Walk::new(u + 6.0, along);
        for (i, pixels) in canvas.rgb[y * w..(y + 1) * w].chunks_mut(step).enumerate() {
            let coarse = coarse_row.whole(coarse_walk.at(i)) * 184;
            if coarse < clear {
                continue;
            }
            let n = (coarse + fine_row.whole(fine_walk.at(i)) * 72) as f32 / whole;
            let density = smooth(0.86 - cover * 0.75, 1.02 - cover * 0.42, n) * thin;
            if density < 0.02 {
                continue;
            }
            let shade = (lit_row.whole(lit_walk.at(i)) as f32 * 256.0 / whole - n) * 2.2 + 0.62;
            let tone = blend(under, lit, shade);
            let much = (density * 0.92 * 256.0) as i32;
            for p in pixels {
                for (own, cloud) in p.iter_mut().zip(tone) {
                    let below = i32::from(*own);
                    *own = (below + (((i32::from(cloud) - below) * much) >> 8)) as u8;
                }
            }
        }
    }
}

fn rainbow(canvas: &mut Canvas, view: &View, horizon: f32) {
    let centre = view.at(-0.1, horizon + 0.12, 0.05);
    let r = view.len(0.56, 0.05);
    const BANDS: [Rgb; 6] = [
        [230, 60, 60],
        [245, 150, 50],
        [250, 230, 80],
        [80, 190, 90],
        [70, 120, 220],
        [150, 80, 200],
    ];
    let arc = |r: f32| -> Vec<Point> {
        (0..=40)
            .map(|i| {
                let turn = 0.5 + i as f32 / 80.0;
                (centre.0 + r * fast_sin(turn + 0.25), centre.1 + r * fast_sin(turn))
            })
            .collect()
    };
    for (i, band) in BANDS.into_iter().enumerate() {
        let mut outline = arc(r * (1.0 - 0.028 * i as f32));
        let mut inner = arc(r * (1.0 - 0.028 * (i as f32 + 1.0)));
        inner.reverse();
        outline.extend(inner);
        canvas.fill(&outline, &Paint::flat(band, Kind::Sky, 250).alpha(0.5).joined());
    }
}

fn meteors(scene: &Scene, canvas: &mut Canvas, view: &View) {
    let mut rng = Rng::named(scene.seed, "meteors");
    for i in 0..4 {
        let (x, y) = (rng.range(-0.7, 0.7), rng.range(0.0, 0.2));
        let age = (view.t * 0.55 + i as f32 * 0.27 + rng.unit()).fract() * 2.0;
        if age > 1.0 {
            continue;
        }
        let head = view.at(x + age * 0.5, y + age * 0.22, 0.05);
        for tail in 0..14 {
            let back = tail as f32 / 14.0;
            let at = (head.0 - back * view.h * 0.16, head.1 - back * view.h * 0.07);
            let r = view.h * 0.012 * (1.0 - back) + 1.0;
            canvas.glow(at, r, [255, 244, 214], (1.0 - back) * smooth(1.0, 0.7, age));
        }
    }
}

fn fireworks(scene: &Scene, canvas: &mut Canvas, view: &View) {
    const COLOURS: [Rgb; 5] =
        [[255, 110, 90], [255, 210, 90], [110, 210, 255], [190, 130, 255], [140, 255, 150]];
    let mut rng = Rng::named(scene.seed, "fireworks");
    for i in 0..7 {
        let clock = view.t * 0.5 + i as f32 / 7.0;
        let round = clock.floor();
        let age = clock - round;
        let mut burst = Rng::new(rng.bits() ^ round as u64);
        let (x, y) = (burst.range(-0.7, 0.7), burst.range(0.08, 0.34));
        let colour = *burst.pick(&COLOURS);
        let spread = burst.range(0.12, 0.24);
        if age < 0.22 {
            let rise = age / 0.22;
            let at = view.at(x, 0.6 + (y - 0.6) * rise, 0.1);
            canvas.glow(at, view.h * 0.012, [255, 230, 190], 0.9);
            continue;
        }
        let open = (age - 0.22) / 0.78;
        let reach = 1.0 - (1.0 - open) * (1.0 - open) * (1.0 - open);
        let at = view.at(x, y, 0.1);
        canvas.glow(at, view.len(spread * 1.6, 0.1), colour, 0.25 * (1.0 - open));
        for spark in 0..44 {
            let turn = spark as f32 / 22.0;
            let r = if spark < 22 { 1.0 } else { 0.6 } * reach * spread;
            let (dx, dy) = (fast_sin(turn) * r, fast_sin(turn + 0.25) * r + open * open * 0.08);
            let spot = view.at(x + dx, y + dy, 0.1);
            let flicker = 0.7 + 0.3 * fast_sin(view.t * 7.0 + turn * 3.0);
            canvas.glow(spot, view.h * 0.013, colour, (1.0 - open) * 1.3 * flicker);
        }
    }
}

/// A ball in the sky, lit from one side.
fn planet(canvas: &mut Canvas, at: Point, r: f32, colour: Rgb, ring: bool) {
    let body = Paint::shaded(scale(colour, 1.2), scale(colour, 0.7), Kind::Light, 251).round(1.0);
    let texture = crate::scene::canvas::Texture {
        origin: at,
        size: (r * 3.0, r * 0.45),
        shade: 0.5,
        relief: 0.0,
        cap: None,
    };
    canvas.ellipse(at, r, r, &body.texture(texture));
    if ring {
        let loop_of = |k: f32| -> Vec<Point> {
            // Only the near half: the far half is behind the ball.
            (0..=24)
                .map(|i| {
                    let turn = i as f32 / 48.0;
                    let (c, s) = (fast_sin(turn + 0.25), fast_sin(turn));
                    (at.0 + k * r * c - s * r * 0.2, at.1 + k * r * 0.3 * s + c * r * 0.25 * k)
                })
                .collect()
        };
        let mut outline = loop_of(2.0);
        let mut inner = loop_of(1.45);
        inner.reverse();
        outline.extend(inner);
        let tone = blend(colour, [255, 240, 220], 0.5);
        canvas.fill(&outline, &Paint::flat(tone, Kind::Light, 251).alpha(0.85));
    }
}

/// Space: a nebula, stars in depth, planets.
pub(crate) fn space(scene: &Scene, canvas: &mut Canvas, view: &View) {
    let mut rng = Rng::named(scene.seed, "space");
    const HUES: [[Rgb; 2]; 4] = [
        [[120, 40, 160], [20, 120, 190]],
        [[180, 50, 90], [60, 50, 170]],
        [[20, 120, 120], [90, 40, 150]],
        [[200, 100, 40], [100, 30, 100]],
    ];
    let named = scene.colours.first().copied();
    let hues = named.map_or(*rng.pick(&HUES), |c| [c, scale(c, 0.6)]);
    let (w, h) = (canvas.width, canvas.height);
    let k = 230.0 / view.h;
    let (ox, oy) = view.at(0.0, 0.0, 0.05);
    let shift = (scene.seed % 2048) as f32;
    // A nebula is soft, so not every column is computed.
    let step = 2 * canvas.step();
    for y in 0..h {
        for x in (0..w).step_by(step) {
            let (u, v) = ((x as f32 - ox) * k * 0.5 + shift, (y as f32 - oy) * k * 0.5);
            let warp = canvas.noise.at(v * 0.8 + 90.0, u * 0.8) * 40.0;
            let n = canvas.noise.at(u + warp, v + view.t * 0.6);
            let m = canvas.noise.at(u * 0.6 - 50.0, v * 0.6 + warp);
            let band = 1.0 - ((y as f32 + (x as f32 - view.w * 0.5) * 0.35) / view.h - 0.5).abs();
            let a = smooth(0.35, 0.95, n) * band * 0.9;
            let b = smooth(0.4, 1.0, m) * band * 0.8;
            let tone: Rgb = std::array::from_fn(|c| {
                let glow = f32::from(hues[0][c]) * a + f32::from(hues[1][c]) * b;
                ([5.0, 6.0, 16.0][c] + glow).min(255.0) as u8
            });
            let tone = [tone[0], tone[1], tone[2], Kind::Sky as u8];
            canvas.rgb[y * w + x..y * w + (x + step).min(w)].fill(tone);
        }
    }
    for i in 0..260 {
        let near = rng.unit() * rng.unit();
        let (x, y) = (rng.range(-1.3, 1.3), rng.range(-0.2, 1.2));
        let at = view.at(x - view.part * 0.1 * near, y, near * 0.8);
        let twinkle = 0.7 + 0.3 * fast_sin(view.t * rng.range(0.2, 0.9) + i as f32 * 0.31);
        canvas.glow(at, view.h * (0.003 + 0.006 * near), [244, 244, 255], twinkle);
    }
    let earth = scene.has(Thing::Earth);
    let others = scene.count(Thing::Planet).map_or(2, |n| n.clamp(1, 5));
    let others = if earth && !scene.has(Thing::Planet) { 0 } else { others };
    const BODIES: [Rgb; 5] =
        [[216, 150, 100], [90, 150, 210], [190, 90, 80], [150, 190, 160], [210, 190, 150]];
    let first = rng.below(5);
    let spots = [
        (0.34, 0.3, 0.24),
        (-0.58, 0.74, 0.1),
        (-0.3, 0.2, 0.05),
        (0.7, 0.78, 0.07),
        (0.05, 0.85, 0.04),
    ];
    let bodies = (others + u32::from(earth)) as usize;
    for (i, (x, y, r)) in spots.into_iter().take(bodies).enumerate() {
        let near = 0.2 + r;
        let at = view.at(x, y, near);
        if earth && i == 0 {
            night::earth(canvas, at, view.len(r, near));
            continue;
        }
        let colour = scene.colour_of(Thing::Planet).unwrap_or(BODIES[(first + i) % 5]);
        canvas.glow(at, view.len(r * 1.7, near), scale(colour, 0.6), 0.35);
        planet(canvas, at, view.len(r, near), colour, i == 0);
    }
    if scene.has(Thing::Meteor) {
        meteors(scene, canvas, view);
    }
}
