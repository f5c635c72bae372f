//! Content policies of providers: whether a reason or a code says that something may not be made.
//!
//! It must not know any provider's API: the words are those that services use alike.

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

/// Whether a text, a sentence or a code, is about what may be made at all.
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
