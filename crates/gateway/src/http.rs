//! HTTP: requests in, responses out. It translates, and decides nothing about a generation.

mod administrator;
mod body;
mod compression;
mod cors;
pub mod error;
pub mod extract;
pub mod file_request;
mod forwarded;
mod guard;
mod openapi;
mod origin;
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

use error::{from_panic, unknown, wrong_method};
use routes::{
    admin, events, feed, generations, media, sessions, site, system, uploads, usage, visitors,
};
use state::App;

/// All that the gateway answers.
pub fn router(app: App) -> Router {
    // Routed and described in one go: there is no route that the document doesn't know.
    let (api, described) = OpenApiRouter::new()
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
        .routes(routes!(openapi::serve))
        .split_for_parts();
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
    // CORS is around everything that can refuse: a page shall hear why, and preflights, which it
    // answers itself, are counted nowhere.
    let api = guarded(api, &app)
        .layer(compression::layer())
        .layer(from_fn(compression::gzip_or_nothing))
        .layer(cors::api(app.clone()));
    let media = guarded(media, &app).layer(cors::media());
    // Not described: it is for providers that were handed an address.
    let rest = rest.route("/uploads/{name}", get(uploads::serve));
    let rest = rest.fallback(site::serve).method_not_allowed_fallback(wrong_method);
    let mut all = guarded(rest, &app).merge(media).nest("/api", api);
    if app.config.admin_listen.is_none() {
        all = all.nest("/api/admin", administered(admin, &app));
    }
    all.layer(from_fn_with_state(app.clone(), guard::log)).with_state(app)
}

/// What the administrators' own listener answers.
pub fn admin(app: App) -> Router {
    let (admin, _) = admin_routes().split_for_parts();
    let rest = Router::new().fallback(unknown).method_not_allowed_fallback(wrong_method);
    guarded(rest, &app)
        .nest("/api/admin", administered(admin, &app))
        .layer(from_fn_with_state(app.clone(), guard::log))
        .with_state(app)
}

fn admin_routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(admin::me))
        .routes(routes!(admin::keys::list, admin::keys::create))
        .routes(routes!(admin::keys::show, admin::key_limits::change, admin::keys::revoke))
        .routes(routes!(admin::keys::grant))
        .routes(routes!(admin::ledger::show))
        .routes(routes!(admin::generations::list))
        .routes(routes!(admin::generations::show, admin::generations::cancel))
        .routes(routes!(admin::providers::list))
        .routes(routes!(admin::providers::close_breaker))
        .routes(routes!(admin::usage::all))
        .routes(routes!(admin::activity::list))
        .routes(routes!(admin::activity::export))
}

/// The administrators' routes. No page of another origin may use them: there is no CORS.
fn administered(router: Router<App>, app: &App) -> Router<App> {
    let router = router.fallback(unknown).method_not_allowed_fallback(wrong_method);
    guarded(router.layer(from_fn(guard::never_cached)), app)
        .layer(compression::layer())
        .layer(from_fn(compression::gzip_or_nothing))
}

/// With limits and headers for every request, and an answer where a handler panics.
fn guarded(router: Router<App>, app: &App) -> Router<App> {
    router
        .layer(from_fn_with_state(app.clone(), guard::guard))
        .layer(CatchPanicLayer::custom(from_panic))
}

/// What the metrics listener answers.
pub fn metrics(app: App) -> Router {
    let text = |State(app): State<App>| async move {
        let kind = "application/openmetrics-text; version=1.0.0; charset=utf-8";
        let text = app.metrics.text(app.generations.active_count());
        ([(header::CONTENT_TYPE, kind)], text).into_response()
    };
    Router::new().route("/metrics", get(text)).fallback(unknown).with_state(app)
}
