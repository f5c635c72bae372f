//! The form of a song: lyrics laid out in bars. It must not know which notes are sung.

use crate::music::compose::form::{Line, Section};
use crate::music::lyrics::{Kind, Lyrics, Stanza};

/// The metre and tempo of a layout.
#[derive(Clone, Copy, Debug)]
pub(in crate::music) struct Measure {
    /// Sixteenths per bar.
    pub(in crate::music) steps: usize,
    pub(in crate::music) bar_secs: f32,
}

/// A song in bars.
pub(in crate::music) struct Layout {
    pub(in crate::music) sections: Vec<Section>,
    /// The sections of the lyrics that are played, and their lines.
    pub(in crate::music) stanzas: usize,
    pub(in crate::music) lines: usize,
    /// The number of lines that don't fit.
    pub(in crate::music) lines_left_out: usize,
}

impl Layout {
    pub(in crate::music) fn bars(&self) -> usize {
        self.sections.iter().map(|s| s.bars).sum()
    }
}

/// Syllables per second at an easy pace, and the rest after a line, in seconds.
const PACE: f32 = 2.9;
const BREATH_SECS: f32 = 0.8;

/// The length of a stanza's lines at an easy pace, in sixteenths: half a bar, one, two or four. As
/// in most songs, all lines of a stanza have the same length.
fn easy_span(stanza: &Stanza, measure: Measure) -> usize {
    let most = stanza.lines.iter().copied().max().unwrap_or(0);
    let sum: usize = stanza.lines.iter().sum();
    let mean = sum as f32 / stanza.lines.len().max(1) as f32;
    let wish = (mean / PACE + BREATH_SECS) / measure.bar_secs * measure.steps as f32;
    let spans = [1, 2, 4].map(|bars| bars * measure.steps);
    // Rounded to the nearest by ratio, and never too short to sing.
    let near = spans.into_iter().find(|span| *span as f32 * 1.35 >= wish).unwrap_or(spans[2]);
    let room = spans.into_iter().find(|span| most * 6 <= span * 5).unwrap_or(spans[2]);
    near.max(room)
}

/// A stanza in bars, with lines of this length. The number of bars is whole, and even for all but
/// the shortest stanzas.
fn section(stanza: &Stanza, span: usize, steps: usize) -> Section {
    let filled = (stanza.lines.len() * span).div_ceil(steps);
    let bars = match (stanza.kind, filled) {
        (Kind::Solo, 0) => 4,
        (_, 0) => 2,
        (_, 1) => 1,
        (_, bars) => bars.next_multiple_of(2),
    };
    let lines = stanza.lines.iter().enumerate();
    let lines = lines.map(|(i, syllables)| Line { at: i * span, span, syllables: *syllables });
    Section { lines: lines.collect(), ..Section::of(stanza.kind, bars) }
}

/// All stanzas, with each line `times` as long as at an easy pace, but never too short to sing.
fn lay_out(stanzas: &[Stanza], measure: Measure, (times, parts): (usize, usize)) -> Vec<Section> {
    let of = |stanza: &Stanza| {
        let most = stanza.lines.iter().copied().max().unwrap_or(0);
        let least = (measure.steps / 2).max(most.next_multiple_of(measure.steps / 2));
        let span = (easy_span(stanza, measure) * times / parts).max(least);
        section(stanza, span, measure.steps)
    };
    stanzas.iter().map(of).collect()
}

fn bars_of(sections: &[Section]) -> usize {
    sections.iter().map(|s| s.bars).sum()
}

/// The song at an easy pace, as long as that takes.
pub(in crate::music) fn at_ease(lyrics: &Lyrics, measure: Measure) -> Layout {
    let mut sections = lay_out(&lyrics.stanzas, measure, (1, 1));
    if sections.first().is_none_or(|s| s.kind != Kind::Intro) {
        sections.insert(0, Section::of(Kind::Intro, 2));
    }
    finish(lyrics, sections, lyrics.stanzas.len(), 0)
}

