-- What a key was before its last rotation but one, as long as the overlaps of those rotations last. The one before
-- the last rotation is in keys.old_hash.
CREATE TABLE older_keys (
    -- SHA-256 of the key.
    hash     BLOB PRIMARY KEY CHECK (length(hash) = 32),
    key_id   INTEGER NOT NULL REFERENCES keys (id),
    until_ms INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX older_keys_by_key ON older_keys (key_id);

-- The keys of an account, as on a server.
CREATE INDEX keys_by_account ON keys (account_id);
