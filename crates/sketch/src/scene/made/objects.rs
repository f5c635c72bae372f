//! Lamps, toys and other single objects.

use crate::brief::Thing;
use crate::math::fast_sin;
use crate::scene::canvas::{Kind, Rgb, scale};
use crate::scene::plan::Item;
use crate::scene::view::Brush;

/// Draws the thing if it is one of these; returns false if not.
pub(super) fn draw(b: &mut Brush<'_>, item: &Item, t: f32) -> bool {
    use Thing as T;
    let own = |usual: Rgb| item.colour.unwrap_or(usual);
    let pick = |set: &[Rgb]| item.colour.unwrap_or(set[(item.self_ * 97.0) as usize % set.len()]);
    if matches!(item.thing, T::Heart | T::Kite) {
        b.bulge(0.8);
    }
    match item.thing {
        T::Lamp => {
            b.line(&[(0.0, 0.0), (0.0, 0.92), (0.16, 0.98)], 0.035, [60, 62, 70]);
            b.pane(0.1, 0.86, 0.14, 0.12);
            if b.light.lamps {
                b.glow(0.17, 0.9, 0.7, [255, 214, 140], 0.6);
            }
        }
        T::Lantern => {
            b.kind(Kind::Light);
            let glow = 0.7 + 0.15 * fast_sin(t * 0.6 + item.self_ * 5.0);
            b.poly(
                &[(-0.3, 0.1), (0.3, 0.1), (0.38, 0.8), (0.2, 1.0), (-0.2, 1.0), (-0.38, 0.8)],
                pick(&[[255, 176, 84]]),
            );
            b.oval(0.0, 0.3, 0.18, 0.2, [255, 236, 170]);
            b.glow(0.0, 0.5, 1.3, [255, 150, 60], glow * 0.6);
        }
        T::Window => {
            b.rect(-0.6, 0.0, 1.2, 1.0, [230, 222, 208]);
            b.pane(-0.52, 0.08, 0.48, 0.84);
            b.pane(0.04, 0.08, 0.48, 0.84);
        }
        T::Cup => {
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
        T::Book => {
            b.poly(
                &[(-0.6, 0.0), (0.0, 0.08), (0.6, 0.0), (0.6, 0.34), (0.0, 0.42), (-0.6, 0.34)],
                pick(&[[150, 60, 60], [60, 90, 130]]),
            );
            b.poly(&[(-0.55, 0.05), (0.0, 0.13), (0.0, 0.4), (-0.55, 0.32)], [246, 240, 226]);
            b.poly(&[(0.55, 0.05), (0.0, 0.13), (0.0, 0.4), (0.55, 0.32)], [232, 224, 206]);
        }
        T::Candle => {
            b.rect(-0.1, 0.0, 0.2, 0.6, [244, 236, 216]);
            flame(b, 0.0, 0.62, 0.3, t + item.self_);
        }
        T::Fire if item.near < 0.6 => hearth(b, t),
        T::Fire => {
            b.line(&[(-0.4, 0.0), (0.36, 0.14)], 0.1, [96, 64, 44]);
            b.line(&[(0.4, 0.0), (-0.36, 0.14)], 0.1, [84, 56, 40]);
            for (x, tall) in [(-0.18, 0.6), (0.2, 0.56), (0.0, 0.95)] {
                flame(b, x, 0.1, tall, t + x + item.self_);
            }
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
            let tone = pick(&[[230, 110, 80], [80, 150, 220], [240, 190, 70], [120, 190, 130]]);
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
            let tone = pick(&[[226, 70, 70], [250, 190, 60], [80, 140, 220]]);
            b.poly(&[(0.0, 1.0), (0.36, 0.55), (0.0, 0.0), (-0.36, 0.55)], tone);
            b.poly(&[(0.0, 1.0), (0.36, 0.55), (0.0, 0.55)], scale(tone, 1.25));
            let tail: Vec<_> = (0..7)
                .map(|i| {
                    (0.12 * fast_sin(t * 0.5 + i as f32 * 0.2) * i as f32 / 3.0, -0.2 * i as f32)
                })
                .collect();
            b.line(&tail, 0.03, [240, 240, 240]);
        }
        T::Football => {
            b.bulge(0.9);
            b.oval(0.0, 0.5, 0.5, 0.5, [244, 244, 240]);
            let turn = t * 0.3;
            for i in 0..5 {
                let (s, c) =
                    (fast_sin(turn + i as f32 * 0.2), fast_sin(turn + i as f32 * 0.2 + 0.25));
                b.more(0.34 * c, 0.5 + 0.34 * s, 0.11, 0.11, [40, 40, 46]);
            }
            b.more(0.0, 0.5, 0.13, 0.13, [40, 40, 46]);
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
    b.bulge(0.0);
    b.blob(&drop(1.0), [255, 112, 30]);
    b.blob(&drop(0.74), [255, 168, 50]);
    b.blob(&drop(0.46), [255, 232, 140]);
    b.glow(x, y + tall * 0.4, tall * 1.9, [255, 130, 40], 0.45);
}

/// A fireplace: a stone mantelpiece and a fire that lights the floor.
fn hearth(b: &mut Brush<'_>, t: f32) {
    let stone: Rgb = [150, 132, 118];
    b.kind(Kind::Built).bulge(0.2);
    b.rect(-0.3, 0.9, 0.6, 0.9, scale(stone, 0.92));
    b.rect(-0.5, 0.0, 1.0, 0.9, stone);
    for row in 0..6 {
        for k in 0..5 {
            let x = -0.48 + k as f32 * 0.2 + if row % 2 == 0 { 0.0 } else { -0.08 };
            let tone = scale(stone, 0.86 + 0.05 * ((row * 3 + k * 5) % 6) as f32);
            b.rect(x.max(-0.5), 0.01 + row as f32 * 0.15, 0.17, 0.13, tone);
        }
    }
    b.rect(-0.56, 0.86, 1.12, 0.07, [112, 74, 50]);
    b.blob(
        &[
            (-0.34, 0.02),
            (-0.34, 0.5),
            (-0.2, 0.66),
            (0.0, 0.7),
            (0.2, 0.66),
            (0.34, 0.5),
            (0.34, 0.02),
        ],
        [34, 24, 22],
    );
    b.kind(Kind::Figure);
    b.limb(&[(-0.24, 0.06), (0.2, 0.14)], 0.09, 0.08, [86, 56, 40]);
    b.limb(&[(0.24, 0.06), (-0.18, 0.14)], 0.09, 0.08, [74, 48, 36]);
    for (x, tall) in [(-0.14, 0.36), (0.15, 0.34), (0.0, 0.5)] {
        flame(b, x, 0.1, tall, t + x);
    }
    let flicker = 0.6 + 0.12 * fast_sin(t * 1.3) + 0.06 * fast_sin(t * 3.1);
    b.glow(0.0, 0.25, 1.2, [255, 130, 50], flicker * 0.34);
    b.kind(Kind::Figure);
    for (x, tone) in [(-0.36, [176, 62, 54]), (-0.24, [70, 100, 130])] {
        b.rect(x, 0.93, 0.07, 0.16, tone);
    }
    b.rect(0.28, 0.93, 0.05, 0.12, [244, 236, 216]);
    flame(b, 0.305, 1.05, 0.09, t + 0.4);
}
