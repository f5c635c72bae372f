//! Synthesis: a score in, samples out.
//!
//! It must not know genres, words or files. Every instrument is computed; there are no recordings.

mod drum;
mod master;
mod slide;
mod space;
mod voice;

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;
use std::ops::ControlFlow;

use crate::SketchError;
use crate::brief::Part;
use crate::math::pow;
use crate::progress::Step;
use crate::synth::slide::Slide;

/// Samples per second.
pub(crate) const RATE: f32 = crate::encode::mp3::SAMPLE_RATE as f32;

/// Instruments that play pitches.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Tone {
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
}

impl Tone {
    /// The part of the band that it belongs to, for prompts that exclude it.
    pub(crate) fn part(self) -> Option<Part> {
        Some(match self {
            Self::Piano => Part::Piano,
            Self::Rhodes => Part::ElectricPiano,
            Self::Organ | Self::PipeOrgan => Part::Organ,
            Self::Nylon | Self::Steel => Part::Guitar,
            Self::Dist | Self::DistLead => Part::Distortion,
            Self::Strings | Self::Violin | Self::Cello => Part::Strings,
            Self::Pad | Self::Stab | Self::Pluck => Part::Pad,
            Self::Choir => Part::Choir,
            Self::Brass | Self::Trumpet => Part::Brass,
            Self::Sax => Part::Sax,
            Self::Flute | Self::Whistle => Part::Flute,
            Self::Bell | Self::MusicBox => Part::Bells,
            Self::Marimba => Part::Marimba,
            Self::Harp => Part::Harp,
            Self::Accordion => Part::Accordion,
            Self::SawLead | Self::SquareLead => Part::Lead,
            Self::Ukulele => Part::Ukulele,
            Self::Banjo => Part::Banjo,
            Self::Sitar | Self::Tanpura => Part::Sitar,
            Self::Oud => Part::Oud,
            Self::Koto => Part::Koto,
            Self::Harpsichord => Part::Harpsichord,
            Self::Clarinet => Part::Clarinet,
            Self::Oboe => Part::Oboe,
            Self::Harmonica => Part::Harmonica,
            Self::Theremin => Part::Theremin,
            Self::SteelDrum => Part::SteelDrum,
            Self::Sub808 => Part::SubBass,
            _ => return None,
        })
    }
}

/// Drums.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Drum {
    Kick,
    Boom,
    Snare,
    Gated,
    Clap,
    Rim,
    Brush,
    Hat,
    HatFoot,
    Open,
    Ride,
    Cymbal,
    Shaker,
    Tom,
    Conga,
    Clave,
    Cowbell,
    Vinyl,
    ChipKick,
    ChipSnare,
    ChipHat,
    Dum,
    Tek,
    Palmas,
    Tambourine,
    Surdo,
    TablaLow,
    TablaHigh,
    Taiko,
    Timpani,
}

/// One note. Times are in seconds; the pitch is a MIDI number; the level of a strong note is 1.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Note {
    pub(crate) at: f32,
    pub(crate) len: f32,
    pub(crate) pitch: i32,
    pub(crate) level: f32,
}

/// One stroke on a drum.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Hit {
    pub(crate) drum: Drum,
    pub(crate) at: f32,
    pub(crate) level: f32,
}

/// The track of one instrument.
#[derive(Clone, Debug)]
pub(crate) struct Track {
    pub(crate) tone: Tone,
    /// From -1 (left) to 1.
    pub(crate) pan: f32,
    pub(crate) gain: f32,
    /// The send levels to reverb and echo.
    pub(crate) reverb: f32,
    pub(crate) echo: f32,
    pub(crate) notes: Vec<Note>,
}

impl Track {
    pub(crate) fn new(tone: Tone, pan: f32, gain: f32, reverb: f32, echo: f32) -> Self {
        Self { tone, pan, gain, reverb, echo, notes: Vec::new() }
    }
}

/// A piece in notes.
#[derive(Clone, Debug)]
pub(crate) struct Score {
    pub(crate) tracks: Vec<Track>,
    pub(crate) hits: Vec<Hit>,
    pub(crate) echo_secs: f32,
    /// How much each kick ducks the tracks, from 0 to 1.
    pub(crate) pump: f32,
    pub(crate) secs: f32,
    /// The size of the room, from 0 to 1.
    pub(crate) reverb: f32,
}

