//! `GET /api/openapi.json`: the API, described (OpenAPI 3.1).
//!
//! The routes are collected from the handlers as they are routed, and the schemas from the types
//! that are read and written, so that neither can be forgotten. What all answers have in common,
//! and what depends on the catalog, is added here. It must not know what is answered.
//!
//! What utoipa can't say is added to the finished JSON: how large an integer can get, which headers of
//! an error are always there, and what a request looks like in a catalog that is only known at the
//! start.

mod errors;
mod operation;
mod request;

use std::sync::Arc;

use ai_now_protocol::{Catalog, ErrorBody, Event};
use axum::Extension;
use axum::extract::State;
use axum::http::{Extensions, HeaderMap, header};
use axum::response::{IntoResponse, Response};
use serde_json::Value;
use utoipa::openapi::OpenApi;
use utoipa::openapi::security::{ApiKey, ApiKeyValue, HttpAuthScheme, HttpBuilder, SecurityScheme};
use utoipa::{Modify, OpenApi as _, ToSchema};

pub(crate) use self::errors::{Accepting, InParts, Keyed, Located, Queried, Sent, Stored};
pub(crate) use self::operation::text_header;
use crate::http::error::JSON;
use crate::http::origin::{base, path_of};
use crate::http::state::App;

/// The finished document.
#[derive(Clone)]
pub(crate) struct Document(Arc<str>);

/// How the document says that the gateway is the root of its host.
const ROOT_SERVER: &str = r#""servers":[{"url":"/"}]"#;

/// This document.
#[utoipa::path(
    get,
    path = "/openapi.json",
    operation_id = "getOpenApi",
    tag = "operating",
    responses((status = 200, description = "An OpenAPI 3.1 document.", body = Object)),
    security(())
)]
pub(crate) async fn serve(
    State(app): State<App>,
    Extension(document): Extension<Document>,
    extensions: Extensions,
    headers: HeaderMap,
) -> Response {
    let base = base(&app, &headers, &extensions);
    let document = document.below(path_of(&base));
    ([(header::CONTENT_TYPE, JSON), (header::CACHE_CONTROL, "no-cache")], document).into_response()
}

/// What stands in the document besides its paths.
#[derive(utoipa::OpenApi)]
#[openapi(
    info(
        title = "AI-Now API",
        description = "Makes music, pictures and video from a sentence. `POST /api/generate` is \
            the documented API; the other routes let a page come back to what it paid for. Every \
            error is JSON: `{\"status\":\"Error\",\"code\":\"…\",\"message\":\"…\"}`, whose code is \
            for programs and whose message says what to do next.",
    ),
    servers((url = "/")),
    components(schemas(ErrorBody, Event)),
    modifiers(&Security),
    tags(
        (name = "documented", description = "The AI-Now API as it is documented."),
        (name = "generations", description = "Generations that can be come back to."),
        (name = "account", description = "Sessions and balances."),
        (name = "admin", description = "For administrators, with keys of their own."),
        (name = "operating", description = "Probes and descriptions."),
    )
)]
struct Frame;

/// The document without its paths.
pub(crate) fn frame() -> OpenApi {
    Frame::openapi()
}

impl Document {
    /// The document of a gateway that lies below this path.
    fn below(&self, path: &str) -> String {
        if path.is_empty() {
            return self.0.to_string();
        }
        // Once in the document, written by us; a path has nothing that JSON would escape.
        self.0.replacen(ROOT_SERVER, &format!(r#""servers":[{{"url":"{path}"}}]"#), 1)
    }

    /// Finishes what was collected from the routes, for this catalog.
    pub(crate) fn new(mut collected: OpenApi, catalog: &Catalog) -> Self {
        let paths = collected.paths.paths.values_mut();
        paths.flat_map(operation::of).for_each(operation::finish);
        let mut document = serde_json::to_value(collected).unwrap_or_default();
        bound_integers(&mut document);
        let components = &mut document["components"];
        components["responses"] = errors::all().into();
        let base = components["schemas"]["GenerateRequest"].take();
        for (name, schema) in request::of_all(&base, catalog) {
            components["schemas"][name] = schema;
        }
        Self(crate::http::error::json(&document).into())
    }
}

/// Names the formats of integers as the OpenAPI registry does, and says how large they can get: a
/// format alone binds nobody.
fn bound_integers(value: &mut Value) {
    let bounds = match value.get("format").and_then(Value::as_str) {
        Some("u-int32") => Some(("uint32", Value::from(u32::MAX))),
        Some("u-int64") => Some(("uint64", Value::from(u64::MAX))),
        _ => None,
    };
    if let (Some((format, largest)), Some(schema)) = (bounds, value.as_object_mut()) {
        schema.insert("format".into(), format.into());
        schema.entry("maximum").or_insert(largest);
    }
    match value {
        Value::Array(items) => items.iter_mut().for_each(bound_integers),
        Value::Object(members) => members.values_mut().for_each(bound_integers),
        _ => {}
    }
}

/// How a request says who sends it.
struct Security;

impl Modify for Security {
    fn modify(&self, document: &mut OpenApi) {
        let key = HttpBuilder::new().scheme(HttpAuthScheme::Bearer).description(Some(
            "A secret API key (`ak_…`), a session (`st_…`), or, to open sessions alone, a \
             publishable key (`pk_…`).",
        ));
        let admin = HttpBuilder::new().scheme(HttpAuthScheme::Bearer).description(Some(
            "An administrator's key (`ak_…`). It generates nothing, and no other key opens these \
             routes.",
        ));
        let ticket = ApiKeyValue::with_description(
            "ticket",
            "Reads the events of one generation for a while; it stands in the `events` address of a \
             generation.",
        );
        let components = document.components.get_or_insert_default();
        components.add_security_scheme("key", SecurityScheme::Http(key.build()));
        components.add_security_scheme("admin", SecurityScheme::Http(admin.build()));
        components.add_security_scheme("ticket", SecurityScheme::ApiKey(ApiKey::Query(ticket)));
    }
}

/// A file as it is. What is in it, its content type says.
#[derive(ToSchema)]
#[schema(value_type = String, format = Binary)]
pub(crate) struct Binary(#[expect(dead_code, reason = "it describes")] Vec<u8>);
