//! Moves records from a file to a server: all of them, or none.

use std::path::Path;

use super::audit::{Audit, prove};
use super::database::{Store, mark};
use super::engine::{Connection, Reader, Source, columns, query};
use super::sql;
use crate::domain::{DatabaseServer, StoreError};
use crate::metrics::Metrics;

/// What was moved.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Migrated {
    /// How many rows.
    pub rows: u64,
    /// The audit of the copy. It has no faults.
    pub audit: Audit,
}

/// Sums that the copy must have as well.
#[derive(Debug, PartialEq, Eq)]
struct Sums {
    granted: i64,
    available: i64,
    held: i64,
    spent: i64,
    ledger: i64,
    micros: i64,
    usage: i64,
    usage_costs: i64,
}

columns!(Sums { granted, available, held, spent, ledger, micros, usage, usage_costs });

impl Store {
    /// Copies the records of a data directory, which must not be in use, to a server without
    /// records, audits the copy, and marks the directory as moved. The file stays.
    ///
    /// # Errors
    /// [`StoreError`]; then the server has none of the records, and the directory is unchanged.
    pub async fn migrate(data: &Path, server: &DatabaseServer) -> Result<Migrated, StoreError> {
        let file = Self::open(data, Metrics::default()).await?;
        let copy = Self::connect(server, Metrics::default()).await?;
        if copy.living_nodes().await? > 0 {
            return Err(StoreError::InUse);
        }
        let from = file.reader.clone();
        let copying = copy.writer.write(move |connection| Box::pin(copied(from, connection)));
        let migrated = copying.await;
        copy.close().await;
        file.close().await;
        let migrated = migrated?;
        mark(data, &server.url.to_string())?;
        Ok(migrated)
    }
}

async fn copied(from: Reader, to: &mut Connection) -> Result<Migrated, StoreError> {
    if query(sql::HAS_RECORDS).fetch_optional::<i64>(&mut *to).await?.is_some() {
        return Err(StoreError::NotEmpty);
    }
    let counts = from.copy(sql::TABLES, to).await?;
    query(sql::AFTER_WHAT_WAS_COPIED).fetch_all::<i64>(&mut *to).await?;
    // The nodes of the file are none of the server's, whose numbers begin anew.
    query(sql::RELEASE_COPIED_GENERATIONS).execute(&mut *to).await?;
    query(sql::RELEASE_COPIED_DELIVERIES).execute(&mut *to).await?;
    let (before, after) = (sums(&from).await?, sums(&mut *to).await?);
    if before != after {
        return Err(StoreError::NotTheSame(format!("{before:?} became {after:?}")));
    }
    let audit = prove(to).await?;
    match audit.faults.first() {
        Some(fault) => Err(StoreError::NotTheSame(fault.clone())),
        None => Ok(Migrated { rows: counts.iter().sum(), audit }),
    }
}

async fn sums(of: impl Source) -> Result<Sums, StoreError> {
    query(sql::SUMS).fetch_one(of).await
}

#[cfg(test)]
mod tests {
    use super::super::testing::{TestServer, raw};
    use super::*;
    use std::time::Duration;

    use crate::domain::Node;
    use crate::store::{AdminRole, NewKey};

    /// Rows in every table.
    const FILL: &str = "
        INSERT INTO accounts (id, granted, available, held, spent) VALUES (7, 100, 65, 10, 25);
        INSERT INTO keys (id, name, hash, kind, account_id, label, created_at_ms, visitor_budget,
            visitors_per_address, tokens_per_day, models, last_block) VALUES
            (7, 'key-a', zeroblob(32), 'secret', 7, 'ä', 0, NULL, NULL, NULL, '[\"pika\"]', 9),
            (8, 'key-b', randomblob(32), 'publishable', 7, '', 0, 5, 5, 5, NULL, 0);
        INSERT INTO key_origins VALUES (8, 'https://a.example');
        INSERT INTO older_keys VALUES (randomblob(32), 7, 9);
        INSERT INTO visitors (id, key_id, subject, address_hash, created_at_ms, last_block)
            VALUES (3, 8, 'ada', x'00ff', 0, 9);
        INSERT INTO sessions VALUES (randomblob(32), 3, NULL, 60, 1, 1);
        INSERT INTO generations (id, account_id, key_id, visitor_id, state, model, prompt, procedural,
            price, created_at_ms, finished_at_ms, last_seq, note, message, options, event_count, taken,
            charged, node_id) VALUES
            ('a', 7, 7, NULL, 'completed', 'pika', 'a lake', 1, 25, 1, 2, 200000, '{}', NULL,
                '{\"seed\":1}', 2, 0, 25, 1),
            ('d', 7, 8, 3, 'queued', 'run', 'a film', 0, 10, 1, NULL, 100000, NULL, NULL, '{}', 1, 0, 0, 1);
        UPDATE visitors SET held = 10;
        INSERT INTO events VALUES ('a', 100000, '{\"status\":\"Processing started\"}'),
            ('a', 200000, '{\"status\":\"Completed\"}'),
            ('d', 100000, '{\"status\":\"Processing started\"}');
        INSERT INTO media VALUES ('a', 'a.mp4', 5);
        INSERT INTO ledger (id, account_id, kind, tokens, generation_id, at_ms) VALUES
            (1, 7, 'grant', 100, NULL, 0), (2, 7, 'hold', 25, 'a', 1), (3, 7, 'capture', 25, 'a', 2),
            (4, 7, 'hold', 10, 'd', 1);
        INSERT INTO submissions VALUES (7, 0, 'key', x'01', 'a');
        INSERT INTO provider_jobs VALUES ('d', 'dream', 1, '{\"job\":1}', 9);
        INSERT INTO provider_costs (generation_id, provider, model, currency, micros, basis, at_ms)
            VALUES ('d', 'dream', 'run', 'EUR', 5, 'billed', 1);
        INSERT INTO uploads VALUES ('u', 8, 3, 'png', 5, 9);
        INSERT INTO generation_uploads VALUES ('d', 'u');
        INSERT INTO admins VALUES (1, 'ada', randomblob(32), 'admin', 0, NULL);
        INSERT INTO admin_sessions VALUES (randomblob(32), 1, 0, 0);
        INSERT INTO key_days VALUES (7, 0, 25), (8, 0, 10);
        INSERT INTO usage_days VALUES (0, 7, 'pika', 'sketch', 'completed', 1, 25, 1, 9);
        INSERT INTO usage_costs VALUES (0, 7, 'pika', 'sketch', 'completed', 'EUR', 5);
        INSERT INTO provider_attempts (generation_id, provider, begun_at_ms, ended_at_ms, error,
            message) VALUES ('d', 'dream', 1, 2, 'transient', '{\"text\":\"No.\"}');
        INSERT INTO webhook_endpoints (id, name, account_id, url, balance_low_tokens, secret,
            created_at_ms) VALUES (1, 'wh-a', 7, 'https://a.example/', 100, x'01', 0);
        INSERT INTO webhook_messages VALUES ('msg_a', 'generation.completed', 0, '{}', NULL);
        INSERT INTO webhook_deliveries (id, message_id, endpoint_id, state, tries, next_try_ms, node_id)
            VALUES (1, 'msg_a', 1, 'pending', 1, 0, 1);
        INSERT INTO webhook_attempts (delivery_id, at_ms, took_ms, status) VALUES (1, 0, 5, 500);
        INSERT INTO activity (at_ms, actor, source, action, subject, before, after)
            VALUES (0, 'ada', 'x', 'key.create', 'key-a', NULL, '{\"a\":1}');";

