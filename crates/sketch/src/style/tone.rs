//! Tones: colour, grain, glow and focus, as film and lenses have them.

use crate::rng::speckle;
use crate::scene::canvas::{Rgb, blend};
use crate::style::{Work, add, luma, shine, towards};

pub(super) fn grade(
    work: &mut Work<'_>,
    saturation: f32,
    contrast: f32,
    brightness: f32,
    tint: Rgb,
    much: f32,
) {
    let (s, k) = ((saturation * 256.0) as i32, (contrast * 256.0) as i32);
    work.each(|_, _, p| {
        let grey = luma(*p) as i32;
        for c in &mut p[..3] {
            let v = grey + (((i32::from(*c) - grey) * s) >> 8);
            *c = ((((v - 122) * k) >> 8) + 122 + brightness as i32).clamp(0, 255) as u8;
        }
        if much > 0.0 {
            towards(p, tint, much);
        }
    });
}

pub(super) fn split(work: &mut Work<'_>, dark: Rgb, light: Rgb, much: f32) {
    let table: Vec<Rgb> = (0..256).map(|i| blend(dark, light, i as f32 / 255.0)).collect();
    work.each(|_, _, p| towards(p, table[luma(*p) as usize], much));
}

pub(super) fn ramp(work: &mut Work<'_>, colours: &[Rgb]) {
    let table: Vec<Rgb> = (0..256)
        .map(|i| {
            let at = i as f32 / 255.01 * (colours.len() - 1) as f32;
            blend(colours[at as usize], colours[at as usize + 1], at - at.floor())
        })
        .collect();
    work.each(|_, _, p| {
        let tone = table[luma(*p) as usize];
        p[..3].copy_from_slice(&tone);
    });
}

pub(super) fn spot(work: &mut Work<'_>, hue: f32) {
    work.each(|_, _, p| {
        let [r, g, b] = [f32::from(p[0]), f32::from(p[1]), f32::from(p[2])];
        let (max, min) = (r.max(g).max(b), r.min(g).min(b));
        let spread = (max - min).max(1.0);
        let turn = if max == r {
            (g - b) / spread / 6.0
        } else if max == g {
            (b - r) / spread / 6.0 + 1.0 / 3.0
        } else {
            (r - g) / spread / 6.0 + 2.0 / 3.0
        };
        let off = (turn - hue).abs();
        let off = off.min((1.0 - off).abs());
        let grey = luma(*p) as u8;
        towards(p, [grey; 3], ((off - 0.06) * 14.0).clamp(0.0, 1.0));
    });
}

pub(super) fn steps(work: &mut Work<'_>, steps: u8) {
    // Colour keeps its hue: all three channels move by the same factor.
    let table: Vec<f32> = (0..256)
        .map(|i| {
            let step = 255.0 / f32::from(steps);
            let level = ((i as f32 / step).floor() + 0.5) * step;
            level / (i as f32).max(6.0)
        })
        .collect();
    work.each(|_, _, p| shine(p, table[luma(*p) as usize]));
}

/// Lifts or lowers the whole so that its mean brightness comes near `target`; `much` is how far of
/// the way, from 0 to 1. Black stays black, and lights keep their colour.
pub(super) fn expose(work: &mut Work<'_>, target: f32, much: f32) {
    let (mut sum, mut count) = (0.0, 0.0f32);
    for y in (0..work.h).step_by(8) {
        for x in (0..work.w).step_by(8) {
            sum += luma(work.px[y * work.w + x]);
            count += 1.0;
        }
    }
    let mean = (sum / count.max(1.0)).max(4.0);
    let gain = 1.0 + ((target / mean).clamp(0.4, 4.5) - 1.0) * much;
    // A lens and a film: straight in the shadows, ever flatter towards white.
    let table: Vec<u8> = (0..256u16)
        .map(|i| {
            let v = f32::from(i) / 255.0 * gain;
            let v = if gain > 1.0 { v * (1.0 + v / (gain * gain)) / (1.0 + v) } else { v };
            (v * 255.0).min(255.0) as u8
        })
        .collect();
    work.each(|_, _, p| {
        for c in &mut p[..3] {
            *c = table[usize::from(*c)];
        }
    });
}

pub(super) fn grain(work: &mut Work<'_>, much: f32) {
    let (size, frame) = ((work.unit * 1.2).max(1.0), work.frame);
    work.each(|x, y, p| {
        let n = speckle((x as f32 / size) as i32, (y as f32 / size) as i32, frame);
        add(p, (n - 0.5) * 2.0 * much);
    });
}

