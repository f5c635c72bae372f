//! Noise that is computed once and looked up: a tile that repeats.

use std::sync::OnceLock;

use crate::math::{mix, smooth};
use crate::rng::speckle;

/// A square of noise that tiles seamlessly.
#[derive(Clone)]
pub(crate) struct Tile(Box<[u8; 1 << 16]>);

impl Tile {
    const SIDE: i32 = 256;

    /// The shared tile.
    pub(super) fn shared() -> &'static Self {
        static TILE: OnceLock<Tile> = OnceLock::new();
        TILE.get_or_init(|| Self::new(5))
    }

    fn new(seed: u32) -> Self {
        let mut sums = vec![0.0f32; (Self::SIDE * Self::SIDE) as usize];
        let mut weight = 0.5;
        for octave in 0..5 {
            // Cells of 64 pixels, then 32, down to 4; the grid wraps around.
            let cell = 64 >> octave;
            let cells = Self::SIDE / cell;
            let corner = |x: i32, y: i32| speckle(x % cells, y % cells, seed + octave as u32);
            for y in 0..Self::SIDE {
                for x in 0..Self::SIDE {
                    let (cx, cy) = (x / cell, y / cell);
                    let u = smooth(0.0, 1.0, (x % cell) as f32 / cell as f32);
                    let v = smooth(0.0, 1.0, (y % cell) as f32 / cell as f32);
                    let top = mix(corner(cx, cy), corner(cx + 1, cy), u);
                    let bottom = mix(corner(cx, cy + 1), corner(cx + 1, cy + 1), u);
                    sums[(y * Self::SIDE + x) as usize] += mix(top, bottom, v) * weight;
                }
            }
            weight *= 0.55;
        }
        // Stretched to the whole range, because sums of noise cluster around the middle.
        let (low, high) = sums.iter().fold((f32::MAX, 0.0f32), |(l, h), s| (l.min(*s), h.max(*s)));
        let mut tile = Box::new([0; 1 << 16]);
        for (point, sum) in tile.iter_mut().zip(sums) {
            *point = ((sum - low) / (high - low) * 255.0) as u8;
        }
        Self(tile)
    }

    /// The noise at a position, from 0 to 1. One lump is about 64 wide.
    #[inline(always)]
    pub(crate) fn at(&self, x: f32, y: f32) -> f32 {
        // In integers, with eight fractional bits between two grid points.
        let (x, y) = ((x * 256.0) as i32, (y * 256.0) as i32);
        let (u, v) = (x & 255, y & 255);
        let (left, right) = ((x >> 8) as usize & 255, ((x >> 8) + 1) as usize & 255);
        let (upper, lower) = ((y >> 8) as usize & 255, ((y >> 8) + 1) as usize & 255);
        let get = |x: usize, y: usize| i32::from(self.0[y << 8 | x]);
        let top = (get(left, upper) << 8) + (get(right, upper) - get(left, upper)) * u;
        let bottom = (get(left, lower) << 8) + (get(right, lower) - get(left, lower)) * u;
        ((top << 8) + (bottom - top) * v) as f32 * (1.0 / (255.0 * 65536.0))
    }

    /// The noise along a row, for many positions at the same height.
    pub(crate) fn row(&self, y: f32) -> Row {
        let y = (y * 256.0) as i32;
        let v = (y & 255) as u16;
        let (upper, lower) = ((y >> 8) as usize & 255, ((y >> 8) + 1) as usize & 255);
        let (upper, lower) = (&self.0[upper << 8..][..256], &self.0[lower << 8..][..256]);
        let mut row = [0; 257];
        for ((point, a), b) in row.iter_mut().zip(upper).zip(lower) {
            *point = u16::from(*a) * (256 - v) + u16::from(*b) * v;
        }
        row[256] = row[0];
        Row(row)
    }
}

/// A row of the tile, interpolated between two of its lines.
pub(crate) struct Row([u16; 257]);

/// The difference between two rows.
pub(super) struct Slope([i32; 257]);

impl Row {
    /// The difference to another row that is shifted right by this many steps.
    pub(super) fn slope(&self, other: &Self, shift: i32) -> Slope {
        let mut slope = [0; 257];
        let start = shift as usize & 255;
        let others = other.0[start..256].iter().chain(&other.0[..start]);
        for ((point, own), other) in slope.iter_mut().zip(&self.0).zip(others) {
            *point = i32::from(*own) - i32::from(*other);
        }
        slope[256] = slope[0];
        Slope(slope)
    }

    /// The same as [`Tile::at`] at this row's height.
    #[inline(always)]
    pub(crate) fn at(&self, x: f32) -> f32 {
        let x = (x * 256.0) as i32;
        let (u, left) = (x & 255, (x >> 8) as usize & 255);
        let (from, to) = (i32::from(self.0[left]), i32::from(self.0[left + 1]));
        ((from << 8) + (to - from) * u) as f32 * (1.0 / (255.0 * 65536.0))
    }
}

impl Row {
    /// The noise at a position of a [`Walk`], as an integer up to [`ONE`].
    #[inline(always)]
    pub(crate) fn whole(&self, place: u32) -> i32 {
        let (u, left) = ((place >> 8 & 255) as i32, (place >> 16) as usize & 255);
        let (from, to) = (i32::from(self.0[left]), i32::from(self.0[left + 1]));
        from + (((to - from) * u) >> 8)
    }
}

impl Slope {
    /// The slope at a position of a [`Walk`], as integers up to [`ONE`] in both directions.
    #[inline(always)]
    pub(super) fn whole(&self, place: u32) -> i32 {
        let (u, left) = ((place >> 8 & 255) as i32, (place >> 16) as usize & 255);
        let (from, to) = (self.0[left], self.0[left + 1]);
        from + (((to - from) * u) >> 8)
    }
}

/// The value 1 in integer noise.
pub(crate) const ONE: i32 = 255 * 256;

/// Evenly spaced positions along a row, in 1/65536; they wrap around as the tile does.
#[derive(Clone, Copy)]
pub(crate) struct Walk {
    start: u32,
    step: u32,
}

impl Walk {
    /// The positions `start`, `start + step`, …
    pub(crate) fn new(start: f32, step: f32) -> Self {
        let fixed = |x: f32| (f64::from(x) * 65536.0) as i64 as u32;
        Self { start: fixed(start), step: fixed(step) }
    }

    /// The position after this many steps.
    #[inline(always)]
    pub(crate) fn at(self, steps: usize) -> u32 {
        self.start.wrapping_add(self.step.wrapping_mul(steps as u32))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_equals_the_tile_at_its_height() {
        let tile = Tile::shared();
        for (x, y) in [(0.0, 0.0), (3.7, 255.9), (-12.3, -0.4), (1000.2, 77.5)] {
            assert_eq!(tile.row(y).at(x), tile.at(x, y));
        }
    }
}
