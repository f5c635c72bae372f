//! Ageing: decay, ice, moss and old wheels.

use super::{drift, ramp};
use crate::math::{fast_sin, smooth};
use crate::rng::speckle;
use crate::scene::Kind;
use crate::scene::canvas::blend;
use crate::style::{Work, add, factor_of, part, shine, shine_by, towards, towards_by};

pub(super) fn decay(work: &mut Work<'_>) {
    let (unit, noise, t) = (work.unit, work.noise, work.t);
    // Stain, brightness of peeled paint, crack, and ivy: a byte, nine bits, one bit and a byte.
    let place = |_: &Work<'_>, x: usize, y: usize| {
        let (u, v) = (x as f32 / unit, y as f32 / unit);
        let stain = noise.at(u * 0.55, v * 0.3) * 0.6 + noise.at(u * 2.3, v * 2.3) * 0.4;
        let stain = part(smooth(0.52, 0.8, stain) * 0.62) as u32;
        let peel = noise.at(u * 1.1 + 77.0, v * 1.1) * 0.7 + noise.at(u * 5.0, v * 5.0) * 0.3;
        let rim = smooth(0.66, 0.62, peel);
        let peel = if peel > 0.62 { factor_of(1.0 - rim * 0.5) } else { 0 };
        // Cracks run where two noises are equal.
        let crack = (noise.at(u * 0.9, v * 0.9 + 50.0) - noise.at(u * 0.9 + 128.0, v * 0.9)).abs();
        // Ivy hangs down from the top.
        let vine = noise.at(u * 3.1, 8.0) * 150.0 - 30.0 + noise.at(u * 6.0, v * 2.0) * 30.0;
        let leafy = noise.at(u * 8.0, v * 8.0);
        let ivy = if v < vine && leafy > 0.42 { part(0.5 + 0.4 * leafy) as u32 } else { 0 };
        stain | peel << 8 | u32::from(crack < 0.012) << 17 | ivy << 18
    };
    let peeled = part(0.55);
    work.each_plated(place, |_, p, told| {
        towards_by(p, [92, 58, 34], (told & 255) as i32);
        let peel = told >> 8 & 511;
        if peel > 0 && p[3] != Kind::Sky as u8 {
            towards_by(p, [182, 174, 158], peeled);
            shine_by(p, peel);
        }
        if told >> 17 & 1 == 1 {
            shine_by(p, 107);
        }
        towards_by(p, [44, 62, 34], (told >> 18) as i32);
    });
    drift(work, (2.0, t * 6.0, 5, 0.9985), |p, form| {
        if form[2] > 60 {
            add(p, 70.0);
        }
    });
}

pub(super) fn ice(work: &mut Work<'_>) {
    let (unit, noise, form, t) = (work.unit, work.noise, work.form, work.t);
    let w = work.w;
    // The distance to look upwards for rime, the strength of the frost fern, whether the ground is
    // white, and whether it sparkles: a byte, nine bits, one bit each.
    let place = |work: &Work<'_>, x: usize, y: usize| {
        let (u, v) = (x as f32 / unit, y as f32 / unit);
        let rime = ((2.0 + 5.0 * noise.at(u * 3.0, v * 3.0)) * unit) as u32;
        let white = noise.at(u * 1.7, v * 3.4) > 0.66;
        // Frost ferns grow from the edges inwards.
        let (right, bottom) = (work.w as f32 / unit - u, work.h as f32 / unit - v);
        let edge = u.min(right).min(v.min(bottom)) / 110.0;
        let edge = edge + (noise.at(u * 0.8, v * 0.8) - 0.5) * 0.7;
        let vein = (noise.at(u * 2.2 + v * 1.4, v * 2.2 - u * 0.5)
            - noise.at(u * 2.6, v * 2.6 + 99.0))
        .abs();
        let fern = smooth(0.09, 0.0, vein);
        let grown = part(smooth(0.75, 0.05, edge) * (0.34 + 0.6 * fern)) as u32;
        let spark = speckle((u / 1.6) as i32, (v / 1.6) as i32, 3) > 0.997;
        rime.min(255) | grown << 8 | u32::from(white) << 17 | u32::from(spark) << 18
    };
    let rimed = part(0.78);
    work.each_plated(place, |at, p, told| {
        // Rime on surfaces that have something farther away directly above them.
        let rime = (told & 255) as usize * w;
        let above = form[if rime > at { at % w } else { at - rime }][2];
        let white = told >> 17 & 1 == 1 && p[3] == Kind::Land as u8;
        if white || above > form[at][2].saturating_add(10) {
            towards_by(p, [240, 248, 255], rimed);
        }
        towards_by(p, [232, 244, 255], (told >> 8 & 511) as i32);
        if told >> 18 & 1 == 1 {
            let (u, v) = ((at % w) as f32 / unit, (at / w) as f32 / unit);
            let spark = speckle((u / 1.6) as i32, (v / 1.6) as i32, 3);
            if fast_sin(t * 0.6 + spark * 4000.0) > 0.55 {
                add(p, 120.0);
            }
        }
    });
}

