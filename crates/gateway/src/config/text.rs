//! What texts of settings may look like.

/// Whether a text can be the id of something: it stands in addresses, metrics and files.
pub(super) fn is_id(text: &str) -> bool {
    let plain = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || matches!(b, b'-' | b'_');
    (1..=40).contains(&text.len()) && text.bytes().all(plain)
}

/// Whether a text is a line that people can read.
pub(super) fn is_line(text: &str) -> bool {
    !text.trim().is_empty() && text.chars().count() <= 200 && !text.chars().any(char::is_control)
}
