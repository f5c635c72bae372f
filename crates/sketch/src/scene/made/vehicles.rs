//! Vehicles on land, on water and in the air.

use crate::brief::Thing;
use crate::math::fast_sin;
use crate::scene::canvas::{Kind, Rgb, scale};
use crate::scene::made::{cars, craft};
use crate::scene::plan::Item;
use crate::scene::view::Brush;

/// Draws the thing if it is one of these; returns false if not.
pub(super) fn draw(b: &mut Brush<'_>, item: &Item, t: f32) -> bool {
    use Thing as T;
    let pick = |set: &[Rgb]| item.colour.unwrap_or(set[(item.self_ * 97.0) as usize % set.len()]);
    match item.thing {
        T::Car => cars::car(
            b,
            pick(&[[206, 60, 54], [56, 108, 190], [236, 190, 70], [230, 232, 236], [70, 140, 100]]),
            t,
        ),
        T::Bus => cars::bus(b, pick(&[[226, 170, 50], [190, 60, 56]]), t),
        T::Tractor => {
            cars::tractor(b, pick(&[[190, 48, 42], [58, 124, 62], [44, 92, 164]]), t);
        }
        T::Submarine => craft::submarine(b, pick(&[[246, 200, 60]]), t),
        T::Helicopter => {
            craft::helicopter(b, pick(&[[206, 60, 54], [52, 96, 160], [236, 190, 70]]), t);
        }
        T::Train => train(b, pick(&[[44, 52, 66], [132, 40, 42], [36, 78, 62]]), t),
        T::Bicycle => {
            for x in [-0.42, 0.42] {
                b.oval(x, 0.26, 0.26, 0.26, [44, 44, 50]);
                b.oval(x, 0.26, 0.21, 0.21, [196, 206, 206]);
                let spin = t * 0.8;
                b.line(
                    &[
                        (x - 0.2 * fast_sin(spin), 0.26 - 0.2 * fast_sin(spin + 0.25)),
                        (x + 0.2 * fast_sin(spin), 0.26 + 0.2 * fast_sin(spin + 0.25)),
                    ],
                    0.015,
                    [90, 90, 96],
                );
            }
            let frame = pick(&[[206, 60, 54], [50, 120, 180]]);
            b.line(&[(-0.42, 0.26), (-0.12, 0.58), (0.3, 0.6), (0.42, 0.26)], 0.04, frame);
            b.line(&[(-0.12, 0.58), (0.02, 0.26), (0.3, 0.6)], 0.04, frame);
            b.line(&[(-0.42, 0.26), (0.02, 0.26)], 0.04, frame);
            b.line(&[(-0.1, 0.6), (-0.02, 0.95), (0.32, 0.66)], 0.11, [70, 90, 140]);
            b.line(&[(-0.08, 0.6), (0.1, 0.45), (0.04, 0.24)], 0.08, [56, 60, 80]);
            b.limb(&[(0.0, 0.92), (0.2, 0.8), (0.34, 0.68)], 0.07, 0.05, [86, 108, 160]);
            b.oval(0.02, 1.1, 0.09, 0.1, [226, 180, 150]);
            b.blob(&[(0.12, 1.14), (0.04, 1.24), (-0.1, 1.18), (-0.08, 1.08)], [70, 46, 36]);
        }
        T::Boat => {
            let rock = fast_sin(t * 0.16 + item.self_) * 0.03;
            let hull = pick(&[[150, 84, 56], [236, 236, 230], [60, 96, 150]]);
            b.poly(
                &[(-0.46, 0.16 + rock), (0.46, 0.16 - rock), (0.32, -0.04), (-0.34, -0.04)],
                hull,
            );
            b.line(&[(0.0, 0.12), (rock, 1.0)], 0.025, [110, 84, 60]);
            b.poly(&[(0.03 + rock, 0.98), (0.03, 0.22), (0.42, 0.24)], [246, 242, 230]);
            b.poly(&[(-0.03 + rock, 0.9), (-0.03, 0.22), (-0.32, 0.24)], [230, 222, 206]);
        }
        T::Ship => {
            let hull = pick(&[[70, 52, 44], [40, 60, 96]]);
            b.poly(&[(-0.8, 0.34), (0.8, 0.38), (0.62, -0.05), (-0.62, -0.05)], hull);
            b.rect(-0.6, 0.34, 0.5, 0.12, scale(hull, 1.3));
            for x in [-0.4, 0.05, 0.46] {
                b.line(&[(x, 0.3), (x, 1.0)], 0.025, [90, 70, 54]);
                for y in [0.48, 0.72] {
                    let billow = 0.05 * fast_sin(t * 0.2 + x);
                    b.poly(
                        &[
                            (x - 0.16, y),
                            (x + 0.2 + billow, y + 0.02),
                            (x + 0.15 + billow, y + 0.2),
                            (x - 0.12, y + 0.2),
                        ],
                        [240, 232, 214],
                    );
                }
            }
            for i in 0..6 {
                b.pane(-0.5 + i as f32 * 0.18, 0.12, 0.07, 0.07);
            }
        }
        T::Plane => {
            let tone = pick(&[[236, 238, 242]]);
            b.bulge(0.8);
            b.poly(&[(-0.1, 0.3), (0.2, 0.3), (-0.3, 0.95), (-0.44, 0.95)], scale(tone, 0.8));
            b.oval(0.0, 0.3, 1.1, 0.17, tone);
            b.poly(&[(-0.9, 0.34), (-0.66, 0.38), (-0.98, 0.85), (-1.14, 0.85)], [206, 60, 54]);
            b.poly(&[(0.0, 0.26), (0.34, 0.24), (-0.3, -0.34), (-0.5, -0.34)], scale(tone, 0.88));
            for i in 0..7 {
                b.pane(-0.5 + i as f32 * 0.17, 0.32, 0.07, 0.06);
            }
        }
        T::Rocket => rocket(b, pick(&[[238, 238, 242]]), t),
        T::Ufo => {
            b.kind(Kind::Light);
            b.veil(&[(-0.3, 0.2), (0.3, 0.2), (0.9, -1.6), (-0.9, -1.6)], [190, 255, 200], 0.25);
            b.kind(Kind::Figure).bulge(0.9);
            b.oval(0.0, 0.45, 0.4, 0.36, [150, 210, 230]);
            b.oval(0.0, 0.28, 0.9, 0.22, pick(&[[168, 172, 184]]));
            b.kind(Kind::Light);
            for i in 0..5 {
                let on = fast_sin(t * 0.8 + i as f32 * 0.2) * 0.5 + 0.5;
                b.glow(-0.6 + i as f32 * 0.3, 0.22, 0.16, [255, 230, 120], on);
            }
        }
        T::Balloon => {
            let set =
                [[220, 70, 70], [240, 180, 60], [70, 130, 200], [130, 80, 180], [80, 170, 120]];
            let tone = pick(&set);
            b.bulge(0.95);
            b.line(&[(-0.1, 0.2), (-0.24, 0.5)], 0.012, [90, 76, 60]);
            b.line(&[(0.1, 0.2), (0.24, 0.5)], 0.012, [90, 76, 60]);
            b.oval(0.0, 0.72, 0.36, 0.38, tone);
            b.more(0.0, 0.72, 0.2, 0.38, scale(tone, 1.25));
            b.more(0.0, 0.72, 0.07, 0.38, tone);
            b.rect(-0.1, 0.08, 0.2, 0.13, [140, 98, 60]);
        }
        _ => return false,
    }
    true
}

