-- Which provider made a generation; empty while nobody has, or where it is not known.
ALTER TABLE generations ADD COLUMN provider TEXT NOT NULL DEFAULT '';
UPDATE generations SET provider = coalesce((SELECT provider FROM provider_costs
    WHERE generation_id = generations.id ORDER BY provider_costs.id DESC LIMIT 1),
    CASE WHEN procedural THEN 'sketch' ELSE '' END)
    WHERE finished_at_ms IS NOT NULL;

-- What a provider tried and did not make.
CREATE TABLE provider_attempts (
    id            INTEGER PRIMARY KEY,
    generation_id TEXT NOT NULL REFERENCES generations (id) ON DELETE CASCADE,
    provider      TEXT NOT NULL,
    begun_at_ms   INTEGER NOT NULL,
    ended_at_ms   INTEGER NOT NULL,
    -- The kind of error, as the metrics name it.
    error         TEXT NOT NULL,
    message       TEXT NOT NULL CHECK (json_valid(message))
) STRICT;
CREATE INDEX provider_attempts_by_generation ON provider_attempts (generation_id);

-- How long completed generations took from their acceptance on, and of how many that is known.
ALTER TABLE usage_days ADD COLUMN timed INTEGER NOT NULL DEFAULT 0;
ALTER TABLE usage_days ADD COLUMN took_ms INTEGER NOT NULL DEFAULT 0;

-- What the generations of a row of usage_days cost at providers. It outlives them.
CREATE TABLE usage_costs (
    day      INTEGER NOT NULL,
    key_id   INTEGER NOT NULL REFERENCES keys (id),
    model    TEXT NOT NULL,
    provider TEXT NOT NULL,
    outcome  TEXT NOT NULL,
    currency TEXT NOT NULL,
    -- Millionths of a unit.
    micros   INTEGER NOT NULL,
    PRIMARY KEY (day, key_id, model, provider, outcome, currency)
) STRICT, WITHOUT ROWID;
INSERT INTO usage_costs
    SELECT g.finished_at_ms / 86400000, g.key_id, g.model, g.provider, g.state, c.currency,
        sum(c.micros)
    FROM generations g JOIN provider_costs c ON c.generation_id = g.id
    WHERE g.finished_at_ms IS NOT NULL GROUP BY 1, 2, 3, 4, 5, 6;
