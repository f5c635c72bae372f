//! What people build: houses, towers, vehicles, rooms.

use crate::brief::{Thing, Time};
use crate::math::fast_sin;
use crate::rng::Rng;
use crate::scene::canvas::{Canvas, Kind, Paint, Rgb, Texture, scale};
use crate::scene::plan::{Item, Scene};
use crate::scene::sky;
use crate::scene::view::{Brush, View};

const WALL: Rgb = [226, 210, 186];
const ROOF: Rgb = [172, 78, 60];
const STONE: Rgb = [158, 152, 146];

/// Draws the thing if it is built; false when it isn't.
pub(crate) fn draw(b: &mut Brush<'_>, item: &Item, t: f32) -> bool {
    let pick = |set: &[Rgb]| item.colour.unwrap_or(set[(item.self_ * 97.0) as usize % set.len()]);
    b.bulge(0.25);
    match item.thing {
        Thing::House => {
            let wall = pick(&[WALL, [206, 186, 160], [186, 204, 206], [222, 196, 170]]);
            b.rect(-0.5, 0.0, 1.0, 0.56, wall);
            b.poly(&[(-0.62, 0.54), (0.62, 0.54), (0.3, 1.0), (-0.3, 1.0)], ROOF);
            b.rect(0.28, 0.8, 0.12, 0.32, scale(ROOF, 0.8));
            b.rect(-0.08, 0.0, 0.18, 0.34, [104, 70, 48]);
            b.pane(-0.4, 0.2, 0.2, 0.2);
            b.pane(0.22, 0.2, 0.2, 0.2);
            b.kind(Kind::Sky);
            for i in 0..4 {
                let age = (t * 0.2 + i as f32 / 4.0).fract();
                let puff = [
                    (0.3 + age * 0.3, 1.1 + age * 0.5),
                    (0.42 + age * 0.5, 1.14 + age * 0.5),
                    (0.36 + age * 0.4, 1.26 + age * 0.6),
                ];
                b.veil(&puff, [236, 236, 236], 0.5 * (1.0 - age));
            }
        }
        Thing::Tower => {
            let tone = pick(&[[108, 122, 148], [140, 130, 124], [96, 110, 130]]);
            b.rect(-0.18, 0.0, 0.36, 0.96, tone);
            b.rect(0.08, 0.0, 0.1, 0.96, scale(tone, 0.78));
            b.rect(-0.01, 0.96, 0.02, 0.14, scale(tone, 0.6));
            for row in 0..12 {
                for column in 0..4 {
                    if (row * 7 + column * 3) % 5 != 0 {
                        b.pane(-0.15 + column as f32 * 0.08, 0.05 + row as f32 * 0.075, 0.04, 0.04);
                    }
                }
            }
        }
        Thing::Castle => {
            let wall = pick(&[STONE, [190, 178, 160]]);
            b.rect(-0.6, 0.0, 1.2, 0.42, wall);
            for i in 0..8 {
                b.rect(-0.6 + i as f32 * 0.155, 0.42, 0.09, 0.06, wall);
            }
            for (x, tall) in [(-0.6, 0.62), (0.6, 0.62), (-0.22, 0.78), (0.24, 0.9)] {
                b.rect(x - 0.1, 0.0, 0.2, tall, scale(wall, 0.92));
                b.poly(&[(x - 0.14, tall), (x + 0.14, tall), (x, tall + 0.28)], [88, 98, 142]);
                b.pane(x - 0.03, tall - 0.16, 0.06, 0.1);
                let wave = fast_sin(t * 0.6 + x) * 0.03;
                b.line(&[(x, tall + 0.26), (x, tall + 0.4)], 0.012, [80, 70, 60]);
                b.poly(
                    &[(x, tall + 0.4), (x + 0.13, tall + 0.36 + wave), (x, tall + 0.32)],
                    [206, 60, 60],
                );
            }
            b.poly(
                &[(-0.11, 0.0), (0.11, 0.0), (0.11, 0.2), (0.0, 0.29), (-0.11, 0.2)],
                [70, 52, 44],
            );
        }
        Thing::Lighthouse => {
            b.poly(&[(-0.5, -0.04), (-0.3, 0.08), (0.3, 0.09), (0.55, -0.04)], [110, 106, 102]);
            let red = pick(&[[206, 58, 52]]);
            for i in 0..5 {
                let (y0, y1) = (0.06 + 0.14 * i as f32, 0.2 + 0.14 * i as f32);
                let wide = |y: f32| 0.13 - 0.07 * y;
                let tone = if i % 2 == 0 { [240, 238, 232] } else { red };
                b.poly(&[(-wide(y0), y0), (wide(y0), y0), (wide(y1), y1), (-wide(y1), y1)], tone);
            }
            b.rect(-0.1, 0.76, 0.2, 0.03, [60, 60, 66]);
            b.pane(-0.05, 0.79, 0.1, 0.1);
            b.poly(&[(-0.08, 0.89), (0.08, 0.89), (0.0, 1.0)], red);
            if b.light.lamps {
                let swing = fast_sin(t * 0.12);
                b.kind(Kind::Light);
                for side in [-1.0, 1.0] {
                    let far = 2.6 * swing * side;
                    b.veil(&[(0.0, 0.83), (far, 1.05), (far, 0.62)], [255, 244, 200], 0.35);
                }
                b.glow(0.0, 0.84, 0.4, [255, 236, 170], 0.9);
            }
        }
        Thing::Windmill => {
            b.poly(&[(-0.17, 0.0), (0.17, 0.0), (0.1, 0.62), (-0.1, 0.62)], pick(&[WALL]));
            b.poly(&[(-0.13, 0.62), (0.13, 0.62), (0.0, 0.78)], ROOF);
            b.pane(-0.04, 0.34, 0.08, 0.1);
            for blade in 0..4 {
                let turn = t * 0.12 + blade as f32 / 4.0;
                let (x, y) = (fast_sin(turn + 0.25), fast_sin(turn));
                let at = |r: f32, s: f32| (x * r - y * s, 0.64 + y * r + x * s);
                b.poly(
                    &[at(0.05, -0.01), at(0.42, -0.01), at(0.42, 0.09), at(0.1, 0.09)],
                    [236, 230, 220],
                );
                b.line(&[(0.0, 0.64), at(0.44, 0.0)], 0.014, [96, 74, 56]);
            }
        }
        Thing::Church => {
            let wall = pick(&[WALL, STONE]);
            b.rect(-0.2, 0.0, 0.7, 0.36, wall);
            b.poly(&[(-0.26, 0.35), (0.56, 0.35), (0.44, 0.58), (-0.14, 0.58)], [116, 84, 76]);
            b.rect(-0.44, 0.0, 0.26, 0.62, scale(wall, 0.95));
            b.poly(&[(-0.48, 0.62), (-0.14, 0.62), (-0.31, 1.0)], [100, 90, 104]);
            for x in [0.0, 0.2] {
                b.pane(x, 0.12, 0.08, 0.15);
            }
            b.pane(-0.35, 0.42, 0.08, 0.1);
        }
        Thing::Bridge => {
            let tone = pick(&[[176, 74, 60], STONE]);
            b.rect(-6.0, 0.3, 12.0, 0.08, tone);
            for i in -3..=3 {
                let x = i as f32 * 1.8;
                b.rect(x - 0.07, -0.1, 0.14, 1.1, scale(tone, 0.85));
                let cable: Vec<_> = (0..=12)
                    .map(|k| {
                        let u = k as f32 / 6.0 - 1.0;
                        (x + 0.9 + u * 0.9, 0.4 + 0.55 * u * u)
                    })
                    .collect();
                b.line(&cable, 0.03, tone);
            }
        }
        Thing::Tent => {
            let cloth = pick(&[[226, 132, 58], [86, 146, 168], [196, 78, 70]]);
            b.poly(&[(-0.7, 0.0), (0.7, 0.0), (0.0, 0.9)], cloth);
            let inside = if b.light.lamps { [255, 220, 140] } else { scale(cloth, 0.45) };
            b.poly(&[(-0.2, 0.0), (0.2, 0.0), (0.0, 0.86)], inside);
        }
        Thing::Pyramid => {
            let sand = pick(&[[220, 178, 110]]);
            b.poly(&[(-0.9, 0.0), (0.3, 0.0), (0.0, 1.0)], sand);
            b.poly(&[(0.3, 0.0), (0.9, 0.06), (0.0, 1.0)], scale(sand, 0.68));
        }
        Thing::Car => car(
            b,
            pick(&[[206, 60, 54], [56, 108, 190], [236, 190, 70], [230, 232, 236], [70, 140, 100]]),
            t,
            1.0,
        ),
        Thing::Bus => car(b, pick(&[[226, 170, 50], [190, 60, 56]]), t, 1.8),
        Thing::Train => {
            let tone = pick(&[[60, 66, 84], [150, 50, 50]]);
            b.rect(-30.0, -0.06, 60.0, 0.06, [96, 84, 76]);
            for wagon in 0..5 {
                let x = -wagon as f32 * 1.75;
                b.rect(x - 0.8, 0.14, 1.6, 0.7, if wagon == 0 { tone } else { scale(tone, 1.25) });
                for pane in 0..4 {
                    b.pane(x - 0.66 + pane as f32 * 0.36, 0.44, 0.22, 0.24);
                }
                for wheel in [-0.5, 0.0, 0.5] {
                    b.oval(x + wheel, 0.12, 0.13, 0.13, [40, 40, 46]);
                }
            }
            b.rect(0.5, 0.84, 0.18, 0.34, scale(tone, 0.7));
            b.kind(Kind::Sky);
            for i in 0..7 {
                let age = (t * 0.4 + i as f32 / 7.0).fract();
                b.oval(
                    0.6 - age * 2.6,
                    1.25 + age * 0.9,
                    0.14 + age * 0.4,
                    0.1 + age * 0.28,
                    [224, 224, 228],
                );
            }
        }
        Thing::Bicycle => {
            for x in [-0.42, 0.42] {
                b.oval(x, 0.26, 0.26, 0.26, [44, 44, 50]);
                b.oval(x, 0.26, 0.21, 0.21, [196, 206, 206]);
                let spin = t * 0.8;
                b.line(
                    &[
                        (x - 0.2 * fast_sin(spin), 0.26 - 0.2 * fast_sin(spin + 0.25)),
                        (x + 0.2 * fast_sin(spin), 0.26 + 0.2 * fast_sin(spin + 0.25)),
                    ],
                    0.015,
                    [90, 90, 96],
                );
            }
            let frame = pick(&[[206, 60, 54], [50, 120, 180]]);
            b.line(&[(-0.42, 0.26), (-0.12, 0.58), (0.3, 0.6), (0.42, 0.26)], 0.04, frame);
            b.line(&[(-0.12, 0.58), (0.02, 0.26), (0.3, 0.6)], 0.04, frame);
            b.line(&[(-0.42, 0.26), (0.02, 0.26)], 0.04, frame);
            b.line(&[(-0.1, 0.6), (-0.02, 0.95), (0.32, 0.66)], 0.11, [70, 90, 140]);
            b.line(&[(-0.08, 0.6), (0.1, 0.45), (0.04, 0.24)], 0.08, [56, 60, 80]);
            b.oval(0.02, 1.12, 0.1, 0.11, [226, 180, 150]);
        }
        Thing::Boat => {
            let rock = fast_sin(t * 0.16 + item.self_) * 0.03;
            let hull = pick(&[[150, 84, 56], [236, 236, 230], [60, 96, 150]]);
            b.poly(
                &[(-0.46, 0.16 + rock), (0.46, 0.16 - rock), (0.32, -0.04), (-0.34, -0.04)],
                hull,
            );
            b.line(&[(0.0, 0.12), (rock, 1.0)], 0.025, [110, 84, 60]);
            b.poly(&[(0.03 + rock, 0.98), (0.03, 0.22), (0.42, 0.24)], [246, 242, 230]);
            b.poly(&[(-0.03 + rock, 0.9), (-0.03, 0.22), (-0.32, 0.24)], [230, 222, 206]);
        }
        Thing::Ship => {
            let hull = pick(&[[70, 52, 44], [40, 60, 96]]);
            b.poly(&[(-0.8, 0.34), (0.8, 0.38), (0.62, -0.05), (-0.62, -0.05)], hull);
            b.rect(-0.6, 0.34, 0.5, 0.12, scale(hull, 1.3));
            for x in [-0.4, 0.05, 0.46] {
                b.line(&[(x, 0.3), (x, 1.0)], 0.025, [90, 70, 54]);
                for y in [0.48, 0.72] {
                    let billow = 0.05 * fast_sin(t * 0.2 + x);
                    b.poly(
                        &[
                            (x - 0.16, y),
                            (x + 0.2 + billow, y + 0.02),
                            (x + 0.15 + billow, y + 0.2),
                            (x - 0.12, y + 0.2),
                        ],
                        [240, 232, 214],
                    );
                }
            }
            for i in 0..6 {
                b.pane(-0.5 + i as f32 * 0.18, 0.12, 0.07, 0.07);
            }
        }
        Thing::Plane => {
            let tone = pick(&[[236, 238, 242]]);
            b.bulge(0.8);
            b.poly(&[(-0.1, 0.3), (0.2, 0.3), (-0.3, 0.95), (-0.44, 0.95)], scale(tone, 0.8));
            b.oval(0.0, 0.3, 1.1, 0.17, tone);
            b.poly(&[(-0.9, 0.34), (-0.66, 0.38), (-0.98, 0.85), (-1.14, 0.85)], [206, 60, 54]);
            b.poly(&[(0.0, 0.26), (0.34, 0.24), (-0.3, -0.34), (-0.5, -0.34)], scale(tone, 0.88));
            for i in 0..7 {
                b.pane(-0.5 + i as f32 * 0.17, 0.32, 0.07, 0.06);
            }
        }
        Thing::Rocket => {
            let tone = pick(&[[236, 236, 240]]);
            let flame = 0.22 + 0.06 * fast_sin(t * 5.0);
            b.kind(Kind::Light);
            b.poly(&[(-0.09, 0.1), (0.09, 0.1), (0.0, -flame)], [255, 170, 60]);
            b.glow(0.0, -0.05, 0.4, [255, 140, 50], 0.6);
            b.kind(Kind::Figure);
            b.poly(&[(-0.26, 0.02), (-0.12, 0.36), (-0.1, 0.08)], [206, 60, 54]);
            b.poly(&[(0.26, 0.02), (0.12, 0.36), (0.1, 0.08)], [206, 60, 54]);
            b.bulge(0.8);
            b.poly(
                &[
                    (-0.1, 0.08),
                    (0.1, 0.08),
                    (0.15, 0.4),
                    (0.12, 0.7),
                    (0.0, 1.0),
                    (-0.12, 0.7),
                    (-0.15, 0.4),
                ],
                tone,
            );
            b.poly(&[(0.11, 0.72), (0.0, 1.0), (-0.11, 0.72)], [206, 60, 54]);
            b.oval(0.0, 0.55, 0.07, 0.07, [90, 160, 210]);
        }
        Thing::Ufo => {
            b.kind(Kind::Light);
            b.veil(&[(-0.3, 0.2), (0.3, 0.2), (0.9, -1.6), (-0.9, -1.6)], [190, 255, 200], 0.25);
            b.kind(Kind::Figure).bulge(0.9);
            b.oval(0.0, 0.45, 0.4, 0.36, [150, 210, 230]);
            b.oval(0.0, 0.28, 0.9, 0.22, pick(&[[168, 172, 184]]));
            b.kind(Kind::Light);
            for i in 0..5 {
                let on = fast_sin(t * 0.8 + i as f32 * 0.2) * 0.5 + 0.5;
                b.glow(-0.6 + i as f32 * 0.3, 0.22, 0.16, [255, 230, 120], on);
            }
        }
        Thing::Balloon => {
            let set =
                [[220, 70, 70], [240, 180, 60], [70, 130, 200], [130, 80, 180], [80, 170, 120]];
            let tone = pick(&set);
            b.bulge(0.95);
            b.line(&[(-0.1, 0.2), (-0.24, 0.5)], 0.012, [90, 76, 60]);
            b.line(&[(0.1, 0.2), (0.24, 0.5)], 0.012, [90, 76, 60]);
            b.oval(0.0, 0.72, 0.36, 0.38, tone);
            b.more(0.0, 0.72, 0.2, 0.38, scale(tone, 1.25));
            b.more(0.0, 0.72, 0.07, 0.38, tone);
            b.rect(-0.1, 0.08, 0.2, 0.13, [140, 98, 60]);
        }
        Thing::Lamp => {
            b.line(&[(0.0, 0.0), (0.0, 0.92), (0.16, 0.98)], 0.035, [60, 62, 70]);
            b.pane(0.1, 0.86, 0.14, 0.12);
            if b.light.lamps {
                b.glow(0.17, 0.9, 0.7, [255, 214, 140], 0.6);
            }
        }
        Thing::Lantern => {
            b.kind(Kind::Light);
            let glow = 0.7 + 0.15 * fast_sin(t * 0.6 + item.self_ * 5.0);
            b.poly(
                &[(-0.3, 0.1), (0.3, 0.1), (0.38, 0.8), (0.2, 1.0), (-0.2, 1.0), (-0.38, 0.8)],
                pick(&[[255, 176, 84]]),
            );
            b.oval(0.0, 0.3, 0.18, 0.2, [255, 236, 170]);
            b.glow(0.0, 0.5, 1.3, [255, 150, 60], glow * 0.6);
        }
        Thing::Window => {
            b.rect(-0.6, 0.0, 1.2, 1.0, [230, 222, 208]);
            b.pane(-0.52, 0.08, 0.48, 0.84);
            b.pane(0.04, 0.08, 0.48, 0.84);
        }
        Thing::Cup => {
            let tone = pick(&[[240, 236, 228], [200, 90, 70], [80, 130, 160]]);
            b.bulge(0.8);
            b.oval(0.36, 0.36, 0.17, 0.17, tone);
            b.poly(&[(-0.34, 0.6), (0.34, 0.6), (0.26, 0.0), (-0.26, 0.0)], tone);
            b.oval(0.0, 0.6, 0.34, 0.08, [92, 56, 36]);
            for i in 0..3 {
                let x = (i as f32 - 1.0) * 0.14;
                let s = |k: f32| x + 0.05 * fast_sin(t * 0.3 + k + i as f32 * 0.3);
                b.veil(
                    &[(s(0.0), 0.66), (s(0.2) + 0.03, 0.85), (s(0.5), 1.1), (s(0.2) - 0.03, 0.85)],
                    [250, 250, 250],
                    0.4,
                );
            }
        }
        Thing::Book => {
            b.poly(
                &[(-0.6, 0.0), (0.0, 0.08), (0.6, 0.0), (0.6, 0.34), (0.0, 0.42), (-0.6, 0.34)],
                pick(&[[150, 60, 60], [60, 90, 130]]),
            );
            b.poly(&[(-0.55, 0.05), (0.0, 0.13), (0.0, 0.4), (-0.55, 0.32)], [246, 240, 226]);
            b.poly(&[(0.55, 0.05), (0.0, 0.13), (0.0, 0.4), (0.55, 0.32)], [232, 224, 206]);
        }
        Thing::Candle => {
            b.rect(-0.1, 0.0, 0.2, 0.6, [244, 236, 216]);
            flame(b, 0.0, 0.62, 0.3, t + item.self_);
        }
        Thing::Fire => {
            b.line(&[(-0.4, 0.0), (0.36, 0.14)], 0.1, [96, 64, 44]);
            b.line(&[(0.4, 0.0), (-0.36, 0.14)], 0.1, [84, 56, 40]);
            for (x, tall) in [(-0.18, 0.6), (0.2, 0.56), (0.0, 0.95)] {
                flame(b, x, 0.1, tall, t + x + item.self_);
            }
        }
        _ => return false,
    }
    true
}

