-- two sides of one stream
CREATE TABLE e (`k` STRING, `t` BIGINT, v DOUBLE, ts AS TO_TIMESTAMP_LTZ(`t`, 3), WATERMARK FOR ts AS ts - INTERVAL '10' SECOND)
WITH ('connector' = 'mqtt', 'topic' = '${A}/x', 'password' = '${B:-none}');
INSERT INTO o SELECT l.k, l.v * r.v FROM e AS l SERIES JOIN e AS r ON l.k = r.k TOLERANCE INTERVAL '1' SECOND;
