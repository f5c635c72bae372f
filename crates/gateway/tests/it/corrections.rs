//! What an administrator corrects by hand: tokens taken back, a generation refunded, a key rotated.

use std::process::Command;

use ai_now_protocol::Code;
use ai_now_protocol::api::Session;
use reqwest::{Method, Response};
use serde_json::{Value, json};

use crate::cli::PROGRAM;
use crate::support::{film, refusal, song};
use crate::world::World;

impl World {
    async fn post(&self, path: &str, sent: Value) -> Response {
        let path = format!("/api/admin/{path}");
        self.gateway.post(&path, &self.admin, &sent).send().await.unwrap()
    }

    async fn of_key(&self, what: &str, sent: Value) -> Response {
        self.post(&format!("keys/{}/{what}", self.name), sent).await
    }

    async fn read(&self, path: &str) -> Value {
        self.get(&format!("/api/admin/{path}"), &self.admin).await
    }

    async fn status(&self, key: &str) -> u16 {
        self.gateway.get("/api/balance", key).send().await.unwrap().status().as_u16()
    }
}

#[tokio::test]
async fn tokens_are_taken_back_as_far_as_they_are_available() {
    let world = World::new(100).await;
    let held = world.gateway.create(&world.key, &film(60)).await;
    let available = 100 - u64::from(held.price);
    for (sent, name) in [
        (json!({"tokens": available + 1, "reason": "too many"}), "tokens"),
        (json!({"tokens": 0, "reason": "none"}), "tokens"),
        (json!({"tokens": 1, "reason": " "}), "reason"),
        (json!({"tokens": 1, "reason": "x".repeat(501)}), "reason"),
    ] {
        let said = refusal(world.of_key("adjustments", sent).await, 400).await;
        assert!(said.is(Code::InvalidParameter) && said.params["name"] == name.into(), "{said:?}");
    }
    let taken = json!({"tokens": available, "reason": "granted twice"});
    assert_eq!(world.of_key("adjustments", taken).await.status(), 200);
    let balance = world.gateway.balance(&world.key).await;
    assert_eq!((balance.available, balance.granted), (0, u64::from(held.price)));
    let ledger = world.read(&format!("keys/{}/ledger", world.name)).await;
    let entry = &ledger["entries"][0];
    assert_eq!((&entry["kind"], &entry["tokens"]), (&json!("adjustment"), &json!(available)));
    assert_eq!(entry["reason"], "granted twice");
    world.gateway.cancel(&world.key, &held.id).await;
    world.end().await;
}

#[tokio::test]
async fn a_generation_is_refunded_once() {
    let world = World::new(100).await;
    let opened = world.gateway.ask(Method::POST, "/api/sessions").bearer_auth(&world.key);
    let opened = opened.json(&json!({"budget": 10})).send().await.unwrap();
    let session = opened.json::<Session>().await.unwrap().token;
    let made = world.gateway.create(&session, &song()).await;
    world.gateway.follow(&made.events).await;
    assert_eq!(world.gateway.balance(&session).await.available, 0);
    let path = format!("generations/{}/refund", made.id);
    let why = json!({"reason": "it was silent"});
    for tokens in [0, 11] {
        let sent = json!({"tokens": tokens, "reason": "x"});
        assert!(refusal(world.post(&path, sent).await, 400).await.is(Code::InvalidParameter));
    }
    let refunded: Value = world.post(&path, why.clone()).await.json().await.unwrap();
    assert_eq!(refunded, json!({"tokens": 10}));
    assert_eq!(world.gateway.balance(&session).await.available, 10);
    let balance = world.gateway.balance(&world.key).await;
    assert_eq!((balance.available, balance.spent, balance.granted), (100, 0, 100));
    assert!(refusal(world.post(&path, why.clone()).await, 409).await.is(Code::NotRefundable));

    let running = world.gateway.create(&world.key, &film(60)).await;
    let path = format!("generations/{}/refund", running.id);
    assert!(refusal(world.post(&path, why.clone()).await, 409).await.is(Code::NotRefundable));
    world.gateway.cancel(&world.key, &running.id).await;
    assert!(refusal(world.post(&path, why.clone()).await, 409).await.is(Code::NotRefundable));
    let nobody = "generations/aaaaaaaaaaaaaaaaaaaaaaaaaa/refund";
    assert!(refusal(world.post(nobody, why).await, 404).await.is(Code::NoSuchGeneration));

    let usage = world.read("usage").await;
    let rows = usage["rows"].as_array().unwrap();
    let row = rows.iter().find(|row| row["outcome"] == "refunded").unwrap();
    assert_eq!((&row["tokens"], &usage["tokens"]), (&json!(-10), &json!(0)));
    let log = world.read("activity?limit=1").await;
    assert_eq!(log["entries"][0]["after"], json!({"tokens": 10, "reason": "it was silent"}));
    world.end().await;
}

