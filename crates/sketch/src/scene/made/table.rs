//! Food.

use crate::brief::Thing;
use crate::math::fast_sin;
use crate::scene::canvas::{Kind, Rgb, scale};
use crate::scene::plan::Item;
use crate::scene::view::Brush;

/// Draws the thing if it is one of these; returns false if not.
pub(super) fn draw(b: &mut Brush<'_>, item: &Item, t: f32) -> bool {
    use Thing as T;
    let own = |usual: Rgb| item.colour.unwrap_or(usual);
    match item.thing {
        T::Food => food(b, item, t),
        T::Bowl => bowl(b, own([190, 62, 54]), t),
        T::Pizza => pizza(b),
        T::Fruit => fruit(b, own([226, 226, 220])),
        T::Pumpkin => pumpkin(b, own([234, 126, 38]), t),
        _ => return false,
    }
    true
}

/// A plate with a round cake on it, candles and steam.
fn food(b: &mut Brush<'_>, item: &Item, t: f32) {
    b.bulge(0.6);
    b.oval(0.0, 0.08, 0.78, 0.12, [240, 240, 244]);
    b.more(0.0, 0.1, 0.6, 0.085, [220, 222, 230]);
    let tone = item.colour.unwrap_or([226, 160, 96]);
    let side = |y: f32, wide: f32, tall: f32, tone: Rgb, b: &mut Brush<'_>| {
        b.rect(-wide, y, wide * 2.0, tall, tone);
        b.oval(0.0, y, wide, 0.07, scale(tone, 0.95));
        b.oval(0.0, y + tall, wide, 0.07, scale(tone, 1.15));
    };
    side(0.12, 0.48, 0.16, tone, b);
    side(0.3, 0.48, 0.05, [250, 238, 226], b);
    side(0.36, 0.48, 0.14, tone, b);
    b.oval(0.0, 0.52, 0.49, 0.08, [252, 240, 236]);
    for i in 0..9 {
        let turn = i as f32 / 9.0;
        let (x, y) = (0.4 * fast_sin(turn), 0.55 - 0.05 * fast_sin(turn + 0.25));
        b.oval(x, y, 0.055, 0.05, [206, 48, 60]);
    }
    steam(b, 0.66, t);
}

/// Steam over something hot, starting at this height.
fn steam(b: &mut Brush<'_>, y: f32, t: f32) {
    for i in 0..3 {
        let x = (i as f32 - 1.0) * 0.2;
        let s = |k: f32| x + 0.05 * fast_sin(t * 0.3 + k + i as f32 * 0.3);
        let wisp =
            [(s(0.0), y), (s(0.2) + 0.03, y + 0.18), (s(0.5), y + 0.4), (s(0.2) - 0.03, y + 0.18)];
        b.veil(&wisp, [250, 250, 250], 0.35);
    }
}

/// A bowl of noodle soup, with an egg, greens and chopsticks.
fn bowl(b: &mut Brush<'_>, tone: Rgb, t: f32) {
    b.bulge(0.7);
    b.blob(
        &[(-0.62, 0.5), (-0.5, 0.2), (-0.24, 0.04), (0.24, 0.04), (0.5, 0.2), (0.62, 0.5)],
        tone,
    );
    b.rect(-0.22, 0.0, 0.44, 0.06, scale(tone, 0.7));
    b.oval(0.0, 0.5, 0.63, 0.13, scale(tone, 1.2));
    b.oval(0.0, 0.49, 0.56, 0.105, [214, 150, 84]);
    b.bulge(0.3);
    for i in 0..6 {
        let y = 0.44 + 0.022 * i as f32;
        b.line(
            &[(-0.4, y), (-0.24, y + 0.03), (-0.08, y), (0.08, y + 0.02)],
            0.02,
            [246, 220, 150],
        );
    }
    b.oval(0.24, 0.52, 0.14, 0.07, [250, 248, 240]);
    b.oval(0.24, 0.53, 0.075, 0.038, [246, 170, 50]);
    for (x, y) in [(0.02, 0.56), (-0.2, 0.55), (0.4, 0.47), (0.12, 0.45)] {
        b.oval(x, y, 0.05, 0.022, [96, 160, 70]);
    }
    for x in [0.3, 0.38] {
        b.line(&[(x, 0.52), (x + 0.42, 1.02)], 0.026, [120, 66, 40]);
    }
    steam(b, 0.62, t);
}

