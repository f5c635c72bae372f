//! Trees (bare and in leaf), firs, palms and bamboo.

use crate::brief::{Place, Season};
use crate::math::fast_sin;
use crate::rng::Rng;
use crate::scene::canvas::{Kind, Rgb, scale};
use crate::scene::plan::{Item, Scene};
use crate::scene::view::Brush;

pub(super) fn tree(scene: &Scene, b: &mut Brush<'_>, item: &Item, sway: f32) {
    let bark = [92, 66, 46];
    b.poly(
        &[(-0.06, -0.02), (0.06, -0.02), (0.035 + sway * 0.4, 0.5), (-0.03 + sway * 0.4, 0.5)],
        bark,
    );
    b.line(&[(0.0, 0.32), (0.16 + sway * 0.5, 0.55)], 0.035, bark);
    b.line(&[(0.0, 0.28), (-0.15 + sway * 0.5, 0.5)], 0.03, bark);
    let mut rng = Rng::new((item.self_ * 65536.0) as u64);
    if scene.season == Season::Winter && item.colour.is_none() {
        for i in 0..7 {
            let x = (i as f32 - 3.0) * 0.11;
            b.line(
                &[(x * 0.2, 0.42), (x * 0.7, 0.62), (x + sway, 0.9 - x.abs() * 0.5)],
                0.018,
                bark,
            );
        }
        return;
    }
    let leaf = item.colour.unwrap_or(scene.leaf());
    // The crown: dark leaves behind and below, lighter clumps in front and above.
    let crown = |rng: &mut Rng, x: f32, y: f32, rx: f32, ry: f32, bumps: u32| -> Vec<(f32, f32)> {
        (0..bumps)
            .map(|i| {
                let turn = i as f32 / bumps as f32;
                let r = 1.0 + rng.range(-0.16, 0.12);
                (x + sway + fast_sin(turn) * rx * r, y + fast_sin(turn + 0.25) * ry * r)
            })
            .collect()
    };
    b.bulge(0.35);
    let points = crown(&mut rng, 0.0, 0.66, 0.33, 0.32, 17);
    b.rough(&points, scale(leaf, 0.72), 0.09, 0.75);
    for (x, y, r, tone) in
        [(-0.15, 0.6, 0.17, 0.86), (0.15, 0.64, 0.17, 0.94), (-0.04, 0.8, 0.17, 1.12)]
    {
        let points = crown(&mut rng, x + rng_shift(item.self_), y, r, r * 0.82, 11);
        b.rough_more(&points, scale(leaf, tone), 0.08, 0.7);
    }
}

/// A small offset, so that no two trees are alike.
fn rng_shift(self_: f32) -> f32 {
    (self_ - 0.5) * 0.08
}

pub(super) fn pine(scene: &Scene, b: &mut Brush<'_>, item: &Item, sway: f32) {
    b.rect(-0.03, -0.02, 0.06, 0.2, [84, 60, 44]);
    let leaf = item.colour.unwrap_or(if scene.season == Season::Autumn {
        [58, 92, 56]
    } else {
        scene.leaf()
    });
    b.bulge(0.45);
    for tier in 0..6 {
        let k = tier as f32 / 6.0;
        let (low, wide) = (0.12 + 0.8 * k, 0.25 * (1.0 - k * 0.88));
        let top = (low + 0.26).min(1.0);
        let shift = sway * k;
        let mut skirt = vec![(shift * 1.2, top)];
        for i in 0..=8 {
            let x = wide * (1.0 - i as f32 / 4.0);
            let droop = if i % 2 == 0 { 0.0 } else { 0.035 };
            skirt.push((x + shift, low + droop + 0.04 * (1.0 - (x / wide).abs())));
        }
        b.poly(&skirt, scale(leaf, 0.8 + 0.35 * k));
        if scene.season == Season::Winter && !scene.is(Place::Room) {
            let snow = [
                (shift * 1.2, top),
                (wide * 0.5 + shift, low + 0.1),
                (shift, low + 0.15),
                (shift - wide * 0.5, low + 0.1),
            ];
            b.poly(&snow, [244, 248, 252]);
        }
    }
    if scene.is(Place::Room) {
        christmas(b, item.self_);
    }
}

