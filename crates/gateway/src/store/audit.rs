//! The proof that nothing was lost: what must be true of the store, asked of the store.

use std::path::Path;

use super::database::Store;
use super::sql;
use crate::domain::StoreError;

/// What an audit found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Audit {
    /// How many accounts were proved.
    pub accounts: u64,
    /// How many generations were proved.
    pub generations: u64,
    /// How many of them are queued or running.
    pub unfinished: u64,
    /// What is wrong, one sentence each. Empty: all is well.
    pub faults: Vec<String>,
}

/// The condition of an index on the ledger is repeated in full where a rule is to use it.
/// Each rule: what is wrong where a row comes back, and the query that names the culprits.
pub(super) const RULES: &[(&str, &str)] = &[
    (
        "account {} breaks granted = available + held + spent",
        "SELECT id FROM accounts WHERE granted <> available + held + spent
         OR min(granted, available, held, spent) < 0",
    ),
    (
        "account {} was granted another sum than its ledger says",
        "SELECT a.id FROM accounts a WHERE a.granted <> (SELECT coalesce(sum(tokens), 0)
         FROM ledger WHERE account_id = a.id AND kind = 'grant')",
    ),
    (
        "account {} has spent another sum than its ledger says",
        "SELECT a.id FROM accounts a WHERE a.spent <> (SELECT coalesce(sum(tokens), 0)
         FROM ledger WHERE account_id = a.id AND kind = 'capture')
         + (SELECT coalesce(sum(captured), 0) FROM ledger_days WHERE account_id = a.id)",
    ),
    (
        "account {} holds another sum than its ledger says",
        "SELECT a.id FROM accounts a WHERE a.held <> (SELECT coalesce(sum(CASE kind
         WHEN 'hold' THEN tokens ELSE -tokens END), 0)
         FROM ledger WHERE account_id = a.id AND kind <> 'grant')",
    ),
    (
        "account {} holds another sum than its unfinished generations cost",
        "SELECT a.id FROM accounts a WHERE a.held <> (SELECT coalesce(sum(price), 0)
         FROM generations WHERE account_id = a.id AND state IN ('queued', 'running'))",
    ),
    (
        "visitor {} holds another sum than their unfinished generations cost",
        "SELECT v.id FROM visitors v WHERE v.held <> (SELECT coalesce(sum(price), 0)
         FROM generations WHERE visitor_id = v.id AND state IN ('queued', 'running'))",
    ),
    (
        "generation {} has no hold of its price",
        "SELECT g.id FROM generations g WHERE NOT EXISTS (SELECT 1 FROM ledger
         WHERE generation_id = g.id AND kind = 'hold' AND tokens = g.price
         AND account_id = g.account_id)",
    ),
    (
        "account {} was charged another sum than its usage says",
        "SELECT a.id FROM accounts a WHERE a.spent <> (SELECT coalesce(sum(u.tokens), 0)
         FROM keys k JOIN usage_days u ON u.key_id = k.id WHERE k.account_id = a.id)",
    ),
    (
        "account {} holds and has spent another sum than its keys used day by day",
        "SELECT a.id FROM accounts a WHERE a.held + a.spent <> (SELECT coalesce(sum(d.tokens), 0)
         FROM keys k JOIN key_days d ON d.key_id = k.id WHERE k.account_id = a.id)",
    ),
    (
        "completed generation {} was not charged its price",
        "SELECT g.id FROM generations g WHERE state = 'completed' AND NOT EXISTS
         (SELECT 1 FROM ledger WHERE generation_id = g.id AND kind = 'capture'
         AND tokens = g.price)",
    ),
    (
        "generation {} failed, but its tokens were not returned",
        "SELECT g.id FROM generations g WHERE state = 'failed' AND charged <> 0",
    ),
    (
        "generation {} was cancelled before anybody took it, and was charged",
        "SELECT g.id FROM generations g WHERE state = 'cancelled' AND NOT taken AND charged <> 0",
    ),
    (
        "generation {} failed or was cancelled, but its tokens were not returned",
        "SELECT g.id FROM generations g WHERE state IN ('failed', 'cancelled')
         AND g.price <> g.charged AND NOT EXISTS
         (SELECT 1 FROM ledger WHERE generation_id = g.id AND kind = 'release'
         AND tokens = g.price - g.charged)",
    ),
    (
        "generation {} was cancelled, and charged another sum than its ledger says",
        "SELECT g.id FROM generations g WHERE state IN ('failed', 'cancelled')
         AND g.charged <> coalesce((SELECT tokens FROM ledger
         WHERE generation_id = g.id AND kind = 'capture'), 0)",
    ),
    (
        "unfinished generation {} is settled already",
        "SELECT g.id FROM generations g WHERE state IN ('queued', 'running') AND
         (EXISTS (SELECT 1 FROM ledger WHERE generation_id = g.id AND kind = 'capture')
         OR EXISTS (SELECT 1 FROM ledger WHERE generation_id = g.id AND kind = 'release'))",
    ),
    (
        "generation {} was settled with more than was held",
        "SELECT generation_id AS id FROM ledger WHERE kind <> 'grant' GROUP BY generation_id
         HAVING sum(CASE kind WHEN 'hold' THEN tokens ELSE -tokens END) < 0
         OR sum(kind = 'capture') > 1 OR sum(kind = 'release') > 1",
    ),
    (
        "generation {} has media, or none, against its state",
        "SELECT g.id FROM generations g WHERE (state = 'completed') <>
         EXISTS (SELECT 1 FROM media WHERE generation_id = g.id)",
    ),
    (
        "the events of generation {} are not those that were counted",
        "SELECT g.id FROM generations g LEFT JOIN events e ON e.generation_id = g.id GROUP BY g.id
         HAVING count(e.seq) <> g.event_count OR count(e.seq) = 0",
    ),
    (
        "an event of generation {} has a number that was not given out",
        "SELECT g.id FROM generations g JOIN events e ON e.generation_id = g.id
         WHERE e.seq > g.last_seq",
    ),
    (
        "generation {} was given a number that its owner's events have not reached",
        "SELECT g.id FROM generations g JOIN keys k ON k.id = g.key_id
         LEFT JOIN visitors v ON v.id = g.visitor_id
         WHERE g.last_seq / 100000 > coalesce(v.last_block, k.last_block)",
    ),
    (
        "generation {} does not begin with its acceptance",
        "SELECT g.id FROM generations g JOIN events e ON e.generation_id = g.id
         AND e.seq = (SELECT min(seq) FROM events WHERE generation_id = g.id)
         WHERE e.json ->> 'status' <> 'Processing started'",
    ),
    (
        "generation {} does not end with the event of its state",
        "SELECT g.id FROM generations g JOIN events e ON e.generation_id = g.id
         AND e.seq = (SELECT max(seq) FROM events WHERE generation_id = g.id)
         WHERE (state = 'completed') <> (e.json ->> 'status' = 'Completed')
         OR (state IN ('failed', 'cancelled')) <> (e.json ->> 'status' = 'Error')",
    ),
    (
        "generation {} has more than one last event",
        "SELECT generation_id AS id FROM events WHERE json ->> 'status' IN ('Completed', 'Error')
         GROUP BY generation_id HAVING count(*) > 1",
    ),
];

