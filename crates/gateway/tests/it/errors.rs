//! What is wrong gets the documented shape and a fitting status, and costs nothing.

use reqwest::Method;
use serde_json::{Value, json};

use crate::support::{Gateway, Place, client, problem, refusal, song};

const DOORS: [&str; 2] = ["/api/generate", "/api/generations"];

async fn raw(
    gateway: &Gateway,
    door: &str,
    key: &str,
    kind: &str,
    body: impl Into<Vec<u8>>,
) -> reqwest::Response {
    let asked = gateway.ask(Method::POST, door).bearer_auth(key).header("content-type", kind);
    asked.body(body.into()).send().await.unwrap()
}

#[tokio::test]
async fn keys_that_are_not_good() {
    let place = Place::new();
    let key = place.key(100).await;
    let gateway = place.start().await;
    let other = format!("{}{}", &key[..key.len() - 1], if key.ends_with('A') { "B" } else { "A" });
    for header in ["", "Bearer", "Bearer ", "Bearer x", "Basic abc", &format!("Bearer {other}")] {
        for path in ["/api/ping", "/api/balance"] {
            let asked = gateway.ask(Method::GET, path).header("authorization", header);
            let response = asked.send().await.unwrap();
            assert_eq!(response.headers()["www-authenticate"], "Bearer");
            problem(response, 401).await;
        }
    }
    for door in DOORS {
        // A client without a key learns nothing about the rest of the request.
        let response = gateway.ask(Method::POST, door).body("{").send().await.unwrap();
        problem(response, 401).await;
    }
}

#[tokio::test]
async fn requests_that_are_not_good_cost_nothing() {
    let place = Place::new();
    let key = place.key(100).await;
    let gateway = place.start().await;
    let table: [(Value, &str); 9] = [
        (json!({"model": "dall-e", "prompt": "x"}), "Choose one of: suno, luma, pika, run."),
        (json!({"model": "", "prompt": "x"}), "No model was named"),
        (json!({"model": "suno", "prompt": ""}), "The prompt is empty"),
        (json!({"model": "suno", "prompt": "\u{0}\u{200b} \n"}), "The prompt is empty"),
        (json!({"model": "suno", "prompt": "é".repeat(2001)}), "at most 2000"),
        (json!({"model": "run", "prompt": "x".repeat(1001)}), "at most 1000"),
        (json!({"model": "pika", "prompt": "x", "style": "anime"}), "4 (Watercolor)"),
        (json!({"model": "suno", "prompt": "x", "style": "1"}), "has no styles"),
        (json!({"model": "suno"}), "The prompt is empty"),
    ];
    for door in DOORS {
        for (body, sentence) in &table {
            let response = gateway.post(door, &key, body).send().await.unwrap();
            let message = problem(response, 400).await;
            assert!(message.contains(sentence), "{message}");
        }
        for junk in ["", "{", "[]", "null", "\u{feff}{}", "{\"model\":1,\"prompt\":\"x\"}"] {
            problem(raw(&gateway, door, &key, "application/json", junk).await, 400).await;
        }
        let deep = "[".repeat(60_000);
        problem(raw(&gateway, door, &key, "application/json", deep).await, 400).await;
        problem(raw(&gateway, door, &key, "application/json", b"\xff\xfe".as_slice()).await, 400)
            .await;
        problem(raw(&gateway, door, &key, "text/plain", song().to_string()).await, 415).await;
        problem(raw(&gateway, door, &key, "application/json", vec![b' '; 70_000]).await, 413).await;
        let listed = door == "/api/generations";
        let allowed = if listed { "GET,HEAD,POST" } else { "POST" };
        for method in [Method::PUT, Method::PATCH, Method::DELETE, Method::GET] {
            if method == Method::GET && listed {
                continue;
            }
            let response = gateway.ask(method, door).bearer_auth(&key).send().await.unwrap();
            assert_eq!(response.headers()["allow"], allowed);
            problem(response, 405).await;
        }
    }
    let balance = gateway.balance(&key).await;
    assert_eq!((balance.available, balance.held, balance.spent), (100, 0, 0));
}

#[tokio::test]
async fn a_large_body_of_unknown_length_is_cut() {
    let place = Place::new();
    let key = place.key(100).await;
    let gateway = place.start().await;
    let chunks =
        futures_util::stream::iter((0..100).map(|_| Ok::<_, std::io::Error>(vec![b' '; 1000])));
    let asked = gateway.ask(Method::POST, "/api/generate").bearer_auth(&key);
    let asked = asked.header("content-type", "application/json");
    let response = asked.body(reqwest::Body::wrap_stream(chunks)).send().await.unwrap();
    problem(response, 413).await;
}