pub(super) fn moss(work: &mut Work<'_>) {
    let (unit, noise, form, t) = (work.unit, work.noise, work.form, work.t);
    let w = work.w;
    // The distance to look upwards for moss, its fuzziness, and whether it grows here anyway or as
    // a root: a byte, nine bits, one bit each.
    let place = |_: &Work<'_>, x: usize, y: usize| {
        let (u, v) = (x as f32 / unit, y as f32 / unit);
        let hang = ((4.0 + 22.0 * noise.at(u * 2.4, 3.0)) * unit) as u32;
        let fuzz = part(noise.at(u * 6.0, v * 6.0)) as u32;
        let grows = noise.at(u * 1.2, v * 1.2) > 0.68;
        let root = noise.at(u * 0.9, 20.0) * 60.0 + noise.at(u * 4.0, v * 2.0) * 26.0 - 22.0;
        hang.min(255) | fuzz << 8 | u32::from(grows) << 17 | u32::from(v < root) << 18
    };
    let mossy = part(0.8);
    let (green, dark) = (ramp([38, 74, 26], [150, 190, 62]), ramp([30, 40, 20], [86, 118, 44]));
    work.each_plated(place, |at, p, told| {
        let hang = (told & 255) as usize * w;
        let above = form[if hang > at { at % w } else { at - hang }][2];
        let fuzz = (told >> 8 & 511) as usize;
        if p[3] != Kind::Sky as u8 && (told >> 17 & 1 == 1 || above > form[at][2].saturating_add(8))
        {
            towards_by(p, green[fuzz], mossy);
        }
        if told >> 18 == 1 {
            towards_by(p, dark[fuzz], 230);
        }
    });
    wheels(work);
    drift(work, (2.5, t * -9.0, 8, 0.9975), |p, _| towards(p, [230, 255, 140], 0.85));
}

/// Slowly turning old wheels frame the view.
fn wheels(work: &mut Work<'_>) {
    let (unit, noise, t) = (work.unit, work.noise, work.t);
    let (w, h) = (work.w, work.h);
    let (wu, hu) = (w as f32 / unit, h as f32 / unit);
    for (cx, cy, r, way) in [
        (8.0, hu - 14.0, 62.0, 1.0),
        (wu - 20.0, hu - 2.0, 84.0, -1.0),
        (wu - 96.0, hu + 8.0, 44.0, 1.6),
    ] {
        let reach = r * 1.16;
        let inside = |from: f32, most: usize| ((from * unit).max(0.0) as usize).min(most);
        let (left, right) = (inside(cx - reach, w), inside(cx + reach + 1.0, w));
        let (top, bottom) = (inside(cy - reach, h), inside(cy + reach + 1.0, h));
        for y in top..bottom {
            let v = y as f32 / unit;
            let row = &mut work.px[y * w + left..y * w + right];
            for (x, p) in (left..right).zip(row) {
                let u = x as f32 / unit;
                let (dx, dy) = (u - cx, v - cy);
                let d = (dx * dx + dy * dy).sqrt();
                if d > r * 1.07 || d < r * 0.12 {
                    continue;
                }
                let turn = turn_of(dy, dx) + t * 0.02 * way;
                let teeth = r * (1.0 + 0.07 * (fast_sin(turn * 14.0) * 4.0).clamp(-1.0, 1.0));
                let spoke = fast_sin(turn * 5.0).abs() < 0.32 && d > r * 0.3;
                if d < teeth && (d > r * 0.74 || d < r * 0.3 || spoke) {
                    let rust = blend([70, 52, 34], [138, 96, 50], noise.at(u * 3.0, v * 3.0));
                    let fuzz = noise.at(u * 6.0, v * 6.0);
                    let green = smooth(0.45, 0.7, fuzz * 0.5 + noise.at(u, v) * 0.5);
                    p[..3].copy_from_slice(&blend(rust, [92, 140, 50], green));
                    shine(p, 0.8 + 0.35 * (0.5 - dy / r));
                }
            }
        }
    }
}

/// The angle of a direction in turns, accurate to a thousandth.
fn turn_of(y: f32, x: f32) -> f32 {
    let (ax, ay) = (x.abs(), y.abs());
    let k = ax.min(ay) / ax.max(ay).max(1e-6);
    let eighth = k * (0.125 + 0.04345 * (1.0 - k));
    let eighth = if ay > ax { 0.25 - eighth } else { eighth };
    let half = if x < 0.0 { 0.5 - eighth } else { eighth };
    if y < 0.0 { -half } else { half }
}
