-- Who may steer the gateway over the API. They own nothing and generate nothing.
CREATE TABLE admins (
    id            INTEGER PRIMARY KEY,
    name          TEXT NOT NULL UNIQUE,
    -- SHA-256 of the key. The key itself is kept nowhere.
    hash          BLOB NOT NULL UNIQUE CHECK (length(hash) = 32),
    role          TEXT NOT NULL CHECK (role IN ('viewer', 'admin')),
    created_at_ms INTEGER NOT NULL,
    revoked_at_ms INTEGER
) STRICT;

-- Every change that a person made: who, from where, what, before and after. No secret stands here.
CREATE TABLE activity (
    id      INTEGER PRIMARY KEY,
    at_ms   INTEGER NOT NULL,
    actor   TEXT NOT NULL,
    source  TEXT NOT NULL,
    action  TEXT NOT NULL,
    subject TEXT NOT NULL,
    before  TEXT CHECK (json_valid(before)),
    after   TEXT CHECK (json_valid(after))
) STRICT;

-- What was written stays as it was written.
CREATE TRIGGER activity_is_never_changed BEFORE UPDATE ON activity
    BEGIN SELECT RAISE(ABORT, 'the activity log is never changed'); END;
CREATE TRIGGER activity_is_never_deleted BEFORE DELETE ON activity
    BEGIN SELECT RAISE(ABORT, 'the activity log is never deleted from'); END;
