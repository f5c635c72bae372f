//! Numbers with a meaning: tempo, key and duration.

use crate::brief::{Brief, Word};

/// Finds "120 bpm", "in D minor", "8 seconds".
pub(crate) fn read(words: &[Word], brief: &mut Brief) {
    for (at, word) in words.iter().enumerate() {
        let next = words.get(at + 1).map(|w| w.text.as_str()).unwrap_or_default();
        if let Ok(number) = word.text.parse::<f32>() {
            if is(next, "bpm beats bpms schlage battements") && (20.0..=400.0).contains(&number) {
                brief.bpm = Some(number);
                brief.said.push(format!("{number} bpm"));
            } else if is(
                next,
                "s sec secs second seconds sekunden sekunde secondes seconde \
                segundos segundo secondi secondo 秒 秒間 秒钟 सेकंड ثانية ثواني",
            ) || next.starts_with('秒')
            {
                brief.duration_secs = Some(number);
                brief.said.push(format!("{number} seconds"));
            } else if is(
                next,
                "min mins minute minutes minuten minuto minutos minuti 分 分钟 मिनट \
                دقيقة دقائق",
            ) || next.starts_with('分')
            {
                brief.duration_secs = Some(number * 60.0);
                brief.said.push(format!("{number} minutes"));
            }
        }
        if brief.tonic.is_none() {
            key(words, at, brief);
        }
    }
}

/// A note's name followed by "major" or "minor", or "Am" behind "in".
fn key(words: &[Word], at: usize, brief: &mut Brief) {
    let word = &words[at];
    let name = word.text.as_str();
    let (letter, short_minor) = match name.strip_suffix('m') {
        Some(letter) if letter.len() == 1 => (letter, true),
        _ => (name, false),
    };
    // German: H is B, and endings -is and -es are signs.
    let (letter, ending) = match letter {
        "as" => ("a", -1),
        "es" => ("e", -1),
        l if l.len() == 3 && l.ends_with("is") => (&l[..1], 1),
        l if l.len() == 3 && l.ends_with("es") => (&l[..1], -1),
        l if l.len() == 2 && l.ends_with('b') => (&l[..1], -1),
        l => (l, 0),
    };
    const NATURAL: [(&str, i32); 8] =
        [("c", 0), ("d", 2), ("e", 4), ("f", 5), ("g", 7), ("a", 9), ("b", 11), ("h", 11)];
    let Some(note) = NATURAL.iter().find(|n| n.0 == letter).map(|n| n.1) else { return };
    let mut sign = ending;
    let mut rest = at + 1;
    match word.sign {
        Some('♭') => sign = -1,
        Some(_) => sign = 1,
        None => {}
    }
    let mut next = words.get(rest).map(|w| w.text.as_str()).unwrap_or_default();
    if is(next, "sharp flat") {
        sign = if next == "flat" { -1 } else { 1 };
        rest += 1;
        next = words.get(rest).map(|w| w.text.as_str()).unwrap_or_default();
    }
    let minor = if is(next, "minor moll mineur menor minore") {
        true
    } else if is(next, "major dur majeur mayor maior maggiore") {
        false
    } else if short_minor && at > 0 && is(&words[at - 1].text, "in key of en em") {
        true
    } else {
        return;
    };
    brief.tonic = Some((note + sign).rem_euclid(12) as u8);
    brief.minor = Some(minor);
}

fn is(word: &str, list: &str) -> bool {
    !word.is_empty() && list.split_whitespace().any(|w| w == word)
}
