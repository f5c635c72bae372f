//! The documented API, to the letter, and the widget's routes beside it.

use ai_now_protocol::api::State;
use ai_now_protocol::{Catalog, Code, Event, Message};
use reqwest::Method;
use serde_json::json;

use crate::support::{EventStream, Place, client, completed, read_all, song};

#[tokio::test]
async fn ping_and_probes() {
    let place = Place::new();
    let key = place.key(0).await;
    let gateway = place.start().await;
    let pong = gateway.get("/api/ping", &key).send().await.unwrap();
    assert_eq!(pong.text().await.unwrap(), "pong");
    for probe in ["/healthz", "/readyz"] {
        assert_eq!(gateway.ask(Method::GET, probe).send().await.unwrap().status(), 200);
    }
}

#[tokio::test]
async fn the_documented_door_streams_a_song_and_charges_for_it() {
    let place = Place::new();
    let key = place.key(25).await;
    let gateway = place.start().await;
    let response = gateway.post("/api/generate", &key, &song()).send().await.unwrap();
    let location = response.headers()["content-location"].to_str().unwrap().to_owned();
    let events = read_all(response).await;

    assert_eq!(events[0].1, Event::Started);
    assert!(matches!(events[1].1, Event::Processing(_)));
    assert!(events.iter().all(|(id, _)| id.is_empty()), "the document shows no ids");
    let middle = &events[1..events.len() - 1];
    for (_, event) in middle {
        let Event::Processing(progress) = event else { panic!("{middle:?}") };
        assert!(progress.step.as_ref().is_none_or(Message::is_in_table), "{progress:?}");
    }
    let Event::Completed(done) = &events.last().unwrap().1 else { panic!("{events:?}") };
    let note = done.note.clone().unwrap();
    assert!(note.is(Code::ProceduralSketch) && note.is_in_table(), "{note:?}");

    let url = completed(&events);
    assert!(url.starts_with(&format!("{}/media/a-upbeat-pop-song", gateway.url)), "{url}");
    assert!(url.ends_with(".mp3"), "{url}");
    let file = client().get(&url).send().await.unwrap();
    assert_eq!(file.headers()["content-type"], "audio/mpeg");
    assert!(file.bytes().await.unwrap().len() > 10_000);

    let balance = gateway.balance(&key).await;
    assert_eq!((balance.available, balance.held, balance.spent), (15, 0, 10));
    let shown = gateway.show(&key, location.rsplit('/').next().unwrap()).await;
    assert_eq!((shown.state, shown.price), (State::Completed, 10));
    assert_eq!((shown.url.unwrap().as_str(), shown.note), (url.as_str(), Some(note)));
    gateway.stop().await;
    place.assert_sound().await;
}

#[tokio::test]
async fn the_widgets_door_answers_with_an_id_and_a_stream_of_its_own() {
    let place = Place::new();
    let key = place.key(50).await;
    let gateway = place.start().await;
    let body = json!({"model": "pika", "prompt": "a lake", "style": "4", "options": {"seed": 7}});
    let accepted = gateway.create(&key, &body).await;
    assert_eq!((accepted.price, accepted.balance.held, accepted.balance.available), (10, 10, 40));

    let events = gateway.follow(&accepted.events).await;
    let ids: Vec<u64> = events.iter().map(|(id, _)| id.parse().unwrap()).collect();
    assert!(ids.is_sorted_by(|a, b| a < b), "{ids:?}");
    assert!(completed(&events).ends_with(".mp4"));
    let shown = gateway.show(&key, &accepted.id).await;
    assert_eq!((shown.options["seed"].as_integer(), shown.style.as_deref()), (Some(7), Some("4")));
    assert!(shown.procedural && shown.note.unwrap().text.starts_with("Procedural sketch"));
}

