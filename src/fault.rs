//! What a panic says to the page that it happened on. It must not know how the page is told.

/// The message of a panic. Where an exception of the browser's made it (a crate met an `Err` that
/// holds a `JsValue`), that exception's own message: the rest is its stack, and the place in the
/// crate.
pub fn fault_message(panic: &str) -> String {
    let exception = panic.split_once("JsValue(").map(|(_, exception)| exception);
    let line = exception.and_then(|exception| exception.lines().next());
    let Some(line) = line else { return panic.to_owned() };
    let line = line.strip_suffix(')').unwrap_or(line);
    // `TypeError: what it says`
    let said = line.split_once(": ").filter(|(name, _)| name.ends_with("Error"));
    said.map_or(line, |(_, message)| message).to_owned()
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