/// The decoration of a Christmas tree: lights, baubles, a star on top.
fn christmas(b: &mut Brush<'_>, self_: f32) {
    const BAUBLES: [Rgb; 4] = [[214, 50, 54], [246, 204, 84], [70, 130, 210], [236, 236, 240]];
    b.kind(Kind::Light).bulge(0.8);
    for i in 0..16usize {
        let k = i as f32 / 16.0;
        let y = 0.16 + 0.7 * k;
        let x = 0.2 * (1.0 - k) * fast_sin(i as f32 * 0.381 + self_);
        b.oval(x, y, 0.022, 0.022, BAUBLES[i % 4]);
        b.glow(x * 0.7 + 0.02, y + 0.03, 0.04, [255, 220, 140], 0.5);
    }
    let star: Vec<_> = (0..10)
        .map(|i| {
            let (turn, r) = (i as f32 / 10.0, if i % 2 == 0 { 0.065 } else { 0.026 });
            (r * fast_sin(turn), 1.02 + r * fast_sin(turn + 0.25))
        })
        .collect();
    b.poly(&star, [252, 214, 90]);
    b.glow(0.0, 1.02, 0.16, [255, 226, 140], 0.7);
}

pub(super) fn palm(b: &mut Brush<'_>, item: &Item, sway: f32) {
    let lean = (item.self_ - 0.5) * 0.4;
    let crown = (lean + sway * 2.0, 0.82);
    b.line(&[(0.0, 0.0), (lean * 0.3, 0.4), crown], 0.05, [134, 100, 66]);
    for frond in 0..9 {
        let side = f32::from(frond) / 4.0 - 1.0;
        let (dx, lift) = (side * 0.36, 0.16 - side * side * 0.3);
        let mid = (crown.0 + dx * 0.55, crown.1 + lift * 0.5 + 0.1);
        let tip = (crown.0 + dx + sway, crown.1 + lift - 0.04);
        b.poly(
            &[crown, (mid.0, mid.1 + 0.04), tip, (mid.0, mid.1 - 0.05)],
            [50, 128 - (frond % 2) * 16, 62],
        );
    }
}

/// A clump of bamboo: jointed canes with leaves towards their tips.
pub(super) fn bamboo(b: &mut Brush<'_>, item: &Item, sway: f32) {
    let cane = item.colour.unwrap_or([124, 164, 82]);
    let mut rng = Rng::new((item.self_ * 65536.0) as u64);
    b.bulge(0.5);
    for i in 0..4 {
        let (foot, lean) = ((i as f32 - 1.5) * 0.11, rng.range(-0.05, 0.05));
        let (tall, tone) = (rng.range(0.84, 1.12), rng.range(0.74, 1.08));
        let at = |k: f32| (foot + (lean + sway * 1.5) * k * k, tall * k);
        for joint in 0..7 {
            let (from, to) = (joint as f32 / 7.0, (joint + 1) as f32 / 7.0);
            let wide = 0.05 * (1.0 - 0.5 * from);
            b.line(&[at(from), at(to - 0.008)], wide, scale(cane, tone));
            let (x, y) = at(to);
            b.oval(x, y, wide * 0.62, 0.008, scale(cane, tone * 0.7));
            if joint > 2 {
                let side = if joint % 2 == 0 { 1.0 } else { -1.0 };
                for (dx, dy) in [(0.17, -0.03), (0.14, 0.07), (0.08, -0.1)] {
                    let tip = (x + side * dx + sway * 2.0, y + dy);
                    let mid = ((x + tip.0) * 0.5, (y + tip.1) * 0.5);
                    let leaf = scale([92, 148, 66], tone);
                    b.poly(&[(x, y), (mid.0, mid.1 + 0.022), tip, (mid.0, mid.1 - 0.016)], leaf);
                }
            }
        }
    }
}
