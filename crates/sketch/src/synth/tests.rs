//! Tests of the synthesiser's parts.

use super::*;

#[test]
fn the_fast_sine_is_accurate() {
    for i in -4000..40_000 {
        let turns = i as f32 / 1000.0;
        let error = wave(turns) - crate::math::sin(turns.fract() * crate::math::TAU);
        assert!(error.abs() < 0.0012, "{turns}: {error}");
    }
}

#[test]
fn a_mix_drops_what_exceeds_its_end() {
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
        Piano,
        Rhodes,
        Organ,
        Nylon,
        Steel,
        Dist,
        DistLead,
        Strings,
        Violin,
        Cello,
        Pad,
        Choir,
        Brass,
        Sax,
        Flute,
        Bell,
        MusicBox,
        Marimba,
        Harp,
        Accordion,
        SawLead,
        SquareLead,
        Stab,
        Pluck,
        Chip,
        Triangle,
        SubBass,
        SynthBass,
        Acid,
        Upright,
        FingerBass,
        Ukulele,
        Banjo,
        Sitar,
        Tanpura,
        Oud,
        Koto,
        Harpsichord,
        Clarinet,
        Oboe,
        Harmonica,
        Theremin,
        SteelDrum,
        Whistle,
        Trumpet,
        Tuba,
        PipeOrgan,
        Sub808,
        Wobble,
    ] {
        for (hz, secs) in [(55.0, 0.05), (220.0, 0.4), (987.8, 2.0)] {
            let mut sound = Vec::new();
            voice::play(tone, hz, secs, Slide::of(tone, Some(3)), &mut sound);
            let most = sound.iter().fold(0.0f32, |m, s| m.max(s.abs()));
            assert!((0.01..6.0).contains(&most), "{tone:?} {hz}: {most}");
            let ends = [sound[0], sound[sound.len() - 1]];
            assert!(ends.iter().all(|s| s.abs() < 0.05 * most), "{tone:?} {hz}: {ends:?}");
        }
    }
    for drum in [
        Kick, Boom, Snare, Gated, Clap, Rim, Brush, Hat, HatFoot, Open, Ride, Cymbal, Shaker, Tom,
        Conga, Clave, Cowbell, Vinyl, ChipKick, ChipSnare, ChipHat, Dum, Tek, Palmas, Tambourine,
        Surdo, TablaLow, TablaHigh, Taiko, Timpani,
    ] {
        let sound = drum::play(drum);
        let ends = [sound[0], sound[sound.len() - 1]];
        assert!(ends.iter().all(|s| s.abs() < 0.05), "{drum:?}: {ends:?}");
    }
}

/// The loudness of half a second of a note, in decibels, and its spectral centroid in Hz.
fn hear(tone: Tone, pitch: i32, from: f32) -> (f32, f32) {
    let mut sound = Vec::new();
    let hz = 440.0 * pow(2.0, (pitch - 69) as f32 / 12.0);
    voice::play(tone, hz, 1.0, Slide::NONE, &mut sound);
    let sound = &sound[(from * RATE) as usize..((from + 0.4) * RATE) as usize];
    let power: f32 = sound.iter().map(|s| s * s).sum();
    // The slope of a sine is proportional to its frequency.
    let slope: f32 = sound.windows(2).map(|w| (w[1] - w[0]) * (w[1] - w[0])).sum();
    let db = 10.0 * (power / sound.len() as f32).log10();
    (db, (slope / power).sqrt() * RATE / std::f32::consts::TAU)
}

#[test]
fn instruments_are_about_as_loud_as_each_other() {
    use Tone::*;
    for tone in [
        Piano,
        Rhodes,
        Organ,
        Nylon,
        Steel,
        Strings,
        Violin,
        Cello,
        Pad,
        Choir,
        Brass,
        Sax,
        Flute,
        Bell,
        Marimba,
        Harp,
        Accordion,
        SawLead,
        SquareLead,
        Ukulele,
        Banjo,
        Sitar,
        Tanpura,
        Oud,
        Koto,
        Harpsichord,
        Clarinet,
        Oboe,
        Harmonica,
        Theremin,
        SteelDrum,
        Whistle,
        Trumpet,
        Tuba,
        PipeOrgan,
    ] {
        let (db, _) = hear(tone, 64, 0.0);
        assert!((-24.0..-6.5).contains(&db), "{tone:?}: {db:.1} dB");
    }
}

