//! Finding the lexicon's words in a text.
//!
//! It must not know what a meaning is good for.

use crate::brief::lexicon::LEXICON;
use crate::brief::sense::Sense;

/// One word of a text.
#[derive(Clone, Debug)]
pub(crate) struct Word {
    /// In lower case, without accents.
    pub(crate) text: String,
    /// Without its ending.
    stem: String,
    /// The symbol right behind it that matters: `#` or `♯`, `♭` to keys; `:` between digits.
    pub(crate) sign: Option<char>,
    /// Whether the text was written without spaces: words are looked for inside it.
    solid: bool,
}

/// A meaning that was found.
#[derive(Clone, Debug)]
pub(crate) struct Found {
    pub(crate) sense: Sense,
    /// Its English name.
    pub(crate) name: String,
    pub(crate) negated: bool,
    /// The number before it.
    pub(crate) count: Option<u32>,
    pub(crate) plural: bool,
}

/// Splits a text into words.
pub(crate) fn split(text: &str) -> Vec<Word> {
    let mut words: Vec<Word> = Vec::new();
    let mut current = String::new();
    let mut solid = false;
    let mut digit = false;
    let mut end = |current: &mut String, solid: bool, sign: Option<char>| {
        if !current.is_empty() {
            let text = std::mem::take(current);
            words.push(Word { stem: stem(&text), text, sign, solid });
        }
    };
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        if !(c.is_alphanumeric() || is_mark(c)) {
            let between = digit && chars.peek().is_some_and(char::is_ascii_digit);
            let sign = (matches!(c, '#' | '♯' | '♭') || c == ':' && between).then_some(c);
            let decimal = c == '.' && between;
            if decimal {
                current.push('.');
                continue;
            }
            end(&mut current, solid, sign);
            continue;
        }
        // `120bpm` is two words, and so is a Japanese word behind a Latin one.
        let change = is_solid(c) != solid || c.is_ascii_digit() != digit;
        if change && !current.is_empty() && (digit || solid || is_solid(c)) {
            end(&mut current, solid, None);
        }
        (solid, digit) = (is_solid(c), c.is_ascii_digit());
        for lower in c.to_lowercase() {
            fold(lower, &mut current);
        }
    }
    end(&mut current, solid, None);
    words
}

/// Finds every meaning, in the order of the words, phrases before their parts.
pub(crate) fn find(words: &[Word]) -> Vec<Found> {
    let table = Table::new();
    let mut found = Vec::new();
    let mut negated_for = 0;
    let mut count = None;
    let mut at = 0;
    while at < words.len() {
        let word = &words[at];
        if word.solid {
            table.find_inside(&word.text, &mut found);
            at += 1;
            continue;
        }
        if is_plain(&word.text) {
            at += 1;
            continue;
        }
        if is_no(&word.text) {
            negated_for = 3;
            at += 1;
            continue;
        }
        let hit = (1..=4.min(words.len() - at)).rev().find_map(|len| {
            let phrase = &words[at..at + len];
            table.find(phrase).map(|row| (row, len))
        });
        if let Some((row, len)) = hit {
            for (sense, name) in row {
                found.push(Found {
                    sense,
                    name: name.clone(),
                    negated: negated_for > 0,
                    count,
                    plural: word.text.ends_with('s') && !word.text.ends_with("ss"),
                });
            }
            negated_for = 0;
            count = None;
            at += len;
            continue;
        }
        if let Some(number) = small_number(&word.text) {
            count = Some(number);
        } else if !is_filler(&word.text) {
            count = None;
            // "No big loud drums": the adjective is skipped, the noun is not reached for ever.
            negated_for = i32::max(negated_for - 1, 0);
        }
        at += 1;
    }
    found
}

