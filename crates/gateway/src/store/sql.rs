//! Every SQL statement of the store, and a test that prepares each against the tables as migrated.
//!
//! No other file of the store holds SQL, but for the rules of the audit; a test reads the files. A
//! condition that an index has (`WHERE state IN (…)`) is repeated in full in a statement that is to
//! use the index.

macro_rules! statements {
    ($($(#[$about:meta])* $name:ident = $sql:expr;)*) => {
        $($(#[$about])* pub(super) const $name: &str = $sql;)*

        #[cfg(test)]
        pub(super) const ALL: &[(&str, &str)] = &[$((stringify!($name), $name)),*];
    };
}

/// The columns of a key.
macro_rules! select_keys {
    ($rest:literal) => {
        concat!(
            "SELECT id, name, kind, account_id, label, created_at_ms, revoked_at_ms,
             visitor_budget, visitors_per_address, tokens_per_day, hash, expires_at_ms, models,
             day_cap_tokens, month_cap_tokens FROM keys ",
            $rest
        )
    };
}

statements! {
    // The connection and its transactions.
    PING = "SELECT 1 FROM accounts LIMIT 1";
    /// Changes the file, and nothing that anybody reads.
    TRY_TO_WRITE = "PRAGMA user_version = 1";
    BEGIN = "BEGIN IMMEDIATE";
    COMMIT = "COMMIT";
    ROLLBACK = "ROLLBACK";
    SAVEPOINT = "SAVEPOINT change";
    ROLLBACK_TO_SAVEPOINT = "ROLLBACK TO change";
    RELEASE_SAVEPOINT = "RELEASE change";

    // Accounts and the ledger.
    INSERT_ACCOUNT = "INSERT INTO accounts DEFAULT VALUES";
    BALANCE = "SELECT available, held, spent, granted FROM accounts WHERE id = ?";
    GRANT = "UPDATE accounts SET granted = granted + ?1, available = available + ?1
        WHERE id = ?2 AND granted + ?1 <= ?3";
    HOLD = "UPDATE accounts SET available = available - ?1, held = held + ?1
        WHERE id = ?2 AND available >= ?1";
    /// What came back of work that a provider had taken may be started once more, not for ever.
    HOLD_OF_VISITOR = "UPDATE visitors SET held = held + ?1
        WHERE id = ?2 AND (budget IS NULL OR (held + spent + ?1 <= budget
        AND held + spent + returned + ?1 <= 2 * budget))";
    RELEASE_OF_VISITOR = "UPDATE visitors SET held = held - ?1 WHERE id = ?2";
    /// Of a hold, a part is spent and the rest is available again.
    SETTLE = "UPDATE accounts SET held = held - ?1, spent = spent + ?2,
        available = available + ?1 - ?2 WHERE id = ?3";
    SETTLE_OF_VISITOR = "UPDATE visitors SET held = held - ?1, spent = spent + ?2,
        returned = returned + ?3 WHERE id = ?4";
    INSERT_LEDGER_ENTRY = "INSERT INTO ledger (account_id, kind, tokens, generation_id, at_ms)
        VALUES (?, ?, ?, ?, ?)";

    // Keys.
    KEY_BY_HASH = select_keys!("WHERE hash = ?");
    KEY_BY_NAME = select_keys!("WHERE name = ?");
    ALL_KEYS = select_keys!("ORDER BY id");
    ACCOUNT_OF_SECRET_KEY = "SELECT account_id FROM keys WHERE name = ? AND kind = 'secret'
        AND revoked_at_ms IS NULL";
    INSERT_KEY = "INSERT INTO keys (name, hash, kind, account_id, label, created_at_ms,
        visitor_budget, visitors_per_address, tokens_per_day)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)";
    INSERT_KEY_ORIGIN = "INSERT OR IGNORE INTO key_origins VALUES (?, ?)";
    /// A secret key takes the publishable keys of its account with it.
    REVOKE_KEY = "UPDATE keys SET revoked_at_ms = ?1 WHERE revoked_at_ms IS NULL
        AND (id = ?2 OR (?3 AND account_id = ?4))";
    ORIGIN_HAS_KEY = "SELECT 1 FROM key_origins JOIN keys ON keys.id = key_id
        WHERE origin = ? AND revoked_at_ms IS NULL LIMIT 1";
    KEY_ALLOWS_ORIGIN = "SELECT 1 FROM key_origins WHERE key_id = ? AND origin = ?";
    KEY_ORIGINS = "SELECT origin FROM key_origins WHERE key_id = ? ORDER BY origin";
    /// The keys whose name or label has a text in it.
    KEYS_BEFORE = select_keys!(
        "WHERE id < ?1 AND (instr(name, ?2) OR instr(lower(label), lower(?2)))
        ORDER BY id DESC LIMIT ?3"
    );
    KEY_LABEL_AND_LIMITS = "SELECT id, label, expires_at_ms, models, day_cap_tokens,
        month_cap_tokens FROM keys WHERE name = ?";
    KEY_LIMITS = "SELECT expires_at_ms, models, day_cap_tokens, month_cap_tokens FROM keys
        WHERE id = ?";
    CHANGE_KEY = "UPDATE keys SET label = ?, expires_at_ms = ?, models = ?, day_cap_tokens = ?,
        month_cap_tokens = ? WHERE id = ?";

    // What generations came to.
    KEY_TOKENS_OF_DAYS = "SELECT coalesce(sum(tokens), 0) FROM key_days
        WHERE key_id = ? AND day >= ? AND day < ?";
    COUNT_ACCEPTED = "INSERT INTO key_days
        SELECT key_id, created_at_ms / 86400000, price FROM generations WHERE id = ?
        ON CONFLICT (key_id, day) DO UPDATE SET tokens = tokens + excluded.tokens";
    COUNT_RELEASED = "UPDATE key_days SET tokens = tokens - (g.price - g.charged)
        FROM generations g WHERE g.id = ? AND key_days.key_id = g.key_id
        AND key_days.day = g.created_at_ms / 86400000";
    COUNT_ENDED = "INSERT INTO usage_days
        SELECT g.finished_at_ms / 86400000, g.key_id, g.model, coalesce((SELECT provider
        FROM provider_jobs WHERE generation_id = g.id),
        CASE WHEN g.procedural THEN 'sketch' ELSE '' END), g.state, 1,
        g.charged FROM generations g WHERE g.id = ?
        ON CONFLICT (day, key_id, model, provider, outcome) DO UPDATE
        SET generations = generations + 1, tokens = tokens + excluded.tokens";
    USAGE_OF_DAY = "SELECT u.day, k.name AS key_name, u.model, u.provider, u.outcome,
        u.generations, u.tokens FROM usage_days u JOIN keys k ON k.id = u.key_id
        WHERE u.day = ?1 AND (?2 IS NULL OR u.key_id = ?2)
        ORDER BY u.key_id, u.model, u.provider, u.outcome";

    // Administrators, and what was changed by whom.
    INSERT_ADMIN = "INSERT OR IGNORE INTO admins (name, hash, role, created_at_ms)
        VALUES (?, ?, ?, ?)";
    ALL_ADMINS = "SELECT id, name, role, created_at_ms, revoked_at_ms, hash FROM admins ORDER BY id";
    ADMIN_BY_HASH = "SELECT id, name, role, created_at_ms, revoked_at_ms, hash FROM admins
        WHERE hash = ?";
    ADMIN_REVOKED_AT = "SELECT revoked_at_ms FROM admins WHERE name = ?";
    REVOKE_ADMIN = "UPDATE admins SET revoked_at_ms = ? WHERE name = ? AND revoked_at_ms IS NULL";
    INSERT_ACTIVITY = "INSERT INTO activity (at_ms, actor, source, action, subject, before, after)
        VALUES (?, ?, ?, ?, ?, ?, ?)";
    ACTIVITY_BEFORE = "SELECT * FROM activity WHERE id < ? ORDER BY id DESC LIMIT ?";
    ACTIVITY_AFTER = "SELECT * FROM activity WHERE id > ? ORDER BY id LIMIT ?";

    // Visitors and sessions.
    SESSION_BY_HASH = "SELECT k.id AS key_id, k.kind AS key_kind, k.tokens_per_day, k.account_id,
        v.id AS visitor_id, s.origin, s.lifetime_secs, s.opened_at_ms, s.hash
        FROM sessions s JOIN visitors v ON v.id = s.visitor_id JOIN keys k ON k.id = v.key_id
        WHERE s.hash = ? AND s.expires_at_ms > ? AND k.revoked_at_ms IS NULL
        AND (k.expires_at_ms IS NULL OR k.expires_at_ms > ?)";
    INSERT_SESSION = "INSERT INTO sessions (hash, visitor_id, origin, lifetime_secs, expires_at_ms,
        opened_at_ms) VALUES (?, ?, ?, ?, ?, ?)";
    DELETE_EXPIRED_SESSIONS = "DELETE FROM sessions WHERE expires_at_ms <= ? AND opened_at_ms <= ?";
    END_VISITORS = "UPDATE visitors SET ended_at_ms = ?1 WHERE subject = ?2
        AND key_id IN (SELECT id FROM keys WHERE account_id = ?3) RETURNING id";
    DELETE_SESSIONS_OF_VISITOR = "DELETE FROM sessions WHERE visitor_id = ?";
    VISITORS_OF_ACCOUNT = "SELECT v.subject, k.name AS key_name, v.created_at_ms, v.held, v.spent,
        v.ended_at_ms IS NOT NULL AS ended FROM visitors v JOIN keys k ON k.id = v.key_id
        WHERE k.account_id = ? ORDER BY v.id DESC LIMIT ?";
    /// What a ticket stands for ends with its key, and with its visitor.
    OWNER_IS_GOOD = "SELECT 1 FROM keys k LEFT JOIN visitors v ON v.id = ?2
        WHERE k.id = ?1 AND k.revoked_at_ms IS NULL AND v.ended_at_ms IS NULL";
    VISITOR_BUDGET = "SELECT budget, held, spent, returned FROM visitors WHERE id = ?";
    VISITOR_BY_SUBJECT =
        "SELECT id, held + spent AS used FROM visitors WHERE key_id = ? AND subject = ?";
    /// Opening a session for somebody who was ended lets them in again.
    UPDATE_VISITOR_BUDGET = "UPDATE visitors SET budget = ?, ended_at_ms = NULL WHERE id = ?";
    /// Who came, did nothing and went. A day long they count for their address.
    FORGET_UNUSED_VISITORS = "DELETE FROM visitors WHERE id IN (SELECT v.id FROM visitors v
        WHERE v.held = 0 AND v.spent = 0 AND v.returned = 0 AND v.created_at_ms < ?1
        AND NOT EXISTS (SELECT 1 FROM sessions WHERE visitor_id = v.id)
        AND NOT EXISTS (SELECT 1 FROM generations WHERE key_id = v.key_id AND visitor_id = v.id)
        AND NOT EXISTS (SELECT 1 FROM uploads WHERE key_id = v.key_id AND visitor_id = v.id)
        LIMIT ?2)";
    NEW_VISITORS_FROM_ADDRESS = "SELECT count(*) FROM visitors
        WHERE key_id = ? AND address_hash = ? AND created_at_ms > ? AND created_at_ms <= ?";
    /// Numbers of events begin with the second: whoever is known by the same subject again, after they
    /// were forgotten, gets higher ones than before.
    INSERT_VISITOR = "INSERT INTO visitors (key_id, subject, address_hash, created_at_ms, budget,
        last_block)
        VALUES (?1, ?2, ?3, ?4, ?5, ?4 / 1000)";

    // Acceptance.
    SUBMISSION = "SELECT g.id, g.price, s.body_hash FROM submissions s
        JOIN generations g ON g.id = s.generation_id
        WHERE s.key_id = ? AND s.visitor_id = ? AND s.idempotency_key = ?";
    INSERT_SUBMISSION = "INSERT INTO submissions VALUES (?, ?, ?, ?, ?)";
    ACTIVE_OF_OWNER = "SELECT count(*) FROM generations
        WHERE key_id = ? AND visitor_id IS ? AND state IN ('queued', 'running')";
    USED_TOKENS_SINCE = "SELECT coalesce(sum(price), 0) FROM generations
        WHERE key_id = ? AND created_at_ms > ? AND created_at_ms <= ?
        AND state <> 'failed' AND (state <> 'cancelled' OR taken)";
    INSERT_GENERATION = "INSERT INTO generations (id, account_id, key_id, visitor_id, state, model,
        prompt, options, procedural, price, created_at_ms, last_seq)
        VALUES (?, ?, ?, ?, 'queued', ?, ?, ?, ?, ?, ?, 0)";

    // Generations.
    BEGIN_GENERATION =
        "UPDATE generations SET state = 'running' WHERE id = ? AND state = 'queued'";
    REQUEUE_RUNNING = "UPDATE generations SET state = 'queued'
        WHERE state IN ('queued', 'running') AND state = 'running'";
    UNFINISHED_IDS = "SELECT id FROM generations WHERE state IN ('queued', 'running')";
    FINISH_GENERATION = "UPDATE generations SET state = ?1, finished_at_ms = ?2, note = ?3,
        message = ?4, procedural = coalesce(?5, procedural), taken = ?6,
        charged = CASE ?1 WHEN 'completed' THEN price ELSE min(?7, price) END
        WHERE id = ?8 AND state IN ('queued', 'running')
        RETURNING account_id, visitor_id, price, charged";
    /// With the provider that took it, or may have.
    CANCELLABLE = "SELECT g.price, j.provider FROM generations g
        LEFT JOIN provider_jobs j ON j.generation_id = g.id
        AND (j.handle IS NOT NULL OR j.unclear > 0)
        WHERE g.id = ? AND g.state IN ('queued', 'running')";
    INSERT_MEDIA = "INSERT INTO media (generation_id, name, size_bytes) VALUES (?, ?, ?)";
    GENERATION = "SELECT g.*, m.name AS media_name FROM generations g
        LEFT JOIN media m ON m.generation_id = g.id WHERE g.id = ?";
    GENERATION_OF_OWNER = "SELECT g.*, m.name AS media_name FROM generations g
        LEFT JOIN media m ON m.generation_id = g.id
        WHERE g.id = ? AND g.key_id = ? AND g.visitor_id IS ?";
    /// In the order of time, which must not read all of it.
    UNFINISHED_GENERATIONS = "SELECT g.*, NULL AS media_name
        FROM generations g INDEXED BY generations_unfinished WHERE state IN ('queued', 'running') ORDER BY created_at_ms, id";
    FINISHED_BEFORE = "SELECT g.id, m.name AS media_name FROM generations g
        LEFT JOIN media m ON m.generation_id = g.id
        WHERE g.finished_at_ms IS NOT NULL AND g.finished_at_ms < ? LIMIT ?";
    /// Whoever's cursor it is: what is older than a moment, and of that moment what comes before an id.
    GENERATIONS_BEFORE = "SELECT g.*, m.name AS media_name FROM generations g
        LEFT JOIN media m ON m.generation_id = g.id
        WHERE g.key_id = ?1 AND g.visitor_id IS ?2 AND (g.created_at_ms, g.id) < (?3, ?4)
        ORDER BY g.created_at_ms DESC, g.id DESC LIMIT ?5";
    NEVER_MADE_BEFORE = "SELECT g.id, NULL AS media_name FROM generations g
        WHERE g.state = 'cancelled' AND g.taken = 0 AND g.finished_at_ms < ? LIMIT ?";
    /// What a generation captured goes into the row of its account and day.
    FOLD_CAPTURE = "INSERT INTO ledger_days (account_id, day, captured)
        SELECT account_id, at_ms / 86400000, tokens FROM ledger
        WHERE generation_id = ? AND kind = 'capture' AND tokens > 0
        ON CONFLICT (account_id, day) DO UPDATE SET captured = captured + excluded.captured";
    DELETE_HOLD = "DELETE FROM ledger WHERE generation_id = ? AND kind = 'hold'";
    DELETE_CAPTURE = "DELETE FROM ledger WHERE generation_id = ? AND kind = 'capture'";
    DELETE_RELEASE = "DELETE FROM ledger WHERE generation_id = ? AND kind = 'release'";
    /// The same of all keys, as far as they are looked for. It is read in the order of the index.
    ALL_GENERATIONS_BEFORE = "SELECT k.name AS key_name, g.*, m.name AS media_name
        FROM generations g CROSS JOIN keys k ON k.id = g.key_id
        LEFT JOIN media m ON m.generation_id = g.id
        WHERE (g.created_at_ms, g.id) < (?1, ?2) AND (?3 IS NULL OR g.key_id = ?3)
        AND (?4 IS NULL OR g.model = ?4) AND (?5 IS NULL OR g.state = ?5)
        AND (?6 IS NULL OR instr(lower(g.prompt), lower(?6))) AND g.created_at_ms >= ?7
        ORDER BY g.created_at_ms DESC, g.id DESC LIMIT ?8";
    KEYED_GENERATION = "SELECT k.name AS key_name, g.*, m.name AS media_name
        FROM generations g CROSS JOIN keys k ON k.id = g.key_id
        LEFT JOIN media m ON m.generation_id = g.id WHERE g.id = ?";
    LEDGER_BEFORE = "SELECT id, at_ms, kind, tokens, generation_id FROM ledger
        WHERE account_id = ?1 AND (at_ms, id) < (coalesce((SELECT at_ms FROM ledger WHERE id = ?2),
        9223372036854775807), ?2) ORDER BY at_ms DESC, id DESC LIMIT ?3";
    DELETE_GENERATION = "DELETE FROM generations WHERE id = ?";
    MEDIA_IS_KNOWN = "SELECT 1 FROM media WHERE name = ?";

    // Uploads.
    INSERT_UPLOAD = "INSERT INTO uploads (id, key_id, visitor_id, format, size_bytes,
        expires_at_ms) VALUES (?, ?, ?, ?, ?, ?)";
    UPLOADED_BYTES = "SELECT coalesce(sum(size_bytes), 0) FROM uploads";
    UPLOADS_OF_OWNER = "SELECT count(*) AS files, coalesce(sum(size_bytes), 0) AS bytes
        FROM uploads WHERE key_id = ? AND visitor_id IS ?";
    UPLOAD_FORMAT = "SELECT format FROM uploads WHERE id = ?";
    UPLOAD_IS_OWNED = "SELECT 1 FROM uploads WHERE id = ?1 AND key_id = ?2 AND visitor_id IS ?3
        AND (expires_at_ms > ?4 OR EXISTS
        (SELECT 1 FROM generation_uploads WHERE upload_id = ?1))";
    USE_UPLOAD = "INSERT INTO generation_uploads (generation_id, upload_id) VALUES (?, ?)";
    FORGET_UNUSED_UPLOADS = "DELETE FROM uploads WHERE id IN (SELECT id FROM uploads
        WHERE expires_at_ms <= ? AND NOT EXISTS
        (SELECT 1 FROM generation_uploads WHERE upload_id = uploads.id) LIMIT ?) RETURNING id";

    // Events.
    GENERATION_IS_ACTIVE =
        "SELECT 1 FROM generations WHERE id = ? AND state IN ('queued', 'running')";
    EVENTS_AFTER =
        "SELECT seq, json FROM events WHERE generation_id = ? AND seq > ? ORDER BY seq LIMIT ?";
    FACTS_OF_OWNER_AFTER = "SELECT e.generation_id, e.seq, e.json FROM generations g
        JOIN events e ON e.generation_id = g.id
        WHERE g.key_id = ?1 AND g.visitor_id IS ?2 AND g.last_seq > ?3 AND e.seq > ?3
        ORDER BY e.seq LIMIT ?4";
    LAST_BLOCK_OF_VISITOR = "SELECT last_block FROM visitors WHERE id = ?";
    LAST_BLOCK_OF_KEY = "SELECT last_block FROM keys WHERE id = ?";
    NEXT_BLOCK_OF_VISITOR = "UPDATE visitors SET last_block = last_block + 1
        WHERE id = (SELECT visitor_id FROM generations WHERE id = ?) RETURNING last_block";
    NEXT_BLOCK_OF_KEY = "UPDATE keys SET last_block = last_block + 1
        WHERE id = (SELECT key_id FROM generations WHERE id = ?) RETURNING last_block";
    SET_LAST_SEQ = "UPDATE generations SET last_seq = ? WHERE id = ?";
    COUNT_EVENT = "UPDATE generations SET event_count = event_count + 1 WHERE id = ?";
    INSERT_EVENT = "INSERT INTO events (generation_id, seq, json) VALUES (?, ?, ?)";

    // Jobs at providers.
    PROVIDER_JOB = "SELECT generation_id, provider, unclear, handle FROM provider_jobs
        WHERE generation_id = ?";
    ABANDONED_PROVIDER_JOBS = "SELECT j.generation_id, j.provider, j.unclear, j.handle
        FROM provider_jobs j JOIN generations g ON g.id = j.generation_id
        WHERE g.state NOT IN ('queued', 'running')";
    FORGET_PROVIDER_JOB = "DELETE FROM provider_jobs WHERE generation_id = ?1 AND EXISTS (SELECT 1
        FROM generations WHERE id = ?1 AND state NOT IN ('queued', 'running'))";
    /// Not for one that has ended meanwhile: what is cancelled before this costs nothing, and is not made.
    INTEND_SUBMISSION = "INSERT INTO provider_jobs (generation_id, provider, unclear)
        SELECT id, ?2, 1 FROM generations WHERE id = ?1 AND state IN ('queued', 'running')
        ON CONFLICT (generation_id) DO UPDATE SET handle = NULL, provider = ?2,
        unclear = CASE WHEN provider = ?2 THEN unclear + 1 ELSE 1 END";
    SUBMISSION_NOT_TAKEN = "UPDATE provider_jobs SET unclear = max(unclear - 1, 0)
        WHERE generation_id = ?1 AND provider = ?2";
    SUBMISSION_TAKEN = "UPDATE provider_jobs SET handle = ?3
        WHERE generation_id = ?1 AND provider = ?2";
    RESET_SUBMISSION = "UPDATE provider_jobs SET handle = NULL, unclear = 0
        WHERE generation_id = ?1 AND provider = ?2";

    // What jobs cost at providers.
    INSERT_PROVIDER_COST = "INSERT INTO provider_costs (generation_id, provider, model, currency,
        micros, basis, at_ms) VALUES (?, ?, ?, ?, ?, ?, ?)";
    FORGET_LAST_COST = "DELETE FROM provider_costs WHERE id = (SELECT max(id) FROM provider_costs
        WHERE generation_id = ? AND provider = ?)";
    PROVIDER_COSTS = "SELECT provider, model, currency, count(*) AS jobs, sum(micros) AS micros,
        count(*) FILTER (WHERE basis = 'billed') AS billed_jobs FROM provider_costs
        WHERE at_ms >= ? GROUP BY provider, model, currency ORDER BY provider, model, currency";

    // The audit.
    QUICK_CHECK = "PRAGMA quick_check";
    ALL_MEDIA = "SELECT name, size_bytes FROM media";
    COUNTS = "SELECT (SELECT count(*) FROM accounts) AS accounts,
        (SELECT count(*) FROM generations) AS generations,
        (SELECT count(*) FROM generations WHERE state IN ('queued', 'running')) AS unfinished";
}

