//! The tags between the lines of lyrics: `[Verse 1]`, `(Chorus x2)`, `Refrain:`.

use crate::music::lyrics::Kind;

/// The kinds of lines.
pub(super) enum Tag {
    /// Starts a section, to be played this many times.
    Section(Kind, usize),
    /// A performance direction, which isn't sung.
    Direction,
    /// A line to sing.
    None,
}

/// Names of sections, in lower case.
#[rustfmt::skip]
const NAMES: &[(Kind, &str)] = &[
    (Kind::PreChorus, "pre-chorus|pre chorus|prechorus|pre-refrain|pré-refrain|pre-refrão|pré-refrão|pre-coro|pre-estribillo|pre-ritornello|build|bメロ|导歌|導歌|前副歌"),
    (Kind::Chorus, "chorus|hook|refrain|estribillo|coro|refrão|refrao|ritornello|サビ|コーラス|副歌|मुखड़ा|कोरस|لازمة|اللازمة|كورس"),
    (Kind::Verse, "verse|strophe|vers|couplet|estrofa|verso|strofa|aメロ|ヴァース|バース|主歌|अंतरा|छंद|مقطع|المقطع|كوبليه"),
    (Kind::Bridge, "bridge|middle eight|middle 8|brücke|pont|puente|ponte|cメロ|ブリッジ|大サビ|桥段|橋段|过渡|सेतु|ब्रिज|جسر"),
    (Kind::Intro, "intro|introduction|einleitung|introducción|introdução|introduzione|イントロ|前奏|प्रस्तावना|مقدمة"),
    (Kind::Outro, "outro|coda|ending|end|schluss|fin|final|finale|アウトロ|尾奏|结尾|結尾|समापन|خاتمة"),
    (Kind::Solo, "solo|instrumental|instrumental break|break|drop|interlude|zwischenspiel|間奏|间奏|アンサンブル|एकल|فاصل"),
];

/// The maximum number of immediate repetitions.
const REPEATS_MAX: usize = 4;

pub(super) fn tag(line: &str) -> Tag {
    let inner = |open: char, close: char| line.strip_prefix(open)?.strip_suffix(close);
    let bracketed = inner('[', ']').or(inner('【', '】')).or(inner('{', '}')).or(inner('［', '］'));
    if let Some(text) = bracketed {
        return section(text).map_or(Tag::Direction, |(kind, times)| Tag::Section(kind, times));
    }
    // Round brackets and colons only count if they certainly contain a section name: the rest is
    // sung.
    let loose = inner('(', ')').or(inner('（', '）')).or(inner('#', '#'));
    let loose = loose.or(line.strip_suffix([':', '：'])).filter(|text| text.chars().count() < 24);
    match loose.and_then(exact) {
        Some((kind, times)) => Tag::Section(kind, times),
        None => Tag::None,
    }
}

/// The name in a tag, without its number, and the number of repetitions.
fn plain(text: &str) -> (String, usize) {
    let lower = text.to_lowercase();
    let mut times = 1;
    let kept: Vec<&str> = lower
        .split(|c: char| c.is_whitespace() || matches!(c, ',' | ':' | '(' | ')' | '|' | '–'))
        .filter(|word| {
            let digits = word.trim_matches(['x', '×', '*']);
            let number = digits.parse::<usize>().ok();
            match number {
                Some(n) if digits.len() < word.len() => times = n.clamp(1, REPEATS_MAX),
                Some(8) => return true,
                Some(_) => {}
                None => return !word.is_empty(),
            }
            false
        })
        .collect();
    (kept.join(" "), times)
}

/// A section whose name stands alone.
fn exact(text: &str) -> Option<(Kind, usize)> {
    let (name, times) = plain(text);
    let name = name.trim_end_matches(|c: char| c.is_ascii_digit());
    let known = NAMES.iter().find(|(_, names)| names.split('|').any(|own| own == name));
    known.map(|(kind, _)| (*kind, times))
}

/// A section whose name occurs anywhere in the tag: `[Final Chorus]`, `[Guitar Solo]`.
fn section(text: &str) -> Option<(Kind, usize)> {
    exact(text).or_else(|| {
        let (name, times) = plain(text);
        let words = format!(" {name} ");
        let spaced = |own: &str| words.contains(&format!(" {own} "));
        let solid = |own: &str| !own.is_ascii() && name.contains(own);
        // Anything combined with a chorus is a chorus: "final chorus", "intro chorus".
        let known = NAMES.iter().find(|(_, names)| names.split('|').any(|n| spaced(n) || solid(n)));
        known.map(|(kind, _)| (*kind, times))
    })
}
