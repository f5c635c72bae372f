//! Volcanoes and waterfalls.

use crate::math::fast_sin;
use crate::scene::canvas::{Kind, Rgb, blend, scale};
use crate::scene::view::Brush;

/// A cone with a glowing crater: lava on its side, a fountain of sparks, a pillar of smoke.
pub(super) fn volcano(b: &mut Brush<'_>, t: f32) {
    b.kind(Kind::Sky).bulge(0.6);
    for i in 0..14u32 {
        let age = (t * 0.14 + i as f32 / 14.0).fract();
        let grey = blend([56, 46, 48], [150, 144, 142], age);
        let x = (0.1 + 0.35 * age) * fast_sin(i as f32 * 0.37) + 0.2 * age;
        b.oval(x, 0.92 + age * 0.62, 0.12 + age * 0.24, 0.1 + age * 0.2, grey);
    }
    b.glow(0.0, 0.95, 0.8, [255, 90, 20], 0.7);
    b.kind(Kind::Land).bulge(0.4);
    let cone = [
        (-1.35, -0.05),
        (-0.7, 0.3),
        (-0.36, 0.66),
        (-0.2, 0.88),
        (0.0, 0.83),
        (0.2, 0.88),
        (0.36, 0.64),
        (0.74, 0.28),
        (1.35, -0.05),
    ];
    b.rough(&cone, [88, 68, 66], 0.16, 0.7);
    b.kind(Kind::Light).bulge(0.0);
    let pulse = 0.02 * fast_sin(t * 0.5);
    for (wide, hue) in [(1.0, [222, 60, 20]), (0.55, [255, 150, 40])] {
        b.blob(
            &[
                (-0.17 * wide, 0.87),
                (0.17 * wide, 0.87),
                (0.1 * wide, 0.68),
                (0.03 + 0.07 * wide, 0.44),
                (0.06 + 0.1 * wide, 0.2 + pulse),
                (0.05, 0.12 + pulse),
                (0.04 - 0.07 * wide, 0.24),
                (0.0 - 0.05 * wide, 0.5),
                (-0.09 * wide, 0.66),
            ],
            hue,
        );
        b.blob(
            &[
                (-0.12, 0.82),
                (-0.2 - 0.04 * wide, 0.6),
                (-0.36, 0.34 - pulse),
                (-0.26, 0.5),
                (-0.18 + 0.03 * wide, 0.66),
            ],
            hue,
        );
    }
    for i in 0..26u32 {
        let age = (t * 0.5 + i as f32 * 0.618).fract();
        let side = (i as f32 * 0.377).fract() - 0.5;
        let at = (side * age * 0.9, 0.88 + 1.1 * age - 1.25 * age * age);
        b.glow(at.0, at.1, 0.05, [255, 150, 50], 1.4 * (1.0 - age));
    }
}

/// A cliff with several ledges, water falling over it, and a pool with mist.
pub(super) fn waterfall(b: &mut Brush<'_>, t: f32) {
    let stone: Rgb = [92, 90, 88];
    b.bulge(0.3);
    let cliff = |x: f32, wide: f32, tall: f32| {
        [
            (x - wide, -0.06),
            (x - wide * 0.94, tall * 0.5),
            (x - wide * 0.72, tall * 0.86),
            (x - wide * 0.3, tall),
            (x + wide * 0.3, tall * 0.98),
            (x + wide * 0.78, tall * 0.8),
            (x + wide, tall * 0.42),
            (x + wide * 1.05, -0.06),
        ]
    };
    b.rough(&cliff(0.0, 0.78, 1.0), stone, 0.12, 0.8);
    // Trees on top.
    b.kind(Kind::Plant);
    for i in 0..9u8 {
        let k = f32::from(i) / 8.0 - 0.5;
        let y = 0.98 - 0.5 * k * k;
        b.oval(k * 1.06, y, 0.12, 0.09, [44, 104 + (i % 3) * 14, 58]);
    }
    b.kind(Kind::Water).bulge(0.1);
    let fall = [
        (-0.17, 0.97),
        (0.17, 0.97),
        (0.2, 0.7),
        (0.18, 0.4),
        (0.25, 0.0),
        (-0.25, 0.0),
        (-0.19, 0.4),
        (-0.2, 0.7),
    ];
    b.poly(&fall, [176, 212, 232]);
    for i in 0..34u32 {
        let lane = (i as f32 * 0.618).fract() - 0.5;
        let age = (t * (0.5 + 0.2 * (i as f32 * 0.37).fract()) + i as f32 * 0.754).fract();
        let (y, long) = (0.96 - age * 0.96, 0.14 + 0.16 * age);
        let wide = 0.34 + 0.14 * age;
        let tone: Rgb = if i % 3 == 0 { [214, 236, 246] } else { [255, 255, 255] };
        b.line(&[(lane * wide, y), (lane * (wide + 0.02), (y - long).max(0.0))], 0.01, tone);
    }
    b.kind(Kind::Land).bulge(0.4);
    b.rough(&cliff(-0.52, 0.34, 0.62), scale(stone, 0.86), 0.1, 0.8);
    b.rough(&cliff(0.54, 0.36, 0.5), scale(stone, 0.94), 0.1, 0.8);
    b.kind(Kind::Plant);
    for (x, y) in [(-0.62, 0.6), (-0.46, 0.63), (0.46, 0.5), (0.62, 0.47)] {
        b.oval(x, y, 0.12, 0.06, [58, 124, 64]);
    }
    b.kind(Kind::Water).bulge(0.0);
    b.oval(0.0, -0.02, 0.72, 0.07, [96, 164, 190]);
    for i in 0..4 {
        let age = (t * 0.3 + i as f32 / 4.0).fract();
        b.oval(
            0.0,
            -0.02,
            0.2 + 0.5 * age,
            0.02 + 0.04 * age,
            blend([236, 246, 250], [110, 172, 196], age),
        );
    }
    b.kind(Kind::Sky);
    for i in 0..8u32 {
        let age = (t * 0.22 + i as f32 / 8.0).fract();
        let x = (i as f32 / 7.0 - 0.5) * 0.6;
        b.glow(x * (1.0 + age), 0.02 + 0.2 * age, 0.2, [200, 220, 228], 0.34 * (1.0 - age));
    }
}
