//! The words and numbers of the page's language, as every component gets them: out of the context.

use std::sync::Arc;

use ai_now_protocol::Message;
use leptos::prelude::*;

use crate::api_error::ApiError;
use crate::i18n::{Locale, Word, error_word};
use crate::platform::intl::Numbers;

/// What says things in the page's language. Copies are the same one.
#[derive(Clone, Copy)]
pub(crate) struct Texts {
    locale: StoredValue<Arc<Locale>>,
    numbers: StoredValue<Numbers, LocalStorage>,
}

/// The texts that the context has.
pub(crate) fn use_texts() -> Texts {
    expect_context()
}

impl Texts {
    /// The texts of a language.
    pub(crate) fn new(locale: Arc<Locale>) -> Self {
        let numbers = Numbers::new(&locale.tag);
        Self { locale: StoredValue::new(locale), numbers: StoredValue::new_local(numbers) }
    }

    /// Whether the page's language is the built-in one, in which messages come.
    pub(crate) fn is_english(self) -> bool {
        self.locale.with_value(|locale| locale.tag == "en")
    }

    /// A text.
    pub(crate) fn text(self, word: Word) -> String {
        self.locale.with_value(|locale| locale.text(word).to_owned())
    }

    /// A text with something put in.
    pub(crate) fn fill(self, word: Word, values: &[(&str, &str)]) -> String {
        self.locale.with_value(|locale| locale.fill(word, values))
    }

    /// A text about a number of things.
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

    /// A part from 0 to 1, in per cent.
    pub(crate) fn percent(self, part: f64) -> String {
        self.numbers.with_value(|numbers| numbers.percent(part))
    }

    /// A day and time, short and in full.
    pub(crate) fn when(self, millis: u64) -> (String, String) {
        self.numbers.with_value(|numbers| (numbers.when(millis), numbers.date(millis)))
    }

    /// What went wrong, as a sentence.
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

    /// What a message says, in the page's language as far as that has words for its code.
    pub(crate) fn message(self, message: &Message) -> String {
        self.numbers.with_value(|numbers| {
            let category = |n: u32| numbers.category(n);
            let write = |n: u32| numbers.write(n);
            self.locale.with_value(|locale| locale.message(message, category, write))
        })
    }
}
