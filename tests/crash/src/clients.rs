//! The clients. Each behaves like a careful client (creates the idempotency key first, repeats a
//! request after a lost answer, resumes a stream after the last number seen). Everything that the
//! gateway promises to a client is recorded, and checked from then on.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use ai_now_protocol::api::{Accepted, Balance, Generation, IDEMPOTENCY_KEY, State};
use ai_now_protocol::{Event, GenerateRequest, sse};
use anyhow::{Context as _, Result, bail, ensure};
use futures_util::StreamExt as _;
use reqwest::{Method, RequestBuilder, StatusCode};

use crate::promises::{Ended, Promises, Submission};

/// The time limit for one more generation to end on the last gateway.
const SETTLE: Duration = Duration::from_secs(300);

/// The pause of a client that has too many generations under way.
const ROOM: Duration = Duration::from_millis(20);

/// One client of one running gateway. Its key and its promises outlive it.
pub struct Client {
    http: reqwest::Client,
    url: String,
    key: String,
    promises: Arc<Promises>,
    random: fastrand::Rng,
}

/// Why a client stops: the gateway is gone, its database is gone, or a promise was broken.
enum Stop {
    Gone,
    Away(String),
    Broken(anyhow::Error),
}

/// Whether the status means that something behind the server that answers is unavailable.
fn is_away(status: StatusCode) -> bool {
    let away =
        [StatusCode::BAD_GATEWAY, StatusCode::SERVICE_UNAVAILABLE, StatusCode::GATEWAY_TIMEOUT];
    away.contains(&status)
}

impl From<reqwest::Error> for Stop {
    /// An interrupted request only means that the gateway was killed.
    fn from(_: reqwest::Error) -> Self {
        Self::Gone
    }
}

impl From<anyhow::Error> for Stop {
    fn from(error: anyhow::Error) -> Self {
        Self::Broken(error)
    }
}

impl Client {
    /// A client with a key.
    pub fn new(url: &str, key: &str, promises: &Arc<Promises>, random: fastrand::Rng) -> Self {
        Self {
            http: reqwest::Client::new(),
            url: url.to_owned(),
            key: key.to_owned(),
            promises: Arc::clone(promises),
            random,
        }
    }

    /// Uses the gateway until it is gone.
    ///
    /// # Errors
    /// If a promise was broken.
    pub async fn use_until_gone(mut self) -> Result<()> {
        match self.act_until(|| false).await {
            Ok(()) | Err(Stop::Gone) => Ok(()),
            Err(Stop::Away(said)) => Err(anyhow::anyhow!("its database never was away: {said}")),
            Err(Stop::Broken(error)) => Err(error),
        }
    }

    /// Uses the gateway until it or its database is gone, or until `enough`.
    ///
    /// # Errors
    /// If a promise was broken.
    pub async fn use_until(mut self, enough: impl Fn() -> bool) -> Result<()> {
        match self.act_until(enough).await {
            Err(Stop::Broken(error)) => Err(error),
            _ => Ok(()),
        }
    }

    async fn act_until(&mut self, enough: impl Fn() -> bool) -> Result<(), Stop> {
        // First what the last gateway left unanswered, as a page does when it is opened again.
        let mut lost = self.promises.unanswered();
        while !enough() {
            match lost.pop() {
                Some(key) => self.submit(&key).await.map(drop)?,
                None => self.act().await?,
            }
        }
        Ok(())
    }

    async fn act(&mut self) -> Result<(), Stop> {
        let known: Vec<String> = self.promises.lock().keys().cloned().collect();
        let known = if known.is_empty() { None } else { self.random.choice(known) };
        match (self.random.u8(0..10), known) {
            (0..4, _) | (_, None) => {
                let submission = self.imagine();
                let key = format!("crash-{:032x}", self.random.u128(..));
                // Recorded before it is sent, because the answer may get lost.
                self.promises.lock().insert(key.clone(), submission);
                if self.submit(&key).await?.is_none() {
                    self.make_room().await?;
                }
                Ok(())
            }
            (4..6, Some(key)) => self.submit(&key).await.map(drop),
            (6, Some(key)) => self.cancel(&key).await,
            (_, Some(key)) => self.follow(&key).await.map(drop),
        }
    }

    /// Cancels one generation when too many are under way, so that submissions continue.
    async fn make_room(&mut self) -> Result<(), Stop> {
        tokio::time::sleep(ROOM).await;
        let under_way = self.promises.under_way();
        match self.random.choice(under_way) {
            Some(key) => self.cancel(&key).await,
            None => Ok(()),
        }
    }