#[tokio::test]
async fn the_catalog_is_the_documented_one_and_honest() {
    let gateway = Place::new().start().await;
    let catalog: Catalog =
        gateway.ask(Method::GET, "/api/catalog").send().await.unwrap().json().await.unwrap();
    let plain = Catalog::BUILT_IN;
    assert_eq!(catalog.models.len(), plain.models.len());
    for (served, documented) in catalog.models.iter().zip(plain.models.iter()) {
        assert_eq!((&served.id, served.price_tokens), (&documented.id, documented.price_tokens));
        assert_eq!(served.options, documented.options);
        assert!(served.procedural);
    }
}

#[tokio::test]
async fn a_restart_keeps_keys_balances_generations_and_media() {
    let place = Place::new();
    let key = place.key(30).await;
    let gateway = place.start().await;
    let accepted = gateway.create(&key, &song()).await;
    let before = gateway.follow(&accepted.events).await;
    gateway.stop().await;

    let gateway = place.start().await;
    assert_eq!(gateway.balance(&key).await.spent, 10);
    let shown = gateway.show(&key, &accepted.id).await;
    assert_eq!(shown.state, State::Completed);
    let after = gateway.follow(&accepted.events).await;
    // The port is another one, and with it the address of the result.
    let is_known = |number| before.iter().any(|(known, _)| known == number);
    assert!(after.len() >= 3 && after.iter().all(|(number, _)| is_known(number)), "{after:?}");
    let file = client().get(completed(&after)).send().await.unwrap();
    assert_eq!(file.status(), 200);
}

#[tokio::test]
async fn a_page_is_served_with_a_strict_policy() {
    let place = Place::with(|config| config.web = Some("web".into()));
    let web = place.path("web");
    std::fs::create_dir(&web).unwrap();
    std::fs::write(web.join("index.html"), "<!doctype html><title>studio</title>").unwrap();
    std::fs::write(web.join("a.wasm"), "\0asm").unwrap();
    std::fs::write(web.join(".secret"), "x").unwrap();
    let mut config = place.config.clone();
    config.web = Some(web);
    let gateway = crate::support::Gateway::start(config).await;
    let page = gateway.ask(Method::GET, "/").send().await.unwrap();
    let policy = page.headers()["content-security-policy"].to_str().unwrap().to_owned();
    assert!(policy.contains("script-src 'self' 'wasm-unsafe-eval';"), "{policy}");
    assert!(!policy.contains("unsafe-inline") && !policy.contains("'unsafe-eval'"), "{policy}");
    assert_eq!(page.headers()["referrer-policy"], "no-referrer");
    assert!(page.text().await.unwrap().contains("studio"));
    let wasm = gateway.ask(Method::GET, "/a.wasm").send().await.unwrap();
    assert_eq!(wasm.headers()["content-type"], "application/wasm");
    assert_eq!(wasm.headers()["access-control-allow-origin"], "*");
    let tag = wasm.headers()["etag"].clone();
    let again = gateway.ask(Method::GET, "/a.wasm").header("if-none-match", tag);
    assert_eq!(again.send().await.unwrap().status(), 304);
    for hidden in ["/.secret", "/nothing", "/%2e%2e/data/signing.key"] {
        let response = gateway.ask(Method::GET, hidden).send().await.unwrap();
        crate::support::problem(response, 404).await;
    }
}

#[tokio::test]
async fn a_stream_of_the_documented_door_that_is_closed_cancels_nothing() {
    let place = Place::new();
    let key = place.key(10).await;
    let gateway = place.start().await;
    let response = gateway.post("/api/generate", &key, &song()).send().await.unwrap();
    let location = response.headers()["content-location"].to_str().unwrap().to_owned();
    let mut stream = EventStream::new(response);
    assert_eq!(stream.next().await.unwrap().1, Event::Started);
    drop(stream);
    let events = gateway.get(&format!("{location}/events"), &key).send().await.unwrap();
    completed(&read_all(events).await);
    assert_eq!(gateway.balance(&key).await.spent, 10);
}
