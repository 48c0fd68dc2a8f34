-- The catalogue over the landed parts. Append-only tables without indexes; everything here can be made anew from them.
-- What people write, as notes, must land as parts of its own before it may stand here: a rebuild forgets the rest.
-- Times are nanoseconds on the flight's clock and say so (_ns); landed_at is wall clock, UTC.

CREATE TABLE about (schema_version INTEGER);

CREATE TABLE runs (
    run VARCHAR, name VARCHAR, title VARCHAR, seed HUGEINT, outcome VARCHAR, digest VARCHAR, scenario_hash VARCHAR,
    source VARCHAR, landed_at TIMESTAMP, tick_ns BIGINT, duration_ns BIGINT, ended_at_ns BIGINT, requests BIGINT,
    bytes BIGINT, arms VARCHAR[], segments VARCHAR[], groups VARCHAR[], features VARCHAR[], harmed_users BIGINT,
    net_harmed_users BIGINT, users_on_candidate BIGINT, layout VARCHAR, schema_version INTEGER
);
CREATE TABLE parts (run VARCHAR, part VARCHAR, bytes BIGINT, sha256 VARCHAR);
CREATE TABLE journal (run VARCHAR, entry INTEGER, at_ns BIGINT, kind VARCHAR, truth BOOLEAN, facts JSON);
CREATE TABLE intervals (
    run VARCHAR, kind VARCHAR, name VARCHAR, start_ns BIGINT, end_ns BIGINT, arms VARCHAR[]
);

-- What each cell of a window's vector counts, once for each layout that some run has.
CREATE TABLE cells (
    layout VARCHAR, matured BOOLEAN, cell INTEGER, part VARCHAR, arm VARCHAR, shadow BOOLEAN, segment VARCHAR,
    "group" VARCHAR, feature VARCHAR, status VARCHAR, label BOOLEAN, decision BOOLEAN, bin INTEGER
);

CREATE VIEW judgements AS
SELECT run, entry, at_ns, facts->>'gate' AS gate, facts->>'kind' AS kind, facts->>'verdict' AS verdict,
    facts->>'because' AS because, (facts->>'value')::DOUBLE AS value, (facts->>'bound')::DOUBLE AS bound,
    (facts->>'n')::BIGINT AS n, (facts->>'decides')::BOOLEAN AS decides, (facts->>'step')::INTEGER AS step
FROM journal WHERE kind = 'gate';

CREATE VIEW decisions AS
SELECT run, entry, at_ns, facts->>'what' AS what, (facts->>'step')::INTEGER AS step, facts->>'title' AS title,
    (facts->>'share')::DOUBLE AS share, facts->>'because' AS because
FROM journal WHERE kind = 'ramp';

CREATE VIEW commands AS
SELECT run, entry, at_ns, (facts->>'id')::BIGINT AS id, facts->>'actor' AS actor, facts->>'kind' AS kind,
    facts->'arguments' AS arguments, facts->>'answer' AS answer, facts->>'reason' AS reason
FROM journal WHERE kind = 'command';
