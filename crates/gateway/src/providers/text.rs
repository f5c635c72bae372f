//! Texts of providers, cleaned for display: short, plain, and without our key in them.
//!
//! They are never markup: they are displayed as text. This only removes what would hinder reading.

use ai_now_protocol::visible::is_invisible;
use ai_now_protocol::{Detail, Message, Scalar, Scalars, Text};

use crate::service_key::Key;

/// The longest text of a provider, in characters.
const MAX_CHARS: usize = 200;

/// A provider's text as one short line, without a full stop at its end.
pub(super) fn plain(text: &str, key: Option<&Key>) -> String {
    // Some services repeat what they were sent.
    let text = match key {
        Some(key) => text.replace(key.reveal(), "…"),
        None => text.to_owned(),
    };
    let visible = |c: char| !c.is_control() && !is_invisible(c);
    let spaced: String = text
        .chars()
        .map(|c| if c.is_whitespace() { ' ' } else { c })
        .filter(|c| visible(*c))
        .collect();
    let words: Vec<&str> = spaced.split(' ').filter(|word| !word.is_empty()).collect();
    let mut line = words.join(" ");
    if let Some((end, _)) = line.char_indices().nth(MAX_CHARS) {
        line.truncate(end);
        line.push('…');
    }
    line.trim_end_matches(['.', ' ']).to_owned()
}

/// How many letters and digits in a row two texts have in common by chance, perhaps.
const BY_CHANCE: usize = 12;

/// Whether a text says back a part of what somebody asked for, in whatever layout.
pub(super) fn repeats(text: &str, asked: &str) -> bool {
    let letters = |text: &str| -> Vec<char> {
        text.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
    };
    let (text, asked) = (letters(text), letters(asked));
    let length = asked.len().min(BY_CHANCE);
    // Of a word or two, nobody can tell whose they are.
    length > 3 && text.windows(length).any(|part| asked.windows(length).any(|of| of == part))
}

/// A message of another server of the documented API, cleaned and passed on with its code.
pub(super) fn passed_on(message: Message, key: &Key) -> Message {
    let is_code =
        |code: &str| code.len() <= 64 && code.bytes().all(|b| b.is_ascii_lowercase() || b == b'_');
    let clean = |text: &str| plain(text, Some(key));
    let clean_code = |code: Text| if is_code(&code) { code } else { "".into() };
    let clean_params = |params: Scalars| {
        let clean = params.into_iter().map(|(name, value)| match value {
            Scalar::Text(text) => (clean(&name).into(), Scalar::Text(clean(&text).into())),
            other => (clean(&name).into(), other),
        });
        clean.collect()
    };
    let details = message.details.into_iter().map(|detail| Detail {
        code: clean_code(detail.code),
        params: clean_params(detail.params),
        text: clean(&detail.text).into(),
    });
    Message {
        code: clean_code(message.code),
        params: clean_params(message.params),
        text: clean(&message.text).into(),
        details: details.collect(),
    }
}

/// Whether a text is an id that is safe in a path.
pub(super) fn is_plain_id(text: &str) -> bool {
    let plain = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_');
    (1..=128).contains(&text.len()) && text.bytes().all(plain)
}

/// The last percentage in a log, as a fraction of 1: `frame 12: 45%|###`.
pub(super) fn percentage(log: &str) -> Option<f64> {
    let (before, _) = log.rsplit_once('%')?;
    let start = before
        .rfind(|c: char| !c.is_ascii_digit() && c != '.')
        .map_or(0, |at| at + before[at..].chars().next().map_or(1, char::len_utf8));
    let percent: f64 = before[start..].parse().ok()?;
    (0.0..=100.0).contains(&percent).then_some(percent / 100.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_asked_for_is_known_again() {
        let asked = "A quiet lake, at dawn; for Émilie";
        for text in [
            "asked: A quiet lake, at dawn; for Émilie",
            "a  QUIET\tlake at",
            r#"{"prompt": "…lake, at dawn; for"}"#,
            "tokens=['quiet','lake','at','dawn']",
        ] {
            assert!(repeats(text, asked), "{text}");
        }
        for text in ["", "step 12 of 50", "a quiet place", "lake", "CUDA out of memory"] {
            assert!(!repeats(text, asked), "{text}");
        }
        assert!(repeats("not sure what you mean by “Dora”", "dora") && !repeats("cat", "cat"));
        assert!(!repeats("anything", ""));
    }

    #[test]
    fn texts_become_one_short_plain_line() {
        assert_eq!(plain(" It\r\nfailed.\u{0} \u{202e}Sorry. ", None), "It failed. Sorry");
        assert_eq!(plain("<b>no</b>", None), "<b>no</b>");
        assert_eq!(plain(&"x".repeat(5000), None).chars().count(), MAX_CHARS + 1);
        let key = Key::new("sk-1");
        assert_eq!(plain("bad key sk-1 here", Some(&key)), "bad key … here");
    }

    #[test]
    fn percentages() {
        let table = [
            ("45%", Some(0.45)),
            (" 10%|#   |\n 62.5%|###", Some(0.625)),
            ("é7%", Some(0.07)),
            ("100%", Some(1.0)),
            ("101%", None),
            ("%", None),
            ("a%", None),
            ("none", None),
        ];
        for (log, expected) in table {
            assert_eq!(percentage(log), expected, "{log}");
        }
    }
}
