//! `try` at a server that knows the documented API and nothing else, and `try` interrupted.

use std::io::{BufRead as _, BufReader, Read as _};
use std::process::{Command, Output, Stdio};
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse as _, Redirect, Response};
use axum::routing::{get, post};
use futures_util::stream;
use serde_json::{Value, json};

use crate::cli::PROGRAM;
use crate::support::Place;

const FILE: &[u8] = b"not quite an MP4";

/// What the server does with a request for a generation.
#[derive(Clone, Copy)]
enum Answer {
    /// Makes it, as the documentation's example shows.
    Made,
    /// Says in the stream that it can't.
    Failed,
    /// Ends the stream before it says anything.
    Broken,
    /// Refuses it: too few tokens.
    Refused,
    /// Has the file no more.
    Lost,
}

/// A server of the documented API, with its files on another one.
struct Documented {
    url: String,
    /// The bodies that it was asked with.
    asked: Arc<Mutex<Vec<Value>>>,
}

#[derive(Clone)]
struct World {
    answer: Answer,
    files: String,
    asked: Arc<Mutex<Vec<Value>>>,
}

async fn serve(router: Router) -> String {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move { axum::serve(listener, router).await });
    url
}

/// The files: nobody's key is sent there.
async fn files() -> String {
    let file = get(|headers: HeaderMap| async move {
        if headers.contains_key("authorization") {
            return StatusCode::BAD_REQUEST.into_response();
        }
        FILE.into_response()
    });
    let moved = get(|| async { Redirect::temporary("/real/lake_67890.mp4") });
    serve(Router::new().route("/lake_67890.mp4", moved).route("/real/{name}", file)).await
}

async fn generate(State(world): State<World>, headers: HeaderMap, body: Bytes) -> Response {
    let error = |status, message: &str| {
        let body = json!({"status": "Error", "message": message}).to_string();
        (status, [("content-type", "application/json")], body).into_response()
    };
    if headers["authorization"] != "Bearer their-key" {
        return error(StatusCode::UNAUTHORIZED, "Unauthorized");
    }
    world.asked.lock().unwrap().push(serde_json::from_slice(&body).unwrap());
    let name = if matches!(world.answer, Answer::Lost) { "gone" } else { "lake_67890" };
    let completed = json!({"status": "Completed", "url": format!("{}/{name}.mp4", world.files)});
    let last = match world.answer {
        Answer::Refused => return error(StatusCode::IM_A_TEAPOT, "Insufficient tokens"),
        Answer::Made | Answer::Lost => completed,
        Answer::Failed => json!({"status": "Error", "message": "The studio is \u{1b}[31mclosed"}),
        Answer::Broken => json!({"status": "Processing"}),
    };
    let steps = ["Processing started", "Processing", "Cookie generated", "Processing"];
    let steps = steps.map(|status| json!({ "status": status })).into_iter().chain([last]);
    let lines = steps.map(|event| Ok::<_, std::io::Error>(format!("data: {event}\n\n")));
    let stream = Body::from_stream(stream::iter(lines.collect::<Vec<_>>()));
    ([("content-type", "text/event-stream")], stream).into_response()
}

impl Documented {
    async fn new(answer: Answer) -> Self {
        let asked = Arc::<Mutex<_>>::default();
        let world = World { answer, files: files().await, asked: asked.clone() };
        let router = Router::new()
            .route("/api/ping", get(|| async { "pong" }))
            .route("/api/generate", post(generate))
            .with_state(world);
        Self { url: serve(router).await, asked }
    }