#[tokio::test]
async fn a_key_is_changed_for_another_with_an_overlap() {
    let world = World::new(100).await;
    let made = world.gateway.create(&world.key, &song()).await;
    world.gateway.follow(&made.events).await;
    let rotate = async |overlap_secs: u64| {
        let answer = world.of_key("rotate", json!({"overlap_secs": overlap_secs})).await;
        let answer: Value = answer.json().await.unwrap();
        answer["secret"].as_str().unwrap().to_owned()
    };
    let second = rotate(3600).await;
    assert_eq!([world.status(&world.key).await, world.status(&second).await], [200, 200]);
    assert_eq!(world.gateway.show(&second, &made.id).await.id, made.id);
    // Rotated once more in the meantime, both older ones go on.
    let third = rotate(3600).await;
    assert_eq!([world.status(&world.key).await, world.status(&second).await], [200, 200]);
    assert_eq!(world.status(&third).await, 200);
    let fourth = rotate(0).await;
    let statuses = [&world.key, &second, &third, &fourth].map(|key| world.status(key));
    assert_eq!(futures_util::future::join_all(statuses).await, [401, 401, 401, 200]);
    let long = world.of_key("rotate", json!({"overlap_secs": 2_592_001})).await;
    assert!(refusal(long, 400).await.is(Code::InvalidParameter));

    let fifth = rotate(3600).await;
    let sixth = rotate(3600).await;
    let path = format!("/api/admin/keys/{}", world.name);
    world.gateway.ask(Method::DELETE, &path).bearer_auth(&world.admin).send().await.unwrap();
    let statuses = [&fourth, &fifth, &sixth].map(|key| world.status(key));
    assert_eq!(futures_util::future::join_all(statuses).await, [401, 401, 401]);
    assert!(refusal(world.of_key("rotate", json!({})).await, 404).await.is(Code::NoSuchKey));
    let log = world.read("activity").await.to_string();
    for key in [&world.key, &second, &third, &fourth, &fifth, &sixth] {
        assert!(!log.contains(key.as_str()), "a key stands in the log");
    }
    world.end().await;
}

// The program is waited for on one thread while the gateway answers on another.
#[tokio::test(flavor = "multi_thread")]
async fn the_command_line_corrects_too() {
    let world = World::new(100).await;
    let run = |arguments: &[&str]| {
        let data = ["--data", world.place.data().to_str().unwrap()];
        let output = Command::new(PROGRAM).args(arguments).args(data).output().unwrap();
        let text = [output.stdout, output.stderr].map(|bytes| String::from_utf8(bytes).unwrap());
        (output.status.success(), text.concat())
    };
    let name = world.name.as_str();
    let adjust = ["keys", "adjust", name, "--reason", "typo", "--tokens"];
    let (good, said) = run(&[&adjust[..], &["30"]].concat());
    assert!(good && said == "available 70\nheld 0\nspent 0\ngranted 70\n", "{said}");
    let (good, said) = run(&[&adjust[..], &["71"]].concat());
    assert!(!good && said.contains("available"), "{said}");
    let (good, key) = run(&["keys", "rotate", name, "--overlap-hours", "0"]);
    assert!(good, "{key}");
    let key = key.trim();
    assert_eq!([world.status(&world.key).await, world.status(key).await], [401, 200]);
    let made = world.gateway.create(key, &song()).await;
    world.gateway.follow(&made.events).await;
    let refund = ["generations", "refund", &made.id, "--reason", "silent", "--tokens", "4"];
    let (good, said) = run(&refund);
    assert!(good && said == "refunded 4\n", "{said}");
    let (good, said) = run(&refund);
    assert!(!good && said.contains("refunded already"), "{said}");
    assert_eq!(world.gateway.balance(key).await.spent, 6);
    world.end().await;
}
