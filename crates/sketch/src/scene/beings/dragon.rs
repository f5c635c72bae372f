//! A dragon in flight, breathing fire.

use crate::math::fast_sin;
use crate::scene::canvas::{Kind, Rgb, blend, scale};
use crate::scene::view::Brush;

pub(super) fn dragon(b: &mut Brush<'_>, tone: Rgb, t: f32) {
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
