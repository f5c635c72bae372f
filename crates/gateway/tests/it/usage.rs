//! Limits of keys by day, month, model and time; and what generations came to, which equals the ledger.

use std::process::Command;

use ai_now_gateway::clock::{date_of, day_of, now_ms};
use ai_now_protocol::Code;
use ai_now_protocol::api::Session;
use reqwest::{Method, Response};
use serde_json::{Value, json};

use crate::cli::PROGRAM;
use crate::support::{Place, database, film, refusal, song};
use crate::world::World;

/// What a song costs.
const SONG: u64 = 10;

impl World {
    async fn change(&self, sent: Value) -> Value {
        let path = format!("/api/admin/keys/{}", self.name);
        let asked = self.gateway.ask(Method::PATCH, &path).bearer_auth(&self.admin);
        let response = asked.json(&sent).send().await.unwrap();
        assert_eq!(response.status(), 200);
        response.json().await.unwrap()
    }

    async fn ask(&self, token: &str, body: &Value) -> Response {
        self.gateway.post("/api/generations", token, body).send().await.unwrap()
    }

    async fn session(&self) -> String {
        let opened = self.gateway.ask(Method::POST, "/api/sessions").bearer_auth(&self.key);
        opened.send().await.unwrap().json::<Session>().await.unwrap().token
    }
}

#[tokio::test]
async fn a_cap_holds_until_the_next_day_or_month() {
    for (cap, code, longest) in [
        ("day_cap_tokens", Code::DayUsedUp, 86_400),
        ("month_cap_tokens", Code::MonthUsedUp, 31 * 86_400),
    ] {
        let world = World::new(1000).await;
        let today = day_of(now_ms());
        world.change(json!({ cap: 2 * SONG + 9 })).await;
        world.gateway.create(&world.key, &song()).await;
        let session = world.session().await;
        world.gateway.create(&session, &song()).await;
        let before = world.gateway.balance(&world.key).await;
        for token in [&world.key, &session] {
            let refused = world.ask(token, &song()).await;
            if day_of(now_ms()) != today {
                // The next day has begun meanwhile: there is nothing to be seen.
                return;
            }
            let wait = refused.headers()["retry-after"].to_str().unwrap().parse::<u64>().unwrap();
            assert!((1..=longest).contains(&wait), "{wait}");
            assert!(refusal(refused, 429).await.is(code));
        }
        let after = world.gateway.balance(&world.key).await;
        assert_eq!(before.granted - before.available, after.granted - after.available);
        let key = world.change(json!({ cap: 3 * SONG })).await;
        assert_eq!((&key["day_tokens"], &key["month_tokens"]), (&json!(20), &json!(20)));
        world.gateway.create(&world.key, &song()).await;
        world.change(json!({ cap: null })).await;
        world.gateway.create(&world.key, &song()).await;
        world.end().await;
    }
}

#[tokio::test]
async fn what_is_cancelled_counts_for_no_cap() {
    let world = World::new(1000).await;
    let made = world.gateway.create(&world.key, &film(60)).await;
    let used = |key: &Value| key["month_tokens"].as_u64().unwrap();
    assert_eq!(used(&world.change(json!({})).await), u64::from(made.price));
    world.gateway.cancel(&world.key, &made.id).await;
    assert_eq!(used(&world.change(json!({})).await), 0);
    world.end().await;
}

#[tokio::test]
async fn a_key_is_for_its_models_and_its_time() {
    let world = World::new(1000).await;
    let session = world.session().await;
    let key = world.change(json!({"models": ["pika"]})).await;
    assert_eq!(key["models"], json!(["pika"]));
    for token in [&world.key, &session] {
        let said = refusal(world.ask(token, &song()).await, 403).await;
        assert!(
            said.is(Code::ModelNotAllowed) && said.params["model"] == "suno".into(),
            "{said:?}"
        );
    }
    world.change(json!({"models": null, "label": "any"})).await;
    let made = world.gateway.create(&session, &song()).await;

    world.change(json!({"expires_at_ms": now_ms() + 3_600_000})).await;
    assert_eq!(world.gateway.get("/api/balance", &world.key).send().await.unwrap().status(), 200);
    let key = world.change(json!({"expires_at_ms": now_ms()})).await;
    assert_eq!(key["label"], "any");
    for token in [&world.key, &session] {
        let refused = world.gateway.get("/api/balance", token).send().await.unwrap();
        assert!(refusal(refused, 401).await.is(Code::InvalidKey));
    }
    // A ticket is no better than its key.
    for path in [made.events.clone(), made.all_events.clone().unwrap()] {
        let refused = world.gateway.ask(Method::GET, &path).send().await.unwrap();
        assert!(refusal(refused, 401).await.is(Code::TicketExpired), "{path}");
    }
    world.change(json!({"expires_at_ms": null})).await;
    assert_eq!(world.gateway.get("/api/balance", &session).send().await.unwrap().status(), 200);

    for sent in [
        json!({"models": ["none"]}),
        json!({"expires_at_ms": 9_007_199_254_740_992_u64}),
        json!({"day_cap_tokens": -1}),
        json!({"day_cap": 1}),
    ] {
        let path = format!("/api/admin/keys/{}", world.name);
        let asked = world.gateway.ask(Method::PATCH, &path).bearer_auth(&world.admin).json(&sent);
        refusal(asked.send().await.unwrap(), 400).await;
    }
    world.gateway.stop().await;
}

/// The sum of the tokens of a CSV.
fn tokens(csv: &str) -> u64 {
    csv.lines().skip(1).map(|line| line.split(',').nth(6).unwrap().parse::<u64>().unwrap()).sum()
}

