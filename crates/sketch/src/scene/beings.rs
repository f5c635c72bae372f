//! Animals, people and other single things, as simple figures that move.

use crate::brief::Thing;
use crate::math::fast_sin;
use crate::scene::canvas::{Kind, Rgb, blend, scale};
use crate::scene::plan::Item;
use crate::scene::view::Brush;

/// How far a thing has moved after `t` seconds, in heights of the picture: to the right, and down.
pub(crate) fn drift(item: &Item, t: f32) -> (f32, f32) {
    use Thing as T;
    let way = if item.flip { -1.0 } else { 1.0 };
    let bob = |pace: f32, far: f32| fast_sin(t * pace + item.self_ * 7.0) * far;
    // Moves across, and comes in again on the other side.
    let cross = |pace: f32| {
        let x = item.x + way * t * pace * (0.8 + 0.4 * item.self_);
        (x + 1.15).rem_euclid(2.3) - 1.15 - item.x
    };
    match item.thing {
        T::Bird => (cross(0.07), bob(0.2, 0.02)),
        T::Butterfly | T::Bee => (bob(0.15, 0.12), bob(0.37, 0.06)),
        T::Fish => (cross(0.06), bob(0.2, 0.015)),
        T::Whale | T::Turtle => (cross(0.025), bob(0.1, 0.02)),
        T::Jellyfish => (bob(0.05, 0.03), bob(0.16, 0.05)),
        T::Car | T::Bus => (cross(0.16), 0.0),
        T::Bicycle => (cross(0.08), 0.0),
        T::Train => (-0.9 + t * 0.16, 0.0),
        T::Boat | T::Ship => (cross(0.016), bob(0.15, 0.004)),
        T::Plane => (cross(0.08), -0.01 * t),
        T::Ufo => (bob(0.11, 0.16), bob(0.23, 0.04)),
        T::Rocket => (bob(0.2, 0.004), 0.22 - 0.08 * t),
        T::Balloon => (bob(0.04, 0.05) + t * 0.004, bob(0.09, 0.02) - t * 0.006),
        T::Lantern => (bob(0.06, 0.03), 0.15 - t * 0.03),
        T::Kite => (bob(0.1, 0.06), bob(0.17, 0.04)),
        T::Dragon => (cross(0.05), bob(0.18, 0.03)),
        T::Heart | T::Ball | T::Cube | T::Crystal => (bob(0.05, 0.03), bob(0.12, 0.04)),
        T::Astronaut => (bob(0.05, 0.06), bob(0.08, 0.05)),
        T::Ghost => (bob(0.07, 0.08), bob(0.2, 0.03)),
        T::Dog | T::Horse | T::Fox | T::Deer | T::Lion => (cross(0.045), 0.0),
        T::Person | T::Child => (cross(0.022), 0.0),
        _ => (0.0, 0.0),
    }
}

/// Whether a thing looks where it goes.
pub(crate) fn turns(thing: Thing) -> bool {
    !matches!(thing, Thing::Rocket | Thing::Balloon | Thing::Lighthouse | Thing::Train)
}

