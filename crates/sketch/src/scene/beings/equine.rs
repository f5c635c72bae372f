//! Horses, unicorns and camels.

use crate::brief::Thing;
use crate::math::fast_sin;
use crate::scene::beings::gait::{Gait, Leg};
use crate::scene::canvas::{Rgb, blend, scale};
use crate::scene::plan::Item;
use crate::scene::view::Brush;

/// Draws the thing if it is one of these; returns false if not.
pub(super) fn draw(b: &mut Brush<'_>, item: &Item, gait: Gait) -> bool {
    use Thing as T;
    let any = |set: &[Rgb]| item.colour.unwrap_or(set[(item.self_ * 97.0) as usize % set.len()]);
    match item.thing {
        T::Horse if !gait.asleep => {
            let coat = any(&[[132, 84, 54], [164, 108, 64], [92, 64, 50]]);
            let light = u32::from(coat[0]) + u32::from(coat[1]) > 380;
            let hair = if light { [206, 198, 188] } else { scale(coat, 0.42) };
            horse(b, coat, hair, gait);
        }
        T::Unicorn => {
            let coat = item.colour.unwrap_or([244, 240, 246]);
            horse(b, coat, [226, 130, 196], gait);
            let up = gait.bob();
            b.bulge(0.4);
            b.poly(&[(0.545, 1.04 + up), (0.615, 0.99 + up), (0.76, 1.36 + up)], [248, 212, 110]);
            b.glow(0.74, 1.32 + up, 0.12, [255, 226, 160], 0.4);
        }
        T::Camel => camel(b, item.colour.unwrap_or([206, 160, 104]), gait.by(0.7)),
        _ => return false,
    }
    true
}

fn legs(b: &mut Brush<'_>, hips: [(f32, f32); 2], thick: f32, coat: Rgb, gait: Gait, near: bool) {
    let phases = gait.phases();
    let tone = if near { coat } else { scale(coat, 0.68) };
    let up = gait.bob();
    for (i, (x, y)) in hips.into_iter().enumerate() {
        let hind = i == 1;
        let aside = if near { 0.02 } else { -0.03 };
        let leg = Leg {
            hip: (x + aside, y + up),
            thick: if hind { thick * 1.15 } else { thick },
            hind,
            tone,
            foot: [48, 40, 38],
        };
        leg.draw(b, phases[i * 2 + usize::from(!near)], gait.reach);
    }
}

fn horse(b: &mut Brush<'_>, coat: Rgb, hair: Rgb, gait: Gait) {
    let up = gait.bob();
    let fly = 0.05 * gait.reach * fast_sin(gait.t * 0.5);
    let hips = [(0.26, 0.56), (-0.3, 0.58)];
    b.bulge(0.7);
    legs(b, hips, 0.062, coat, gait, false);
    // The tail hangs down, and streams behind in a gallop.
    let stream = (gait.reach - 1.0).max(0.0);
    b.limb(
        &[
            (-0.36, 0.7 + up),
            (-0.48 - 0.06 * stream, 0.66 + up + 0.04 * stream),
            (-0.52 - 0.16 * stream, 0.46 + 0.16 * stream + fly),
            (-0.5 - 0.34 * stream, 0.22 + 0.36 * stream + fly),
        ],
        0.07,
        0.04,
        hair,
    );
    // Neck and head in one outline: a crest, a long face, a jaw.
    let nod = 0.02 * gait.swing() + up;
    b.blob(
        &[
            (0.16, 0.72 + up),
            (0.3, 0.9 + nod),
            (0.44, 1.05 + nod),
            (0.52, 1.07 + nod),
            (0.53, 0.94 + nod),
            (0.47, 0.78 + nod),
            (0.4, 0.58 + up),
            (0.2, 0.52 + up),
        ],
        coat,
    );
    b.blob(
        &[
            (-0.4, 0.58 + up),
            (-0.37, 0.71 + up),
            (-0.24, 0.75 + up),
            (0.0, 0.69 + up),
            (0.2, 0.74 + up),
            (0.36, 0.68 + up),
            (0.39, 0.54 + up),
            (0.24, 0.45 + up),
            (0.0, 0.43 + up),
            (-0.2, 0.47 + up),
            (-0.34, 0.48 + up),
        ],
        coat,
    );
    legs(b, hips, 0.066, coat, gait, true);
    b.blob(
        &[
            (0.44, 1.03 + nod),
            (0.52, 1.07 + nod),
            (0.6, 1.02 + nod),
            (0.75, 0.84 + nod),
            (0.77, 0.77 + nod),
            (0.71, 0.74 + nod),
            (0.62, 0.8 + nod),
            (0.5, 0.86 + nod),
        ],
        scale(coat, 1.05),
    );
    b.more(0.735, 0.785 + nod, 0.045, 0.04, blend(coat, [70, 56, 54], 0.4));
    for (x, tone) in [(0.455, scale(coat, 0.75)), (0.495, coat)] {
        b.poly(&[(x - 0.025, 1.03 + nod), (x + 0.035, 1.05 + nod), (x + 0.015, 1.16 + nod)], tone);
    }
    let wave = fly * 0.6;
    b.blob(
        &[
            (0.53, 1.1 + nod),
            (0.42, 1.08 + nod),
            (0.26, 0.92 + nod),
            (0.12, 0.76 + up),
            (0.16 - wave, 0.68 + up),
            (0.28 - wave, 0.76 + nod),
            (0.34 - wave, 0.86 + nod),
            (0.46, 0.98 + nod),
        ],
        hair,
    );
    b.oval(0.58, 0.955 + nod, 0.02, 0.022, [22, 18, 20]);
    b.oval(0.745, 0.8 + nod, 0.012, 0.01, [40, 30, 32]);
}

fn camel(b: &mut Brush<'_>, coat: Rgb, gait: Gait) {
    let up = gait.bob();
    let hips = [(0.24, 0.54), (-0.28, 0.56)];
    b.bulge(0.7);
    legs(b, hips, 0.058, coat, gait, false);
    b.limb(
        &[(-0.38, 0.66 + up), (-0.46, 0.5 + up), (-0.45, 0.36 + up)],
        0.04,
        0.05,
        scale(coat, 0.7),
    );
    let nod = up + 0.02 * gait.swing();
    // The neck curves down before it goes up.
    b.limb(
        &[(0.28, 0.62 + up), (0.46, 0.54 + up), (0.56, 0.68 + nod), (0.58, 0.92 + nod)],
        0.22,
        0.1,
        coat,
    );
    b.blob(
        &[
            (-0.4, 0.6 + up),
            (-0.34, 0.72 + up),
            (-0.2, 0.74 + up),
            (-0.1, 0.96 + up),
            (0.02, 0.98 + up),
            (0.14, 0.78 + up),
            (0.3, 0.7 + up),
            (0.36, 0.56 + up),
            (0.16, 0.46 + up),
            (-0.2, 0.48 + up),
        ],
        coat,
    );
    legs(b, hips, 0.062, coat, gait, true);
    // A blanket with a fringe.
    b.blob(
        &[(-0.16, 0.86 + up), (0.08, 0.88 + up), (0.14, 0.62 + up), (-0.2, 0.6 + up)],
        [184, 58, 52],
    );
    b.limb(
        &[(0.56, 0.95 + nod), (0.68, 0.92 + nod), (0.76, 0.87 + nod)],
        0.13,
        0.09,
        scale(coat, 1.05),
    );
    b.oval(0.545, 1.01 + nod, 0.025, 0.04, scale(coat, 0.8));
    b.oval(0.64, 0.955 + nod, 0.016, 0.018, [22, 18, 20]);
}
