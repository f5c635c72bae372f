//! Several gateways on one store: one may run what another accepted, a gateway that dies is
//! replaced, and late writes of a gateway that was thought dead have no effect.

use std::sync::Arc;
use std::time::Duration;

use ai_now_protocol::api::State;
use ai_now_protocol::{Event, GenerateRequest, Scalars};
use futures_util::future::BoxFuture;
use tokio::sync::Semaphore;

use super::super::events::EventStream;
use super::super::{GenerationService, Settings};
use crate::config::{Config, Limits};
use crate::domain::{Acceptance, GatewayRole, NewGeneration, Node, Principal};
use crate::limits;
use crate::media::{self, MediaSettings, Users};
use crate::metrics::Metrics;
use crate::providers::{Output, Provider, ProviderError, ProviderPool, Sketch, Task};
use crate::store::{NewKey, Store};

/// The sketch engine, which begins only when it is allowed to.
struct Gated(Arc<Semaphore>);

impl Provider for Gated {
    fn make(&self, task: Task) -> BoxFuture<'_, Result<Output, ProviderError>> {
        Box::pin(async move {
            tokio::select! {
                _permit = self.0.acquire() => {}
                () = task.stop.cancelled() => return Err(ProviderError::Stopped),
            }
            Sketch.make(task).await
        })
    }
}

/// A store that gateways share, and their shared files.
struct World {
    data: tempfile::TempDir,
    store: Store,
    owner: Principal,
}

/// One of the gateways, and the gate of its provider.
struct Gateway {
    service: GenerationService,
    gate: Arc<Semaphore>,
}

impl World {
    async fn new() -> Self {
        let data = tempfile::tempdir().unwrap();
        let store = Store::open(data.path(), Metrics::default()).await.unwrap();
        let store = store.shared_in_memory();
        let key = store.create_key(NewKey::Secret { tokens: 100 }, String::new()).await.unwrap();
        let key = store.key_by_secret(&key).await.unwrap().unwrap();
        let owner = Principal {
            key_id: key.id,
            account_id: key.account_id,
            visitor_id: None,
            tokens_per_day: None,
        };
        Self { data, store, owner }
    }

    async fn gateway(&self, role: GatewayRole) -> Gateway {
        let (metrics, gate) = (Metrics::default(), Arc::new(Semaphore::new(0)));
        let pool = ProviderPool::all_by(Arc::new(Gated(gate.clone())), &metrics);
        let settings = Settings {
            queue: 10,
            per_owner: 10,
            role,
            lease: Duration::from_millis(1500),
            upload_urls: None,
        };
        let opened = media::open(&MediaSettings::default(), self.data.path(), Users::Several).await;
        let (media, uploads) = opened.unwrap();
        let service =
            GenerationService::new(self.store.clone(), media, uploads, pool, metrics, settings);
        service.resume().await.unwrap();
        Gateway { service, gate }
    }

    async fn accept(&self, gateway: &Gateway) -> Acceptance {
        let request = GenerateRequest {
            model: "suno".into(),
            prompt: "a song, 5 seconds".into(),
            ..GenerateRequest::default()
        };
        let limits = limits::Limits::new(&Limits::default(), 100);
        let permit = limits.generation(Config::default().listen.ip());
        gateway.service.accept(self.owner.clone(), request, None, permit).await.unwrap()
    }

    /// A song that the store may accept past any gateway, to be run by this one.
    fn song(&self, id: &str, node: Option<Node>) -> NewGeneration {
        NewGeneration {
            id: id.into(),
            owner: self.owner.clone(),
            model: "suno".into(),
            options: Scalars::default(),
            uploads: Vec::new(),
            procedural: true,
            price: 10,
            prompt: "a song, 5 seconds".into(),
            submission: None,
            node,
            concurrent_limit: 9,
            repeats: None,
        }
    }

