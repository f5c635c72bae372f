//! The street in a city: a row of houses with shops at eye level, behind the road.

use crate::rng::Rng;
use crate::scene::canvas::{Canvas, Kind, Paint, Point, Rgb, blend, scale};
use crate::scene::plan::Scene;
use crate::scene::view::View;

/// The depth of the row of houses, and the height of the pavement in the picture.
const NEAR: f32 = 0.5;
const FOOT: f32 = Scene::ROAD - 0.075;

pub(super) fn draw(scene: &Scene, canvas: &mut Canvas, view: &View) {
    let night = scene.light.lamps;
    let mut rng = Rng::named(scene.seed, "street");
    let quad = |x0: f32, y0: f32, x1: f32, y1: f32| -> [Point; 4] {
        let (a, b) = (view.at(x0, y0, NEAR), view.at(x1, y1, NEAR));
        [a, (b.0, a.1), b, (a.0, b.1)]
    };
    let light = &scene.light;
    let on = |c: Rgb| light.on(c, 0.32);
    let mut x = -view.half();
    while x < view.half() {
        let wide = rng.range(0.2, 0.34);
        // Lower in the middle, so that the towers behind stay visible.
        let tall = rng.range(0.17, 0.27) + 0.1 * (x + wide * 0.5).abs().min(0.9);
        let tone: Rgb = *rng.pick(&[
            [168, 104, 84],
            [196, 172, 140],
            [116, 122, 140],
            [146, 132, 124],
            [178, 138, 104],
        ]);
        let awning: Rgb =
            *rng.pick(&[[190, 62, 54], [58, 116, 110], [54, 84, 140], [214, 160, 70]]);
        let neon: Rgb =
            *rng.pick(&[[255, 90, 170], [90, 220, 255], [255, 190, 80], [150, 255, 170]]);
        let (floors, gap) = (if tall > 0.27 { 3 } else { 2 }, rng.unit());
        let (left, right) = (view.at(x, 0.0, NEAR).0, view.at(x + wide, 0.0, NEAR).0);
        if right > 0.0 && left < view.w {
            let wall = on(scene.tinted(tone));
            let paint = Paint::shaded(scale(wall, 1.05), scale(wall, 0.72), Kind::Built, 118);
            canvas.fill(&quad(x, FOOT - tall, x + wide - 0.006, FOOT), &paint);
            let trim = Paint::flat(scale(wall, 1.25), Kind::Built, 118).joined();
            canvas
                .fill(&quad(x - 0.004, FOOT - tall, x + wide - 0.002, FOOT - tall + 0.013), &trim);
            let shop = 0.085;
            let columns = ((wide / 0.062) as u32).max(2);
            let step = wide / columns as f32;
            let pitch = (tall - shop - 0.05) / floors as f32;
            for floor in 0..floors {
                for column in 0..columns {
                    let wx = x + step * (column as f32 + 0.28);
                    let wy = FOOT - tall + 0.03 + pitch * floor as f32;
                    let lit = night && rng.unit() < 0.55;
                    let glass = if lit { [255, 206, 120] } else { on([104, 134, 160]) };
                    let kind = if lit { Kind::Light } else { Kind::Built };
                    let pane = Paint::shaded(glass, scale(glass, 0.82), kind, 117).joined();
                    canvas.fill(&quad(wx, wy, wx + step * 0.46, wy + pitch * 0.62), &pane);
                }
            }
            // The shop: a wide window, a door, a striped awning, and a sign at night.
            let glass = if night { [255, 222, 156] } else { on([132, 164, 180]) };
            let kind = if night { Kind::Light } else { Kind::Built };
            let front = Paint::shaded(glass, scale(glass, 0.7), kind, 116);
            canvas
                .fill(&quad(x + 0.02, FOOT - shop + 0.012, x + wide * 0.66, FOOT - 0.014), &front);
            let door = Paint::flat(on(scale(awning, 0.5)), Kind::Built, 116);
            canvas.fill(&quad(x + wide * 0.74, FOOT - shop + 0.006, x + wide * 0.88, FOOT), &door);
            let stripes = 8;
            for i in 0..stripes {
                let cloth = if i % 2 == 0 { awning } else { [238, 230, 214] };
                let (a, b) = (
                    x + 0.012 + (wide - 0.03) * i as f32 / stripes as f32,
                    x + 0.012 + (wide - 0.03) * (i + 1) as f32 / stripes as f32,
                );
                let paint = Paint::shaded(on(cloth), on(scale(cloth, 0.8)), Kind::Built, 114);
                let paint = if i > 0 { paint.joined() } else { paint };
                canvas.fill(&quad(a, FOOT - shop - 0.022, b, FOOT - shop + 0.016), &paint);
            }
            if night && gap < 0.88 {
                // A sign across the front, and one that sticks out from the wall.
                let board = Paint::flat(blend(neon, [255, 255, 255], 0.1), Kind::Light, 114);
                let (left, top) = (x + wide * 0.3, FOOT - shop - 0.062);
                canvas.fill(&quad(left, top, left + wide * 0.5, top + 0.022), &board);
                let dark = Paint::flat([30, 18, 44], Kind::Built, 114).joined();
                for i in 0..5 {
                    let bar = left + wide * (0.04 + 0.09 * i as f32);
                    canvas.fill(&quad(bar, top + 0.005, bar + wide * 0.045, top + 0.017), &dark);
                }
                let at = view.at(left + wide * 0.25, top + 0.011, NEAR);
                canvas.glow(at, view.len(0.16, NEAR), neon, 0.5);
                let sign = Paint::flat(blend(neon, [255, 255, 255], 0.25), Kind::Light, 114);
                let sx = x + wide * (0.15 + 0.5 * gap);
                canvas.fill(&quad(sx, FOOT - tall + 0.01, sx + 0.026, FOOT - shop - 0.07), &sign);
                let at = view.at(sx + 0.01, FOOT - shop - 0.065, NEAR);
                canvas.glow(at, view.len(0.09, NEAR), neon, 0.55);
            }
        }
        x += wide;
    }
    let pavement = on([150, 148, 146]);
    let slab = Paint::shaded(scale(pavement, 0.82), pavement, Kind::Land, 100);
    canvas.fill(&quad(-view.half(), FOOT, view.half(), Scene::ROAD - 0.03), &slab);
}

/// The reflections of lights in a wet street.
pub(super) fn wet(canvas: &mut Canvas, view: &View) {
    let edge = view.at(0.0, FOOT + 0.012, NEAR).1;
    let (w, first) = (canvas.width, edge.max(1.0) as usize);
    for y in first..canvas.height {
        let down = y as f32 - edge;
        let ripple = canvas.noise.row(y as f32 / view.h * 420.0 - view.t * 30.0);
        let (above, rest) = canvas.rgb.split_at_mut(y * w);
        // Reflections are stretched towards the viewer.
        let from = (edge - down * 1.25).max(0.0);
        for (i, pixels) in rest[..w].chunks_mut(2).enumerate() {
            let n = ripple.at((i * 2) as f32 / view.h * 60.0) - 0.5;
            let row = (from + n * view.h * 0.05).clamp(0.0, edge - 1.0) as usize;
            let seen = above[row * w + i * 2];
            for p in pixels {
                for c in 0..3 {
                    let light = u16::from(seen[c]) * 5 / 8;
                    p[c] = (u16::from(p[c]) * 5 / 8 + light).min(255) as u8;
                }
            }
        }
    }
}
