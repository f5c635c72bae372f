//! The invariant: granted = available + held + spent, whatever happens in whatever order.

use ai_now_gateway::domain::{NewGeneration, Node, Outcome, Principal, SubmitError};
use ai_now_gateway::secret;
use ai_now_gateway::store::{NewKey, Store};
use ai_now_protocol::api::State;
use ai_now_protocol::event::{Completed, Failure};
use ai_now_protocol::{Event, Format, MediaUrl, Message};
use proptest::prelude::*;

use crate::support::{Place, database, song};

#[derive(Clone, Debug)]
enum Step {
    Grant(u64),
    Accept(u32),
    Begin(usize),
    Finish(usize, u8),
    AdjustDown(u64),
    Refund(usize, Option<u32>),
    Reopen,
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        1 => (0..100u64).prop_map(Step::Grant),
        4 => (0..60u32).prop_map(Step::Accept),
        2 => any::<usize>().prop_map(Step::Begin),
        4 => (any::<usize>(), 0..3u8).prop_map(|(which, how)| Step::Finish(which, how)),
        1 => (0..60u64).prop_map(Step::AdjustDown),
        2 => (any::<usize>(), prop::option::of(1..40u32))
            .prop_map(|(which, tokens)| Step::Refund(which, tokens)),
        1 => Just(Step::Reopen),
    ]
}

fn outcome(place: &Place, how: u8) -> Outcome {
    let message = Message::text("It ended.");
    let failed = |state| Outcome::Ended {
        state,
        message: message.clone(),
        event: Event::Failed(Failure { message: message.clone(), ..Failure::default() }),
    };
    match how {
        0 => failed(State::Failed),
        1 => failed(State::Cancelled),
        _ => {
            let media_name = ai_now_gateway::media::new_name("x", Format::Mp3);
            place.write_media(&media_name, b"sound");
            let url = MediaUrl::parse(&format!("/media/{media_name}")).unwrap();
            let event = Event::Completed(Completed { url, note: None });
            let provider = "sketch".into();
            let (note, procedural) = (None, true);
            Outcome::Completed { media_name, provider, size_bytes: 5, note, procedural, event }
        }
    }
}

async fn play(steps: Vec<Step>) {
    let place = Place::new();
    let mut store = place.store().await;
    let key = store.create_key(NewKey::Secret { tokens: 100 }, String::new()).await.unwrap();
    let key = store.key_by_secret(&key).await.unwrap().unwrap();
    let owner = Principal {
        key_id: key.id,
        account_id: key.account_id,
        visitor_id: None,
        tokens_per_day: None,
    };
    let (mut granted, mut held, mut spent) = (100u64, 0u64, 0u64);
    let mut generations: Vec<(String, u32, State)> = Vec::new();
    let mut given_back = std::collections::HashSet::new();
    for step in steps {
        match step {
            Step::Grant(tokens) => {
                store.grant(&key.name, tokens).await.unwrap();
                granted += tokens;
            }
            Step::Accept(price) => {
                let accepted = accept(&store, &owner, price).await;
                let enough = granted - held - spent >= u64::from(price);
                assert_eq!(accepted.is_ok(), enough);
                if let Ok(id) = accepted {
                    held += u64::from(price);
                    generations.push((id, price, State::Queued));
                }
            }
            Step::Begin(which) if !generations.is_empty() => {
                let which = which % generations.len();
                let (id, _, state) = &mut generations[which];
                let begun = store.begin(id, Node(1), Event::PROCESSING).await.unwrap().is_some();
                // A client that does not know whether it was kept repeats it.
                assert_eq!(begun, !state.is_final());
                if begun {
                    *state = State::Running;
                }
            }
            Step::Finish(which, how) if !generations.is_empty() => {
                let which = which % generations.len();
                let (id, price, state) = &mut generations[which];
                let won = store.finish(id, Node(1), outcome(&place, how)).await.unwrap().is_some();
                assert_eq!(won, !state.is_final());
                if won {
                    held -= u64::from(*price);
                    spent += if how == 2 { u64::from(*price) } else { 0 };
                    *state = [State::Failed, State::Cancelled, State::Completed][usize::from(how)];
                }
            }
            Step::Reopen => {
                store.close().await;
                store = place.store().await;
            }
            Step::AdjustDown(tokens) => {
                let taken = store.adjust_down(&key.name, tokens, "why".parse().unwrap()).await;
                let enough = granted - held - spent >= tokens;
                assert_eq!(taken.is_ok(), enough);
                granted -= if enough { tokens } else { 0 };
            }
            Step::Refund(which, tokens) if !generations.is_empty() => {
                let which = which % generations.len();
                let (id, price, state) = &generations[which];
                let refunded = store.refund(id, tokens, "why".parse().unwrap()).await.unwrap();
                let wanted = tokens.unwrap_or(*price);
                let may = *state == State::Completed && *price > 0 && wanted <= *price;
                let first = may && given_back.insert(id.clone());
                assert_eq!(refunded.ok(), first.then_some(wanted));
                spent -= if first { u64::from(wanted) } else { 0 };
            }
            Step::Begin(_) | Step::Finish(..) | Step::Refund(..) => {}
        }
        let balance = store.balance(key.account_id).await.unwrap();
        assert_eq!((balance.granted, balance.held, balance.spent), (granted, held, spent));
        assert_eq!(balance.granted, balance.available + balance.held + balance.spent);
    }
    store.close().await;
    place.assert_sound().await;
}

