//! What the gateway says of itself is so: ready means that it can write, errors are words, and a
//! clock that was set back is held against nobody.

use std::time::Duration;

use ai_now_gateway::store::Publishable;
use reqwest::Method;
use serde_json::json;

use crate::crash::Process;
use crate::support::{Place, database, refusal, song};

/// Waits for what comes to pass.
async fn until(what: impl AsyncFn() -> bool) {
    let waiting = async {
        while !what().await {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(60), waiting).await.expect("it comes to pass");
}

#[cfg(target_os = "linux")]
#[tokio::test]
async fn it_is_not_ready_while_nothing_can_be_written() {
    use rustix::process::{Resource, Rlimit, prlimit};
    let place = Place::new();
    let key = place.key(100).await;
    let process = Process::start_where_files_may_fill(place.data());
    let ready = async || {
        let asked = crate::support::client().get(format!("{}/readyz", process.url));
        asked.send().await.unwrap()
    };
    assert_eq!(ready().await.status(), 200);
    // From now on no file takes another byte, as on a full disk.
    let pid = rustix::process::Pid::from_raw(process.id().cast_signed());
    let before = prlimit(pid, Resource::Fsize, Rlimit { current: Some(0), maximum: None }).unwrap();
    until(async || ready().await.status() == 503).await;
    let message = refusal(ready().await, 503).await;
    assert!(message.text.contains("can't read or write"), "{}", message.text);
    // It is alive, and reads.
    let balance = crate::support::client().get(format!("{}/api/balance", process.url));
    assert_eq!(balance.bearer_auth(&key).send().await.unwrap().status(), 200);
    prlimit(pid, Resource::Fsize, before).unwrap();
    until(async || ready().await.status() == 200).await;
}

#[tokio::test]
async fn it_is_not_ready_without_a_place_for_results() {
    let place = Place::new();
    let gateway = place.start().await;
    let ready = async || gateway.ask(Method::GET, "/readyz").send().await.unwrap().status();
    assert_eq!(ready().await, 200);
    let (media, away) = (place.data().join("media"), place.data().join("away"));
    std::fs::rename(&media, &away).unwrap();
    until(async || ready().await == 503).await;
    std::fs::rename(&away, &media).unwrap();
    until(async || ready().await == 200).await;
    assert_eq!(std::fs::read_dir(&media).unwrap().count(), 0, "trying leaves nothing behind");
    gateway.stop().await;
}

/// What was written down while the clock was ahead would count for a day, and longer.
#[tokio::test]
async fn a_clock_that_was_set_back_refuses_nobody() {
    const YEAR_MS: i64 = 365 * 24 * 60 * 60 * 1000;
    let place = Place::new();
    let key = place.key(1000).await;
    let limits = Publishable { visitor_budget: 50, visitors_per_address: 1, tokens_per_day: 10 };
    let page = place.publishable(&key, "https://a.example", limits).await;
    let gateway = place.start().await;
    let open = async || {
        let asked = gateway.post("/api/sessions", &page, &json!({}));
        asked.header("origin", "https://a.example").send().await.unwrap()
    };
    let submit = async |token: &str| {
        let asked = gateway.post("/api/generations", token, &song());
        asked.header("origin", "https://a.example").send().await.unwrap()
    };
    let token = |session: &serde_json::Value| session["token"].as_str().unwrap().to_owned();
    let first = token(&open().await.json().await.unwrap());
    assert_eq!(submit(&first).await.status(), 201);
    // Now the day of the address and the day of the key are used up.
    refusal(open().await, 429).await;
    assert_eq!(submit(&first).await.status(), 429);
    let pool = database(&place).await;
    for (sql, by) in [
        ("UPDATE visitors SET created_at_ms = created_at_ms + ?", YEAR_MS),
        ("UPDATE generations SET created_at_ms = created_at_ms + ?", YEAR_MS),
        ("UPDATE sessions SET expires_at_ms = expires_at_ms + ?", YEAR_MS),
    ] {
        sqlx::query(sql).bind(by).execute(&pool).await.unwrap();
    }
    pool.close().await;
    let second = token(&open().await.json().await.unwrap());
    for token in [&first, &second] {
        let answer = submit(token).await;
        // One of them uses up the day of now.
        let expected = if token == &first { 201 } else { 429 };
        assert_eq!(answer.status(), expected);
    }
    gateway.stop().await;
}
