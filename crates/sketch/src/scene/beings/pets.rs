//! Dogs and cats.

use crate::math::fast_sin;
use crate::scene::beings::gait::{Gait, Leg};
use crate::scene::canvas::{Rgb, blend, scale};
use crate::scene::view::Brush;

/// A dog: hanging ears, a wagging tail, a collar, and its tongue out.
pub(super) fn dog(b: &mut Brush<'_>, coat: Rgb, gait: Gait) {
    let up = gait.bob();
    let (dark, pale) = (scale(coat, 0.74), blend(coat, [255, 244, 226], 0.5));
    let phases = gait.phases();
    let leg = |b: &mut Brush<'_>, x: f32, at: usize, tone: Rgb| {
        let hind = at > 1;
        Leg { hip: (x, 0.44 + up), thick: 0.07, hind, tone, foot: scale(tone, 1.1) }
            .draw(b, phases[at], gait.reach);
    };
    b.bulge(0.75);
    leg(b, -0.26, 3, dark);
    leg(b, 0.2, 1, dark);
    let wag = 0.07 * fast_sin(gait.t * 1.9);
    b.limb(
        &[(-0.34, 0.52 + up), (-0.5, 0.62 + up), (-0.6 + wag * 0.4, 0.78 + up + wag)],
        0.1,
        0.07,
        dark,
    );
    b.limb(&[(0.22, 0.5 + up), (0.36, 0.68 + up), (0.42, 0.78 + up)], 0.26, 0.2, coat);
    b.blob(
        &[
            (-0.4, 0.44 + up),
            (-0.34, 0.58 + up),
            (-0.1, 0.57 + up),
            (0.2, 0.62 + up),
            (0.36, 0.5 + up),
            (0.28, 0.32 + up),
            (0.0, 0.33 + up),
            (-0.3, 0.34 + up),
        ],
        coat,
    );
    b.more(0.3, 0.44 + up, 0.07, 0.11, pale);
    leg(b, -0.31, 2, coat);
    leg(b, 0.25, 0, coat);
    b.limb(&[(0.26, 0.66 + up), (0.46, 0.6 + up)], 0.06, 0.06, [206, 58, 54]);
    b.oval(0.42, 0.84 + up, 0.17, 0.16, coat);
    b.blob(
        &[
            (0.44, 0.9 + up),
            (0.56, 0.87 + up),
            (0.7, 0.82 + up),
            (0.71, 0.74 + up),
            (0.58, 0.7 + up),
            (0.42, 0.72 + up),
        ],
        coat,
    );
    b.more(0.62, 0.76 + up, 0.09, 0.05, pale);
    b.bulge(0.2);
    b.blob(
        &[(0.6, 0.72 + up), (0.66, 0.71 + up), (0.65, 0.61 + up), (0.6, 0.62 + up)],
        [232, 110, 120],
    );
    b.bulge(0.75);
    b.oval(0.7, 0.82 + up, 0.034, 0.028, [34, 28, 30]);
    b.oval(0.5, 0.89 + up, 0.024, 0.028, [26, 20, 20]);
    b.more(0.506, 0.9 + up, 0.008, 0.009, [250, 250, 250]);
    let flap = 0.03 * gait.reach * gait.swing();
    b.blob(
        &[
            (0.3, 0.97 + up),
            (0.42, 0.95 + up),
            (0.4, 0.8 + up),
            (0.33 - flap, 0.64 + up + flap),
            (0.25 - flap, 0.68 + up + flap),
            (0.25, 0.86 + up),
        ],
        dark,
    );
}

pub(super) fn cat(b: &mut Brush<'_>, coat: Rgb, t: f32) {
    let flick = fast_sin(t * 0.3) * 0.12;
    b.limb(
        &[(-0.15, 0.06), (-0.46, 0.07), (-0.56, 0.3 + flick), (-0.46 + flick, 0.5)],
        0.1,
        0.07,
        scale(coat, 0.85),
    );
    b.blob(
        &[(-0.3, 0.03), (-0.27, 0.36), (-0.06, 0.62), (0.2, 0.6), (0.28, 0.3), (0.27, 0.03)],
        coat,
    );
    b.blob(
        &[(0.04, 0.5), (0.2, 0.52), (0.23, 0.24), (0.1, 0.16)],
        blend(coat, [255, 250, 240], 0.6),
    );
    for x in [0.02, 0.18] {
        b.limb(&[(x, 0.32), (x + 0.02, 0.05)], 0.1, 0.09, scale(coat, 1.05));
        b.oval(x + 0.04, 0.03, 0.07, 0.04, blend(coat, [255, 250, 240], 0.5));
    }
    for side in [-1.0, 1.0] {
        let x = 0.12 + side * 0.15;
        b.poly(&[(x - 0.09, 0.82), (x + 0.09, 0.82), (x + side * 0.05, 1.06)], coat);
    }
    b.oval(0.12, 0.72, 0.25, 0.21, coat);
    let blink = if (t * 0.31).fract() > 0.95 { 0.01 } else { 0.045 };
    for x in [0.03, 0.22] {
        b.oval(x, 0.75, 0.04, blink, [90, 170, 90]);
        b.oval(x, 0.75, 0.016, blink, [20, 20, 22]);
    }
    b.more(0.125, 0.64, 0.1, 0.07, blend(coat, [255, 250, 240], 0.5));
    b.oval(0.125, 0.67, 0.025, 0.02, [230, 130, 130]);
    for side in [-1.0, 1.0] {
        for y in [0.62, 0.66] {
            b.line(
                &[(0.125 + side * 0.09, 0.645), (0.125 + side * 0.3, y)],
                0.008,
                [250, 248, 240],
            );
        }
    }
}
