//! Animals that fly or swim.

use crate::brief::Thing;
use crate::math::fast_sin;
use crate::scene::canvas::{Kind, Rgb, blend, scale};
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
        T::Dragon => dragon(b, own([176, 52, 48]), t),
        _ => return false,
    }
    true
}

fn dragon(b: &mut Brush<'_>, tone: Rgb, t: f32) {
    let flap = fast_sin(t * 0.6);
    let wing = |b: &mut Brush<'_>, x: f32, tone: Rgb| {
        let (up, back) = (0.62 + 0.34 * flap, -0.5);
        let tip = (x + back - 0.35, 0.55 + up * 0.75);
        b.blob(
            &[
                (x + 0.1, 0.5),
                (x - 0.05, 0.62 + up * 0.7),
                (x - 0.22, 0.66 + up),
                tip,
                (x + back - 0.1, 0.5 + up * 0.45),
                (x + back + 0.02, 0.62 + up * 0.1),
                (x + back * 0.5, 0.44 + up * 0.2),
                (x - 0.28, 0.44),
            ],
            tone,
        );
        for far in [0.0, 0.34, 0.66] {
            let end = (tip.0 + 0.36 * far, tip.1 - 0.42 * far * up.max(0.3));
            b.line(&[(x - 0.16, 0.62 + up * 0.88), end], 0.022, scale(tone, 0.7));
        }
    };
    wing(b, 0.08, scale(tone, 0.6));
    b.limb(&[(0.12, 0.34), (0.2, 0.16), (0.12, 0.06)], 0.09, 0.05, scale(tone, 0.7));
    b.limb(&[(-0.3, 0.34), (-0.36, 0.16), (-0.46, 0.08)], 0.1, 0.05, scale(tone, 0.7));
    let lash = 0.1 * fast_sin(t * 0.45);
    b.limb(
        &[
            (0.3, 0.52),
            (0.0, 0.42),
            (-0.34, 0.4),
            (-0.72, 0.34 + lash),
            (-1.02, 0.46 + lash),
            (-1.3, 0.38 + lash * 2.0),
        ],
        0.26,
        0.03,
        tone,
    );
    b.poly(
        &[
            (-1.24, 0.38 + lash * 2.0),
            (-1.36, 0.5 + lash * 2.0),
            (-1.5, 0.38 + lash * 2.0),
            (-1.36, 0.28 + lash * 2.0),
        ],
        scale(tone, 0.75),
    );
    b.blob(
        &[(0.36, 0.56), (0.2, 0.64), (-0.16, 0.58), (-0.4, 0.44), (-0.12, 0.26), (0.22, 0.3)],
        tone,
    );
    b.more(0.08, 0.34, 0.2, 0.07, blend(tone, [250, 214, 140], 0.55));
    b.limb(&[(0.18, 0.5), (0.4, 0.62), (0.5, 0.8), (0.66, 0.86)], 0.24, 0.13, tone);
    for i in 0..7 {
        let k = i as f32 / 6.0;
        let (x, y) = (-0.4 + k * 0.84, 0.5 + 0.1 * k + 0.14 * (k * k));
        b.poly(&[(x - 0.05, y), (x + 0.05, y + 0.03), (x - 0.04, y + 0.13)], scale(tone, 0.66));
    }
    for far in [0.0, 0.05] {
        b.limb(
            &[(0.62 - far, 0.9), (0.5 - far, 1.0), (0.42 - far, 1.02)],
            0.05,
            0.012,
            [236, 220, 190],
        );
    }
    b.blob(&[(0.56, 0.92), (0.72, 0.95), (1.0, 0.86), (1.0, 0.79), (0.7, 0.75), (0.56, 0.8)], tone);
    b.oval(0.71, 0.88, 0.03, 0.03, [255, 226, 90]);
    b.oval(0.72, 0.88, 0.012, 0.022, [20, 16, 16]);
    wing(b, -0.04, scale(tone, 0.88));
    b.kind(Kind::Light).bulge(0.0);
    let reach = 1.42 + 0.1 * flap;
    for (k, hue) in [(1.0, [255, 110, 30]), (0.72, [255, 176, 60]), (0.4, [255, 240, 170])] {
        b.blob(
            &[
                (1.0, 0.83),
                (1.12, 0.83 + 0.07 * k),
                (1.0 + (reach - 1.0) * k, 0.83 + 0.03 * flap),
                (1.12, 0.83 - 0.07 * k),
            ],
            hue,
        );
    }
    b.glow(1.2, 0.83, 0.36, [255, 120, 30], 0.5);
}
