//! Tones: colour, grain, glow and focus, as film and lenses produce them.

use crate::rng::speckle;
use crate::scene::canvas::{Rgb, blend};
use crate::style::{Pass, Work, factor_of, luma, part, shine_by, towards_by};

/// A map from colours to colours that doesn't depend on the position.
enum Tone {
    /// Saturation, contrast, brightness; a tint and its amount.
    Grade([i32; 3], Rgb, i32),
    /// Blends towards the colour for its brightness, by an amount.
    Split(Box<[Rgb]>, i32),
    /// Replaces it by the colour for its brightness.
    Ramp(Box<[Rgb]>),
    /// Keeps only this hue.
    Spot(f32),
    /// Multiplies it by the factor for its brightness.
    Steps(Box<[u32]>),
}

impl Tone {
    /// The tone of a pass, if it is one.
    fn of(pass: &Pass) -> Option<Self> {
        Some(match *pass {
            Pass::Grade(saturation, contrast, brightness, tint, much) => {
                let fixed = [(saturation * 256.0) as i32, (contrast * 256.0) as i32];
                Self::Grade([fixed[0], fixed[1], brightness as i32], tint, part(much))
            }
            Pass::Split(dark, light, much) => {
                let table = (0..256).map(|i| blend(dark, light, i as f32 / 255.0)).collect();
                Self::Split(table, part(much))
            }
            Pass::Ramp(colours) => {
                let tone = |i| {
                    let at = i as f32 / 255.01 * (colours.len() - 1) as f32;
                    blend(colours[at as usize], colours[at as usize + 1], at - at.floor())
                };
                Self::Ramp((0..256).map(tone).collect())
            }
            Pass::Spot(hue) => Self::Spot(hue),
            Pass::Steps(steps) => {
                // Keeps the hue: all three channels move by the same factor.
                let step = 255.0 / f32::from(steps);
                let factor = |i: u32| {
                    let level = ((i as f32 / step).floor() + 0.5) * step;
                    factor_of(level / (i as f32).max(6.0))
                };
                Self::Steps((0..256).map(factor).collect())
            }
            _ => return None,
        })
    }

    fn on(&self, p: &mut [u8; 4]) {
        match self {
            Self::Grade([s, k, brightness], tint, much) => {
                let grey = luma(*p) as i32;
                for c in &mut p[..3] {
                    let v = grey + (((i32::from(*c) - grey) * s) >> 8);
                    *c = ((((v - 122) * k) >> 8) + 122 + brightness).clamp(0, 255) as u8;
                }
                towards_by(p, *tint, *much);
            }
            Self::Split(table, much) => towards_by(p, table[luma(*p) as usize], *much),
            Self::Ramp(table) => {
                let tone = table[luma(*p) as usize];
                p[..3].copy_from_slice(&tone);
            }
            Self::Spot(hue) => spot(p, *hue),
            Self::Steps(table) => shine_by(p, table[luma(*p) as usize]),
        }
    }
}

fn spot(p: &mut [u8; 4], hue: f32) {
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
    towards_by(p, [grey; 3], part((off - 0.06) * 14.0));
}

/// A sequence of tones, with a cache of recent colours, because pictures repeat colours often.
pub(super) struct Tones {
    tones: Vec<Tone>,
    /// A colour and its result.
    memory: Vec<[u32; 2]>,
}

impl Tones {
    /// The size of the cache, as a power of two.
    const BITS: u32 = 14;

    fn of(passes: &[Pass]) -> Self {
        // No colour equals u32::MAX, because its fourth byte is 0.
        let memory = vec![[u32::MAX, 0]; 1 << Self::BITS];
        Self { tones: passes.iter().filter_map(Tone::of).collect(), memory }
    }

