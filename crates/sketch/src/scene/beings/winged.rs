//! Flying and swimming animals, and the panda.

use crate::brief::Thing;
use crate::math::fast_sin;
use crate::scene::beings::{birds, dragon};
use crate::scene::canvas::{Rgb, scale};
use crate::scene::plan::Item;
use crate::scene::view::Brush;

/// Draws the thing if it is one of these; returns false if not.
pub(super) fn draw(b: &mut Brush<'_>, item: &Item, t: f32) -> bool {
    use Thing as T;
    let own = |usual: Rgb| item.colour.unwrap_or(usual);
    let any = |set: &[Rgb]| item.colour.unwrap_or(set[(item.self_ * 97.0) as usize % set.len()]);
    match item.thing {
        T::Bird => {
            birds::bird(b, any(&[[92, 98, 112], [236, 238, 242], [120, 92, 70]]), item.self_, t);
        }
        T::Swan => birds::swan(b, own([246, 246, 248]), t),
        T::Owl => birds::owl(b, own([138, 104, 72]), t),
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
        T::Dolphin => {
            let tone = own([104, 134, 162]);
            let wag = 0.05 * fast_sin(t * 0.8 + item.self_);
            b.blob(
                &[(-0.7, 0.4), (-0.98, 0.6 + wag), (-0.86, 0.4 + wag), (-0.98, 0.22 + wag)],
                tone,
            );
            b.blob(
                &[
                    (-0.78, 0.38 + wag * 0.5),
                    (-0.3, 0.6),
                    (0.16, 0.66),
                    (0.5, 0.56),
                    (0.64, 0.45),
                    (0.86, 0.4),
                    (0.84, 0.34),
                    (0.6, 0.33),
                    (0.2, 0.3),
                    (-0.3, 0.34),
                ],
                tone,
            );
            b.more(0.22, 0.36, 0.4, 0.07, [222, 232, 238]);
            b.blob(&[(-0.12, 0.6), (-0.22, 0.88), (0.14, 0.64)], scale(tone, 0.82));
            b.blob(&[(0.2, 0.38), (0.0, 0.12), (0.34, 0.34)], scale(tone, 0.78));
            b.oval(0.56, 0.46, 0.026, 0.026, [22, 22, 28]);
        }
        T::Panda => panda(b, t),
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
        T::Dragon => dragon::dragon(b, own([176, 52, 48]), t),
        _ => return false,
    }
    true
}

/// A panda that sits and eats bamboo.
fn panda(b: &mut Brush<'_>, t: f32) {
    let (white, black): (Rgb, Rgb) = ([240, 238, 234], [40, 40, 46]);
    let chew = 0.02 * fast_sin(t * 0.9);
    b.bulge(0.8);
    for x in [-0.26, 0.26] {
        b.oval(x, 0.09, 0.17, 0.1, black);
    }
    b.oval(0.0, 0.3, 0.34, 0.3, white);
    b.limb(&[(-0.24, 0.44), (-0.34, 0.28), (-0.1, 0.24)], 0.16, 0.12, black);
    for x in [-0.23, 0.23] {
        b.oval(x, 0.97, 0.1, 0.1, black);
    }
    b.oval(0.0, 0.76, 0.31, 0.26, white);
    for side in [-1.0, 1.0] {
        b.blob(
            &[(side * 0.08, 0.84), (side * 0.2, 0.82), (side * 0.21, 0.68), (side * 0.11, 0.7)],
            black,
        );
        b.oval(side * 0.135, 0.785, 0.028, 0.032, [250, 250, 250]);
        b.oval(side * 0.13, 0.782, 0.018, 0.022, [20, 18, 20]);
    }
    b.more(0.0, 0.65 + chew * 0.5, 0.12, 0.09, [250, 248, 244]);
    b.oval(0.0, 0.69, 0.045, 0.03, black);
    let tip = (0.12, 0.62 + chew);
    b.limb(&[(0.46, 0.2), tip], 0.05, 0.035, [104, 160, 72]);
    for (x, y) in [(0.3, 0.42), (0.22, 0.5)] {
        b.blob(&[(x, y), (x + 0.12, y + 0.1), (x + 0.22, y + 0.07), (x + 0.1, y)], [86, 150, 64]);
    }
    b.limb(&[(0.26, 0.46), (0.4, 0.34), (0.32, 0.38 + chew)], 0.16, 0.13, black);
}
