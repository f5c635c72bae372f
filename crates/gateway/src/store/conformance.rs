//! The contract of a store, tested on each kind: a file, and a server.
//!
//! Each test gets an empty store, and a second connection to it, as another process would have.

mod gateways;
mod jobs;
mod messages;
mod owners;
mod world;

use std::sync::Arc;
use std::time::Duration;

use ai_now_protocol::Event;
use ai_now_protocol::api::State;
use futures_util::future::join_all;

use self::gateways::{
    a_circuit_breaker_is_open_for_all_and_one_tries, a_session_is_good_everywhere_until_it_ends,
    there_are_never_too_many_sessions,
};
use self::jobs::what_is_written_again_counts_once;
use self::messages::{
    an_account_has_twenty_endpoints, an_account_holds_up_no_other,
    an_endpoint_is_given_up_after_long_failure, an_endpoint_may_go_while_it_is_told,
    messages_are_sent_by_one_at_a_time, what_waits_for_an_endpoint_is_bounded,
};
use self::owners::{
    an_accepted_repetition_is_written_down, corrections_are_made_once, uploads_are_counted_for_all,
    visitors_have_budgets_of_their_own, what_is_over_is_forgotten_and_its_sums_stay,
    who_changes_something_is_written_down,
};
use self::world::{World, completed, ended, ended_with, new};
use super::{KeyChange, Store, StoreError, StoredEvent, SubmissionState};
use crate::domain::{Cost, NewGeneration, Node, Principal, SubmitError};

async fn a_generation_goes_through_its_life(world: &World) {
    let owner = world.owner(100).await;
    let (store, other) = (&world.store, &world.other);
    let accepted = store.accept(new(&owner, 30), Event::Started).await.unwrap();
    let id = accepted.id;
    assert_eq!((accepted.balance.available, accepted.balance.held), (70, 30));
    let row = other.generation_of(&id, &owner).await.unwrap().unwrap();
    assert_eq!((row.state, row.prompt.as_str()), (State::Queued, "a song – “für Elise”\n🎵"));
    assert_eq!(row.options, new(&owner, 1).options);
    let begun = store.begin(&id, Node(1), Event::PROCESSING).await.unwrap().unwrap();
    assert!(begun > accepted.first_seq);
    // A node that does not know whether this was kept repeats it.
    let again = store.begin(&id, Node(1), Event::PROCESSING).await.unwrap().unwrap();
    let claimed = store.claim_numbers(&id, Node(1)).await.unwrap().unwrap();
    let fact = store.append_event(&id, Node(1), Event::PROCESSING).await.unwrap().unwrap();
    let last = store.finish(&id, Node(1), completed("a.mp3")).await.unwrap().unwrap();
    assert!(begun < again && again < claimed && claimed < fact && fact < last);
    // It ends once.
    assert_eq!(store.finish(&id, Node(1), ended(State::Failed)).await.unwrap(), None);
    assert_eq!(store.append_event(&id, Node(1), Event::PROCESSING).await.unwrap(), None);
    assert_eq!(store.begin(&id, Node(1), Event::PROCESSING).await.unwrap(), None);
    let row = other.generation(&id).await.unwrap().unwrap();
    assert_eq!((row.state, row.media_name.as_deref()), (State::Completed, Some("a.mp3")));
    assert_eq!(row.note.unwrap().text.as_ref(), "A “note”.");
    assert!(other.media_is_known("a.mp3").await.unwrap());
    let seqs = |events: Vec<StoredEvent>| events.iter().map(|event| event.seq).collect::<Vec<_>>();
    let events = other.events_after(&id, 0, 9).await.unwrap();
    assert_eq!(seqs(events), [accepted.first_seq, begun, again, fact, last]);
    assert_eq!(seqs(other.events_after(&id, begun, 1).await.unwrap()), [again]);
    let facts = other.facts_of_owner(&owner, fact, 9).await.unwrap();
    assert_eq!(facts.len(), 1);
    assert_eq!(other.last_number(&owner).await.unwrap(), last);
    let asked: Vec<_> = (0..200).map(|other| (owner.key_id + other, None)).collect();
    assert_eq!(other.last_numbers(&asked).await.unwrap(), [(asked[0], last)]);
    let balance = world.balance(&owner).await;
    assert_eq!((balance.available, balance.held, balance.spent), (70, 0, 30));
}

