//! Streams on which little happens, and readers that take nothing: comments, the write limit.

use std::time::Duration;

use ai_now_gateway::domain::{NewGeneration, Node, Outcome, Principal};
use ai_now_gateway::secret;
use ai_now_protocol::api::State;
use ai_now_protocol::event::Failure;
use ai_now_protocol::sse::Reader;
use ai_now_protocol::{Event, Message};
use reqwest::Method;
use serde_json::json;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpSocket, TcpStream};

use crate::support::{EventStream, Gateway, Place, database};

#[tokio::test]
async fn a_silent_stream_shows_that_it_lives() {
    let place = Place::with(|config| {
        config.keep_alive_secs = 1;
        config.sketch_workers = 1;
    });
    let key = place.key(100).await;
    let gateway = place.start().await;
    let long = json!({"model": "luma", "prompt": "a city in the rain at night, 30 seconds"});
    let running = gateway.create(&key, &long).await;
    // Which of two comes first is not said: the second is sent once the first is being made.
    let begun = gateway.ask(Method::GET, &running.events).send().await.unwrap();
    let mut begun = EventStream::new(begun);
    while let Some((_, event)) = begun.next().await {
        if matches!(event, Event::Processing(now) if now.progress.is_some()) {
            break;
        }
    }
    let waiting = gateway.create(&key, &long).await;
    let mut response = gateway.ask(Method::GET, &waiting.events).send().await.unwrap();
    let mut text = String::new();
    // One at once, and more while it waits for the worker.
    while text.matches(": AI-Now\n\n").count() < 3 {
        text += std::str::from_utf8(&response.chunk().await.unwrap().unwrap()).unwrap();
    }
    assert!(text.contains("queue_position") && !text.contains("Completed"), "{text}");
    for accepted in [&waiting, &running] {
        assert_eq!(gateway.cancel(&key, &accepted.id).await.state, State::Cancelled);
    }
}

const EVENTS: u64 = 40_000;

/// The number of the last of them; the first has 100000.
const LAST_STORED: u64 = 99_999 + EVENTS;

/// A generation with a log that no socket's buffers hold.
async fn talkative(place: &Place, key: &str) -> String {
    let store = place.store().await;
    let key = store.key_by_secret(key).await.unwrap().unwrap();
    let id = secret::name();
    let new = NewGeneration {
        id: id.clone(),
        owner: Principal {
            key_id: key.id,
            account_id: key.account_id,
            visitor_id: None,
            tokens_per_day: None,
        },
        model: "suno".into(),
        prompt: "x".into(),
        options: [("seed".into(), 1u32.into())].into(),
        uploads: Vec::new(),
        procedural: true,
        price: 10,
        submission: None,
        node: Some(Node(1)),
        concurrent_limit: 1,
        repeats: None,
    };
    store.accept(new, Event::Started).await.unwrap();
    let file = database(place);
    file.execute(
        "WITH RECURSIVE n (seq) AS (SELECT 100001 UNION ALL SELECT seq + 1 FROM n WHERE seq < ?2)
         INSERT INTO events SELECT ?1, seq, json_object('status', 'Processing', 'step',
             printf('%.*c', 400, 'x')) FROM n",
        (&id, i64::try_from(LAST_STORED).unwrap()),
    )
    .unwrap();
    file.execute(
        "UPDATE generations SET last_seq = ?2, event_count = ?3 WHERE id = ?1",
        (&id, i64::try_from(LAST_STORED).unwrap(), i64::try_from(EVENTS).unwrap()),
    )
    .unwrap();
    drop(file);
    let message = Message::text("It failed.");
    let event = Event::Failed(Failure { message: message.clone(), ..Failure::default() });
    store
        .finish(&id, Node(1), Outcome::Ended { state: State::Failed, message, event })
        .await
        .unwrap();
    store.close().await;
    id
}

