//! Sessions: who gets one, what it can spend, how long, from where.

use ai_now_gateway::store::Publishable;
use ai_now_protocol::api::Session;
use reqwest::{Method, Response};
use serde_json::json;

use crate::support::{Gateway, Place, completed, problem, refusal, song};

const LIMITS: Publishable =
    Publishable { visitor_budget: 10, visitors_per_address: 2, tokens_per_day: 15 };
const PAGE: &str = "https://page.example";

async fn session(response: Response) -> Session {
    assert_eq!(response.status(), 201);
    response.json().await.unwrap()
}

async fn open(gateway: &Gateway, key: &str, origin: Option<&str>) -> Response {
    let mut asked = gateway.ask(Method::POST, "/api/sessions").bearer_auth(key);
    if let Some(origin) = origin {
        asked = asked.header("origin", origin);
    }
    asked.send().await.unwrap()
}

#[tokio::test]
async fn without_a_key_only_the_demos_own_page_gets_one() {
    let place = Place::new();
    let gateway = place.start().await;
    let own = gateway.url.clone();
    let asked = gateway.ask(Method::POST, "/api/sessions").header("origin", &own);
    problem(asked.send().await.unwrap(), 401).await;
    gateway.stop().await;

    let place = Place::with(|config| config.demo = true);
    let gateway = place.start().await;
    let own = gateway.url.clone();
    let ask = |name: &'static str, value: &str| {
        gateway.ask(Method::POST, "/api/sessions").header(name, value).send()
    };
    problem(gateway.ask(Method::POST, "/api/sessions").send().await.unwrap(), 401).await;
    problem(ask("origin", "https://evil.example").await.unwrap(), 401).await;
    problem(ask("sec-fetch-site", "cross-site").await.unwrap(), 401).await;
    let rebound = gateway.ask(Method::POST, "/api/sessions").header("host", "evil.example");
    problem(rebound.header("origin", "http://evil.example").send().await.unwrap(), 401).await;

    let by_site = session(ask("sec-fetch-site", "same-origin").await.unwrap()).await;
    assert_eq!(by_site.balance.available, 1000);
    let opened = session(ask("origin", &own).await.unwrap()).await;
    let accepted = gateway.create(&opened.token, &song()).await;
    completed(&gateway.follow(&accepted.events).await);
    assert_eq!(gateway.balance(&opened.token).await.spent, 10);

    let renewed = session(open(&gateway, &opened.token, Some(&own)).await).await;
    assert_ne!(renewed.token, opened.token);
    let shown = gateway.show(&renewed.token, &accepted.id).await;
    assert_eq!(shown.id, accepted.id, "a renewed session is the same visitor");
}

#[tokio::test]
async fn a_sites_server_decides_about_budget_and_subject() {
    let place = Place::new();
    let key = place.key(100).await;
    let gateway = place.start().await;
    let wishes = json!({"budget": 15, "lifetime_secs": 120, "subject": "user-1"});
    let open = |wishes: &serde_json::Value| gateway.post("/api/sessions", &key, wishes).send();
    let first = session(open(&wishes).await.unwrap()).await;
    assert_eq!((first.expires_in_secs, first.balance.available), (120, 15));
    let accepted = gateway.create(&first.token, &song()).await;
    completed(&gateway.follow(&accepted.events).await);
    let balance = gateway.balance(&first.token).await;
    assert_eq!((balance.available, balance.spent, balance.granted), (5, 10, 15));
    let over = gateway.post("/api/generations", &first.token, &song()).send().await.unwrap();
    problem(over, 418).await;

    let again = session(open(&wishes).await.unwrap()).await;
    assert_eq!(gateway.show(&again.token, &accepted.id).await.id, accepted.id);
    assert_eq!(again.balance.available, 5, "what was spent stays spent");
    problem(open(&json!({"budget": 5, "subject": "user-1"})).await.unwrap(), 400).await;
    for bad in [
        json!({"lifetime_secs": 1}),
        json!({"lifetime_secs": 1_000_000}),
        json!({"subject": ""}),
        json!({"subject": "x".repeat(201)}),
        json!({"budget": -1}),
        json!({"admin": true}),
    ] {
        problem(open(&bad).await.unwrap(), 400).await;
    }
    let by_visitor = gateway.post("/api/sessions", &first.token, &json!({"budget": 1000}));
    problem(by_visitor.send().await.unwrap(), 403).await;
    gateway.stop().await;
    place.assert_sound().await;
}

