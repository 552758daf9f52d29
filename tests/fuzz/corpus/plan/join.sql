CREATE VIEW m AS SELECT k, window_time AS t, AVG(x) AS x FROM TABLE(TUMBLE(TABLE s, DESCRIPTOR(ts), INTERVAL '1' MINUTE)) GROUP BY k, window_start, window_end, window_time;
INSERT INTO o SELECT a.k, a.x - c.x FROM m AS a SERIES JOIN m AS c ON a.k = c.k TOLERANCE INTERVAL '1' MINUTE;
