//! Solid looks: light on surfaces, flat facets, blocks, pixels, and a sculpture.

use crate::math::{fast_sin, floor, smooth};
use crate::rng::speckle;
use crate::scene::Kind;
use crate::scene::canvas::{Canvas, Kind as K, Paint, Point, Rgb, blend, scale};
use crate::style::{Work, add_by, factor_of, luma, part, shine, shine_by, towards_by};

pub(super) fn surface(work: &mut Work<'_>, size: f32, much: f32) {
    let (unit, noise) = (work.unit, work.noise);
    let k = 64.0 / size;
    if much < 0.13 {
        let factor = |_: &Work<'_>, x: usize, y: usize| {
            let (u, v) = (x as f32 / unit * k, y as f32 / unit * k);
            let slope = noise.at(u, v) - noise.at(u + 9.0, v + 9.0);
            factor_of(1.0 + slope * much * 1.6)
        };
        work.each_plated(factor, |_, p, k| shine_by(p, k));
        return;
    }
    // Clay figures change slightly between pictures, as if touched.
    let shift = (work.frame % 5) as f32 * 23.0;
    for (y, row) in work.px.chunks_exact_mut(work.w).enumerate() {
        let v = y as f32 / unit * k;
        let (here, beside) = (noise.row(v), noise.row(v + 9.0));
        let step = k / unit;
        for (x, p) in row.iter_mut().enumerate() {
            let u = x as f32 * step + shift;
            let slope = here.at(u) - beside.at(u + 9.0);
            shine_by(p, factor_of(1.0 + slope * much * 1.6));
        }
    }
}

/// A lookup table of shading: for each slope to the right and down, a colour factor and an offset,
/// 16 bits each.
fn lit(light: [f32; 3], diffuse: f32, gloss: f32, rim: f32) -> Vec<u32> {
    let tilts = (0..1u32 << 16).map(|i| ((i & 255) as f32, (i >> 8) as f32));
    let of = |(right, down): (f32, f32)| {
        let (nx, ny) = ((right - 128.0) / 127.0, (down - 128.0) / 127.0);
        let nz = (1.0 - (nx * nx + ny * ny).min(0.98)).sqrt();
        let towards_light = nx * light[0] + ny * light[1] + nz * light[2];
        // The mirror direction of the light, for a viewer straight ahead.
        let spark = (2.0 * towards_light * nz - light[2]).max(0.0);
        let spark = spark * spark * spark * spark;
        let spark = spark * spark * spark;
        let edge = (1.0 - nz) * (1.0 - nz);
        let more = (spark * gloss * 150.0 + edge * rim * 60.0).clamp(0.0, 255.0) as u32;
        factor_of(1.0 + (towards_light - 0.6) * 0.75 * diffuse).min(0xffff) | more << 16
    };
    tilts.map(of).collect()
}

pub(super) fn relight(work: &mut Work<'_>, light: [f32; 3], diffuse: f32, gloss: f32, rim: f32) {
    let mut table = std::mem::take(&mut work.kept.plates[work.pass]);
    if table.is_empty() {
        table = lit(light, diffuse, gloss, rim);
    }
    let (w, h) = (work.w, work.h);
    let form = work.form;
    let step = (3.0 * work.unit) as usize + 1;
    let shade = factor_of(1.0 - 0.22 * diffuse.min(1.0));
    for (y, row) in work.px.chunks_exact_mut(w).enumerate() {
        let own = &form[y * w..][..w];
        let above = &form[y.saturating_sub(step) * w..][..w];
        let below = &form[(y + step).min(h - 1) * w..][..w];
        for (x, p) in row.iter_mut().enumerate() {
            if p[3] == Kind::Light as u8 || p[3] == Kind::Sky as u8 {
                continue;
            }
            let f = own[x];
            let lit = table[usize::from(f[0]) | usize::from(f[1]) << 8];
            shine_by(p, lit & 0xffff);
            let more = (lit >> 16) as u8;
            add_by(p, i32::from(more));
            // Things cast a shadow on what is directly behind them.
            let up = above[x.saturating_sub(step)][2].saturating_add(14);
            if f[2] > up || f[2] > below[x][2].saturating_add(24) {
                shine_by(p, shade);
            }
        }
    }
    work.kept.plates[work.pass] = table;
}

