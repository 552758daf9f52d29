-- Windows over windows: per key and 10 s, then all keys per minute.
CREATE TABLE i (k STRING, v DOUBLE, n BIGINT, t BIGINT, ts AS TO_TIMESTAMP_LTZ(t, 3), WATERMARK FOR ts AS ts - INTERVAL '5' SECOND)
WITH ('connector' = 'kafka', 'topic' = 't', 'properties.bootstrap.servers' = 'h:9092', 'format' = 'json');
CREATE TABLE o (ws TIMESTAMP(3), keys_seen BIGINT, most BIGINT, total DOUBLE)
WITH ('connector' = 'kafka', 'topic' = 't', 'properties.bootstrap.servers' = 'h:9092', 'format' = 'json');
CREATE VIEW fine AS SELECT k, window_time AS rt, COUNT(*) AS c, SUM(v) AS s
FROM TABLE(TUMBLE(TABLE i, DESCRIPTOR(ts), INTERVAL '10' SECOND)) GROUP BY k, window_start, window_end, window_time;
INSERT INTO o SELECT window_start, COUNT(*), MAX(c), SUM(s)
FROM TABLE(TUMBLE(TABLE fine, DESCRIPTOR(rt), INTERVAL '1' MINUTE)) GROUP BY window_start, window_end;
