//! fal's queue.

use axum::response::{IntoResponse as _, Response};
use serde_json::{Value, json};

use super::api::{Api, Paths};
use super::{ID, Stands};

pub(crate) struct Fal;

impl Api for Fal {
    fn kind(&self) -> &'static str {
        "fal"
    }

    fn settings(&self) -> &'static str {
        "poll_ms = 5\nmodel = 'owner/model'\n"
    }

    fn headers(&self) -> &'static [(&'static str, &'static str)] {
        &[("x-fal-request-timeout", "900")]
    }

    fn scheme(&self) -> &'static str {
        "Key"
    }

    fn tells_position(&self) -> bool {
        true
    }

    fn tells_progress(&self) -> bool {
        true
    }

    fn takes_seed(&self) -> bool {
        true
    }

    fn paths(&self) -> Paths {
        Paths {
            submit: "POST /owner/model",
            status: "GET /requests/job-1/status",
            response: "GET /requests/job-1",
            cancel: "PUT /requests/job-1/cancel",
            probe: "HEAD /",
        }
    }

    fn submitted(&self, phrased: &str) -> Value {
        json!({"prompt": phrased, "seed": 7})
    }

    fn taken(&self, url: &str) -> Response {
        axum::Json(json!({
            "request_id": ID,
            "status_url": format!("{url}/requests/{ID}/status"),
            "response_url": format!("{url}/requests/{ID}"),
            "cancel_url": format!("{url}/requests/{ID}/cancel"),
        }))
        .into_response()
    }

    fn status(&self, stands: &Stands, _: &str) -> Value {
        let failed = |reason: &str, code: &str| json!({"status": "COMPLETED", "error": reason, "error_type": code});
        match stands {
            Stands::Queued(position) => json!({"status": "IN_QUEUE", "queue_position": position}),
            Stands::Running(part) => {
                let log = format!("{}%|##", part * 100.0);
                json!({"status": "IN_PROGRESS", "logs": [{"message": log}]})
            }
            Stands::Done => json!({"status": "COMPLETED"}),
            Stands::Unsafe => failed("not this", "content_policy_violation"),
            Stands::Word(word) => json!({"status": word}),
            other => failed(other.reason(), "runner_scheduling_failure"),
        }
    }
}
