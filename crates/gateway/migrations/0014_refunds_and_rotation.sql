-- Tokens can be taken back from what is available, and given back for a generation, with a reason.
CREATE TABLE new_ledger (
    id            INTEGER PRIMARY KEY,
    account_id    INTEGER NOT NULL REFERENCES accounts (id),
    kind          TEXT NOT NULL
        CHECK (kind IN ('grant', 'adjustment', 'hold', 'capture', 'release', 'refund')),
    tokens        INTEGER NOT NULL CHECK (tokens >= 0),
    -- No foreign key: the movement outlives the generation.
    generation_id TEXT,
    at_ms         INTEGER NOT NULL,
    -- Why, where a person made it.
    reason        TEXT,
    CHECK ((kind IN ('grant', 'adjustment')) = (generation_id IS NULL))
) STRICT;
INSERT INTO new_ledger (id, account_id, kind, tokens, generation_id, at_ms)
    SELECT id, account_id, kind, tokens, generation_id, at_ms FROM ledger;
DROP TABLE ledger;
ALTER TABLE new_ledger RENAME TO ledger;
CREATE UNIQUE INDEX ledger_held_once ON ledger (generation_id) WHERE kind = 'hold';
CREATE UNIQUE INDEX ledger_captured_once ON ledger (generation_id) WHERE kind = 'capture';
CREATE UNIQUE INDEX ledger_released_once ON ledger (generation_id) WHERE kind = 'release';
CREATE UNIQUE INDEX ledger_refunded_once ON ledger (generation_id) WHERE kind = 'refund';
CREATE INDEX ledger_by_account ON ledger (account_id, at_ms);
-- Of a hold, no more is settled than was held: a second settlement still fails in the table itself.
CREATE TRIGGER ledger_settles_what_is_held BEFORE INSERT ON ledger
WHEN NEW.kind IN ('capture', 'release')
BEGIN
    SELECT RAISE(ABORT, 'more is settled than was held') WHERE NEW.tokens
        + coalesce((SELECT tokens FROM ledger
            WHERE generation_id = NEW.generation_id AND kind = 'capture'), 0)
        + coalesce((SELECT tokens FROM ledger
            WHERE generation_id = NEW.generation_id AND kind = 'release'), 0)
        > coalesce((SELECT tokens FROM ledger
            WHERE generation_id = NEW.generation_id AND kind = 'hold'), 0);
END;
-- Of a generation, no more is given back than was captured.
CREATE TRIGGER ledger_refunds_what_was_captured BEFORE INSERT ON ledger WHEN NEW.kind = 'refund'
BEGIN
    SELECT RAISE(ABORT, 'more is refunded than was captured') WHERE NEW.tokens
        > coalesce((SELECT tokens FROM ledger
            WHERE generation_id = NEW.generation_id AND kind = 'capture'), 0);
END;

-- What is given back counts against what was charged.
CREATE TABLE new_usage_days (
    day         INTEGER NOT NULL,
    key_id      INTEGER NOT NULL REFERENCES keys (id),
    model       TEXT NOT NULL,
    -- The provider's name in the settings; empty where it is not known or none was asked.
    provider    TEXT NOT NULL,
    outcome     TEXT NOT NULL CHECK (outcome IN ('completed', 'failed', 'cancelled', 'refunded')),
    generations INTEGER NOT NULL,
    -- Below 0 for refunds.
    tokens      INTEGER NOT NULL,
    PRIMARY KEY (day, key_id, model, provider, outcome)
) STRICT, WITHOUT ROWID;
INSERT INTO new_usage_days SELECT * FROM usage_days;
DROP TABLE usage_days;
ALTER TABLE new_usage_days RENAME TO usage_days;

-- A key that was changed for another is good for a while beside it.
ALTER TABLE keys ADD COLUMN old_hash BLOB CHECK (length(old_hash) = 32);
ALTER TABLE keys ADD COLUMN old_hash_until_ms INTEGER;
CREATE UNIQUE INDEX keys_by_old_hash ON keys (old_hash) WHERE old_hash IS NOT NULL;