    fn on(&mut self, px: &mut [[u8; 4]]) {
        for p in px {
            let own = u32::from_le_bytes(*p);
            let (colour, kind) = (own & 0x00ff_ffff, own & 0xff00_0000);
            let slot =
                &mut self.memory[(colour.wrapping_mul(0x9e37_79b1) >> (32 - Self::BITS)) as usize];
            if slot[0] != colour {
                let mut toned = colour.to_le_bytes();
                for tone in &self.tones {
                    tone.on(&mut toned);
                }
                *slot = [colour, u32::from_le_bytes(toned)];
            }
            *p = (slot[1] | kind).to_le_bytes();
        }
    }
}

/// Applies tones to all pixels.
pub(super) fn tones(work: &mut Work<'_>, passes: &[Pass]) {
    let kept = &mut work.kept.tones[work.pass];
    kept.get_or_insert_with(|| Tones::of(passes)).on(&mut work.px);
}

/// A random value from 0 to 1 for each square of this many pixels.
pub(super) struct Cells {
    /// The cell of each column.
    columns: Vec<u16>,
    /// The value of each column in this row.
    values: Vec<i16>,
    row: Option<i32>,
    size: f32,
}

impl Cells {
    pub(super) fn new(width: usize, size: f32) -> Self {
        let columns: Vec<u16> = (0..width).map(|x| (x as f32 / size) as u16).collect();
        Self { values: vec![0; width], columns, row: None, size }
    }

    /// Whether this row of pixels starts a new row of cells.
    fn is_new(&self, y: f32) -> bool {
        self.row != Some((y / self.size) as i32)
    }

    /// Maps the random values of a row of pixels with `of`: one value per column.
    pub(super) fn row(&mut self, y: f32, salt: u32, of: impl Fn(f32) -> i16) -> &[i16] {
        if self.is_new(y) {
            let row = (y / self.size) as i32;
            self.row = Some(row);
            let mut last = (u16::MAX, 0);
            for (value, x) in self.values.iter_mut().zip(&self.columns) {
                if *x != last.0 {
                    last = (*x, of(speckle(i32::from(*x), row, salt)));
                }
                *value = last.1;
            }
        }
        &self.values
    }
}

/// Scales brightness so that its mean comes near `target`; `much` is how far to go, from 0 to 1.
/// Black stays black, and lights keep their colour.
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
    // A film response: linear in the shadows, flattening towards white.
    let table: Vec<u8> = (0..256u16)
        .map(|i| {
            let v = f32::from(i) / 255.0 * gain;
            let v = if gain > 1.0 { v * (1.0 + v / (gain * gain)) / (1.0 + v) } else { v };
            (v * 255.0).min(255.0) as u8
        })
        .collect();
    for p in &mut work.px {
        for c in &mut p[..3] {
            *c = table[usize::from(*c)];
        }
    }
}

pub(super) fn grain(work: &mut Work<'_>, much: f32) {
    let mut cells = Cells::new(work.w, (work.unit * 1.2).max(1.0));
    let grain = |n: f32| ((n - 0.5) * 2.0 * much) as i16;
    // The additions and subtractions for each byte: the same for all rows of a cell.
    let (mut more, mut less) = (vec![[0; 4]; work.w], vec![[0; 4]; work.w]);
    for (y, row) in work.px.chunks_exact_mut(work.w).enumerate() {
        if cells.is_new(y as f32) {
            let values = cells.row(y as f32, work.frame, grain);
            let bytes = |n: i16| (u32::from(n.clamp(0, 255) as u8) * 0x01_0101).to_le_bytes();
            for ((more, less), n) in more.iter_mut().zip(&mut less).zip(values) {
                (*more, *less) = (bytes(*n), bytes(-n));
            }
        }
        let grains = more.as_flattened().iter().zip(less.as_flattened());
        for (own, (more, less)) in row.as_flattened_mut().iter_mut().zip(grains) {
            *own = own.saturating_add(*more).saturating_sub(*less);
        }
    }
}

