//! What the operating system says of a failure, as people read it: its words, without the number
//! that it gives the error.

use std::fmt::Display;

/// An error's text without ` (os error 111)`, wherever it stands in it.
pub fn in_words(error: &(impl Display + ?Sized)) -> String {
    const BEGIN: &str = " (os error ";
    let text = error.to_string();
    let mut words = String::with_capacity(text.len());
    let mut rest = text.as_str();
    while let Some(at) = rest.find(BEGIN) {
        let after = &rest[at + BEGIN.len()..];
        let digits = after.trim_start_matches('-').trim_start_matches(|c: char| c.is_ascii_digit());
        match digits.strip_prefix(')') {
            Some(next) => {
                words.push_str(&rest[..at]);
                rest = next;
            }
            None => {
                words.push_str(&rest[..at + BEGIN.len()]);
                rest = after;
            }
        }
    }
    words.push_str(rest);
    words
}

#[cfg(test)]
mod tests {
    use std::io;

    use super::*;

    #[test]
    fn numbers_of_errors_are_for_nobody() {
        let refused = io::Error::from_raw_os_error(111);
        assert!(refused.to_string().contains("os error"), "{refused}");
        for (text, words) in [
            (in_words(&refused), refused.to_string().replace(" (os error 111)", "")),
            (in_words("a (os error 2). Then b (os error -3)!"), "a. Then b!".into()),
            (
                in_words("nothing of it (os error x) and (os error"),
                "nothing of it (os error x) and (os error".into(),
            ),
            (in_words(""), String::new()),
        ] {
            assert_eq!(text, words);
        }
    }
}
