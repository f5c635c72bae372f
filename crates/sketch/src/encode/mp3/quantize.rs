//! Quantisation: from spectral lines to integers that fit a bit budget. Each band may be as coarse
//! as its masking allows, and all become finer until the bits are used up (ISO/IEC 11172-3,
//! 2.4.3.4.7 and C.1.5.4).
//!
//! The relative precision of the bands is decided once; then only one number, the global gain, is
//! searched. It must not know about frames.

use crate::encode::mp3::bits::{Costs, VALUE_MAX, Writer};
use crate::encode::mp3::filter::{LINES, Shape};
use crate::encode::mp3::hear::{BANDS_MAX, Heard};
use crate::encode::mp3::table::{LONG, SCALE_BITS, SHORT};

/// The global gain that leaves values unchanged.
const UNIT: i32 = 210;

/// The maximum number of bits of a granule of one channel (`part2_3_length`).
const BITS_MAX: u32 = 4095;

/// The side information and scale factors of a granule of one channel.
pub(super) struct Coded {
    shape: Shape,
    gain: i32,
    scale_code: usize,
    scale: [i32; BANDS_MAX],
    coarse: bool,
    window_gain: [i32; 3],
    plan: Plan,
    pub(super) bits: u32,
}

/// How the values are divided into regions with their Huffman tables.
#[derive(Clone, Copy, Default)]
struct Plan {
    /// Where the pairs (`big_values`) and the quadruples (`count1`) end.
    pairs: usize,
    fours: usize,
    /// Where the first and the second region of the pairs end.
    parts: [usize; 2],
    /// The same in bands, as the side information states it.
    regions: [u32; 2],
    tables: [u8; 3],
    second: bool,
    bits: u32,
}

/// The tables.
pub(super) struct Quantizer {
    costs: Costs,
    /// 2 to the power of -3n/16, for n from `LOWEST` on.
    steps: Vec<f32>,
    edges: [Vec<usize>; 2],
}

const LOWEST: i32 = -330;
const HIGHEST: i32 = 60;

/// The boundaries of a granule's bands, in coding order.
pub(super) fn edges(short: bool) -> Vec<usize> {
    if !short {
        return LONG.to_vec();
    }
    let mut edges = vec![0];
    let mut at = 0;
    for b in SHORT.windows(2) {
        for _ in 0..3 {
            at += b[1] - b[0];
            edges.push(at);
        }
    }
    edges
}

/// Sorts the lines of three short windows into coding order.
pub(super) fn reorder(lines: &mut [f32; LINES]) {
    let made = *lines;
    let mut at = 0;
    for b in SHORT.windows(2) {
        for w in 0..3 {
            for line in b[0]..b[1] {
                lines[at] = made[line / 6 * 18 + w * 6 + line % 6];
                at += 1;
            }
        }
    }
}

impl Quantizer {
    pub(super) fn new() -> Self {
        let step = |n| libm::exp2(f64::from(n) * -3.0 / 16.0) as f32;
        Self {
            costs: Costs::new(),
            steps: (LOWEST..=HIGHEST).map(step).collect(),
            edges: [edges(false), edges(true)],
        }
    }

    pub(super) fn edges(&self, shape: Shape) -> &[usize] {
        &self.edges[usize::from(shape == Shape::Short)]
    }

    /// Quantises a granule to at most `target` bits, and writes it. The search starts at the gain
    /// `guess`, which is set to the gain found.
    pub(super) fn code(
        &self,
        lines: &[f32; LINES],
        heard: &Heard,
        shape: Shape,
        target: u32,
        guess: &mut i32,
        out: &mut Writer,
    ) -> Coded {
        let mut coded = self.shape(lines, heard, shape);
        let mut roots = [0.0f32; LINES];
        for (r, x) in roots.iter_mut().zip(lines) {
            let x = x.abs();
            *r = (x * x.sqrt()).sqrt();
        }
        let most = roots.iter().fold(0.0f32, |m, r| m.max(*r));
        let mut values = [0u32; LINES];
        if most > 1e-9 {
            // The gain that makes the largest value 1: after silence, the previous gain is a bad
            // start.
            let highest = UNIT + (libm::log2f(most) * (16.0 / 3.0)) as i32;
            *guess = (*guess).min(highest);
            self.search(&mut coded, &roots, target.min(BITS_MAX), guess, &mut values);
        } else {
            coded.scale_code = 0;
            coded.scale = [0; BANDS_MAX];
        }
        let start = out.bytes.len();
        self.write(&mut coded, &values, lines, out);
        debug_assert!(out.bytes.len() <= start + coded.bits as usize / 8 + 1);
        coded
    }

