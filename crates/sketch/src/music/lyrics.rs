//! Analyses lyrics for the music: their sections, lines, and the number of syllables per line.
//!
//! It must not know how anything is played, nor what the words mean.

mod syllables;
mod tag;

use crate::brief;
use tag::{Tag, tag};

/// The kind of a section of a song.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Intro,
    Verse,
    PreChorus,
    Chorus,
    Bridge,
    Solo,
    Outro,
}

/// A section of a song.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Stanza {
    pub(crate) kind: Kind,
    /// The syllables of each line; empty if nobody sings.
    pub(crate) lines: Vec<usize>,
}

/// The form of a song.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Lyrics {
    pub(crate) stanzas: Vec<Stanza>,
}

/// The maximum number of lines: more wouldn't fit into any piece.
const LINES_MAX: usize = 400;

/// The maximum number of syllables per line; a longer line is split.
const LINE_SYLLABLES_MAX: usize = 20;

/// A section as read: its tag, if it has one, and its words.
#[derive(Default)]
struct Draft {
    kind: Option<Kind>,
    repeats: usize,
    lines: Vec<String>,
}

impl Lyrics {
    /// Parses lyrics. A section starts with a tag (`[Chorus]`) or, without tags, after a blank
    /// line. A block that is repeated is a chorus; a tag without lines repeats the lines that it
    /// had before. `None` if there is nothing to sing or play.
    pub(crate) fn read(text: &str) -> Option<Self> {
        let language = brief::language_of(text);
        let drafts = drafts(text);
        let words = |draft: &Draft| draft.lines.join(" ").to_lowercase();
        let mut stanzas: Vec<Stanza> = Vec::new();
        for (place, draft) in drafts.iter().enumerate() {
            let own = words(draft);
            let again = || {
                let others = drafts.iter().enumerate().filter(|(at, _)| *at != place);
                let mut alike = others.filter(|(_, other)| !own.is_empty() && words(other) == own);
                alike.any(|(_, other)| matches!(other.kind, None | Some(Kind::Chorus)))
            };
            let kind =
                draft.kind.unwrap_or_else(|| if again() { Kind::Chorus } else { Kind::Verse });
            let mut lines: Vec<usize> =
                draft.lines.iter().flat_map(|line| syllables::of_line(line, language)).collect();
            if lines.is_empty() && !matches!(kind, Kind::Intro | Kind::Solo | Kind::Outro) {
                // "[Chorus]" alone repeats it.
                match stanzas.iter().find(|stanza| stanza.kind == kind) {
                    Some(before) => lines.clone_from(&before.lines),
                    None => continue,
                }
            }
            let stanza = Stanza { kind, lines };
            stanzas.extend(std::iter::repeat_n(stanza, draft.repeats.max(1)));
        }
        let sung = stanzas.iter().any(|stanza| !stanza.lines.is_empty());
        sung.then_some(Self { stanzas })
    }
}

/// The sections in the order of the text.
fn drafts(text: &str) -> Vec<Draft> {
    let mut drafts: Vec<Draft> = Vec::new();
    let mut open = false;
    for line in text.lines().take(LINES_MAX) {
        let line = line.trim();
        match tag(line) {
            Tag::Section(kind, repeats) => {
                drafts.push(Draft { kind: Some(kind), repeats, lines: Vec::new() });
                open = true;
            }
            Tag::Direction => {}
            Tag::None if line.is_empty() => {
                // Within a tagged section, a blank line does not start another section.
                open = open && drafts.last().is_some_and(|draft| draft.kind.is_some());
            }
            Tag::None => {
                if !open {
                    drafts.push(Draft::default());
                    open = true;
                }
                if let Some(draft) = drafts.last_mut() {
                    draft.lines.push(line.to_owned());
                }
            }
        }
    }
    drafts
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kinds(text: &str) -> Vec<(Kind, Vec<usize>)> {
        let lyrics = Lyrics::read(text).unwrap_or_default();
        lyrics.stanzas.into_iter().map(|s| (s.kind, s.lines)).collect()
    }

    #[test]
    fn tags_name_the_sections_in_many_languages() {
        use Kind::{Bridge, Chorus, Intro, Outro, PreChorus, Solo, Verse};
        let text = "[Intro]\n[Verse 1]\nHello my old friend\n\nHow are you today\n(Pre-Chorus)\n\
            Rising higher\nChorus:\nSing it loud\n[Guitar Solo]\n[Bridge]\nOver water\n[Chorus x2]\n\
            [softly]\n[Outro]";
        assert_eq!(
            kinds(text),
            [
                (Intro, vec![]),
                (Verse, vec![5, 5]),
                (PreChorus, vec![4]),
                (Chorus, vec![3]),
                (Solo, vec![]),
                (Bridge, vec![4]),
                (Chorus, vec![3]),
                (Chorus, vec![3]),
                (Outro, vec![]),
            ]
        );
        for (tag, kind) in [
            ("[Strophe 2]", Verse),
            ("[Refrain]", Chorus),
            ("[Couplet 1]", Verse),
            ("[Estribillo]", Chorus),
            ("[Puente]", Bridge),
            ("[Refrão]", Chorus),
            ("[Ritornello]", Chorus),
            ("[Strofa]", Verse),
            ("【サビ】", Chorus),
            ("[副歌]", Chorus),
            ("[主歌1]", Verse),
            ("[अंतरा]", Verse),
            ("[لازمة]", Chorus),
        ] {
            assert_eq!(kinds(&format!("{tag}\nla la la"))[0], (kind, vec![3]), "{tag}");
        }
    }

    #[test]
    fn blank_lines_divide_and_a_repeated_block_is_the_chorus() {
        use Kind::{Chorus, Verse};
        let text = "One two\nthree four\n\nSing along\n\nFive six\n\nSing along\n";
        let found: Vec<Kind> = kinds(text).into_iter().map(|s| s.0).collect();
        assert_eq!(found, [Verse, Chorus, Verse, Chorus]);
        assert_eq!(Lyrics::read(" \n...\n\n[Chorus]\n"), None);
        assert_eq!(Lyrics::read(""), None);
    }

    #[test]
    fn long_lines_are_sung_in_several() {
        let line = "la ".repeat(50);
        let found = kinds(&line);
        assert_eq!(found[0].1.iter().sum::<usize>(), 50);
        assert!(found[0].1.iter().all(|n| *n <= LINE_SYLLABLES_MAX), "{found:?}");
    }
}
