//! People, and what walks upright as they do.

use crate::brief::Thing;
use crate::math::fast_sin;
use crate::scene::canvas::{Kind, Rgb, scale};
use crate::scene::plan::Item;
use crate::scene::view::Brush;

/// Draws the thing if it is one of them; false when it isn't.
pub(super) fn draw(b: &mut Brush<'_>, item: &Item, t: f32) -> bool {
    use Thing as T;
    let own = |usual: Rgb| item.colour.unwrap_or(usual);
    let any = |set: &[Rgb]| item.colour.unwrap_or(set[(item.self_ * 97.0) as usize % set.len()]);
    let stride = fast_sin(t * 0.9 + item.self_ * 3.0);
    match item.thing {
        T::Dancer => person(b, any(&[[220, 70, 110], [120, 80, 190]]), t + item.self_, 1.0, true),
        T::Child => person(
            b,
            any(&[[236, 180, 60], [80, 150, 210], [220, 90, 80]]),
            t * 1.3 + item.self_,
            0.75,
            false,
        ),
        T::Astronaut => {
            let white = own([236, 238, 242]);
            person(b, white, t * 0.3 + item.self_, 1.0, false);
            b.oval(0.0, 0.86, 0.15, 0.15, white);
            b.oval(0.04, 0.86, 0.1, 0.09, [60, 84, 120]);
            b.rect(-0.2, 0.45, 0.1, 0.26, [190, 194, 200]);
        }
        T::Robot => {
            let steel = own([150, 162, 176]);
            let swing = stride * 0.1;
            b.bulge(0.5);
            for x in [-0.1, 0.1] {
                b.rect(x - 0.05, 0.0, 0.1, 0.32, scale(steel, 0.75));
                b.line(
                    &[(x * 2.4, 0.62), (x * 2.9, 0.45), (x * 2.7 + swing, 0.32)],
                    0.07,
                    scale(steel, 0.85),
                );
            }
            b.rect(-0.2, 0.3, 0.4, 0.38, steel);
            b.rect(-0.15, 0.7, 0.3, 0.22, scale(steel, 1.1));
            b.line(&[(0.0, 0.92), (0.0, 1.02)], 0.02, steel);
            b.kind(Kind::Light);
            for x in [-0.07, 0.07] {
                b.oval(x, 0.82, 0.035, 0.035, [90, 230, 255]);
            }
            b.oval(0.0, 0.5, 0.05, 0.05, [255, 120, 80]);
            b.glow(0.0, 0.82, 0.25, [90, 230, 255], 0.35);
        }
        T::Ghost => {
            let wave = |k: f32| 0.06 + 0.06 * fast_sin(t * 0.5 + k);
            b.poly(
                &[
                    (-0.3, 0.6),
                    (-0.2, 0.9),
                    (0.0, 1.0),
                    (0.2, 0.9),
                    (0.3, 0.6),
                    (0.34, wave(0.1)),
                    (0.17, 0.14),
                    (0.0, wave(0.5)),
                    (-0.17, 0.14),
                    (-0.34, wave(0.8)),
                ],
                own([232, 238, 246]),
            );
            for x in [-0.09, 0.11] {
                b.oval(x, 0.74, 0.05, 0.07, [40, 40, 56]);
            }
            b.glow(0.0, 0.5, 0.8, [160, 190, 230], 0.3);
        }
        T::Snowman => {
            for (y, r) in [(0.22, 0.26), (0.58, 0.19), (0.86, 0.14)] {
                b.oval(0.0, y, r, r, [246, 248, 252]);
            }
            b.poly(&[(0.02, 0.88), (0.02, 0.82), (0.24, 0.84)], [240, 130, 40]);
            for (x, y) in [(-0.05, 0.91), (0.06, 0.91), (0.0, 0.64), (0.0, 0.54)] {
                b.oval(x, y, 0.02, 0.02, [40, 40, 44]);
            }
            b.rect(-0.14, 0.98, 0.28, 0.03, [44, 44, 52]);
            b.rect(-0.09, 1.0, 0.18, 0.16, [44, 44, 52]);
            b.rect(-0.13, 0.7, 0.26, 0.06, own([206, 60, 54]));
        }
        T::Person => person(
            b,
            any(&[[70, 96, 150], [176, 66, 60], [80, 120, 90], [210, 170, 90]]),
            t + item.self_,
            1.0,
            false,
        ),
        _ => return false,
    }
    true
}

fn person(b: &mut Brush<'_>, cloth: Rgb, t: f32, k: f32, dancing: bool) {
    let pace = if dancing { 0.55 } else { 0.8 };
    let swing = fast_sin(t * pace) * if dancing { 0.2 } else { 0.12 };
    let bounce = fast_sin(t * pace * 2.0) * 0.015 + if dancing { 0.03 } else { 0.0 };
    let skin = [226, 178, 146];
    let (hip, neck) = ((0.0, 0.46 * k + bounce), (swing * 0.1, 0.76 * k + bounce));
    let dark = scale(cloth, 0.6);
    for side in [-1.0, 1.0] {
        let step = swing * side;
        b.line(
            &[hip, (step * 0.6 + 0.02, 0.24 * k), (step, 0.02)],
            0.075 * k,
            if side > 0.0 { [56, 60, 78] } else { [44, 48, 64] },
        );
    }
    let arm = |side: f32| {
        if dancing {
            [
                neck,
                (side * 0.18, 0.86 * k + bounce),
                (side * 0.26 + swing * 0.4, (1.04 + 0.1 * side * swing) * k),
            ]
        } else {
            [
                neck,
                (-swing * side * 0.7 + side * 0.06, 0.6 * k + bounce),
                (-swing * side * 1.1 + 0.03, 0.46 * k + bounce),
            ]
        }
    };
    b.line(&arm(-1.0), 0.055 * k, dark);
    if dancing {
        let flare = 0.24 + 0.05 * fast_sin(t * 0.4);
        b.poly(
            &[
                (neck.0 - 0.07, neck.1 - 0.02),
                (neck.0 + 0.07, neck.1 - 0.02),
                (0.06, 0.56),
                (flare, 0.32),
                (-flare, 0.32),
                (-0.06, 0.56),
            ],
            cloth,
        );
    } else {
        b.poly(
            &[
                (neck.0 - 0.1 * k, neck.1),
                (neck.0 + 0.1 * k, neck.1),
                (0.085 * k, hip.1 - 0.04),
                (-0.085 * k, hip.1 - 0.04),
            ],
            cloth,
        );
    }
    b.line(&arm(1.0), 0.055 * k, scale(cloth, 0.9));
    let head = 0.085 * (0.6 + 0.4 * k) + 0.015;
    b.oval(neck.0, neck.1 + head * 1.2, head, head * 1.1, skin);
    b.oval(neck.0 - 0.015, neck.1 + head * 1.6, head * 1.02, head * 0.75, [70, 50, 40]);
}