pub(super) fn vignette(work: &mut Work<'_>, much: f32) {
    let (w, h) = (work.w, work.h);
    let shade = &mut work.kept.shade;
    if shade.len() != w * h {
        let factor = |at: usize| {
            let (dx, dy) = ((at % w) as f32 / w as f32 - 0.5, (at / w) as f32 / h as f32 - 0.5);
            let far = (dx * dx + dy * dy - 0.06).max(0.0);
            let k = factor_of(1.0 - much * (far * 2.2).min(0.85)).min(255) as u8;
            [k, k, k, 255]
        };
        *shade = (0..w * h).map(factor).collect();
    }
    for (own, k) in work.px.as_flattened_mut().iter_mut().zip(shade.as_flattened()) {
        // 255 leaves everything unchanged.
        *own = ((u16::from(*own) * u16::from(*k) + 255) >> 8) as u8;
    }
}

/// A quarter-size copy for cheap blurs: means of 4 x 4 pixels, as rows of red, green and blue.
struct Small {
    w: usize,
    h: usize,
    px: Vec<f32>,
}

impl Small {
    fn of(work: &Work<'_>) -> Self {
        let (w, h) = (work.w.div_ceil(4), work.h.div_ceil(4));
        let mut px = Vec::with_capacity(w * h * 3);
        for y in 0..h {
            let row = |dy: usize| &work.px[(y * 4 + dy).min(work.h - 1) * work.w..][..work.w];
            let (upper, lower) = (row(1), row(3));
            for x in 0..w {
                let (left, right) = ((x * 4 + 1).min(work.w - 1), (x * 4 + 3).min(work.w - 1));
                let four = [upper[left], upper[right], lower[left], lower[right]];
                for c in 0..3 {
                    let sum: u32 = four.iter().map(|p| u32::from(p[c])).sum();
                    px.push(sum as f32 / 4.0);
                }
            }
        }
        Self { w, h, px }
    }

    /// Box blur with `reach` pixels on each side, in both directions, applied twice.
    fn soften(&mut self, reach: usize) {
        let (w, h) = (self.w, self.h);
        let k = 1.0 / (2 * reach + 1) as f32;
        let mut other = vec![0.0; self.px.len()];
        for _ in 0..2 {
            for (from, to) in self.px.chunks_exact(w * 3).zip(other.chunks_exact_mut(w * 3)) {
                let get = |x: isize| {
                    let at = x.clamp(0, w as isize - 1) as usize * 3;
                    [from[at], from[at + 1], from[at + 2]]
                };
                let mut sum = [0.0; 3];
                for x in -(reach as isize)..=reach as isize {
                    let p = get(x);
                    sum = std::array::from_fn(|c| sum[c] + p[c]);
                }
                for (x, to) in to.chunks_exact_mut(3).enumerate() {
                    to.copy_from_slice(&sum.map(|s| s * k));
                    let (new, old) =
                        (get((x + reach + 1) as isize), get(x as isize - reach as isize));
                    sum = std::array::from_fn(|c| sum[c] + (new[c] - old[c]));
                }
            }
            // In the vertical pass, all columns slide together.
            let row = |y: isize| &other[y.clamp(0, h as isize - 1) as usize * w * 3..][..w * 3];
            let mut sums = vec![0.0; w * 3];
            for y in -(reach as isize)..=reach as isize {
                sums.iter_mut().zip(row(y)).for_each(|(sum, p)| *sum += p);
            }
            for (y, to) in self.px.chunks_exact_mut(w * 3).enumerate() {
                to.iter_mut().zip(&sums).for_each(|(to, sum)| *to = sum * k);
                let (new, old) = (row((y + reach + 1) as isize), row(y as isize - reach as isize));
                for ((sum, new), old) in sums.iter_mut().zip(new).zip(old) {
                    *sum += new - old;
                }
            }
        }
    }

