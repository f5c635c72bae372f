//! A local server that speaks one service's documented API after a script, and remembers what it
//! was asked. What differs between services is in [`api`] and the files beside it.

mod ai_now;
mod api;
mod fal;
mod kling;
mod luma;
mod luma_agents;
mod mureka;
mod replicate;
mod runway;

use std::convert::Infallible;
use std::sync::{Arc, Mutex};

use ai_now_protocol::MediaKind;
use axum::body::{Body, Bytes};
use axum::extract::State;
use axum::http::{HeaderMap, Method, StatusCode, Uri};
use axum::response::{IntoResponse, Response};
use futures_util::{StreamExt as _, stream};
use serde_json::{Value, json};
use tokio::sync::watch;

pub(crate) use self::api::Speaks;

/// What it answers to a submission.
#[derive(Clone, Debug)]
pub(crate) enum Submit {
    Taken,
    Status(u16, Value),
    /// Success, but with nothing in it that could be understood.
    Odd,
    /// The answer breaks off.
    Cut,
    /// It takes it, and says nothing.
    Silence,
    Redirect(String),
}

/// The job's states, in order.
#[derive(Clone, Debug)]
pub(crate) enum Stands {
    Queued(u32),
    Running(f64),
    Done,
    Failed(&'static str),
    Unsafe,
    /// A state that no document names.
    Word(&'static str),
    /// The answer to the question where its result is.
    Response(u16, Value),
    /// An answer that says nothing about the job.
    Status(u16),
    Odd,
    Html,
    Huge,
    Cut,
}

impl Stands {
    /// Why it failed.
    fn reason(&self) -> &'static str {
        match self {
            Self::Failed(reason) => reason,
            other => unreachable!("{other:?} is told by the server itself"),
        }
    }
}

/// What is where the result should be.
#[derive(Clone, Debug)]
pub(crate) enum Result {
    Good,
    Html,
    /// Says that it is what was asked for, and is of another kind.
    OtherKind,
    /// Never comes.
    Silence,
    /// More than two mebibytes, without saying so before.
    Giant,
    /// Breaks off the first time.
    CutOnce,
    Redirect,
    /// This file, whole.
    File(Vec<u8>),
    /// It is said to be at this address.
    At(&'static str),
}

/// What the server does.
#[derive(Clone, Debug)]
pub(crate) struct Script {
    pub(crate) submits: Vec<Submit>,
    pub(crate) stands: Vec<Stands>,
    pub(crate) result: Result,
    /// Whether a submission whose answer is cut was taken.
    pub(crate) taken_unheard: bool,
    /// How many of the states may be told, from the start. The test says when there are more.
    pub(crate) held: usize,
}

impl Default for Script {
    fn default() -> Self {
        Self {
            submits: vec![Submit::Taken],
            stands: vec![Stands::Queued(2), Stands::Running(0.5), Stands::Done],
            result: Result::Good,
            taken_unheard: false,
            held: usize::MAX,
        }
    }
}

/// A request that came.
#[derive(Clone, Debug)]
pub(crate) struct Came {
    pub(crate) what: What,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Value,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum What {
    Submit,
    Status,
    Response,
    Cancel,
    Media,
    /// A job is looked for.
    Find,
    Probe,
    Other,
}

#[derive(Clone)]
struct Server(Arc<Inner>);

struct Inner {
    speaks: Speaks,
    script: Script,
    url: String,
    came: watch::Sender<Vec<Came>>,
    told: Mutex<usize>,
    held: watch::Sender<usize>,
}

/// The running server.
pub(crate) struct Upstream {
    pub(crate) url: String,
    server: Server,
    task: tokio::task::JoinHandle<()>,
}

impl Drop for Upstream {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// A film, byte by byte.
pub(crate) fn film() -> Vec<u8> {
    file("film.mp4")
}

/// A song, byte by byte.
pub(crate) fn song() -> Vec<u8> {
    file("song.mp3")
}

/// The media files of the tests.
pub(crate) const FILES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/files");

/// One of them.
pub(crate) fn file(name: &str) -> Vec<u8> {
    std::fs::read(format!("{FILES}/{name}")).unwrap()
}

impl Speaks {
    /// What a good result is, byte by byte.
    pub(crate) fn result(self) -> Vec<u8> {
        if self.api().media() == MediaKind::Audio { song() } else { film() }
    }

    /// A good result of another kind.
    fn other_result(self) -> Vec<u8> {
        if self.api().media() == MediaKind::Audio { film() } else { song() }
    }

