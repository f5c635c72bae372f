//! What only one of the two databases runs: the file's own care and the server's locks, and what moves a file's
//! records to a server.

use crate::store::engine::Table;

statements! {
    SQLITE:

    /// Writes to the file without a visible change.
    TRY_TO_WRITE_FILE = "PRAGMA user_version = 1";
    QUICK_CHECK = "PRAGMA quick_check";
    /// Nobody was given a session for longer than it lasts: the clock was set back.
    BRING_BACK_SESSIONS = "UPDATE sessions SET expires_at_ms = ?1 + lifetime_secs * 1000,
        opened_at_ms = CASE WHEN opened_at_ms > ?1 THEN ?1 ELSE opened_at_ms END
        WHERE expires_at_ms > ?1 + lifetime_secs * 1000 + 60000";
    BRING_BACK_UPLOADS = "UPDATE uploads SET expires_at_ms = ?1 WHERE expires_at_ms > ?2";
    /// No pause is that long: the clock was set back.
    BRING_BACK_WEBHOOKS = "UPDATE webhook_deliveries SET next_try_ms = ?1
        WHERE state = 'pending' AND next_try_ms > ?2";
}

/// All tables in an order in which they can be filled, each with the statement that reads it from a
/// file. A settlement in the ledger comes after its hold.
pub(in crate::store) const TABLES: &[Table] = &[
    ("accounts", "SELECT * FROM accounts"),
    ("keys", "SELECT * FROM keys"),
    ("key_origins", "SELECT * FROM key_origins"),
    ("older_keys", "SELECT * FROM older_keys"),
    ("visitors", "SELECT * FROM visitors"),
    ("sessions", "SELECT * FROM sessions"),
    ("generations", "SELECT * FROM generations"),
    ("events", "SELECT * FROM events"),
    ("media", "SELECT * FROM media"),
    ("ledger", "SELECT * FROM ledger ORDER BY id"),
    ("ledger_days", "SELECT * FROM ledger_days"),
    ("submissions", "SELECT * FROM submissions"),
    ("provider_jobs", "SELECT * FROM provider_jobs"),
    ("provider_costs", "SELECT * FROM provider_costs"),
    ("uploads", "SELECT * FROM uploads"),
    ("generation_uploads", "SELECT * FROM generation_uploads"),
    ("admins", "SELECT * FROM admins"),
    ("admin_sessions", "SELECT * FROM admin_sessions"),
    ("activity", "SELECT * FROM activity"),
    ("key_days", "SELECT * FROM key_days"),
    ("usage_days", "SELECT * FROM usage_days"),
    ("usage_costs", "SELECT * FROM usage_costs"),
    ("webhook_endpoints", "SELECT * FROM webhook_endpoints"),
    ("webhook_messages", "SELECT * FROM webhook_messages"),
    ("webhook_deliveries", "SELECT * FROM webhook_deliveries"),
    ("webhook_attempts", "SELECT * FROM webhook_attempts"),
    ("provider_attempts", "SELECT * FROM provider_attempts"),
];

statements! {
    POSTGRES:

    /// The tables whose rows show that there are records. Tables that depend on these are not
    /// checked.
    HAS_RECORDS = "SELECT 1 WHERE EXISTS (SELECT 1 FROM accounts) OR EXISTS (SELECT 1 FROM admins)
        OR EXISTS (SELECT 1 FROM activity)";
    /// Rows that are inserted from now on come after the copied ones.
    AFTER_WHAT_WAS_COPIED = "SELECT setval(pg_get_serial_sequence(t.name, 'id'), t.last) FROM (VALUES
        ('accounts', (SELECT max(id) FROM accounts)), ('keys', (SELECT max(id) FROM keys)),
        ('visitors', (SELECT max(id) FROM visitors)), ('ledger', (SELECT max(id) FROM ledger)),
        ('provider_costs', (SELECT max(id) FROM provider_costs)),
        ('provider_attempts', (SELECT max(id) FROM provider_attempts)),
        ('webhook_endpoints', (SELECT max(id) FROM webhook_endpoints)),
        ('webhook_deliveries', (SELECT max(id) FROM webhook_deliveries)),
        ('webhook_attempts', (SELECT max(id) FROM webhook_attempts)),
        ('admins', (SELECT max(id) FROM admins)), ('activity', (SELECT max(id) FROM activity)))
        AS t (name, last) WHERE t.last IS NOT NULL";

    RELEASE_COPIED_GENERATIONS = "UPDATE generations SET node_id = NULL WHERE node_id IS NOT NULL";
    RELEASE_COPIED_DELIVERIES = "UPDATE webhook_deliveries SET node_id = NULL WHERE node_id IS NOT NULL";

    /// Writes to the server's log without a visible change.
    TRY_TO_WRITE_LOG = "SELECT 1 FROM (SELECT pg_logical_emit_message(true, 'ai-now', '')) AS written";

    // The order of locks: see `locks`.
    LOCK_ACCOUNT = "SELECT id FROM accounts WHERE id = ? FOR NO KEY UPDATE";
    LOCK_ACCOUNT_OF_KEY = "SELECT id FROM accounts WHERE id = (SELECT account_id FROM keys
        WHERE id = ?) FOR NO KEY UPDATE";
    LOCK_ACCOUNT_OF_KEY_NAMED = "SELECT id FROM accounts WHERE id = (SELECT account_id FROM keys
        WHERE name = ?) FOR NO KEY UPDATE";
    LOCK_ACCOUNT_OF_GENERATION = "SELECT id FROM accounts WHERE id = (SELECT account_id
        FROM generations WHERE id = ?) FOR NO KEY UPDATE";
    LOCK_WEBHOOK_OF_DELIVERY = "SELECT id FROM webhook_endpoints WHERE id = (SELECT endpoint_id
        FROM webhook_deliveries WHERE id = ?) FOR NO KEY UPDATE";
    LOCK_ALONE = "SELECT pg_advisory_xact_lock(?)";
    LOCK_TOGETHER = "SELECT pg_advisory_xact_lock_shared(?)";
}
