//! The band: the instruments of a genre, changed by what the prompt requests and excludes.

use crate::brief::{Brief, Genre, Part};
use crate::music::genre::Spec;
use crate::synth::{Drum, Tone};

/// The instruments of a piece.
pub(super) struct Band {
    pub(super) bass: Tone,
    pub(super) chords: Tone,
    pub(super) second: Option<(Tone, &'static str)>,
    pub(super) pad: Option<Tone>,
    pub(super) lead: Tone,
}

impl Band {
    /// The genre's own band, with the requested instruments added and the excluded ones removed.
    /// Melody instruments lead, others accompany; a second one of either kind answers.
    pub(super) fn choose(brief: &Brief, spec: &'static Spec, energy: f32) -> Self {
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
                Part::Organ if is_solemn(spec.genre) => Tone::PipeOrgan,
                Part::Organ => Tone::Organ,
                Part::Harp => Tone::Harp,
                Part::Accordion => Tone::Accordion,
                Part::Marimba => Tone::Marimba,
                Part::Ukulele => Tone::Ukulele,
                Part::Banjo => Tone::Banjo,
                Part::Oud => Tone::Oud,
                Part::Koto => Tone::Koto,
                Part::Harpsichord => Tone::Harpsichord,
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
                Part::SubBass => {
                    band.bass = Tone::Sub808;
                    continue;
                }
                Part::Bass
                | Part::Drums
                | Part::Melody
                | Part::Sleigh
                | Part::HandDrums
                | Part::Timpani => continue,
                _ => {
                    let tone = match part {
                        Part::Strings => Tone::Violin,
                        Part::Flute if spec.genre == Genre::Celtic => Tone::Whistle,
                        Part::Flute => Tone::Flute,
                        Part::Sax => Tone::Sax,
                        Part::Brass if led => Tone::Brass,
                        Part::Brass => Tone::Trumpet,
                        Part::Sitar => Tone::Sitar,
                        Part::Clarinet => Tone::Clarinet,
                        Part::Oboe => Tone::Oboe,
                        Part::Harmonica => Tone::Harmonica,
                        Part::Theremin => Tone::Theremin,
                        Part::SteelDrum => Tone::SteelDrum,
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
        // The last entry of each row isn't a part that a prompt can exclude.
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

/// Whether an instrument is excluded. Excluding the guitar also excludes the distorted guitar;
/// excluding the synthesiser also excludes the lead synthesiser.
fn is_barred(brief: &Brief, tone: Tone) -> bool {
    let wider = match tone {
        Tone::Dist | Tone::DistLead => Some(Part::Guitar),
        Tone::SawLead | Tone::SquareLead => Some(Part::Pad),
        Tone::Rhodes => Some(Part::Piano),
        Tone::Sub808 | Tone::Wobble => Some(Part::Bass),
        _ => None,
    };
    tone.part().is_some_and(|p| brief.bars(p)) || wider.is_some_and(|p| brief.bars(p))
}

/// Genres with a pipe organ.
fn is_solemn(genre: Genre) -> bool {
    use Genre::{Ambient, Baroque, Cinematic, Classical, March, Waltz};
    matches!(genre, Ambient | Baroque | Cinematic | Classical | March | Waltz)
}

/// The drums that were requested by name and that the genre doesn't already have.
pub(super) fn hand_drums(brief: &Brief, spec: &Spec) -> Vec<(Drum, &'static str)> {
    let mut drums: Vec<(Drum, &'static str)> = Vec::new();
    if brief.wants(Part::Sleigh) {
        drums.push((Drum::Tambourine, "x.o.x.o.x.o.x.o."));
    }
    if brief.wants(Part::HandDrums) {
        drums.extend(match spec.genre {
            Genre::Indian => {
                [(Drum::TablaLow, "X.....x...X.x..."), (Drum::TablaHigh, "..x.x.xx..x.x.xx")]
            }
            Genre::Arabic | Genre::Celtic | Genre::Flamenco | Genre::Folk => {
                [(Drum::Dum, "X.....o.X......."), (Drum::Tek, "..x...x...x.x.xo")]
            }
            _ => [(Drum::Conga, "x.o.x.oXx.o.x.XX"), (Drum::Dum, "X.......x.......")],
        });
    }
    if brief.wants(Part::Timpani) {
        drums.push((Drum::Timpani, "X.......x...xxxx"));
    }
    drums.retain(|d| !spec.drums.iter().any(|own| own.0 == d.0));
    drums
}