fn flame(b: &mut Brush<'_>, x: f32, y: f32, tall: f32, t: f32) {
    b.kind(Kind::Light);
    let lick = fast_sin(t * 1.7) * 0.08 + fast_sin(t * 2.9) * 0.05;
    let high = tall * (1.0 + 0.12 * fast_sin(t * 2.3));
    let drop = |k: f32| {
        [
            (x - 0.22 * tall * k, y + 0.12 * tall),
            (x, y),
            (x + 0.22 * tall * k, y + 0.12 * tall),
            (x + 0.15 * tall * k, y + 0.45 * high * k),
            (x + lick * k, y + high * k),
            (x - 0.17 * tall * k, y + 0.4 * high * k),
        ]
    };
    b.poly(&drop(1.0), [255, 120, 36]);
    b.poly(&drop(0.6), [255, 220, 110]);
    b.glow(x, y + tall * 0.4, tall * 1.9, [255, 130, 40], 0.45);
}

fn car(b: &mut Brush<'_>, tone: Rgb, t: f32, long: f32) {
    b.bulge(0.5);
    if long > 1.5 {
        b.rect(-1.5, 0.2, 3.0, 1.3, tone);
        for i in 0..6 {
            b.pane(-1.35 + i as f32 * 0.46, 0.8, 0.36, 0.42);
        }
    } else {
        b.poly(&[(-0.66, 0.6), (-0.4, 1.0), (0.34, 1.0), (0.66, 0.6)], scale(tone, 0.9));
        b.pane(-0.36, 0.64, 0.32, 0.28);
        b.pane(0.02, 0.64, 0.34, 0.28);
        b.poly(&[(-1.05, 0.2), (1.1, 0.2), (1.06, 0.5), (0.7, 0.64), (-0.98, 0.64)], tone);
    }
    for x in [-0.6 * long, 0.62 * long] {
        b.oval(x, 0.2, 0.23, 0.23, [36, 36, 42]);
        b.oval(x, 0.2, 0.1, 0.1, [170, 174, 180]);
        let spin = t * 1.6;
        b.line(
            &[(x, 0.2), (x + 0.14 * fast_sin(spin), 0.2 + 0.14 * fast_sin(spin + 0.25))],
            0.03,
            [110, 112, 118],
        );
    }
    if b.light.lamps {
        b.glow(1.1 * long.min(1.4), 0.45, 0.7, [255, 240, 190], 0.8);
        b.glow(-1.05 * long.min(1.4), 0.45, 0.4, [255, 50, 40], 0.6);
    }
}

