//! Recognises content policy violations in a provider's reason or code.
//!
//! It must not know any provider's API: the words are common to the services.

/// Words of sentences and of machine codes.
const WORDS: [&str; 9] = [
    "safety",
    "moderation",
    "moderated",
    "content policy",
    "content_policy",
    "nsfw",
    "flagged",
    "sensitive content",
    "sensitive_content",
];

/// Whether a text, a sentence or a code, is about a content policy.
pub(super) fn is_named_in(text: &str) -> bool {
    let text = text.to_ascii_lowercase();
    WORDS.iter().any(|word| text.contains(word))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sentences_and_codes() {
        for text in [
            "It was flagged by moderation.",
            "SAFETY.INPUT.TEXT",
            "content_policy_violation",
            "content_moderated",
            "moderation_blocked",
            "NSFW content detected",
        ] {
            assert!(is_named_in(text), "{text}");
        }
        for text in ["", "No capacity", "INTERNAL", "image_too_large", "Invalid content type"] {
            assert!(!is_named_in(text), "{text}");
        }
    }
}
