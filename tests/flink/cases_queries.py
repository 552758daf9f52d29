"""Whole scripts: queries, views, unions, windows."""
from script import Script, connector, lines

COLUMNS = "k INT, s STRING, i INT, b BIGINT, d DOUBLE, ts TIMESTAMP(3)"
PLAIN = [{"k": k, "s": s, "i": i, "b": b, "d": d, "ts": f"2024-01-01 00:00:{k:02}"} for k, (s, i, b, d) in enumerate(
    [("x", 1, 10, 0.5), ("y", 2, None, 1.5), (None, None, 30, None), ("x", -4, 40, -2.25), ("", 5, 5000000000, 1e10), ("z", 0, 0, 0.0)])]


def query(name, text, sink, tables=("t",), before="", columns=COLUMNS, rows=PLAIN, other=None):
    sources = "".join(f"CREATE TABLE {t} ({columns}) {connector(t)};\n" for t in tables)
    sql = f"{sources}{before}CREATE TABLE o ({sink}) {connector('o')};\nINSERT INTO o {text};\n"
    return Script(name, sql, {t: lines(other if other and t != "t" else rows) for t in tables})


OTHER = [{"k": 10 + k, "s": s, "i": i, "b": 7, "d": 0.25, "ts": "2024-02-01 00:00:00"} for k, (s, i) in enumerate([("x", 1), ("q", None)])]
QUERIES = [
    query("where", "SELECT k, s FROM t WHERE i > 0 AND s <> 'y' OR b IS NULL", "k INT, s STRING"),
    query("where_null", "SELECT k FROM t WHERE i > CAST(NULL AS INT)", "k INT"),
    query("where_same", "SELECT k FROM t WHERE d = d AND b >= b", "k INT"),
    query("where_constant", "SELECT k FROM t WHERE 1 = 1 AND TRUE", "k INT"),
    query("star", "SELECT * FROM t", COLUMNS),
    query("star_more", "SELECT *, i + 1 AS j FROM t", COLUMNS + ", j INT"),
    query("table_star", "SELECT a.*, a.k AS k2 FROM t AS a", COLUMNS + ", k2 INT"),
    query("subquery",
          "SELECT x.n, x.m FROM (SELECT k * 2 AS n, UPPER(s) AS m, i FROM t WHERE k > 0) AS x WHERE x.n < 9 AND x.i IS NOT NULL",
          "n INT, m STRING"),
    query("subquery_nested", "SELECT n FROM (SELECT n + 1 AS n FROM (SELECT k AS n FROM t) WHERE n > 1)", "n INT"),
    query("cte", "WITH v AS (SELECT k, i FROM t WHERE i > 0), w AS (SELECT k + 100 AS k FROM v) SELECT k FROM w", "k INT"),
    query("view", "SELECT n, s FROM v WHERE n > 1", "n INT, s STRING", before="CREATE VIEW v AS SELECT k AS n, s FROM t;\n"),
    query("view_columns", "SELECT p, q FROM v", "p INT, q STRING", before="CREATE TEMPORARY VIEW v (p, q) AS SELECT k, s FROM t;\n"),
    query("view_of_view", "SELECT m FROM w", "m INT",
          before="CREATE VIEW v AS SELECT k + 1 AS n FROM t;\nCREATE VIEW w AS SELECT n * 2 AS m FROM v WHERE n > 2;\n"),
    query("computed", "SELECT k, twice, label, minute_later FROM t", "k INT, twice INT, label STRING, minute_later TIMESTAMP(3)",
          columns=COLUMNS + ", twice AS i * 2, label AS COALESCE(s, 'none') || '!', minute_later AS ts + INTERVAL '1' MINUTE"),
    query("quoted", "SELECT `select` AS `from` FROM (SELECT k AS `select` FROM t) AS `my table`", "`from` INT"),
    query("insert_columns", "(s, k) SELECT UPPER(s), i FROM t", "k INT, s STRING, absent DOUBLE"),
    query("implicit_sink_types", "SELECT i, i, b, ts, CAST('x' AS VARCHAR) FROM t",
          "a BIGINT, b DOUBLE, c DOUBLE, d TIMESTAMP(6), e STRING"),
    query("case_insensitive", "select K.k, upper(K.s) from t as K where K.k in (1, 2, 3)", "k INT, s STRING"),
    query("comments", "SELECT /* one; */ k -- two; 'three'\n FROM t /* four\n five */ WHERE s = 'x'", "k INT"),
    query("union_all", "SELECT k, s FROM t UNION ALL SELECT k, s FROM u", "k INT, s STRING", tables=("t", "u"), other=OTHER),
    query("union_same", "SELECT k FROM t UNION ALL SELECT k FROM t WHERE k > 2 UNION ALL SELECT i FROM t", "k INT"),
    query("union_types", "SELECT i, s, d FROM t UNION ALL SELECT b, 'const', i FROM u UNION ALL SELECT d, CAST(NULL AS STRING), b FROM t",
          "a DOUBLE, s STRING, d DOUBLE", tables=("t", "u"), other=OTHER),
    query("union_widen", "SELECT i AS a, k AS b FROM t UNION ALL SELECT b, k FROM t", "a BIGINT, b INT"),
    query("union_nulls", "SELECT k, CAST(NULL AS INT) AS n FROM t UNION ALL SELECT CAST(NULL AS INT), k FROM u", "k INT, n INT",
          tables=("t", "u"), other=OTHER),
    query("union_subquery", "SELECT n + 1, m FROM (SELECT k AS n, 'left' AS m FROM t UNION ALL SELECT k, 'r' FROM u) WHERE n <> 3",
          "n INT, m STRING", tables=("t", "u"), other=OTHER),
    query("union_view", "SELECT k FROM v WHERE k > 3", "k INT", tables=("t", "u"), other=OTHER,
          before="CREATE VIEW v AS SELECT k FROM t UNION ALL SELECT k FROM u;\n"),
    Script("statement_set",
           f"CREATE TABLE t ({COLUMNS}) {connector('t')};\nCREATE TABLE o (k INT) {connector('o')};\nCREATE TABLE p (s STRING, n BIGINT) "
           f"{connector('p')};\n"
           "EXECUTE STATEMENT SET\nBEGIN\nINSERT INTO o SELECT k FROM t WHERE i > 0;\nINSERT INTO p SELECT s, b FROM t;\nINSERT INTO o "
           "SELECT -k FROM t;\nEND;\n",
           {"t": lines(PLAIN)}, sinks=("o", "p")),
]