    /// The content type of a good result.
    pub(crate) fn content_type(self) -> &'static str {
        if self.api().media() == MediaKind::Audio { "audio/mpeg" } else { "video/mp4" }
    }
}

impl Upstream {
    pub(crate) async fn start(speaks: Speaks, script: Script) -> Self {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let server = Server(Arc::new(Inner {
            speaks,
            held: watch::Sender::new(script.held),
            script,
            url: url.clone(),
            came: watch::Sender::new(Vec::new()),
            told: Mutex::new(0),
        }));
        let router = axum::Router::new().fallback(answer).with_state(server.clone());
        let task = tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
        Self { url, server, task }
    }

    /// Lets one more state be reported.
    pub(crate) fn go_on(&self) {
        self.server.0.held.send_modify(|held| *held += 1);
    }

    pub(crate) fn came(&self, what: What) -> Vec<Came> {
        self.server.0.came.borrow().iter().filter(|came| came.what == what).cloned().collect()
    }

    /// Waits until so many requests of a kind came.
    pub(crate) async fn wait_for(&self, what: What, count: usize) {
        let mut came = self.server.0.came.subscribe();
        let enough =
            |came: &Vec<Came>| came.iter().filter(|came| came.what == what).count() >= count;
        came.wait_for(enough).await.unwrap();
    }
}

async fn answer(
    State(server): State<Server>,
    method: Method,
    uri: Uri,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let what = server.what(&method, &uri);
    let body = serde_json::from_slice(&body).unwrap_or(Value::Null);
    let last_id = headers.get("last-event-id").and_then(|id| id.to_str().ok()?.parse().ok());
    let mut submissions = 0;
    server.0.came.send_modify(|came| {
        came.push(Came { what, headers, body });
        submissions = came.iter().filter(|came| came.what == What::Submit).count();
    });
    match what {
        What::Submit => server.submit(submissions - 1).await,
        What::Status if server.0.speaks == Speaks::AiNow => server.stream(last_id.unwrap_or(0)),
        What::Status => server.status(),
        What::Response => server.response(),
        What::Find if server.0.script.taken_unheard => server.status(),
        What::Find => json_of(json!({"code": 0, "message": "SUCCEED", "data": []})),
        What::Cancel => json_of(json!({"status": "CANCELLATION_REQUESTED"})),
        What::Media => server.media(uri.path()).await,
        What::Probe if server.0.speaks == Speaks::AiNow => "pong".into_response(),
        What::Probe if server.0.speaks == Speaks::LumaAgents => {
            StatusCode::NOT_FOUND.into_response()
        }
        What::Probe => json_of(json!({})),
        What::Other => StatusCode::IM_A_TEAPOT.into_response(),
    }
}

const ID: &str = "job-1";

fn json_of(json: Value) -> Response {
    axum::Json(json).into_response()
}

fn cut() -> Response {
    let pieces = stream::iter([Ok(Bytes::from_static(b"{\"sta")), Err("cut")]);
    ([("content-type", "application/json")], Body::from_stream(pieces)).into_response()
}

impl Server {
    fn what(&self, method: &Method, uri: &Uri) -> What {
        if uri.path().starts_with("/media/") {
            return What::Media;
        }
        let finds_at = self.0.speaks.api().finds_at();
        if finds_at.is_some_and(|at| uri.to_string().starts_with(at)) {
            return What::Find;
        }
        let paths = self.0.speaks.api().paths();
        let is = |path: &str| {
            let asked = if path.contains('?') { uri.to_string() } else { uri.path().to_owned() };
            format!("{method} {asked}") == path
        };
        for (path, what) in [
            (paths.submit, What::Submit),
            (paths.status, What::Status),
            (paths.response, What::Response),
            (paths.cancel, What::Cancel),
            (paths.probe, What::Probe),
        ] {
            if is(path) {
                return what;
            }
        }
        What::Other
    }

    async fn submit(&self, number: usize) -> Response {
        let submits = &self.0.script.submits;
        match &submits[number.min(submits.len() - 1)] {
            Submit::Status(status, body) => {
                let status = StatusCode::from_u16(*status).unwrap();
                (status, [("retry-after", "0")], axum::Json(body)).into_response()
            }
            Submit::Odd => json_of(json!({"id": ["odd"], "request_id": 7})),
            Submit::Cut if self.0.speaks == Speaks::AiNow => {
                // A stream that can't be resumed breaks off.
                let pieces = stream::iter([Ok(Bytes::from_static(b"data: {\"sta")), Err("cut")]);
                let kind = [("content-type", "text/event-stream")];
                (kind, Body::from_stream(pieces)).into_response()
            }
            Submit::Cut => cut(),
            Submit::Silence => std::future::pending().await,
            Submit::Redirect(to) => {
                (StatusCode::TEMPORARY_REDIRECT, [("location", to.clone())]).into_response()
            }
            Submit::Taken => self.taken(),
        }
    }

