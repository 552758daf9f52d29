-- The same windows in the older form, with HAVING on top.
CREATE TABLE i (k STRING, v DOUBLE, n BIGINT, t BIGINT, ts AS TO_TIMESTAMP_LTZ(t, 3), WATERMARK FOR ts AS ts - INTERVAL '5' SECOND)
WITH ('connector' = 'kafka', 'topic' = 't', 'properties.bootstrap.servers' = 'h:9092', 'format' = 'json');
CREATE TABLE o (k STRING, ws TIMESTAMP_LTZ(3), we TIMESTAMP_LTZ(3), wr TIMESTAMP_LTZ(3), c BIGINT)
WITH ('connector' = 'kafka', 'topic' = 't', 'properties.bootstrap.servers' = 'h:9092', 'format' = 'json');
INSERT INTO o SELECT k, ws, we, wr, c FROM (
  SELECT k, TUMBLE_START(ts, INTERVAL '10' SECOND) AS ws, TUMBLE_END(ts, INTERVAL '10' SECOND) AS we,
         TUMBLE_ROWTIME(ts, INTERVAL '10' SECOND) AS wr, COUNT(*) AS c
  FROM i GROUP BY k, TUMBLE(ts, INTERVAL '10' SECOND)) AS x
WHERE c > 1;
