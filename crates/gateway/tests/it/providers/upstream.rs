//! A local server that speaks one service's documented API after a script, and remembers what it
//! was asked.

use std::convert::Infallible;
use std::sync::{Arc, Mutex};

use axum::body::{Body, Bytes};
use axum::extract::State;
use axum::http::{HeaderMap, Method, StatusCode, Uri};
use axum::response::{IntoResponse, Response};
use futures_util::{StreamExt as _, stream};
use serde_json::{Value, json};
use tokio::sync::watch;

/// Whose API it speaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Speaks {
    Luma,
    Runway,
    Fal,
    Replicate,
    AiNow,
}

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

/// Where the job stands, one after the other.
#[derive(Clone, Debug)]
pub(crate) enum Stands {
    Queued(u32),
    Running(f64),
    Done,
    Failed(&'static str),
    Unsafe,
    /// An answer that says nothing about the job.
    Status(u16),
    Odd,
    Html,
    Huge,
    Cut,
}

/// What is where the result should be.
#[derive(Clone, Debug)]
pub(crate) enum Result {
    Good,
    Html,
    /// Says that it is a video, and is a song.
    Song,
    /// More than two mebibytes, without saying so before.
    Giant,
    /// Breaks off the first time.
    CutOnce,
    Redirect,
    /// It is said to be at this address.
    At(&'static str),
}

/// What the server does.
#[derive(Clone, Debug)]
pub(crate) struct Script {
    pub(crate) submits: Vec<Submit>,
    pub(crate) stands: Vec<Stands>,
    pub(crate) result: Result,
    /// How many of the states may be told, from the start. The test says when there are more.
    pub(crate) held: usize,
}

impl Default for Script {
    fn default() -> Self {
        Self {
            submits: vec![Submit::Taken],
            stands: vec![Stands::Queued(2), Stands::Running(0.5), Stands::Done],
            result: Result::Good,
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

/// What a good result is, byte by byte.
pub(crate) fn film() -> Vec<u8> {
    let mut film = b"\x00\x00\x00\x20ftypisom\x00\x00\x02\x00isomiso2avc1mp41".to_vec();
    film.extend((0..5000_u32).flat_map(u32::to_be_bytes));
    film
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

    /// Lets one more state be told.
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
    let what = server.what(&method, uri.path());
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
        What::Response => json_of(json!({"video": {"url": server.result_url()}})),
        What::Cancel => json_of(json!({"status": "CANCELLATION_REQUESTED"})),
        What::Media => server.media(uri.path()),
        What::Probe if server.0.speaks == Speaks::AiNow => "pong".into_response(),
        What::Probe if server.0.speaks == Speaks::Runway => StatusCode::NOT_FOUND.into_response(),
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
    fn what(&self, method: &Method, path: &str) -> What {
        if path.starts_with("/media/") {
            return What::Media;
        }
        match (self.0.speaks, method.as_str(), path) {
            (Speaks::Luma, "POST", "/generations/video")
            | (Speaks::Runway, "POST", "/v1/text_to_video")
            | (Speaks::Fal, "POST", "/owner/model")
            | (Speaks::Replicate, "POST", "/models/owner/model/predictions")
            | (Speaks::AiNow, "POST", "/api/generate") => What::Submit,
            (Speaks::Luma, "GET", "/generations/job-1")
            | (Speaks::Runway, "GET", "/v1/tasks/job-1")
            | (Speaks::Fal, "GET", "/requests/job-1/status")
            | (Speaks::Replicate, "GET", "/predictions/job-1")
            | (Speaks::AiNow, "GET", "/api/generations/job-1/events") => What::Status,
            (Speaks::Fal, "GET", "/requests/job-1") => What::Response,
            (Speaks::Luma, "DELETE", "/generations/job-1")
            | (Speaks::Runway, "DELETE", "/v1/tasks/job-1")
            | (Speaks::Fal, "PUT", "/requests/job-1/cancel")
            | (Speaks::Replicate, "POST", "/predictions/job-1/cancel")
            | (Speaks::AiNow, "DELETE", "/api/generations/job-1") => What::Cancel,
            (Speaks::Luma, "GET", "/credits")
            | (Speaks::Runway, "GET", _)
            | (Speaks::Fal, "HEAD", "/")
            | (Speaks::Replicate, "GET", "/predictions")
            | (Speaks::AiNow, "GET", "/api/ping") => What::Probe,
            _ => What::Other,
        }
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
                // A stream of somebody who can't be come back to breaks off.
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
        let url = &self.0.url;
        match self.0.speaks {
            Speaks::Luma => (StatusCode::CREATED, axum::Json(json!({"id": ID, "state": "queued"})))
                .into_response(),
            Speaks::Runway => json_of(json!({"id": ID})),
            Speaks::Replicate => {
                (StatusCode::CREATED, axum::Json(json!({"id": ID, "status": "starting"})))
                    .into_response()
            }
            Speaks::Fal => json_of(json!({
                "request_id": ID,
                "status_url": format!("{url}/requests/{ID}/status"),
                "response_url": format!("{url}/requests/{ID}"),
                "cancel_url": format!("{url}/requests/{ID}/cancel"),
            })),
            Speaks::AiNow => {
                let mut response = self.stream(0);
                let location = format!("/api/generations/{ID}").parse().unwrap();
                response.headers_mut().insert("content-location", location);
                response
            }
        }
    }

    /// The state that is told next. A held one is told again and again.
    fn next(&self) -> Stands {
        let mut told = self.0.told.lock().unwrap();
        let (stands, held) = (&self.0.script.stands, *self.0.held.borrow());
        let now = (*told).min(held.saturating_sub(1)).min(stands.len() - 1);
        *told += 1;
        *told = (*told).min(held);
        stands[now].clone()
    }

    fn status(&self) -> Response {
        let (speaks, stands) = (self.0.speaks, self.next());
        let states = match speaks {
            Speaks::Luma => ["queued", "dreaming", "completed", "failed"],
            Speaks::Runway => ["PENDING", "RUNNING", "SUCCEEDED", "FAILED"],
            Speaks::Fal => ["IN_QUEUE", "IN_PROGRESS", "COMPLETED", "COMPLETED"],
            Speaks::Replicate => ["starting", "processing", "succeeded", "failed"],
            Speaks::AiNow => unreachable!("it streams"),
        };
        let field = if speaks == Speaks::Luma { "state" } else { "status" };
        let mut json = json!({"id": ID});
        let failed = |json: &mut Value, reason: &str, code: &str| {
            json[field] = states[3].into();
            match speaks {
                Speaks::Luma => json["failure_reason"] = format!("{reason} {code}").trim().into(),
                Speaks::Runway => {
                    json["failure"] = reason.into();
                    json["failureCode"] = code.into();
                }
                Speaks::Fal => {
                    json["error"] = reason.into();
                    json["error_type"] = code.into();
                }
                _ => json["error"] = format!("{reason} {code}").trim().into(),
            }
        };
        match stands {
            Stands::Queued(position) => {
                json[field] = states[0].into();
                json["queue_position"] = position.into();
            }
            Stands::Running(part) => {
                json[field] = states[1].into();
                match speaks {
                    Speaks::Runway => json["progress"] = part.into(),
                    Speaks::Fal => {
                        json["logs"] = json!([{"message": format!("{}%|##", part * 100.0)}]);
                    }
                    _ => json["logs"] = format!("{}%|##", part * 100.0).into(),
                }
            }
            Stands::Done => {
                json[field] = states[2].into();
                match speaks {
                    Speaks::Luma => json["assets"] = json!({"video": self.result_url()}),
                    _ => json["output"] = json!([self.result_url()]),
                }
            }
            Stands::Failed(reason) => failed(&mut json, reason, ""),
            Stands::Unsafe => failed(
                &mut json,
                "not this",
                match speaks {
                    Speaks::Runway => "SAFETY.INPUT.TEXT",
                    Speaks::Fal => "content_policy_violation",
                    _ => "(flagged by moderation)",
                },
            ),
            Stands::Status(status) => return StatusCode::from_u16(status).unwrap().into_response(),
            Stands::Odd => return json_of(json!({field: 7, "id": {}})),
            Stands::Html => return axum::response::Html("<h1>Bad gateway</h1>").into_response(),
            Stands::Huge => return vec![b' '; 3 * 1024 * 1024].into_response(),
            Stands::Cut => return cut(),
        }
        json_of(json)
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
                    Stands::Queued(n) => json!({"status": "Processing", "queue_position": n}),
                    Stands::Running(part) => json!({"status": "Processing", "progress": part}),
                    Stands::Done => json!({"status": "Completed", "url": server.result_url()}),
                    Stands::Failed(why) => json!({"status": "Error", "message": why}),
                    Stands::Unsafe => {
                        json!({"status": "Error", "message": "not this (flagged by moderation)"})
                    }
                    Stands::Odd => json!({"status": ["odd"]}),
                    Stands::Html => json!("<h1>Bad gateway</h1>"),
                    Stands::Huge => " ".repeat(3 * 1024 * 1024).into(),
                    Stands::Status(_) | Stands::Cut => {
                        // The event was sent, but half of it; the client comes back after it.
                        let half = format!("id: {}\ndata: {{}}\n\ndata: {{\"st", at + 1);
                        return Some((Ok(half), (at + 1, held, false)));
                    }
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
            _ => format!("{}/media/film.mp4", self.0.url),
        }
    }

    fn media(&self, path: &str) -> Response {
        let video = [("content-type", "video/mp4")];
        let before = |came: &Vec<Came>| came.iter().filter(|c| c.what == What::Media).count();
        let film = film();
        match &self.0.script.result {
            Result::CutOnce if before(&self.0.came.borrow()) == 1 => {
                let half = Bytes::copy_from_slice(&film[..film.len() / 2]);
                (video, Body::from_stream(stream::iter([Ok(half), Err("cut")]))).into_response()
            }
            Result::Html => axum::response::Html("<script>alert(1)</script>").into_response(),
            Result::Song => (video, [b"ID3\x04".as_slice(), &[0; 5000]].concat()).into_response(),
            Result::Giant => {
                let mut pieces = vec![Bytes::from(film)];
                pieces.extend(std::iter::repeat_n(Bytes::from(vec![0; 64 * 1024]), 40));
                let pieces = stream::iter(pieces.into_iter().map(Ok::<_, Infallible>));
                (video, Body::from_stream(pieces)).into_response()
            }
            Result::Redirect if path == "/media/film.mp4" => {
                (StatusCode::FOUND, [("location", "/media/other.mp4")]).into_response()
            }
            _ => (video, film).into_response(),
        }
    }
}
