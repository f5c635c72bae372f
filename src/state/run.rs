//! The run of one generation: sent until it is accepted, followed until it ends, whatever happens
//! in between. It is always sent under the same idempotency key, so that sending it again is never
//! a second purchase.

use std::pin::pin;

use ai_now_protocol::Message;
use futures_util::future::{Either, select};
use leptos::prelude::*;
use web_sys::Document;

use super::feed::FeedStream;
use super::generations::{GenerationSignal, Generations, lock};
use super::records;
use crate::api::client::Gateway;
use crate::api::events::{EventStream, Line};
use crate::api::{StreamMessage, demo, direct, read_event};
use crate::api_error::ApiError;
use crate::config::Mode;
use crate::generation::{Generation, Link, Phase};
use crate::i18n::Word;
use crate::platform::clock::{now_millis, page_millis};
use crate::platform::notifications;

/// After this long without an event a stream counts as dead, and the gateway is asked for the
/// state: a proxy may hold events back, and after a sleep the browser may not notice that its
/// connection is gone.
const SILENCE_MILLIS: u32 = 30_000;

/// What follows a step.
enum Next {
    /// The same again, at once: an event was received.
    GoOn,
    /// The same again, after a pause.
    Wait(ApiError),
    /// The same again, with a new token.
    Renewed,
    /// Nothing: it has ended.
    Done,
}

/// The source of a generation's events.
enum Source {
    /// The shared stream.
    Feed(FeedStream),
    /// A stream of its own.
    Own(EventStream),
}

impl Source {
    async fn next(&mut self) -> StreamMessage {
        let stream = match self {
            Self::Feed(stream) => return stream.next().await,
            Self::Own(stream) => stream,
        };
        loop {
            return match stream.next().await {
                Line::Open => StreamMessage::Open,
                Line::Retrying => StreamMessage::Retrying,
                Line::Closed => StreamMessage::Closed,
                Line::Data { last_id, data } => match read_event(&data) {
                    Some(event) => StreamMessage::Event(last_id.parse().ok(), event),
                    None => continue,
                },
            };
        }
    }
}

/// The addresses of the events, from an answer.
struct Events {
    /// Those of one generation.
    own: String,
    /// Those of all generations of the visitor, if the gateway has such a stream.
    all: Option<String>,
}

impl Generations {
    /// Runs a generation to its end.
    pub(super) async fn run(self, signal: GenerationSignal) {
        // Before it is sent: a page that dies right after finds the key again.
        self.history.save(signal.get_untracked()).await;
        if self.page.mode() == Mode::Demo {
            return self.make(signal).await;
        }
        // Until its end is recorded, no other tab may take it for interrupted.
        let _lock =
            if self.page.mode() == Mode::Direct { Some(lock(&signal.key()).await) } else { None };
        let (mut attempt, mut renewed) = (0, false);
        loop {
            let mut next = if self.page.mode() == Mode::Direct {
                self.direct(signal).await
            } else {
                self.step(signal).await
            };
            // A token that is new and refused all the same will not be better the next time.
            if renewed && matches!(next, Next::Renewed) {
                next = self.step_failed(signal, ApiError::Unauthorized);
            }
            renewed = matches!(next, Next::Renewed);
            match next {
                Next::GoOn | Next::Renewed => attempt = 0,
                Next::Wait(error) => {
                    signal.update(|generation| generation.link = Link::Restoring);
                    self.page.wait(&mut attempt, &error).await;
                }
                Next::Done => break,
            }
        }
        self.finish(signal).await;
    }