    fn run(&self, place: &Place, key: &str, arguments: &[&str]) -> Output {
        let mut command = Command::new(PROGRAM);
        command.arg("try").args(arguments).args(["--server", &self.url]);
        command.current_dir(place.path("")).env("AI_NOW_KEY", key).output().unwrap()
    }
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

/// What is in the directory where the commands run.
fn left(place: &Place) -> Vec<String> {
    let entries = std::fs::read_dir(place.path("")).unwrap();
    let mut names: Vec<_> =
        entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.retain(|name| name != "data");
    names.sort();
    names
}

// The program is waited for on one thread while the server answers on another.
#[tokio::test(flavor = "multi_thread")]
async fn a_server_of_the_documented_api_makes_a_file() {
    let (place, server) = (Place::new(), Documented::new(Answer::Made).await);
    let arguments =
        ["a serene lake", "--model", "Pika", "--style", "Water Colour", "--out", "lake.mp4"];
    let made = server.run(&place, "their-key", &arguments);
    let said = text(&made.stderr);
    assert!(made.status.success(), "{said}");
    assert_eq!(text(&made.stdout), "lake.mp4\n");
    assert!(said.contains("Pika, 10 tokens"), "{said}");
    assert_eq!(std::fs::read(place.path("lake.mp4")).unwrap(), FILE);
    let asked = json!({"model": "pika", "prompt": "a serene lake", "style": "4"});
    assert_eq!(*server.asked.lock().unwrap(), [asked]);
    // Without a name it has its own, also in a folder that is named.
    std::fs::create_dir(place.path("films")).unwrap();
    for (arguments, name) in [
        (&["a lake"][..], "lake_67890.mp4"),
        (&["a lake", "--out", "films"], "films/lake_67890.mp4"),
    ] {
        let made = server.run(&place, "their-key", arguments);
        assert_eq!(text(&made.stdout).trim(), name, "{}", text(&made.stderr));
        assert_eq!(std::fs::read(place.path(name)).unwrap(), FILE);
    }
    assert_eq!(left(&place), ["films", "lake.mp4", "lake_67890.mp4"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_server_of_the_documented_api_refuses_is_told_and_asked_once() {
    for (answer, key, says) in [
        (Answer::Refused, "their-key", "Insufficient tokens"),
        (Answer::Made, "another-key", "Unauthorized"),
        (Answer::Failed, "their-key", "The studio is  [31mclosed"),
        (Answer::Broken, "their-key", "not asked again"),
        (Answer::Lost, "their-key", "/gone.mp4"),
    ] {
        let (place, server) = (Place::new(), Documented::new(answer).await);
        let refused = server.run(&place, key, &["a lake", "--model", "pika", "--out", "lake.mp4"]);
        let said = text(&refused.stderr);
        assert!(!refused.status.success() && said.contains(says), "{says}: {said}");
        assert!(refused.stdout.is_empty() && server.asked.lock().unwrap().len() <= 1);
        assert_eq!(left(&place), Vec::<String>::new());
    }
    // Where the file can't be, nothing is asked for.
    let (place, server) = (Place::new(), Documented::new(Answer::Made).await);
    let refused = server.run(&place, "their-key", &["a lake", "--out", "none/lake.mp4"]);
    assert!(text(&refused.stderr).contains("none/lake.mp4 can't be written"));
    assert!(server.asked.lock().unwrap().is_empty());
}

/// Runs the program and sends Ctrl+C once it tells how far it is. What it said, and how it ended.
#[cfg(unix)]
fn interrupted(mut command: Command) -> (String, Output) {
    let mut program = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let mut errors = BufReader::new(program.stderr.take().unwrap());
    let mut said = String::new();
    // The price, then the first step.
    for _ in 0..2 {
        errors.read_line(&mut said).unwrap();
    }
    let kill = Command::new("kill").args(["-INT", &program.id().to_string()]).status().unwrap();
    assert!(kill.success());
    errors.read_to_string(&mut said).unwrap();
    (said, program.wait_with_output().unwrap())
}

#[cfg(unix)]
#[tokio::test(flavor = "multi_thread")]
async fn an_interrupt_cancels_what_is_not_made_and_leaves_nothing() {
    let place = Place::new();
    let key = place.key(100).await;
    let gateway = place.start().await;
    let mut command = Command::new(PROGRAM);
    command.args(["try", "a long film of a city", "--model", "luma", "--out", "city.mp4"]);
    command.args(["--option", "seconds=10", "--server", &gateway.url]).env("AI_NOW_KEY", &key);
    command.current_dir(place.path(""));
    let (said, output) = tokio::task::spawn_blocking(|| interrupted(command)).await.unwrap();
    assert_eq!(output.status.code(), Some(130), "{said}");
    assert!(said.contains("is cancelled") && output.stdout.is_empty(), "{said}");
    assert_eq!(left(&place), Vec::<String>::new());
    assert_eq!(gateway.balance(&key).await.held, 0);
    gateway.stop().await;
    place.assert_sound().await;
}
