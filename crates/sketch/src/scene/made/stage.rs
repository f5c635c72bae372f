//! A concert hall: curtains, a floor of boards, a chandelier, and spotlights on the performers.

use crate::math::fast_sin;
use crate::rng::Rng;
use crate::scene::canvas::{Canvas, Kind, Paint, Point, Rgb, Texture, blend, ellipse, scale};
use crate::scene::plan::Scene;
use crate::scene::view::View;

/// The height in the picture where the floor meets the wall.
const FLOOR: f32 = 0.62;

pub(crate) fn draw(scene: &Scene, canvas: &mut Canvas, view: &View) {
    let mut rng = Rng::named(scene.seed, "stage");
    let wall: Rgb = scene.tinted(*rng.pick(&[[70, 44, 62], [44, 50, 84], [84, 58, 44]]));
    let half = view.half() + 0.3;
    let quad = |x0: f32, y0: f32, x1: f32, y1: f32, near: f32| -> [Point; 4] {
        let (a, b) = (view.at(x0, y0, near), view.at(x1, y1, near));
        [a, (b.0, a.1), b, (a.0, b.1)]
    };
    canvas.fill(
        &quad(-half, -0.5, half, FLOOR + 0.02, 0.3),
        &Paint::shaded(scale(wall, 0.55), wall, Kind::Land, 200),
    );
    // Tall windows with an evening sky, between pilasters.
    for i in -3..=3 {
        let x = i as f32 * 0.36;
        let glow = blend(scene.light.zenith, scene.light.low, 0.6);
        let mut arch = vec![view.at(x - 0.09, FLOOR - 0.06, 0.3)];
        for k in 0..=12 {
            let turn = k as f32 / 24.0 - 0.25;
            let y = 0.2 - 0.09 * fast_sin(turn + 0.25);
            arch.push(view.at(x + 0.09 * fast_sin(turn), y, 0.3));
        }
        arch.push(view.at(x + 0.09, FLOOR - 0.06, 0.3));
        canvas.fill(&arch, &Paint::shaded(scale(glow, 0.75), glow, Kind::Built, 190));
        let bar = Paint::flat(scale(wall, 1.5), Kind::Built, 188);
        canvas.fill(&quad(x - 0.005, 0.12, x + 0.005, FLOOR - 0.06, 0.3), &bar);
        canvas.fill(&quad(x - 0.09, 0.34, x + 0.09, 0.35, 0.3), &bar.joined());
        let column = Paint::shaded(scale(wall, 1.5), scale(wall, 1.1), Kind::Built, 186);
        canvas.fill(&quad(x + 0.15, 0.04, x + 0.21, FLOOR, 0.32), &column.round(0.8));
        canvas.fill(&quad(x + 0.14, 0.02, x + 0.22, 0.06, 0.32), &column);
    }
    floor(scene, canvas, view, half);
    lights(scene, canvas, view);
    chandelier(canvas, view);
    curtains(scene, canvas, view);
}

/// Shining boards that reflect the windows.
fn floor(scene: &Scene, canvas: &mut Canvas, view: &View, half: f32) {
    let wood = scene.tinted([150, 96, 58]);
    let (a, b) = (view.at(-half, FLOOR, 0.4), view.at(half, 1.3, 0.4));
    let boards = Texture {
        origin: a,
        size: (view.h * 0.7, view.h * 0.03),
        shade: 0.3,
        relief: 0.1,
        cap: None,
    };
    let paint = Paint::shaded(scale(wood, 0.5), scale(wood, 1.05), Kind::Land, 110);
    canvas.fill(&[a, (b.0, a.1), b, (a.0, b.1)], &paint.texture(boards));
    for i in -3..=3 {
        let x = i as f32 * 0.36;
        let shine =
            [(x - 0.08, FLOOR), (x + 0.08, FLOOR), (x * 1.3 + 0.13, 0.86), (x * 1.3 - 0.13, 0.86)]
                .map(|(x, y)| view.at(x, y, 0.4));
        let paint = Paint::flat([255, 222, 180], Kind::Land, 110).alpha(0.07).joined();
        canvas.fill(&shine, &paint);
    }
}

