CREATE TABLE m (k STRING) WITH ('connector' = 'mqtt', 'broker-url' = 'mqtt://b', 'topics' = 't', 'format' = 'json');
INSERT INTO o SELECT k FROM m;
