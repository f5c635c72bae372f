-- Work that was cancelled after a provider had taken it: whether it was, what it cost, and what came
-- back of it to its visitor. A price may now be captured in part and released for the rest.
ALTER TABLE generations ADD COLUMN taken INTEGER NOT NULL DEFAULT 0 CHECK (taken IN (0, 1));
ALTER TABLE generations ADD COLUMN charged INTEGER NOT NULL DEFAULT 0 CHECK (charged BETWEEN 0 AND price);
UPDATE generations SET charged = price WHERE state = 'completed';
ALTER TABLE visitors ADD COLUMN returned INTEGER NOT NULL DEFAULT 0 CHECK (returned >= 0);
DROP INDEX ledger_settled_once;
CREATE UNIQUE INDEX ledger_captured_once ON ledger (generation_id) WHERE kind = 'capture';
CREATE UNIQUE INDEX ledger_released_once ON ledger (generation_id) WHERE kind = 'release';
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
