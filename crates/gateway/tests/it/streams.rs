//! Streams: resumed after any event, each event once; cancelled; limited; ended with a request to
//! reconnect.

use ai_now_protocol::Event;
use ai_now_protocol::api::State;
use reqwest::Method;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

use crate::support::{EventStream, Gateway, Place, completed, film, problem, read_all, song};

#[tokio::test]
async fn a_stream_continues_after_any_event_and_ends_with_204() {
    let place = Place::new();
    let key = place.key(100).await;
    let gateway = place.start().await;
    let accepted = gateway.create(&key, &song()).await;
    let seen = gateway.follow(&accepted.events).await;
    // What it was like on the way is forgotten; what happened is not.
    let all = gateway.follow(&accepted.events).await;
    assert!(all.len() >= 3 && all.iter().all(|event| seen.contains(event)), "{all:?}\n{seen:?}");
    for (after, (number, _)) in all.iter().enumerate() {
        let before = number.parse::<u64>().unwrap() - 1;
        let by_query = format!("{}&after={before}", accepted.events);
        assert_eq!(gateway.follow(&by_query).await, all[after..]);
        let by_header = gateway.ask(Method::GET, &format!("{}&after=0", accepted.events));
        let by_header = by_header.header("last-event-id", before.to_string()).send().await.unwrap();
        assert_eq!(read_all(by_header).await, all[after..]);
    }
    let last = all.last().unwrap().0.parse::<u64>().unwrap();
    for after in [last, last + 1, 1_000_000_000_000] {
        let path = format!("{}&after={after}", accepted.events);
        assert_eq!(gateway.ask(Method::GET, &path).send().await.unwrap().status(), 204);
    }
    for bad in ["x", "-1", "1.5", "99999999999999999999999"] {
        let path = format!("{}&after={bad}", accepted.events);
        problem(gateway.ask(Method::GET, &path).send().await.unwrap(), 400).await;
    }
}

#[tokio::test]
async fn a_stream_says_something_at_once_and_how_to_come_back() {
    let place = Place::new();
    let key = place.key(100).await;
    let gateway = place.start().await;
    let accepted = gateway.create(&key, &song()).await;
    let mut response = gateway.ask(Method::GET, &accepted.events).send().await.unwrap();
    let first = response.chunk().await.unwrap().unwrap();
    assert!(first.starts_with(b": AI-Now\n\nretry: 1000\n\n"), "{first:?}");
}

#[tokio::test]
async fn cancelling_stops_the_work_and_returns_the_tokens() {
    let place = Place::with(|config| config.sketch_workers = 1);
    let key = place.key(100).await;
    let gateway = place.start().await;
    let running = gateway.create(&key, &film(30)).await;
    let queued = gateway.create(&key, &film(30)).await;
    let mut stream =
        EventStream::new(gateway.ask(Method::GET, &running.events).send().await.unwrap());
    while !matches!(&stream.next().await.unwrap().1, Event::Processing(p) if p.step.is_some()) {}

    for accepted in [&queued, &running] {
        assert_eq!(gateway.cancel(&key, &accepted.id).await.state, State::Cancelled);
        // Again changes nothing.
        assert_eq!(gateway.cancel(&key, &accepted.id).await.state, State::Cancelled);
        let events = gateway.follow(&accepted.events).await;
        let Event::Failed(end) = &events.last().unwrap().1 else { panic!("{events:?}") };
        assert!(end.cancelled && end.tokens_returned == Some(30), "{end:?}");
    }
    let mut last = None;
    while let Some((_, event)) = stream.next().await {
        last = Some(event);
    }
    assert!(last.unwrap().is_last());
    assert_eq!(gateway.balance(&key).await.available, 100);
    // The worker is free again.
    let next = gateway.create(&key, &song()).await;
    completed(&gateway.follow(&next.events).await);
    assert_eq!(gateway.cancel(&key, &next.id).await.state, State::Completed);
    gateway.stop().await;
    place.assert_sound().await;
}

#[tokio::test]
async fn a_stream_that_is_ended_resumes_at_the_next_process() {
    let place = Place::new();
    let key = place.key(100).await;
    let gateway = place.start().await;
    let accepted = gateway.create(&key, &film(10)).await;
    let mut stream =
        EventStream::new(gateway.ask(Method::GET, &accepted.events).send().await.unwrap());
    let mut seen = Vec::new();
    while seen.len() < 3 {
        seen.push(stream.next().await.unwrap());
    }
    gateway.stop().await;
    while let Some(event) = stream.next().await {
        seen.push(event);
    }
    assert!(!seen.last().unwrap().1.is_last());
    assert_eq!(place.assert_sound().await.unfinished, 1);

    let gateway = place.start().await;
    let path = format!("{}&after={}", accepted.events, seen.last().unwrap().0);
    seen.extend(gateway.follow(&path).await);
    completed(&seen);
    let numbers: Vec<u64> = seen.iter().map(|(id, _)| id.parse().unwrap()).collect();
    assert!(numbers.is_sorted_by(|a, b| a < b), "{numbers:?}");
    assert_eq!(gateway.balance(&key).await.spent, 30);
}

