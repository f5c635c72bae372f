//! Stills: one moment of a scene, as a file of its own or as a poster.

use std::ops::ControlFlow;

use crate::SketchError;
use crate::encode::{About, jpeg, png};
use crate::progress::{Reporter, Step};
use crate::scene::Scene;
use crate::style::{Kept, Treatment};

/// The moment to show, in seconds, for a film of this length.
const MOMENT_SECS: (f32, f32) = (2.5, 6.0);

/// A smaller picture is drawn with at least this many lines and scaled down, so that lines and dots
/// of styles keep their look.
const LINES_LEAST: usize = 360;

/// A scene as PNG.
pub(crate) fn picture(
    scene: &Scene,
    treatment: Treatment,
    (width, height): (usize, usize),
    about: &About,
    progress: &mut Reporter<'_>,
) -> Result<Vec<u8>, SketchError> {
    let mut drawn = progress.part(progress.fraction(), 0.6, Step::Drawing);
    let pixels = moment(scene, treatment, (width, height), &mut |done| drawn(done / 2.0));
    drop(drawn);
    let Some(pixels) = pixels else { return Err(SketchError::Cancelled) };
    progress.at(0.6, Step::Encoding)?;
    png::encode(width, height, &pixels, about)
}

/// A scene as JPEG, at any size.
pub(crate) fn poster(
    scene: &Scene,
    treatment: Treatment,
    (width, height): (usize, usize),
) -> Result<Vec<u8>, SketchError> {
    let times = LINES_LEAST.div_ceil(height);
    let full = (width * times, height * times);
    let go_on = &mut |_| ControlFlow::Continue(());
    let pixels = moment(scene, treatment, full, go_on).unwrap_or_default();
    jpeg::encode(width, height, &shrink(&pixels, width, height, times))
}

/// The picture of the moment; `None` if it was cancelled. `advance` gets the number of completed
/// steps, of two.
fn moment(
    scene: &Scene,
    treatment: Treatment,
    full: (usize, usize),
    advance: &mut dyn FnMut(f64) -> ControlFlow<()>,
) -> Option<Vec<[u8; 4]>> {
    let mut canvas = treatment.canvas(full);
    let (t, total) = MOMENT_SECS;
    scene.draw(&mut canvas, t, total);
    let (mut kept, mut pixels) = (Kept::default(), Vec::new());
    advance(1.0).is_continue().then_some(())?;
    treatment
        .apply(&canvas, full, t, &mut kept, &mut pixels, &mut || advance(1.0))
        .is_continue()
        .then_some(pixels)
}

/// Means over squares of this many pixels.
fn shrink(pixels: &[[u8; 4]], width: usize, height: usize, times: usize) -> Vec<[u8; 4]> {
    if times < 2 {
        return pixels.to_vec();
    }
    let mut small = Vec::with_capacity(width * height);
    for y in 0..height {
        for x in 0..width {
            let mut sum = [0u32; 4];
            for row in y * times..(y + 1) * times {
                let at = (row * width + x) * times;
                for p in &pixels[at..at + times] {
                    for (s, c) in sum.iter_mut().zip(p) {
                        *s += u32::from(*c);
                    }
                }
            }
            small.push(sum.map(|s| (s / (times * times) as u32) as u8));
        }
    }
    small
}
