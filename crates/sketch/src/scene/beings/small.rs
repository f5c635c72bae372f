//! Small animals: mice, frogs, snakes, snails, crabs and spiders.

use crate::brief::Thing;
use crate::math::fast_sin;
use crate::scene::canvas::{Rgb, blend, scale};
use crate::scene::plan::Item;
use crate::scene::view::Brush;

/// Draws the thing if it is one of these; returns false if not.
pub(super) fn draw(b: &mut Brush<'_>, item: &Item, t: f32) -> bool {
    let own = |usual: Rgb| item.colour.unwrap_or(usual);
    match item.thing {
        Thing::Mouse => mouse(b, own([150, 142, 140]), t),
        Thing::Frog => frog(b, own([106, 168, 62]), t),
        Thing::Snake => snake(b, own([104, 140, 60]), t),
        Thing::Snail => snail(b, own([176, 116, 70]), t),
        Thing::Crab => crab(b, own([214, 72, 48]), t),
        Thing::Spider => spider(b, own([58, 50, 56]), t),
        _ => return false,
    }
    true
}

/// A mouse, sniffing, with its tail behind it.
fn mouse(b: &mut Brush<'_>, coat: Rgb, t: f32) {
    let (pink, pale): (Rgb, Rgb) = ([236, 170, 168], blend(coat, [255, 250, 246], 0.6));
    let sniff = 0.02 * fast_sin(t * 2.6);
    let curl = 0.06 * fast_sin(t * 0.3);
    b.bulge(0.8);
    b.limb(
        &[(-0.5, 0.12), (-0.9, 0.06), (-1.2, 0.14 + curl), (-1.5, 0.1 - curl)],
        0.07,
        0.025,
        pink,
    );
    b.oval(0.44, 0.76, 0.2, 0.22, scale(coat, 0.8));
    b.more(0.45, 0.76, 0.13, 0.15, pink);
    b.blob(
        &[
            (-0.66, 0.2),
            (-0.5, 0.56),
            (-0.1, 0.7),
            (0.36, 0.66),
            (0.7, 0.46 + sniff),
            (0.86, 0.32 + sniff),
            (0.7, 0.2),
            (0.2, 0.06),
            (-0.5, 0.06),
        ],
        coat,
    );
    b.more(0.1, 0.2, 0.4, 0.13, pale);
    b.oval(0.26, 0.8, 0.22, 0.24, coat);
    b.more(0.27, 0.8, 0.15, 0.17, pink);
    b.oval(0.62, 0.47 + sniff, 0.05, 0.056, [28, 22, 24]);
    b.more(0.635, 0.49 + sniff, 0.016, 0.018, [250, 250, 250]);
    b.oval(0.86, 0.33 + sniff, 0.05, 0.045, pink);
    for dy in [-0.07, 0.0, 0.07] {
        b.line(&[(0.78, 0.32 + sniff), (0.98, 0.34 + dy + sniff)], 0.012, [90, 84, 84]);
    }
    for x in [-0.4, 0.3, 0.5] {
        b.oval(x, 0.05, 0.12, 0.045, pink);
    }
}

/// A frog that sits, and sometimes hops.
fn frog(b: &mut Brush<'_>, skin: Rgb, t: f32) {
    let (dark, pale) = (scale(skin, 0.74), blend(skin, [250, 248, 200], 0.6));
    let throat = 0.03 * fast_sin(t * 1.2);
    b.bulge(0.8);
    b.limb(&[(-0.3, 0.3), (-0.6, 0.42), (-0.36, 0.1), (-0.62, 0.04)], 0.26, 0.1, dark);
    b.blob(
        &[
            (-0.56, 0.2),
            (-0.34, 0.52),
            (0.1, 0.74),
            (0.5, 0.72),
            (0.66, 0.5),
            (0.5, 0.2),
            (-0.2, 0.08),
        ],
        skin,
    );
    b.more(0.4, 0.3, 0.22 + throat, 0.15, pale);
    b.limb(&[(0.22, 0.34), (0.26, 0.16), (0.44, 0.04)], 0.17, 0.09, skin);
    for x in [0.36, 0.44, 0.52] {
        b.oval(x, 0.03, 0.07, 0.03, dark);
    }
    b.oval(0.3, 0.82, 0.15, 0.15, skin);
    b.oval(0.34, 0.84, 0.1, 0.1, [246, 214, 90]);
    b.oval(0.37, 0.84, 0.065, 0.032, [22, 22, 22]);
    b.line(&[(0.34, 0.52), (0.5, 0.5), (0.64, 0.56)], 0.025, scale(skin, 0.5));
    for (x, y) in [(-0.2, 0.48), (0.0, 0.6), (-0.06, 0.42)] {
        b.oval(x, y, 0.05, 0.04, dark);
    }
}

/// A winding snake with its head raised.
fn snake(b: &mut Brush<'_>, skin: Rgb, t: f32) {
    let spine: Vec<_> = (0..=16)
        .map(|i| {
            let k = i as f32 / 16.0;
            let rise = (k - 0.7).max(0.0) / 0.3;
            (
                -1.5 + 2.4 * k,
                0.16 + 0.14 * fast_sin(k * 2.2 - t * 0.4) * (1.0 - rise) + 0.6 * rise * rise,
            )
        })
        .collect();
    b.bulge(0.8);
    b.limb(&spine, 0.06, 0.2, skin);
    for (i, (x, y)) in spine.iter().enumerate().skip(3) {
        b.more(*x, *y, 0.035, 0.02 + 0.003 * i as f32, scale(skin, 0.62));
    }
    let (x, y) = spine[16];
    let out = fast_sin(t * 1.4).max(0.0) * 0.2;
    b.line(&[(x + 0.24, y), (x + 0.26 + out, y), (x + 0.32 + out, y + 0.04)], 0.02, [206, 50, 60]);
    b.blob(
        &[
            (x - 0.1, y + 0.1),
            (x + 0.1, y + 0.13),
            (x + 0.3, y + 0.02),
            (x + 0.1, y - 0.1),
            (x - 0.1, y - 0.1),
        ],
        skin,
    );
    b.oval(x + 0.1, y + 0.06, 0.035, 0.04, [246, 214, 90]);
    b.oval(x + 0.11, y + 0.06, 0.012, 0.032, [22, 22, 22]);
}

