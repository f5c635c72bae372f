//! The message of a panic. It must not know how it is shown.

/// The message of a panic. If it was caused by a JavaScript exception (a crate unwrapped an `Err`
/// with a `JsValue`), this is the exception's own message: the rest is its stack, and the position
/// in the crate.
pub fn fault_message(panic: &str) -> String {
    // Byte by byte: the search of `str` is made for long texts, and large in code.
    const HEAD: &[u8] = b"JsValue(";
    let at = panic.as_bytes().windows(HEAD.len()).position(|some| some == HEAD);
    let exception = at.and_then(|at| panic.get(at + HEAD.len()..));
    let line = exception.and_then(|exception| exception.lines().next());
    let Some(line) = line else { return panic.to_owned() };
    let line = line.strip_suffix(')').unwrap_or(line);
    // `TypeError: its message`
    let said = line.split_once(':').filter(|(name, _)| name.ends_with("Error"));
    said.and_then(|(_, message)| message.strip_prefix(' ')).unwrap_or(line).to_owned()
}

#[cfg(all(test, not(target_arch = "wasm32")))]
mod tests {
    use super::*;

    #[test]
    fn an_exception_says_its_own_message() {
        let place = "panicked at tachys/src/renderer/dom.rs:92:58:\n\
                     called `Result::unwrap()` on an `Err` value: ";
        let table = [
            (
                "JsValue(TypeError: broken by the page\nTypeError: broken\n at f (x.js:1))",
                "broken by the page",
            ),
            ("JsValue(Error: no\n)", "no"),
            ("JsValue(\"a text\")", "\"a text\""),
            ("JsValue(RangeError: it says: too much)", "it says: too much"),
        ];
        for (exception, said) in table {
            assert_eq!(fault_message(&format!("{place}{exception}")), said);
        }
        assert_eq!(
            fault_message("panicked at src/x.rs:1:1:\nindex"),
            "panicked at src/x.rs:1:1:\nindex"
        );
    }
}
