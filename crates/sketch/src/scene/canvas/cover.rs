//! Rasterisation: how much of each pixel a shape covers, and blending its colour there.

use crate::scene::canvas::{Point, Rgb};

/// The part of the picture in which a shape's coverage is accumulated.
pub(super) struct Area {
    pub(super) left: f32,
    pub(super) top: f32,
    pub(super) stride: usize,
    pub(super) rows: usize,
}

impl Area {
    /// Adds an edge: for each row, the change in coverage from this edge rightwards. A running sum
    /// over the row then gives the exact covered area.
    pub(super) fn edge(&self, cover: &mut [f32], a: Point, b: Point) {
        if a.1 == b.1 {
            return;
        }
        let (sign, from, to) = if a.1 < b.1 { (1.0, a, b) } else { (-1.0, b, a) };
        let slope = (to.0 - from.0) / (to.1 - from.1);
        let top = (from.1 - self.top).max(0.0);
        let bottom = (to.1 - self.top).min(self.rows as f32);
        if top >= bottom {
            return;
        }
        let limit = (self.stride - 2) as f32;
        let mut y = top;
        let mut row = top as usize;
        while y < bottom && row < self.rows {
            let next = ((row + 1) as f32).min(bottom);
            let height = (next - y) * sign;
            let xa = (from.0 + (y + self.top - from.1) * slope - self.left).clamp(0.0, limit);
            let xb = (from.0 + (next + self.top - from.1) * slope - self.left).clamp(0.0, limit);
            let (x0, x1) = if xa < xb { (xa, xb) } else { (xb, xa) };
            let line = &mut cover[row * self.stride..(row + 1) * self.stride];
            let first = x0 as usize;
            let last = x1 as usize;
            if first == last {
                let middle = (x0 + x1) * 0.5 - first as f32;
                line[first] += height * (1.0 - middle);
                line[first + 1] += height * middle;
            } else {
                // The edge crosses several pixels: each gets its part of a trapezoid.
                let inverse = 1.0 / (x1 - x0);
                let mut before = 0.0;
                for x in first..=last {
                    let right = ((x + 1) as f32).min(x1) - x0;
                    let left = (x as f32).max(x0) - x0;
                    let width = right - left;
                    let middle = (left + right) * 0.5 + x0 - x as f32;
                    let part = height * width * inverse;
                    line[x] += part * (1.0 - middle);
                    line[x + 1] += part * middle;
                    before += part;
                }
                debug_assert!((before - height).abs() < 0.01);
            }
            y = next;
            row += 1;
        }
    }
}

/// The effect of a texture on the pixels of one lookup.
pub(super) struct Grain {
    /// A factor for the colour, in 1/256.
    pub(super) shade: u32,
    /// The change of slope, to the right and down.
    pub(super) lean: [i32; 2],
    /// The colour of its cover.
    pub(super) cap: Option<Rgb>,
}

impl Grain {
    #[inline(always)]
    pub(super) fn on(&self, lit: Rgb, mut form: [u8; 4]) -> (Rgb, [u8; 4]) {
        for (tilt, lean) in form.iter_mut().zip(self.lean) {
            *tilt = (i32::from(*tilt) - lean).clamp(0, 255) as u8;
        }
        let lit = self.cap.unwrap_or(lit);
        (lit.map(|c| ((u32::from(c) * self.shade) >> 8).min(255) as u8), form)
    }
}

/// One row of a shape, to be blended into the picture.
pub(super) struct Row<'a> {
    /// The change in coverage from pixel to pixel.
    pub(super) line: &'a [f32],
    pub(super) rgb: &'a mut [[u8; 4]],
    pub(super) form: &'a mut [[u8; 4]],
    pub(super) kind: u8,
    pub(super) alpha: f32,
}

/// The number of following pixels with the same coverage.
#[inline(always)]
fn evenly(line: &[f32]) -> usize {
    let none = |part: &&[f32]| part.iter().fold(0, |bits, grows| bits | grows.to_bits()) == 0;
    let whole = line.chunks_exact(16).take_while(none).count() * 16;
    whole + line[whole..].iter().take_while(|grows| **grows == 0.0).count()
}

/// Lower coverage is not drawn.
const COVER_LEAST: f32 = 0.004;

