//! Word forms: the dictionary forms that a word of a prompt may be an inflection of.
//!
//! Endings are removed by rules, the most likely candidate first; the caller checks which of them
//! exists. So "flow" never matches "flower", as it would if both were cut to a common stem.

use crate::brief::language::Language;

/// The words that `word` (folded) may be a form of, starting with itself.
pub(crate) fn of(word: &str, language: Option<Language>) -> Vec<String> {
    let mut forms = vec![word.to_owned()];
    if word.is_ascii() {
        if language.is_none_or(|l| l == Language::En) {
            english(word, &mut forms);
        }
        if language.is_none_or(|l| l == Language::De) {
            german(word, &mut forms);
        }
        if language.is_none_or(|l| !matches!(l, Language::En | Language::De)) {
            romance(word, &mut forms);
        }
        if language.is_some_and(|l| l != Language::En) {
            // English words occur in every language: only their plural is undone.
            plural(word, &mut forms);
        }
    } else {
        match language {
            Some(Language::Hi) => hindi(word, &mut forms),
            _ => arabic(word, &mut forms),
        }
    }
    forms
}

fn plural(word: &str, forms: &mut Vec<String>) {
    let mut cut = |ending: &str, instead: &str| {
        if let Some(base) = word.strip_suffix(ending).filter(|b| b.len() >= 2) {
            forms.push(format!("{base}{instead}"));
        }
    };
    if word.ends_with("ss") || word.ends_with("us") {
        return;
    }
    cut("ies", "y");
    cut("ves", "f");
    cut("ves", "fe");
    if word.len() >= 4 {
        cut("s", "");
    }
    cut("es", "");
}

fn english(word: &str, forms: &mut Vec<String>) {
    plural(word, forms);
    for ending in ["ing", "ings", "ed", "er", "ers", "est"] {
        let Some(base) = word.strip_suffix(ending).filter(|b| b.len() >= 3) else { continue };
        if let Some(y) = base.strip_suffix('i') {
            forms.push(format!("{y}y"));
        }
        forms.push(format!("{base}e"));
        if doubled(base) {
            forms.push(base[..base.len() - 1].to_owned());
            forms.push(base.to_owned());
        } else if !would_double(base) {
            forms.push(base.to_owned());
        }
    }
    for (ending, instead, least) in [
        ("ily", "y", 3),
        ("ly", "", 3),
        ("iness", "y", 3),
        ("ness", "", 3),
        ("fully", "ful", 3),
        ("ish", "", 3),
        ("like", "", 3),
        ("y", "", 4),
        ("y", "e", 4),
    ] {
        if let Some(base) = word.strip_suffix(ending).filter(|b| b.len() >= least) {
            forms.push(format!("{base}{instead}"));
        }
    }
}

/// "running" doubles a consonant of "run".
fn doubled(base: &str) -> bool {
    let b = base.as_bytes();
    b.len() >= 4 && b[b.len() - 1] == b[b.len() - 2] && !is_vowel(b[b.len() - 1])
}

/// Short words that end in a vowel and a consonant double the consonant: "caring" isn't a form of
/// "car".
fn would_double(base: &str) -> bool {
    let b = base.as_bytes();
    let vowels = b.iter().filter(|c| is_vowel(**c)).count();
    let n = b.len();
    vowels == 1
        && is_vowel(b[n - 2])
        && !is_vowel(b[n - 1])
        && !matches!(b[n - 1], b'w' | b'x' | b'y')
}

fn is_vowel(c: u8) -> bool {
    matches!(c, b'a' | b'e' | b'i' | b'o' | b'u')
}

fn german(word: &str, forms: &mut Vec<String>) {
    for ending in ["ern", "en", "er", "em", "es", "e", "n", "s", "chen", "lein"] {
        if let Some(base) = word.strip_suffix(ending).filter(|b| b.len() >= 3) {
            forms.push(base.to_owned());
            forms.push(format!("{base}e"));
            // "dunkle", "dunkel".
            if let Some(short) = base.strip_suffix('l') {
                forms.push(format!("{short}el"));
            }
        }
    }
}

fn romance(word: &str, forms: &mut Vec<String>) {
    for ending in ["os", "as", "es", "is", "s", "x", "aux", "o", "a", "e", "i", "he", "hi"] {
        let Some(base) = word.strip_suffix(ending).filter(|b| b.len() >= 3) else { continue };
        for instead in ["", "o", "a", "e"] {
            if ending != "e" || !instead.is_empty() || base.len() >= 4 {
                forms.push(format!("{base}{instead}"));
            }
        }
        if ending == "aux" {
            forms.push(format!("{base}al"));
            forms.push(format!("{base}au"));
        }
    }
}

fn arabic(word: &str, forms: &mut Vec<String>) {
    let long = |rest: &str| rest.chars().count() >= 2;
    let mut bare = vec![word];
    for prefix in ["وال", "بال", "فال", "كال", "لل", "ال", "و", "ب", "ل"] {
        bare.extend(word.strip_prefix(prefix).filter(|rest| long(rest)));
    }
    for word in bare {
        forms.push(word.to_owned());
        for ending in ["ات", "ين", "ان", "ه", "ا"] {
            if let Some(base) = word.strip_suffix(ending).filter(|rest| long(rest)) {
                forms.push(base.to_owned());
                forms.push(format!("{base}ه"));
            }
        }
    }
}

fn hindi(word: &str, forms: &mut Vec<String>) {
    for (ending, instead) in [
        ("ियों", "ी"),
        ("ियाँ", "ी"),
        ("ियां", "ी"),
        ("ों", ""),
        ("ों", "ा"),
        ("ें", ""),
        ("े", "ा"),
        ("ी", "ा"),
    ] {
        if let Some(base) = word.strip_suffix(ending).filter(|b| b.chars().count() >= 2) {
            forms.push(format!("{base}{instead}"));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use Language::{De, En, Es, Hi};

    #[test]
    fn endings_are_removed_without_inventing_words() {
        for (word, language, base) in [
            ("parties", En, "party"),
            ("running", En, "run"),
            ("hiking", En, "hike"),
            ("wolves", En, "wolf"),
            ("foxes", En, "fox"),
            ("rained", En, "rain"),
            ("happiness", En, "happy"),
            ("sadly", En, "sad"),
            ("ruhigen", De, "ruhig"),
            ("dunkle", De, "dunkel"),
            ("walder", De, "wald"),
            ("tranquilas", Es, "tranquilo"),
            ("पहाड़ों", Hi, "पहाड़"),
        ] {
            assert!(of(word, Some(language)).iter().any(|f| f == base), "{word}");
        }
        for (word, not) in
            [("caring", "car"), ("staring", "star"), ("many", "man"), ("flow", "flower")]
        {
            assert!(!of(word, Some(En)).iter().any(|f| f == not), "{word}");
        }
    }
}
