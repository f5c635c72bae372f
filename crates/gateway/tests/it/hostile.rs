//! What no honest client sends: no fault, no panic, and nothing of it said back as it was.

use ai_now_protocol::{ErrorBody, Message};
use reqwest::{Method, Response};
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use crate::support::{Gateway, Place};

const MARKUP: [&str; 6] = [
    "<script>alert(1)</script>",
    "\"><img src=x onerror=alert(1)>",
    "javascript:alert(1)",
    "<svg/onload=alert`1`>",
    "{{7*7}}${7*7}<%= 7*7 %>",
    "\u{202e}<b>\u{0}",
];

/// Refused or answered, never a fault; in our shape where it is an error; no markup in it.
async fn harmless(what: &str, response: Response) {
    let status = response.status();
    assert!(!status.is_server_error(), "{what}: {status}");
    for (name, value) in response.headers() {
        assert!(!value.as_bytes().contains(&b'<'), "{what}: {name}: {value:?}");
    }
    assert!(!response.headers().contains_key("x-injected"), "{what}");
    let body = response.text().await.unwrap();
    assert!(!body.contains(['<', '>']), "{what}: {body}");
    // The answer to HEAD has no body.
    if status.is_client_error() && !what.starts_with("HEAD ") {
        let body: Value = serde_json::from_str(&body).unwrap();
        let message = Message::from(serde_json::from_value::<ErrorBody>(body).unwrap());
        assert!(message.is_in_table(), "{what}: {message:?}");
    }
}

