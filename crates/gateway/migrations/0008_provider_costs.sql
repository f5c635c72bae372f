-- What jobs cost at providers, as far as the settings or the provider say: one row for each job that
-- was taken. Money is whole: millionths of a unit of the currency.
CREATE TABLE provider_costs (
    id            INTEGER PRIMARY KEY,
    -- No foreign key: the cost outlives the generation.
    generation_id TEXT NOT NULL,
    -- The provider's name in the settings.
    provider      TEXT NOT NULL,
    model         TEXT NOT NULL,
    currency      TEXT NOT NULL CHECK (length(currency) = 3),
    micros        INTEGER NOT NULL CHECK (micros >= 0),
    -- Where the sum comes from: estimated before the job, or billed by what the provider says of it.
    basis         TEXT NOT NULL CHECK (basis IN ('estimated', 'billed')),
    at_ms         INTEGER NOT NULL
) STRICT;
CREATE INDEX provider_costs_by_time ON provider_costs (at_ms);
CREATE INDEX provider_costs_by_generation ON provider_costs (generation_id);
