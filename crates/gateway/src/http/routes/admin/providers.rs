//! `/api/admin/providers`: the providers' status, and their circuit breakers closed by hand.

use ai_now_protocol::Code;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::domain::ProviderStatus;
use crate::http::administrator::{Administrator, Viewer};
use crate::http::error::Problem;
use crate::http::openapi::{Keyed, Located};
use crate::http::routes::system::json;
use crate::http::state::App;

/// A provider that models are routed to.
#[derive(Clone, PartialEq, Serialize, ToSchema)]
pub(crate) struct AdminProvider {
    /// Its name in the settings; `sketch` is the gateway's own engine.
    name: String,
    /// The models that are routed to it.
    models: Vec<String>,
    /// How many generations it may make at once.
    concurrent: usize,
    /// How many it is making now.
    pub(super) running: usize,
    /// How many wait for it.
    pub(super) waiting: usize,
    /// Whether its circuit breaker is open: it failed too often and gets no jobs for a while.
    breaker_open: bool,
    /// For how many more seconds the circuit breaker stays open.
    #[serde(skip_serializing_if = "Option::is_none")]
    open_secs: Option<u64>,
    /// The recent duration of a generation, in seconds.
    #[serde(skip_serializing_if = "Option::is_none")]
    typical_secs: Option<u32>,
}

impl From<ProviderStatus> for AdminProvider {
    fn from(status: ProviderStatus) -> Self {
        Self {
            name: status.name,
            models: status.models,
            concurrent: status.concurrent,
            running: status.running,
            waiting: status.waiting,
            breaker_open: status.open_for.is_some(),
            open_secs: status.open_for.map(|left| left.as_millis().div_ceil(1000) as u64),
            typical_secs: status.typical_secs,
        }
    }
}

/// The providers that models are routed to.
#[derive(Serialize, ToSchema)]
struct AdminProviders {
    /// By name.
    providers: Vec<AdminProvider>,
}

/// The status of the providers, by name.
pub(super) fn statuses(app: &App) -> Vec<AdminProvider> {
    app.generations.provider_statuses().into_iter().map(AdminProvider::from).collect()
}

fn all(app: &App) -> AdminProviders {
    AdminProviders { providers: statuses(app) }
}

/// Checks that models are routed to a provider with this name.
///
/// # Errors
/// 404 if none are.
fn known(app: &App, name: &str) -> Result<(), Problem> {
    if app.generations.provider_statuses().iter().any(|status| status.name == name) {
        return Ok(());
    }
    Err(Problem::not_found(
        Code::NoSuchProvider,
        "No model is routed to a provider of this name. GET /api/admin/providers lists them.",
    ))
}

/// The providers that models are routed to, and their status.
#[utoipa::path(
    get,
    path = "/providers",
    operation_id = "listProviders",
    tag = "admin",
    responses((status = 200, description = "The providers.", body = AdminProviders), Keyed),
    security(("admin" = []))
)]
pub(crate) async fn list(State(app): State<App>, _: Viewer) -> Response {
    json(StatusCode::OK, &all(&app))
}

/// The provider.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Path)]
pub(crate) struct Which {
    /// The provider's name in the settings.
    name: String,
}

/// Closes a provider's circuit breaker, at all gateways that share the store: the next generation is given
/// to it again.
#[utoipa::path(
    delete,
    path = "/providers/{name}/breaker",
    operation_id = "closeBreaker",
    tag = "admin",
    params(Which),
    responses(
        (status = 200, description = "The providers as they are now.", body = AdminProviders),
        Keyed,
        Located,
    ),
    security(("admin" = []))
)]
pub(crate) async fn close_breaker(
    State(app): State<App>,
    admin: Administrator,
    Path(Which { name }): Path<Which>,
) -> Result<Response, Problem> {
    known(&app, &name)?;
    admin.store(&app).write_down("provider.close_breaker", name.clone()).await?;
    app.generations.close_breaker(&name).await?;
    Ok(json(StatusCode::OK, &all(&app)))
}

/// The result of a check.
#[derive(Serialize, ToSchema)]
struct ProviderFinding {
    /// Whether it can be used, as far as can be determined.
    good: bool,
    /// What was found, in a few English words.
    says: String,
}

/// Checks a provider now: its settings, its key, whether it answers. It spends nothing.
#[utoipa::path(
    post,
    path = "/providers/{name}/check",
    operation_id = "checkProvider",
    tag = "admin",
    params(Which),
    responses(
        (status = 200, description = "What was found.", body = ProviderFinding),
        Keyed,
        Located,
    ),
    security(("admin" = []))
)]
pub(crate) async fn check(
    State(app): State<App>,
    _: Administrator,
    Path(Which { name }): Path<Which>,
) -> Result<Response, Problem> {
    known(&app, &name)?;
    let (good, says) = match app.config.providers.get(&name) {
        Some(settings) => app.generations.check_provider(&name, settings).await,
        None => (true, "the gateway's own engine".into()),
    };
    Ok(json(StatusCode::OK, &ProviderFinding { good, says }))
}
