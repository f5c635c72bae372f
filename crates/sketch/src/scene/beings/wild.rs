//! Monkeys, squirrels and crocodiles.

use crate::math::fast_sin;
use crate::scene::beings::gait::{Gait, Leg};
use crate::scene::canvas::{Rgb, blend, scale};
use crate::scene::view::Brush;

/// A monkey that sits and scratches its head.
pub(super) fn monkey(b: &mut Brush<'_>, coat: Rgb, t: f32) {
    let (face, dark) = (blend(coat, [255, 220, 184], 0.7), scale(coat, 0.78));
    let curl = 0.03 * fast_sin(t * 0.3);
    let scratch = 0.03 * fast_sin(t * 2.2) * fast_sin(t * 0.23).max(0.0);
    b.bulge(0.8);
    b.limb(
        &[(-0.16, 0.08), (-0.46, 0.07), (-0.6, 0.3), (-0.5 + curl, 0.52), (-0.36 + curl, 0.44)],
        0.08,
        0.06,
        dark,
    );
    b.limb(&[(-0.16, 0.5), (-0.32, 0.34), (-0.24, 0.14)], 0.13, 0.1, dark);
    b.blob(
        &[(-0.25, 0.04), (-0.27, 0.3), (-0.14, 0.57), (0.13, 0.57), (0.24, 0.3), (0.22, 0.04)],
        coat,
    );
    b.more(0.02, 0.29, 0.14, 0.2, face);
    for side in [-1.0, 1.0] {
        b.limb(&[(side * 0.13, 0.12), (side * 0.3, 0.3), (side * 0.28, 0.06)], 0.16, 0.1, coat);
        b.oval(side * 0.32, 0.035, 0.11, 0.045, face);
        b.oval(side * 0.27, 0.77, 0.1, 0.1, dark);
        b.more(side * 0.27, 0.77, 0.06, 0.06, face);
    }
    b.oval(0.0, 0.78, 0.25, 0.23, coat);
    b.oval(-0.085, 0.8, 0.115, 0.11, face);
    b.more(0.085, 0.8, 0.115, 0.11, face);
    b.more(0.0, 0.68, 0.17, 0.115, face);
    for x in [-0.075, 0.085] {
        b.oval(x, 0.81, 0.03, 0.037, [30, 22, 22]);
        b.more(x + 0.01, 0.824, 0.01, 0.01, [250, 250, 250]);
    }
    for x in [-0.022, 0.022] {
        b.oval(x, 0.715, 0.011, 0.01, dark);
    }
    b.line(&[(-0.09, 0.655), (0.0, 0.63), (0.09, 0.655)], 0.014, scale(coat, 0.5));
    b.limb(&[(0.15, 0.5), (0.4, 0.6), (0.24 + scratch, 0.9 + scratch)], 0.13, 0.09, coat);
    b.oval(0.23 + scratch, 0.92 + scratch, 0.055, 0.05, face);
}

/// A squirrel that sits up and eats a nut.
pub(super) fn squirrel(b: &mut Brush<'_>, coat: Rgb, t: f32) {
    let (pale, dark) = (blend(coat, [255, 246, 230], 0.72), scale(coat, 0.76));
    let flick = 0.03 * fast_sin(t * 0.5);
    let nibble = 0.012 * fast_sin(t * 3.1);
    b.bulge(0.8);
    b.rough(
        &[
            (-0.14, 0.04),
            (-0.46, 0.08),
            (-0.66, 0.44),
            (-0.6 + flick, 0.9),
            (-0.36 + flick, 1.08),
            (-0.16 + flick, 0.98),
            (-0.2 + flick, 0.8),
            (-0.34, 0.76),
            (-0.36, 0.46),
            (-0.14, 0.22),
        ],
        scale(coat, 1.06),
        0.08,
        0.5,
    );
    b.oval(0.14, 0.02, 0.16, 0.04, dark);
    b.blob(
        &[(-0.24, 0.03), (-0.25, 0.28), (-0.08, 0.54), (0.12, 0.55), (0.22, 0.3), (0.17, 0.03)],
        coat,
    );
    b.more(0.1, 0.3, 0.1, 0.19, pale);
    b.oval(-0.04, 0.16, 0.18, 0.15, coat);
    b.blob(&[(0.0, 0.76), (0.02, 0.96), (0.12, 0.78)], dark);
    b.blob(&[(0.1, 0.78), (0.17, 0.98), (0.22, 0.76)], coat);
    b.oval(0.13, 0.67, 0.18, 0.155, coat);
    b.limb(&[(0.16, 0.66), (0.31, 0.61)], 0.2, 0.11, coat);
    b.more(0.3, 0.59, 0.06, 0.045, pale);
    b.oval(0.36, 0.63, 0.024, 0.02, [40, 26, 24]);
    b.oval(0.2, 0.71, 0.032, 0.038, [28, 20, 20]);
    b.more(0.21, 0.722, 0.01, 0.011, [250, 250, 250]);
    b.oval(0.37, 0.49 + nibble, 0.065, 0.075, [150, 98, 52]);
    b.oval(0.37, 0.545 + nibble, 0.07, 0.028, [104, 68, 40]);
    b.limb(&[(0.1, 0.46), (0.2, 0.4), (0.33, 0.46 + nibble)], 0.1, 0.06, dark);
}