/// A steam engine with its tender and wagons, on rails.
fn train(b: &mut Brush<'_>, tone: Rgb, t: f32) {
    b.rect(-30.0, -0.06, 60.0, 0.05, [110, 98, 90]);
    let wheels = |b: &mut Brush<'_>, set: &[(f32, f32)]| {
        for (x, r) in set {
            b.oval(*x, *r, *r, *r, [34, 34, 40]);
            b.oval(*x, *r, r * 0.68, r * 0.68, [150, 60, 52]);
            for i in 0..3 {
                let turn = t * -0.7 + i as f32 / 6.0;
                let (dx, dy) = (r * 0.66 * fast_sin(turn), r * 0.66 * fast_sin(turn + 0.25));
                b.line(&[(x - dx, r - dy), (x + dx, r + dy)], r * 0.14, [60, 56, 58]);
            }
        }
    };
    for wagon in 0..4 {
        let x = -2.3 - wagon as f32 * 1.96;
        b.bulge(0.35);
        b.rect(x - 0.9, 0.2, 1.8, 0.66, [[176, 62, 52], [206, 168, 96]][wagon % 2]);
        b.blob(
            &[(x - 0.96, 0.84), (x - 0.9, 0.98), (x + 0.9, 0.98), (x + 0.96, 0.84)],
            [70, 66, 70],
        );
        b.rect(x - 0.9, 0.3, 1.8, 0.05, [240, 226, 190]);
        for pane in 0..5 {
            b.pane(x - 0.8 + pane as f32 * 0.34, 0.5, 0.22, 0.24);
        }
        b.rect(x + 0.9, 0.24, 0.18, 0.06, [40, 40, 46]);
        wheels(b, &[(x - 0.62, 0.13), (x - 0.3, 0.13), (x + 0.3, 0.13), (x + 0.62, 0.13)]);
    }
    b.bulge(0.4);
    b.rect(-1.2, 0.2, 0.6, 0.46, scale(tone, 0.8));
    b.blob(&[(-1.18, 0.64), (-0.9, 0.78), (-0.62, 0.64)], [30, 30, 34]);
    b.rect(-0.56, 0.2, 0.5, 0.78, tone);
    b.pane(-0.46, 0.62, 0.26, 0.24);
    b.blob(&[(-0.64, 0.97), (-0.6, 1.05), (0.0, 1.05), (0.04, 0.97)], scale(tone, 0.7));
    b.bulge(0.9);
    b.blob(&[(-0.1, 0.3), (-0.1, 0.76), (0.3, 0.78), (1.0, 0.76), (1.08, 0.54), (1.0, 0.32)], tone);
    for x in [0.2, 0.56, 0.9] {
        b.line(&[(x, 0.33), (x, 0.765)], 0.03, [206, 166, 84]);
    }
    b.poly(&[(0.74, 0.74), (0.94, 0.74), (0.99, 1.12), (0.69, 1.12)], scale(tone, 0.75));
    b.oval(0.38, 0.8, 0.13, 0.11, [206, 166, 84]);
    b.bulge(0.3);
    b.rect(-0.5, 0.22, 1.6, 0.1, scale(tone, 0.6));
    b.poly(&[(1.08, 0.26), (1.1, 0.1), (1.36, 0.02), (1.2, 0.26)], [150, 46, 42]);
    wheels(b, &[(-0.28, 0.2), (0.16, 0.2), (0.58, 0.2), (0.94, 0.12)]);
    let crank = (0.1 * fast_sin(t * -0.7), 0.1 * fast_sin(t * -0.7 + 0.25));
    b.line(
        &[(-0.28 + crank.0, 0.2 + crank.1), (0.58 + crank.0, 0.2 + crank.1)],
        0.035,
        [200, 204, 210],
    );
    b.kind(Kind::Light).oval(1.1, 0.62, 0.06, 0.07, [255, 240, 190]);
    if b.light.lamps {
        b.glow(1.14, 0.62, 0.8, [255, 236, 180], 0.8);
    }
    b.kind(Kind::Sky).bulge(0.6);
    for i in (0..9).rev() {
        let age = (t * 0.32 + i as f32 / 9.0).fract();
        let grey = 190 + (age * 50.0) as u8;
        b.oval(
            0.84 - age * 3.2,
            1.2 + age * 0.8 + 0.05 * fast_sin(i as f32 * 0.37),
            0.12 + age * 0.36,
            0.1 + age * 0.26,
            [grey, grey, grey + 4],
        );
    }
}

