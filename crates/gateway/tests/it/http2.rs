//! HTTP/2 without TLS, as proxies speak it: the same answers, streams and limits as over HTTP/1.1.

use std::time::Duration;

use ai_now_protocol::Event;
use ai_now_protocol::api::Accepted;
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
async fn who_says_too_little_is_cut() {
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
