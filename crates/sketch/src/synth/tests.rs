//! Arithmetic of sound, piece by piece.

use super::*;

#[test]
fn the_fast_sine_is_near_the_true_one() {
    for i in -4000..40_000 {
        let turns = i as f32 / 1000.0;
        let error = wave(turns) - crate::math::sin(turns.fract() * crate::math::TAU);
        assert!(error.abs() < 0.0012, "{turns}: {error}");
    }
}

#[test]
fn a_mix_takes_what_fits() {
    let mut mix = Mix { left: vec![0.0; 4], right: vec![0.0; 4] };
    mix.add(&[1.0, 2.0, 3.0], 2, (0.5, 1.0));
    mix.add(&[1.0], 9, (1.0, 1.0));
    mix.scale(3, &[2.0]);
    assert_eq!(mix.interleave(), [0.0, 0.0, 0.0, 0.0, 0.5, 1.0, 2.0, 4.0]);
}