    /// The relative precision of the bands.
    fn shape(&self, lines: &[f32; LINES], heard: &Heard, shape: Shape) -> Coded {
        let short = shape == Shape::Short;
        let edges = self.edges(shape);
        // The desired step of each band, in quarters of an octave; none for bands that are
        // inaudible.
        let mut wish = [None; BANDS_MAX];
        for (b, edge) in edges.windows(2).enumerate() {
            if heard.energy[b] <= heard.hidden[b] {
                continue;
            }
            let roots: f32 = lines[edge[0]..edge[1]].iter().map(|x| x.abs().sqrt()).sum();
            // The step that makes this much noise, given the quantiser's power law.
            let step = heard.hidden[b] * 6.75 / roots.max(1e-9);
            wish[b] = Some((libm::log2f(step) * (8.0 / 3.0)).round() as i32);
        }
        let coded = if short { 36 } else { 21 };
        let first = if short { 18 } else { 11 };
        let base = wish[..heard.count].iter().flatten().copied().max().unwrap_or(0);
        let mut window_gain = [0; 3];
        if short {
            for (w, gain) in window_gain.iter_mut().enumerate() {
                let top = wish.iter().skip(w).step_by(3).flatten().max();
                *gain = top.map_or(0, |t| ((base - t) / 8).min(7));
            }
        }
        let below = |b: usize| {
            let by_window = if short { 8 * window_gain[b % 3] } else { 0 };
            wish[b].map_or(0, |w| (base - by_window - w).max(0))
        };
        let most = |range: std::ops::Range<usize>| range.map(below).max().unwrap_or(0);
        let coarse = most(0..first) > 30 || most(first..coded) > 14;
        let unit = if coarse { 4 } else { 2 };
        let mut scale = [0; BANDS_MAX];
        for (b, s) in scale.iter_mut().enumerate().take(coded) {
            *s = ((below(b) + unit / 2) / unit).min(if b < first { 15 } else { 7 });
        }
        let need = |range: std::ops::Range<usize>| {
            let top = scale[range].iter().copied().max().unwrap_or(0);
            32 - (top as u32).leading_zeros()
        };
        let (low, high) = (need(0..first), need(first..coded));
        let (firsts, seconds) = (first as u32, (coded - first) as u32);
        let cost = |s: &(u32, u32)| s.0 * firsts + s.1 * seconds;
        let fits = SCALE_BITS.iter().enumerate().filter(|(_, s)| s.0 >= low && s.1 >= high);
        let scale_code = fits.min_by_key(|(_, s)| cost(s)).map_or(15, |(i, _)| i);
        let bits = cost(&SCALE_BITS[scale_code]);
        let plan = Plan::default();
        Coded { shape, gain: UNIT, scale_code, scale, coarse, window_gain, plan, bits }
    }

    /// Searches for the lowest gain whose values fit.
    fn search(
        &self,
        coded: &mut Coded,
        roots: &[f32; LINES],
        target: u32,
        guess: &mut i32,
        values: &mut [u32; LINES],
    ) {
        let scale_bits = coded.bits;
        // It doesn't fit at `low`, and fits at `high`.
        let (mut low, mut high) = (-1, 255);
        let mut best = None;
        let mut gain = (*guess).clamp(0, 254);
        let mut held = -1;
        while low + 1 < high {
            held = gain;
            let (bits, least) = if self.quantize(coded, gain, roots, values) {
                let plan = self.divide(coded.shape, values);
                let bits = plan.bits + scale_bits;
                if bits <= target {
                    high = gain;
                    best = Some((gain, plan, bits));
                    // Close enough: a finer gain would hardly fit.
                    if (target - bits) * 100 < target {
                        break;
                    }
                    (bits, low + 1)
                } else {
                    low = gain;
                    (bits, low + 1)
                }
            } else {
                low = gain;
                (target * 2, low + 1)
            };
            // One step of the gain is worth about a fifth of a bit per value.
            let per_step = 24 + target as i32 / 16;
            let guess = gain + (bits as i32 - target as i32) / per_step;
            let guess = if bits > target { guess.max(gain + 1) } else { guess.min(gain - 1) };
            gain = guess.clamp(least, (high - 1).max(least));
        }
        let (gain, plan, bits) = best.unwrap_or((255, Plan::default(), scale_bits));
        coded.gain = gain;
        coded.plan = plan;
        coded.bits = bits;
        *guess = gain;
        if held != gain {
            self.quantize(coded, gain, roots, values);
        }
        if coded.plan.bits == 0 {
            values.fill(0);
        }
    }