pub(super) fn vignette(work: &mut Work<'_>, much: f32) {
    let (w, h) = (work.w as f32, work.h as f32);
    work.each(|x, y, p| {
        let (dx, dy) = (x as f32 / w - 0.5, y as f32 / h - 0.5);
        let d = dx * dx + dy * dy;
        if d > 0.06 {
            shine(p, 1.0 - much * ((d - 0.06) * 2.2).min(0.85));
        }
    });
}

/// A quarter-size copy, for blurs that cost little: averages of 4 x 4 pixels.
fn quarter(work: &Work<'_>) -> (usize, usize, Vec<[f32; 3]>) {
    let (w, h) = (work.w.div_ceil(4), work.h.div_ceil(4));
    let mut small = vec![[0.0; 3]; w * h];
    for y in 0..h {
        for x in 0..w {
            let mut sum = [0u32; 3];
            for (dx, dy) in [(1, 1), (3, 1), (1, 3), (3, 3)] {
                let at = (y * 4 + dy).min(work.h - 1) * work.w + (x * 4 + dx).min(work.w - 1);
                for (sum, own) in sum.iter_mut().zip(work.px[at]) {
                    *sum += u32::from(own);
                }
            }
            small[y * w + x] = sum.map(|s| s as f32 / 4.0);
        }
    }
    (w, h, small)
}

/// Blurs both ways by a sliding mean of `reach` pixels to each side, twice.
fn soften(w: usize, h: usize, px: &mut [[f32; 3]], reach: usize) {
    let mut other = vec![[0.0; 3]; px.len()];
    let slide =
        |from: &[[f32; 3]], to: &mut [[f32; 3]], start: usize, step: usize, count: usize| {
            let get = |i: isize| from[start + i.clamp(0, count as isize - 1) as usize * step];
            let r = reach as isize;
            let mut sum = [0.0; 3];
            for i in -r..=r {
                let p = get(i);
                for c in 0..3 {
                    sum[c] += p[c];
                }
            }
            let k = 1.0 / (2 * reach + 1) as f32;
            for i in 0..count as isize {
                to[start + i as usize * step] = sum.map(|s| s * k);
                let (new, old) = (get(i + r + 1), get(i - r));
                for c in 0..3 {
                    sum[c] += new[c] - old[c];
                }
            }
        };
    for _ in 0..2 {
        for y in 0..h {
            slide(px, &mut other, y * w, 1, w);
        }
        for x in 0..w {
            slide(&other, px, x, w, h);
        }
    }
}

/// A smooth look into a quarter-size copy.
fn look(small: &[[f32; 3]], w: usize, h: usize, x: usize, y: usize) -> [f32; 3] {
    let (fx, fy) = ((x as f32 - 1.5).max(0.0) / 4.0, (y as f32 - 1.5).max(0.0) / 4.0);
    let (ix, iy) = ((fx as usize).min(w - 1), (fy as usize).min(h - 1));
    let (jx, jy) = ((ix + 1).min(w - 1), (iy + 1).min(h - 1));
    let (u, v) = (fx - ix as f32, fy - iy as f32);
    std::array::from_fn(|c| {
        let top = small[iy * w + ix][c] * (1.0 - u) + small[iy * w + jx][c] * u;
        let bottom = small[jy * w + ix][c] * (1.0 - u) + small[jy * w + jx][c] * u;
        top * (1.0 - v) + bottom * v
    })
}

pub(super) fn bloom(work: &mut Work<'_>, much: f32) {
    let (w, h, mut small) = quarter(work);
    for p in &mut small {
        let bright = ((p[0] * 0.3 + p[1] * 0.59 + p[2] * 0.11) - 140.0).max(0.0) / 115.0;
        *p = p.map(|c| c * bright);
    }
    soften(w, h, &mut small, (4.0 * work.unit) as usize + 1);
    work.each(|x, y, p| {
        let glow = look(&small, w, h, x, y);
        for c in 0..3 {
            let v = f32::from(p[c]);
            p[c] = (v + (255.0 - v) * (glow[c] * much * 0.7 / 255.0).min(1.0)) as u8;
        }
    });
}

pub(super) fn bars(work: &mut Work<'_>, part: f32) {
    let bar = (work.h as f32 * part) as usize;
    let h = work.h;
    work.each(|_, y, p| {
        if y < bar || y >= h - bar {
            p[..3].fill(0);
        }
    });
}

pub(super) fn focus(work: &mut Work<'_>, depth: u8) {
    let (w, h, mut small) = quarter(work);
    soften(w, h, &mut small, (2.2 * work.unit) as usize + 1);
    let (form, width) = (work.form, work.w);
    work.each(|x, y, p| {
        let far = f32::from(form[y * width + x][2]);
        let much = ((far - f32::from(depth)).max(0.0) / 60.0).min(1.0);
        if much > 0.0 {
            let soft = look(&small, w, h, x, y);
            towards(p, soft.map(|c| c as u8), much);
        }
    });
}
