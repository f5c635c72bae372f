//! The options of a model: checked, priced, stored, shown; and absent for clients that know only
//! the documented API.

use ai_now_gateway::config::ModelSettings;
use ai_now_protocol::api::State;
use ai_now_protocol::{Code, Message};
use serde_json::{Value, json};

use crate::support::{Gateway, Place, film, problem, refusal};

/// A film that takes long enough to be cancelled.
fn with(options: &Value) -> Value {
    let mut body = film(20);
    body["model"] = "run".into();
    body["options"] = options.clone();
    body
}

async fn refused(gateway: &Gateway, key: &str, body: &Value) -> Message {
    refusal(gateway.post("/api/generations", key, body).send().await.unwrap(), 400).await
}

#[tokio::test]
async fn options_are_priced_kept_and_shown() {
    let place = Place::new();
    let key = place.key(100).await;
    let gateway = place.start().await;
    let body = with(&json!({"seconds": 7, "aspect_ratio": "9:16", "style": "frost", "seed": 7}));
    let accepted = gateway.create(&key, &body).await;
    // Run costs 30 for five seconds.
    assert_eq!((accepted.price, accepted.balance.held, accepted.balance.available), (42, 42, 58));
    let shown = gateway.show(&key, &accepted.id).await;
    assert_eq!((shown.price, shown.style.as_deref()), (42, Some("frost")));
    let options = serde_json::to_value(&shown.options).unwrap();
    assert_eq!(options, json!({"seconds": 7, "aspect_ratio": "9:16", "seed": 7}));

    let cancelled = gateway.cancel(&key, &accepted.id).await;
    assert_eq!((cancelled.state, cancelled.options), (State::Cancelled, shown.options));
    let message = cancelled.message.unwrap();
    assert!(message.is(Code::Cancelled) && message.is_in_table(), "{message:?}");
    assert_eq!(gateway.balance(&key).await.available, 100);
    gateway.stop().await;
    place.assert_sound().await;
}

#[tokio::test]
async fn what_does_not_fit_is_refused_with_what_does() {
    let place = Place::new();
    let key = place.key(100).await;
    let gateway = place.start().await;
    let known = "style, seconds, aspect_ratio, image, seed";
    let unknown = refused(&gateway, &key, &with(&json!({"lyrics": "la"}))).await;
    assert!(unknown.is(Code::UnknownOption) && unknown.text.contains(known), "{unknown:?}");
    assert_eq!(unknown.params["known"].as_text(), Some(known));
    for (options, option, allowed) in [
        (json!({"seconds": 11}), "seconds", "from 2 to 10"),
        (json!({"seconds": "5"}), "seconds", "from 2 to 10"),
        (json!({"aspect_ratio": "2:1"}), "aspect_ratio", "16:9, 9:16"),
        (json!({"image": "../up"}), "image", "the id of an uploaded picture"),
        (json!({"seed": -1}), "seed", "from 0 to 4294967295"),
        (json!({"style": true}), "style", "abandoned"),
    ] {
        let said = refused(&gateway, &key, &with(&options)).await;
        assert!(said.is(Code::InvalidOption), "{options}: {said:?}");
        assert_eq!(said.params["option"].as_text(), Some(option));
        let takes = &said.details[0].text;
        assert!(takes.starts_with(allowed) && said.text.contains(allowed), "{said:?}");
        assert!(said.is_in_table() && !said.has_prose(), "{said:?}");
    }
    for odd in
        [json!({"seconds": 2.5}), json!({"seconds": [5]}), json!({"seconds": null}), json!(7)]
    {
        assert!(refused(&gateway, &key, &with(&odd)).await.is(Code::InvalidBody), "{odd}");
    }
    assert_eq!(gateway.balance(&key).await.available, 100);
}

#[tokio::test]
async fn another_option_is_another_submission() {
    let place = Place::new();
    let key = place.key(200).await;
    let gateway = place.start().await;
    let send = async |options: Value| {
        let asked = gateway.post("/api/generations", &key, &with(&options));
        asked.header("idempotency-key", "k").send().await.unwrap()
    };
    let first = send(json!({"seconds": 5, "seed": 1})).await;
    assert_eq!(first.status(), 201);
    let again = send(json!({"seed": 1, "seconds": 5})).await;
    assert_eq!(again.headers()["location"], first.headers()["location"]);
    for other in [json!({"seconds": 6, "seed": 1}), json!({"seconds": 5}), json!({})] {
        let said = refusal(send(other).await, 422).await;
        assert!(said.is(Code::IdempotencyKeyReused), "{said:?}");
    }
    let id = first.headers()["location"].to_str().unwrap().rsplit('/').next().unwrap().to_owned();
    gateway.cancel(&key, &id).await;
}

/// Model, prompt and style, as documented: the answers have what they always had.
#[tokio::test]
async fn old_clients_see_no_difference() {
    let place = Place::new();
    let key = place.key(10).await;
    let gateway = place.start().await;
    let body = json!({"model": "pika", "prompt": "a lake, 20 seconds", "style": "4"});
    let response = gateway.post("/api/generations", &key, &body).send().await.unwrap();
    assert_eq!(response.status(), 201);
    let accepted: Value = response.json().await.unwrap();
    let fields: Vec<_> = accepted.as_object().unwrap().keys().map(String::as_str).collect();
    assert_eq!(
        (fields, &accepted["price"]),
        (vec!["all_events", "balance", "events", "id", "price"], &json!(10))
    );
    let id = accepted["id"].as_str().unwrap();
    let shown = gateway.show(&key, id).await;
    assert_eq!((shown.price, shown.style.as_deref()), (10, Some("4")));
    assert_eq!(shown.options.keys().collect::<Vec<_>>(), ["seed"]);
    let said = problem(gateway.post("/api/generate", &key, &body).send().await.unwrap(), 418).await;
    assert!(said.starts_with("This costs 10 tokens and 0 are available."), "{said}");
    gateway.cancel(&key, id).await;
}

/// What was paid for and can't be had any more is not made in another way.
#[tokio::test]
async fn an_option_that_went_with_a_restart_ends_its_generation() {
    let place = Place::new();
    let key = place.key(100).await;
    let gateway = place.start().await;
    let accepted = gateway.create(&key, &with(&json!({"seconds": 10}))).await;
    gateway.stop().await;
    let mut config = place.config.clone();
    let hidden = toml::from_str("id = 'seconds'\nhidden = true").unwrap();
    config.models = vec![ModelSettings {
        id: "run".into(),
        options: Some(vec![hidden]),
        ..ModelSettings::default()
    }];
    let gateway = Gateway::start(config).await;
    gateway.follow(&accepted.events).await;
    let shown = gateway.show(&key, &accepted.id).await;
    assert_eq!((shown.state, shown.price), (State::Failed, 60));
    assert!(shown.message.unwrap().is(Code::ModelWithdrawn));
    assert_eq!(gateway.balance(&key).await.available, 100);
    let again = refused(&gateway, &key, &with(&json!({"seconds": 10}))).await;
    assert!(again.is(Code::UnknownOption), "{again:?}");
    gateway.stop().await;
    place.assert_sound().await;
}