/// A room: a wall with a window on the weather outside, a floor, furniture and a lamp.
pub(crate) fn room(scene: &Scene, canvas: &mut Canvas, view: &View) {
    sky::draw(scene, canvas, view);
    crate::scene::land::far(scene, canvas, view);
    crate::scene::water::air(scene, canvas, view);
    let light = &scene.light;
    let warm = |c: Rgb, k: f32| {
        if light.lamps {
            scale([c[0], (f32::from(c[1]) * 0.82) as u8, (f32::from(c[2]) * 0.66) as u8], k * 0.85)
        } else {
            scale(c, k)
        }
    };
    let mut rng = Rng::named(scene.seed, "room");
    let wall: Rgb = scene.tinted(*rng.pick(&[
        [206, 188, 164],
        [164, 184, 180],
        [190, 160, 150],
        [150, 160, 186],
    ]));
    let side = if rng.chance(0.5) { 1.0 } else { -1.0 };
    let (wx, wy) = (side * 0.32, 0.1);
    // Four pieces of wall leave the window open.
    let mut piece = |x0: f32, y0: f32, x1: f32, y1: f32, tone: Rgb, kind: Kind, shade: f32| {
        let (a, b) = (view.at(x0, y0, 0.4), view.at(x1, y1, 0.4));
        let paper = Texture {
            origin: a,
            size: (view.h * 0.3, view.h * 0.3),
            shade: 0.08,
            relief: 0.0,
            cap: None,
        };
        let paint = Paint::shaded(warm(tone, 1.0), warm(tone, shade), kind, 150);
        canvas.fill(&[a, (b.0, a.1), b, (a.0, b.1)], &paint.texture(paper));
    };
    let half = view.half() + 0.3;
    piece(-half, -0.4, wx - 0.26, 0.74, wall, Kind::Land, 0.85);
    piece(wx + 0.26, -0.4, half, 0.74, wall, Kind::Land, 0.85);
    piece(wx - 0.262, -0.4, wx + 0.262, wy, wall, Kind::Land, 0.96);
    piece(wx - 0.262, wy + 0.44, wx + 0.262, 0.74, wall, Kind::Land, 0.9);
    let frame = [238, 232, 220];
    for x in [wx - 0.28, wx - 0.012, wx + 0.256] {
        piece(x, wy - 0.02, x + 0.024, wy + 0.46, frame, Kind::Built, 0.9);
    }
    for y in [wy - 0.02, wy + 0.2, wy + 0.44] {
        piece(wx - 0.29, y, wx + 0.29, y + 0.02, frame, Kind::Built, 0.9);
    }
    let wood = [146, 100, 66];
    piece(-half, 0.72, half, 0.745, [226, 216, 200], Kind::Built, 0.9);
    let (a, b) = (view.at(-half, 0.745, 0.5), view.at(half, 1.3, 0.5));
    let grain = Texture {
        origin: a,
        size: (view.h * 0.6, view.h * 0.03),
        shade: 0.3,
        relief: 0.1,
        cap: None,
    };
    let floor = Paint::shaded(warm(wood, 0.9), warm(wood, 1.15), Kind::Land, 110);
    canvas.fill(&[a, (b.0, a.1), b, (a.0, b.1)], &floor.texture(grain));
    // A shelf with books, a table.
    let shelf = -side * 0.52;
    for level in [0.24, 0.42] {
        let mut x = shelf - 0.22;
        while x < shelf + 0.2 {
            let (wide, tall) = (rng.range(0.016, 0.034), rng.range(0.08, 0.13));
            let tone = *rng.pick(&[
                [160, 70, 60],
                [70, 100, 130],
                [200, 160, 80],
                [90, 120, 90],
                [220, 210, 190],
            ]);
            let (a, b) = (view.at(x, level - tall, 0.45), view.at(x + wide, level, 0.45));
            canvas.fill(
                &[a, (b.0, a.1), b, (a.0, b.1)],
                &Paint::shaded(warm(tone, 1.05), warm(tone, 0.8), Kind::Figure, 130),
            );
            x += wide + 0.003;
        }
        let (a, b) =
            (view.at(shelf - 0.25, level, 0.45), view.at(shelf + 0.25, level + 0.022, 0.45));
        canvas
            .fill(&[a, (b.0, a.1), b, (a.0, b.1)], &Paint::flat(warm(wood, 0.9), Kind::Built, 128));
    }
    for (x0, y0, x1, y1) in
        [(-0.46, 0.7, 0.46, 0.74), (-0.42, 0.74, -0.38, 0.96), (0.38, 0.74, 0.42, 0.96)]
    {
        let (a, b) = (view.at(x0, y0, 0.6), view.at(x1, y1, 0.6));
        canvas.fill(
            &[a, (b.0, a.1), b, (a.0, b.1)],
            &Paint::shaded(warm([170, 118, 76], 1.0), warm([170, 118, 76], 0.8), Kind::Built, 100),
        );
    }
    if light.lamps {
        let at = view.at(shelf, 0.1, 0.5);
        canvas.glow(at, view.h * 0.9, [255, 190, 110], 0.32);
    } else if scene.time == Time::Day {
        let at = view.at(wx, wy + 0.2, 0.4);
        canvas.glow(at, view.h * 0.8, [255, 246, 220], 0.22);
    }
}
