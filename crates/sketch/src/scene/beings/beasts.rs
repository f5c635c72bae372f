//! Four-legged animals.

use crate::brief::Thing;
use crate::math::fast_sin;
use crate::scene::beings::gait::{self, Gait, Leg};
use crate::scene::beings::{pets, wild};
use crate::scene::canvas::{Rgb, blend, scale};
use crate::scene::plan::Item;
use crate::scene::view::Brush;

/// Draws the thing if it is one of these; returns false if not.
pub(super) fn draw(b: &mut Brush<'_>, item: &Item, gait: Gait) -> bool {
    let t = gait.t;
    use Thing as T;
    let own = |usual: Rgb| item.colour.unwrap_or(usual);
    let any = |set: &[Rgb]| item.colour.unwrap_or(set[(item.self_ * 97.0) as usize % set.len()]);
    if gait.asleep {
        let coat = match item.thing {
            T::Cat => any(&[[226, 146, 70], [110, 108, 114], [220, 214, 206]]),
            T::Dog => any(&[[190, 138, 84], [120, 96, 80], [226, 206, 170]]),
            T::Fox => own([222, 112, 44]),
            T::Wolf => own([136, 138, 146]),
            T::Lion => own([214, 160, 84]),
            T::Tiger => own([232, 140, 52]),
            T::Bear => own([104, 72, 52]),
            T::Horse => own([132, 84, 54]),
            T::Deer => own([158, 106, 66]),
            T::Rabbit => own([226, 214, 200]),
            _ => return false,
        };
        gait::asleep(b, coat, blend(coat, [255, 244, 228], 0.5), t);
        return true;
    }
    let stride = gait.swing();
    match item.thing {
        T::Cat => {
            let coat = any(&[[226, 146, 70], [70, 70, 78], [220, 214, 206]]);
            pets::cat(b, coat, t + item.self_);
        }
        T::Dog => {
            let coat = any(&[[196, 142, 84], [112, 88, 74], [230, 208, 168]]);
            pets::dog(b, coat, gait);
        }
        T::Monkey => wild::monkey(b, own([120, 82, 56]), t),
        T::Squirrel => wild::squirrel(b, own([178, 96, 48]), t),
        T::Crocodile => wild::crocodile(b, own([92, 116, 62]), gait.by(0.5)),
        T::Wolf => {
            let coat = own([132, 134, 142]);
            let wolf = Beast { coat, thick: 0.17, tail: 0.3, skull: 0.115, snout: 0.13, ..BEAST };
            beast(b, &wolf, gait, 0.13);
            let pale = blend(coat, [255, 250, 244], 0.55);
            b.bulge(0.6);
            b.blob(&[(0.3, 0.62), (0.44, 0.72), (0.5, 0.62), (0.34, 0.44)], pale);
        }
        T::Fox => {
            let coat = own([222, 112, 44]);
            beast(
                b,
                &Beast { coat, legs: 0.055, tail: 0.36, skull: 0.115, snout: 0.11, ..BEAST },
                gait,
                0.13,
            );
            b.bulge(0.6);
            b.blob(&[(0.3, 0.6), (0.44, 0.7), (0.5, 0.6), (0.36, 0.46)], [250, 240, 226]);
            let tip = -BEAST.long - 0.36 * 0.85;
            b.oval(tip - 0.02, 0.43 + stride * 0.04, 0.07, 0.06, [250, 244, 234]);
        }
        T::Cow => {
            beast(
                b,
                &Beast { coat: own([240, 234, 226]), thick: 0.2, head: (0.55, 0.74), ..BEAST },
                gait.by(0.6),
                0.06,
            );
            b.oval(-0.12, 0.6, 0.13, 0.1, [60, 52, 48]);
            b.oval(0.2, 0.52, 0.09, 0.08, [60, 52, 48]);
        }
        T::Sheep => {
            beast(
                b,
                &Beast { coat: [80, 72, 68], head: (0.5, 0.68), skull: 0.11, tail: 0.0, ..BEAST },
                gait.by(0.6),
                0.08,
            );
            for i in 0..9 {
                let turn = i as f32 / 9.0;
                b.oval(
                    fast_sin(turn) * 0.28,
                    0.58 + fast_sin(turn + 0.25) * 0.13,
                    0.16,
                    0.15,
                    own([244, 240, 230]),
                );
            }
        }
        T::Deer => {
            beast(
                b,
                &Beast {
                    coat: own([158, 106, 66]),
                    back: 0.58,
                    head: (0.48, 0.94),
                    skull: 0.09,
                    snout: 0.11,
                    legs: 0.05,
                    tail: 0.08,
                    ..BEAST
                },
                gait,
                0.1,
            );
            for side in [-0.05, 0.06] {
                b.line(
                    &[(0.46 + side, 1.0), (0.4 + side * 3.0, 1.2), (0.46 + side * 4.0, 1.34)],
                    0.025,
                    [110, 84, 60],
                );
                b.line(&[(0.41 + side * 3.0, 1.18), (0.3 + side * 3.0, 1.28)], 0.02, [110, 84, 60]);
            }
        }
        T::Bear => beast(
            b,
            &Beast {
                coat: own([104, 72, 52]),
                thick: 0.24,
                legs: 0.13,
                head: (0.5, 0.76),
                skull: 0.17,
                tail: 0.04,
                ..BEAST
            },
            gait.by(0.8),
            0.07,
        ),
        T::Lion => {
            b.oval(0.5, 0.8, 0.25, 0.26, [140, 82, 40]);
            beast(
                b,
                &Beast {
                    coat: own([214, 160, 84]),
                    head: (0.54, 0.8),
                    skull: 0.15,
                    tail: 0.34,
                    ..BEAST
                },
                gait,
                0.06,
            );
        }
        T::Tiger => {
            let tiger = Beast {
                coat: own([232, 140, 52]),
                thick: 0.18,
                head: (0.54, 0.8),
                skull: 0.15,
                tail: 0.36,
                ..BEAST
            };
            beast(b, &tiger, gait, 0.06);
            let up = gait.bob();
            b.bulge(0.2);
            b.blob(
                &[(-0.3, 0.46 + up), (0.0, 0.45 + up), (0.26, 0.44 + up), (0.0, 0.41 + up)],
                [250, 240, 224],
            );
            for i in 0..9 {
                let x = -0.34 + i as f32 * 0.085;
                let low = 0.5 + 0.06 * fast_sin(i as f32 * 0.37);
                b.poly(
                    &[(x - 0.02, 0.7 + up), (x + 0.022, 0.7 + up), (x + 0.03, low + up)],
                    [44, 32, 30],
                );
            }
            for (x, y) in [(0.46, 0.9), (0.53, 0.92), (0.6, 0.9)] {
                b.line(&[(x, y + up), (x + 0.01, y + 0.04 + up)], 0.018, [44, 32, 30]);
            }
        }
        T::Elephant => {
            beast(
                b,
                &Beast {
                    coat: own([140, 140, 148]),
                    back: 0.62,
                    thick: 0.3,
                    legs: 0.15,
                    head: (0.52, 0.78),
                    skull: 0.22,
                    snout: 0.04,
                    tail: 0.16,
                    ..BEAST
                },
                gait.by(0.6),
                0.0,
            );
            let swing = 0.08 * stride;
            b.line(
                &[(0.7, 0.74), (0.8, 0.5), (0.78 + swing, 0.24), (0.86 + swing * 1.5, 0.16)],
                0.09,
                own([134, 134, 142]),
            );
            b.oval(0.4, 0.78, 0.17, 0.22, own([124, 124, 132]));
            b.line(&[(0.68, 0.64), (0.86, 0.58)], 0.03, [246, 240, 226]);
        }
        T::Giraffe => {
            let coat = own([228, 182, 100]);
            b.line(&[(0.3, 0.5), (0.46, 0.96)], 0.11, coat);
            beast(
                b,
                &Beast {
                    coat,
                    back: 0.44,
                    long: 0.34,
                    thick: 0.13,
                    head: (0.5, 1.0),
                    skull: 0.065,
                    snout: 0.1,
                    legs: 0.05,
                    tail: 0.14,
                },
                gait.by(0.7),
                0.05,
            );
            for (x, y) in
                [(-0.2, 0.46), (0.0, 0.5), (0.16, 0.42), (0.34, 0.62), (0.4, 0.78), (-0.06, 0.38)]
            {
                b.oval(x, y, 0.05, 0.045, [150, 92, 50]);
            }
        }
        T::Rabbit => {
            let coat = any(&[[226, 214, 200], [170, 140, 112]]);
            let hop = (t * 0.8 + item.self_).fract();
            let up = 0.25 * hop * (1.0 - hop);
            for x in [0.14, 0.24] {
                b.oval(x, 0.95 + up, 0.05, 0.24, coat);
            }
            b.oval(-0.05, 0.28 + up, 0.3, 0.27, coat);
            b.oval(0.2, 0.6 + up, 0.19, 0.18, coat);
            b.oval(-0.34, 0.24 + up, 0.09, 0.09, [250, 248, 244]);
            b.oval(0.27, 0.64 + up, 0.03, 0.035, [30, 26, 26]);
        }
        T::Dinosaur => {
            let coat = own([92, 140, 80]);
            b.line(&[(-0.9, 0.5), (-0.5, 0.42), (-0.1, 0.5)], 0.14, coat);
            beast(
                b,
                &Beast {
                    coat,
                    back: 0.5,
                    thick: 0.24,
                    legs: 0.13,
                    head: (0.56, 0.94),
                    skull: 0.13,
                    snout: 0.16,
                    tail: 0.0,
                    ..BEAST
                },
                gait.by(0.7),
                0.0,
            );
            for i in 0..6 {
                let x = -0.4 + i as f32 * 0.15;
                b.poly(&[(x - 0.05, 0.7), (x + 0.05, 0.7), (x, 0.84)], scale(coat, 0.7));
            }
        }
        T::Penguin => {
            let waddle = stride * 0.05;
            b.oval(waddle, 0.42, 0.26, 0.42, [40, 44, 56]);
            b.oval(0.05 + waddle, 0.38, 0.18, 0.34, [246, 246, 244]);
            b.oval(waddle * 1.4, 0.86, 0.17, 0.16, [40, 44, 56]);
            b.poly(&[(0.12, 0.88), (0.12, 0.8), (0.3, 0.83)], [246, 166, 50]);
            b.oval(0.07 + waddle, 0.9, 0.03, 0.03, [250, 250, 250]);
            for x in [-0.12, 0.12] {
                b.oval(x, 0.0, 0.12, 0.04, [246, 166, 50]);
            }
        }
        _ => return false,
    }
    true
}

