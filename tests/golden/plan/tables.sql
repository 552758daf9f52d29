-- ## no connector
CREATE TABLE t (a STRING);
-- ## no connector among the options
CREATE TABLE t (a STRING) WITH ('path' = 'x');
-- ## unknown connector
CREATE TABLE t (a STRING) WITH ('connector' = 'kafak', 'topic' = 'a');
-- ## a connector that is known by name
CREATE TABLE t (a STRING) WITH ('connector' = 'jdbc', 'url' = 'jdbc:x');
-- ## the options of old versions
CREATE TABLE t (a STRING) WITH ('connector.type' = 'kafka', 'format.type' = 'json');
-- ## unknown option
CREATE TABLE t (a STRING) WITH ('connector' = 'mqtt', 'url' = 'm', 'topic' = 't', 'format' = 'json', 'qoss' = '1');
-- ## an option of another connector
CREATE TABLE t (a STRING) WITH ('connector' = 'print', 'topic' = 't');
-- ## a missing option
CREATE TABLE t (a STRING) WITH ('connector' = 'mqtt', 'topic' = 't', 'format' = 'json');
-- ## a missing format
CREATE TABLE t (a STRING) WITH ('connector' = 'mqtt', 'url' = 'm', 'topic' = 't');
-- ## unknown format
CREATE TABLE t (a STRING) WITH ('connector' = 'mqtt', 'url' = 'm', 'topic' = 't', 'format' = 'jsn');
-- ## a format that is not supported
CREATE TABLE t (a STRING) WITH ('connector' = 'mqtt', 'url' = 'm', 'topic' = 't', 'format' = 'csv');
-- ## unknown option of a format
CREATE TABLE t (a STRING) WITH ('connector' = 'mqtt', 'url' = 'm', 'topic' = 't', 'format' = 'json', 'json.ignore-parse-error' = 'true');
-- ## an option of the values' format without its prefix is fine, with a wrong one not
CREATE TABLE t (a STRING) WITH ('connector' = 'kafka', 'properties.bootstrap.servers' = 'b', 'value.format' = 'json', 'value.json.fail' = 'true');
-- ## both formats
CREATE TABLE t (a STRING) WITH ('connector' = 'kafka', 'properties.bootstrap.servers' = 'b', 'value.format' = 'json', 'format' = 'json');
-- ## a whole number
CREATE TABLE t (a STRING) WITH ('connector' = 'mqtt', 'url' = 'm', 'topic' = 't', 'format' = 'json', 'qos' = 'two');
-- ## a whole number out of range
CREATE TABLE t (a STRING) WITH ('connector' = 'mqtt', 'url' = 'm', 'topic' = 't', 'format' = 'json', 'qos' = '3');
-- ## a boolean
CREATE TABLE t (a STRING) WITH ('connector' = 'print', 'standard-error' = 'yes');
-- ## a duration
CREATE TABLE t (a STRING) WITH ('connector' = 'mqtt', 'url' = 'm', 'topic' = 't', 'format' = 'json', 'keep-alive' = '5 parsecs');
-- ## an amount of memory
CREATE TABLE t (a STRING) WITH ('connector' = 'filesystem', 'path' = 'm', 'format' = 'json', 'sink.rolling-policy.file-size' = 'big');
-- ## one of some words
CREATE TABLE t (a STRING) WITH ('connector' = 'kafka', 'properties.bootstrap.servers' = 'b', 'format' = 'json', 'scan.startup.mode' = 'earliest');
-- ## an option twice
CREATE TABLE t (a STRING) WITH ('connector' = 'print', 'standard-error' = 'true', 'standard-error' = 'false');
-- ## an option twice under two names
CREATE TABLE t (a STRING) WITH ('connector' = 'mqtt', 'url' = 'm', 'broker' = 'm', 'topic' = 't', 'format' = 'json');
-- ## an option that is not supported yet
CREATE TABLE t (a STRING) WITH ('connector' = 'filesystem', 'path' = 'm', 'format' = 'json', 'auto-compaction' = 'true');
-- ## json options that exclude each other
CREATE TABLE t (a STRING) WITH ('connector' = 'filesystem', 'path' = 'm', 'format' = 'json', 'json.ignore-parse-errors' = 'true', 'json.fail-on-missing-field' = 'TRUE');
-- ## a secret is not shown in an error
CREATE TABLE t (a STRING) WITH ('connector' = 'elasticsearch-7', 'hosts' = '', 'index' = 'i');
-- ## a type that is not supported
CREATE TABLE t (a DECIMAL(10, 2)) WITH ('connector' = 'print');
-- ## a type that nobody knows
CREATE TABLE t (a TEXT) WITH ('connector' = 'print');
-- ## a text with a length
CREATE TABLE t (a VARCHAR(10)) WITH ('connector' = 'print');
-- ## nanoseconds
CREATE TABLE t (a TIMESTAMP(9)) WITH ('connector' = 'print');
-- ## a row
CREATE TABLE t (a ROW<b INT>) WITH ('connector' = 'print');
-- ## a column twice
CREATE TABLE t (a INT, b INT, a STRING) WITH ('connector' = 'print');
-- ## a computed column over an unknown one
CREATE TABLE t (a INT, c AS d + 1) WITH ('connector' = 'print');
-- ## a computed column over another
CREATE TABLE t (a INT, c AS a + 1, d AS c + 1) WITH ('connector' = 'print');
-- ## an aggregate in a computed column
CREATE TABLE t (a INT, c AS SUM(a)) WITH ('connector' = 'print');
-- ## a watermark of a number
CREATE TABLE t (a BIGINT, WATERMARK FOR a AS a - 1) WITH ('connector' = 'print');
-- ## a watermark of microseconds
CREATE TABLE t (a TIMESTAMP(6), WATERMARK FOR a AS a) WITH ('connector' = 'print');
-- ## a watermark of an unknown column
CREATE TABLE t (a TIMESTAMP(3), WATERMARK FOR b AS b) WITH ('connector' = 'print');
-- ## a watermark of another type
CREATE TABLE t (a TIMESTAMP(3), c BIGINT, WATERMARK FOR a AS c) WITH ('connector' = 'print');
-- ## a key of an unknown column
CREATE TABLE t (a INT, PRIMARY KEY (b) NOT ENFORCED) WITH ('connector' = 'print');
-- ## a key with a column twice
CREATE TABLE t (a INT, PRIMARY KEY (a, a) NOT ENFORCED) WITH ('connector' = 'print');
-- ## a key of a computed column
CREATE TABLE t (a INT, c AS a + 1, PRIMARY KEY (c) NOT ENFORCED) WITH ('connector' = 'print');
-- ## unknown metadata
CREATE TABLE t (a INT METADATA FROM 'offest' VIRTUAL) WITH ('connector' = 'kafka', 'properties.bootstrap.servers' = 'b', 'format' = 'json');
-- ## metadata of a connector that has none
CREATE TABLE t (a INT METADATA) WITH ('connector' = 'print');
-- ## metadata of another type
CREATE TABLE t (a STRING METADATA FROM 'offset' VIRTUAL) WITH ('connector' = 'kafka', 'properties.bootstrap.servers' = 'b', 'format' = 'json');
-- ## writing metadata that can only be read
CREATE TABLE t (k STRING, `offset` BIGINT METADATA) WITH ('connector' = 'kafka', 'topic' = 'a', 'properties.bootstrap.servers' = 'b', 'format' = 'json');
INSERT INTO t SELECT k, 1 FROM t;
-- ## LIKE
CREATE TABLE t (a INT) WITH ('connector' = 'print') LIKE u;
-- ## AS SELECT
CREATE TABLE t WITH ('connector' = 'print') AS SELECT 1;
-- ## PARTITIONED BY
CREATE TABLE t (a INT, b INT) PARTITIONED BY (b) WITH ('connector' = 'filesystem', 'path' = 'p', 'format' = 'json');
-- ## unknown key of SET
SET 'paralelism.default' = '2';
-- ## a bad value of SET
SET 'parallelism.default' = 'many';
-- ## a time zone
SET 'table.local-time-zone' = 'Asia/Kolkata';
-- ## BATCH
SET 'execution.runtime-mode' = 'batch';
-- ## one of the values of SET
SET 'pipeline.on-bad-record' = 'skip';
-- ## legacy casts
SET 'table.exec.legacy-cast-behaviour' = 'enabled';
-- ## unknown key of RESET
RESET 'parallelism.defualt';
-- ## a key for kafka
CREATE TABLE t (a STRING, PRIMARY KEY (a) NOT ENFORCED) WITH ('connector' = 'kafka', 'topic' = 'a', 'properties.bootstrap.servers' = 'b', 'format' = 'json');
-- ## no key for upsert-kafka
CREATE TABLE t (a STRING) WITH ('connector' = 'upsert-kafka', 'topic' = 'a', 'properties.bootstrap.servers' = 'b', 'key.format' = 'json', 'value.format' = 'json');
-- ## upsert-kafka
CREATE TABLE t (a STRING PRIMARY KEY NOT ENFORCED) WITH ('connector' = 'upsert-kafka', 'topic' = 'a', 'properties.bootstrap.servers' = 'b', 'key.format' = 'json', 'value.format' = 'json');
-- ## an interval
CREATE TABLE t (a INTERVAL DAY TO SECOND) WITH ('connector' = 'print');
-- ## bytes
CREATE TABLE t (a BYTES) WITH ('connector' = 'print');
-- ## a column of NULLs
CREATE TABLE t (a NULL) WITH ('connector' = 'print');
-- ## two watermarks
CREATE TABLE t (a TIMESTAMP(3), WATERMARK FOR a AS a, WATERMARK FOR a AS a - INTERVAL '1' SECOND) WITH ('connector' = 'print');
-- ## two keys
CREATE TABLE t (a INT PRIMARY KEY NOT ENFORCED, b INT, PRIMARY KEY (b) NOT ENFORCED) WITH ('connector' = 'print');
-- ## kafka without a topic
CREATE TABLE t (a STRING) WITH ('connector' = 'kafka', 'properties.bootstrap.servers' = 'b', 'format' = 'json');
-- ## kafka with a topic and a pattern
CREATE TABLE t (a STRING) WITH ('connector' = 'kafka', 'topic-pattern' = 'a.*', 'topic' = 'a', 'properties.bootstrap.servers' = 'b', 'format' = 'json');
-- ## a pattern of topics for a sink
CREATE TABLE t (a STRING) WITH ('connector' = 'kafka', 'topic-pattern' = 'a.*', 'properties.bootstrap.servers' = 'b', 'format' = 'json');
INSERT INTO t SELECT a FROM t;
-- ## key.fields without key.format
CREATE TABLE t (a STRING) WITH ('connector' = 'kafka', 'topic' = 'a', 'properties.bootstrap.servers' = 'b', 'format' = 'json', 'key.fields' = 'a');
-- ## key.format without key.fields
CREATE TABLE t (a STRING) WITH ('connector' = 'kafka', 'topic' = 'a', 'properties.bootstrap.servers' = 'b', 'format' = 'json', 'key.format' = 'json');
-- ## key.fields of an unknown column
CREATE TABLE t (a STRING, bb INT) WITH ('connector' = 'kafka', 'topic' = 'a', 'properties.bootstrap.servers' = 'b', 'format' = 'json', 'key.format' = 'json', 'key.fields' = 'a;b');
-- ## key.fields of a computed column
CREATE TABLE t (a STRING, c AS UPPER(a)) WITH ('connector' = 'kafka', 'topic' = 'a', 'properties.bootstrap.servers' = 'b', 'format' = 'json', 'key.format' = 'json', 'key.fields' = 'computed');
-- ## key.fields without their prefix
CREATE TABLE t (k_a STRING, b INT) WITH ('connector' = 'kafka', 'topic' = 'a', 'properties.bootstrap.servers' = 'b', 'format' = 'json', 'key.format' = 'json', 'key.fields' = 'k_a;b', 'key.fields-prefix' = 'k_', 'value.fields-include' = 'EXCEPT_KEY');
-- ## a prefix of keys that are values, too
CREATE TABLE t (k_a STRING) WITH ('connector' = 'kafka', 'topic' = 'a', 'properties.bootstrap.servers' = 'b', 'format' = 'json', 'key.format' = 'json', 'key.fields' = 'k_a', 'key.fields-prefix' = 'k_');
-- ## exactly-once without a prefix
CREATE TABLE t (a STRING) WITH ('connector' = 'kafka', 'topic' = 'a', 'properties.bootstrap.servers' = 'b', 'format' = 'json', 'sink.semantic' = 'EXACTLY-ONCE');
-- ## starting at a time
CREATE TABLE t (a STRING) WITH ('connector' = 'kafka', 'topic' = 'a', 'properties.bootstrap.servers' = 'b', 'format' = 'json', 'scan.startup.mode' = 'timestamp');
-- ## starting at offsets
CREATE TABLE t (a STRING) WITH ('connector' = 'kafka', 'topic' = 'a', 'properties.bootstrap.servers' = 'b', 'format' = 'json', 'scan.startup.mode' = 'specific-offsets');
-- ## ending at a time
CREATE TABLE t (a STRING) WITH ('connector' = 'kafka', 'topic' = 'a', 'properties.bootstrap.servers' = 'b', 'format' = 'json', 'scan.bounded.mode' = 'timestamp');
-- ## ending at offsets
CREATE TABLE t (a STRING) WITH ('connector' = 'kafka', 'topic' = 'a', 'properties.bootstrap.servers' = 'b', 'format' = 'json', 'scan.bounded.mode' = 'specific-offsets');
-- ## all that belongs together
CREATE TABLE t (k_a STRING, b INT) WITH ('connector' = 'kafka', 'topic' = 'a', 'properties.bootstrap.servers' = 'b', 'format' = 'json', 'key.format' = 'json', 'key.fields' = 'k_a', 'key.fields-prefix' = 'k_', 'value.fields-include' = 'except_key',
'sink.delivery-guarantee' = 'exactly-once', 'sink.transactional-id-prefix' = 'x', 'scan.startup.mode' = 'timestamp', 'scan.startup.timestamp-millis' = '1', 'scan.bounded.mode' = 'specific-offsets', 'scan.bounded.specific-offsets' = 'partition:0,offset:42');
-- ## upsert-kafka exactly-once without a prefix
CREATE TABLE t (a STRING PRIMARY KEY NOT ENFORCED) WITH ('connector' = 'upsert-kafka', 'topic' = 'a', 'properties.bootstrap.servers' = 'b', 'key.format' = 'json', 'value.format' = 'json', 'sink.delivery-guarantee' = 'exactly-once');
-- ## upsert-kafka without a format of keys
CREATE TABLE t (a STRING PRIMARY KEY NOT ENFORCED) WITH ('connector' = 'upsert-kafka', 'topic' = 'a', 'properties.bootstrap.servers' = 'b', 'value.format' = 'json');
-- ## influxdb without a place
CREATE TABLE t (a STRING) WITH ('connector' = 'influxdb', 'url' = 'u', 'measurement' = 'm');
-- ## influxdb of both versions
CREATE TABLE t (a STRING) WITH ('connector' = 'influxdb', 'url' = 'u', 'measurement' = 'm', 'database' = 'd', 'bucket' = 'b', 'org' = 'o', 'token' = 't');
-- ## influxdb without a token
CREATE TABLE t (a STRING) WITH ('connector' = 'influxdb', 'url' = 'u', 'measurement' = 'm', 'bucket' = 'b', 'org' = 'o');
-- ## influxdb with a user of the other version
CREATE TABLE t (a STRING) WITH ('connector' = 'influxdb', 'url' = 'u', 'measurement' = 'm', 'bucket' = 'b', 'org' = 'o', 'token' = 't', 'username' = 'u');
-- ## influxdb with a tag that is no column
CREATE TABLE t (a STRING, place STRING) WITH ('connector' = 'influxdb', 'url' = 'u', 'measurement' = 'm', 'database' = 'd', 'tags' = 'a;plaice');
-- ## datagen of an unknown column
CREATE TABLE t (temp DOUBLE) WITH ('connector' = 'datagen', 'fields.tmep.min' = '1');
-- ## datagen of an unknown word
CREATE TABLE t (temp DOUBLE) WITH ('connector' = 'datagen', 'fields.temp.minimum' = '1');
-- ## datagen without a word
CREATE TABLE t (temp DOUBLE) WITH ('connector' = 'datagen', 'fields.temp' = '1');
-- ## datagen
CREATE TABLE t (temp DOUBLE, `a.b` INT) WITH ('connector' = 'datagen', 'fields.temp.min' = '1', 'fields.a.b.kind' = 'sequence');
-- ## options without an effect
CREATE TABLE t (a STRING) WITH ('connector' = 'filesystem', 'path' = 'p', 'format' = 'json', 'sink.rolling-policy.rollover-interval' = '1 min',
  'sink.rolling-policy.check-interval' = '1 min', 'sink.parallelism' = '2', 'json.map-null-key.mode' = 'DROP', 'scan.watermark.idle-timeout' = '1 min');
SET 'execution.checkpointing.interval' = '1 min';
SET 'table.exec.mini-batch.enabled' = 'false';
