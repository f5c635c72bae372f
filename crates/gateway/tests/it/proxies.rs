//! Behind proxies: path prefixes, forwarded headers as proxies write them, pages of other origins
//! that can read every refusal, one server to a data directory.

use ai_now_gateway::server::Server;
use ai_now_gateway::store::AdminRole;
use ai_now_protocol::api::{Accepted, Generation};
use reqwest::{Method, RequestBuilder, Response};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use crate::support::{Gateway, Place, completed, read_all, refusal, song};

/// A gateway that believes what its neighbours on this machine forward.
async fn behind_proxy(
    change: impl FnOnce(&mut ai_now_gateway::config::Config),
) -> (Place, Gateway) {
    let place = Place::with(|config| {
        config.trusted_proxies = vec!["127.0.0.1".parse().unwrap()];
        change(config);
    });
    let gateway = place.start().await;
    (place, gateway)
}

fn with(mut request: RequestBuilder, headers: &[(&str, &str)]) -> RequestBuilder {
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    request
}

#[tokio::test]
async fn below_a_path_all_links_are_below_it() {
    let (place, gateway) = behind_proxy(|_| {}).await;
    let key = place.key(100).await;
    let headers = [
        ("host", "site.example"),
        ("x-forwarded-proto", "https"),
        ("x-forwarded-prefix", "/tool/"),
    ];
    let asked = with(gateway.post("/api/generations", &key, &song()), &headers);
    let response = asked.send().await.unwrap();
    let location = response.headers()["location"].to_str().unwrap().to_owned();
    let accepted: Accepted = response.json().await.unwrap();
    assert_eq!(location, format!("/tool/api/generations/{}", accepted.id));
    // The proxy takes the prefix off before it asks us.
    let events = accepted.events.strip_prefix("/tool").unwrap();
    let asked = with(gateway.ask(Method::GET, events), &headers);
    let url = completed(&read_all(asked.send().await.unwrap()).await);
    assert!(url.starts_with("https://site.example/tool/media/"), "{url}");
    let path = format!("/api/generations/{}", accepted.id);
    let shown: Generation =
        with(gateway.get(&path, &key), &headers).send().await.unwrap().json().await.unwrap();
    assert!(shown.events.starts_with("/tool/api/generations/"), "{}", shown.events);
    assert_eq!(shown.url.unwrap().as_str(), url);
    let media = url.strip_prefix("https://site.example/tool").unwrap();
    assert_eq!(gateway.ask(Method::GET, media).send().await.unwrap().status(), 200);
    let document = with(gateway.ask(Method::GET, "/api/openapi.json"), &headers);
    let document: serde_json::Value = document.send().await.unwrap().json().await.unwrap();
    assert_eq!(document["servers"][0]["url"], "/tool");
    gateway.stop().await;
}

#[tokio::test]
async fn a_public_url_may_have_a_path() {
    let place = Place::with(|config| config.public_url = Some("https://site.example/tool".into()));
    let key = place.key(100).await;
    let gateway = place.start().await;
    let accepted = gateway.create(&key, &song()).await;
    let events = accepted.events.strip_prefix("/tool").unwrap();
    let url = completed(&gateway.follow(events).await);
    assert!(url.starts_with("https://site.example/tool/media/"), "{url}");
    gateway.stop().await;
}

#[tokio::test]
async fn a_prefix_that_leads_elsewhere_is_none() {
    let (place, gateway) = behind_proxy(|_| {}).await;
    let key = place.key(100).await;
    for prefix in [
        "//evil.example",
        "https://evil.example",
        "/a/../..",
        "/a/%2E%2e/%2e",
        "/a%2f..",
        "/\"><script>",
    ] {
        let asked = with(
            gateway.post("/api/generations", &key, &song()),
            &[("x-forwarded-prefix", prefix)],
        );
        let accepted: Accepted = asked.send().await.unwrap().json().await.unwrap();
        assert!(accepted.events.starts_with("/api/"), "{prefix}: {}", accepted.events);
    }
    gateway.stop().await;
    // Only configured proxies are trusted.
    let gateway = Place::new().start().await;
    let asked =
        with(gateway.ask(Method::GET, "/api/openapi.json"), &[("x-forwarded-prefix", "/tool")]);
    let document: serde_json::Value = asked.send().await.unwrap().json().await.unwrap();
    assert_eq!(document["servers"][0]["url"], "/");
    gateway.stop().await;
}

