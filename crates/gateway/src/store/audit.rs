//! The audit: checks that the records are consistent and nothing was lost.

use super::database::Store;
use super::engine::{Column, Connection, Fault, Value, columns, query};
use super::sql;
use crate::domain::StoreError;

/// What an audit found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Audit {
    /// How many accounts were checked.
    pub accounts: u64,
    /// How many generations were checked.
    pub generations: u64,
    /// How many of them are queued or running.
    pub unfinished: u64,
    /// The name and the size, in bytes, of each completed generation's file. The caller looks for
    /// them.
    pub media: Vec<(String, u64)>,
    /// The faults, one sentence each. Empty: there are none.
    pub faults: Vec<String>,
}

/// A rule is a fault's description and a query for the rows that have the fault. The condition of
/// an index on the ledger is repeated in full where a rule is to use the index.
pub(super) const RULES: &[(&str, &str)] = &[
    (
        "account {} breaks granted = available + held + spent",
        "SELECT id FROM accounts WHERE granted <> available + held + spent
         OR granted < 0 OR available < 0 OR held < 0 OR spent < 0",
    ),
    (
        "account {} was granted another sum than its ledger says",
        "SELECT a.id FROM accounts a WHERE a.granted <> (SELECT coalesce(sum(CASE kind
         WHEN 'grant' THEN tokens ELSE -tokens END), 0)
         FROM ledger WHERE account_id = a.id AND kind IN ('grant', 'adjustment'))",
    ),
    (
        "account {} has spent another sum than its ledger says",
        "SELECT a.id FROM accounts a WHERE a.spent <> (SELECT coalesce(sum(CASE kind
         WHEN 'capture' THEN tokens ELSE -tokens END), 0)
         FROM ledger WHERE account_id = a.id AND kind IN ('capture', 'refund'))
         + (SELECT coalesce(sum(captured), 0) FROM ledger_days WHERE account_id = a.id)",
    ),
    (
        "account {} holds another sum than its ledger says",
        "SELECT a.id FROM accounts a WHERE a.held <> (SELECT coalesce(sum(CASE kind
         WHEN 'hold' THEN tokens ELSE -tokens END), 0)
         FROM ledger WHERE account_id = a.id AND kind IN ('hold', 'capture', 'release'))",
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
        "generation {} was refunded more than it was charged",
        "SELECT g.id FROM ledger r JOIN generations g ON g.id = r.generation_id
         WHERE r.kind = 'refund' AND r.tokens > coalesce((SELECT tokens FROM ledger
         WHERE generation_id = g.id AND kind = 'capture'), 0)",
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
        "generation {} was cancelled before a provider took it, and was charged",
        "SELECT g.id FROM generations g WHERE state = 'cancelled' AND taken = 0 AND charged <> 0",
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
        "SELECT generation_id AS id FROM ledger
         WHERE kind IN ('hold', 'capture', 'release') GROUP BY generation_id
         HAVING sum(CASE kind WHEN 'hold' THEN tokens ELSE -tokens END) < 0
         OR count(*) FILTER (WHERE kind = 'capture') > 1
         OR count(*) FILTER (WHERE kind = 'release') > 1",
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

struct Counts {
    accounts: u64,
    generations: u64,
    unfinished: u64,
}

columns!(Counts { accounts, generations, unfinished });

struct MediaRow {
    name: String,
    size_bytes: u64,
}

columns!(MediaRow { name, size_bytes });

/// An id: a number in some tables, a text in others.
struct Culprit(String);

impl Column for Culprit {
    fn from_value(value: Value) -> Result<Self, Fault> {
        match value {
            Value::Int(number) => Ok(Self(number.to_string())),
            other => String::from_value(other).map(Self),
        }
    }
}

/// How many faulty rows of one rule are named.
const NAMED: usize = 5;

impl Store {
    /// Checks the store, and returns which files must exist.
    ///
    /// Everything is read in one snapshot; a server goes on working meanwhile.
    ///
    /// # Errors
    /// [`StoreError`] if the store can't be read at all.
    pub async fn audit(&self) -> Result<Audit, StoreError> {
        self.reader.read_moment(|connection| Box::pin(prove(connection))).await
    }
}

/// What the database's own integrity check says, and the media files that must exist.
pub(super) async fn prove(connection: &mut Connection) -> Result<Audit, StoreError> {
    let mut audit = Audit::default();
    if connection.is_sqlite() {
        let health: Vec<String> = query(sql::QUICK_CHECK).fetch_all(&mut *connection).await?;
        audit.faults.extend(
            health.into_iter().filter(|line| line != "ok").map(|line| format!("SQLite: {line}")),
        );
    }
    for (sentence, rule) in RULES {
        let culprits: Vec<Culprit> = query(rule).fetch_all(&mut *connection).await?;
        let named = culprits.iter().take(NAMED).map(|Culprit(id)| sentence.replace("{}", id));
        audit.faults.extend(named);
        if culprits.len() > NAMED {
            let others = culprits.len() - NAMED;
            audit.faults.push(format!("{}, and {others} others", sentence.replace("{}", "…")));
        }
    }
    let counts: Counts = query(sql::COUNTS).fetch_one(&mut *connection).await?;
    audit.accounts = counts.accounts;
    audit.generations = counts.generations;
    audit.unfinished = counts.unfinished;
    let files: Vec<MediaRow> = query(sql::ALL_MEDIA).fetch_all(connection).await?;
    audit.media = files.into_iter().map(|file| (file.name, file.size_bytes)).collect();
    Ok(audit)
}
