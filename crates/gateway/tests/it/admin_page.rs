//! What the administrators' page lives on: signing in, the overview, one generation in full, models and
//! settings, and what happens as it happens.

use ai_now_gateway::store::{ActivityFilter, AdminRole};
use ai_now_protocol::{Code, MediaKind, sse};
use reqwest::{Method, RequestBuilder, Response, StatusCode};
use serde_json::{Value, json};

use crate::providers::fixture::{STAND_IN, program_with, request, route};
use crate::support::{Gateway, Place, film, refusal, song};

const MARK: &str = "x-ai-now-admin";

async fn body(asked: RequestBuilder) -> Value {
    let response = asked.send().await.unwrap();
    assert!(response.status().is_success(), "{} {}", response.url(), response.status());
    response.json().await.unwrap()
}

async fn get(gateway: &Gateway, path: &str, key: &str) -> Value {
    body(gateway.get(&format!("/api/admin/{path}"), key)).await
}

/// Signs in with a key, as the page does.
async fn sign_in(gateway: &Gateway, key: &str) -> Response {
    let asked = gateway.ask(Method::POST, "/api/admin/session").header(MARK, "1");
    asked.json(&json!({ "key": key })).send().await.unwrap()
}

/// The cookie that an answer sets, as a browser sends it back.
fn cookie(response: &Response) -> String {
    let set = response.headers()["set-cookie"].to_str().unwrap();
    assert!(set.contains("HttpOnly; SameSite=Strict"), "{set}");
    set.split(';').next().unwrap().to_owned()
}

#[tokio::test]
async fn a_page_signs_in_and_what_it_had_is_worthless_after_it_signed_out() {
    let place = Place::new();
    let admin = place.admin("ada", AdminRole::Admin).await;
    let key = place.key(1).await;
    let gateway = place.start().await;
    for wrong in [key.as_str(), "ak_", "nonsense"] {
        assert!(refusal(sign_in(&gateway, wrong).await, 401).await.is(Code::InvalidKey));
    }
    let asked = gateway.ask(Method::POST, "/api/admin/session").json(&json!({ "key": admin }));
    assert!(refusal(asked.send().await.unwrap(), 403).await.is(Code::OriginNotAllowed));

    let signed_in = sign_in(&gateway, &admin).await;
    let session = cookie(&signed_in);
    let said: Value = signed_in.json().await.unwrap();
    let expected = json!({"name": "ada", "role": "admin", "idle_secs": 3600});
    assert_eq!(said, expected);
    let ask = |method: Method, path: &str| {
        gateway.ask(method, &format!("/api/admin/{path}")).header("cookie", &session)
    };
    assert_eq!(body(ask(Method::GET, "me")).await["name"], "ada");
    // A page of another origin can neither read nor change.
    let foreign = ask(Method::GET, "me").header("sec-fetch-site", "cross-site");
    assert!(refusal(foreign.send().await.unwrap(), 403).await.is(Code::OriginNotAllowed));
    let grant = |asked: RequestBuilder| asked.json(&json!({"tokens": 5}));
    let keys = body(ask(Method::GET, "keys")).await;
    let path = format!("keys/{}/grants", keys["keys"][0]["name"].as_str().unwrap());
    let unmarked = grant(ask(Method::POST, &path)).send().await.unwrap();
    assert!(refusal(unmarked, 403).await.is(Code::OriginNotAllowed));
    let foreign =
        grant(ask(Method::POST, &path)).header(MARK, "1").header("origin", "https://e.example");
    assert!(refusal(foreign.send().await.unwrap(), 403).await.is(Code::OriginNotAllowed));
    let granted = body(grant(ask(Method::POST, &path)).header(MARK, "1")).await;
    assert_eq!(granted["balance"]["available"], 6);

    // A stream that is open ends with the session.
    let mut stream = ask(Method::GET, "events").send().await.unwrap();
    assert!(stream.chunk().await.unwrap().is_some());
    let signed_out = ask(Method::DELETE, "session").header(MARK, "1").send().await.unwrap();
    assert_eq!(signed_out.status(), StatusCode::NO_CONTENT);
    assert!(signed_out.headers()["set-cookie"].to_str().unwrap().contains("Max-Age=0"));
    while stream.chunk().await.unwrap().is_some() {}
    refusal(ask(Method::GET, "me").send().await.unwrap(), 401).await;
    refusal(grant(ask(Method::POST, &path)).header(MARK, "1").send().await.unwrap(), 401).await;

    // A session is no better than the key that it was opened with.
    let session = cookie(&sign_in(&gateway, &admin).await);
    let store = place.store().await;
    store.revoke_admin("ada").await.unwrap();
    let log = store.activity_before(&ActivityFilter::default(), i64::MAX, 50).await.unwrap();
    assert!(log.iter().filter(|line| line.action == "admin.sign_in").count() == 2, "{log:?}");
    store.close().await;
    let asked = gateway.ask(Method::GET, "/api/admin/me").header("cookie", session);
    refusal(asked.send().await.unwrap(), 401).await;
    gateway.stop().await;
}