#[test]
fn instruments_sound_as_they_are_played() {
    use Tone::*;
    // Plucked and struck notes decay; bowed and blown ones don't.
    for tone in [Nylon, Steel, Ukulele, Banjo, Oud, Koto, Harpsichord, Piano, Marimba, SteelDrum] {
        let fall = hear(tone, 64, 0.0).0 - hear(tone, 64, 0.5).0;
        assert!(fall > 3.0, "{tone:?} falls by {fall:.1} dB only");
    }
    for tone in [Violin, Flute, Clarinet, Oboe, Trumpet, Harmonica, Theremin, PipeOrgan, Whistle] {
        let fall = hear(tone, 64, 0.1).0 - hear(tone, 64, 0.5).0;
        assert!(fall.abs() < 3.0, "{tone:?} changes by {fall:.1} dB");
    }
    // From mellow to bright, as instruments are known.
    let bright = |tone| hear(tone, 64, 0.1).1;
    for pair in [Theremin, Clarinet, Trumpet].windows(2) {
        assert!(bright(pair[0]) < bright(pair[1]), "{pair:?}");
    }
    for pair in [Harp, Nylon, Steel, Banjo].windows(2) {
        assert!(bright(pair[0]) < bright(pair[1]), "{pair:?}");
    }
    assert!(bright(Sitar) > 2.0 * bright(Nylon), "a sitar buzzes");
    // A plucked string's brightness depends on its pitch: it is a tone, not noise.
    for tone in [Nylon, Steel, Harp, Oud] {
        assert!(hear(tone, 76, 0.1).1 > 1.2 * hear(tone, 52, 0.1).1, "{tone:?}");
    }
}

/// The pitch of a part of a sound, in Hz, from the lag with the highest autocorrelation.
fn pitch_of(sound: &[f32]) -> f32 {
    let like = |lag: usize| -> f32 {
        sound.iter().zip(&sound[lag..]).map(|(a, b)| a * b).sum::<f32>()
            / (sound.len() - lag) as f32
    };
    let (from, to) = ((RATE / 1200.0) as usize, (RATE / 150.0) as usize);
    let all: Vec<f32> = (from - 1..=to + 1).map(like).collect();
    let most = all[1..all.len() - 1].iter().copied().fold(0.0, f32::max);
    // The first peak that is nearly the highest: later ones are its multiples.
    let peak = (1..all.len() - 1)
        .find(|i| all[*i] > 0.9 * most && all[*i] >= all[i - 1] && all[*i] >= all[i + 1])
        .unwrap();
    let (a, b, c) = (all[peak - 1], all[peak], all[peak + 1]);
    let off = 0.5 * (a - c) / (a - 2.0 * b + c);
    RATE / ((from - 1 + peak) as f32 + off)
}

#[test]
fn notes_that_follow_each_other_slide_and_come_to_their_pitch() {
    use Tone::*;
    let cents = |hz: f32, of: f32| 1200.0 * (hz / of).log2();
    let part = |sound: &[f32], from: f32| {
        let at = (from * RATE) as usize;
        pitch_of(&sound[at..at + (0.03 * RATE) as usize])
    };
    for tone in [Violin, Sax, Harmonica, Oboe, DistLead, SawLead, Theremin] {
        let begins = |interval| {
            let mut sound = Vec::new();
            voice::play(tone, 440.0, 1.0, Slide::of(tone, interval), &mut sound);
            let settled = cents(part(&sound, 0.8), 440.0);
            assert!(
                settled.abs() < 40.0,
                "{tone:?}, {interval:?}: {settled:.0} cents off in the end"
            );
            cents(part(&sound, 0.004), 440.0)
        };
        let (below, above) = (begins(Some(-2)), begins(Some(2)));
        assert!(above - below > 80.0, "{tone:?}: from {below:.0} and from {above:.0} cents");
    }
    // Struck notes start at their pitch, and chords don't slide.
    for tone in [Piano, Marimba, Nylon, Strings] {
        assert!(Slide::of(tone, Some(2)).is_none(), "{tone:?}");
    }
    let note = |at, pitch| Note { at, len: 0.4, pitch, level: 1.0 };
    assert!(slide::alone(&[note(0.0, 60), note(0.5, 62)]));
    assert!(!slide::alone(&[note(0.0, 60), note(0.01, 64)]));
    assert_eq!(slide::interval(&note(0.0, 60), &note(0.45, 64)), Some(-4));
    assert_eq!(slide::interval(&note(0.0, 60), &note(0.9, 64)), None);
}
