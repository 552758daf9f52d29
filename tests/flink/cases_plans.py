"""Statements that are planned only: what Flink takes and what it refuses."""
from script import Plans, connector, inserts

KINDS = ["INT", "BIGINT", "DOUBLE", "STRING", "BOOLEAN"]
TABLES = (f"CREATE TABLE t (i INT, j INT NOT NULL, b BIGINT, d DOUBLE, s STRING, p BOOLEAN, ts TIMESTAMP(3), ltz TIMESTAMP_LTZ(3), t6 "
          f"TIMESTAMP(6), t0 TIMESTAMP(0),\n"
          f"  WATERMARK FOR ts AS ts - INTERVAL '5' SECOND) {connector('t')};\n" +
          "".join(f"CREATE TABLE o_{kind.lower()} (v {kind}) {connector('o')};\n" for kind in KINDS) +
          f"CREATE TABLE o_ts (v TIMESTAMP(3)) {connector('o')};\nCREATE TABLE o_ltz (v TIMESTAMP_LTZ(3)) {connector('o')};\n"
          f"CREATE TABLE o_t6 (v TIMESTAMP(6)) {connector('o')};\nCREATE TABLE o_nn (v INT NOT NULL) {connector('o')};\n")


def matrix(template, names="i b d s p ts ltz".split()):
    return [template.format(a=a, b=b) for a in names for b in names]


OPERATORS = [("BOOLEAN", text) for op in ("=", "<", "IS DISTINCT FROM") for text in matrix(f"{{a}} {op} {{b}}")]
ARITHMETIC = [("DOUBLE", f"CAST({text} AS DOUBLE)") for op in "+-*/%" for text in matrix(f"{{a}} {op} {{b}}", "i b d s p".split())]
TIMES = [("TS", text) for text in ("ts + 1", "ts - 1", "ts + ts", "ts + INTERVAL '1' DAY", "ts - ltz", "1 + ts", "ts * 2", "ts + s",
                                   "INTERVAL '1' DAY - ts", "ltz + INTERVAL '1' DAY",
                                   "ts || 'x'", "-ts", "ABS(ts)")]
SINKS = [(kind, name) for kind in KINDS + ["TS", "LTZ", "T6"] for name in "i b d s p ts ltz t6".split()] + [("NN", "i"), ("NN", "j"), ("NN",
    "COALESCE(i, 0)"), ("NN", "j + 1"), ("NN", "i + j")]
CASTS = [("STRING", f"CAST(TRY_CAST({a} AS {kind}) AS STRING)") for kind in ("INT", "BIGINT", "DOUBLE", "STRING", "BOOLEAN", "TIMESTAMP(3)",
    "TIMESTAMP_LTZ(3)")
         for a in "i b d s p ts ltz".split()]
FUNCTIONS = [("STRING", f"CAST({call} AS STRING)") for f in ("ABS", "SQRT", "FLOOR", "ROUND", "UPPER", "CHAR_LENGTH", "SIGN", "LN", "TRIM",
                                                             "YEAR", "TO_TIMESTAMP")
             for call in (f"{f}(i)", f"{f}(d)", f"{f}(s)", f"{f}(p)", f"{f}(ts)", f"{f}()", f"{f}(NULL)", f"{f}(i, i)")] + [("STRING",
                 text) for text in (
    "s || i", "i || s", "CONCAT(s, i)", "CONCAT(i)", "SUBSTRING(s, b)", "SUBSTRING(s, d)", "SUBSTRING(i, 1)", "LEFT(s, b)", "LEFT(i, 1)",
    "s LIKE i", "CASE WHEN i THEN s END", "CASE WHEN p THEN s ELSE i END",
    "CASE WHEN p THEN i ELSE s END", "COALESCE(s, i)", "COALESCE(i, s)", "COALESCE(p, i)", "NULLIF(s, i)", "IF(p, s, i)", "IF(i, s, s)",
    "IFNULL(s, 1)", "GREATEST(s, i)", "UPPER(NULL)", "nothing(s)", "nope", "t.s", "x.s",
    "LENGTH(s)", "CONCAT()", "COALESCE()", "COALESCE(s)", "DATE_FORMAT(ts, 'yyyy')", "DATE_FORMAT(s, 'yyyy')", "DATE_FORMAT(ltz, s)",
    "SUBSTRING(s)", "TRIM(s, s)", "POSITION('a' IN s)", "CHAR_LENGTH(s)")] + [
    ("BOOLEAN", text) for text in ("i IN (1, 'x')", "s IN (1, 2)", "i IN (1e0, 2)", "p IN (1)", "i BETWEEN 1 AND 'x'",
                                   "i BETWEEN 1 AND 2e0", "NOT i", "i AND p", "p AND 'x'", "p OR NULL", "i = 'x'", "i = '1'", "s = 1",
                                   "p = 'true'",
                                   "ts = 'x'", "ts = '2024-01-01 00:00:00'", "ts > '2024-01-01'", "ltz > '2024-01-01 00:00:00'", "p = 1",
                                   "i IS TRUE", "p IS TRUE", "NULL IS NULL", "NULL = NULL", "ts BETWEEN '2024-01-01' AND ts",
                                   "'2024-01-01 00:00:00' < ts", "1 = 1e0", "'a' < 1", "i <=> 1", "p == p", "i != 1", "p AND NULL",
                                   "a BETWEEN SYMMETRIC 1 AND 2", "s LIKE 'x' ESCAPE '\\'", "s LIKE 'a!b' ESCAPE '!'",
                                   "s LIKE 'a' ESCAPE 'xy'", "EXTRACT(DAY FROM ts) = 1", "(i, b) = (1, 2)", "EXISTS (SELECT 1 FROM t)")]
