//! Huffman coding: the code words of pairs and quadruples of values, their cost, and the bit stream
//! (ISO/IEC 11172-3, table 3-B.7).
//!
//! It must not know what the values stand for.

use crate::encode::mp3::table;

/// The largest value that a code word encodes by itself; for larger ones, `linbits` follow.
const ESCAPE: u32 = 15;

/// The number of `linbits` of tables 16 to 31.
const REST_BITS: [u32; 16] = [1, 2, 3, 4, 6, 8, 10, 13, 4, 5, 6, 7, 8, 9, 11, 13];

/// The largest value that can be encoded.
pub(super) const VALUE_MAX: u32 = ESCAPE + (1 << 13) - 1;

/// The code words of a table of pairs.
struct Words {
    codes: &'static [u32],
    /// The number of different values, starting at 0.
    side: u32,
}

fn words(number: u8) -> Words {
    let (codes, side): (&'static [u32], u32) = match number {
        1 => (&table::PAIRS_1, 2),
        2 => (&table::PAIRS_2, 3),
        3 => (&table::PAIRS_3, 3),
        5 => (&table::PAIRS_5, 4),
        6 => (&table::PAIRS_6, 4),
        7 => (&table::PAIRS_7, 6),
        8 => (&table::PAIRS_8, 6),
        9 => (&table::PAIRS_9, 6),
        10 => (&table::PAIRS_10, 8),
        11 => (&table::PAIRS_11, 8),
        12 => (&table::PAIRS_12, 8),
        13 => (&table::PAIRS_13, 16),
        15 => (&table::PAIRS_15, 16),
        16..24 => (&table::PAIRS_16, 16),
        _ => (&table::PAIRS_24, 16),
    };
    Words { codes, side }
}

/// The tables to try, by the largest value; the last entry is for values with `linbits`.
const TRIED: [&[u8]; 7] = [&[1], &[2, 3], &[5, 6], &[7, 8, 9], &[10, 11, 12], &[13, 15], &[16, 24]];

const GROUP: [usize; 16] = [0, 0, 1, 2, 3, 3, 4, 4, 5, 5, 5, 5, 5, 5, 5, 5];

/// Costs of three tables are packed into one number, with this many bits for each.
const FIELD: u32 = 20;

/// The cost of every pair, signs included, in each of the tables that are tried together.
pub(super) struct Costs {
    pairs: [[u64; 256]; 7],
    quads: [u32; 16],
}

impl Costs {
    pub(super) fn new() -> Self {
        let mut pairs = [[0; 256]; 7];
        for (costs, tried) in pairs.iter_mut().zip(TRIED) {
            for (at, cost) in costs.iter_mut().enumerate() {
                let (x, y) = (at as u32 / 16, at as u32 % 16);
                for (field, number) in tried.iter().enumerate() {
                    let words = words(*number);
                    if x < words.side && y < words.side {
                        let bits = words.codes[(x * words.side + y) as usize] >> 16;
                        let signs = u32::from(x > 0) + u32::from(y > 0);
                        *cost |= u64::from(bits + signs) << (FIELD * field as u32);
                    }
                }
                if tried[0] == 16 {
                    // The third field counts the values that need `linbits`.
                    let long = u64::from(x == ESCAPE) + u64::from(y == ESCAPE);
                    *cost |= long << (2 * FIELD);
                }
            }
        }
        let quads = std::array::from_fn(|i| (table::QUADS[i] >> 16) + (i as u32).count_ones());
        Self { pairs, quads }
    }

