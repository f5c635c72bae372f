//! Webhook messages: written in the transaction of the change that they report, and sent by one
//! node at a time.

use std::collections::BTreeSet;
use std::time::Duration;

use ai_now_protocol::api::State;
use ai_now_protocol::{Event, WebhookKind};

use futures_util::future::join_all;

use super::super::{AfterTry, DueDelivery, NewWebhook, Patience, StoreError, WebhookAttempt};
use super::world::{World, ended, new};
use crate::domain::WebhookSecret;

fn hook(url: &str) -> NewWebhook {
    NewWebhook {
        key: None,
        url: url.into(),
        kinds: Some(vec![WebhookKind::GenerationCancelled]),
        balance_low_tokens: 0,
        secret: WebhookSecret::new(vec![1, 2]),
    }
}

fn tried(status: u32) -> WebhookAttempt {
    WebhookAttempt { at_ms: 5, took_ms: 1, status: Some(status), error: None }
}

fn ids(due: &[DueDelivery]) -> BTreeSet<i64> {
    due.iter().map(|due| due.id).collect()
}

/// A message is sent by one node at a time, a few of each endpoint at once; another node continues
/// where one died.
pub(super) async fn messages_are_sent_by_one_at_a_time(world: &World) {
    const LONG: Duration = Duration::from_secs(600);
    const NEVER: u64 = 1 << 50;
    let owner = world.owner(1000).await;
    let (store, other) = (world.store.shared_in_memory(), world.other.shared_in_memory());
    let (one, two) = (store.join(LONG).await.unwrap(), other.join(LONG).await.unwrap());
    for url in ["https://a.example/", "https://b.example/"] {
        store.create_webhook(hook(url)).await.unwrap();
    }
    assert_eq!(ids(&store.claim_webhooks(one, 99).await.unwrap()), BTreeSet::new());
    for _ in 0..10 {
        let id = store.accept(new(&owner, 10), Event::Started).await.unwrap().id;
        store.cancel(&id, |_| 0, |_, _| ended(State::Cancelled)).await.unwrap().unwrap();
    }
    let claims = tokio::join!(store.claim_webhooks(one, 99), other.claim_webhooks(two, 99));
    let (ones, twos) = (claims.0.unwrap(), claims.1.unwrap());
    assert!(ids(&ones).is_disjoint(&ids(&twos)));
    assert_eq!(ones.len() + twos.len(), 16, "eight of each endpoint");
    assert_eq!(store.claim_webhooks(one, 99).await.unwrap().len(), 0);
    let due = ones.iter().chain(&twos).next().unwrap();
    assert_eq!((due.tries, due.secret.reveal(), due.of_operator), (0, [1, 2].as_slice(), true));
    assert!(due.payload.contains("generation.cancelled"), "{}", due.payload);

    // The other node continues where one died.
    store.leave(one).await.unwrap();
    let again = other.claim_webhooks(two, 99).await.unwrap();
    assert_eq!(ids(&again), ids(&ones));
    // A message that waits for its next attempt frees its place for another.
    let next = AfterTry::Again { at_ms: NEVER };
    let patience = Patience { failing_ms: NEVER, silence_ms: NEVER };
    let write =
        async |id, status, then| other.webhook_tried(id, tried(status), then, patience).await;
    assert_eq!(write(due.id, 500, next).await.unwrap(), None);
    let more = other.claim_webhooks(two, 99).await.unwrap();
    assert_eq!(more.len(), 1);
    assert_eq!((more[0].endpoint_id, more[0].tries), (due.endpoint_id, 0));
    // A delivered message stays delivered, whatever follows.
    assert_eq!(write(more[0].id, 200, AfterTry::Delivered).await.unwrap(), None);
    assert_eq!(write(more[0].id, 500, next).await.unwrap(), None);
    let deliveries = store.deliveries_before(due.endpoint_id, i64::MAX, 99).await.unwrap();
    let state = |id| deliveries.iter().find(|one| one.id == id).map(|one| (&*one.state, one.tries));
    assert_eq!((deliveries.len(), state(more[0].id)), (10, Some(("delivered", 1))));
    assert_eq!(state(due.id), Some(("pending", 1)));
    // Resent by hand, any node may send it; removing the endpoint removes all its messages.
    let last = other.claim_webhooks(two, 99).await.unwrap();
    assert_eq!(write(last[0].id, 200, AfterTry::Delivered).await.unwrap(), None);
    assert!(other.replay_webhook(due.id, due.endpoint_id, due.name.clone()).await.unwrap());
    assert_eq!(ids(&other.claim_webhooks(two, 99).await.unwrap()), [due.id].into());
    store.remove_webhook(due.endpoint_id, due.name.clone()).await.unwrap();
    assert_eq!(write(due.id, 200, AfterTry::Delivered).await.unwrap(), None);
    assert_eq!(store.webhook_attempts(due.id).await.unwrap(), []);
    // A message that waits for nobody leaves nothing, where what it tells of cost nothing.
    let forget = async || store.forget_cancelled_messages(NEVER, 99).await.unwrap();
    let delivered = forget().await;
    assert!(delivered <= 1, "what waits for the other endpoint stays");
    let [left]: [_; 1] = store.webhooks(None).await.unwrap().try_into().unwrap();
    store.remove_webhook(left.id, left.name).await.unwrap();
    assert_eq!(forget().await, 10 - delivered);
}