/// How a four-legged animal differs from the others.
struct Beast {
    coat: Rgb,
    /// Height of the back's middle, length and thickness of the trunk.
    back: f32,
    long: f32,
    thick: f32,
    /// Where the head is, and how big.
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

/// Draws the thing; whatever has no figure of its own is a ball of light.
pub(crate) fn draw(b: &mut Brush<'_>, item: &Item, t: f32) {
    use Thing as T;
    let own = |usual: Rgb| item.colour.unwrap_or(usual);
    let any = |set: &[Rgb]| item.colour.unwrap_or(set[(item.self_ * 97.0) as usize % set.len()]);
    let stride = fast_sin(t * 0.9 + item.self_ * 3.0);
    b.bulge(0.8);
    match item.thing {
        T::Cat => {
            let coat = any(&[[226, 146, 70], [70, 70, 78], [220, 214, 206]]);
            cat(b, coat, t + item.self_);
        }
        T::Dog => beast(
            b,
            &Beast {
                coat: any(&[[170, 120, 74], [90, 74, 66], [226, 206, 170]]),
                legs: 0.085,
                ..BEAST
            },
            stride,
            0.1,
        ),
        T::Fox => beast(
            b,
            &Beast { coat: own([222, 112, 44]), tail: 0.34, skull: 0.12, ..BEAST },
            stride,
            0.12,
        ),
        T::Horse => {
            let beast_ = Beast {
                coat: any(&[[122, 80, 54], [236, 230, 222], [70, 54, 48]]),
                back: 0.62,
                head: (0.56, 1.0),
                skull: 0.1,
                snout: 0.16,
                tail: 0.3,
                ..BEAST
            };
            beast(b, &beast_, stride, 0.06);
            let mane = scale(beast_.coat, 0.5);
            b.poly(&[(0.28, 0.72), (0.42, 1.08), (0.5, 1.1), (0.38, 0.74)], mane);
        }
        T::Cow => {
            beast(
                b,
                &Beast { coat: own([240, 234, 226]), thick: 0.2, head: (0.55, 0.74), ..BEAST },
                stride * 0.3,
                0.06,
            );
            b.oval(-0.12, 0.6, 0.13, 0.1, [60, 52, 48]);
            b.oval(0.2, 0.52, 0.09, 0.08, [60, 52, 48]);
        }
        T::Sheep => {
            beast(
                b,
                &Beast { coat: [80, 72, 68], head: (0.5, 0.68), skull: 0.11, tail: 0.0, ..BEAST },
                stride * 0.3,
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
                stride,
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
                coat: any(&[[96, 66, 48], [236, 236, 236]]),
                thick: 0.24,
                legs: 0.13,
                head: (0.5, 0.76),
                skull: 0.17,
                tail: 0.04,
                ..BEAST
            },
            stride * 0.5,
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
                stride * 0.7,
                0.06,
            );
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
                stride * 0.3,
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
                stride * 0.4,
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
                stride * 0.4,
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
        T::Bird => {
            let flap = fast_sin(t * 1.4 + item.self_ * 9.0);
            let tone = own([60, 62, 72]);
            b.bulge(0.2);
            b.poly(
                &[
                    (0.0, 0.4),
                    (-0.5, 0.5 + flap * 0.5),
                    (-1.1, 0.42 + flap * 0.8),
                    (-0.5, 0.34 + flap * 0.36),
                ],
                tone,
            );
            b.poly(
                &[
                    (0.0, 0.4),
                    (0.5, 0.5 + flap * 0.5),
                    (1.1, 0.42 + flap * 0.8),
                    (0.5, 0.34 + flap * 0.36),
                ],
                tone,
            );
            b.oval(0.05, 0.38, 0.24, 0.1, tone);
        }
        T::Butterfly => {
            let open = 0.35 + 0.65 * fast_sin(t * 1.8 + item.self_ * 5.0).abs();
            let tone = any(&[[240, 150, 50], [90, 140, 230], [230, 90, 150], [246, 220, 90]]);
            for side in [-1.0, 1.0] {
                b.oval(side * 0.34 * open, 0.66, 0.34 * open, 0.3, tone);
                b.oval(side * 0.26 * open, 0.26, 0.25 * open, 0.22, scale(tone, 0.8));
            }
            b.oval(0.0, 0.46, 0.05, 0.32, [50, 40, 40]);
        }
        T::Bee => {
            for x in [-0.1, 0.16] {
                b.oval(x, 0.7 + 0.1 * fast_sin(t * 6.0), 0.16, 0.22, [226, 240, 250]);
            }
            b.oval(0.0, 0.4, 0.4, 0.27, [246, 200, 60]);
            for x in [-0.16, 0.06] {
                b.rect(x, 0.16, 0.1, 0.48, [50, 40, 30]);
            }
        }
        T::Fish => {
            let tone = any(&[
                [250, 150, 50],
                [80, 160, 230],
                [240, 220, 90],
                [230, 90, 110],
                [120, 210, 190],
            ]);
            let wag = 0.16 * fast_sin(t * 1.2 + item.self_ * 5.0);
            b.poly(
                &[(-0.5, 0.4), (-0.95, 0.66 + wag), (-0.82, 0.4 + wag), (-0.95, 0.14 + wag)],
                scale(tone, 0.85),
            );
            b.oval(0.0, 0.4, 0.62, 0.3, tone);
            b.poly(&[(-0.2, 0.64), (0.2, 0.64), (-0.05, 0.86)], scale(tone, 0.8));
            b.oval(0.36, 0.46, 0.08, 0.08, [250, 250, 250]);
            b.oval(0.38, 0.46, 0.04, 0.04, [20, 20, 24]);
        }
        T::Jellyfish => {
            let tone = any(&[[240, 150, 210], [150, 180, 250], [250, 200, 150]]);
            let pulse = 1.0 + 0.12 * fast_sin(t * 0.5 + item.self_ * 3.0);
            for i in 0..6 {
                let x = (i as f32 - 2.5) * 0.12;
                let s = |k: f32| x + 0.07 * fast_sin(t * 0.4 + k + i as f32 * 0.17);
                b.line(
                    &[(x, 0.6), (s(0.0), 0.35), (s(0.3), 0.1), (s(0.6), -0.2)],
                    0.03,
                    scale(tone, 0.9),
                );
            }
            let dome: Vec<_> = (0..=18)
                .map(|i| {
                    (
                        fast_sin(i as f32 / 36.0 - 0.25) * 0.42 * pulse,
                        0.58 + fast_sin(i as f32 / 36.0) * 0.42,
                    )
                })
                .collect();
            b.poly(&dome, tone);
            b.glow(0.0, 0.65, 0.7, tone, 0.25);
        }
        T::Whale => {
            let tone = own([62, 92, 128]);
            let wag = 0.12 * fast_sin(t * 0.22);
            b.poly(
                &[(-1.1, 0.42), (-1.6, 0.8 + wag), (-1.38, 0.44 + wag), (-1.62, 0.14 + wag)],
                tone,
            );
            b.oval(-0.2, 0.42, 1.05, 0.36, tone);
            b.oval(0.1, 0.28, 0.66, 0.18, [206, 216, 222]);
            b.poly(&[(0.0, 0.2), (-0.4, -0.16), (-0.12, 0.26)], scale(tone, 0.8));
            b.oval(0.56, 0.46, 0.04, 0.04, [20, 20, 26]);
            for i in 0..4 {
                let x = 0.2 + (i as f32 - 1.5) * 0.12;
                b.line(
                    &[(0.2, 0.78), (x, 1.1 + 0.1 * fast_sin(t * 0.6)), (x * 1.3, 1.0)],
                    0.03,
                    [220, 236, 244],
                );
            }
        }
        T::Turtle => {
            let paddle = 0.14 * fast_sin(t * 0.35);
            for (x, y) in [(0.34, 0.2), (-0.36, 0.22)] {
                b.poly(
                    &[(x - 0.1, y + 0.1), (x + 0.1, y + 0.1), (x - 0.2, y - 0.26 + paddle)],
                    [116, 156, 96],
                );
            }
            b.oval(0.66, 0.42, 0.16, 0.13, [126, 166, 104]);
            b.oval(0.0, 0.42, 0.56, 0.32, own([98, 118, 66]));
            for (x, y) in [(-0.24, 0.46), (0.0, 0.52), (0.24, 0.46)] {
                b.oval(x, y, 0.11, 0.11, [136, 150, 88]);
            }
        }
        T::Dragon => {
            let tone = own([176, 52, 48]);
            let flap = fast_sin(t * 0.6);
            b.poly(
                &[
                    (-0.1, 0.6),
                    (-0.7, 1.0 + flap * 0.3),
                    (-0.9, 0.6 + flap * 0.3),
                    (-0.5, 0.66),
                    (-0.3, 0.5),
                ],
                scale(tone, 0.7),
            );
            b.line(&[(-1.2, 0.3 + 0.1 * flap), (-0.8, 0.4), (-0.4, 0.42)], 0.1, tone);
            b.oval(-0.1, 0.45, 0.45, 0.17, tone);
            b.line(&[(0.2, 0.5), (0.5, 0.76), (0.7, 0.8)], 0.12, tone);
            b.poly(&[(0.6, 0.9), (1.06, 0.78), (0.66, 0.68)], tone);
            b.poly(
                &[(0.0, 0.56), (0.1, 1.1 + flap * 0.3), (-0.5, 0.9 + flap * 0.3), (-0.3, 0.52)],
                scale(tone, 0.85),
            );
            b.kind(Kind::Light);
            b.poly(&[(1.04, 0.78), (1.5 + 0.1 * flap, 0.86), (1.45, 0.68)], [255, 160, 50]);
            b.glow(1.3, 0.78, 0.4, [255, 120, 30], 0.6);
        }
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
        T::Heart => {
            let beat = 1.0 + 0.06 * fast_sin(t * 1.1).max(0.0);
            let outline: Vec<_> = (0..40)
                .map(|i| {
                    let turn = i as f32 / 40.0;
                    let s = fast_sin(turn);
                    let c = |k: f32| fast_sin(turn * k + 0.25);
                    (
                        s * s * s * 0.5 * beat,
                        0.55 + (13.0 * c(1.0) - 5.0 * c(2.0) - 2.0 * c(3.0) - c(4.0)) / 32.0 * beat,
                    )
                })
                .collect();
            b.poly(&outline, own([224, 50, 80]));
        }
        T::Cube => {
            let tone = any(&[[230, 110, 80], [80, 150, 220], [240, 190, 70], [120, 190, 130]]);
            let turn = t * 0.05 + item.self_;
            let c = |k: f32| (fast_sin(turn + k) * 0.45, 0.5 + fast_sin(turn + k + 0.25) * 0.16);
            b.bulge(0.15);
            for side in 0..4 {
                let (p, q) = (c(side as f32 / 4.0), c((side + 1) as f32 / 4.0));
                if p.1 + q.1 < 1.0 {
                    b.poly(
                        &[(p.0, p.1 - 0.3), (q.0, q.1 - 0.3), (q.0, q.1 + 0.3), (p.0, p.1 + 0.3)],
                        scale(tone, 0.7 + 0.2 * (p.0 + q.0).abs()),
                    );
                }
            }
            let top: Vec<_> =
                (0..4).map(|k| (c(k as f32 / 4.0).0, c(k as f32 / 4.0).1 + 0.3)).collect();
            b.poly(&top, scale(tone, 1.2));
        }
        T::Kite => {
            let tone = any(&[[226, 70, 70], [250, 190, 60], [80, 140, 220]]);
            b.poly(&[(0.0, 1.0), (0.36, 0.55), (0.0, 0.0), (-0.36, 0.55)], tone);
            b.poly(&[(0.0, 1.0), (0.36, 0.55), (0.0, 0.55)], scale(tone, 1.25));
            let tail: Vec<_> = (0..7)
                .map(|i| {
                    (0.12 * fast_sin(t * 0.5 + i as f32 * 0.2) * i as f32 / 3.0, -0.2 * i as f32)
                })
                .collect();
            b.line(&tail, 0.03, [240, 240, 240]);
        }
        T::Person => person(
            b,
            any(&[[70, 96, 150], [176, 66, 60], [80, 120, 90], [210, 170, 90]]),
            t + item.self_,
            1.0,
            false,
        ),
        T::Piano => {
            b.poly(
                &[(-0.7, 0.5), (0.7, 0.5), (0.7, 0.66), (0.2, 0.7), (-0.7, 0.7)],
                own([34, 32, 36]),
            );
            b.poly(&[(-0.6, 0.7), (0.3, 0.7), (-0.3, 1.1)], [50, 48, 54]);
            b.rect(0.2, 0.56, 0.5, 0.06, [246, 244, 240]);
            for x in [-0.6, 0.0, 0.6] {
                b.rect(x - 0.03, 0.0, 0.06, 0.5, [34, 32, 36]);
            }
        }
        T::Guitar => {
            let wood = own([196, 132, 70]);
            b.line(&[(0.0, 0.5), (0.0, 1.0)], 0.06, [100, 70, 50]);
            b.oval(0.0, 0.18, 0.22, 0.18, wood);
            b.oval(0.0, 0.42, 0.16, 0.14, wood);
            b.oval(0.0, 0.32, 0.07, 0.07, [60, 40, 30]);
        }
        _ => b.oval(
            0.0,
            0.5,
            0.5,
            0.5,
            any(&[[230, 90, 80], [90, 150, 230], [240, 190, 70], [120, 190, 130], [190, 120, 210]]),
        ),
    }
}

fn beast(b: &mut Brush<'_>, k: &Beast, stride: f32, ears: f32) {
    let dark = scale(k.coat, 0.78);
    let hip = k.long * 0.75;
    for (x, phase, tone) in [
        (-hip, 1.0, dark),
        (hip, -1.0, dark),
        (-hip + 0.09, -1.0, k.coat),
        (hip - 0.09, 1.0, k.coat),
    ] {
        let swing = stride * phase * 0.09;
        b.line(
            &[(x, k.back - 0.05), (x + swing * 0.5, k.back * 0.45), (x + swing, 0.02)],
            k.legs,
            tone,
        );
    }
    if k.tail > 0.0 {
        b.line(
            &[
                (-k.long, k.back + 0.05),
                (-k.long - k.tail * 0.6, k.back - 0.02 + stride * 0.03),
                (-k.long - k.tail, k.back + k.tail * 0.3),
            ],
            0.06,
            dark,
        );
    }
    b.line(&[(k.long * 0.7, k.back + 0.03), k.head], k.skull * 1.25, k.coat);
    b.oval(0.0, k.back, k.long, k.thick, k.coat);
    b.more(hip * 0.8, k.back + 0.02, k.thick * 1.1, k.thick * 1.1, k.coat);
    let (x, y) = k.head;
    if ears > 0.0 {
        for side in [-0.6, 0.2] {
            let at = x + side * k.skull;
            b.poly(
                &[
                    (at - 0.05, y + k.skull * 0.6),
                    (at + 0.05, y + k.skull * 0.6),
                    (at - 0.01, y + k.skull * 0.8 + ears),
                ],
                dark,
            );
        }
    }
    b.oval(x, y, k.skull, k.skull * 0.92, k.coat);
    b.more(
        x + k.skull * 0.8,
        y - k.skull * 0.25,
        k.snout,
        k.skull * 0.5,
        blend(k.coat, [255, 240, 220], 0.25),
    );
    b.oval(x + k.skull * 0.35, y + k.skull * 0.2, 0.022, 0.026, [24, 20, 22]);
    b.oval(x + k.skull * 0.8 + k.snout * 0.85, y - k.skull * 0.15, 0.025, 0.022, [30, 24, 26]);
}

fn cat(b: &mut Brush<'_>, coat: Rgb, t: f32) {
    let flick = fast_sin(t * 0.3) * 0.12;
    b.line(
        &[(-0.25, 0.1), (-0.55, 0.12), (-0.62, 0.4 + flick), (-0.52 + flick, 0.56)],
        0.09,
        scale(coat, 0.85),
    );
    b.oval(0.0, 0.3, 0.28, 0.32, coat);
    for x in [0.02, 0.18] {
        b.line(&[(x, 0.35), (x + 0.02, 0.04)], 0.1, scale(coat, 1.05));
    }
    for side in [-1.0, 1.0] {
        let x = 0.12 + side * 0.15;
        b.poly(&[(x - 0.09, 0.82), (x + 0.09, 0.82), (x + side * 0.05, 1.06)], coat);
    }
    b.oval(0.12, 0.72, 0.25, 0.21, coat);
    let blink = if (t * 0.31).fract() > 0.95 { 0.01 } else { 0.045 };
    for x in [0.03, 0.22] {
        b.oval(x, 0.75, 0.04, blink, [90, 170, 90]);
        b.oval(x, 0.75, 0.016, blink, [20, 20, 22]);
    }
    b.oval(0.125, 0.66, 0.025, 0.02, [230, 130, 130]);
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
