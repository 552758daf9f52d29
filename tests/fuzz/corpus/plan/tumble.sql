CREATE VIEW v AS SELECT UPPER(k) AS k, n, ts AS t FROM s WHERE ok;
INSERT INTO win SELECT k || '!', window_start, window_end, SUM(n) + MAX(n) FROM TABLE(TUMBLE(TABLE v, DESCRIPTOR(t), INTERVAL '10' SECOND))
WHERE n > 0 GROUP BY k, window_start, window_end HAVING COUNT(*) > 1 AND MIN(n) < 10;
