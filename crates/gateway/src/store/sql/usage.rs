//! The statements of usage and costs: the generations of each day, and the cost of jobs at
//! providers.

statements! {
    USAGE_BOTH:

    // The usage of generations.
    KEY_TOKENS_OF_DAYS = "SELECT CAST(coalesce(sum(tokens), 0) AS BIGINT) FROM key_days
        WHERE key_id = ? AND day >= ? AND day < ?";
    COUNT_ACCEPTED = "INSERT INTO key_days (key_id, day, tokens) VALUES (?, ?, ?)
        ON CONFLICT (key_id, day) DO UPDATE SET tokens = key_days.tokens + excluded.tokens";
    COUNT_RELEASED = "UPDATE key_days SET tokens = tokens - (g.price - g.charged)
        FROM generations g WHERE g.id = ? AND key_days.key_id = g.key_id
        AND key_days.day = g.created_at_ms / 86400000";
    COUNT_ENDED = "INSERT INTO usage_days (day, key_id, model, provider, outcome, generations,
        tokens, timed, took_ms)
        SELECT g.finished_at_ms / 86400000, g.key_id, g.model, g.provider, g.state, 1, g.charged,
        CASE g.state WHEN 'completed' THEN 1 ELSE 0 END,
        CASE g.state WHEN 'completed' THEN g.finished_at_ms - g.created_at_ms ELSE 0 END
        FROM generations g WHERE g.id = ?
        ON CONFLICT (day, key_id, model, provider, outcome) DO UPDATE
        SET generations = usage_days.generations + 1, tokens = usage_days.tokens + excluded.tokens,
        timed = usage_days.timed + excluded.timed, took_ms = usage_days.took_ms + excluded.took_ms";
    /// On the day of the refund.
    COUNT_REFUNDED = "INSERT INTO usage_days (day, key_id, model, provider, outcome, generations,
        tokens)
        SELECT CAST(?1 AS BIGINT), g.key_id, g.model, g.provider, 'refunded', 1, 0 - CAST(?3 AS BIGINT)
        FROM generations g WHERE g.id = ?2
        ON CONFLICT (day, key_id, model, provider, outcome) DO UPDATE
        SET generations = usage_days.generations + 1, tokens = usage_days.tokens + excluded.tokens";
    /// A cap counts a generation with its final charge.
    COUNT_GIVEN_BACK = "UPDATE key_days SET tokens = tokens - ?2 FROM generations g
        WHERE g.id = ?1 AND key_days.key_id = g.key_id
        AND key_days.day = g.created_at_ms / 86400000";
    /// The cost of all jobs of a generation that ended.
    COUNT_COSTS = "INSERT INTO usage_costs (day, key_id, model, provider, outcome, currency, micros)
        SELECT g.finished_at_ms / 86400000, g.key_id, g.model, g.provider, g.state, c.currency,
        CAST(sum(c.micros) AS BIGINT)
        FROM generations g JOIN provider_costs c ON c.generation_id = g.id WHERE g.id = ?
        GROUP BY g.id, c.currency
        ON CONFLICT (day, key_id, model, provider, outcome, currency) DO UPDATE
        SET micros = usage_costs.micros + excluded.micros";
    /// The cost of the last job of a generation at a provider, if the generation has ended already.
    COUNT_LATE_COST = "INSERT INTO usage_costs (day, key_id, model, provider, outcome, currency, micros)
        SELECT g.finished_at_ms / 86400000, g.key_id, g.model, g.provider, g.state, c.currency,
        CAST(?3 AS BIGINT) * c.micros
        FROM generations g JOIN provider_costs c ON c.id = (SELECT max(id) FROM provider_costs
        WHERE generation_id = ?1 AND provider = ?2)
        WHERE g.id = ?1 AND g.finished_at_ms IS NOT NULL
        ON CONFLICT (day, key_id, model, provider, outcome, currency) DO UPDATE
        SET micros = usage_costs.micros + excluded.micros";
    USAGE_OF_DAY = "SELECT u.day, k.name AS key_name, u.model, u.provider, u.outcome,
        u.generations, u.tokens FROM usage_days u JOIN keys k ON k.id = u.key_id
        WHERE u.day = ?1 AND (u.key_id = ?2 OR ?2 IS NULL)
        ORDER BY u.key_id, u.model, u.provider, u.outcome";
    COSTS_OF_DAY = "SELECT k.name AS key_name, c.model, c.provider, c.outcome, c.currency, c.micros
        FROM usage_costs c JOIN keys k ON k.id = c.key_id
        WHERE c.day = ?1 AND (c.key_id = ?2 OR ?2 IS NULL)
        ORDER BY c.key_id, c.model, c.provider, c.outcome, c.currency";
    USAGE_BY_DAY = "SELECT day, outcome, CAST(sum(generations) AS BIGINT) AS generations,
        CAST(sum(tokens) AS BIGINT) AS tokens
        FROM usage_days WHERE day >= ? GROUP BY day, outcome ORDER BY day, outcome";
    USAGE_BY_MODEL_AND_PROVIDER = "SELECT model, provider, outcome,
        CAST(sum(generations) AS BIGINT) AS generations, CAST(sum(timed) AS BIGINT) AS timed,
        CAST(sum(took_ms) AS BIGINT) AS took_ms
        FROM usage_days WHERE day >= ? AND outcome <> 'refunded'
        GROUP BY model, provider, outcome ORDER BY model, provider, outcome";
    COSTS_BY_DAY = "SELECT day, currency, CAST(sum(micros) AS BIGINT) AS micros
        FROM usage_costs WHERE day >= ? GROUP BY day, currency ORDER BY day, currency";

    // The cost of jobs at providers.
    COSTS_OF_GENERATION = "SELECT provider, currency, micros, basis, at_ms FROM provider_costs
        WHERE generation_id = ? ORDER BY id";
    INSERT_PROVIDER_COST = "INSERT INTO provider_costs (generation_id, provider, model, currency,
        micros, basis, at_ms, write_id) VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING";
    FORGET_LAST_COST = "DELETE FROM provider_costs WHERE id = (SELECT max(id) FROM provider_costs
        WHERE generation_id = ? AND provider = ?)";
    PROVIDER_COSTS = "SELECT provider, model, currency, count(*) AS jobs,
        CAST(sum(micros) AS BIGINT) AS micros,
        count(*) FILTER (WHERE basis = 'billed') AS billed_jobs FROM provider_costs
        WHERE at_ms >= ? GROUP BY provider, model, currency ORDER BY provider, model, currency";
}