    /// Computes the values; false if one is too large.
    fn quantize(
        &self,
        coded: &Coded,
        gain: i32,
        roots: &[f32; LINES],
        values: &mut [u32; LINES],
    ) -> bool {
        // Adding this puts the nearest integer into the lowest bits.
        const WHOLE: f32 = 8_388_608.0;
        // Rounds down slightly, because the values' mean lies below the middle of an interval.
        const ROUND: f32 = 0.0946;
        let unit = if coded.coarse { 4 } else { 2 };
        let short = coded.shape == Shape::Short;
        let mut most = 0.0f32;
        for (b, edge) in self.edges(coded.shape).windows(2).enumerate() {
            let window = if short { 8 * coded.window_gain[b % 3] } else { 0 };
            let n = gain - UNIT - unit * coded.scale[b] - window;
            let step = self.steps[(n - LOWEST) as usize];
            for (v, r) in values[edge[0]..edge[1]].iter_mut().zip(&roots[edge[0]..edge[1]]) {
                let x = r * step;
                most = most.max(x);
                *v = ((x - ROUND).max(0.0) + WHOLE).to_bits() & 0x7f_ffff;
            }
        }
        most < (VALUE_MAX - 1) as f32
    }

    /// Divides the values into regions.
    fn divide(&self, shape: Shape, values: &[u32; LINES]) -> Plan {
        let last = values.iter().rposition(|v| *v > 0).map_or(0, |i| i + 1);
        let large = values[..last].iter().rposition(|v| *v > 1).map_or(0, |i| i + 1);
        // Quadruples directly follow the pairs and end at the last non-zero value.
        let mut pairs = large.next_multiple_of(2);
        let fours = pairs + (last.saturating_sub(pairs)).next_multiple_of(4);
        let fours = if fours > LINES {
            // The last quadruple would exceed the granule by two values: they become one more pair.
            pairs += 2;
            LINES
        } else {
            fours
        };
        let (parts, regions) = if shape == Shape::Long {
            let bands = LONG.partition_point(|e| *e < pairs);
            let first = (bands / 3).clamp(1, 16);
            let second = (bands.saturating_sub(first) / 2).clamp(1, 8);
            let at = |b: usize| LONG[b.min(22)].min(pairs);
            ([at(first), at(first + second)], [first as u32 - 1, second as u32 - 1])
        } else {
            ([36.min(pairs), pairs], [0, 0])
        };
        let (mut tables, mut bits) = ([0; 3], 0);
        let ranges = [0..parts[0], parts[0]..parts[1], parts[1]..pairs];
        for (table, range) in tables.iter_mut().zip(ranges) {
            let (number, cost) = self.costs.pairs(&values[range]);
            *table = number;
            bits += cost;
        }
        let (second, cost) = self.costs.quads(&values[pairs..fours]);
        Plan { pairs, fours, parts, regions, tables, second, bits: bits + cost }
    }

    fn write(
        &self,
        coded: &mut Coded,
        values: &[u32; LINES],
        lines: &[f32; LINES],
        out: &mut Writer,
    ) {
        let (low, high) = SCALE_BITS[coded.scale_code];
        let (first, all) = if coded.shape == Shape::Short { (18, 36) } else { (11, 21) };
        for (b, s) in coded.scale[..all].iter().enumerate() {
            out.put(*s as u32, if b < first { low } else { high });
        }
        let Plan { pairs, fours, parts, tables, second, .. } = coded.plan;
        let ranges = [0..parts[0], parts[0]..parts[1], parts[1]..pairs];
        for (table, range) in tables.into_iter().zip(ranges) {
            out.pairs(table, &values[range.clone()], &lines[range]);
        }
        out.quads(second, &values[pairs..fours], &lines[pairs..fours]);
    }
}

impl Coded {
    /// This granule's part of the side information (2.4.1.7).
    pub(super) fn side(&self, out: &mut Writer) {
        let plan = &self.plan;
        out.put(self.bits, 12);
        out.put(plan.pairs as u32 / 2, 9);
        out.put(self.gain as u32, 8);
        out.put(self.scale_code as u32, 4);
        if self.shape == Shape::Long {
            out.put(0, 1);
            plan.tables.iter().for_each(|t| out.put(u32::from(*t), 5));
            out.put(plan.regions[0], 4);
            out.put(plan.regions[1], 3);
        } else {
            out.put(1, 1);
            out.put(
                match self.shape {
                    Shape::Start => 1,
                    Shape::Short => 2,
                    Shape::Stop | Shape::Long => 3,
                },
                2,
            );
            out.put(0, 1);
            plan.tables[..2].iter().for_each(|t| out.put(u32::from(*t), 5));
            self.window_gain.iter().for_each(|g| out.put(*g as u32, 3));
        }
        out.put(0, 1);
        out.put(u32::from(self.coarse), 1);
        out.put(u32::from(plan.second), 1);
    }
}
