//! Prompt analysis: from a sentence to a [`Brief`].
//!
//! It extracts, and decides nothing: whatever the prompt doesn't say stays open here, and is
//! decided by the composer or the scene planner. It must not know how anything is played or drawn.

mod amounts;
mod forms;
mod keys;
mod language;
mod lexicon;
mod numbers;
mod picture;
mod sense;
mod split;
mod words;

#[cfg(test)]
mod tests;

use crate::note::Meaning;
pub(crate) use language::Language;
pub(crate) use language::guess as language_of;
pub(crate) use picture::{Role, role};
pub(crate) use sense::{Act, Camera, Genre, Part, Place, Season, Sense, Thing, Time, Weather};
use split::Word;

/// The result of analysing a prompt.
#[derive(Clone, Debug, Default)]
pub(crate) struct Brief {
    /// The prompt on one line, shortened: a title.
    pub(crate) title: String,
    /// A hash of prompt and seed, from which all variation follows.
    pub(crate) seed: u64,
    /// Valence, from -1 (unpleasant) to 1 (pleasant).
    pub(crate) valence: f32,
    /// Energy, from 0 (calm) to 1 (lively); `None` if the prompt doesn't say.
    pub(crate) energy: Option<f32>,
    /// Tension, from 0 to 1.
    pub(crate) tension: f32,
    /// The genres named.
    pub(crate) genres: Vec<Genre>,
    /// The genre of the decade or era named ("80s").
    pub(crate) era: Option<Genre>,
    /// The parts of the band requested.
    pub(crate) parts: Vec<Part>,
    /// The parts of the band to leave out.
    pub(crate) without_parts: Vec<Part>,
    /// The tempo relative to the usual one, as a factor.
    pub(crate) pace: f32,
    /// Beats per minute, if given.
    pub(crate) bpm: Option<f32>,
    /// The tonic, from 0 (C) to 11 (B).
    pub(crate) tonic: Option<u8>,
    /// Whether the key is minor.
    pub(crate) minor: Option<bool>,
    /// The requested duration, in seconds.
    pub(crate) duration_secs: Option<f32>,
    /// The places, in the order of the prompt.
    pub(crate) places: Vec<Place>,
    /// The time of day.
    pub(crate) time: Option<Time>,
    /// The weather.
    pub(crate) weather: Option<Weather>,
    /// The season.
    pub(crate) season: Option<Season>,
    /// The things to show, and how many of each (0: an unspecified plural).
    pub(crate) things: Vec<(Thing, u32)>,
    /// Whether each person named is a woman (or a man), in the order of the prompt.
    pub(crate) women: Vec<(Thing, bool)>,
    /// The size of things relative to the usual one, as a factor.
    pub(crate) sizes: Vec<(Thing, f32)>,
    /// The things not to show.
    pub(crate) without_things: Vec<Thing>,
    /// The colours named, each with the thing that it directly precedes, if any.
    pub(crate) colours: Vec<([u8; 3], Option<Thing>)>,
    /// The actions.
    pub(crate) acts: Vec<Act>,
    /// The camera moves.
    pub(crate) camera: Option<Camera>,
    /// All recognised meanings, in the order of the prompt.
    pub(crate) said: Vec<Meaning>,
}

/// The maximum number of meanings that are listed for people.
const SAID_MAX: usize = 24;

impl Brief {
    /// Analyses a prompt.
    pub(crate) fn read(prompt: &str, seed: u32) -> Self {
        let mut brief = Self {
            title: title(prompt),
            seed: crate::rng::hash(prompt.as_bytes()) ^ u64::from(seed).wrapping_mul(0x9e37_79b9),
            pace: 1.0,
            ..Self::default()
        };
        let words = split::split(prompt);
        numbers::read(&words, &mut brief);
        brief.said.extend(brief.bpm.map(|bpm| Meaning::named(format!("{bpm} bpm"))));
        let seconds = |secs| Meaning::named(format!("{secs} seconds"));
        brief.said.extend(brief.duration_secs.map(seconds));
        let mut moods = 0.0;
        let mut energy = 0.0;
        let mut colours: Vec<[u8; 3]> = Vec::new();
        let language = language::guess(prompt);
        // "Un caballo blanco": in Romance languages, a colour follows its noun.
        let behind =
            matches!(language, Some(Language::Fr | Language::Es | Language::Pt | Language::It));
        let mut last = None;
        for found in words::find(&words, language) {
            match (found.sense, last) {
                (Sense::Colour(colour), Some(thing)) if behind => {
                    brief.colours.push((colour, Some(thing)));
                    push(&mut brief.said, Meaning::named(found.name.clone()));
                }
                _ => brief.take(&found, &mut moods, &mut energy, &mut colours),
            }
            last = match found.sense {
                Sense::Thing(thing) if !found.negated => Some(thing),
                _ => None,
            };
        }
        brief.colours.extend(colours.into_iter().map(|c| (c, None)));
        // "Flowing" also applies to rivers; only an abstract picture is made of flowing colour.
        let place = brief.places.first().is_some_and(|p| *p != Place::Abstract);
        if place || brief.things.iter().any(|t| t.0 != Thing::Flow) {
            brief.things.retain(|t| t.0 != Thing::Flow);
            brief.said.retain(|said| said.name != "flowing");
        }
        if moods > 0.0 {
            brief.valence /= moods;
            brief.tension /= moods;
            brief.energy = Some(energy / moods);
        }
        brief
    }

