//! Music: plans a piece from a brief, and composes it.
//!
//! It must not know how notes sound, nor how samples are stored.

mod choose;
mod compose;
pub(crate) mod genre;
mod harmony;
mod lyrics;
mod players;

use ai_now_protocol::MediaKind;

use crate::brief::{Brief, Part};
use crate::music::compose::form::{self, Section};
use crate::music::compose::song::{self, Measure};
use crate::music::genre::Spec;
use crate::music::players::Band;
use crate::request::held_secs;
use crate::rng::Rng;
use crate::synth::{Drum, Score, Tone};

pub(crate) use lyrics::Lyrics;

#[cfg(test)]
mod tests;

/// The plan of a piece: everything that is decided before any note is written.
pub(crate) struct Piece {
    spec: &'static Spec,
    pub(crate) bpm: f32,
    tonic: u8,
    minor: bool,
    pub(crate) secs: f32,
    bars: usize,
    form: Vec<Section>,
    /// How much of the lyrics is played, if there are any.
    pub(crate) song: Option<Played>,
    energy: f32,
    bass: Tone,
    chords: Tone,
    second: Option<(Tone, &'static str)>,
    pad: Option<Tone>,
    lead: Tone,
    with_drums: bool,
    /// Drums that were requested by name, and their pattern.
    hand: Vec<(Drum, &'static str)>,
    with_bass: bool,
    with_lead: bool,
    seed: u64,
}

/// The part of the lyrics that is played.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Played {
    pub(crate) stanzas: usize,
    pub(crate) lines: usize,
    pub(crate) lines_left_out: usize,
    /// Whether an instrument plays the vocal line.
    pub(crate) sung: bool,
}

/// The default duration of a piece without lyrics, in seconds.
const USUAL_SECS: f32 = 30.0;

pub(crate) const NAMES: [&str; 12] =
    ["C", "C#", "D", "Eb", "E", "F", "F#", "G", "Ab", "A", "Bb", "B"];

impl Piece {
    /// Decides what the prompt leaves open. Lyrics set the form, and the length if the prompt
    /// doesn't. Unless the piece is to be instrumental, an instrument plays their melody.
    pub(crate) fn plan(brief: &Brief, lyrics: Option<&Lyrics>, instrumental: bool) -> Self {
        let mut rng = Rng::named(brief.seed, "music");
        let spec = choose::choose(brief, &mut rng);
        let energy = brief.energy.unwrap_or(0.55);
        let (slow, fast) = spec.bpm;
        let wish = slow + (fast - slow) * (energy * 0.8 + rng.unit() * 0.2);
        let wish = (wish * brief.pace).clamp(48.0, 190.0).round();
        let mut bpm = brief.bpm.map_or(wish, |b| b.clamp(40.0, 240.0));
        let bar = |bpm: f32| 60.0 / bpm * spec.beats as f32;
        let measure = |bpm: f32| Measure { steps: spec.beats * 4, bar_secs: bar(bpm) };
        let ring = rng.range(0.055, 0.11);
        // An even number of whole bars, and the rest of the time for the last chord to ring.
        let tail_of = |secs: f32| (secs * ring).clamp(1.2, 3.4);
        let secs = brief.duration_secs.unwrap_or_else(|| {
            let bars = lyrics.map(|lyrics| song::at_ease(lyrics, measure(bpm)).bars());
            let sung = bars.map(|bars| bars as f32 * bar(bpm));
            sung.map_or(USUAL_SECS, |sung| (sung + tail_of(sung / (1.0 - ring))).ceil())
        });
        let secs = held_secs(MediaKind::Audio, secs);
        let tail = tail_of(secs);
        let fits = (secs - tail) / bar(bpm);
        let mut bars = fits.floor().max(1.0) as usize;
        if brief.bpm.is_none() && bars > 4 {
            bars = ((fits / 2.0).round() * 2.0) as usize;
            let exact = (60.0 * spec.beats as f32 * bars as f32 / (secs - tail)).round();
            bpm = exact.clamp(wish * 0.92, wish * 1.08).round();
            bars = (((secs - tail * 0.7) / bar(bpm)) as usize).min(bars).max(1);
        }
        let with_lead = !brief.bars(Part::Melody) && !brief.bars(Part::Lead);
        let song = lyrics.map(|lyrics| song::fit(lyrics, measure(bpm), bars));
        let played = song.as_ref().map(|song| Played {
            stanzas: song.stanzas,
            lines: song.lines,
            lines_left_out: song.lines_left_out,
            sung: with_lead && !instrumental,
        });
        let mut form = song.map_or_else(|| form::form(bars), |song| song.sections);
        if instrumental {
            form.iter_mut().for_each(|section| section.lines.clear());
        }
        let band = Band::choose(brief, spec, energy);
        let quiet = brief.energy.is_some_and(|e| e < 0.22) && !brief.genres.contains(&spec.genre);
        Self {
            spec,
            bpm,
            tonic: brief.tonic.unwrap_or(rng.below(12) as u8),
            minor: brief.minor.unwrap_or_else(|| {
                let dark = genre::is_dark(spec.genre);
                brief.valence < -0.05
                    || brief.tension > 0.45
                    || dark && brief.valence < 0.4 && rng.chance(0.85)
            }),
            secs,
            bars,
            song: played,
            form,
            energy,
            bass: band.bass,
            chords: band.chords,
            second: band.second,
            pad: band.pad,
            lead: band.lead,
            hand: players::hand_drums(brief, spec),
            with_drums: !brief.bars(Part::Drums) && (!quiet || brief.wants(Part::Drums)),
            with_bass: !brief.bars(Part::Bass),
            with_lead,
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
