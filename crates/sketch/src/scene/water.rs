//! Water: reflections, waves, shores and the underwater world; and things that fall through or hang
//! in the air.

use crate::brief::{Place, Season, Thing, Weather};
use crate::math::{fast_sin, smooth};
use crate::rng::{Rng, speckle};
use crate::scene::canvas::{Canvas, Kind, ONE, Paint, Rgb, Texture, Walk, blend, scale};
use crate::scene::plan::Scene;
use crate::scene::view::View;

/// A water surface from the horizon down. It reflects what is already drawn above.
pub(crate) fn surface(scene: &Scene, canvas: &mut Canvas, view: &View) {
    let (w, h) = (canvas.width, canvas.height);
    let edge = view.at(0.0, scene.horizon, 0.0).1;
    let shore = (edge.max(1.0) as usize).min(h);
    let rough: f32 = if scene.is(Place::Sea) || scene.is(Place::Beach) { 1.0 } else { 0.3 }
        + if scene.weather == Weather::Storm { 1.4 } else { 0.0 }
        + if scene.weather == Weather::Wind { 0.6 } else { 0.0 };
    let deep = scene.tinted(if rough > 0.9 { [16, 84, 122] } else { [18, 66, 92] });
    let deep = scene.light.on(deep, 0.0);
    canvas.part();
    let sun = view.at(scene.sun_x, 0.0, 0.02).0;
    // Waves are wider than high: every second column is computed, in large pictures every fourth.
    let step = 2 * canvas.step();
    for y in shore.max(1)..h {
        let down = (y - shore) as f32 / (h as f32 - edge).max(1.0);
        let persp = 1.0 / (0.12 + down);
        let mirror = edge - (y as f32 - edge) * 0.85;
        let strip = (1.0 - (0.4 + 0.5 * rough).min(0.85) * smooth(0.0, 0.7, down)).max(0.12);
        let v = persp * 26.0 - view.t * 7.0;
        let reach = (2.0 + 24.0 * down) * (0.3 + 0.7 * rough) * view.h / 360.0;
        let stretch = 110.0 * persp.sqrt() / view.h;
        let calm = strip * 0.82;
        let foam = scene.light.on([240, 248, 250], 0.1);
        let wide = 0.05 + 0.2 * down;
        let depth = (210.0 - down * 150.0) as u8;
        let (waves, ripples) = (canvas.noise.row(v * 2.2), canvas.noise.row(v * 4.0 + 77.0));
        let start = -view.w * 0.5 * stretch;
        let along = stretch * step as f32;
        let wave_walk = Walk::new(start * 0.35 + view.t * 4.0, along * 0.35);
        let ripple_walk = Walk::new(start * 0.9 - view.t * 6.0, along * 0.9);
        let fixed = |x: f32| (x * 65536.0 / ONE as f32) as i32;
        let (reach, swell) = (fixed(reach), fixed(256.0 * (0.25 + 0.5 * rough)));
        let (mirror, last) = (mirror as i32, shore.max(1) as i32 - 1);
        let calm = (calm * 256.0) as i32;
        // The reflection of the sun or the moon.
        let path = wide * view.h;
        let (path_left, path_right) = (sun - path * 1.6, sun + path * 1.6);
        let (above, rest) = canvas.rgb.split_at_mut(y * w);
        let forms = &mut canvas.form[y * w..(y + 1) * w];
        let columns = rest[..w].chunks_mut(step).zip(forms.chunks_mut(step));
        for (i, (pixels, forms)) in columns.enumerate() {
            let x = i * step;
            let n = waves.whole(wave_walk.at(i));
            let m = ripples.whole(ripple_walk.at(i));
            let wave = ((n * 154 + m * 102) >> 8) - ONE / 2;
            let from = (mirror + ((wave * reach) >> 16)).clamp(0, last) as usize;
            let shade = (256 + ((wave * swell) >> 16)).max(0);
            let (mut shine, mut crest) = (0, 0);
            let at = x as f32;
            if scene.glints && at > path_left && at < path_right {
                let aside = (at - sun).abs() / path;
                let wave = wave as f32 / ONE as f32;
                let glint = smooth(0.1, 0.34, wave + 0.22 * (1.0 - aside).max(-0.4));
                shine = (glint * 0.75 * (1.0 - aside / 1.6) * 256.0) as i32;
            }
            if rough > 0.9 && wave > ONE / 4 {
                crest = (smooth(0.24, 0.34, wave as f32 / ONE as f32) * down * 256.0) as i32;
            }
            let mirrored = &above[from * w + x..];
            for (p, seen) in pixels.iter_mut().zip(mirrored) {
                for c in 0..3 {
                    let own = i32::from(deep[c]);
                    let tone = own + (((i32::from(seen[c]) - own) * calm) >> 8);
                    p[c] = ((tone * shade) >> 8).min(255) as u8;
                }
                if shine | crest != 0 {
                    for c in 0..3 {
                        let tone = i32::from(p[c]);
                        let tone = tone + (((i32::from(scene.light.sun[c]) - tone) * shine) >> 8);
                        p[c] = (tone + (((i32::from(foam[c]) - tone) * crest) >> 8)) as u8;
                    }
                }
                p[3] = Kind::Water as u8;
            }
            let lean = (128 + ((wave * 120) >> 16)) as u8;
            forms.fill([lean, 128, depth, 254]);
        }
    }
    if scene.is(Place::Beach) {
        beach(scene, canvas, view);
    } else if scene.is(Place::Lake) {
        bank(scene, canvas, view);
    }
}