/// The maximum number of cached samples of notes already rendered.
const KEPT_MAX: usize = 4_000_000;

/// Stereo sound.
struct Mix {
    left: Vec<f32>,
    right: Vec<f32>,
}

impl Mix {
    /// Mixes a sound in from `at` on, with a gain for each side; samples beyond the end are
    /// dropped.
    fn add(&mut self, sound: &[f32], at: usize, (left, right): (f32, f32)) {
        add(&mut self.left, sound, at, left);
        add(&mut self.right, sound, at, right);
    }

    fn scale(&mut self, from: usize, gains: &[f32]) {
        for side in [&mut self.left, &mut self.right] {
            side[from..].iter_mut().zip(gains).for_each(|(s, g)| *s *= g);
        }
    }

    /// The samples interleaved.
    fn interleave(
        &self,
        step: &mut dyn FnMut() -> Result<(), SketchError>,
    ) -> Result<Vec<f32>, SketchError> {
        const BLOCK: usize = 1 << 18;
        let mut all = Vec::with_capacity(self.left.len() * 2);
        for (left, right) in self.left.chunks(BLOCK).zip(self.right.chunks(BLOCK)) {
            let from = all.len();
            all.resize(from + left.len() * 2, 0.0);
            for ((pair, l), r) in all[from..].chunks_exact_mut(2).zip(left).zip(right) {
                (pair[0], pair[1]) = (*l, *r);
            }
            step()?;
        }
        Ok(all)
    }
}

/// Mixes a sound into another from `at` on.
fn add(to: &mut [f32], sound: &[f32], at: usize, gain: f32) {
    if gain != 0.0 {
        to.iter_mut().skip(at).zip(sound).for_each(|(t, s)| *t += s * gain);
    }
}

/// Renders a score to interleaved samples at the usual loudness of records. `step` is called with
/// the fraction done, and with the step that was just worked on.
pub(crate) fn play(
    score: &Score,
    step: &mut dyn FnMut(f64, Step) -> ControlFlow<()>,
) -> Result<Vec<f32>, SketchError> {
    let total = (score.secs * RATE) as usize;
    let mut mix = Mix { left: vec![0.0; total], right: vec![0.0; total] };
    let mut room = vec![0.0f32; total];
    let mut echo = vec![0.0f32; total];
    let mut told = |part, what| match step(part, what) {
        ControlFlow::Continue(()) => Ok(()),
        ControlFlow::Break(()) => Err(SketchError::Cancelled),
    };
    let notes: usize = score.tracks.iter().map(|t| t.notes.len()).sum();
    let mut done = 0;
    for track in &score.tracks {
        voices(track, &mut mix, &mut room, &mut echo, &mut || {
            done += 1;
            told(0.7 * f64::from(done) / notes.max(1) as f64, Step::Playing)
        })?;
    }
    pump(score, &mut mix);
    told(0.71, Step::Playing)?;
    drums(score, &mut mix, &mut room, &mut |part| told(0.71 + 0.04 * part, Step::Drumming))?;
    space::echo(&mut mix, &mut room, &echo, score.echo_secs, &mut |part| {
        told(0.75 + 0.05 * part, Step::Mixing)
    })?;
    space::room(&mut mix, &room, score.reverb, &mut |part| told(0.8 + 0.1 * part, Step::Mixing))?;
    master::finish(&mut mix, &mut |part| told(0.9 + 0.1 * part, Step::Mastering))?;
    mix.interleave(&mut || told(1.0, Step::Mastering))
}