/// A crocodile: long and low, with jaws that open sometimes.
pub(super) fn crocodile(b: &mut Brush<'_>, skin: Rgb, gait: Gait) {
    let (dark, pale) = (scale(skin, 0.72), blend(skin, [240, 236, 190], 0.5));
    let sway = 0.05 * gait.swing();
    let gape = 0.16 * fast_sin(gait.t * 0.17).max(0.0);
    let phases = gait.phases();
    let leg = |b: &mut Brush<'_>, x: f32, at: usize, tone: Rgb| {
        let hind = at > 1;
        Leg { hip: (x, 0.28), thick: 0.11, hind, tone, foot: dark }.draw(b, phases[at], gait.reach);
    };
    b.bulge(0.7);
    leg(b, -0.42, 3, dark);
    leg(b, 0.34, 1, dark);
    b.limb(
        &[(-0.4, 0.33), (-0.95, 0.3), (-1.35, 0.2 + sway), (-1.7, 0.14 - sway)],
        0.34,
        0.05,
        skin,
    );
    b.blob(
        &[
            (-0.64, 0.3),
            (-0.5, 0.46),
            (0.0, 0.52),
            (0.5, 0.46),
            (0.62, 0.32),
            (0.4, 0.16),
            (-0.4, 0.15),
        ],
        skin,
    );
    b.more(0.0, 0.2, 0.46, 0.06, pale);
    for i in 0..12 {
        let x = -1.3 + i as f32 * 0.15;
        let y = 0.49 - 0.2 * (x + 0.05).abs().min(1.4) * if x < 0.0 { 0.8 } else { 0.3 };
        b.poly(&[(x - 0.07, y - 0.03), (x + 0.07, y - 0.03), (x - 0.02, y + 0.07)], dark);
    }
    // The jaws, with teeth between them.
    b.blob(
        &[
            (0.48, 0.3),
            (0.8, 0.2 - gape * 0.5),
            (1.28, 0.18 - gape),
            (1.3, 0.12 - gape),
            (0.8, 0.1 - gape * 0.5),
            (0.48, 0.16),
        ],
        pale,
    );
    for i in 0..7 {
        let x = 0.74 + 0.08 * i as f32;
        b.poly(&[(x - 0.025, 0.26), (x + 0.025, 0.26), (x, 0.18)], [250, 248, 238]);
    }
    b.blob(
        &[
            (0.44, 0.36),
            (0.56, 0.5),
            (0.7, 0.5),
            (0.8, 0.4),
            (1.2, 0.36),
            (1.32, 0.3),
            (1.28, 0.24),
            (0.5, 0.24),
        ],
        skin,
    );
    b.oval(1.26, 0.34, 0.04, 0.035, dark);
    b.oval(0.63, 0.47, 0.055, 0.055, [236, 206, 80]);
    b.oval(0.64, 0.47, 0.016, 0.04, [20, 20, 20]);
    leg(b, -0.46, 2, skin);
    leg(b, 0.38, 0, skin);
}
