-- The error that newcomers meet first.
CREATE TABLE i (
  id STRING,
  timestamp BIGINT
)
WITH ('connector' = 'kafka', 'topic' = 't', 'properties.bootstrap.servers' = 'h:9092', 'format' = 'json');
