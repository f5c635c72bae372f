//! Frames: a margin, a panel, a stage.

use super::ramp;
use crate::math::{fast_sin, smooth};
use crate::rng::speckle;
use crate::scene::canvas::Rgb;
use crate::style::{Work, factor_of, part, shine_by, towards};

pub(super) fn margin(work: &mut Work<'_>, width: f32, ragged: f32, colour: Rgb) {
    let (w, h, unit, noise) = (work.w as f32, work.h as f32, work.unit, work.noise);
    let edge = width * h;
    let shift = (work.frame % 4) as f32 * 17.0 * (ragged - 1.0).max(0.0);
    let deep = (edge * 3.0) as usize;
    let (columns, rows) = (work.w, work.h);
    for (y, row) in work.px.chunks_exact_mut(columns).enumerate() {
        let whole = y <= deep || y + deep >= rows;
        let bites = noise.row(y as f32 / unit * 1.3);
        let sides = if whole { 0..0 } else { deep + 1..columns.saturating_sub(deep) };
        for (x, p) in row.iter_mut().enumerate() {
            if sides.contains(&x) {
                continue;
            }
            let (fx, fy) = (x as f32, y as f32);
            let inside = fx.min(w - fx).min(fy.min(h - fy));
            let bite = (bites.at(fx / unit * 1.3 + shift) - 0.35) * edge * 2.2 * ragged;
            let out = smooth(edge + bite + 1.2 * unit, edge + bite - 0.6 * unit, inside);
            towards(p, colour, out);
        }
    }
}

pub(super) fn panel(work: &mut Work<'_>) {
    let (w, h, unit) = (work.w as f32 / work.unit, work.h as f32 / work.unit, work.unit);
    let (noise, frame) = (work.noise, work.frame % 3);
    work.each(|x, y, p| {
        let (u, v) = (x as f32 / unit, y as f32 / unit);
        let shake = (noise.at(u * 0.6 + frame as f32 * 40.0, v * 0.6) - 0.5) * 3.0;
        let (left, right, top, bottom) =
            (34.0 + shake, w - 34.0 + shake, 22.0 + shake, h - 66.0 + shake);
        let inside = u > left && u < right && v > top && v < bottom;
        let near = [(u - left).abs(), (u - right).abs(), (v - top).abs(), (v - bottom).abs()];
        let on_x = (near[0] < 1.3 || near[1] < 1.3) && v > top - 5.0 && v < bottom + 6.0;
        let on_y = (near[2] < 1.3 || near[3] < 1.3) && u > left - 6.0 && u < right + 6.0;
        if !inside {
            p[..3].copy_from_slice(&[248, 246, 238]);
            // Lines of writing, as directors' notes.
            for (row, long) in [(h - 50.0, 0.58), (h - 36.0, 0.72), (h - 22.0, 0.4)] {
                let word = ((u - 40.0) / 34.0).floor();
                let gap = u - 40.0 - word * 34.0 > 26.0 + 6.0 * speckle(word as i32, row as i32, 2);
                let wave = fast_sin(u * 0.11 + speckle(word as i32, 1, 3)) * 2.2
                    + fast_sin(u * 0.27) * 1.6;
                if u > 40.0 && u < w * long && !gap && (v - row - wave).abs() < 1.0 {
                    p[..3].fill(96);
                }
            }
        }
        // An arrow for the camera move.
        let (ax, ay) = (u - w * 0.5, v - (bottom - 20.0));
        let shaft = ax.abs() < 52.0 && (ay + ax * ax * 0.003).abs() < 1.5;
        let tip = ax > 38.0 && ax < 56.0 && (ay.abs() - (54.0 - ax) * 0.7).abs() < 2.0;
        if inside && (shaft || tip) {
            p[..3].copy_from_slice(&[206, 60, 48]);
        }
        if on_x || on_y {
            p[..3].fill(52);
        }
    });
}

pub(super) fn stage(work: &mut Work<'_>) {
    let (unit, noise) = (work.unit, work.noise);
    // The spotlight, and the wood of the table's edge, from 1 on.
    let place = |work: &Work<'_>, x: usize, y: usize| {
        let (u, v) = (x as f32 / work.w as f32 - 0.5, y as f32 / work.h as f32);
        let spot = u * u * 3.2 + (v - 0.52) * (v - 0.52) * 4.0;
        let light = 1.12 - 0.75 * smooth(0.3, 1.1, spot);
        if v > 0.93 {
            let wood = noise.at(x as f32 / unit * 0.5, y as f32 / unit * 9.0);
            return (part(wood) as u32 + 1) << 16;
        }
        factor_of(if v > 0.915 { light * 0.6 } else { light })
    };
    let wood = ramp([150, 104, 66], [190, 142, 96]);
    work.each_plated(place, |_, p, told| match (told >> 16) as usize {
        0 => shine_by(p, told),
        grain => p[..3].copy_from_slice(&wood[grain - 1]),
    });
}
