//! Costumes and props: what distinguishes knights, wizards, kings, surfers and others from ordinary
//! people.

use crate::brief::Thing;
use crate::math::fast_sin;
use crate::scene::canvas::{Kind, Rgb, scale};
use crate::scene::plan::Item;
use crate::scene::view::Brush;

/// Parts behind the figure: capes, and the wave under a surfer.
pub(super) fn behind(b: &mut Brush<'_>, item: &Item, neck: f32, t: f32) {
    let wind = 0.03 * fast_sin(t * 0.35);
    match item.thing {
        Thing::Knight | Thing::Royal => {
            let cloth: Rgb = if item.thing == Thing::Royal { [150, 36, 60] } else { [176, 44, 48] };
            b.blob(
                &[
                    (-0.1, neck),
                    (0.08, neck),
                    (0.02, 0.4),
                    (-0.06, 0.12),
                    (-0.3 - wind * 2.0, 0.1 + wind),
                    (-0.22 - wind, 0.46),
                ],
                cloth,
            );
        }
        Thing::Surfer => wave(b, t),
        Thing::Skier => skis(b, t),
        _ => {}
    }
}

/// Skis, and the snow that they kick up.
fn skis(b: &mut Brush<'_>, t: f32) {
    b.kind(Kind::Water).bulge(0.4);
    for i in 0..9 {
        let age = (t * 0.7 + i as f32 / 9.0).fract();
        let r = 0.03 + 0.07 * age;
        let up = 0.02 + 0.2 * age * (1.0 - 0.6 * age) * (1.0 + 0.4 * fast_sin(i as f32 * 0.37));
        b.oval(-0.36 - age * 0.6, up, r, r * 0.8, [248, 250, 254]);
    }
    b.kind(Kind::Figure);
    for (x, y, tone) in [(-0.04, 0.02, [150, 36, 44]), (0.06, -0.01, [206, 52, 58])] {
        b.line(&[(x - 0.5, y), (x + 0.44, y), (x + 0.54, y + 0.05)], 0.026, tone);
    }
}

/// A mermaid's tail, from her hips down.
pub(super) fn tail(b: &mut Brush<'_>, (x, y): (f32, f32), tone: Rgb, t: f32) {
    let beat = 0.05 * fast_sin(t * 0.35);
    let (bend, tip) = ((x - 0.12 + beat, 0.16), (x - 0.3 + beat * 2.0, 0.1));
    for (dx, dy) in [(-0.2, 0.12), (-0.16, -0.14)] {
        b.blob(
            &[
                tip,
                (tip.0 + dx * 0.5, tip.1 + dy),
                (tip.0 + dx, tip.1 + dy * 1.1),
                (tip.0 + dx * 0.7, tip.1 + dy * 0.3),
            ],
            scale(tone, 1.15),
        );
    }
    b.limb(&[(x, y + 0.06), (x + 0.03, 0.34), bend, tip], 0.2, 0.05, tone);
    for i in 0..4 {
        let (sx, sy) = (x + 0.01 - 0.012 * i as f32, y - 0.02 - 0.065 * i as f32);
        let wide = 0.07 - 0.008 * i as f32;
        b.line(
            &[(sx - wide, sy + 0.02), (sx, sy), (sx + wide, sy + 0.02)],
            0.012,
            scale(tone, 0.78),
        );
    }
}

/// A wave that curls over, with spray on its crest.
fn wave(b: &mut Brush<'_>, t: f32) {
    let roll = 0.03 * fast_sin(t * 0.3);
    b.kind(Kind::Water).bulge(0.3);
    b.blob(
        &[
            (-2.6, -0.3),
            (-1.9, 0.0),
            (-1.1, 0.36),
            (-0.66, 0.96 + roll),
            (-0.2, 1.3 + roll),
            (0.3, 1.34 + roll),
            (0.62, 1.1 + roll),
            (0.5, 1.02 + roll),
            (0.24, 1.1 + roll),
            (-0.06, 0.9),
            (-0.12, 0.4),
            (0.3, -0.02),
            (1.2, -0.16),
            (1.9, -0.34),
        ],
        [36, 132, 168],
    );
    for i in 0..7 {
        let k = i as f32 / 6.0;
        let slide = (t * 0.25 + k * 0.37).fract() * 0.12;
        b.line(
            &[
                (-1.7 + k * 1.1, -0.08 + k * 0.1 + slide),
                (-0.95 + k * 0.62, 0.4 + k * 0.28 + slide),
                (-0.45 + k * 0.4, 0.9 + k * 0.2),
            ],
            0.018,
            [120, 200, 222],
        );
    }
    for i in 0..13 {
        let k = i as f32 / 12.0;
        let (x, y) = (-0.72 + 1.36 * k, 0.98 + roll + 0.38 * fast_sin(0.06 + k * 0.4));
        let puff = 0.07 + 0.03 * fast_sin(t * 0.7 + i as f32 * 0.31);
        b.oval(x, y, puff, puff * 0.8, [246, 252, 252]);
    }
    b.kind(Kind::Figure).bulge(0.7);
    b.limb(&[(-0.42, 0.0), (0.0, -0.03), (0.44, 0.06)], 0.07, 0.04, [250, 206, 92]);
    for i in 0..5 {
        let age = (t * 0.6 + i as f32 * 0.2).fract();
        b.oval(-0.46 - age * 0.3, 0.02 + 0.14 * age, 0.05 * (1.2 - age), 0.04, [250, 252, 252]);
    }
}

