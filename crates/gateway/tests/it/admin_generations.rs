//! What administrators see of generations, ledgers and providers, and what they may do about them.

use ai_now_gateway::store::AdminRole;
use ai_now_protocol::{Code, MediaKind};
use reqwest::{Method, Response};
use serde_json::{Value, json};

use crate::providers::fixture::{program, program_with, request, route};
use crate::support::{Gateway, Place, client, film, refusal, song};

async fn body(response: Response) -> Value {
    assert_eq!(response.status(), 200, "{}", response.url());
    response.json().await.unwrap()
}

async fn get(gateway: &Gateway, path: &str, key: &str) -> Value {
    body(gateway.get(&format!("/api/admin/{path}"), key).send().await.unwrap()).await
}

/// The ids of a list of generations.
fn ids(list: &Value) -> Vec<&str> {
    let rows = list["generations"].as_array().unwrap().iter();
    rows.map(|row| row["generation"]["id"].as_str().unwrap()).collect()
}

async fn name_of(place: &Place, key: &str) -> String {
    let store = place.store().await;
    let name = store.key_by_secret(key).await.unwrap().unwrap().name;
    store.close().await;
    name
}

#[tokio::test]
async fn generations_of_all_keys_are_found_looked_at_and_cancelled() {
    let place = Place::new();
    let (admin, viewer) =
        (place.admin("ada", AdminRole::Admin).await, place.admin("vera", AdminRole::Viewer).await);
    let (one, other) = (place.key(100).await, place.key(100).await);
    let name = name_of(&place, &one).await;
    let gateway = place.start().await;
    let first = gateway.create(&one, &song()).await;
    gateway.follow(&first.events).await;
    let second = gateway.create(&other, &song()).await;
    gateway.follow(&second.events).await;
    let running = gateway.create(&one, &film(60)).await;
    let list = get(&gateway, "generations", &viewer).await;
    assert_eq!(ids(&list), [&running.id, &second.id, &first.id]);
    for (query, expected) in [
        (format!("key={name}"), vec![&running.id, &first.id]),
        ("model=suno".into(), vec![&second.id, &first.id]),
        ("state=completed&text=POP%20song".into(), vec![&second.id, &first.id]),
        ("text=%25".into(), vec![]),
        ("from=2020-01-01&model=luma".into(), vec![&running.id]),
        ("from=2999-01-01".into(), vec![]),
    ] {
        let list = get(&gateway, &format!("generations?{query}"), &viewer).await;
        assert_eq!(ids(&list), expected, "{query}");
    }
    let page = get(&gateway, "generations?limit=2", &viewer).await;
    let next = page["next"].as_str().unwrap();
    let rest = get(&gateway, &format!("generations?limit=2&before={next}"), &viewer).await;
    assert_eq!((ids(&rest), &rest["next"]), (vec![first.id.as_str()], &Value::Null));
    for (query, status) in [("state=gone", 400), ("from=x", 400), ("key=key-nobody22", 404)] {
        let asked = gateway.get(&format!("/api/admin/generations?{query}"), &viewer);
        refusal(asked.send().await.unwrap(), status).await;
    }

    let shown = get(&gateway, &format!("generations/{}", first.id), &viewer).await;
    assert_eq!((&shown["key"], &shown["visitor"]), (&json!(name), &json!(false)));
    let url = shown["generation"]["url"].as_str().unwrap();
    assert_eq!(client().get(url).send().await.unwrap().status(), 200);
    let events = gateway.follow(shown["generation"]["events"].as_str().unwrap()).await;
    assert!(events.last().unwrap().1.is_last());

    let path = format!("/api/admin/generations/{}", running.id);
    let ask =
        async |key: &str| gateway.ask(Method::DELETE, &path).bearer_auth(key).send().await.unwrap();
    assert!(refusal(ask(&viewer).await, 403).await.is(Code::AdminRoleRequired));
    assert!(gateway.balance(&one).await.held > 0);
    for _ in 0..2 {
        assert_eq!(body(ask(&admin).await).await["generation"]["state"], "cancelled");
    }
    assert_eq!(gateway.balance(&one).await.held, 0);
    let log = get(&gateway, "activity", &viewer).await;
    let line = |row: &Value| row["action"] == "generation.cancel" && row["subject"] == *running.id;
    let lines = log["entries"].as_array().unwrap().iter().filter(|row| line(row));
    assert_eq!(lines.map(|row| &row["actor"]).collect::<Vec<_>>(), ["ada"]);
    gateway.stop().await;
    place.assert_sound().await;
}

#[tokio::test]
async fn a_ledger_is_read_page_by_page() {
    let place = Place::new();
    let viewer = place.admin("vera", AdminRole::Viewer).await;
    let (key, _) = (place.key(100).await, place.key(7).await);
    let name = name_of(&place, &key).await;
    let gateway = place.start().await;
    let made = gateway.create(&key, &song()).await;
    gateway.follow(&made.events).await;
    let mut seen = Vec::new();
    let mut next = String::new();
    loop {
        let page = get(&gateway, &format!("keys/{name}/ledger?limit=1{next}"), &viewer).await;
        let entry = &page["entries"][0];
        seen.push((entry["kind"].as_str().unwrap().to_owned(), entry["tokens"].as_u64().unwrap()));
        let of = if entry["kind"] == "grant" { Value::Null } else { json!(made.id) };
        assert_eq!(entry["generation"], of);
        let Some(place) = page["next"].as_str() else { break };
        next = format!("&before={place}");
    }
    let expected = [("capture", 10), ("hold", 10), ("grant", 100)];
    assert_eq!(seen, expected.map(|(kind, tokens)| (kind.to_owned(), tokens)));
    gateway.stop().await;
}

#[tokio::test]
async fn a_providers_circuit_breaker_is_seen_and_closed() {
    let mut place = Place::new();
    let more = "failure_threshold = 1\ncooldown_secs = 3600";
    place.config.providers.insert("broken".into(), program_with("exit 1", &[], more));
    place.config.providers.insert("whole".into(), program("exit 1"));
    route(&mut place.config, &["broken", "whole"], MediaKind::Video);
    let admin = place.admin("ada", AdminRole::Admin).await;
    let key = place.key(100).await;
    let gateway = place.start().await;
    let made = gateway.create(&key, &request()).await;
    gateway.follow(&made.events).await;
    let broken = async || {
        let list = get(&gateway, "providers", &admin).await;
        let providers = list["providers"].as_array().unwrap().clone();
        let names: Vec<_> = providers.iter().map(|row| row["name"].clone()).collect();
        assert_eq!(names, ["broken", "sketch", "whole"]);
        providers[0].clone()
    };
    let open = broken().await;
    assert_eq!((&open["breaker_open"], &open["models"]), (&json!(true), &json!(["run"])));
    assert!((3500..=3600).contains(&open["open_secs"].as_u64().unwrap()), "{open}");
    assert_eq!((&open["running"], &open["waiting"]), (&json!(0), &json!(0)));
    let close = async |name: &str| {
        let path = format!("/api/admin/providers/{name}/breaker");
        gateway.ask(Method::DELETE, &path).bearer_auth(&admin).send().await.unwrap()
    };
    assert!(refusal(close("nobody").await, 404).await.is(Code::NoSuchProvider));
    body(close("broken").await).await;
    let closed = broken().await;
    assert_eq!((&closed["breaker_open"], &closed["open_secs"]), (&json!(false), &Value::Null));
    let log = get(&gateway, "activity?limit=1", &admin).await;
    assert_eq!(log["entries"][0]["action"], "provider.close_breaker");
    gateway.stop().await;
    place.assert_sound().await;
}
