//! Technical drawings: a grid to the horizon, and circuits.

use super::part_of;
use crate::math::{fast_sin, floor, smooth};
use crate::rng::speckle;
use crate::scene::Kind;
use crate::scene::canvas::blend;
use crate::style::{Work, add, part, shine, shine_by, towards, towards_by};

pub(super) fn grid(work: &mut Work<'_>) {
    let (w, h, t) = (work.w as f32, work.h as f32, work.t);
    let unit = work.unit;
    let edge = h * 0.58;
    let r = h * 0.27;
    let shade = part(0.55);
    for (y, row) in work.px.chunks_exact_mut(work.w).enumerate() {
        let fy = y as f32;
        // A large sun with stripes that get thicker downwards.
        let dy = fy - edge * 0.72;
        let half = (r * r - dy * dy).max(0.0).sqrt();
        let down = (dy / r + 1.0) * 0.5;
        let stripe = part_of(down * 9.0 - t * 0.12) < (down - 0.35) * 0.9;
        let sun = blend([255, 228, 90], [255, 46, 150], down);
        let sunny = if stripe { 0.0..0.0 } else { w * 0.5 - half..w * 0.5 + half };
        // Lines that converge at the horizon, and horizontal lines.
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

pub(super) fn circuit(work: &mut Work<'_>) {
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
            // A huge planet with a ring.
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
        // Instruments in the corners.
        let (cx, cy) = (u.min(w as f32 / unit - u), v.min(h as f32 / unit - v));
        if (cx < 46.0 && (cy - 14.0).abs() < 0.8 || cy < 34.0 && (cx - 14.0).abs() < 0.8)
            && cx > 13.0
            && cy > 13.0
        {
            towards(p, [110, 240, 255], 0.9);
        }
    });
}