async fn accept(store: &Store, owner: &Principal, price: u32) -> Result<String, SubmitError> {
    let new = NewGeneration {
        id: secret::name(),
        owner: owner.clone(),
        model: "suno".into(),
        prompt: "x".into(),
        options: [("seed".into(), 1u32.into())].into(),
        uploads: Vec::new(),
        procedural: true,
        price,
        submission: None,
        node: Some(Node(1)),
        concurrent_limit: 1000,
        repeats: None,
    };
    let accepted = store.accept(new, Event::Started).await;
    if let Err(error) = &accepted {
        assert!(matches!(error, SubmitError::TooFewTokens { .. }), "{error}");
    }
    accepted.map(|accepted| accepted.id)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, max_shrink_iters: 200, ..<_>::default() })]

    #[test]
    fn every_token_is_somewhere_after_any_sequence(steps in prop::collection::vec(step(), 1..40)) {
        tokio::runtime::Runtime::new().unwrap().block_on(play(steps));
    }
}

/// An audit that could not fail would prove nothing.
#[tokio::test]
async fn the_audit_finds_what_is_wrong() {
    let place = Place::new();
    let key = place.key(100).await;
    let gateway = place.start().await;
    let accepted = gateway.create(&key, &song()).await;
    let url = crate::support::completed(&gateway.follow(&accepted.events).await);
    gateway.stop().await;
    place.assert_sound().await;

    let file = database(&place);
    let run = async |sql: &'static str| file.execute(sql, []).unwrap();
    for (damage, repair, word) in [
        (
            "UPDATE accounts SET spent = spent + 1, available = available - 1",
            "UPDATE accounts SET spent = spent - 1, available = available + 1",
            "spent another sum",
        ),
        (
            "UPDATE events SET seq = seq + 900000 WHERE seq > 100000",
            "UPDATE events SET seq = seq - 900000 WHERE seq > 900000",
            "was not given out",
        ),
        (
            "UPDATE generations SET event_count = event_count + 1",
            "UPDATE generations SET event_count = event_count - 1",
            "not those that were counted",
        ),
        (
            "UPDATE keys SET last_block = last_block - 1",
            "UPDATE keys SET last_block = last_block + 1",
            "have not reached",
        ),
        (
            "UPDATE media SET size_bytes = size_bytes + 1",
            "UPDATE media SET size_bytes = size_bytes - 1",
            "bytes instead of",
        ),
        (
            "UPDATE generations SET state = 'failed'",
            "UPDATE generations SET state = 'completed'",
            "tokens were not returned",
        ),
    ] {
        run(damage).await;
        let faults = place.audit().await.faults.join("\n");
        assert!(faults.contains(word), "{faults}");
        run(repair).await;
        place.assert_sound().await;
    }
    std::fs::remove_file(place.data().join("media").join(url.rsplit('/').next().unwrap())).unwrap();
    assert!(place.audit().await.faults[0].contains("cannot be read"));
}

#[tokio::test]
async fn the_table_itself_refuses_a_second_settlement() {
    let place = Place::new();
    place.key(100).await;
    let file = database(&place);
    let record = async |kind: &str, tokens: i64| {
        let sql = "INSERT INTO ledger (account_id, kind, tokens, generation_id, at_ms)
                   VALUES (1, ?, ?, 'g', 0)";
        file.execute(sql, (kind, tokens)).is_ok()
    };
    assert!(!record("capture", 3).await, "nothing is held");
    assert!(record("hold", 5).await);
    assert!(record("capture", 3).await);
    assert!(!record("capture", 1).await);
    // The rest is returned, and no more than that.
    assert!(!record("release", 3).await);
    assert!(record("release", 2).await);
    assert!(!record("release", 0).await);
    assert!(!record("hold", 5).await);
    let stolen = file.execute("UPDATE accounts SET available = available + 1", []);
    assert!(stolen.is_err());
    // A capture is refunded at most once, and no more than that.
    assert!(!record("refund", 4).await);
    assert!(record("refund", 2).await);
    assert!(!record("refund", 1).await);
}
