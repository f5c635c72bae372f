//! The statements of administrators: who they are, what was changed by whom, and all keys' generations.

/// Those of all keys that fit, the newest first. Which they are is read out of one index, in its order: a
/// filter that few or none fit costs no look into the table for each of the others.
macro_rules! select_found_generations {
    ($more:literal) => {
        concat!(
            "SELECT k.name AS key_name, g.provider, g.charged, ",
            generation_columns!(),
            " FROM generations g CROSS JOIN keys k ON k.id = g.key_id
            LEFT JOIN media m ON m.generation_id = g.id WHERE g.id IN (SELECT f.id FROM generations f
            WHERE (f.created_at_ms, f.id) < (?1, ?2) AND f.created_at_ms >= ?7
            AND (CAST(?3 AS BIGINT) IS NULL OR f.key_id = ?3)
            AND (CAST(?4 AS TEXT) IS NULL OR f.model = ?4)
            AND (CAST(?5 AS TEXT) IS NULL OR f.state = ?5)
            AND (CAST(?6 AS TEXT) IS NULL OR f.provider = ?6 OR (f.state IN ('queued', 'running')
            AND EXISTS (SELECT 1 FROM provider_jobs j WHERE j.generation_id = f.id AND j.provider = ?6))) ",
            $more,
            " ORDER BY f.created_at_ms DESC, f.id DESC LIMIT ?8)
            ORDER BY g.created_at_ms DESC, g.id DESC"
        )
    };
}

/// Lines of the activity log that fit: parts of the names, and from when to when.
macro_rules! select_activity {
    ($from:literal, $rest:literal) => {
        concat!(
            "SELECT id, at_ms, actor, source, action, subject, before, after FROM activity WHERE ",
            $from,
            " AND instr(lower(actor), lower(?3)) > 0 AND instr(lower(action), lower(?4)) > 0
            AND instr(lower(subject), lower(?5)) > 0 AND at_ms >= ?6 AND at_ms < ?7 ",
            $rest
        )
    };
}

statements! {
    ADMIN_BOTH:

    INSERT_ADMIN = "INSERT INTO admins (name, hash, role, created_at_ms)
        VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING";
    ALL_ADMINS = "SELECT id, name, role, created_at_ms, revoked_at_ms, hash FROM admins ORDER BY id";
    ADMIN_BY_HASH = "SELECT id, name, role, created_at_ms, revoked_at_ms, hash FROM admins
        WHERE hash = ?";
    ADMIN_REVOKED_AT = "SELECT revoked_at_ms FROM admins WHERE name = ?";
    REVOKE_ADMIN = "UPDATE admins SET revoked_at_ms = ? WHERE name = ? AND revoked_at_ms IS NULL";
    INSERT_ACTIVITY = "INSERT INTO activity (at_ms, actor, source, action, subject, before, after)
        VALUES (?, ?, ?, ?, ?, ?, ?)";
    ACTIVITY_BEFORE = select_activity!("id < ?1", "ORDER BY id DESC LIMIT ?2");
    ACTIVITY_AFTER = select_activity!("id > ?1", "ORDER BY id LIMIT ?2");

    /// The generations of all keys, as far as they are looked for.
    ALL_GENERATIONS_BEFORE = select_found_generations!("");
    /// With a text in the prompt, which is in no index.
    GENERATIONS_WITH_TEXT_BEFORE =
        select_found_generations!("AND instr(lower(f.prompt), lower(?9)) > 0");
}
