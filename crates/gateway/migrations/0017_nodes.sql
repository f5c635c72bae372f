-- The gateways that take part, and until when. A number is never given out again.
CREATE TABLE nodes (
    id             INTEGER PRIMARY KEY AUTOINCREMENT,
    lease_until_ms INTEGER NOT NULL
) STRICT;
-- The node that runs an unfinished generation. NULL, or one that is not alive: anybody may.
ALTER TABLE generations ADD COLUMN node_id INTEGER;
-- What all nodes know alike, such as the key that signs tickets.
CREATE TABLE shared_secrets (
    name  TEXT PRIMARY KEY,
    bytes BLOB NOT NULL
) STRICT, WITHOUT ROWID;
