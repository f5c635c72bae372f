//! Readers come, stall, leave and come back at any moment between a fact's commit and its
//! publication, over any restart: each receives every fact once, in order, and no number twice.

use std::collections::BTreeMap;
use std::pin::Pin;
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll, Waker};

use ai_now_protocol::event::{Failure, Progress};
use ai_now_protocol::{Event, Message};
use futures_util::FutureExt as _;
use futures_util::future::BoxFuture;
use proptest::prelude::*;

use super::feed::Feeds;
use super::hub::Hub;
use super::stream::{EventStream, Past};
use crate::store::{StoreError, StoredEvent, is_free_for_progress};

const BLOCK: u64 = 100_000;

/// A store whose answers take a moment before and after they are read.
#[derive(Clone, Default)]
struct Slow(Arc<Mutex<Vec<StoredEvent>>>);

/// Yields once, so that the other tasks go on.
async fn pause() {
    let mut paused = false;
    std::future::poll_fn(|_| {
        if std::mem::replace(&mut paused, true) { Poll::Ready(()) } else { Poll::Pending }
    })
    .await;
}

impl Past for Slow {
    fn events_after<'a>(
        &'a self,
        _: &'a str,
        after: u64,
        limit: u32,
    ) -> BoxFuture<'a, Result<Vec<StoredEvent>, StoreError>> {
        Box::pin(async move {
            pause().await;
            let all = self.0.lock().unwrap().clone();
            pause().await;
            Ok(all.into_iter().filter(|event| event.seq > after).take(limit as usize).collect())
        })
    }
}

#[derive(Clone, Copy, Debug)]
enum Step {
    Progress,
    /// A fact is in the store.
    Commit,
    /// The fact that is in the store is published.
    Publish,
    /// The process ends and another begins.
    Restart,
    /// A reader comes that has seen what this one has.
    Come(usize),
    /// A reader's future is polled, and kept or dropped.
    Poll(usize, bool),
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        3 => Just(Step::Progress),
        2 => Just(Step::Commit),
        3 => Just(Step::Publish),
        1 => Just(Step::Restart),
        2 => (0_usize..8).prop_map(Step::Come),
        9 => (0_usize..8, any::<bool>()).prop_map(|(who, kept)| Step::Poll(who, kept)),
    ]
}

type Reading = Pin<Box<dyn Future<Output = (EventStream, Vec<(u64, String)>)>>>;

/// A reader that resumes whenever its stream ends early.
struct Reader {
    after: u64,
    seen: Vec<(u64, String)>,
    reading: Option<Reading>,
    stream: Option<EventStream>,
}

async fn read(mut stream: EventStream) -> (EventStream, Vec<(u64, String)>) {
    let events = stream.next().await.unwrap().unwrap_or_default();
    let json = |json: &[u8]| String::from_utf8(json.to_vec()).unwrap();
    let events = events.iter().map(|event| (event.seq(), json(event.json()))).collect();
    (stream, events)
}

struct World {
    store: Slow,
    hub: Option<Hub>,
    feeds: Feeds,
    /// The last block that was given out.
    block: u64,
    unpublished: Option<(u64, Event)>,
    count: u32,
    readers: Vec<Reader>,
}

impl World {
    fn new() -> Self {
        let mut world = Self {
            store: Slow::default(),
            hub: None,
            feeds: Feeds::default(),
            block: 0,
            unpublished: None,
            count: 0,
            readers: Vec::new(),
        };
        world.hub = Some(world.new_hub(0));
        world
    }

    fn new_hub(&self, floor: u64) -> Hub {
        Hub::new("g", floor, self.feeds.of((1, None)))
    }

    fn progress(&mut self) -> Event {
        self.count += 1;
        Event::Processing(Progress { eta_secs: Some(self.count), ..Progress::default() })
    }

    fn commit(&mut self, event: Event) {
        self.publish();
        self.block += 1;
        let seq = self.block * BLOCK;
        self.store.0.lock().unwrap().push(StoredEvent { seq, event: event.clone() });
        self.unpublished = Some((seq, event));
    }

    fn publish(&mut self) {
        if let (Some((seq, event)), Some(hub)) = (self.unpublished.take(), &self.hub) {
            hub.fact(seq, &event);
        }
    }