/// Headgear, and props in the hand, in front of the figure.
pub(super) fn before(b: &mut Brush<'_>, item: &Item, (x, y): (f32, f32), hand: (f32, f32), t: f32) {
    match item.thing {
        Thing::Knight => {
            let steel = [190, 196, 206];
            b.oval(x, y + 0.01, 0.1, 0.115, steel);
            b.rect(x - 0.01, y - 0.02, 0.11, 0.035, [36, 38, 48]);
            b.line(&[(x + 0.02, y - 0.09), (x + 0.02, y - 0.03)], 0.014, scale(steel, 0.6));
            let sway = 0.03 * fast_sin(t * 0.4);
            b.blob(
                &[
                    (x, y + 0.1),
                    (x - 0.06, y + 0.2),
                    (x - 0.2 - sway, y + 0.14),
                    (x - 0.1, y + 0.1),
                ],
                [206, 52, 50],
            );
            b.line(&[hand, (hand.0 + 0.1, hand.1 + 0.46)], 0.03, [226, 230, 238]);
            b.line(
                &[(hand.0 - 0.06, hand.1 + 0.075), (hand.0 + 0.09, hand.1 + 0.045)],
                0.03,
                [190, 150, 70],
            );
        }
        Thing::Wizard => {
            let cloth = item.colour.unwrap_or([74, 62, 150]);
            b.blob(
                &[
                    (x - 0.02, y - 0.04),
                    (x + 0.09, y - 0.03),
                    (x + 0.07, y - 0.22),
                    (x + 0.02, y - 0.32),
                    (x - 0.02, y - 0.2),
                ],
                [232, 232, 236],
            );
            b.oval(x, y + 0.05, 0.17, 0.035, scale(cloth, 0.85));
            b.poly(&[(x - 0.1, y + 0.05), (x + 0.1, y + 0.05), (x - 0.06, y + 0.36)], cloth);
            b.line(&[(hand.0, 0.0), (hand.0 + 0.02, hand.1 + 0.34)], 0.028, [110, 78, 50]);
            let tip = (hand.0 + 0.02, hand.1 + 0.38);
            b.kind(Kind::Light).oval(tip.0, tip.1, 0.04, 0.04, [170, 230, 255]);
            b.glow(tip.0, tip.1, 0.46, [110, 170, 255], 0.75 + 0.2 * fast_sin(t * 0.7));
            for i in 0..9 {
                let age = (t * 0.3 + i as f32 / 9.0).fract();
                let turn = i as f32 * 0.618 + age * 0.4;
                let far = 0.08 + 0.36 * age;
                let at = (tip.0 + far * fast_sin(turn), tip.1 + far * fast_sin(turn + 0.25));
                b.glow(at.0, at.1, 0.045, [200, 220, 255], 1.2 * (1.0 - age));
            }
            b.kind(Kind::Figure);
        }
        Thing::Mermaid => {
            for side in [-0.045, 0.06] {
                b.oval(x - 0.012 + side, y - 0.2, 0.045, 0.04, [176, 96, 190]);
            }
        }
        Thing::Skier => {
            let wool = item.colour.unwrap_or([236, 186, 60]);
            b.blob(
                &[
                    (x - 0.1, y + 0.03),
                    (x - 0.07, y + 0.12),
                    (x + 0.04, y + 0.12),
                    (x + 0.09, y + 0.04),
                ],
                wool,
            );
            b.oval(x - 0.02, y + 0.14, 0.034, 0.034, [248, 248, 246]);
            b.rect(x - 0.01, y - 0.015, 0.1, 0.045, [40, 60, 110]);
            b.line(&[(hand.0 + 0.05, hand.1 + 0.06), (hand.0 - 0.3, 0.06)], 0.016, [70, 74, 84]);
        }
        Thing::Royal => {
            b.bulge(0.3);
            b.poly(
                &[
                    (x - 0.08, y + 0.06),
                    (x + 0.08, y + 0.06),
                    (x + 0.1, y + 0.18),
                    (x + 0.045, y + 0.11),
                    (x, y + 0.2),
                    (x - 0.045, y + 0.11),
                    (x - 0.1, y + 0.18),
                ],
                [248, 206, 84],
            );
            b.oval(x, y + 0.085, 0.016, 0.016, [206, 50, 70]);
        }
        Thing::Umbrella => {
            let cloth = item.colour.unwrap_or(
                [[206, 58, 54], [60, 110, 176], [244, 190, 70], [70, 74, 90]]
                    [(item.self_ * 61.0) as usize % 4],
            );
            let top = (hand.0 - 0.04, 1.2);
            b.line(&[hand, top], 0.018, [70, 60, 56]);
            b.bulge(0.6);
            let dome: Vec<_> = (0..=12)
                .map(|i| {
                    let turn = i as f32 / 24.0 - 0.25;
                    (top.0 + 0.34 * fast_sin(turn), 1.02 + 0.2 * fast_sin(turn + 0.25))
                })
                .collect();
            b.poly(&dome, cloth);
            for (k, tone) in [(-0.17, 0.82), (0.17, 0.9)] {
                b.line(&[(top.0 + k, 1.03), top], 0.01, scale(cloth, tone));
            }
        }
        _ => {}
    }
}
