//! The form: the sections that a piece is a row of. It must not know what is played in them.

/// A part of the form.
#[derive(Clone, Copy, Debug)]
pub(super) struct Section {
    pub(super) bars: usize,
    /// From 0 (a beginning) to 3 (all play).
    pub(super) strength: u8,
    /// Whether it takes the answering progression and the theme's answer.
    pub(super) answer: bool,
    /// Whether the melody is heard.
    pub(super) lead: bool,
}

/// The form for so many bars.
pub(super) fn form(bars: usize) -> Vec<Section> {
    let section = |bars, strength, answer, lead| Section { bars, strength, answer, lead };
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
        // Nothing too short to be heard as a part of its own.
        if left < take + unit / 2 {
            take = left;
        }
        let last = take == left;
        if last && take >= 8 && sections.last().is_some_and(|before| before.strength == 3) {
            // Between two strong sections a breath, so that the last one can come.
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
