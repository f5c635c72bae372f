//! What stays, and for how long: results and their rows together, and a start that does not depend
//! on how many there are.

use std::time::{Duration, Instant, SystemTime};

use ai_now_gateway::media::new_name;
use ai_now_protocol::Format;
use ai_now_protocol::api::State;

use crate::support::{Place, completed, database, problem, song};

const DAY_MS: i64 = 24 * 60 * 60 * 1000;

/// Waits until something is so; for a minute at most.
async fn until(mut so: impl AsyncFnMut() -> bool) {
    let waiting = async {
        while !so().await {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(60), waiting).await.expect("it comes to pass");
}

#[tokio::test]
async fn results_go_with_their_rows_when_their_time_is_over() {
    let place = Place::with(|config| config.retention_days = 8);
    let key = place.key(100).await;
    let gateway = place.start().await;
    let mut made = Vec::new();
    for _ in 0..2 {
        let accepted = gateway.create(&key, &song()).await;
        let url = completed(&gateway.follow(&accepted.events).await);
        made.push((accepted.id, url.rsplit('/').next().unwrap().to_owned()));
    }
    gateway.stop().await;
    let [(old, old_file), (young, young_file)] = made.try_into().unwrap();
    let file = database(&place);
    for (id, days) in [(&old, 9), (&young, 7)] {
        file.execute(
            "UPDATE generations SET finished_at_ms = finished_at_ms - ? WHERE id = ?",
            (days * DAY_MS, id),
        )
        .unwrap();
    }
    drop(file);
    // What a crash between a file and its row left behind.
    let media = place.data().join("media");
    let orphan = media.join(new_name("orphan", Format::Mp4));
    std::fs::write(&orphan, b"left").unwrap();
    let file = std::fs::File::options().write(true).open(&orphan).unwrap();
    file.set_modified(SystemTime::now() - Duration::from_secs(60)).unwrap();

    let gateway = place.start().await;
    let path = format!("/api/generations/{old}");
    until(async || gateway.get(&path, &key).send().await.unwrap().status() == 404).await;
    until(async || !media.join(&old_file).exists()).await;
    until(async || !orphan.exists()).await;
    let events = gateway.get(&format!("{path}/events"), &key).send().await.unwrap();
    problem(events, 404).await;
    assert_eq!(gateway.show(&key, &young).await.state, State::Completed);
    assert!(media.join(young_file).exists());
    // What it cost stays spent.
    assert_eq!(gateway.balance(&key).await.spent, 20);
    gateway.stop().await;
    assert_eq!(place.assert_sound().await.generations, 1);
}

/// Submitting and cancelling, and coming and going, leave nothing behind for long; what was spent stays
/// provable.
#[tokio::test]
async fn unused_generations_and_visitors_are_removed_soon() {
    let place = Place::with(|config| config.retention_days = 8);
    let key = place.key(1000).await;
    let gateway = place.start().await;
    let session = async || {
        let asked = gateway.post("/api/sessions", &key, &serde_json::json!({}));
        let session: ai_now_protocol::api::Session =
            asked.send().await.unwrap().json().await.unwrap();
        session.token
    };
    let (used, unused) = (session().await, session().await);
    assert_ne!(used, unused);
    let made = gateway.create(&used, &song()).await;
    completed(&gateway.follow(&made.events).await);
    for _ in 0..5 {
        let accepted = gateway.create(&key, &crate::support::film(60)).await;
        gateway.cancel(&key, &accepted.id).await;
    }
    gateway.stop().await;
    let file = database(&place);
    for sql in [
        "UPDATE generations SET finished_at_ms = finished_at_ms - 700000",
        "UPDATE visitors SET created_at_ms = created_at_ms - 2 * 86400000",
        "UPDATE sessions SET opened_at_ms = 0, expires_at_ms = 1",
    ] {
        file.execute(sql, []).unwrap();
    }
    let count =
        async |sql: &'static str| file.query_row(sql, [], |row| row.get::<_, i64>(0)).unwrap();
    let gateway = place.start().await;
    until(async || count("SELECT count(*) FROM generations").await == 1).await;
    until(async || count("SELECT count(*) FROM visitors").await == 1).await;
    // One grant, and the hold and the capture of what was made.
    assert_eq!(count("SELECT count(*) FROM ledger").await, 3);
    gateway.stop().await;
    place.assert_sound().await;

    // A week later its movements are a part of its day, and the sums are what they were.
    file.execute("UPDATE generations SET finished_at_ms = finished_at_ms - 9 * 86400000", [])
        .unwrap();
    let gateway = place.start().await;
    until(async || count("SELECT count(*) FROM generations").await == 0).await;
    assert_eq!(count("SELECT count(*) FROM ledger").await, 1);
    assert_eq!(count("SELECT sum(captured) FROM ledger_days").await, 10);
    assert_eq!(gateway.balance(&key).await.spent, 10);
    gateway.stop().await;
    place.assert_sound().await;
    // It would be found if one was missing.
    file.execute("UPDATE ledger_days SET captured = 9", []).unwrap();
    drop(file);
    assert!(place.audit().await.faults[0].contains("has spent another sum"));
}

/// It is never thrown away: it waits, for all to see, until there is room for it.
#[tokio::test]
async fn a_result_that_finds_no_place_waits_until_there_is_one() {
    let place = Place::with(|config| {
        config.metrics_listen = "127.0.0.1:0".parse().ok();
        config.sketch_workers = 2;
    });
    let key = place.key(100).await;
    let gateway = place.start().await;
    let (media, away) = (place.data().join("media"), place.data().join("away"));
    std::fs::rename(&media, &away).unwrap();
    let accepted = gateway.create(&key, &song()).await;
    let cancelled = gateway.create(&key, &song()).await;
    let waiting = async |count: u32| {
        let url = gateway.metrics.as_ref().unwrap();
        let text = crate::support::client().get(url).send().await.unwrap().text().await.unwrap();
        text.lines().any(|line| line == format!("ai_now_results_waiting {count}"))
    };
    until(async || waiting(2).await).await;
    assert_eq!(gateway.balance(&key).await.held, 20);
    // A cancelled generation does not wait.
    gateway.cancel(&key, &cancelled.id).await;
    until(async || waiting(1).await).await;
    std::fs::rename(&away, &media).unwrap();
    completed(&gateway.follow(&accepted.events).await);
    until(async || waiting(0).await).await;
    let balance = gateway.balance(&key).await;
    assert_eq!((balance.available, balance.held, balance.spent), (90, 0, 10));
    gateway.stop().await;
    place.assert_sound().await;
}

/// How long it takes is printed, not asserted; that it looks at the unfinished alone is asserted
/// in the store, on its query plans.
#[tokio::test]
async fn a_start_with_a_hundred_thousand_generations() {
    const STORED: u64 = 100_000;
    let place = Place::new();
    let key = place.key(2_000_000).await;
    let file = database(&place);
    let fill = [
        "CREATE TEMP TABLE old AS WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n
             WHERE i < 100000) SELECT i, printf('%026d', i) AS id FROM n",
        "INSERT INTO generations (id, account_id, key_id, state, model, prompt, options, procedural,
             price, created_at_ms, finished_at_ms, last_seq, event_count)
             SELECT id, 1, 1, 'failed', 'suno', 'a song', '{\"seed\":1}', 1, 10, unixepoch() * 1000,
             unixepoch() * 1000, 2, 2 FROM old",
        "INSERT INTO events SELECT id, 1, '{\"status\":\"Processing started\"}' FROM old",
        "INSERT INTO events SELECT id, 2, '{\"status\":\"Error\",\"message\":\"x\"}' FROM old",
        "INSERT INTO ledger (account_id, kind, tokens, generation_id, at_ms)
             SELECT 1, 'hold', 10, id, 0 FROM old",
        "INSERT INTO ledger (account_id, kind, tokens, generation_id, at_ms)
             SELECT 1, 'release', 10, id, 0 FROM old",
        // One that was running when the process ended.
        "UPDATE generations SET state = 'running', finished_at_ms = NULL, last_seq = 1,
             event_count = 1
             WHERE id = printf('%026d', 50000)",
        "DELETE FROM events WHERE seq = 2 AND generation_id = printf('%026d', 50000)",
        "DELETE FROM ledger WHERE kind = 'release' AND generation_id = printf('%026d', 50000)",
        "UPDATE accounts SET held = 10, available = available - 10",
        "INSERT INTO key_days SELECT key_id, created_at_ms / 86400000, price FROM generations
             WHERE state = 'running'",
    ];
    for sql in fill {
        file.execute(sql, []).unwrap();
    }
    drop(file);
    let begun = Instant::now();
    let gateway = place.start().await;
    println!("ready after {:?} with {STORED} stored generations", begun.elapsed());
    let events = format!("/api/generations/{:026}/events", 50_000);
    completed(&crate::support::read_all(gateway.get(&events, &key).send().await.unwrap()).await);
    assert_eq!(gateway.balance(&key).await.spent, 10);
    gateway.stop().await;
    let audit = place.assert_sound().await;
    assert_eq!((audit.generations, audit.unfinished), (STORED, 0));
}