    /// The table that encodes these pairs in the fewest bits, and that number of bits.
    pub(super) fn pairs(&self, values: &[u32]) -> (u8, u32) {
        let most = values.iter().fold(0, |m, v| m.max(*v));
        if most == 0 {
            return (0, 0);
        }
        let field = |sum: u64, n: u32| (sum >> (FIELD * n)) as u32 & ((1 << FIELD) - 1);
        if most <= ESCAPE {
            let group = GROUP[most as usize];
            let costs = &self.pairs[group];
            let sum: u64 =
                values.chunks_exact(2).map(|p| costs[(p[0] << 4 | p[1]) as usize & 255]).sum();
            let best = TRIED[group].iter().zip(0..).map(|(t, n)| (*t, field(sum, n)));
            return best.min_by_key(|b| b.1).unwrap_or((0, 0));
        }
        let costs = &self.pairs[6];
        let sum: u64 = values
            .chunks_exact(2)
            .map(|p| costs[(p[0].min(ESCAPE) << 4 | p[1].min(ESCAPE)) as usize])
            .sum();
        let enough = |bits: &&u32| most - ESCAPE < 1 << **bits;
        let pick = |from: usize| REST_BITS[from..from + 8].iter().position(|b| enough(&b));
        let (low, high) = (pick(0).unwrap_or(7), pick(8).unwrap_or(7) + 8);
        let cost = |n: u32, at: usize| field(sum, n) + field(sum, 2) * REST_BITS[at];
        let (a, b) = (cost(0, low), cost(1, high));
        if a <= b { (16 + low as u8, a) } else { (16 + high as u8, b) }
    }

    /// Whether the second table of quadruples is cheaper, and the cost.
    pub(super) fn quads(&self, values: &[u32]) -> (bool, u32) {
        let (mut first, mut second) = (0, 0);
        for q in values.chunks_exact(4) {
            let at = quad(q);
            first += self.quads[at];
            second += 4 + (at as u32).count_ones();
        }
        if second < first { (true, second) } else { (false, first) }
    }
}

fn quad(values: &[u32]) -> usize {
    values.iter().fold(0, |at, v| at << 1 | (*v as usize & 1))
}

/// A bit stream, the most significant bit first.
#[derive(Default)]
pub(super) struct Writer {
    pub(super) bytes: Vec<u8>,
    held: u64,
    count: u32,
}

impl Writer {
    /// Appends the lowest `count` bits, at most 32.
    pub(super) fn put(&mut self, bits: u32, count: u32) {
        self.held = self.held << count | u64::from(bits);
        self.count += count;
        while self.count >= 8 {
            self.count -= 8;
            self.bytes.push((self.held >> self.count) as u8);
        }
    }

    /// Pads to a whole byte.
    pub(super) fn align(&mut self) {
        if self.count > 0 {
            self.put(0, 8 - self.count);
        }
    }

    /// Encodes values in pairs; `lines` has their signs.
    pub(super) fn pairs(&mut self, number: u8, values: &[u32], lines: &[f32]) {
        if number == 0 {
            return;
        }
        let words = words(number);
        let rest = if number < 16 { 0 } else { REST_BITS[usize::from(number) - 16] };
        for (pair, signs) in values.chunks_exact(2).zip(lines.chunks_exact(2)) {
            let at = pair[0].min(ESCAPE) * words.side + pair[1].min(ESCAPE);
            let code = words.codes[at as usize];
            self.put(code & 0xffff, code >> 16);
            for (value, line) in pair.iter().zip(signs) {
                if rest > 0 && *value >= ESCAPE {
                    self.put(value - ESCAPE, rest);
                }
                if *value > 0 {
                    self.put(u32::from(*line < 0.0), 1);
                }
            }
        }
    }

    /// Encodes values of 0 and 1 in quadruples, with their signs.
    pub(super) fn quads(&mut self, second: bool, values: &[u32], lines: &[f32]) {
        for (four, signs) in values.chunks_exact(4).zip(lines.chunks_exact(4)) {
            let at = quad(four);
            if second {
                self.put(15 - at as u32, 4);
            } else {
                self.put(table::QUADS[at] & 0xffff, table::QUADS[at] >> 16);
            }
            for (_, line) in four.iter().zip(signs).filter(|(v, _)| **v > 0) {
                self.put(u32::from(*line < 0.0), 1);
            }
        }
    }
}
