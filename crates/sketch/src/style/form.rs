//! Form from depth: inflated things, thick sides, reflecting ground, and light from two sides.

use crate::scene::Kind;
use crate::scene::canvas::{Rgb, scale};
use crate::style::{Work, add_by, factor_of, part, shine, shine_by, towards, towards_by};

/// The slope of a rounded surface, per cell: right and down, from -127 to 127.
struct Relief {
    w: usize,
    /// The size of the cells, in pixels.
    cell: usize,
    tilt: Vec<[i8; 2]>,
}

/// Rounds the edge of each thing over this many pixels at 360 lines, as if it were inflated.
fn relief(work: &Work<'_>, radius: f32) -> Relief {
    let cell = ((work.unit * 1.5) as usize).max(2);
    let (w, h) = (work.w.div_ceil(cell), work.h.div_ceil(cell));
    // Distances to the nearest other thing, in fifths of a cell.
    let far = ((radius * work.unit / cell as f32).max(1.0) * 5.0) as u16;
    let own: Vec<[u8; 2]> = (0..w * h)
        .map(|i| {
            let at = (i / w * cell) * work.w + i % w * cell;
            [work.form[at][3], work.px[at][3]]
        })
        .collect();
    let mut d = vec![far; w * h];
    for y in 0..h {
        for x in 0..w {
            let at = y * w + x;
            let mut best = if x == 0 || y == 0 { far } else { d[at] };
            let mut see = |other: usize, step: u16| {
                best = best.min(if own[other] == own[at] { d[other] + step } else { 2 });
            };
            if x > 0 {
                see(at - 1, 5);
            }
            if y > 0 {
                see(at - w, 5);
                if x > 0 {
                    see(at - w - 1, 7);
                }
                if x + 1 < w {
                    see(at - w + 1, 7);
                }
            }
            d[at] = best;
        }
    }
    for y in (0..h).rev() {
        for x in (0..w).rev() {
            let at = y * w + x;
            let mut best = d[at];
            let mut see = |other: usize, step: u16| {
                best = best.min(if own[other] == own[at] { d[other] + step } else { 2 });
            };
            if x + 1 < w {
                see(at + 1, 5);
            }
            if y + 1 < h {
                see(at + w, 5);
                if x > 0 {
                    see(at + w - 1, 7);
                }
                if x + 1 < w {
                    see(at + w + 1, 7);
                }
            }
            d[at] = best;
        }
    }
    let mut tilt = vec![[0i8; 2]; w * h];
    let near = |at: usize, other: usize| {
        if own[at] == own[other] { i32::from(d[other]) } else { 0 }
    };
    for y in 0..h {
        for x in 0..w {
            let at = y * w + x;
            if d[at] >= far {
                continue;
            }
            let left = near(at, if x > 0 { at - 1 } else { at });
            let right = near(at, if x + 1 < w { at + 1 } else { at });
            let up = near(at, if y > 0 { at - w } else { at });
            let down = near(at, if y + 1 < h { at + w } else { at });
            let steep = 127 * i32::from(far - d[at]) / i32::from(far);
            let lean = |n: i32| (n.clamp(-10, 10) * steep / 10) as i8;
            tilt[at] = [lean(left - right), lean(up - down)];
        }
    }
    Relief { w, cell, tilt }
}

/// A lookup table of shading: an entry for each slope to the right and down, in 1/127.
fn by_tilt(of: impl Fn(f32, f32, f32) -> u32) -> Vec<u32> {
    let tilts = (0..1u32 << 16).map(|i| ((i & 255) as f32 - 128.0, (i >> 8) as f32 - 128.0));
    let direction = |(right, down): (f32, f32)| {
        let (nx, ny) = (right / 127.0, down / 127.0);
        of(nx, ny, (1.0 - (nx * nx + ny * ny).min(0.96)).sqrt())
    };
    tilts.map(direction).collect()
}

/// Visits all pixels that aren't sky, with the table's entry for their slope.
fn on_forms(work: &mut Work<'_>, radius: f32, table: &[u32], change: impl Fn(u32, &mut [u8; 4])) {
    let relief = relief(work, radius);
    // A thing's own form counts for about half.
    let own: Vec<i16> = (0..256i16).map(|f| (f - 128) * 9 / 16 + 128).collect();
    let lean = |form: u8, edge: i8| (own[usize::from(form)] + i16::from(edge)).clamp(0, 255);
    let rows = work.px.chunks_exact_mut(work.w).zip(work.form.chunks_exact(work.w));
    for (y, (row, forms)) in rows.enumerate() {
        let edges = &relief.tilt[y / relief.cell * relief.w..][..relief.w];
        let cells = row.chunks_mut(relief.cell).zip(forms.chunks(relief.cell)).zip(edges);
        for ((pixels, forms), edge) in cells {
            for (p, form) in pixels.iter_mut().zip(forms) {
                if p[3] != Kind::Sky as u8 {
                    let tilt = lean(form[0], edge[0]) | lean(form[1], edge[1]) << 8;
                    change(table[usize::from(tilt as u16)], p);
                }
            }
        }
    }
}

