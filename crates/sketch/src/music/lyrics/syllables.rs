//! Counts syllables: by vowels, or by characters in scripts where each is a syllable. Without a
//! dictionary, and close enough to sing to.

use crate::brief::Language;
use crate::music::lyrics::LINE_SYLLABLES_MAX;

/// The number of syllables of a line; a long line is split into lines of about equal length.
pub(super) fn of_line(line: &str, language: Option<Language>) -> Vec<usize> {
    let kana = line.chars().any(|c| ('\u{3040}'..='\u{30ff}').contains(&c));
    let words: Vec<usize> = line
        .split(|c: char| {
            c.is_whitespace() || matches!(c, '-' | '–' | '—' | '/' | '、' | '，' | ',')
        })
        .flat_map(|word| parts(of_word(word, language, kana)))
        .filter(|n| *n > 0)
        .collect();
    let all: usize = words.iter().sum();
    let lines = all.div_ceil(LINE_SYLLABLES_MAX);
    let mut out: Vec<usize> = Vec::with_capacity(lines);
    let mut current = 0;
    for n in words {
        let full = current + n > LINE_SYLLABLES_MAX || current >= all.div_ceil(lines.max(1));
        if current > 0 && full {
            out.push(std::mem::take(&mut current));
        }
        current += n;
    }
    out.extend((current > 0).then_some(current));
    out
}

/// In a script without spaces, one word may be longer than a line.
fn parts(syllables: usize) -> Vec<usize> {
    const PART: usize = 7;
    let many = syllables.div_ceil(PART).max(1);
    (0..many).map(|i| syllables * (i + 1) / many - syllables * i / many).collect()
}

fn of_word(word: &str, language: Option<Language>, kana: bool) -> usize {
    let word = word.to_lowercase();
    let letters: Vec<char> = word.chars().filter(|c| c.is_alphanumeric() || is_sign(*c)).collect();
    let signs: usize =
        letters.iter().enumerate().map(|(at, c)| of_sign(*c, &letters[at + 1..], kana)).sum();
    let vowels: usize = letters
        .iter()
        .enumerate()
        .filter(|(at, c)| is_vowel(**c) && (*at == 0 || !is_vowel(letters[at - 1])))
        .count();
    let latin = match silent(&letters, language) {
        true if vowels > 1 => vowels - 1,
        _ => vowels,
    };
    // "Hmm" and "1" are sung too.
    let least = usize::from(letters.iter().any(|c| c.is_alphanumeric()));
    (signs + latin).max(least)
}

fn is_vowel(c: char) -> bool {
    // Vowels of the Latin, Greek and Cyrillic alphabets.
    "aeiouyàáâãäåæèéêëìíîïòóôõöøœùúûüýÿāēīōūаеёиоуыэюяєіїαεηιουωάέήίόύώ".contains(c)
}

/// Marks of Indic scripts, which aren't letters.
fn is_sign(c: char) -> bool {
    ('\u{0900}'..='\u{097f}').contains(&c)
}

/// A silent final "e": "time", "walked", "rose" in French.
fn silent(letters: &[char], language: Option<Language>) -> bool {
    let [.., before, last] = letters else { return false };
    match language {
        None | Some(Language::En) => match (before, last) {
            ('l', 'e') => letters.len() > 2 && is_vowel(letters[letters.len() - 3]),
            (before, 'e') => !is_vowel(*before),
            ('e', 's') => {
                let third = letters.get(letters.len().wrapping_sub(3));
                third.is_some_and(|c| !is_vowel(*c) && !"sxzcgh".contains(*c))
            }
            ('e', 'd') => {
                !matches!(letters.get(letters.len().wrapping_sub(3)), Some('t' | 'd') | None)
            }
            _ => false,
        },
        Some(Language::Fr) => *last == 'e' && !is_vowel(*before) || (*before, *last) == ('e', 's'),
        _ => false,
    }
}

/// The syllables of a character in a syllabic script; `after` are the characters behind it.
fn of_sign(c: char, after: &[char], kana: bool) -> usize {
    match c {
        // Small kana belong to the character before; all others, long vowels too, count as one.
        'ぁ' | 'ぃ' | 'ぅ' | 'ぇ' | 'ぉ' | 'ゃ' | 'ゅ' | 'ょ' | 'ァ' | 'ィ' | 'ゥ' | 'ェ'
        | 'ォ' | 'ャ' | 'ュ' | 'ョ' => 0,
        '\u{3040}'..='\u{30ff}' => 1,
        // In Japanese, a Chinese character has two syllables more often than not.
        '\u{3400}'..='\u{9fff}' | '\u{f900}'..='\u{faff}' => 1 + usize::from(kana),
        '\u{ac00}'..='\u{d7af}' => 1,
        // A consonant has an inherent vowel, unless that is suppressed or the consonant ends the
        // word.
        '\u{0915}'..='\u{0939}' | '\u{0958}'..='\u{095f}' => {
            usize::from(after.first().is_some_and(|next| *next != '\u{094d}'))
        }
        '\u{0904}'..='\u{0914}' => 1,
        // Arabic and Hebrew write few vowels: about one syllable for two letters.
        '\u{0621}'..='\u{064a}' | '\u{05d0}'..='\u{05ea}' => {
            usize::from(after.len().is_multiple_of(2))
        }
        _ => 0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn syllables_are_counted_about_right() {
        use Language::{Ar, De, En, Es, Fr, Hi, It, Ja, Zh};
        for (line, language, expected) in [
            ("Twinkle, twinkle, little star", Some(En), 7..=7),
            ("How I wonder what you are", Some(En), 7..=7),
            ("I walked a thousand miles alone", Some(En), 8..=8),
            ("Time is fading", None, 4..=4),
            ("Hmm", Some(En), 1..=1),
            ("Über den Wolken muss die Freiheit", Some(De), 9..=9),
            ("Alle meine Entchen", Some(De), 6..=7),
            ("Cielito lindo", Some(Es), 5..=5),
            ("Nel blu dipinto di blu", Some(It), 7..=7),
            ("La vie en rose", Some(Fr), 4..=4),
            ("さくらさくら", Some(Ja), 6..=6),
            ("きょうも", Some(Ja), 3..=3),
            ("月亮代表我的心", Some(Zh), 7..=7),
            ("तुम ही हो", Some(Hi), 3..=4),
            ("يا ليل يا عين", Some(Ar), 5..=7),
            ("...", None, 0..=0),
        ] {
            let all: usize = of_line(line, language).iter().sum();
            assert!(expected.contains(&all), "{line}: {all}");
        }
    }
}