/// Swaying cones of light from above, each with its pool on the floor.
fn lights(scene: &Scene, canvas: &mut Canvas, view: &View) {
    let named = scene.colours.first().copied();
    const HUES: [Rgb; 3] = [[255, 226, 170], [255, 150, 190], [150, 190, 255]];
    for (i, hue) in HUES.into_iter().enumerate() {
        let hue = named.map_or(hue, |c| blend(hue, c, 0.6));
        let side = i as f32 - 1.0;
        let sway = 0.1 * fast_sin(view.t * 0.13 + i as f32 * 0.33);
        let (top, foot) = (side * 0.42, side * 0.2 + sway);
        let cone =
            [(top - 0.02, -0.05), (top + 0.02, -0.05), (foot + 0.2, 0.84), (foot - 0.2, 0.84)]
                .map(|(x, y)| view.at(x, y, 0.5));
        canvas.fill(&cone, &Paint::flat(hue, Kind::Light, 150).alpha(0.1).joined());
        let pool = ellipse(view.at(foot, 0.86, 0.6), view.len(0.3, 0.6), view.len(0.06, 0.6));
        canvas.fill(&pool, &Paint::flat(hue, Kind::Land, 108).alpha(0.2).joined());
    }
    canvas.glow(view.at(0.0, 0.66, 0.5), view.h * 0.7, [255, 200, 130], 0.22);
}

fn chandelier(canvas: &mut Canvas, view: &View) {
    let gold = Paint::shaded([226, 186, 104], [150, 112, 56], Kind::Built, 140);
    let at = |x: f32, y: f32| view.at(x + 0.006 * fast_sin(view.t * 0.2), y, 0.45);
    canvas.stroke(&[at(0.0, -0.1), at(0.0, 0.14)], view.len(0.006, 0.45), &gold);
    canvas.ellipse(at(0.0, 0.16), view.len(0.2, 0.45), view.len(0.022, 0.45), &gold);
    for i in 0..7 {
        let x = (i as f32 / 3.0 - 1.0) * 0.19;
        let y = 0.14 + 0.01 * (1.0 - (x / 0.19) * (x / 0.19));
        let flame = Paint::flat([255, 240, 190], Kind::Light, 138);
        canvas.ellipse(at(x, y), view.len(0.008, 0.45), view.len(0.018, 0.45), &flame);
        let flicker = 0.5 + 0.1 * fast_sin(view.t * 1.1 + i as f32 * 0.4);
        canvas.glow(at(x, y), view.len(0.09, 0.45), [255, 206, 130], flicker);
    }
}

/// Heavy red curtains on both sides, and a valance above.
fn curtains(scene: &Scene, canvas: &mut Canvas, view: &View) {
    let cloth = scene.tinted([150, 26, 40]);
    for side in [-1.0, 1.0] {
        for fold in 0..5 {
            let x = 0.62 + fold as f32 * 0.085;
            let sway = 0.006 * fast_sin(view.t * 0.15 + fold as f32 * 0.2);
            let strip = [
                (side * x, -0.1),
                (side * (x + 0.12), -0.1),
                (side * (x + 0.13 + sway), 1.2),
                (side * (x + 0.02 + sway), 1.2),
            ]
            .map(|(x, y)| view.at(x, y, 0.75));
            let tone = scale(cloth, if fold % 2 == 0 { 1.0 } else { 0.72 });
            let paint = Paint::shaded(scale(tone, 0.8), tone, Kind::Built, 70).round(0.9);
            canvas.fill(&strip, &paint);
        }
    }
    for i in 0..9 {
        let x = (i as f32 - 4.0) * 0.24;
        let mut bow = vec![view.at(x - 0.13, -0.1, 0.75), view.at(x + 0.13, -0.1, 0.75)];
        for k in 0..=8 {
            let turn = 0.25 - k as f32 / 16.0;
            let y = 0.03 + 0.05 * fast_sin(turn + 0.25);
            bow.push(view.at(x + 0.13 * fast_sin(turn), y, 0.75));
        }
        let paint = Paint::shaded(scale(cloth, 0.6), scale(cloth, 0.95), Kind::Built, 66);
        canvas.fill(&bow, &paint.round(0.6));
    }
}
