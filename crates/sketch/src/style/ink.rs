//! Ink, pencil, print and paint.

use crate::math::{fast_sin, floor, smooth};
use crate::rng::speckle;
use crate::scene::Kind;
use crate::scene::canvas::{Rgb, blend};
use crate::style::{Work, add, factor_of, luma, part, shine, shine_by, towards, towards_by};

/// The strength of an edge between neighbours, from 0 to 1.
fn edges(work: &Work<'_>) -> Vec<u8> {
    let (w, h) = (work.w, work.h);
    let mut edges = vec![0u8; w * h];
    for y in 0..h - 1 {
        for x in 0..w - 1 {
            let at = y * w + x;
            let own = work.form[at];
            let mut found = 0u8;
            for other in [at + 1, at + w] {
                let next = work.form[other];
                if own[3] != next[3] {
                    let leap = own[2].abs_diff(next[2]);
                    let kinds = work.px[at][3] != work.px[other][3];
                    let water = work.px[at][3] == Kind::Water as u8 && !kinds;
                    if !water {
                        found = found.max(if kinds || leap > 12 { 255 } else { 170 });
                    }
                }
            }
            edges[at] = found;
        }
    }
    edges
}

pub(super) fn outline(work: &mut Work<'_>, width: f32, colour: Rgb, wobble: f32) {
    let lines = edges(work);
    let (w, h) = (work.w as i32, work.h as i32);
    let reach = width * work.unit * 0.5;
    let r = reach.ceil() as i32;
    let mut cover = vec![0u8; lines.len()];
    let (frame, noise, unit) = (work.frame % 4, work.noise, work.unit);
    for y in 0..h {
        for x in 0..w {
            let strength = lines[(y * w + x) as usize];
            if strength == 0 {
                continue;
            }
            let (mut ox, mut oy, mut thick) = (0, 0, reach);
            if wobble > 0.0 {
                // The lines wobble slightly, differently in each drawing.
                let (u, v) = (x as f32 / unit * 0.9, y as f32 / unit * 0.9);
                let shift = frame as f32 * 61.0;
                ox = ((noise.at(u + shift, v) - 0.5) * 4.0 * wobble * unit) as i32;
                oy = ((noise.at(u + 90.0, v + shift) - 0.5) * 4.0 * wobble * unit) as i32;
                thick *= 0.5 + noise.at(u * 0.7, v * 0.7 + 40.0);
            }
            for dy in -r..=r {
                for dx in -r..=r {
                    let (px, py) = (x + dx + ox, y + dy + oy);
                    if px < 0 || py < 0 || px >= w || py >= h {
                        continue;
                    }
                    let d = ((dx * dx + dy * dy) as f32).sqrt();
                    let much = (thick + 0.5 - d).clamp(0.0, 1.0) * f32::from(strength);
                    let at = &mut cover[(py * w + px) as usize];
                    *at = (*at).max(much as u8);
                }
            }
        }
    }
    for (p, much) in work.px.iter_mut().zip(cover) {
        if much > 0 {
            towards(p, colour, f32::from(much) / 255.0);
        }
    }
}

pub(super) fn hatch(work: &mut Work<'_>) {
    let (unit, noise, frame) = (work.unit, work.noise, work.frame % 3);
    for (y, row) in work.px.chunks_exact_mut(work.w).enumerate() {
        let v = y as f32 / unit;
        let waves = noise.row(v * 0.5 + frame as f32 * 37.0);
        let (teeth, paper) = (noise.row(v * 9.0), noise.row(v * 4.0));
        for (x, p) in row.iter_mut().enumerate() {
            let u = x as f32 / unit;
            let dark = 1.0 - luma(*p) / 255.0;
            let wave = waves.at(u * 0.5) * 3.0;
            let tooth = speckle(x as i32, y as i32, frame) * 0.5 + teeth.at(u * 9.0) * 0.5;
            // Under the lines, soft shading with the side of the lead.
            let mut grey = 240.0 + 12.0 * paper.at(u * 4.0) - 96.0 * dark * dark;
            // One more set of lines for each darker step, each at its own angle.
            for (level, (a, b, pitch)) in
                [(0.62, 0.5, 2.6), (0.5, -0.62, 2.4), (0.9, 0.08, 2.2), (0.2, 0.8, 2.0)]
                    .into_iter()
                    .enumerate()
            {
                let over = dark - 0.14 - 0.17 * level as f32;
                if over > 0.0 {
                    let line = fast_sin((u * a + v * b + wave) / pitch) * 0.5 + 0.5;
                    let press = (over * 3.4).min(1.0);
                    grey -= smooth(0.75 - press * 0.5, 1.0, line * (0.55 + 0.6 * tooth))
                        * (34.0 + 18.0 * level as f32);
                }
            }
            grey -= dark * 60.0 * tooth;
            p[..3].fill(grey.clamp(24.0, 255.0) as u8);
        }
    }
}

