-- Whole numbers wrap around as in Java, division cuts off, dividing by zero is a bad record.
CREATE TABLE i (n INT, i INT, b BIGINT, d DOUBLE)
WITH ('connector' = 'kafka', 'topic' = 't', 'properties.bootstrap.servers' = 'h:9092', 'format' = 'json');
CREATE TABLE o (n INT, i1 INT, b1 BIGINT, m BIGINT, a BIGINT, dd DOUBLE, sq DOUBLE, pw DOUBLE, r DOUBLE, f DOUBLE, c DOUBLE, ci INT, cs STRING)
WITH ('connector' = 'kafka', 'topic' = 't', 'properties.bootstrap.servers' = 'h:9092', 'format' = 'json');
CREATE TABLE q (n INT, x BIGINT)
WITH ('connector' = 'kafka', 'topic' = 't', 'properties.bootstrap.servers' = 'h:9092', 'format' = 'json');
INSERT INTO o SELECT n, i + 1, b * 2, MOD(b, 4), ABS(b), d / 0, SQRT(d), POWER(d, 2), ROUND(d, 0), FLOOR(d), CEIL(d), CAST(d AS INT), CAST(d AS STRING) FROM i;
INSERT INTO q SELECT n, 10 / i FROM i;
