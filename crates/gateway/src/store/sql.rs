//! Every SQL statement of the store, and a test that prepares each against the tables as migrated.
//!
//! No other file of the store contains SQL, except the rules of the audit; a test checks this. The
//! condition of an index (`WHERE state IN (…)`) is repeated in full in a statement that is to use
//! the index. Columns are named, never `*`: a later version may add some while this one still runs.

macro_rules! statements {
    ($list:ident: $($(#[$about:meta])* $name:ident = $sql:expr;)*) => {
        $($(#[$about])* pub(in crate::store) const $name: &str = $sql;)*

        #[cfg(test)]
        pub(in crate::store) const $list: &[(&str, &str)] = &[$((stringify!($name), $name)),*];
    };
}

/// How many ids a statement takes that asks for several: what fits both databases, prepared once.
pub(super) const IDS_AT_ONCE: usize = 64;

/// A list of [`IDS_AT_ONCE`] values.
macro_rules! ids_at_once {
    () => {
        "?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?,
         ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?"
    };
}

mod engines;
mod gateways;
mod usage;
mod webhooks;

pub(super) use self::engines::*;
pub(super) use self::gateways::*;
pub(super) use self::usage::*;
pub(super) use self::webhooks::*;

/// The columns of a key.
macro_rules! select_keys {
    ($rest:literal) => {
        concat!(
            "SELECT id, name, kind, account_id, label, created_at_ms, revoked_at_ms,
             visitor_budget, visitors_per_address, tokens_per_day, old_hash_until_ms, expires_at_ms, models,
             day_cap_tokens, month_cap_tokens FROM keys ",
            $rest
        )
    };
}

/// The columns of a generation, with the name of its file.
macro_rules! generation_columns {
    () => {
        "g.id, g.key_id, g.visitor_id, g.state, g.model, g.prompt, g.options, g.procedural, g.price,
        g.created_at_ms, g.last_seq, g.finished_at_ms, g.note, g.message, m.name AS media_name"
    };
}

mod admin;

pub(super) use self::admin::*;

macro_rules! select_generations {
    ($rest:literal) => {
        concat!(
            "SELECT ",
            generation_columns!(),
            " FROM generations g LEFT JOIN media m ON m.generation_id = g.id ",
            $rest
        )
    };
}

/// The same for all keys, with the columns for administrators.
macro_rules! select_keyed_generations {
    ($rest:literal) => {
        concat!(
            "SELECT k.name AS key_name, g.provider, g.charged, ",
            generation_columns!(),
            " FROM generations g CROSS JOIN keys k ON k.id = g.key_id
            LEFT JOIN media m ON m.generation_id = g.id ",
            $rest
        )
    };
}

statements! {
    BOTH:

    // The connection.
    PING = "SELECT 1 FROM accounts LIMIT 1";

    // Accounts and the ledger.
    INSERT_ACCOUNT = "INSERT INTO accounts DEFAULT VALUES RETURNING id";
    BALANCE = "SELECT available, held, spent, granted FROM accounts WHERE id = ?";
    GRANT = "UPDATE accounts SET granted = granted + ?1, available = available + ?1
        WHERE id = ?2 AND granted + ?1 <= ?3";
    HOLD = "UPDATE accounts SET available = available - ?1, held = held + ?1
        WHERE id = ?2 AND available >= ?1 RETURNING available, held, spent, granted";
    /// Tokens released after a provider had taken the work may be used once more within the window,
    /// not without limit.
    HOLD_OF_VISITOR = "UPDATE visitors SET held = held + ?1
        WHERE id = ?2 AND (budget IS NULL OR (held + spent + ?1 <= budget
        AND held + spent + returned + ?1 <= 2 * budget))";
    RELEASE_OF_VISITOR = "UPDATE visitors SET held = held - ?1 WHERE id = ?2";
    /// Of a hold, a part is spent and the rest is available again.
    SETTLE = "UPDATE accounts SET held = held - ?1, spent = spent + ?2,
        available = available + ?1 - ?2 WHERE id = ?3";
    SETTLE_OF_VISITOR = "UPDATE visitors SET held = held - ?1, spent = spent + ?2,
        returned = returned + ?3 WHERE id = ?4";
    /// Of what is available.
    ADJUST_DOWN = "UPDATE accounts SET granted = granted - ?1, available = available - ?1
        WHERE id = ?2 AND available >= ?1";
    REFUND = "UPDATE accounts SET spent = spent - ?1, available = available + ?1 WHERE id = ?2";
    REFUND_OF_VISITOR = "UPDATE visitors SET spent = spent - ?1 WHERE id = ?2";
    REFUNDABLE = "SELECT account_id, visitor_id, charged, EXISTS (SELECT 1 FROM ledger
        WHERE generation_id = g.id AND kind = 'refund') AS refunded
        FROM generations g WHERE id = ?";
    INSERT_LEDGER_ENTRY = "INSERT INTO ledger (account_id, kind, tokens, generation_id, at_ms,
        reason) VALUES (?, ?, ?, ?, ?, ?)";

    // Keys.
    /// By the key's hash, or by that of the key before a rotation while it is valid.
    KEY_BY_HASH = select_keys!("WHERE hash = ?1 OR (old_hash = ?1 AND old_hash_until_ms > ?2)
        OR id = (SELECT key_id FROM older_keys WHERE hash = ?1 AND until_ms > ?2)");
    /// Before [`ROTATE_KEY`].
    KEEP_OLDER_KEY = "INSERT INTO older_keys (hash, key_id, until_ms)
        SELECT old_hash, id, old_hash_until_ms FROM keys
        WHERE id = ?1 AND old_hash IS NOT NULL AND old_hash_until_ms > ?2";
    /// Those that are no longer valid.
    FORGET_OLDER_KEYS = "DELETE FROM older_keys WHERE key_id = ?1 AND until_ms <= ?2";
    END_OLDER_KEYS = "DELETE FROM older_keys WHERE key_id = ?";
    ROTATE_KEY = "UPDATE keys SET old_hash = hash, hash = ?1, old_hash_until_ms = ?2
        WHERE id = ?3 AND revoked_at_ms IS NULL";
    KEY_BY_NAME = select_keys!("WHERE name = ?");
    ALL_KEYS = select_keys!("ORDER BY id");
    ACCOUNT_OF_SECRET_KEY = "SELECT account_id FROM keys WHERE name = ? AND kind = 'secret'
        AND revoked_at_ms IS NULL";
    INSERT_KEY = "INSERT INTO keys (name, hash, kind, account_id, label, created_at_ms,
        visitor_budget, visitors_per_address, tokens_per_day)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?) RETURNING id";
    INSERT_KEY_ORIGIN = "INSERT INTO key_origins (key_id, origin) VALUES (?, ?)
        ON CONFLICT DO NOTHING";
    /// Revoking a secret key revokes the publishable keys of its account.
    REVOKE_KEY = "UPDATE keys SET revoked_at_ms = ?1 WHERE revoked_at_ms IS NULL
        AND (id = ?2 OR (?3 <> 0 AND account_id = ?4))";
    ORIGIN_HAS_KEY = "SELECT 1 FROM key_origins JOIN keys ON keys.id = key_id
        WHERE origin = ? AND revoked_at_ms IS NULL LIMIT 1";
    KEY_ALLOWS_ORIGIN = "SELECT 1 FROM key_origins WHERE key_id = ? AND origin = ?";
    KEY_NAME = "SELECT name FROM keys WHERE id = ?";
    KEY_ORIGINS = "SELECT origin FROM key_origins WHERE key_id = ? ORDER BY origin";
    /// The keys whose name or label contains the text.
    KEYS_BEFORE = select_keys!(
        "WHERE id < ?1 AND (instr(name, ?2) > 0 OR instr(lower(label), lower(?2)) > 0)
        ORDER BY id DESC LIMIT ?3"
    );
    KEY_LABEL_AND_LIMITS = "SELECT id, label, expires_at_ms, models, day_cap_tokens,
        month_cap_tokens, visitor_budget, visitors_per_address, tokens_per_day
        FROM keys WHERE name = ?";
    KEY_LIMITS = "SELECT expires_at_ms, models, day_cap_tokens, month_cap_tokens FROM keys
        WHERE id = ?";
    CHANGE_KEY = "UPDATE keys SET label = ?, expires_at_ms = ?, models = ?, day_cap_tokens = ?,
        month_cap_tokens = ? WHERE id = ?";
    CHANGE_KEY_PAGES = "UPDATE keys SET visitor_budget = ?, visitors_per_address = ?,
        tokens_per_day = ? WHERE id = ?";
    DELETE_KEY_ORIGINS = "DELETE FROM key_origins WHERE key_id = ?";

    // Visitors and sessions.
    /// Good until the key is revoked or its time is over, or the visitor is ended (a renewal may have been
    /// under way then), and while the key is for the page's origin.
    SESSION_BY_HASH = "SELECT k.id AS key_id, k.kind AS key_kind, k.tokens_per_day, k.account_id,
        v.id AS visitor_id, s.origin, s.lifetime_secs, s.opened_at_ms, s.hash
        FROM sessions s JOIN visitors v ON v.id = s.visitor_id JOIN keys k ON k.id = v.key_id
        WHERE s.hash = ? AND s.expires_at_ms > ? AND k.revoked_at_ms IS NULL AND v.ended_at_ms IS NULL
        AND (k.expires_at_ms IS NULL OR k.expires_at_ms > ?)
        AND (s.origin IS NULL OR EXISTS (SELECT 1 FROM key_origins o
        WHERE o.key_id = k.id AND o.origin = s.origin))";
    INSERT_SESSION = "INSERT INTO sessions (hash, visitor_id, origin, lifetime_secs, expires_at_ms,
        opened_at_ms) VALUES (?, ?, ?, ?, ?, ?)";
    DELETE_EXPIRED_SESSIONS = "DELETE FROM sessions WHERE hash IN (SELECT hash FROM sessions
        WHERE expires_at_ms <= ? AND opened_at_ms <= ? LIMIT ?)";
    END_VISITORS = "UPDATE visitors SET ended_at_ms = ?1 WHERE subject = ?2
        AND key_id IN (SELECT id FROM keys WHERE account_id = ?3) RETURNING id";
    /// Of the renewals of one session, the newest are good. Nobody fills the disk by renewing.
    FORGET_OLD_RENEWALS = "DELETE FROM sessions WHERE visitor_id = ?1 AND opened_at_ms = ?2
        AND hash <> ?3 AND hash NOT IN (SELECT hash FROM sessions WHERE visitor_id = ?1
        AND opened_at_ms = ?2 ORDER BY expires_at_ms DESC LIMIT 100)";
    DELETE_SESSIONS_OF_VISITOR = "DELETE FROM sessions WHERE visitor_id = ?";
    VISITORS_OF_ACCOUNT = "SELECT v.subject, k.name AS key_name, v.created_at_ms, v.held, v.spent,
        v.ended_at_ms IS NOT NULL AS ended FROM visitors v JOIN keys k ON k.id = v.key_id
        WHERE k.account_id = ? ORDER BY v.id DESC LIMIT ?";
    /// A ticket is valid only as long as its key and its visitor.
    OWNER_IS_GOOD = "SELECT 1 FROM keys k LEFT JOIN visitors v ON v.id = ?2
        WHERE k.id = ?1 AND k.revoked_at_ms IS NULL AND v.ended_at_ms IS NULL
        AND (k.expires_at_ms IS NULL OR k.expires_at_ms > ?3)";
    VISITOR_BUDGET = "SELECT budget, held, spent, returned FROM visitors WHERE id = ?";
    VISITOR_BY_SUBJECT =
        "SELECT id, held + spent AS used FROM visitors WHERE key_id = ? AND subject = ?";
    /// Opening a session for a visitor who was ended admits them again.
    UPDATE_VISITOR_BUDGET = "UPDATE visitors SET budget = ?, ended_at_ms = NULL WHERE id = ?";
    /// Visitors who did nothing and left. For a day they count for their address.
    FORGET_UNUSED_VISITORS = "DELETE FROM visitors WHERE id IN (SELECT v.id FROM visitors v
        WHERE v.held = 0 AND v.spent = 0 AND v.returned = 0 AND v.created_at_ms < ?1
        AND NOT EXISTS (SELECT 1 FROM sessions WHERE visitor_id = v.id)
        AND NOT EXISTS (SELECT 1 FROM generations WHERE key_id = v.key_id AND visitor_id = v.id)
        AND NOT EXISTS (SELECT 1 FROM uploads WHERE key_id = v.key_id AND visitor_id = v.id)
        LIMIT ?2)";
    NEW_VISITORS_FROM_ADDRESS = "SELECT count(*) FROM visitors
        WHERE key_id = ? AND address_hash = ? AND created_at_ms > ? AND created_at_ms <= ?";
    /// Event numbers begin with the second: a subject that returns after its removal gets higher
    /// numbers than before.
    INSERT_VISITOR = "INSERT INTO visitors (key_id, subject, address_hash, created_at_ms, budget,
        last_block)
        VALUES (?1, ?2, ?3, ?4, ?5, CAST(?4 AS BIGINT) / 1000) RETURNING id";

    // Acceptance.
    SUBMISSION = "SELECT g.id, g.price, s.body_hash FROM submissions s
        JOIN generations g ON g.id = s.generation_id
        WHERE s.key_id = ? AND s.visitor_id = ? AND s.idempotency_key = ?";
    INSERT_SUBMISSION = "INSERT INTO submissions (key_id, visitor_id, idempotency_key, body_hash,
        generation_id) VALUES (?, ?, ?, ?, ?)";
    ACTIVE_OF_OWNER = "SELECT count(*) FROM generations
        WHERE key_id = ? AND visitor_id IS ? AND state IN ('queued', 'running')";
    /// The conditions on the state are those of the index `generations_counted`, word for word.
    USED_TOKENS_SINCE = "SELECT CAST(coalesce(sum(price), 0) AS BIGINT) FROM generations
        WHERE key_id = ? AND created_at_ms > ? AND created_at_ms <= ?
        AND state <> 'failed' AND (state <> 'cancelled' OR taken <> 0)";
    INSERT_GENERATION = "INSERT INTO generations (id, account_id, key_id, visitor_id, state, model,
        prompt, options, procedural, price, created_at_ms, node_id, last_seq,
        event_count) VALUES (?, ?, ?, ?, 'queued', ?, ?, ?, ?, ?, ?, ?, ?, 1)";

    // Generations.
    BEGIN_GENERATION =
        "UPDATE generations SET state = 'running'
        WHERE id = ? AND state IN ('queued', 'running') AND node_id = ?";
    /// The provider that made it, or was asked last.
    FINISH_GENERATION = "UPDATE generations SET state = ?1, finished_at_ms = ?2, note = ?3,
        message = ?4, procedural = coalesce(?5, procedural), taken = ?6,
        provider = coalesce(CAST(?10 AS TEXT), (SELECT provider FROM provider_jobs WHERE generation_id = ?8), ''),
        charged = CASE WHEN ?1 = 'completed' THEN price WHEN ?7 < price THEN ?7 ELSE price END
        WHERE id = ?8 AND state IN ('queued', 'running') AND (CAST(?9 AS BIGINT) IS NULL OR node_id = ?9)
        RETURNING account_id, visitor_id, price, charged";
    /// With the provider that took it, or may have.
    CANCELLABLE = "SELECT g.price, j.provider FROM generations g
        LEFT JOIN provider_jobs j ON j.generation_id = g.id
        AND (j.handle IS NOT NULL OR j.unclear > 0)
        WHERE g.id = ? AND g.state IN ('queued', 'running')";
    INSERT_MEDIA = "INSERT INTO media (generation_id, name, size_bytes) VALUES (?, ?, ?)";
    GENERATION = select_generations!("WHERE g.id = ?");
    GENERATION_OF_OWNER =
        select_generations!("WHERE g.id = ? AND g.key_id = ? AND g.visitor_id IS ?");
    FINISHED_BEFORE = "SELECT g.id, m.name AS media_name FROM generations g
        LEFT JOIN media m ON m.generation_id = g.id
        WHERE g.finished_at_ms IS NOT NULL AND g.finished_at_ms < ? LIMIT ?";
    /// Rows after a cursor: older than a moment, or of that moment with a smaller id.
    GENERATIONS_BEFORE = select_generations!(
        "WHERE g.key_id = ?1 AND g.visitor_id IS ?2 AND (g.created_at_ms, g.id) < (?3, ?4)
        ORDER BY g.created_at_ms DESC, g.id DESC LIMIT ?5"
    );
    NEVER_MADE_BEFORE = "SELECT g.id, NULL AS media_name FROM generations g
        WHERE g.state = 'cancelled' AND g.taken = 0 AND g.finished_at_ms < ? LIMIT ?";
    /// What a generation captured is added to the row of its account and day.
    FOLD_CAPTURE = "INSERT INTO ledger_days (account_id, day, captured)
        SELECT account_id, at_ms / 86400000, tokens FROM ledger
        WHERE generation_id = ? AND kind = 'capture' AND tokens > 0
        ON CONFLICT (account_id, day) DO UPDATE SET captured = ledger_days.captured + excluded.captured";
    DELETE_HOLD = "DELETE FROM ledger WHERE generation_id = ? AND kind = 'hold'";
    DELETE_CAPTURE = "DELETE FROM ledger WHERE generation_id = ? AND kind = 'capture'";
    DELETE_RELEASE = "DELETE FROM ledger WHERE generation_id = ? AND kind = 'release'";
    KEYED_GENERATION = select_keyed_generations!("WHERE g.id = ?");
    REFUND_OF_GENERATION = "SELECT tokens FROM ledger WHERE generation_id = ? AND kind = 'refund'";
    INSERT_ATTEMPT = "INSERT INTO provider_attempts (generation_id, provider, begun_at_ms,
        ended_at_ms, error, message) VALUES (?, ?, ?, ?, ?, ?)";
    ATTEMPTS = "SELECT provider, begun_at_ms, ended_at_ms, error, message FROM provider_attempts
        WHERE generation_id = ? ORDER BY id";
    LEDGER_BEFORE = "SELECT id, at_ms, kind, tokens, generation_id, reason FROM ledger
        WHERE account_id = ?1 AND (at_ms, id) < (coalesce((SELECT at_ms FROM ledger WHERE id = ?2),
        9223372036854775807), ?2) ORDER BY at_ms DESC, id DESC LIMIT ?3";
    DELETE_GENERATION = "DELETE FROM generations WHERE id = ?";
    MEDIA_IS_KNOWN = "SELECT 1 FROM media WHERE name = ?";

    // Uploads.
    INSERT_UPLOAD = "INSERT INTO uploads (id, key_id, visitor_id, format, size_bytes,
        expires_at_ms) VALUES (?, ?, ?, ?, ?, ?)";
    UPLOADED_BYTES = "SELECT CAST(coalesce(sum(size_bytes), 0) AS BIGINT) FROM uploads";
    UPLOADS_OF_OWNER = "SELECT count(*) AS files,
        CAST(coalesce(sum(size_bytes), 0) AS BIGINT) AS bytes
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
    GENERATION_IS_RUN_BY = "SELECT 1 FROM generations WHERE id = ? AND node_id = ?
        AND state IN ('queued', 'running')";
    EVENTS_AFTER =
        "SELECT seq, json FROM events WHERE generation_id = ? AND seq > ? ORDER BY seq LIMIT ?";
    FACTS_OF_OWNER_AFTER = "SELECT e.generation_id, e.seq, e.json FROM generations g
        JOIN events e ON e.generation_id = g.id
        WHERE g.key_id = ?1 AND g.visitor_id IS ?2 AND g.last_seq > ?3 AND e.seq > ?3
        ORDER BY e.seq LIMIT ?4";
    LAST_BLOCK_OF_VISITOR = "SELECT last_block FROM visitors WHERE id = ?";
    LAST_BLOCK_OF_KEY = "SELECT last_block FROM keys WHERE id = ?";
    /// Of as many as [`IDS_AT_ONCE`].
    LAST_BLOCKS_OF_VISITORS =
        concat!("SELECT id, last_block FROM visitors WHERE id IN (", ids_at_once!(), ")");
    LAST_BLOCKS_OF_KEYS =
        concat!("SELECT id, last_block FROM keys WHERE id IN (", ids_at_once!(), ")");
    NEXT_BLOCK_OF_VISITOR = "UPDATE visitors SET last_block = last_block + 1
        WHERE id = (SELECT visitor_id FROM generations WHERE id = ?) RETURNING last_block";
    NEXT_BLOCK_OF_KEY = "UPDATE keys SET last_block = last_block + 1
        WHERE id = (SELECT key_id FROM generations WHERE id = ?) RETURNING last_block";
    SET_LAST_SEQ = "UPDATE generations SET last_seq = ? WHERE id = ?";
    COUNT_EVENT = "UPDATE generations SET last_seq = ?, event_count = event_count + 1 WHERE id = ?";
    NEXT_BLOCK_OF_THIS_VISITOR = "UPDATE visitors SET last_block = last_block + 1 WHERE id = ?
        RETURNING last_block";
    NEXT_BLOCK_OF_THIS_KEY = "UPDATE keys SET last_block = last_block + 1 WHERE id = ?
        RETURNING last_block";
    INSERT_EVENT = "INSERT INTO events (generation_id, seq, json) VALUES (?, ?, ?)";

    // Jobs at providers.
    PROVIDER_JOB = "SELECT generation_id, provider, unclear, handle FROM provider_jobs
        WHERE generation_id = ?";
    /// Of generations that have ended and whose node can't notify the provider any more.
    ABANDONED_PROVIDER_JOBS = "SELECT j.generation_id, j.provider, j.unclear, j.handle
        FROM provider_jobs j JOIN generations g ON g.id = j.generation_id
        WHERE g.state NOT IN ('queued', 'running') AND (g.node_id IS NULL OR g.node_id NOT IN
        (SELECT id FROM nodes WHERE lease_until_ms > CAST(unixepoch('subsec') * 1000 AS INTEGER)))";
    FORGET_PROVIDER_JOB = "DELETE FROM provider_jobs WHERE generation_id = ?1 AND EXISTS (SELECT 1
        FROM generations WHERE id = ?1 AND state NOT IN ('queued', 'running'))";
    /// Not for one that has ended meanwhile: what is cancelled before this costs nothing, and is not made.
    INTEND_SUBMISSION = "INSERT INTO provider_jobs (generation_id, provider, unclear, last_write_id)
        SELECT id, ?2, 1, CAST(?4 AS BIGINT) FROM generations
        WHERE id = ?1 AND node_id = ?3 AND state IN ('queued', 'running')
        ON CONFLICT (generation_id) DO UPDATE SET handle = NULL, provider = ?2,
        last_write_id = excluded.last_write_id,
        unclear = CASE WHEN provider_jobs.last_write_id = excluded.last_write_id
        THEN provider_jobs.unclear WHEN provider_jobs.provider = ?2
        THEN provider_jobs.unclear + 1 ELSE 1 END";
    SUBMISSION_NOT_TAKEN = "UPDATE provider_jobs SET unclear = CASE WHEN unclear > 0 THEN unclear - 1
        ELSE 0 END, last_write_id = ?4
        WHERE generation_id = ?1 AND provider = ?2
        AND (last_write_id IS NULL OR last_write_id <> ?4)
        AND EXISTS (SELECT 1 FROM generations WHERE id = ?1 AND node_id = ?3)";
    SUBMISSION_TAKEN = "UPDATE provider_jobs SET handle = ?5, last_write_id = ?4
        WHERE generation_id = ?1 AND provider = ?2
        AND EXISTS (SELECT 1 FROM generations WHERE id = ?1 AND node_id = ?3)";
    RESET_SUBMISSION = "UPDATE provider_jobs SET handle = NULL, unclear = 0, last_write_id = ?4
        WHERE generation_id = ?1 AND provider = ?2
        AND EXISTS (SELECT 1 FROM generations WHERE id = ?1 AND node_id = ?3)";

    // The audit, and the comparison of a copy.
    SUMS = "SELECT CAST(coalesce(sum(granted), 0) AS BIGINT) AS granted,
        CAST(coalesce(sum(available), 0) AS BIGINT) AS available,
        CAST(coalesce(sum(held), 0) AS BIGINT) AS held,
        CAST(coalesce(sum(spent), 0) AS BIGINT) AS spent,
        (SELECT CAST(coalesce(sum(tokens), 0) AS BIGINT) FROM ledger) AS ledger,
        (SELECT CAST(coalesce(sum(micros), 0) AS BIGINT) FROM provider_costs) AS micros,
        (SELECT CAST(coalesce(sum(tokens), 0) AS BIGINT) FROM usage_days) AS usage,
        (SELECT CAST(coalesce(sum(micros), 0) AS BIGINT) FROM usage_costs) AS usage_costs
        FROM accounts";
    ALL_MEDIA = "SELECT name, size_bytes FROM media";
    COUNTS = "SELECT (SELECT count(*) FROM accounts) AS accounts,
        (SELECT count(*) FROM generations) AS generations,
        (SELECT count(*) FROM generations WHERE state IN ('queued', 'running')) AS unfinished";
}

#[cfg(test)]
mod tests;
