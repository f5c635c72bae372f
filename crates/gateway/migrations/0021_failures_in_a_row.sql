-- When an endpoint failed last: a failure long after the one before it, with nothing tried between them, is
-- the first of a new row of them.
ALTER TABLE webhook_endpoints ADD COLUMN failed_at_ms INTEGER;
