//! The texts and formats of the page's language, for every component: from the context.

use std::sync::Arc;

use ai_now_protocol::wording::{Language, say};
use ai_now_protocol::{Code, Message};
use js_sys::Reflect;
use leptos::prelude::*;
use wasm_bindgen::JsValue;

use crate::api_error::ApiError;
use crate::i18n::{Locale, Word, error_word};
use crate::platform::intl::Numbers;

/// The texts and formats of the page's language. Copies are the same one.
#[derive(Clone, Copy)]
pub(crate) struct Texts {
    locale: StoredValue<Arc<Locale>>,
    numbers: StoredValue<Numbers, LocalStorage>,
    names: StoredValue<JsValue, LocalStorage>,
}

/// The texts in the context.
pub(crate) fn use_texts() -> Texts {
    expect_context()
}

impl Texts {
    /// The texts of a language. `names` is an object of what options, styles and the meanings of words are
    /// called in it, by id or English name.
    pub(crate) fn new(locale: Arc<Locale>, names: JsValue) -> Self {
        let numbers = StoredValue::new_local(Numbers::new(&locale.tag));
        let names = StoredValue::new_local(names);
        Self { locale: StoredValue::new(locale), numbers, names }
    }

    /// Whether the page's language is the built-in one, English, as the messages are.
    pub(crate) fn is_english(self) -> bool {
        self.locale.with_value(|locale| locale.tag == "en")
    }

    /// A text.
    pub(crate) fn text(self, word: Word) -> String {
        self.locale.with_value(|locale| locale.text(word).to_owned())
    }

    /// A text with parameters.
    pub(crate) fn fill(self, word: Word, values: &[(&str, &str)]) -> String {
        self.locale.with_value(|locale| locale.fill(word, values))
    }

    /// What is called so in English, or has this id; `None` where the language has no name of its own for
    /// it.
    pub(crate) fn name(self, english: &str) -> Option<String> {
        self.names.with_value(|names| Reflect::get(names, &english.into()).ok()?.as_string())
    }

    /// A text with a number and its plural.
    pub(crate) fn count(self, word: Word, n: u32) -> String {
        self.numbers.with_value(|numbers| {
            let (category, n) = (numbers.category(n), numbers.write(n));
            self.locale.with_value(|locale| locale.plural(word, &category, &n))
        })
    }

    /// A number of tokens.
    pub(crate) fn tokens(self, n: u64) -> String {
        self.count(Word::Tokens, u32::try_from(n).unwrap_or(u32::MAX))
    }

    /// A number.
    pub(crate) fn number(self, n: usize) -> String {
        self.numbers.with_value(|numbers| numbers.write(u32::try_from(n).unwrap_or(u32::MAX)))
    }

    /// A duration, or a range of two.
    pub(crate) fn secs(self, min: u32, max: u32) -> String {
        self.numbers.with_value(|numbers| numbers.secs(min, max))
    }

    /// A fraction from 0 to 1, in percent.
    pub(crate) fn percent(self, part: f64) -> String {
        self.numbers.with_value(|numbers| numbers.percent(part))
    }

    /// A date and time, short and in full.
    pub(crate) fn when(self, millis: u64) -> (String, String) {
        self.numbers.with_value(|numbers| (numbers.when(millis), numbers.date(millis)))
    }

    /// An error, as a sentence.
    pub(crate) fn error(self, error: &ApiError) -> String {
        if let Some(message) = error.message() {
            return self.message(message);
        }
        let word = match error {
            ApiError::Unreachable if !window().navigator().on_line() => Word::Offline,
            _ => error_word(error),
        };
        self.text(word)
    }

    /// The text of a message, in the page's language if it has words for its code.
    pub(crate) fn message(self, message: &Message) -> String {
        self.numbers.with_value(|numbers| {
            self.locale.with_value(|locale| say(message, &Spoken { locale, numbers, texts: self }))
        })
    }
}

/// The page's language, as messages are said in it.
struct Spoken<'a> {
    locale: &'a Locale,
    numbers: &'a Numbers,
    texts: Texts,
}

impl Language for Spoken<'_> {
    fn text(&self, code: &str) -> Option<(Code, &str)> {
        self.locale.code(code)
    }

    fn category(&self, number: u32) -> String {
        self.numbers.category(number)
    }

    fn number(&self, number: u32) -> String {
        self.numbers.write(number)
    }

    fn name(&self, english: &str) -> Option<String> {
        self.texts.name(english)
    }
}
