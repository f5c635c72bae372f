//! Pseudo-random numbers that repeat: a small generator and a hash.
//!
//! Every part of a sketch draws from its own stream ([`Rng::named`]), so a change in one part
//! leaves the others unchanged. It must not know what the numbers are used for.

/// A stream of numbers (`SplitMix64`), the same for the same seed on every host.
#[derive(Clone, Debug)]
pub(crate) struct Rng(u64);

impl Rng {
    /// The stream of `seed`.
    pub(crate) fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// The stream of `seed` that belongs to `name`.
    pub(crate) fn named(seed: u64, name: &str) -> Self {
        Self(scramble(seed ^ hash(name.as_bytes())))
    }

    /// The next 64 bits.
    pub(crate) fn bits(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        scramble(self.0)
    }

    /// From 0 up to, not including, 1.
    pub(crate) fn unit(&mut self) -> f32 {
        (self.bits() >> 40) as f32 / (1u64 << 24) as f32
    }

    /// From `low` up to `high`.
    pub(crate) fn range(&mut self, low: f32, high: f32) -> f32 {
        low + (high - low) * self.unit()
    }

    /// A whole number below `end`; 0 when `end` is 0.
    pub(crate) fn below(&mut self, end: usize) -> usize {
        ((self.bits() >> 32).wrapping_mul(end as u64) >> 32) as usize
    }

    /// True with this probability.
    pub(crate) fn chance(&mut self, probability: f32) -> bool {
        self.unit() < probability
    }

    /// A random element of `items`.
    ///
    /// # Panics
    /// If `items` is empty.
    pub(crate) fn pick<'a, T>(&mut self, items: &'a [T]) -> &'a T {
        &items[self.below(items.len())]
    }
}

/// A 64-bit hash of bytes (FNV-1a, then mixed).
pub(crate) fn hash(bytes: &[u8]) -> u64 {
    let fold = |h: u64, b: &u8| (h ^ u64::from(*b)).wrapping_mul(0x0100_0000_01b3);
    scramble(bytes.iter().fold(0xcbf2_9ce4_8422_2325, fold))
}

/// A value from 0 to 1 for a grid point: a texture that needs no memory.
pub(crate) fn speckle(x: i32, y: i32, seed: u32) -> f32 {
    let mut h = (x as u32).wrapping_mul(0x8da6_b343)
        ^ (y as u32).wrapping_mul(0xd816_3841)
        ^ seed.wrapping_mul(0xcb1a_b31f);
    h = (h ^ (h >> 15)).wrapping_mul(0x2c1b_3c6d);
    h = (h ^ (h >> 12)).wrapping_mul(0x297a_2d39);
    h ^= h >> 15;
    (h >> 8) as f32 / (1u32 << 24) as f32
}

/// Smooth noise from 0 to 1 with features of about one unit.
pub(crate) fn noise(x: f32, y: f32, seed: u32) -> f32 {
    let (fx, fy) = (crate::math::floor(x), crate::math::floor(y));
    let (ix, iy) = (fx as i32, fy as i32);
    let (mut u, mut v) = (x - fx, y - fy);
    u = u * u * (3.0 - 2.0 * u);
    v = v * v * (3.0 - 2.0 * v);
    let (right, down) = (ix.wrapping_add(1), iy.wrapping_add(1));
    let top = speckle(ix, iy, seed) * (1.0 - u) + speckle(right, iy, seed) * u;
    let bottom = speckle(ix, down, seed) * (1.0 - u) + speckle(right, down, seed) * u;
    top * (1.0 - v) + bottom * v
}

fn scramble(mut x: u64) -> u64 {
    x = (x ^ (x >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    x = (x ^ (x >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    x ^ (x >> 31)
}