async fn one_idempotency_key_makes_one_generation(world: &World) {
    let owner = world.owner(1000).await;
    let submission = Some(("key".to_owned(), [7; 32]));
    let submit = |store: &Store| {
        let (store, new) =
            (store.clone(), NewGeneration { submission: submission.clone(), ..new(&owner, 10) });
        async move { store.accept(new, Event::Started).await.unwrap() }
    };
    let both = [&world.store, &world.other];
    let all = join_all((0..24).map(|n| submit(both[n % 2]))).await;
    assert!(all.iter().all(|accepted| accepted.id == all[0].id));
    assert_eq!(all.iter().filter(|accepted| !accepted.replayed).count(), 1);
    assert_eq!(world.balance(&owner).await.held, 10);
    let another = NewGeneration { submission: Some(("key".into(), [8; 32])), ..new(&owner, 10) };
    let refused = world.store.accept(another, Event::Started).await;
    assert!(matches!(refused, Err(SubmitError::KeyReused)), "{refused:?}");
}

/// Limits that depend on counts hold under concurrency, through both connections.
async fn limits_hold_for_many_at_once(world: &World) {
    let both = [&world.store, &world.other];
    let submit = async |owner: &Principal, limit: u32| {
        let all = join_all((0..24).map(|n| {
            let new = NewGeneration { concurrent_limit: limit, ..new(owner, 10) };
            both[n % 2].accept(new, Event::Started)
        }));
        let all = all.await;
        let refused = |by: fn(&SubmitError) -> bool| {
            all.iter().filter(|one| one.as_ref().is_err_and(by)).count()
        };
        assert_eq!(refused(|error| matches!(error, SubmitError::Store(_))), 0, "{all:?}");
        (all.iter().filter(|one| one.is_ok()).count(), refused(|_| true))
    };
    // Tokens, then active generations, then the daily cap of a key.
    let poor = world.owner(55).await;
    assert_eq!(submit(&poor, 100).await, (5, 19));
    assert_eq!(world.balance(&poor).await.available, 5);
    let busy = world.owner(1000).await;
    assert_eq!(submit(&busy, 7).await, (7, 17));
    let capped = world.owner(1000).await;
    let name = world.store.keys().await.unwrap().last().unwrap().0.name.clone();
    let change = KeyChange { day_cap_tokens: Some(Some(30)), ..KeyChange::default() };
    world.store.change_key(&name, change).await.unwrap();
    assert_eq!(submit(&capped, 100).await, (3, 21));
    let daily = Principal { tokens_per_day: Some(40), ..world.owner(1000).await };
    assert_eq!(submit(&daily, 100).await, (4, 20));
    // What failed, or was cancelled before a provider had taken it, does not count against it.
    let daily = Principal { tokens_per_day: Some(40), ..world.owner(1000).await };
    let accepting = || world.store.accept(new(&daily, 10), Event::Started);
    let ids = [accepting().await, accepting().await, accepting().await, accepting().await];
    let [failed, cancelled, taken, done] = ids.map(|accepted| accepted.unwrap().id);
    world.other.finish(&failed, Node(1), ended(State::Failed)).await.unwrap().unwrap();
    let record = world.store.submission_record(&taken, Node(1), "dream");
    record.intend().await.unwrap();
    assert!(record.taken("handle").await.unwrap());
    for id in [&cancelled, &taken] {
        let end = |_, _| ended(State::Cancelled);
        world.other.cancel(id, |_| 0, end).await.unwrap().unwrap();
    }
    world.other.finish(&done, Node(1), completed("daily.mp3")).await.unwrap().unwrap();
    assert_eq!(submit(&daily, 100).await, (2, 22));
}

/// Of two ends of one generation, one is recorded; numbers are unique.
async fn races_have_one_winner(world: &World) {
    let owner = world.owner(1000).await;
    for round in 0..8 {
        let id = world.store.accept(new(&owner, 10), Event::Started).await.unwrap().id;
        let record = world.other.submission_record(&id, Node(1), "dream");
        let name = format!("{round}.mp3");
        let (begun, done, failed, cancelled, intended, fact) = tokio::join!(
            world.store.begin(&id, Node(1), Event::PROCESSING),
            world.other.finish(&id, Node(1), completed(&name)),
            world.store.finish(&id, Node(1), ended(State::Failed)),
            world.other.cancel(&id, |_| 50, |_, _| ended(State::Cancelled)),
            record.intend(),
            world.store.append_event(&id, Node(1), Event::PROCESSING),
        );
        let (begun, fact) = (begun.unwrap(), fact.unwrap());
        let ends = [done.unwrap(), failed.unwrap(), cancelled.unwrap().map(|event| event.seq)];
        assert_eq!(ends.iter().flatten().count(), 1, "{ends:?}");
        let last = ends.into_iter().flatten().next().unwrap();
        assert!(begun.into_iter().chain(fact).all(|seq| seq < last));
        drop(intended);
    }
    let numbers: Vec<u64> = world
        .other
        .facts_of_owner(&owner, 0, 1000)
        .await
        .unwrap()
        .into_iter()
        .map(|(_, fact)| fact.seq)
        .collect();
    assert!(numbers.is_sorted_by(|a, b| a < b), "{numbers:?}");
}

