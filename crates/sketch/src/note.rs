//! What was understood and followed, as data: so that it can be told in any language.

use std::fmt;

use ai_now_protocol::{Code, Message};

/// What a sketch follows, in the order in which it is told.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Note {
    /// The facts.
    pub facts: Vec<Fact>,
}

/// One thing that was understood or followed.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum Fact {
    /// The style, by its name in the catalog.
    Style(String),
    /// The kind of music, by its English name.
    Genre(&'static str),
    /// Beats a minute.
    TempoBpm(f32),
    /// The key, as musicians write it: `D minor`.
    Key(String),
    /// How long it plays, where that was asked for.
    DurationSecs(f32),
    /// A meaning that was found in the words, or what they were taken to mean, by its English name.
    Understood(String),
    /// What became of the picture that was sent.
    Image(ImageRole),
    /// Lyrics set the form: so many sections and lines. `lines_left_out` found no room in the time
    /// that was asked for.
    Lyrics {
        /// The sections that are played.
        sections: usize,
        /// The lines that are played.
        lines: usize,
        /// The lines that are not.
        lines_left_out: usize,
        /// Whether an instrument plays a note for each syllable.
        sung_by_instrument: bool,
    },
    /// The mood came from the lyrics.
    MoodOfLyrics,
    /// No voice and nothing that stands in for one was asked for.
    Instrumental,
}

/// What became of a picture that was sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ImageRole {
    /// It is what all else is drawn over.
    Backdrop,
    /// It moves by itself.
    Alive,
    /// It hangs on a wall.
    Framed,
    /// It stands for the thing that the words speak of.
    Subject,
}

impl Fact {
    /// A stable name, for programs.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Style(_) => "style",
            Self::Genre(_) => "genre",
            Self::TempoBpm(_) => "tempo_bpm",
            Self::Key(_) => "key",
            Self::DurationSecs(_) => "duration_secs",
            Self::Understood(_) => "understood",
            Self::Image(ImageRole::Backdrop) => "image_backdrop",
            Self::Image(ImageRole::Alive) => "image_alive",
            Self::Image(ImageRole::Framed) => "image_framed",
            Self::Image(ImageRole::Subject) => "image_subject",
            Self::Lyrics { sung_by_instrument: true, .. } => "lyrics_form_and_melody",
            Self::Lyrics { .. } => "lyrics_form",
            Self::MoodOfLyrics => "lyrics_mood",
            Self::Instrumental => "instrumental",
        }
    }

    /// Whether it is one of the plain list, or a clause of its own behind it.
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
            Self::Style(text) | Self::Key(text) | Self::Understood(text) => f.write_str(text),
            Self::Genre(name) => f.write_str(name),
            Self::TempoBpm(bpm) => write!(f, "{bpm} bpm"),
            Self::DurationSecs(secs) => write!(f, "{secs} seconds"),
            Self::Image(ImageRole::Backdrop) => f.write_str("your picture as its backdrop"),
            Self::Image(ImageRole::Alive) => f.write_str("your picture, set in motion"),
            Self::Image(ImageRole::Framed) => f.write_str("your picture on its wall"),
            Self::Image(ImageRole::Subject) => f.write_str("your picture as its subject"),
            Self::Lyrics { lines_left_out, sung_by_instrument, .. } => {
                f.write_str(if *sung_by_instrument {
                    "the form of your lyrics, which it cannot sing: an instrument plays their syllables"
                } else {
                    "the form of your lyrics, which it cannot sing"
                })?;
                match lines_left_out {
                    0 => Ok(()),
                    1 => f.write_str("; 1 line had no room"),
                    many => write!(f, "; {many} lines had no room"),
                }
            }
            Self::MoodOfLyrics => f.write_str("the mood of your lyrics"),
            Self::Instrumental => f.write_str("instrumental"),
        }
    }
}

impl Note {
    /// The note with its code in the protocol; what it follows is a parameter, in English.
    pub fn message(&self) -> Message {
        let facts = Facts(self).to_string();
        Message::new(Code::ProceduralSketch, self.to_string()).with("facts", facts)
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
        for (place, fact) in clauses.iter().enumerate() {
            write!(f, "{}{fact}", if place == 0 && list.is_empty() { "" } else { "; " })?;
        }
        Ok(())
    }
}
