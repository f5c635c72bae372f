//! The way of a generation through several providers, each a program that a test holds back.

use std::time::Duration;

use ai_now_protocol::api::{Accepted, State};
use ai_now_protocol::{Event, MediaKind};

use super::fixture::{STAND_IN, program_with, request, route};
use crate::support::{EventStream, Gateway, Place, problem};

/// A program that notes that it runs in the file `{name}.runs`, waits for the file `{name}.go`, and then does
/// `then`.
fn held(place: &mut Place, name: &str, more: &str, then: &str) {
    let script = format!(
        "echo >> \"$0/{name}.runs\"; until test -e \"$0/{name}.go\"; do sleep 0.02; done; {then}"
    );
    let folder = place.path("");
    let program = program_with(&script, &[folder.to_str().unwrap()], more);
    place.config.providers.insert(name.into(), program);
}

fn runs(place: &Place, name: &str) -> usize {
    std::fs::read(place.path(&format!("{name}.runs"))).map_or(0, |runs| runs.len())
}

async fn wait_for_runs(place: &Place, name: &str, count: usize) {
    while runs(place, name) < count {
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}

fn let_go(place: &Place, name: &str) {
    std::fs::write(place.path(&format!("{name}.go")), "").unwrap();
}

async fn wait_for_queue(gateway: &Gateway, accepted: &Accepted) {
    let mut stream =
        EventStream::new(gateway.ask(reqwest::Method::GET, &accepted.events).send().await.unwrap());
    while let Some((_, event)) = stream.next().await {
        if matches!(event, Event::Processing(p) if p.queue_position.is_some()) {
            return;
        }
    }
    panic!("it ended");
}

/// Those that wait for a provider that fails meanwhile go elsewhere without asking it.
#[tokio::test]
async fn who_waited_for_a_provider_that_fails_asks_it_no_more() {
    let mut place = Place::new();
    held(
        &mut place,
        "own",
        "concurrent = 1\nfailure_threshold = 1\ncooldown_secs = 3600",
        "exit 1",
    );
    place.config.providers.insert("stand-in".into(), program_with(STAND_IN, &[], ""));
    route(&mut place.config, &["own", "stand-in"], MediaKind::Video);
    let key = place.key(1000).await;
    let gateway = place.start().await;
    let mut all = vec![gateway.create(&key, &request()).await];
    wait_for_runs(&place, "own", 1).await;
    for _ in 0..4 {
        all.push(gateway.create(&key, &request()).await);
        wait_for_queue(&gateway, all.last().unwrap()).await;
    }
    let_go(&place, "own");
    for accepted in &all {
        gateway.follow(&accepted.events).await;
        let made = gateway.show(&key, &accepted.id).await;
        assert_eq!(made.state, State::Completed, "{:?}", made.message);
    }
    assert_eq!(runs(&place, "own"), 1);
    gateway.stop().await;
    place.assert_sound().await;
}

/// A provider that failed has nothing to be paid for: until the next one has taken it, cancelling is free.
#[tokio::test]
async fn cancelling_is_free_between_two_providers() {
    let mut place = Place::new();
    held(&mut place, "own", "", "exit 1");
    held(&mut place, "slow", "concurrent = 1", STAND_IN);
    route(&mut place.config, &["own", "slow"], MediaKind::Video);
    let_go(&place, "own");
    let key = place.key(1000).await;
    let gateway = place.start().await;
    let first = gateway.create(&key, &request()).await;
    wait_for_runs(&place, "slow", 1).await;
    let second = gateway.create(&key, &request()).await;
    wait_for_queue(&gateway, &second).await;
    assert_eq!(runs(&place, "own"), 2);
    let before = gateway.balance(&key).await;
    gateway.cancel(&key, &second.id).await;
    let after = gateway.balance(&key).await;
    assert_eq!(after.available - before.available, u64::from(second.price));
    assert_eq!(after.spent, 0);
    let_go(&place, "slow");
    gateway.follow(&first.events).await;
    assert_eq!(gateway.show(&key, &first.id).await.state, State::Completed);
    gateway.stop().await;
    place.assert_sound().await;
}

/// What was accepted before is answered as it was, also where nothing new would be accepted any more.
#[tokio::test]
async fn a_full_queue_knows_what_it_has_accepted() {
    let mut place = Place::with(|config| config.limits.queue = 1);
    held(&mut place, "own", "", STAND_IN);
    route(&mut place.config, &["own"], MediaKind::Video);
    let key = place.key(1000).await;
    let gateway = place.start().await;
    let send = |name: &str| {
        gateway.post("/api/generations", &key, &request()).header("idempotency-key", name).send()
    };
    let first: Accepted = send("a").await.unwrap().json().await.unwrap();
    problem(send("b").await.unwrap(), 503).await;
    let again = send("a").await.unwrap();
    assert_eq!(
        (again.status().as_u16(), &again.headers()["idempotent-replayed"]),
        (201, &"true".parse().unwrap())
    );
    assert_eq!(again.json::<Accepted>().await.unwrap().id, first.id);
    let other = serde_json::json!({"model": "run", "prompt": "something else"});
    let other = gateway.post("/api/generations", &key, &other).header("idempotency-key", "a");
    problem(other.send().await.unwrap(), 422).await;
    let_go(&place, "own");
    gateway.follow(&first.events).await;
    gateway.stop().await;
    place.assert_sound().await;
}
