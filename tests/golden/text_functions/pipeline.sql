-- Text: letters are code points, positions begin at 1.
CREATE TABLE i (n INT, s STRING)
WITH ('connector' = 'kafka', 'topic' = 't', 'properties.bootstrap.servers' = 'h:9092', 'format' = 'json');
CREATE TABLE o (n INT, up STRING, low STRING, len INT, l3 STRING, r3 STRING, sub STRING, cat STRING, lk BOOLEAN, esc BOOLEAN, pos INT)
WITH ('connector' = 'kafka', 'topic' = 't', 'properties.bootstrap.servers' = 'h:9092', 'format' = 'json');
INSERT INTO o SELECT n, UPPER(s), LOWER(s), CHAR_LENGTH(s), LEFT(s, 3), RIGHT(s, 3), SUBSTRING(s, 2, 4), CONCAT('<', s, '>') || '!',
  s LIKE '%e%', s LIKE 'a!%b!_c%' ESCAPE '!', CHAR_LENGTH(SUBSTRING(s FROM 3)) FROM i;
