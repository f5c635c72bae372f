-- A session is renewed for a limited time after the first of its line was opened. A visitor can be
-- ended: then no session of theirs is good, and no ticket, until their site's server opens another.
ALTER TABLE sessions ADD COLUMN opened_at_ms INTEGER NOT NULL DEFAULT 0;
UPDATE sessions SET opened_at_ms = expires_at_ms - lifetime_secs * 1000;
CREATE INDEX sessions_by_visitor ON sessions (visitor_id);
ALTER TABLE visitors ADD COLUMN ended_at_ms INTEGER;
