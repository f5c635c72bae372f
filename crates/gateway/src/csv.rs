//! Lines of CSV (RFC 4180). It must not know what they mean.

use std::borrow::Cow;

/// The content type.
pub const CONTENT_TYPE: &str = "text/csv; charset=utf-8";

/// A line, with its end.
pub fn line(fields: &[&str]) -> String {
    let fields: Vec<_> = fields.iter().map(|text| field(text)).collect();
    format!("{}\r\n", fields.join(","))
}

/// A field. A text that a spreadsheet would evaluate as a formula is escaped; a number is not.
fn field(text: &str) -> Cow<'_, str> {
    let formula =
        text.starts_with(['=', '+', '-', '@', '\t', '\r']) && text.parse::<i64>().is_err();
    let quoted = formula || text.contains(['"', ',', '\r', '\n']);
    match (quoted, formula) {
        (false, _) => text.into(),
        (true, formula) => {
            let guard = if formula { "'" } else { "" };
            format!("\"{guard}{}\"", text.replace('"', "\"\"")).into()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_are_quoted_where_they_must_be() {
        assert_eq!(line(&["a", "b c", ""]), "a,b c,\r\n");
        assert_eq!(
            line(&["a,b", "say \"x\"", "two\nlines"]),
            "\"a,b\",\"say \"\"x\"\"\",\"two\nlines\"\r\n"
        );
        assert_eq!(line(&["=1+1", "@x", "1-1"]), "\"'=1+1\",\"'@x\",1-1\r\n");
        assert_eq!(line(&["-10", "-10-1", "-x"]), "-10,\"'-10-1\",\"'-x\"\r\n");
    }
}