/// The song in exactly this many bars: lines are stretched or shortened, then stanzas are repeated
/// or left out.
pub(in crate::music) fn fit(lyrics: &Lyrics, measure: Measure, bars: usize) -> Layout {
    let bars = bars.max(1);
    let stanzas = &lyrics.stanzas;
    let scales = [(2, 1), (1, 1), (1, 2), (1, 4)];
    let fits = scales.into_iter().find(|scale| bars_of(&lay_out(stanzas, measure, *scale)) <= bars);
    let mut sections = lay_out(stanzas, measure, fits.unwrap_or((1, 4)));
    let mut played = sections.len();
    let mut left_out = 0;
    while bars_of(&sections) > bars {
        let over = bars_of(&sections) - bars;
        let Some(last) = sections.last_mut() else { break };
        if last.bars > over && last.lines.len() > 1 {
            // Part of a stanza, if the whole doesn't fit.
            last.bars -= over;
            let room = last.bars * measure.steps;
            let before = last.lines.len();
            last.lines.retain(|line| line.at + line.span <= room);
            left_out += before - last.lines.len();
            if !last.lines.is_empty() {
                break;
            }
        }
        if sections.len() == 1 {
            // A single line that is longer than the piece.
            squeeze(&mut sections[0], bars, measure.steps, &mut left_out);
            break;
        }
        played -= 1;
        left_out += sections.pop().map_or(0, |gone| gone.lines.len());
    }
    fill(&mut sections, bars);
    finish(lyrics, sections, played, left_out)
}

/// Keeps at most one line per bar, and divides the bars evenly among the lines.
fn squeeze(section: &mut Section, bars: usize, steps: usize, left_out: &mut usize) {
    let before = section.lines.len();
    section.bars = bars;
    section.lines.truncate(bars);
    let span = bars * steps / section.lines.len().max(1);
    for (place, line) in section.lines.iter_mut().enumerate() {
        (line.at, line.span) = (place * span, span);
    }
    *left_out += before - section.lines.len();
}

/// Fills the remaining bars: an intro, a solo, a repetition of everything, an outro.
fn fill(sections: &mut Vec<Section>, bars: usize) {
    let left = |sections: &[Section]| bars.saturating_sub(bars_of(sections));
    let opens = sections.first().is_some_and(|s| s.kind == Kind::Intro);
    if !opens && left(sections) >= 2 {
        let intro = if left(sections) >= 8 { 4 } else { 2 };
        sections.insert(0, Section::of(Kind::Intro, intro));
    }
    let closes = sections.last().is_some_and(|s| s.kind == Kind::Outro);
    let end = sections.len() - usize::from(closes);
    let again: Vec<Section> = sections[usize::from(sections[0].kind == Kind::Intro)..end].to_vec();
    let mut at = end;
    while left(sections) > 8 {
        let solo = sections[at - 1].kind != Kind::Solo && left(sections) > 12;
        if solo {
            sections.insert(at, Section::of(Kind::Solo, 4));
            at += 1;
        }
        let before = left(sections);
        for section in &again {
            if section.bars <= left(sections) {
                sections.insert(at, section.clone());
                at += 1;
            }
        }
        if left(sections) == before {
            break;
        }
    }
    let rest = left(sections);
    if rest == 0 {
        return;
    }
    match sections.last_mut() {
        Some(last) if last.kind == Kind::Outro || rest == 1 => last.bars += rest,
        _ if rest <= 8 => sections.push(Section::of(Kind::Outro, rest)),
        _ => {
            sections.insert(at, Section::of(Kind::Solo, rest - 2));
            sections.push(Section::of(Kind::Outro, 2));
        }
    }
}

fn finish(
    lyrics: &Lyrics,
    sections: Vec<Section>,
    stanzas: usize,
    lines_left_out: usize,
) -> Layout {
    let all: usize = lyrics.stanzas.iter().map(|s| s.lines.len()).sum();
    Layout { sections, stanzas, lines: all - lines_left_out, lines_left_out }
}

#[cfg(test)]
mod tests;