/// The lexicon, prepared for looking up.
struct Table {
    /// Words and phrases of scripts with spaces: the stems, joined by `_`; and the row.
    spaced: Vec<(String, usize)>,
    /// Words of scripts without spaces, longest first.
    solid: Vec<(&'static str, usize)>,
}

impl Table {
    fn new() -> Self {
        let mut spaced = Vec::new();
        let mut solid = Vec::new();
        for (row, (_, words)) in LEXICON.iter().enumerate() {
            for word in words.split(' ') {
                if word.chars().next().is_some_and(is_solid) {
                    solid.push((word, row));
                    continue;
                }
                let mut folded = String::new();
                word.chars().for_each(|c| fold(c, &mut folded));
                let stems: Vec<_> = folded.split('_').map(stem).collect();
                spaced.push((stems.join("_"), row));
            }
        }
        // By word, then by row: the first row that lists a word comes first.
        spaced.sort_by(|a, b| a.0.cmp(&b.0).then(a.1.cmp(&b.1)));
        solid.sort_by(|a, b| b.0.len().cmp(&a.0.len()).then(a.1.cmp(&b.1)));
        Self { spaced, solid }
    }

    /// The meanings of a word or phrase. A word can have several: `winter` in one row, and the
    /// same word in another.
    fn find(&self, phrase: &[Word]) -> Option<Vec<(Sense, String)>> {
        if phrase.iter().any(|w| w.solid) {
            return None;
        }
        let key = phrase.iter().map(|w| w.stem.as_str()).collect::<Vec<_>>().join("_");
        let from = self.spaced.partition_point(|entry| entry.0 < key);
        let mut rows: Vec<usize> =
            self.spaced[from..].iter().take_while(|e| e.0 == key).map(|e| e.1).collect();
        rows.dedup();
        // One meaning of each kind: a word is not two places.
        let mut hits: Vec<(Sense, String)> = Vec::new();
        for row in rows {
            let sense = LEXICON[row].0;
            let kind = std::mem::discriminant(&sense);
            if !hits.iter().any(|h| std::mem::discriminant(&h.0) == kind) {
                // Only the first is named to people: "blues" is not said to be blue as well.
                hits.push((sense, if hits.is_empty() { name(row) } else { String::new() }));
            }
        }
        (!hits.is_empty()).then_some(hits)
    }

