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
    let all = mix.interleave(&mut || Ok(())).unwrap();
    assert_eq!(all, [0.0, 0.0, 0.0, 0.0, 0.5, 1.0, 2.0, 4.0]);
}

#[test]
fn nothing_begins_or_ends_with_a_click() {
    use Drum::*;
    use Tone::*;
    for tone in [
        Piano, Rhodes, Organ, Nylon, Steel, Dist, DistLead, Strings, Violin, Cello, Pad, Choir,
        Brass, Sax, Flute, Bell, MusicBox, Marimba, Harp, Accordion, SawLead, SquareLead, Stab,
        Pluck, Chip, Triangle, SubBass, SynthBass, Acid, Upright, FingerBass,
    ] {
        for (hz, secs) in [(55.0, 0.05), (220.0, 0.4), (987.8, 2.0)] {
            let mut sound = Vec::new();
            voice::play(tone, hz, secs, &mut sound);
            let most = sound.iter().fold(0.0f32, |m, s| m.max(s.abs()));
            assert!((0.01..6.0).contains(&most), "{tone:?} {hz}: {most}");
            let ends = [sound[0], sound[sound.len() - 1]];
            assert!(ends.iter().all(|s| s.abs() < 0.05 * most), "{tone:?} {hz}: {ends:?}");
        }
    }
    for drum in [
        Kick, Boom, Snare, Gated, Clap, Rim, Brush, Hat, HatFoot, Open, Ride, Cymbal, Shaker, Tom,
        Conga, Clave, Cowbell, Vinyl, ChipKick, ChipSnare, ChipHat,
    ] {
        let sound = drum::play(drum);
        let ends = [sound[0], sound[sound.len() - 1]];
        assert!(ends.iter().all(|s| s.abs() < 0.05), "{drum:?}: {ends:?}");
    }
}