async fn work_that_was_taken_costs_when_it_is_cancelled(world: &World) {
    let owner = world.owner(100).await;
    let id = world.store.accept(new(&owner, 20), Event::Started).await.unwrap().id;
    let cost = Some(Cost { currency: "EUR".into(), micros: 5 });
    let record = world.store.submission_record(&id, Node(1), "dream").with_cost("suno", cost);
    record.intend().await.unwrap();
    record.intend().await.unwrap();
    assert_eq!(record.read().await.unwrap(), SubmissionState::Unclear(2));
    record.not_taken().await.unwrap();
    assert_eq!(record.read().await.unwrap(), SubmissionState::Unclear(1));
    record.taken("{\"job\":1}").await.unwrap();
    assert_eq!(record.read().await.unwrap(), SubmissionState::Submitted("{\"job\":1}".into()));
    let end = world.store.cancel(
        &id,
        |_| 50,
        |price, charged| {
            assert_eq!((price, charged), (20, 10));
            ended(State::Cancelled)
        },
    );
    assert!(end.await.unwrap().is_some());
    let balance = world.balance(&owner).await;
    assert_eq!((balance.available, balance.held, balance.spent), (90, 0, 10));
    assert!(record.intend().await.is_err());
    assert_eq!(world.other.abandoned_provider_jobs().await.unwrap().len(), 1);
    world.store.forget_provider_job(&id).await.unwrap();
    assert_eq!(world.other.abandoned_provider_jobs().await.unwrap(), []);
    let costs = world.other.provider_costs(0).await.unwrap();
    assert_eq!((costs[0].jobs, costs[0].micros), (1, 5));
}

async fn a_start_takes_up_what_was_under_way(world: &World) {
    let owner = world.owner(100).await;
    let lease = Duration::from_secs(60);
    let first = world.store.join(lease).await.unwrap();
    let accept = async || {
        let mine = NewGeneration { node: Some(first), ..new(&owner, 10) };
        world.store.accept(mine, Event::Started).await.unwrap().id
    };
    let ids = [accept().await, accept().await, accept().await];
    let begun = world.store.begin(&ids[0], first, Event::PROCESSING).await.unwrap().unwrap();
    assert!(world.store.renew_lease(first, lease).await.unwrap());
    assert_eq!(world.store.generations_of_node(first).await.unwrap(), ids.clone().into());
    assert_eq!(world.store.claim_generations(first, 9).await.unwrap().rows.len(), 0);
    // The node has left: other nodes take its generations, each by one of them, and it has lost
    // them.
    world.store.leave(first).await.unwrap();
    assert!(!world.store.renew_lease(first, lease).await.unwrap());
    let second = world.store.join(lease).await.unwrap();
    assert!(second > first);
    let one = world.store.claim_generations(second, 1).await.unwrap();
    let (here, there) = tokio::join!(
        world.store.claim_generations(second, 9),
        world.other.claim_generations(second, 9)
    );
    assert_eq!(one.taken, 1);
    let claims = [one, here.unwrap(), there.unwrap()];
    let claimed: Vec<_> = claims.into_iter().flat_map(|claimed| claimed.rows).collect();
    assert_eq!(claimed.len(), 3);
    let oldest = claimed.iter().map(|row| (row.created_at_ms, &row.id)).min().unwrap();
    assert_eq!(&claimed[0].id, oldest.1, "the oldest first");
    assert!(claimed.iter().all(|row| row.state == State::Queued && row.last_seq > begun));
    let store = &world.other;
    assert_eq!(store.begin(&ids[0], first, Event::PROCESSING).await.unwrap(), None);
    assert_eq!(store.append_event(&ids[0], first, Event::PROCESSING).await.unwrap(), None);
    assert_eq!(store.claim_numbers(&ids[0], first).await.unwrap(), None);
    assert_eq!(store.finish(&ids[0], first, ended(State::Failed)).await.unwrap(), None);
    assert!(store.submission_record(&ids[0], first, "dream").intend().await.is_err());
    assert!(store.begin(&ids[0], second, Event::PROCESSING).await.unwrap().is_some());
    assert_eq!(store.count_unfinished().await.unwrap(), 3);
    // What a node gives up is claimed anew, and by nobody else than its own node is given up.
    store.release_generations(first, vec![ids[0].clone()]).await.unwrap();
    assert_eq!(store.claim_generations(second, 9).await.unwrap().taken, 0);
    store.release_generations(second, vec![ids[0].clone()]).await.unwrap();
    assert_eq!(store.claim_generations(second, 9).await.unwrap().rows[0].id, ids[0]);
    // A lease lapses by itself if other gateways may take over; a gateway that is alone keeps what
    // it claimed.
    let third = world.store.join(Duration::ZERO).await.unwrap();
    let (alone, kept) = (!world.store.is_shared(), world.store.renew_lease(third, lease).await);
    assert_eq!(kept.unwrap(), alone);
    let kept = world.store.shared_secret("test", &[1]).await.unwrap();
    assert_eq!((kept, world.other.shared_secret("test", &[2]).await.unwrap()), (vec![1], vec![1]));
}