#[tokio::test]
async fn the_overview_has_past_totals_and_the_current_state() {
    let mut place = Place::with(|config| {
        config.token_price = Some("0.05".parse().unwrap());
        config.currency = "EUR".into();
    });
    let cost = "cost = { currency = 'EUR', per_job_micros = 250000 }";
    place.config.providers.insert("own".into(), program_with(STAND_IN, &[], cost));
    place.config.providers.insert("bad".into(), program_with("exit 1", &[], ""));
    route(&mut place.config, &["bad", "own", "sketch"], MediaKind::Video);
    let viewer = place.admin("vera", AdminRole::Viewer).await;
    let key = place.key(1000).await;
    let gateway = place.start().await;
    let empty = get(&gateway, "overview?days=3", &viewer).await;
    assert_eq!(empty["days"].as_array().unwrap().len(), 3);
    assert_eq!(
        (&empty["by_model_and_provider"], &empty["total"]["completed"]),
        (&json!([]), &json!(0))
    );
    assert_eq!(empty["price"], json!({"currency": "EUR", "token_micros": 50_000}));

    let made = gateway.create(&key, &request()).await;
    gateway.follow(&made.events).await;
    let one = get(&gateway, &format!("generations/{}", made.id), &viewer).await;
    let failed: Vec<_> = one["failed_attempts"].as_array().unwrap().iter().collect();
    assert_eq!(failed[0]["provider"], "bad");
    assert!(failed[0]["message"]["text"].is_string(), "{one}");
    let happened = one["happened"].as_array().unwrap();
    assert_eq!(happened[0]["event"]["status"], "Processing started");
    let overview = get(&gateway, "overview", &viewer).await;
    assert_eq!(overview["total"]["completed"], 1);
    let tokens = i64::from(made.price);
    assert_eq!(overview["total"]["tokens"], tokens);
    assert_eq!(overview["total"]["value_micros"], tokens * 50_000);
    let today = overview["days"].as_array().unwrap().last().unwrap();
    assert_eq!((&today["completed"], &today["tokens"]), (&json!(1), &json!(tokens)));
    let total = &overview["by_model_and_provider"][0];
    assert_eq!((&total["model"], &total["provider"]), (&json!("run"), &json!("own")));
    assert_eq!(one["provider"], "own");
    assert!(total["mean_ms"].is_u64(), "{total}");
    let names: Vec<_> = overview["now"]["providers"].as_array().unwrap().iter().collect();
    assert_eq!(names.len(), 3);
    for query in ["days=0", "days=367", "days=x", "days=+1"] {
        let asked = gateway.get(&format!("/api/admin/overview?{query}"), &viewer);
        refusal(asked.send().await.unwrap(), 400).await;
    }

    let models = get(&gateway, "models", &viewer).await;
    let run =
        models["models"].as_array().unwrap().iter().find(|model| model["id"] == "run").unwrap();
    let value = run["value_micros"].as_i64().unwrap();
    let own = &run["routes"][1];
    assert_eq!(own["cost"], json!({"currency": "EUR", "micros": 250_000}));
    assert_eq!(own["margin_micros"], value - 250_000);
    assert_eq!(
        (&run["routes"][0]["cost"], &run["routes"][2]["provider"]),
        (&Value::Null, &json!("sketch"))
    );

    let settings = get(&gateway, "settings", &viewer).await;
    assert_eq!(settings["settings"]["token_price"], "0.05");
    assert_eq!(settings["settings"]["providers"]["own"]["kind"], "command");
    assert_eq!(settings["settings"]["providers"]["own"]["args"], "…");
    gateway.stop().await;
    place.assert_sound().await;
}