#[tokio::test]
async fn visitors_are_distinguished_however_a_proxy_writes_their_addresses() {
    for (name, first, second) in [
        ("x-forwarded-for", "203.0.113.7:1001", "203.0.113.8:1001"),
        ("x-forwarded-for", "[2001:db8::1]:443", "[2001:db8:1::1]:443"),
        ("x-forwarded-for", "203.0.113.7, 127.0.0.1", "203.0.113.8, 127.0.0.1"),
        ("forwarded", "for=203.0.113.7;proto=https", "for=203.0.113.8;proto=https"),
        ("forwarded", r#"for="[2001:db8::1]:9""#, r#"for="[2001:db8:1::1]:9""#),
    ] {
        let (_place, gateway) =
            behind_proxy(|config| config.limits.address_requests_per_minute = 1).await;
        let asked = async |value: &str| {
            let request = gateway.ask(Method::GET, "/healthz").header(name, value);
            request.send().await.unwrap().status().as_u16()
        };
        let statuses = [asked(first).await, asked(first).await, asked(second).await];
        assert_eq!(statuses, [200, 429, 200], "{name}: {first}");
        gateway.stop().await;
    }
}

const PAGE: &str = "https://shop.example";

fn allows(response: &Response) -> Option<&str> {
    response.headers().get("access-control-allow-origin").map(|value| value.to_str().unwrap())
}

#[tokio::test]
async fn a_page_can_read_every_refusal() {
    let place = Place::with(|config| {
        config.origins = vec![PAGE.into()];
        config.limits.address_requests_per_minute = 3;
        config.limits.header_bytes = 2000;
    });
    let gateway = place.start().await;
    let long = format!("/api/{}", "x".repeat(9000));
    let heavy = "x".repeat(3000);
    let get = |path: &str| gateway.ask(Method::GET, path).header("origin", PAGE);
    let table = [
        (get(&long), 414),
        (get("/api/ping").header("x-heavy", &heavy), 431),
        (get("/api/none"), 404),
        (get("/api/ping"), 401),
        (get("/api/catalog"), 200),
        (get("/api/catalog"), 429),
    ];
    for (asked, status) in table {
        let response = asked.send().await.unwrap();
        assert_eq!(response.status().as_u16(), status);
        assert_eq!(allows(&response), Some(PAGE), "{status}");
        if status == 429 {
            assert!(response.headers().contains_key("retry-after"));
            let exposed = &response.headers()["access-control-expose-headers"];
            assert!(exposed.to_str().unwrap().contains("retry-after"));
        }
    }
    // Preflights are answered beyond the limit, and count nothing.
    for _ in 0..5 {
        let preflight = gateway.ask(Method::OPTIONS, "/api/generations").header("origin", PAGE);
        let preflight = preflight.header("access-control-request-method", "POST");
        let response = preflight.send().await.unwrap();
        assert_eq!((response.status().as_u16(), allows(&response)), (200, Some(PAGE)));
    }
    let stranger =
        gateway.ask(Method::GET, "/api/catalog").header("origin", "https://other.example");
    assert_eq!(allows(&stranger.send().await.unwrap()), None);
    gateway.stop().await;
}

#[tokio::test]
async fn a_player_on_another_page_may_ask_for_parts() {
    let place = Place::new();
    let key = place.key(100).await;
    let gateway = place.start().await;
    let accepted = gateway.create(&key, &song()).await;
    let url = completed(&gateway.follow(&accepted.events).await);
    let path = url.strip_prefix(&gateway.url).unwrap();
    let preflight = gateway.ask(Method::OPTIONS, path).header("origin", PAGE);
    let preflight = with(
        preflight,
        &[("access-control-request-method", "GET"), ("access-control-request-headers", "range")],
    );
    let response = preflight.send().await.unwrap();
    assert_eq!((response.status().as_u16(), allows(&response)), (200, Some("*")));
    let allowed = &response.headers()["access-control-allow-headers"];
    assert!(allowed.to_str().unwrap().contains("range"), "{allowed:?}");
    let part = gateway.ask(Method::GET, path).header("origin", PAGE).header("range", "bytes=0-9");
    let response = part.send().await.unwrap();
    assert_eq!((response.status().as_u16(), allows(&response)), (206, Some("*")));
    let exposed = response.headers()["access-control-expose-headers"].to_str().unwrap().to_owned();
    for name in ["content-range", "accept-ranges", "content-length", "etag", "content-disposition"]
    {
        assert!(exposed.contains(name), "{name} is not in {exposed}");
    }
    let gone = gateway.ask(Method::GET, "/media/none-00000000000000000000000000.mp3");
    let response = gone.header("origin", PAGE).send().await.unwrap();
    assert_eq!((response.status().as_u16(), allows(&response)), (404, Some("*")));
    gateway.stop().await;
}

#[tokio::test]
async fn a_data_directory_is_one_servers() {
    let place = Place::new();
    let key = place.key(100).await;
    let gateway = place.start().await;
    let unfinished = place.data().join("media/running.mp3.part");
    std::fs::write(&unfinished, b"half").unwrap();
    let error = Server::start(place.config.clone()).await.err().unwrap().to_string();
    assert!(error.contains("in use by another gateway (process "), "{error}");
    assert!(unfinished.exists(), "nothing of the running server's is touched");
    // The command line works beside it.
    place.assert_sound().await;
    assert_eq!(place.key(5).await.len(), key.len());
    gateway.stop().await;
    place.start().await.stop().await;
    assert!(!unfinished.exists());
}

#[tokio::test]
async fn a_request_has_one_key() {
    let place = Place::new();
    let key = place.key(1).await;
    let gateway = place.start().await;
    for (first, second) in [(key.as_str(), "ak_x"), ("ak_x", &key), (&key, &key)] {
        let asked =
            gateway.get("/api/ping", first).header("authorization", format!("Bearer {second}"));
        let message = refusal(asked.send().await.unwrap(), 401).await;
        assert_eq!(message.code, "malformed_authorization");
    }
    // Administrators' routes, too.
    let admin = place.admin("ada", AdminRole::Admin).await;
    assert_eq!(gateway.get("/api/admin/me", &admin).send().await.unwrap().status(), 200);
    for (first, second) in [(admin.as_str(), "ak_x"), ("ak_x", &admin), (&admin, &admin)] {
        let asked =
            gateway.get("/api/admin/me", first).header("authorization", format!("Bearer {second}"));
        refusal(asked.send().await.unwrap(), 401).await;
    }
}

#[tokio::test]
async fn a_request_has_one_host() {
    let gateway = Place::new().start().await;
    let address = gateway.url.strip_prefix("http://").unwrap();
    for (head, status) in [
        ("GET /healthz HTTP/1.1\r\nConnection: close\r\n", "400"),
        ("GET /healthz HTTP/1.1\r\nConnection: close\r\nHost: a\r\nHost: b\r\n", "400"),
        ("GET /healthz HTTP/1.1\r\nConnection: close\r\nHost: a\r\n", "200"),
        ("GET /healthz HTTP/1.0\r\n", "200"),
    ] {
        let mut stream = TcpStream::connect(address).await.unwrap();
        stream.write_all(format!("{head}\r\n").as_bytes()).await.unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).await.unwrap();
        assert_eq!(answer.split(' ').nth(1), Some(status), "{head}");
    }
    gateway.stop().await;
}

