//! Light effects: a lens, a blind, beams and sparks.

use super::part_of;
use crate::math::{fast_sin, smooth};
use crate::rng::speckle;
use crate::scene::canvas::Rgb;
use crate::style::{Work, factor_of, luma, shine_by, towards, towards_by};

pub(super) fn flare(work: &mut Work<'_>) {
    // The brightest spot of the sky, searched on a coarse grid.
    let (w, h) = (work.w, work.h);
    let mut best = (0.0, w as f32 * 0.7, h as f32 * 0.3);
    for y in (0..h * 2 / 3).step_by(6) {
        for x in (0..w).step_by(6) {
            let bright = luma(work.px[y * w + x]);
            if bright > best.0 {
                best = (bright, x as f32, y as f32);
            }
        }
    }
    let (_, sx, sy) = best;
    let (unit, mx, my) = (work.unit, w as f32 * 0.5, h as f32 * 0.5);
    let around = |from: f32, to: f32, most: usize| {
        (from.max(0.0) as usize).min(most)..((to + 2.0).max(0.0) as usize).min(most)
    };
    for y in around(sy - 9.0 * unit, sy + 9.0 * unit, h) {
        let dy = (y as f32 - sy).abs() / unit;
        for (x, p) in work.px[y * w..][..w].iter_mut().enumerate() {
            let along = (x as f32 - sx).abs() / (w as f32 * 0.62);
            let fall = (1.0 - along.min(1.0)) * (1.0 - dy / 9.0).max(0.0);
            let s = fall * fall * 190.0;
            p[0] = p[0].saturating_add((s * 0.35) as u8);
            p[1] = p[1].saturating_add((s * 0.65) as u8);
            p[2] = p[2].saturating_add(s as u8);
        }
    }
    for (k, r, tone) in [
        (0.45, 17.0, [90, 180, 120]),
        (-0.35, 30.0, [150, 90, 190]),
        (-0.75, 12.0, [220, 150, 70]),
        (-1.1, 44.0, [60, 110, 190]),
    ] {
        let (gx, gy) = (mx + (sx - mx) * k, my + (sy - my) * k);
        for y in around(gy - r * unit, gy + r * unit, h) {
            for x in around(gx - r * unit, gx + r * unit, w) {
                let (dx, dy) = (x as f32 - gx, y as f32 - gy);
                let d = (dx * dx + dy * dy).sqrt() / unit;
                if d < r {
                    let ring = 0.12 + 0.16 * smooth(r * 0.8, r, d);
                    let p = &mut work.px[y * w + x];
                    for c in 0..3 {
                        p[c] = p[c].saturating_add((tone[c] as f32 * ring) as u8);
                    }
                }
            }
        }
    }
}

pub(super) fn blinds(work: &mut Work<'_>) {
    let (unit, t) = (work.unit, work.t);
    // One slat and its gap, in 1024 steps.
    let slat = |i: i32| fast_sin(i as f32 / 1024.0);
    let table: Vec<u32> =
        (0..1024).map(|i| factor_of(0.62 + 0.5 * smooth(-0.25, 0.3, slat(i)))).collect();
    let step = (0.32 / 42.0 / unit * 1024.0 * 65536.0) as u32;
    for (y, row) in work.px.chunks_exact_mut(work.w).enumerate() {
        let mut at = (part_of((y as f32 / unit + t * 4.0) / 42.0) * 1024.0 * 65536.0) as u32;
        for p in row {
            shine_by(p, table[(at >> 16) as usize & 1023]);
            at = at.wrapping_add(step);
        }
    }
}

pub(super) fn beams(work: &mut Work<'_>, colour: Rgb) {
    let (w, h, t) = (work.w as f32, work.h as f32, work.t);
    let rays = work.noise.row(12.0 + t * 0.8);
    // A ray has the same strength along its whole length: sixteen positions per step of the noise.
    let table: Vec<f32> = (0..81 * 16)
        .map(|i| smooth(0.5, 0.9, rays.at(i as f32 / 16.0 - 44.0 + t * 1.2)) * 0.4 * 256.0)
        .collect();
    for (y, row) in work.px.chunks_exact_mut(work.w).enumerate() {
        let v = y as f32 / h;
        for (x, p) in row.iter_mut().enumerate() {
            let lean = (x as f32 / w - 0.95 + v * 0.75) * 46.0 + 44.0;
            let ray = table[((lean * 16.0) as usize).min(81 * 16 - 1)];
            towards_by(p, colour, (ray * (1.0 - v)) as i32);
        }
    }
}

pub(super) fn sparks(work: &mut Work<'_>, warm: Rgb, cool: Rgb) {
    let (w, h, t) = (work.w as f32, work.h as f32, work.t);
    for i in 0..44 {
        let near = speckle(i, 1, 7);
        let rise = (speckle(i, 2, 7) - t * (0.01 + 0.03 * near)).rem_euclid(1.0);
        let sway = 0.02 * fast_sin(t * 0.2 + i as f32 * 0.31);
        let (cx, cy) = ((speckle(i, 3, 7) + sway) * w, (rise * 1.2 - 0.1) * h);
        let r = (1.5 + 9.0 * near * near * near) * work.unit;
        let tone = if i % 2 == 0 { warm } else { cool };
        let (x0, x1) = ((cx - r).max(0.0) as usize, (cx + r).clamp(0.0, w) as usize);
        let (y0, y1) = ((cy - r).max(0.0) as usize, (cy + r).clamp(0.0, h) as usize);
        for y in y0..y1 {
            for x in x0..x1 {
                let (dx, dy) = (x as f32 + 0.5 - cx, y as f32 + 0.5 - cy);
                let d = (dx * dx + dy * dy) / (r * r);
                if d < 1.0 {
                    // Large particles are out of focus: faint discs with a bright rim.
                    let body = if r > 4.0 * work.unit { 0.16 + 0.3 * d * d } else { 1.0 - d };
                    let p = &mut work.px[y * work.w + x];
                    towards(p, tone, body * (0.55 + 0.4 * fast_sin(t * 0.3 + near * 9.0).abs()));
                }
            }
        }
    }
}
