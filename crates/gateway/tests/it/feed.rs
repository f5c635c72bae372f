//! One stream for all generations: each event with its generation, resumed anywhere, one owner's alone.

use std::collections::{BTreeMap, VecDeque};

use ai_now_protocol::Event;
use ai_now_protocol::api::{Generation, Session};
use reqwest::{Method, Response};
use serde::Deserialize;

use crate::support::{Gateway, Place, completed, film, problem, song};

/// An event of the feed.
#[derive(Clone, Debug, Deserialize)]
struct Source {
    generation: String,
    number: u64,
    #[serde(skip)]
    is_fact: bool,
}

struct Feed {
    response: Response,
    reader: ai_now_protocol::sse::Reader,
    ready: VecDeque<(Source, Event)>,
    id: String,
}

impl Feed {
    async fn open(gateway: &Gateway, key: &str, query: &str) -> Self {
        let asked = gateway.get(&format!("/api/events{query}"), key);
        let response = asked.send().await.unwrap();
        assert_eq!(response.status(), 200);
        assert_eq!(response.headers()["content-type"], "text/event-stream");
        Self { response, reader: <_>::default(), ready: <_>::default(), id: String::new() }
    }

    async fn next(&mut self) -> Option<(Source, Event)> {
        while self.ready.is_empty() {
            let chunk = self.response.chunk().await.unwrap()?;
            for frame in self.reader.feed(&chunk) {
                let frame = frame.unwrap();
                let mut told: Source = serde_json::from_str(&frame.data).unwrap();
                told.is_fact = frame.last_event_id == told.number.to_string();
                self.id = frame.last_event_id;
                self.ready.push_back((told, serde_json::from_str(&frame.data).unwrap()));
            }
        }
        self.ready.pop_front()
    }
}

#[tokio::test]
async fn one_stream_has_all_generations_wherever_it_is_cut() {
    const COUNT: usize = 6;
    let place = Place::with(|config| {
        config.limits.generations = 100;
        config.sketch_workers = 2;
    });
    let (key, other) = (place.key(1000).await, place.key(1000).await);
    let gateway = place.start().await;
    let mut feed = Feed::open(&gateway, &key, "").await;
    let mut made = Vec::new();
    for _ in 0..COUNT {
        made.push(gateway.create(&key, &song()).await);
    }
    gateway.create(&other, &song()).await;
    gateway.cancel(&key, &made[COUNT - 1].id).await;

    let mut told: BTreeMap<String, Vec<(u64, Event)>> = BTreeMap::new();
    let (mut last_fact, mut read, mut ended) = (0, 0, 0);
    while ended < COUNT {
        let (event, what) = feed.next().await.expect("the feed has no end");
        if event.is_fact {
            assert!(event.number > last_fact, "{event:?} after {last_fact}");
            last_fact = event.number;
            ended += usize::from(what.is_last());
            told.entry(event.generation).or_default().push((event.number, what));
        } else {
            assert!(matches!(what, Event::Processing(_)), "{what:?}");
        }
        read += 1;
        // Cut again and again; also in the middle of what came at once.
        if read % 3 == 0 {
            let last = last_fact;
            feed = Feed::open(&gateway, &key, &format!("?after={last}")).await;
        }
    }
    // Nothing of other owners, nothing missing, nothing twice.
    assert_eq!(told.len(), COUNT);
    for accepted in &made {
        let events = gateway.follow(&accepted.events).await;
        let events: Vec<(u64, Event)> =
            events.into_iter().map(|(id, event)| (id.parse().unwrap(), event)).collect();
        assert_eq!(told[&accepted.id], events);
    }
    // All of it again, by the header.
    let asked = gateway.get("/api/events", &key).header("last-event-id", "0");
    let response = asked.send().await.unwrap();
    let mut again =
        Feed { response, reader: <_>::default(), ready: <_>::default(), id: <_>::default() };
    let count: usize = told.values().map(Vec::len).sum();
    for _ in 0..count {
        let (event, what) = again.next().await.unwrap();
        assert!(told[&event.generation].contains(&(event.number, what)));
    }
    let bad = gateway.get("/api/events?after=x", &key).send().await.unwrap();
    problem(bad, 400).await;
    gateway.stop().await;
    place.assert_sound().await;
}

