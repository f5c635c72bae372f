//! A server of the documented API. Its states are a stream, which [`super`] sends.

use axum::response::Response;
use serde_json::{Value, json};

use super::Stands;
use super::api::{Api, Paths};

pub(crate) struct AiNow;

impl Api for AiNow {
    fn kind(&self) -> &'static str {
        "ai-now"
    }

    fn settings(&self) -> &'static str {
        ""
    }

    fn tells_position(&self) -> bool {
        true
    }

    fn tells_progress(&self) -> bool {
        true
    }

    fn paths(&self) -> Paths {
        Paths {
            submit: "POST /api/generate",
            status: "GET /api/generations/job-1/events",
            response: "",
            cancel: "DELETE /api/generations/job-1",
            probe: "GET /api/ping",
        }
    }

    fn submitted(&self, _: &str) -> Value {
        json!({"model": "run", "prompt": "A lake", "style": "pixel_art"})
    }

    fn taken(&self, _: &str) -> Response {
        unreachable!("it streams")
    }

    fn status(&self, stands: &Stands, result: &str) -> Value {
        match stands {
            Stands::Queued(n) => json!({"status": "Processing", "queue_position": n}),
            Stands::Running(part) => json!({"status": "Processing", "progress": part}),
            Stands::Done => json!({"status": "Completed", "url": result}),
            Stands::Unsafe => {
                json!({"status": "Error", "message": "not this (flagged by moderation)"})
            }
            Stands::Word(word) => json!({"status": word}),
            other => json!({"status": "Error", "message": other.reason()}),
        }
    }

    fn odd(&self) -> Value {
        json!({"status": ["odd"]})
    }
}
