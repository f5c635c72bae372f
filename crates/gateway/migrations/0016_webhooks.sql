-- Who hears by webhook of what happens.
CREATE TABLE webhook_endpoints (
    id                 INTEGER PRIMARY KEY,
    name               TEXT NOT NULL UNIQUE,
    -- Whose events it hears of. NULL: the operator's, who hears of all.
    account_id         INTEGER REFERENCES accounts (id),
    url                TEXT NOT NULL,
    -- The kinds of events, as a JSON list. NULL: all.
    kinds              TEXT CHECK (json_valid(kinds)),
    -- Below how many available tokens an account's balance is told to be low.
    balance_low_tokens INTEGER NOT NULL CHECK (balance_low_tokens >= 0),
    -- What messages are signed with. It has to be known, unlike a key.
    secret             BLOB NOT NULL,
    created_at_ms      INTEGER NOT NULL,
    -- Since when it has taken nothing. NULL: the last message was taken, or there was none.
    failing_since_ms   INTEGER,
    disabled_at_ms     INTEGER
) STRICT;
CREATE INDEX webhook_endpoints_by_account ON webhook_endpoints (account_id);

-- What is told: written in the change that it tells of.
CREATE TABLE webhook_messages (
    id            TEXT PRIMARY KEY,
    kind          TEXT NOT NULL,
    created_at_ms INTEGER NOT NULL,
    payload       TEXT NOT NULL CHECK (json_valid(payload)),
    -- What is told once alone has a name.
    once          TEXT UNIQUE
) STRICT;
CREATE INDEX webhook_messages_by_time ON webhook_messages (created_at_ms);

-- A message on its way to an endpoint.
CREATE TABLE webhook_deliveries (
    id          INTEGER PRIMARY KEY,
    message_id  TEXT NOT NULL REFERENCES webhook_messages (id) ON DELETE CASCADE,
    endpoint_id INTEGER NOT NULL REFERENCES webhook_endpoints (id) ON DELETE CASCADE,
    state       TEXT NOT NULL CHECK (state IN ('pending', 'delivered', 'failed')),
    tries       INTEGER NOT NULL,
    next_try_ms INTEGER NOT NULL,
    -- The gateway that sends it. NULL, or one that is not alive: any may.
    node_id     INTEGER,
    UNIQUE (message_id, endpoint_id)
) STRICT;
CREATE INDEX webhook_deliveries_due ON webhook_deliveries (endpoint_id, next_try_ms) WHERE state = 'pending';
CREATE INDEX webhook_deliveries_by_endpoint ON webhook_deliveries (endpoint_id, id);

-- Each try.
CREATE TABLE webhook_attempts (
    id          INTEGER PRIMARY KEY,
    delivery_id INTEGER NOT NULL REFERENCES webhook_deliveries (id) ON DELETE CASCADE,
    at_ms       INTEGER NOT NULL,
    took_ms     INTEGER NOT NULL,
    -- The status of the answer. NULL: there was none.
    status      INTEGER,
    -- Why there was none.
    error       TEXT
) STRICT;
CREATE INDEX webhook_attempts_by_delivery ON webhook_attempts (delivery_id);
