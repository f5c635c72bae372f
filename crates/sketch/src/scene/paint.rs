//! Drawing landscapes.

use crate::brief::{Place, Season, Time};
use crate::math::fast_sin;
use crate::rng::{Rng, noise, speckle};
use crate::scene::canvas::{Canvas, Kind, Paint, Point, Rgb, blend, scale};
use crate::scene::plan::Scene;

/// A view over land or water.
pub(crate) fn landscape(scene: &Scene, canvas: &mut Canvas, t: f32, total: f32) {
    let (w, h) = (canvas.width as f32, canvas.height as f32);
    let pan = (t / total.max(0.1) - 0.5) * 0.12 * h;
    let horizon = scene.horizon * h;
    sky(scene, canvas, t);
    for layer in 0..4u32 {
        let near = layer as f32 / 3.0;
        let base = horizon - h * 0.02 * (3.0 - layer as f32);
        let tall = h * (0.34 - 0.09 * layer as f32);
        let mut outline: Vec<Point> = vec![(0.0, base)];
        let steps = 96;
        for i in 0..=steps {
            let x = i as f32 / steps as f32 * w;
            let u = (x + pan * (0.3 + near)) / h;
            let seed = (scene.seed as u32).wrapping_add(layer * 97);
            let rough = noise(u * 2.4, layer as f32 * 7.0, seed)
                + 0.45 * noise(u * 6.0, 3.0, seed)
                + 0.2 * noise(u * 15.0, 9.0, seed);
            outline.push((x, base - tall * (rough - 0.35).max(0.02)));
        }
        outline.push((w, base));
        let far = blend(scene.sky[1], scene.sky[0], 0.45);
        let rock = if scene.time == Time::Night { [16, 22, 44] } else { [58, 84, 86] };
        let tone = blend(far, rock, 0.25 + 0.7 * near);
        canvas.fill(
            &outline,
            &Paint::shaded(
                scale(tone, 1.12),
                scale(tone, 0.86),
                Kind::Land,
                220 - layer as u8 * 20,
            ),
        );
    }
    let wet = scene
        .places
        .iter()
        .any(|p| matches!(p, Place::Lake | Place::Sea | Place::River | Place::Beach));
    if wet {
        water(scene, canvas, t);
    } else {
        let ground = match (scene.season, scene.time) {
            (Season::Winter, _) => [226, 234, 244],
            (Season::Autumn, _) => [168, 128, 64],
            (_, Time::Night) => [20, 42, 40],
            _ => [96, 152, 78],
        };
        let quad = [(0.0, horizon), (w, horizon), (w, h), (0.0, h)];
        canvas.fill(&quad, &Paint::shaded(ground, scale(ground, 0.6), Kind::Land, 90));
    }
    let mut rng = Rng::named(scene.seed, "trees");
    for _ in 0..scene.trees {
        let x = rng.unit() * 1.2 - 0.1;
        let side = if x < 0.5 { x * 0.7 } else { 1.0 - (1.0 - x) * 0.7 };
        let size = h * rng.range(0.16, 0.42);
        let at = (side * w - pan * 1.6, h * rng.range(0.9, 1.04));
        tree(scene, canvas, at, size, fast_sin(t * 0.3 + x) * 0.02);
    }
}

fn sky(scene: &Scene, canvas: &mut Canvas, t: f32) {
    let (w, h) = (canvas.width, canvas.height);
    for y in 0..h {
        let along = (y as f32 / (scene.horizon * h as f32)).min(1.0);
        let tone = blend(scene.sky[0], scene.sky[1], along * along * (3.0 - 2.0 * along));
        canvas.rgb[y * w..(y + 1) * w].fill([tone[0], tone[1], tone[2], Kind::Sky as u8]);
    }
    let (wf, hf) = (w as f32, h as f32);
    if scene.time == Time::Night {
        let mut rng = Rng::named(scene.seed, "stars");
        for i in 0..160 {
            let at = (rng.unit() * wf, rng.unit() * hf * scene.horizon);
            let twinkle = 0.6 + 0.4 * fast_sin(t * rng.range(0.2, 0.8) + i as f32 * 0.37);
            canvas.glow(at, hf * 0.006, [255, 255, 255], twinkle);
        }
    }
    let (height, size) = match scene.time {
        Time::Day => (0.16, 0.05),
        Time::Night => (0.2, 0.05),
        _ => (0.46, 0.07),
    };
    let at = (wf * 0.66, hf * height);
    canvas.glow(at, hf * 0.6, scene.sky[2], 0.5);
    let disc = if scene.time == Time::Night { [236, 240, 255] } else { scale(scene.sky[2], 1.1) };
    canvas.ellipse(at, hf * size, hf * size, &Paint::flat(disc, Kind::Light, 254));
}

/// Water mirrors what is above the horizon, broken by waves.
fn water(scene: &Scene, canvas: &mut Canvas, t: f32) {
    let (w, h) = (canvas.width, canvas.height);
    let shore = (scene.horizon * h as f32) as usize;
    canvas.part();
    let deep: Rgb = blend(scene.sky[0], [10, 50, 80], 0.5);
    for y in shore..h {
        let down = (y - shore) as f32 / (h - shore) as f32;
        let mirror = shore as f32 - (y - shore) as f32 * 0.9;
        for x in 0..w {
            let wave = fast_sin(x as f32 / h as f32 * (3.0 - down * 2.0) + t * 0.35 + down * 9.0)
                * 0.6
                + fast_sin(y as f32 * 0.11 / (0.3 + down) + t * 0.8);
            let from = (mirror + wave * (1.0 + down * 7.0)).clamp(0.0, shore as f32 - 1.0) as usize;
            let p = canvas.rgb[from * w + x];
            let mut tone = blend([p[0], p[1], p[2]], deep, 0.25 + 0.35 * down);
            let glint = speckle(x as i32 / 5, y as i32 / 2, (t * 6.0) as u32);
            if wave > 1.2 && glint > 0.9 {
                tone = blend(tone, scene.sky[2], 0.4);
            }
            canvas.rgb[y * w + x] = [tone[0], tone[1], tone[2], Kind::Water as u8];
            canvas.form[y * w + x] = [128, 128, (200.0 - down * 130.0) as u8, 254];
        }
    }
}

fn tree(scene: &Scene, canvas: &mut Canvas, (x, y): Point, size: f32, sway: f32) {
    let trunk = [(x - size * 0.03, y), (x + size * 0.03, y), (x + size * sway, y - size * 0.6)];
    canvas.fill(&trunk, &Paint::flat([70, 48, 34], Kind::Plant, 30));
    let leaf = match (scene.season, scene.time) {
        (_, Time::Night) => [14, 34, 36],
        (Season::Autumn, _) => [206, 110, 42],
        (Season::Winter, _) => [214, 224, 232],
        (Season::Spring, _) => [240, 170, 190],
        _ => [52, 116, 62],
    };
    for i in 0..3 {
        let up = i as f32 * 0.2;
        let r = size * (0.24 - 0.05 * i as f32);
        let at = (x + size * sway * (1.0 + up * 3.0), y - size * (0.42 + up));
        let paint = Paint::shaded(scale(leaf, 1.2), scale(leaf, 0.7), Kind::Plant, 28).round(0.9);
        canvas.ellipse(at, r, r * 0.9, &if i > 0 { paint.joined() } else { paint });
    }
}
