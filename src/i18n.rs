//! The widget's words. All of a language stand in one table; English is built in, the others are
//! files in `www/locales/` with the same names, loaded one at a time by the shell. It must not know
//! the browser: numbers and plural categories are handed in, made by the browser's `Intl`.
//!
//! A text may hold `{name}` where something is put in. A text with plurals is written
//! `one=… | other=…`, with the categories of Unicode's plural rules.

use std::borrow::Cow;

use ai_now_protocol::{Code, Message, Scalar, options};

use crate::api_error::ApiError;

#[cfg(all(test, not(target_arch = "wasm32")))]
mod tests;
mod words;

pub use words::Word;

/// What an option is called; `None` for one that this page has never heard of.
pub fn option_word(id: &str) -> Option<Word> {
    Some(match id {
        options::SECONDS => Word::OptionSeconds,
        options::ASPECT_RATIO => Word::OptionAspectRatio,
        options::RESOLUTION => Word::OptionResolution,
        options::IMAGE => Word::OptionImage,
        options::SEED => Word::OptionSeed,
        options::INSTRUMENTAL => Word::OptionInstrumental,
        options::LYRICS => Word::OptionLyrics,
        _ => return None,
    })
}

/// A language's texts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Locale {
    /// The language, as a BCP 47 tag: `en`, `pt`.
    pub tag: String,
    texts: Vec<Cow<'static, str>>,
    /// What is said for a code, in the order of [`Code::ALL`]. English has none: the messages
    /// themselves are English.
    codes: Vec<Option<String>>,
}

impl Locale {
    /// The languages of `www/locales/`, and English.
    pub const TAGS: [&'static str; 10] =
        ["en", "de", "fr", "es", "pt", "it", "ja", "zh", "hi", "ar"];

    /// A language. `lookup` finds the text of a name in the file that was loaded; what it doesn't
    /// find stays English.
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

    /// The writing direction, as the `dir` attribute wants it.
    pub fn direction(&self) -> &'static str {
        if self.tag.starts_with("ar") { "rtl" } else { "ltr" }
    }

    /// A text without anything to put in.
    pub fn text(&self, word: Word) -> &str {
        &self.texts[word as usize]
    }

    /// A text with `values` put in where their names stand in braces.
    pub fn fill(&self, word: Word, values: &[(&str, &str)]) -> String {
        fill(self.text(word), values)
    }

    /// What a message says, in this language as far as it has words for the code; else as it came, in
    /// English. `category` is a number's plural category, `write` the number as it is written.
    ///
    /// The first number among the parameters, in the order of [`Code::params`], chooses the form of a
    /// text with plurals.
    pub fn message(
        &self,
        message: &Message,
        category: impl Fn(u32) -> String,
        write: impl Fn(u32) -> String,
    ) -> String {
        let known = Code::ALL.iter().zip(&self.codes).find(|(code, _)| message.is(**code));
        let Some((code, Some(text))) = known else { return message.text.to_string() };
        let number = |value: &Scalar| u32::try_from(value.as_integer()?).ok();
        let mut values = Vec::new();
        let mut form = None;
        for name in code.params() {
            let Some(value) = message.params.get(*name) else { continue };
            if form.is_none() {
                form = number(value).map(&category);
            }
            let written = number(value).map_or_else(|| value.to_string(), &write);
            values.push((*name, written));
        }
        let values: Vec<_> = values.iter().map(|(name, value)| (*name, value.as_str())).collect();
        let form = choose(text, form.as_deref().unwrap_or("other"));
        let named = form.split('{').skip(1).filter_map(|rest| Some(rest.split_once('}')?.0));
        if named.into_iter().any(|name| values.iter().all(|(known, _)| *known != name)) {
            // A sentence with a hole in it says less than the English one.
            return message.text.to_string();
        }
        fill(form, &values)
    }

    /// A text that depends on a number: `category` is the number's plural category, `n` the number
    /// as it is written.
    pub fn plural(&self, word: Word, category: &str, n: &str) -> String {
        fill(choose(self.text(word), category), &[("n", n)])
    }
}

/// What an error means for a person about which the gateway says nothing.
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

fn fill(text: &str, values: &[(&str, &str)]) -> String {
    let mut filled = String::with_capacity(text.len());
    let mut rest = text;
    // What is put in may hold braces of its own: they are not looked at again.
    while let Some((before, after)) = rest.split_once('{') {
        filled.push_str(before);
        let (name, after) = after.split_once('}').unwrap_or((after, ""));
        let value = values.iter().find(|(known, _)| *known == name);
        filled.push_str(value.map_or("", |(_, value)| value));
        rest = after;
    }
    filled.push_str(rest);
    filled
}

/// The form for a plural category, or the last one, which is `other`.
fn choose<'a>(text: &'a str, category: &str) -> &'a str {
    let mut form = text;
    for choice in text.split('|') {
        let Some((name, text)) = choice.trim().split_once('=') else { return text };
        form = text;
        if name == category {
            break;
        }
    }
    form
}