    fn take(
        &mut self,
        found: &words::Found,
        moods: &mut f32,
        energy: &mut f32,
        colours: &mut Vec<[u8; 3]>,
    ) {
        let negated = found.negated;
        let mut said = Meaning { left_out: negated, ..Meaning::named(found.name.clone()) };
        match found.sense {
            Sense::Mood(valence, lively, uneasy) => {
                let sign = if negated { -0.6 } else { 1.0 };
                self.valence += valence * sign;
                self.tension += if negated { 0.0 } else { uneasy };
                *energy += if negated { 1.0 - lively } else { lively };
                *moods += 1.0;
            }
            Sense::Part(part) if negated => push(&mut self.without_parts, part),
            Sense::Part(part) => push(&mut self.parts, part),
            Sense::Thing(thing) if negated => push(&mut self.without_things, thing),
            Sense::Thing(thing) => {
                if let Some(colour) = colours.pop() {
                    self.colours.push((colour, Some(thing)));
                }
                if found.big != 1.0 {
                    self.sizes.push((thing, found.big));
                }
                // "A man and a woman" are two people.
                let other = found.woman.is_some_and(|w| self.women.contains(&(thing, !w)));
                if let Some(woman) = found.woman {
                    push(&mut self.women, (thing, woman));
                }
                let known = self.things.iter_mut().find(|t| t.0 == thing);
                if let Some((_, count)) = known {
                    *count = if *count == 1 && other { 2 } else { *count };
                } else {
                    let count = found.count.unwrap_or(if found.plural { 0 } else { 1 });
                    self.things.push((thing, count));
                    said.count = found.count;
                }
            }
            _ if negated => return,
            Sense::Genre(genre) => push(&mut self.genres, genre),
            Sense::Era(genre) => self.era = self.era.or(Some(genre)),
            Sense::Pace(factor) => self.pace = (self.pace * factor).clamp(0.5, 2.0),
            Sense::Place(place) => {
                push(&mut self.places, place);
                if let Some(colour) = colours.pop() {
                    self.colours.push((colour, None));
                }
            }
            Sense::Time(time) => self.time = self.time.or(Some(time)),
            Sense::Weather(weather) => {
                if self.weather.is_none() || weather == Weather::Storm {
                    self.weather = Some(weather);
                }
            }
            Sense::Season(season) => self.season = self.season.or(Some(season)),
            Sense::Colour(colour) => colours.push(colour),
            Sense::Act(act) => push(&mut self.acts, act),
            Sense::Camera(camera) => self.camera = self.camera.or(Some(camera)),
        }
        if !found.name.is_empty() && self.said.len() < SAID_MAX {
            push(&mut self.said, said);
        }
    }

    /// Takes the mood of another text if this one expresses none. Returns whether it did.
    pub(crate) fn take_mood_of(&mut self, text: &str) -> bool {
        let other = Self::read(text, 0);
        let Some(energy) = other.energy.filter(|_| self.energy.is_none()) else { return false };
        // Opposite moods cancel out when many words are averaged; what remains is the mood.
        self.valence = other.valence;
        self.tension = other.tension;
        self.energy = Some(energy);
        true
    }

    /// Whether a part of the band is requested.
    pub(crate) fn wants(&self, part: Part) -> bool {
        self.parts.contains(&part) && !self.without_parts.contains(&part)
    }

    /// Whether a part of the band is excluded.
    pub(crate) fn bars(&self, part: Part) -> bool {
        self.without_parts.contains(&part)
    }

    /// How many of a thing are requested; `None` if it isn't named.
    pub(crate) fn count(&self, thing: Thing) -> Option<u32> {
        self.things.iter().find(|t| t.0 == thing).map(|t| t.1)
    }
}

fn push<T: PartialEq>(list: &mut Vec<T>, item: T) {
    if !list.contains(&item) {
        list.push(item);
    }
}

/// The prompt on one line of at most 80 characters.
fn title(prompt: &str) -> String {
    let plain = prompt.chars().map(|c| if c.is_control() { ' ' } else { c }).collect::<String>();
    let line = plain.split_whitespace().collect::<Vec<_>>().join(" ");
    match line.char_indices().nth(80) {
        Some((end, _)) => format!("{}…", line[..end].trim_end()),
        None => line,
    }
}
