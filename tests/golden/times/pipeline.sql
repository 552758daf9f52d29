-- Times: from numbers, from text, arithmetic, and their text.
CREATE TABLE i (n INT, ms BIGINT, s STRING)
WITH ('connector' = 'kafka', 'topic' = 't', 'properties.bootstrap.servers' = 'h:9092', 'format' = 'json');
CREATE TABLE o (n INT, a TIMESTAMP_LTZ(3), b TIMESTAMP(3), c TIMESTAMP(3), later BOOLEAN, txt STRING)
WITH ('connector' = 'kafka', 'topic' = 't', 'properties.bootstrap.servers' = 'h:9092', 'format' = 'json');
INSERT INTO o SELECT n, TO_TIMESTAMP_LTZ(ms, 3), TO_TIMESTAMP(s), TO_TIMESTAMP(s) + INTERVAL '1' DAY - INTERVAL '0.5' SECOND,
  TO_TIMESTAMP(s) > TIMESTAMP '2024-01-01 00:00:00', CAST(TO_TIMESTAMP_LTZ(ms, 3) AS STRING) FROM i;
