//! Parsing of requests for files: the path and the range. Pure: it must not know files.

use percent_encoding::percent_decode_str;

/// Whether the path of an address, as it was sent, may name a file of a public directory: no hidden
/// file, no parent directory, no character with a special meaning in some file system, and no empty
/// part, since an address that begins with two slashes would redirect to another host.
pub fn is_public(path: &str) -> bool {
    let Ok(path) = percent_decode_str(path).decode_utf8() else { return false };
    !path.contains(|c: char| c.is_control() || c == '\\')
        && !path.contains("//")
        && !path.split('/').any(|part| part.starts_with('.'))
}

/// The requested part of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wanted {
    /// The whole file.
    All,
    /// From the first to the last byte, both included.
    Part(u64, u64),
    /// A range that the file does not have.
    Nothing,
}

/// Reads a `Range` header (RFC 9110, 14.1.2). A malformed header, another unit, or more than one
/// range is ignored: the whole file is always a correct answer.
pub fn part(range: &str, size: u64) -> Wanted {
    let number = |digits: &str| -> Option<u64> {
        let all_digits = !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit());
        // Too many digits are a very large number, not a malformed one.
        all_digits.then(|| digits.parse().unwrap_or(u64::MAX))
    };
    let Some((unit, set)) = range.split_once('=') else { return Wanted::All };
    let Some((first, last)) = set.trim().split_once('-') else { return Wanted::All };
    if !unit.trim().eq_ignore_ascii_case("bytes") {
        return Wanted::All;
    }
    match (first, number(first), number(last)) {
        ("", _, Some(0)) => Wanted::Nothing,
        ("", _, Some(_)) if size == 0 => Wanted::Nothing,
        ("", _, Some(suffix)) => Wanted::Part(size.saturating_sub(suffix), size - 1),
        (_, Some(first), None) if last.is_empty() => {
            if first < size {
                Wanted::Part(first, size - 1)
            } else {
                Wanted::Nothing
            }
        }
        (_, Some(first), Some(last)) if first <= last => {
            if first < size {
                Wanted::Part(first, last.min(size - 1))
            } else {
                Wanted::Nothing
            }
        }
        _ => Wanted::All,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges() {
        let table = [
            ("bytes=0-0", Wanted::Part(0, 0)),
            ("bytes=0-", Wanted::Part(0, 99)),
            ("bytes=10-19", Wanted::Part(10, 19)),
            ("bytes=90-1000", Wanted::Part(90, 99)),
            ("bytes=-10", Wanted::Part(90, 99)),
            ("bytes=-1000", Wanted::Part(0, 99)),
            ("Bytes= 5-6 ", Wanted::Part(5, 6)),
            ("bytes=99-99999999999999999999999", Wanted::Part(99, 99)),
            ("bytes=100-", Wanted::Nothing),
            ("bytes=100-200", Wanted::Nothing),
            ("bytes=99999999999999999999999-", Wanted::Nothing),
            ("bytes=-0", Wanted::Nothing),
            ("bytes=2-1", Wanted::All),
            ("bytes=-", Wanted::All),
            ("bytes=a-b", Wanted::All),
            ("bytes=+1-2", Wanted::All),
            ("bytes=0-1,3-4", Wanted::All),
            ("bytes", Wanted::All),
            ("items=0-1", Wanted::All),
            ("", Wanted::All),
        ];
        for (range, expected) in table {
            assert_eq!(part(range, 100), expected, "{range}");
        }
        assert_eq!(part("bytes=-1", 0), Wanted::Nothing);
        assert_eq!(part("bytes=0-", 0), Wanted::Nothing);
    }

    #[test]
    fn what_is_hidden_stays_so_however_it_is_written() {
        for shown in ["/", "/index.html", "/a/b.wasm", "/a%20b", "/%E2%99%AB.js", "/a..b", "/a."] {
            assert!(is_public(shown), "{shown}");
        }
        for hidden in [
            "/.secret",
            "/%2esecret",
            "/%2Esecret",
            "/a/.b/c",
            "/a%2f.b",
            "/..",
            "/%2e%2e/x",
            "/a/..%5cb",
            "/a%00b",
            "/%ff",
            "/a%0d%0ab",
            "/.",
            "/a/./b",
            "//examples",
            "/%2fexamples",
            "/a//b",
        ] {
            assert!(!is_public(hidden), "{hidden}");
        }
    }
}
