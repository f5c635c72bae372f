//! Numbers with a unit: tempo, key and duration.

use crate::brief::amounts::small_number;
use crate::brief::{Brief, Word, keys};

/// Finds "120 bpm", "in D minor", "8 seconds", "1:30", "half a minute".
pub(crate) fn read(words: &[Word], brief: &mut Brief) {
    for (at, word) in words.iter().enumerate() {
        let next = words.get(at + 1).map(|w| w.text.as_str()).unwrap_or_default();
        let named = small_number(&word.text).filter(|n| *n > 0).map(|n| n as f32);
        // "A minute", "eine Minute": the article counts as one.
        let article = is(&word.text, "a eine une un uno um uma").then_some(1.0);
        let number = word.text.parse::<f32>().ok().or(named);
        let of = words.get(at + 2).is_some_and(|w| is(&w.text, "of de di du long lang"));
        let half = at > 0 && is(&words[at - 1].text, "half");
        let number = number.or(article.filter(|_| of && !half && is(next, "minute minuto")));
        if let Some(number) = number.filter(|n| n.is_finite() && (0.0..100_000.0).contains(n)) {
            if is(next, "bpm beats bpms schlage battements pulsaciones बीपीएम")
                && (20.0..=400.0).contains(&number)
            {
                brief.bpm = Some(number);
            } else if is(
                next,
                "s sec secs second seconds sekunden sekunde secondes seconde \
                segundos segundo secondi secondo 秒 秒間 秒钟 सेकंड सेकण्ड ثانيه ثواني ثوان",
            ) && !is_machine(number, next)
                || next.starts_with('秒')
            {
                brief.duration_secs = Some(number);
            } else if is(
                next,
                "min mins minute minutes minuten minuto minutos minuti 分 分钟 मिनट \
                دقيقه دقائق",
            ) || next.starts_with('分')
            {
                brief.duration_secs = Some(number * 60.0);
            }
        }
        if let Some(secs) = clock(words, at).or_else(|| half_minute(words, at)) {
            brief.duration_secs = Some(secs);
        }
        if brief.tonic.is_none()
            && let Some(key) = keys::at(words, at)
        {
            brief.tonic = key.tonic;
            brief.minor = key.minor;
        }
    }
}

/// "808s" are drum machines, not seconds.
fn is_machine(number: f32, unit: &str) -> bool {
    unit == "s" && [303.0, 606.0, 707.0, 808.0, 909.0].contains(&number)
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

fn is(word: &str, list: &str) -> bool {
    !word.is_empty() && list.split_whitespace().any(|w| w == word)
}
