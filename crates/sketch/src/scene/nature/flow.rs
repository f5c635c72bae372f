//! Flowing colour: bands that fold into each other like ink in water.

use crate::math::{fast_sin, smooth};
use crate::rng::{Rng, noise};
use crate::scene::canvas::{Canvas, Kind, Paint, Rgb, blend, scale};
use crate::scene::plan::Scene;
use crate::scene::view::View;

/// Fills the picture with a flow of these colours.
pub(super) fn draw(scene: &Scene, canvas: &mut Canvas, view: &View, set: &[Rgb; 5]) {
    let mut rng = Rng::named(scene.seed, "flow");
    let shift = rng.range(0.0, 200.0);
    let (w, h) = (canvas.width, canvas.height);
    let step = 2 * canvas.step();
    for y in 0..h {
        let v = y as f32 / view.h;
        let (warp, fine) =
            (canvas.noise.row(v * 34.0 + view.t * 2.0), canvas.noise.row(v * 70.0 + 90.0));
        for x in (0..w).step_by(step) {
            let u = x as f32 / view.h;
            let bend = warp.at(u * 30.0 + shift - view.t * 2.4);
            let curl = fine.at(u * 62.0 + bend * 60.0 + view.t * 3.0);
            // The position of the pixel between the bands.
            let along = v * 1.5 + u * 0.35 + bend * 1.9 + curl * 0.5 + view.t * 0.05;
            let band = along.rem_euclid(1.0) * 5.0;
            let (from, part) = (band as usize % 5, band - band.floor());
            let tone = blend(set[from], set[(from + 1) % 5], smooth(0.15, 0.85, part));
            let shade = 0.86 + 0.28 * curl + 0.12 * fast_sin(along * 2.5);
            let tone = scale(tone, shade);
            let tone = [tone[0], tone[1], tone[2], Kind::Sky as u8];
            canvas.rgb[y * w + x..y * w + (x + step).min(w)].fill(tone);
        }
    }
    // Ribbons in the foreground give depth.
    for i in 0..5u32 {
        let near = 0.3 + i as f32 * 0.15;
        let salt = (scene.seed as u32).wrapping_add(i * 97);
        let (mut top, mut low) = (Vec::new(), Vec::new());
        let lane = 0.14 + 0.18 * i as f32;
        for k in 0..=56 {
            let x = -view.half() + view.half() * k as f32 / 28.0;
            let lift = noise(x * 0.9 + view.t * 0.16, i as f32 * 3.0, salt) - 0.5;
            let wave = 0.05 * fast_sin(x * 0.4 + view.t * 0.1 + i as f32 * 0.23);
            let y = lane + lift * 0.5 + wave;
            let wide = 0.01 + 0.05 * noise(x * 1.4 - view.t * 0.22, 7.0, salt);
            top.push(view.at(x, y - wide, near));
            low.push(view.at(x, y + wide, near));
        }
        low.reverse();
        top.extend(low);
        let hue = set[(i as usize + 1) % 5];
        let paint =
            Paint::shaded(scale(hue, 1.25), scale(hue, 0.7), Kind::Figure, 150 - i as u8 * 22);
        canvas.fill(&top, &paint.round(0.7).alpha(0.88));
    }
}
