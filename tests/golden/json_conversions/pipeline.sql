-- What the json format converts, and what it refuses.
CREATE TABLE i (s STRING, i INT, b BIGINT, d DOUBLE, f BOOLEAN, ts TIMESTAMP(3), nested STRING, `a.b` STRING)
WITH ('connector' = 'kafka', 'topic' = 't', 'properties.bootstrap.servers' = 'h:9092', 'format' = 'json');
CREATE TABLE o (s STRING, i INT, b BIGINT, d DOUBLE, f BOOLEAN, ts TIMESTAMP(3), nested STRING, `a.b` STRING)
WITH ('connector' = 'kafka', 'topic' = 't', 'properties.bootstrap.servers' = 'h:9092', 'format' = 'json');
INSERT INTO o SELECT * FROM i;
