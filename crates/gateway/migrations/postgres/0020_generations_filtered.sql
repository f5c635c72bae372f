-- What administrators filter generations by stands in the index, newest first: what doesn't fit is passed
-- over without a look into the table.
DROP INDEX generations_by_time;
CREATE INDEX generations_by_time ON generations (created_at_ms, id, key_id, model, state, provider);
