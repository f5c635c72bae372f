//! What lies over a picture: ice, moss, decay, light, frames.

use crate::math::{fast_sin, floor, smooth};
use crate::rng::speckle;
use crate::scene::Kind;
use crate::scene::canvas::{Rgb, blend};
use crate::style::tone::Cells;
use crate::style::{
    Overlay, Work, add, factor_of, luma, part, shine, shine_by, towards, towards_by,
};

pub(super) fn draw(work: &mut Work<'_>, what: Overlay) {
    match what {
        Overlay::Decay => decay(work),
        Overlay::Ice => ice(work),
        Overlay::Moss => moss(work),
        Overlay::Grid => grid(work),
        Overlay::Circuit => circuit(work),
        Overlay::Flare => flare(work),
        Overlay::Panel => panel(work),
        Overlay::Margin(width, ragged, colour) => margin(work, width, ragged, colour),
        Overlay::Blinds => blinds(work),
        Overlay::Beams(colour) => beams(work, colour),
        Overlay::Stage => stage(work),
        Overlay::Sparks(warm, cool) => sparks(work, warm, cool),
    }
}

/// Dust and the like that drifts up or down: calls `hit` for the few pixels that have some.
fn drift(
    work: &mut Work<'_>,
    (size, shift, salt, least): (f32, f32, u32, f32),
    mut hit: impl FnMut(&mut [u8; 4], &[u8; 4]),
) {
    let unit = work.unit;
    let mut cells = Cells::new(work.w, size * unit);
    let rows = work.px.chunks_exact_mut(work.w).zip(work.form.chunks_exact(work.w));
    for (y, (row, forms)) in rows.enumerate() {
        let values = cells.row(y as f32 + shift * unit, salt, |n| i16::from(n > least));
        for ((p, form), value) in row.iter_mut().zip(forms).zip(values) {
            if *value != 0 {
                hit(p, form);
            }
        }
    }
}