pub(super) fn marker(work: &mut Work<'_>) {
    let (unit, noise, frame) = (work.unit, work.noise, work.frame % 3);
    let shift = frame as f32 * 53.0;
    for (y, row) in work.px.chunks_exact_mut(work.w).enumerate() {
        let v = y as f32 / unit;
        let leans = noise.row(v * 0.3 + shift);
        for (x, p) in row.iter_mut().enumerate() {
            let u = x as f32 / unit;
            // Few, strong colours; white shows where the pen skipped.
            let grey = luma(*p);
            for c in &mut p[..3] {
                let strong = grey + (f32::from(*c) - grey) * 1.9;
                *c = (floor(strong / 64.0) * 64.0 + 40.0).clamp(0.0, 255.0) as u8;
            }
            let lean = (u * 0.34 + v) / 11.0 + leans.at(u * 0.3) * 0.7;
            let band = lean - floor(lean);
            // Two strokes overlap at their edges.
            let overlap = smooth(0.8, 0.97, band);
            let streak = noise.at(u * 0.6 + shift, (u * 0.34 + v) * 9.0);
            shine(p, 1.0 - overlap * 0.22);
            let skipped = smooth(0.7, 0.92, streak) * 0.75 + smooth(0.12, 0.0, band) * 0.5;
            towards(p, [254, 254, 252], skipped + 0.1);
        }
    }
}

/// An offset to a pixel and a ten-bit number, packed into one: the offset is less than 1024.
fn aside(x: usize, y: usize, to: (usize, usize), more: u32) -> u32 {
    let off = |from: usize, to: usize| (to as i32 - from as i32 + 1024).clamp(0, 2047) as u32;
    off(x, to.0) | off(y, to.1) << 11 | more.min(1023) << 22
}

/// The pixel at the offset that [`aside`] packed, and the number.
#[inline(always)]
fn beside(at: usize, width: usize, told: u32) -> (usize, u32) {
    let (dx, dy) = ((told & 2047) as isize - 1024, (told >> 11 & 2047) as isize - 1024);
    ((at as isize + dy * width as isize + dx) as usize, told >> 22)
}

pub(super) fn halftone(work: &mut Work<'_>, size: f32) {
    let size = size * work.unit;
    let before = work.px.clone();
    let w = work.w;
    // A grid of dots at 45 degrees: each pixel's dot, and its distance from the dot's centre.
    let dot = |work: &Work<'_>, x: usize, y: usize| {
        let (fx, fy) = (x as f32, y as f32);
        let (a, b) = ((fx + fy) / size, (fx - fy) / size);
        let (ca, cb) = (floor(a) + 0.5, floor(b) + 0.5);
        let (cx, cy) = ((ca + cb) * size * 0.5, (ca - cb) * size * 0.5);
        let middle = (
            cx.clamp(0.0, (work.w - 1) as f32) as usize,
            cy.clamp(0.0, (work.h - 1) as f32) as usize,
        );
        let d = ((fx - cx) * (fx - cx) + (fy - cy) * (fy - cy)).sqrt() / (size * 0.72);
        aside(x, y, middle, (d * 512.0) as u32)
    };
    work.each_plated(dot, |at, p, told| {
        let (middle, d) = beside(at, w, told);
        // The darker the picture, the larger the dot.
        let dark = 1.0 - luma(before[middle]) / 255.0;
        let t = ((dark + 0.08 - d as f32 / 512.0) / 0.16).clamp(0.0, 1.0);
        let dot = t * t * (3.0 - 2.0 * t);
        if dot > 0.0 {
            shine(p, 1.0 - 0.45 * dot);
        } else {
            add(p, 14.0);
        }
    });
}

