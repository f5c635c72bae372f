//! Enlarges a picture to its full size by Catmull-Rom interpolation (which keeps edges crisp), in
//! integers.

use crate::math::floor;
use crate::style::Work;

/// The source of a row or column: the first of four neighbours, and the weight of each.
struct Taps {
    first: isize,
    shares: [i16; 4],
}

/// The sum of the four weights: with it, weighted sums fit 16 bits, which vectorises best.
const WHOLE: i16 = 64;

/// The taps of `to` pixels, spread evenly over `from`.
fn taps(from: usize, to: usize) -> impl Iterator<Item = Taps> {
    let step = from as f32 / to as f32;
    (0..to).map(move |place| {
        let at = (place as f32 + 0.5) * step - 0.5;
        let below = floor(at);
        let t = at - below;
        let cubic = [
            ((2.0 - t) * t - 1.0) * t * 0.5,
            ((3.0 * t - 5.0) * t * t + 2.0) * 0.5,
            ((4.0 - 3.0 * t) * t + 1.0) * t * 0.5,
            (t - 1.0) * t * t * 0.5,
        ];
        let mut shares = cubic.map(|share| floor(share * f32::from(WHOLE) + 0.5) as i16);
        // They sum up exactly; otherwise uniform colours would change.
        shares[1] += WHOLE - shares.iter().sum::<i16>();
        Taps { first: below as isize - 1, shares }
    })
}

/// A colour interpolated from four.
#[inline(always)]
fn shared(colours: [u8; 4], shares: [i16; 4]) -> u8 {
    let [a, b, c, d] = colours.map(i16::from);
    let sum = a * shares[0] + b * shares[1] + c * shares[2] + d * shares[3];
    ((sum + WHOLE / 2) >> 6).clamp(0, 255) as u8
}

/// Enlarges the picture to its full size. Later passes have no form.
pub(super) fn enlarge(work: &mut Work<'_>) {
    let (w, h) = (work.w, work.h);
    let (full_w, full_h) = work.full;
    if (w, h) == (full_w, full_h) {
        return;
    }
    let columns: Vec<Taps> = taps(w, full_w).collect();
    let shares = [0, 1, 2, 3].map(|tap| columns.iter().map(|own| [own.shares[tap]; 4]).collect());
    let [ka, kb, kc, kd] = shares.each_ref().map(|k: &Vec<[i16; 4]>| k.as_flattened());
    let mut large = std::mem::take(&mut work.kept.large);
    large.resize(full_w * full_h, [0; 4]);
    // The last four rows at their full width, and the number of rows so far.
    let mut wide = vec![[0; 4]; full_w * 4];
    let mut widened = 0;
    // A row with two extra pixels on each side, and the four source pixels of each column side by
    // side, which vectorises.
    let mut line = vec![[0; 4]; w + 4];
    let mut four = [0; 4].map(|_: u8| vec![[0; 4]; full_w]);
    for (taps, to) in taps(h, full_h).zip(large.chunks_exact_mut(full_w)) {
        let rows = [0, 1, 2, 3].map(|below| (taps.first + below).clamp(0, h as isize - 1) as usize);
        while widened <= rows[3] {
            let row = &work.px[widened * w..][..w];
            line[..2].fill(row[0]);
            line[2..w + 2].copy_from_slice(row);
            line[w + 2..].fill(row[w - 1]);
            let [a, b, c, d] = &mut four;
            let pixels = a.iter_mut().zip(b).zip(c.iter_mut().zip(d));
            for (((a, b), (c, d)), taps) in pixels.zip(&columns) {
                let from = &line[(taps.first + 2) as usize..][..4];
                (*a, *b, *c, *d) = (from[0], from[1], from[2], from[3]);
            }
            let [a, b, c, d] = four.each_ref().map(|pixels| pixels.as_flattened());
            let to = wide[widened % 4 * full_w..][..full_w].as_flattened_mut();
            let colours = a.iter().zip(b).zip(c.iter().zip(d));
            let shares = ka.iter().zip(kb).zip(kc.iter().zip(kd));
            for ((to, ((a, b), (c, d))), ((ka, kb), (kc, kd))) in
                to.iter_mut().zip(colours).zip(shares)
            {
                *to = shared([*a, *b, *c, *d], [*ka, *kb, *kc, *kd]);
            }
            widened += 1;
        }
        let [a, b, c, d] = rows.map(|row| wide[row % 4 * full_w..][..full_w].as_flattened());
        let rows = a.iter().zip(b).zip(c.iter().zip(d));
        for (to, ((a, b), (c, d))) in to.as_flattened_mut().iter_mut().zip(rows) {
            *to = shared([*a, *b, *c, *d], taps.shares);
        }
    }
    work.kept.large = std::mem::replace(&mut work.px, large);
    (work.w, work.h) = work.full;
    work.unit = full_h as f32 / 360.0;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn uniform_colours_stay_and_every_tap_is_within_range() {
        for (from, to) in [(960, 1280), (540, 720), (1440, 1920), (961, 1281), (3, 4), (7, 7)] {
            for (place, taps) in taps(from, to).enumerate() {
                assert_eq!(taps.shares.iter().sum::<i16>(), WHOLE, "{from} to {to} at {place}");
                assert!((-2..from as isize - 1).contains(&taps.first), "{from} to {to} at {place}");
                // No sum of pixels exceeds 16 bits.
                let most: i32 = taps.shares.iter().map(|s| i32::from(*s.max(&0)) * 255).sum();
                assert!(most < i32::from(i16::MAX), "{from} to {to} at {place}");
            }
        }
    }
}
