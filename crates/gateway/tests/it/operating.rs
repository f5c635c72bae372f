//! What an operator counts on: proxies, slow clients, metrics, commits that are shared.

use std::time::Duration;

use ai_now_gateway::metrics::Metrics;
use ai_now_gateway::server::Server;
use reqwest::Method;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio_util::sync::CancellationToken;

use crate::support::{Place, client, completed, problem, read_all, song};

fn address(url: &str) -> &str {
    url.strip_prefix("http://").unwrap()
}

#[tokio::test]
async fn media_addresses_use_the_clients_base_address() {
    let place = Place::new();
    let key = place.key(100).await;
    let gateway = place.start().await;
    let accepted = gateway.create(&key, &song()).await;
    let named = async |headers: &[(&str, &str)]| {
        let mut asked = gateway.ask(Method::GET, &accepted.events);
        for (name, value) in headers {
            asked = asked.header(*name, *value);
        }
        completed(&read_all(asked.send().await.unwrap()).await)
    };
    assert!(named(&[]).await.starts_with(&format!("{}/media/", gateway.url)));
    assert!(named(&[("host", "music.example")]).await.starts_with("http://music.example/media/"));
    let odd = named(&[("host", "evil.example\"><script>")]).await;
    assert!(odd.starts_with(&format!("{}/media/", gateway.url)), "{odd}");
    // Only configured proxies are trusted.
    let forwarded = [("host", "music.example"), ("x-forwarded-proto", "https")];
    assert!(named(&forwarded).await.starts_with("http://music.example/"));
    gateway.stop().await;

    let mut config = place.config.clone();
    config.trusted_proxies = vec!["127.0.0.0/8".parse().unwrap()];
    let gateway = crate::support::Gateway::start(config).await;
    let mut asked = gateway.ask(Method::GET, &accepted.events);
    for (name, value) in forwarded {
        asked = asked.header(name, value);
    }
    let url = completed(&read_all(asked.send().await.unwrap()).await);
    assert!(url.starts_with("https://music.example/media/"), "{url}");
}

#[tokio::test]
async fn only_a_trusted_proxy_names_the_clients_address() {
    for (trusted, expected) in [(false, 429), (true, 200)] {
        let place = Place::with(|config| {
            config.limits.address_requests_per_minute = 2;
            if trusted {
                config.trusted_proxies = vec!["127.0.0.1/32".parse().unwrap()];
            }
        });
        let gateway = place.start().await;
        let mut last = 0;
        for client in 1..=3 {
            // The entries that a client wrote itself are the leftmost ones, and are never trusted.
            let chain = format!("10.0.0.9, 192.0.2.{client}");
            let asked = gateway.ask(Method::GET, "/healthz").header("x-forwarded-for", chain);
            last = asked.send().await.unwrap().status().as_u16();
        }
        assert_eq!(last, expected);
    }
}

#[tokio::test]
async fn slow_clients_are_cut() {
    let place = Place::with(|config| {
        config.limits.header_secs = 1;
        config.limits.idle_secs = 1;
        config.limits.body_secs = 1;
    });
    let key = place.key(100).await;
    let gateway = place.start().await;
    let said = async |bytes: &[u8]| {
        let mut stream = TcpStream::connect(address(&gateway.url)).await.unwrap();
        stream.write_all(bytes).await.unwrap();
        let mut answer = String::new();
        let reading = stream.read_to_string(&mut answer);
        tokio::time::timeout(Duration::from_secs(20), reading).await.unwrap().unwrap();
        answer
    };
    assert_eq!(said(b"GET /healthz HTTP/1.1\r\nHost: a\r\nX-Slow: ").await, "");
    let idle = said(b"GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n").await;
    assert!(idle.starts_with("HTTP/1.1 200"), "{idle}");
    let body = format!(
        "POST /api/generate HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer {key}\r\n\
         Content-Type: application/json\r\nContent-Length: 100\r\n\r\n{{"
    );
    let slow = said(body.as_bytes()).await;
    assert!(slow.starts_with("HTTP/1.1 408") && slow.contains("\"status\":\"Error\""), "{slow}");
    assert_eq!(gateway.balance(&key).await.available, 100);
}

