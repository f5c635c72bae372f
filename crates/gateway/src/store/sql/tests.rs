//! Statements against the tables of a file and of a server, and their plans.

use super::super::Store;
use super::super::audit::RULES;
use super::super::engine::in_postgres;
use super::super::testing::{connected, raw};
use super::*;
use crate::metrics::Metrics;

fn rules() -> impl Iterator<Item = (&'static str, &'static str)> {
    RULES.iter().map(|(_, sql)| ("RULES", *sql))
}

/// The statements of both engines.
fn both() -> impl Iterator<Item = &'static (&'static str, &'static str)> {
    [BOTH, ADMIN_BOTH, GATEWAYS_BOTH, USAGE_BOTH, WEBHOOKS_BOTH].into_iter().flatten()
}

/// A statement with an unknown table or column, or a syntax error, fails here.
#[tokio::test]
async fn every_statement_fits_the_tables_of_a_file() {
    let data = tempfile::tempdir().unwrap();
    Store::open(data.path(), Metrics::default()).await.unwrap().close().await;
    let file = raw(data.path());
    for (name, sql) in both().chain(SQLITE).copied().chain(rules()) {
        let prepared = file.prepare(sql);
        assert!(prepared.is_ok(), "{name}: {:?}", prepared.err());
    }
}

#[tokio::test]
async fn every_statement_fits_the_tables_of_a_server() {
    let (store, server) = connected().await;
    let client = server.client().await;
    for (name, sql) in both().chain(POSTGRES).copied().chain(rules()) {
        let prepared = client.prepare(&in_postgres(sql)).await;
        assert!(prepared.is_ok(), "{name}: {:?}", prepared.err());
    }
    store.close().await;
}

/// A later version may add columns while this one still runs.
#[test]
fn every_statement_names_its_columns() {
    for (name, sql) in both().chain(SQLITE).chain(POSTGRES) {
        let words: Vec<&str> = sql.split_whitespace().collect();
        let all = ["SELECT *", "RETURNING *", ".*"];
        let all = all.iter().any(|all| words.join(" ").contains(all));
        let into = words.windows(4).find(|words| words[..2] == ["INSERT", "INTO"]);
        let unnamed = into.is_some_and(|words| !words[3].starts_with('(') && words[3] != "DEFAULT");
        assert!(!all && !unnamed, "{name}: {sql}");
    }
}

/// A file and a server have the same tables with the same columns, and reject the same rows.
#[tokio::test]
async fn a_file_and_a_server_have_the_same_tables() {
    let data = tempfile::tempdir().unwrap();
    Store::open(data.path(), Metrics::default()).await.unwrap().close().await;
    let file = raw(data.path());
    let columns = "SELECT t.name || '.' || c.name FROM sqlite_schema t, pragma_table_info(t.name) c
        WHERE t.type = 'table' AND t.name NOT LIKE 'sqlite%' ORDER BY 1";
    let mut columns = file.prepare(columns).unwrap();
    let of_file: Vec<String> =
        columns.query_map([], |row| row.get(0)).unwrap().map(Result::unwrap).collect();
    let (store, server) = connected().await;
    let columns = "SELECT (table_name || '.' || column_name)::text AS name
        FROM information_schema.columns WHERE table_schema = 'public' ORDER BY (table_name || '.' || column_name) COLLATE \"C\"";
    let of_server = server.client().await.query(columns, &[]).await.unwrap();
    let of_server: Vec<String> = of_server.iter().map(|row| row.get(0)).collect();
    assert_eq!(of_file, of_server);
    assert!(of_file.len() > 100, "{}", of_file.len());
    store.close().await;
}

/// However many generations are stored, a start, an acceptance and the retention read only the rows
/// that they need.
#[tokio::test]
async fn no_statement_reads_all_generations() {
    let data = tempfile::tempdir().unwrap();
    Store::open(data.path(), Metrics::default()).await.unwrap().close().await;
    let file = raw(data.path());
    for query in [
        KEY_BY_HASH,
        REFUNDABLE,
        COUNT_REFUNDED,
        COUNT_GIVEN_BACK,
        CLAIM_GENERATIONS,
        GENERATIONS_OF_NODE,
        COUNT_UNFINISHED,
        FINISHED_BEFORE,
        NEVER_MADE_BEFORE,
        FOLD_CAPTURE,
        DELETE_HOLD,
        DELETE_CAPTURE,
        DELETE_RELEASE,
        FORGET_UNUSED_VISITORS,
        MEDIA_IS_KNOWN,
        SUBMISSION,
        ACTIVE_OF_OWNER,
        USED_TOKENS_SINCE,
        KEY_TOKENS_OF_DAYS,
        KEY_BY_HASH,
        REFUNDABLE,
        COUNT_REFUNDED,
        COUNT_GIVEN_BACK,
        COUNT_RELEASED,
        COUNT_ENDED,
        GENERATIONS_BEFORE,
        FACTS_OF_OWNER_AFTER,
        NEXT_BLOCK_OF_VISITOR,
        NEXT_BLOCK_OF_KEY,
        ALL_GENERATIONS_BEFORE,
        GENERATIONS_WITH_TEXT_BEFORE,
        KEYED_GENERATION,
        LEDGER_BEFORE,
        UPLOADS_OF_OWNER,
        UPLOAD_IS_OWNED,
        FORGET_UNUSED_UPLOADS,
    ] {
        let mut plan = file.prepare(&format!("EXPLAIN QUERY PLAN {query}")).unwrap();
        let nothing = vec![rusqlite::types::Null; plan.parameter_count()];
        let nothing = rusqlite::params_from_iter(nothing);
        let plan: Vec<String> =
            plan.query_map(nothing, |row| row.get(3)).unwrap().map(Result::unwrap).collect();
        assert!(!plan.is_empty());
        for step in plan {
            // An index of unfinished generations may be read from end to end, and so may the few
            // nodes.
            let bounded =
                step.contains("USING INDEX generations_unfinished") || step.contains("SCAN nodes");
            assert!(bounded || !step.starts_with("SCAN"), "{query}: {step}");
        }
    }
}

