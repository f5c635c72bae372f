//! The room and the echo.

use crate::math::exp;
use crate::synth::RATE;

/// An echo that goes from side to side, darker each time. Some of it reaches the room.
pub(crate) fn echo(mix: &mut [[f32; 2]], room: &mut [f32], send: &[f32], secs: f32) {
    let delay = ((secs * RATE) as usize).max(64);
    let mut lines = [vec![0.0f32; delay], vec![0.0f32; delay]];
    let mut dark = [0.0f32; 2];
    for (i, s) in mix.iter_mut().enumerate() {
        let at = i % delay;
        let (left, right) = (lines[0][at], lines[1][at]);
        dark[0] += (left - dark[0]) * 0.45;
        dark[1] += (right - dark[1]) * 0.45;
        lines[0][at] = send[i] + dark[1] * 0.42;
        lines[1][at] = dark[0] * 0.62;
        s[0] += left * 0.8;
        s[1] += right * 0.8;
        room[i] += (left + right) * 0.12;
    }
}

/// A room: eight delays that feed each other without loss but for what the walls take.
pub(crate) fn room(mix: &mut [[f32; 2]], send: &[f32], size: f32) {
    const LENGTHS: [usize; 8] = [1129, 1327, 1481, 1669, 1871, 2053, 2269, 2423];
    let secs = 0.7 + 3.2 * size;
    let mut lines: Vec<Vec<f32>> = LENGTHS.iter().map(|n| vec![0.0; *n]).collect();
    let keep: Vec<f32> = LENGTHS.iter().map(|n| exp(-6.9 * *n as f32 / (secs * RATE))).collect();
    let mut dark = [0.0f32; 8];
    let mut places = [0usize; 8];
    // A little silence first: the sound has to reach the wall.
    let early = (0.018 * RATE) as usize;
    for (i, s) in mix.iter_mut().enumerate() {
        let x = if i >= early { send[i - early] } else { 0.0 };
        let mut outs = [0.0f32; 8];
        for n in 0..8 {
            let value = lines[n][places[n]];
            dark[n] += (value - dark[n]) * 0.42;
            outs[n] = dark[n] * keep[n];
        }
        // Every delay feeds all the others: subtract a quarter of the sum (a reflection).
        let mean = outs.iter().sum::<f32>() * 0.25;
        for n in 0..8 {
            let sign = if n % 2 == 0 { 1.0 } else { -1.0 };
            lines[n][places[n]] = outs[n] - mean + x * sign;
            places[n] += 1;
            if places[n] == LENGTHS[n] {
                places[n] = 0;
            }
        }
        s[0] += (outs[0] - outs[2] + outs[4] - outs[6]) * 0.6;
        s[1] += (outs[1] - outs[3] + outs[5] - outs[7]) * -0.6;
    }
}
