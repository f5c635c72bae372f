-- What a key was before its last rotation but one, as long as the overlaps of those rotations last. The one before
-- the last rotation is in keys.old_hash.
CREATE TABLE older_keys (
    -- SHA-256 of the key.
    hash     BYTEA PRIMARY KEY CHECK (octet_length(hash) = 32),
    key_id   BIGINT NOT NULL REFERENCES keys (id),
    until_ms BIGINT NOT NULL
);
CREATE INDEX older_keys_by_key ON older_keys (key_id);
