-- Two tables written in one pass over the input, one of them twice.
CREATE TABLE i (k STRING, v DOUBLE, n BIGINT, t BIGINT, ts AS TO_TIMESTAMP_LTZ(t, 3), WATERMARK FOR ts AS ts - INTERVAL '5' SECOND)
WITH ('connector' = 'kafka', 'topic' = 't', 'properties.bootstrap.servers' = 'h:9092', 'format' = 'json');
CREATE TABLE o (k STRING, n BIGINT)
WITH ('connector' = 'kafka', 'topic' = 't', 'properties.bootstrap.servers' = 'h:9092', 'format' = 'json');
CREATE TABLE p (v DOUBLE)
WITH ('connector' = 'kafka', 'topic' = 't', 'properties.bootstrap.servers' = 'h:9092', 'format' = 'json');
EXECUTE STATEMENT SET
BEGIN
  INSERT INTO o SELECT k, n FROM i WHERE k = 'a';
  INSERT INTO p SELECT v FROM i WHERE v > 0;
  INSERT INTO o SELECT k || k, -n FROM i WHERE k = 'b';
END;
