//! What comes at the same moment has one outcome: ends of one generation, submissions under one key.

use std::collections::HashSet;
use std::sync::Arc;

use ai_now_gateway::domain::{NewGeneration, Node, Outcome, Principal};
use ai_now_gateway::media::new_name;
use ai_now_gateway::secret;
use ai_now_gateway::store::NewKey;
use ai_now_protocol::api::State;
use ai_now_protocol::event::{Completed, Failure};
use ai_now_protocol::{Code, Event, Format, MediaUrl, Message};
use futures_util::future::join_all;
use serde_json::json;

use crate::support::{EventStream, Place, completed, read_all, song};

#[tokio::test(flavor = "multi_thread")]
async fn of_two_ends_just_one_is_written() {
    let place = Arc::new(Place::new());
    let store = place.store().await;
    let key = store.create_key(NewKey::Secret { tokens: 10_000 }, String::new()).await.unwrap();
    let key = store.key_by_secret(&key).await.unwrap().unwrap();
    let tries = (0..300).map(|_| {
        let (store, place) = (store.clone(), place.clone());
        let owner = Principal {
            key_id: key.id,
            account_id: key.account_id,
            visitor_id: None,
            tokens_per_day: None,
        };
        tokio::spawn(async move {
            let new = NewGeneration {
                id: secret::name(),
                owner,
                model: "suno".into(),
                prompt: "x".into(),
                options: [("seed".into(), 1u32.into())].into(),
                uploads: Vec::new(),
                procedural: true,
                price: 10,
                submission: None,
                node: Some(Node(1)),
                concurrent_limit: 1000,
                repeats: None,
            };
            let id = store.accept(new, Event::Started).await.unwrap().id;
            assert!(store.begin(&id, Node(1), Event::PROCESSING).await.unwrap().is_some());
            let media_name = new_name("x", Format::Mp3);
            place.write_media(&media_name, b"sound");
            let url = MediaUrl::parse(&format!("/media/{media_name}")).unwrap();
            let completed = Outcome::Completed {
                provider: "sketch".into(),
                media_name: media_name.clone(),
                size_bytes: 5,
                note: None,
                procedural: true,
                event: Event::Completed(Completed { url, note: None }),
            };
            let message = Message::new(Code::Cancelled, "Cancelled.");
            let event = Event::Failed(Failure { message: message.clone(), ..Failure::default() });
            let cancelled = Outcome::Ended { state: State::Cancelled, message, event };
            let race = |outcome| {
                let (store, id) = (store.clone(), id.clone());
                tokio::spawn(
                    async move { store.finish(&id, Node(1), outcome).await.unwrap().is_some() },
                )
            };
            // The order of the names is not always the order of the calls.
            let (completes, cancels) = if secret::random::<1>()[0] < 128 {
                let completes = race(completed);
                (completes, race(cancelled))
            } else {
                let cancels = race(cancelled);
                (race(completed), cancels)
            };
            let (completes, cancels) = (completes.await.unwrap(), cancels.await.unwrap());
            assert!(completes != cancels);
            if cancels {
                std::fs::remove_file(place.data().join("media").join(&media_name)).unwrap();
            }
            completes
        })
    });
    let outcomes = join_all(tries).await;
    let completed = outcomes.into_iter().filter(|completes| *completes.as_ref().unwrap()).count();
    let balance = store.balance(key.account_id).await.unwrap();
    assert_eq!((balance.spent, balance.held), (completed as u64 * 10, 0));
    println!("{completed} of 300 completed, the others were cancelled");
    store.close().await;
    assert_eq!(place.assert_sound().await.unfinished, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_generation_that_is_cancelled_as_it_completes_is_one_or_the_other() {
    let place = Place::new();
    let key = place.key(1000).await;
    let gateway = place.start().await;
    let tries = (0..8).map(|_| async {
        let accepted = gateway.create(&key, &song()).await;
        let response = gateway.ask(reqwest::Method::GET, &accepted.events).send().await.unwrap();
        let mut stream = EventStream::new(response);
        let nearly = f64::from(secret::random::<1>()[0]) / 255.0;
        let mut last = None;
        while let Some((_, event)) = stream.next().await {
            if matches!(&event, Event::Processing(p) if p.progress.is_some_and(|p| p >= nearly)) {
                let now = gateway.cancel(&key, &accepted.id).await.state;
                assert!(matches!(now, State::Cancelled | State::Completed), "{now:?}");
            }
            last = Some(event);
        }
        let state = gateway.show(&key, &accepted.id).await.state;
        match last.unwrap() {
            Event::Completed(_) => assert_eq!(state, State::Completed),
            Event::Failed(end) => assert_eq!((state, end.cancelled), (State::Cancelled, true)),
            other => panic!("{other:?}"),
        }
        state
    });
    let states = join_all(tries).await;
    let completed = states.iter().filter(|state| **state == State::Completed).count() as u64;
    let balance = gateway.balance(&key).await;
    assert_eq!((balance.spent, balance.held), (completed * 10, 0));
    gateway.stop().await;
    place.assert_sound().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn sixty_four_racing_streams_are_one_purchase() {
    let place = Place::with(|config| config.limits.streams = 64);
    let key = place.key(1000).await;
    let gateway = place.start().await;
    let racers = (0..64).map(|_| {
        let asked = gateway.post("/api/generate", &key, &song()).header("idempotency-key", "k");
        async move {
            let response = asked.send().await.unwrap();
            let location = response.headers()["content-location"].to_str().unwrap().to_owned();
            let replayed = response.headers().contains_key("idempotent-replayed");
            let events = read_all(response).await;
            assert_eq!(events[0].1, Event::Started, "each stream begins at the start");
            (location, replayed, completed(&events))
        }
    });
    let answers = join_all(racers).await;
    let distinct: HashSet<_> = answers.iter().map(|(location, _, url)| (location, url)).collect();
    assert_eq!(distinct.len(), 1);
    assert_eq!(answers.iter().filter(|(_, replayed, _)| !replayed).count(), 1);
    let balance = gateway.balance(&key).await;
    assert_eq!((balance.available, balance.spent), (990, 10));
}

#[tokio::test]
async fn asked_for_again_while_it_runs_a_stream_begins_at_its_start() {
    let place = Place::new();
    let key = place.key(100).await;
    let gateway = place.start().await;
    let body = json!({"model": "pika", "prompt": "a lake, 2 seconds"});
    let ask = || gateway.post("/api/generate", &key, &body).header("idempotency-key", "k").send();
    let mut first = EventStream::new(ask().await.unwrap());
    let mut events = Vec::new();
    while events.len() < 3 {
        events.push(first.next().await.unwrap());
    }
    let again = ask().await.unwrap();
    assert_eq!(again.headers()["idempotent-replayed"], "true");
    let again = read_all(again).await;
    while let Some(event) = first.next().await {
        events.push(event);
    }
    assert_eq!(again, events);
    completed(&again);
    assert_eq!(gateway.balance(&key).await.spent, 10);
}