    /// Sends the request to stop, as soon as there is something to stop.
    pub(super) async fn stop(self, signal: GenerationSignal) {
        if self.page.mode() == Mode::Demo {
            return demo::stop(&signal.key());
        }
        let Some(id) = signal.with_untracked(|generation| generation.id.clone()) else {
            // Not accepted yet: `run` stops it once it is. A stream of the documented API knows no
            // cancelling, so there nothing can be promised.
            return;
        };
        let (mut attempt, mut renewed) = (0, false);
        while signal.with_untracked(|generation| generation.stopping) {
            let answer = match self.visitor.token().await {
                Ok(token) => {
                    let answer = Gateway(&self.page.gateway()).cancel(&token, &id).await;
                    if matches!(answer, Err(ApiError::Unauthorized)) && !renewed {
                        renewed = true;
                        match self.visitor.new_token(&token).await {
                            Ok(_) => continue,
                            Err(error) => Err(error),
                        }
                    } else {
                        answer
                    }
                }
                Err(error) => Err(error),
            };
            match answer {
                Ok(answer) => {
                    signal.update(|generation| {
                        generation.adopt(&answer);
                        generation.stopping = false;
                    });
                    return;
                }
                Err(error) if error.is_transient() => self.page.wait(&mut attempt, &error).await,
                Err(_) => signal.update(|generation| generation.stopping = false),
            }
        }
    }

    async fn step(self, signal: GenerationSignal) -> Next {
        let (id, is_final) =
            signal.with_untracked(|generation| (generation.id.clone(), generation.is_final()));
        if is_final {
            return Next::Done;
        }
        let token = match self.visitor.token().await {
            Ok(token) => token,
            Err(error) => return self.step_failed(signal, error),
        };
        // Before it is sent or looked up: events in between are received.
        self.feed.begin();
        let base = self.page.gateway();
        let events = match &id {
            None => {
                let request = signal.with_untracked(|generation| generation.request.clone());
                match Gateway(&base).submit(&token, &signal.key(), &request).await {
                    Ok(accepted) => {
                        self.visitor.set_balance(accepted.balance);
                        signal.update(|generation| generation.accept(accepted.id, accepted.price));
                        records::save(&signal.get_untracked()).await;
                        if signal.with_untracked(|generation| generation.stopping) {
                            self.page.spawn(self.stop(signal));
                        }
                        Ok(Events { own: accepted.events, all: accepted.all_events })
                    }
                    Err(error) => Err(error),
                }
            }
            Some(id) => Gateway(&base).look(&token, id).await.map(|answer| {
                signal.update(|generation| _ = generation.adopt(&answer));
                Events { own: answer.events, all: answer.all_events }
            }),
        };
        match events {
            Ok(_) if signal.is_final() => Next::Done,
            Ok(events) => self.watch(signal, &events).await,
            Err(ApiError::Unauthorized) => match self.visitor.new_token(&token).await {
                // A submission is repeated as a new visitor; what the old one made is out of reach.
                Ok(_) => Next::Renewed,
                Err(error) => self.step_failed(signal, error),
            },
            Err(error) => self.step_failed(signal, error),
        }
    }

    /// Follows the stream to its end.
    async fn watch(self, signal: GenerationSignal, events: &Events) -> Next {
        let base = self.page.gateway();
        let gateway = Gateway(&base);
        let (id, after) =
            signal.with_untracked(|known| (known.id.clone().unwrap_or_default(), known.last_seq));
        let source = match &events.all {
            Some(all) => {
                gateway.stream_address(all).map(|url| Source::Feed(self.feed.follow(&id, &url)))
            }
            None => gateway.events(&events.own, after).map(Source::Own),
        };
        match source {
            Ok(source) => self.listen(signal, source).await,
            Err(error) => self.step_failed(signal, error),
        }
    }

