//! Animals that fly or swim.

use crate::brief::Thing;
use crate::math::fast_sin;
use crate::scene::canvas::{Kind, Rgb, scale};
use crate::scene::plan::Item;
use crate::scene::view::Brush;

/// Draws the thing if it is one of them; false when it isn't.
pub(super) fn draw(b: &mut Brush<'_>, item: &Item, t: f32) -> bool {
    use Thing as T;
    let own = |usual: Rgb| item.colour.unwrap_or(usual);
    let any = |set: &[Rgb]| item.colour.unwrap_or(set[(item.self_ * 97.0) as usize % set.len()]);
    match item.thing {
        T::Bird => {
            let flap = fast_sin(t * 1.4 + item.self_ * 9.0);
            let tone = own([60, 62, 72]);
            b.bulge(0.2);
            b.poly(
                &[
                    (0.0, 0.4),
                    (-0.5, 0.5 + flap * 0.5),
                    (-1.1, 0.42 + flap * 0.8),
                    (-0.5, 0.34 + flap * 0.36),
                ],
                tone,
            );
            b.poly(
                &[
                    (0.0, 0.4),
                    (0.5, 0.5 + flap * 0.5),
                    (1.1, 0.42 + flap * 0.8),
                    (0.5, 0.34 + flap * 0.36),
                ],
                tone,
            );
            b.oval(0.05, 0.38, 0.24, 0.1, tone);
        }
        T::Butterfly => {
            let open = 0.35 + 0.65 * fast_sin(t * 1.8 + item.self_ * 5.0).abs();
            let tone = any(&[[240, 150, 50], [90, 140, 230], [230, 90, 150], [246, 220, 90]]);
            for side in [-1.0, 1.0] {
                b.oval(side * 0.34 * open, 0.66, 0.34 * open, 0.3, tone);
                b.oval(side * 0.26 * open, 0.26, 0.25 * open, 0.22, scale(tone, 0.8));
            }
            b.oval(0.0, 0.46, 0.05, 0.32, [50, 40, 40]);
        }
        T::Bee => {
            for x in [-0.1, 0.16] {
                b.oval(x, 0.7 + 0.1 * fast_sin(t * 6.0), 0.16, 0.22, [226, 240, 250]);
            }
            b.oval(0.0, 0.4, 0.4, 0.27, [246, 200, 60]);
            for x in [-0.16, 0.06] {
                b.rect(x, 0.16, 0.1, 0.48, [50, 40, 30]);
            }
        }
        T::Fish => {
            let tone = any(&[
                [250, 150, 50],
                [80, 160, 230],
                [240, 220, 90],
                [230, 90, 110],
                [120, 210, 190],
            ]);
            let wag = 0.16 * fast_sin(t * 1.2 + item.self_ * 5.0);
            b.poly(
                &[(-0.5, 0.4), (-0.95, 0.66 + wag), (-0.82, 0.4 + wag), (-0.95, 0.14 + wag)],
                scale(tone, 0.85),
            );
            b.oval(0.0, 0.4, 0.62, 0.3, tone);
            b.poly(&[(-0.2, 0.64), (0.2, 0.64), (-0.05, 0.86)], scale(tone, 0.8));
            b.oval(0.36, 0.46, 0.08, 0.08, [250, 250, 250]);
            b.oval(0.38, 0.46, 0.04, 0.04, [20, 20, 24]);
        }
        T::Jellyfish => {
            let tone = any(&[[240, 150, 210], [150, 180, 250], [250, 200, 150]]);
            let pulse = 1.0 + 0.12 * fast_sin(t * 0.5 + item.self_ * 3.0);
            for i in 0..6 {
                let x = (i as f32 - 2.5) * 0.12;
                let s = |k: f32| x + 0.07 * fast_sin(t * 0.4 + k + i as f32 * 0.17);
                b.line(
                    &[(x, 0.6), (s(0.0), 0.35), (s(0.3), 0.1), (s(0.6), -0.2)],
                    0.03,
                    scale(tone, 0.9),
                );
            }
            let dome: Vec<_> = (0..=18)
                .map(|i| {
                    (
                        fast_sin(i as f32 / 36.0 - 0.25) * 0.42 * pulse,
                        0.58 + fast_sin(i as f32 / 36.0) * 0.42,
                    )
                })
                .collect();
            b.poly(&dome, tone);
            b.glow(0.0, 0.65, 0.7, tone, 0.25);
        }
        T::Whale => {
            let tone = own([62, 92, 128]);
            let wag = 0.12 * fast_sin(t * 0.22);
            b.poly(
                &[(-1.1, 0.42), (-1.6, 0.8 + wag), (-1.38, 0.44 + wag), (-1.62, 0.14 + wag)],
                tone,
            );
            b.oval(-0.2, 0.42, 1.05, 0.36, tone);
            b.oval(0.1, 0.28, 0.66, 0.18, [206, 216, 222]);
            b.poly(&[(0.0, 0.2), (-0.4, -0.16), (-0.12, 0.26)], scale(tone, 0.8));
            b.oval(0.56, 0.46, 0.04, 0.04, [20, 20, 26]);
            for i in 0..4 {
                let x = 0.2 + (i as f32 - 1.5) * 0.12;
                b.line(
                    &[(0.2, 0.78), (x, 1.1 + 0.1 * fast_sin(t * 0.6)), (x * 1.3, 1.0)],
                    0.03,
                    [220, 236, 244],
                );
            }
        }
        T::Turtle => {
            let paddle = 0.14 * fast_sin(t * 0.35);
            for (x, y) in [(0.34, 0.2), (-0.36, 0.22)] {
                b.poly(
                    &[(x - 0.1, y + 0.1), (x + 0.1, y + 0.1), (x - 0.2, y - 0.26 + paddle)],
                    [116, 156, 96],
                );
            }
            b.oval(0.66, 0.42, 0.16, 0.13, [126, 166, 104]);
            b.oval(0.0, 0.42, 0.56, 0.32, own([98, 118, 66]));
            for (x, y) in [(-0.24, 0.46), (0.0, 0.52), (0.24, 0.46)] {
                b.oval(x, y, 0.11, 0.11, [136, 150, 88]);
            }
        }
        T::Dragon => {
            let tone = own([176, 52, 48]);
            let flap = fast_sin(t * 0.6);
            b.poly(
                &[
                    (-0.1, 0.6),
                    (-0.7, 1.0 + flap * 0.3),
                    (-0.9, 0.6 + flap * 0.3),
                    (-0.5, 0.66),
                    (-0.3, 0.5),
                ],
                scale(tone, 0.7),
            );
            b.line(&[(-1.2, 0.3 + 0.1 * flap), (-0.8, 0.4), (-0.4, 0.42)], 0.1, tone);
            b.oval(-0.1, 0.45, 0.45, 0.17, tone);
            b.line(&[(0.2, 0.5), (0.5, 0.76), (0.7, 0.8)], 0.12, tone);
            b.poly(&[(0.6, 0.9), (1.06, 0.78), (0.66, 0.68)], tone);
            b.poly(
                &[(0.0, 0.56), (0.1, 1.1 + flap * 0.3), (-0.5, 0.9 + flap * 0.3), (-0.3, 0.52)],
                scale(tone, 0.85),
            );
            b.kind(Kind::Light);
            b.poly(&[(1.04, 0.78), (1.5 + 0.1 * flap, 0.86), (1.45, 0.68)], [255, 160, 50]);
            b.glow(1.3, 0.78, 0.4, [255, 120, 30], 0.6);
        }
        _ => return false,
    }
    true
}