pub(super) fn backdrop(work: &mut Work<'_>, top: Rgb, bottom: Rgb) {
    // At night and under water it is darker, and light sources shine through.
    let around = work.around;
    let in_light = |tone: Rgb| match around {
        Some(light) => {
            std::array::from_fn(|c| (u32::from(tone[c]) * u32::from(light[c]) / 150).min(255) as u8)
        }
        None => tone,
    };
    let (top, bottom) = (in_light(top), in_light(bottom));
    let tone = |work: &Work<'_>, x: usize, y: usize| {
        let (u, v) = (x as f32 / work.w as f32 - 0.5, y as f32 / work.h as f32);
        let spot = 1.0 - (u * u * 3.0 + (v - 0.3) * (v - 0.3) * 3.0);
        let tone = scale(blend(top, bottom, v * 1.6), 0.86 + 0.24 * spot.max(0.0));
        u32::from_le_bytes([tone[0], tone[1], tone[2], 0])
    };
    let much = part(if around.is_some() { 0.6 } else { 0.88 });
    work.each_plated(tone, |_, p, tone| {
        if p[3] == Kind::Sky as u8 {
            let [r, g, b, _] = tone.to_le_bytes();
            towards_by(p, [r, g, b], much);
        }
    });
}

pub(super) fn pixels(work: &mut Work<'_>, size: usize, levels: u8) {
    const BAYER: [[i32; 4]; 4] = [[0, 8, 2, 10], [12, 4, 14, 6], [3, 11, 1, 9], [15, 7, 13, 5]];
    let (w, h) = work.full;
    // The scene may be drawn at half the size: blocks are sampled there and drawn here.
    let part = w / work.w;
    let side = ((size as f32 * h as f32 / 360.0) as usize).max(2).next_multiple_of(part);
    let own = side / part;
    let mut out = work.fresh([0; 3], [0; 3]);
    let step = 255.0 / f32::from(levels - 1);
    for by in 0..h.div_ceil(side) {
        for bx in 0..w.div_ceil(side) {
            let mut sum = [0u32; 3];
            let mut n = 0;
            for y in (by * own..((by + 1) * own).min(work.h)).step_by(2) {
                for x in (bx * own..((bx + 1) * own).min(work.w)).step_by(2) {
                    let p = work.px[y * work.w + x];
                    for c in 0..3 {
                        sum[c] += u32::from(p[c]);
                    }
                    n += 1;
                }
            }
            let dither = (BAYER[by % 4][bx % 4] as f32 / 16.0 - 0.47) * 0.34;
            let tone = sum.map(|s| {
                let level = floor(s as f32 / n as f32 / step + dither + 0.5).max(0.0);
                (level * step).min(255.0) as u8
            });
            for y in by * side..((by + 1) * side).min(h) {
                out.rgb[y * w + bx * side..y * w + ((bx + 1) * side).min(w)]
                    .fill([tone[0], tone[1], tone[2], 0]);
            }
        }
    }
    work.renew(out);
}

