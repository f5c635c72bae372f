//! Errors of the operating system as people read them: the text, without the error's number.

use std::error::Error;
use std::fmt::Display;
use std::io::{self, Write};

/// An error's text without ` (os error 111)`, wherever that occurs in it.
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

/// The text of the innermost cause, which is the most specific.
pub fn cause_in_words(error: &dyn Error) -> String {
    let mut innermost = error;
    while let Some(source) = innermost.source() {
        innermost = source;
    }
    in_words(innermost)
}

/// A writer that removes the numbers from what is written to it. For logs, whose lines are written
/// in one call each.
pub struct InWords<W>(pub W);

impl<W: Write> Write for InWords<W> {
    fn write(&mut self, line: &[u8]) -> io::Result<usize> {
        self.0.write_all(in_words(&*String::from_utf8_lossy(line)).as_bytes())?;
        Ok(line.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.0.flush()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn logs_are_in_words() {
        let mut log = InWords(Vec::new());
        for line in ["{\"error\":\"it is gone (os error 2)\"}\n", "plain\n"] {
            assert_eq!(log.write(line.as_bytes()).unwrap(), line.len());
        }
        assert_eq!(log.0, b"{\"error\":\"it is gone\"}\nplain\n");
    }

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
