-- ## prelude
CREATE TABLE s (
  k STRING, n INT, b BIGINT, x DOUBLE, ok BOOLEAN, `Timestamp` BIGINT, req INT NOT NULL,
  ts AS TO_TIMESTAMP_LTZ(`Timestamp`, 3),
  WATERMARK FOR ts AS ts - INTERVAL '5' SECOND
) WITH ('connector' = 'kafka', 'topic' = 's', 'properties.bootstrap.servers' = 'b:9092', 'format' = 'json');
CREATE TABLE plain (k STRING, x DOUBLE) WITH ('connector' = 'filesystem', 'path' = 'p', 'format' = 'json');
CREATE TABLE dest (v STRING) WITH ('connector' = 'print');
CREATE TABLE two (v STRING, x DOUBLE) WITH ('connector' = 'print');
CREATE TABLE num (v INT) WITH ('connector' = 'print');
CREATE TABLE strict (v STRING NOT NULL, x DOUBLE) WITH ('connector' = 'print');
CREATE VIEW j AS SELECT l.k, l.ts AS lt, r.ts AS rt FROM s AS l SERIES JOIN s AS r ON l.k = r.k TOLERANCE INTERVAL '1' SECOND;
-- ## unknown table
INSERT INTO dest SELECT k FROM t;
-- ## unknown table, nearly right
INSERT INTO dest SELECT v FROM deste;
-- ## unknown target
INSERT INTO dset SELECT k FROM s;
-- ## a view as the target
INSERT INTO j SELECT k FROM s;
-- ## unknown column
INSERT INTO dest SELECT kk FROM s;
-- ## a column in the wrong case
INSERT INTO dest SELECT K FROM s;
-- ## a column without its backticks
INSERT INTO two SELECT k, Timestamp FROM s;
-- ## a qualified column without its backticks
INSERT INTO two SELECT k, s.Timestamp FROM s;
-- ## unknown column of a table
INSERT INTO dest SELECT q.kk FROM s AS q;
-- ## unknown qualifier
INSERT INTO dest SELECT sx.k FROM s AS sy;
-- ## the table's name behind an alias
INSERT INTO dest SELECT s.k FROM s AS q;
-- ## an ambiguous column
INSERT INTO dest SELECT k FROM s AS l SERIES JOIN s AS r ON l.k = r.k TOLERANCE INTERVAL '1' SECOND;
-- ## an ambiguous column of a subquery
INSERT INTO dest SELECT a FROM (SELECT k AS a, k AS a FROM s);
-- ## two tables of one name
INSERT INTO dest SELECT s.k FROM s SERIES JOIN s ON s.k = s.k TOLERANCE INTERVAL '1' SECOND;
-- ## a field of a column
INSERT INTO dest SELECT k.f FROM s;
-- ## another database
INSERT INTO dest SELECT k FROM other.s;
-- ## another catalog
INSERT INTO dest SELECT k FROM c.default_database.s;
-- ## unknown function
INSERT INTO dest SELECT UPER(k) FROM s;
-- ## wrong types of arguments
INSERT INTO dest SELECT UPPER(n) FROM s;
-- ## text and number
INSERT INTO two SELECT k, k + 1 FROM s;
-- ## text compared with a number
INSERT INTO dest SELECT k FROM s WHERE k = n;
-- ## WHERE without a condition
INSERT INTO dest SELECT k FROM s WHERE n;
-- ## AND of a number
INSERT INTO dest SELECT k FROM s WHERE ok AND n;
-- ## WHEN of a number
INSERT INTO dest SELECT CASE WHEN n THEN 'a' END FROM s;
-- ## CASE of several types
INSERT INTO dest SELECT CASE WHEN ok THEN 'a' ELSE 1 END FROM s;
-- ## CAST that Flink has not
INSERT INTO dest SELECT CAST(CAST(ok AS TIMESTAMP(3)) AS STRING) FROM s;
-- ## a type that is not supported
INSERT INTO dest SELECT CAST(n AS DECIMAL(10, 2)) FROM s;
-- ## a decimal result
INSERT INTO two SELECT k, n * 1.5 FROM s;
-- ## a number beyond BIGINT
INSERT INTO two SELECT k, 99999999999999999999 FROM s;
-- ## a bad timestamp
INSERT INTO dest SELECT k FROM s WHERE ts > TIMESTAMP '2024-13-01 00:00:00';
-- ## too few columns
INSERT INTO two SELECT k FROM s;
-- ## too many columns
INSERT INTO dest SELECT k, x FROM s;
-- ## a type that does not fit the sink
INSERT INTO num SELECT k FROM s;
-- ## BIGINT does not fit INT
INSERT INTO num SELECT n + b FROM s;
-- ## NULL for NOT NULL
INSERT INTO strict SELECT k, x FROM s;
-- ## no value for NOT NULL
INSERT INTO strict (x) SELECT x FROM s;
-- ## a column that the target has not
INSERT INTO two (vv) SELECT k FROM s;
-- ## a column named twice
INSERT INTO two (v, v) SELECT k, k FROM s;
-- ## a computed column as the target
INSERT INTO s (ts) SELECT ts FROM s;
-- ## legs of different width
INSERT INTO dest SELECT k FROM s UNION ALL SELECT k, x FROM s;
-- ## legs without a common type
INSERT INTO dest SELECT k FROM s UNION ALL SELECT n FROM s;
-- ## UNION
INSERT INTO dest SELECT k FROM s UNION SELECT k FROM plain;
-- ## EXCEPT
INSERT INTO dest SELECT k FROM s EXCEPT SELECT k FROM plain;
-- ## ORDER BY
INSERT INTO dest SELECT k FROM s ORDER BY k;
-- ## LIMIT
INSERT INTO dest SELECT k FROM s LIMIT 10;
-- ## DISTINCT
INSERT INTO dest SELECT DISTINCT k FROM s;
-- ## a regular join
INSERT INTO dest SELECT a.k FROM s AS a JOIN plain AS b ON a.k = b.k;
-- ## a left join
INSERT INTO dest SELECT a.k FROM s AS a LEFT JOIN plain AS b ON a.k = b.k;
-- ## a comma
INSERT INTO dest SELECT a.k FROM s AS a, plain AS b WHERE a.k = b.k;
-- ## ASOF JOIN
INSERT INTO dest SELECT a.k FROM s AS a ASOF JOIN s AS b MATCH_CONDITION (a.ts >= b.ts) ON a.k = b.k;
-- ## a temporal join
INSERT INTO dest SELECT a.k FROM s AS a JOIN plain FOR SYSTEM_TIME AS OF a.ts AS b ON a.k = b.k;
-- ## OVER
INSERT INTO two SELECT k, SUM(x) OVER (PARTITION BY k ORDER BY ts) FROM s;
-- ## a subquery in an expression
INSERT INTO dest SELECT k FROM s WHERE x > (SELECT x FROM plain);
-- ## IN with a subquery
INSERT INTO dest SELECT k FROM s WHERE k IN (SELECT k FROM plain);
-- ## SELECT without FROM
INSERT INTO dest SELECT 'a';
-- ## VALUES
INSERT INTO dest VALUES ('a'), ('b');
-- ## GROUP BY without a window
INSERT INTO two SELECT k, SUM(x) FROM s GROUP BY k;
-- ## an aggregate without GROUP BY
INSERT INTO two SELECT 'all', SUM(x) FROM s;
-- ## GROUP BY half of a window
INSERT INTO two SELECT k, SUM(x) FROM TABLE(TUMBLE(TABLE s, DESCRIPTOR(ts), INTERVAL '1' MINUTE)) GROUP BY k, window_start;
-- ## a column that is not grouped by
INSERT INTO two SELECT k, x FROM TABLE(TUMBLE(TABLE s, DESCRIPTOR(ts), INTERVAL '1' MINUTE)) GROUP BY k, window_start, window_end;
-- ## window_time that is not grouped by
INSERT INTO dest SELECT CAST(window_time AS STRING) FROM TABLE(TUMBLE(TABLE s, DESCRIPTOR(ts), INTERVAL '1' MINUTE)) GROUP BY k, window_start, window_end;
-- ## an alias in GROUP BY
INSERT INTO two SELECT UPPER(k) AS u, SUM(x) FROM TABLE(TUMBLE(TABLE s, DESCRIPTOR(ts), INTERVAL '1' MINUTE)) GROUP BY u, window_start, window_end;
-- ## an aggregate in WHERE
INSERT INTO dest SELECT k FROM s WHERE SUM(x) > 1;
-- ## an aggregate in an aggregate
INSERT INTO two SELECT k, SUM(MAX(x)) FROM s GROUP BY k, TUMBLE(ts, INTERVAL '1' MINUTE);
-- ## SUM of a text
INSERT INTO two SELECT k, SUM(k) FROM s GROUP BY k, TUMBLE(ts, INTERVAL '1' MINUTE);
-- ## COUNT DISTINCT
INSERT INTO two SELECT k, COUNT(DISTINCT x) FROM s GROUP BY k, TUMBLE(ts, INTERVAL '1' MINUTE);
-- ## FILTER
INSERT INTO two SELECT k, COUNT(x) FILTER (WHERE x > 0) FROM s GROUP BY k, TUMBLE(ts, INTERVAL '1' MINUTE);
-- ## ROLLUP
INSERT INTO two SELECT k, SUM(x) FROM s GROUP BY ROLLUP (k);
-- ## a star in a grouped SELECT
INSERT INTO two SELECT * FROM s GROUP BY k, TUMBLE(ts, INTERVAL '1' MINUTE);
-- ## another window than that of GROUP BY
INSERT INTO dest SELECT CAST(TUMBLE_START(ts, INTERVAL '2' MINUTE) AS STRING) FROM s GROUP BY TUMBLE(ts, INTERVAL '1' MINUTE);
-- ## TUMBLE_START without GROUP BY
INSERT INTO dest SELECT CAST(TUMBLE_START(ts, INTERVAL '2' MINUTE) AS STRING) FROM s;
-- ## two windows
INSERT INTO two SELECT k, SUM(x) FROM s GROUP BY k, TUMBLE(ts, INTERVAL '1' MINUTE), TUMBLE(ts, INTERVAL '2' MINUTE);
-- ## TUMBLE over a column that is no time attribute
INSERT INTO dest SELECT k FROM TABLE(TUMBLE(TABLE s, DESCRIPTOR(b), INTERVAL '1' MINUTE));
-- ## TUMBLE over a time attribute that was computed with
CREATE VIEW v AS SELECT k, ts + INTERVAL '1' SECOND AS ts FROM s;
INSERT INTO dest SELECT k FROM TABLE(TUMBLE(TABLE v, DESCRIPTOR(ts), INTERVAL '1' MINUTE));
-- ## the legacy window over a column that is no time attribute
INSERT INTO dest SELECT k FROM s GROUP BY k, TUMBLE(b, INTERVAL '1' MINUTE);
-- ## TUMBLE without a size
INSERT INTO dest SELECT k FROM TABLE(TUMBLE(TABLE s, DESCRIPTOR(ts)));
-- ## TUMBLE by months
INSERT INTO dest SELECT k FROM TABLE(TUMBLE(TABLE s, DESCRIPTOR(ts), INTERVAL '1' MONTH));
-- ## TUMBLE of no size
INSERT INTO dest SELECT k FROM TABLE(TUMBLE(TABLE s, DESCRIPTOR(ts), INTERVAL '0' SECOND));
-- ## HOP
INSERT INTO dest SELECT k FROM TABLE(HOP(TABLE s, DESCRIPTOR(ts), INTERVAL '1' MINUTE, INTERVAL '2' MINUTE));
-- ## the legacy HOP
INSERT INTO dest SELECT k FROM s GROUP BY k, HOP(ts, INTERVAL '1' MINUTE, INTERVAL '2' MINUTE);
-- ## unknown table function
INSERT INTO dest SELECT k FROM TABLE(TUMBEL(TABLE s, DESCRIPTOR(ts), INTERVAL '1' MINUTE));
-- ## SERIES JOIN by an inequality
INSERT INTO dest SELECT l.k FROM s AS l SERIES JOIN s AS r ON l.k = r.k AND l.x < r.x TOLERANCE INTERVAL '1' SECOND;
-- ## SERIES JOIN by OR
INSERT INTO dest SELECT l.k FROM s AS l SERIES JOIN s AS r ON l.k = r.k OR l.n = r.n TOLERANCE INTERVAL '1' SECOND;
-- ## SERIES JOIN by one side alone
INSERT INTO dest SELECT l.k FROM s AS l SERIES JOIN s AS r ON l.k = r.k AND l.k = 'a' TOLERANCE INTERVAL '1' SECOND;
-- ## SERIES JOIN by both sides mixed
INSERT INTO dest SELECT l.k FROM s AS l SERIES JOIN s AS r ON l.k || r.k = r.k TOLERANCE INTERVAL '1' SECOND;
-- ## SERIES JOIN of texts with numbers
INSERT INTO dest SELECT l.k FROM s AS l SERIES JOIN s AS r ON l.k = r.n TOLERANCE INTERVAL '1' SECOND;
-- ## SERIES JOIN without a time attribute
INSERT INTO dest SELECT l.k FROM s AS l SERIES JOIN plain AS r ON l.k = r.k TOLERANCE INTERVAL '1' SECOND;
-- ## SERIES JOIN with two time attributes
INSERT INTO dest SELECT l.k FROM j AS l SERIES JOIN s AS r ON l.k = r.k TOLERANCE INTERVAL '1' SECOND;
-- ## a negative tolerance
INSERT INTO dest SELECT l.k FROM s AS l SERIES JOIN s AS r ON l.k = r.k TOLERANCE INTERVAL -'1' SECOND;
-- ## a tolerance that is no interval
INSERT INTO dest SELECT l.k FROM s AS l SERIES JOIN s AS r ON l.k = r.k TOLERANCE 1000;
-- ## a tolerance of months
INSERT INTO dest SELECT l.k FROM s AS l SERIES JOIN s AS r ON l.k = r.k TOLERANCE INTERVAL '1' MONTH;
-- ## a view with a column twice
CREATE VIEW v AS SELECT k, k FROM s;
-- ## a view with the wrong number of names
CREATE VIEW v (a, b) AS SELECT k FROM s;
-- ## an alias with the wrong number of names
INSERT INTO dest SELECT a FROM (SELECT k FROM s) AS t (a, b);
-- ## a table that exists
CREATE TABLE s (a STRING) WITH ('connector' = 'print');
-- ## DROP of nothing
DROP TABLE nothing;
-- ## DROP TABLE of a view
DROP TABLE j;
-- ## a query alone
SELECT k FROM s;
-- ## EXPLAIN
EXPLAIN INSERT INTO dest SELECT k FROM s;
-- ## INSERT OVERWRITE
INSERT OVERWRITE dest SELECT k FROM s;
-- ## reading a sink
INSERT INTO two SELECT v, 1 FROM dest;
-- ## writing a source
CREATE TABLE gen (v STRING) WITH ('connector' = 'datagen');
INSERT INTO gen SELECT k FROM s;
-- ## the clock
INSERT INTO two SELECT k, CURRENT_TIMESTAMP FROM s;
-- ## run: a connector that does not work yet
-- mode: run
INSERT INTO dest SELECT k FROM s;
-- ## run: a sink that does not work yet
-- mode: run
INSERT INTO s (k, req) SELECT k, 1 FROM plain;
-- ## run: nothing to do
-- mode: run
SET 'parallelism.default' = '2';
-- ## replay: a table that is not replaced
-- from: plain
INSERT INTO two SELECT k, x FROM plain UNION ALL SELECT k, x FROM s;
-- ## replay: unknown table
-- from: plane
INSERT INTO two SELECT k, x FROM plain;
-- ## replay: a view
-- from: j
INSERT INTO dest SELECT k FROM j;
-- ## replay: a table that is not read
-- from: two
INSERT INTO two SELECT k, x FROM plain;
-- ## replay: a table that is not written
-- to: plain
INSERT INTO two SELECT k, x FROM plain;
-- ## replay: metadata
-- from: m
CREATE TABLE m (k STRING, p INT METADATA FROM 'partition' VIRTUAL) WITH ('connector' = 'kafka', 'topic' = 'a', 'properties.bootstrap.servers' = 'b', 'format' = 'json');
INSERT INTO two SELECT k, p FROM m;
-- ## behind TUMBLE the time column is a plain timestamp
CREATE VIEW v AS SELECT * FROM TABLE(TUMBLE(TABLE s, DESCRIPTOR(ts), INTERVAL '1' MINUTE));
INSERT INTO dest SELECT k FROM TABLE(TUMBLE(TABLE v, DESCRIPTOR(ts), INTERVAL '1' HOUR));
-- ## too many equalities
INSERT INTO dest SELECT l.k FROM s AS l SERIES JOIN s AS r ON
l.n + 0 = r.n AND
l.n + 1 = r.n AND
l.n + 2 = r.n AND
l.n + 3 = r.n AND
l.n + 4 = r.n AND
l.n + 5 = r.n AND
l.n + 6 = r.n AND
l.n + 7 = r.n AND
l.n + 8 = r.n AND
l.n + 9 = r.n AND
l.n + 10 = r.n AND
l.n + 11 = r.n AND
l.n + 12 = r.n AND
l.n + 13 = r.n AND
l.n + 14 = r.n AND
l.n + 15 = r.n AND
l.n + 16 = r.n AND
l.n + 17 = r.n AND
l.n + 18 = r.n AND
l.n + 19 = r.n AND
l.n + 20 = r.n AND
l.n + 21 = r.n AND
l.n + 22 = r.n AND
l.n + 23 = r.n AND
l.n + 24 = r.n AND
l.n + 25 = r.n AND
l.n + 26 = r.n AND
l.n + 27 = r.n AND
l.n + 28 = r.n AND
l.n + 29 = r.n AND
l.n + 30 = r.n AND
l.n + 31 = r.n AND
l.n + 32 = r.n AND
l.n + 33 = r.n AND
l.n + 34 = r.n AND
l.n + 35 = r.n AND
l.n + 36 = r.n AND
l.n + 37 = r.n AND
l.n + 38 = r.n AND
l.n + 39 = r.n AND
l.n + 40 = r.n AND
l.n + 41 = r.n AND
l.n + 42 = r.n AND
l.n + 43 = r.n AND
l.n + 44 = r.n AND
l.n + 45 = r.n AND
l.n + 46 = r.n AND
l.n + 47 = r.n AND
l.n + 48 = r.n AND
l.n + 49 = r.n AND
l.n + 50 = r.n AND
l.n + 51 = r.n AND
l.n + 52 = r.n AND
l.n + 53 = r.n AND
l.n + 54 = r.n AND
l.n + 55 = r.n AND
l.n + 56 = r.n AND
l.n + 57 = r.n AND
l.n + 58 = r.n AND
l.n + 59 = r.n AND
l.n + 60 = r.n AND
l.n + 61 = r.n AND
l.n + 62 = r.n AND
l.n + 63 = r.n AND
l.n + 64 = r.n
TOLERANCE INTERVAL '1' SECOND;
-- ## a text does not fit BIGINT
CREATE TABLE big (v BIGINT) WITH ('connector' = 'print');
INSERT INTO big SELECT k FROM s;
-- ## a text does not fit DOUBLE
INSERT INTO two SELECT k, k FROM s;
-- ## a number does not fit a timestamp
CREATE TABLE t3 (v TIMESTAMP(3)) WITH ('connector' = 'print');
INSERT INTO t3 SELECT b FROM s;
-- ## a UNION ALL with a plain timestamp in one leg has no time attribute
CREATE VIEW u AS SELECT k, ts FROM s UNION ALL SELECT k, ts + INTERVAL '1' SECOND FROM s;
INSERT INTO dest SELECT k FROM u GROUP BY k, TUMBLE(ts, INTERVAL '1' MINUTE);
-- ## a literal of a day that the month has not
INSERT INTO dest SELECT k FROM s WHERE ts > TIMESTAMP '2024-02-30 00:00:00';
-- ## a literal of the 24th hour
INSERT INTO dest SELECT k FROM s WHERE ts > TIMESTAMP '2024-02-1 24:00:00';
-- ## the table's name in the wrong case
INSERT INTO dest SELECT S.k FROM s;
-- ## the null-safe equality of another dialect
INSERT INTO dest SELECT k FROM s WHERE n <=> b;
-- ## CROSS JOIN UNNEST
INSERT INTO dest SELECT k FROM s CROSS JOIN UNNEST(k) AS t (e);
-- ## LATERAL TABLE
INSERT INTO dest SELECT k FROM s, LATERAL TABLE(split(k)) AS t (e);
-- ## LEFT JOIN LATERAL TABLE
INSERT INTO dest SELECT k FROM s LEFT JOIN LATERAL TABLE(split(k)) AS t (e) ON TRUE;
-- ## LEFT SERIES JOIN
INSERT INTO dest SELECT l.k FROM s AS l LEFT SERIES JOIN s AS r ON l.k = r.k TOLERANCE INTERVAL '1' SECOND;
-- ## FULL OUTER SERIES JOIN
INSERT INTO dest SELECT l.k FROM s AS l FULL OUTER SERIES JOIN s AS r ON l.k = r.k TOLERANCE INTERVAL '1' SECOND;
-- ## three tables in one SERIES JOIN
INSERT INTO dest SELECT x.k FROM s AS x SERIES JOIN s AS y ON x.k = y.k TOLERANCE INTERVAL '1' SECOND
SERIES JOIN s AS z ON x.k = z.k TOLERANCE INTERVAL '1' SECOND;
-- ## metadata of a connector that works, which do not work yet
CREATE TABLE files (k STRING, p STRING METADATA FROM 'file.path' VIRTUAL) WITH ('connector' = 'filesystem', 'path' = 'p', 'format' = 'json');
INSERT INTO dest SELECT p FROM files;
-- ## an interval for a sink
INSERT INTO dest SELECT INTERVAL '1' DAY FROM s;
-- ## a view with two names alike
CREATE VIEW v (a, b, a) AS SELECT k, x, n FROM s;
-- ## a unit that cannot be extracted
INSERT INTO dest SELECT k FROM s WHERE EXTRACT(EPOCH FROM ts) = 1;
-- ## a unit that nothing is cut to
INSERT INTO dest SELECT k FROM s WHERE FLOOR(ts TO MILLISECOND) = ts;
-- ## a unit that only EXTRACT takes
INSERT INTO dest SELECT k FROM s WHERE TIMESTAMPADD(DOW, 1, ts) = ts;
-- ## EXTRACT of a text
INSERT INTO dest SELECT k FROM s WHERE EXTRACT(YEAR FROM k) = 1;
-- ## FLOOR of a number to a unit
INSERT INTO dest SELECT k FROM s WHERE FLOOR(x TO DAY) = ts;
-- ## TIMESTAMPADD of a fraction
INSERT INTO dest SELECT k FROM s WHERE TIMESTAMPADD(SECOND, 1.5, ts) = ts;
-- ## TIMESTAMPADD without a timestamp
INSERT INTO dest SELECT k FROM s WHERE TIMESTAMPADD(SECOND, 1) = ts;
-- ## TIMESTAMPDIFF of two kinds
INSERT INTO dest SELECT k FROM s WHERE TIMESTAMPDIFF(SECOND, TIMESTAMP '2024-01-01 00:00:00', ts) = 1;
-- ## a difference of timestamps
INSERT INTO dest SELECT k FROM s WHERE ts - ts > INTERVAL '1' SECOND;
