-- What a key may do beside what its account has. NULL: no limit.
ALTER TABLE keys ADD COLUMN expires_at_ms INTEGER;
-- The ids of the models that it is for, as a JSON list.
ALTER TABLE keys ADD COLUMN models TEXT CHECK (json_valid(models));
-- What it may use in a calendar day and in a calendar month (UTC).
ALTER TABLE keys ADD COLUMN day_cap_tokens INTEGER CHECK (day_cap_tokens >= 0);
ALTER TABLE keys ADD COLUMN month_cap_tokens INTEGER CHECK (month_cap_tokens >= 0);

-- What the generations that a key had accepted on a day (days since 1970, UTC) hold or have cost.
-- It outlives them.
CREATE TABLE key_days (
    key_id INTEGER NOT NULL REFERENCES keys (id),
    day    INTEGER NOT NULL,
    tokens INTEGER NOT NULL CHECK (tokens >= 0),
    PRIMARY KEY (key_id, day)
) STRICT, WITHOUT ROWID;
INSERT INTO key_days
    SELECT key_id, created_at_ms / 86400000,
        sum(CASE WHEN finished_at_ms IS NULL THEN price ELSE charged END)
    FROM generations GROUP BY 1, 2;
-- Of what is forgotten, the account is known, and so is its first key.
INSERT INTO key_days
    SELECT (SELECT min(id) FROM keys WHERE account_id = d.account_id), d.day, d.captured
    FROM ledger_days d WHERE true
    ON CONFLICT (key_id, day) DO UPDATE SET tokens = tokens + excluded.tokens;

-- How generations ended, by the day on which they did, and what was charged for them. It outlives
-- them, and says as much as the ledger.
CREATE TABLE usage_days (
    day         INTEGER NOT NULL,
    key_id      INTEGER NOT NULL REFERENCES keys (id),
    model       TEXT NOT NULL,
    -- The provider's name in the settings; empty where it is not known or none was asked.
    provider    TEXT NOT NULL,
    outcome     TEXT NOT NULL CHECK (outcome IN ('completed', 'failed', 'cancelled')),
    generations INTEGER NOT NULL,
    tokens      INTEGER NOT NULL,
    PRIMARY KEY (day, key_id, model, provider, outcome)
) STRICT, WITHOUT ROWID;
INSERT INTO usage_days
    SELECT finished_at_ms / 86400000, key_id, model, CASE WHEN procedural THEN 'sketch' ELSE '' END,
        state, count(*), sum(charged)
    FROM generations WHERE finished_at_ms IS NOT NULL GROUP BY 1, 2, 3, 4, 5;
-- How many generations are forgotten is not known.
INSERT INTO usage_days
    SELECT d.day, (SELECT min(id) FROM keys WHERE account_id = d.account_id), '', '', 'completed', 0,
        d.captured
    FROM ledger_days d;
