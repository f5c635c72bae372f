//! The form: the sequence of sections of a piece. It must not know what is played in them.

use crate::music::lyrics::Kind;

/// A part of the form.
#[derive(Clone, Debug)]
pub(in crate::music) struct Section {
    pub(in crate::music) kind: Kind,
    pub(in crate::music) bars: usize,
    /// From 0 (an intro) to 3 (everybody plays).
    pub(in crate::music) strength: u8,
    /// Whether it uses the answering progression and the theme's answer.
    pub(in crate::music) answer: bool,
    /// Whether the melody plays.
    pub(in crate::music) lead: bool,
    /// Its lines of lyrics, if it has any.
    pub(in crate::music) lines: Vec<Line>,
}

/// A line of lyrics.
#[derive(Clone, Copy, Debug)]
pub(in crate::music) struct Line {
    /// Its start within the section, and its length, in sixteenths.
    pub(in crate::music) at: usize,
    pub(in crate::music) span: usize,
    pub(in crate::music) syllables: usize,
}

impl Section {
    /// A section of a song, with the strength of its kind.
    pub(in crate::music) fn of(kind: Kind, bars: usize) -> Self {
        let (strength, answer, lead) = match kind {
            Kind::Intro => (0, false, false),
            Kind::Verse => (2, false, true),
            Kind::PreChorus => (2, true, true),
            Kind::Chorus => (3, true, true),
            Kind::Bridge => (1, false, true),
            Kind::Solo => (3, false, true),
            Kind::Outro => (1, false, false),
        };
        Self { kind, bars, strength, answer, lead, lines: Vec::new() }
    }
}

/// The form for this many bars, without lyrics.
pub(in crate::music) fn form(bars: usize) -> Vec<Section> {
    let section = |bars, strength, answer, lead| {
        let kind = if answer { Kind::Chorus } else { Kind::Verse };
        Section { kind, bars, strength, answer, lead, lines: Vec::new() }
    };
    if bars <= 4 {
        return vec![section(bars, 2, false, true)];
    }
    if bars <= 9 {
        let head = bars / 4;
        return vec![section(head, 1, false, false), section(bars - head, 3, false, true)];
    }
    let unit = if bars >= 28 {
        8
    } else if bars >= 14 {
        4
    } else {
        3
    };
    let mut sections = vec![section(unit / 2, 0, false, false)];
    let mut left = bars - unit / 2;
    let cycle =
        [(2, false, true), (3, true, true), (2, false, true), (1, true, false), (3, true, true)];
    for (strength, answer, lead) in cycle.into_iter().cycle() {
        if left == 0 {
            break;
        }
        let mut take = if strength == 1 { unit / 2 } else { unit };
        // Sections that are too short to be noticed are merged.
        if left < take + unit / 2 {
            take = left;
        }
        let last = take == left;
        if last && take >= 8 && sections.last().is_some_and(|before| before.strength == 3) {
            // A quieter section between two strong ones, so that the second has an effect.
            sections.push(section(take / 4, 1, true, false));
            take -= take / 4;
            left = take;
        }
        sections.push(section(
            take,
            if last { 3 } else { strength },
            answer && !last,
            lead || last,
        ));
        left -= take;
    }
    sections
}
