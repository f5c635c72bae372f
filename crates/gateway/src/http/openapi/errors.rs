//! The error responses of the document: each status once, as a component that the operations refer
//! to. It must not know which operation uses which.

use std::iter;

use serde_json::{Map, Value, json};
use utoipa::IntoResponses;
use utoipa::openapi::{Ref, RefOr};

use super::header::header;
use crate::http::error::JSON;
use crate::http::guard::REQUEST_ID;

/// The errors of a handler, beside those of every operation.
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
    /// For operations that need authentication.
    Keyed: [401, 403, 503];
    /// For operations that read a body.
    Sent: [400, 408, 413, 415];
    /// For operations that accept a generation.
    Accepting: [404, 418, 422];
    /// For operations that look up the object in the path.
    Located: [400, 404];
    /// For operations that read the query.
    Queried: [400];
    /// For operations that serve ranges of a file.
    InParts: [416];
    /// For operations that correct something that may have changed.
    Conflicting: [409];
    /// For operations that need the store.
    Stored: [503];
}

/// The description of the header that every answer has.
pub(super) const REQUEST_ID_SAYS: &str = "Names the request in the gateway's log.";

/// The errors that any operation may answer with.
pub(super) const ANY: [u16; 5] = [405, 414, 429, 431, 500];

/// A status, its description, and its header with the header's description.
type Error = (u16, &'static str, Option<(&'static str, &'static str)>);

/// All error responses.
const ERRORS: &[Error] = &[
    (400, "The request is malformed, or asks for something that does not exist.", None),
    (401, "No key, session or ticket, or an invalid one.", Some(("WWW-Authenticate", "`Bearer`."))),
    (403, "The key or session does not permit this, or not from this origin.", None),
    (404, "It does not exist, or belongs to another owner.", None),
    (
        405,
        "The address does not support this method.",
        Some(("Allow", "The methods that the address supports.")),
    ),
    (408, "The body did not arrive in time.", None),
    (409, "The object's state does not permit this any more.", None),
    (413, "The body is too large.", None),
    (414, "The address is too long.", None),
    (415, "The body's content type is not supported.", None),
    (
        416,
        "The file has no such range.",
        Some(("Content-Range", "The size of the file: `bytes */1234`.")),
    ),
    (418, "Too few tokens. Nothing was charged.", None),
    (422, "The Idempotency-Key was used for another request. Nothing was charged.", None),
    (
        429,
        "A limit is reached. Nothing was charged.",
        Some(("Retry-After", "When to try again, in seconds.")),
    ),
    (431, "The headers are too large.", None),
    (500, "A fault of the gateway. Nothing was charged.", None),
    (
        503,
        "The gateway is stopping, its queue is full, or its records cannot be used. Nothing was \
         charged.",
        Some(("Retry-After", "When to try again, in seconds.")),
    ),
];

/// All error responses, by status.
pub(super) fn all() -> Map<String, Value> {
    ERRORS.iter().map(error).collect()
}

fn error((status, description, own): &Error) -> (String, Value) {
    let mut headers = Map::new();
    let id = REQUEST_ID;
    for (name, about) in iter::once((id.as_str(), REQUEST_ID_SAYS)).chain(*own) {
        let described = match name {
            "Retry-After" => header::<u64>(about),
            _ => header::<String>(about),
        };
        headers.insert(name.to_owned(), json!(described));
    }
    let schema = json!({"$ref": "#/components/schemas/ErrorBody"});
    let response = json!({
        "description": description,
        "headers": headers,
        "content": {JSON: {"schema": schema}},
    });
    (status.to_string(), response)
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
            Conflicting::responses(),
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
