//! Mureka.

use ai_now_protocol::MediaKind;
use axum::response::{IntoResponse as _, Response};
use serde_json::{Value, json};

use super::api::{Api, Paths};
use super::{ID, Stands};

pub(crate) struct Mureka;

impl Api for Mureka {
    fn kind(&self) -> &'static str {
        "mureka"
    }

    fn media(&self) -> MediaKind {
        MediaKind::Audio
    }

    fn cancels(&self) -> bool {
        false
    }

    fn hides_charges(&self) -> bool {
        true
    }

    fn paths(&self) -> Paths {
        Paths {
            submit: "POST /v1/song/easy-generate",
            status: "GET /v1/song/query/job-1",
            response: "",
            cancel: "",
            probe: "GET /v1/account/billing",
        }
    }

    fn submitted(&self, phrased: &str) -> Value {
        json!({"model": "auto", "prompt": phrased, "n": 1})
    }

    fn taken(&self, _: &str) -> Response {
        axum::Json(json!({"id": ID, "status": "preparing", "trace_id": "t"})).into_response()
    }

    fn status(&self, stands: &Stands, result: &str) -> Value {
        match stands {
            Stands::Queued(_) => json!({"id": ID, "status": "queued"}),
            Stands::Running(_) => json!({"id": ID, "status": "running"}),
            Stands::Done => json!({"id": ID, "status": "succeeded",
                "choices": [{"index": 0, "id": "c", "url": result, "duration": 120_000}]}),
            Stands::Unsafe => json!({"id": ID, "status": "failed",
                "failed_reason": "not this (flagged by moderation)"}),
            Stands::Word(word) => json!({"id": ID, "status": word}),
            other => json!({"id": ID, "status": "failed", "failed_reason": other.reason()}),
        }
    }
}