pub(super) fn triangles(work: &mut Work<'_>, size: f32) {
    let (wf, hf) = (work.full.0 as f32, work.full.1 as f32);
    let size = size * hf / 360.0;
    let (columns, rows) = ((wf / size) as i32 + 3, (hf / size) as i32 + 3);
    let (kx, ky) = (work.w as f32 / wf, work.h as f32 / hf);
    // Vertices are irregular, and snap to outlines nearby, so that facets follow forms.
    let (w, h, form) = (work.w as i32, work.h as i32, work.form);
    let corner = |x: i32, y: i32| -> Point {
        let (jx, jy) = (speckle(x, y, 21) - 0.5, speckle(x, y, 22) - 0.5);
        let at = ((x as f32 - 0.5 + jx * 0.5) * size * kx, (y as f32 - 0.5 + jy * 0.5) * size * ky);
        let step = (size * kx * 0.1).max(1.0);
        let pixel = |px: f32, py: f32| (py as i32).min(h - 1) * w + (px as i32).min(w - 1);
        let mut best = (f32::MAX, at);
        for ry in -4..=4 {
            for rx in -4..=4 {
                let (px, py) = (at.0 + rx as f32 * step, at.1 + ry as f32 * step);
                if px < 0.0 || py < 0.0 || px >= w as f32 || py >= h as f32 {
                    continue;
                }
                let own = form[pixel(px, py) as usize];
                let next = form[pixel(px + step, py) as usize];
                let below = form[pixel(px, py + step) as usize];
                let far = (rx * rx + ry * ry) as f32;
                let edge = |other: [u8; 4]| own[3] != other[3] && own[2].abs_diff(other[2]) > 5;
                if far < best.0 && (edge(next) || edge(below)) {
                    best = (far, (px, py));
                }
            }
        }
        (best.1.0 / kx, best.1.1 / ky)
    };
    let corners: Vec<Point> = (0..=rows)
        .flat_map(|y| (0..=columns).map(move |x| (x, y)))
        .map(|(x, y)| corner(x, y))
        .collect();
    let corner = |x: i32, y: i32| corners[(y * (columns + 1) + x) as usize];
    let mut canvas = work.fresh([0; 3], [0; 3]);
    for y in 0..rows {
        for x in 0..columns {
            let q = [corner(x, y), corner(x + 1, y), corner(x + 1, y + 1), corner(x, y + 1)];
            let halves =
                if (x + y) % 2 == 0 { [[0, 1, 2], [0, 2, 3]] } else { [[0, 1, 3], [1, 2, 3]] };
            for (i, half) in halves.into_iter().enumerate() {
                let t = half.map(|k| q[k]);
                let middle = ((t[0].0 + t[1].0 + t[2].0) / 3.0, (t[0].1 + t[1].1 + t[2].1) / 3.0);
                let mut sum = [0u32; 3];
                let centre = work.sample(middle.0 * kx, middle.1 * ky);
                for c in 0..3 {
                    sum[c] = u32::from(centre[c]) * 2;
                }
                for p in t {
                    let near = work.sample(
                        (p.0 + middle.0 * 2.0) / 3.0 * kx,
                        (p.1 + middle.1 * 2.0) / 3.0 * ky,
                    );
                    for c in 0..3 {
                        sum[c] += u32::from(near[c]);
                    }
                }
                // Each facet has its own angle and brightness.
                let lean = speckle(x * 2 + i as i32, y, 31) - 0.5;
                let flat = if centre[3] == Kind::Sky as u8 { 0.1 } else { 0.3 };
                let tone = scale(sum.map(|s| (s / 5) as u8), 1.0 + lean * flat);
                // Slightly enlarged, because gaps would show otherwise.
                let grown =
                    t.map(|p| (p.0 + (p.0 - middle.0) * 0.06, p.1 + (p.1 - middle.1) * 0.06));
                canvas.fill(&grown, &Paint::flat(tone, K::Land, 0));
            }
        }
    }
    work.renew(canvas);
}