/// Inflates things and lights them from above: roundness, shading, gloss, and backlight.
pub(super) fn puff(work: &mut Work<'_>, radius: f32, diffuse: f32, gloss: f32, rim: f32) {
    let mut table = std::mem::take(&mut work.kept.plates[work.pass]);
    if table.is_empty() {
        table = by_tilt(|nx, ny, nz| {
            let lit = nx * -0.46 + ny * -0.62 + nz * 0.64;
            // The mirror direction of the light, for a viewer straight ahead.
            let mirror = (2.0 * lit * nz - 0.64).max(0.0);
            let spark = mirror * mirror * mirror;
            let spark = spark * spark * spark;
            let more = (spark * gloss * 170.0 + (1.0 - nz) * rim * 70.0).clamp(0.0, 255.0) as u32;
            // Shaded sides keep some ambient light.
            factor_of((1.0 + (lit - 0.62) * diffuse).max(0.42)) | more << 16
        });
    }
    on_forms(work, radius, &table, |lit, p| {
        if p[3] != Kind::Light as u8 {
            shine_by(p, lit & 0xffff);
            let more = (lit >> 16) as u8;
            add_by(p, i32::from(more));
        }
    });
    work.kept.plates[work.pass] = table;
}

/// Light in one colour from the left and in another from the right.
pub(super) fn duo(work: &mut Work<'_>, radius: f32, left: Rgb, right: Rgb, much: f32) {
    let mut table = std::mem::take(&mut work.kept.plates[work.pass]);
    if table.is_empty() {
        table = by_tilt(|nx, ny, nz| {
            let side = |n: f32| (((n - 0.1) * 1.5).clamp(0.0, 1.0) * much * 255.0) as u32;
            let top = ((-ny - 0.2).max(0.0) * (1.0 - nz) * 140.0 * much).min(127.0) as u32;
            factor_of(0.72 + 0.4 * nz) | (side(-nx) | side(nx) << 8) << 9 | (top & 127) << 25
        });
    }
    on_forms(work, radius, &table, |lit, p| {
        shine_by(p, lit & 511);
        towards_by(p, left, (lit >> 9 & 255) as i32);
        towards_by(p, right, (lit >> 17 & 255) as i32);
        let top = (lit >> 25) as u8;
        add_by(p, i32::from(top));
    });
    work.kept.plates[work.pass] = table;
}

/// Gives things a thick side, this many pixels at 360 lines, down and to the right, and a soft
/// shadow twice as long.
pub(super) fn extrude(work: &mut Work<'_>, depth: f32) {
    let (w, h) = (work.w, work.h);
    let long = (depth * work.unit).max(1.0) as u16;
    let form = work.form;
    let from: Vec<[u8; 4]> = work.px.clone();
    let stands = |k: u8| k != Kind::Sky as u8 && k != Kind::Water as u8 && k != Kind::Light as u8;
    // What each pixel passes on to its lower right neighbour: how far a side or a shadow still
    // extends, which thing it belongs to, and its colour.
    let none = (0u16, 255u8, [0u8; 3]);
    let (mut above, mut own_row) = (vec![none; w + 1], vec![none; w + 1]);
    for y in 0..h {
        for x in 0..w {
            let at = y * w + x;
            let own = form[at][2];
            let (left, far, tone) = above[x];
            own_row[x + 1] = if left > 0 && own > far.saturating_add(9) {
                if left > long * 2 {
                    work.px[at][..3].copy_from_slice(&scale(tone, 0.62));
                } else {
                    shine(&mut work.px[at], 1.0 - 0.5 * f32::from(left) / f32::from(long * 2));
                }
                (left - 1, far, tone)
            } else if stands(from[at][3]) && own < 200 {
                (long * 3, own, [from[at][0], from[at][1], from[at][2]])
            } else {
                none
            };
        }
        std::mem::swap(&mut above, &mut own_row);
    }
}

/// Polishes the ground: each thing is reflected below itself.
pub(super) fn mirror(work: &mut Work<'_>, much: f32) {
    let (w, h) = (work.w, work.h);
    let ground = |k: u8| k == Kind::Land as u8 || k == Kind::Water as u8;
    let reach = h as f32 * 0.34;
    let mut foot = vec![usize::MAX; w];
    for y in h / 4..h {
        for (x, foot) in foot.iter_mut().enumerate() {
            let at = y * w + x;
            if !ground(work.px[at][3]) {
                *foot = y;
                continue;
            }
            let off = y.wrapping_sub(*foot);
            if *foot == usize::MAX || off > *foot {
                continue;
            }
            let fade = 1.0 - off as f32 / reach;
            if fade > 0.0 {
                let seen = work.px[(*foot - off) * w + x];
                towards(&mut work.px[at], [seen[0], seen[1], seen[2]], fade * much);
            }
        }
    }
}

/// From this depth on, things are light sources in the sky, and haze doesn't cover them.
const SKY: u16 = 250;

/// Haze: distant things fade into this colour.
pub(super) fn haze(work: &mut Work<'_>, colour: Rgb, much: f32) {
    let table: Vec<i32> = (0..256u16)
        .map(|d| if d >= SKY { 0 } else { part(f32::from(d) * f32::from(d) / 65025.0 * much) })
        .collect();
    for (p, form) in work.px.iter_mut().zip(work.form) {
        let far = table[usize::from(form[2])];
        if far > 5 {
            towards_by(p, colour, far);
        }
    }
}
