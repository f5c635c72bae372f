//! Kling.

use axum::response::{IntoResponse as _, Response};
use serde_json::{Value, json};

use super::api::{Api, Paths};
use super::{ID, Stands};

pub(crate) struct Kling;

impl Api for Kling {
    fn kind(&self) -> &'static str {
        "kling"
    }

    fn cancels(&self) -> bool {
        false
    }

    fn finds_at(&self) -> Option<&'static str> {
        Some("/tasks?external_task_ids=")
    }

    fn comparable(&self, body: &Value) -> Value {
        let mut body = body.clone();
        let options = body.as_object_mut().unwrap().remove("options").unwrap();
        assert!(options["external_task_id"].as_str().unwrap().ends_with("-kling-3_0"));
        body
    }

    fn paths(&self) -> Paths {
        Paths {
            submit: "POST /text-to-video/kling-3.0",
            status: "GET /tasks?task_ids=job-1",
            response: "",
            cancel: "",
            probe: "GET /tasks?task_ids=0",
        }
    }

    fn submitted(&self, phrased: &str) -> Value {
        json!({"prompt": phrased,
            "settings": {"resolution": "720p", "aspect_ratio": "16:9", "duration": 5}})
    }

    fn taken(&self, _: &str) -> Response {
        let data = json!({"id": ID, "status": "submitted"});
        axum::Json(json!({"code": 0, "message": "SUCCEED", "data": data})).into_response()
    }

    fn status(&self, stands: &Stands, result: &str) -> Value {
        let at = |task: Value| json!({"code": 0, "message": "SUCCEED", "data": [task]});
        match stands {
            Stands::Queued(_) => at(json!({"id": ID, "status": "submitted"})),
            Stands::Running(_) => at(json!({"id": ID, "status": "processing"})),
            Stands::Done => at(json!({"id": ID, "status": "succeeded",
                "outputs": [{"type": "video", "id": "out-1", "url": result, "duration": 5}]})),
            Stands::Unsafe => at(json!({"id": ID, "status": "failed",
                "message": "not this (flagged by moderation)"})),
            Stands::Word(word) => at(json!({"id": ID, "status": word})),
            other => at(json!({"id": ID, "status": "failed", "message": other.reason()})),
        }
    }
}
