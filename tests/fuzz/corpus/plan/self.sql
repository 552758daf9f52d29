INSERT INTO win SELECT k, window_start, window_end, COUNT(*)
FROM TABLE(TUMBLE((SELECT l.k AS k, r.ts AS t FROM s AS l SERIES JOIN s AS r ON l.k = r.k TOLERANCE INTERVAL '2' SECOND), DESCRIPTOR(t), INTERVAL '1' MINUTE))
GROUP BY k, window_start, window_end;
