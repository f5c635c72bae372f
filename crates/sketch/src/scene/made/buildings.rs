//! Buildings.

use crate::brief::Thing;
use crate::math::fast_sin;
use crate::scene::canvas::{Kind, Rgb, scale};
use crate::scene::plan::Item;
use crate::scene::view::Brush;

const WALL: Rgb = [226, 210, 186];
const ROOF: Rgb = [172, 78, 60];
const STONE: Rgb = [158, 152, 146];

/// Draws the thing if it is one of these; returns false if not.
pub(super) fn draw(b: &mut Brush<'_>, item: &Item, t: f32) -> bool {
    use Thing as T;
    let pick = |set: &[Rgb]| item.colour.unwrap_or(set[(item.self_ * 97.0) as usize % set.len()]);
    match item.thing {
        T::House => {
            let wall = pick(&[WALL, [206, 186, 160], [186, 204, 206], [222, 196, 170]]);
            b.rect(-0.5, 0.0, 1.0, 0.56, wall);
            b.poly(&[(-0.62, 0.54), (0.62, 0.54), (0.3, 1.0), (-0.3, 1.0)], ROOF);
            b.rect(0.28, 0.8, 0.12, 0.32, scale(ROOF, 0.8));
            b.rect(-0.08, 0.0, 0.18, 0.34, [104, 70, 48]);
            b.pane(-0.4, 0.2, 0.2, 0.2);
            b.pane(0.22, 0.2, 0.2, 0.2);
            b.kind(Kind::Sky);
            for i in 0..4 {
                let age = (t * 0.2 + i as f32 / 4.0).fract();
                let puff = [
                    (0.3 + age * 0.3, 1.1 + age * 0.5),
                    (0.42 + age * 0.5, 1.14 + age * 0.5),
                    (0.36 + age * 0.4, 1.26 + age * 0.6),
                ];
                b.veil(&puff, [236, 236, 236], 0.5 * (1.0 - age));
            }
        }
        T::Tower => {
            let tone = pick(&[[108, 122, 148], [140, 130, 124], [96, 110, 130]]);
            b.rect(-0.18, 0.0, 0.36, 0.96, tone);
            b.rect(0.08, 0.0, 0.1, 0.96, scale(tone, 0.78));
            b.rect(-0.01, 0.96, 0.02, 0.14, scale(tone, 0.6));
            for row in 0..12 {
                for column in 0..4 {
                    if (row * 7 + column * 3) % 5 != 0 {
                        b.pane(-0.15 + column as f32 * 0.08, 0.05 + row as f32 * 0.075, 0.04, 0.04);
                    }
                }
            }
        }
        T::Castle => {
            let wall = pick(&[STONE, [190, 178, 160]]);
            b.rect(-0.6, 0.0, 1.2, 0.42, wall);
            for i in 0..8 {
                b.rect(-0.6 + i as f32 * 0.155, 0.42, 0.09, 0.06, wall);
            }
            for (x, tall) in [(-0.6, 0.62), (0.6, 0.62), (-0.22, 0.78), (0.24, 0.9)] {
                b.rect(x - 0.1, 0.0, 0.2, tall, scale(wall, 0.92));
                b.poly(&[(x - 0.14, tall), (x + 0.14, tall), (x, tall + 0.28)], [88, 98, 142]);
                b.pane(x - 0.03, tall - 0.16, 0.06, 0.1);
                let wave = fast_sin(t * 0.6 + x) * 0.03;
                b.line(&[(x, tall + 0.26), (x, tall + 0.4)], 0.012, [80, 70, 60]);
                b.poly(
                    &[(x, tall + 0.4), (x + 0.13, tall + 0.36 + wave), (x, tall + 0.32)],
                    [206, 60, 60],
                );
            }
            b.poly(
                &[(-0.11, 0.0), (0.11, 0.0), (0.11, 0.2), (0.0, 0.29), (-0.11, 0.2)],
                [70, 52, 44],
            );
        }
        T::Lighthouse => {
            b.poly(
                &[
                    (-0.75, -0.05),
                    (-0.5, 0.06),
                    (-0.24, 0.12),
                    (0.26, 0.13),
                    (0.46, 0.07),
                    (0.8, -0.05),
                ],
                [110, 106, 102],
            );
            let red = pick(&[[206, 58, 52]]);
            for i in 0..5 {
                let (y0, y1) = (0.06 + 0.14 * i as f32, 0.2 + 0.14 * i as f32);
                let wide = |y: f32| 0.13 - 0.07 * y;
                let tone = if i % 2 == 0 { [240, 238, 232] } else { red };
                b.poly(&[(-wide(y0), y0), (wide(y0), y0), (wide(y1), y1), (-wide(y1), y1)], tone);
            }
            b.rect(-0.1, 0.76, 0.2, 0.03, [60, 60, 66]);
            b.pane(-0.05, 0.79, 0.1, 0.1);
            b.poly(&[(-0.08, 0.89), (0.08, 0.89), (0.0, 1.0)], red);
            if b.light.lamps {
                let swing = fast_sin(t * 0.12);
                b.kind(Kind::Light);
                for side in [-1.0, 1.0] {
                    let far = 2.6 * swing * side;
                    b.veil(&[(0.0, 0.83), (far, 1.05), (far, 0.62)], [255, 244, 200], 0.35);
                }
                b.glow(0.0, 0.84, 0.3, [255, 236, 170], 0.5);
            }
        }
        T::Windmill => {
            b.poly(&[(-0.17, 0.0), (0.17, 0.0), (0.1, 0.62), (-0.1, 0.62)], pick(&[WALL]));
            b.poly(&[(-0.13, 0.62), (0.13, 0.62), (0.0, 0.78)], ROOF);
            b.pane(-0.04, 0.34, 0.08, 0.1);
            for blade in 0..4 {
                let turn = t * 0.12 + blade as f32 / 4.0;
                let (x, y) = (fast_sin(turn + 0.25), fast_sin(turn));
                let at = |r: f32, s: f32| (x * r - y * s, 0.64 + y * r + x * s);
                b.poly(
                    &[at(0.05, -0.01), at(0.42, -0.01), at(0.42, 0.09), at(0.1, 0.09)],
                    [236, 230, 220],
                );
                b.line(&[(0.0, 0.64), at(0.44, 0.0)], 0.014, [96, 74, 56]);
            }
        }
        T::Church => {
            let wall = pick(&[WALL, STONE]);
            b.rect(-0.2, 0.0, 0.7, 0.36, wall);
            b.poly(&[(-0.26, 0.35), (0.56, 0.35), (0.44, 0.58), (-0.14, 0.58)], [116, 84, 76]);
            b.rect(-0.44, 0.0, 0.26, 0.62, scale(wall, 0.95));
            b.poly(&[(-0.48, 0.62), (-0.14, 0.62), (-0.31, 1.0)], [100, 90, 104]);
            for x in [0.0, 0.2] {
                b.pane(x, 0.12, 0.08, 0.15);
            }
            b.pane(-0.35, 0.42, 0.08, 0.1);
        }
        T::Bridge => {
            let tone = pick(&[STONE, [178, 150, 122], [176, 84, 66]]);
            // A viaduct: round arches between piers, across the whole picture.
            for i in -5..=5 {
                let x = i as f32 * 0.72;
                b.rect(x - 0.09, -0.5, 0.18, 0.9, scale(tone, 0.9));
                let mut spandrel = vec![(x + 0.72, 0.42), (x, 0.42)];
                for k in 0..=10 {
                    let turn = k as f32 / 20.0 - 0.25;
                    let (dx, dy) = (0.27 * fast_sin(turn), 0.3 * fast_sin(turn + 0.25));
                    spandrel.push((x + 0.36 + dx, 0.06 + dy));
                }
                spandrel.insert(2, (x, 0.06));
                spandrel.push((x + 0.72, 0.06));
                b.poly(&spandrel, tone);
                b.line(&spandrel[3..14], 0.03, scale(tone, 1.16));
            }
            b.rect(-6.0, 0.38, 12.0, 0.05, scale(tone, 1.14));
            b.rect(-6.0, 0.43, 12.0, 0.03, scale(tone, 0.8));
        }
        T::Tent => {
            let cloth = pick(&[[226, 132, 58], [86, 146, 168], [196, 78, 70]]);
            b.poly(&[(-0.7, 0.0), (0.7, 0.0), (0.0, 0.9)], cloth);
            let inside = if b.light.lamps { [255, 220, 140] } else { scale(cloth, 0.45) };
            b.poly(&[(-0.2, 0.0), (0.2, 0.0), (0.0, 0.86)], inside);
        }
        T::Pyramid => {
            let sand = pick(&[[220, 178, 110]]);
            b.poly(&[(-0.9, 0.0), (0.3, 0.0), (0.0, 1.0)], sand);
            b.poly(&[(0.3, 0.0), (0.9, 0.06), (0.0, 1.0)], scale(sand, 0.68));
        }
        T::Stall => {
            let cloth = pick(&[[204, 62, 54], [60, 128, 168], [86, 150, 90], [230, 160, 50]]);
            b.rect(-0.56, 0.0, 0.05, 0.86, [116, 84, 58]);
            b.rect(0.51, 0.0, 0.05, 0.86, [116, 84, 58]);
            b.rect(-0.5, 0.3, 1.0, 0.44, scale(cloth, 0.42));
            b.rect(-0.6, 0.0, 1.2, 0.32, [164, 118, 78]);
            b.rect(-0.62, 0.3, 1.24, 0.05, [196, 148, 100]);
            const FRUIT: [Rgb; 5] =
                [[226, 70, 56], [250, 176, 60], [120, 176, 66], [246, 220, 90], [150, 70, 130]];
            for crate_ in 0..4 {
                let x = -0.54 + crate_ as f32 * 0.285;
                let tone = FRUIT[(crate_ + (item.self_ * 40.0) as usize) % 5];
                for i in 0..6 {
                    let (dx, dy) = ((i % 3) as f32 * 0.085, (i / 3) as f32 * 0.055);
                    b.oval(x + 0.03 + dx, 0.375 + dy, 0.048, 0.048, tone);
                }
                b.rect(x - 0.02, 0.335, 0.26, 0.04, [140, 98, 62]);
            }
            let sway = 0.012 * fast_sin(t * 0.3 + item.self_ * 6.0);
            for i in 0..8 {
                let (x0, x1) = (-0.56 + i as f32 * 0.14, -0.42 + i as f32 * 0.14);
                let tone = if i % 2 == 0 { cloth } else { [246, 240, 228] };
                let low = |x: f32| x * 1.2;
                b.poly(
                    &[
                        (low(x0), 0.78 + sway),
                        (low(x1), 0.78 + sway),
                        (x1 * 0.92, 1.0),
                        (x0 * 0.92, 1.0),
                    ],
                    tone,
                );
                b.oval((low(x0) + low(x1)) * 0.5, 0.78 + sway, 0.084, 0.045, scale(tone, 0.92));
            }
            if b.light.lamps {
                b.glow(0.0, 0.62, 0.7, [255, 206, 130], 0.55);
            }
        }
        T::Pier => {
            let plank = pick(&[[132, 100, 74]]);
            for i in 0..9 {
                let x = -7.0 + i as f32 * 0.62;
                b.rect(x, -0.5, 0.1, 0.82, scale(plank, 0.62));
            }
            b.poly(&[(-9.0, 0.16), (-1.9, 0.16), (-2.15, 0.36), (-9.0, 0.36)], plank);
            b.rect(-9.0, 0.08, 7.1, 0.09, scale(plank, 0.7));
            for i in 0..14 {
                let x = -6.8 + i as f32 * 0.36;
                b.line(&[(x, 0.17), (x - 0.1, 0.35)], 0.012, scale(plank, 0.72));
            }
            for x in [-2.3, -3.6, -4.9] {
                b.limb(&[(x, 0.3), (x, 0.62)], 0.11, 0.09, scale(plank, 0.8));
            }
            b.limb(&[(-3.0, 0.34), (-3.0, 1.5)], 0.05, 0.04, [70, 66, 64]);
            b.pane(-3.08, 1.46, 0.16, 0.2);
            if b.light.lamps {
                b.glow(-3.0, 1.55, 1.4, [255, 206, 130], 0.6);
            }
            // Harbour props: crates and a coil of rope.
            b.rect(-4.4, 0.34, 0.5, 0.4, [160, 116, 74]);
            b.rect(-4.05, 0.72, 0.4, 0.34, [146, 104, 66]);
            b.oval(-5.3, 0.4, 0.26, 0.12, [206, 180, 130]);
        }
        _ => return false,
    }
    true
}