    /// The interpolated row for the picture's line `y`, times `scale`, in 1/16. The first point is
    /// repeated before the row, the last one after it.
    fn line(&self, y: usize, scale: f32, line: &mut Vec<i32>) {
        let at = (y as f32 - 1.5).max(0.0) / 4.0;
        let upper = (at as usize).min(self.h - 1);
        let lower = (upper + 1).min(self.h - 1);
        let (v, wide) = (at - upper as f32, self.w * 3);
        let rows = self.px[upper * wide..][..wide].iter().zip(&self.px[lower * wide..][..wide]);
        line.clear();
        line.extend([0; 3]);
        line.extend(rows.map(|(a, b)| ((a + (b - a) * v) * scale * 16.0) as i32));
        line.copy_within(3..6, 0);
        line.extend_from_within(wide..);
    }
}

/// Interpolates four pixels between three points of a line, for one channel: times 8.
#[inline(always)]
fn between(line: &[i32], c: usize) -> [i32; 4] {
    let (a, b, c) = (line[c], line[c + 3], line[c + 6]);
    [a * 3 + b * 5, a + b * 7, b * 7 + c, b * 5 + c * 3]
}

pub(super) fn bloom(work: &mut Work<'_>, much: f32) {
    let mut small = Small::of(work);
    for p in small.px.chunks_exact_mut(3) {
        let bright = ((p[0] * 0.3 + p[1] * 0.59 + p[2] * 0.11) - 140.0).max(0.0) / 115.0;
        p.iter_mut().for_each(|c| *c *= bright);
    }
    small.soften((4.0 * work.unit) as usize + 1);
    let mut line = Vec::new();
    let mut glows = vec![[0; 4]; work.w];
    for (y, row) in work.px.chunks_exact_mut(work.w).enumerate() {
        // In 1/65536 of the distance to white.
        small.line(y, much * 0.7 * 65536.0 / 255.0 / 128.0, &mut line);
        if line.iter().all(|glow| *glow <= 0) {
            continue;
        }
        for (four, line) in glows.chunks_mut(4).zip(line.windows(9).step_by(3)) {
            let (r, g, b) = (between(line, 0), between(line, 1), between(line, 2));
            for (i, glow) in four.iter_mut().enumerate() {
                let byte = |c: i32| (c >> 8).clamp(0, 255) as u8;
                *glow = [byte(r[i]), byte(g[i]), byte(b[i]), 0];
            }
        }
        for (own, glow) in row.as_flattened_mut().iter_mut().zip(glows.as_flattened()) {
            let left = u16::from(255 - *own);
            *own += ((left * u16::from(*glow)) >> 8) as u8;
        }
    }
}

pub(super) fn bars(work: &mut Work<'_>, part: f32) {
    let bar = (work.h as f32 * part) as usize * work.w;
    let end = work.px.len() - bar;
    for p in &mut work.px[..bar] {
        p[..3].fill(0);
    }
    for p in &mut work.px[end..] {
        p[..3].fill(0);
    }
}

pub(super) fn focus(work: &mut Work<'_>, depth: u8) {
    let mut small = Small::of(work);
    small.soften((2.2 * work.unit) as usize + 1);
    let table: Vec<i32> =
        (0..256).map(|far| part((far as f32 - f32::from(depth)).max(0.0) / 60.0)).collect();
    let mut line = Vec::new();
    let rows = work.px.chunks_exact_mut(work.w).zip(work.form.chunks_exact(work.w));
    for (y, (row, forms)) in rows.enumerate() {
        small.line(y, 1.0, &mut line);
        let fours = row.chunks_mut(4).zip(forms.chunks(4)).zip(line.windows(9).step_by(3));
        for ((four, forms), line) in fours {
            if forms.iter().all(|form| form[2] <= depth) {
                continue;
            }
            let soft = [between(line, 0), between(line, 1), between(line, 2)];
            for (i, (p, form)) in four.iter_mut().zip(forms).enumerate() {
                let tone = [soft[0][i], soft[1][i], soft[2][i]].map(|c| (c >> 7) as u8);
                towards_by(p, tone, table[usize::from(form[2])]);
            }
        }
    }
}
