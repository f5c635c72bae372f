//! Sound: a score in, samples out.
//!
//! It must not know genres, words or files. Every instrument is arithmetic; there are no recordings.

mod drum;
mod master;
mod space;
mod voice;

use std::collections::BTreeMap;
use std::ops::ControlFlow;

use crate::SketchError;
use crate::brief::Part;
use crate::math::{fast_sin, pow};

/// Samples a second.
pub(crate) const RATE: f32 = crate::encode::mp3::SAMPLE_RATE as f32;

/// Instruments that play pitches.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[allow(missing_docs, reason = "the names are those of the instruments")]
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
}

impl Tone {
    /// The part of a band that it is, for those who don't want it.
    pub(crate) fn part(self) -> Option<Part> {
        Some(match self {
            Self::Piano => Part::Piano,
            Self::Rhodes => Part::ElectricPiano,
            Self::Organ => Part::Organ,
            Self::Nylon | Self::Steel => Part::Guitar,
            Self::Dist | Self::DistLead => Part::Distortion,
            Self::Strings | Self::Violin | Self::Cello => Part::Strings,
            Self::Pad | Self::Stab | Self::Pluck => Part::Pad,
            Self::Choir => Part::Choir,
            Self::Brass => Part::Brass,
            Self::Sax => Part::Sax,
            Self::Flute => Part::Flute,
            Self::Bell | Self::MusicBox => Part::Bells,
            Self::Marimba => Part::Marimba,
            Self::Harp => Part::Harp,
            Self::Accordion => Part::Accordion,
            Self::SawLead | Self::SquareLead => Part::Lead,
            _ => return None,
        })
    }
}

/// Drums.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[allow(missing_docs, reason = "the names are those of the drums")]
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
}

/// One note. Times in seconds; the pitch is a MIDI number; the level is 1 for a strong one.
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

/// What one instrument plays.
#[derive(Clone, Debug)]
pub(crate) struct Track {
    pub(crate) tone: Tone,
    /// From -1 (left) to 1.
    pub(crate) pan: f32,
    pub(crate) gain: f32,
    /// How much of it goes to the room, and to the echo.
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
    /// How far each kick pushes the tracks down, from 0 to 1.
    pub(crate) pump: f32,
    pub(crate) secs: f32,
    /// How large the room is, from 0 to 1.
    pub(crate) reverb: f32,
}

/// The most samples that are kept of notes already played, for when they come again.
const KEPT_MAX: usize = 4_000_000;

/// Plays a score: left and right in turn, as loud as records are. `step` is told the part done.
pub(crate) fn play(
    score: &Score,
    step: &mut dyn FnMut(f64) -> ControlFlow<()>,
) -> Result<Vec<f32>, SketchError> {
    let total = (score.secs * RATE) as usize;
    let mut mix = vec![[0.0f32; 2]; total];
    let mut room = vec![0.0f32; total];
    let mut echo = vec![0.0f32; total];
    let notes: usize = score.tracks.iter().map(|t| t.notes.len()).sum();
    let work = (notes + score.hits.len() / 8 + 1) as f64;
    let mut done = 0.0;
    for track in &score.tracks {
        let mut kept: BTreeMap<(i32, usize), Vec<f32>> = BTreeMap::new();
        let mut size = 0;
        let mut fresh = Vec::new();
        for note in &track.notes {
            done += 1.0;
            if step(0.8 * done / work).is_break() {
                return Err(SketchError::Cancelled);
            }
            let hz = 440.0 * pow(2.0, (note.pitch - 69) as f32 / 12.0);
            // Lengths in steps of 10 ms, so that equal notes are found to be equal.
            let len = (note.len * 100.0).round().max(2.0);
            let key = (note.pitch, len as usize);
            let sound = if let Some(sound) = kept.get(&key) {
                sound
            } else {
                voice::play(track.tone, hz, len / 100.0, &mut fresh);
                if size + fresh.len() <= KEPT_MAX {
                    size += fresh.len();
                    kept.entry(key).or_insert_with(|| fresh.clone())
                } else {
                    &fresh
                }
            };
            let at = (note.at * RATE) as usize;
            // High notes of wide instruments lie to one side, low ones to the other.
            let pan = (track.pan + (note.pitch - 64) as f32 * 0.008).clamp(-0.9, 0.9);
            let gain = note.level * note.level * track.gain;
            let (left, right) = (gain * (0.5 - pan * 0.5).sqrt(), gain * (0.5 + pan * 0.5).sqrt());
            let (to_room, to_echo) = (gain * track.reverb, gain * track.echo);
            for (i, s) in sound.iter().enumerate().take(total.saturating_sub(at)) {
                mix[at + i][0] += s * left;
                mix[at + i][1] += s * right;
                room[at + i] += s * to_room;
                echo[at + i] += s * to_echo;
            }
        }
    }
    pump(score, &mut mix);
    drums(score, &mut mix, &mut room);
    if step(0.82).is_break() {
        return Err(SketchError::Cancelled);
    }
    space::echo(&mut mix, &mut room, &echo, score.echo_secs);
    if step(0.86).is_break() {
        return Err(SketchError::Cancelled);
    }
    space::room(&mut mix, &room, score.reverb);
    if step(0.92).is_break() {
        return Err(SketchError::Cancelled);
    }
    master::finish(&mut mix);
    if step(1.0).is_break() {
        return Err(SketchError::Cancelled);
    }
    Ok(mix.into_iter().flatten().collect())
}

/// Lets every kick push the rest down for a moment.
fn pump(score: &Score, mix: &mut [[f32; 2]]) {
    if score.pump <= 0.0 {
        return;
    }
    let reach = (0.28 * RATE) as usize;
    let mut until = vec![0u32; 0];
    until.extend(score.hits.iter().filter(|h| h.drum == Drum::Kick).map(|h| (h.at * RATE) as u32));
    until.sort_unstable();
    until.dedup();
    for (i, at) in until.iter().enumerate() {
        let next = until.get(i + 1).map_or(usize::MAX, |n| *n as usize);
        let end = (*at as usize + reach).min(mix.len()).min(next);
        for (k, s) in mix.iter_mut().enumerate().take(end).skip(*at as usize) {
            let back = (k - *at as usize) as f32 / reach as f32;
            // Down within 4 ms, so that it is no click, and up again slowly.
            let down = (back * reach as f32 / (0.004 * RATE)).min(1.0);
            let gain = 1.0 - score.pump * down * (1.0 - back) * (1.0 - back);
            s[0] *= gain;
            s[1] *= gain;
        }
    }
}

fn drums(score: &Score, mix: &mut [[f32; 2]], room: &mut [f32]) {
    let mut kept: BTreeMap<Drum, Vec<f32>> = BTreeMap::new();
    for hit in &score.hits {
        let sound = kept.entry(hit.drum).or_insert_with(|| drum::play(hit.drum));
        let (pan, gain, to_room) = drum::place(hit.drum);
        let gain = gain * hit.level * hit.level;
        let (left, right) = (gain * (0.5 - pan * 0.5).sqrt(), gain * (0.5 + pan * 0.5).sqrt());
        let at = (hit.at * RATE) as usize;
        for (i, s) in sound.iter().enumerate().take(mix.len().saturating_sub(at)) {
            mix[at + i][0] += s * left;
            mix[at + i][1] += s * right;
            room[at + i] += s * gain * to_room * (0.3 + score.reverb);
        }
    }
}

/// A sine of so many turns; for what needs no more than a good likeness.
fn wave(turns: f32) -> f32 {
    fast_sin(turns)
}
