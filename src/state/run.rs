//! The way of one generation: sent until it is accepted, watched until it ends, whatever happens in
//! between. What is sent is sent under one key, so that sending it again is never a second purchase.

use std::pin::pin;

use ai_now_protocol::Message;
use futures_util::future::{Either, select};
use leptos::prelude::*;

use super::generations::{GenerationSignal, Generations, lock};
use super::page::wait;
use super::records;
use crate::api::client::Gateway;
use crate::api::{StreamMessage, demo, direct};
use crate::api_error::ApiError;
use crate::config::Mode;
use crate::generation::{Generation, Link, Phase};
use crate::i18n::Word;
use crate::platform::clock::{now_millis, page_millis};
use crate::platform::notifications;
use crate::platform::visibility::pause;

/// After how long a silent stream is taken for dead, and the gateway asked where it stands: a proxy
/// may hold events back, and after a sleep nobody tells the browser that its connection is gone.
const SILENCE_MILLIS: u32 = 30_000;

/// What comes after a step.
enum Next {
    /// The same again, at once: something was heard.
    GoOn,
    /// The same again, after a pause.
    Wait(ApiError),
    /// Nothing: it has ended.
    Done,
}

impl Generations {
    /// Takes a generation to its end.
    pub(super) async fn run(self, signal: GenerationSignal) {
        // Before it is sent: a page that dies right after finds the key again.
        self.history.save(signal.0.get_untracked()).await;
        if self.page.mode() == Mode::Demo {
            return self.make(signal).await;
        }
        // Until its end is written down, nobody else may take it for broken off.
        let _lock =
            if self.page.mode() == Mode::Direct { Some(lock(&signal.key()).await) } else { None };
        let mut attempt = 0;
        loop {
            let next = if self.page.mode() == Mode::Direct {
                self.direct(signal).await
            } else {
                self.step(signal).await
            };
            match next {
                Next::GoOn => attempt = 0,
                Next::Wait(error) => {
                    signal.0.update(|generation| generation.link = Link::Restoring);
                    wait(&mut attempt, &error).await;
                }
                Next::Done => break,
            }
        }
        self.finish(signal).await;
    }

    /// Sends the wish to stop, as soon as there is something to stop.
    pub(super) async fn stop(self, signal: GenerationSignal) {
        if self.page.mode() == Mode::Demo {
            return demo::stop(&signal.key());
        }
        let Some(id) = signal.0.with_untracked(|generation| generation.id.clone()) else {
            // Not accepted yet: `run` stops it once it is. A stream of the documented API knows no
            // cancelling, so there nothing can be promised.
            return;
        };
        let mut attempt = 0;
        while signal.0.with_untracked(|generation| generation.stopping) {
            let answer = match self.visitor.token().await {
                Ok(token) => Gateway(&self.page.gateway()).cancel(&token, &id).await,
                Err(error) => Err(error),
            };
            match answer {
                Ok(answer) => {
                    signal.0.update(|generation| {
                        generation.adopt(&answer);
                        generation.stopping = false;
                    });
                    return;
                }
                Err(error) if error.is_passing() => wait(&mut attempt, &error).await,
                Err(_) => signal.0.update(|generation| generation.stopping = false),
            }
        }
    }

    async fn step(self, signal: GenerationSignal) -> Next {
        let (id, is_final) =
            signal.0.with_untracked(|generation| (generation.id.clone(), generation.is_final()));
        if is_final {
            return Next::Done;
        }
        let token = match self.visitor.token().await {
            Ok(token) => token,
            Err(error) => return self.hindered(signal, error),
        };
        let base = self.page.gateway();
        let events = match &id {
            None => {
                let request = signal.0.with_untracked(|generation| generation.request.clone());
                match Gateway(&base).submit(&token, &signal.key(), &request).await {
                    Ok(accepted) => {
                        self.visitor.set_balance(accepted.balance);
                        signal
                            .0
                            .update(|generation| generation.accept(accepted.id, accepted.price));
                        records::save(&signal.0.get_untracked()).await;
                        if signal.0.with_untracked(|generation| generation.stopping) {
                            self.page.spawn(self.stop(signal));
                        }
                        Ok(accepted.events)
                    }
                    Err(error) => Err(error),
                }
            }
            Some(id) => Gateway(&base).look(&token, id).await.map(|answer| {
                signal.0.update(|generation| _ = generation.adopt(&answer));
                answer.events
            }),
        };
        match events {
            Ok(_) if signal.is_final() => Next::Done,
            Ok(events) => self.watch(signal, &events).await,
            Err(ApiError::Unauthorized) => match self.visitor.new_token(&token).await {
                // A submission goes on as another visitor; what the old one made is out of reach.
                Ok(_) => Next::GoOn,
                Err(error) => self.hindered(signal, error),
            },
            Err(error) => self.hindered(signal, error),
        }
    }

    /// Listens until the stream ends.
    async fn watch(self, signal: GenerationSignal, events: &str) -> Next {
        let after = signal.0.with_untracked(|generation| generation.last_seq);
        let mut stream = match Gateway(&self.page.gateway()).events(events, after) {
            Ok(stream) => stream,
            Err(error) => return self.hindered(signal, error),
        };
        let mut heard = false;
        loop {
            let silence = pause(SILENCE_MILLIS);
            let message = match select(pin!(stream.next()), pin!(silence)).await {
                Either::Left((message, _)) => message,
                // Silence: it stands, as far as anybody knows. Looking will tell.
                Either::Right(_) => return Next::GoOn,
            };
            heard |= matches!(message, StreamMessage::Event(..));
            if !self.hear(signal, message) {
                break;
            }
        }
        if signal.is_final() {
            Next::Done
        } else if heard {
            Next::GoOn
        } else {
            Next::Wait(ApiError::Unreachable)
        }
    }