    fn imagine(&mut self) -> Submission {
        let (model, prompt) = match self.random.u8(0..16) {
            0 => ("pika", "a lake, 2 seconds, silent"),
            _ => ("suno", "a happy tune, 5 seconds"),
        };
        let request = GenerateRequest {
            model: model.into(),
            prompt: prompt.into(),
            ..GenerateRequest::default()
        }
        .with_seed(Some(self.random.u32(..)));
        Submission {
            request,
            accepted: None,
            events: BTreeMap::new(),
            cancelled: false,
            unanswered: false,
            ended: false,
        }
    }

    /// Submits, perhaps repeatedly, and returns the generation's id.
    async fn submit(&self, key: &str) -> Result<Option<String>, Stop> {
        let submission = {
            let mut submissions = self.promises.lock();
            let Some(submission) = submissions.get_mut(key) else { return Ok(None) };
            let before = submission.clone();
            submission.unanswered = true;
            before
        };
        let answer = self
            .ask(Method::POST, "/api/generations")
            .header(IDEMPOTENCY_KEY, key)
            .json(&submission.request)
            .send()
            .await?;
        let status = answer.status();
        if matches!(status, StatusCode::TOO_MANY_REQUESTS | StatusCode::CONFLICT) {
            // A limit is reached. Forget the submission if it certainly wasn't accepted.
            if !submission.unanswered && submission.accepted.is_none() {
                self.promises.lock().remove(key);
            }
            return Ok(None);
        }
        if is_away(status) {
            return Err(Stop::Away(answer.text().await?));
        }
        if status != StatusCode::CREATED {
            return Err(anyhow::anyhow!("submit: {status}: {}", answer.text().await?).into());
        }
        let accepted: Accepted = answer.json().await?;
        let mut submissions = self.promises.lock();
        let submission = submissions.get_mut(key).context("a submission was forgotten")?;
        if let Some(first) = &submission.accepted
            && *first != accepted.id
        {
            let id = accepted.id;
            return Err(anyhow::anyhow!("{key} was {first}, and is now {id}: paid twice").into());
        }
        submission.accepted = Some(accepted.id.clone());
        submission.unanswered = false;
        Ok(Some(accepted.id))
    }

    async fn cancel(&self, key: &str) -> Result<(), Stop> {
        let Some(id) = self.accepted(key) else { return Ok(()) };
        let answer = self.ask(Method::DELETE, &format!("/api/generations/{id}")).send().await?;
        let status = answer.status();
        if status == StatusCode::TOO_MANY_REQUESTS {
            return Ok(());
        }
        if is_away(status) {
            return Err(Stop::Away(answer.text().await?));
        }
        if !status.is_success() && status != StatusCode::CONFLICT {
            return Err(anyhow::anyhow!("cancel {id}: {status}").into());
        }
        let generation: Option<Generation> = answer.json().await.ok();
        if let Some(submission) = self.promises.lock().get_mut(key) {
            submission.ended |= status == StatusCode::CONFLICT;
            submission.cancelled |=
                generation.is_some_and(|generation| generation.state == State::Cancelled);
        }
        Ok(())
    }

    fn accepted(&self, key: &str) -> Option<String> {
        self.promises.lock().get(key)?.accepted.clone()
    }

    /// Reads a generation's events after the last one seen, for a while or to their end. Returns
    /// whether they have ended.
    async fn follow(&self, key: &str) -> Result<bool, Stop> {
        let Some(id) = self.accepted(key) else { return Ok(false) };
        // Sometimes from the beginning: facts must be repeated unchanged.
        let from_start = fastrand::u8(0..4) == 0;
        let seen = match self.promises.lock().get(key).and_then(|s| s.events.last_key_value()) {
            Some((number, _)) if !from_start => *number,
            _ => 0,
        };
        let path = format!("/api/generations/{id}/events?after={seen}");
        let answer = self.ask(Method::GET, &path).send().await?;
        match answer.status() {
            StatusCode::OK => {}
            StatusCode::NO_CONTENT => return Ok(true),
            StatusCode::TOO_MANY_REQUESTS => return Ok(false),
            status if is_away(status) => return Err(Stop::Away(answer.text().await?)),
            status => return Err(anyhow::anyhow!("events of {id} after {seen}: {status}").into()),
        }
        let mut reader = sse::Reader::default();
        let mut bytes = answer.bytes_stream();
        let mut last = seen;
        while let Some(chunk) = bytes.next().await {
            for frame in reader.feed(&chunk?) {
                let frame = frame.context("an event was too long")?;
                let number = frame.last_event_id.parse().context("an event without a number")?;
                if number <= last {
                    return Err(anyhow::anyhow!("{id}: {number} came after {last}").into());
                }
                self.note(key, number, frame.data)?;
                last = number;
            }
        }
        Ok(false)
    }

