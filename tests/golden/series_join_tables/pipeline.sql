-- Two tables out of three files; the second table has two.
CREATE TABLE i (k STRING, v DOUBLE, n BIGINT, t BIGINT, ts AS TO_TIMESTAMP_LTZ(t, 3), WATERMARK FOR ts AS ts - INTERVAL '5' SECOND)
WITH ('connector' = 'kafka', 'topic' = 't', 'properties.bootstrap.servers' = 'h:9092', 'format' = 'json');
CREATE TABLE q (k STRING, v DOUBLE, n BIGINT, t BIGINT, ts AS TO_TIMESTAMP_LTZ(t, 3), WATERMARK FOR ts AS ts - INTERVAL '5' SECOND)
WITH ('connector' = 'kafka', 'topic' = 't', 'properties.bootstrap.servers' = 'h:9092', 'format' = 'json');
CREATE TABLE o (k STRING, lt BIGINT, rt BIGINT)
WITH ('connector' = 'kafka', 'topic' = 't', 'properties.bootstrap.servers' = 'h:9092', 'format' = 'json');
INSERT INTO o SELECT i.k, i.t, q.t FROM i SERIES JOIN q ON i.k = q.k TOLERANCE INTERVAL '2' SECOND;
