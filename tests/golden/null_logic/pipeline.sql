-- Three-valued logic: what is neither true nor false is left out.
CREATE TABLE i (n INT, a BOOLEAN, b BOOLEAN)
WITH ('connector' = 'kafka', 'topic' = 't', 'properties.bootstrap.servers' = 'h:9092', 'format' = 'json');
CREATE TABLE o (n INT, a_and_b BOOLEAN, a_or_b BOOLEAN, not_a BOOLEAN, a_true BOOLEAN, a_unknown BOOLEAN, eq BOOLEAN, dist BOOLEAN)
WITH ('connector' = 'kafka', 'topic' = 't', 'properties.bootstrap.servers' = 'h:9092', 'format' = 'json');
INSERT INTO o SELECT n, a AND b, a OR b, NOT a, a IS TRUE, a IS UNKNOWN, a = b, a IS DISTINCT FROM b FROM i;
INSERT INTO o SELECT n + 100, a, b, NULL, NULL, NULL, NULL, NULL FROM i WHERE NOT (a AND b);
INSERT INTO o SELECT n + 200, a, b, NULL, NULL, NULL, NULL, NULL FROM i WHERE n NOT IN (1, 2) AND (a OR b);