    /// Every word that occurs in a text without spaces, the longest taken first at each place.
    fn find_inside(&self, text: &str, found: &mut Vec<Found>) {
        let mut rest = text;
        let mut negated = false;
        while let Some(first) = rest.chars().next() {
            if let Some(no) = NO_INSIDE.iter().find(|no| rest.starts_with(**no)) {
                negated = true;
                rest = &rest[no.len()..];
                continue;
            }
            if let Some((word, row)) = self.solid.iter().find(|(word, _)| rest.starts_with(word)) {
                rest = &rest[word.len()..];
                let after = NO_AFTER.iter().any(|no| rest.starts_with(no));
                found.push(Found {
                    sense: LEXICON[*row].0,
                    name: name(*row),
                    negated: negated || after,
                    count: None,
                    plural: false,
                });
                negated = false;
                continue;
            }
            rest = &rest[first.len_utf8()..];
        }
    }
}

/// The English name of a row: its first word.
fn name(row: usize) -> String {
    LEXICON[row].1.split(' ').next().unwrap_or_default().replace('_', " ")
}

/// Words that mean nothing by themselves here, but look like some that do once accents and endings
/// are gone ("the", "thé").
fn is_plain(word: &str) -> bool {
    const PLAIN: &str = " the at in on to and with is as it its by for from into over under near about \
        song music video picture image some this that their his her our through across along ";
    PLAIN.contains(&format!(" {word} "))
}

/// Words that say that what follows is not wanted.
fn is_no(word: &str) -> bool {
    const NO: &str = " no not without non dont never minus except excluding ohne kein keine keinen \
        nicht sans pas sin sem senza niente nao बिना बدون بدون بلا ";
    NO.contains(&format!(" {word} "))
}

const NO_INSIDE: &[&str] = &["没有", "沒有", "不要", "无", "無し", "没"];
const NO_AFTER: &[&str] = &["なし", "無し", "抜き", "のない", "がない"];

/// Words between a "no", a number, and what they are about.
fn is_filler(word: &str) -> bool {
    const FILLER: &str = " a an any the of big small little tiny huge old young tall flying running \
        swimming beautiful le la les de des du el los las un une una uns der die das den ein eine \
        o os as um uma il gli i big-ish more ";
    FILLER.contains(&format!(" {word} "))
}

fn small_number(word: &str) -> Option<u32> {
    const NAMES: [&str; 11] = [
        "zero",
        "one",
        "two zwei deux dos dois due pair",
        "three drei trois tres tre",
        "four vier quatre cuatro quatro quattro",
        "five funf cinq cinco cinque",
        "six sechs seis sei",
        "seven sieben sept siete sete sette",
        "eight acht huit ocho oito otto",
        "nine neun neuf nueve nove",
        "ten zehn dix diez dez dieci",
    ];
    if let Ok(number) = word.parse::<u32>() {
        return (number <= 99).then_some(number);
    }
    let at = NAMES.iter().position(|names| names.split(' ').any(|n| n == word))?;
    u32::try_from(at).ok()
}

/// Scripts that are written without spaces: kana and Chinese characters.
fn is_solid(c: char) -> bool {
    matches!(c, '\u{3040}'..='\u{30ff}' | '\u{3400}'..='\u{9fff}' | '\u{f900}'..='\u{faff}')
}

/// Vowel signs of Indian scripts, which are not letters but belong to the word.
fn is_mark(c: char) -> bool {
    matches!(c, '\u{0900}'..='\u{0963}' | '\u{064b}'..='\u{0652}' | '\u{0300}'..='\u{036f}')
}

/// Drops accents from Latin letters; keeps everything else.
fn fold(c: char, out: &mut String) {
    let plain = match c {
        'à'..='å' | 'ā' => 'a',
        'ç' => 'c',
        'è'..='ë' => 'e',
        'ì'..='ï' => 'i',
        'ñ' => 'n',
        'ò'..='ö' | 'ø' | 'ō' => 'o',
        'ù'..='ü' | 'ū' => 'u',
        'ý' | 'ÿ' => 'y',
        'ß' => return out.push_str("ss"),
        'œ' => return out.push_str("oe"),
        'æ' => return out.push_str("ae"),
        '\u{0300}'..='\u{036f}' | '\u{064b}'..='\u{0652}' => return,
        _ => c,
    };
    out.push(plain);
}

/// Cuts the commonest endings of English, German and Romance words, and the Arabic article. What is
/// left is no word, but the same for the forms of one.
fn stem(word: &str) -> String {
    if let Some(rest) = word.strip_prefix("ال")
        && rest.chars().count() >= 2
    {
        return rest.to_owned();
    }
    if !word.is_ascii() {
        return word.to_owned();
    }
    let mut stem = word;
    for ending in [
        "ingly", "ings", "ing", "edly", "ies", "ied", "es", "ed", "er", "en", "em", "ly", "s", "e",
        "n", "y", "a", "o", "i",
    ] {
        if let Some(cut) = stem.strip_suffix(ending)
            && cut.len() >= 4
        {
            stem = cut;
            break;
        }
    }
    // "fishes", "fish"; "cats", "cat": short words lose a plural alone.
    if stem.len() == word.len() && word.len() == 4 && word.ends_with('s') && !word.ends_with("ss") {
        stem = &word[..3];
    }
    // "running", "runner": the doubled letter goes too.
    let bytes = stem.as_bytes();
    if stem.len() >= 5 && stem.len() < word.len() && bytes[stem.len() - 1] == bytes[stem.len() - 2]
    {
        stem = &stem[..stem.len() - 1];
    }
    stem.to_owned()
}
