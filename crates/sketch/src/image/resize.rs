//! Scaling down and rotating upright, with integer arithmetic: the same pixels on every host.

use super::{Picture, Raw};

/// One pixel of the smaller picture: the first source pixel, and the weight of each source pixel
/// from there on. The weights sum up to [`WHOLE`].
struct Span {
    first: usize,
    shares: Vec<u32>,
}

const WHOLE: u32 = 1 << 12;

/// The spans of `to` pixels, spread evenly over `from` pixels, which are at least as many.
fn spans(from: usize, to: usize) -> Vec<Span> {
    let (wide, narrow) = (from as u64, to as u64);
    (0..narrow)
        .map(|place| {
            // In units of 1/`to` of a source pixel.
            let (start, end) = (place * wide, (place + 1) * wide);
            let first = (start / narrow) as usize;
            let last = (end.div_ceil(narrow) as usize).min(from).max(first + 1);
            let mut left = WHOLE;
            let mut shares: Vec<u32> = (first..last)
                .map(|at| {
                    let (own, next) = (at as u64 * narrow, (at as u64 + 1) * narrow);
                    let part = next.min(end) - own.max(start);
                    let share = ((part * u64::from(WHOLE) + wide / 2) / wide) as u32;
                    let share = share.min(left);
                    left -= share;
                    share
                })
                .collect();
            shares[0] += left;
            Span { first, shares }
        })
        .collect()
}

/// The picture upright, and no larger than what covers `cover`.
pub(super) fn upright(raw: &Raw, (cover_w, cover_h): (usize, usize)) -> Picture {
    let lies = raw.orientation > 4;
    let (want_w, want_h) = if lies { (cover_h, cover_w) } else { (cover_w, cover_h) };
    let (mut width, mut height) = (raw.width, raw.height);
    if width > want_w && height > want_h {
        // The side with the smaller surplus decides.
        if width * want_h > height * want_w {
            (width, height) = ((width * want_h).div_ceil(height), want_h);
        } else {
            (width, height) = (want_w, (height * want_w).div_ceil(width));
        }
    }
    let px = shrink(raw, width, height);
    turn(px, width, height, raw.orientation)
}

/// Weighted means of the source pixels; transparent ones don't count.
fn shrink(raw: &Raw, width: usize, height: usize) -> Vec<[u8; 4]> {
    let (columns, rows) = (spans(raw.width, width), spans(raw.height, height));
    let mut small = Vec::with_capacity(width * height);
    let mut sums = vec![[0u64; 4]; width];
    for row in rows {
        sums.fill([0; 4]);
        for (below, share) in row.shares.iter().enumerate() {
            let line = raw.width * raw.channels;
            let line = &raw.bytes[(row.first + below) * line..][..line];
            for (sum, column) in sums.iter_mut().zip(&columns) {
                let pixels = line[column.first * raw.channels..].chunks_exact(raw.channels);
                for (pixel, own) in pixels.zip(&column.shares) {
                    let much = u64::from(share * own);
                    let [r, g, b, a] = colour(pixel);
                    let there = much * u64::from(a);
                    sum[0] += there * u64::from(r);
                    sum[1] += there * u64::from(g);
                    sum[2] += there * u64::from(b);
                    sum[3] += there;
                }
            }
        }
        const AREA: u64 = WHOLE as u64 * WHOLE as u64;
        small.extend(sums.iter().map(|[r, g, b, a]| {
            let mean = |c: &u64| if *a == 0 { 0 } else { ((c + a / 2) / a) as u8 };
            [mean(r), mean(g), mean(b), ((a + AREA / 2) / AREA) as u8]
        }));
    }
    small
}

/// A pixel with any number of channels.
#[inline(always)]
fn colour(pixel: &[u8]) -> [u8; 4] {
    match *pixel {
        [grey] => [grey, grey, grey, 255],
        [grey, alpha] => [grey, grey, grey, alpha],
        [r, g, b] => [r, g, b, 255],
        [r, g, b, a] => [r, g, b, a],
        _ => [0; 4],
    }
}

/// Rotates and mirrors according to the Exif orientation.
fn turn(px: Vec<[u8; 4]>, width: usize, height: usize, orientation: u8) -> Picture {
    if orientation == 1 {
        return Picture { width, height, px };
    }
    let (wide, high) = if orientation > 4 { (height, width) } else { (width, height) };
    let (right, low) = (width - 1, height - 1);
    let turned = (0..high).flat_map(|y| (0..wide).map(move |x| (x, y))).map(|(x, y)| {
        let (from_x, from_y) = match orientation {
            2 => (right - x, y),
            3 => (right - x, low - y),
            4 => (x, low - y),
            5 => (y, x),
            6 => (y, low - x),
            7 => (right - y, low - x),
            _ => (right - y, x),
        };
        px[from_y * width + from_x]
    });
    Picture { width: wide, height: high, px: turned.collect() }
}

impl Picture {
    /// The same with at most this many rows.
    pub(crate) fn lower(self, height: usize) -> Self {
        if self.height <= height {
            return self;
        }
        let width = (self.width * height).div_ceil(self.height).max(1);
        let raw = Raw {
            width: self.width,
            height: self.height,
            channels: 4,
            bytes: self.px.into_flattened(),
            orientation: 1,
        };
        Self { width, height, px: shrink(&raw, width, height) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spans_cover_everything_once() {
        for (from, to) in [(1, 1), (7, 7), (7, 3), (100, 99), (1601, 640), (16_384, 3), (5, 1)] {
            let spans = spans(from, to);
            assert_eq!(spans.len(), to);
            assert_eq!(
                (spans[0].first, spans[to - 1].first + spans[to - 1].shares.len()),
                (0, from)
            );
            for span in &spans {
                assert_eq!(span.shares.iter().sum::<u32>(), WHOLE, "{from} to {to}");
            }
        }
    }

    #[test]
    fn each_orientation_is_undone() {
        // Two by three pixels, identified by their red, as each camera position stores them.
        let upright = [1, 2, 3, 4, 5, 6];
        let stored: [(u8, usize, [u8; 6]); 8] = [
            (1, 2, [1, 2, 3, 4, 5, 6]),
            (2, 2, [2, 1, 4, 3, 6, 5]),
            (3, 2, [6, 5, 4, 3, 2, 1]),
            (4, 2, [5, 6, 3, 4, 1, 2]),
            (5, 3, [1, 3, 5, 2, 4, 6]),
            (6, 3, [2, 4, 6, 1, 3, 5]),
            (7, 3, [6, 4, 2, 5, 3, 1]),
            (8, 3, [5, 3, 1, 6, 4, 2]),
        ];
        for (orientation, width, reds) in stored {
            let px = reds.map(|r| [r, 0, 0, 255]).to_vec();
            let made = turn(px, width, 6 / width, orientation);
            assert_eq!((made.width, made.height), (2, 3), "{orientation}");
            assert_eq!(made.px.iter().map(|p| p[0]).collect::<Vec<_>>(), upright, "{orientation}");
        }
    }
}