pub(super) fn isometric(work: &mut Work<'_>) {
    const SIDE: i32 = 38;
    let mut canvas = work.fresh([236, 232, 246], [206, 214, 236]);
    let (wf, hf) = (work.full.0 as f32, work.full.1 as f32);
    let (sw, sh) = (work.w as f32, work.h as f32);
    let tile = hf * 0.0216;
    let at = |i: f32, j: f32, up: f32| -> Point {
        (wf * 0.5 + (i - j) * tile * 0.98, hf * 0.24 + (i + j) * tile * 0.5 - up * tile * 1.35)
    };
    let n = SIDE as f32;
    let plinth = [at(-0.6, n * 0.5, 0.0), at(0.0, n, -0.4), at(n, n, -0.4), at(n, 0.0, -0.4)];
    let shade: Vec<Point> =
        [plinth[1], (plinth[2].0, plinth[2].1 + tile * 3.4), plinth[3], at(n * 0.5, -0.6, 0.0)]
            .to_vec();
    canvas.fill(&shade, &Paint::flat([150, 150, 186], K::Land, 0).alpha(0.5));
    for sum in 0..(SIDE * 2 - 1) {
        for i in 0..SIDE {
            let j = sum - i;
            if !(0..SIDE).contains(&j) {
                continue;
            }
            // The picture's far edge is the back corner, its near edge the front.
            let u = (i - j) as f32 / (2.0 * n) + 0.5;
            let v = (i + j) as f32 / (2.0 * n - 2.0);
            let p = work.sample(u * sw, (0.1 + 0.88 * v) * sh);
            let tone: Rgb = [p[0], p[1], p[2]];
            let grain = speckle(i, j, 77);
            let kind = p[3];
            let up = if kind == Kind::Sky as u8 {
                0.25
            } else if kind == Kind::Water as u8 {
                0.35 + 0.12 * fast_sin(work.t * 0.35 + (i + j * 2) as f32 * 0.09)
            } else if kind == Kind::Land as u8 {
                0.9 + 0.7 * grain + (1.0 - v) * 1.2
            } else if kind == Kind::Plant as u8 {
                2.0 + 1.2 * grain
            } else if kind == Kind::Built as u8 {
                2.6 + 2.4 * floor(grain * 3.0) / 2.0
            } else if kind == Kind::Light as u8 {
                2.2
            } else {
                1.9 + 0.4 * grain
            };
            let (x, y) = (i as f32, j as f32);
            let face = |canvas: &mut Canvas, points: [Point; 4], k: f32| {
                canvas.fill(&points, &Paint::flat(scale(tone, k), K::Land, 0));
            };
            face(
                &mut canvas,
                [
                    at(x, y + 1.0, up),
                    at(x + 1.0, y + 1.0, up),
                    at(x + 1.0, y + 1.0, -0.4),
                    at(x, y + 1.0, -0.4),
                ],
                0.82,
            );
            face(
                &mut canvas,
                [
                    at(x + 1.0, y, up),
                    at(x + 1.0, y + 1.0, up),
                    at(x + 1.0, y + 1.0, -0.4),
                    at(x + 1.0, y, -0.4),
                ],
                0.6,
            );
            face(
                &mut canvas,
                [at(x, y, up), at(x + 1.0, y, up), at(x + 1.0, y + 1.0, up), at(x, y + 1.0, up)],
                1.12,
            );
        }
    }
    work.renew(canvas);
}

