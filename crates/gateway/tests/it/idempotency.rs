//! The same key and body is the same generation, however often and from wherever it is sent.

use serde_json::json;

use crate::support::{Place, completed, problem, read_all, song};
use ai_now_protocol::api::Accepted;

#[tokio::test]
async fn sixty_four_racing_requests_are_one_purchase() {
    let place = Place::new();
    let key = place.key(1000).await;
    let gateway = place.start().await;
    let racers = (0..64).map(|_| {
        let asked = gateway.post("/api/generations", &key, &song()).header("idempotency-key", "k1");
        async move {
            let response = asked.send().await.unwrap();
            assert_eq!(response.status(), 201);
            let replayed = response.headers().contains_key("idempotent-replayed");
            (response.json::<Accepted>().await.unwrap().id, replayed)
        }
    });
    let answers = futures_util::future::join_all(racers).await;
    assert!(answers.iter().all(|(id, _)| *id == answers[0].0));
    assert_eq!(answers.iter().filter(|(_, replayed)| !replayed).count(), 1);
    assert_eq!(gateway.balance(&key).await.available, 990);
}

#[tokio::test]
async fn a_replay_is_the_first_answer_also_later_and_through_the_other_door() {
    let place = Place::new();
    let key = place.key(100).await;
    let gateway = place.start().await;
    let send = |door: &str, body: serde_json::Value| {
        gateway.post(door, &key, &body).header("idempotency-key", "k")
    };
    let first = send("/api/generate", song()).send().await.unwrap();
    let location = first.headers()["content-location"].clone();
    let url = completed(&read_all(first).await);

    let again = send("/api/generate", song()).send().await.unwrap();
    assert_eq!(again.headers()["idempotent-replayed"], "true");
    assert_eq!(again.headers()["content-location"], location);
    assert_eq!(completed(&read_all(again).await), url);

    let other_door = send("/api/generations", song()).send().await.unwrap();
    assert_eq!((other_door.status().as_u16(), &other_door.headers()["location"]), (201, &location));

    let other_body = json!({"model": "suno", "prompt": "something else"});
    problem(send("/api/generations", other_body).send().await.unwrap(), 422).await;

    let new = gateway.post("/api/generations", &key, &song()).header("idempotency-key", "k2");
    let new = new.send().await.unwrap();
    assert_ne!(new.headers()["location"], location);
    assert_eq!(gateway.balance(&key).await.available, 80);
}

#[tokio::test]
async fn keys_of_one_owner_are_not_those_of_another() {
    let place = Place::new();
    let (a, b) = (place.key(100).await, place.key(100).await);
    let gateway = place.start().await;
    let send =
        |key: &str| gateway.post("/api/generations", key, &song()).header("idempotency-key", "k");
    let (a, b) = (send(&a).send().await.unwrap(), send(&b).send().await.unwrap());
    assert_ne!(a.headers()["location"], b.headers()["location"]);
    assert!(!b.headers().contains_key("idempotent-replayed"));
}

#[tokio::test]
async fn keys_that_are_no_keys() {
    let place = Place::new();
    let key = place.key(100).await;
    let gateway = place.start().await;
    for bad in ["", " ", &"x".repeat(256)] {
        let asked = gateway.post("/api/generations", &key, &song()).header("idempotency-key", bad);
        problem(asked.send().await.unwrap(), 400).await;
    }
    assert_eq!(gateway.balance(&key).await.available, 100);
}
