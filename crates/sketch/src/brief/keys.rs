//! Keys: "in D minor", "fis-Moll", "en ré mineur", "ニ短調", "D大调".
//!
//! It must not know what a key is used for.

use crate::brief::Word;

/// A key, or only its mode.
pub(crate) struct Found {
    /// The tonic, from 0 (C) to 11 (B).
    pub(crate) tonic: Option<u8>,
    /// `None` if only the tonic is given: "a raga in D".
    pub(crate) minor: Option<bool>,
}

const MINOR: &str = " minor moll mineur menor minore माइनर مينور 小调 小調 短調 ";
const MAJOR: &str = " major dur majeur mayor maior maggiore मेजर ميجور 大调 大調 長調 ";

/// The key that starts at a word.
pub(crate) fn at(words: &[Word], at: usize) -> Option<Found> {
    let text = |at: usize| words.get(at).map(|w| w.text.as_str()).unwrap_or_default();
    let before = |list: &str| at > 0 && has(list, text(at - 1));
    if let Some(found) = solid(text(at), at.checked_sub(1).map(text)) {
        return Some(found);
    }
    // "In minor", "a minor key", "in Moll": only the mode.
    if let Some(minor) = mode(text(at))
        && (before(" in en ") || has(" key chord chords scale ", text(at + 1)))
    {
        return Some(Found { tonic: None, minor: Some(minor) });
    }
    let (mut note, mut sign, short) = name(text(at))?;
    match words[at].sign {
        Some('♭') => sign = -1,
        Some('#' | '♯') => sign = 1,
        _ => {}
    }
    let mut next = at + 1;
    if has(" sharp diese sostenido diesis ", text(next)) {
        (sign, next) = (1, next + 1);
    } else if has(" flat bemol bemolle ", text(next)) {
        (sign, next) = (-1, next + 1);
    }
    let minor = match mode(text(next)) {
        Some(minor) => minor,
        None if short && before(" in key of en em ") => true,
        None if is_note_alone(words, at) => {
            return Some(Found { tonic: Some((note + sign).rem_euclid(12) as u8), minor: None });
        }
        None => return None,
    };
    // "In a minor key" isn't the key of A.
    if text(at) == "a"
        && has(" key chord chords scale mood ", text(next + 1))
        && !before(" key of ")
    {
        return Some(Found { tonic: None, minor: Some(minor) });
    }
    // Neither is "a major city".
    if text(at) == "a" && !before(" in of key en la ") && !text(next + 1).is_empty() {
        return None;
    }
    // In German, B is B flat, and H is B.
    if text(at) == "b" && has(" dur moll ", text(next)) {
        note -= 1;
    }
    Some(Found { tonic: Some((note + sign).rem_euclid(12) as u8), minor: Some(minor) })
}

/// "In D", "the key of E": a note name that isn't another word in this position.
fn is_note_alone(words: &[Word], at: usize) -> bool {
    let text = |at: usize| words.get(at).map(|w| w.text.as_str()).unwrap_or_default();
    let before = |back: usize| at.checked_sub(back).map(text).unwrap_or_default();
    let of_key = before(1) == "of" && before(2) == "key";
    // "In b & w" means black and white.
    of_key
        || before(1) == "in"
            && has(" b c d e f g bb eb ab db gb cis fis gis ", text(at))
            && text(at + 1) != "w"
}

fn mode(word: &str) -> Option<bool> {
    if has(MINOR, word) { Some(true) } else { has(MAJOR, word).then_some(false) }
}

/// A note name: its pitch, its accidental, and whether the name itself is minor ("Am").
fn name(word: &str) -> Option<(i32, i32, bool)> {
    const NATURAL: [(&str, i32); 15] = [
        ("c", 0),
        ("d", 2),
        ("e", 4),
        ("f", 5),
        ("g", 7),
        ("a", 9),
        ("b", 11),
        ("h", 11),
        ("do", 0),
        ("re", 2),
        ("mi", 4),
        ("fa", 5),
        ("sol", 7),
        ("la", 9),
        ("si", 11),
    ];
    let (word, short) = match word.strip_suffix('m') {
        Some(letter) if letter.len() == 1 => (letter, true),
        _ => (word, false),
    };
    let (letter, sign) = match word {
        "as" => ("a", -1),
        "es" => ("e", -1),
        w if w.len() == 3 && w.is_ascii() && w.ends_with("is") => (&w[..1], 1),
        w if w.len() == 3 && w.is_ascii() && w.ends_with("es") => (&w[..1], -1),
        w if w.len() == 2 && w.is_ascii() && w.ends_with('b') => (&w[..1], -1),
        w => (w, 0),
    };
    NATURAL.iter().find(|n| n.0 == letter).map(|n| (n.1, sign, short))
}

/// Keys in scripts without spaces: "ニ短調", "嬰ハ短調", and a mode after a Latin letter.
fn solid(text: &str, letter: Option<&str>) -> Option<Found> {
    const KANA: [(char, i32); 7] =
        [('ハ', 0), ('ニ', 2), ('ホ', 4), ('ヘ', 5), ('ト', 7), ('イ', 9), ('ロ', 11)];
    for (mode, minor) in [
        ("短調", true),
        ("長調", false),
        ("小调", true),
        ("大调", false),
        ("小調", true),
        ("大調", false),
    ] {
        let Some(at) = text.find(mode) else { continue };
        let mut before = text[..at].chars().rev();
        let note = before.next().and_then(|c| KANA.iter().find(|k| k.0 == c)).map(|k| k.1);
        let sign = match before.next() {
            Some('嬰') => 1,
            Some('変') => -1,
            _ => 0,
        };
        let note = note.or_else(|| {
            let (note, sign, _) = name(letter.filter(|_| at == 0)?)?;
            Some(note + sign)
        });
        let tonic = note.map(|n| (n + sign).rem_euclid(12) as u8);
        return Some(Found { tonic, minor: Some(minor) });
    }
    None
}

fn has(list: &str, word: &str) -> bool {
    !word.is_empty() && list.contains(&format!(" {word} "))
}
