//! The way of one generation: sent until it is accepted, watched until it ends, whatever happens in
//! between. What is sent is sent under one key, so that sending it again is never a second purchase.

use std::pin::pin;

use futures_util::future::{Either, select};
use leptos::prelude::*;

use super::{Job, Session, lock, now_millis};
use crate::api::client::Gateway;
use crate::api::{StreamMessage, demo, direct};
use crate::api_error::ApiError;
use crate::generation::{Generation, Link, Phase};
use crate::history;
use crate::i18n::Word;
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

impl Session {
    /// Takes a generation to its end.
    pub(super) async fn run(self, job: Job) {
        // Before it is sent: a page that dies right after finds the key again.
        self.kept.set(history::save(&job.0.get_untracked()).await);
        if self.is_demo() {
            return self.make(job).await;
        }
        // Until its end is written down, nobody else may take it for broken off.
        let _lock = if self.is_direct() { Some(lock(&job.key()).await) } else { None };
        let mut attempt = 0;
        loop {
            let next = if self.is_direct() { self.direct(job).await } else { self.step(job).await };
            match next {
                Next::GoOn => attempt = 0,
                Next::Wait(trouble) => {
                    job.0.update(|generation| generation.link = Link::Restoring);
                    self.wait(&mut attempt, &trouble).await;
                }
                Next::Done => break,
            }
        }
        self.finish(job).await;
    }

    /// Sends the wish to stop, as soon as there is something to stop.
    pub(super) async fn stop(self, job: Job) {
        if self.is_demo() {
            return demo::stop(&job.key());
        }
        let Some(id) = job.0.with_untracked(|generation| generation.id.clone()) else {
            // Not accepted yet: `run` stops it once it is. A stream of the documented API knows no
            // cancelling, so there nothing can be promised.
            return;
        };
        let mut attempt = 0;
        while job.0.with_untracked(|generation| generation.stopping) {
            let answer = match self.token().await {
                Ok(token) => Gateway(&self.gateway()).cancel(&token, &id).await,
                Err(trouble) => Err(trouble),
            };
            match answer {
                Ok(answer) => {
                    job.0.update(|generation| {
                        generation.adopt(&answer);
                        generation.stopping = false;
                    });
                    return;
                }
                Err(trouble) if trouble.is_passing() => self.wait(&mut attempt, &trouble).await,
                Err(_) => job.0.update(|generation| generation.stopping = false),
            }
        }
    }

    async fn step(self, job: Job) -> Next {
        let (id, is_final) =
            job.0.with_untracked(|generation| (generation.id.clone(), generation.is_final()));
        if is_final {
            return Next::Done;
        }
        let token = match self.token().await {
            Ok(token) => token,
            Err(trouble) => return self.hindered(job, trouble),
        };
        let base = self.gateway();
        let events = match &id {
            None => {
                let request = job.0.with_untracked(|generation| generation.request.clone());
                match Gateway(&base).submit(&token, &job.key(), &request).await {
                    Ok(accepted) => {
                        self.set_balance(accepted.balance);
                        job.0.update(|generation| generation.accept(accepted.id, accepted.price));
                        history::save(&job.0.get_untracked()).await;
                        if job.0.with_untracked(|generation| generation.stopping) {
                            self.spawn(self.stop(job));
                        }
                        Ok(accepted.events)
                    }
                    Err(trouble) => Err(trouble),
                }
            }
            Some(id) => Gateway(&base).look(&token, id).await.map(|answer| {
                job.0.update(|generation| _ = generation.adopt(&answer));
                answer.events
            }),
        };
        match events {
            Ok(_) if job.0.with_untracked(Generation::is_final) => Next::Done,
            Ok(events) => self.watch(job, &events).await,
            Err(ApiError::Unauthorized) => match self.new_token(&token).await {
                // A submission goes on as another visitor; what the old one made is out of reach.
                Ok(_) => Next::GoOn,
                Err(trouble) => self.hindered(job, trouble),
            },
            Err(trouble) => self.hindered(job, trouble),
        }
    }

    /// Listens until the stream ends.
    async fn watch(self, job: Job, events: &str) -> Next {
        let after = job.0.with_untracked(|generation| generation.last_seq);
        let mut stream = match Gateway(&self.gateway()).events(events, after) {
            Ok(stream) => stream,
            Err(trouble) => return self.hindered(job, trouble),
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
            if !self.hear(job, message) {
                break;
            }
        }
        if job.0.with_untracked(Generation::is_final) {
            Next::Done
        } else if heard {
            Next::GoOn
        } else {
            Next::Wait(ApiError::Unreachable)
        }
    }

