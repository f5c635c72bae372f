//! Numbers with a meaning: tempo, key and duration.

use crate::brief::{Brief, Word};

/// Finds "120 bpm", "in D minor", "8 seconds", "1:30", "half a minute".
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
        if let Some(secs) = clock(words, at).or_else(|| half_minute(words, at)) {
            brief.duration_secs = Some(secs);
            brief.said.push(format!("{secs} seconds"));
        }
        if brief.tonic.is_none() {
            key(words, at, brief);
        }
    }
}

/// "1:30": minutes and seconds. "At 2:30" and "2:30 pm" are times of day.
fn clock(words: &[Word], at: usize) -> Option<f32> {
    let (word, next) = (&words[at], words.get(at + 1)?);
    let text = |at: usize| words.get(at).map(|w| w.text.as_str()).unwrap_or_default();
    let day = is(text(at + 2), "am pm a p uhr") || at > 0 && is(text(at - 1), "at um a as alle");
    let longer = at > 0 && words[at - 1].sign == Some(':');
    if longer || word.sign != Some(':') || next.sign == Some(':') || next.text.len() != 2 || day {
        return None;
    }
    let minutes = word.text.parse::<u8>().ok().filter(|m| *m <= 3)?;
    let secs = next.text.parse::<u8>().ok().filter(|s| *s < 60)?;
    Some(f32::from(minutes) * 60.0 + f32::from(secs)).filter(|all| *all > 0.0)
}

/// "Half a minute", "eine halbe Minute", "une demi-minute", "medio minuto".
fn half_minute(words: &[Word], at: usize) -> Option<f32> {
    let text = |at: usize| words.get(at).map(|w| w.text.as_str()).unwrap_or_default();
    let unit = if is(text(at + 1), "a of") { at + 2 } else { at + 1 };
    let half = is(text(at), "half halbe halben demi medio meio mezzo");
    (half && is(text(unit), "minute minuto")).then_some(30.0)
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
