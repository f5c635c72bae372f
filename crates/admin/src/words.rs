//! The page's texts: each with all its languages in one place, so that none can be missing. It must
//! not know the browser. Parameters are in braces (see `ai_now_protocol::wording`). The words for
//! the codes of messages are the widget's, in `www/locales/`.

#[macro_use]
mod table;

mod actions;
mod frame;
mod names;

pub use actions::*;
pub use frame::*;
pub use names::*;

/// A text in each of [`LANGUAGES`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Word(pub [&'static str; LANGUAGES.len()]);

/// The languages, as BCP 47 tags, in the order of each word's texts.
pub const LANGUAGES: [&str; 10] = ["en", "de", "fr", "es", "pt", "it", "ja", "zh", "hi", "ar"];

#[cfg(all(test, not(target_arch = "wasm32")))]
mod tests {
    use std::collections::{BTreeMap, BTreeSet};
    use std::path::Path;

    use super::*;

    fn all() -> impl Iterator<Item = (&'static str, Word)> {
        [frame::TABLE, names::TABLE, actions::TABLE].into_iter().flatten().copied()
    }

    fn placeholders(text: &str) -> BTreeSet<&str> {
        text.split('{').skip(1).filter_map(|rest| Some(rest.split_once('}')?.0)).collect()
    }

    #[test]
    fn every_language_has_every_text() {
        for (name, Word(texts)) in all() {
            for (language, text) in LANGUAGES.iter().zip(texts) {
                assert!(!text.trim().is_empty(), "{language}: {name}");
                assert_eq!(placeholders(text), placeholders(texts[0]), "{language}: {name}");
                assert_eq!(text.trim(), text, "{language}: {name}");
            }
            // What is written in letters of its own is not left in English.
            for index in [6, 7, 8, 9] {
                let is_foreign = texts[index].chars().any(|c| c > '\u{2ff}');
                assert!(is_foreign || name == "ID", "{}: {name}", LANGUAGES[index]);
            }
        }
    }

    #[test]
    fn no_two_words_have_one_name_and_each_is_used() {
        fn sources(dir: &Path, text: &mut String) {
            for entry in std::fs::read_dir(dir).expect("the sources").flatten() {
                let path = entry.path();
                if path.is_dir() {
                    if path.file_name().is_none_or(|name| name != "words") {
                        sources(&path, text);
                    }
                } else {
                    *text += &std::fs::read_to_string(path).expect("a source");
                }
            }
        }
        let mut text = String::new();
        sources(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"), &mut text);
        let used: BTreeSet<_> = text
            .split("w::")
            .skip(1)
            .filter_map(|rest| rest.split(|c: char| !c.is_ascii_uppercase() && c != '_').next())
            .collect();
        let mut seen = BTreeMap::new();
        for (name, word) in all() {
            assert_eq!(seen.insert(name, word), None, "{name}");
            assert!(used.contains(name), "nobody says {name}");
        }
    }
}