fn rocket(b: &mut Brush<'_>, tone: Rgb, t: f32) {
    let lick = 0.05 * fast_sin(t * 5.0);
    b.kind(Kind::Light).bulge(0.0);
    for (wide, long, hue) in
        [(0.12, 0.52, [255, 120, 40]), (0.085, 0.36, [255, 196, 80]), (0.045, 0.2, [255, 250, 220])]
    {
        b.blob(
            &[
                (-wide, 0.08),
                (wide, 0.08),
                (wide * 0.7, -long * 0.4),
                (0.0, -long - lick),
                (-wide * 0.7, -long * 0.4),
            ],
            hue,
        );
    }
    b.glow(0.0, -0.15, 0.7, [255, 150, 60], 0.7);
    b.kind(Kind::Figure).bulge(0.7);
    for side in [-1.0, 1.0] {
        b.blob(
            &[(side * 0.12, 0.4), (side * 0.28, 0.2), (side * 0.3, -0.02), (side * 0.12, 0.1)],
            [206, 60, 54],
        );
    }
    b.bulge(0.95);
    b.blob(
        &[
            (-0.11, 0.06),
            (0.11, 0.06),
            (0.16, 0.4),
            (0.14, 0.7),
            (0.05, 0.95),
            (0.0, 1.0),
            (-0.05, 0.95),
            (-0.14, 0.7),
            (-0.16, 0.4),
        ],
        tone,
    );
    b.blob(&[(-0.12, 0.76), (0.12, 0.76), (0.04, 0.97), (0.0, 1.02), (-0.04, 0.97)], [206, 60, 54]);
    b.rect(-0.145, 0.3, 0.29, 0.035, [206, 60, 54]);
    b.oval(0.0, 0.58, 0.075, 0.075, [96, 104, 118]);
    b.oval(0.0, 0.58, 0.055, 0.055, [110, 186, 232]);
    b.poly(&[(-0.025, 0.3), (0.025, 0.3), (0.02, 0.02), (-0.02, 0.02)], [206, 60, 54]);
}

