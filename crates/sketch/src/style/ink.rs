//! Ink, pencil, print and paint: what a hand does to a picture.

use crate::math::{fast_sin, smooth};
use crate::rng::speckle;
use crate::scene::Kind;
use crate::scene::canvas::{Rgb, blend};
use crate::style::{Work, add, luma, shine, towards};

/// How strongly an edge shows between neighbours, from 0 to 1.
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
                // The hand shakes a little, differently in each drawing.
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
    work.each(|x, y, p| {
        let (u, v) = (x as f32 / unit, y as f32 / unit);
        let dark = 1.0 - luma(*p) / 255.0;
        let wave = noise.at(u * 0.5, v * 0.5 + frame as f32 * 37.0) * 3.0;
        let tooth = speckle(x as i32, y as i32, frame) * 0.5 + noise.at(u * 9.0, v * 9.0) * 0.5;
        // The side of the lead, rubbed in, under the lines.
        let mut grey = 240.0 + 12.0 * noise.at(u * 4.0, v * 4.0) - 96.0 * dark * dark;
        // One more set of lines for each step darker, each at its own slant.
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
    });
}

pub(super) fn marker(work: &mut Work<'_>) {
    let (unit, noise, frame) = (work.unit, work.noise, work.frame % 3);
    let shift = frame as f32 * 53.0;
    work.each(|x, y, p| {
        let (u, v) = (x as f32 / unit, y as f32 / unit);
        // Few, strong colours; white shows where the pen skipped.
        let grey = luma(*p);
        for c in &mut p[..3] {
            let strong = grey + (f32::from(*c) - grey) * 1.9;
            *c = ((strong / 64.0).floor() * 64.0 + 40.0).clamp(0.0, 255.0) as u8;
        }
        let lean = (u * 0.34 + v) / 11.0 + noise.at(u * 0.3, v * 0.3 + shift) * 0.7;
        let band = lean - lean.floor();
        // Two strokes overlap at their edges.
        let overlap = smooth(0.8, 0.97, band);
        let streak = noise.at(u * 0.6 + shift, (u * 0.34 + v) * 9.0);
        shine(p, 1.0 - overlap * 0.22);
        let skipped = smooth(0.7, 0.92, streak) * 0.75 + smooth(0.12, 0.0, band) * 0.5;
        towards(p, [254, 254, 252], skipped + 0.1);
    });
}

