//! The texts and formats of the reader's language, for every component: from the context.

use ai_now_protocol::wording::{Language, fill, say};
use ai_now_protocol::{Code, Message};
use leptos::prelude::*;
use serde_json::Value;

use crate::api::{Api, ApiError};
use crate::intl::Numbers;
use crate::words::{self as w, LANGUAGES, Word};

/// The texts and formats of the reader's language. Copies are the same one.
#[derive(Clone, Copy)]
pub(crate) struct Texts {
    language: usize,
    numbers: StoredValue<Numbers, LocalStorage>,
    /// The file of the language in `www/locales/`, with what is said for the codes of messages. English needs
    /// none: messages are English.
    codes: RwSignal<Value>,
}

/// The reader's language, as messages are said in it.
struct Spoken<'a> {
    codes: &'a Value,
    numbers: &'a Numbers,
}

impl Language for Spoken<'_> {
    fn text(&self, code: &str) -> Option<(Code, &str)> {
        Some((Code::of(code)?, self.codes.get(code)?.as_str()?))
    }

    fn category(&self, number: u32) -> String {
        self.numbers.category(number)
    }

    fn number(&self, number: u32) -> String {
        self.numbers.write(number.into())
    }

    fn name(&self, english: &str) -> Option<String> {
        self.codes.get("names")?.get(english)?.as_str().map(str::to_owned)
    }
}

/// The texts that the context has.
pub(crate) fn use_texts() -> Texts {
    expect_context()
}

impl Texts {
    /// The texts of the first of the reader's languages that there is.
    pub(crate) fn of_reader() -> Self {
        let spoken = window().navigator().languages();
        let spoken = spoken.iter().filter_map(|tag| tag.as_string()).find_map(|tag| {
            let tag = tag.to_lowercase();
            let language = tag.split('-').next().unwrap_or_default().to_owned();
            LANGUAGES.iter().position(|known| *known == language)
        });
        let language = spoken.unwrap_or(0);
        Self {
            language,
            numbers: StoredValue::new_local(Numbers::new(LANGUAGES[language])),
            codes: RwSignal::new(Value::Null),
        }
    }

    /// Loads what is said for the codes of messages. Until then they are English.
    pub(crate) async fn load_codes(self) {
        if self.tag() == "en" {
            return;
        }
        if let Some(codes) = Api::words(self.tag()).await {
            let _ = self.codes.try_set(codes);
        }
    }

    /// The language, as a BCP 47 tag.
    pub(crate) fn tag(self) -> &'static str {
        LANGUAGES[self.language]
    }

    /// The writing direction, as the `dir` attribute wants it.
    pub(crate) fn direction(self) -> &'static str {
        if self.tag() == "ar" { "rtl" } else { "ltr" }
    }

    /// A text.
    pub(crate) fn text(self, word: Word) -> &'static str {
        word.0[self.language]
    }

    /// A text with something put in.
    pub(crate) fn fill(self, word: Word, values: &[(&str, &str)]) -> String {
        fill(self.text(word), values)
    }

    /// A whole number.
    pub(crate) fn number(self, n: impl Into<i128>) -> String {
        // What the gateway counts, a double holds exactly.
        let n: i128 = n.into();
        self.numbers.with_value(|numbers| numbers.write(n as f64))
    }

    /// A sum of money, in millionths of a unit.
    pub(crate) fn money(self, currency: &str, micros: impl Into<i128>) -> String {
        let micros: i128 = micros.into();
        self.numbers.with_value(|numbers| numbers.money(currency, micros as f64 / 1e6))
    }

    /// Sums of money, each in its currency. None is a dash.
    pub(crate) fn sums<'a>(self, sums: impl IntoIterator<Item = (&'a str, u64)>) -> String {
        let sums: Vec<_> =
            sums.into_iter().map(|(currency, micros)| self.money(currency, micros)).collect();
        if sums.is_empty() { "–".to_owned() } else { sums.join(" + ") }
    }

    /// A part of a whole, in per cent. Nothing of nothing is a dash.
    pub(crate) fn share(self, part: u64, whole: u64) -> String {
        if whole == 0 {
            return "–".to_owned();
        }
        self.numbers.with_value(|numbers| numbers.percent(part as f64 / whole as f64))
    }

    /// A moment, in milliseconds since 1970, where the reader is.
    pub(crate) fn moment(self, at_ms: u64) -> String {
        self.numbers.with_value(|numbers| numbers.moment(at_ms as f64))
    }

    /// A day like `2026-01-31`.
    pub(crate) fn day(self, day: &str) -> String {
        self.numbers.with_value(|numbers| numbers.day(day))
    }

    /// A duration in seconds.
    pub(crate) fn secs(self, secs: impl Into<f64>) -> String {
        let secs = secs.into();
        self.numbers.with_value(|numbers| numbers.secs(secs))
    }

    /// What a message says.
    pub(crate) fn message(self, message: &Message) -> String {
        self.codes.with(|codes| {
            self.numbers.with_value(|numbers| say(message, &Spoken { codes, numbers }))
        })
    }

    /// What went wrong, as a sentence.
    pub(crate) fn error(self, error: &ApiError) -> String {
        match error {
            ApiError::Unreachable => self.text(w::UNREACHABLE).to_owned(),
            ApiError::Unreadable => self.text(w::UNREADABLE).to_owned(),
            ApiError::SignedOut => self.text(w::SESSION_OVER).to_owned(),
            ApiError::Refused(message) if message.is_empty() => self.text(w::REFUSED).to_owned(),
            ApiError::Refused(message) => self.message(message),
        }
    }

    /// What a generation's state is called.
    pub(crate) fn state(self, state: &str) -> String {
        self.known(
            state,
            &[
                ("queued", w::STATE_QUEUED),
                ("running", w::STATE_RUNNING),
                ("completed", w::STATE_COMPLETED),
                ("failed", w::STATE_FAILED),
                ("cancelled", w::STATE_CANCELLED),
                ("refunded", w::STATE_REFUNDED),
            ],
        )
    }

    /// One of the names that there are words for; else the name itself.
    pub(crate) fn known(self, name: &str, words: &[(&str, Word)]) -> String {
        let word = words.iter().find(|(known, _)| *known == name);
        word.map_or_else(|| name.to_owned(), |(_, word)| self.text(*word).to_owned())
    }
}