/// Renders a track. Identical notes are rendered once.
fn voices(
    track: &Track,
    mix: &mut Mix,
    room: &mut [f32],
    echo: &mut [f32],
    step: &mut dyn FnMut() -> Result<(), SketchError>,
) -> Result<(), SketchError> {
    let mut kept: BTreeMap<(i32, usize, Option<i32>), Vec<f32>> = BTreeMap::new();
    let mut size = 0;
    let mut fresh = Vec::new();
    let slides = slide::alone(&track.notes) && !Slide::of(track.tone, Some(1)).is_none();
    let mut before: Option<&Note> = None;
    for note in &track.notes {
        step()?;
        // Lengths are rounded to 10 ms, so that more notes are identical.
        let len = (note.len * 100.0).round().max(2.0);
        let interval = before.filter(|_| slides).and_then(|b| slide::interval(b, note));
        before = Some(note);
        let key = (note.pitch, len as usize, interval);
        if let Entry::Vacant(place) = kept.entry(key) {
            let hz = 440.0 * pow(2.0, (note.pitch - 69) as f32 / 12.0);
            let slide = if slides { Slide::of(track.tone, interval) } else { Slide::NONE };
            voice::play(track.tone, hz, len / 100.0, slide, &mut fresh);
            if size + fresh.len() <= KEPT_MAX {
                size += fresh.len();
                place.insert(std::mem::take(&mut fresh));
            }
        }
        let sound = kept.get(&key).unwrap_or(&fresh);
        let at = (note.at * RATE) as usize;
        // For wide instruments, high notes are panned to one side, low ones to the other.
        let pan = (track.pan + (note.pitch - 64) as f32 * 0.008).clamp(-0.9, 0.9);
        let gain = note.level * note.level * track.gain;
        mix.add(sound, at, sides(pan, gain));
        add(room, sound, at, gain * track.reverb);
        add(echo, sound, at, gain * track.echo);
    }
    Ok(())
}

/// The gains of both sides for a pan position from -1 to 1.
fn sides(pan: f32, gain: f32) -> (f32, f32) {
    (gain * (0.5 - pan * 0.5).sqrt(), gain * (0.5 + pan * 0.5).sqrt())
}

/// Ducks everything for a moment at each kick.
fn pump(score: &Score, mix: &mut Mix) {
    if score.pump <= 0.0 {
        return;
    }
    let reach = (0.28 * RATE) as usize;
    // Down within 4 ms, which avoids a click, and then slowly up.
    let curve: Vec<f32> = (0..reach)
        .map(|k| {
            let left = 1.0 - k as f32 / reach as f32;
            1.0 - score.pump * (k as f32 / (0.004 * RATE)).min(1.0) * left * left
        })
        .collect();
    let total = mix.left.len();
    let kicks = score.hits.iter().filter(|h| h.drum == Drum::Kick);
    let mut kicks: Vec<usize> = kicks.map(|h| (h.at * RATE) as usize).collect();
    kicks.sort_unstable();
    kicks.dedup();
    for (i, at) in kicks.iter().enumerate().filter(|(_, at)| **at < total) {
        let next = kicks.get(i + 1).map_or(total, |n| *n);
        mix.scale(*at, &curve[..reach.min(next - at)]);
    }
}

fn drums(
    score: &Score,
    mix: &mut Mix,
    room: &mut [f32],
    step: &mut dyn FnMut(f64) -> Result<(), SketchError>,
) -> Result<(), SketchError> {
    let mut kept: BTreeMap<Drum, Vec<f32>> = BTreeMap::new();
    for (number, hit) in score.hits.iter().enumerate() {
        if number % 32 == 0 {
            step(number as f64 / score.hits.len() as f64)?;
        }
        let sound = kept.entry(hit.drum).or_insert_with(|| drum::play(hit.drum));
        let (pan, gain, to_room) = drum::place(hit.drum);
        let gain = gain * hit.level * hit.level;
        let at = (hit.at * RATE) as usize;
        mix.add(sound, at, sides(pan, gain));
        add(room, sound, at, gain * to_room * (0.3 + score.reverb));
    }
    step(1.0)
}

/// A sine of this many turns (up to some millions), by polynomial: within 0.0012 of the exact
/// value. It needs no branch, so rows of it vectorise.
fn wave(turns: f32) -> f32 {
    // Adding and subtracting this rounds to an integer.
    const WHOLE: f32 = 12_582_912.0;
    let z = turns - ((turns + WHOLE) - WHOLE);
    let q = 8.0 * z * (1.0 - 2.0 * z.abs());
    q * (0.775 + 0.225 * q.abs())
}

#[cfg(test)]
mod tests;
