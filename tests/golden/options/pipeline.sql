-- Options of the tables: what is written when a value is NULL, and times in ISO form.
SET 'table.local-time-zone' = 'UTC';
CREATE TABLE i (k STRING, v DOUBLE, n BIGINT, t BIGINT, ts AS TO_TIMESTAMP_LTZ(t, 3), WATERMARK FOR ts AS ts - INTERVAL '5' SECOND)
WITH ('connector' = 'kafka', 'topic' = 't', 'properties.bootstrap.servers' = 'h:9092', 'format' = 'json', 'json.ignore-parse-errors' = 'true');
CREATE TABLE o (k STRING, v DOUBLE, at_time TIMESTAMP_LTZ(3))
WITH ('connector' = 'kafka', 'topic' = 't', 'properties.bootstrap.servers' = 'h:9092', 'format' = 'json', 'json.encode.ignore-null-fields' = 'true', 'json.timestamp-format.standard' = 'ISO-8601');
INSERT INTO o SELECT k, v, ts FROM i;