#[cfg(test)]
mod tests {
    use sqlx::{Executor as _, SqlSafeStr as _};

    use super::super::Store;
    use super::super::audit::RULES;
    use super::*;
    use crate::metrics::Metrics;

    /// A statement that names a table or column that is not there, or isn't SQL, fails here.
    #[tokio::test]
    async fn every_statement_fits_the_tables() {
        let data = tempfile::tempdir().unwrap();
        let store = Store::open(data.path(), Metrics::default()).await.unwrap();
        let mut connection = store.reader.acquire().await.unwrap();
        let rules = RULES.iter().map(|(_, sql)| ("RULES", *sql));
        for (name, sql) in ALL.iter().copied().chain(rules) {
            let prepared = connection.prepare(sql.into_sql_str()).await;
            assert!(prepared.is_ok(), "{name}: {:?}", prepared.err());
        }
        drop(connection);
        store.close().await;
    }

    /// However many generations are kept, a start, an acceptance and the retention look only at
    /// those that they are about.
    #[tokio::test]
    async fn no_statement_reads_all_generations() {
        let data = tempfile::tempdir().unwrap();
        let store = Store::open(data.path(), Metrics::default()).await.unwrap();
        for query in [
            REQUEUE_RUNNING,
            UNFINISHED_GENERATIONS,
            UNFINISHED_IDS,
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
            COUNT_ACCEPTED,
            COUNT_RELEASED,
            COUNT_ENDED,
            GENERATIONS_BEFORE,
            FACTS_OF_OWNER_AFTER,
            NEXT_BLOCK_OF_VISITOR,
            NEXT_BLOCK_OF_KEY,
            ALL_GENERATIONS_BEFORE,
            KEYED_GENERATION,
            LEDGER_BEFORE,
            UPLOADS_OF_OWNER,
            UPLOAD_IS_OWNED,
            FORGET_UNUSED_UPLOADS,
        ] {
            let explain = sqlx::AssertSqlSafe(format!("EXPLAIN QUERY PLAN {query}"));
            let plan: Vec<(i64, i64, i64, String)> =
                sqlx::query_as(explain).fetch_all(&store.reader).await.unwrap();
            assert!(!plan.is_empty());
            for (_, _, _, step) in plan {
                // An index that holds the unfinished alone may be read from end to end.
                let bounded = step.contains("USING INDEX generations_unfinished");
                assert!(bounded || !step.starts_with("SCAN"), "{query}: {step}");
            }
        }
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
            if name == "sql.rs" {
                continue;
            }
            let text = std::fs::read_to_string(&path).unwrap();
            files += 1;
            for call in ["query(", "query_as(", "query_scalar("] {
                for (at, _) in text.match_indices(call) {
                    let argument = text[at + call.len()..].trim_start();
                    assert!(!argument.starts_with('"'), "{name}: SQL outside of sql.rs");
                }
            }
        }
        assert!(files > 5, "{files} files");
    }
}
