//! Several gateways on one PostgreSQL: who is signed in at one is so at all, and what one finds out about a
//! provider, all heed.

use std::time::Duration;

use ai_now_gateway::store::AdminRole;
use ai_now_protocol::MediaKind;
use ai_now_protocol::api::{Accepted, State};
use futures_util::StreamExt as _;
use futures_util::stream::FuturesUnordered;
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use crate::on_postgres::{beside, connect, on_postgres};
use crate::providers::fixture::{STAND_IN, program_with, request, route};
use crate::support::{Gateway, Place, refusal};

#[tokio::test]
async fn administrators_are_signed_in_at_all_gateways_and_out_at_all() {
    let place = on_postgres();
    let key = place.admin("ada", AdminRole::Admin).await;
    let one = place.start().await;
    let other = Gateway::start(beside(&place, "other")).await;
    let asked = one.ask(Method::POST, "/api/admin/session").header("x-ai-now-admin", "1");
    let signed_in = asked.json(&json!({ "key": key })).send().await.unwrap();
    let cookie = signed_in.headers()["set-cookie"].to_str().unwrap();
    let cookie = cookie.split(';').next().unwrap().to_owned();
    let ask = |gateway: &Gateway, method: Method, path: &str| {
        let asked = gateway.ask(method, &format!("/api/admin/{path}"));
        asked.header("cookie", &cookie).header("x-ai-now-admin", "1").send()
    };
    for gateway in [&one, &other] {
        let me: Value = ask(gateway, Method::GET, "me").await.unwrap().json().await.unwrap();
        assert_eq!(me["name"], "ada");
    }
    let mut stream = ask(&one, Method::GET, "events").await.unwrap();
    assert!(stream.chunk().await.unwrap().is_some());
    let signed_out = ask(&other, Method::DELETE, "session").await.unwrap();
    assert_eq!(signed_out.status(), StatusCode::NO_CONTENT);
    while stream.chunk().await.unwrap().is_some() {}
    for gateway in [&one, &other] {
        refusal(ask(gateway, Method::GET, "me").await.unwrap(), 401).await;
    }
    one.stop().await;
    other.stop().await;
}

/// Three gateways whose only model is made by a program that counts how often it runs, waits until it may go
/// on, and works when it may.
struct Three {
    place: Place,
    gateways: Vec<Gateway>,
    admin: String,
    key: String,
}

impl Three {
    async fn start() -> Self {
        let mut place = on_postgres();
        let script = format!(
            "echo >> \"$0/runs\"; until test -e \"$0/go\"; do sleep 0.02; done; \
             test -e \"$0/works\" || exit 1; {STAND_IN}"
        );
        let folder = place.path("");
        let more = "failure_threshold = 1\ncooldown_secs = 3600";
        let own = program_with(&script, &[folder.to_str().unwrap()], more);
        place.config.providers.insert("own".into(), own);
        route(&mut place.config, &["own"], MediaKind::Video);
        let (key, admin) = (place.key(1000).await, place.admin("ada", AdminRole::Admin).await);
        let mut gateways = vec![place.start().await];
        for name in ["two", "three"] {
            gateways.push(Gateway::start(beside(&place, name)).await);
        }
        Self { place, gateways, admin, key }
    }

    fn runs(&self) -> usize {
        std::fs::read(self.place.path("runs")).map_or(0, |runs| runs.len())
    }

    fn set(&self, name: &str, there: bool) {
        let file = self.place.path(name);
        if there { std::fs::write(file, "").unwrap() } else { std::fs::remove_file(file).unwrap() }
    }

    async fn submit(&self, at: usize) -> Accepted {
        self.gateways[at].create(&self.key, &request()).await
    }

    async fn end(&self, accepted: &Accepted) -> State {
        self.gateways[0].follow(&accepted.events).await;
        self.gateways[0].show(&self.key, &accepted.id).await.state
    }