TUMBLE = "FROM TABLE(TUMBLE(TABLE t, DESCRIPTOR(ts), INTERVAL '10' SECOND)) GROUP BY"
AGGREGATES = [("STRING", f"SELECT CAST({f}({a}) AS STRING) {TUMBLE} window_start, window_end") for f in ("COUNT", "SUM", "AVG", "MIN",
    "MAX") for a in "i b d s p ts ltz".split()]
QUERIES = [("BIGINT", text) for text in (
    f"SELECT COUNT(*) {TUMBLE} window_start", f"SELECT COUNT(*) {TUMBLE} window_end, window_start",
    f"SELECT COUNT(*) {TUMBLE} window_start, window_end, window_time",
    "SELECT COUNT(*) FROM t", "SELECT COUNT(*) FROM t GROUP BY i", "SELECT b FROM t GROUP BY b", "SELECT b FROM t ORDER BY ts",
    "SELECT b FROM t LIMIT 3", "SELECT DISTINCT b FROM t",
    "SELECT SUM(b) FROM t GROUP BY TUMBLE(ts, INTERVAL '10' SECOND)", "SELECT b FROM t GROUP BY TUMBLE(ts, INTERVAL '10' SECOND)",
    "SELECT SUM(b) FROM t GROUP BY TUMBLE(t6, INTERVAL '10' SECOND)",
    "SELECT SUM(b) FROM t GROUP BY TUMBLE(i, INTERVAL '10' SECOND)", "SELECT SUM(b) FROM t GROUP BY TUMBLE(ts, INTERVAL '1' MONTH)",
    "SELECT SUM(b) FROM t GROUP BY TUMBLE(ts, 10)",
    "SELECT SUM(b) FROM TABLE(TUMBLE(TABLE t, DESCRIPTOR(t6), INTERVAL '10' SECOND)) GROUP BY window_start, window_end",
    "SELECT SUM(b) FROM TABLE(TUMBLE(TABLE t, DESCRIPTOR(nope), INTERVAL '10' SECOND)) GROUP BY window_start, window_end",
    "SELECT SUM(b) FROM TABLE(TUMBLE(TABLE t, DESCRIPTOR(ts), INTERVAL '1' MONTH)) GROUP BY window_start, window_end",
    "SELECT SUM(b) FROM TABLE(TUMBLE(TABLE t, DESCRIPTOR(ts), INTERVAL '0' SECOND)) GROUP BY window_start, window_end",
    "SELECT b FROM t UNION ALL SELECT i FROM t", "SELECT b FROM t UNION ALL SELECT d FROM t", "SELECT b FROM t UNION ALL SELECT s FROM t",
    "SELECT b FROM t UNION ALL SELECT p FROM t",
    "SELECT b FROM t UNION ALL SELECT b, i FROM t", "SELECT b FROM t UNION SELECT b FROM t", "SELECT b, i FROM t", "SELECT * FROM t",
    "SELECT b AS x FROM t WHERE x > 1", "SELECT b FROM t WHERE i",
    "SELECT b FROM t WHERE 'x'", "SELECT b FROM t WHERE SUM(i) > 1", "SELECT b FROM t HAVING b > 1", "SELECT SUM(SUM(b)) FROM t",
    "SELECT b FROM t, t", "SELECT b FROM t AS x, t AS y", "SELECT b FROM nope",
    "SELECT t.b FROM t AS x", "SELECT x.b FROM t AS x", "SELECT B FROM t", "SELECT `b` FROM T", "SELECT b b2 FROM t",
    "SELECT b FROM (SELECT b FROM t)", "SELECT b FROM (SELECT b, b FROM t) AS x",
    "SELECT 1", "VALUES 1", "SELECT CAST(NULL AS BIGINT) FROM t", "SELECT NULL FROM t", "SELECT b FROM t WHERE ts > TIMESTAMP '2024-01-01'",
    "SELECT b FROM t WHERE ts > TIMESTAMP '2024-02-30 00:00:00'",
    "SELECT b FROM t WHERE INTERVAL '1' DAY > INTERVAL '1' HOUR", "SELECT b FROM t WHERE TRUE", "SELECT b FROM t WHERE NULL",
    "SELECT b FROM t WHERE CAST(NULL AS BOOLEAN)",
    "SELECT 9223372036854775808 FROM t", "SELECT b + 1.5 FROM t", "SELECT CAST(1.5 AS BIGINT) FROM t")]
CASES = [
    Plans("plans_compare", TABLES, inserts(OPERATORS)), Plans("plans_arithmetic", TABLES, inserts(ARITHMETIC)), Plans("plans_times", TABLES,
        inserts(TIMES)),
    Plans("plans_sinks", TABLES, inserts(SINKS)), Plans("plans_casts", TABLES, inserts(CASTS)), Plans("plans_functions", TABLES,
        inserts(FUNCTIONS)),
    Plans("plans_aggregates", TABLES, inserts(AGGREGATES)), Plans("plans_queries", TABLES, inserts(QUERIES)),
]
