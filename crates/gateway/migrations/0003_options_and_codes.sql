-- Style and seed become two of many options: `{"seed":7,"style":"4"}`. What is said about a result, or
-- about why there is none, gets a code beside its sentence: `{"code":"cancelled","text":"…"}`; of what
-- was said before, only the code of a cancellation is known.
ALTER TABLE generations ADD COLUMN options TEXT NOT NULL DEFAULT '{}' CHECK (json_valid(options));
UPDATE generations SET
    -- A style that is NULL leaves nothing behind.
    options = json_patch(json_object('seed', seed), json_object('style', style)),
    note = CASE WHEN note IS NOT NULL THEN json_object('text', note) END,
    message = CASE WHEN message IS NOT NULL THEN
        CASE state WHEN 'cancelled' THEN json_object('code', 'cancelled', 'text', message)
        ELSE json_object('text', message) END END;
ALTER TABLE generations DROP COLUMN style;
ALTER TABLE generations DROP COLUMN seed;
