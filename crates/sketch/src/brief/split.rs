//! Splits a text into comparable words: lower case, no accents, ASCII digits.
//!
//! It must not know what any word means.

/// One word of a text.
#[derive(Clone, Debug)]
pub(crate) struct Word {
    /// In lower case, without accents.
    pub(crate) text: String,
    /// The symbol right after it, if it matters: `#` or `♯` and `♭` for keys, `:` between digits.
    pub(crate) sign: Option<char>,
    /// Whether it is of a script without spaces: the lexicon's words are then searched inside it.
    pub(crate) solid: bool,
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
            words.push(Word { text, sign, solid });
        }
    };
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        let c = plain_digit(c);
        // "Don't" is one word.
        if matches!(c, '\'' | '’') && current.ends_with('n') && matches!(chars.peek(), Some('t'))
        {
            continue;
        }
        if !(c.is_alphanumeric() || is_mark(c)) {
            let between = digit && chars.peek().is_some_and(|c| plain_digit(*c).is_ascii_digit());
            let sign = (matches!(c, '#' | '♯' | '♭') || c == ':' && between).then_some(c);
            let decimal = c == '.' && between;
            if decimal {
                current.push('.');
                continue;
            }
            end(&mut current, solid, sign);
            continue;
        }
        // `120bpm` is two words, and so is a Japanese word after a Latin one.
        let change = is_solid(c) != solid || c.is_ascii_digit() != digit;
        // "80s" is one word: a decade, not seconds.
        if c == 's' && is_decade(&current) && !chars.peek().is_some_and(|c| c.is_alphanumeric()) {
            current.push(c);
            digit = false;
            continue;
        }
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

/// Scripts without spaces: kana and Chinese characters.
pub(crate) fn is_solid(c: char) -> bool {
    matches!(c, '\u{3040}'..='\u{30ff}' | '\u{3400}'..='\u{9fff}' | '\u{f900}'..='\u{faff}')
}

/// Indic vowel signs: not alphabetic, but part of the word.
fn is_mark(c: char) -> bool {
    matches!(c, '\u{0900}'..='\u{0963}' | '\u{064b}'..='\u{0652}' | '\u{0300}'..='\u{036f}')
}

/// Converts digits of any script to ASCII.
fn plain_digit(c: char) -> char {
    for zero in ['٠', '۰', '०', '０'] {
        if let Some(value @ 0..=9) = u32::from(c).checked_sub(u32::from(zero)) {
            return char::from_digit(value, 10).unwrap_or(c);
        }
    }
    c
}

/// "80", "1980": numbers that a following "s" turns into a decade.
fn is_decade(text: &str) -> bool {
    let short = text.strip_prefix("19").unwrap_or(text);
    short.len() == 2 && short.ends_with('0') && short >= "20"
}

/// Removes optional marks: accents of Latin letters, Arabic vowels and forms of alif, dots of Indic
/// letters.
pub(crate) fn fold(c: char, out: &mut String) {
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
        '\u{0300}'..='\u{036f}' | '\u{064b}'..='\u{0652}' | 'ـ' | '\u{093c}' => return,
        'أ' | 'إ' | 'آ' => 'ا',
        'ى' => 'ي',
        'ة' => 'ه',
        '\u{0958}'..='\u{095f}' => match c {
            '\u{0958}' => 'क',
            '\u{0959}' => 'ख',
            '\u{095a}' => 'ग',
            '\u{095b}' => 'ज',
            '\u{095c}' => 'ड',
            '\u{095d}' => 'ढ',
            '\u{095e}' => 'फ',
            _ => 'य',
        },
        _ => c,
    };
    out.push(plain);
}
