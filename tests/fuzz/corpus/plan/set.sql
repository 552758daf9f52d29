CREATE TABLE c (a BIGINT, d AS a * 2) WITH ('connector' = 'mqtt', 'url' = 'm', 'topic' = 'c', 'format' = 'json');
INSERT INTO num SELECT d FROM c WHERE d > 1;
INSERT INTO num SELECT d + 1 FROM c;
