-- The power of tool machines, from their speed and their torque.
--
-- Machines report what has changed, about once a second: some rows hold a speed (actSpeed_C11), some a torque
-- (vaTorque_C11), most hold both and more. This script brings the two series of every machine together and computes
--
--     power = 2 * pi / 60 * speed [1/min] * torque [Nm]        in watts
--
-- As it stands it is what runs in production: rows come in by MQTT and results go out to Kafka. To try it with files,
-- without any broker, name a file for each table:
--
--     leat simulate machine -o events.json
--     leat replay machine_join.sql --from states=events.json --to machine_out=machine.out

-- What comes in: one row of JSON per message. Members that are not named here are skipped; those that a row does not
-- have are NULL. Columns whose names are words of SQL stand between backticks.
CREATE TABLE states (
  `Thing`      STRING,                        -- which machine
  `Timestamp`  BIGINT,                        -- when it was measured: milliseconds since 1970
  actSpeed_C11 DOUBLE,                        -- speed of the spindle, 1/min
  vaTorque_C11 DOUBLE,                        -- its torque, Nm
  ts AS TO_TIMESTAMP_LTZ(`Timestamp`, 3),     -- the same time as a time
  -- Rows come badly out of order: gateways collect them and hand some on hours, a few of them a week later. The
  -- watermark says how long to wait for them: a row that is 8 days or more behind the newest one is late and dropped.
  -- The data's furthest row comes 616,168 s behind (7 days and 3 hours), so nothing is lost. Waiting has a price: a
  -- result is out only when the data is 8 days further, and all rows of 8 days are kept until then (here some 10,000
  -- at most). With INTERVAL '2' MINUTE results come after two minutes, and one row in two is late.
  WATERMARK FOR ts AS ts - INTERVAL '8' DAY
) WITH (
  'connector' = 'mqtt',
  'url'       = 'mqtt://127.0.0.1:1883',
  'topic'     = 'machine/states',
  'qos'       = '2',
  'format'    = 'json'
);

-- The two series. A row that holds both is in both.
CREATE VIEW l_side AS SELECT `Thing`, `Timestamp`, ts, actSpeed_C11 AS v FROM states WHERE actSpeed_C11 IS NOT NULL;
CREATE VIEW r_side AS SELECT `Thing`, `Timestamp`, ts, vaTorque_C11 AS v FROM states WHERE vaTorque_C11 IS NOT NULL;

-- What goes out.
CREATE TABLE machine_out (
  thing          STRING,
  quantity       STRING,
  phenomenonTime BIGINT,                      -- halfway between the two measurements, milliseconds since 1970
  `result`       DOUBLE                       -- W
) WITH (
  'connector' = 'kafka',
  'topic'     = 'machine.out',
  'properties.bootstrap.servers' = '127.0.0.1:9092',
  'format'    = 'json'
);

-- The join of neighbours. Each speed is paired with the torque of the same machine that was measured at the same time
-- or, where there is none, with the torques right before and right after it, at most one second away; and each torque
-- with the speeds likewise. Every pair comes out once.
INSERT INTO machine_out
SELECT l.`Thing`,
       'vaPower_C11',
       (l.`Timestamp` + r.`Timestamp`) / 2,
       2 * PI() / 60 * l.v * r.v
FROM l_side AS l SERIES JOIN r_side AS r ON l.`Thing` = r.`Thing` TOLERANCE INTERVAL '1' SECOND;