pub(super) fn watercolour(work: &mut Work<'_>) {
    let (unit, noise) = (work.unit, work.noise);
    let drift = (work.frame % 6) as f32 * 1.5;
    let (w, h) = (work.w, work.h);
    let paper: Rgb = [252, 249, 240];
    // Paint runs: each pixel takes the colour from a short distance away, along waves that are so
    // long that two neighbours move together.
    let mut wet = work.px.clone();
    let taps = [(0.0, 0.0), (2.5, 1.0), (-2.0, 2.0), (0.5, -2.5)]
        .map(|(x, y): (f32, f32)| (floor(x * unit) as i32, floor(y * unit) as i32));
    for (y, row) in wet.chunks_exact_mut(w).enumerate() {
        let v = y as f32 / unit;
        let (across, down) = (noise.row(v * 0.9), noise.row(v * 0.9 + 120.0));
        for (i, pair) in row.chunks_mut(2).enumerate() {
            let u = (i * 2) as f32 / unit;
            let dx = ((across.at(u * 0.9 + drift) - 0.5) * 22.0 * unit) as i32;
            let dy = ((down.at(u * 0.9) - 0.5) * 22.0 * unit) as i32;
            for (side, own) in pair.iter_mut().enumerate() {
                let mut sum = [0u32; 3];
                for (ox, oy) in taps {
                    let sx = ((i * 2 + side) as i32 + dx + ox).clamp(0, w as i32 - 1) as usize;
                    let sy = (y as i32 + dy + oy).clamp(0, h as i32 - 1) as usize;
                    let p = work.px[sy * w + sx];
                    for c in 0..3 {
                        sum[c] += u32::from(p[c]);
                    }
                }
                for c in 0..3 {
                    own[c] = (sum[c] / 4) as u8;
                }
            }
        }
    }
    let step = (2.0 * unit) as usize + 1;
    // The distance to the paper, and the brightness of its grain.
    let ground = |_: &Work<'_>, x: usize, y: usize| {
        let (u, v) = (x as f32 / unit, y as f32 / unit);
        let pool = part(0.24 + 0.34 * noise.at(u * 0.8 + 30.0, v * 0.8)) as u32;
        pool | factor_of(1.0 - (noise.at(u * 7.0, v * 7.0) - 0.5) * 0.14) << 16
    };
    work.each_plated(ground, |at, p, told| {
        let (x, y) = (at % w, at / w);
        let mut own = wet[at];
        let right = luma(wet[y * w + (x + step).min(w - 1)]);
        let down = luma(wet[(y + step).min(h - 1) * w + x]);
        let grey = luma(own);
        // Pigment accumulates at the edge of each wash.
        let rim = (grey - right).abs() + (grey - down).abs();
        for c in &mut own[..3] {
            *c = (grey + (f32::from(*c) - grey) * 1.25).clamp(0.0, 255.0) as u8;
        }
        towards_by(&mut own, paper, (told & 0xffff) as i32);
        shine_by(&mut own, (told >> 16) - factor_of((rim * 0.007).min(0.3)));
        p[..3].copy_from_slice(&own[..3]);
    });
}