#[tokio::test]
async fn usage_equals_the_ledger_to_the_token() {
    let world = World::new(1000).await;
    let other = world.place.key(100).await;
    let session = world.session().await;
    for token in [&world.key, &session, &other] {
        let accepted = world.gateway.create(token, &song()).await;
        world.gateway.follow(&accepted.events).await;
    }
    let gone = world.gateway.create(&world.key, &film(60)).await;
    world.gateway.cancel(&world.key, &gone.id).await;
    world.gateway.follow(&gone.events).await;

    let file = database(&world.place);
    let captured = "SELECT sum(tokens) FROM ledger WHERE kind = 'capture'";
    let captured: i64 = file.query_row(captured, [], |row| row.get(0)).unwrap();
    drop(file);
    assert_eq!(captured, 30);
    let all = world.get("/api/admin/usage", &world.admin).await;
    assert_eq!((&all["tokens"], &all["generations"]), (&json!(captured), &json!(4)));
    let own = world.get("/api/usage", &world.key).await;
    assert_eq!((&own["tokens"], &own["generations"]), (&json!(20), &json!(3)));
    let row = |outcome: &str| {
        let rows = own["rows"].as_array().unwrap().iter();
        rows.filter(|row| row["outcome"] == outcome).cloned().collect::<Vec<_>>()
    };
    assert_eq!(row("completed").iter().map(|row| row["tokens"].as_u64().unwrap()).sum::<u64>(), 20);
    assert_eq!(row("completed")[0]["model"], "suno");
    assert_eq!(row("completed")[0]["provider"], "sketch");
    assert_eq!(row("cancelled")[0]["tokens"], 0);
    assert!(own["rows"].as_array().unwrap().iter().all(|row| row["key"] == world.name.as_str()));
    assert_eq!(world.get("/api/usage", &other).await["tokens"], 10);
    let of_key = format!("/api/admin/usage?key={}", world.name);
    let mut of_key = world.get(&of_key, &world.admin).await["rows"].clone();
    for row in of_key.as_array_mut().unwrap() {
        assert_eq!(row.as_object_mut().unwrap().remove("costs"), Some(json!([])));
    }
    assert_eq!(of_key, own["rows"]);

    let csv = world.gateway.get("/api/admin/usage?format=csv", &world.admin).send().await.unwrap();
    assert_eq!(csv.headers()["content-type"], "text/csv; charset=utf-8");
    let csv = csv.text().await.unwrap();
    assert!(
        csv.starts_with("day,key,model,provider,outcome,generations,tokens,cost,value\r\n"),
        "{csv}"
    );
    assert_eq!(tokens(&csv), 30);
    let long_ago = world.get("/api/usage?from=1990-01-01&to=1990-12-31", &world.key).await;
    assert_eq!((&long_ago["tokens"], &long_ago["rows"]), (&json!(0), &json!([])));

    for query in [
        "from=2026-02-30",
        "to=yesterday",
        "from=2026-02-02&to=2026-02-01",
        "from=2020-01-01&to=2026-02-01",
        "format=xml",
    ] {
        let asked = world.gateway.get(&format!("/api/usage?{query}"), &world.key);
        let said = refusal(asked.send().await.unwrap(), 400).await;
        assert!(said.is(Code::InvalidParameter), "{query}");
    }
    let never = world.get("/api/usage?from=2026-01-01&to=2026-01-02", &world.key).await;
    let expected = json!({"from": "2026-01-01", "to": "2026-01-02", "generations": 0, "tokens": 0, "rows": []});
    assert_eq!(never, expected);
    let streamed = world.gateway.get("/api/admin/usage", &world.admin).send().await.unwrap();
    assert_eq!(streamed.content_length(), None, "it is written a day at a time");
    let asked = world.gateway.get("/api/usage", &session).send().await.unwrap();
    assert!(refusal(asked, 403).await.is(Code::SecretKeyRequired));
    let asked = world.gateway.get("/api/admin/usage?key=key-nobody22", &world.admin);
    assert!(refusal(asked.send().await.unwrap(), 404).await.is(Code::NoSuchKey));
    from_the_command_line(&world.place, &world.name);
    world.end().await;
}

fn run(arguments: &[&str]) -> String {
    let output = Command::new(PROGRAM).args(arguments).output().unwrap();
    assert!(output.status.success(), "{arguments:?}");
    String::from_utf8(output.stdout).unwrap()
}

fn from_the_command_line(place: &Place, name: &str) {
    let data = place.data().to_str().unwrap();
    assert_eq!(tokens(&run(&["usage", "--csv", "--data", data])), 30);
    let lines = run(&["usage", "--json", "--data", data]);
    let sum: u64 = lines
        .lines()
        .map(|line| serde_json::from_str::<Value>(line).unwrap()["tokens"].as_u64().unwrap())
        .sum();
    assert_eq!(sum, 30);
    let table = run(&["usage", "--data", data]);
    let total = table.lines().last().unwrap().split_whitespace().collect::<Vec<_>>();
    assert_eq!(total, ["total", "4", "30"]);
    let today = date_of(day_of(now_ms()));
    let limited = run(&[
        "keys",
        "limit",
        "--data",
        data,
        name,
        "--day-tokens",
        "5",
        "--models",
        "suno, pika",
        "--last-day",
        &today,
    ]);
    let expected = format!("day tokens 5\nmonth tokens none\nmodels suno,pika\nlast day {today}\n");
    assert_eq!(limited, expected);
    let opened =
        run(&["keys", "limit", "--data", data, name, "--models", "none", "--last-day", "none"]);
    assert_eq!(opened, "day tokens 5\nmonth tokens none\nmodels all\nlast day none\n");
}
