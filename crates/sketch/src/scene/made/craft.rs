//! Helicopters and submarines.

use crate::math::fast_sin;
use crate::scene::canvas::{Kind, Rgb, scale};
use crate::scene::view::Brush;

const GLASS: Rgb = [150, 202, 230];

/// A helicopter, flying to the right; its rotor is a blur with a visible blade.
pub(super) fn helicopter(b: &mut Brush<'_>, tone: Rgb, t: f32) {
    let (dark, steel) = (scale(tone, 0.76), [70, 74, 84]);
    b.bulge(0.6);
    b.poly(&[(-1.14, 0.62), (-1.34, 1.0), (-1.22, 1.0), (-0.98, 0.66)], dark);
    b.poly(&[(-0.2, 0.5), (-1.22, 0.58), (-1.22, 0.68), (-0.2, 0.78)], dark);
    for x in [-0.22, 0.3] {
        b.line(&[(x, 0.4), (x - 0.06, 0.14)], 0.03, steel);
    }
    b.line(&[(-0.5, 0.14), (0.46, 0.14), (0.6, 0.22)], 0.04, steel);
    b.rect(-0.05, 0.84, 0.1, 0.16, steel);
    b.bulge(0.9);
    b.blob(
        &[
            (-0.5, 0.58),
            (-0.4, 0.82),
            (0.06, 0.9),
            (0.46, 0.8),
            (0.68, 0.54),
            (0.54, 0.36),
            (0.0, 0.3),
            (-0.36, 0.36),
        ],
        tone,
    );
    b.bulge(0.4);
    b.blob(&[(0.2, 0.82), (0.46, 0.76), (0.64, 0.55), (0.5, 0.48), (0.22, 0.52)], GLASS);
    b.poly(&[(-0.22, 0.52), (0.1, 0.52), (0.1, 0.78), (-0.16, 0.78)], scale(GLASS, 0.86));
    b.line(&[(-0.44, 0.46), (0.6, 0.44)], 0.035, [240, 238, 232]);
    let spin = |pace: f32| fast_sin(t * pace);
    b.veil(&[(-1.3, 1.0), (0.0, 0.96), (1.3, 1.0), (0.0, 1.06)], [210, 214, 220], 0.4);
    b.line(&[(-1.3 * spin(1.7), 1.0), (1.3 * spin(1.7), 1.02)], 0.04, [44, 46, 54]);
    b.oval(0.0, 1.02, 0.07, 0.05, steel);
    let (dx, dy) = (0.2 * spin(2.3), 0.2 * fast_sin(t * 2.3 + 0.25));
    b.line(&[(-1.26 - dx, 0.86 - dy), (-1.26 + dx, 0.86 + dy)], 0.035, [44, 46, 54]);
}

/// A submarine, with bubbles behind it and a lamp in front.
pub(super) fn submarine(b: &mut Brush<'_>, tone: Rgb, t: f32) {
    let dark = scale(tone, 0.72);
    b.kind(Kind::Sky).bulge(0.6);
    for i in 0..7 {
        let age = (t * 0.22 + i as f32 / 7.0).fract();
        let r = 0.03 + 0.05 * age;
        let y = 0.36 + age * 0.5 + 0.05 * fast_sin(t * 0.4 + i as f32 * 0.31);
        b.oval(-1.14 - age * 0.9, y, r, r, [206, 236, 244]);
    }
    b.kind(Kind::Figure).bulge(0.7);
    for side in [-1.0, 1.0] {
        let blade = 0.2 * fast_sin(t * 1.3) * side;
        b.blob(&[(-1.06, 0.38), (-1.12, 0.38 + blade), (-1.18, 0.38 + blade), (-1.12, 0.36)], dark);
    }
    b.poly(&[(-0.72, 0.5), (-1.04, 0.78), (-1.12, 0.78), (-1.0, 0.44)], dark);
    b.line(&[(0.1, 0.7), (0.1, 1.12), (0.28, 1.12)], 0.045, [90, 96, 108]);
    b.blob(&[(-0.24, 0.6), (-0.16, 0.92), (0.22, 0.92), (0.34, 0.6)], scale(tone, 0.9));
    b.bulge(0.95);
    b.blob(
        &[
            (-1.08, 0.38),
            (-0.7, 0.62),
            (0.0, 0.7),
            (0.66, 0.64),
            (0.98, 0.4),
            (0.66, 0.16),
            (0.0, 0.08),
            (-0.7, 0.16),
        ],
        tone,
    );
    b.bulge(0.3);
    b.line(&[(-0.86, 0.28), (0.84, 0.26)], 0.05, dark);
    for x in [-0.4, 0.02, 0.44] {
        b.oval(x, 0.46, 0.12, 0.12, [232, 232, 226]);
        b.kind(Kind::Light).oval(x, 0.46, 0.08, 0.08, [255, 232, 160]);
        b.kind(Kind::Figure);
    }
    b.kind(Kind::Light);
    b.veil(&[(0.96, 0.44), (0.96, 0.36), (2.2, 0.02), (2.2, 0.74)], [255, 246, 200], 0.22);
    b.glow(1.0, 0.4, 0.4, [255, 240, 180], 0.6);
}