/// The near shore of a lake: low in the middle, rising on both sides.
fn bank(scene: &Scene, canvas: &mut Canvas, view: &View) {
    let mut points = vec![(view.w + 60.0, view.h + 20.0), (-60.0, view.h + 20.0)];
    for i in 0..=48 {
        let x = -view.half() + view.half() * i as f32 / 24.0;
        let swell = 0.012 * fast_sin(x * 1.7 + (scene.seed % 9) as f32 * 0.1);
        points.push(view.at(x, 0.985 - 0.075 * smooth(0.2, 0.9, x.abs()) + swell, 0.95));
    }
    let turf = scene.light.on(scale(scene.ground(), 0.8), 0.05);
    let unit = view.h * 0.06;
    let blades = Texture {
        origin: view.at(0.0, 1.0, 0.95),
        size: (unit, unit * 0.6),
        shade: 0.5,
        relief: 0.3,
        cap: None,
    };
    let paint = Paint::shaded(turf, scale(turf, 0.6), Kind::Land, 40);
    canvas.fill(&points, &paint.texture(blades));
}

fn beach(scene: &Scene, canvas: &mut Canvas, view: &View) {
    let wash = 0.015 * fast_sin(view.t * 0.16);
    let outline = |lift: f32| {
        let mut points = vec![];
        for i in 0..=40 {
            let x = -view.half() + view.half() * i as f32 / 20.0;
            let y = 0.84 - 0.05 * x + 0.012 * fast_sin(x * 1.3 + view.t * 0.08) - lift + wash;
            points.push(view.at(x, y, 0.8));
        }
        points.push((view.w + 40.0, view.h));
        points.push((-40.0, view.h));
        points
    };
    let foam = scene.light.on([244, 250, 250], 0.05);
    canvas.fill(&outline(0.022), &Paint::flat(foam, Kind::Water, 60).alpha(0.7));
    let wet = scene.light.on([178, 148, 104], 0.05);
    canvas.fill(&outline(0.008), &Paint::flat(wet, Kind::Land, 60));
    let sand = scene.light.on([232, 206, 154], 0.05);
    canvas.fill(&outline(-0.02), &Paint::shaded(sand, scale(sand, 0.86), Kind::Land, 50));
}