/// A rocket's exhaust: clouds that roll over the ground, and a pillar up to its flame.
pub(crate) fn plume(b: &mut Brush<'_>, up: f32, t: f32) {
    b.bulge(0.0);
    b.rect(-0.3, -0.04, 0.6, 0.05, [96, 98, 106]);
    b.kind(Kind::Built).rect(0.22, 0.0, 0.05, 0.86, [120, 60, 54]);
    for i in 0..8 {
        let y = 0.04 + i as f32 * 0.1;
        b.line(&[(0.22, y), (0.27, y + 0.08)], 0.012, [90, 44, 40]);
    }
    b.rect(0.12, 0.62, 0.12, 0.03, [120, 60, 54]);
    b.kind(Kind::Sky).bulge(0.7);
    let puffs = 14;
    for i in 0..puffs {
        let k = i as f32 / puffs as f32;
        let y = up * k;
        if up > 0.02 {
            let wobble = 0.05 * fast_sin(i as f32 * 0.37 + t * 0.2);
            b.oval(wobble, y - 0.1, 0.09 + 0.09 * (1.0 - k), 0.12 + 0.05 * up, [232, 226, 224]);
        }
    }
    for i in 0..16 {
        let side = if i % 2 == 0 { 1.0 } else { -1.0 };
        let age = (t * 0.16 + i as f32 * 0.0625).fract();
        let (x, y) = (side * age * 1.5, 0.02 + 0.12 * age * (1.0 + fast_sin(i as f32 * 0.3)));
        b.oval(x, y, 0.1 + 0.24 * age, 0.08 + 0.16 * age, [238, 228, 222]);
    }
    b.kind(Kind::Light);
    b.glow(0.0, 0.0, 1.1, [255, 150, 70], 0.6 * (1.0 - up * 0.5).max(0.15));
}