#[tokio::test]
async fn too_few_tokens() {
    let place = Place::new();
    let key = place.key(9).await;
    let gateway = place.start().await;
    for door in DOORS {
        let response = gateway.post(door, &key, &song()).send().await.unwrap();
        let message = problem(response, 418).await;
        assert!(message.contains("costs 10 tokens and 9 are available"), "{message}");
    }
    assert_eq!(gateway.balance(&key).await.available, 9);
}

#[tokio::test]
async fn odd_prompts_are_made() {
    let place = Place::new();
    let key = place.key(1000).await;
    let gateway = place.start().await;
    for prompt in
        ["🎷🌧️", "أغنية عن البحر", "\"quotes\" 'and' <b>tags</b>", "nul\u{0}nul", "\\\r\n\t"]
    {
        let body = json!({"model": "suno", "prompt": format!("{prompt} 5 seconds")});
        let accepted = gateway.create(&key, &body).await;
        crate::support::completed(&gateway.follow(&accepted.events).await);
    }
}

#[tokio::test]
async fn nothing_hostile_is_a_fault_or_said_back() {
    let place = Place::new();
    let key = place.key(100).await;
    let gateway = place.start().await;
    let script = "%3Cscript%3Ealert(1)%3C/script%3E";
    for path in [
        "/media/..%2f..%2fetc%2fpasswd".to_owned(),
        "/media/%00.mp3".into(),
        "/media/%ff.mp3".into(),
        "/media/a.mp3%0d%0aSet-Cookie:%20x=1".into(),
        format!("/media/{script}.mp3"),
        format!("/api/generations/{script}"),
        "/api/generations/%ff".into(),
        "/api/generations/' OR 1=1 --".into(),
        format!("/api/generations/x/events?after={script}"),
        "/api/generations/x/events?ticket=a&ticket=b".into(),
        format!("/{script}"),
        "//example.com/..".into(),
        format!("/api/{}", "a".repeat(9000)),
    ] {
        let response = gateway.get(&path, &key).send().await.unwrap();
        let status = response.status();
        assert!(status.is_client_error(), "{path} {status}");
        let headers = format!("{:?}", response.headers());
        let text = problem(response, status.as_u16()).await;
        assert!(!text.contains("script") && !headers.contains("script"), "{path} {text}");
        assert!(!headers.contains("set-cookie"), "{headers}");
    }
    let huge = gateway.get("/api/ping", &key).header("x-large", "a".repeat(20_000));
    problem(huge.send().await.unwrap(), 431).await;
    let body = json!({"model": "<script>alert(1)</script>", "prompt": "x"});
    let response = gateway.post("/api/generate", &key, &body).send().await.unwrap();
    let text = response.text().await.unwrap();
    assert!(!text.contains('<'), "{text}");
}

/// What is too much of a head is refused by the gateway itself, in its own words, which a page of an
/// allowed origin can read.
#[tokio::test]
async fn a_head_that_is_too_large_is_refused_where_pages_can_read_it() {
    const PAGE: &str = "https://page.example";
    let place = Place::with(|config| config.origins = vec![PAGE.into()]);
    let gateway = place.start().await;
    let http2 = reqwest::Client::builder().http2_prior_knowledge().build().unwrap();
    for client in [client(), http2] {
        let many = |count: usize| {
            let mut headers = reqwest::header::HeaderMap::new();
            for number in 0..count {
                let name = format!("x-{number}").parse::<reqwest::header::HeaderName>().unwrap();
                headers.insert(name, "y".parse().unwrap());
            }
            headers
        };
        for (path, headers, status) in [
            ("/api/ping".to_owned(), many(250), 401),
            ("/api/ping".to_owned(), many(257), 431),
            ("/api/ping".to_owned(), many(900), 431),
            (format!("/api/ping?{}", "x".repeat(60_000)), many(0), 414),
        ] {
            let asked = client.get(format!("{}{path}", gateway.url)).headers(headers);
            let answer = asked.header("origin", PAGE).send().await.unwrap();
            assert_eq!(answer.headers()["access-control-allow-origin"], PAGE);
            refusal(answer, status).await;
        }
    }
    gateway.stop().await;
}