pub(super) fn sculpture(work: &mut Work<'_>) {
    let (wf, hf) = (work.full.0 as f32, work.full.1 as f32);
    let (sw, sh) = (work.w as f32, work.h as f32);
    // Stone in the picture's own colours, from its middle rows.
    let tones: Vec<Rgb> = (0..6)
        .map(|i| {
            let p = work.sample(sw * (0.15 + 0.14 * i as f32), sh * (0.3 + 0.1 * (i % 4) as f32));
            blend([p[0], p[1], p[2]], [222, 214, 204], 0.35)
        })
        .collect();
    // The shape follows the scene: thin where it is dark, thick where it is light.
    let bumps: Vec<f32> =
        (0..24).map(|i| luma(work.sample(sw * i as f32 / 24.0, sh * 0.55)) / 255.0).collect();
    let mut canvas = work.fresh([214, 210, 206], [236, 232, 228]);
    let floor = hf * 0.78;
    canvas.fill(
        &[(0.0, floor), (wf, floor), (wf, hf), (0.0, hf)],
        &Paint::shaded([176, 170, 166], [206, 200, 196], K::Land, 0),
    );
    for (rx, alpha) in [(0.42, 0.12), (0.34, 0.16), (0.26, 0.2)] {
        let shadow = Paint::flat([70, 62, 66], K::Land, 0).alpha(alpha);
        canvas.ellipse((wf * 0.53, hf * 0.885), hf * rx, hf * rx * 0.16, &shadow);
    }
    let plinth = [
        (wf * 0.5 - hf * 0.22, hf * 0.76),
        (wf * 0.5 + hf * 0.22, hf * 0.76),
        (wf * 0.5 + hf * 0.22, hf * 0.89),
        (wf * 0.5 - hf * 0.22, hf * 0.89),
    ];
    canvas.fill(&plinth, &Paint::shaded([232, 228, 224], [176, 170, 168], K::Built, 0));
    // A band that winds around the axis three times, as patches sorted from back to front.
    const LONG: usize = 132;
    const WIDE: usize = 11;
    let turn = work.t * 0.055;
    let place = |a: usize, b: usize| -> [f32; 3] {
        let s = a as f32 / LONG as f32;
        let c = b as f32 / (WIDE - 1) as f32 - 0.5;
        let angle = s * 2.0 + turn;
        let bump = bumps[(a * 24 / LONG) % 24];
        let radius = 0.2 + 0.1 * fast_sin(s * 3.0 + 0.2) + 0.05 * bump;
        let twist = s * 1.5 + 0.1;
        let wide = 0.17 + 0.12 * bump;
        let lift = c * wide * fast_sin(twist + 0.25);
        let out = radius + c * wide * fast_sin(twist) * 0.8;
        let up = 0.31 * fast_sin(s + 0.05 + turn * 0.4) + 0.05;
        [out * fast_sin(angle + 0.25), up + lift, out * fast_sin(angle)]
    };
    let light = [-0.48f32, 0.66, 0.58];
    let mut patches: Vec<(f32, [Point; 4], Rgb)> = Vec::with_capacity(LONG * WIDE);
    for a in 0..LONG {
        for b in 0..WIDE - 1 {
            let [p, q, r, s] = [place(a, b), place(a + 1, b), place(a + 1, b + 1), place(a, b + 1)];
            let e: [f32; 3] = std::array::from_fn(|i| q[i] - s[i]);
            let f: [f32; 3] = std::array::from_fn(|i| r[i] - p[i]);
            let mut n =
                [e[1] * f[2] - e[2] * f[1], e[2] * f[0] - e[0] * f[2], e[0] * f[1] - e[1] * f[0]];
            let length = (n[0] * n[0] + n[1] * n[1] + n[2] * n[2]).sqrt().max(1e-6);
            let sign = if n[2] < 0.0 { -1.0 } else { 1.0 };
            n = n.map(|c| c / length * sign);
            let lit = n[0] * light[0] + n[1] * light[1] + n[2] * light[2];
            let mirror = (2.0 * lit * n[2] - light[2]).max(0.0);
            let gloss = mirror * mirror * mirror * mirror * mirror * mirror;
            let tone = tones[(a * 6 / LONG) % 6];
            let next = tones[(a * 6 / LONG + 1) % 6];
            let tone = blend(tone, next, (a * 6 % LONG) as f32 / LONG as f32);
            let shaded = scale(tone, 0.42 + 0.72 * lit.max(0.0));
            let tone = blend(shaded, [255, 252, 246], gloss * 0.6);
            let flat = |v: [f32; 3]| {
                let near = 1.0 / (1.0 - v[2] * 0.35);
                (wf * 0.5 + v[0] * hf * near, hf * 0.42 - v[1] * hf * near)
            };
            patches.push((p[2] + r[2], [flat(p), flat(q), flat(r), flat(s)], tone));
        }
    }
    patches.sort_by(|a, b| a.0.total_cmp(&b.0));
    for (_, quad, tone) in &patches {
        let middle = (
            (quad[0].0 + quad[1].0 + quad[2].0 + quad[3].0) / 4.0,
            (quad[0].1 + quad[1].1 + quad[2].1 + quad[3].1) / 4.0,
        );
        let grown = quad.map(|p| (p.0 + (p.0 - middle.0) * 0.1, p.1 + (p.1 - middle.1) * 0.1));
        canvas.fill(&grown, &Paint::flat(*tone, K::Figure, 0));
    }
    work.renew(canvas);
    let height = work.h as f32;
    work.each(|_, y, p| {
        let low = smooth(0.75, 1.0, y as f32 / height);
        shine(p, 1.0 - low * 0.12);
    });
}
