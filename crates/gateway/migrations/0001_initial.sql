-- Everything the gateway remembers. Tokens are whole; times are milliseconds since 1970 (UTC).
--
-- The rules that must never break are held by the database itself: what an account was granted is
-- always available, held or spent; a generation is held once and settled once; only a completed
-- generation has media.

-- An account is what one secret key can spend. Publishable keys draw on their owner's account.
CREATE TABLE accounts (
    id        INTEGER PRIMARY KEY,
    granted   INTEGER NOT NULL DEFAULT 0,
    available INTEGER NOT NULL DEFAULT 0 CHECK (available >= 0),
    held      INTEGER NOT NULL DEFAULT 0 CHECK (held >= 0),
    spent     INTEGER NOT NULL DEFAULT 0 CHECK (spent >= 0),
    CHECK (granted = available + held + spent)
) STRICT;

CREATE TABLE keys (
    id            INTEGER PRIMARY KEY,
    -- What people call the key by: it opens nothing.
    name          TEXT NOT NULL UNIQUE,
    -- SHA-256 of the key. The key itself is kept nowhere.
    hash          BLOB NOT NULL UNIQUE CHECK (length(hash) = 32),
    kind          TEXT NOT NULL CHECK (kind IN ('secret', 'publishable')),
    account_id    INTEGER NOT NULL REFERENCES accounts (id),
    label         TEXT NOT NULL,
    created_at_ms INTEGER NOT NULL,
    revoked_at_ms INTEGER,
    -- Publishable keys only: what each visitor may spend, how many visitors one address may be
    -- in a day, and what all visitors together may hold and spend in a day.
    visitor_budget          INTEGER,
    visitors_per_address    INTEGER,
    tokens_per_day          INTEGER,
    CHECK ((kind = 'publishable') = (visitor_budget IS NOT NULL))
) STRICT;

-- The exact origins of the pages that a publishable key is for.
CREATE TABLE key_origins (
    key_id INTEGER NOT NULL REFERENCES keys (id),
    origin TEXT NOT NULL,
    PRIMARY KEY (key_id, origin)
) STRICT, WITHOUT ROWID;
CREATE INDEX key_origins_by_origin ON key_origins (origin);

-- Somebody who came with a session. The same subject of the same key is the same visitor.
CREATE TABLE visitors (
    id            INTEGER PRIMARY KEY,
    key_id        INTEGER NOT NULL REFERENCES keys (id),
    subject       TEXT NOT NULL,
    -- A keyed hash of the network address a publishable key's visitor came from.
    address_hash  BLOB,
    created_at_ms INTEGER NOT NULL,
    -- NULL: no limit but the account's own balance.
    budget        INTEGER,
    held          INTEGER NOT NULL DEFAULT 0 CHECK (held >= 0),
    spent         INTEGER NOT NULL DEFAULT 0 CHECK (spent >= 0),
    CHECK (budget IS NULL OR held + spent <= budget),
    UNIQUE (key_id, subject)
) STRICT;
CREATE INDEX visitors_by_address ON visitors (key_id, address_hash, created_at_ms);

CREATE TABLE sessions (
    hash          BLOB NOT NULL PRIMARY KEY CHECK (length(hash) = 32),
    visitor_id    INTEGER NOT NULL REFERENCES visitors (id),
    -- The one origin whose pages may use it; NULL where no publishable key opened it.
    origin        TEXT,
    lifetime_secs INTEGER NOT NULL,
    expires_at_ms INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX sessions_by_expiry ON sessions (expires_at_ms);

CREATE TABLE generations (
    id             TEXT PRIMARY KEY,
    account_id     INTEGER NOT NULL REFERENCES accounts (id),
    key_id         INTEGER NOT NULL REFERENCES keys (id),
    visitor_id     INTEGER REFERENCES visitors (id),
    state          TEXT NOT NULL
        CHECK (state IN ('queued', 'running', 'completed', 'failed', 'cancelled')),
    model          TEXT NOT NULL,
    prompt         TEXT NOT NULL,
    style          TEXT,
    seed           INTEGER NOT NULL,
    procedural     INTEGER NOT NULL,
    price          INTEGER NOT NULL CHECK (price >= 0),
    created_at_ms  INTEGER NOT NULL,
    finished_at_ms INTEGER,
    last_seq       INTEGER NOT NULL,
    note           TEXT,
    message        TEXT,
    CHECK ((finished_at_ms IS NOT NULL) = (state IN ('completed', 'failed', 'cancelled')))
) STRICT;
CREATE INDEX generations_unfinished ON generations (key_id, visitor_id)
    WHERE state IN ('queued', 'running');
CREATE INDEX generations_by_key ON generations (key_id, created_at_ms);
CREATE INDEX generations_finished ON generations (finished_at_ms)
    WHERE finished_at_ms IS NOT NULL;

-- The event log. An event's number is what a stream sends as its id.
CREATE TABLE events (
    generation_id TEXT NOT NULL REFERENCES generations (id) ON DELETE CASCADE,
    seq           INTEGER NOT NULL CHECK (seq > 0),
    json          TEXT NOT NULL,
    PRIMARY KEY (generation_id, seq)
) STRICT, WITHOUT ROWID;

CREATE TABLE media (
    generation_id TEXT NOT NULL PRIMARY KEY REFERENCES generations (id) ON DELETE CASCADE,
    name          TEXT NOT NULL UNIQUE,
    size_bytes    INTEGER NOT NULL CHECK (size_bytes > 0)
) STRICT, WITHOUT ROWID;

-- Every movement of tokens, never changed and never deleted: the balances can be proved from it.
CREATE TABLE ledger (
    id            INTEGER PRIMARY KEY,
    account_id    INTEGER NOT NULL REFERENCES accounts (id),
    kind          TEXT NOT NULL CHECK (kind IN ('grant', 'hold', 'capture', 'release')),
    tokens        INTEGER NOT NULL CHECK (tokens >= 0),
    -- No foreign key: the movement outlives the generation.
    generation_id TEXT,
    at_ms         INTEGER NOT NULL,
    CHECK ((kind = 'grant') = (generation_id IS NULL))
) STRICT;
CREATE UNIQUE INDEX ledger_held_once ON ledger (generation_id) WHERE kind = 'hold';
CREATE UNIQUE INDEX ledger_settled_once ON ledger (generation_id)
    WHERE kind IN ('capture', 'release');
CREATE INDEX ledger_by_account ON ledger (account_id, at_ms);

-- What was accepted under which idempotency key.
CREATE TABLE submissions (
    key_id          INTEGER NOT NULL REFERENCES keys (id),
    -- 0: the API key itself.
    visitor_id      INTEGER NOT NULL,
    idempotency_key TEXT NOT NULL,
    body_hash       BLOB NOT NULL,
    generation_id   TEXT NOT NULL REFERENCES generations (id) ON DELETE CASCADE,
    PRIMARY KEY (key_id, visitor_id, idempotency_key)
) STRICT, WITHOUT ROWID;
CREATE INDEX submissions_by_generation ON submissions (generation_id);
