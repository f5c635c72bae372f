-- What counts against the daily limit of a publishable key: the index alone answers that, and has no entry of what
-- does not count. The limit itself bounds how many entries are read. No other statement used the index before it.
CREATE INDEX generations_counted ON generations (key_id, created_at_ms, price)
    WHERE state <> 'failed' AND (state <> 'cancelled' OR taken <> 0);
DROP INDEX generations_by_key;
