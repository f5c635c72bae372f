//! The widget's texts. Each language is one table; English is built in, the others are files in
//! `www/locales/` with the same names, loaded one at a time by the shell. It must not know the
//! browser: numbers and plural categories are passed in, made by the browser's `Intl`.
//! `ai_now_protocol::wording` turns a text into a sentence.

use std::borrow::Cow;

use ai_now_protocol::Code;
use ai_now_protocol::wording::{choose, fill};

use crate::api_error::ApiError;

#[cfg(all(test, not(target_arch = "wasm32")))]
mod tests;
mod words;

pub use words::Word;

/// A language's texts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Locale {
    /// The language, as a BCP 47 tag: `en`, `pt`.
    pub tag: String,
    texts: Vec<Cow<'static, str>>,
    /// The text for each code, in the order of [`Code::ALL`]. English has none: the messages
    /// themselves are English.
    codes: Vec<Option<String>>,
}

impl Locale {
    /// The languages of `www/locales/`, and English.
    pub const TAGS: [&'static str; 10] =
        ["en", "de", "fr", "es", "pt", "it", "ja", "zh", "hi", "ar"];

    /// A language. `lookup` finds a text by name in the loaded file; missing texts stay English.
    pub fn new(tag: &str, lookup: impl Fn(&str) -> Option<String>) -> Self {
        let text = |&(name, english): &(&'static str, &'static str)| {
            lookup(name).map_or(Cow::Borrowed(english), Cow::Owned)
        };
        let codes = Code::ALL.iter().map(|code| lookup(code.as_str())).collect();
        Self { tag: tag.to_owned(), texts: Word::ALL.iter().map(text).collect(), codes }
    }

    /// The built-in language.
    pub fn english() -> Self {
        Self::new("en", |_| None)
    }

    /// A text without parameters.
    pub fn text(&self, word: Word) -> &str {
        &self.texts[word as usize]
    }

    /// A text with `values` inserted for their names in braces.
    pub fn fill(&self, word: Word, values: &[(&str, &str)]) -> String {
        fill(self.text(word), values)
    }

    /// A code by its name on the wire, with the text that this language has for it.
    pub fn code(&self, code: &str) -> Option<(Code, &str)> {
        let known = Code::ALL.iter().zip(&self.codes).find(|(known, _)| known.as_str() == code);
        known.and_then(|(code, text)| Some((*code, text.as_deref()?)))
    }

    /// A text that depends on a number: `category` is the number's plural category, `n` the
    /// formatted number.
    pub fn plural(&self, word: Word, category: &str, n: &str) -> String {
        fill(choose(self.text(word), category), &[("n", n)])
    }
}

/// The text for an error without a message of the gateway's.
pub fn error_word(error: &ApiError) -> Word {
    match error {
        ApiError::TooFewTokens(_) | ApiError::Refused(_) | ApiError::Broken(_) => Word::Broken,
        ApiError::Unreachable => Word::Unreachable,
        ApiError::Unauthorized => Word::NotAllowed,
        ApiError::Later(_) => Word::Busy,
        ApiError::Gone => Word::Gone,
        ApiError::Unreadable => Word::Unreadable,
    }
}
