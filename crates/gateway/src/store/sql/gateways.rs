//! The statements of what gateways share besides their records: who takes part and runs what, whose circuit
//! breaker is open, who is signed in to the administrators' page. Moments are the store's own.

statements! {
    GATEWAYS_BOTH:

    // Nodes.
    FORGET_NODES = "DELETE FROM nodes";
    JOIN = "INSERT INTO nodes (lease_until_ms) VALUES (CAST(unixepoch('subsec') * 1000 AS INTEGER) + ?) RETURNING id";
    /// A lease that lapsed is not renewed: others may have acted upon it.
    RENEW_LEASE = "UPDATE nodes SET lease_until_ms = CAST(unixepoch('subsec') * 1000 AS INTEGER) + ?1
        WHERE id = ?2 AND lease_until_ms > CAST(unixepoch('subsec') * 1000 AS INTEGER)";
    FORGET_LAPSED_NODES = "DELETE FROM nodes WHERE lease_until_ms < CAST(unixepoch('subsec') * 1000 AS INTEGER) - 3600000";
    LIVING_NODES = "SELECT count(*) FROM nodes
        WHERE lease_until_ms > CAST(unixepoch('subsec') * 1000 AS INTEGER)";
    LEAVE = "DELETE FROM nodes WHERE id = ?";
    KEEP_SECRET = "INSERT INTO shared_secrets (name, bytes) VALUES (?, ?) ON CONFLICT DO NOTHING";
    SECRET = "SELECT bytes FROM shared_secrets WHERE name = ?";
    /// What one node looks at while another takes it is left to that one.
    CLAIM_GENERATIONS = "UPDATE generations SET node_id = ?1, state = 'queued'
        WHERE id IN (SELECT id FROM generations INDEXED BY generations_unfinished
        WHERE state IN ('queued', 'running') AND (node_id IS NULL OR node_id NOT IN
        (SELECT id FROM nodes WHERE lease_until_ms > CAST(unixepoch('subsec') * 1000 AS INTEGER)))
        ORDER BY created_at_ms, id LIMIT ?2 /* FOR UPDATE SKIP LOCKED */) RETURNING id";
    RELEASE_GENERATION = "UPDATE generations SET node_id = NULL
        WHERE node_id = ? AND id = ? AND state IN ('queued', 'running')";
    GENERATIONS_OF_NODE = "SELECT id FROM generations INDEXED BY generations_unfinished
        WHERE state IN ('queued', 'running') AND node_id = ?";
    COUNT_UNFINISHED = "SELECT count(*) FROM generations INDEXED BY generations_unfinished
        WHERE state IN ('queued', 'running')";

    // Circuit breakers.
    OPEN_BREAKER = "INSERT INTO provider_breakers (provider, opened_at_ms, open_until_ms)
        VALUES (?1, CAST(unixepoch('subsec') * 1000 AS INTEGER),
        CAST(unixepoch('subsec') * 1000 AS INTEGER) + ?2)
        ON CONFLICT (provider) DO UPDATE SET open_until_ms = excluded.open_until_ms
        RETURNING opened_at_ms";
    /// Once the cooldown is over, and nobody else who is alive tries it.
    CLAIM_PROBE = "UPDATE provider_breakers SET probe_node_id = ?1,
        open_until_ms = CAST(unixepoch('subsec') * 1000 AS INTEGER) + ?3
        WHERE provider = ?2 AND open_until_ms <= CAST(unixepoch('subsec') * 1000 AS INTEGER)
        AND (probe_node_id IS NULL OR probe_node_id = ?1 OR probe_node_id NOT IN (SELECT id FROM nodes
        WHERE lease_until_ms > CAST(unixepoch('subsec') * 1000 AS INTEGER)))";
    RELEASE_PROBE = "UPDATE provider_breakers SET probe_node_id = NULL,
        open_until_ms = CAST(unixepoch('subsec') * 1000 AS INTEGER) + ?3
        WHERE provider = ?1 AND probe_node_id = ?2";
    CLOSE_BREAKER = "DELETE FROM provider_breakers WHERE provider = ?";
    BREAKERS = "SELECT provider, opened_at_ms,
        open_until_ms - CAST(unixepoch('subsec') * 1000 AS INTEGER) AS open_ms, probe_node_id
        FROM provider_breakers";

    // The sessions of the administrators' page. One that was used in a time to come, before the clock was
    // set back, is good no more.
    INSERT_ADMIN_SESSION = "INSERT INTO admin_sessions (hash, admin_id, opened_at_ms, used_at_ms)
        VALUES (?, ?, CAST(unixepoch('subsec') * 1000 AS INTEGER),
        CAST(unixepoch('subsec') * 1000 AS INTEGER))";
    ADMIN_OF_SESSION = "SELECT a.id, a.name, a.role, a.created_at_ms, a.revoked_at_ms, s.hash,
        CAST(unixepoch('subsec') * 1000 AS INTEGER) - s.used_at_ms AS unused_ms
        FROM admin_sessions s JOIN admins a ON a.id = s.admin_id
        WHERE s.hash = ?1 AND a.revoked_at_ms IS NULL
        AND abs(CAST(unixepoch('subsec') * 1000 AS INTEGER) - s.used_at_ms) < ?2
        AND abs(CAST(unixepoch('subsec') * 1000 AS INTEGER) - s.opened_at_ms) < ?3";
    USE_ADMIN_SESSION = "UPDATE admin_sessions SET used_at_ms = CAST(unixepoch('subsec') * 1000 AS INTEGER)
        WHERE hash = ?";
    END_ADMIN_SESSION = "DELETE FROM admin_sessions WHERE hash = ?";
    FORGET_ENDED_ADMIN_SESSIONS = "DELETE FROM admin_sessions
        WHERE abs(CAST(unixepoch('subsec') * 1000 AS INTEGER) - used_at_ms) >= ?1
        OR abs(CAST(unixepoch('subsec') * 1000 AS INTEGER) - opened_at_ms) >= ?2";
    FORGET_IDLEST_ADMIN_SESSIONS = "DELETE FROM admin_sessions WHERE hash IN (SELECT hash
        FROM admin_sessions ORDER BY used_at_ms DESC, hash LIMIT 1000000 OFFSET ?)";
}
