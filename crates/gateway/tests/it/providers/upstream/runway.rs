//! Runway.

use axum::response::{IntoResponse as _, Response};
use serde_json::{Value, json};

use super::api::{Api, Paths};
use super::{ID, Stands};

pub(crate) struct Runway;

impl Api for Runway {
    fn kind(&self) -> &'static str {
        "runway"
    }

    fn headers(&self) -> &'static [(&'static str, &'static str)] {
        &[("x-runway-version", "2024-11-06")]
    }

    fn tells_progress(&self) -> bool {
        true
    }

    fn takes_seed(&self) -> bool {
        true
    }

    fn paths(&self) -> Paths {
        Paths {
            submit: "POST /v1/text_to_video",
            status: "GET /v1/tasks/job-1",
            response: "",
            cancel: "DELETE /v1/tasks/job-1",
            probe: "GET /v1/organization",
        }
    }

    fn submitted(&self, phrased: &str) -> Value {
        json!({"model": "gen4.5", "promptText": phrased, "seed": 7, "ratio": "1280:720",
            "duration": 5})
    }

    fn taken(&self, _: &str) -> Response {
        axum::Json(json!({"id": ID, "estimatedCost": {"credits": 60}})).into_response()
    }

    fn status(&self, stands: &Stands, result: &str) -> Value {
        let failed = |reason: &str, code: &str| {
            json!({"id": ID, "status": "FAILED", "failure": reason, "failureCode": code,
                "cost": {"credits": 0}})
        };
        match stands {
            Stands::Queued(_) => json!({"id": ID, "status": "PENDING"}),
            Stands::Running(part) => json!({"id": ID, "status": "RUNNING", "progress": part}),
            Stands::Done => json!({"id": ID, "status": "SUCCEEDED", "output": [result]}),
            Stands::Unsafe => failed("not this", "INPUT_PREPROCESSING.SAFETY.TEXT"),
            Stands::Word(word) => json!({"id": ID, "status": word}),
            other => failed(other.reason(), "INTERNAL"),
        }
    }
}