#[tokio::test]
async fn a_publishable_key_opens_small_sessions_for_its_origin_alone() {
    let place = Place::new();
    let key = place.key(1000).await;
    let page_key = place.publishable(&key, PAGE, LIMITS).await;
    let gateway = place.start().await;
    problem(open(&gateway, &page_key, None).await, 403).await;
    problem(open(&gateway, &page_key, Some("https://page.example.evil")).await, 403).await;
    problem(gateway.post("/api/generations", &page_key, &song()).send().await.unwrap(), 403).await;
    problem(gateway.get("/api/balance", &page_key).send().await.unwrap(), 403).await;

    let opened = open(&gateway, &page_key, Some(PAGE)).await;
    assert_eq!(opened.headers()["access-control-allow-origin"], PAGE);
    let first = session(opened).await;
    assert_eq!(first.balance.available, 10);
    let foreign =
        gateway.get("/api/balance", &first.token).header("origin", "https://evil.example");
    problem(foreign.send().await.unwrap(), 403).await;
    gateway.create(&first.token, &song()).await;

    // What all visitors may spend in a day is 15.
    let second = session(open(&gateway, &page_key, Some(PAGE)).await).await;
    let over = gateway.post("/api/generations", &second.token, &song()).send().await.unwrap();
    problem(over, 429).await;
    // And one address may be two visitors.
    problem(open(&gateway, &page_key, Some(PAGE)).await, 429).await;
}

#[tokio::test]
async fn revoking_a_key_ends_its_sessions_and_publishable_keys() {
    let place = Place::new();
    let key = place.key(1000).await;
    let page_key = place.publishable(&key, PAGE, LIMITS).await;
    let gateway = place.start().await;
    let visitor = session(open(&gateway, &page_key, Some(PAGE)).await).await;
    let user = session(open(&gateway, &key, None).await).await;
    let store = place.store().await;
    let name = store.key_by_secret(&key).await.unwrap().unwrap().name;
    store.revoke_key(&name).await.unwrap();
    for token in [&key, &page_key, &visitor.token, &user.token] {
        problem(gateway.get("/api/ping", token).send().await.unwrap(), 401).await;
        problem(open(&gateway, token, Some(PAGE)).await, 401).await;
    }
}

#[tokio::test]
async fn other_origins_are_let_in_only_where_configured() {
    let place = Place::with(|config| config.origins = vec![PAGE.into()]);
    let gateway = place.start().await;
    for (origin, allowed) in [(PAGE, true), ("https://evil.example", false), ("null", false)] {
        let preflight = gateway
            .ask(Method::OPTIONS, "/api/generations")
            .header("origin", origin)
            .header("access-control-request-method", "POST")
            .header("access-control-request-headers", "authorization,content-type,idempotency-key");
        let response = preflight.send().await.unwrap();
        let header = response.headers().get("access-control-allow-origin");
        assert_eq!(header.map(|value| value.to_str().unwrap()), allowed.then_some(origin));
        assert!(!response.headers().contains_key("access-control-allow-credentials"));
    }
}

/// However short a session is, it is not renewed for ever.
#[tokio::test]
async fn renewing_ends() {
    let place = Place::with(|config| config.session_max_secs = 3600);
    let key = place.key(100).await;
    let gateway = place.start().await;
    let wishes = json!({"lifetime_secs": 60, "subject": "user-1"});
    let first = gateway.post("/api/sessions", &key, &wishes).send().await.unwrap();
    let mut token = session(first).await.token;
    let aged = async |secs: i64| {
        let file = crate::support::database(&place);
        let sql = "UPDATE sessions SET opened_at_ms = opened_at_ms - ?1, expires_at_ms = expires_at_ms - ?1";
        file.execute(sql, [secs * 1000]).unwrap();
        drop(file);
    };
    // After its end, too; and the first one's time counts for all that follow.
    for secs in [30, 90, 3000] {
        aged(secs).await;
        token = session(open(&gateway, &token, None).await).await.token;
    }
    aged(30).await;
    assert_eq!(gateway.get("/api/ping", &token).send().await.unwrap().status(), 200);
    aged(600).await;
    let over = refusal(open(&gateway, &token, None).await, 401).await;
    assert!(over.text.contains("any longer"), "{}", over.text);
    // The server that opened it opens another one, for the same visitor.
    let again = gateway.post("/api/sessions", &key, &wishes).send().await.unwrap();
    session(again).await;
    gateway.stop().await;
    // What can't be renewed is forgotten.
    let gateway = place.start().await;
    let file = crate::support::database(&place);
    let left = async || {
        let count = "SELECT count(*) FROM sessions";
        file.query_row(count, [], |row| row.get::<_, i64>(0)).unwrap()
    };
    let forgotten = async {
        while left().await > 1 {
            tokio::time::sleep(std::time::Duration::from_millis(20)).await;
        }
    };
    tokio::time::timeout(std::time::Duration::from_secs(60), forgotten).await.unwrap();
    drop(file);
    gateway.stop().await;
}

