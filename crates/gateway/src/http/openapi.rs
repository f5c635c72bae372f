//! `GET /api/openapi.json`: the OpenAPI 3.1 document of the API.
//!
//! The routes are collected from the handlers, and the schemas from the types, so that neither can
//! be forgotten. What all answers have in common, and what depends on the catalog, is added here.
//! It must not know any route.
//!
//! What utoipa can't express is added to the finished JSON: the bounds of integers, the headers
//! that are always present (those whose type is not optional), and the request in a catalog that is
//! only known at the start.

mod errors;
mod header;
mod operation;
mod request;

use std::sync::Arc;

use ai_now_protocol::{Catalog, ErrorBody, Event};
use axum::Extension;
use axum::extract::State;
use axum::http::{
    Extensions, HeaderMap,
    header::{CACHE_CONTROL, CONTENT_TYPE},
};
use axum::response::{IntoResponse, Response};
use serde_json::Value;
use utoipa::openapi::OpenApi;
use utoipa::openapi::security::{ApiKey, ApiKeyValue, HttpAuthScheme, HttpBuilder, SecurityScheme};
use utoipa::{Modify, OpenApi as _, ToSchema};

pub(crate) use self::errors::{
    Accepting, Conflicting, InParts, Keyed, Located, Queried, Sent, Stored,
};
pub(crate) use self::header::{header, optional_header};
use crate::http::error::JSON;
use crate::http::origin::{base, path_of};
use crate::http::state::App;

/// The finished document.
#[derive(Clone)]
pub(crate) struct Document(Arc<str>);

/// How the document names the root of the host as the server.
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
    ([(CONTENT_TYPE, JSON), (CACHE_CONTROL, "no-cache")], document).into_response()
}

/// The document's own data, without paths.
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
        (name = "generations", description = "Generations that a client can return to."),
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
    /// The document for a gateway under this path.
    fn below(&self, path: &str) -> String {
        if path.is_empty() {
            return self.0.to_string();
        }
        // It occurs once in the document, as we wrote it; a path has nothing that JSON would
        // escape.
        self.0.replacen(ROOT_SERVER, &format!(r#""servers":[{{"url":"{path}"}}]"#), 1)
    }

    /// Finishes what was collected from the routes, for this catalog.
    pub(crate) fn new(mut collected: OpenApi, catalog: &Catalog) -> Self {
        let paths = collected.paths.paths.values_mut();
        paths.flat_map(operation::of).for_each(operation::finish);
        let mut document = serde_json::to_value(collected).unwrap_or_default();
        let components = &mut document["components"];
        components["responses"] = errors::all().into();
        let base = components["schemas"]["GenerateRequest"].take();
        for (name, schema) in request::of_all(&base, catalog) {
            components["schemas"][name] = schema;
        }
        bound_integers(&mut document);
        for answers in ["/paths", "/components/responses"] {
            if let Some(answers) = document.pointer_mut(answers) {
                require_headers(answers);
            }
        }
        Self(crate::http::error::json(&document).into())
    }
}

/// Renames the formats of integers to those of the OpenAPI registry, and adds their bounds: a
/// format alone binds no client.
fn bound_integers(value: &mut Value) {
    // `usize` has no format: its size depends on the machine, and we need 64 bits.
    let is_count = value["type"] == "integer" && value["minimum"] == 0;
    let format = value["format"].as_str().or(is_count.then_some("u-int64"));
    if let Some((format, smallest, largest)) = format.and_then(integer)
        && let Some(schema) = value.as_object_mut()
    {
        schema.insert("format".into(), format.into());
        schema.entry("minimum").or_insert(smallest);
        schema.entry("maximum").or_insert(largest);
    }
    match value {
        Value::Array(items) => items.iter_mut().for_each(bound_integers),
        Value::Object(members) => members.values_mut().for_each(bound_integers),
        _ => {}
    }
}

/// The registry's name for a format of utoipa's, and its bounds.
fn integer(format: &str) -> Option<(&'static str, Value, Value)> {
    Some(match format {
        "u-int8" => ("uint8", u8::MIN.into(), u8::MAX.into()),
        "u-int16" => ("uint16", u16::MIN.into(), u16::MAX.into()),
        "u-int32" => ("uint32", u32::MIN.into(), u32::MAX.into()),
        "u-int64" => ("uint64", u64::MIN.into(), u64::MAX.into()),
        "int32" => ("int32", i32::MIN.into(), i32::MAX.into()),
        "int64" => ("int64", i64::MIN.into(), i64::MAX.into()),
        _ => return None,
    })
}

/// Marks each header of an answer as required, unless its type is optional.
fn require_headers(value: &mut Value) {
    if let Some(Value::Object(headers)) = value.get_mut("headers") {
        for header in headers.values_mut() {
            let kind = &mut header["schema"]["type"];
            let present =
                kind.as_array().and_then(|kinds| kinds.iter().find(|kind| *kind != "null"));
            match present.cloned() {
                Some(present) => *kind = present,
                None => header["required"] = true.into(),
            }
        }
    }
    if let Value::Object(members) = value {
        members.values_mut().for_each(require_headers);
    }
}

/// The security schemes.
struct Security;

impl Modify for Security {
    fn modify(&self, document: &mut OpenApi) {
        let key = HttpBuilder::new().scheme(HttpAuthScheme::Bearer).description(Some(
            "A secret API key (`ak_…`), a session (`st_…`), or, only to open sessions, a publishable key (`pk_…`).",
        ));
        let admin = HttpBuilder::new().scheme(HttpAuthScheme::Bearer).description(Some(
            "An administrator's key (`ak_…`). It generates nothing, and no other key opens these \
             routes. The administrators' page has a session in its place, as a cookie.",
        ));
        let ticket = ApiKeyValue::with_description(
            "ticket",
            "Reads the events of one generation for a while, or of all of its owner's; it is part of the addresses `events` and `all_events` of a generation.",
        );
        let components = document.components.get_or_insert_default();
        components.add_security_scheme("key", SecurityScheme::Http(key.build()));
        components.add_security_scheme("admin", SecurityScheme::Http(admin.build()));
        components.add_security_scheme("ticket", SecurityScheme::ApiKey(ApiKey::Query(ticket)));
    }
}

/// A file's bytes. The content type says what it is.
#[derive(ToSchema)]
#[schema(value_type = String, format = Binary)]
pub(crate) struct Binary(#[expect(dead_code, reason = "it describes")] Vec<u8>);