    /// Folds a message in, and answers whether more may come.
    pub(super) fn hear(self, job: Job, message: StreamMessage) -> bool {
        match message {
            StreamMessage::Open => job.0.update(|generation| generation.link = Link::Fine),
            StreamMessage::Retrying => job.0.update(|generation| generation.link = Link::Restoring),
            StreamMessage::Closed => return false,
            StreamMessage::Event(seq, event) => {
                let Some(news) = job.0.try_update(|generation| {
                    generation.link = Link::Fine;
                    generation.apply(seq, event)
                }) else {
                    return false;
                };
                let is_final = job.0.with_untracked(Generation::is_final);
                if news && !is_final {
                    self.emit("progress", job);
                }
                return !is_final;
            }
        }
        true
    }

    /// The whole way in direct mode: one request, one stream, no second chance.
    async fn direct(self, job: Job) -> Next {
        let generation = job.0.get_untracked();
        let key = self.draft.api_key.get_untracked();
        let say = |message| _ = self.hear(job, message);
        job.0.update(|generation| generation.phase = Phase::Running);
        history::save(&job.0.get_untracked()).await;
        match direct::generate(&generation.gateway, &key, &generation.request, say).await {
            Ok(()) => self.give_up(job, Word::BrokeOff),
            // Nothing was charged that nobody answered to, but that is not for the page to say.
            Err(ApiError::Unreachable) => self.give_up(job, Word::BrokeOff),
            Err(ApiError::Unauthorized) => {
                let said = self.locale.with_value(|locale| locale.text(Word::WrongKey).to_owned());
                self.turned_away(job, ApiError::Refused(said));
            }
            Err(trouble) => self.turned_away(job, trouble),
        }
        Next::Done
    }

    /// A record of direct mode that had not ended: its page may be running it still. Once it doesn't,
    /// what it wrote last is the truth; a stream that nobody reads any more has broken off.
    pub(super) async fn await_end(self, generation: Generation) {
        let _lock = lock(&generation.key).await;
        let Some(generation) = history::find(&generation.key).await else { return };
        let is_final = generation.is_final();
        let Some(job) = self.take_in(generation) else { return };
        if !is_final {
            self.show_first(job);
            self.give_up(job, Word::BrokeOff);
            self.finish(job).await;
        }
    }

    /// A step did not succeed: another attempt, or the end.
    fn hindered(self, job: Job, trouble: ApiError) -> Next {
        if trouble.is_passing() {
            return Next::Wait(trouble);
        }
        match trouble {
            _ if job.0.with_untracked(|generation| generation.id.is_none()) => {
                self.turned_away(job, trouble);
            }
            ApiError::Gone | ApiError::Unauthorized => self.give_up(job, Word::Gone),
            ApiError::Refused(message) => {
                job.0.update(|generation| generation.give_up(message, false));
            }
            _ => self.give_up(job, Word::Unreadable),
        }
        Next::Done
    }

    /// It was never accepted: it is no generation, only a request with an answer.
    fn turned_away(self, job: Job, trouble: ApiError) {
        self.take_away(job);
        self.refuse(trouble, Some(job.key()));
    }

    pub(super) fn give_up(self, job: Job, word: Word) {
        let message = self.locale.with_value(|locale| locale.text(word).to_owned());
        job.0.update(|generation| generation.give_up(message, false));
    }

    /// Says and writes down that it has ended, unless it was taken back.
    pub(super) async fn finish(self, job: Job) {
        if self.find(&job.key()).is_none() {
            return;
        }
        job.0.update(|generation| {
            generation.link = Link::Fine;
            generation.finished_at_ms.get_or_insert(now_millis());
        });
        let name = job.0.with_untracked(|generation| match generation.phase {
            Phase::Completed { .. } => "completed",
            Phase::Failed { cancelled: true, .. } => "cancelled",
            _ => "failed",
        });
        self.emit(name, job);
        let generation = job.0.get_untracked();
        self.notify(&generation);
        if generation.unkept {
            // Without its file, the record would promise what nobody has.
            history::forget(&generation.key).await;
        } else {
            history::save(&generation).await;
        }
        if self.is_gateway() {
            // What it cost was told when it was accepted; a balance that can't be asked for just
            // now is asked for with the next generation.
            let _ = self.learn_balance().await;
        }
    }

    /// Tells somebody who went elsewhere that it has ended.
    fn notify(self, generation: &Generation) {
        let word = match generation.phase {
            Phase::Completed { .. } => Word::EndedWell,
            // Whoever stopped it knows.
            Phase::Failed { cancelled: true, .. } => return,
            _ => Word::EndedBadly,
        };
        let title = self.locale.with_value(|locale| locale.text(word).to_owned());
        notifications::notify(&title, &generation.request.prompt, &generation.key);
    }
}