/// An endpoint that takes nothing keeps its newest messages, and no others; another one loses nothing.
pub(super) async fn what_waits_for_an_endpoint_is_bounded(world: &World) {
    const LONG: Duration = Duration::from_secs(600);
    let owner = world.owner(1000).await;
    let store = world.store.shared_in_memory();
    let node = store.join(LONG).await.unwrap();
    store.create_webhook(hook("https://dead.example/")).await.unwrap();
    let cancelled = async || {
        let id = store.accept(new(&owner, 10), Event::Started).await.unwrap().id;
        store.cancel(&id, |_| 0, |_, _| ended(State::Cancelled)).await.unwrap().unwrap();
    };
    for _ in 0..20 {
        cancelled().await;
    }
    store.create_webhook(hook("https://young.example/")).await.unwrap();
    for _ in 0..5 {
        cancelled().await;
    }
    let [dead, young]: [_; 2] = store.webhooks(None).await.unwrap().try_into().unwrap();
    assert_eq!((dead.pending, young.pending), (25, 5));
    let waiting = async |id| {
        let all = store.deliveries_before(id, i64::MAX, 99).await.unwrap();
        all.into_iter().map(|one| one.message_id).collect::<Vec<_>>()
    };
    let newest = waiting(dead.id).await[..7].to_vec();
    // Not more at once than asked for, the oldest first.
    assert_eq!(store.give_up_webhook_messages(7, 10).await.unwrap(), 10);
    assert_eq!(waiting(dead.id).await.len(), 15);
    assert_eq!(store.give_up_webhook_messages(7, 99).await.unwrap(), 8);
    assert_eq!(store.give_up_webhook_messages(7, 99).await.unwrap(), 0);
    assert_eq!(waiting(dead.id).await, newest);
    assert_eq!(waiting(young.id).await.len(), 5);
    // Their texts are gone as well: nothing is left to be forgotten but what waited.
    for hook in [dead, young] {
        store.remove_webhook(hook.id, hook.name).await.unwrap();
    }
    assert_eq!(store.forget_cancelled_messages(1 << 50, 99).await.unwrap(), 7);
    // What is on its way is left alone.
    store.create_webhook(hook("https://slow.example/")).await.unwrap();
    for _ in 0..3 {
        cancelled().await;
    }
    assert_eq!(store.claim_webhooks(node, 2).await.unwrap().len(), 2);
    assert_eq!(store.give_up_webhook_messages(0, 99).await.unwrap(), 1);
}

/// An account whose receivers hang has a part of all places, and whoever has the fewest on the way comes
/// first.
pub(super) async fn an_account_holds_up_no_other(world: &World) {
    const LONG: Duration = Duration::from_secs(600);
    let store = world.store.shared_in_memory();
    let node = store.join(LONG).await.unwrap();
    let (busy, other) = (world.owner(1000).await, world.owner(1000).await);
    let keys: Vec<_> = store.keys().await.unwrap().into_iter().map(|(key, _)| key.name).collect();
    for (key, count) in [(&keys[0], 4), (&keys[1], 1)] {
        for _ in 0..count {
            let hook = NewWebhook { key: Some(key.clone()), ..hook("https://a.example/") };
            store.create_webhook(hook).await.unwrap();
        }
    }
    let cancelled = async |owner| {
        let id = store.accept(new(owner, 10), Event::Started).await.unwrap().id;
        store.cancel(&id, |_| 0, |_, _| ended(State::Cancelled)).await.unwrap().unwrap();
    };
    for _ in 0..20 {
        cancelled(&busy).await;
    }
    cancelled(&other).await;
    // Of the four endpoints with eight each, half; and the other's, though it is the newest.
    let first = store.claim_webhooks(node, 2).await.unwrap();
    let payload = |due: &DueDelivery| due.payload.contains(&keys[1]);
    assert_eq!(first.iter().filter(|due| payload(due)).count(), 1);
    let rest = store.claim_webhooks(node, 99).await.unwrap();
    assert_eq!((rest.len(), rest.iter().any(payload)), (15, false));
    assert!(rest.iter().all(|due| !due.of_operator));
    assert_eq!(store.claim_webhooks(node, 99).await.unwrap().len(), 0);
    cancelled(&other).await;
    assert_eq!(store.claim_webhooks(node, 99).await.unwrap().len(), 1);
}

