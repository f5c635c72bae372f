//! Luma Dream Machine.

use serde_json::{Value, json};

use super::api::{Api, Paths};
use super::{ID, Stands};

pub(crate) struct Luma;

impl Api for Luma {
    fn kind(&self) -> &'static str {
        "luma"
    }

    fn hides_charges(&self) -> bool {
        true
    }

    fn paths(&self) -> Paths {
        Paths {
            submit: "POST /generations/video",
            status: "GET /generations/job-1",
            response: "",
            cancel: "DELETE /generations/job-1",
            probe: "GET /credits",
        }
    }

    fn submitted(&self, phrased: &str) -> Value {
        json!({"model": "ray-2", "prompt": phrased, "duration": "5s"})
    }

    fn status(&self, stands: &Stands, result: &str) -> Value {
        match stands {
            Stands::Queued(_) => json!({"id": ID, "state": "queued"}),
            Stands::Running(_) => json!({"id": ID, "state": "dreaming"}),
            Stands::Done => json!({"id": ID, "state": "completed", "assets": {"video": result}}),
            Stands::Unsafe => json!({"id": ID, "state": "failed",
                "failure_reason": "not this (flagged by moderation)"}),
            Stands::Word(word) => json!({"id": ID, "state": word}),
            other => json!({"id": ID, "state": "failed", "failure_reason": other.reason()}),
        }
    }
}