    fn taken(&self) -> Response {
        if self.0.speaks != Speaks::AiNow {
            return self.0.speaks.api().taken(&self.0.url);
        }
        let mut response = self.stream(0);
        let location = format!("/api/generations/{ID}").parse().unwrap();
        response.headers_mut().insert("content-location", location);
        response
    }

    /// The state that is reported next. A held one is repeated.
    fn next(&self) -> Stands {
        let mut told = self.0.told.lock().unwrap();
        let (stands, held) = (&self.0.script.stands, *self.0.held.borrow());
        let now = (*told).min(held.saturating_sub(1)).min(stands.len() - 1);
        *told += 1;
        *told = (*told).min(held);
        stands[now].clone()
    }

    fn status(&self) -> Response {
        let api = self.0.speaks.api();
        match self.next() {
            Stands::Status(status) => StatusCode::from_u16(status).unwrap().into_response(),
            Stands::Odd => json_of(api.odd()),
            Stands::Html => axum::response::Html("<h1>Bad gateway</h1>").into_response(),
            Stands::Huge => vec![b' '; 3 * 1024 * 1024].into_response(),
            Stands::Cut => cut(),
            // It is done, and the other address says how.
            Stands::Response(..) => json_of(api.status(&Stands::Done, &self.result_url())),
            stands => json_of(api.status(&stands, &self.result_url())),
        }
    }

    /// The answer at the address of the result, if that is another one.
    fn response(&self) -> Response {
        let told = *self.0.told.lock().unwrap();
        let stands = &self.0.script.stands;
        match &stands[told.saturating_sub(1).min(stands.len() - 1)] {
            Stands::Response(status, body) => {
                let status = StatusCode::from_u16(*status).unwrap();
                (status, axum::Json(body)).into_response()
            }
            _ => json_of(json!({"video": {"url": self.result_url()}})),
        }
    }

    /// The states as an event stream, from after event number `after` on.
    fn stream(&self, after: usize) -> Response {
        let (server, held) = (self.clone(), self.0.held.subscribe());
        let events = stream::unfold((after, held, true), move |(at, mut held, open)| {
            let server = server.clone();
            async move {
                let stands = server.0.script.stands.get(at).filter(|_| open)?.clone();
                held.wait_for(|held| *held > at).await.ok()?;
                let json = match stands {
                    Stands::Odd => server.0.speaks.api().odd(),
                    Stands::Html => json!("<h1>Bad gateway</h1>"),
                    Stands::Huge => " ".repeat(3 * 1024 * 1024).into(),
                    Stands::Status(_) | Stands::Cut => {
                        // The event was sent, but half of it; the client comes back after it.
                        let half = format!("id: {}\ndata: {{}}\n\ndata: {{\"st", at + 1);
                        return Some((Ok(half), (at + 1, held, false)));
                    }
                    stands => server.0.speaks.api().status(&stands, &server.result_url()),
                };
                let text = format!("id: {}\ndata: {json}\n\n", at + 1);
                Some((Ok::<_, Infallible>(text), (at + 1, held, true)))
            }
        });
        // Without an end of its own: a server that is not asked for more just stays.
        let kind = [("content-type", "text/event-stream")];
        (kind, Body::from_stream(events.boxed())).into_response()
    }

    fn result_url(&self) -> String {
        match &self.0.script.result {
            Result::At(url) => (*url).to_owned(),
            _ => format!("{}/media/result", self.0.url),
        }
    }

    async fn media(&self, path: &str) -> Response {
        let speaks = self.0.speaks;
        let declared = [("content-type", speaks.content_type())];
        let before = |came: &Vec<Came>| came.iter().filter(|c| c.what == What::Media).count();
        let good = speaks.result();
        match &self.0.script.result {
            Result::CutOnce if before(&self.0.came.borrow()) == 1 => {
                let half = Bytes::copy_from_slice(&good[..good.len() / 2]);
                (declared, Body::from_stream(stream::iter([Ok(half), Err("cut")]))).into_response()
            }
            Result::Html => axum::response::Html("<script>alert(1)</script>").into_response(),
            Result::File(bytes) => (declared, bytes.clone()).into_response(),
            Result::OtherKind => (declared, speaks.other_result()).into_response(),
            Result::Silence => std::future::pending().await,
            Result::Giant => {
                let mut pieces = vec![Bytes::from(good)];
                pieces.extend(std::iter::repeat_n(Bytes::from(vec![0; 64 * 1024]), 40));
                let pieces = stream::iter(pieces.into_iter().map(Ok::<_, Infallible>));
                (declared, Body::from_stream(pieces)).into_response()
            }
            Result::Redirect if path == "/media/result" => {
                (StatusCode::FOUND, [("location", "/media/other")]).into_response()
            }
            _ => (declared, good).into_response(),
        }
    }
}
