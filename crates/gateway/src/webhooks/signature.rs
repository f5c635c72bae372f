//! Signatures of messages by Standard Webhooks (specification 1.0.0), symmetric.
//!
//! The signature is `v1,` and the base64 of HMAC-SHA256 over `id.timestamp.body`, with the bytes
//! that the secret (`whsec_` and base64) encodes. It must not know who receives a message.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::Sha256;

use crate::domain::WebhookSecret;
use crate::secret;

/// The prefix of a secret in text form.
const PREFIX: &str = "whsec_";

/// A new secret.
pub(crate) fn new_secret() -> WebhookSecret {
    WebhookSecret::new(secret::random::<32>().to_vec())
}

/// A secret as receivers' libraries take it.
pub(crate) fn written(secret: &WebhookSecret) -> String {
    format!("{PREFIX}{}", STANDARD.encode(secret.reveal()))
}

/// The value of the header `webhook-signature`.
pub(super) fn signature(
    secret: &WebhookSecret,
    id: &str,
    timestamp_secs: u64,
    body: &str,
) -> String {
    let mut mac =
        Hmac::<Sha256>::new_from_slice(secret.reveal()).expect("HMAC takes keys of any length");
    mac.update(format!("{id}.{timestamp_secs}.{body}").as_bytes());
    format!("v1,{}", STANDARD.encode(mac.finalize().into_bytes()))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The example of the reference libraries' own tests.
    #[test]
    fn a_message_is_signed_as_the_specification_says() {
        let secret =
            WebhookSecret::new(STANDARD.decode("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw").unwrap());
        let signed = signature(
            &secret,
            "msg_p5jXN8AQM9LWM0D4loKWxJek",
            1_614_265_330,
            r#"{"test": 2432232314}"#,
        );
        assert_eq!(signed, "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
        assert_eq!(written(&secret), "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw");
        assert_ne!(new_secret(), new_secret());
    }
}