#[tokio::test]
async fn one_address_has_room_for_so_many_generations() {
    let place = Place::with(|config| {
        config.limits.address_generations = 1;
        config.sketch_workers = 1;
    });
    let (mine, theirs) = (place.key(100).await, place.key(100).await);
    let gateway = place.start().await;
    let ask = |key: &str| {
        gateway.post("/api/generations", key, &film(30)).header("idempotency-key", "k").send()
    };
    let first = ask(&mine).await.unwrap();
    assert_eq!(first.status(), 201);
    let refused = ask(&theirs).await.unwrap();
    assert!(refused.headers().contains_key("retry-after"));
    problem(refused, 429).await;
    // The acceptance is sent again all the same.
    let again = ask(&mine).await.unwrap();
    assert_eq!(
        (again.status().as_u16(), &again.headers()["idempotent-replayed"]),
        (201, &"true".parse().unwrap())
    );
    let id = again.json::<ai_now_protocol::api::Accepted>().await.unwrap().id;
    gateway.cancel(&mine, &id).await;
    let free = async {
        while ask(&theirs).await.unwrap().status() != 201 {
            tokio::time::sleep(std::time::Duration::from_millis(20)).await;
        }
    };
    let patience = std::time::Duration::from_secs(60);
    tokio::time::timeout(patience, free).await.expect("there is room again");
}

#[tokio::test]
async fn limits_are_refused_with_a_retry_time() {
    let place = Place::with(|config| {
        config.limits.streams = 1;
        config.limits.generations = 2;
        config.limits.requests_per_minute = 9;
        config.sketch_workers = 1;
    });
    let key = place.key(1000).await;
    let gateway = place.start().await;
    let first = gateway.create(&key, &film(30)).await;
    gateway.create(&key, &film(30)).await;
    let third = gateway.post("/api/generations", &key, &film(30)).send().await.unwrap();
    assert!(third.headers().contains_key("retry-after"));
    assert!(
        crate::support::refusal(third, 429).await.is(ai_now_protocol::Code::TooManyGenerations)
    );

    let open = gateway.ask(Method::GET, &first.events).send().await.unwrap();
    assert_eq!(open.status(), 200);
    let second = gateway.ask(Method::GET, &first.events).send().await.unwrap();
    assert!(second.headers().contains_key("retry-after"));
    assert!(problem(second, 429).await.contains("streams"));
    // The documented door refuses before it accepts.
    let refused = gateway.post("/api/generate", &key, &song()).send().await.unwrap();
    problem(refused, 429).await;
    drop(open);

    let mut last = gateway.get("/api/balance", &key).send().await.unwrap();
    while last.status() == 200 {
        last = gateway.get("/api/balance", &key).send().await.unwrap();
    }
    assert!(last.headers().contains_key("retry-after"));
    assert!(problem(last, 429).await.contains("Too many requests"));
    gateway.stop().await;
}

/// Sends these requests at once over a connection of its own, and reads until the gateway closes it.
async fn exchanged(gateway: &Gateway, requests: &str) -> String {
    let host = gateway.url.strip_prefix("http://").unwrap();
    let mut socket = tokio::net::TcpStream::connect(host).await.unwrap();
    socket.write_all(requests.replace("HOST", host).as_bytes()).await.unwrap();
    let mut text = String::new();
    socket.read_to_string(&mut text).await.unwrap();
    text
}

/// A stream is written without what reads requests; the connection is then as good as before.
#[tokio::test]
async fn a_connection_goes_on_after_a_stream() {
    let place = Place::new();
    let key = place.key(100).await;
    let gateway = place.start().await;
    let accepted = gateway.create(&key, &song()).await;
    let path = accepted.events.strip_prefix(&gateway.url).unwrap_or(&accepted.events);
    let stream = format!("GET {path} HTTP/1.1\r\nHost: HOST\r\n");
    // Asked ahead, twice over: each is answered in its turn.
    let ping = "GET /healthz HTTP/1.1\r\nHost: HOST\r\n";
    let text = exchanged(
        &gateway,
        &format!("{stream}\r\n{ping}\r\n{stream}\r\n{ping}Connection: close\r\n\r\n"),
    )
    .await;
    let answers: Vec<&str> = text.split("HTTP/1.1 200 OK\r\n").skip(1).collect();
    assert_eq!(answers.len(), 4, "{text}");
    for stream in [answers[0], answers[2]] {
        assert!(stream.contains("transfer-encoding: chunked\r\n"), "{stream}");
        assert!(stream.contains("x-request-id: ") && stream.contains("date: "), "{stream}");
        assert!(stream.contains(r#""status":"Completed""#), "{stream}");
        assert!(stream.ends_with("\r\n0\r\n\r\n"), "{stream}");
    }
    assert!(answers[1].contains("content-length: ") && answers[3].contains("connection: close"));

    // A client that wants no further answer gets none.
    let text = exchanged(&gateway, &format!("{stream}Connection: close\r\n\r\n{ping}\r\n")).await;
    assert_eq!(text.matches("HTTP/1.1 200 OK").count(), 1, "{text}");
    assert!(text.contains("connection: close\r\n") && text.ends_with("\r\n0\r\n\r\n"), "{text}");
    // HTTP/1.0 knows no chunks: the end of the connection is the end of the stream.
    let old = stream.replace("HTTP/1.1", "HTTP/1.0");
    let text = exchanged(&gateway, &format!("{old}\r\n")).await;
    assert!(!text.contains("chunked") && text.contains(r#""status":"Completed""#), "{text}");
    gateway.stop().await;
}
