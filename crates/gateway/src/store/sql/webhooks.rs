//! The statements of webhooks: endpoints, messages and attempts.

/// Endpoints as they are listed.
macro_rules! select_webhooks {
    ($rest:literal) => {
        concat!(
            "SELECT e.id, e.name, e.account_id, e.url, e.kinds, e.balance_low_tokens, e.created_at_ms,
            e.failing_since_ms, e.disabled_at_ms, (SELECT count(*) FROM webhook_deliveries d
            WHERE d.endpoint_id = e.id AND d.state = 'pending') AS pending
            FROM webhook_endpoints e ",
            $rest
        )
    };
}

statements! {
    WEBHOOKS_BOTH:

    INSERT_WEBHOOK = "INSERT INTO webhook_endpoints (name, account_id, url, kinds,
        balance_low_tokens, secret, created_at_ms) VALUES (?, ?, ?, ?, ?, ?, ?)";
    COUNT_WEBHOOKS = "SELECT count(*) FROM webhook_endpoints WHERE account_id = ?";
    ALL_WEBHOOKS = select_webhooks!("ORDER BY e.id");
    WEBHOOKS_OF_ACCOUNT = select_webhooks!("WHERE e.account_id = ? ORDER BY e.id");
    WEBHOOK_BY_NAME = "SELECT id, account_id FROM webhook_endpoints WHERE name = ?";
    DELETE_WEBHOOK = "DELETE FROM webhook_endpoints WHERE id = ?";
    ENABLE_WEBHOOK = "UPDATE webhook_endpoints SET disabled_at_ms = NULL, failing_since_ms = NULL,
        failed_at_ms = NULL WHERE id = ? AND (disabled_at_ms IS NOT NULL
        OR failing_since_ms IS NOT NULL OR failed_at_ms IS NOT NULL)";
    /// Who hears of what is told of an account.
    LISTENERS_OF_ACCOUNT = "SELECT id, kinds, balance_low_tokens FROM webhook_endpoints
        WHERE disabled_at_ms IS NULL AND (account_id = ? OR account_id IS NULL)";
    LISTENERS_OF_OPERATOR = "SELECT id, kinds, balance_low_tokens FROM webhook_endpoints
        WHERE disabled_at_ms IS NULL AND account_id IS NULL";
    INSERT_WEBHOOK_MESSAGE = "INSERT INTO webhook_messages (id, kind, created_at_ms, payload, once)
        VALUES (?, ?, ?, ?, ?) ON CONFLICT DO NOTHING";
    WEBHOOK_WAS_TOLD = "SELECT 1 AS told FROM webhook_messages WHERE once = ?";
    /// Not to one that is removed meanwhile.
    INSERT_WEBHOOK_DELIVERY = "INSERT INTO webhook_deliveries (message_id, endpoint_id, state,
        tries, next_try_ms) SELECT ?1, e.id, 'pending', 0, CAST(?3 AS BIGINT)
        FROM webhook_endpoints e WHERE e.id = ?2 /* FOR KEY SHARE */";
    /// Whether there is a message to be sent that no living node sends.
    WEBHOOK_IS_DUE = "SELECT 1 FROM webhook_endpoints e CROSS JOIN webhook_deliveries d
        ON d.endpoint_id = e.id AND d.state = 'pending' AND d.next_try_ms <= ?
        WHERE e.disabled_at_ms IS NULL AND (d.node_id IS NULL OR d.node_id NOT IN
        (SELECT id FROM nodes WHERE lease_until_ms > CAST(unixepoch('subsec') * 1000 AS INTEGER)))
        LIMIT 1";
    /// Of one endpoint no more than 8 are on the way at once, and of one account no more than 16: one that
    /// takes its time holds up no other. Whoever has the fewest on the way comes first.
    CLAIM_WEBHOOKS = "UPDATE webhook_deliveries SET node_id = ?1 WHERE id IN
        (SELECT d.id FROM (SELECT id, place FROM (SELECT o.id, o.under_way, row_number()
        OVER (PARTITION BY o.account_id ORDER BY o.under_way DESC, o.next_try_ms, o.id) AS place
        FROM (SELECT p.id, p.next_try_ms, coalesce(e.account_id, 0) AS account_id,
        CASE WHEN p.node_id IN (SELECT id FROM nodes
        WHERE lease_until_ms > CAST(unixepoch('subsec') * 1000 AS INTEGER))
        THEN 1 ELSE 0 END AS under_way
        FROM webhook_endpoints e CROSS JOIN webhook_deliveries p NOT INDEXED
        ON p.id IN (SELECT q.id FROM webhook_deliveries q WHERE q.endpoint_id = e.id
        AND q.state = 'pending' ORDER BY q.next_try_ms, q.id LIMIT 8)
        WHERE p.endpoint_id = e.id AND p.state = 'pending' AND p.next_try_ms <= ?2
        AND e.disabled_at_ms IS NULL) o) r WHERE under_way = 0 AND place <= 16) c
        JOIN webhook_deliveries d ON d.id = c.id
        WHERE d.state = 'pending' AND d.next_try_ms <= ?2 AND (d.node_id IS NULL OR d.node_id NOT IN
        (SELECT id FROM nodes WHERE lease_until_ms > CAST(unixepoch('subsec') * 1000 AS INTEGER)))
        ORDER BY c.place, d.next_try_ms, d.id LIMIT ?3 /* FOR UPDATE OF d SKIP LOCKED */)
        RETURNING id";
    RELEASE_WEBHOOKS = "UPDATE webhook_deliveries SET node_id = NULL
        WHERE node_id = ? AND state = 'pending'";
    WEBHOOK_DELIVERY = "SELECT d.id, d.message_id, d.tries, d.endpoint_id, e.name, e.url, e.secret,
        e.account_id IS NULL AS of_operator, m.payload FROM webhook_deliveries d JOIN webhook_endpoints e ON e.id = d.endpoint_id
        JOIN webhook_messages m ON m.id = d.message_id WHERE d.id = ?";
    INSERT_WEBHOOK_ATTEMPT = "INSERT INTO webhook_attempts (delivery_id, at_ms, took_ms, status,
        error) VALUES (?, ?, ?, ?, ?)";
    WEBHOOK_TRIED = "UPDATE webhook_deliveries SET state = ?1, tries = tries + 1, next_try_ms = ?2,
        node_id = NULL WHERE id = ?3 AND (state = 'pending' OR ?1 = 'delivered')
        RETURNING endpoint_id";
    WEBHOOK_TAKES = "UPDATE webhook_endpoints SET failing_since_ms = NULL, failed_at_ms = NULL
        WHERE id = ? AND failing_since_ms IS NOT NULL";
    /// A failure long after the one before it begins anew: nothing was tried between them.
    WEBHOOK_FAILS = "UPDATE webhook_endpoints SET failed_at_ms = CAST(?1 AS BIGINT), failing_since_ms = CASE
        WHEN failing_since_ms IS NULL OR coalesce(failed_at_ms, failing_since_ms) < ?2
        THEN CAST(?1 AS BIGINT) ELSE failing_since_ms END WHERE id = ?3 RETURNING failing_since_ms";
    DISABLE_WEBHOOK = "UPDATE webhook_endpoints SET disabled_at_ms = ?
        WHERE id = ? AND disabled_at_ms IS NULL RETURNING name";
    WEBHOOK_DELIVERIES_BEFORE = "SELECT d.id, d.message_id, m.kind, m.created_at_ms, d.state,
        d.tries, d.next_try_ms FROM webhook_deliveries d
        JOIN webhook_messages m ON m.id = d.message_id
        WHERE d.endpoint_id = ? AND d.id < ? ORDER BY d.id DESC LIMIT ?";
    WEBHOOK_ATTEMPTS = "SELECT at_ms, took_ms, status, error FROM webhook_attempts
        WHERE delivery_id = ? ORDER BY id";
    REPLAY_WEBHOOK = "UPDATE webhook_deliveries SET state = 'pending', tries = 0, next_try_ms = ?,
        node_id = NULL WHERE id = ? AND endpoint_id = ?";
    /// What costs nothing leaves nothing: whoever submits and cancels fills no disk.
    FORGET_CANCELLED_MESSAGES = "DELETE FROM webhook_messages WHERE id IN
        (SELECT m.id FROM webhook_messages m WHERE m.kind = 'generation.cancelled'
        AND m.created_at_ms < ? AND NOT EXISTS (SELECT 1 FROM webhook_deliveries d
        WHERE d.message_id = m.id AND d.state = 'pending') LIMIT ?)";
    /// What an endpoint has waiting beyond the newest `?1` of its messages, the oldest first.
    GIVE_UP_WEBHOOK_DELIVERIES = "WITH full_ones AS MATERIALIZED (SELECT e.id,
        (SELECT q.id FROM webhook_deliveries q WHERE q.endpoint_id = e.id AND q.state = 'pending'
        ORDER BY q.id DESC LIMIT 1 OFFSET CAST(?1 AS BIGINT)) AS last FROM webhook_endpoints e
        WHERE (SELECT count(*) FROM webhook_deliveries p WHERE p.endpoint_id = e.id
        AND p.state = 'pending') > CAST(?1 AS BIGINT))
        DELETE FROM webhook_deliveries WHERE id IN (SELECT d.id FROM full_ones f
        CROSS JOIN webhook_deliveries d ON d.endpoint_id = f.id AND d.state = 'pending'
        AND d.node_id IS NULL AND d.id <= f.last ORDER BY d.id LIMIT CAST(?2 AS BIGINT))
        RETURNING message_id";
    /// A message that nobody is to get. One that is told once stays, so that it isn't told again.
    FORGET_WEBHOOK_MESSAGE = "DELETE FROM webhook_messages WHERE id = ?1 AND once IS NULL
        AND NOT EXISTS (SELECT 1 FROM webhook_deliveries d WHERE d.message_id = ?1)";
    /// A message that is sent once per calendar month is kept for 32 days.
    FORGET_WEBHOOK_MESSAGES = "DELETE FROM webhook_messages WHERE id IN
        (SELECT id FROM webhook_messages WHERE created_at_ms < ?1
        AND (once IS NULL OR created_at_ms < ?1 - 2764800000) LIMIT ?2)";
}
