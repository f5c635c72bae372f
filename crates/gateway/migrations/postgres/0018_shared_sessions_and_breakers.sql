-- The sessions of the administrators' page: each is good at all gateways that share these tables.
CREATE TABLE admin_sessions (
    -- SHA-256 of the token. The token itself is kept nowhere.
    hash         BYTEA PRIMARY KEY CHECK (length(hash) = 32),
    admin_id     BIGINT NOT NULL REFERENCES admins (id),
    opened_at_ms BIGINT NOT NULL,
    used_at_ms   BIGINT NOT NULL
);

-- The providers whose circuit breaker is open, for all gateways that share these tables.
CREATE TABLE provider_breakers (
    -- The provider's name in the settings.
    provider      TEXT COLLATE "C" PRIMARY KEY,
    opened_at_ms  BIGINT NOT NULL,
    -- The end of the cooldown: then it is tried once.
    open_until_ms BIGINT NOT NULL,
    -- The gateway that tries it. NULL, or one that is not alive: any may.
    probe_node_id BIGINT
);