# Event times in seconds, out of order; the delay of 5 s makes some of them late.
READINGS = [(1, "a", 1, 10, 0.5), (4, "b", None, 20, None), (2, "a", -3, None, 2.25), (11, "a", 7, 1, 1e3), (9, "b", 1073741823,
    9223372036854775807, 0.1),
            (9, "b", 1073741824, 9223372036854775807, 0.2), (15, None, 5, 5, 5.0), (3, "b", 100, 100, 100.0), (26, "a", 1, 1, -0.5), (12,
                "a", 1000, 1000, 1e9), (20, "b", None, None, None),
            (21, "a", -2147483648, -9223372036854775808, 1e308), (21, "a", -1, -1, 1e308), (8, "c", 1, 1, 1.0), (39, "c", 3, 3, 1e-9), (41,
                "c", 4, 4, 4.0), (36, "c", -5, -5, -1e-3),
            (33, "a", 1, 2, 3.0), (34, "a", 1, 2, 3.0), (58, "b", 2, 4, 0.3), (60, "b", 9, 9, 0.1), (61, "zz", 9, 9, 0.2), (55, "b", 3, 1,
                0.6), (54.999, "late", 1, 1, 1.0),
            (120, "é", 0, 0, -0.125), (115, "é", 0, 0, 0.0), (116, "e", -7, -7, -7.5), (117, "e", 2, 2, 2.0)]
WRAPPING = [{"i": i, "b": b, "ts": f"2024-01-01 00:00:{at:02}"} for at, i, b in [(0, 2147483647, 9223372036854775807), (1, 2147483647,
    9223372036854775807), (2, -3, -3),
                                                                               (10, -2147483648, -9223372036854775808), (11, -2147483648,
                                                                                   -9223372036854775808)]]
