//! Gateways in a chain: the documented API on both sides.

use ai_now_protocol::Event;
use ai_now_protocol::api::State;
use serde_json::json;

use super::crash::Process;
use super::fixture::wait_for;
use crate::support::{EventStream, Place, client};

/// What a gateway needs to know to ask another one.
fn chained(place: &Place, url: &str, key: &str) -> String {
    let file = place.path("upstream.key");
    std::fs::write(&file, key).unwrap();
    format!(
        "[providers.up]\nkind = 'ai-now'\nbase_url = '{url}'\nallow_private = true\n\
         key_file = '{}'\nidempotent = true\n[[models]]\nid = 'luma'\nroutes = ['up']\n",
        file.display()
    )
}

/// Nothing is lost when one of them is killed at work.
#[tokio::test]
async fn either_one_is_killed_and_nothing_is_lost() {
    let (behind, before) = (Place::new(), Place::new());
    let (key_behind, key) = (behind.key(1000).await, before.key(1000).await);
    let mut maker = Process::start(behind.data(), "127.0.0.1:0", "");
    let toml = chained(&before, &maker.url, &key_behind);
    let mut gateway = Process::start(before.data(), "127.0.0.1:0", &toml);
    let at_work = async |gateway: &Process, seed: u32| {
        let film = json!({"model": "luma", "prompt": "rain at night, 5 seconds", "options": {"seed": seed}});
        let accepted = gateway.create(&key, &film).await;
        let events = format!("{}{}", gateway.url, accepted.events);
        let mut stream = EventStream::new(client().get(events).send().await.unwrap());
        // Progress of the one behind, shown by the one before.
        wait_for(&mut stream, |event| {
            matches!(event, Event::Processing(p) if p.progress > Some(0.0) && p.step.is_some())
        })
        .await;
        accepted
    };

    let accepted = at_work(&gateway, 1).await;
    let address = maker.address();
    drop(maker);
    maker = Process::start(behind.data(), &address, "");
    let made = gateway.end(&key, &accepted.id).await;
    // A sketch says that it is one, through however many hands it went.
    assert_eq!((made.state, made.procedural), (State::Completed, true), "{:?}", made.message);
    assert!(made.note.unwrap().text.starts_with("Procedural sketch"));

    let accepted = at_work(&gateway, 2).await;
    drop(gateway);
    gateway = Process::start(before.data(), "127.0.0.1:0", &toml);
    let made = gateway.end(&key, &accepted.id).await;
    assert_eq!(made.state, State::Completed, "{:?}", made.message);
    let file = client().get(made.url.unwrap().as_str()).send().await.unwrap();
    assert_eq!(file.status(), 200);

    drop(gateway);
    drop(maker);
    for (place, key) in [(&behind, &key_behind), (&before, &key)] {
        let audit = place.assert_sound().await;
        assert_eq!((audit.generations, audit.unfinished), (2, 0));
        let store = place.store().await;
        let account = store.key_by_secret(key).await.unwrap().unwrap().account_id;
        assert_eq!(store.balance(account).await.unwrap().spent, 60);
        store.close().await;
    }
}

#[tokio::test]
async fn a_cancelled_one_is_cancelled_behind_and_too_few_tokens_there_are_no_secret() {
    let (behind, before) = (Place::new(), Place::new());
    let (key_behind, key) = (behind.key(30).await, before.key(1000).await);
    let maker = behind.start().await;
    let toml = chained(&before, &maker.url, &key_behind);
    let gateway = Process::start(before.data(), "127.0.0.1:0", &toml);
    let film = json!({"model": "luma", "prompt": "rain at night, 30 seconds"});
    let accepted = gateway.create(&key, &film).await;
    let events = format!("{}{}", gateway.url, accepted.events);
    let mut stream = EventStream::new(client().get(events).send().await.unwrap());
    wait_for(&mut stream, |e| matches!(e, Event::Processing(p) if p.progress > Some(0.0))).await;
    assert_eq!(maker.balance(&key_behind).await.held, 30);

    // There is nothing left behind for a second one.
    let second = gateway.create(&key, &film).await;
    let second = gateway.end(&key, &second.id).await;
    let message = second.message.unwrap().text;
    assert!(message.contains("account at up is used up"), "{message}");

    let path = format!("{}/api/generations/{}", gateway.url, accepted.id);
    client().delete(&path).bearer_auth(&key).send().await.unwrap();
    loop {
        // The second gateway gets the cancellation after the first has answered.
        let balance = maker.balance(&key_behind).await;
        if balance.held == 0 {
            assert_eq!((balance.available, balance.spent), (30, 0));
            break;
        }
        tokio::time::sleep(std::time::Duration::from_millis(10)).await;
    }
    drop(gateway);
    maker.stop().await;
    behind.assert_sound().await;
    before.assert_sound().await;
}

/// What was promised as something else says what it is once it is there.
#[tokio::test]
async fn a_sketch_that_stands_in_says_that_it_is_one() {
    let (nobody, place) = (Place::new(), Place::new());
    let key = place.key(100).await;
    let toml = chained(&place, "http://127.0.0.1:1", &nobody.key(1).await)
        .replace("id = 'luma'", "id = 'suno'")
        .replace("routes = ['up']", "routes = ['up', 'sketch']")
        .replace("idempotent = true", "retries = 0");
    let gateway = Process::start(place.data(), "127.0.0.1:0", &toml);
    let accepted = gateway.create(&key, &crate::support::song()).await;
    let made = gateway.end(&key, &accepted.id).await;
    assert_eq!((made.state, made.procedural), (State::Completed, true), "{:?}", made.message);
    assert!(made.note.unwrap().text.starts_with("Procedural sketch"));
    drop(gateway);
    place.assert_sound().await;
}