impl Row<'_> {
    /// Blends one pixel; `much` is from 0 to 256.
    #[inline(always)]
    fn put(&mut self, x: usize, much: i32, colour: Rgb, form: [u8; 4]) {
        if much == 256 {
            self.rgb[x] = [colour[0], colour[1], colour[2], self.kind];
            self.form[x] = form;
            return;
        }
        let under = &mut self.rgb[x];
        for (own, new) in under.iter_mut().zip(colour) {
            let below = i32::from(*own);
            *own = (below + (((i32::from(new) - below) * much) >> 8)) as u8;
        }
        if much > 127 {
            under[3] = self.kind;
            self.form[x] = form;
        }
    }

    /// The weight of the colour in a pixel, from 0 to 256, at this coverage.
    fn much(&self, cover: f32) -> i32 {
        // Accumulated sums fall slightly short of 1.
        let cover = if cover > 0.998 { 1.0 } else { cover };
        (cover * self.alpha * 256.0) as i32
    }

    /// A single flat colour. Most pixels of a shape lie in runs of equal coverage.
    pub(super) fn flat(mut self, colour: Rgb, form: [u8; 4]) {
        let mut sum = 0.0;
        let mut x = 0;
        while x < self.line.len() {
            sum += self.line[x];
            let (start, end) = (x, x + 1 + evenly(&self.line[x + 1..]));
            x = end;
            let cover = f32::min(sum.abs(), 1.0);
            if cover < COVER_LEAST {
                continue;
            }
            let much = self.much(cover);
            if much == 256 {
                self.rgb[start..end].fill([colour[0], colour[1], colour[2], self.kind]);
                self.form[start..end].fill(form);
            } else {
                for at in start..end {
                    self.put(at, much, colour, form);
                }
            }
        }
    }

    /// A single colour with a texture: `grain` looks it up for groups of `step` columns.
    pub(super) fn grained(
        mut self,
        step: usize,
        colour: Rgb,
        form: [u8; 4],
        mut grain: impl FnMut(usize) -> Grain,
    ) {
        let mut sum = 0.0;
        let mut x = 0;
        let mut last = (usize::MAX, colour, form);
        while x < self.line.len() {
            sum += self.line[x];
            let end = x + 1 + evenly(&self.line[x + 1..]);
            let cover = f32::min(sum.abs(), 1.0);
            if cover < COVER_LEAST {
                x = end;
                continue;
            }
            let much = self.much(cover);
            while x < end {
                let group = x / step;
                if group != last.0 {
                    let (lit, form) = grain(group).on(colour, form);
                    last = (group, lit, form);
                }
                let (_, lit, form) = last;
                let upto = ((group + 1) * step).min(end);
                if much == 256 {
                    self.rgb[x..upto].fill([lit[0], lit[1], lit[2], self.kind]);
                    self.form[x..upto].fill(form);
                    x = upto;
                }
                while x < upto {
                    self.put(x, much, lit, form);
                    x += 1;
                }
            }
        }
    }

    /// A form that bulges between its edges: `bulge` gives the colour and the form for a slope.
    /// `grain` changes them by a texture, for groups of `step` columns.
    pub(super) fn round(
        mut self,
        round: f32,
        bulge: impl Fn(f32) -> (Rgb, [u8; 4]),
        step: usize,
        mut grain: Option<impl FnMut(usize) -> Grain>,
    ) {
        let mut sum = 0.0;
        let mut span = (0, 0);
        let mut last: Option<(usize, Grain)> = None;
        for x in 0..self.line.len() {
            sum += self.line[x];
            let cover = f32::min(sum.abs(), 1.0);
            if cover < COVER_LEAST {
                continue;
            }
            if x >= span.1 {
                span = (x, self.end_of_run(x, sum));
            }
            let along = (x - span.0) as f32 + 0.5;
            let (mut lit, mut form) = bulge((along / (span.1 - span.0) as f32 * 2.0 - 1.0) * round);
            if let Some(grain) = &mut grain {
                let group = x / step;
                let own = match last.take() {
                    Some((at, own)) if at == group => own,
                    _ => grain(group),
                };
                (lit, form) = own.on(lit, form);
                last = Some((group, own));
            }
            let much = self.much(cover);
            self.put(x, much, lit, form);
        }
    }

    /// The end of the run of covered pixels that contains a pixel: the position within the run
    /// decides the slope.
    fn end_of_run(&self, x: usize, mut sum: f32) -> usize {
        for (ahead, grows) in self.line[x + 1..].iter().enumerate() {
            sum += grows;
            if sum.abs() < 0.5 {
                return x + 1 + ahead;
            }
        }
        self.line.len()
    }
}
