//! Form by depth: things puffed up, made thick, mirrored in the ground, and lit from two sides.

use crate::scene::Kind;
use crate::scene::canvas::{Rgb, scale};
use crate::style::{Work, add, shine, towards};

/// How wide and high the cells are in which rounded edges are worked out, in pixels.
const CELL: usize = 2;

/// The tilt of a rounded surface, in each cell: right and down, from -127 to 127.
struct Relief {
    w: usize,
    tilt: Vec<[i8; 2]>,
}

/// Rounds the edge of each thing over that many pixels at 360 lines, as if it was blown up.
fn relief(work: &Work<'_>, radius: f32) -> Relief {
    let (w, h) = (work.w.div_ceil(CELL), work.h.div_ceil(CELL));
    // Distances in fifths of a cell, from the nearest place where another thing begins.
    let far = ((radius * work.unit / CELL as f32).max(1.0) * 5.0) as u16;
    let own: Vec<[u8; 2]> = (0..w * h)
        .map(|i| {
            let at = (i / w * CELL) * work.w + i % w * CELL;
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
    Relief { w, tilt }
}

/// Runs over all pixels that are not sky: the surface's direction, and the pixel.
fn on_forms(work: &mut Work<'_>, radius: f32, mut change: impl FnMut(f32, f32, f32, &mut [u8; 4])) {
    let relief = relief(work, radius);
    let (form, w) = (work.form, work.w);
    work.each(|x, y, p| {
        if p[3] == Kind::Sky as u8 {
            return;
        }
        let f = form[y * w + x];
        let edge = relief.tilt[y / CELL * relief.w + x / CELL];
        let tilt =
            |own: u8, edge: i8| ((f32::from(own) - 128.0) * 0.55 + f32::from(edge)) * (1.0 / 127.0);
        let (nx, ny) = (tilt(f[0], edge[0]), tilt(f[1], edge[1]));
        let flat = (nx * nx + ny * ny).min(0.96);
        change(nx, ny, (1.0 - flat).sqrt(), p);
    });
}

/// Blows things up and lights them from above: how round, how much light and shade, gloss, and
/// light from behind.
pub(super) fn puff(work: &mut Work<'_>, radius: f32, diffuse: f32, gloss: f32, rim: f32) {
    on_forms(work, radius, |nx, ny, nz, p| {
        if p[3] == Kind::Light as u8 {
            return;
        }
        let lit = nx * -0.46 + ny * -0.62 + nz * 0.64;
        // Shade keeps a little of the light that comes from all sides.
        shine(p, (1.0 + (lit - 0.62) * diffuse).max(0.42));
        // The mirror direction of the light, seen from straight ahead.
        let mirror = (2.0 * lit * nz - 0.64).max(0.0);
        let spark = mirror * mirror * mirror;
        let spark = spark * spark * spark;
        add(p, spark * gloss * 170.0 + (1.0 - nz) * rim * 70.0);
    });
}

/// Light of one colour from the left and of another from the right.
pub(super) fn duo(work: &mut Work<'_>, radius: f32, left: Rgb, right: Rgb, much: f32) {
    on_forms(work, radius, |nx, ny, nz, p| {
        shine(p, 0.72 + 0.4 * nz);
        let side = |n: f32| ((n - 0.1) * 1.5).clamp(0.0, 1.0) * much;
        towards(p, left, side(-nx));
        towards(p, right, side(nx));
        let top = (-ny - 0.2).max(0.0) * (1.0 - nz);
        add(p, top * 140.0 * much);
    });
}

/// Gives things a thick side, that many pixels at 360 lines, down and to the right, and lets them
/// throw a soft shadow twice as far.
pub(super) fn extrude(work: &mut Work<'_>, depth: f32) {
    let (w, h) = (work.w, work.h);
    let long = (depth * work.unit).max(1.0) as u16;
    let form = work.form;
    let from: Vec<[u8; 4]> = work.px.clone();
    let stands = |k: u8| k != Kind::Sky as u8 && k != Kind::Water as u8 && k != Kind::Light as u8;
    // What each pixel hands on to the one below and to its right: how far a side or a shadow still
    // goes, whose it is, and in what colour.
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

/// Polishes the ground: each thing is seen again below it, upside down.
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

/// Air between here and there: far things fade into that colour.
pub(super) fn haze(work: &mut Work<'_>, colour: Rgb, much: f32) {
    let table: Vec<f32> = (0..256u16)
        .map(|d| if d >= 254 { 0.0 } else { f32::from(d) * f32::from(d) / 65025.0 * much })
        .collect();
    let (form, w) = (work.form, work.w);
    work.each(|x, y, p| {
        let far = table[usize::from(form[y * w + x][2])];
        if far > 0.02 {
            towards(p, colour, far);
        }
    });
}
