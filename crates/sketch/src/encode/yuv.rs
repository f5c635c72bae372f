//! RGB to the planes that video encoders take (4:2:0, studio range).

use rusty_h264::YuvFrame;

/// Which of the two usual colour matrices a picture is coded with. Players that are told nothing
/// guess by height, so we choose as they guess, and say it too.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Matrix {
    /// ITU-R BT.601, for small pictures.
    Bt601,
    /// ITU-R BT.709, from 720 lines on.
    Bt709,
}

impl Matrix {
    /// The one for a picture of that height.
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

/// Fills `out` from `rgb`, three bytes a pixel. Width and height are even.
pub(crate) fn convert(rgb: &[u8], width: usize, height: usize, out: &mut YuvFrame) {
    // Weights of red and blue in luma, and all else from them, in 1/65536.
    let (kr, kb) = match Matrix::of(height) {
        Matrix::Bt601 => (0.299_f64, 0.114),
        Matrix::Bt709 => (0.2126, 0.0722),
    };
    let kg = 1.0 - kr - kb;
    let fixed = |x: f64| (x * 65536.0 + if x < 0.0 { -0.5 } else { 0.5 }) as i32;
    let luma = 219.0 / 255.0;
    let (yr, yg, yb) = (fixed(kr * luma), fixed(kg * luma), fixed(kb * luma));
    let chroma = 224.0 / 255.0 / 2.0;
    let (ur, ug, ub) =
        (fixed(-kr / (1.0 - kb) * chroma), fixed(-kg / (1.0 - kb) * chroma), fixed(chroma));
    let (vr, vg, vb) =
        (fixed(chroma), fixed(-kg / (1.0 - kr) * chroma), fixed(-kb / (1.0 - kr) * chroma));
    let half = width / 2;
    for row in 0..height / 2 {
        let upper = &rgb[row * 2 * width * 3..][..width * 3];
        let lower = &rgb[(row * 2 + 1) * width * 3..][..width * 3];
        let (y0, y1) = out.y[row * 2 * width..][..width * 2].split_at_mut(width);
        let u = &mut out.u[row * half..][..half];
        let v = &mut out.v[row * half..][..half];
        for x in 0..half {
            let (mut r, mut g, mut b) = (0, 0, 0);
            for (line, y) in [(upper, &mut *y0), (lower, &mut *y1)] {
                for side in 0..2 {
                    let at = (x * 2 + side) * 3;
                    let p = [i32::from(line[at]), i32::from(line[at + 1]), i32::from(line[at + 2])];
                    y[x * 2 + side] =
                        (((yr * p[0] + yg * p[1] + yb * p[2] + 32768) >> 16) + 16) as u8;
                    r += p[0];
                    g += p[1];
                    b += p[2];
                }
            }
            u[x] = (((ur * r + ug * g + ub * b + 131_072) >> 18) + 128) as u8;
            v[x] = (((vr * r + vg * g + vb * b + 131_072) >> 18) + 128) as u8;
        }
    }
}
