-- A generation that is forgotten leaves no rows of its own in the ledger: what it captured is added to
-- one row for its account and day, and a hold that was released leaves nothing. Sums stay what they were.
CREATE TABLE ledger_days (
    account_id INTEGER NOT NULL REFERENCES accounts (id),
    -- Whole days since 1970 (UTC).
    day        INTEGER NOT NULL,
    captured   INTEGER NOT NULL CHECK (captured > 0),
    PRIMARY KEY (account_id, day)
) STRICT, WITHOUT ROWID;
INSERT INTO ledger_days SELECT account_id, at_ms / 86400000, sum(tokens) FROM ledger
    WHERE kind = 'capture' AND tokens > 0 AND generation_id NOT IN (SELECT id FROM generations)
    GROUP BY 1, 2;
DELETE FROM ledger WHERE kind <> 'grant' AND generation_id NOT IN (SELECT id FROM generations);

-- What nobody made, and who did nothing, goes soon.
CREATE INDEX generations_never_made ON generations (finished_at_ms)
    WHERE state = 'cancelled' AND taken = 0;
-- Deleting a visitor looks for what still names them.
CREATE INDEX generations_by_visitor ON generations (visitor_id);
CREATE INDEX uploads_by_visitor ON uploads (visitor_id);
CREATE INDEX visitors_unused ON visitors (created_at_ms)
    WHERE held = 0 AND spent = 0 AND returned = 0;
