//! `GET /api/openapi.json`: the API, described (OpenAPI 3.1).
//!
//! The routes are collected from the handlers as they are routed, and the schemas from the types
//! that are read and written, so that neither can be forgotten. What all answers have in common,
//! and what depends on the catalog, is added here. It must not know what is answered.

mod request;

use std::sync::Arc;

use ai_now_protocol::api::IDEMPOTENCY_KEY;
use ai_now_protocol::{Catalog, ErrorBody, Event, Format};
use axum::Extension;
use axum::extract::State;
use axum::http::{Extensions, HeaderMap, header};
use axum::response::{IntoResponse, Response};
use serde_json::{Map, Value, json};
use utoipa::openapi::{OpenApi, Ref, RefOr};
use utoipa::{IntoResponses, OpenApi as _};

use crate::http::error::JSON;
use crate::http::origin::{base, path_of};
use crate::http::state::App;
use crate::media::PictureFormat;

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
    tags(
        (name = "documented", description = "The AI-Now API as it is documented."),
        (name = "generations", description = "Generations that can be come back to."),
        (name = "account", description = "Sessions and balances."),
        (name = "operating", description = "Probes and descriptions."),
    )
)]
struct Frame;

/// The document without its paths.
pub(crate) fn frame() -> OpenApi {
    Frame::openapi()
}

