//! The errors in the document: each status once, which the operations refer to. It must not know
//! which operation answers with which.

use serde_json::{Map, Value, json};
use utoipa::IntoResponses;
use utoipa::openapi::{Ref, RefOr};

use crate::http::error::JSON;
use crate::http::guard::REQUEST_ID;

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

/// What the header says that every answer has, an error or not.
pub(super) const REQUEST_ID_SAYS: &str = "Names the request in the gateway's log.";

/// Any route may answer with these.
pub(super) const ANY: [u16; 5] = [405, 414, 429, 431, 500];

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

/// Every error, by its status.
pub(super) fn all() -> Map<String, Value> {
    ERRORS.iter().map(error).collect()
}

fn error((status, description, header): &Error) -> (String, Value) {
    let request_id = json!({"description": REQUEST_ID_SAYS, "schema": {"type": "string"}});
    let mut headers = Map::from_iter([(REQUEST_ID.as_str().to_owned(), request_id)]);
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
