-- The gateways that take part, and until when. A number is never given out again.
CREATE TABLE nodes (
    id             BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    lease_until_ms BIGINT NOT NULL
);
-- The node that runs an unfinished generation. NULL, or one that is not alive: anybody may.
ALTER TABLE generations ADD COLUMN node_id BIGINT;
-- What all nodes know alike, such as the key that signs tickets.
CREATE TABLE shared_secrets (
    name  TEXT COLLATE "C" PRIMARY KEY,
    bytes BYTEA NOT NULL
);
