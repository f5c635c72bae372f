//! Landmarks: temples, the Eiffel tower, benches, fountains and Ferris wheels.

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
        T::Temple => temple(b, own([178, 52, 44])),
        T::Eiffel => eiffel(b, own([112, 92, 78]), t),
        T::Bench => bench(b, own([150, 100, 62])),
        T::Fountain => fountain(b, own([176, 170, 160]), t),
        T::Ferris => ferris(b, own([206, 60, 70]), t),
        _ => return false,
    }
    true
}

/// A pagoda: stacked roofs with raised corners, a stone base, and lanterns.
fn temple(b: &mut Brush<'_>, red: Rgb) {
    let roof = [66, 74, 88];
    b.poly(&[(-0.56, -0.02), (0.56, -0.02), (0.5, 0.08), (-0.5, 0.08)], [164, 158, 150]);
    b.poly(&[(-0.12, -0.04), (0.12, -0.04), (0.08, 0.08), (-0.08, 0.08)], [192, 186, 176]);
    let tiers = [(0.08, 0.4, 0.2), (0.34, 0.31, 0.16), (0.56, 0.23, 0.13), (0.75, 0.16, 0.1)];
    for (y, wide, tall) in tiers {
        b.rect(-wide * 0.78, y, wide * 1.56, tall, [236, 226, 206]);
        for i in 0..5 {
            let x = -wide * 0.76 + wide * 1.46 * i as f32 / 4.0;
            b.rect(x, y, 0.024, tall, red);
        }
        b.rect(-wide * 0.8, y, wide * 1.6, 0.02, scale(red, 0.8));
        if y < 0.2 {
            b.rect(-0.07, y, 0.14, tall * 0.8, [92, 54, 40]);
        }
        for side in [-1.0, 1.0] {
            b.pane(side * wide * 0.45 - 0.03, y + tall * 0.3, 0.06, tall * 0.34);
        }
        // The roof: low eaves with upturned ends.
        let (low, top) = (y + tall - 0.02, y + tall + 0.085);
        b.blob(
            &[
                (-wide * 1.34, low + 0.05),
                (-wide * 1.0, low - 0.01),
                (0.0, low - 0.02),
                (wide * 1.0, low - 0.01),
                (wide * 1.34, low + 0.05),
                (wide * 0.8, top - 0.015),
                (wide * 0.5, top),
                (-wide * 0.5, top),
                (-wide * 0.8, top - 0.015),
            ],
            roof,
        );
        b.line(&[(-wide * 1.2, low + 0.015), (wide * 1.2, low + 0.015)], 0.014, red);
    }
    b.line(&[(0.0, 0.9), (0.0, 1.12)], 0.022, [206, 166, 84]);
    for y in [0.97, 1.02, 1.07] {
        b.oval(0.0, y, 0.035, 0.01, [206, 166, 84]);
    }
    for side in [-1.0, 1.0] {
        b.kind(Kind::Light);
        b.oval(side * 0.46, 0.2, 0.035, 0.045, [250, 120, 70]);
        b.glow(side * 0.46, 0.2, 0.16, [255, 140, 70], 0.5);
        b.kind(Kind::Built);
    }
}

/// Four legs that lean together, platforms, lattice, and lights at night.
fn eiffel(b: &mut Brush<'_>, iron: Rgb, t: f32) {
    let iron = if b.light.lamps { [236, 176, 88] } else { iron };
    if b.light.lamps {
        b.kind(Kind::Light);
        b.glow(0.0, 0.4, 0.6, [255, 190, 90], 0.35);
    }
    let half = |y: f32| 0.28 * (1.0 - y) * (1.0 - y) * (1.0 - 0.3 * y) + 0.012;
    let leg = |y: f32| (0.1 * (1.0 - y * 1.6)).max(0.0);
    for side in [-1.0, 1.0] {
        let mut outline: Vec<(f32, f32)> =
            (0..=9).map(|i| i as f32 / 16.0).map(|y| (side * half(y), y)).collect();
        outline.extend(
            (0..=9).rev().map(|i| i as f32 / 16.0).map(|y| (side * (half(y) - leg(y)).max(0.0), y)),
        );
        b.poly(&outline, if side < 0.0 { iron } else { scale(iron, 0.86) });
        for i in 0..8 {
            let (y0, y1) = (i as f32 / 16.0, (i as f32 + 1.0) / 16.0);
            let inner = |y: f32| side * (half(y) - leg(y)).max(0.0);
            b.line(&[(side * half(y0), y0), (inner(y1), y1)], 0.008, scale(iron, 0.55));
            b.line(&[(inner(y0), y0), (side * half(y1), y1)], 0.008, scale(iron, 0.55));
        }
    }
    b.poly(&[(-half(0.52), 0.5), (half(0.52), 0.5), (0.01, 0.95), (-0.01, 0.95)], iron);
    for i in 0..9 {
        let (y0, y1) = (0.5 + i as f32 * 0.045, 0.545 + i as f32 * 0.045);
        b.line(&[(-half(y0) * 0.8, y0), (half(y1) * 0.8, y1)], 0.007, scale(iron, 0.55));
    }
    // The arch between the feet, and the platforms.
    let arch: Vec<(f32, f32)> = (0..=12)
        .map(|i| {
            let turn = i as f32 / 24.0 - 0.25;
            (0.17 * fast_sin(turn), 0.02 + 0.17 * fast_sin(turn + 0.25))
        })
        .collect();
    b.line(&arch, 0.022, scale(iron, 0.9));
    for (y, wide) in [(0.2, 0.215), (0.44, 0.12), (0.9, 0.024)] {
        b.rect(-wide, y, wide * 2.0, 0.026, scale(iron, 0.8));
    }
    b.line(&[(0.0, 0.92), (0.0, 1.04)], 0.01, iron);
    if b.light.lamps {
        for i in 0..26 {
            let y = i as f32 / 27.0;
            let x = half(y) * fast_sin(i as f32 * 0.37);
            let on = (fast_sin(t * 1.3 + i as f32 * 0.618) * 0.7).max(0.0);
            b.glow(x, y, 0.022, [255, 244, 210], on + 0.25);
        }
    }
}