#[derive(sqlx::FromRow)]
struct Counts {
    #[sqlx(try_from = "i64")]
    accounts: u64,
    #[sqlx(try_from = "i64")]
    generations: u64,
    #[sqlx(try_from = "i64")]
    unfinished: u64,
}

#[derive(sqlx::FromRow)]
struct MediaRow {
    name: String,
    #[sqlx(try_from = "i64")]
    size_bytes: u64,
}

/// How many culprits of one rule are named.
const NAMED: usize = 5;

impl Store {
    /// Proves the store, and that each completed generation's file is in `media` at its size.
    ///
    /// All of it is read at one moment; a server may go on beside it.
    ///
    /// # Errors
    /// [`StoreError`], where the store cannot be read at all.
    pub async fn audit(&self, media: &Path) -> Result<Audit, StoreError> {
        let mut moment = self.reader.begin().await?;
        let mut audit = Audit::default();
        let health: Vec<String> =
            sqlx::query_scalar(sql::QUICK_CHECK).fetch_all(&mut *moment).await?;
        audit.faults.extend(
            health.into_iter().filter(|line| line != "ok").map(|line| format!("SQLite: {line}")),
        );
        for (sentence, query) in RULES {
            // Ids are numbers in some tables and texts in others.
            let wrapped = format!("SELECT CAST(id AS TEXT) FROM ({query})");
            let culprits: Vec<String> =
                sqlx::query_scalar(sqlx::AssertSqlSafe(wrapped)).fetch_all(&mut *moment).await?;
            audit.faults.extend(culprits.iter().take(NAMED).map(|id| sentence.replace("{}", id)));
            if culprits.len() > NAMED {
                let others = culprits.len() - NAMED;
                audit.faults.push(format!("{}, and {others} others", sentence.replace("{}", "…")));
            }
        }
        let files: Vec<MediaRow> = sqlx::query_as(sql::ALL_MEDIA).fetch_all(&mut *moment).await?;
        for MediaRow { name, size_bytes } in files {
            match std::fs::metadata(media.join(&name)) {
                Ok(file) if file.len() == size_bytes => {}
                Ok(file) => audit.faults.push(format!(
                    "the media file {name} has {} bytes instead of {size_bytes}",
                    file.len()
                )),
                Err(error) => {
                    audit.faults.push(format!("the media file {name} cannot be read: {error}"));
                }
            }
        }
        let counts: Counts = sqlx::query_as(sql::COUNTS).fetch_one(&mut *moment).await?;
        audit.accounts = counts.accounts;
        audit.generations = counts.generations;
        audit.unfinished = counts.unfinished;
        Ok(audit)
    }
}
