//! Music: a piece planned from a brief, and composed.
//!
//! It must not know how notes sound, nor how the samples are kept.

mod compose;
mod genre;
mod harmony;

use crate::brief::{Brief, Genre, Part};
use crate::music::genre::{GENRES, Spec};
use crate::rng::Rng;
use crate::synth::{Score, Tone};

/// A piece, as far as it is decided before a note is written.
pub(crate) struct Piece {
    spec: &'static Spec,
    pub(crate) bpm: f32,
    tonic: u8,
    minor: bool,
    pub(crate) secs: f32,
    bars: usize,
    energy: f32,
    bass: Tone,
    chords: Tone,
    second: Option<(Tone, &'static str)>,
    pad: Option<Tone>,
    lead: Tone,
    with_drums: bool,
    with_bass: bool,
    with_lead: bool,
    seed: u64,
}

const NAMES: [&str; 12] = ["C", "C#", "D", "Eb", "E", "F", "F#", "G", "Ab", "A", "Bb", "B"];

impl Piece {
    /// Decides what the words left open.
    pub(crate) fn plan(brief: &Brief) -> Self {
        let mut rng = Rng::named(brief.seed, "music");
        let spec = choose(brief, &mut rng);
        let energy = brief.energy.unwrap_or(0.55);
        let secs = brief.duration_secs.unwrap_or(30.0).clamp(5.0, 180.0);
        let (slow, fast) = spec.bpm;
        let wish = slow + (fast - slow) * (energy * 0.8 + rng.unit() * 0.2);
        let wish = (wish * brief.pace).clamp(48.0, 190.0).round();
        let mut bpm = brief.bpm.map_or(wish, |b| b.clamp(40.0, 240.0));
        // Whole bars, an even number of them, and a rest in which the last chord rings.
        let tail = (secs * rng.range(0.055, 0.11)).clamp(1.2, 3.4);
        let bar = |bpm: f32| 60.0 / bpm * spec.beats as f32;
        let fits = (secs - tail) / bar(bpm);
        let mut bars = fits.floor().max(1.0) as usize;
        if brief.bpm.is_none() && bars > 4 {
            bars = ((fits / 2.0).round() * 2.0) as usize;
            let exact = (60.0 * spec.beats as f32 * bars as f32 / (secs - tail)).round();
            bpm = exact.clamp(wish * 0.92, wish * 1.08).round();
            bars = (((secs - tail * 0.7) / bar(bpm)) as usize).min(bars).max(1);
        }
        // Who was asked for plays; melody instruments lead, others accompany.
        let mut lead = spec.lead;
        let mut chords = spec.chords.0;
        let mut second = spec.second;
        let mut pad = spec.pad;
        let mut bass = spec.bass.0;
        for part in &brief.parts {
            match part {
                Part::Piano => chords = Tone::Piano,
                Part::ElectricPiano => chords = Tone::Rhodes,
                Part::Guitar => chords = if energy < 0.5 { Tone::Nylon } else { Tone::Steel },
                Part::Distortion => chords = Tone::Dist,
                Part::Organ => chords = Tone::Organ,
                Part::Harp => chords = Tone::Harp,
                Part::Accordion => chords = Tone::Accordion,
                Part::Marimba => chords = Tone::Marimba,
                Part::Pad => pad = Some(Tone::Pad),
                Part::Choir => pad = Some(Tone::Choir),
                Part::Strings if pad.is_none() => pad = Some(Tone::Strings),
                Part::Strings => lead = Tone::Violin,
                Part::Flute => lead = Tone::Flute,
                Part::Sax => lead = Tone::Sax,
                Part::Brass => lead = Tone::Brass,
                Part::Bells => lead = Tone::Bell,
                Part::Lead => lead = Tone::SawLead,
                Part::Bass if energy > 0.6 => bass = Tone::SynthBass,
                Part::Bass | Part::Drums | Part::Melody => {}
            }
        }
        let barred = |tone: Tone| tone.part().is_some_and(|p| brief.bars(p));
        if barred(chords) {
            chords = if barred(Tone::Piano) { Tone::Pad } else { Tone::Piano };
        }
        if barred(lead) {
            lead = if barred(Tone::Flute) { Tone::Bell } else { Tone::Flute };
        }
        second = second.filter(|s| !barred(s.0));
        pad = pad.filter(|p| !barred(*p));
        let quiet = brief.energy.is_some_and(|e| e < 0.22) && !brief.genres.contains(&spec.genre);
        Self {
            spec,
            bpm,
            tonic: brief.tonic.unwrap_or(rng.below(12) as u8),
            minor: brief.minor.unwrap_or_else(|| {
                let dark = matches!(
                    spec.genre,
                    Genre::Techno
                        | Genre::Metal
                        | Genre::HipHop
                        | Genre::DrumAndBass
                        | Genre::Synthwave
                );
                brief.valence < -0.05
                    || brief.tension > 0.45
                    || (dark || spec.genre == Genre::Cinematic)
                        && brief.valence < 0.4
                        && rng.chance(0.7)
            }),
            secs,
            bars,
            energy,
            bass,
            chords,
            second,
            pad,
            lead,
            with_drums: !brief.bars(Part::Drums) && (!quiet || brief.wants(Part::Drums)),
            with_bass: !brief.bars(Part::Bass),
            with_lead: !brief.bars(Part::Melody) && !brief.bars(Part::Lead),
            seed: brief.seed,
        }
    }