    /// Waits until the circuit breaker is open, or closed, for so many of them.
    async fn see(&self, gateways: usize, open: bool) {
        let mut seeing = 0;
        while seeing < gateways {
            tokio::time::sleep(Duration::from_millis(20)).await;
            seeing = 0;
            for gateway in &self.gateways {
                let list = gateway.get("/api/admin/providers", &self.admin).send().await.unwrap();
                let list: Value = list.json().await.unwrap();
                seeing += usize::from(list["providers"][0]["breaker_open"] == open);
            }
        }
    }
}

/// Waits until so many messages of this kind were written.
async fn told(database: &tokio_postgres::Client, kind: &str, messages: i64) {
    let count = "SELECT count(*) FROM webhook_messages WHERE kind = $1";
    while database.query_one(count, &[&kind]).await.unwrap().get::<_, i64>(0) < messages {
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_one_gateway_finds_out_about_a_provider_all_heed_and_one_tries_it_again() {
    let three = Three::start().await;
    let database = connect(&three.place).await;
    let listener =
        "INSERT INTO webhook_endpoints (name, url, balance_low_tokens, secret, created_at_ms)
        VALUES ('operator', 'http://127.0.0.1:9/', 0, '\\x00', 0)";
    database.execute(listener, &[]).await.unwrap();
    three.set("go", true);
    assert_eq!(three.end(&three.submit(0).await).await, State::Failed);
    three.see(3, true).await;
    told(&database, "provider.down", 1).await;
    // The others don't ask it.
    assert_eq!(three.end(&three.submit(1).await).await, State::Failed);
    assert_eq!(three.runs(), 1);

    // The cooldown is over: of all that come at once, one tries.
    database.execute("UPDATE provider_breakers SET open_until_ms = 0", &[]).await.unwrap();
    three.see(3, false).await;
    three.set("go", false);
    let all = [three.submit(0).await, three.submit(1).await, three.submit(2).await];
    let mut ends: FuturesUnordered<_> = all.iter().map(|one| three.end(one)).collect();
    assert_eq!(ends.next().await, Some(State::Failed));
    assert_eq!(ends.next().await, Some(State::Failed));
    while three.runs() < 2 {
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    // However long that takes: a cooldown that is over changes nothing.
    database.execute("UPDATE provider_breakers SET open_until_ms = 0", &[]).await.unwrap();
    three.see(2, false).await;
    for at in 0..3 {
        assert_eq!(three.end(&three.submit(at).await).await, State::Failed);
    }
    assert_eq!(three.runs(), 2);
    three.set("works", true);
    three.set("go", true);
    assert_eq!(ends.next().await, Some(State::Completed));
    assert_eq!(three.runs(), 2);
    drop(ends);

    // That closed it for all.
    three.see(3, false).await;
    for at in 0..3 {
        assert_eq!(three.end(&three.submit(at).await).await, State::Completed);
    }
    assert_eq!(three.runs(), 5);

    // So does an administrator, wherever they ask.
    three.set("works", false);
    assert_eq!(three.end(&three.submit(1).await).await, State::Failed);
    three.see(3, true).await;
    told(&database, "provider.down", 2).await;
    three.set("works", true);
    let path = "/api/admin/providers/own/breaker";
    let closing = three.gateways[2].ask(Method::DELETE, path).bearer_auth(&three.admin);
    assert_eq!(closing.send().await.unwrap().status(), StatusCode::OK);
    three.see(3, false).await;
    assert_eq!(three.end(&three.submit(0).await).await, State::Completed);

    // Of three gateways that saw it all, one told of each.
    told(&database, "provider.up", 2).await;
    let Three { place, gateways, .. } = three;
    for gateway in gateways {
        gateway.stop().await;
    }
    for kind in ["provider.down", "provider.up"] {
        let count = "SELECT count(*) FROM webhook_messages WHERE kind = $1";
        let told: i64 = database.query_one(count, &[&kind]).await.unwrap().get(0);
        assert_eq!(told, 2, "{kind}");
    }
    place.assert_sound().await;
}
