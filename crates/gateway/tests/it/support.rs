//! A gateway to ask, and how to ask it.

use std::path::{Path, PathBuf};
use std::time::Duration;

use ai_now_gateway::config::{Config, Limits};
use ai_now_gateway::media;
use ai_now_gateway::metrics::Metrics;
use ai_now_gateway::server::Server;
use ai_now_gateway::store::{AdminRole, Audit, NewKey, Publishable, Store};
use ai_now_protocol::api::{Accepted, Balance, Generation, GenerationPage};
use ai_now_protocol::{ErrorBody, Event, Message, sse};
use reqwest::{Method, RequestBuilder, Response};
use serde_json::Value;
use tempfile::TempDir;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

/// With this in its environment, records are kept on the tests' PostgreSQL.
pub(crate) const ON_POSTGRES: &str = "TEST_ON_POSTGRES";

/// A data directory, with what is configured for the gateways that run on it.
pub(crate) struct Place {
    dir: TempDir,
    pub(crate) config: Config,
}

impl Place {
    pub(crate) fn new() -> Self {
        Self::with(|_| {})
    }

    pub(crate) fn with(change: impl FnOnce(&mut Config)) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let mut config = Config {
            listen: "127.0.0.1:0".parse().unwrap(),
            data: dir.path().join("data"),
            shutdown_secs: 0,
            limits: Limits { requests_per_minute: 100_000, ..Limits::default() },
            ..Config::default()
        };
        config.limits.address_requests_per_minute = 100_000;
        if std::env::var_os(ON_POSTGRES).is_some() {
            config.store = ai_now_test_postgres::server().database().parse().ok();
        }
        change(&mut config);
        Self { dir, config }
    }

    pub(crate) fn data(&self) -> &Path {
        &self.config.data
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }

    /// Puts a file among the results.
    pub(crate) fn write_media(&self, name: &str, bytes: &[u8]) {
        std::fs::create_dir_all(self.data().join("media")).unwrap();
        std::fs::write(self.data().join("media").join(name), bytes).unwrap();
    }

    pub(crate) async fn key(&self, tokens: u64) -> String {
        let store = self.store().await;
        let key = store.create_key(NewKey::Secret { tokens }, "test".into()).await.unwrap();
        store.close().await;
        key
    }

    pub(crate) async fn admin(&self, name: &str, role: AdminRole) -> String {
        let store = self.store().await;
        let key = store.create_admin(name, role).await.unwrap();
        store.close().await;
        key
    }

    pub(crate) async fn publishable(
        &self,
        owner: &str,
        origin: &str,
        limits: Publishable,
    ) -> String {
        let store = self.store().await;
        let owner = store.key_by_secret(owner).await.unwrap().unwrap().name;
        let new = NewKey::Publishable { owner, origins: vec![origin.into()], limits };
        let key = store.create_key(new, "page".into()).await.unwrap();
        store.close().await;
        key
    }

    pub(crate) async fn store(&self) -> Store {
        let server = self.config.database_server();
        Store::of(self.data(), server.as_ref(), Metrics::default()).await.unwrap()
    }

    pub(crate) async fn start(&self) -> Gateway {
        Gateway::start(self.config.clone()).await
    }

    pub(crate) async fn audit(&self) -> Audit {
        let store = self.store().await;
        let mut audit = store.audit().await.unwrap();
        store.close().await;
        let (media, _) = media::attach(&self.config.media_settings(), self.data()).unwrap();
        audit.faults.extend(media.audit(&audit.media).await.unwrap().0);
        audit
    }

    pub(crate) async fn assert_sound(&self) -> Audit {
        let audit = self.audit().await;
        assert_eq!(audit.faults, Vec::<String>::new());
        audit
    }
}

/// The database itself, for changes that the gateway never makes.
pub(crate) fn database(place: &Place) -> rusqlite::Connection {
    let file = rusqlite::Connection::open(place.data().join("ai-now.db")).unwrap();
    file.busy_timeout(std::time::Duration::from_secs(10)).unwrap();
    file.pragma_update(None, "foreign_keys", true).unwrap();
    file
}

/// A gateway that runs in this process, on a socket of its own.
pub(crate) struct Gateway {
    pub(crate) url: String,
    /// The address of its metrics, if it was configured.
    pub(crate) metrics: Option<String>,
    stop: CancellationToken,
    running: JoinHandle<()>,
}

impl Gateway {
    pub(crate) async fn start(config: Config) -> Self {
        let server = Server::start(config).await.unwrap();
        let url = format!("http://{}", server.address());
        let metrics = server.metrics_address().map(|address| format!("http://{address}/metrics"));
        let stop = CancellationToken::new();
        let running = tokio::spawn(server.run(stop.clone()));
        Self { url, metrics, stop, running }
    }

    pub(crate) async fn stop(self) {
        self.stop.cancel();
        self.running.await.unwrap();
    }

    pub(crate) fn ask(&self, method: Method, path: &str) -> RequestBuilder {
        client().request(method, format!("{}{path}", self.url))
    }

    pub(crate) fn get(&self, path: &str, key: &str) -> RequestBuilder {
        self.ask(Method::GET, path).bearer_auth(key)
    }

