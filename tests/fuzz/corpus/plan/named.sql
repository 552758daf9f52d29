INSERT INTO o SELECT k FROM (SELECT k, window_start, COUNT(*) AS c, SUM(x) AS sx
FROM TABLE(TUMBLE(TABLE s, DESCRIPTOR(ts), INTERVAL '1' MINUTE)) GROUP BY k, window_start, window_end);
