//! Musical instruments, standing alone or in the hands of players.

use crate::brief::Thing;
use crate::math::fast_sin;
use crate::scene::canvas::{Point, Rgb, scale};
use crate::scene::plan::Item;
use crate::scene::view::Brush;

/// Draws the thing if it is one of these; returns false if not.
pub(super) fn draw(b: &mut Brush<'_>, item: &Item, t: f32) -> bool {
    let own = |usual: Rgb| item.colour.unwrap_or(usual);
    if item.thing == Thing::Piano {
        piano(b, own([30, 28, 34]), t);
        return true;
    }
    if !portable(item.thing) {
        return false;
    }
    // On a stand.
    for side in [-1.0, 1.0] {
        b.limb(&[(side * 0.2, 0.0), (side * 0.06, 0.34)], 0.025, 0.025, [60, 58, 60]);
    }
    if item.thing == Thing::Trumpet {
        b.inset((0.0, 0.1), 1.0, 0.25, |b| portably(b, item.thing, item.colour));
    } else {
        portably(b, item.thing, item.colour);
    }
    true
}

/// Whether an instrument is held by its player.
pub(crate) fn portable(thing: Thing) -> bool {
    matches!(thing, Thing::Guitar | Thing::Violin | Thing::Trumpet)
}

/// The positions of a player's two hands, near and far, for a figure with its neck at the given
/// point.
pub(crate) fn hands(instrument: Thing, (x, y): Point, t: f32) -> [Point; 2] {
    match instrument {
        Thing::Guitar => {
            let strum = 0.025 * fast_sin(t * 2.0);
            let reach = 0.02 * fast_sin(t * 0.5);
            [(x + 0.05, y - 0.25 + strum), (x + 0.22 + reach, y - 0.16)]
        }
        Thing::Violin => {
            let draw = 0.05 * fast_sin(t * 0.9);
            [(x + 0.24 + draw * 0.6, y - 0.08 - draw), (x + 0.27, y + 0.02)]
        }
        _ => [(x + 0.19, y + 0.03 + 0.006 * fast_sin(t * 1.6)), (x + 0.22, y + 0.02)],
    }
}

/// An instrument in the hands of a figure with its neck and its hands at the given points.
pub(crate) fn held(
    b: &mut Brush<'_>,
    (instrument, colour): (Thing, Option<Rgb>),
    neck: Point,
    hands: [Point; 2],
) {
    let (x, y) = neck;
    b.bulge(0.5);
    match instrument {
        Thing::Guitar => {
            b.inset((x - 0.1, y - 0.3), 0.46, -0.19, |b| portably(b, instrument, colour));
        }
        Thing::Violin => {
            b.inset((x + 0.02, y - 0.005), 0.34, -0.23, |b| portably(b, instrument, colour));
            let [(hx, hy), _] = hands;
            b.line(&[(hx, hy), (hx - 0.13, hy + 0.27)], 0.012, [236, 226, 206]);
        }
        _ => b.inset((x + 0.07, y + 0.06), 0.38, -0.25, |b| portably(b, instrument, colour)),
    }
}

/// An instrument upright, one unit long.
fn portably(b: &mut Brush<'_>, instrument: Thing, colour: Option<Rgb>) {
    let own = |usual: Rgb| colour.unwrap_or(usual);
    match instrument {
        Thing::Guitar => guitar(b, own([198, 128, 62])),
        Thing::Violin => violin(b, own([166, 84, 40])),
        _ => trumpet(b, own([226, 178, 72])),
    }
}

/// A grand piano from the side, with its lid open, and a stool.
fn piano(b: &mut Brush<'_>, tone: Rgb, t: f32) {
    let (dark, light) = (scale(tone, 0.7), scale(tone, 1.9));
    b.bulge(0.5);
    for (x, far) in [(-0.5, 1.0), (0.1, 0.6), (0.52, 1.0)] {
        b.limb(&[(x, 0.36), (x, 0.03)], 0.07 * far, 0.04 * far, dark);
        b.oval(x, 0.02, 0.035, 0.02, [176, 146, 84]);
    }
    b.limb(&[(0.36, 0.3), (0.34, 0.08)], 0.03, 0.03, [176, 146, 84]);
    // The lid is open; strings and frame shine below it.
    b.bulge(0.25);
    b.blob(
        &[(-0.66, 0.55), (-0.62, 1.0), (-0.2, 1.16), (0.2, 1.0), (0.3, 0.6), (-0.2, 0.54)],
        light,
    );
    b.line(&[(0.12, 0.56), (0.02, 0.86)], 0.014, [176, 146, 84]);
    b.poly(&[(-0.64, 0.5), (0.3, 0.5), (0.28, 0.6), (-0.6, 0.6)], [186, 146, 70]);
    for i in 0..7 {
        let x = -0.54 + i as f32 * 0.11;
        b.line(&[(x, 0.51), (x + 0.06, 0.59)], 0.006, [240, 220, 160]);
    }
    b.bulge(0.5);
    b.blob(
        &[(-0.72, 0.36), (-0.72, 0.54), (-0.2, 0.53), (0.44, 0.53), (0.46, 0.34), (-0.2, 0.33)],
        tone,
    );
    b.rect(0.36, 0.36, 0.32, 0.12, dark);
    b.poly(&[(0.36, 0.47), (0.68, 0.47), (0.7, 0.52), (0.36, 0.52)], [248, 246, 240]);
    for i in 0..8 {
        // Sometimes a key goes down, as if somebody played.
        let down = if fast_sin(t * 0.7 + i as f32 * 0.37) > 0.86 { 0.012 } else { 0.0 };
        b.rect(0.385 + i as f32 * 0.038, 0.497 - down, 0.014, 0.024, [22, 20, 24]);
    }
    b.poly(&[(0.3, 0.53), (0.42, 0.53), (0.5, 0.74), (0.4, 0.74)], tone);
    b.poly(&[(0.38, 0.56), (0.47, 0.56), (0.52, 0.72), (0.43, 0.72)], [246, 240, 226]);
    for x in [0.84, 1.04] {
        b.limb(&[(x, 0.24), (x, 0.02)], 0.035, 0.025, dark);
    }
    b.blob(&[(0.76, 0.23), (0.8, 0.3), (1.08, 0.3), (1.12, 0.23)], [120, 46, 44]);
}

