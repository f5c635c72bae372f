-- Pictures that were uploaded for generations. The files are called by the ids.
CREATE TABLE uploads (
    id            TEXT PRIMARY KEY,
    key_id        INTEGER NOT NULL REFERENCES keys (id),
    visitor_id    INTEGER REFERENCES visitors (id),
    format        TEXT NOT NULL,
    size_bytes    INTEGER NOT NULL CHECK (size_bytes > 0),
    -- From then on it goes, unless a generation uses it.
    expires_at_ms INTEGER NOT NULL
) STRICT;
CREATE INDEX uploads_by_owner ON uploads (key_id, visitor_id);
CREATE INDEX uploads_by_expiry ON uploads (expires_at_ms);

-- An upload stays as long as a generation that uses it.
CREATE TABLE generation_uploads (
    generation_id TEXT NOT NULL REFERENCES generations (id) ON DELETE CASCADE,
    upload_id     TEXT NOT NULL REFERENCES uploads (id),
    PRIMARY KEY (generation_id, upload_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX generation_uploads_by_upload ON generation_uploads (upload_id);

-- One's own generations, newest first.
CREATE INDEX generations_by_owner ON generations (key_id, visitor_id, created_at_ms, id);