pub(super) fn strokes(work: &mut Work<'_>, length: f32) {
    let w = work.w;
    let (unit, noise, form) = (work.unit, work.noise, work.form);
    let from = work.px.clone();
    let length = length * unit;
    let (wide, long) = (length * 0.3, length);
    // Where the stroke over each pixel took its colour, and its bristle pattern.
    let stroke = |work: &Work<'_>, x: usize, y: usize| {
        let (fx, fy) = (x as f32, y as f32);
        // Patches of strokes, each with its own direction.
        let patch = noise.at(fx / unit * 0.9, fy / unit * 0.9);
        let turn = (floor(patch * 7.0) - 3.0) * 0.055 - 0.02;
        let (s, c) = (fast_sin(turn), fast_sin(turn + 0.25));
        let (along, across) = (fx * c + fy * s, fy * c - fx * s);
        let lane = floor(across / wide);
        let offset = speckle(lane as i32, 3, 9) * long;
        let cell = floor((along + offset) / long);
        let middle = (cell + 0.5) * long - offset;
        let (mx, my) = (middle * c - (lane + 0.5) * wide * s, middle * s + (lane + 0.5) * wide * c);
        let place = (
            mx.clamp(0.0, (work.w - 1) as f32) as usize,
            my.clamp(0.0, (work.h - 1) as f32) as usize,
        );
        let bristle = speckle((across / unit * 1.3) as i32, cell as i32, lane as u32);
        let shine = 0.9 + 0.2 * bristle * (0.5 + speckle(lane as i32, cell as i32, 4));
        aside(x, y, place, factor_of(shine))
    };
    work.each_plated(stroke, |at, p, told| {
        let (place, bristle) = beside(at, w, told);
        let q = from[place];
        // A stroke doesn't cross the outline of a thing.
        let other = form[at][3] != form[place][3];
        towards_by(p, [q[0], q[1], q[2]], if other { 30 } else { 230 });
        shine_by(p, bristle);
    });
}

pub(super) fn stickers(work: &mut Work<'_>) {
    let (w, h) = (work.w, work.h);
    let thing = |k: u8| {
        [Kind::Plant, Kind::Built, Kind::Figure, Kind::Light].iter().any(|own| *own as u8 == k)
    };
    // Distance to the nearest thing, in two sweeps.
    let far = 1000.0f32;
    let mut d: Vec<f32> = work
        .px
        .iter()
        .zip(work.form)
        .map(|(p, f)| if thing(p[3]) && f[2] < 254 { 0.0 } else { far })
        .collect();
    for y in 0..h {
        for x in 0..w {
            let at = y * w + x;
            let mut best = d[at];
            if x > 0 {
                best = best.min(d[at - 1] + 1.0);
            }
            if y > 0 {
                best = best.min(d[at - w] + 1.0);
                if x + 1 < w {
                    best = best.min(d[at - w + 1] + 1.41);
                }
            }
            d[at] = best;
        }
    }
    for y in (0..h).rev() {
        for x in (0..w).rev() {
            let at = y * w + x;
            let mut best = d[at];
            if x + 1 < w {
                best = best.min(d[at + 1] + 1.0);
            }
            if y + 1 < h {
                best = best.min(d[at + w] + 1.0);
                if x > 0 {
                    best = best.min(d[at + w - 1] + 1.41);
                }
            }
            d[at] = best;
        }
    }
    let unit = work.unit;
    let border = 7.0 * unit;
    let shadow = (6.0 * unit) as usize;
    let edge_of = |kind: u8| kind == Kind::Sky as u8;
    let px = work.px.clone();
    let dot = |_: &Work<'_>, x: usize, y: usize| {
        let (u, v) = (x as f32 / unit / 26.0, y as f32 / unit / 26.0);
        let odd = 0.5 * (floor(v) % 2.0);
        let (cu, cv) = (u - floor(u + odd) + odd, v - floor(v));
        let far = ((cu - 0.5) * (cu - 0.5) + (cv - 0.5) * (cv - 0.5)).sqrt();
        u32::from(far < 0.17)
    };
    work.each_plated(dot, |at, p, dot| {
        let (x, y) = (at % w, at / w);
        if d[at] == 0.0 {
            let left = if x > 0 { px[at - 1][3] } else { p[3] };
            if left != p[3] {
                shine(p, 0.9);
            }
            return;
        }
        // The view becomes a flat card with a hill line, with dots behind it.
        let sky = edge_of(p[3]);
        let base: Rgb = [p[0], p[1], p[2]];
        let card = if sky { [255, 214, 226] } else { blend(base, [190, 236, 214], 0.55) };
        let mut tone = if sky && dot == 1 { [255, 246, 250] } else { card };
        let up = y.checked_sub(shadow).zip(x.checked_sub(shadow / 2));
        if let Some((uy, ux)) = up
            && d[uy * w + ux] < border
        {
            tone = blend(tone, [70, 60, 90], 0.38);
        }
        if d[at] < border {
            tone = [255, 255, 255];
        }
        p[..3].copy_from_slice(&tone);
    });
}