/// A load balancer keeps a connection for a minute between two requests; a request's head has half of that.
#[tokio::test]
async fn a_connection_may_be_idle_for_longer_than_a_head_takes() {
    let place = Place::with(|config| {
        config.limits.header_secs = 1;
        config.limits.idle_secs = 60;
    });
    let gateway = place.start().await;
    let mut stream = TcpStream::connect(address(&gateway.url)).await.unwrap();
    for path in ["/healthz", "/api/balance", "/media/none.mp3", "/healthz"] {
        let asked = format!("GET {path} HTTP/1.1\r\nHost: a\r\n\r\n");
        stream.write_all(asked.as_bytes()).await.unwrap();
        let mut answer = [0; 4096];
        let length = stream.read(&mut answer).await.unwrap();
        assert!(answer[..length].starts_with(b"HTTP/1.1 "), "{path}");
        // Nothing more comes, and the connection stays.
        let more = tokio::time::timeout(Duration::from_millis(1500), stream.read(&mut answer));
        assert!(more.await.is_err(), "closed after {path}");
    }
    gateway.stop().await;
}

#[tokio::test]
async fn metrics_have_a_listener_of_their_own() {
    let place = Place::with(|config| config.metrics_listen = "127.0.0.1:0".parse().ok());
    let key = place.key(100).await;
    let server = Server::start(place.config.clone()).await.unwrap();
    let metrics = format!("http://{}/metrics", server.metrics_address().unwrap());
    let url = format!("http://{}", server.address());
    let stop = CancellationToken::new();
    let running = tokio::spawn(server.run(stop.clone()));
    let asked = client().post(format!("{url}/api/generate")).bearer_auth(&key).json(&song());
    completed(&read_all(asked.send().await.unwrap()).await);
    let text = client().get(&metrics).send().await.unwrap().text().await.unwrap();
    for line in [
        "ai_now_generations_accepted_total{model=\"suno\"} 1",
        "ai_now_generations_ended_total{model=\"suno\",outcome=\"completed\"} 1",
        "ai_now_http_responses_total{status=\"200\"} 1",
        "ai_now_ledger_commit_seconds_count",
    ] {
        assert!(text.contains(line), "{line} is not in\n{text}");
    }
    assert!(!text.contains(&key) && !text.contains("summer"));
    problem(client().get(format!("{url}/metrics")).send().await.unwrap(), 404).await;
    stop.cancel();
    running.await.unwrap();
}

/// The number behind a metric's name.
fn value(metrics: &Metrics, name: &str) -> u64 {
    let text = metrics.text(0);
    let line = text.lines().find(|line| line.starts_with(name)).unwrap();
    line.rsplit(' ').next().unwrap().parse().unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn changes_that_come_together_share_commits() {
    let place = Place::new();
    let metrics = Metrics::default();
    let store = ai_now_gateway::store::Store::open(place.data(), metrics.clone()).await.unwrap();
    let new = ai_now_gateway::store::NewKey::Secret { tokens: 0 };
    store.create_key(new, String::new()).await.unwrap();
    let name = store.keys().await.unwrap()[0].0.name.clone();
    let begun = std::time::Instant::now();
    let grants: Vec<_> = (0..1000)
        .map(|_| {
            let (store, name) = (store.clone(), name.clone());
            tokio::spawn(async move { store.grant(&name, 1).await.unwrap() })
        })
        .collect();
    for grant in grants {
        grant.await.unwrap();
    }
    let took = begun.elapsed();
    assert_eq!(store.keys().await.unwrap()[0].1.granted, 1000);
    let changes = value(&metrics, "ai_now_ledger_changes_total");
    let commits = value(&metrics, "ai_now_ledger_commit_seconds_count");
    println!("{changes} changes in {commits} commits, {took:?}");
    assert_eq!(changes, 1001);
    assert!(commits * 4 < changes, "{commits} commits for {changes} changes");
    store.close().await;
    place.assert_sound().await;
}
