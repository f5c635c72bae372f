//! What the studio looks like, as elements; the style sheet gives them their looks. The views show
//! the session's signals and call its functions. They decide nothing.

mod dom;
mod gallery;
mod icon;
mod models;
mod player;
mod progress;
mod prompt;
mod stage;
mod styles;
mod thumbnail;

use std::sync::Arc;

use leptos::prelude::*;
use leptos::tachys::view::Render;

use crate::browser::Numbers;
use crate::duration_estimate;
use crate::generation::Phase;
use crate::i18n::{Locale, Word};
use crate::session::Session;
use dom::{effect, el};

/// What every view gets: the session, and a way to say things.
#[derive(Clone, Copy)]
struct Ui {
    session: Session,
    locale: StoredValue<Arc<Locale>>,
    numbers: StoredValue<Numbers, LocalStorage>,
    /// Rises with each picture that was kept for the gallery.
    pictures: RwSignal<u32>,
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

    /// A part from 0 to 1, in per cent.
    fn percent(self, part: f64) -> String {
        self.numbers.with_value(|numbers| numbers.percent(part))
    }

    /// How long a model usually takes: by what it took on this device, else by the catalog.
    fn usual(self, model: &str) -> Option<String> {
        let session = self.session;
        let runs = session.generations.with(|all| {
            let took = |job: &crate::session::Job| {
                job.0.with_untracked(|generation| match generation.phase {
                    Phase::Completed { .. } if generation.request.model == model => {
                        duration_estimate::took_secs(
                            generation.created_at_ms,
                            generation.finished_at_ms,
                        )
                    }
                    _ => None,
                })
            };
            all.iter().filter_map(took).take(duration_estimate::RUNS).collect::<Vec<_>>()
        });
        if let Some(secs) = duration_estimate::usual_secs(&runs) {
            return Some(self.secs(secs, secs));
        }
        let catalog = session.catalog.get();
        let expected = catalog.model(model)?.expected_secs?;
        Some(self.secs(expected.min, expected.max))
    }
}

/// The whole studio, as Leptos mounts it: empty until it is known what it shows.
pub(crate) fn studio(session: Session) -> impl Render<State = web_sys::Element> {
    let locale = session.locale;
    let tag = locale.with_value(|locale| locale.tag.clone());
    let direction = locale.with_value(|locale| locale.direction());
    let numbers = StoredValue::new_local(Numbers::new(&tag));
    let ui = Ui { session, locale, numbers, pictures: RwSignal::new(0) };
    let studio = el("div", "studio").part("studio").attr("lang", &tag).attr("dir", direction);
    let empty = studio.clone();
    effect(Box::new(move || {
        if session.unknown.get() == 0 {
            untrack(|| {
                let desk = el("div", "desk").add(prompt::form(ui)).add(stage::stage(ui));
                empty.clone().add(desk).add(gallery::gallery(ui));
            });
            session.stands();
        } else {
            session.lose_patience();
        }
    }));
    studio
}
