//! The events that webhooks report: what happened, and to which account. It must not know the
//! endpoints or how messages are delivered.

use std::fmt;

use ai_now_protocol::WebhookKind;
use serde_json::{Value, json};

/// What messages are signed with. It is shown where it is made, and nowhere else.
#[derive(Clone, PartialEq, Eq)]
pub struct WebhookSecret(Vec<u8>);

impl WebhookSecret {
    /// The secret of these bytes.
    pub fn new(bytes: Vec<u8>) -> Self {
        Self(bytes)
    }

    /// The bytes themselves.
    pub fn reveal(&self) -> &[u8] {
        &self.0
    }
}

impl fmt::Debug for WebhookSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("WebhookSecret(…)")
    }
}

/// Something that others may want to hear of.
#[derive(Clone, Debug, PartialEq)]
pub struct WebhookEvent {
    /// What happened.
    pub kind: WebhookKind,
    /// The details, as they are sent.
    pub data: Value,
}

impl WebhookEvent {
    /// The body of the message, with the current time (RFC 3339).
    pub fn payload(&self, timestamp: &str) -> Value {
        json!({"type": self.kind.name(), "timestamp": timestamp, "data": self.data})
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_is_not_in_what_is_printed() {
        let secret = WebhookSecret::new(b"hush".to_vec());
        assert_eq!(format!("{:?}", Some(&secret)), "Some(WebhookSecret(…))");
        assert_eq!(secret.reveal(), b"hush");
    }
}
