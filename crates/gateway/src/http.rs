//! HTTP: requests in, responses out. It translates, and decides nothing about a generation.

mod administrator;
mod allowed;
mod body;
mod compression;
mod cors;
pub mod error;
pub mod extract;
pub mod file_request;
mod forwarded;
mod guard;
pub mod handover;
mod openapi;
mod origin;
mod page_session;
pub mod readiness;
pub mod refusal_log;
mod routes;
pub mod state;

use axum::extract::State;
use axum::http::header;
use axum::middleware::{from_fn, from_fn_with_state};
use axum::response::IntoResponse;
use axum::routing::get;
use axum::{Extension, Router};
use tower_http::catch_panic::CatchPanicLayer;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::domain::GatewayRole;
use error::{from_panic, unknown, wrong_method};
use origin::AtAdminListener;
use routes::{
    admin, events, feed, generations, media, sessions, site, system, uploads, usage, visitors,
    webhooks,
};
use state::App;

/// The gateway's router.
pub fn router(app: App) -> Router {
    if app.config.role == GatewayRole::Worker {
        return health(app);
    }
    let (api, described) = api_routes().split_for_parts();
    let (media, media_described) =
        OpenApiRouter::new().routes(routes!(media::serve)).split_for_parts();
    let (admin, admin_described) = admin_routes().split_for_parts();
    let (rest, mut document) = OpenApiRouter::with_openapi(openapi::frame())
        .routes(routes!(system::healthz))
        .routes(routes!(system::readyz))
        .split_for_parts();
    document.merge(media_described);
    let document = document.nest("/api", described).nest("/api/admin", admin_described);
    let document = openapi::Document::new(document, app.generations.catalog());
    let api = api
        .fallback(unknown)
        .method_not_allowed_fallback(wrong_method)
        .layer(Extension(document))
        .layer(from_fn(guard::never_cached));
    // Not described: it is only for providers that were given an address.
    let rest = rest.route("/uploads/{name}", get(uploads::serve));
    let rest = rest.fallback(site::serve).method_not_allowed_fallback(wrong_method);
    let mut all = together(api, media, rest, &app);
    if app.config.admin_listen.is_none() {
        all = all.nest("/api/admin", administered(admin, &app));
    }
    all.layer(from_fn_with_state(app.clone(), guard::log)).with_state(app)
}

/// The API, the results and the rest, each with what holds for it.
fn together(api: Router<App>, media: Router<App>, rest: Router<App>, app: &App) -> Router<App> {
    // CORS wraps everything that can refuse a request, so that a page can read the reason.
    // Preflights are answered here and count towards no limit.
    let api = guarded(api, app)
        .layer(compression::layer())
        .layer(from_fn(compression::gzip_or_nothing))
        .layer(cors::api(app.clone()));
    let media = guarded(media, app).layer(cors::media());
    guarded(rest, app).merge(media).nest("/api", api)
}

/// A gateway whose every route has a fault.
#[cfg(test)]
pub(crate) fn faulty(app: App) -> Router {
    async fn fault() -> &'static str {
        panic!("a fault")
    }
    let api = Router::new().route("/{*route}", get(fault).post(fault).delete(fault));
    let media = Router::new().route("/media/{name}", get(fault));
    let rest = Router::new().route("/healthz", get(fault));
    let all = together(api, media, rest, &app);
    all.layer(from_fn_with_state(app.clone(), guard::log)).with_state(app)
}

/// The router of a gateway that is only a worker: health checks.
fn health(app: App) -> Router {
    let (health, _) = OpenApiRouter::new()
        .routes(routes!(system::healthz))
        .routes(routes!(system::readyz))
        .split_for_parts();
    let health = health.fallback(unknown).method_not_allowed_fallback(wrong_method);
    guarded(health, &app).layer(from_fn_with_state(app.clone(), guard::log)).with_state(app)
}