#[tokio::test]
async fn an_owner_ends_one_visitor() {
    let place = Place::new();
    let (key, other) = (place.key(100).await, place.key(100).await);
    let gateway = place.start().await;
    let opened = async |key: &str, subject: &str| {
        let asked = gateway.post("/api/sessions", key, &json!({"subject": subject}));
        session(asked.send().await.unwrap()).await.token
    };
    let (bad, again) = (opened(&key, "a/b c").await, opened(&key, "a/b c").await);
    let (good, theirs) = (opened(&key, "good").await, opened(&other, "a/b c").await);
    let made = gateway.create(&bad, &song()).await;
    completed(&gateway.follow(&made.events).await);
    let end = async |key: &str| {
        gateway
            .ask(Method::DELETE, "/api/visitors/a%2Fb%20c")
            .bearer_auth(key)
            .send()
            .await
            .unwrap()
    };
    problem(end(&good).await, 403).await;
    let ended: serde_json::Value = end(&key).await.json().await.unwrap();
    assert_eq!(ended, json!({"ended": 1}));
    for token in [&bad, &again] {
        problem(gateway.get("/api/ping", token).send().await.unwrap(), 401).await;
        problem(open(&gateway, token, None).await, 401).await;
    }
    // The address of a stream is not valid any more, either.
    problem(gateway.ask(Method::GET, &made.events).send().await.unwrap(), 401).await;
    for token in [&good, &theirs] {
        assert_eq!(gateway.get("/api/ping", token).send().await.unwrap().status(), 200);
    }
    // The site's own server may let them in again.
    let back = opened(&key, "a/b c").await;
    assert_eq!(gateway.show(&back, &made.id).await.id, made.id);
    gateway.stop().await;
}

#[tokio::test]
async fn a_ticket_ends_with_its_key() {
    let place = Place::new();
    let key = place.key(100).await;
    let gateway = place.start().await;
    let made = gateway.create(&key, &song()).await;
    completed(&gateway.follow(&made.events).await);
    let store = place.store().await;
    let name = store.key_by_secret(&key).await.unwrap().unwrap().name;
    store.revoke_key(&name).await.unwrap();
    store.close().await;
    let message = refusal(gateway.ask(Method::GET, &made.events).send().await.unwrap(), 401).await;
    assert!(message.is(ai_now_protocol::Code::TicketExpired));
    gateway.stop().await;
}

/// A client with an IPv6 address has all addresses of its /64.
#[tokio::test]
async fn the_visitors_of_one_network_are_counted_together() {
    let place = Place::with(|config| config.trusted_proxies = vec!["127.0.0.0/8".parse().unwrap()]);
    let key = place.key(1000).await;
    let page_key = place.publishable(&key, PAGE, LIMITS).await;
    let gateway = place.start().await;
    let from = async |address: &str| {
        let asked = gateway.ask(Method::POST, "/api/sessions").bearer_auth(&page_key);
        let asked = asked.header("origin", PAGE).header("x-forwarded-for", address);
        asked.send().await.unwrap().status().as_u16()
    };
    for (address, status) in [
        ("2001:db8:0:1::1", 201),
        ("2001:db8:0:1:ffff::2", 201),
        ("2001:db8:0:1:abcd:ef01:2345:6789", 429),
        ("2001:db8:0:2::1", 201),
        ("192.0.2.1", 201),
        ("::ffff:192.0.2.1", 201),
        ("192.0.2.1", 429),
    ] {
        assert_eq!(from(address).await, status, "{address}");
    }
    gateway.stop().await;
}
