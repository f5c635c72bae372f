//! Statements are written in the dialect of `SQLite`. What PostgreSQL writes differently is
//! replaced here, once for each statement.

use std::collections::HashMap;
use std::sync::{Arc, LazyLock, PoisonError, RwLock};

/// What stands in a statement, and what PostgreSQL has in its place.
const WORDS: [(&str, &str); 8] = [
    ("instr(", "strpos("),
    // Without a meaning elsewhere; `SQLite` joins tables in this order.
    ("CROSS JOIN", "JOIN"),
    // The server's own clock.
    (
        "CAST(unixepoch('subsec') * 1000 AS INTEGER)",
        "CAST(extract(epoch FROM clock_timestamp()) * 1000 AS BIGINT)",
    ),
    // `SQLite` has one writer.
    ("/* FOR UPDATE SKIP LOCKED */", "FOR UPDATE SKIP LOCKED"),
    ("/* FOR KEY SHARE */", "FOR KEY SHARE"),
    ("/* FOR UPDATE OF d SKIP LOCKED */", "FOR UPDATE OF d SKIP LOCKED"),
    // PostgreSQL chooses by its statistics.
    (" INDEXED BY generations_unfinished", ""),
    (" NOT INDEXED", ""),
];

/// The statement as PostgreSQL takes it.
pub(in crate::store) fn postgres(sql: &'static str) -> Arc<str> {
    static KNOWN: LazyLock<RwLock<HashMap<&'static str, Arc<str>>>> =
        LazyLock::new(RwLock::default);
    if let Some(known) = KNOWN.read().unwrap_or_else(PoisonError::into_inner).get(sql) {
        return known.clone();
    }
    let translated: Arc<str> = translate(sql).into();
    KNOWN.write().unwrap_or_else(PoisonError::into_inner).insert(sql, translated.clone());
    translated
}

fn translate(sql: &str) -> String {
    let mut text = sql.to_owned();
    for (ours, theirs) in WORDS {
        text = text.replace(ours, theirs);
    }
    numbered(&text)
}

/// With `$1` for `?` and `?1`. An owner's visitor, which may be none, is compared as the indexes of
/// PostgreSQL have it: `visitor_id IS ?2` becomes `coalesce(visitor_id, 0) = coalesce($2, 0)`.
fn numbered(sql: &str) -> String {
    let mut text = String::with_capacity(sql.len() + 16);
    let mut last = 0;
    let mut rest = sql;
    while let Some(at) = rest.find('?') {
        text.push_str(&rest[..at]);
        rest = &rest[at + 1..];
        let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
        let number = rest[..digits].parse().unwrap_or(last + 1);
        rest = &rest[digits..];
        last = number;
        match text.strip_suffix(" IS ") {
            Some(before) => {
                let column_at = before.rfind([' ', '(', '\n']).map_or(0, |space| space + 1);
                let (before, column) = before.split_at(column_at);
                text = format!(
                    "{before}coalesce({column}, 0) = coalesce(CAST(${number} AS BIGINT), 0)"
                );
            }
            None => text.push_str(&format!("${number}")),
        }
    }
    text.push_str(rest);
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn statements_are_translated() {
        for (ours, theirs) in [
            ("SELECT 1", "SELECT 1"),
            ("a = ? AND b = ?", "a = $1 AND b = $2"),
            ("a = ?2 AND b = ?1 AND c = ?2", "a = $2 AND b = $1 AND c = $2"),
            (
                "a = ? AND g.visitor_id IS ? AND b > ?",
                "a = $1 AND coalesce(g.visitor_id, 0) = coalesce(CAST($2 AS BIGINT), 0) AND b > $3",
            ),
            ("instr(lower(a), ?1) > 0", "strpos(lower(a), $1) > 0"),
            ("g CROSS JOIN k ON k.id = g.k", "g JOIN k ON k.id = g.k"),
            ("(?1 IS NULL OR a IS NULL)", "($1 IS NULL OR a IS NULL)"),
        ] {
            assert_eq!(translate(ours), theirs);
        }
    }
}
