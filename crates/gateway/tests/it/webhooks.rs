//! Webhooks: written once for each endpoint in the change's transaction, signed as Standard
//! Webhooks says, retried until they are delivered, over a restart too.

mod receiver;

use std::collections::BTreeSet;
use std::time::Duration;

use ai_now_gateway::store::AdminRole;
use ai_now_protocol::Code;
use reqwest::{Method, Response};
use serde_json::{Value, json};

use self::receiver::Receiver;
use crate::on_postgres::{beside, on_postgres};
use crate::support::{Gateway, Place, database, film, refusal, song};

struct World {
    place: Place,
    gateway: Gateway,
    admin: String,
    key: String,
    receiver: Receiver,
}

impl World {
    async fn new() -> Self {
        let place = Place::with(|config| config.webhook_private_hosts = vec!["127.0.0.1".into()]);
        let admin = place.admin("ada", AdminRole::Admin).await;
        let key = place.key(100).await;
        let gateway = place.start().await;
        Self { place, gateway, admin, key, receiver: Receiver::new().await }
    }

    /// Makes a webhook; its name and secret.
    async fn hook(&self, path: &str, token: &str, more: Value) -> (String, String) {
        let mut sent = json!({"url": self.receiver.url});
        sent.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        let made = self.gateway.post(path, token, &sent).send().await.unwrap();
        assert_eq!(made.status(), 201);
        let made: Value = made.json().await.unwrap();
        let text = |name: &str| made[name].as_str().unwrap().to_owned();
        (text("name"), text("secret"))
    }

    async fn of_operator(&self, more: Value) -> (String, String) {
        self.hook("/api/admin/webhooks", &self.admin, more).await
    }

    async fn ask(&self, method: Method, path: &str, token: &str) -> Response {
        self.gateway.ask(method, path).bearer_auth(token).send().await.unwrap()
    }

    async fn get(&self, path: &str, token: &str) -> Value {
        let response = self.ask(Method::GET, path, token).await;
        assert_eq!(response.status(), 200, "{path}");
        response.json().await.unwrap()
    }

    async fn make(&self, key: &str) -> String {
        let made = self.gateway.create(key, &song()).await;
        self.gateway.follow(&made.events).await;
        made.id
    }

    async fn end(self) {
        self.gateway.stop().await;
        self.place.assert_sound().await;
    }
}

#[tokio::test]
async fn events_are_sent_signed_and_once_to_each_subscriber() {
    let mut world = World::new().await;
    let never_low = json!({"balance_low_tokens": 0});
    let (_, operators) = world.of_operator(never_low.clone()).await;
    let (name, others) = world.of_operator(never_low).await;
    let id = world.make(&world.key).await;
    let mut secrets = vec![operators, others];
    let mut ids = Vec::new();
    while !secrets.is_empty() {
        let message = world.receiver.next().await;
        let body = message.json();
        assert_eq!(body["type"], "generation.completed");
        assert_eq!(
            (&body["data"]["id"], &body["data"]["charged_tokens"]),
            (&json!(id), &json!(10))
        );
        assert!(!message.body.contains("summer"), "no prompt is told");
        assert!(body["data"]["finished_at_ms"].is_u64(), "{body}");
        let of = secrets.iter().position(|secret| message.is_signed(secret));
        secrets.remove(of.expect("a signature that fits"));
        ids.push(message.header("webhook-id").to_owned());
    }
    assert_eq!(ids[0], ids[1], "one message, two endpoints");
    let cancelled = world.gateway.create(&world.key, &film(60)).await;
    world.gateway.cancel(&world.key, &cancelled.id).await;
    let told = world.receiver.next().await.json();
    assert_eq!(
        (&told["type"], &told["data"]["code"]),
        (&json!("generation.cancelled"), &json!("cancelled"))
    );
    world.receiver.next().await;

    // Removed: nothing more comes. What comes next is another's.
    let path = format!("/api/admin/webhooks/{name}");
    assert_eq!(world.ask(Method::DELETE, &path, &world.admin).await.status(), 204);
    let left = world.get("/api/admin/webhooks", &world.admin).await;
    assert_eq!(left["webhooks"].as_array().unwrap().len(), 1);
    world.end().await;
}