#[tokio::test]
async fn costs_are_the_same_in_every_report() {
    let mut place = Place::with(|config| config.token_price = Some("0.01".parse().unwrap()));
    let cost = "cost = { currency = 'USD', per_job_micros = 30000 }";
    place.config.providers.insert("bad".into(), program_with("exit 1", &[], cost));
    route(&mut place.config, &["bad", "sketch"], MediaKind::Video);
    let viewer = place.admin("vera", AdminRole::Viewer).await;
    let key = place.key(1000).await;
    let gateway = place.start().await;
    for _ in 0..2 {
        let made = gateway.create(&key, &request()).await;
        gateway.follow(&made.events).await;
        let one = get(&gateway, &format!("generations/{}", made.id), &viewer).await;
        assert_eq!(one["provider"], "sketch");
        assert_eq!(one["charged"], made.price);
        let costs = one["costs"].as_array().unwrap();
        assert!(costs.iter().all(|cost| cost["micros"] == 30_000 && cost["basis"] == "estimated"));
    }
    let store = place.store().await;
    let billed: u64 = store.provider_costs(0).await.unwrap().iter().map(|row| row.micros).sum();
    store.close().await;
    assert!(billed >= 60_000, "{billed}");
    let usage = get(&gateway, "usage", &viewer).await;
    let micros = |row: &Value| row["costs"][0]["micros"].as_u64().unwrap_or(0);
    assert_eq!(usage["rows"].as_array().unwrap().iter().map(micros).sum::<u64>(), billed);
    assert_eq!(usage["price"]["token_micros"], 10_000);
    let overview = get(&gateway, "overview", &viewer).await;
    assert_eq!(overview["total"]["costs"], json!([{"currency": "USD", "micros": billed}]));
    let csv = gateway.get("/api/admin/usage?format=csv", &viewer).send().await.unwrap();
    let csv = csv.text().await.unwrap();
    let line = csv.lines().nth(1).unwrap();
    assert!(line.contains(",USD 0.") && line.ends_with("USD 0.60"), "{csv}");
    let own = body(gateway.get("/api/usage", &key)).await;
    assert!(own.get("price").is_none() && own["rows"][0].get("costs").is_none(), "{own}");
    gateway.stop().await;
    place.assert_sound().await;
}

#[tokio::test]
async fn a_generation_is_made_again_at_its_owners_price() {
    let place = Place::new();
    let admin = place.admin("ada", AdminRole::Admin).await;
    let key = place.key(20).await;
    let gateway = place.start().await;
    let made = gateway.create(&key, &song()).await;
    gateway.follow(&made.events).await;
    let path = format!("/api/admin/generations/{}/again", made.id);
    let again = async || gateway.ask(Method::POST, &path).bearer_auth(&admin).send().await.unwrap();
    let answer = again().await;
    assert_eq!(answer.status(), StatusCode::CREATED);
    let second: Value = answer.json().await.unwrap();
    let second = &second["generation"];
    assert_ne!(second["id"], made.id.as_str());
    gateway.follow(second["events"].as_str().unwrap()).await;
    let first = gateway.show(&key, &made.id).await;
    let shown = gateway.show(&key, second["id"].as_str().unwrap()).await;
    assert_eq!((&shown.model, &shown.prompt), (&first.model, &first.prompt));
    assert_eq!(gateway.balance(&key).await.spent, 20);
    assert!(refusal(again().await, 418).await.is(Code::TooFewTokens));
    // What was refused was not done, and is not in the log.
    let log = get(&gateway, "activity?action=generation.again", &admin).await;
    let entries: Vec<_> = log["entries"].as_array().unwrap().iter().collect();
    let [entry] = entries[..] else { panic!("{log}") };
    assert_eq!((&entry["subject"], &entry["actor"]), (&json!(made.id), &json!("ada")));
    assert_eq!(entry["after"], json!({"id": second["id"]}));
    let keys = get(&gateway, "keys", &admin).await;
    let name = keys["keys"][0]["name"].as_str().unwrap();
    let revoke = gateway.ask(Method::DELETE, &format!("/api/admin/keys/{name}"));
    revoke.bearer_auth(&admin).send().await.unwrap();
    assert!(refusal(again().await, 404).await.is(Code::NoSuchKey));
    gateway.stop().await;
    place.assert_sound().await;
}