    /// Folds a message in, and answers whether more may come.
    pub(super) fn hear(self, signal: GenerationSignal, message: StreamMessage) -> bool {
        match message {
            StreamMessage::Open => signal.0.update(|generation| generation.link = Link::Fine),
            StreamMessage::Retrying => {
                signal.0.update(|generation| generation.link = Link::Restoring);
            }
            StreamMessage::Closed => return false,
            StreamMessage::Event(seq, event) => {
                let Some(news) = signal.0.try_update(|generation| {
                    generation.link = Link::Fine;
                    generation.apply(seq, event)
                }) else {
                    return false;
                };
                let is_final = signal.is_final();
                if news && !is_final {
                    self.emit("progress", signal);
                }
                return !is_final;
            }
        }
        true
    }

    /// The whole way in direct mode: one request, one stream, no second chance.
    async fn direct(self, signal: GenerationSignal) -> Next {
        let generation = signal.0.get_untracked();
        let key = self.draft.api_key.get_untracked();
        let say = |message| _ = self.hear(signal, message);
        signal.0.update(|generation| generation.phase = Phase::Running);
        records::save(&signal.0.get_untracked()).await;
        match direct::generate(&generation.gateway, &key, &generation.request, say).await {
            Ok(()) => self.give_up(signal, Word::BrokeOff),
            // Nothing was charged that nobody answered to, but that is not for the page to say.
            Err(ApiError::Unreachable) => self.give_up(signal, Word::BrokeOff),
            Err(ApiError::Unauthorized) => {
                let said = Message::text(self.page.text(Word::WrongKey));
                self.turned_away(signal, ApiError::Refused(said));
            }
            Err(error) => self.turned_away(signal, error),
        }
        Next::Done
    }

    /// A record of direct mode that had not ended: its page may be running it still. Once it doesn't,
    /// what it wrote last is the truth; a stream that nobody reads any more has broken off.
    pub(super) async fn await_end(self, generation: Generation) {
        let _lock = lock(&generation.key).await;
        let Some(generation) = records::find(&generation.key).await else { return };
        let is_final = generation.is_final();
        let Some(signal) = self.take_in(generation) else { return };
        if !is_final {
            self.show_first(signal);
            self.give_up(signal, Word::BrokeOff);
            self.finish(signal).await;
        }
    }

    /// A step did not succeed: another attempt, or the end.
    fn hindered(self, signal: GenerationSignal, error: ApiError) -> Next {
        if error.is_passing() {
            return Next::Wait(error);
        }
        match error {
            _ if signal.0.with_untracked(|generation| generation.id.is_none()) => {
                self.turned_away(signal, error);
            }
            ApiError::Gone | ApiError::Unauthorized => self.give_up(signal, Word::Gone),
            ApiError::Refused(message) => {
                signal.0.update(|generation| generation.give_up(message, false));
            }
            _ => self.give_up(signal, Word::Unreadable),
        }
        Next::Done
    }

    /// It was never accepted: it is no generation, only a request with an answer.
    fn turned_away(self, signal: GenerationSignal, error: ApiError) {
        self.take_away(signal);
        self.refuse(error, Some(signal.key()));
    }

    pub(super) fn give_up(self, signal: GenerationSignal, word: Word) {
        let message = Message::text(self.page.text(word));
        signal.0.update(|generation| generation.give_up(message, false));
    }

    /// Says and writes down that it has ended, unless it was taken back.
    pub(super) async fn finish(self, signal: GenerationSignal) {
        if self.find(&signal.key()).is_none() {
            return;
        }
        signal.0.update(|generation| {
            generation.link = Link::Fine;
            // How long it took holds even where somebody has set the wall clock meanwhile.
            let took_millis = generation.began_at_page_ms.map(|began| page_millis() - began);
            let finished_at_ms =
                took_millis.map_or_else(now_millis, |took| generation.created_at_ms + took);
            generation.finished_at_ms.get_or_insert(finished_at_ms);
        });
        let name = signal.0.with_untracked(|generation| match generation.phase {
            Phase::Completed { .. } => "completed",
            Phase::Failed { cancelled: true, .. } => "cancelled",
            _ => "failed",
        });
        self.emit(name, signal);
        let generation = signal.0.get_untracked();
        self.notify(&generation);
        if generation.unkept {
            // Without its file, the record would promise what nobody has.
            records::forget(&generation.key).await;
        } else {
            records::save(&generation).await;
        }
        if self.page.mode() == Mode::Gateway {
            // What it cost was told when it was accepted; a balance that can't be asked for just
            // now is asked for with the next generation.
            let _ = self.visitor.load_balance().await;
        }
    }

    /// Tells somebody who went elsewhere that it has ended.
    fn notify(self, generation: &Generation) {
        if !self.page.is_hidden() {
            return;
        }
        let word = match generation.phase {
            Phase::Completed { .. } => Word::EndedWell,
            // Whoever stopped it knows.
            Phase::Failed { cancelled: true, .. } => return,
            _ => Word::EndedBadly,
        };
        let title = self.page.text(word);
        notifications::notify(&title, &generation.request.prompt, &generation.key);
    }
}