fn guitar(b: &mut Brush<'_>, wood: Rgb) {
    let neck = [88, 58, 40];
    b.bulge(0.6);
    b.blob(
        &[
            (0.0, 0.03),
            (0.2, 0.08),
            (0.235, 0.22),
            (0.14, 0.34),
            (0.175, 0.46),
            (0.1, 0.55),
            (0.0, 0.56),
            (-0.1, 0.55),
            (-0.175, 0.46),
            (-0.14, 0.34),
            (-0.235, 0.22),
            (-0.2, 0.08),
        ],
        wood,
    );
    b.bulge(0.1);
    b.more(0.0, 0.23, 0.16, 0.15, scale(wood, 1.18));
    b.oval(0.0, 0.38, 0.075, 0.075, [48, 32, 24]);
    b.rect(-0.08, 0.17, 0.16, 0.025, neck);
    b.rect(-0.027, 0.4, 0.054, 0.47, neck);
    b.poly(&[(-0.045, 0.86), (0.045, 0.86), (0.055, 1.0), (-0.055, 1.0)], scale(neck, 1.3));
    for i in 0..3 {
        let y = 0.885 + 0.04 * i as f32;
        b.oval(-0.065, y, 0.018, 0.012, [220, 214, 200]);
        b.oval(0.065, y, 0.018, 0.012, [220, 214, 200]);
    }
    for i in 0..4 {
        let x = -0.018 + 0.012 * i as f32;
        b.line(&[(x, 0.18), (x, 0.88)], 0.004, [236, 228, 206]);
    }
}

/// A violin.
fn violin(b: &mut Brush<'_>, wood: Rgb) {
    let black = [36, 28, 26];
    b.bulge(0.6);
    b.blob(
        &[
            (0.0, 0.02),
            (0.15, 0.06),
            (0.17, 0.2),
            (0.09, 0.3),
            (0.13, 0.42),
            (0.08, 0.54),
            (0.0, 0.56),
            (-0.08, 0.54),
            (-0.13, 0.42),
            (-0.09, 0.3),
            (-0.17, 0.2),
            (-0.15, 0.06),
        ],
        wood,
    );
    b.bulge(0.1);
    b.more(0.0, 0.17, 0.11, 0.1, scale(wood, 1.2));
    for x in [-0.08, 0.08] {
        b.line(&[(x, 0.23), (x * 0.85, 0.36)], 0.014, black);
    }
    b.rect(-0.05, 0.26, 0.1, 0.02, [220, 186, 130]);
    b.poly(&[(-0.035, 0.04), (0.035, 0.04), (0.022, 0.2), (-0.022, 0.2)], black);
    b.rect(-0.022, 0.34, 0.044, 0.54, black);
    b.oval(0.0, 0.93, 0.04, 0.05, wood);
    for (side, y) in [(-1.0, 0.86), (1.0, 0.89)] {
        b.line(&[(0.0, y), (side * 0.07, y)], 0.02, black);
    }
}

/// A trumpet with its bell up.
fn trumpet(b: &mut Brush<'_>, brass: Rgb) {
    let dark = scale(brass, 0.7);
    b.bulge(0.7);
    b.line(&[(0.0, 0.02), (0.0, 0.8)], 0.05, brass);
    b.line(&[(0.0, 0.26), (0.12, 0.26), (0.12, 0.66), (0.0, 0.66)], 0.04, dark);
    for i in 0..3 {
        let y = 0.38 + 0.09 * i as f32;
        b.line(&[(-0.09, y), (0.13, y)], 0.06, scale(brass, 0.86));
        b.oval(-0.11, y, 0.025, 0.03, [240, 236, 226]);
    }
    b.blob(
        &[
            (-0.03, 0.68),
            (-0.05, 0.84),
            (-0.17, 1.0),
            (0.0, 1.03),
            (0.17, 1.0),
            (0.05, 0.84),
            (0.03, 0.68),
        ],
        brass,
    );
    b.more(0.0, 1.0, 0.13, 0.03, dark);
    b.oval(0.0, 0.0, 0.04, 0.03, scale(brass, 1.1));
}