#[tokio::test]
async fn a_new_reader_gets_current_progress_at_once() {
    let place = Place::with(|config| config.sketch_workers = 1);
    let key = place.key(100).await;
    let gateway = place.start().await;
    let running = gateway.create(&key, &film(30)).await;
    let queued = gateway.create(&key, &film(30)).await;
    let mut first = Feed::open(&gateway, &key, "").await;
    let mut heard = Vec::new();
    while !(heard.contains(&running.id) && heard.contains(&queued.id)) {
        heard.push(first.next().await.unwrap().0.generation);
    }
    let mut second = Feed::open(&gateway, &key, "").await;
    let mut heard = Vec::new();
    while !(heard.contains(&running.id) && heard.contains(&queued.id)) {
        let (event, what) = second.next().await.unwrap();
        assert!(!event.is_fact && matches!(what, Event::Processing(_)), "{event:?} {what:?}");
        heard.push(event.generation);
    }
    // Over a restart, after the last fact that was seen.
    let after = second.id.clone();
    gateway.stop().await;
    while second.next().await.is_some() {}
    let gateway = place.start().await;
    let mut third = Feed::open(&gateway, &key, &format!("?after={after}")).await;
    gateway.cancel(&key, &queued.id).await;
    gateway.cancel(&key, &running.id).await;
    let mut cancelled = Vec::new();
    while cancelled.len() < 2 {
        let (event, what) = third.next().await.unwrap();
        if what.is_last() {
            assert!(event.is_fact);
            cancelled.push(event.generation);
        }
    }
    cancelled.sort();
    let mut both = [running.id, queued.id];
    both.sort();
    assert_eq!(cancelled, both);
    gateway.stop().await;
    place.assert_sound().await;
}

#[tokio::test]
async fn a_visitor_gets_only_their_own_events_with_absolute_addresses() {
    let place = Place::new();
    let key = place.key(100).await;
    let gateway = place.start().await;
    let open = async || {
        let asked = gateway.ask(Method::POST, "/api/sessions").bearer_auth(&key);
        asked.send().await.unwrap().json::<Session>().await.unwrap().token
    };
    let (mine, theirs) = (open().await, open().await);
    let mut feed = Feed::open(&gateway, &mine, "").await;
    let foreign = gateway.create(&theirs, &song()).await;
    completed(&gateway.follow(&foreign.events).await);
    let own = gateway.create(&mine, &song()).await;
    loop {
        let (event, what) = feed.next().await.unwrap();
        assert_eq!(event.generation, own.id);
        if let Event::Completed(end) = what {
            assert!(end.url.as_str().starts_with(&gateway.url), "{}", end.url.as_str());
            break;
        }
    }
}

/// What an address asks for, with another ticket or of another generation.
fn with(url: &str, name: &str, value: &str) -> String {
    let (path, query) = url.split_once('?').unwrap();
    let pairs = query.split('&').map(|pair| match pair.split_once('=').unwrap() {
        (known, _) if known == name => format!("{name}={value}"),
        _ => pair.to_owned(),
    });
    format!("{path}?{}", pairs.collect::<Vec<_>>().join("&"))
}

fn value<'a>(url: &'a str, name: &str) -> &'a str {
    let pairs = url.split_once('?').unwrap().1.split('&');
    pairs.filter_map(|pair| pair.split_once('=')).find(|(known, _)| *known == name).unwrap().1
}

#[tokio::test]
async fn the_address_with_a_ticket_follows_all_of_its_owner_and_nothing_else() {
    let place = Place::new();
    let key = place.key(100).await;
    let gateway = place.start().await;
    let open = async || {
        let asked = gateway.ask(Method::POST, "/api/sessions").bearer_auth(&key);
        asked.send().await.unwrap().json::<Session>().await.unwrap().token
    };
    let (mine, theirs) = (open().await, open().await);
    let foreign = gateway.create(&theirs, &song()).await;
    completed(&gateway.follow(&foreign.events).await);
    let first = gateway.create(&mine, &song()).await;
    completed(&gateway.follow(&first.events).await);
    let second = gateway.create(&mine, &song()).await;
    let address = first.all_events.unwrap();

    // It begins with the first event of the generation that it came with.
    let asked = gateway.ask(Method::GET, &address);
    let response = asked.send().await.unwrap();
    assert_eq!(response.status(), 200);
    let mut feed =
        Feed { response, reader: <_>::default(), ready: <_>::default(), id: <_>::default() };
    let mut ended = Vec::new();
    while ended.len() < 2 {
        let (event, what) = feed.next().await.unwrap();
        assert!([&first.id, &second.id].contains(&&event.generation), "{event:?}");
        if what.is_last() {
            ended.push((event.generation, event.number));
        }
    }
    let made: Vec<_> = ended.iter().map(|(id, _)| id.clone()).collect();
    assert_eq!(made, [first.id.clone(), second.id]);

    // What is looked at goes on after what the look said.
    let asked = gateway.get(&format!("/api/generations/{}", first.id), &mine);
    let looked = asked.send().await.unwrap().json::<Generation>().await.unwrap();
    let later = looked.all_events.unwrap();
    assert_eq!(value(&later, "after"), ended[0].1.to_string());

    // One generation's ticket is not one for all, nor is another owner's.
    let own = value(&first.events, "ticket");
    let other = foreign.all_events.unwrap();
    let events =
        format!("/api/generations/{}/events?ticket={}", first.id, value(&address, "ticket"));
    for refused in [
        with(&address, "ticket", own),
        with(&address, "of", value(&other, "of")),
        with(&address, "of", "nobody"),
        with(&address, "ticket", "x"),
        events,
    ] {
        problem(gateway.ask(Method::GET, &refused).send().await.unwrap(), 401).await;
    }
    gateway.stop().await;
}