/// Under water: blue that gets deeper, rays from above, a sandy ground.
pub(crate) fn below(scene: &Scene, canvas: &mut Canvas, view: &View) {
    let (w, h) = (canvas.width, canvas.height);
    let top: Rgb = scene.tinted([72, 190, 214]);
    let (top, low) = (scene.light.on(top, 0.0), scene.light.on([8, 46, 96], 0.0));
    let step = canvas.step();
    let rays = canvas.noise.row(view.t * 5.0);
    for y in 0..h {
        let down = y as f32 / view.h;
        let base = blend(top, low, smooth(-0.1, 1.0, down));
        for x in (0..w).step_by(step) {
            let lean = (x as f32 - view.w * 0.7) / view.h - down * 0.5;
            let ray = rays.at(lean * 70.0 + view.t * 3.0);
            let s = smooth(0.5, 0.9, ray) * (1.0 - down) * 0.4;
            let tone = blend(base, [220, 250, 250], s);
            let tone = [tone[0], tone[1], tone[2], Kind::Sky as u8];
            let end = (x + step).min(w);
            canvas.rgb[y * w + x..y * w + end].fill(tone);
        }
    }
    for row in 0..3 {
        let near = 0.2 + 0.3 * f32::from(row);
        let mut points = vec![(-40.0, view.h)];
        for i in 0..=40 {
            let x = -view.half() + view.half() * i as f32 / 20.0;
            let bump = 0.04 * fast_sin(x * 0.9 + f32::from(row) * 0.37 + (scene.seed % 7) as f32);
            points.push(view.at(x, 0.76 + 0.09 * f32::from(row) + bump, near));
        }
        points.push((view.w + 40.0, view.h));
        let sand = blend([222, 206, 160], low, 0.7 - 0.25 * f32::from(row));
        let paint = Paint::shaded(sand, scale(sand, 0.7), Kind::Land, 170 - row * 30);
        canvas.fill(&points, &paint);
    }
}

/// Rain, snow, leaves, petals, fireflies, bubbles, fog: in front of everything.
pub(crate) fn air(scene: &Scene, canvas: &mut Canvas, view: &View) {
    match scene.weather {
        Weather::Fog => fog(scene, canvas, view),
        Weather::Rain => rain(scene, canvas, view, 190),
        Weather::Storm => {
            rain(scene, canvas, view, 260);
            lightning(scene, canvas, view);
        }
        Weather::Snow => flakes(scene, canvas, view, [250, 252, 255], 210, 0.09, 0.006),
        _ => {}
    }
    if scene.has(Thing::Leaves) {
        const FALLEN: [Rgb; 3] = [[214, 112, 40], [236, 170, 56], [180, 66, 40]];
        const GREEN: [Rgb; 3] = [[110, 160, 60], [146, 180, 80], [84, 136, 60]];
        let set = if scene.season == Season::Autumn { FALLEN } else { GREEN };
        let many = if scene.names(Thing::Leaves) { 46 } else { 22 };
        for (i, tone) in set.into_iter().enumerate() {
            let size = 0.012 + 0.004 * i as f32;
            flakes(scene, canvas, view, scene.light.on(tone, 0.0), many, 0.06, size);
        }
    }
    if scene.has(Thing::Petals) {
        flakes(scene, canvas, view, scene.light.on([250, 176, 198], 0.0), 60, 0.06, 0.01);
    }
    let mut rng = Rng::named(scene.seed, "air");
    if scene.has(Thing::Firefly) {
        for i in 0..36 {
            let (x, y) = (rng.range(-0.9, 0.9), rng.range(0.5, 0.95));
            let wander = fast_sin(view.t * 0.13 + i as f32 * 0.19) * 0.05;
            let blink = smooth(-0.2, 0.9, fast_sin(view.t * 0.35 + i as f32 * 0.61));
            let at = view.at(x + wander, y + wander * 0.6, 0.8);
            canvas.glow(at, view.h * 0.022, [240, 255, 120], blink);
        }
    }
    if scene.has(Thing::Bubbles) || scene.is(Place::Underwater) {
        for i in 0..40 {
            let (x, speed) = (rng.range(-0.95, 0.95), rng.range(0.05, 0.14));
            let y = 1.1 - (view.t * speed + rng.unit()).fract() * 1.2;
            let r = view.h * rng.range(0.004, 0.014);
            let at = view.at(x + 0.02 * fast_sin(view.t * 0.5 + i as f32 * 0.3), y, 0.7);
            canvas.ellipse(at, r, r, &Paint::flat([214, 244, 255], Kind::Light, 40).alpha(0.35));
            let shine = (at.0 - r * 0.35, at.1 - r * 0.35);
            canvas.ellipse(
                shine,
                r * 0.3,
                r * 0.3,
                &Paint::flat([255; 3], Kind::Light, 40).alpha(0.9),
            );
        }
    }
}