fn bench(b: &mut Brush<'_>, wood: Rgb) {
    for x in [-0.9, 0.84] {
        b.rect(x, 0.0, 0.07, 0.5, [52, 54, 60]);
        b.rect(x, 0.5, 0.05, 0.5, [52, 54, 60]);
    }
    for y in [0.66, 0.8, 0.94] {
        b.rect(-1.05, y, 2.1, 0.09, scale(wood, 0.9));
    }
    b.poly(&[(-1.1, 0.4), (1.1, 0.4), (1.05, 0.54), (-1.05, 0.54)], wood);
    b.rect(-1.1, 0.36, 2.2, 0.06, scale(wood, 0.75));
}

/// A fountain with two basins, its water rising and falling.
fn fountain(b: &mut Brush<'_>, stone: Rgb, t: f32) {
    let water: Rgb = [120, 186, 222];
    b.bulge(0.4);
    b.blob(&[(-0.7, 0.0), (-0.74, 0.2), (0.74, 0.2), (0.7, 0.0)], stone);
    b.oval(0.0, 0.2, 0.74, 0.07, scale(stone, 1.14));
    b.kind(Kind::Water).oval(0.0, 0.2, 0.66, 0.052, water);
    b.kind(Kind::Built);
    b.blob(&[(-0.09, 0.18), (-0.06, 0.5), (0.06, 0.5), (0.09, 0.18)], stone);
    b.blob(&[(-0.34, 0.58), (-0.1, 0.46), (0.1, 0.46), (0.34, 0.58)], stone);
    b.oval(0.0, 0.58, 0.34, 0.04, scale(stone, 1.14));
    b.kind(Kind::Water).bulge(0.2);
    b.oval(0.0, 0.58, 0.29, 0.028, water);
    b.line(&[(0.0, 0.58), (0.0, 0.96)], 0.05, [206, 232, 246]);
    for jet in 0..8 {
        let way = (jet as f32 - 3.5) / 3.5;
        let (far, top) = (0.28 * way, 0.96 - 0.05 * way.abs());
        b.line(
            &[(0.0, 0.94), (far * 0.5, top + 0.05), (far, 0.82), (far * 1.1, 0.6)],
            0.014,
            [214, 236, 248],
        );
        // Drops run down each jet, and from the upper basin into the lower one.
        let fall = (t * 0.5 + jet as f32 * 0.37).fract();
        b.oval(far * (0.5 + 0.6 * fall), 0.98 - 0.38 * fall * fall, 0.016, 0.022, [240, 248, 252]);
        b.oval(
            0.34 * way + 0.06 * way * fall,
            0.56 - 0.34 * fall * fall,
            0.014,
            0.03,
            [224, 240, 250],
        );
    }
    b.kind(Kind::Built);
}

/// A turning Ferris wheel with hanging cabins; lit when lamps are on.
fn ferris(b: &mut Brush<'_>, tone: Rgb, t: f32) {
    const CABINS: [Rgb; 4] = [[230, 80, 80], [246, 196, 70], [80, 150, 220], [110, 190, 120]];
    let (hub, r, steel) = ((0.0, 0.56), 0.42, [214, 218, 226]);
    let rim =
        |turn: f32, k: f32| (hub.0 + k * r * fast_sin(turn), hub.1 + k * r * fast_sin(turn + 0.25));
    b.bulge(0.3);
    for side in [-1.0, 1.0] {
        b.line(&[(side * 0.3, 0.0), hub], 0.035, [120, 124, 136]);
    }
    b.rect(-0.4, -0.02, 0.8, 0.06, [110, 96, 90]);
    let spin = t * 0.025;
    for k in [1.0, 0.86] {
        let ring: Vec<_> = (0..=32).map(|i| rim(i as f32 / 32.0, k)).collect();
        b.line(&ring, 0.014, tone);
    }
    for i in 0..12 {
        let turn = spin + i as f32 / 12.0;
        b.line(&[hub, rim(turn, 1.0)], 0.008, steel);
    }
    b.bulge(0.7);
    for i in 0..12 {
        let (x, y) = rim(spin + i as f32 / 12.0, 1.0);
        b.line(&[(x, y), (x, y - 0.04)], 0.01, steel);
        b.blob(
            &[
                (x - 0.045, y - 0.04),
                (x + 0.045, y - 0.04),
                (x + 0.04, y - 0.11),
                (x - 0.04, y - 0.11),
            ],
            CABINS[i % 4],
        );
        if b.light.lamps {
            b.glow(x, y, 0.07, CABINS[i % 4], 0.9);
        }
    }
    b.oval(hub.0, hub.1, 0.05, 0.05, tone);
    if b.light.lamps {
        b.glow(hub.0, hub.1, 0.5, [255, 220, 180], 0.25);
    }
}