/// A snail with moving horns.
fn snail(b: &mut Brush<'_>, shell: Rgb, t: f32) {
    let body: Rgb = [206, 180, 136];
    let feel = 0.03 * fast_sin(t * 0.5);
    let stretch = 0.04 * fast_sin(t * 0.4);
    b.bulge(0.8);
    b.limb(&[(-0.75 - stretch, 0.04), (-0.3, 0.1), (0.4, 0.1)], 0.06, 0.2, body);
    b.limb(&[(0.36, 0.1), (0.58 + stretch, 0.2), (0.64 + stretch, 0.44)], 0.2, 0.17, body);
    let (x, y) = (0.64 + stretch, 0.5);
    for (dx, up) in [(0.02, 0.3 + feel), (0.16, 0.26 - feel)] {
        b.line(&[(x, y), (x + dx, y + up)], 0.025, scale(body, 0.86));
        b.oval(x + dx, y + up, 0.035, 0.035, [50, 40, 40]);
    }
    b.oval(-0.1, 0.48, 0.46, 0.42, shell);
    for (i, k) in [0.74, 0.5, 0.28].into_iter().enumerate() {
        let tone = scale(shell, if i % 2 == 0 { 1.25 } else { 0.85 });
        b.more(-0.1 + 0.05 * i as f32, 0.46 - 0.02 * i as f32, 0.46 * k, 0.42 * k, tone);
    }
}

/// A crab with raised claws.
fn crab(b: &mut Brush<'_>, shell: Rgb, t: f32) {
    let dark = scale(shell, 0.78);
    b.bulge(0.8);
    for side in [-1.0, 1.0] {
        for leg in 0..3 {
            let step =
                0.05 * fast_sin(t * 1.4 + leg as f32 * 0.33 + if side > 0.0 { 0.5 } else { 0.0 });
            let (x, y) = (side * (0.34 + 0.07 * leg as f32), 0.3 - 0.04 * leg as f32);
            let foot = (side * (0.62 + 0.14 * leg as f32) + step, 0.02);
            b.limb(
                &[(x, y), (side * (0.62 + 0.1 * leg as f32), y + 0.08), foot],
                0.09,
                0.035,
                dark,
            );
        }
        let wave = 0.06 * fast_sin(t * 0.6 + side);
        let claw = (side * 0.74, 0.78 + wave);
        b.limb(&[(side * 0.4, 0.42), (side * 0.7, 0.44), claw], 0.12, 0.1, shell);
        b.blob(
            &[
                claw,
                (claw.0 + side * 0.2, claw.1 + 0.1),
                (claw.0 + side * 0.1, claw.1 + 0.34),
                (claw.0 + side * 0.02, claw.1 + 0.16),
                (claw.0 - side * 0.12, claw.1 + 0.3),
                (claw.0 - side * 0.16, claw.1 + 0.08),
            ],
            shell,
        );
    }
    b.blob(
        &[
            (-0.5, 0.34),
            (-0.34, 0.54),
            (0.0, 0.6),
            (0.34, 0.54),
            (0.5, 0.34),
            (0.3, 0.14),
            (-0.3, 0.14),
        ],
        shell,
    );
    for x in [-0.14, 0.14] {
        b.line(&[(x, 0.54), (x, 0.7)], 0.035, dark);
        b.oval(x, 0.73, 0.07, 0.07, [250, 248, 240]);
        b.oval(x + 0.015, 0.73, 0.035, 0.04, [24, 20, 22]);
    }
    b.line(&[(-0.12, 0.32), (0.0, 0.28), (0.12, 0.32)], 0.022, scale(shell, 0.5));
}

/// A spider on its thread.
fn spider(b: &mut Brush<'_>, coat: Rgb, t: f32) {
    b.bulge(0.8);
    b.line(&[(0.0, 0.6), (0.0, 5.0)], 0.012, [226, 228, 232]);
    for side in [-1.0, 1.0] {
        for leg in 0..4 {
            let k = leg as f32 - 1.5;
            let kick = 0.03 * fast_sin(t * 0.9 + leg as f32 * 0.27 + side * 0.13);
            let knee = (side * 0.5, 0.56 + 0.16 * k + kick);
            b.limb(
                &[(side * 0.1, 0.46 + 0.04 * k), knee, (side * 0.72, 0.3 + 0.24 * k + kick)],
                0.06,
                0.025,
                coat,
            );
        }
    }
    b.oval(0.0, 0.62, 0.26, 0.28, coat);
    b.more(0.0, 0.68, 0.1, 0.14, scale(coat, 1.6));
    b.oval(0.0, 0.32, 0.17, 0.15, scale(coat, 1.15));
    for (x, y) in [(-0.06, 0.3), (0.06, 0.3), (-0.11, 0.36), (0.11, 0.36)] {
        b.oval(x, y, 0.035, 0.04, [250, 250, 250]);
        b.oval(x, y - 0.01, 0.016, 0.02, [20, 18, 20]);
    }
}
