//! What the studio looks like, as elements; the style sheet gives them their looks. The views show
//! the session's signals and call its functions. They decide nothing.

mod gallery;
mod icon;
mod models;
mod player;
mod progress;
mod prompt;
mod stage;
mod styles;

use std::sync::Arc;

use leptos::prelude::*;

use crate::browser::Numbers;
use crate::locale::{Locale, Word};
use crate::session::Session;

/// What every view gets: the session, and a way to say things.
#[derive(Clone, Copy)]
struct Ui {
    session: Session,
    locale: StoredValue<Arc<Locale>>,
    numbers: StoredValue<Numbers, LocalStorage>,
}

impl Ui {
    /// A text.
    fn say(self, word: Word) -> String {
        self.locale.with_value(|locale| locale.text(word).to_owned())
    }

    /// A text with something put in.
    fn fill(self, word: Word, values: &[(&str, &str)]) -> String {
        self.locale.with_value(|locale| locale.fill(word, values))
    }

    /// A text about a number of things.
    fn count(self, word: Word, n: u32) -> String {
        self.numbers.with_value(|numbers| {
            let (category, n) = (numbers.category(n), numbers.write(n));
            self.locale.with_value(|locale| locale.plural(word, &category, &n))
        })
    }

    /// A number of tokens.
    fn tokens(self, n: u64) -> String {
        self.count(Word::Tokens, u32::try_from(n).unwrap_or(u32::MAX))
    }

    /// A number.
    fn number(self, n: usize) -> String {
        self.numbers.with_value(|numbers| numbers.write(u32::try_from(n).unwrap_or(u32::MAX)))
    }

    /// A duration, or a range of two.
    fn secs(self, min: u32, max: u32) -> String {
        self.numbers.with_value(|numbers| numbers.secs(min, max))
    }
}

/// The whole studio.
pub(crate) fn studio(session: Session) -> impl IntoView {
    let locale = session.locale;
    let tag = locale.with_value(|locale| locale.tag.clone());
    let direction = locale.with_value(|locale| locale.direction());
    let numbers = StoredValue::new_local(Numbers::new(&tag));
    let ui = Ui { session, locale, numbers };
    view! {
        <div class="studio" part="studio" lang=tag dir=direction>
            {prompt::form(ui)}
            {stage::stage(ui)}
            {gallery::gallery(ui)}
        </div>
    }
}
