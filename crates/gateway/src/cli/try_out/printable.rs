//! Texts of a server, without control characters for the terminal.

/// The text with a space for each control character.
pub(super) fn printable(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_that_a_server_says_steers_the_terminal() {
        assert_eq!(printable("a\u{1b}[31mb\r\nc"), "a [31mb  c");
    }
}