#[tokio::test]
async fn live_events_report_changes() {
    let place = Place::new();
    let viewer = place.admin("vera", AdminRole::Viewer).await;
    let key = place.key(1000).await;
    let gateway = place.start().await;
    let mut events = Events::of(&gateway, &viewer).await;
    let first = events.next().await;
    assert_eq!((&first["kind"], &first["active"]), (&json!("now"), &json!(0)));
    assert_eq!(first["providers"][0]["name"], "sketch");
    let made = gateway.create(&key, &film(60)).await;
    let accepted = events.until(|event| event["kind"] == "generation").await;
    assert_eq!(accepted["id"], made.id.as_str());
    assert_eq!((&accepted["state"], &accepted["model"]), (&json!("queued"), &json!("luma")));
    events.until(|event| event["running"] == 1).await;
    gateway.cancel(&key, &made.id).await;
    let ended = events.until(|event| event["kind"] == "generation").await;
    assert_eq!((&ended["id"], &ended["state"]), (&json!(made.id), &json!("cancelled")));
    events.until(|event| event["active"] == 0).await;
    gateway.stop().await;
}

#[tokio::test]
async fn generations_are_found_by_their_provider_and_the_last_day() {
    let place = Place::new();
    let viewer = place.admin("vera", AdminRole::Viewer).await;
    let key = place.key(100).await;
    let gateway = place.start().await;
    let made = gateway.create(&key, &song()).await;
    gateway.follow(&made.events).await;
    for (query, found) in [
        ("provider=sketch", 1),
        ("provider=luma", 0),
        ("to=2020-01-01", 0),
        ("to=2999-01-01&provider=sketch", 1),
        ("from=2020-01-01&to=2999-01-01", 1),
    ] {
        let list = get(&gateway, &format!("generations?{query}"), &viewer).await;
        assert_eq!(list["generations"].as_array().unwrap().len(), found, "{query}");
    }
    let asked = gateway.get("/api/admin/generations?to=x", &viewer);
    refusal(asked.send().await.unwrap(), 400).await;
    gateway.stop().await;
}

#[tokio::test]
async fn a_provider_is_checked_on_request() {
    let mut place = Place::new();
    let settings = program_with("exit 0", &[], "");
    place.config.providers.insert("own".into(), settings);
    route(&mut place.config, &["own", "sketch"], MediaKind::Video);
    let admin = place.admin("ada", AdminRole::Admin).await;
    let gateway = place.start().await;
    let check = async |name: &str| {
        let path = format!("/api/admin/providers/{name}/check");
        gateway.ask(Method::POST, &path).bearer_auth(&admin).send().await.unwrap()
    };
    for name in ["own", "sketch"] {
        let found: Value = check(name).await.json().await.unwrap();
        assert_eq!(found["good"], true, "{found}");
    }
    assert!(refusal(check("nobody").await, 404).await.is(Code::NoSuchProvider));
    gateway.stop().await;
}

/// The stream of what happens.
struct Events {
    response: Response,
    reader: sse::Reader,
    ready: std::collections::VecDeque<Value>,
}

impl Events {
    async fn of(gateway: &Gateway, key: &str) -> Self {
        let response = gateway.get("/api/admin/events", key).send().await.unwrap();
        assert_eq!(response.headers()["content-type"], "text/event-stream");
        Self { response, reader: sse::Reader::default(), ready: <_>::default() }
    }

    async fn next(&mut self) -> Value {
        while self.ready.is_empty() {
            let chunk = self.response.chunk().await.unwrap().expect("the stream has no end");
            for frame in self.reader.feed(&chunk) {
                self.ready.push_back(serde_json::from_str(&frame.unwrap().data).unwrap());
            }
        }
        self.ready.pop_front().unwrap()
    }

    async fn until(&mut self, is_it: impl Fn(&Value) -> bool) -> Value {
        loop {
            let event = self.next().await;
            if is_it(&event) {
                return event;
            }
        }
    }
}
