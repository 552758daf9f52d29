-- One table read three times, brought together again, through views on views.
CREATE TABLE i (k STRING, v DOUBLE, n BIGINT, t BIGINT, ts AS TO_TIMESTAMP_LTZ(t, 3), WATERMARK FOR ts AS ts - INTERVAL '5' SECOND)
WITH ('connector' = 'kafka', 'topic' = 't', 'properties.bootstrap.servers' = 'h:9092', 'format' = 'json');
CREATE TABLE o (side STRING, k STRING, n BIGINT)
WITH ('connector' = 'kafka', 'topic' = 't', 'properties.bootstrap.servers' = 'h:9092', 'format' = 'json');
CREATE VIEW small AS SELECT k, n FROM i WHERE v < 1;
CREATE VIEW great AS SELECT k, n FROM i WHERE v >= 1;
CREATE VIEW both_sides AS SELECT 'small' AS side, * FROM small UNION ALL SELECT 'large', k, n * 10 FROM great;
INSERT INTO o SELECT * FROM both_sides UNION ALL SELECT 'all', k, n FROM (SELECT k, n, v FROM i) AS x WHERE v IS NULL;