    async fn is_running(&self, id: &str) {
        while self.store.generation(id).await.unwrap().unwrap().state != State::Running {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    }

    async fn settles_held(&self, held: u64) {
        let balance = self.store.balance(self.owner.account_id).await.unwrap();
        assert_eq!((balance.available, balance.held, balance.spent), (100 - held, held, 0));
    }

    /// One generation was made and paid for; nothing is held, nothing is lost.
    async fn settles(&self, spent: u64) {
        let balance = self.store.balance(self.owner.account_id).await.unwrap();
        assert_eq!((balance.available, balance.held, balance.spent), (100 - spent, 0, spent));
        let audit = self.store.audit().await.unwrap();
        assert_eq!(audit.faults, Vec::<String>::new());
    }
}

/// All events to the last, with their numbers.
async fn all(mut stream: EventStream) -> Vec<(u64, Event)> {
    let mut all = Vec::new();
    while let Some(events) = stream.next().await.unwrap() {
        let event = |json: &[u8]| serde_json::from_slice(json).unwrap();
        all.extend(events.iter().map(|item| (item.seq(), event(item.json()))));
    }
    assert!(all.is_sorted_by(|a, b| a.0 < b.0), "{all:?}");
    all
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_a_door_accepts_a_worker_runs_and_both_stream_it() {
    let world = World::new().await;
    let (door, worker) =
        (world.gateway(GatewayRole::Door).await, world.gateway(GatewayRole::Worker).await);
    let mut feed = door.service.follow_all(world.owner.clone(), Some(0)).await.unwrap();
    let id = world.accept(&door).await.id;
    let streams = [
        door.service.subscribe(&id, 0).await.unwrap(),
        worker.service.subscribe(&id, 0).await.unwrap(),
    ];
    worker.gate.add_permits(1);
    for stream in streams {
        let events = all(stream).await;
        assert!(matches!(events.first().unwrap().1, Event::Started), "{events:?}");
        assert!(matches!(events.last().unwrap().1, Event::Completed(_)), "{events:?}");
    }
    let mut last = false;
    while !last {
        last = feed.next().await.unwrap().iter().any(|item| item.event.is_last());
    }
    assert_eq!(door.service.active_count(), 0);
    world.settles(10).await;
    door.service.stop(Duration::from_secs(9), Duration::from_secs(9)).await;
    worker.service.stop(Duration::from_secs(9), Duration::from_secs(9)).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_runs_at_one_gateway_is_cancelled_at_another() {
    let world = World::new().await;
    let (one, other) =
        (world.gateway(GatewayRole::All).await, world.gateway(GatewayRole::All).await);
    let id = world.accept(&one).await.id;
    world.is_running(&id).await;
    let streams = [
        one.service.subscribe(&id, 0).await.unwrap(),
        other.service.subscribe(&id, 0).await.unwrap(),
    ];
    let row = world.store.generation(&id).await.unwrap().unwrap();
    other.service.cancel(&row).await.unwrap();
    for stream in streams {
        let events = all(stream).await;
        let (_, Event::Failed(failure)) = events.last().unwrap() else { panic!("{events:?}") };
        assert!(failure.cancelled, "{failure:?}");
    }
    // Its provider was stopped: nothing waits for the gate any more.
    one.service.stop(Duration::from_secs(9), Duration::from_secs(9)).await;
    assert_eq!(one.service.active_count(), 0);
    world.settles(0).await;
    other.service.stop(Duration::from_secs(9), Duration::from_secs(9)).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_gateway_whose_lease_lapsed_is_replaced_and_its_writes_have_no_effect() {
    let world = World::new().await;
    let (lost, other) =
        (world.gateway(GatewayRole::All).await, world.gateway(GatewayRole::All).await);
    let id = world.accept(&lost).await.id;
    world.is_running(&id).await;
    let stream = other.service.subscribe(&id, 0).await.unwrap();
    let first = world.store.generation(&id).await.unwrap().unwrap().last_seq;
    // It goes on working, and neither renews its lease nor receives notices.
    lost.service.cut_off();
    while world.store.generation(&id).await.unwrap().unwrap().last_seq == first {
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    world.is_running(&id).await;
    lost.gate.add_permits(1);
    while lost.service.active_count() > 0 {
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    let row = world.store.generation(&id).await.unwrap().unwrap();
    assert_eq!(row.state, State::Running, "its end has no effect");
    world.settles_held(10).await;
    other.gate.add_permits(1);
    let events = all(stream).await;
    assert!(matches!(events.last().unwrap().1, Event::Completed(_)), "{events:?}");
    world.settles(10).await;
    other.service.stop(Duration::from_secs(9), Duration::from_secs(9)).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_gateway_that_stops_hands_over_at_once() {
    let world = World::new().await;
    let (one, other) =
        (world.gateway(GatewayRole::All).await, world.gateway(GatewayRole::All).await);
    let id = world.accept(&one).await.id;
    world.is_running(&id).await;
    let (here, there) = (
        one.service.subscribe(&id, 0).await.unwrap(),
        other.service.subscribe(&id, 0).await.unwrap(),
    );
    other.gate.add_permits(1);
    one.service.stop(Duration::ZERO, Duration::from_secs(9)).await;
    // This stream breaks off, and its reader reconnects elsewhere.
    assert!(!matches!(all(here).await.last(), Some((_, Event::Completed(_)))));
    let events = all(there).await;
    assert!(matches!(events.last().unwrap().1, Event::Completed(_)), "{events:?}");
    world.settles(10).await;
    other.service.stop(Duration::from_secs(9), Duration::from_secs(9)).await;
}

/// The store says that this gateway runs it, and the answer that would have said so was lost.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_a_gateway_has_lost_is_claimed_anew() {
    let world = World::new().await;
    let gateway = world.gateway(GatewayRole::All).await;
    let lost = world.song("lost", gateway.service.node());
    assert!(lost.node.is_some());
    world.store.accept(lost, Event::Started).await.unwrap();
    assert_eq!(gateway.service.active_count(), 0);
    world.is_running("lost").await;
    gateway.gate.add_permits(1);
    let events = all(gateway.service.subscribe("lost", 0).await.unwrap()).await;
    assert!(matches!(events.last().unwrap().1, Event::Completed(_)), "{events:?}");
    world.settles(10).await;
    gateway.service.stop(Duration::from_secs(9), Duration::from_secs(9)).await;
}

/// A fact is in the store, and the notice of it was lost.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_no_notice_announced_is_read_from_the_store() {
    let world = World::new().await;
    let door = world.gateway(GatewayRole::Door).await;
    let mut feed = door.service.follow_all(world.owner.clone(), None).await.unwrap();
    let unannounced = world.song("unannounced", None);
    world.store.accept(unannounced, Event::Started).await.unwrap();
    let events = feed.next().await.unwrap();
    assert_eq!(events.iter().map(|event| &*event.generation).collect::<Vec<_>>(), ["unannounced"]);
    door.service.stop(Duration::from_secs(9), Duration::from_secs(9)).await;
}
