//! The Rust client against the real gateway: its examples, and what it promises where connections break.

use std::mem::discriminant;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use ai_now_client::{
    Client, Code, Error, Event, GenerateRequest, NumberedEvent, State, SubmissionKey,
};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::{TcpListener, TcpStream};

use crate::support::{Place, png};

#[path = "../../../client/examples/make.rs"]
mod make;
#[path = "../../../client/examples/resume.rs"]
mod resume;

fn song() -> GenerateRequest {
    GenerateRequest {
        model: "suno".into(),
        prompt: "A tune, 3 seconds".into(),
        ..GenerateRequest::default()
    }
}

#[tokio::test]
async fn its_examples_make_a_song_and_replay_its_events() {
    let place = Place::new();
    let key = place.key(100).await;
    let gateway = place.start().await;
    let client = Client::new(&gateway.url, &key).unwrap();
    let file = place.path("song.mp3");
    let bytes = make::make(&client, "suno", "A tune, 3 seconds", &file).await.unwrap();
    assert_eq!(std::fs::metadata(&file).unwrap().len(), bytes);
    assert!(!place.path("song.mp3.part").exists());

    let page = client.list(20, None).await.unwrap();
    let made = &page.generations[0];
    assert_eq!((made.state, page.next), (State::Completed, None));
    let last = resume::resume(&client, &made.id, 0).await.unwrap();
    // After the last there is nothing, and that is no error.
    assert_eq!(resume::resume(&client, &made.id, last).await.unwrap(), last);
    let balance = client.balance().await.unwrap();
    assert_eq!((balance.available, balance.spent), (90, 10));
    gateway.stop().await;
    place.assert_sound().await;
}

#[tokio::test]
async fn a_submission_is_paid_once() {
    let place = Place::new();
    let key = place.key(100).await;
    let gateway = place.start().await;
    let client = Client::new(&gateway.url, &key).unwrap();
    let wish = SubmissionKey::new();
    let first = client.submit(&song(), &wish).await.unwrap();
    let again = client.submit(&song(), &wish).await.unwrap();
    assert_eq!(first.id, again.id);
    assert_eq!(client.balance().await.unwrap().granted, 100);
    let other = GenerateRequest { prompt: "Another".into(), ..song() };
    let refused = client.submit(&other, &wish).await.unwrap_err();
    assert_eq!(refused.code(), Some(Code::IdempotencyKeyReused));
    assert!(!refused.is_transient());
    client.follow(&first.id, |_| {}).await.unwrap();
    assert_eq!(client.balance().await.unwrap().spent, 10);
    gateway.stop().await;
}

#[tokio::test]
async fn what_is_refused_is_a_type() {
    let place = Place::new();
    let key = place.key(5).await;
    let gateway = place.start().await;
    let client = Client::new(&gateway.url, &key).unwrap();
    let refusal = |request: GenerateRequest| {
        let client = client.clone();
        async move { client.submit(&request, &SubmissionKey::new()).await.unwrap_err() }
    };
    let poor = refusal(song()).await;
    assert!(matches!(poor, Error::Refused { status: 418, .. }), "{poor:?}");
    assert_eq!(poor.code(), Some(Code::TooFewTokens));
    let unknown = refusal(GenerateRequest { model: "nobody".into(), ..song() }).await;
    assert_eq!(unknown.code(), Some(Code::UnknownModel));
    // An id that would lead elsewhere leads nowhere.
    for hostile in ["..", "../ping", "a/b?c"] {
        let error = client.generation(hostile).await.unwrap_err();
        assert!(
            matches!(error, Error::Unusable(_) | Error::Refused { status: 404, .. }),
            "{error:?}"
        );
    }
    let nobody = Client::new(&gateway.url, "ak_nobody").unwrap();
    assert_eq!(nobody.balance().await.unwrap_err().code(), Some(Code::InvalidKey));
    let away = Client::new("http://127.0.0.1:1", &key).unwrap();
    assert!(away.balance().await.unwrap_err().is_transient());
    assert_eq!(client.catalog().await.unwrap().models.len(), 4);
    assert!(client.upload(&b"no picture"[..]).await.unwrap_err().code().is_some());
    assert_eq!(client.upload(png()).await.unwrap().size_bytes, png().len() as u64);
    gateway.stop().await;
}

#[tokio::test]
async fn a_cancelled_one_ends_as_a_failure() {
    let place = Place::new();
    let key = place.key(100).await;
    let gateway = place.start().await;
    let client = Client::new(&gateway.url, &key).unwrap();
    let long =
        GenerateRequest { model: "luma".into(), prompt: "A city, 20 seconds".into(), ..song() };
    let accepted = client.submit(&long, &SubmissionKey::new()).await.unwrap();
    assert_eq!(client.cancel(&accepted.id).await.unwrap().state, State::Cancelled);
    let failed = client.follow(&accepted.id, |_| {}).await.unwrap_err();
    assert!(matches!(&failed, Error::Failed(failure) if failure.cancelled), "{failed:?}");
    assert_eq!(failed.code(), Some(Code::Cancelled));
    gateway.stop().await;
}