fn rain(scene: &Scene, canvas: &mut Canvas, view: &View, count: u32) {
    let mut rng = Rng::named(scene.seed, "rain");
    let tone = blend(scene.light.haze, [230, 238, 250], 0.6);
    let paint = Paint::flat(tone, Kind::Sky, 20);
    for _ in 0..count {
        let near = rng.range(0.3, 1.0);
        let (x, phase) = (rng.unit() * 1.3 - 0.1, rng.unit());
        let fall = (view.t * (0.8 + near) + phase).fract() * 1.2 - 0.1;
        let at = ((x - fall * 0.12) * view.w, fall * view.h);
        let long = view.h * 0.055 * near;
        let wide = view.h * 0.0022 * near + 0.3;
        let quad = [
            at,
            (at.0 + wide, at.1),
            (at.0 + wide - long * 0.18, at.1 + long),
            (at.0 - long * 0.18, at.1 + long),
        ];
        canvas.fill(&quad, &paint.alpha(0.25 + 0.3 * near).joined());
    }
}

fn flakes(
    scene: &Scene,
    canvas: &mut Canvas,
    view: &View,
    tone: Rgb,
    n: u32,
    pace: f32,
    size: f32,
) {
    let mut rng = Rng::new(scene.seed ^ u64::from(tone[0]) << 8 ^ u64::from(n));
    for i in 0..n {
        let near = rng.range(0.25, 1.0);
        let (x, phase) = (rng.range(-0.1, 1.1), rng.unit());
        let fall = (view.t * pace * (0.6 + near) + phase).fract() * 1.1 - 0.05;
        let sway = 0.03 * fast_sin(view.t * 0.22 + i as f32 * 0.17);
        let blown = if scene.weather == Weather::Wind { view.t * 0.1 } else { 0.0 };
        let at = ((x + sway + blown).rem_euclid(1.2) * view.w, fall * view.h);
        let r = view.h * size * near;
        let turn = 0.4 + 0.6 * fast_sin(view.t * 0.5 + i as f32 * 0.29).abs();
        let paint = Paint::flat(tone, Kind::Light, 20).alpha(0.55 + 0.4 * near).joined();
        canvas.ellipse(at, r, if size > 0.007 { r * turn * 0.7 } else { r }, &paint);
    }
}

fn fog(scene: &Scene, canvas: &mut Canvas, view: &View) {
    let edge = scene.horizon * view.h;
    let rows = canvas.rgb.chunks_exact_mut(canvas.width).zip(canvas.form.chunks(canvas.width));
    for (y, (row, forms)) in rows.enumerate() {
        let band = 1.0 - ((y as f32 - edge) / (view.h * 0.42)).abs().min(1.0);
        if band <= 0.0 {
            continue;
        }
        let banks = canvas.noise.row(y as f32 / view.h * 200.0);
        // Fog is soft: every second column is computed.
        for (i, (pair, forms)) in row.chunks_mut(2).zip(forms.chunks(2)).enumerate() {
            let n = banks.at((i * 2) as f32 / view.h * 90.0 + view.t * 5.0);
            for (p, form) in pair.iter_mut().zip(forms) {
                let far = f32::from(form[2]) / 255.0;
                let much = (band * (0.25 + 0.75 * n) * (0.35 + 0.65 * far)).min(0.92);
                let much = (much * 256.0) as i32;
                for (own, haze) in p.iter_mut().zip(scene.light.haze) {
                    let below = i32::from(*own);
                    *own = (below + (((i32::from(haze) - below) * much) >> 8)) as u8;
                }
            }
        }
    }
}

fn lightning(scene: &Scene, canvas: &mut Canvas, view: &View) {
    let clock = view.t * 0.6 + 0.75;
    let age = clock.fract();
    if age > 0.14 {
        return;
    }
    let strike = clock.floor() as i32;
    let flash = 1.0 - age / 0.14;
    let mut x = speckle(strike, 1, scene.seed as u32) * 1.2 - 0.6;
    let mut points = vec![view.at(x, 0.0, 0.05)];
    for i in 1..12 {
        x += (speckle(strike, i + 9, scene.seed as u32) - 0.5) * 0.09;
        points.push(view.at(x, scene.horizon * i as f32 / 11.0, 0.05));
    }
    for p in &mut canvas.rgb {
        for c in &mut p[..3] {
            *c = (f32::from(*c) + 70.0 * flash).min(255.0) as u8;
        }
    }
    let bolt = Paint::flat([246, 244, 255], Kind::Light, 200);
    canvas.stroke(&points, view.h * 0.009 * flash + 0.8, &bolt);
    canvas.glow(points[5], view.h * 0.4, [170, 170, 255], 0.5 * flash);
}