    async fn listen(self, signal: GenerationSignal, mut source: Source) -> Next {
        let mut heard = false;
        loop {
            let silence = self.page.pause(SILENCE_MILLIS);
            let message = match select(pin!(source.next()), pin!(silence)).await {
                Either::Left((message, _)) => message,
                // No event for a while: the connection may be fine. The lookup finds out.
                Either::Right(_) => return Next::GoOn,
            };
            heard |= matches!(message, StreamMessage::Event(..));
            if !self.receive(signal, message) {
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

    /// Applies a message, and returns whether more may come.
    pub(super) fn receive(self, signal: GenerationSignal, message: StreamMessage) -> bool {
        match message {
            StreamMessage::Open => signal.update(|generation| generation.link = Link::Fine),
            StreamMessage::Retrying => {
                signal.update(|generation| generation.link = Link::Restoring);
            }
            StreamMessage::Closed => return false,
            StreamMessage::Event(seq, event) => {
                let Some(changed) = signal.try_update(|generation| {
                    generation.link = Link::Fine;
                    generation.apply(seq, event)
                }) else {
                    return false;
                };
                let is_final = signal.is_final();
                if changed && !is_final {
                    self.emit("progress", signal);
                }
                return !is_final;
            }
        }
        true
    }

    /// The whole run in direct mode: one request, one stream, no second chance.
    async fn direct(self, signal: GenerationSignal) -> Next {
        let generation = signal.get_untracked();
        let key = self.draft.api_key.get_untracked();
        let say = |message| _ = self.receive(signal, message);
        signal.update(|generation| generation.phase = Phase::Running);
        records::save(&signal.get_untracked()).await;
        match direct::generate(&generation.gateway, &key, &generation.request, say).await {
            Ok(()) => self.give_up(signal, Word::BrokeOff),
            // A request without an answer was not charged, but the page can't know that.
            Err(ApiError::Unreachable) => self.give_up(signal, Word::BrokeOff),
            Err(ApiError::Unauthorized) => {
                let said = Message::text(self.page.text(Word::WrongKey));
                self.turned_away(signal, ApiError::Refused(said));
            }
            Err(error) => self.turned_away(signal, error),
        }
        Next::Done
    }

    /// An unfinished record of direct mode: its page may still be running it. If it isn't, its last
    /// state is final; a stream without a reader has broken off.
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
    fn step_failed(self, signal: GenerationSignal, error: ApiError) -> Next {
        if error.is_transient() {
            return Next::Wait(error);
        }
        match error {
            _ if signal.with_untracked(|generation| generation.id.is_none()) => {
                self.turned_away(signal, error);
            }
            ApiError::Gone | ApiError::Unauthorized => self.give_up(signal, Word::Gone),
            ApiError::Refused(message) => {
                signal.update(|generation| generation.give_up(message, false));
            }
            _ => self.give_up(signal, Word::Unreadable),
        }
        Next::Done
    }

    /// It was never accepted: there is no generation, only an answer to a request.
    fn turned_away(self, signal: GenerationSignal, error: ApiError) {
        self.take_away(signal);
        self.refuse(error, Some(signal.key()));
    }

    pub(super) fn give_up(self, signal: GenerationSignal, word: Word) {
        let message = Message::text(self.page.text(word));
        signal.update(|generation| generation.give_up(message, false));
    }

    /// Reports and records its end, unless it was deleted.
    pub(super) async fn finish(self, signal: GenerationSignal) {
        if self.find(&signal.key()).is_none() {
            return;
        }
        signal.update(|generation| {
            generation.link = Link::Fine;
            // The duration is measured by the monotonic clock, so changes of the wall clock have no
            // effect.
            let took_millis = generation.began_at_page_ms.map(|began| page_millis() - began);
            let finished_at_ms =
                took_millis.map_or_else(now_millis, |took| generation.created_at_ms + took);
            generation.finished_at_ms.get_or_insert(finished_at_ms);
        });
        let name = signal.with_untracked(|generation| match generation.phase {
            Phase::Completed { .. } => "completed",
            Phase::Failed { cancelled: true, .. } => "cancelled",
            _ => "failed",
        });
        self.emit(name, signal);
        let generation = signal.get_untracked();
        self.notify(&generation);
        if generation.unkept {
            // Without its file, the record would promise a missing result.
            records::forget(&generation.key).await;
        } else {
            records::save(&generation).await;
        }
        if self.page.mode() == Mode::Gateway {
            // Its price was known when it was accepted; a balance that can't be read now is read
            // with the next generation.
            let _ = self.visitor.load_balance().await;
        }
    }

    /// Notifies a user who is elsewhere that it has ended.
    fn notify(self, generation: &Generation) {
        let Some(document) = self.page.document().filter(Document::hidden) else { return };
        let word = match generation.phase {
            Phase::Completed { .. } => Word::EndedWell,
            // A user who stopped it knows.
            Phase::Failed { cancelled: true, .. } => return,
            _ => Word::EndedBadly,
        };
        let title = self.page.text(word);
        notifications::notify(&document, &title, &generation.request.prompt, &generation.key);
    }
}
