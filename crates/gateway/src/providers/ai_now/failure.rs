//! What a failure at a server of the documented API means here, told by its code.

use ai_now_protocol::Code;
use ai_now_protocol::event::Failure;

use crate::providers::error::ErrorKind;

/// What a failure there means here, and its code. Where something was made that can't be had, or is in the
/// making, or the request itself is wrong, nobody else is asked.
pub(super) fn ended(failed: &Failure) -> (ErrorKind, Code) {
    match Code::of(&failed.message.code) {
        Some(Code::ContentPolicy) => (ErrorKind::ContentPolicy, Code::ContentPolicy),
        Some(
            code @ (Code::ProviderInput
            | Code::ProviderTimeout
            | Code::InvalidResult
            | Code::ResultNotStored),
        ) => (ErrorKind::Permanent, code),
        Some(Code::NoSuchUpload) => (ErrorKind::Permanent, Code::ProviderInput),
        _ if failed.cancelled => (ErrorKind::Permanent, Code::ProviderFailed),
        Some(Code::Cancelled | Code::CancelledCharged) => {
            (ErrorKind::Permanent, Code::ProviderFailed)
        }
        Some(code @ Code::ProviderUnavailable) => (ErrorKind::Transient, code),
        Some(Code::ModelWithdrawn) => (ErrorKind::Unavailable, Code::ProviderUnavailable),
        // The documented API has no codes, and charges for nothing that failed.
        _ => (ErrorKind::Transient, Code::ProviderFailed),
    }
}

#[cfg(test)]
mod tests {
    use ai_now_protocol::Event;
    use serde_json::json;

    use super::*;

    #[test]
    fn the_code_says_whether_anybody_else_is_asked() {
        for (failure, expected) in [
            (json!({"message": "No capacity."}), (ErrorKind::Transient, Code::ProviderFailed)),
            (json!({"code": "provider_failed"}), (ErrorKind::Transient, Code::ProviderFailed)),
            (
                json!({"code": "provider_unavailable"}),
                (ErrorKind::Transient, Code::ProviderUnavailable),
            ),
            (json!({"code": "internal"}), (ErrorKind::Transient, Code::ProviderFailed)),
            (json!({"code": "a_newer_one"}), (ErrorKind::Transient, Code::ProviderFailed)),
            (
                json!({"code": "model_withdrawn"}),
                (ErrorKind::Unavailable, Code::ProviderUnavailable),
            ),
            (json!({"code": "content_policy"}), (ErrorKind::ContentPolicy, Code::ContentPolicy)),
            (json!({"code": "provider_input"}), (ErrorKind::Permanent, Code::ProviderInput)),
            (json!({"code": "invalid_result"}), (ErrorKind::Permanent, Code::InvalidResult)),
            (json!({"code": "provider_timeout"}), (ErrorKind::Permanent, Code::ProviderTimeout)),
            (json!({"code": "result_not_stored"}), (ErrorKind::Permanent, Code::ResultNotStored)),
            (json!({"code": "cancelled"}), (ErrorKind::Permanent, Code::ProviderFailed)),
            (json!({"cancelled": true}), (ErrorKind::Permanent, Code::ProviderFailed)),
        ] {
            let mut event = json!({"status": "Error", "message": "x"});
            event.as_object_mut().unwrap().extend(failure.as_object().unwrap().clone());
            match serde_json::from_value(event) {
                Ok(Event::Failed(failed)) => assert_eq!(ended(&failed), expected, "{failure}"),
                other => panic!("{failure}: {other:?}"),
            }
        }
    }
}