async fn a_change_that_fails_leaves_nothing(world: &World) {
    let owner = world.owner(100).await;
    let id = world.store.accept(new(&owner, 10), Event::Started).await.unwrap().id;
    world.store.finish(&id, Node(1), completed("a.mp3")).await.unwrap();
    let again = world.store.accept(new(&owner, 10), Event::Started).await.unwrap().id;
    // The name is taken: state, tokens and event stay as they were, and other changes in the same
    // commit succeed.
    let others = (0..8).map(|_| world.store.accept(new(&owner, 1), Event::Started));
    let (failed, others) =
        tokio::join!(world.store.finish(&again, Node(1), completed("a.mp3")), join_all(others));
    assert!(matches!(failed, Err(StoreError::Database(_))), "{failed:?}");
    assert!(others.iter().all(Result::is_ok));
    let row = world.other.generation(&again).await.unwrap().unwrap();
    assert_eq!(row.state, State::Queued);
    assert_eq!(world.balance(&owner).await.held, 18);
    // Hostile text is stored as text.
    let odd = "'; DROP TABLE accounts; --\u{0}$1?1";
    let strange = NewGeneration { prompt: odd.into(), ..new(&owner, 1) };
    let strange = world.store.accept(strange, Event::Started).await.unwrap().id;
    let prompt = world.other.generation(&strange).await.unwrap().unwrap().prompt;
    assert_eq!(prompt.replace('\u{fffd}', "\u{0}"), odd);
    // So is hostile text within JSON, which the audit reads.
    world
        .store
        .finish(&strange, Node(1), ended_with(State::Failed, "\u{0}\\u0000 '\""))
        .await
        .unwrap();
    world.store.ping().await.unwrap();
    world.store.try_to_write().await.unwrap();
}

/// A change is completed even if its caller has gone.
async fn changes_outlive_their_callers(world: &World) {
    let owner = world.owner(100).await;
    let store = Arc::new(world.store.clone());
    for _ in 0..10 {
        let accepting = store.accept(new(&owner, 1), Event::Started);
        let _ = tokio::time::timeout(std::time::Duration::ZERO, accepting).await;
    }
    // Whatever the outcome of each, it is complete or absent, and the next change works.
    let last = world.store.accept(new(&owner, 1), Event::Started).await.unwrap();
    assert!(last.balance.available >= 89);
}

macro_rules! conformance {
    ($($test:ident),* $(,)?) => {
        mod file {
            use super::World;
            $(#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $test() {
                let world = World::of_file().await;
                super::$test(&world).await;
                world.end().await;
            })*
        }

        mod server {
            use super::World;
            $(#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $test() {
                let world = World::of_server().await;
                super::$test(&world).await;
                world.end().await;
            })*
        }
    };
}

conformance!(
    a_generation_goes_through_its_life,
    one_idempotency_key_makes_one_generation,
    limits_hold_for_many_at_once,
    races_have_one_winner,
    work_that_was_taken_costs_when_it_is_cancelled,
    visitors_have_budgets_of_their_own,
    what_is_over_is_forgotten_and_its_sums_stay,
    a_start_takes_up_what_was_under_way,
    uploads_are_counted_for_all,
    corrections_are_made_once,
    an_accepted_repetition_is_written_down,
    who_changes_something_is_written_down,
    a_change_that_fails_leaves_nothing,
    changes_outlive_their_callers,
    messages_are_sent_by_one_at_a_time,
    what_is_written_again_counts_once,
    a_session_is_good_everywhere_until_it_ends,
    there_are_never_too_many_sessions,
    a_circuit_breaker_is_open_for_all_and_one_tries,
    an_account_holds_up_no_other,
    what_waits_for_an_endpoint_is_bounded,
    an_account_has_twenty_endpoints,
    an_endpoint_is_given_up_after_long_failure,
    an_endpoint_may_go_while_it_is_told,
);
