-- Rows and values picked, computed and renamed.
CREATE TABLE i (k STRING, v DOUBLE, n BIGINT, t BIGINT, ts AS TO_TIMESTAMP_LTZ(t, 3), WATERMARK FOR ts AS ts - INTERVAL '5' SECOND)
WITH ('connector' = 'kafka', 'topic' = 't', 'properties.bootstrap.servers' = 'h:9092', 'format' = 'json');
CREATE TABLE o (key_text STRING, twice DOUBLE, halved BIGINT, note STRING)
WITH ('connector' = 'kafka', 'topic' = 't', 'properties.bootstrap.servers' = 'h:9092', 'format' = 'json');
INSERT INTO o
SELECT COALESCE(k, 'none'), v * 2, n / 2, CASE WHEN v IS NULL THEN 'no value' WHEN v > 1 THEN 'large' ELSE 'small' END
FROM i
WHERE n <> 5 OR n IS NULL;
