//! A server that takes webhooks' messages, and how they are signed.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::Router;
use axum::body::Bytes;
use axum::http::{HeaderMap, StatusCode};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit as _, Mac as _};
use serde_json::Value;
use sha2::Sha256;
use tokio::sync::mpsc;

/// A message as it came.
pub(super) struct Received {
    headers: HeaderMap,
    pub(super) body: String,
}

impl Received {
    pub(super) fn header(&self, name: &str) -> &str {
        self.headers[name].to_str().unwrap()
    }

    pub(super) fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap()
    }

    /// Whether it is signed with this secret.
    pub(super) fn is_signed(&self, secret: &str) -> bool {
        let secret = STANDARD.decode(secret.strip_prefix("whsec_").unwrap()).unwrap();
        let mut mac = Hmac::<Sha256>::new_from_slice(&secret).unwrap();
        let (id, at) = (self.header("webhook-id"), self.header("webhook-timestamp"));
        mac.update(format!("{id}.{at}.{}", self.body).as_bytes());
        let signature = format!("v1,{}", STANDARD.encode(mac.finalize().into_bytes()));
        self.header("webhook-signature") == signature
    }
}

/// A server that takes messages, or doesn't.
pub(super) struct Receiver {
    pub(super) url: String,
    messages: mpsc::UnboundedReceiver<Received>,
    answer: Arc<Mutex<StatusCode>>,
}

impl Receiver {
    pub(super) async fn new() -> Self {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/hook", listener.local_addr().unwrap());
        let (sender, messages) = mpsc::unbounded_channel();
        let answer = Arc::new(Mutex::new(StatusCode::NO_CONTENT));
        let said = answer.clone();
        let take = move |headers: HeaderMap, body: Bytes| {
            let body = String::from_utf8(body.to_vec()).unwrap();
            // The test may be over.
            let _ = sender.send(Received { headers, body });
            let status = *said.lock().unwrap();
            async move { status }
        };
        let router = Router::new().fallback(take);
        tokio::spawn(async move { axum::serve(listener, router).await });
        Self { url, messages, answer }
    }

    pub(super) fn answers(&self, status: u16) {
        *self.answer.lock().unwrap() = StatusCode::from_u16(status).unwrap();
    }

    pub(super) async fn next(&mut self) -> Received {
        let waiting = tokio::time::timeout(Duration::from_secs(60), self.messages.recv());
        waiting.await.expect("a message").unwrap()
    }

    /// Whether a message has come that was not read.
    pub(super) fn has_more(&mut self) -> bool {
        self.messages.try_recv().is_ok()
    }
}
