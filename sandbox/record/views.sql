-- Views over the parts themselves, made for each question: a stored view would hold absolute paths, and a store moves.
-- $FILES is the list of parts; where there is none, the empty view of that name is made.

-- view windows
SELECT w.run, w."index", w.start_ns, w.end_ns, w.visible_at_ns, w.step, w.share, w.matured, c.part, c.arm, c.shadow,
    c.segment, c."group", c.feature, c.status, c.label, c.decision, c.bin, w.value
FROM (
    SELECT parse_path(filename)[-2] AS run, "index", start AS start_ns, "end" AS end_ns, visible_at AS visible_at_ns,
        step, share, matured, unnest(cell) AS cell, unnest("value") AS "value"
    FROM read_parquet($FILES, filename = true)
) AS w
JOIN runs AS r ON r.run = w.run
JOIN cells AS c ON c.layout = r.layout AND c.matured = w.matured AND c.cell = w.cell;

-- view truth
SELECT t.run, t.quantity, t."window" * r.tick_ns AS start_ns, r.arms[t.arm + 1] AS arm,
    r.segments[t.segment + 1] AS segment, r.groups[t."group" + 1] AS "group",
    ['wrong', 'late', 'failed'][t.kind + 1] AS kind,
    ['answered', 'rejected', 'timed_out', 'errored'][t.status + 1] AS status, t."value"
FROM (
    SELECT parse_path(filename)[-2] AS run, quantity, nullif("window", -1) AS "window", nullif(arm, -1) AS arm,
        nullif(segment, -1) AS segment, nullif("group", -1) AS "group", nullif(kind, -1) AS kind,
        nullif(status, -1) AS status, "value"
    FROM read_parquet($FILES, filename = true)
) AS t
JOIN runs AS r ON r.run = t.run
WHERE t.quantity <> 'starts';

-- view requests
SELECT q.* REPLACE (
        r.arms[q.arm + 1] AS arm, r.segments[q.segment + 1] AS segment, r.groups[q."group" + 1] AS "group",
        coalesce(['answered', 'rejected', 'timed_out', 'errored'][q.status + 1], 'in_flight') AS status,
        ['wrong', 'late', 'failed'][q.harm] AS harm
    )
FROM (
    SELECT parse_path(filename)[-2] AS run, * EXCLUDE (filename) RENAME (
        "at" AS at_ns, latency AS latency_ns, label_at AS label_at_ns
    )
    FROM read_parquet($FILES, filename = true, union_by_name = true)
) AS q
JOIN runs AS r ON r.run = q.run;

-- view flights
SELECT * RENAME (closed_at AS closed_at_ns, onset_at AS onset_at_ns, detected_at AS detected_at_ns)
FROM read_parquet($FILES, union_by_name = true, hive_partitioning = false);

-- empty flights
SELECT NULL::VARCHAR AS study, NULL::VARCHAR AS setting, NULL::VARCHAR AS candidate, NULL::BIGINT AS seed,
    NULL::BOOLEAN AS unstopped, NULL::VARCHAR AS failure, NULL::VARCHAR AS "repeat", NULL::VARCHAR AS digest,
    NULL::VARCHAR AS outcome, NULL::BIGINT AS closed_at_ns, NULL::DOUBLE AS largest_share, NULL::VARCHAR AS failed_gate,
    NULL::BIGINT AS requests, NULL::BIGINT AS exposed, NULL::BIGINT AS exposed_net, NULL::BIGINT AS gross,
    NULL::BIGINT AS net, NULL::BIGINT AS wrong, NULL::BIGINT AS late, NULL::BIGINT AS failed, NULL::BIGINT AS users,
    NULL::BIGINT AS net_users, NULL::BIGINT AS onset_at_ns, NULL::BIGINT AS detected_at_ns, NULL::BIGINT AS pages,
    NULL::BIGINT AS true_pages, NULL::BIGINT AS tickets, NULL::BOOLEAN AS met, NULL::DOUBLE AS budget_spent, NULL::VARCHAR AS by_group
WHERE false;

-- empty windows
SELECT NULL::VARCHAR AS run, NULL::BIGINT AS "index", NULL::BIGINT AS start_ns, NULL::BIGINT AS end_ns,
    NULL::BIGINT AS visible_at_ns, NULL::BIGINT AS step, NULL::DOUBLE[] AS share, NULL::BOOLEAN AS matured,
    NULL::VARCHAR AS part, NULL::VARCHAR AS arm, NULL::BOOLEAN AS shadow, NULL::VARCHAR AS segment,
    NULL::VARCHAR AS "group", NULL::VARCHAR AS feature, NULL::VARCHAR AS status, NULL::BOOLEAN AS label,
    NULL::BOOLEAN AS decision, NULL::INTEGER AS bin, NULL::BIGINT AS "value"
WHERE false;

-- empty truth
SELECT NULL::VARCHAR AS run, NULL::VARCHAR AS quantity, NULL::BIGINT AS start_ns, NULL::VARCHAR AS arm,
    NULL::VARCHAR AS segment, NULL::VARCHAR AS "group", NULL::VARCHAR AS kind, NULL::VARCHAR AS status,
    NULL::BIGINT AS "value"
WHERE false;

-- empty requests
SELECT NULL::VARCHAR AS run, NULL::BIGINT AS seq, NULL::BIGINT AS at_ns, NULL::UBIGINT AS user,
    NULL::VARCHAR AS segment, NULL::VARCHAR AS "group", NULL::VARCHAR AS arm, NULL::SMALLINT AS step,
    NULL::VARCHAR AS status, NULL::BIGINT AS latency_ns, NULL::FLOAT AS score, NULL::BOOLEAN AS decision,
    NULL::BOOLEAN AS label, NULL::BIGINT AS label_at_ns, NULL::VARCHAR AS harm
WHERE false;
