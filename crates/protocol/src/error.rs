//! The one shape of error answers (documented, "Error Handling"):
//! `{"status":"Error","code":"…","message":"…"}`, with `params` if the sentence contains values. It
//! must not know HTTP statuses: the server decides those.

use serde::{Deserialize, Serialize};

use crate::message::{Detail, Message};
use crate::scalar::{Scalars, Text};

/// The body of every error answer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct ErrorBody {
    status: ErrorStatus,
    /// A code for programs: stable, one of [`crate::Code::ALL`]. Empty if another server of the
    /// documented API sends none.
    #[serde(default, skip_serializing_if = "str::is_empty")]
    #[cfg_attr(feature = "schema", schema(value_type = crate::Code, required = true))]
    pub code: Text,
    /// The values in the sentence, by name.
    #[serde(default, skip_serializing_if = "Scalars::is_empty")]
    #[cfg_attr(feature = "schema", schema(value_type = std::collections::BTreeMap<String, crate::Scalar>, required = false))]
    pub params: Scalars,
    /// A sentence for a person, in English: what is wrong, and what to do next.
    #[cfg_attr(feature = "schema", schema(value_type = String))]
    pub message: Text,
    /// What a value can be, where one was refused.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[cfg_attr(feature = "schema", schema(required = false))]
    pub details: Vec<Detail>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
enum ErrorStatus {
    Error,
}

impl From<Message> for ErrorBody {
    fn from(message: Message) -> Self {
        let Message { code, params, text, details } = message;
        Self { status: ErrorStatus::Error, code, params, message: text, details }
    }
}

impl From<ErrorBody> for Message {
    fn from(body: ErrorBody) -> Self {
        let ErrorBody { code, params, message, details, .. } = body;
        Self { code, params, text: message, details }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Code;

    #[test]
    fn it_has_the_documented_shape() {
        let body = ErrorBody::from(Message::text("Error description"));
        let json = r#"{"status":"Error","message":"Error description"}"#;
        assert_eq!(serde_json::to_string(&body).unwrap(), json);
        assert_eq!(serde_json::from_str::<ErrorBody>(json).unwrap(), body);
        assert!(serde_json::from_str::<ErrorBody>(r#"{"status":"Fine","message":""}"#).is_err());
    }

    #[test]
    fn a_code_and_its_parameters_come_along() {
        let message = Message::new(Code::BodyTooLarge, "Too large.").with("max_bytes", 9u32);
        let body = ErrorBody::from(message.clone());
        let json = r#"{"status":"Error","code":"body_too_large","params":{"max_bytes":9},"message":"Too large."}"#;
        assert_eq!(serde_json::to_string(&body).unwrap(), json);
        assert_eq!(Message::from(serde_json::from_str::<ErrorBody>(json).unwrap()), message);
    }
}
