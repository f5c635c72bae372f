//! What all operations of the document have in common. It must not know any operation.

use utoipa::openapi::path::{Operation, PathItem};
use utoipa::openapi::schema::{Schema, SchemaType};
use utoipa::openapi::{Ref, RefOr, Type};

use super::errors::{ANY, REQUEST_ID_SAYS};
use super::header::header;
use crate::http::guard::REQUEST_ID;

/// The operations of a path.
pub(super) fn of(path: &mut PathItem) -> impl Iterator<Item = &mut Operation> {
    let PathItem { get, put, post, delete, options, head, patch, trace, .. } = path;
    [get, put, post, delete, options, head, patch, trace].into_iter().flatten()
}

/// Adds what all operations have: the common errors, and the header with the request's id.
pub(super) fn finish(operation: &mut Operation) {
    let responses = &mut operation.responses.responses;
    for response in responses.values_mut() {
        if let RefOr::T(response) = response {
            let name = REQUEST_ID.as_str().to_owned();
            response.headers.insert(name, header::<String>(REQUEST_ID_SAYS).into());
        }
    }
    for status in ANY.map(|status| status.to_string()) {
        responses.insert(status.clone(), Ref::from_response_name(status).into());
    }
    for parameter in operation.parameters.iter_mut().flatten() {
        if let RefOr::T(parameter) = parameter {
            never_null(&mut parameter.schema);
        }
    }
    if let Some(RefOr::T(body)) = &mut operation.request_body {
        for content in body.content.values_mut() {
            if let RefOr::T(content) = content {
                never_null(&mut content.schema);
            }
        }
    }
}

/// An optional parameter may be absent, but not `null`.
fn never_null(schema: &mut Option<RefOr<Schema>>) {
    match schema {
        Some(RefOr::T(Schema::Object(object))) => {
            if let SchemaType::Array(kinds) = &object.schema_type
                && let Some(kind) = kinds.iter().find(|kind| **kind != Type::Null)
            {
                object.schema_type = SchemaType::Type(kind.clone());
            }
        }
        Some(RefOr::T(Schema::OneOf(kinds))) => {
            let named = kinds.items.iter().find(|kind| matches!(kind, RefOr::Ref(_))).cloned();
            *schema = named.or_else(|| schema.take());
        }
        _ => {}
    }
}