/// The proportions of a four-legged animal.
struct Beast {
    coat: Rgb,
    /// The height of the middle of the back, and the length and thickness of the trunk.
    back: f32,
    long: f32,
    thick: f32,
    /// The position and the size of the head.
    head: (f32, f32),
    skull: f32,
    snout: f32,
    legs: f32,
    tail: f32,
}

const BEAST: Beast = Beast {
    coat: [150, 110, 76],
    back: 0.56,
    long: 0.42,
    thick: 0.16,
    head: (0.52, 0.84),
    skull: 0.13,
    snout: 0.1,
    legs: 0.07,
    tail: 0.2,
};

fn beast(b: &mut Brush<'_>, k: &Beast, gait: Gait, ears: f32) {
    let dark = scale(k.coat, 0.72);
    let stride = gait.swing();
    let (hip, low) = (k.long * 0.74, k.back - k.thick * 0.1 + gait.bob());
    let phases = gait.phases();
    let leg = |b: &mut Brush<'_>, x: f32, at: usize, tone: Rgb| {
        let foot = scale(tone, 0.55);
        let hind = at > 1;
        Leg { hip: (x, low), thick: k.legs, hind, tone, foot }.draw(b, phases[at], gait.reach);
    };
    leg(b, -hip + 0.04, 3, dark);
    leg(b, hip - 0.02, 1, dark);
    if k.tail > 0.0 {
        let tip = k.back - k.tail * 0.35 + stride * 0.04;
        b.limb(
            &[
                (-k.long * 0.92, k.back + k.thick * 0.4),
                (-k.long - k.tail * 0.55, k.back + k.thick * 0.3),
                (-k.long - k.tail * 0.85, tip),
            ],
            0.05,
            0.085,
            dark,
        );
    }
    let (x, y) = k.head;
    b.limb(
        &[(k.long * 0.62, k.back), ((k.long * 0.72 + x) * 0.5, (k.back + y) * 0.5), k.head],
        k.thick * 1.7,
        k.skull * 1.35,
        k.coat,
    );
    b.blob(
        &[
            (-k.long, k.back + k.thick * 0.1),
            (-k.long * 0.72, k.back + k.thick * 0.9),
            (-k.long * 0.1, k.back + k.thick * 0.72),
            (k.long * 0.62, k.back + k.thick),
            (k.long * 0.98, k.back + k.thick * 0.05),
            (k.long * 0.7, k.back - k.thick * 0.95),
            (0.0, k.back - k.thick * 0.92),
            (-k.long * 0.66, k.back - k.thick * 0.72),
        ],
        k.coat,
    );
    leg(b, -hip - 0.03, 2, k.coat);
    leg(b, hip + 0.03, 0, k.coat);
    if ears > 0.0 {
        for (side, tone) in [(-0.55, dark), (0.1, k.coat)] {
            let at = x + side * k.skull;
            b.blob(
                &[
                    (at - 0.045, y + k.skull * 0.55),
                    (at + 0.05, y + k.skull * 0.6),
                    (at - 0.02, y + k.skull * 0.75 + ears),
                ],
                tone,
            );
        }
    }
    let muzzle = (x + k.skull * 0.75 + k.snout, y - k.skull * 0.42);
    b.limb(&[(x - k.skull * 0.1, y), muzzle], k.skull * 1.85, k.skull * 0.95, k.coat);
    let pale = blend(k.coat, [255, 240, 220], 0.3);
    b.more(muzzle.0 - 0.01, muzzle.1 - k.skull * 0.1, k.skull * 0.42, k.skull * 0.36, pale);
    b.oval(muzzle.0 + k.skull * 0.3, muzzle.1 + k.skull * 0.06, 0.024, 0.02, [34, 28, 30]);
    b.oval(x + k.skull * 0.38, y + k.skull * 0.28, 0.024, 0.03, [24, 20, 22]);
    b.more(x + k.skull * 0.42, y + k.skull * 0.36, 0.008, 0.009, [250, 250, 250]);
}