/// A pizza on its board, with one slice pulled out.
fn pizza(b: &mut Brush<'_>) {
    b.bulge(0.3);
    b.oval(0.0, 0.2, 0.92, 0.24, [150, 100, 62]);
    b.oval(0.0, 0.26, 0.8, 0.2, [214, 156, 84]);
    b.oval(0.0, 0.28, 0.7, 0.165, [206, 66, 44]);
    b.oval(0.0, 0.285, 0.66, 0.15, [248, 210, 110]);
    for (x, y) in
        [(-0.4, 0.3), (-0.12, 0.36), (0.2, 0.34), (0.42, 0.28), (0.08, 0.23), (-0.24, 0.22)]
    {
        b.oval(x, y, 0.1, 0.035, [186, 50, 42]);
        b.oval(x + 0.12, y - 0.03, 0.04, 0.016, [86, 140, 60]);
    }
    for turn in [0.06f32, 0.19, 0.31, 0.44] {
        let (s, c) = (fast_sin(turn), fast_sin(turn + 0.25));
        b.line(&[(0.72 * c, 0.28 + 0.17 * s), (-0.72 * c, 0.28 - 0.17 * s)], 0.012, [196, 140, 70]);
    }
}

/// A bowl of fruit: apples, oranges, a pear, grapes and bananas.
fn fruit(b: &mut Brush<'_>, bowl: Rgb) {
    b.bulge(0.9);
    b.limb(&[(0.14, 0.5), (0.36, 0.74), (0.24, 0.98)], 0.15, 0.07, [246, 210, 70]);
    b.limb(&[(0.2, 0.46), (0.52, 0.64), (0.5, 0.9)], 0.15, 0.07, [238, 196, 56]);
    b.blob(
        &[(-0.1, 0.5), (-0.14, 0.74), (-0.04, 0.92), (0.06, 0.92), (0.16, 0.74), (0.14, 0.5)],
        [176, 196, 74],
    );
    b.line(&[(0.01, 0.92), (0.05, 1.02)], 0.025, [96, 66, 40]);
    b.oval(-0.32, 0.6, 0.2, 0.19, [206, 46, 50]);
    b.more(-0.38, 0.67, 0.06, 0.05, [240, 130, 120]);
    b.line(&[(-0.32, 0.76), (-0.28, 0.86)], 0.025, [96, 66, 40]);
    b.blob(&[(-0.29, 0.82), (-0.2, 0.88), (-0.14, 0.83), (-0.22, 0.8)], [96, 156, 70]);
    b.oval(0.02, 0.52, 0.19, 0.18, [240, 146, 42]);
    b.oval(0.34, 0.5, 0.17, 0.16, [214, 60, 56]);
    for (x, y) in
        [(-0.56, 0.52), (-0.48, 0.44), (-0.62, 0.42), (-0.54, 0.34), (-0.62, 0.3), (-0.58, 0.22)]
    {
        b.oval(x, y, 0.062, 0.062, [110, 56, 132]);
    }
    b.bulge(0.6);
    b.blob(
        &[(-0.6, 0.42), (-0.44, 0.14), (-0.2, 0.05), (0.2, 0.05), (0.44, 0.14), (0.6, 0.42)],
        bowl,
    );
    b.oval(-0.58, 0.36, 0.062, 0.062, [126, 66, 146]);
    b.rect(-0.2, 0.0, 0.4, 0.06, scale(bowl, 0.8));
}

/// A pumpkin; when lamps are on, it has a lit face.
fn pumpkin(b: &mut Brush<'_>, tone: Rgb, t: f32) {
    b.bulge(0.9);
    for (x, wide, light) in [
        (-0.34, 0.2, 0.78),
        (0.34, 0.2, 0.78),
        (-0.19, 0.22, 0.9),
        (0.19, 0.22, 0.9),
        (0.0, 0.22, 1.0),
    ] {
        b.oval(x, 0.4, wide, 0.38, scale(tone, light));
    }
    b.limb(&[(0.0, 0.74), (0.02, 0.86), (0.1, 0.94)], 0.13, 0.07, [96, 116, 56]);
    if !b.light.lamps {
        return;
    }
    b.kind(Kind::Light).bulge(0.0);
    let glow: Rgb = [255, 206, 96];
    for side in [-1.0, 1.0] {
        b.poly(&[(side * 0.26, 0.46), (side * 0.08, 0.46), (side * 0.17, 0.6)], glow);
    }
    b.poly(&[(-0.05, 0.36), (0.05, 0.36), (0.0, 0.44)], glow);
    b.poly(
        &[
            (-0.3, 0.3),
            (-0.18, 0.28),
            (-0.12, 0.22),
            (-0.06, 0.27),
            (0.06, 0.27),
            (0.12, 0.22),
            (0.18, 0.28),
            (0.3, 0.3),
            (0.2, 0.14),
            (0.06, 0.12),
            (0.0, 0.17),
            (-0.06, 0.12),
            (-0.2, 0.14),
        ],
        glow,
    );
    b.glow(0.0, 0.4, 0.9, [255, 150, 50], 0.5 + 0.1 * fast_sin(t * 1.9));
    b.kind(Kind::Figure);
}