fn decay(work: &mut Work<'_>) {
    let (unit, noise, t) = (work.unit, work.noise, work.t);
    // Stain, how bright peeled paint is, whether there is a crack, and ivy: a byte, nine bits, one
    // bit and a byte.
    let place = |_: &Work<'_>, x: usize, y: usize| {
        let (u, v) = (x as f32 / unit, y as f32 / unit);
        let stain = noise.at(u * 0.55, v * 0.3) * 0.6 + noise.at(u * 2.3, v * 2.3) * 0.4;
        let stain = part(smooth(0.52, 0.8, stain) * 0.62) as u32;
        let peel = noise.at(u * 1.1 + 77.0, v * 1.1) * 0.7 + noise.at(u * 5.0, v * 5.0) * 0.3;
        let rim = smooth(0.66, 0.62, peel);
        let peel = if peel > 0.62 { factor_of(1.0 - rim * 0.5) } else { 0 };
        // Cracks run where two noises are equal.
        let crack = (noise.at(u * 0.9, v * 0.9 + 50.0) - noise.at(u * 0.9 + 128.0, v * 0.9)).abs();
        // Ivy hangs from above.
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

fn ice(work: &mut Work<'_>) {
    let (unit, noise, form, t) = (work.unit, work.noise, work.form, work.t);
    let w = work.w;
    // How far up rime looks, how strong the fern of ice is, whether the ground is white here, and
    // whether it sparkles: a byte, nine bits, one bit each.
    let place = |work: &Work<'_>, x: usize, y: usize| {
        let (u, v) = (x as f32 / unit, y as f32 / unit);
        let rime = ((2.0 + 5.0 * noise.at(u * 3.0, v * 3.0)) * unit) as u32;
        let white = noise.at(u * 1.7, v * 3.4) > 0.66;
        // Ferns of ice grow from the edges inwards.
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
        // Rime on what has something farther right above it.
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

fn moss(work: &mut Work<'_>) {
    let (unit, noise, form, t) = (work.unit, work.noise, work.form, work.t);
    let w = work.w;
    // How far up moss looks, how fuzzy it is, and whether it grows here anyway or as a root: a
    // byte, nine bits, one bit each.
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

/// A ramp of 257 colours.
fn ramp(from: Rgb, to: Rgb) -> Vec<Rgb> {
    (0..=256).map(|i| blend(from, to, i as f32 / 256.0)).collect()
}

/// Old wheels frame the view, and turn slowly.
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

/// The angle of a direction in turns, within a thousandth.
fn turn_of(y: f32, x: f32) -> f32 {
    let (ax, ay) = (x.abs(), y.abs());
    let k = ax.min(ay) / ax.max(ay).max(1e-6);
    let eighth = k * (0.125 + 0.04345 * (1.0 - k));
    let eighth = if ay > ax { 0.25 - eighth } else { eighth };
    let half = if x < 0.0 { 0.5 - eighth } else { eighth };
    if y < 0.0 { -half } else { half }
}

/// What a number has beyond a whole one.
fn part_of(x: f32) -> f32 {
    x - floor(x)
}

fn grid(work: &mut Work<'_>) {
    let (w, h, t) = (work.w as f32, work.h as f32, work.t);
    let unit = work.unit;
    let edge = h * 0.58;
    let r = h * 0.27;
    let shade = part(0.55);
    for (y, row) in work.px.chunks_exact_mut(work.w).enumerate() {
        let fy = y as f32;
        // A large sun, cut by stripes that thicken downwards.
        let dy = fy - edge * 0.72;
        let half = (r * r - dy * dy).max(0.0).sqrt();
        let down = (dy / r + 1.0) * 0.5;
        let stripe = part_of(down * 9.0 - t * 0.12) < (down - 0.35) * 0.9;
        let sun = blend([255, 228, 90], [255, 46, 150], down);
        let sunny = if stripe { 0.0..0.0 } else { w * 0.5 - half..w * 0.5 + half };
        // Lines that run to the horizon, and lines across.
        let depth = h * 0.09 / ((fy - edge).max(0.0) + 1.0);
        let thin = 0.05 + depth * 0.12;
        let across = (part_of(depth * 14.0 + t * 0.9) - 0.5).abs();
        let across = smooth(thin + 0.1, thin, across);
        let bright = smooth(1.2, 0.2, depth) * 256.0;
        let (mut at, step) = (-w * 0.5 / h * depth * 42.0, depth * 42.0 / h);
        for (x, p) in row.iter_mut().enumerate() {
            if p[3] == Kind::Sky as u8 || p[3] == Kind::Light as u8 {
                if sunny.contains(&(x as f32)) {
                    p[..3].copy_from_slice(&sun);
                }
            } else if fy > edge && p[3] != Kind::Figure as u8 {
                let off = (part_of(at) - 0.5).abs();
                let along = if off < thin + 0.06 { smooth(thin + 0.06, thin, off) } else { 0.0 };
                towards_by(p, [34, 8, 74], shade);
                towards_by(p, [60, 246, 255], (along.max(across) * bright) as i32);
            }
            at += step;
        }
        if ((fy / unit) as u32).is_multiple_of(3) {
            for p in row {
                shine_by(p, 205);
            }
        }
    }
}

fn circuit(work: &mut Work<'_>) {
    let (w, h) = (work.w, work.h);
    let (form, unit, t) = (work.form, work.unit, work.t);
    let step = (1.4 * unit) as usize + 1;
    work.each(|x, y, p| {
        let at = y * w + x;
        let (u, v) = (x as f32 / unit, y as f32 / unit);
        let own = form[at];
        let right = form[y * w + (x + step).min(w - 1)];
        let down = form[(y + step).min(h - 1) * w + x];
        let solid = p[3] != Kind::Water as u8;
        if solid && (own[3] != right[3] || own[3] != down[3]) {
            let pulse = 0.65 + 0.35 * fast_sin(u * 0.01 + v * 0.006 - t * 0.4);
            towards(p, [70, 230, 255], pulse);
        } else if p[3] != Kind::Sky as u8 && p[3] != Kind::Water as u8 {
            // Panels with seams, and lamps on some.
            let (px, py) = (floor(u / 22.0), floor(v / 11.0));
            let seam = u - px * 22.0 < 1.0 || v - py * 11.0 < 1.0;
            if seam {
                shine(p, 0.66);
            } else if u - px * 22.0 > 14.0 && v - py * 11.0 > 7.0 {
                let lamp = speckle(px as i32, py as i32, 4);
                if lamp > 0.9 {
                    let on = fast_sin(t * 0.5 + lamp * 90.0) > -0.3;
                    towards(p, if on { [255, 180, 70] } else { [60, 40, 30] }, 0.9);
                }
            }
        }
        if p[3] == Kind::Sky as u8 {
            // A vast world with a ring overhead.
            let (dx, dy) = (u - 500.0, v - 52.0);
            if dx.abs() < 200.0 {
                let d = (dx * dx + dy * dy).sqrt();
                if d < 96.0 {
                    let shade = ((dx + dy) / 96.0 * 0.5 + 0.5).clamp(0.0, 1.0);
                    towards(p, blend([120, 190, 230], [6, 14, 40], shade), 0.7);
                }
                let ring = ((dx * 0.34 + dy) * 1.0, dx - dy * 0.34);
                let e = (ring.0 * ring.0 * 22.0 + ring.1 * ring.1).sqrt();
                if (e - 165.0).abs() < 16.0 && (d > 96.0 || ring.0 > 0.0) {
                    towards(p, [150, 220, 255], 0.55);
                }
            }
            for column in [90.0, 132.0, 400.0] {
                let beam = (u - column - v * 0.05).abs();
                if beam < 3.0 {
                    add(p, (3.0 - beam) * 24.0);
                }
            }
        }
        // Instruments at the corners.
        let (cx, cy) = (u.min(w as f32 / unit - u), v.min(h as f32 / unit - v));
        if (cx < 46.0 && (cy - 14.0).abs() < 0.8 || cy < 34.0 && (cx - 14.0).abs() < 0.8)
            && cx > 13.0
            && cy > 13.0
        {
            towards(p, [110, 240, 255], 0.9);
        }
    });
}

fn flare(work: &mut Work<'_>) {
    // The brightest spot of the sky, looked for on a coarse grid.
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

fn margin(work: &mut Work<'_>, width: f32, ragged: f32, colour: Rgb) {
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

fn panel(work: &mut Work<'_>) {
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
            // Lines of writing: a note for the one who films.
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
        // An arrow for the camera's move.
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

fn blinds(work: &mut Work<'_>) {
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

fn beams(work: &mut Work<'_>, colour: Rgb) {
    let (w, h, t) = (work.w as f32, work.h as f32, work.t);
    let rays = work.noise.row(12.0 + t * 0.8);
    // A ray has the same strength all along its slant: sixteen places for each step of the noise.
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

fn sparks(work: &mut Work<'_>, warm: Rgb, cool: Rgb) {
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
                    // Large ones are out of focus: faint discs with a bright rim.
                    let body = if r > 4.0 * work.unit { 0.16 + 0.3 * d * d } else { 1.0 - d };
                    let p = &mut work.px[y * work.w + x];
                    towards(p, tone, body * (0.55 + 0.4 * fast_sin(t * 0.3 + near * 9.0).abs()));
                }
            }
        }
    }
}

fn stage(work: &mut Work<'_>) {
    let (unit, noise) = (work.unit, work.noise);
    // The light of the spot, and the wood of the table's edge, from 1 on.
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