#[tokio::test]
async fn what_was_not_taken_is_sent_again_under_the_same_id_also_after_a_restart() {
    let mut world = World::new().await;
    let (name, secret) = world.of_operator(json!({"events": ["generation.completed"]})).await;
    world.receiver.answers(500);
    world.make(&world.key).await;
    let first = world.receiver.next().await;
    world.gateway.stop().await;
    world.gateway = world.place.start().await;
    world.receiver.answers(200);
    let second = world.receiver.next().await;
    assert_eq!(first.header("webhook-id"), second.header("webhook-id"));
    assert!(first.is_signed(&secret) && second.is_signed(&secret));
    assert_eq!(first.body, second.body);

    let path = format!("/api/admin/webhooks/{name}/deliveries");
    let delivered = loop {
        let page = world.get(&path, &world.admin).await;
        if page["deliveries"][0]["state"] == "delivered" {
            break page["deliveries"][0].clone();
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    };
    let statuses: Vec<_> =
        delivered["attempts"].as_array().unwrap().iter().map(|one| one["status"].clone()).collect();
    assert_eq!(statuses, [json!(500), json!(200)]);
    assert_eq!(delivered["event"], "generation.completed");

    let replay = format!("{path}/{}/replay", delivered["id"]);
    assert_eq!(world.ask(Method::POST, &replay, &world.admin).await.status(), 202);
    let third = world.receiver.next().await;
    assert_eq!(third.header("webhook-id"), first.header("webhook-id"));
    for missing in ["0", "x", "99999999999999999999"] {
        let path = format!("{path}/{missing}/replay");
        let refused = world.ask(Method::POST, &path, &world.admin).await;
        assert!(refusal(refused, 404).await.is(Code::NoSuchWebhook));
    }
    world.end().await;
}

#[tokio::test]
async fn a_gone_endpoint_gets_nothing_until_it_is_enabled() {
    let mut world = World::new().await;
    let (name, _) = world.of_operator(json!({"balance_low_tokens": 0})).await;
    world.receiver.answers(410);
    world.make(&world.key).await;
    world.receiver.next().await;
    let path = "/api/admin/webhooks";
    while world.get(path, &world.admin).await["webhooks"][0]["disabled_at_ms"].is_null() {
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    let log = world.get("/api/admin/activity?limit=1", &world.admin).await;
    assert_eq!(log["entries"][0]["action"], "webhook.disable");
    world.receiver.answers(200);
    world.make(&world.key).await;
    let enabled = world.ask(Method::POST, &format!("{path}/{name}/enable"), &world.admin).await;
    assert_eq!(enabled.status(), 204);
    let last = world.make(&world.key).await;
    assert_eq!(world.receiver.next().await.json()["data"]["id"], last.as_str());
    world.end().await;
}

#[tokio::test]
async fn a_webhook_that_is_disabled_is_sent_nothing_and_what_was_on_its_way_waits() {
    let mut world = World::new().await;
    let (name, _) = world.of_operator(json!({})).await;
    world.receiver.answers(500);
    let first = world.make(&world.key).await;
    world.receiver.next().await;
    let path = "/api/admin/webhooks";
    let mut disabled_at = Vec::new();
    for _ in 0..2 {
        let path = format!("{path}/{name}/disable");
        assert_eq!(world.ask(Method::POST, &path, &world.admin).await.status(), 204);
        let known = world.get("/api/admin/webhooks", &world.admin).await;
        disabled_at.push(known["webhooks"][0]["disabled_at_ms"].as_u64().unwrap());
    }
    assert_eq!(disabled_at[0], disabled_at[1]);
    let log = world.get("/api/admin/activity?limit=1", &world.admin).await;
    assert_eq!(log["entries"][0]["action"], "webhook.disable");
    assert_eq!(log["entries"][0]["actor"], "ada");
    world.receiver.answers(200);
    world.make(&world.key).await;
    let enabled = world.ask(Method::POST, &format!("{path}/{name}/enable"), &world.admin).await;
    assert_eq!(enabled.status(), 204);
    let last = world.make(&world.key).await;
    let mut told = Vec::new();
    for _ in 0..2 {
        let id = world.receiver.next().await.json()["data"]["id"].clone();
        told.push(id.as_str().unwrap().to_owned());
    }
    told.sort();
    let mut expected = [first, last];
    expected.sort();
    assert_eq!(told, expected);
    world.end().await;
}

#[tokio::test]
async fn an_account_gets_only_its_own_events() {
    let hour = || ai_now_gateway::clock::now_ms() / 3_600_000;
    let begun = hour();
    let mut world = World::new().await;
    let other = world.place.key(100).await;
    world.of_operator(json!({"events": ["balance.low"], "balance_low_tokens": 95})).await;
    let own = json!({"url": "https://hooks.invalid/", "balance_low_tokens": 95});
    let (name, _) = world.hook("/api/webhooks", &world.key, own).await;
    world.make(&other).await;
    world.make(&world.key).await;
    for _ in 0..2 {
        let low = world.receiver.next().await.json();
        assert_eq!(
            (&low["type"], &low["data"]["available_tokens"]),
            (&json!("balance.low"), &json!(90))
        );
    }
    let path = format!("/api/webhooks/{name}/deliveries");
    let page = world.get(&path, &world.key).await;
    let kinds = page["deliveries"].as_array().unwrap().iter().map(|one| one["event"].clone());
    let kinds: BTreeSet<_> = kinds.map(|kind| kind.as_str().unwrap().to_owned()).collect();
    assert_eq!(kinds, ["balance.low".to_owned(), "generation.completed".to_owned()].into());
    assert_eq!(page["deliveries"].as_array().unwrap().len(), 2);
    assert_eq!(world.get("/api/webhooks", &other).await["webhooks"], json!([]));
    // It falls below and rises above as often as somebody likes: that is told once in an hour.
    let store = world.place.store().await;
    let owner = store.key_by_secret(&world.key).await.unwrap().unwrap().name;
    store.grant(&owner, 10).await.unwrap();
    store.close().await;
    world.make(&world.key).await;
    let page = world.get(&path, &world.key).await;
    let low = page["deliveries"].as_array().unwrap().iter();
    let low = low.filter(|one| one["event"] == "balance.low").count();
    assert!(low == 1 || hour() != begun, "{page}");
    for (method, path) in [
        (Method::DELETE, format!("/api/webhooks/{name}")),
        (Method::GET, format!("/api/webhooks/{name}/deliveries")),
        (Method::POST, format!("/api/webhooks/{name}/deliveries/1/replay")),
        (Method::POST, format!("/api/webhooks/{name}/disable")),
    ] {
        assert!(refusal(world.ask(method, &path, &other).await, 404).await.is(Code::NoSuchWebhook));
    }
    world.end().await;
}

/// What the operator lets their own webhooks reach is nothing that an account reaches: neither with one that
/// is added nor with one that is there already.
#[tokio::test]
async fn an_account_reaches_no_private_host() {
    let mut world = World::new().await;
    let sent = json!({"url": world.receiver.url});
    let asked = world.gateway.post("/api/webhooks", &world.key, &sent).send().await.unwrap();
    refusal(asked, 400).await;
    let public = json!({"url": "https://hooks.invalid/", "balance_low_tokens": 0});
    let (name, _) = world.hook("/api/webhooks", &world.key, public).await;
    let changed = database(&world.place)
        .execute("UPDATE webhook_endpoints SET url = ?1", [&world.receiver.url])
        .unwrap();
    assert_eq!(changed, 1);
    world.make(&world.key).await;
    let path = format!("/api/webhooks/{name}/deliveries");
    let attempt = loop {
        let page = world.get(&path, &world.key).await;
        let attempt = page["deliveries"][0]["attempts"][0].clone();
        if attempt.is_object() {
            break attempt;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    };
    assert!(attempt["status"].is_null() && attempt["error"].is_string(), "{attempt}");
    assert!(!world.receiver.has_more());
    world.end().await;
}

/// A refusal is the same refusal where nobody can be told of it.
#[tokio::test]
async fn what_cannot_be_told_changes_no_answer() {
    let world = World::new().await;
    world.of_operator(json!({"events": ["cap.reached"]})).await;
    let keys = world.get("/api/admin/keys", &world.admin).await;
    let path = format!("/api/admin/keys/{}", keys["keys"][0]["name"].as_str().unwrap());
    let capped = world.gateway.ask(Method::PATCH, &path).bearer_auth(&world.admin);
    capped.json(&json!({"day_cap_tokens": 5})).send().await.unwrap();
    database(&world.place)
        .execute_batch(
            "CREATE TRIGGER full BEFORE INSERT ON webhook_messages
             BEGIN SELECT RAISE(ABORT, 'no more'); END",
        )
        .unwrap();
    let refused = world.gateway.post("/api/generations", &world.key, &song()).send().await;
    assert!(refusal(refused.unwrap(), 429).await.is(Code::DayUsedUp));
    world.end().await;
}

#[tokio::test]
async fn a_reached_cap_is_reported_once() {
    let mut world = World::new().await;
    world.of_operator(json!({"events": ["cap.reached"]})).await;
    let keys = world.get("/api/admin/keys", &world.admin).await;
    let path = format!("/api/admin/keys/{}", keys["keys"][0]["name"].as_str().unwrap());
    let capped = world.gateway.ask(Method::PATCH, &path).bearer_auth(&world.admin);
    capped.json(&json!({"month_cap_tokens": 5})).send().await.unwrap();
    for _ in 0..3 {
        let refused = world.gateway.post("/api/generations", &world.key, &song()).send().await;
        refusal(refused.unwrap(), 429).await;
    }
    let body = world.receiver.next().await.json();
    assert_eq!((&body["type"], &body["data"]["period"]), (&json!("cap.reached"), &json!("month")));
    let hooks = world.get("/api/admin/webhooks", &world.admin).await;
    let name = hooks["webhooks"][0]["name"].as_str().unwrap();
    let page = world.get(&format!("/api/admin/webhooks/{name}/deliveries"), &world.admin).await;
    assert_eq!(page["deliveries"].as_array().unwrap().len(), 1);
    world.end().await;
}

/// Of two gateways with one store, each message is sent by one of them.
#[tokio::test]
async fn events_of_several_gateways_are_sent_once() {
    let mut place = on_postgres();
    place.config.webhook_private_hosts = vec!["127.0.0.1".into()];
    let admin = place.admin("ada", AdminRole::Admin).await;
    let key = place.key(1000).await;
    let (one, other) = (place.start().await, Gateway::start(beside(&place, "other")).await);
    let mut receiver = Receiver::new().await;
    let made = one.post("/api/admin/webhooks", &admin, &json!({"url": receiver.url}));
    let made: Value = made.send().await.unwrap().json().await.unwrap();
    let mut ids = BTreeSet::new();
    for gateway in [&one, &other].into_iter().cycle().take(10) {
        let film = gateway.create(&key, &film(60)).await;
        gateway.cancel(&key, &film.id).await;
        ids.insert(film.id);
    }
    let mut told = BTreeSet::new();
    while told.len() < ids.len() {
        let body = receiver.next().await.json();
        told.insert(body["data"]["id"].as_str().unwrap().to_owned());
    }
    assert_eq!(told, ids);
    let path = format!("/api/admin/webhooks/{}/deliveries", made["name"].as_str().unwrap());
    let deliveries = loop {
        let page: Value = other.get(&path, &admin).send().await.unwrap().json().await.unwrap();
        let deliveries = page["deliveries"].as_array().unwrap().clone();
        if deliveries.iter().all(|one| one["state"] == "delivered") {
            break deliveries;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    };
    assert_eq!(deliveries.len(), ids.len());
    assert!(deliveries.iter().all(|one| one["attempts"].as_array().unwrap().len() == 1));
    assert!(!receiver.has_more(), "nothing came twice");
    one.stop().await;
    other.stop().await;
    place.assert_sound().await;
}

#[tokio::test]
async fn only_what_may_be_asked_is_taken() {
    let place = Place::new();
    let admin = place.admin("ada", AdminRole::Admin).await;
    let gateway = place.start().await;
    for sent in [
        json!({"url": "http://127.0.0.1:1/"}),
        json!({"url": "https://127.0.0.1/"}),
        json!({"url": "https://localhost/"}),
        json!({"url": "https://[::ffff:10.0.0.1]/"}),
        json!({"url": "https://u:p@hooks.example/"}),
        json!({"url": "ftp://hooks.example/"}),
        json!({"url": "https://hooks.example/#x"}),
        json!({"url": "nonsense"}),
        json!({"url": format!("https://hooks.example/{}", "x".repeat(2000))}),
        json!({"url": "https://hooks.example/", "events": ["generation"]}),
        json!({"url": "https://hooks.example/", "secret": "x"}),
        json!({}),
    ] {
        let asked = gateway.post("/api/admin/webhooks", &admin, &sent);
        refusal(asked.send().await.unwrap(), 400).await;
    }
    let good =
        gateway.post("/api/admin/webhooks", &admin, &json!({"url": "https://hooks.example/"}));
    assert_eq!(good.send().await.unwrap().status(), 201);
    gateway.stop().await;
}
