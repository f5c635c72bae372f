//! Night skies: stars, the Milky Way, northern lights, and the earth over the moon.

use crate::math::{fast_sin, smooth};
use crate::rng::Rng;
use crate::scene::canvas::{Canvas, Kind, Paint, Point};
use crate::scene::plan::Scene;
use crate::scene::view::View;

pub(super) fn stars(scene: &Scene, canvas: &mut Canvas, view: &View, horizon: f32) {
    let mut rng = Rng::named(scene.seed, "stars");
    let r = (view.h * 0.0045).max(1.3);
    for i in 0..170 {
        let (x, y) = (rng.range(-1.1, 1.1), rng.unit());
        let (speed, bright) = (rng.range(0.15, 0.7), rng.range(0.35, 1.0));
        let at = view.at(x, y * y * scene.horizon, 0.0);
        if at.1 < horizon {
            let twinkle = bright * (0.75 + 0.25 * fast_sin(view.t * speed + i as f32 * 0.37));
            canvas.glow(at, r * (0.8 + bright), [255, 252, 240], twinkle);
        }
    }
}

/// A band of faint light, for skies whose stars the prompt names.
pub(super) fn milky_way(scene: &Scene, canvas: &mut Canvas, view: &View, horizon: f32) {
    let (w, rows) = (canvas.width, (horizon.max(0.0) as usize).min(canvas.height));
    let step = 2 * canvas.step();
    let k = 150.0 / view.h;
    let lean = 0.55 * scene.sun_x.signum();
    let (ox, _) = view.at(0.0, 0.0, 0.0);
    for y in 0..rows {
        let v = y as f32 / view.h;
        let (cloud, dust) = (canvas.noise.row(v * 150.0), canvas.noise.row(v * 320.0 + 60.0));
        let low = 1.0 - y as f32 / horizon.max(1.0) * 0.5;
        for x in (0..w).step_by(step) {
            let u = (x as f32 - ox) * k;
            let off = ((x as f32 - ox) / view.h - (v - 0.3) * lean * 3.0).abs();
            let n = cloud.at(u);
            let band = smooth(0.42 + 0.2 * (n - 0.5), 0.0, off);
            if band <= 0.0 {
                continue;
            }
            let s =
                band * low * (0.35 + 0.9 * n) * (1.0 - 0.6 * smooth(0.5, 0.8, dust.at(u * 2.1)));
            let tone = [94.0 * s, 88.0 * s, 132.0 * s];
            for p in &mut canvas.rgb[y * w + x..y * w + (x + step).min(w)] {
                for c in 0..3 {
                    p[c] = (f32::from(p[c]) + tone[c]).min(255.0) as u8;
                }
            }
        }
    }
    let mut rng = Rng::named(scene.seed, "milky way");
    for _ in 0..240 {
        let (v, aside) = (rng.unit(), rng.range(-0.3, 0.3) * rng.unit());
        let y = v * scene.horizon;
        let at = view.at((y - 0.3) * lean * 3.0 + aside, y, 0.0);
        canvas.glow(at, (view.h * 0.003).max(1.1), [240, 240, 255], rng.range(0.2, 0.8));
    }
}

pub(super) fn aurora(scene: &Scene, canvas: &mut Canvas, view: &View, horizon: f32) {
    let w = canvas.width;
    let seed = (scene.seed % 997) as f32;
    let columns = (0..w).map(|x| {
        let u = x as f32 / view.h * 60.0 + seed;
        let band = canvas.noise.at(u + view.t * 3.0, seed);
        let fine = canvas.noise.at(u * 5.0 - view.t * 5.0, 40.0 + view.t);
        (horizon * (0.42 + 0.5 * (band - 0.5)), 0.35 + 0.9 * fine)
    });
    for (x, (foot, bright)) in columns.collect::<Vec<_>>().into_iter().enumerate() {
        for y in 0..(foot.max(0.0) as usize).min(canvas.height) {
            let up = (foot - y as f32) / (horizon * 0.5);
            let fall = smooth(0.0, 0.06, up) * (1.0 - up).max(0.0);
            let s = fall * fall * bright * 0.75;
            let p = &mut canvas.rgb[y * w + x];
            let green = [60.0 + 130.0 * up, 240.0 - 120.0 * up, 150.0 + 70.0 * up];
            for c in 0..3 {
                p[c] = (f32::from(p[c]) + green[c] * s).min(255.0) as u8;
            }
        }
    }
}

/// The earth, seen from the moon.
pub(super) fn earth(canvas: &mut Canvas, at: Point, r: f32) {
    canvas.glow(at, r * 1.8, [70, 120, 200], 0.5);
    let sea = Paint::shaded([70, 150, 226], [28, 74, 156], Kind::Light, 251).round(1.0);
    let texture = crate::scene::canvas::Texture {
        origin: (at.0 + r * 0.7, at.1),
        size: (r * 1.3, r * 0.9),
        shade: 0.7,
        relief: 0.0,
        cap: None,
    };
    canvas.ellipse(at, r, r, &sea.texture(texture));
    for (x, y, rx, ry) in
        [(-0.3, -0.2, 0.3, 0.26), (-0.1, 0.36, 0.2, 0.28), (0.42, -0.02, 0.24, 0.34)]
    {
        let land = Paint::flat([94, 148, 84], Kind::Light, 251).alpha(0.85).joined();
        canvas.ellipse((at.0 + x * r, at.1 + y * r), rx * r, ry * r, &land);
    }
    for (x, y, rx) in [(-0.2, -0.56, 0.5), (0.24, 0.2, 0.5), (-0.34, 0.12, 0.34), (0.1, 0.8, 0.3)] {
        let cloud = Paint::flat([250, 252, 255], Kind::Light, 251).alpha(0.75).joined();
        canvas.ellipse((at.0 + x * r, at.1 + y * r), rx * r, r * 0.08, &cloud);
    }
}
