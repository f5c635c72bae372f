//! Cars, buses and tractors.

use crate::math::fast_sin;
use crate::scene::canvas::{Kind, Rgb, scale};
use crate::scene::view::Brush;

/// A low car with a curved roof, driving to the right.
pub(super) fn car(b: &mut Brush<'_>, tone: Rgb, t: f32) {
    let lamps = b.light.lamps;
    b.bulge(0.65);
    b.poly(&[(-1.3, 0.14), (1.34, 0.14), (1.3, 0.24), (-1.26, 0.24)], [40, 42, 48]);
    b.blob(
        &[
            (-1.38, 0.24),
            (-1.42, 0.5),
            (-1.3, 0.68),
            (-0.9, 0.72),
            (0.3, 0.7),
            (1.0, 0.62),
            (1.4, 0.48),
            (1.44, 0.26),
            (1.2, 0.18),
            (-1.2, 0.18),
        ],
        tone,
    );
    // The cabin: a roof that slopes gently to the back.
    b.blob(
        &[
            (-1.0, 0.68),
            (-0.6, 0.94),
            (-0.2, 1.04),
            (0.16, 1.02),
            (0.44, 0.88),
            (0.66, 0.68),
            (0.0, 0.64),
        ],
        scale(tone, 0.96),
    );
    b.bulge(0.2);
    let glass: Rgb = if lamps { [70, 84, 112] } else { [136, 178, 204] };
    b.poly(&[(-0.78, 0.7), (-0.52, 0.89), (-0.2, 0.96), (-0.2, 0.7)], glass);
    b.poly(&[(-0.13, 0.7), (-0.13, 0.965), (0.13, 0.95), (0.36, 0.84), (0.5, 0.7)], glass);
    b.poly(&[(-0.1, 0.72), (0.04, 0.94), (0.1, 0.94), (0.0, 0.72)], scale(glass, 1.2));
    b.line(&[(-0.16, 0.66), (-0.18, 0.3)], 0.016, scale(tone, 0.6));
    b.line(&[(0.52, 0.66), (0.44, 0.28)], 0.016, scale(tone, 0.6));
    b.line(&[(-1.3, 0.46), (1.38, 0.4)], 0.02, scale(tone, 1.3));
    b.rect(-0.06, 0.55, 0.12, 0.03, scale(tone, 0.55));
    for x in [-0.86, 0.88] {
        wheel(b, x, 0.24, t);
    }
    b.kind(Kind::Light);
    b.blob(&[(1.22, 0.54), (1.4, 0.47), (1.42, 0.38), (1.26, 0.42)], [255, 246, 214]);
    b.rect(-1.42, 0.46, 0.08, 0.12, [230, 50, 46]);
    if lamps {
        b.veil(&[(1.4, 0.45), (3.4, 0.62), (3.4, -0.02)], [255, 240, 190], 0.2);
        b.glow(1.42, 0.44, 0.6, [255, 240, 190], 0.8);
        b.glow(-1.4, 0.5, 0.36, [255, 50, 40], 0.6);
    }
}

/// A bus with a row of windows.
pub(super) fn bus(b: &mut Brush<'_>, tone: Rgb, t: f32) {
    b.bulge(0.35);
    b.blob(
        &[
            (-1.62, 0.24),
            (-1.64, 1.36),
            (-1.5, 1.52),
            (1.44, 1.52),
            (1.62, 1.34),
            (1.66, 0.6),
            (1.64, 0.22),
        ],
        tone,
    );
    b.rect(-1.6, 0.56, 3.22, 0.07, scale(tone, 0.7));
    for i in 0..6 {
        b.pane(-1.48 + i as f32 * 0.46, 0.8, 0.38, 0.48);
    }
    b.rect(1.28, 0.62, 0.3, 0.68, [120, 160, 186]);
    b.rect(0.6, 0.26, 0.4, 0.42, scale(tone, 0.82));
    for x in [-1.0, 1.08] {
        wheel(b, x, 0.25, t);
    }
    if b.light.lamps {
        b.glow(1.64, 0.4, 0.7, [255, 240, 190], 0.8);
        b.glow(-1.6, 0.4, 0.4, [255, 50, 40], 0.6);
    }
}

/// A tractor with its cabin, large rear wheels and smoke from its pipe.
pub(super) fn tractor(b: &mut Brush<'_>, tone: Rgb, t: f32) {
    let dark = scale(tone, 0.7);
    b.kind(Kind::Sky).bulge(0.5);
    for i in 0..4 {
        let age = (t * 0.3 + i as f32 / 4.0).fract();
        b.oval(
            0.34 - age * 0.5,
            1.08 + age * 0.4,
            0.04 + 0.08 * age,
            0.03 + 0.07 * age,
            [176, 176, 180],
        );
    }
    b.kind(Kind::Figure).bulge(0.4);
    b.line(&[(0.34, 0.66), (0.34, 1.04)], 0.05, [56, 58, 64]);
    b.rect(-0.62, 0.4, 1.3, 0.12, [56, 58, 64]);
    b.blob(&[(-0.08, 0.42), (-0.08, 0.7), (0.5, 0.7), (0.72, 0.64), (0.74, 0.42)], tone);
    for i in 0..3 {
        b.line(&[(0.5 + 0.07 * i as f32, 0.48), (0.5 + 0.07 * i as f32, 0.62)], 0.02, dark);
    }
    b.poly(&[(-0.66, 0.5), (-0.02, 0.5), (-0.06, 1.1), (-0.6, 1.1)], dark);
    b.pane(-0.54, 0.68, 0.2, 0.36);
    b.pane(-0.28, 0.68, 0.2, 0.36);
    b.rect(-0.7, 1.08, 0.74, 0.07, tone);
    wheel(b, -0.42, 0.36, t * 0.4);
    wheel(b, 0.52, 0.2, t * 0.7);
    b.blob(
        &[(-0.84, 0.5), (-0.62, 0.78), (-0.24, 0.78), (-0.02, 0.56), (-0.24, 0.68), (-0.6, 0.68)],
        tone,
    );
    if b.light.lamps {
        b.glow(0.76, 0.56, 0.6, [255, 240, 190], 0.8);
    }
}

/// A turning wheel with five spokes.
fn wheel(b: &mut Brush<'_>, x: f32, r: f32, t: f32) {
    b.bulge(0.3);
    b.oval(x, r, r * 1.08, r * 1.08, [30, 30, 36]);
    b.oval(x, r, r * 0.66, r * 0.66, [186, 190, 198]);
    for i in 0..5 {
        let turn = t * -0.9 + i as f32 * 0.2;
        let tip = (x + r * 0.6 * fast_sin(turn), r + r * 0.6 * fast_sin(turn + 0.25));
        b.line(&[(x, r), tip], r * 0.14, [90, 94, 104]);
    }
}
