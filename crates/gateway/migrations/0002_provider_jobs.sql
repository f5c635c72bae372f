-- What was asked of a provider for a generation that is under way. Written down before it is
-- asked, so that a crash cannot make it forgotten.
CREATE TABLE provider_jobs (
    generation_id TEXT NOT NULL PRIMARY KEY REFERENCES generations (id) ON DELETE CASCADE,
    -- The provider's name in the settings.
    provider      TEXT NOT NULL,
    -- Submissions that were begun and of which nobody knows whether they were taken.
    unclear       INTEGER NOT NULL CHECK (unclear >= 0),
    -- What the provider calls its job, in the provider's own form. NULL: no submission is known
    -- to have been taken.
    handle        TEXT
) STRICT, WITHOUT ROWID;
