//! Simple image analysis: soft shapes of similar brightness and colour, their relief, the sky, and
//! the point of greatest detail. Styles need these as they do for drawn scenes.

use crate::scene::canvas::Kind;
use crate::scene::photo::Backdrop;
use crate::scene::photo::regions::{self, Place};

/// A plane of a picture: brightness, blue or red difference; in 1/16.
struct Plane {
    width: usize,
    values: Vec<u16>,
}

impl Plane {
    fn of(width: usize, px: &[[u8; 4]], value: impl Fn([i32; 3]) -> i32) -> Self {
        let values = px.iter().map(|p| {
            (value([i32::from(p[0]), i32::from(p[1]), i32::from(p[2])]) >> 4).clamp(0, 4095) as u16
        });
        Self { width, values: values.collect() }
    }

    /// Box blur over `2 * reach + 1` pixels in both directions, applied twice.
    fn soft(self, reach: usize) -> Self {
        let height = self.values.len() / self.width;
        let mut values = self.values;
        for _ in 0..2 {
            values = means(&values, self.width, 1, height, self.width, reach);
            values = means(&values, height, self.width, self.width, 1, reach);
        }
        Self { width: self.width, values }
    }

    fn at(&self, x: usize, y: usize) -> i32 {
        i32::from(self.values[y * self.width + x])
    }
}

/// Running means along `lines` lines of `length` values that are `step` apart; the lines start
/// `next` apart.
fn means(
    from: &[u16],
    length: usize,
    step: usize,
    lines: usize,
    next: usize,
    reach: usize,
) -> Vec<u16> {
    let mut out = vec![0; from.len()];
    let many = 2 * reach as u32 + 1;
    for line in 0..lines {
        let place = |at: isize| line * next + at.clamp(0, length as isize - 1) as usize * step;
        let reach = reach as isize;
        let mut sum: u32 = (-reach..=reach).map(|at| u32::from(from[place(at)])).sum();
        for at in 0..length as isize {
            out[place(at)] = ((sum + many / 2) / many) as u16;
            sum += u32::from(from[place(at + reach + 1)]);
            sum -= u32::from(from[place(at - reach)]);
        }
    }
    out
}

/// The first id for the parts of a picture, and the end of that range.
const FIRST_PART: u8 = 20;
pub(super) const PARTS_END: u8 = FIRST_PART + regions::NUMBERS;

/// The side of the squares in which the sky is searched, as a divisor of the picture's height.
const CELLS_A_HEIGHT: usize = 90;

pub(super) fn tell_apart(width: usize, height: usize, mut px: Vec<[u8; 4]>) -> Backdrop {
    let reach = (height.min(width) / 110).max(1);
    // Weights in 1/256, so that planes are in 1/16 after dropping four bits.
    let luma = Plane::of(width, &px, |[r, g, b]| r * 77 + g * 150 + b * 29).soft(reach);
    let blue = Plane::of(width, &px, |[r, g, b]| 32768 - r * 43 - g * 85 + b * 128).soft(reach);
    let red = Plane::of(width, &px, |[r, g, b]| 32768 + r * 128 - g * 107 - b * 21).soft(reach);
    let brightness =
        luma.values.iter().map(|v| u64::from(*v)).sum::<u64>() / luma.values.len() as u64 / 16;
    let sky = sky(&luma, &blue, height);
    let cell = (height / CELLS_A_HEIGHT).max(1);
    let across = width.div_ceil(cell);
    let ahead = reach * 2;
    // Regions are found on a coarser grid.
    let grain = (height.min(width) / 400).max(1);
    let grains = width.div_ceil(grain);
    let regions = regions::number(&places(&[&luma, &blue, &red], height, grain, ahead), grains);
    let mut form = Vec::with_capacity(px.len());
    let (mut weight, mut sum) = (1u64, (0u64, 0u64));
    for y in 0..height {
        let (up, down) = (y.saturating_sub(ahead), (y + ahead).min(height - 1));
        for x in 0..width {
            let (left, right) = (x.saturating_sub(ahead), (x + ahead).min(width - 1));
            let slope = (luma.at(right, y) - luma.at(left, y), luma.at(x, down) - luma.at(x, up));
            let lean = |s: i32| (128 + (s / 12).clamp(-70, 70)) as u8;
            let is_sky = sky.as_ref().is_some_and(|s| s[y / cell * across + x / cell]);
            if is_sky {
                px[y * width + x][3] = Kind::Sky as u8;
                form.push([128, 128, 255, 0]);
                continue;
            }
            let much = (slope.0.abs() + slope.1.abs()) as u64;
            weight += much;
            sum = (sum.0 + much * x as u64, sum.1 + much * y as u64);
            let region = regions[y / grain * grains + x / grain];
            // In most pictures, the top is farthest away.
            let depth = 214 - (y * 150 / height) as u8;
            form.push([lean(slope.0), lean(slope.1), depth, FIRST_PART + region]);
        }
    }
    let middle =
        |sum: u64, size: usize| ((sum / weight) as f32 / size as f32 - 0.5).clamp(-0.3, 0.3);
    Backdrop {
        focus: (middle(sum.0, width), middle(sum.1, height)),
        width,
        height,
        px,
        form,
        brightness: brightness as u32,
    }
}

