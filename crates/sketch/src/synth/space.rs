//! Reverb and echo.
//!
//! `step` is called with the fraction done, and may cancel the work.

use crate::SketchError;
use crate::math::exp;
use crate::synth::{Mix, RATE};

/// Samples between two progress reports.
const BLOCK: usize = 1 << 16;

/// A ping-pong echo that gets darker each time. Part of it goes to the reverb.
pub(super) fn echo(
    mix: &mut Mix,
    room: &mut [f32],
    send: &[f32],
    secs: f32,
    step: &mut dyn FnMut(f64) -> Result<(), SketchError>,
) -> Result<(), SketchError> {
    if send.iter().all(|s| *s == 0.0) {
        return step(1.0);
    }
    let delay = ((secs * RATE) as usize).max(64);
    let mut lines = vec![[0.0f32; 2]; delay];
    let mut dark = [0.0f32; 2];
    let mut at = 0;
    let total = send.len();
    let sides = mix.left.chunks_mut(BLOCK).zip(mix.right.chunks_mut(BLOCK));
    let sends = send.chunks(BLOCK).zip(room.chunks_mut(BLOCK));
    for (number, ((left, right), (send, room))) in sides.zip(sends).enumerate() {
        for (((l, r), x), room) in left.iter_mut().zip(right).zip(send).zip(room) {
            let line = &mut lines[at];
            let [a, b] = *line;
            dark[0] += (a - dark[0]) * 0.45;
            dark[1] += (b - dark[1]) * 0.45;
            *line = [x + dark[1] * 0.42, dark[0] * 0.62];
            *l += a * 0.8;
            *r += b * 0.8;
            *room += (a + b) * 0.12;
            at += 1;
            if at == delay {
                at = 0;
            }
        }
        step((number * BLOCK) as f64 / total as f64)?;
    }
    Ok(())
}

/// Reverb: a feedback delay network of eight lines, lossless except for damping.
pub(super) fn room(
    mix: &mut Mix,
    send: &[f32],
    size: f32,
    step: &mut dyn FnMut(f64) -> Result<(), SketchError>,
) -> Result<(), SketchError> {
    const LENGTHS: [usize; 8] = [1129, 1327, 1481, 1669, 1871, 2053, 2269, 2423];
    /// All delays share rows of eight: a power of two, longer than the longest.
    const ROWS: usize = 4096;
    let secs = 0.7 + 3.2 * size;
    let keep = LENGTHS.map(|n| exp(-6.9 * n as f32 / (secs * RATE)));
    let mut rows = vec![[0.0f32; 8]; ROWS];
    let mut dark = [0.0f32; 8];
    // Pre-delay: the time until the sound reaches the wall.
    let early = (0.018 * RATE) as usize;
    let total = mix.left.len();
    for (i, (l, r)) in mix.left.iter_mut().zip(&mut mix.right).enumerate().skip(early) {
        let x = send[i - early];
        let mut outs = [0.0f32; 8];
        for n in 0..8 {
            outs[n] = rows[(i + ROWS - LENGTHS[n]) % ROWS][n];
        }
        for n in 0..8 {
            dark[n] += (outs[n] - dark[n]) * 0.42;
            outs[n] = dark[n] * keep[n];
        }
        // Every delay feeds all others: subtracting a quarter of the sum is a reflection
        // (Householder) matrix.
        let pairs = [outs[0] + outs[4], outs[1] + outs[5], outs[2] + outs[6], outs[3] + outs[7]];
        let mean = ((pairs[0] + pairs[2]) + (pairs[1] + pairs[3])) * 0.25;
        let row = &mut rows[i % ROWS];
        for n in 0..8 {
            let sign = if n % 2 == 0 { 1.0 } else { -1.0 };
            row[n] = outs[n] - mean + x * sign;
        }
        *l += (pairs[0] - pairs[2]) * 0.6;
        *r += (pairs[1] - pairs[3]) * -0.6;
        if i % BLOCK == 0 {
            step(i as f64 / total as f64)?;
        }
    }
    Ok(())
}