/// Passes connections on to a gateway, and cuts each after an event of its answer.
async fn cutting(gateway: &str) -> (String, Arc<AtomicUsize>) {
    let cuts: Arc<AtomicUsize> = Arc::default();
    let counted = Arc::clone(&cuts);
    let to = gateway.trim_start_matches("http://").to_owned();
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move {
        while let Ok((client, _)) = listener.accept().await {
            let gateway = TcpStream::connect(&to).await.unwrap();
            tokio::spawn(pass(client, gateway, Arc::clone(&counted)));
        }
    });
    (url, cuts)
}

/// A stream opens with a comment and with how long to wait; then comes an event, and it is cut.
async fn pass(client: TcpStream, gateway: TcpStream, cuts: Arc<AtomicUsize>) {
    let (mut from_client, mut to_client) = client.into_split();
    let (from_gateway, mut to_gateway) = gateway.into_split();
    let up = tokio::spawn(async move {
        let _ = tokio::io::copy(&mut from_client, &mut to_gateway).await;
    });
    let (mut from_gateway, mut passed) = (BufReader::new(from_gateway), Vec::new());
    while let Ok(byte) = from_gateway.read_u8().await {
        passed.push(byte);
        if to_client.write_u8(byte).await.is_err() {
            break;
        }
        if passed.windows(2).filter(|pair| pair == b"\n\n").count() == 3 {
            cuts.fetch_add(1, Ordering::SeqCst);
            break;
        }
    }
    up.abort();
}

#[tokio::test]
async fn a_stream_that_is_cut_again_and_again_loses_and_repeats_nothing() {
    let place = Place::new();
    let key = place.key(100).await;
    let gateway = place.start().await;
    let direct = Client::new(&gateway.url, &key).unwrap();
    let accepted = direct.submit(&song(), &SubmissionKey::new()).await.unwrap();
    direct.follow(&accepted.id, |_| {}).await.unwrap();
    let mut all = direct.events(&accepted.id);
    let mut facts = Vec::new();
    while let Some(event) = all.next().await.unwrap() {
        facts.push(event);
    }
    assert!(facts.len() >= 2, "{facts:?}");

    let (url, cuts) = cutting(&gateway.url).await;
    let broken = Client::new(&url, &key).unwrap();
    let mut events = broken.events(&accepted.id);
    let mut told = Vec::new();
    while let Some(event) = events.next().await.unwrap() {
        told.push(event);
    }
    // A gateway names its results as it was asked: the address of the file is another.
    let what = |events: &[NumberedEvent]| {
        let each = events.iter().map(|each| (each.number, discriminant(&each.event)));
        each.collect::<Vec<_>>()
    };
    assert_eq!(what(&told), what(&facts));
    let Event::Completed(completed) = &told.last().unwrap().event else { panic!("{told:?}") };
    assert!(completed.url.as_str().starts_with(&url), "{}", completed.url.as_str());
    // The last cut may come after the last event.
    assert!(cuts.load(Ordering::SeqCst) >= facts.len() - 1);
    gateway.stop().await;
}

/// A server that answers everything with these events, at once.
async fn telling(events: String) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let answer = async move || ([(axum::http::header::CONTENT_TYPE, "text/event-stream")], events);
    let router = axum::Router::new().fallback(answer);
    tokio::spawn(async move { axum::serve(listener, router).await });
    url
}

#[tokio::test]
async fn an_event_that_is_too_long_hides_none_behind_it() {
    let long = "x".repeat(300_000);
    let url = telling(format!(
        "id: 1\ndata: {{\"status\":\"Started\"}}\n\n\
         id: 2\ndata: {{\"status\":\"Processing\",\"step\":\"{long}\"}}\n\n\
         id: 3\ndata: {{\"status\":\"Error\",\"message\":\"x\"}}\n\n"
    ))
    .await;
    let mut events = Client::new(&url, "sk_x").unwrap().events("a");
    assert_eq!(events.next().await.unwrap().unwrap().number, 1);
    let Err(Error::Unexpected(why)) = events.next().await else { panic!("it was too long") };
    assert!(why.contains("too long"), "{why}");
    let last = events.next().await.unwrap().unwrap();
    assert!(last.number == 3 && last.event.is_last(), "{last:?}");
    assert_eq!(events.next().await.unwrap(), None);
}
