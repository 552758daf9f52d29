-- Two equalities, one of them of expressions; the pairs are filtered behind the join.
CREATE TABLE i (k STRING, v DOUBLE, n BIGINT, t BIGINT, ts AS TO_TIMESTAMP_LTZ(t, 3), WATERMARK FOR ts AS ts - INTERVAL '5' SECOND)
WITH ('connector' = 'kafka', 'topic' = 't', 'properties.bootstrap.servers' = 'h:9092', 'format' = 'json');
CREATE VIEW l AS SELECT k, t, ts, v FROM i WHERE n = 1 OR n = 3;
CREATE VIEW r AS SELECT k, t, ts, v FROM i WHERE n = 2 OR n = 3;
CREATE TABLE o (k STRING, x DOUBLE)
WITH ('connector' = 'kafka', 'topic' = 't', 'properties.bootstrap.servers' = 'h:9092', 'format' = 'json');
INSERT INTO o SELECT UPPER(l.k), l.v * r.v FROM l SERIES JOIN r ON l.k = r.k AND MOD(l.t, 500) = MOD(r.t, 500) TOLERANCE INTERVAL '1' SECOND
WHERE l.v < r.v;
