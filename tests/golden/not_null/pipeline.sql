-- NULL, written or left out, in a column that is NOT NULL makes a bad record; a column that nobody reads is not looked at.
CREATE TABLE i (a STRING NOT NULL, b BIGINT, unread INT NOT NULL)
WITH ('connector' = 'kafka', 'topic' = 't', 'properties.bootstrap.servers' = 'h:9092', 'format' = 'json');
CREATE TABLE o (a STRING NOT NULL, b BIGINT)
WITH ('connector' = 'kafka', 'topic' = 't', 'properties.bootstrap.servers' = 'h:9092', 'format' = 'json');
INSERT INTO o SELECT a, b FROM i;
