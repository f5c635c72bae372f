-- A number for each write about a job at a provider, so that one whose outcome was not known, and is tried
-- again, counts once.
ALTER TABLE provider_jobs ADD COLUMN last_write_id INTEGER;
ALTER TABLE provider_costs ADD COLUMN write_id INTEGER;
CREATE UNIQUE INDEX provider_costs_once ON provider_costs (generation_id, write_id) WHERE write_id IS NOT NULL;