#[tokio::test]
async fn a_reader_that_stalls_is_cut_and_can_resume() {
    let place = Place::with(|config| {
        config.limits.write_secs = 1;
        config.limits.streams = 1;
    });
    let key = place.key(100).await;
    let id = talkative(&place, &key).await;
    let gateway = place.start().await;
    let path = format!("/api/generations/{id}/events");

    let mut stalled = stalled(&gateway, &path, &key, 4096).await;
    // It is not read any more. The owner may have one stream: another is admitted once this one was
    // disconnected.
    let resumed = resume(&gateway, &path, &key, 0).await;
    drop(resumed);

    // What had been sent before the cut can still be read; then the connection is at its end.
    let mut bytes = Vec::new();
    let end = stalled.read_to_end(&mut bytes).await;
    assert!(end.is_err() || !bytes.ends_with(b"0\r\n\r\n"), "it was not cut");
    let seen = last_id(&bytes);
    assert!(0 < seen && seen < LAST_STORED, "{seen}");

    let response = resume(&gateway, &path, &key, seen).await;
    let mut reader = Reader::default();
    let frames = reader.feed(&response.bytes().await.unwrap());
    let ids = frames.into_iter().map(|frame| frame.unwrap().last_event_id.parse::<u64>().unwrap());
    assert!(ids.eq((seen + 1..=LAST_STORED).chain([200_000])));
    gateway.stop().await;
    place.assert_sound().await;
}

/// What a running generation says is far too little to fill the system's buffers.
#[cfg(target_os = "linux")]
#[tokio::test]
async fn a_reader_that_stalls_while_little_is_said_is_cut() {
    let place = Place::with(|config| {
        config.limits.write_secs = 1;
        config.limits.streams = 1;
        config.sketch_workers = 1;
        config.limits.requests_per_minute = 1_000_000;
    });
    let key = place.key(1000).await;
    let gateway = place.start().await;
    let accepted = gateway.create(&key, &crate::support::film(60)).await;
    let path = format!("/api/generations/{}/events", accepted.id);
    // The least that the system takes: a kilobyte or two.
    let _stalled = stalled(&gateway, &path, &key, 1).await;
    let resumed = resume(&gateway, &path, &key, 0).await;
    drop(resumed);
    gateway.cancel(&key, &accepted.id).await;
    gateway.stop().await;
    place.assert_sound().await;
}

/// Opens the stream, for a reader that then reads nothing: the system takes so many bytes for it.
async fn stalled(gateway: &Gateway, path: &str, key: &str, bytes: u32) -> TcpStream {
    let socket = TcpSocket::new_v4().unwrap();
    socket.set_recv_buffer_size(bytes).unwrap();
    let address = gateway.url.strip_prefix("http://").unwrap().parse().unwrap();
    let mut stalled = socket.connect(address).await.unwrap();
    let request = format!("GET {path} HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer {key}\r\n\r\n");
    stalled.write_all(request.as_bytes()).await.unwrap();
    let mut begun = [0; 12];
    stalled.read_exact(&mut begun).await.unwrap();
    assert_eq!(&begun, b"HTTP/1.1 200");
    stalled
}

/// Opens the stream as soon as the owner may have another one.
async fn resume(gateway: &Gateway, path: &str, key: &str, after: u64) -> reqwest::Response {
    let path = format!("{path}?after={after}");
    let asking = async {
        loop {
            let response = gateway.get(&path, key).send().await.unwrap();
            if response.status() == 200 {
                return response;
            }
            assert_eq!(response.status(), 429);
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(60), asking).await.expect("it is cut")
}

/// The number of the last whole event in an answer that was cut somewhere.
fn last_id(answer: &[u8]) -> u64 {
    let text = String::from_utf8_lossy(answer);
    // Chunk sizes are on lines of their own between the events.
    let (whole, _) = text.rsplit_once("\n\n").unwrap();
    let mut ids = whole.lines().filter_map(|line| line.strip_prefix("id: "));
    ids.next_back().unwrap().trim().parse().unwrap()
}