/// The router of the administrators' listener: their routes and their page, and the media files
/// that it shows.
pub fn admin(app: App) -> Router {
    let (admin, _) = admin_routes().split_for_parts();
    let (shown, _) = OpenApiRouter::new()
        .nest("/api", OpenApiRouter::new().routes(routes!(events::events)))
        .routes(routes!(media::serve))
        .split_for_parts();
    let rest = shown.fallback(site::serve_admin).method_not_allowed_fallback(wrong_method);
    guarded(rest, &app)
        .nest("/api/admin", administered(admin, &app))
        .layer(from_fn_with_state(app.clone(), guard::log))
        .layer(Extension(AtAdminListener))
        .with_state(app)
}

/// The routes below `/api` except the administrators'. Routed and described together, so that every
/// route is in the document.
fn api_routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(system::ping))
        .routes(routes!(system::catalog))
        .routes(routes!(system::balance))
        .routes(routes!(sessions::open))
        .routes(routes!(visitors::end))
        .routes(routes!(generations::generate))
        .routes(routes!(generations::list, generations::create))
        .routes(routes!(generations::show, generations::cancel))
        .routes(routes!(events::events))
        .routes(routes!(feed::feed))
        .routes(routes!(uploads::upload))
        .routes(routes!(usage::own))
        .routes(routes!(webhooks::list, webhooks::create))
        .routes(routes!(webhooks::remove))
        .routes(routes!(webhooks::enable))
        .routes(routes!(webhooks::disable))
        .routes(routes!(webhooks::deliveries))
        .routes(routes!(webhooks::replay))
        .routes(routes!(openapi::serve))
}

fn admin_routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(admin::me))
        .routes(routes!(admin::session::sign_in, admin::session::sign_out))
        .routes(routes!(admin::overview::show))
        .routes(routes!(admin::events::follow))
        .routes(routes!(admin::models::list))
        .routes(routes!(admin::settings::show))
        .routes(routes!(admin::providers::check))
        .routes(routes!(admin::generations::again))
        .routes(routes!(admin::keys::list, admin::keys::create))
        .routes(routes!(admin::keys::show, admin::key_limits::change, admin::keys::revoke))
        .routes(routes!(admin::keys::grant))
        .routes(routes!(admin::corrections::adjust_down))
        .routes(routes!(admin::corrections::rotate))
        .routes(routes!(admin::corrections::refund))
        .routes(routes!(admin::ledger::show))
        .routes(routes!(admin::generations::list))
        .routes(routes!(admin::generations::show, admin::generations::cancel))
        .routes(routes!(admin::providers::list))
        .routes(routes!(admin::providers::close_breaker))
        .routes(routes!(admin::usage::all))
        .routes(routes!(admin::webhooks::list, admin::webhooks::create))
        .routes(routes!(admin::webhooks::remove))
        .routes(routes!(admin::webhooks::enable))
        .routes(routes!(admin::webhooks::disable))
        .routes(routes!(admin::webhooks::deliveries))
        .routes(routes!(admin::webhooks::replay))
        .routes(routes!(admin::activity::list))
        .routes(routes!(admin::activity::export))
}

/// The administrators' routes. There is no CORS: pages of other origins can't use them.
fn administered(router: Router<App>, app: &App) -> Router<App> {
    let router = router.fallback(unknown).method_not_allowed_fallback(wrong_method);
    guarded(router.layer(from_fn(guard::never_cached)), app)
        .layer(compression::layer())
        .layer(from_fn(compression::gzip_or_nothing))
}

/// Adds the limits and headers of every request, and an answer for panics of handlers.
fn guarded(router: Router<App>, app: &App) -> Router<App> {
    router
        .layer(CatchPanicLayer::custom(from_panic))
        .layer(from_fn_with_state(app.clone(), guard::guard))
        // A fault of the guard's own is answered, too.
        .layer(CatchPanicLayer::custom(from_panic))
}

/// The router of the metrics listener.
pub fn metrics(app: App) -> Router {
    let text = |State(app): State<App>| async move {
        let kind = "application/openmetrics-text; version=1.0.0; charset=utf-8";
        let text = app.metrics.text(app.generations.active_count());
        ([(header::CONTENT_TYPE, kind)], text).into_response()
    };
    Router::new().route("/metrics", get(text)).fallback(unknown).with_state(app)
}