    /// Records an event, or compares it with the one recorded under its number.
    fn note(&self, key: &str, number: u64, data: String) -> Result<()> {
        let mut submissions = self.promises.lock();
        let submission = submissions.get_mut(key).context("a submission was forgotten")?;
        let event: Event = serde_json::from_str(&data).with_context(|| data.clone())?;
        // The address of a result starts with the gateway's, whose port changes.
        let data = data.replace(&self.url, "");
        if let Some(before) = submission.events.insert(number, data.clone()) {
            ensure!(before == data, "event {number}: {before} became {data}");
        }
        submission.ended |= event.is_last();
        let done = matches!(event, Event::Completed(_));
        ensure!(!(done && submission.cancelled), "completed, after it was said to be cancelled");
        Ok(())
    }

    /// Completes everything and checks it: one generation per submission, one final event for each,
    /// a file for each completed one, and the exact balance.
    ///
    /// # Errors
    /// If a promise was broken.
    pub async fn settle(self, granted: u64) -> Result<Ended> {
        let gone = |stop| match stop {
            Stop::Gone => anyhow::anyhow!("the gateway is gone, though nobody killed it"),
            Stop::Away(said) => anyhow::anyhow!("its database is away, though it runs: {said}"),
            Stop::Broken(error) => error,
        };
        let keys: Vec<String> = self.promises.lock().keys().cloned().collect();
        let mut ended = Ended::default();
        let mut ids = std::collections::HashSet::new();
        let mut spent = 0;
        for key in &keys {
            let id = tokio::time::timeout(SETTLE, self.bring_to_its_end(key))
                .await
                .with_context(|| format!("{key} came to no end in time"))?
                .map_err(gone)?;
            ensure!(ids.insert(id.clone()), "two submissions are the one generation {id}");
            let path = format!("/api/generations/{id}");
            let generation: Generation = self.ask(Method::GET, &path).send().await?.json().await?;
            self.check_end(key, &generation).await?;
            match generation.state {
                State::Completed => {
                    ended.completed += 1;
                    spent += u64::from(generation.price);
                }
                State::Cancelled => ended.cancelled += 1,
                // The sketch engine accepts every request.
                State::Failed => bail!("{id} failed: {:?}", generation.message),
                State::Queued | State::Running => bail!("{id} has ended, but is {generation:?}"),
            }
        }
        let balance: Balance = self.ask(Method::GET, "/api/balance").send().await?.json().await?;
        let expected = Balance { granted, available: granted - spent, held: 0, spent };
        ensure!(balance == expected, "the balance is {balance:?} instead of {expected:?}");
        Ok(ended)
    }

    async fn bring_to_its_end(&self, key: &str) -> Result<String, Stop> {
        // The answer may have been lost with the gateway that gave it: repeat the request, as any
        // client would.
        let id = loop {
            if let Some(id) = self.accepted(key) {
                break id;
            }
            if let Some(id) = self.submit(key).await? {
                break id;
            }
            // The limit of concurrent generations is reached: retry once one ends.
            tokio::time::sleep(Duration::from_millis(50)).await;
        };
        while !self.follow(key).await? {}
        Ok(id)
    }

    async fn check_end(&self, key: &str, generation: &Generation) -> Result<()> {
        let events = self.promises.lock().get(key).map(|s| s.events.clone()).unwrap_or_default();
        let last = |data: &String| serde_json::from_str::<Event>(data).is_ok_and(|e| e.is_last());
        ensure!(events.values().filter(|data| last(data)).count() == 1, "{key}: {events:?}");
        let end = events.last_key_value();
        ensure!(end.is_some_and(|(_, data)| last(data)), "{key}: something came after the end");
        self.check_facts(key, &generation.id, &events).await?;
        if generation.state == State::Completed {
            let url = generation.url.as_ref().context("completed without an address")?;
            let file = self.http.get(url.as_str()).send().await?.error_for_status()?;
            ensure!(file.bytes().await?.len() > 1000, "{}: the file is empty", url.as_str());
        }
        Ok(())
    }

    /// Facts are repeated unchanged, and none is missing.
    async fn check_facts(&self, key: &str, id: &str, seen: &BTreeMap<u64, String>) -> Result<()> {
        let path = format!("/api/generations/{id}/events?after=0");
        let answer = self.ask(Method::GET, &path).send().await?.error_for_status()?;
        let bytes = answer.bytes().await?;
        let mut facts = 0;
        for frame in sse::Reader::default().feed(&bytes) {
            let frame = frame.context("an event was too long")?;
            let data = frame.data.replace(&self.url, "");
            let told = seen.get(&frame.last_event_id.parse()?);
            ensure!(told == Some(&data), "{key}: {data} was told as {told:?}");
            facts += 1;
        }
        ensure!(facts >= 2, "{key}: only {facts} events are kept");
        Ok(())
    }

    fn ask(&self, method: Method, path: &str) -> RequestBuilder {
        self.http.request(method, format!("{}{path}", self.url)).bearer_auth(&self.key)
    }
}
