//! Replicate.

use serde_json::{Value, json};

use super::api::{Api, Paths};
use super::{ID, Stands};

pub(crate) struct Replicate;

impl Api for Replicate {
    fn kind(&self) -> &'static str {
        "replicate"
    }

    fn settings(&self) -> &'static str {
        "poll_ms = 5\nmodel = 'owner/model'\n"
    }

    fn headers(&self) -> &'static [(&'static str, &'static str)] {
        &[("cancel-after", "900s")]
    }

    fn tells_progress(&self) -> bool {
        true
    }

    fn paths(&self) -> Paths {
        Paths {
            submit: "POST /models/owner/model/predictions",
            status: "GET /predictions/job-1",
            response: "",
            cancel: "POST /predictions/job-1/cancel",
            probe: "GET /account",
        }
    }

    fn submitted(&self, phrased: &str) -> Value {
        json!({"input": {"prompt": phrased}})
    }

    fn status(&self, stands: &Stands, result: &str) -> Value {
        match stands {
            Stands::Queued(_) => json!({"id": ID, "status": "starting"}),
            Stands::Running(part) => {
                let log = format!("{}%|##", part * 100.0);
                json!({"id": ID, "status": "processing", "logs": log})
            }
            Stands::Done => json!({"id": ID, "status": "succeeded", "output": [result],
                "metrics": {"predict_time": 2.5}}),
            Stands::Unsafe => json!({"id": ID, "status": "failed",
                "error": "not this (flagged by moderation)"}),
            Stands::Word(word) => json!({"id": ID, "status": word}),
            other => json!({"id": ID, "status": "failed", "error": other.reason()}),
        }
    }
}