/// What does not fit a filter is passed over in the index alone, whatever is filtered by.
#[tokio::test]
async fn a_filter_of_all_generations_looks_into_the_table_for_what_fits() {
    let data = tempfile::tempdir().unwrap();
    Store::open(data.path(), Metrics::default()).await.unwrap().close().await;
    let file = raw(data.path());
    let plan = format!("EXPLAIN QUERY PLAN {ALL_GENERATIONS_BEFORE}");
    let mut plan = file.prepare(&plan).unwrap();
    let nothing = vec![rusqlite::types::Null; plan.parameter_count()];
    let steps = plan.query_map(rusqlite::params_from_iter(nothing), |row| row.get(3)).unwrap();
    let steps: Vec<String> = steps.map(Result::unwrap).collect();
    let filtered = "SEARCH f USING COVERING INDEX generations_by_time (created_at_ms>?";
    assert!(steps.iter().any(|step| step.starts_with(filtered)), "{steps:?}");
    assert!(steps.iter().any(|step| step.starts_with("SEARCH g USING INDEX")), "{steps:?}");
}

/// What a publishable key used in a day is read from the index alone, which has only what counts.
#[tokio::test]
async fn the_tokens_of_a_day_are_counted_in_an_index() {
    let data = tempfile::tempdir().unwrap();
    Store::open(data.path(), Metrics::default()).await.unwrap().close().await;
    let file = raw(data.path());
    let mut plan = file.prepare(&format!("EXPLAIN QUERY PLAN {USED_TOKENS_SINCE}")).unwrap();
    let plan: Vec<String> =
        plan.query_map([1, 2, 3], |row| row.get(3)).unwrap().map(Result::unwrap).collect();
    let counted = "SEARCH generations USING COVERING INDEX generations_counted \
                   (key_id=? AND created_at_ms>? AND created_at_ms<?)";
    assert_eq!(plan, [counted]);

    let (store, server) = connected().await;
    let client = server.client().await;
    // The planner has no statistics of an empty table.
    client.batch_execute("SET enable_seqscan = off; SET enable_bitmapscan = off").await.unwrap();
    let asked = in_postgres(USED_TOKENS_SINCE);
    let asked = asked.replace("$1", "1").replace("$2", "2").replace("$3", "3");
    let plan = client.query(&format!("EXPLAIN {asked}"), &[]).await.unwrap();
    let plan: Vec<String> = plan.iter().map(|row| row.get(0)).collect();
    let counted = "Index Only Scan using generations_counted on generations";
    assert!(plan.iter().any(|step| step.contains(counted)), "{plan:?}");
    assert!(!plan.iter().any(|step| step.contains("Filter")), "{plan:?}");
    store.close().await;
}

/// Every request looks a key up, by what it is and by what it was before its rotations.
#[tokio::test]
async fn a_server_finds_a_key_in_its_indexes() {
    let (store, server) = connected().await;
    let client = server.client().await;
    client.batch_execute("SET enable_seqscan = off").await.unwrap();
    let asked = in_postgres(KEY_BY_HASH).replace("$1", "'\\x00'::bytea").replace("$2", "2");
    let plan = client.query(&format!("EXPLAIN {asked}"), &[]).await.unwrap();
    let plan: Vec<String> = plan.iter().map(|row| row.get(0)).collect();
    assert!(plan.iter().any(|step| step.contains("on keys_by_old_hash")), "{plan:?}");
    assert!(!plan.iter().any(|step| step.contains("Seq Scan")), "{plan:?}");
    store.close().await;
}

/// The tests above see only what stands in this file.
#[test]
fn all_sql_of_the_store_is_in_this_file() {
    let dir = concat!(env!("CARGO_MANIFEST_DIR"), "/src/store");
    let mut files = 0;
    for entry in std::fs::read_dir(dir).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        if name == "sql.rs" || path.is_dir() {
            continue;
        }
        let text = std::fs::read_to_string(&path).unwrap();
        files += 1;
        for (at, call) in text.match_indices("query(") {
            let argument = text[at + call.len()..].trim_start();
            assert!(!argument.starts_with('"'), "{name}: SQL outside of sql.rs");
        }
    }
    assert!(files > 5, "{files} files");
}