EVENTS = [{"s": s, "i": i, "b": b, "d": d, "ts": f"2024-01-01 00:{int(at) // 60:02}:{at % 60:06.3f}",
           "ltz": f"2024-01-01 00:{int(at) // 60:02}:{at % 60:06.3f}Z"}
          for at, s, i, b, d in READINGS]
EVENT_COLUMNS = "s STRING, i INT, b BIGINT, d DOUBLE, ts TIMESTAMP(3), ltz TIMESTAMP_LTZ(3)"
EAGER = "SET 'pipeline.auto-watermark-interval' = '0';\n"
ALL = [("i", "INT"), ("b", "BIGINT"), ("d", "DOUBLE")]
NUMBERS = ", ".join(f"{f}({c})" for c, _ in ALL for f in ("COUNT", "SUM", "AVG", "MIN", "MAX"))
NUMBER_SINK = ", ".join(f"{f}_{c} {'BIGINT' if f == 'count' else kind}" for c, kind in ALL for f in ("count", "sum", "avg", "min", "max"))


def window(name, text, sink, delay="ts - INTERVAL '5' SECOND", rowtime="ts", rows=EVENTS, before="", columns=EVENT_COLUMNS, key=None):
    sql = (f"{EAGER}CREATE TABLE t ({columns}, WATERMARK FOR {rowtime} AS {delay}) {connector('t')};\n{before}"
           f"CREATE TABLE o ({sink}) {connector('o')};\nINSERT INTO o {text};\n")
    return Script(name, sql, {"t": lines(rows)}, key=key)


def tumble(size="INTERVAL '10' SECOND", table="t", time="ts"):
    return f"TABLE(TUMBLE(TABLE {table}, DESCRIPTOR({time}), {size}))"


def span(size="INTERVAL '10' SECOND", time="ts"):
    return f"{time}, {size}"


def legacy(size="INTERVAL '10' SECOND", time="ts"):
    return f"TUMBLE({span(size, time)})"