pub(super) fn halftone(work: &mut Work<'_>, size: f32) {
    let size = size * work.unit;
    let before = work.px.clone();
    let (w, h) = (work.w, work.h);
    work.each(|x, y, p| {
        // A lattice of dots at 45 degrees: the darker the picture, the larger.
        let (fx, fy) = (x as f32, y as f32);
        let (a, b) = ((fx + fy) / size, (fx - fy) / size);
        let (ca, cb) = (a.floor() + 0.5, b.floor() + 0.5);
        let (cx, cy) = ((ca + cb) * size * 0.5, (ca - cb) * size * 0.5);
        let at =
            (cy.clamp(0.0, (h - 1) as f32) as usize) * w + cx.clamp(0.0, (w - 1) as f32) as usize;
        let dark = 1.0 - luma(before[at]) / 255.0;
        let d = ((fx - cx) * (fx - cx) + (fy - cy) * (fy - cy)).sqrt() / (size * 0.72);
        let dot = smooth(dark + 0.08, dark - 0.08, d);
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
    // Paint runs: each pixel takes the colour from a little way off, along slow waves.
    let mut wet = work.px.clone();
    for y in 0..h {
        for x in 0..w {
            let (u, v) = (x as f32 / unit, y as f32 / unit);
            let dx = (noise.at(u * 0.9 + drift, v * 0.9) - 0.5) * 22.0 * unit;
            let dy = (noise.at(u * 0.9, v * 0.9 + 120.0) - 0.5) * 22.0 * unit;
            let mut sum = [0u32; 3];
            for (ox, oy) in [(0.0, 0.0), (2.5, 1.0), (-2.0, 2.0), (0.5, -2.5)] {
                let p = work.sample(x as f32 + dx + ox * unit, y as f32 + dy + oy * unit);
                for c in 0..3 {
                    sum[c] += u32::from(p[c]);
                }
            }
            let at = &mut wet[y * w + x];
            for c in 0..3 {
                at[c] = (sum[c] / 4) as u8;
            }
        }
    }
    let step = (2.0 * unit) as usize + 1;
    for y in 0..h {
        for x in 0..w {
            let at = y * w + x;
            let (u, v) = (x as f32 / unit, y as f32 / unit);
            let mut p = wet[at];
            let right = wet[y * w + (x + step).min(w - 1)];
            let down = wet[(y + step).min(h - 1) * w + x];
            // Pigment gathers at the rim of each wash.
            let rim = (luma(p) - luma(right)).abs() + (luma(p) - luma(down)).abs();
            let grain = noise.at(u * 7.0, v * 7.0);
            let pool = noise.at(u * 0.8 + 30.0, v * 0.8);
            let grey = luma(p);
            for c in &mut p[..3] {
                *c = (grey + (f32::from(*c) - grey) * 1.25).clamp(0.0, 255.0) as u8;
            }
            towards(&mut p, paper, 0.24 + 0.34 * pool);
            shine(&mut p, 1.0 - (rim * 0.007).min(0.3) - (grain - 0.5) * 0.14);
            work.px[at][..3].copy_from_slice(&p[..3]);
        }
    }
}

pub(super) fn strokes(work: &mut Work<'_>, length: f32) {
    let (w, h) = (work.w, work.h);
    let (unit, noise, form) = (work.unit, work.noise, work.form);
    let from = work.px.clone();
    let length = length * unit;
    let (wide, long) = (length * 0.3, length);
    work.each(|x, y, p| {
        let (fx, fy) = (x as f32, y as f32);
        // Patches of strokes, each with a direction of its own.
        let patch = noise.at(fx / unit * 0.9, fy / unit * 0.9);
        let turn = ((patch * 7.0).floor() - 3.0) * 0.055 - 0.02;
        let (s, c) = (fast_sin(turn), fast_sin(turn + 0.25));
        let (along, across) = (fx * c + fy * s, fy * c - fx * s);
        let lane = (across / wide).floor();
        let offset = speckle(lane as i32, 3, 9) * long;
        let cell = ((along + offset) / long).floor();
        let middle = (cell + 0.5) * long - offset;
        let (mx, my) = (middle * c - (lane + 0.5) * wide * s, middle * s + (lane + 0.5) * wide * c);
        let (sx, sy) = (mx.clamp(0.0, (w - 1) as f32), my.clamp(0.0, (h - 1) as f32));
        let source = sy as usize * w + sx as usize;
        let q = from[source];
        // A stroke does not run over the outline of a thing.
        let other = form[y * w + x][3] != form[source][3];
        towards(p, [q[0], q[1], q[2]], if other { 0.12 } else { 0.9 });
        let bristle = speckle((across / unit * 1.3) as i32, cell as i32, lane as u32);
        shine(p, 0.9 + 0.2 * bristle * (0.5 + speckle(lane as i32, cell as i32, 4)));
    });
}

pub(super) fn stickers(work: &mut Work<'_>) {
    let (w, h) = (work.w, work.h);
    let thing = |k: u8| {
        [Kind::Plant, Kind::Built, Kind::Figure, Kind::Light].iter().any(|own| *own as u8 == k)
    };
    // Distance to the nearest thing, by two sweeps.
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
    work.each(|x, y, p| {
        let at = y * w + x;
        if d[at] == 0.0 {
            let left = if x > 0 { px[at - 1][3] } else { p[3] };
            if left != p[3] {
                shine(p, 0.9);
            }
            return;
        }
        // The view itself becomes a flat card with a hill line, dots behind it.
        let sky = edge_of(p[3]);
        let base: Rgb = [p[0], p[1], p[2]];
        let card = if sky { [255, 214, 226] } else { blend(base, [190, 236, 214], 0.55) };
        let (u, v) = (x as f32 / unit / 26.0, y as f32 / unit / 26.0);
        let (cu, cv) =
            (u - (u + 0.5 * (v.floor() % 2.0)).floor() + 0.5 * (v.floor() % 2.0), v - v.floor());
        let dot = ((cu - 0.5) * (cu - 0.5) + (cv - 0.5) * (cv - 0.5)).sqrt();
        let mut tone = if sky && dot < 0.17 { [255, 246, 250] } else { card };
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