#[tokio::test]
async fn one_address_leaves_connections_to_others() {
    let place = Place::with(|config| config.limits.address_connections = 3);
    let gateway = place.start().await;
    let address = gateway.url.strip_prefix("http://").unwrap();
    let mut idle = Vec::new();
    for _ in 0..3 {
        let mut stream = TcpStream::connect(address).await.unwrap();
        stream.write_all(b"GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n").await.unwrap();
        assert!(stream.read(&mut [0; 16]).await.unwrap() > 0);
        idle.push(stream);
    }
    let mut refused = TcpStream::connect(address).await.unwrap();
    let mut answer = Vec::new();
    // Closed without an answer; whether the system says so by an end or a reset.
    let _ = refused.read_to_end(&mut answer).await;
    assert!(answer.is_empty());
    drop(idle);
    gateway.stop().await;
}

#[cfg(unix)]
#[tokio::test]
async fn what_is_kept_is_private_whatever_the_directory_was() {
    use std::os::unix::fs::PermissionsExt as _;
    let place = Place::new();
    let open = std::fs::Permissions::from_mode(0o755);
    std::fs::create_dir_all(place.data().join("media")).unwrap();
    std::fs::set_permissions(place.data(), open.clone()).unwrap();
    std::fs::set_permissions(place.data().join("media"), open).unwrap();
    let key = place.key(100).await;
    let gateway = place.start().await;
    let accepted = gateway.create(&key, &song()).await;
    completed(&gateway.follow(&accepted.events).await);
    let mode = |path: &std::path::Path| path.metadata().unwrap().permissions().mode() & 0o777;
    assert_eq!((mode(place.data()), mode(&place.data().join("media"))), (0o700, 0o700));
    for entry in std::fs::read_dir(place.data().join("media")).unwrap() {
        assert_eq!(mode(&entry.unwrap().path()), 0o600);
    }
    gateway.stop().await;
}

#[tokio::test]
async fn a_lost_database_is_not_taken_for_a_new_one() {
    let place = Place::new();
    let key = place.key(100).await;
    let gateway = place.start().await;
    let accepted = gateway.create(&key, &song()).await;
    completed(&gateway.follow(&accepted.events).await);
    gateway.stop().await;
    let database = place.data().join("ai-now.db");
    let copy = std::fs::read(&database).unwrap();
    let mut results = Vec::new();
    // Also one that has no tables, and where no result is left.
    let bare = {
        let path = place.path("bare.db");
        let file = rusqlite::Connection::open(&path).unwrap();
        file.execute_batch("PRAGMA user_version = 1; CREATE TABLE x (y); DROP TABLE x;").unwrap();
        drop(file);
        std::fs::read(path).unwrap()
    };
    for entry in std::fs::read_dir(place.data().join("media")).unwrap() {
        let path = entry.unwrap().path();
        std::fs::rename(&path, place.path("result")).unwrap();
        results.push(path);
    }
    for lost in [Some(&b""[..]), Some(&bare[..]), None] {
        match lost {
            Some(bytes) => std::fs::write(&database, bytes).unwrap(),
            None => std::fs::remove_file(&database).unwrap(),
        }
        let error = Server::start(place.config.clone()).await.err().unwrap().to_string();
        assert!(error.contains("missing or empty"), "{error}");
    }
    std::fs::write(&database, copy).unwrap();
    for path in results {
        std::fs::rename(place.path("result"), path).unwrap();
    }
    place.start().await.stop().await;
    place.assert_sound().await;
}