TEN_FROM_THREE = "INTERVAL '10' SECOND, INTERVAL '3' SECOND"
MINUTE, DAY = "INTERVAL '1' MINUTE", "INTERVAL '1' DAY"
BOUNDS = "window_start, window_end"
BOUND_SINK = "ws TIMESTAMP(3), we TIMESTAMP(3)"
WINDOWS = [
    window("tumble_numbers", f"SELECT {BOUNDS}, COUNT(*), {NUMBERS} FROM {tumble()} GROUP BY {BOUNDS}",
           f"{BOUND_SINK}, n BIGINT, {NUMBER_SINK}"),
    window("tumble_numbers_by_key", f"SELECT s, {BOUNDS}, COUNT(*), {NUMBERS} FROM {tumble()} GROUP BY s, {BOUNDS}",
           f"s STRING, {BOUND_SINK}, n BIGINT, {NUMBER_SINK}"),
    window("legacy_numbers", f"SELECT TUMBLE_START({span()}), TUMBLE_END({span()}), COUNT(*), {NUMBERS} FROM t GROUP BY {legacy()}",
           f"{BOUND_SINK}, n BIGINT, {NUMBER_SINK}"),
    window("legacy_numbers_by_key",
           f"SELECT s, TUMBLE_START({span()}), TUMBLE_END({span()}), TUMBLE_ROWTIME({span()}), {NUMBERS} FROM t GROUP BY {legacy()}, s",
           f"s STRING, {BOUND_SINK}, wt TIMESTAMP(3), {NUMBER_SINK}"),
    window("tumble_average", f"SELECT {BOUNDS}, AVG(i), AVG(b), AVG(d) FROM {tumble()} GROUP BY {BOUNDS}",
           f"{BOUND_SINK}, i INT, b BIGINT, d DOUBLE"),
    window("legacy_average", f"SELECT TUMBLE_START({span()}), AVG(i), AVG(b), AVG(d) FROM t GROUP BY {legacy()}",
           "ws TIMESTAMP(3), i INT, b BIGINT, d DOUBLE"),
    window("tumble_sum_wraps", f"SELECT window_start, SUM(i), SUM(b) FROM {tumble()} GROUP BY {BOUNDS}", "ws TIMESTAMP(3), i INT, b BIGINT",
           rows=WRAPPING, key="ws"),
    window("tumble_average_wraps", f"SELECT window_start, AVG(i), AVG(b) FROM {tumble()} GROUP BY {BOUNDS}",
           "ws TIMESTAMP(3), i INT, b BIGINT", rows=WRAPPING, key="ws"),
    window("tumble_average_beside_sum", f"SELECT window_start, SUM(i), COUNT(i), AVG(i) FROM {tumble()} GROUP BY {BOUNDS}",
           "ws TIMESTAMP(3), s INT, n BIGINT, a INT",
           rows=WRAPPING, key="ws"),
    window("tumble_sum_of_zeros", f"SELECT window_start, SUM(d) FROM {tumble()} GROUP BY {BOUNDS}", "ws TIMESTAMP(3), d DOUBLE", rows=[
        {"d": -0.0, "ts": "2024-01-01 00:00:00"}, {"d": -0.0, "ts": "2024-01-01 00:00:11"}, {"d": -0.0, "ts": "2024-01-01 00:00:12"},
        {"d": 0.0, "ts": "2024-01-01 00:00:21"}], key="ws"),
    window("tumble_specials", f"SELECT {BOUNDS}, SUM(x), AVG(x), MIN(x), MAX(x), COUNT(x) FROM {tumble()} GROUP BY {BOUNDS}",
           f"{BOUND_SINK}, a DOUBLE, b DOUBLE, c DOUBLE, d DOUBLE, n BIGINT", columns="v STRING, x AS CAST(v AS DOUBLE), ts TIMESTAMP(3)",
           rows=[
               {"v": v, "ts": f"2024-01-01 00:00:{at:02}"} for at, v in [(1, "-0.0"), (11, "NaN"), (12, "1"), (21, "1"), (22, "NaN"), (31,
                   "Infinity"), (32, "-Infinity"), (41, "-0.0"), (42, "0.0"),
                                                                        (51, "0.0"), (52, "-0.0"), (53, None), (59, "1e308"), (59,
                                                                            "1e308")]], key="ws"),
    window("tumble_texts", f"SELECT {BOUNDS}, COUNT(s), MIN(s), MAX(s), COUNT(1) FROM {tumble()} GROUP BY {BOUNDS}",
           f"{BOUND_SINK}, n BIGINT, a STRING, b STRING, c BIGINT"),
    window("tumble_times", f"SELECT {BOUNDS}, MIN(ts), MAX(ts), MIN(ltz), MAX(ltz), COUNT(ts) FROM {tumble()} GROUP BY {BOUNDS}",
           f"{BOUND_SINK}, a TIMESTAMP(3), b TIMESTAMP(3), c TIMESTAMP_LTZ(3), d TIMESTAMP_LTZ(3), e BIGINT"),
    window("tumble_booleans", f"SELECT {BOUNDS}, MIN(i > 0), MAX(i > 0), COUNT(i > 0), COUNT(s = 'a') FROM {tumble()} GROUP BY {BOUNDS}",
           f"{BOUND_SINK}, a BOOLEAN, b BOOLEAN, c BIGINT, d BIGINT"),
    window("tumble_expressions",
           f"SELECT {BOUNDS}, SUM(i * 2) + 1, SUM(CASE WHEN s = 'a' THEN 1 ELSE 0 END), AVG(CAST(i AS DOUBLE)), MAX(b) - MIN(b), COUNT(*) "
           f"* 2, UPPER(MAX(s)) "
           f"FROM {tumble()} GROUP BY {BOUNDS}", f"{BOUND_SINK}, a INT, b INT, c DOUBLE, d BIGINT, e BIGINT, f STRING"),
    window("tumble_key_expression", f"SELECT UPPER(s), i > 0, {BOUNDS}, COUNT(*) FROM {tumble()} GROUP BY UPPER(s), i > 0, {BOUNDS}",
           f"s STRING, p BOOLEAN, {BOUND_SINK}, n BIGINT"),
    window("tumble_keys_many", f"SELECT s, i, d, {BOUNDS}, COUNT(*) FROM {tumble()} WHERE d IS NOT NULL GROUP BY s, i, d, {BOUNDS}",
           f"s STRING, i INT, d DOUBLE, {BOUND_SINK}, n BIGINT"),
    window("tumble_having",
           f"SELECT s, window_start, COUNT(*) FROM {tumble()} GROUP BY s, {BOUNDS} HAVING COUNT(*) > 1 AND MAX(i) IS NOT NULL",
           "s STRING, ws TIMESTAMP(3), n BIGINT"),
    window("tumble_where", f"SELECT window_start, COUNT(*), SUM(i) FROM {tumble()} WHERE s = 'a' GROUP BY {BOUNDS}",
           "ws TIMESTAMP(3), n BIGINT, i INT"),
    window("tumble_filtered_source", f"SELECT window_start, COUNT(*), SUM(i) FROM {tumble(table='v')} GROUP BY {BOUNDS}",
           "ws TIMESTAMP(3), n BIGINT, i INT",
           before="CREATE VIEW v AS SELECT ts, i FROM t WHERE i > 0;\n"),
    window("tumble_no_aggregate", f"SELECT s, i, {BOUNDS}, window_time FROM {tumble()}", f"s STRING, i INT, {BOUND_SINK}, wt TIMESTAMP(3)"),
    window("tumble_group_only", f"SELECT s, {BOUNDS} FROM {tumble()} GROUP BY s, {BOUNDS}", f"s STRING, {BOUND_SINK}"),
    window("tumble_offset", f"SELECT {BOUNDS}, COUNT(*) FROM {tumble(TEN_FROM_THREE)} GROUP BY {BOUNDS}",
           f"{BOUND_SINK}, n BIGINT"),
    window("tumble_minute", f"SELECT {BOUNDS}, COUNT(*), SUM(i) FROM {tumble(MINUTE)} GROUP BY {BOUNDS}", f"{BOUND_SINK}, n BIGINT, i INT"),
    window("tumble_instant", f"SELECT {BOUNDS}, COUNT(*), SUM(i) FROM {tumble(time='ltz')} GROUP BY {BOUNDS}",
           f"{BOUND_SINK}, n BIGINT, i INT", delay="ltz - INTERVAL '5' SECOND", rowtime="ltz"),
    window("legacy_instant", f"SELECT TUMBLE_START({span(time='ltz')}), COUNT(*) FROM t GROUP BY {legacy(time='ltz')}",
           "ws TIMESTAMP(3), n BIGINT", delay="ltz - INTERVAL '5' SECOND",
           rowtime="ltz"),
    window("tumble_no_delay", f"SELECT {BOUNDS}, COUNT(*), SUM(i) FROM {tumble()} GROUP BY {BOUNDS}", f"{BOUND_SINK}, n BIGINT, i INT",
           delay="ts"),
    window("legacy_no_delay", f"SELECT TUMBLE_START({span()}), COUNT(*), SUM(i) FROM t GROUP BY {legacy()}",
           "ws TIMESTAMP(3), n BIGINT, i INT", delay="ts"),
    window("tumble_edge_of_lateness", f"SELECT {BOUNDS}, COUNT(*), MAX(i) FROM {tumble()} GROUP BY {BOUNDS}",
           f"{BOUND_SINK}, n BIGINT, i INT", delay="ts", rows=[
        {"i": i, "ts": ts} for i, ts in enumerate(["2024-01-01 00:00:09.998", "2024-01-01 00:00:09.999", "2024-01-01 00:00:00",
                                                   "2024-01-01 00:00:09.997", "2024-01-01 00:00:19.998",
                                                  "2024-01-01 00:00:10", "2024-01-01 00:00:20", "2024-01-01 00:00:19.999",
                                                  "2024-01-01 00:00:29.999"])]),
    window("tumble_before_1970", f"SELECT {BOUNDS}, COUNT(*) FROM {tumble(DAY)} GROUP BY {BOUNDS}", f"{BOUND_SINK}, n BIGINT",
           delay="ts - INTERVAL '99' YEAR", rows=[
        {"ts": ts} for ts in ["1969-12-31 23:59:59.999", "1970-01-01 00:00:00", "1969-12-30 12:00:00", "1950-06-07 08:09:10",
                              "1970-01-02 00:00:00", "1969-12-31 00:00:00"]]),
    window("tumble_month_delay", f"SELECT {BOUNDS}, COUNT(*) FROM {tumble(DAY)} GROUP BY {BOUNDS}", f"{BOUND_SINK}, n BIGINT",
           delay="ts - INTERVAL '1' MONTH", rows=[
        {"ts": ts} for ts in ["2024-03-31 10:00:00", "2024-02-29 10:00:00", "2024-02-28 10:00:00", "2024-04-30 00:00:00",
                              "2024-03-30 00:00:00", "2024-03-29 23:59:59", "2024-05-31 00:00:00",
                              "2024-04-29 12:00:00", "2024-04-30 12:00:00"]]),
    window("tumble_cascade",
           "SELECT window_start, window_end, SUM(n), COUNT(*) FROM TABLE(TUMBLE(TABLE v, DESCRIPTOR(wt), INTERVAL '30' SECOND)) GROUP BY "
           "window_start, window_end",
           f"{BOUND_SINK}, n BIGINT, m BIGINT",
           before=f"CREATE VIEW v AS SELECT s, window_time AS wt, COUNT(*) AS n FROM {tumble()} GROUP BY s, window_start, window_end, "
                  f"window_time;\n"),
    window("legacy_cascade", "SELECT TUMBLE_START(wt, INTERVAL '30' SECOND), SUM(n) FROM v GROUP BY TUMBLE(wt, INTERVAL '30' SECOND)",
           "ws TIMESTAMP(3), n BIGINT",
           before=f"CREATE VIEW v AS SELECT s, TUMBLE_ROWTIME(ts, INTERVAL '10' SECOND) AS wt, COUNT(*) AS n FROM t GROUP BY s, "
                  f"{legacy()};\n"),
    window("tumble_union", f"SELECT {BOUNDS}, COUNT(*), SUM(i) FROM {tumble(table='v')} GROUP BY {BOUNDS}",
           f"{BOUND_SINK}, n BIGINT, i INT", delay="ts - INTERVAL '9' MINUTE",
           before="CREATE VIEW v AS SELECT ts, i FROM t WHERE i > 0 UNION ALL SELECT ts, -i FROM t WHERE i < 3;\n"),
    window("computed_rowtime", f"SELECT {BOUNDS}, COUNT(*) FROM {tumble(time='moment')} GROUP BY {BOUNDS}", f"{BOUND_SINK}, n BIGINT",
           delay="moment - INTERVAL '5' SECOND", rowtime="moment",
           columns="ms BIGINT, moment AS TO_TIMESTAMP_LTZ(ms, 3)", rows=[{"ms": ms} for ms in [1000, 4000, 11000, 9999, 15000, 2000, 26000,
               12000, 30001]]),
    window("computed_rowtime_text", f"SELECT {BOUNDS}, COUNT(*) FROM {tumble(time='moment')} GROUP BY {BOUNDS}", f"{BOUND_SINK}, n BIGINT",
           delay="moment - INTERVAL '1' SECOND", rowtime="moment",
           columns="s STRING, moment AS TO_TIMESTAMP(s)", rows=[{"s": f"2024-01-01 00:00:{at:02}"} for at in [1, 5, 12, 10, 9, 30, 28, 29,
               31]]),
    window("null_watermark_column", f"SELECT {BOUNDS}, COUNT(*) FROM {tumble()} GROUP BY {BOUNDS}", f"{BOUND_SINK}, n BIGINT",
           delay="CASE WHEN i > 0 THEN ts - INTERVAL '1' SECOND END"),
    window("window_pass_through", "SELECT ts, i FROM t WHERE i > 0", "ts TIMESTAMP(3), i INT"),
    window("tumble_empty", f"SELECT {BOUNDS}, COUNT(*) FROM {tumble()} WHERE i = 123456 GROUP BY {BOUNDS}", f"{BOUND_SINK}, n BIGINT"),
    window("tumble_having_arithmetic",
           f"SELECT window_start, SUM(b), AVG(i) FROM {tumble()} GROUP BY {BOUNDS} HAVING SUM(i) > 0 OR AVG(d) < 1e0",
           "ws TIMESTAMP(3), b BIGINT, i INT"),
    window("tumble_in_subquery",
           f"SELECT ws, n + 1 FROM (SELECT window_start AS ws, COUNT(*) AS n FROM {tumble()} GROUP BY {BOUNDS}) WHERE n > 2",
           "ws TIMESTAMP(3), n BIGINT"),
]
CASES = QUERIES + WINDOWS
