-- ## prelude
CREATE TABLE s (
  k STRING, n INT, b BIGINT, x DOUBLE, ok BOOLEAN, `at` BIGINT,
  ts AS TO_TIMESTAMP_LTZ(`at`, 3),
  WATERMARK FOR ts AS ts - INTERVAL '5' SECOND
) WITH ('connector' = 'kafka', 'topic' = 's', 'properties.bootstrap.servers' = 'b:9092', 'format' = 'json');
CREATE TABLE w (
  k STRING, x DOUBLE, t TIMESTAMP(3), WATERMARK FOR t AS t
) WITH ('connector' = 'mqtt', 'url' = 'mqtt://b', 'topic' = 'w', 'format' = 'json');
CREATE TABLE dest (v STRING) WITH ('connector' = 'print');
CREATE TABLE two (v STRING, x DOUBLE) WITH ('connector' = 'print');
CREATE TABLE num (v BIGINT) WITH ('connector' = 'print');
CREATE TABLE win (k STRING, s TIMESTAMP(3), e TIMESTAMP(3), n BIGINT) WITH ('connector' = 'kafka', 'topic' = 'win',
  'properties.bootstrap.servers' = 'b:9092', 'format' = 'json');
-- ## a copy
INSERT INTO dest SELECT k FROM s;
-- ## a filter and a computation
INSERT INTO two SELECT UPPER(k), x * 2 + n FROM s WHERE x > 1.5 AND k LIKE 'a%';
-- ## constants need no slot
INSERT INTO two SELECT 'fixed', 1 + 1 FROM s;
-- ## views are inlined and their filters stand in order at the source
CREATE VIEW v1 AS SELECT k AS a, x + 1 AS y FROM s WHERE ok;
CREATE VIEW v2 (c, d) AS SELECT a, y * 2 FROM v1 WHERE y > 3;
INSERT INTO two SELECT c, d FROM v2 WHERE d < 100;
-- ## a definition used twice is computed once, before the filter that needs it
INSERT INTO two SELECT a, y FROM (SELECT k AS a, SQRT(x) AS y FROM s) WHERE y > 3;
-- ## a definition used once is put into its user
INSERT INTO two SELECT a, y + 1 FROM (SELECT k AS a, SQRT(x) AS y, ABS(n) AS unused FROM s);
-- ## a filter that folds to TRUE goes away
INSERT INTO dest SELECT k FROM s WHERE 1 < 2;
-- ## UNION ALL of two tables into a sink
INSERT INTO two SELECT k, x FROM s WHERE x > 0 UNION ALL SELECT k, x FROM w;
-- ## UNION ALL of three legs counts as one operator; the filter above stands on each leg
INSERT INTO two SELECT * FROM (SELECT k, x FROM s UNION ALL SELECT k, x FROM w UNION ALL SELECT 'c', 1 FROM w) AS u (a, b) WHERE a <> 'b';
-- ## UNION ALL unifies types
INSERT INTO num SELECT n FROM s UNION ALL SELECT b FROM s;
-- ## WITH names and a view of the same name
CREATE VIEW v AS SELECT k FROM s;
WITH v AS (SELECT k || '!' AS k FROM s) SELECT 1 FROM v;
-- ## WITH in an INSERT
INSERT INTO dest WITH v AS (SELECT k || '!' AS e FROM s), u AS (SELECT e FROM v WHERE e <> '!') SELECT e FROM u;
-- ## qualified names
INSERT INTO default_catalog.default_database.dest SELECT default_database.s.k FROM default_catalog.default_database.s;
-- ## stars
INSERT INTO two SELECT a.* FROM (SELECT k, x FROM s) AS a;
-- ## a column list leaves NULL in the others
INSERT INTO two (x) SELECT x FROM s;
-- ## a column list in another order
INSERT INTO two (x, v) SELECT x, k FROM s;
-- ## implicit casts into the sink
INSERT INTO num SELECT n FROM s;
-- ## several INSERTs share a scan
EXECUTE STATEMENT SET BEGIN
INSERT INTO dest SELECT k FROM s WHERE x > 0;
INSERT INTO two SELECT k, x FROM s;
INSERT INTO two SELECT k, x FROM w;
END;
-- ## a computed column of several edges is computed once at the source
CREATE TABLE c (a BIGINT, d AS a * 2) WITH ('connector' = 'mqtt', 'url' = 'm', 'topic' = 'c', 'format' = 'json');
INSERT INTO num SELECT d FROM c WHERE d > 1;
INSERT INTO num SELECT d + 1 FROM c;
-- ## a computed column of one edge is computed behind the filter
CREATE TABLE c (a BIGINT, d AS a * 2) WITH ('connector' = 'mqtt', 'url' = 'm', 'topic' = 'c', 'format' = 'json');
INSERT INTO num SELECT d FROM c WHERE a > 1;
-- ## a tumbling window as a table function
INSERT INTO win SELECT k, window_start, window_end, COUNT(*) FROM TABLE(TUMBLE(TABLE s, DESCRIPTOR(ts), INTERVAL '1' MINUTE))
GROUP BY k, window_start, window_end;
-- ## named arguments and an offset
INSERT INTO win SELECT k, window_start, window_end, COUNT(x)
FROM TABLE(TUMBLE(DATA => TABLE s, TIMECOL => DESCRIPTOR(ts), SIZE => INTERVAL '1' HOUR, `OFFSET` => INTERVAL '15' MINUTE))
GROUP BY window_start, window_end, k;
-- ## a window over a view with a filter, HAVING, and expressions around aggregates
CREATE VIEW v AS SELECT UPPER(k) AS k, n, ts AS t FROM s WHERE ok;
INSERT INTO win SELECT k || '!', window_start, window_end, SUM(n) + MAX(n) FROM TABLE(TUMBLE(TABLE v, DESCRIPTOR(t), INTERVAL '10' SECOND))
WHERE n > 0 GROUP BY k, window_start, window_end HAVING COUNT(*) > 1 AND MIN(n) < 10;
-- ## aggregates that nobody wants are not computed
INSERT INTO dest SELECT k FROM (SELECT k, window_start, COUNT(*) AS c, SUM(x) AS sx
FROM TABLE(TUMBLE(TABLE s, DESCRIPTOR(ts), INTERVAL '1' MINUTE)) GROUP BY k, window_start, window_end);
-- ## the legacy syntax
INSERT INTO win SELECT k, TUMBLE_START(ts, INTERVAL '1' MINUTE), TUMBLE_END(ts, INTERVAL '1' MINUTE), COUNT(*)
FROM s GROUP BY k, TUMBLE(ts, INTERVAL '1' MINUTE);
-- ## a window of a window by window_time
CREATE VIEW minutes AS SELECT k, window_time AS mt, COUNT(*) AS c FROM TABLE(TUMBLE(TABLE s, DESCRIPTOR(ts), INTERVAL '1' MINUTE))
GROUP BY k, window_start, window_end, window_time;
INSERT INTO win SELECT k, window_start, window_end, SUM(c) FROM TABLE(TUMBLE(TABLE minutes, DESCRIPTOR(mt), INTERVAL '1' HOUR))
GROUP BY k, window_start, window_end;
-- ## a window of a window by TUMBLE_ROWTIME
CREATE VIEW minutes AS SELECT k, TUMBLE_ROWTIME(t, INTERVAL '1' MINUTE) AS mt, MAX(x) AS m FROM w GROUP BY k, TUMBLE(t, INTERVAL '1' MINUTE);
INSERT INTO two SELECT k, MAX(m) FROM minutes GROUP BY k, TUMBLE(mt, INTERVAL '1' HOUR);
-- ## a window without keys
INSERT INTO num SELECT COUNT(*) FROM TABLE(TUMBLE(TABLE s, DESCRIPTOR(ts), INTERVAL '1' MINUTE)) GROUP BY window_start, window_end;
-- ## TUMBLE without an aggregation adds the bounds
INSERT INTO win SELECT k, window_start, window_end, b FROM TABLE(TUMBLE(TABLE s, DESCRIPTOR(ts), INTERVAL '1' MINUTE)) WHERE window_start > TIMESTAMP '2024-01-01 00:00:00';
-- ## a window over a UNION ALL
CREATE VIEW u AS SELECT k, x, t FROM w WHERE x > 0 UNION ALL SELECT k, x + 1, t FROM w WHERE x < 0;
INSERT INTO win SELECT k, window_start, window_end, COUNT(*) FROM TABLE(TUMBLE(TABLE u, DESCRIPTOR(t), INTERVAL '1' MINUTE)) GROUP BY k, window_start, window_end;
-- ## SERIES JOIN of a table with itself
INSERT INTO two SELECT l.k, l.x - r.x FROM s AS l SERIES JOIN s AS r ON l.k = r.k TOLERANCE INTERVAL '2' SECOND;
-- ## SERIES JOIN of two tables on expressions of two types, sides crossed
INSERT INTO two SELECT CONCAT(a.k, d.k), a.x FROM s AS a SERIES JOIN (SELECT k, CAST(x AS INT) AS i, t FROM w) AS d
ON d.i = a.b AND UPPER(a.k) = d.k TOLERANCE INTERVAL '0' SECOND;
-- ## a filter above a SERIES JOIN stays there
INSERT INTO two SELECT l.k, r.x FROM s AS l SERIES JOIN s AS r ON l.k = r.k TOLERANCE INTERVAL '2' SECOND WHERE l.x > 0 AND l.k = 'a';
-- ## a window over a SERIES JOIN: either time will do
INSERT INTO win SELECT k, window_start, window_end, COUNT(*)
FROM TABLE(TUMBLE((SELECT l.k AS k, r.ts AS t FROM s AS l SERIES JOIN s AS r ON l.k = r.k TOLERANCE INTERVAL '2' SECOND), DESCRIPTOR(t), INTERVAL '1' MINUTE))
GROUP BY k, window_start, window_end;
-- ## a SERIES JOIN of windows
CREATE VIEW m AS SELECT k, window_time AS t, AVG(x) AS x FROM TABLE(TUMBLE(TABLE s, DESCRIPTOR(ts), INTERVAL '1' MINUTE)) GROUP BY k, window_start, window_end, window_time;
INSERT INTO two SELECT a.k, a.x - c.x FROM m AS a SERIES JOIN m AS c ON a.k = c.k TOLERANCE INTERVAL '1' MINUTE;
-- ## nothing of a join is wanted
INSERT INTO dest SELECT 'x' FROM s AS l SERIES JOIN s AS r ON l.k = r.k TOLERANCE INTERVAL '2' SECOND;
-- ## CASE, CAST, COALESCE, IN, BETWEEN, IS
INSERT INTO two SELECT CASE k WHEN 'a' THEN 'A' ELSE COALESCE(k, '?') END, CAST(n AS DOUBLE) FROM s
WHERE n IN (1, 2, 3) OR n NOT BETWEEN 10 AND 20 OR ok IS NOT TRUE OR NOT ok;
-- ## settings
SET 'parallelism.default' = '4';
SET 'pipeline.name' = 'my pipeline';
SET 'table.local-time-zone' = 'Etc/UTC';
INSERT INTO dest SELECT k FROM s;
SET 'parallelism.default' = '8';
-- ## secrets are not shown and variables are shown as written
CREATE TABLE secret (k STRING) WITH ('connector' = 'mqtt', 'url' = '${NO_SUCH_URL:-mqtt://b}', 'topic' = 't', 'username' = 'me', 'password' = 'hunter2', 'format' = 'json');
INSERT INTO dest SELECT k FROM secret;
-- ## AVG of whole numbers warns
INSERT INTO num SELECT AVG(n) FROM TABLE(TUMBLE(TABLE s, DESCRIPTOR(ts), INTERVAL '1' MINUTE)) GROUP BY window_start, window_end;
-- ## other names of options warn
CREATE TABLE m (k STRING) WITH ('connector' = 'mqtt', 'broker-url' = 'mqtt://b', 'topics' = 't', 'format' = 'json');
INSERT INTO dest SELECT k FROM m;
-- ## DROP and create again, IF EXISTS, IF NOT EXISTS
DROP TABLE dest;
DROP VIEW IF EXISTS nothing;
CREATE TABLE dest (v DOUBLE) WITH ('connector' = 'blackhole');
CREATE TABLE IF NOT EXISTS dest (v STRING) WITH ('connector' = 'print');
INSERT INTO dest SELECT x FROM s;
-- ## metadata columns
CREATE TABLE meta (k STRING, topic STRING METADATA VIRTUAL, t TIMESTAMP_LTZ(3) METADATA FROM 'timestamp', WATERMARK FOR t AS t - INTERVAL '1' SECOND)
WITH ('connector' = 'kafka', 'topic' = 'a;b', 'properties.bootstrap.servers' = 'b', 'format' = 'json');
INSERT INTO win SELECT topic, window_start, window_end, COUNT(*) FROM TABLE(TUMBLE(TABLE meta, DESCRIPTOR(t), INTERVAL '1' MINUTE)) GROUP BY topic, window_start, window_end;
INSERT INTO meta SELECT k, ts FROM s;
-- ## no INSERT at all
SET 'parallelism.default' = '2';
-- ## a replay replaces tables, even sinks
-- from: dest
-- to: s
CREATE VIEW f AS SELECT v FROM dest;
INSERT INTO s (k) SELECT v FROM f;
-- ## the same expression twice is computed once
INSERT INTO two SELECT UPPER(l.k), SQRT(l.x) + SQRT(l.x) FROM s AS l SERIES JOIN s AS r ON UPPER(l.k) = UPPER(r.k) TOLERANCE INTERVAL '1' SECOND;
INSERT INTO two SELECT k, ABS(x) FROM (SELECT k, x FROM s) WHERE ABS(x) > 1;
-- ## a constant of a table is a constant of its sink
CREATE TABLE c (a BIGINT, d AS 'd') WITH ('connector' = 'mqtt', 'url' = 'm', 'topic' = 'c', 'format' = 'json');
INSERT INTO dest SELECT d FROM c WHERE d <> 'e';
-- ## a constant as a key has a slot
INSERT INTO dest SELECT l.v FROM (SELECT 'a' AS v, ts FROM s) AS l SERIES JOIN s AS r ON l.v = r.k TOLERANCE INTERVAL '1' SECOND;
-- ## units of time
CREATE TABLE parts (a BIGINT, b BIGINT, c BIGINT, d INT, e INT, f TIMESTAMP_LTZ(3), g TIMESTAMP_LTZ(3), h TIMESTAMP_LTZ(3)) WITH ('connector' = 'print');
INSERT INTO parts SELECT EXTRACT(YEAR FROM ts), EXTRACT(DAY FROM ts), EXTRACT(DOW FROM ts), TIMESTAMPDIFF(MONTH, ts, TIMESTAMPADD(WEEK, 2, ts)),
  TIMESTAMPDIFF(SECOND, TIMESTAMPADD(YEAR, 1, ts), ts), FLOOR(ts TO DAY), CEIL(ts TO MONTH), TIMESTAMPADD(HOUR, POSITION('a' IN k), ts) FROM s;
