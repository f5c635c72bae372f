//! Converts RGB to the planes that video encoders take (4:2:0, studio range).

use rusty_h264::YuvFrame;

/// The colour matrix of a picture. Players without this information guess by height, so the same
/// rule is used here; the file states it too.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Matrix {
    /// ITU-R BT.601, for small pictures.
    Bt601,
    /// ITU-R BT.709, for 720 lines and more.
    Bt709,
}

impl Matrix {
    /// The matrix for a picture of this height.
    pub(crate) fn of(height: usize) -> Self {
        if height >= 720 { Self::Bt709 } else { Self::Bt601 }
    }

    /// Its code in MP4's `colr` box (ISO/IEC 23091-2): primaries, transfer, matrix.
    pub(crate) fn codes(self) -> [u16; 3] {
        match self {
            Self::Bt601 => [6, 6, 6],
            Self::Bt709 => [1, 1, 1],
        }
    }
}

/// Fills `out` from pixels: red, green, blue and an ignored byte. Width and height are even.
pub(crate) fn convert(pixels: &[[u8; 4]], width: usize, height: usize, out: &mut YuvFrame) {
    // The weights of red and blue in luma, from which all others follow, in 1/65536.
    let (kr, kb) = match Matrix::of(height) {
        Matrix::Bt601 => (0.299_f64, 0.114),
        Matrix::Bt709 => (0.2126, 0.0722),
    };
    let kg = 1.0 - kr - kb;
    let fixed = |x: f64| (x * 65536.0 + if x < 0.0 { -0.5 } else { 0.5 }) as i32;
    let luma = [kr, kg, kb].map(|k| fixed(k * 219.0 / 255.0));
    let chroma = 224.0 / 255.0 / 2.0;
    let blue = [-kr / (1.0 - kb), -kg / (1.0 - kb), 1.0].map(|k| fixed(k * chroma));
    let red = [1.0, -kg / (1.0 - kr), -kb / (1.0 - kr)].map(|k| fixed(k * chroma));
    let sum = |k: [i32; 3], p: [i32; 3]| k[0] * p[0] + k[1] * p[1] + k[2] * p[2];
    let wide = |p: [u8; 4]| [i32::from(p[0]), i32::from(p[1]), i32::from(p[2])];
    for (y, p) in out.y.iter_mut().zip(pixels) {
        *y = ((sum(luma, wide(*p)) + (16 << 16) + 32768) >> 16) as u8;
    }
    let half = width / 2;
    let chroma = out.u.chunks_exact_mut(half).zip(out.v.chunks_exact_mut(half));
    for (rows, (u, v)) in pixels.chunks_exact(width * 2).zip(chroma) {
        let (upper, lower) = rows.split_at(width);
        let pairs = upper.chunks_exact(2).zip(lower.chunks_exact(2));
        for ((u, v), (a, b)) in u.iter_mut().zip(v).zip(pairs) {
            let four = [a[0], a[1], b[0], b[1]].map(wide);
            let mean = std::array::from_fn(|c| four.iter().map(|p| p[c]).sum());
            *u = ((sum(blue, mean) + (128 << 18) + 131_072) >> 18) as u8;
            *v = ((sum(red, mean) + (128 << 18) + 131_072) >> 18) as u8;
        }
    }
}
