-- Neighbours within a second, each pair once; a later row of the same time replaces the earlier; NULL keys match nothing.
CREATE TABLE i (k STRING, v DOUBLE, n BIGINT, t BIGINT, ts AS TO_TIMESTAMP_LTZ(t, 3), WATERMARK FOR ts AS ts - INTERVAL '5' SECOND)
WITH ('connector' = 'kafka', 'topic' = 't', 'properties.bootstrap.servers' = 'h:9092', 'format' = 'json');
CREATE VIEW l AS SELECT k, t, ts, v FROM i WHERE n = 1 OR n = 3;
CREATE VIEW r AS SELECT k, t, ts, v FROM i WHERE n = 2 OR n = 3;
CREATE TABLE o (k STRING, lt BIGINT, rt BIGINT, lv DOUBLE, rv DOUBLE)
WITH ('connector' = 'kafka', 'topic' = 't', 'properties.bootstrap.servers' = 'h:9092', 'format' = 'json');
INSERT INTO o SELECT l.k, l.t, r.t, l.v, r.v FROM l SERIES JOIN r ON l.k = r.k TOLERANCE INTERVAL '1' SECOND;
