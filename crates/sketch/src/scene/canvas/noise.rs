//! Noise that is made once and looked up: a tile to lay side by side.

use crate::math::{mix, smooth};
use crate::rng::speckle;

/// A square of noise that can be laid side by side.
#[derive(Clone)]
pub(crate) struct Tile(Box<[u8; 1 << 16]>);

impl Tile {
    const SIDE: i32 = 256;

    pub(super) fn new(seed: u32) -> Self {
        let mut sums = vec![0.0f32; (Self::SIDE * Self::SIDE) as usize];
        let mut weight = 0.5;
        for octave in 0..5 {
            // Cells of 64 pixels, then 32, down to 4; the lattice wraps.
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
        // Stretched to the whole range: sums of noise crowd around the middle.
        let (low, high) = sums.iter().fold((f32::MAX, 0.0f32), |(l, h), s| (l.min(*s), h.max(*s)));
        let mut tile = Box::new([0; 1 << 16]);
        for (point, sum) in tile.iter_mut().zip(sums) {
            *point = ((sum - low) / (high - low) * 255.0) as u8;
        }
        Self(tile)
    }

    /// The noise at a place, from 0 to 1. One lump is about 64 wide.
    #[inline(always)]
    pub(crate) fn at(&self, x: f32, y: f32) -> f32 {
        // In whole numbers, with eight bits for the place between two points of the lattice.
        let (x, y) = ((x * 256.0) as i32, (y * 256.0) as i32);
        let (u, v) = (x & 255, y & 255);
        let (left, right) = ((x >> 8) as usize & 255, ((x >> 8) + 1) as usize & 255);
        let (upper, lower) = ((y >> 8) as usize & 255, ((y >> 8) + 1) as usize & 255);
        let get = |x: usize, y: usize| i32::from(self.0[y << 8 | x]);
        let top = (get(left, upper) << 8) + (get(right, upper) - get(left, upper)) * u;
        let bottom = (get(left, lower) << 8) + (get(right, lower) - get(left, lower)) * u;
        ((top << 8) + (bottom - top) * v) as f32 * (1.0 / (255.0 * 65536.0))
    }
}
