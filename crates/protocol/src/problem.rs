//! The one shape of an error outside: `{"status":"Error","message":"…"}` (documented, "Error
//! Handling"). It must not know HTTP statuses: those belong to whoever answers.

use serde::{Deserialize, Serialize};

/// The body of every error answer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct ErrorBody {
    status: ErrorStatus,
    /// A sentence for a person: what is wrong, and what to do next.
    pub message: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
enum ErrorStatus {
    Error,
}

impl ErrorBody {
    /// An error that says `message`.
    pub fn new(message: impl Into<String>) -> Self {
        Self { status: ErrorStatus::Error, message: message.into() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_has_the_documented_shape() {
        let body = ErrorBody::new("Error description");
        let json = r#"{"status":"Error","message":"Error description"}"#;
        assert_eq!(serde_json::to_string(&body).unwrap(), json);
        assert_eq!(serde_json::from_str::<ErrorBody>(json).unwrap(), body);
        assert!(serde_json::from_str::<ErrorBody>(r#"{"status":"Fine","message":""}"#).is_err());
    }
}
