//! `GET /api/admin/events`: live events for the administrators' page.
//!
//! Nothing is queued for a reader. The current state is sent when it has changed, at most once a
//! second; a reader that is too slow to get each generation's event gets an event that says so.

use std::time::Duration;

use ai_now_protocol::api::State as Standing;
use ai_now_protocol::sse;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{Extensions, HeaderMap};
use axum::response::Response;
use futures_util::future::BoxFuture;
use serde::Serialize;
use tokio::time::{Instant, sleep_until};
use utoipa::openapi::schema::Schema;
use utoipa::openapi::{ObjectBuilder, Ref, RefOr, Type};
use utoipa::{PartialSchema, ToSchema};

use super::overview::Now;
use super::providers::AdminProvider;
use crate::generations::{ChangeReader, GenerationChange};
use crate::http::administrator::{Presented, Viewer};
use crate::http::error::{self, JSON, Problem};
use crate::http::openapi::Keyed;
use crate::http::origin::client_address;
use crate::http::routes::event_stream::{Frames, preamble, respond};
use crate::http::state::App;
use crate::store::StoreError;

/// A live event. Its fields are repeated here: generators of clients support no references in this
/// place.
#[derive(Serialize, ToSchema)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub(crate) enum AdminEvent {
    /// The current load, and the providers' status. It replaces the one before.
    Now {
        /// How many generations are queued or running, at all gateways that share the store.
        active: usize,
        /// How many of them a provider is making, at this gateway.
        running: usize,
        /// How many wait for a provider, at this gateway.
        waiting: usize,
        /// The providers that models are routed to.
        providers: Vec<AdminProvider>,
    },
    /// A generation was accepted (`queued`), or has ended.
    Generation {
        /// Its id.
        id: String,
        /// The model's id.
        model: String,
        /// Its state now.
        state: Standing,
    },
    /// Some events were left out: read the lists again.
    Missed,
}

impl From<Now> for AdminEvent {
    fn from(Now { active, running, waiting, providers }: Now) -> Self {
        Self::Now { active, running, waiting, providers }
    }
}

/// An event as the stream frames it.
pub(crate) struct StreamedAdminEvent;

impl PartialSchema for StreamedAdminEvent {
    fn schema() -> RefOr<Schema> {
        let data = ObjectBuilder::new()
            .schema_type(Type::String)
            .content_media_type(JSON)
            .content_schema(Some(Ref::from_schema_name(AdminEvent::name())));
        ObjectBuilder::new()
            .schema_type(Type::Object)
            .description(Some(
                "One event of the stream. Lines that begin with a colon are comments.",
            ))
            .property("data", data)
            .required("data")
            .into()
    }
}

impl ToSchema for StreamedAdminEvent {
    fn schemas(schemas: &mut Vec<(String, RefOr<Schema>)>) {
        schemas.push((AdminEvent::name().into_owned(), AdminEvent::schema()));
        AdminEvent::schemas(schemas);
    }
}

/// Live events for an `EventSource`: the current load, circuit breakers, accepted and ended
/// generations.
///
/// It begins with the current state. It ends when the key is revoked or the session ends.
#[utoipa::path(
    get,
    path = "/events",
    operation_id = "streamAdminEvents",
    tag = "admin",
    responses(
        (
            status = 200,
            description = "The events, each in a `data:` line. It has no end of its own.",
            body = StreamedAdminEvent,
            content_type = "text/event-stream",
        ),
        Keyed,
    ),
    security(("admin" = []))
)]
pub(crate) async fn follow(
    State(app): State<App>,
    Viewer(admin): Viewer,
    presented: Presented,
    extensions: Extensions,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let address = client_address(&app, &headers, &extensions);
    let permit = app.limits.stream_of_admin(admin.id, address)?;
    let now = Instant::now();
    let frames = AdminEvents {
        changes: app.generations.changes(),
        app: app.clone(),
        presented,
        admitted: now,
        sent: None,
        next_check_at: now,
    };
    Ok(respond(&app, permit, frames))
}

/// The pause between two checks of the current state.
const PAUSE: Duration = Duration::from_secs(1);

/// How often it is looked whether the key or the session is still good.
const ADMITTED_FOR: Duration = Duration::from_secs(1);

struct AdminEvents {
    app: App,
    presented: Presented,
    admitted: Instant,
    changes: ChangeReader,
    /// The state that was sent last.
    sent: Option<Now>,
    next_check_at: Instant,
}

impl AdminEvents {
    async fn is_admitted(&mut self) -> bool {
        if self.admitted.elapsed() >= ADMITTED_FOR {
            self.admitted = Instant::now();
            return self.presented.is_good(&self.app).await;
        }
        true
    }

    /// The current state, if it has changed and a check is due.
    async fn changed_state(&mut self) -> Result<Option<AdminEvent>, StoreError> {
        let time = Instant::now();
        if time < self.next_check_at {
            return Ok(None);
        }
        self.next_check_at = time + PAUSE;
        let now = Now::of(&self.app).await?;
        if self.sent.as_ref() == Some(&now) {
            return Ok(None);
        }
        self.sent = Some(now.clone());
        Ok(Some(now.into()))
    }
}

impl Frames for AdminEvents {
    fn begin(&mut self) -> String {
        preamble()
    }

    fn next(&mut self) -> BoxFuture<'_, Result<Option<Bytes>, StoreError>> {
        Box::pin(async move {
            loop {
                if !self.is_admitted().await {
                    return Ok(None);
                }
                if let Some(state) = self.changed_state().await? {
                    return Ok(Some(frame(&state)));
                }
                tokio::select! {
                    change = self.changes.next() => return Ok(Some(frame(&event(change)))),
                    () = sleep_until(self.next_check_at) => {}
                }
            }
        })
    }
}

fn event(change: Option<GenerationChange>) -> AdminEvent {
    match change {
        Some(GenerationChange { id, model, state }) => AdminEvent::Generation { id, model, state },
        None => AdminEvent::Missed,
    }
}

fn frame(event: &AdminEvent) -> Bytes {
    let mut out = String::new();
    sse::write_event(&mut out, None, &error::json(event));
    out.into()
}
