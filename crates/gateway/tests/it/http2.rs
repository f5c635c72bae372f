//! HTTP/2 without TLS, as proxies speak it: the same answers, streams and limits as over HTTP/1.1.

use std::time::Duration;

use ai_now_protocol::Event;
use ai_now_protocol::api::Accepted;
use bytes::Bytes;
use h2::client::SendRequest;
use reqwest::{Client, Version};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use crate::support::{EventStream, Place, completed, film, read_all, song};

/// What a client of HTTP/2 says first, and that it has no settings.
const PREFACE: &[u8] = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\x00\x00\x00\x04\x00\x00\x00\x00\x00";

fn http2() -> Client {
    let client = Client::builder().http2_prior_knowledge().timeout(Duration::from_secs(120));
    client.build().unwrap()
}

#[tokio::test]
async fn everything_goes_over_one_connection() {
    let place = Place::with(|config| config.limits.address_connections = 1);
    let key = place.key(100).await;
    let gateway = place.start().await;
    let client = http2();
    let mut streams = Vec::new();
    for _ in 0..8 {
        let asked = client.post(format!("{}/api/generations", gateway.url)).bearer_auth(&key);
        let answer = asked.json(&song()).send().await.unwrap();
        assert_eq!((answer.status().as_u16(), answer.version()), (201, Version::HTTP_2));
        let accepted = answer.json::<Accepted>().await.unwrap();
        // More than a browser's six over HTTP/1.1, all open at once.
        let stream = client.get(format!("{}{}", gateway.url, accepted.events));
        streams.push(stream.send().await.unwrap());
    }
    for stream in streams {
        let events = read_all(stream).await;
        // The host of HTTP/2's own field is that of the addresses.
        let url = completed(&events);
        assert!(url.starts_with(&gateway.url), "{url}");
        let file = client.get(url).header("range", "bytes=0-9").send().await.unwrap();
        assert_eq!((file.status().as_u16(), file.bytes().await.unwrap().len()), (206, 10));
    }
    gateway.stop().await;
    place.assert_sound().await;
}

#[tokio::test]
async fn a_stop_ends_streams_and_the_connection() {
    let place = Place::new();
    let key = place.key(100).await;
    let gateway = place.start().await;
    let accepted = gateway.create(&key, &film(30)).await;
    let client = http2();
    let stream = client.get(format!("{}{}", gateway.url, accepted.events)).send().await.unwrap();
    let mut stream = EventStream::new(stream);
    assert_eq!(stream.next().await.unwrap().1, Event::Started);
    let url = gateway.url.clone();
    gateway.stop().await;
    while stream.next().await.is_some() {}
    assert!(client.get(url).send().await.is_err());
}

/// Whether the gateway closes a connection on which this is said.
async fn is_closed(address: &str, said: &[u8]) -> bool {
    let mut socket = TcpStream::connect(address).await.unwrap();
    socket.write_all(said).await.unwrap();
    let mut answer = Vec::new();
    let end = tokio::time::timeout(Duration::from_secs(60), socket.read_to_end(&mut answer)).await;
    end.is_ok()
}

#[tokio::test]
async fn silent_clients_are_disconnected() {
    let place = Place::with(|config| {
        config.limits.header_secs = 1;
        config.limits.idle_secs = 1;
    });
    let gateway = place.start().await;
    let address = gateway.url.strip_prefix("http://").unwrap();
    // The beginning of a request's head: HEADERS that don't end.
    let half: &[u8] = b"\x00\x00\x01\x01\x00\x00\x00\x00\x01\x82";
    let request: &[u8] = b"\x00\x00\x0c\x01\x05\x00\x00\x00\x01\x82\x86\x44\x08/healthz";
    for said in [&b""[..], b"P", &PREFACE[..20], PREFACE, &[PREFACE, half].concat()] {
        assert!(is_closed(address, said).await, "{said:?}");
    }
    // One that was answered, and then nothing more.
    assert!(is_closed(address, &[PREFACE, request].concat()).await);
    gateway.stop().await;
}