    /// The genre, for people and for tags.
    pub(crate) fn genre(&self) -> &'static str {
        self.spec.name
    }

    /// The key, for people: `D minor`.
    pub(crate) fn key(&self) -> String {
        format!("{} {}", NAMES[usize::from(self.tonic)], if self.minor { "minor" } else { "major" })
    }

    /// The key as tags write it: `Dm`.
    pub(crate) fn tag_key(&self) -> String {
        format!("{}{}", NAMES[usize::from(self.tonic)], if self.minor { "m" } else { "" })
    }

    /// The notes.
    pub(crate) fn write(&self) -> Score {
        compose::write(self)
    }
}

/// The genre that was named, or one that suits the mood.
fn choose(brief: &Brief, rng: &mut Rng) -> &'static Spec {
    let by_mood = || -> Genre {
        let energy = brief.energy.unwrap_or(0.55);
        let set: &[Genre] = if brief.tension > 0.55 {
            if energy > 0.85 { &[Genre::Metal, Genre::Techno] } else { &[Genre::Cinematic] }
        } else if brief.tension > 0.4 && energy > 0.6 {
            &[Genre::Cinematic, Genre::Rock]
        } else if energy < 0.25 {
            &[Genre::Ambient, Genre::Lullaby, Genre::LoFi]
        } else if energy < 0.45 {
            if brief.valence < 0.0 {
                &[Genre::Classical, Genre::Cinematic, Genre::LoFi]
            } else {
                &[Genre::Folk, Genre::BossaNova, Genre::LoFi, Genre::Classical]
            }
        } else if energy > 0.8 {
            &[Genre::House, Genre::Pop, Genre::Disco, Genre::Rock, Genre::Salsa]
        } else {
            &[Genre::Pop, Genre::Funk, Genre::Folk, Genre::Synthwave]
        };
        let seed_pick = brief.seed as usize >> 3;
        set[seed_pick % set.len()]
    };
    // Something particular beats something general: "jazz waltz" is a waltz, "film pop" is film.
    let named = match brief.genres.as_slice() {
        [] => brief.era.unwrap_or_else(by_mood),
        [one] => *one,
        several => several.iter().copied().find(|g| *g != Genre::Pop).unwrap_or(several[0]),
    };
    let spec = GENRES.iter().find(|s| s.genre == named);
    spec.unwrap_or_else(|| &GENRES[rng.below(GENRES.len())])
}
