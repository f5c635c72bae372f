//! What a service's local stand-in must know of its API, and the table of all services.

use ai_now_protocol::MediaKind;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};

use super::{ID, Stands};

/// One service's API, as its documents describe it.
pub(crate) trait Api: Sync {
    /// Its kind in the settings.
    fn kind(&self) -> &'static str;

    /// What it makes.
    fn media(&self) -> MediaKind {
        MediaKind::Video
    }

    /// More settings of the provider, as lines of TOML.
    fn settings(&self) -> &'static str {
        "poll_ms = 5\n"
    }

    /// What `Authorization` begins with.
    fn scheme(&self) -> &'static str {
        "Bearer"
    }

    /// More headers that each submission has.
    fn headers(&self) -> &'static [(&'static str, &'static str)] {
        &[]
    }

    /// Whether it reports a position in its queue.
    fn tells_position(&self) -> bool {
        false
    }

    /// Whether it reports the fraction that is done.
    fn tells_progress(&self) -> bool {
        false
    }

    /// Whether the job can be cancelled there.
    fn cancels(&self) -> bool {
        true
    }

    /// Whether it takes a seed.
    fn takes_seed(&self) -> bool {
        false
    }

    /// Whether it may charge for a job that failed there, and does not say so.
    fn hides_charges(&self) -> bool {
        false
    }

    /// Where a job is looked for whose submission was never answered: the path with its query, but for our
    /// name of the job.
    fn finds_at(&self) -> Option<&'static str> {
        None
    }

    /// A submission without what is different each time.
    fn comparable(&self, body: &Value) -> Value {
        body.clone()
    }

    /// The paths, each with its method: of a submission, a question about the job, the result, a
    /// cancellation, a probe.
    fn paths(&self) -> Paths;

    /// What a submission must say. `phrased` is the prompt with its style.
    fn submitted(&self, phrased: &str) -> Value;

    /// The answer to a submission that is taken. `url` is where the server is.
    fn taken(&self, _url: &str) -> Response {
        (StatusCode::CREATED, axum::Json(json!({"id": ID}))).into_response()
    }

    /// The answer to a question about the job: waiting, running, done or failed.
    fn status(&self, stands: &Stands, result: &str) -> Value;

    /// An answer that says nothing that could be understood.
    fn odd(&self) -> Value {
        json!({"state": 7, "status": 7, "id": {}})
    }
}

/// Where a service is asked for what: a method and a path, and `?` with the query where it counts.
pub(crate) struct Paths {
    pub(crate) submit: &'static str,
    pub(crate) status: &'static str,
    pub(crate) response: &'static str,
    pub(crate) cancel: &'static str,
    pub(crate) probe: &'static str,
}

/// What each service's row says.
macro_rules! services {
    ($($module:ident $service:ident,)*) => {
        /// Whose API it speaks.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub(crate) enum Speaks {
            $($service,)*
        }

        impl Speaks {
            pub(crate) const ALL: &[Self] = &[$(Self::$service,)*];

            pub(crate) fn api(self) -> &'static dyn Api {
                match self {
                    $(Self::$service => &super::$module::$service,)*
                }
            }
        }
    };
}

services! {
    luma Luma,
    luma_agents LumaAgents,
    runway Runway,
    kling Kling,
    fal Fal,
    replicate Replicate,
    mureka Mureka,
    ai_now AiNow,
}
