-- Progress is told from memory and stands here no more; what stands here are facts. Each fact of an
-- owner (a visitor, or a key by itself) takes the next block of 100,000 numbers; the first is its
-- own, the others are for the progress until the next fact. Events of before keep their numbers.
ALTER TABLE keys ADD COLUMN last_block INTEGER NOT NULL DEFAULT 0;
ALTER TABLE visitors ADD COLUMN last_block INTEGER NOT NULL DEFAULT 0;
-- Above all numbers of before.
UPDATE keys SET last_block =
    (SELECT coalesce(max(last_seq), 0) / 100000 FROM generations WHERE key_id = keys.id);
UPDATE visitors SET last_block =
    (SELECT coalesce(max(last_seq), 0) / 100000 FROM generations WHERE visitor_id = visitors.id);

-- `last_seq` is the last number that was given out. How many events there must be is told apart.
ALTER TABLE generations ADD COLUMN event_count INTEGER NOT NULL DEFAULT 0;
UPDATE generations SET event_count =
    (SELECT count(*) FROM events WHERE generation_id = generations.id);

-- What changed of one owner's, after a number.
CREATE INDEX generations_by_owner_seq ON generations (key_id, visitor_id, last_seq);