#[tokio::test]
async fn a_reader_that_takes_no_more_is_cut() {
    let place = Place::with(|config| {
        config.limits.write_secs = 1;
        config.limits.idle_secs = 1;
        config.limits.streams = 1;
        config.keep_alive_secs = 1;
        config.sketch_workers = 1;
    });
    let key = place.key(100).await;
    let gateway = place.start().await;
    let accepted = gateway.create(&key, &film(30)).await;
    let address = gateway.url.strip_prefix("http://").unwrap();
    let mut socket = TcpStream::connect(address).await.unwrap();
    // A window of one byte for each stream: SETTINGS_INITIAL_WINDOW_SIZE = 1.
    let settings: &[u8] = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\x00\x00\x06\x04\x00\x00\x00\x00\x00\x00\x04\x00\x00\x00\x01";
    let path = &accepted.events;
    let mut head = vec![0x82, 0x86, 0x44];
    // A literal path, its length in HPACK's prefix of seven bits.
    let length = path.len();
    if length < 127 {
        head.push(u8::try_from(length).unwrap());
    } else {
        head.push(0x7f);
        let mut rest = length - 127;
        while rest >= 128 {
            head.push(u8::try_from(rest % 128).unwrap() | 0x80);
            rest /= 128;
        }
        head.push(u8::try_from(rest).unwrap());
    }
    head.extend_from_slice(path.as_bytes());
    let size = u32::try_from(head.len()).unwrap().to_be_bytes();
    let mut said = settings.to_vec();
    said.extend_from_slice(&size[1..]);
    said.extend_from_slice(&[1, 5, 0, 0, 0, 1]);
    said.extend_from_slice(&head);
    socket.write_all(&said).await.unwrap();
    // The connection is read to its end; the stream's window stays shut.
    let mut answer = Vec::new();
    let end = tokio::time::timeout(Duration::from_secs(60), socket.read_to_end(&mut answer)).await;
    assert!(end.is_ok(), "it was not cut");
    // The owner's one stream is free again.
    let again = gateway.ask(reqwest::Method::GET, &accepted.events).send().await.unwrap();
    assert_eq!(again.status(), 200);
    gateway.cancel(&key, &accepted.id).await;
}

/// A connection that answers pings and has a large window for all streams together, but accepts
/// only `window` bytes of each.
async fn greedy(address: &str, window: u32) -> SendRequest<Bytes> {
    let socket = TcpStream::connect(address).await.unwrap();
    let mut builder = h2::client::Builder::new();
    builder.initial_window_size(window).initial_connection_window_size(1 << 24);
    let (sender, mut connection) = builder.handshake::<_, Bytes>(socket).await.unwrap();
    let mut pings = connection.ping_pong().unwrap();
    tokio::spawn(connection);
    tokio::spawn(async move { while pings.ping(h2::Ping::opaque()).await.is_ok() {} });
    sender
}

/// Asks for something, and has the answer's body.
async fn ask(sender: &mut SendRequest<Bytes>, url: &str) -> h2::RecvStream {
    let request = axum::http::Request::get(url).body(()).unwrap();
    let mut ready = sender.clone().ready().await.unwrap();
    let (answer, _) = ready.send_request(request, true).unwrap();
    let answer = answer.await.unwrap();
    assert_eq!(answer.status(), 200, "{url}");
    answer.into_body()
}

/// How much of a body comes, and how it ends.
async fn read(body: &mut h2::RecvStream, takes: bool) -> (usize, Option<h2::Reason>) {
    let mut length = 0;
    while let Some(chunk) = body.data().await {
        match chunk {
            Ok(chunk) => {
                length += chunk.len();
                if takes {
                    body.flow_control().release_capacity(chunk.len()).unwrap();
                }
            }
            Err(error) => return (length, Some(error.reason().unwrap())),
        }
    }
    (length, None)
}

#[tokio::test]
async fn an_unread_stream_is_reset_and_the_others_go_on() {
    let place = Place::with(|config| {
        config.limits.write_secs = 1;
        config.limits.idle_secs = 600;
        config.limits.streams = 2;
        config.keep_alive_secs = 1;
        config.sketch_workers = 1;
    });
    let key = place.key(100).await;
    let gateway = place.start().await;
    let media = completed(&gateway.follow(&gateway.create(&key, &song()).await.events).await);
    let size = gateway.ask(reqwest::Method::GET, &media[gateway.url.len()..]);
    let size = size.send().await.unwrap().bytes().await.unwrap().len();
    let running = gateway.create(&key, &film(30)).await;
    let events = format!("{}{}", gateway.url, running.events);
    let catalog = format!("{}/api/catalog", gateway.url);
    let address = gateway.url.strip_prefix("http://").unwrap();
    let mut sender = greedy(address, 100).await;
    let mut read_well = ask(&mut sender, &events).await;
    let reading = tokio::spawn(async move { read(&mut read_well, true).await });
    for url in [&events, &catalog, &media] {
        let mut left = ask(&mut sender, url).await;
        let left = tokio::time::timeout(Duration::from_secs(60), read(&mut left, false)).await;
        assert_eq!(left.expect("it was not cut"), (100, Some(h2::Reason::CANCEL)), "{url}");
    }
    // Also where there is room for all but the last byte of an answer that is written at once.
    let size = u32::try_from(size).unwrap();
    let mut nearly = greedy(address, size - 1).await;
    let mut left = ask(&mut nearly, &media).await;
    let left = tokio::time::timeout(Duration::from_secs(60), read(&mut left, false)).await;
    assert_eq!(left.expect("it was not cut").1, Some(h2::Reason::CANCEL));
    // Exactly enough room is enough.
    let mut exact = greedy(address, size).await;
    assert_eq!(read(&mut ask(&mut exact, &media).await, false).await, (size as usize, None));
    // All along, the stream that is read went on, and so does its connection.
    assert!(!reading.is_finished());
    assert!(read(&mut ask(&mut sender, &catalog).await, true).await.1.is_none());
    gateway.cancel(&key, &running.id).await;
    assert_eq!(reading.await.unwrap().1, None);
    gateway.stop().await;
}