    pub(crate) fn post(&self, path: &str, key: &str, body: &Value) -> RequestBuilder {
        self.ask(Method::POST, path).bearer_auth(key).json(body)
    }

    pub(crate) async fn balance(&self, key: &str) -> Balance {
        self.get("/api/balance", key).send().await.unwrap().json().await.unwrap()
    }

    pub(crate) async fn create(&self, key: &str, body: &Value) -> Accepted {
        let response = self.post("/api/generations", key, body).send().await.unwrap();
        assert_eq!(response.status(), 201);
        response.json().await.unwrap()
    }

    pub(crate) async fn list(&self, key: &str, query: &str) -> GenerationPage {
        let asked = self.get(&format!("/api/generations{query}"), key);
        let response = asked.send().await.unwrap();
        assert_eq!(response.status(), 200);
        response.json().await.unwrap()
    }

    pub(crate) async fn upload(&self, key: &str, file: Vec<u8>) -> Response {
        self.ask(Method::POST, "/api/uploads").bearer_auth(key).body(file).send().await.unwrap()
    }

    pub(crate) async fn show(&self, key: &str, id: &str) -> Generation {
        let path = format!("/api/generations/{id}");
        self.get(&path, key).send().await.unwrap().json().await.unwrap()
    }

    pub(crate) async fn cancel(&self, key: &str, id: &str) -> Generation {
        let path = format!("/api/generations/{id}");
        let asked = self.ask(Method::DELETE, &path).bearer_auth(key);
        asked.send().await.unwrap().json().await.unwrap()
    }

    /// All events of a generation to its end, with their ids.
    pub(crate) async fn follow(&self, events: &str) -> Vec<(String, Event)> {
        read_all(self.ask(Method::GET, events).send().await.unwrap()).await
    }
}

pub(crate) fn client() -> reqwest::Client {
    reqwest::Client::builder().timeout(Duration::from_secs(120)).build().unwrap()
}

/// A whole picture of one pixel.
pub(crate) fn png() -> Vec<u8> {
    b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x01\0\0\0\x01\x08\x06\0\0\0\x1f\x15\xc4\x89\
      \0\0\0\rIDATx\xdacPpH\xf8\x0f\0\x03\x04\x01\xc0_vb\xca\0\0\0\0IEND\xaeB`\x82"
        .to_vec()
}

/// A generation that takes a moment.
pub(crate) fn song() -> Value {
    serde_json::json!({"model": "suno", "prompt": "A upbeat pop song about summer, 5 seconds"})
}

/// A generation of a film of so many seconds, which takes about half as long.
pub(crate) fn film(secs: u32) -> Value {
    let prompt = format!("a city in the rain at night, {secs} seconds");
    serde_json::json!({"model": "luma", "prompt": prompt})
}

pub(crate) async fn read_all(response: Response) -> Vec<(String, Event)> {
    let mut stream = EventStream::new(response);
    let mut events = Vec::new();
    while let Some(event) = stream.next().await {
        events.push(event);
    }
    events
}

/// An event stream that is being read.
pub(crate) struct EventStream {
    response: Response,
    reader: sse::Reader,
    ready: std::collections::VecDeque<(String, Event)>,
}

impl EventStream {
    pub(crate) fn new(response: Response) -> Self {
        assert_eq!(response.status(), 200);
        assert_eq!(response.headers()["content-type"], "text/event-stream");
        Self { response, reader: sse::Reader::default(), ready: <_>::default() }
    }

    pub(crate) async fn next(&mut self) -> Option<(String, Event)> {
        while self.ready.is_empty() {
            let chunk = self.response.chunk().await.unwrap()?;
            for frame in self.reader.feed(&chunk) {
                let frame = frame.unwrap();
                let event = serde_json::from_str(&frame.data).unwrap();
                self.ready.push_back((frame.last_event_id, event));
            }
        }
        self.ready.pop_front()
    }
}

/// The address of the result, out of the last event.
pub(crate) fn completed(events: &[(String, Event)]) -> String {
    match &events.last().unwrap().1 {
        Event::Completed(completed) => completed.url.as_str().to_owned(),
        other => panic!("not completed: {other:?}"),
    }
}

/// The sentence of an error answer, whose shape is checked.
pub(crate) async fn problem(response: Response, status: u16) -> String {
    refusal(response, status).await.text.into_owned()
}

/// The message of an error answer. Its shape is checked, and that its code and parameters are those
/// of the table.
pub(crate) async fn refusal(response: Response, status: u16) -> Message {
    assert_eq!(response.status().as_u16(), status, "{}", response.url());
    assert_eq!(response.headers()["content-type"], "application/json");
    let body: Value = response.json().await.unwrap();
    let known = ["status", "code", "params", "message", "details"];
    let object = body.as_object().unwrap();
    assert!(object.keys().all(|name| known.contains(&name.as_str())), "{body}");
    let message = Message::from(serde_json::from_value::<ErrorBody>(body).unwrap());
    assert!(message.is_in_table() && !message.text.is_empty(), "{message:?}");
    message
}