    #[tokio::test]
    async fn a_filled_file_is_moved_whole_and_once() {
        let data = tempfile::tempdir().unwrap();
        Store::open(data.path(), Metrics::default()).await.unwrap().close().await;
        raw(data.path()).execute_batch(FILL).unwrap();
        let server = TestServer::new();
        let migrated = Store::migrate(data.path(), &server.0).await.unwrap();
        assert_eq!((migrated.audit.accounts, migrated.audit.generations), (1, 2));
        let client = server.client().await;
        for (table, read) in sql::TABLES {
            let count: i64 = client
                .query_one(&format!("SELECT count(*) FROM {table}"), &[])
                .await
                .unwrap()
                .get(0);
            let file = raw(data.path());
            let of_file = file.query_row(&format!("SELECT count(*) FROM {table}"), [], |row| {
                row.get::<_, i64>(0)
            });
            // No table is empty but the one that is filled only when something is removed.
            assert_eq!(count, of_file.unwrap(), "{read}");
            assert!(count > 0 || *table == "ledger_days", "{table}");
        }
        // Rows that are inserted later come after the copied ones.
        let store = server.store().await;
        let row = store.generation("d").await.unwrap().unwrap();
        assert_eq!((row.visitor_id, row.last_seq), (Some(3), 100_000));
        store.create_key(NewKey::Secret { tokens: 5 }, String::new()).await.unwrap();
        store.create_admin("grace", AdminRole::Viewer).await.unwrap();
        // The node that ran it in the file is not the first of the server, which runs it from now on.
        let node = store.join(Duration::from_secs(10)).await.unwrap();
        assert_eq!(node, Node(1));
        let claimed = store.claim_generations(node, 9).await.unwrap();
        assert_eq!(claimed.rows.iter().map(|row| &*row.id).collect::<Vec<_>>(), ["d"]);
        assert_eq!(store.claim_webhooks(node, 9).await.unwrap().len(), 1);
        store.leave(node).await.unwrap();
        assert_eq!(store.keys().await.unwrap().last().unwrap().0.id, 9);
        store.close().await;
        // No new records are begun in the file, and nothing is copied onto existing records.
        let again = Store::migrate(data.path(), &server.0).await.unwrap_err();
        assert!(matches!(again, StoreError::Elsewhere { .. }), "{again}");
        let other = tempfile::tempdir().unwrap();
        Store::open(other.path(), Metrics::default()).await.unwrap().close().await;
        let refused = Store::migrate(other.path(), &server.0).await.unwrap_err();
        assert!(matches!(refused, StoreError::NotEmpty), "{refused}");
    }

    /// An inconsistent file leaves nothing on the server.
    #[tokio::test]
    async fn what_does_not_stand_the_proof_is_not_moved() {
        let data = tempfile::tempdir().unwrap();
        Store::open(data.path(), Metrics::default()).await.unwrap().close().await;
        let file = raw(data.path());
        file.execute_batch(FILL).unwrap();
        file.execute("UPDATE key_days SET tokens = tokens + 1", []).unwrap();
        drop(file);
        let server = TestServer::new();
        let refused = Store::migrate(data.path(), &server.0).await.unwrap_err();
        assert!(matches!(refused, StoreError::NotTheSame(_)), "{refused}");
        let store = server.store().await;
        assert_eq!(store.keys().await.unwrap().len(), 0);
        store.close().await;
        Store::open(data.path(), Metrics::default()).await.unwrap().close().await;
    }
}
