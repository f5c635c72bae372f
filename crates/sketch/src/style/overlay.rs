//! Overlays: ice, moss, decay, light and frames.

mod frame;
mod growth;
mod light;
mod machine;

use crate::math::floor;
use crate::scene::canvas::{Rgb, blend};
use crate::style::tone::Cells;
use crate::style::{Overlay, Work};

pub(super) fn draw(work: &mut Work<'_>, what: Overlay) {
    match what {
        Overlay::Decay => growth::decay(work),
        Overlay::Ice => growth::ice(work),
        Overlay::Moss => growth::moss(work),
        Overlay::Grid => machine::grid(work),
        Overlay::Circuit => machine::circuit(work),
        Overlay::Flare => light::flare(work),
        Overlay::Panel => frame::panel(work),
        Overlay::Margin(width, ragged, colour) => frame::margin(work, width, ragged, colour),
        Overlay::Blinds => light::blinds(work),
        Overlay::Beams(colour) => light::beams(work, colour),
        Overlay::Stage => frame::stage(work),
        Overlay::Sparks(warm, cool) => light::sparks(work, warm, cool),
    }
}

/// Particles that drift up or down: calls `hit` for the few pixels that have some.
fn drift(
    work: &mut Work<'_>,
    (size, shift, salt, least): (f32, f32, u32, f32),
    mut hit: impl FnMut(&mut [u8; 4], &[u8; 4]),
) {
    let unit = work.unit;
    let mut cells = Cells::new(work.w, size * unit);
    let rows = work.px.chunks_exact_mut(work.w).zip(work.form.chunks_exact(work.w));
    for (y, (row, forms)) in rows.enumerate() {
        let values = cells.row(y as f32 + shift * unit, salt, |n| i16::from(n > least));
        for ((p, form), value) in row.iter_mut().zip(forms).zip(values) {
            if *value != 0 {
                hit(p, form);
            }
        }
    }
}

/// A ramp of 257 colours.
fn ramp(from: Rgb, to: Rgb) -> Vec<Rgb> {
    (0..=256).map(|i| blend(from, to, i as f32 / 256.0)).collect()
}

/// The fractional part of a number.
fn part_of(x: f32) -> f32 {
    x - floor(x)
}