/// However many are added at once, an account has twenty, and sees its own.
pub(super) async fn an_account_has_twenty_endpoints(world: &World) {
    let (owner, _) = (world.owner(10).await, world.owner(10).await);
    let keys: Vec<_> = world.store.keys().await.unwrap();
    let of =
        |at: usize| NewWebhook { key: Some(keys[at].0.name.clone()), ..hook("https://a.example/") };
    let both = [&world.store, &world.other];
    let added = join_all((0..30).map(|n| both[n % 2].create_webhook(of(0)))).await;
    let refused =
        |one: &&Result<String, StoreError>| matches!(one, Err(StoreError::TooManyWebhooks(20)));
    assert_eq!(added.iter().filter(refused).count(), 10, "{added:?}");
    world.other.create_webhook(of(1)).await.unwrap();
    world.other.create_webhook(hook("https://b.example/")).await.unwrap();
    assert_eq!(world.other.webhooks(Some(owner.account_id)).await.unwrap().len(), 20);
    assert_eq!(world.other.webhooks(None).await.unwrap().len(), 22);
}

/// An endpoint is given up once it has failed for long with nothing taken between, not for a failure long
/// after an old one.
pub(super) async fn an_endpoint_is_given_up_after_long_failure(world: &World) {
    const DAY: u64 = 24 * 60 * 60 * 1000;
    let owner = world.owner(1000).await;
    let store = world.store.shared_in_memory();
    let node = store.join(Duration::from_secs(600)).await.unwrap();
    let name = store.create_webhook(hook("https://a.example/")).await.unwrap();
    let id = store.accept(new(&owner, 10), Event::Started).await.unwrap().id;
    store.cancel(&id, |_| 0, |_, _| ended(State::Cancelled)).await.unwrap().unwrap();
    let due = store.claim_webhooks(node, 9).await.unwrap().remove(0);
    let patience = Patience { failing_ms: 5 * DAY, silence_ms: 2 * DAY };
    let tried = async |day: u64, then| {
        let at_ms = 100 * DAY + day * DAY;
        let attempt = WebhookAttempt { at_ms, took_ms: 1, status: Some(500), error: None };
        store.webhook_tried(due.id, attempt, then, patience).await.unwrap()
    };
    let again = AfterTry::Again { at_ms: 0 };
    // Days without a message, then one that fails: that alone is no long failure.
    for day in [0, 1, 30, 31, 32, 33, 34] {
        assert_eq!(tried(day, again).await, None, "{day}");
    }
    let since = async || store.webhooks(None).await.unwrap()[0].failing_since_ms;
    assert_eq!(since().await, Some(130 * DAY));
    // One that was taken ends it.
    assert_eq!(tried(34, AfterTry::Delivered).await, None);
    assert_eq!(since().await, None);
    store.replay_webhook(due.id, due.endpoint_id, name.clone()).await.unwrap();
    for day in 36..41 {
        assert_eq!(tried(day, again).await, None, "{day}");
    }
    assert_eq!(tried(41, again).await, Some(name));
    assert!(store.webhooks(None).await.unwrap()[0].disabled_at_ms.is_some());
}

/// Whoever removes an endpoint at that moment keeps nothing from being accepted.
pub(super) async fn an_endpoint_may_go_while_it_is_told(world: &World) {
    let owner = world.owner(10_000).await;
    let (store, other) = (&world.store, &world.other);
    for _ in 0..20 {
        let name = store.create_webhook(hook("https://a.example/")).await.unwrap();
        let id = store.webhook_id(&name, None).await.unwrap().unwrap();
        let telling = async {
            let id = other.accept(new(&owner, 10), Event::Started).await.unwrap().id;
            other.cancel(&id, |_| 0, |_, _| ended(State::Cancelled)).await.unwrap().unwrap();
        };
        let (removed, ()) = tokio::join!(store.remove_webhook(id, name), telling);
        removed.unwrap();
    }
}
