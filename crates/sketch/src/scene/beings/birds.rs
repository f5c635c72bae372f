//! Birds: in flight, on the water, and on a branch.

use crate::math::fast_sin;
use crate::scene::canvas::{Kind, Rgb, blend, scale};
use crate::scene::view::Brush;

/// A bird in flight, seen from the side: two beating wings, a spread tail, a beak.
pub(super) fn bird(b: &mut Brush<'_>, tone: Rgb, self_: f32, t: f32) {
    // Alternates between beating its wings and gliding.
    let glide = fast_sin(t * 0.17 + self_) * 0.5 + 0.5;
    let flap = 0.34 + 0.8 * fast_sin(t * 1.1 + self_ * 9.0) * (0.3 + 0.7 * glide);
    let wing = |b: &mut Brush<'_>, x: f32, reach: f32, tone: Rgb| {
        let up = flap * 0.62 * reach;
        b.blob(
            &[
                (x + 0.22, 0.46),
                (x + 0.12, 0.52 + up * 0.62),
                (x - 0.1, 0.54 + up * 1.04),
                (x - 0.46, 0.5 + up * 1.3),
                (x - 0.36, 0.46 + up * 0.9),
                (x - 0.38, 0.42 + up * 0.6),
                (x - 0.24, 0.42 + up * 0.36),
                (x - 0.14, 0.4),
            ],
            tone,
        );
    };
    b.bulge(0.5);
    wing(b, 0.12, 1.1, scale(tone, 0.66));
    b.blob(
        &[(-0.3, 0.46), (-0.62, 0.52), (-0.68, 0.44), (-0.64, 0.36), (-0.3, 0.36)],
        scale(tone, 0.8),
    );
    b.blob(
        &[
            (-0.42, 0.4),
            (-0.16, 0.51),
            (0.2, 0.53),
            (0.44, 0.5),
            (0.5, 0.42),
            (0.3, 0.31),
            (-0.1, 0.3),
        ],
        tone,
    );
    b.more(0.04, 0.36, 0.24, 0.055, blend(tone, [255, 250, 240], 0.55));
    b.poly(&[(0.47, 0.48), (0.66, 0.43), (0.48, 0.4)], [244, 172, 60]);
    b.oval(0.4, 0.465, 0.026, 0.028, [20, 18, 20]);
    wing(b, 0.04, 1.25, scale(tone, 0.9));
}

/// A swan on the water: a curved neck, folded wings, rings around it.
pub(super) fn swan(b: &mut Brush<'_>, tone: Rgb, t: f32) {
    let nod = 0.015 * fast_sin(t * 0.2);
    b.kind(Kind::Water).bulge(0.0);
    for i in 0..3 {
        let age = (t * 0.2 + i as f32 / 3.0).fract();
        let wide = 0.55 + 0.5 * age;
        b.line(
            &[(-wide, 0.02 - 0.05 * age), (wide * 0.9, 0.02 - 0.05 * age)],
            0.012,
            [214, 234, 240],
        );
    }
    b.kind(Kind::Figure).bulge(0.8);
    b.limb(
        &[
            (0.3, 0.2),
            (0.5, 0.34),
            (0.42, 0.58 + nod),
            (0.4, 0.82 + nod),
            (0.52, 0.92 + nod),
            (0.6, 0.84 + nod),
        ],
        0.2,
        0.1,
        tone,
    );
    b.oval(0.58, 0.88 + nod, 0.085, 0.07, tone);
    b.poly(&[(0.63, 0.91 + nod), (0.8, 0.82 + nod), (0.63, 0.82 + nod)], [240, 140, 50]);
    b.oval(0.62, 0.9 + nod, 0.02, 0.02, [20, 18, 20]);
    b.blob(
        &[
            (-0.72, 0.36),
            (-0.5, 0.3),
            (-0.2, 0.42),
            (0.2, 0.4),
            (0.5, 0.24),
            (0.5, 0.06),
            (0.2, -0.02),
            (-0.36, -0.01),
            (-0.58, 0.14),
        ],
        tone,
    );
    b.blob(
        &[(-0.66, 0.44), (-0.3, 0.5), (0.16, 0.42), (0.28, 0.24), (0.0, 0.14), (-0.4, 0.2)],
        scale(tone, 0.93),
    );
    for y in [0.24, 0.31, 0.38] {
        b.line(&[(-0.5, y + 0.04), (0.1, y - 0.03)], 0.012, scale(tone, 0.8));
    }
}

/// An owl on its branch that blinks and turns its head.
pub(super) fn owl(b: &mut Brush<'_>, tone: Rgb, t: f32) {
    b.kind(Kind::Plant);
    b.limb(&[(-1.4, -0.06), (-0.4, 0.02), (0.4, 0.0), (1.1, 0.1)], 0.14, 0.06, [92, 66, 48]);
    for (x, y) in [(-0.9, 0.02), (0.7, 0.1), (1.0, 0.14)] {
        b.blob(&[(x, y), (x + 0.1, y + 0.16), (x + 0.22, y + 0.12), (x + 0.12, y)], [70, 118, 66]);
    }
    b.kind(Kind::Figure).bulge(0.8);
    b.blob(&[(-0.12, 0.14), (-0.08, -0.2), (0.08, -0.2), (0.12, 0.14)], scale(tone, 0.7));
    b.blob(&[(-0.26, 0.5), (-0.2, 0.14), (0.0, 0.02), (0.2, 0.14), (0.26, 0.5), (0.0, 0.78)], tone);
    b.more(0.0, 0.34, 0.15, 0.22, blend(tone, [255, 240, 214], 0.55));
    for i in 0..9 {
        let (x, y) = ((i % 3) as f32 * 0.09 - 0.09, 0.24 + (i / 3) as f32 * 0.1);
        b.poly(&[(x - 0.03, y + 0.03), (x + 0.03, y + 0.03), (x, y - 0.03)], scale(tone, 0.7));
    }
    for side in [-1.0, 1.0] {
        b.blob(
            &[(side * 0.2, 0.58), (side * 0.31, 0.4), (side * 0.2, 0.1), (side * 0.14, 0.36)],
            scale(tone, 0.78),
        );
    }
    let turn = 0.05 * fast_sin(t * 0.11);
    b.blob(
        &[
            (-0.27 + turn, 0.98),
            (-0.1 + turn, 0.93),
            (0.1 + turn, 0.93),
            (0.27 + turn, 0.98),
            (0.26 + turn, 0.68),
            (0.0 + turn, 0.58),
            (-0.26 + turn, 0.68),
        ],
        scale(tone, 1.06),
    );
    let blink = if (t * 0.29).fract() > 0.94 { 0.012 } else { 0.075 };
    for side in [-1.0, 1.0] {
        let x = side * 0.11 + turn * 1.4;
        b.oval(x, 0.78, 0.115, 0.115, blend(tone, [255, 244, 224], 0.7));
        b.bulge(0.0);
        b.oval(x, 0.78, 0.075, blink, [255, 190, 50]);
        b.oval(x + turn * 0.3, 0.78, 0.04, blink * 0.6, [20, 16, 18]);
        b.bulge(0.8);
    }
    b.poly(&[(turn - 0.035, 0.74), (turn + 0.035, 0.74), (turn, 0.64)], [226, 166, 70]);
}
