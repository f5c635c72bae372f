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

#[cfg(test)]
mod tests;

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
        let band = Band::choose(brief, spec, energy);
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
            bass: band.bass,
            chords: band.chords,
            second: band.second,
            pad: band.pad,
            lead: band.lead,
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

/// Who plays.
struct Band {
    bass: Tone,
    chords: Tone,
    second: Option<(Tone, &'static str)>,
    pad: Option<Tone>,
    lead: Tone,
}

impl Band {
    /// The genre's own band, with those in it who were asked for and without those who were not:
    /// melody instruments lead, others accompany; a second one of either kind answers.
    fn choose(brief: &Brief, spec: &'static Spec, energy: f32) -> Self {
        const ANSWER: &str = "x-----x-----x---";
        let mut band = Self {
            bass: spec.bass.0,
            chords: spec.chords.0,
            second: spec.second,
            pad: spec.pad,
            lead: spec.lead,
        };
        let (mut accompanied, mut led) = (false, false);
        for part in brief.parts.iter().filter(|p| !brief.bars(**p)) {
            let chords = match part {
                Part::Piano => Tone::Piano,
                Part::ElectricPiano => Tone::Rhodes,
                Part::Guitar if energy < 0.5 => Tone::Nylon,
                Part::Guitar => Tone::Steel,
                Part::Distortion => Tone::Dist,
                Part::Organ => Tone::Organ,
                Part::Harp => Tone::Harp,
                Part::Accordion => Tone::Accordion,
                Part::Marimba => Tone::Marimba,
                Part::Pad => {
                    band.pad = Some(Tone::Pad);
                    continue;
                }
                Part::Choir => {
                    if band.pad == Some(Tone::Pad) && brief.wants(Part::Pad) {
                        band.second = Some((Tone::Choir, ANSWER));
                    } else {
                        band.pad = Some(Tone::Choir);
                    }
                    continue;
                }
                Part::Bass if energy > 0.6 => {
                    band.bass = Tone::SynthBass;
                    continue;
                }
                Part::Bass | Part::Drums | Part::Melody => continue,
                Part::Strings
                | Part::Flute
                | Part::Sax
                | Part::Brass
                | Part::Bells
                | Part::Lead => {
                    let tone = match part {
                        Part::Strings => Tone::Violin,
                        Part::Flute => Tone::Flute,
                        Part::Sax => Tone::Sax,
                        Part::Brass => Tone::Brass,
                        Part::Bells => Tone::Bell,
                        _ => Tone::SawLead,
                    };
                    if led {
                        band.second = Some((tone, ANSWER));
                    } else {
                        (band.lead, led) = (tone, true);
                    }
                    continue;
                }
            };
            if accompanied {
                band.second = Some((chords, ANSWER));
            } else {
                (band.chords, accompanied) = (chords, true);
            }
        }
        let barred = |tone: Tone| is_barred(brief, tone);
        let instead = |tone: Tone, others: &[Tone]| {
            if barred(tone) { others.iter().copied().find(|t| !barred(*t)) } else { Some(tone) }
        };
        // The last of each row is no part that words can refuse.
        let chords = [Tone::Piano, Tone::Pad, Tone::Nylon, Tone::Organ, Tone::Chip];
        band.chords = instead(band.chords, &chords).unwrap_or(Tone::Chip);
        let leads = [Tone::Flute, Tone::Bell, Tone::Violin, Tone::Marimba, Tone::Triangle];
        band.lead = instead(band.lead, &leads).unwrap_or(Tone::Triangle);
        band.bass = instead(band.bass, &[Tone::Upright]).unwrap_or(Tone::Upright);
        band.second = band.second.filter(|s| !barred(s.0));
        band.pad = band.pad.filter(|p| !barred(*p));
        band
    }
}

/// Whether the words refuse an instrument; a refused guitar is one with distortion too, a refused
/// synthesiser one that leads too.
fn is_barred(brief: &Brief, tone: Tone) -> bool {
    let wider = match tone {
        Tone::Dist | Tone::DistLead => Some(Part::Guitar),
        Tone::SawLead | Tone::SquareLead => Some(Part::Pad),
        Tone::Rhodes => Some(Part::Piano),
        _ => None,
    };
    tone.part().is_some_and(|p| brief.bars(p)) || wider.is_some_and(|p| brief.bars(p))
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
