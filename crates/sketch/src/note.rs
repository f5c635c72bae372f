//! The note of a sketch: what was recognised and followed, as data, so that it can be worded in any
//! language.

use std::fmt;

use ai_now_protocol::{Code, Detail, Message, Scalar};

/// What a sketch follows, in the order of the note.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Note {
    /// The facts.
    pub facts: Vec<Fact>,
}

/// One thing that was recognised or followed.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum Fact {
    /// The style, by its English name in the catalog.
    Style(String),
    /// The genre, by its English name.
    Genre(&'static str),
    /// Beats per minute.
    TempoBpm(f32),
    /// The key in musicians' notation: `D minor`.
    Key(String),
    /// The duration, if it was requested.
    DurationSecs(f32),
    /// A meaning found in the prompt, or a default chosen for it.
    Understood(Meaning),
    /// How the input picture was used.
    Image(ImageRole),
    /// Lyrics set the form: the number of sections and lines. `lines_left_out` didn't fit into the
    /// requested time.
    Lyrics {
        /// The sections that are played.
        sections: usize,
        /// The lines that are played.
        lines: usize,
        /// The lines that are not played.
        lines_left_out: usize,
        /// Whether an instrument plays a note for each syllable.
        sung_by_instrument: bool,
    },
    /// The mood came from the lyrics.
    MoodOfLyrics,
    /// The prompt requests neither a voice nor an instrument in its place.
    Instrumental,
}

/// A meaning of a word.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Meaning {
    /// Its English name.
    pub name: String,
    /// How many there are, if the prompt says.
    pub count: Option<u32>,
    /// Whether the prompt asks to leave it out.
    pub left_out: bool,
}

impl Meaning {
    /// The meaning with this name, without count or negation.
    pub(crate) fn named(name: impl Into<String>) -> Self {
        Self { name: name.into(), count: None, left_out: false }
    }
}

impl fmt::Display for Meaning {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.left_out {
            f.write_str("no ")?;
        }
        if let Some(count) = self.count {
            write!(f, "{count} ")?;
        }
        f.write_str(&self.name)
    }
}

/// How an input picture was used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ImageRole {
    /// As the backdrop of everything else.
    Backdrop,
    /// As the backdrop, animated.
    Alive,
    /// Framed, on a wall.
    Framed,
    /// In place of the thing that the prompt names.
    Subject,
}

impl Fact {
    /// Its stable name, for programs.
    pub fn code(&self) -> Code {
        match self {
            Self::Style(_) => Code::SketchStyle,
            Self::Genre(_) => Code::SketchGenre,
            Self::TempoBpm(_) => Code::SketchTempo,
            Self::Key(_) => Code::SketchKey,
            Self::DurationSecs(_) => Code::SketchSeconds,
            Self::Understood(Meaning { left_out: true, .. }) => Code::SketchWithout,
            Self::Understood(Meaning { count: Some(_), .. }) => Code::SketchThings,
            Self::Understood(_) => Code::SketchMeaning,
            Self::Image(ImageRole::Backdrop) => Code::SketchBackdrop,
            Self::Image(ImageRole::Alive) => Code::SketchAlive,
            Self::Image(ImageRole::Framed) => Code::SketchFramed,
            Self::Image(ImageRole::Subject) => Code::SketchSubject,
            Self::Lyrics { sung_by_instrument: true, .. } => Code::SketchMelody,
            Self::Lyrics { .. } => Code::SketchLyrics,
            Self::MoodOfLyrics => Code::SketchMood,
            Self::Instrumental => Code::SketchInstrumental,
        }
    }

    /// The same with its parameters and in English: one or two details.
    fn details(&self) -> impl Iterator<Item = Detail> {
        let detail = Detail::new(self.code(), self.to_string());
        let detail = match self {
            Self::Style(name) | Self::Key(name) => detail.with("name", name.clone()),
            // "House" is also a thing.
            Self::Genre("house") => detail.with("name", "house music"),
            Self::Genre(name) => detail.with("name", *name),
            Self::TempoBpm(bpm) => detail.with("bpm", number(*bpm)),
            Self::DurationSecs(secs) => detail.with("seconds", number(*secs)),
            Self::Understood(Meaning { name, count, left_out }) => {
                let detail = detail.with("name", name.clone());
                match count {
                    Some(count) if !left_out => detail.with("count", *count),
                    _ => detail,
                }
            }
            _ => detail,
        };
        let lines = match self {
            Self::Lyrics { lines_left_out, .. } => u32::try_from(*lines_left_out).unwrap_or(0),
            _ => 0,
        };
        let left_out = (lines > 0).then(|| {
            Detail::new(Code::SketchLinesLeftOut, lines_left_out(lines)).with("lines", lines)
        });
        std::iter::once(detail).chain(left_out)
    }

