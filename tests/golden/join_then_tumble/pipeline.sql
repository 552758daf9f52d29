-- Pairs in windows of 5 s by the time of the left row.
CREATE TABLE i (k STRING, v DOUBLE, n BIGINT, t BIGINT, ts AS TO_TIMESTAMP_LTZ(t, 3), WATERMARK FOR ts AS ts - INTERVAL '5' SECOND)
WITH ('connector' = 'kafka', 'topic' = 't', 'properties.bootstrap.servers' = 'h:9092', 'format' = 'json');
CREATE VIEW l AS SELECT k, t, ts, v FROM i WHERE n = 1 OR n = 3;
CREATE VIEW r AS SELECT k, t, ts, v FROM i WHERE n = 2 OR n = 3;
CREATE TABLE o (ws TIMESTAMP(3), c BIGINT, s DOUBLE)
WITH ('connector' = 'kafka', 'topic' = 't', 'properties.bootstrap.servers' = 'h:9092', 'format' = 'json');
CREATE VIEW p AS SELECT l.ts AS ts, l.v * r.v AS x FROM l SERIES JOIN r ON l.k = r.k TOLERANCE INTERVAL '1' SECOND;
INSERT INTO o SELECT window_start, COUNT(*), SUM(x) FROM TABLE(TUMBLE(TABLE p, DESCRIPTOR(ts), INTERVAL '5' SECOND)) GROUP BY window_start, window_end;