    fn step(&mut self, step: Step) {
        match step {
            Step::Progress => {
                let event = self.progress();
                assert!(self.hub.as_ref().unwrap().progress(&event));
            }
            Step::Commit => {
                let event = self.progress();
                self.commit(event);
            }
            Step::Publish => self.publish(),
            Step::Restart => {
                self.unpublished = None;
                self.block += 1;
                // Streams of the old hub end with it.
                self.hub = Some(self.new_hub(self.block * BLOCK));
            }
            Step::Come(like) => {
                let seen = self.readers.get(like).and_then(|reader| reader.seen.last());
                let after = seen.map_or(0, |(seq, _)| *seq);
                self.readers.push(Reader { after, seen: Vec::new(), reading: None, stream: None });
            }
            Step::Poll(who, kept) => {
                self.poll(who, kept);
            }
        }
    }

    /// Whether the reader has seen the last event.
    fn poll(&mut self, who: usize, kept: bool) -> bool {
        let (store, hub) = (self.store.clone(), self.hub.as_ref());
        let Some(reader) = self.readers.get_mut(who) else { return true };
        let after = reader.seen.last().map_or(reader.after, |(seq, _)| *seq);
        let mut reading = reader.reading.take().unwrap_or_else(|| {
            let stream = reader.stream.take();
            let stream = stream.unwrap_or_else(|| {
                EventStream::new(Box::new(store), "g".into(), after, hub.map(Into::into))
            });
            Box::pin(read(stream))
        });
        match reading.poll_unpin(&mut Context::from_waker(Waker::noop())) {
            Poll::Pending if kept => reader.reading = Some(reading),
            Poll::Pending => {}
            Poll::Ready((stream, events)) => {
                // No events: the stream has ended, and the reader comes back.
                reader.stream = (!events.is_empty()).then_some(stream);
                reader.seen.extend(events);
            }
        }
        reader.seen.last().is_some_and(|(_, json)| json.contains("Error"))
    }

    fn check(&self) {
        let facts: Vec<u64> = self.store.0.lock().unwrap().iter().map(|fact| fact.seq).collect();
        let mut all = BTreeMap::new();
        for Reader { after, seen, .. } in &self.readers {
            assert!(seen.is_sorted_by(|a, b| a.0 < b.0), "{seen:?}");
            assert!(seen.iter().all(|(seq, _)| seq > after), "{after} {seen:?}");
            let numbers = seen.iter().map(|(seq, _)| *seq);
            let received: Vec<u64> = numbers.filter(|seq| !is_free_for_progress(*seq)).collect();
            let due: Vec<u64> = facts.iter().copied().filter(|seq| seq > after).collect();
            assert_eq!(received, due, "{seen:?}");
            for (seq, json) in seen {
                let known = all.entry(*seq).or_insert(json);
                assert_eq!(*known, json, "one number, two events");
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2000, ..ProptestConfig::default() })]

    #[test]
    fn every_reader_receives_every_fact_once(steps in prop::collection::vec(step(), 1..80)) {
        let mut world = World::new();
        world.commit(Event::Started);
        for step in steps {
            world.step(step);
        }
        world.step(Step::Come(usize::MAX));
        let failure = Failure { message: Message::text("x"), ..Failure::default() };
        world.commit(Event::Failed(failure));
        world.publish();
        let late = world.progress();
        world.hub.as_ref().unwrap().progress(&late);
        let mut left = 1000;
        for who in 0..world.readers.len() {
            while !world.poll(who, true) {
                left -= 1;
                assert!(left > 0, "reader {who} waits for ever");
            }
        }
        world.check();
    }
}

#[test]
fn progress_stops_where_numbers_are_used_up_and_goes_on_with_the_next() {
    let feeds = Feeds::default();
    let hub = Hub::new("g", 2 * BLOCK - 2, feeds.of((1, None)));
    let event = Event::PROCESSING;
    assert!(hub.progress(&event));
    assert!(!hub.progress(&event) && !hub.progress(&event));
    hub.claimed(7 * BLOCK);
    assert!(hub.progress(&event));
    let updates = hub.follow();
    let last = updates.borrow().after(0).last().unwrap().seq();
    assert_eq!(last, 7 * BLOCK + 1);
}