    /// Whether it belongs to the comma-separated list, rather than to a clause after it.
    fn is_clause(&self) -> bool {
        matches!(
            self,
            Self::Image(_) | Self::Lyrics { .. } | Self::MoodOfLyrics | Self::Instrumental
        )
    }
}

impl fmt::Display for Fact {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Style(text) | Self::Key(text) => f.write_str(text),
            Self::Understood(meaning) => meaning.fmt(f),
            Self::Genre(name) => f.write_str(name),
            Self::TempoBpm(bpm) => write!(f, "{bpm} bpm"),
            Self::DurationSecs(secs) => write!(f, "{secs} seconds"),
            Self::Image(ImageRole::Backdrop) => f.write_str("your picture as its backdrop"),
            Self::Image(ImageRole::Alive) => f.write_str("your picture, set in motion"),
            Self::Image(ImageRole::Framed) => f.write_str("your picture on its wall"),
            Self::Image(ImageRole::Subject) => f.write_str("your picture as its subject"),
            Self::Lyrics { sung_by_instrument: true, .. } => f.write_str(
                "the form of your lyrics, which it cannot sing: an instrument plays their syllables",
            ),
            Self::Lyrics { .. } => f.write_str("the form of your lyrics, which it cannot sing"),
            Self::MoodOfLyrics => f.write_str("the mood of your lyrics"),
            Self::Instrumental => f.write_str("instrumental"),
        }
    }
}

/// A number as a parameter: an integer if it is whole, else text.
fn number(number: f32) -> Scalar {
    if number.fract() == 0.0 { Scalar::Integer(number as i64) } else { number.to_string().into() }
}

fn lines_left_out(lines: u32) -> String {
    match lines {
        1 => "1 line had no room".to_owned(),
        many => format!("{many} lines had no room"),
    }
}

impl Note {
    /// The note with its code in the protocol, and a detail for each fact.
    pub fn message(&self) -> Message {
        let mut message = Message::new(Code::ProceduralSketch, self.to_string());
        message.details = self.facts.iter().flat_map(Fact::details).collect();
        message
    }
}

impl fmt::Display for Note {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Procedural sketch: {}", Facts(self))
    }
}

/// The facts alone, as a list.
struct Facts<'a>(&'a Note);

impl fmt::Display for Facts<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (clauses, list): (Vec<_>, Vec<_>) =
            self.0.facts.iter().partition(|fact| fact.is_clause());
        for (place, fact) in list.iter().enumerate() {
            write!(f, "{}{fact}", if place == 0 { "" } else { ", " })?;
        }
        let clauses = clauses.iter().flat_map(|fact| fact.details());
        for (place, clause) in clauses.enumerate() {
            let between = if place == 0 && list.is_empty() { "" } else { "; " };
            write!(f, "{between}{}", clause.text)?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_fact_is_a_detail_with_a_code() {
        let lyrics = |lines_left_out, sung_by_instrument| Fact::Lyrics {
            sections: 2,
            lines: 8,
            lines_left_out,
            sung_by_instrument,
        };
        let facts = vec![
            Fact::Style("Watercolor".into()),
            Fact::Genre("jazz"),
            Fact::TempoBpm(92.0),
            Fact::Key("D minor".into()),
            Fact::DurationSecs(7.5),
            Fact::Understood(Meaning::named("rain")),
            Fact::Understood(Meaning { count: Some(2), ..Meaning::named("horse") }),
            Fact::Understood(Meaning { left_out: true, ..Meaning::named("drums") }),
            lyrics(0, false),
            lyrics(1, true),
            Fact::MoodOfLyrics,
            Fact::Image(ImageRole::Backdrop),
            Fact::Instrumental,
        ];
        let note = Note { facts };
        let message = note.message();
        assert!(message.is_in_table() && !message.has_prose(), "{message:?}");
        assert_eq!(
            message.text,
            "Procedural sketch: Watercolor, jazz, 92 bpm, D minor, 7.5 seconds, rain, 2 horse, \
             no drums; the form of your lyrics, which it cannot sing; the form of your lyrics, which \
             it cannot sing: an instrument plays their syllables; 1 line had no room; the mood of \
             your lyrics; your picture as its backdrop; instrumental"
        );
        let said: Vec<_> = message.details.iter().map(|detail| &*detail.text).collect();
        assert_eq!(said[..3], ["Watercolor", "jazz", "92 bpm"]);
        assert_eq!(message.details[2].params["bpm"], Scalar::Integer(92));
        assert_eq!(message.details[4].params["seconds"], "7.5".into());
        assert!(message.details[10].is(Code::SketchLinesLeftOut));
    }
}