/// The properties of each square of a grid; squares are `grain` pixels wide.
fn places(
    [luma, blue, red]: &[&Plane; 3],
    height: usize,
    grain: usize,
    ahead: usize,
) -> Vec<Place> {
    let levels = levels(&luma.values);
    let width = luma.width;
    let mut all = Vec::with_capacity(height.div_ceil(grain) * width.div_ceil(grain));
    for y in (0..height).step_by(grain) {
        let (up, down) = (y.saturating_sub(ahead), (y + ahead).min(height - 1));
        for x in (0..width).step_by(grain) {
            let (left, right) = (x.saturating_sub(ahead), (x + ahead).min(width - 1));
            let across = |plane: &Plane| (plane.at(right, y) - plane.at(left, y)).abs();
            let along = |plane: &Plane| (plane.at(x, down) - plane.at(x, up)).abs();
            let contrast = |plane: &Plane| across(plane).max(along(plane));
            let contrast = contrast(luma) + contrast(blue) + contrast(red);
            let own = luma.at(x, y);
            let level = levels.iter().filter(|l| own > i32::from(**l)).count() as u8;
            let hue = hue(blue.at(x, y) - 2048, red.at(x, y) - 2048);
            let contrast = contrast.clamp(0, i32::from(u16::MAX)) as u16;
            all.push(Place { sort: hue * 8 + level, contrast });
        }
    }
    all
}

/// The class of a colour: grey, or towards blue, green, red or yellow.
fn hue(blue: i32, red: i32) -> u8 {
    const GREY: i32 = 200;
    match (blue.abs() > red.abs(), blue > 0, red > 0) {
        _ if blue.abs() < GREY && red.abs() < GREY => 0,
        (true, true, _) => 1,
        (true, false, _) => 2,
        (false, _, true) => 3,
        (false, _, false) => 4,
    }
}

/// Brightness thresholds that divide a picture into six classes of sufficient area.
fn levels(luma: &[u16]) -> [u16; 5] {
    let mut counts = [0usize; 256];
    luma.iter().for_each(|v| counts[usize::from(*v >> 4).min(255)] += 1);
    let mut found = [4095; 5];
    let (mut seen, mut next) = (0, 0);
    for (value, count) in counts.into_iter().enumerate() {
        seen += count;
        while next < 5 && seen * 100 >= luma.len() * [10, 28, 50, 72, 90][next] {
            found[next] = (value * 16 + 8) as u16;
            next += 1;
        }
    }
    found
}

/// The squares that are sky: bright or blue, smooth, and connected to the top. `None` if there is
/// too little of it to be sure.
fn sky(luma: &Plane, blue: &Plane, height: usize) -> Option<Vec<bool>> {
    let cell = (height / CELLS_A_HEIGHT).max(1);
    let (across, down) = (luma.width.div_ceil(cell), height.div_ceil(cell));
    let middle = |x: usize, y: usize| {
        ((x * cell + cell / 2).min(luma.width - 1), (y * cell + cell / 2).min(height - 1))
    };
    let airy = |x: usize, y: usize| {
        let (x, y) = middle(x, y);
        let (bright, blue) = (luma.at(x, y), blue.at(x, y));
        blue > 2048 + 120 && bright > 60 * 16 || bright > 175 * 16 && blue > 2048 - 100
    };
    let alike = |a: (usize, usize), b: (usize, usize)| {
        let (a, b) = (middle(a.0, a.1), middle(b.0, b.1));
        (luma.at(a.0, a.1) - luma.at(b.0, b.1)).abs() < 9 * 16
            && (blue.at(a.0, a.1) - blue.at(b.0, b.1)).abs() < 6 * 16
    };
    let mut found = vec![false; across * down];
    let mut open: Vec<(usize, usize)> =
        (0..across).map(|x| (x, 0)).filter(|c| airy(c.0, 0)).collect();
    open.iter().for_each(|(x, _)| found[*x] = true);
    let mut count = open.len();
    while let Some((x, y)) = open.pop() {
        let beside = [(x.wrapping_sub(1), y), (x + 1, y), (x, y + 1), (x, y.wrapping_sub(1))];
        for next in beside {
            if next.0 < across
                && next.1 < down
                && !found[next.1 * across + next.0]
                && airy(next.0, next.1)
                && alike((x, y), next)
            {
                found[next.1 * across + next.0] = true;
                count += 1;
                open.push(next);
            }
        }
    }
    // A few bright squares aren't sky, and a picture that is all sky is something else.
    (count * 12 > found.len() && count * 10 < found.len() * 8).then_some(found)
}
