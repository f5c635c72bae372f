//! Luma Agents.

use serde_json::{Value, json};

use super::api::{Api, Paths};
use super::{ID, Stands};

pub(crate) struct LumaAgents;

impl Api for LumaAgents {
    fn kind(&self) -> &'static str {
        "luma_agents"
    }

    fn cancels(&self) -> bool {
        false
    }

    fn hides_charges(&self) -> bool {
        true
    }

    fn paths(&self) -> Paths {
        Paths {
            submit: "POST /generations",
            status: "GET /generations/job-1",
            response: "",
            cancel: "",
            probe: "GET /generations/00000000-0000-4000-8000-000000000000",
        }
    }

    fn submitted(&self, phrased: &str) -> Value {
        json!({"model": "ray-3.2", "type": "video", "prompt": phrased, "aspect_ratio": "16:9",
            "video": {"duration": "5s", "resolution": "720p"}})
    }

    fn status(&self, stands: &Stands, result: &str) -> Value {
        let failed = |reason: &str, code: &str| json!({"id": ID, "state": "failed", "failure_reason": reason, "failure_code": code});
        match stands {
            Stands::Queued(_) => json!({"id": ID, "state": "queued"}),
            Stands::Running(_) => json!({"id": ID, "state": "processing"}),
            Stands::Done => json!({"id": ID, "state": "completed", "output": [{"url": result}]}),
            Stands::Unsafe => failed("not this", "content_moderated"),
            Stands::Word(word) => json!({"id": ID, "state": word}),
            other => failed(other.reason(), "generation_failed"),
        }
    }
}
