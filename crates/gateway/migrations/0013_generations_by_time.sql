-- All generations, newest first, for administrators.
CREATE INDEX generations_by_time ON generations (created_at_ms, id);