/// The errors that a handler may answer with, besides those that any may.
macro_rules! errors {
    ($($(#[$about:meta])* $name:ident: [$($status:literal),*];)*) => { $(
        $(#[$about])*
        pub(crate) struct $name;

        impl IntoResponses for $name {
            fn responses() -> std::collections::BTreeMap<String, RefOr<utoipa::openapi::Response>> {
                let reference = |status: u16| {
                    (status.to_string(), RefOr::Ref(Ref::from_response_name(status.to_string())))
                };
                [$($status),*].into_iter().map(reference).collect()
            }
        }
    )* };
}

errors! {
    /// Of whoever asks who is asking.
    Keyed: [401, 403, 503];
    /// Of whoever reads a body.
    Sent: [400, 408, 413, 415];
    /// Of whoever accepts a generation.
    Accepting: [404, 418, 422];
    /// Of whoever looks something up by what stands in the address.
    Located: [400, 404];
    /// Of whoever reads what stands behind the address.
    Queried: [400];
    /// Of whoever answers with parts of a file.
    InParts: [416];
    /// Of whoever needs the store.
    Stored: [503];
}

/// Any route may answer with these.
const ANY: [u16; 5] = [405, 414, 429, 431, 500];

/// A status, what it means, and the header that goes with it with what that says.
type Error = (u16, &'static str, Option<(&'static str, &'static str)>);

/// Every error.
const ERRORS: &[Error] = &[
    (400, "The request cannot be understood, or asks for what there is not.", None),
    (
        401,
        "No key, session or ticket, or one that is not good.",
        Some(("WWW-Authenticate", "`Bearer`.")),
    ),
    (403, "A good key or session that is not for this, or not from here.", None),
    (404, "There is no such thing, or it is somebody else's.", None),
    (
        405,
        "The address takes another method.",
        Some(("Allow", "The methods that the address takes.")),
    ),
    (408, "The body did not arrive in time.", None),
    (413, "The body is too large.", None),
    (414, "The address is too long.", None),
    (415, "The body is of no type that is taken here.", None),
    (
        416,
        "The file has no such part.",
        Some(("Content-Range", "The size of the file: `bytes */1234`.")),
    ),
    (418, "Too few tokens. Nothing was charged.", None),
    (422, "The Idempotency-Key was used for another request. Nothing was charged.", None),
    (
        429,
        "Too much of something. Nothing was charged.",
        Some(("Retry-After", "When to come back, in seconds.")),
    ),
    (431, "The headers are too large.", None),
    (500, "A fault of the gateway. Nothing was charged.", None),
    (
        503,
        "The gateway is stopping, its queue is full, or its records cannot be used. Nothing was \
         charged.",
        Some(("Retry-After", "When to come back, in seconds.")),
    ),
];

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
    pub(crate) fn new(collected: &OpenApi, catalog: &Catalog) -> Self {
        let mut document = serde_json::to_value(collected).unwrap_or_default();
        bound_integers(&mut document);
        document["components"]["securitySchemes"] = security_schemes();
        document["components"]["responses"] = ERRORS.iter().map(error).collect();
        document["components"]["schemas"]["StreamedEvent"] = streamed_event();
        let base = document["components"]["schemas"]["GenerateRequest"].take();
        document["components"]["schemas"]["GenerateRequest"] = request::of_all(&base, catalog);
        for path in members(&mut document["paths"]) {
            for operation in members(path) {
                finish(operation);
            }
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

fn members(value: &mut Value) -> impl Iterator<Item = &mut Value> {
    value.as_object_mut().into_iter().flat_map(Map::values_mut)
}

fn security_schemes() -> Value {
    json!({
        "key": {
            "type": "http",
            "scheme": "bearer",
            "description": "A secret API key (`ak_…`), a session (`st_…`), or, to open sessions \
                alone, a publishable key (`pk_…`).",
        },
        "ticket": {
            "type": "apiKey",
            "in": "query",
            "name": "ticket",
            "description": "Reads the events of one generation for a while; it stands in the \
                `events` address of a generation.",
        },
    })
}

/// An event as the stream frames it; the stream is any number of them.
fn streamed_event() -> Value {
    json!({
        "description": "One event of the stream. Lines that begin with a colon are comments.",
        "type": "object",
        "required": ["data"],
        "properties": {
            "data": {
                "type": "string",
                "contentMediaType": JSON,
                "contentSchema": {"$ref": "#/components/schemas/Event"},
            },
            "id": {
                "description": "The event's number, where the stream can be continued.",
                "type": "string",
                "pattern": "^[0-9]*$",
            },
        },
    })
}

fn error((status, description, header): &Error) -> (String, Value) {
    let mut headers = Map::from_iter([request_id()]);
    if let Some((name, description)) = header {
        let number = *name == "Retry-After";
        let schema = if number {
            json!({"type": "integer", "minimum": 1})
        } else {
            json!({"type": "string"})
        };
        let header = json!({"description": description, "required": true, "schema": schema});
        headers.insert((*name).to_owned(), header);
    }
    let schema = json!({"$ref": "#/components/schemas/ErrorBody"});
    let response = json!({
        "description": description,
        "headers": headers,
        "content": {JSON: {"schema": schema}},
    });
    (status.to_string(), response)
}

fn request_id() -> (String, Value) {
    let description = "Names the request in the gateway's log.";
    let header = json!({"description": description, "schema": {"type": "string"}});
    ("X-Request-Id".to_owned(), header)
}

/// What an operation has in common with all others.
fn finish(operation: &mut Value) {
    for (_, response) in operation["responses"].as_object_mut().into_iter().flatten() {
        if response.get("$ref").is_some() {
            continue;
        }
        let (name, header) = request_id();
        response["headers"][name] = header;
        if let Some(stream) = response.pointer_mut("/content/text~1event-stream") {
            stream["schema"] = json!({"$ref": "#/components/schemas/StreamedEvent"});
        }
        if response.pointer("/content/*~1*").is_some() {
            let kinds = Format::all().map(|format| (format.content_type().to_owned(), json!({})));
            response["content"] = kinds.collect();
        }
    }
    for status in ANY {
        let reference = format!("#/components/responses/{status}");
        operation["responses"][status.to_string()] = json!({"$ref": reference});
    }
    // What is optional may be absent; it may not be `null`.
    let parameters = operation.get_mut("parameters").and_then(Value::as_array_mut);
    let mut repeatable = false;
    for parameter in parameters.into_iter().flatten() {
        repeatable |= parameter["name"] == IDEMPOTENCY_KEY;
        if let Some(kinds) = parameter.pointer_mut("/schema/type").filter(|kind| kind.is_array()) {
            *kinds = kinds[0].take();
        }
    }
    if let Some(content) = operation.pointer_mut("/requestBody/content/image~1*").map(Value::take) {
        let kinds = PictureFormat::all();
        let kinds = kinds.map(|format| (format.content_type().to_owned(), content.clone()));
        operation["requestBody"]["content"] = kinds.collect();
    }
    if let Some(content) = operation.pointer_mut("/requestBody/content/application~1json/schema") {
        let mut kinds = content["oneOf"].as_array().into_iter().flatten();
        if let Some(kind) = kinds.find(|kind| kind.get("$ref").is_some()).cloned() {
            *content = kind;
        }
    }
    if repeatable {
        submission(operation);
    }
}

/// What an operation that takes a submission has in common with the other one.
fn submission(operation: &mut Value) {
    operation["requestBody"]["content"][JSON]["examples"] = json!({
        "song": {
            "summary": "A song",
            "value": {"model": "suno", "prompt": "A upbeat pop song about summer"},
        },
        "video": {
            "summary": "A video in a style",
            "value": {
                "model": "pika",
                "prompt": "A serene lake surrounded by mountains",
                "style": "4",
            },
        },
    });
    for status in ["200", "201"] {
        if let Some(accepted) = operation["responses"].get_mut(status) {
            accepted["headers"]["Idempotent-Replayed"] = json!({
                "description": "`true` where it had been accepted before, under the same \
                    Idempotency-Key.",
                "schema": {"type": "string"},
            });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_error_that_a_route_names_is_described() {
        let named = [
            Keyed::responses(),
            Sent::responses(),
            Accepting::responses(),
            Located::responses(),
            Queried::responses(),
            InParts::responses(),
            Stored::responses(),
        ];
        let named = named.iter().flat_map(|responses| responses.keys().cloned());
        let named = named.chain(ANY.iter().map(ToString::to_string));
        let described: Vec<String> = ERRORS.iter().map(|error| error.0.to_string()).collect();
        for status in named {
            assert!(described.contains(&status), "{status}");
        }
    }
}