fn bodies() -> Vec<Vec<u8>> {
    let nested = |open: &str, inner: &str, close: &str, depth: usize| {
        format!("{}{inner}{}", open.repeat(depth), close.repeat(depth))
    };
    let with = |value: &str| format!(r#"{{"model":"none","prompt":"x","more":{value}}}"#);
    let mut bodies: Vec<Vec<u8>> = [
        nested("[", "", "]", 10_000),
        nested("{\"a\":", "1", "}", 10_000),
        with(&nested("[", "", "]", 10_000)),
        with(&nested("{\"a\":", "1", "}", 10_000)),
        "[".repeat(60_000),
        with("1e999"),
        with(&"9".repeat(60_000)),
        r#"{"model":"none","prompt":"x","options":{"seed":1e400}}"#.into(),
        r#"{"model":"none","prompt":"x","options":{"seed":99999999999999999999999999}}"#.into(),
        r#"{"model":"none","prompt":"x","options":{"seed":-0.1}}"#.into(),
        r#"{"budget":1e400}"#.into(),
        r#"{"model":"none","model":"none","prompt":"x"}"#.into(),
        r#"{"subject":"a","subject":"b"}"#.into(),
        r#"{"model":"none\u0000","prompt":"\u0000"}"#.into(),
        r#"{"model":"\ud800","prompt":"x"}"#.into(),
        r#"["none","x"]"#.into(),
        "\u{feff}{}".into(),
        "{}{}".into(),
        "NaN".into(),
        "\0".into(),
    ]
    .into_iter()
    .map(String::into_bytes)
    .collect();
    bodies.push(b"{\"model\":\"\xff\xfe\",\"prompt\":\"x\"}".to_vec());
    bodies.push(b"\xf0\x28\x8c\x28".to_vec());
    for markup in MARKUP {
        bodies.push(json!({"model": markup, "prompt": markup}).to_string().into_bytes());
        bodies.push(json!({"model": "pika", "prompt": "x", "style": markup}).to_string().into());
        bodies.push(json!({"lifetime_secs": 1, "subject": markup}).to_string().into_bytes());
        bodies.push(json!({markup: markup}).to_string().into_bytes());
    }
    bodies
}

fn paths() -> Vec<String> {
    let climbs = [
        "../../etc/passwd",
        "..%2f..%2fetc%2fpasswd",
        "%2e%2e/%2e%2e/signing.key",
        "..%5c..%5csigning.key",
        "....//....//signing.key",
        "%252e%252e%252fsigning.key",
        "%c0%ae%c0%ae/signing.key",
        "..;/signing.key",
        "/etc/passwd",
        "c:%5cwindows",
        "%2esecret",
        "a%00.mp3",
        "%ff%fe",
        "%",
        "%zz",
        "x%0d%0aX-Injected:%20yes",
    ];
    let markup = MARKUP.iter().map(|markup| {
        markup.bytes().fold(String::new(), |encoded, byte| format!("{encoded}%{byte:02x}"))
    });
    let names: Vec<String> = climbs.into_iter().map(str::to_owned).chain(markup).collect();
    let places = ["/", "/media/", "/api/", "/api/generations/", "/api/generations/x/events?after="];
    let mut paths: Vec<String> = places
        .iter()
        .flat_map(|place| names.iter().map(move |name| format!("{place}{name}")))
        .collect();
    paths.extend(names.iter().map(|name| format!("/api/generations/x/events?ticket={name}")));
    paths.extend(names.iter().map(|name| format!("/api/generations/{name}/events")));
    paths.extend(names.iter().map(|name| format!("/api/generations?before={name}")));
    paths.extend(names.iter().map(|name| format!("/api/generations?before=1-{name}&limit={name}")));
    paths.extend(names.iter().map(|name| format!("/api/uploads/{name}")));
    paths.extend(names.iter().map(|name| format!("/media/x.mp3?download={name}")));
    paths.push(format!("/{}", "a/".repeat(3000)));
    paths.push(format!("/media/{}.mp3", "a".repeat(7000)));
    paths
}

async fn gateway_with_page() -> (Place, Gateway, String) {
    let place = Place::with(|config| config.limits.generations = 1);
    let key = place.key(0).await;
    let web = place.path("web");
    std::fs::create_dir(&web).unwrap();
    std::fs::write(web.join("index.html"), "a page").unwrap();
    std::fs::write(web.join(".secret"), "hidden").unwrap();
    let mut config = place.config.clone();
    config.web = Some(web);
    let gateway = Gateway::start(config).await;
    (place, gateway, key)
}

#[tokio::test]
async fn bodies_paths_and_headers_do_no_harm() {
    let (place, gateway, key) = gateway_with_page().await;
    for body in bodies() {
        for door in ["/api/generate", "/api/generations", "/api/sessions", "/api/uploads"] {
            let what = format!("{door} {}", String::from_utf8_lossy(&body[..body.len().min(60)]));
            let asked = gateway.ask(Method::POST, door).bearer_auth(&key).body(body.clone());
            let asked = asked.header("content-type", "application/json");
            harmless(&what, asked.send().await.unwrap()).await;
        }
    }
    for path in paths() {
        for method in [Method::GET, Method::DELETE, Method::HEAD] {
            let asked = gateway.ask(method.clone(), &path).bearer_auth(&key);
            harmless(&format!("{method} {path}"), asked.send().await.unwrap()).await;
        }
    }
    for markup in MARKUP.iter().filter(|markup| !markup.contains('\0')) {
        for name in [
            "authorization",
            "origin",
            "host",
            "content-type",
            "idempotency-key",
            "last-event-id",
            "range",
            "if-none-match",
            "if-modified-since",
            "x-forwarded-for",
            "accept",
            "cookie",
        ] {
            for (method, path) in [
                (Method::GET, "/api/balance"),
                (Method::POST, "/api/generations"),
                (Method::GET, "/media/x.mp3"),
                (Method::OPTIONS, "/api/generations"),
                (Method::GET, "/index.html"),
            ] {
                let asked = gateway.ask(method, path).header(name, *markup).body("{}");
                harmless(&format!("{path} {name}: {markup}"), asked.send().await.unwrap()).await;
            }
        }
    }
    gateway.stop().await;
    place.assert_sound().await;
}

/// What no client library sends, byte by byte. `None`: the connection is closed without an answer.
#[tokio::test]
async fn bytes_that_are_no_request_do_no_harm() {
    let (_place, gateway, key) = gateway_with_page().await;
    let auth = format!("Authorization: Bearer {key}\r\n");
    let requests: Vec<Vec<u8>> = vec![
        b"\0\0\0\0\r\n\r\n".to_vec(),
        b"\x16\x03\x01\x02\x00\x01\x00".to_vec(),
        b"GET /healthz HTTP/9.9\r\n\r\n".to_vec(),
        b"GET  HTTP/1.1\r\n\r\n".to_vec(),
        b"GET /../../etc/passwd HTTP/1.1\r\nHost: a\r\n\r\n".to_vec(),
        b"GET //etc/passwd HTTP/1.1\r\nHost: a\r\n\r\n".to_vec(),
        b"GET /\\..\\.secret HTTP/1.1\r\nHost: a\r\n\r\n".to_vec(),
        b"GET http://evil.example/ HTTP/1.1\r\nHost: a\r\n\r\n".to_vec(),
        b"GET * HTTP/1.1\r\nHost: a\r\n\r\n".to_vec(),
        b"GET /healthz HTTP/1.1\r\nHost: a\r\nX-A: b\rX-Injected: yes\r\n\r\n".to_vec(),
        b"GET /healthz HTTP/1.1\r\nHost: a\r\nX-A: \0\r\n\r\n".to_vec(),
        b"GET /healthz HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n".to_vec(),
        format!("GET /healthz HTTP/1.1\r\nHost: a\r\n{}\r\n", "X: y\r\n".repeat(2000)).into(),
        format!("GET /{} HTTP/1.1\r\nHost: a\r\n\r\n", "a".repeat(100_000)).into_bytes(),
        // Two lengths, and a length beside chunks: what smuggles a second request past a proxy.
        format!(
            "POST /api/generate HTTP/1.1\r\nHost: a\r\n{auth}Content-Length: 2\r\n\
             Content-Length: 40\r\n\r\n{{}}"
        )
        .into_bytes(),
        format!(
            "POST /api/generate HTTP/1.1\r\nHost: a\r\n{auth}Transfer-Encoding: chunked\r\n\
             Content-Length: 4\r\n\r\nzz\r\n\r\n"
        )
        .into_bytes(),
        format!(
            "POST /api/generate HTTP/1.1\r\nHost: a\r\n{auth}Content-Type: application/json\r\n\
             Transfer-Encoding: chunked\r\n\r\nffffffffffffffffff\r\n{{}}\r\n0\r\n\r\n"
        )
        .into_bytes(),
    ];
    for request in requests {
        let what = String::from_utf8_lossy(&request[..request.len().min(80)]).into_owned();
        let address = gateway.url.strip_prefix("http://").unwrap();
        let mut stream = TcpStream::connect(address).await.unwrap();
        // It may be refused before all of it was sent.
        let _ = stream.write_all(&request).await;
        let _ = stream.shutdown().await;
        let mut answer = Vec::new();
        let _ = stream.read_to_end(&mut answer).await;
        let answer = String::from_utf8(answer).unwrap();
        assert!(!answer.starts_with("HTTP/1.1 5"), "{what}: {answer}");
        assert!(!answer.to_ascii_lowercase().contains("x-injected"), "{what}: {answer}");
        assert!(!answer.contains("hidden") && !answer.contains("root:"), "{what}: {answer}");
        let alive = gateway.ask(Method::GET, "/healthz").send().await.unwrap();
        assert_eq!(alive.status(), 200, "after {what}");
    }
}
