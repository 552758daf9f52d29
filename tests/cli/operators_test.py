#!/usr/bin/env python3
"""What pipelines give, against computations by the definitions: filters, unions, views, joins, windows, several tables and files.

Every case runs with several worker counts and chunk sizes; rows, their order per key, and the counts must be the same in all.
Runs the program LEAT_BINARY names (default build/leat). Prints 'N passed, M failed, K skipped' last.
"""
import bisect
import collections
import datetime
import json
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "support"))
from leat import SANITIZER, SHARED, Suite, leat, lines_of  # noqa: E402

suite = Suite()
MATRIX = [(1, None), (3, "4096")] if SANITIZER else [(1, None), (1, "4096"), (2, "4096"), (3, "16384"), (8, "4096"), (8, None)]
LIVE = "WITH ('connector' = 'kafka', 'topic' = 't', 'properties.bootstrap.servers' = 'h:9092', 'format' = 'json');\n"


def source(name, delay="'2' SECOND"):
    return f"""CREATE TABLE {name} (k STRING, v DOUBLE, n BIGINT, s STRING, t BIGINT, ts AS TO_TIMESTAMP_LTZ(t, 3),
    WATERMARK FOR ts AS ts - INTERVAL {delay}) {LIVE}"""


def sink(columns, name="o"):
    return f"CREATE TABLE {name} ({columns}) {LIVE}"


def random_rows(count, keys=6, disorder_ms=5000, null_keys=0.05, missing=0.1):
    rows, t = [], 1_700_000_000_000
    for n in range(count):
        t += suite.random.choice((0, 1, 100, 500, 1000, 3000))
        row = {"k": None if suite.random.random() < null_keys else f"k{suite.random.randrange(keys)}",
               "v": suite.random.randrange(-4000, 4000) / 8,
               "n": n, "s": suite.random.choice(("left", "right", "both", "é\"\\\n\x01", "")),
               "t": t - suite.random.randrange(disorder_ms + 1)}
        if suite.random.random() < missing:
            del row[suite.random.choice(("v", "k", "s"))]
        rows.append(row)
    return rows


class Met:
    """A row and the watermark it meets."""

    def __init__(self, row, watermark):
        self.row, self.t, self.watermark = row, row["t"], watermark

    def get(self, name):
        return self.row.get(name)


def meet(rows, delay_ms):
    """Each row with W: the largest watermark of the earlier ones."""
    newest, out = None, []
    for row in rows:
        out.append(Met(row, None if newest is None else newest - delay_ms))
        newest = row["t"] if newest is None else max(newest, row["t"])
    return out


def frozen(rows):
    return collections.Counter(tuple(row) for row in rows)


def compare(name, sql, sources, want, counts, columns, order=None, sinks=("o",)):
    """Runs a case over the matrix. want: {table: rows as tuples}; order: (key, position) that must ascend within a key."""
    for workers, chunk in MATRIX:
        options = ["--workers", workers] + (["--chunk-bytes", chunk] if chunk else [])
        run = suite.replay(sql, sources, *options, sinks=sinks)
        what, wrong = f"{name}, {workers} workers, chunks of {chunk or 'default'}", []
        if run.status != 0:
            wrong.append(f"exit {run.status} {run.stderr}")
        for table, rows in want.items():
            have = [tuple(row[c] for c in columns[table]) for row in run.rows(table)]
            missing, extra = frozen(rows) - frozen(have), frozen(have) - frozen(rows)
            if missing or extra:
                wrong.append(f"{table}: missing {sum(missing.values())} {list(missing)[:2]}, extra {sum(extra.values())} {list(extra)[:2]}")
            if order and not ascends(have, *order):
                wrong.append(f"{table}: a key's rows are out of order")
        if any(run.summary.get(key) != value for key, value in counts.items()):
            wrong.append(f"counted {run.counts()}, want {counts}")
        suite.check(f"{what}: {', '.join(f'{len(rows)} rows of {table}' for table, rows in want.items())}, {counts}", not wrong,
                    "; ".join(wrong))


def ascends(rows, key, position):
    last = {}
    for row in rows:
        if key(row) in last and position(row) < last[key(row)]:
            return False
        last[key(row)] = position(row)
    return True


# ---- without state


def stateless():
    rows = random_rows(1500)
    events = suite.file("stateless.json", rows)
    n = len(rows)
    compare("projection",
            source("i") + sink("a STRING, b DOUBLE, c BIGINT, d STRING") +
            "INSERT INTO o SELECT UPPER(k), v * 2 + 1, n - 7, s || '!' FROM i;",
            {"i": events}, {"o": [(r["k"].upper() if r.get("k") else None, r["v"] * 2 + 1 if "v" in r else None, r["n"] - 7,
                                   r["s"] + "!" if "s" in r else None) for r in rows]},
            {"rows_in": n, "rows_out": n, "late": 0, "bad": 0}, {"o": "abcd"}, (lambda r: r[0], lambda r: r[2]))
    kept = [r for r in rows if r.get("v") is not None and r["v"] > 10 and r.get("s") != "left" and r.get("s") is not None or
            r["n"] % 10 == 3]
    compare("filter with three-valued logic", source("i") + sink("k STRING, n BIGINT") +
            "INSERT INTO o SELECT k, n FROM i WHERE v > 10 AND s <> 'left' OR MOD(n, 10) = 3;",
            {"i": events}, {"o": [(r.get("k"), r["n"]) for r in kept]}, {"rows_in": n, "rows_out": len(kept), "late": 0, "bad": 0},
            {"o": "kn"},
            (lambda r: r[0], lambda r: r[1]))
    a, b = ([r for r in rows if r.get("s") == s] for s in ("left", "right"))
    compare("views and UNION ALL", source("i") + sink("k STRING, n BIGINT, side STRING") + """
            CREATE VIEW l AS SELECT k, n, 'l' AS side FROM i WHERE s = 'left';
            CREATE VIEW r AS SELECT k, n, 'r' AS side FROM i WHERE s = 'right';
            CREATE VIEW u AS SELECT * FROM l UNION ALL SELECT * FROM r UNION ALL SELECT k, -n, s FROM i WHERE n < 100;
            INSERT INTO o SELECT k, n, side FROM u WHERE n <> 7;""",
            {"i": events}, {"o": [(r.get("k"), r["n"], "l") for r in a if r["n"] != 7] + [(r.get("k"), r["n"], "r") for r in b
                                                                                          if r["n"] != 7] +
                            [(r.get("k"), -r["n"], r.get("s")) for r in rows if r["n"] < 100]}, {"rows_in": n, "late": 0, "bad": 0},
            {"o": ("k", "n", "side")})
    compare("STATEMENT SET with two sinks", source("i") + sink("k STRING, n BIGINT") + sink("v DOUBLE, s STRING", "p") + """
            EXECUTE STATEMENT SET BEGIN
            INSERT INTO o SELECT k, n FROM i WHERE n >= 100;
            INSERT INTO p SELECT v, s FROM i WHERE k = 'k1';
            END;""", {"i": events}, {"o": [(r.get("k"), r["n"]) for r in rows if r["n"] >= 100],
                                     "p": [(r.get("v"), r.get("s")) for r in rows if r.get("k") == "k1"]},
            {"rows_in": n, "late": 0, "bad": 0}, {"o": "kn", "p": "vs"}, sinks=("o", "p"))
    compare("several INSERTs into one table", source("i") + sink("k STRING, n BIGINT") + """INSERT INTO o SELECT k, n FROM i WHERE n < 50;
            INSERT INTO o SELECT k, n * 1000 FROM i WHERE n >= 1400;""",
            {"i": events}, {"o": [(r.get("k"), r["n"]) for r in rows if r["n"] < 50] + [(r.get("k"), r["n"] * 1000) for r in rows
                                                                                        if r["n"] >= 1400]},
            {"rows_in": n, "rows_out": 150, "late": 0, "bad": 0}, {"o": "kn"})


# ---- windows


def windows_of(met, size_ms):
    """(groups by key and window, rows that are late): a window that ends a millisecond before W or earlier has fired."""
    groups, late = collections.defaultdict(list), 0
    for m in met:
        end = m.t - m.t % size_ms + size_ms
        if m.watermark is not None and end - 1 <= m.watermark:
            late += 1
        else:
            groups[m.get("k"), end].append(m)
    return groups, late


def text_of_time(ms):
    t = datetime.datetime(1970, 1, 1) + datetime.timedelta(milliseconds=ms)
    return f"{t:%Y-%m-%d %H:%M:%S}" + (f".{t.microsecond // 1000:03d}".rstrip("0") if t.microsecond else "")


def same_time(text):
    return text.rstrip("Z").rstrip("0").rstrip(".") if "." in text else text.rstrip("Z")


def tumbling():
    for delay, delay_ms in (("'1' HOUR", 3600000), ("'1' SECOND", 1000)):
        rows = random_rows(2000)
        events, (groups, late) = suite.file("tumble.json", rows), windows_of(meet(rows, delay_ms), 10000)
        want = []
        for (key, end), ms in groups.items():
            vs = [m.get("v") for m in ms if m.get("v") is not None]
            want.append((key, end // 1000, len(ms), len(vs), sum(m.row["n"] for m in ms), min(vs, default=None), max(vs, default=None),
                         sum(vs) if vs else None))
        forms = {"TVF": "FROM TABLE(TUMBLE(TABLE i, DESCRIPTOR(ts), INTERVAL '10' SECOND)) GROUP BY k, window_start, window_end",
                 "TVF with names": "FROM TABLE(TUMBLE(DATA => TABLE i, TIMECOL => DESCRIPTOR(ts), SIZE => INTERVAL '10' SECOND)) "
                                   "GROUP BY k, window_start, window_end",
                 "GROUP BY TUMBLE": "FROM i GROUP BY k, TUMBLE(ts, INTERVAL '10' SECOND)"}
        for form, select in forms.items():
            end = "TUMBLE_END(ts, INTERVAL '10' SECOND)" if form.startswith("GROUP") else "window_end"
            sql = source("i", delay) + sink("k STRING, w STRING, c BIGINT, cv BIGINT, sn BIGINT, lo DOUBLE, hi DOUBLE, sv DOUBLE") + \
                f"INSERT INTO o SELECT k, CAST({end} AS STRING), COUNT(*), COUNT(v), SUM(n), MIN(v), MAX(v), SUM(v) {select};"
            run = suite.replay(sql, {"i": events}, "--workers", "1")
            if not suite.check(f"{form}, delay {delay}: it runs", run.status == 0, run.stderr):
                continue
            texts = [(k, w * 1000, *rest) for k, w, *rest in want]
            have = [(r["k"], same_time(r["w"]), r["c"], r["cv"], r["sn"], r["lo"], r["hi"], r["sv"]) for r in run.rows("o")]
            suite.equal(f"{form}, delay {delay}: {len(want)} windows", frozen(have) == frozen([(k, text_of_time(w), *rest) for k, w,
                                                                                               *rest in texts]), True)
            compare(f"{form}, delay {delay}", sql, {"i": events}, {"o": [tuple(r[c] for c in ("k", "w", "c", "cv", "sn", "lo", "hi",
                                                                                              "sv")) for r in run.rows("o")]},
                    {"rows_in": len(rows), "rows_out": len(want), "late": late, "bad": 0}, {"o": ("k", "w", "c", "cv", "sn", "lo", "hi",
                                                                                                  "sv")},
                    (lambda r: r[0], lambda r: r[1]))


# ---- the join


def neighbours(times, t, tolerance_ms):
    at = bisect.bisect_left(times, t)
    near = [t] if at < len(times) and times[at] == t else times[max(at - 1, 0):at + 1]
    return [x for x in near if abs(x - t) <= tolerance_ms]


def join(lefts, rights, tolerance_ms):
    """Pairs of two lists of Met rows by the definition: (key, left row, right row); and the number of late rows."""
    late, sides = 0, (collections.defaultdict(dict), collections.defaultdict(dict))
    for side, rows in zip(sides, (lefts, rights)):
        for m in rows:
            if m.watermark is not None and m.t <= m.watermark:
                late += 1
            elif m.get("k") is not None:
                side[m.get("k")][m.t] = m
    pairs = []
    for key in sides[0].keys() & sides[1].keys():
        l, r = sides[0][key], sides[1][key]
        lt, rt = sorted(l), sorted(r)
        found = {(t, x) for t in lt for x in neighbours(rt, t, tolerance_ms)} | {(x, t) for t in rt
                                                                                 for x in neighbours(lt, t, tolerance_ms)}
        pairs += [(key, l[a], r[b]) for a, b in found]
    return pairs, late


JOIN = """CREATE VIEW l AS SELECT k, n, t, ts, v FROM i WHERE s = 'left' OR s = 'both';
CREATE VIEW r AS SELECT k, n, t, ts, v FROM i WHERE s = 'right' OR s = 'both';
"""
PAIR_ORDER = (lambda r: r[0], lambda r: (max(r[3], r[4]), r[3], r[4]))


def sides(met):
    return [[m for m in met if m.get("s") in (side, "both")] for side in ("left", "right")]


def joining():
    for delay, delay_ms in (("'1' HOUR", 3600000), ("'1' SECOND", 1000), ("'0' SECOND", 0)):
        rows = random_rows(2000)
        events, tolerance = suite.file("join.json", rows), 1500
        pairs, late = join(*sides(meet(rows, delay_ms)), tolerance)
        compare(f"SERIES JOIN, delay {delay}",
                source("i", delay) + JOIN + sink("k STRING, nl BIGINT, nr BIGINT, lt BIGINT, rt BIGINT, x DOUBLE") +
                "INSERT INTO o SELECT l.k, l.n, r.n, l.t, r.t, l.v + r.v "
                "FROM l SERIES JOIN r ON l.k = r.k TOLERANCE INTERVAL '1.5' SECOND;",
                {"i": events}, {"o": [(k, a.row["n"], b.row["n"], a.t, b.t, a.get("v") + b.get("v")
                                       if None not in (a.get("v"), b.get("v")) else None)
                                      for k, a, b in pairs]},
                {"rows_in": len(rows), "rows_out": len(pairs), "late": late, "bad": 0}, {"o": ("k", "nl", "nr", "lt", "rt", "x")},
                PAIR_ORDER)


def join_then_window():
    """Per window the pairs whose left row is in it. The join hands on its watermark less the tolerance: nothing is late behind it."""
    rows = random_rows(2000)
    events = suite.file("both.json", rows)
    pairs, late = join(*sides(meet(rows, 2000)), 1000)
    groups = collections.defaultdict(list)
    for k, a, b in pairs:
        groups[k, a.t // 10000].append(a.row["n"] + b.row["n"])
    compare("SERIES JOIN and then TUMBLE", source("i") + JOIN + sink("k STRING, c BIGINT, x BIGINT") + """
            CREATE VIEW p AS SELECT l.k AS k, l.n + r.n AS x, l.ts AS ts FROM l SERIES JOIN r ON l.k = r.k TOLERANCE INTERVAL '1' SECOND;
            INSERT INTO o SELECT k, COUNT(*), SUM(x) FROM TABLE(TUMBLE(TABLE p, DESCRIPTOR(ts), INTERVAL '10' SECOND))
            GROUP BY k, window_start, window_end;""",
            {"i": events}, {"o": [(k, len(xs), sum(xs)) for (k, _), xs in groups.items()]},
            {"rows_in": len(rows), "rows_out": len(groups), "late": late, "bad": 0}, {"o": ("k", "c", "x")})


def two_tables():
    a, b = random_rows(1000), random_rows(1000)
    for i, files in enumerate((a, b)):
        suite.file(f"table{i}.json", files)
    pairs, _ = join([Met(r, None) for r in a], [Met(r, None) for r in b], 700)
    compare("SERIES JOIN of two tables",
            source("i", "'1' HOUR") + source("j", "'1' HOUR") + sink("k STRING, nl BIGINT, nr BIGINT, lt BIGINT, rt BIGINT") +
            "INSERT INTO o SELECT i.k, i.n, j.n, i.t, j.t FROM i SERIES JOIN j ON i.k = j.k TOLERANCE INTERVAL '0.7' SECOND;",
            {"i": suite.folder / "table0.json", "j": suite.folder / "table1.json"},
            {"o": [(k, x.row["n"], y.row["n"], x.t, y.t) for k, x, y in pairs]},
            {"rows_in": 2000, "rows_out": len(pairs), "late": 0, "bad": 0}, {"o": ("k", "nl", "nr", "lt", "rt")}, PAIR_ORDER)


# ---- several files


def several_files():
    """Rows, late and order are the same whatever the number of workers; each file is a split with a watermark of its own."""
    files = [suite.file(f"split{i}.json", random_rows(700)) for i in range(3)]
    window = source("i",
                    "'1' SECOND") + sink("k STRING, w STRING, c BIGINT, x BIGINT") + """
        INSERT INTO o SELECT k, CAST(window_end AS STRING), COUNT(*), SUM(n)
        FROM TABLE(TUMBLE(TABLE i, DESCRIPTOR(ts), INTERVAL '10' SECOND)) GROUP BY k, window_start, window_end;"""
    pairing = source("i", "'1' SECOND") + JOIN + sink("k STRING, nl BIGINT, nr BIGINT, lt BIGINT, rt BIGINT") + \
        "INSERT INTO o SELECT l.k, l.n, r.n, l.t, r.t FROM l SERIES JOIN r ON l.k = r.k TOLERANCE INTERVAL '1' SECOND;"
    for name, sql, key in (("windows", window, lambda r: (r["k"], r["w"])), ("pairs", pairing, lambda r: (r["k"], max(r["lt"], r["rt"]),
                                                                                                          r["lt"], r["rt"]))):
        for chunk in ("4096", "16384", None):
            first = None
            for workers in (1, 3) if SANITIZER else (1, 2, 3, 8):
                run = suite.replay(sql, {"i": files}, "--workers", workers, *(["--chunk-bytes", chunk] if chunk else []))
                per_key = collections.defaultdict(list)
                for row in run.rows("o"):
                    per_key[row["k"]].append(row)
                have = (run.status, run.counts(), dict(per_key))
                first = first or have
                what = f"{name} of three files, {workers} workers, chunks of {chunk or 'default'}"
                suite.check(f"{what}: as with one worker, late {first[1]['late']}",
                            have == first and run.status == 0 and run.rows("o") and run.summary["rows_in"] == 2100,
                            f"{run.counts()}, first {first[1]} {run.stderr}")
                suite.check(f"{name} of three files, {workers} workers: in order per key",
                            all(list(map(key, rows)) == sorted(map(key, rows)) for rows in per_key.values()))
    whole = [suite.file(f"whole{i}.json", random_rows(500, disorder_ms=0)) for i in range(2)]
    rows = [json.loads(line) for path in whole for line in lines_of(path.read_text())]
    groups = collections.Counter((r.get("k"), r["t"] // 10000) for r in rows)
    compare("windows of two files in order of time: nothing is late", window, {"i": whole}, {}, {"rows_in": 1000,
                                                                                                 "rows_out": len(groups), "late": 0}, {})


# ---- rows as they come in files


def framing():
    rows = random_rows(400)
    lines = [json.dumps(r) for r in rows]
    sql = source("i") + sink("k STRING, n BIGINT") + "INSERT INTO o SELECT k, n FROM i;"
    want = [(r.get("k"), r["n"]) for r in rows]
    count = {"rows_in": 400, "rows_out": 400, "late": 0, "bad": 0}
    for name, text in (("CRLF", "\r\n".join(lines) + "\r\n"), ("no last newline", "\n".join(lines)),
                       ("CRLF without the last", "\r\n".join(lines)),
                       ("blank lines", "\n\n \n\t\n\r\n".join(lines) + "\n\n\n"), ("blanks around", "\n".join(f"  \t{x} \t "
                                                                                                              for x in lines)),
                       ("a blank start", "\n" * 5000 + "\n".join(lines))):
        compare(name, sql, {"i": suite.file("framed.json", text)}, {"o": want}, count, {"o": "kn"})
    none = {"rows_in": 0, "rows_out": 0, "late": 0, "bad": 0}
    for name, text in (("an empty file", ""), ("newlines alone", "\n" * 10000), ("blanks alone", " \r\n\t")):
        compare(name, sql, {"i": suite.file("empty.json", text)}, {"o": []}, none, {"o": "kn"})
        run = suite.replay(sql, {"i": suite.file("empty.json", text)})
        suite.check(f"{name}: the output is there, and empty", run.out["o"] == [])
    window = source("i") + sink("c BIGINT") + "INSERT INTO o SELECT COUNT(*) " + \
        "FROM TABLE(TUMBLE(TABLE i, DESCRIPTOR(ts), INTERVAL '1' DAY)) GROUP BY window_start, window_end;"
    compare("no rows, no windows", window, {"i": suite.file("empty.json", "")}, {"o": []}, none, {"o": "c"})
    compare("windows without a key", window, {"i": suite.file("w.json", "\n".join(lines))},
            {"o": [(n,) for n in collections.Counter(r["t"] // 86400000 for r in rows).values()]}, {"rows_in": 400, "late": 0}, {"o": "c"})
    long_rows = [dict(r, s="x" * suite.random.choice((0, 10, 3000, 5000, 40000))) for r in rows[:60]]
    compare("rows longer than chunks", source("i") + sink("n BIGINT, s STRING") + "INSERT INTO o SELECT n, s FROM i;",
            {"i": suite.file("long.json", long_rows)},
            {"o": [(r["n"], r["s"]) for r in long_rows]}, {"rows_in": 60, "rows_out": 60, "bad": 0}, {"o": "ns"})
    big = json.dumps({"k": "big", "n": -1, "t": rows[0]["t"], "s": "y" * (15 << 20)})
    huge = json.dumps({"k": "huge", "n": -2, "t": rows[0]["t"], "s": "y" * (17 << 20)})
    text = "\n".join(lines[:200] + [big, huge] + lines[200:])
    for workers, chunk in MATRIX[:3]:
        run = suite.replay(sql, {"i": suite.file("huge.json", text)}, "--workers", workers, *(["--chunk-bytes", chunk] if chunk else []))
        suite.check(f"a line of 15 MiB is a row, one of 17 MiB a bad record, {workers} workers, chunks of {chunk or 'default'}",
                    run.status == 0 and
                    run.counts() == {"rows_in": 402, "rows_out": 401, "late": 0, "bad": 1} and frozen((r["k"], r["n"])
                                                                                                      for r in run.rows("o")) ==
                    frozen(want + [("big", -1)]), f"{run.status} {run.counts()} {run.stderr[:300]}")
    (suite.folder / "huge.json").unlink()


# ---- odd strings


def odd_strings():
    path = SHARED / "external" / "blns" / "blns.json"
    if not path.exists():
        suite.skip("the big list of naughty strings", f"no {path.name} in the folder LEAT_SHARED names")
        strings = ["", "\x00", "\x7f", "\u2028", "\U0001f600", "\\", "\"", "é" * 1000, "a\nb"]
    else:
        strings = [s for s in json.loads(path.read_text()) if isinstance(s, str)]
    t = 1_700_000_000_000
    for ascii_only in (True, False):
        text = "".join(json.dumps({"k": s, "n": i, "s": s, "t": t + i}, ensure_ascii=ascii_only) + "\n" for i, s in enumerate(strings * 2))
        events = suite.file("odd.json", text.encode("utf-8", "surrogatepass"))
        form = "escaped" if ascii_only else "as they are"
        compare(f"{len(strings)} odd strings, {form}, as values",
                source("i") + sink("n BIGINT, s STRING") + "INSERT INTO o SELECT n, s FROM i;", {"i": events},
                {"o": [(i, s) for i, s in enumerate(strings * 2)]}, {"bad": 0}, {"o": "ns"})
        groups = collections.Counter(strings * 2)
        compare(f"{len(strings)} odd strings, {form}, as keys", source("i") + sink("k STRING, c BIGINT") +
                "INSERT INTO o SELECT k, COUNT(*) FROM TABLE(TUMBLE(TABLE i, DESCRIPTOR(ts), INTERVAL '30' DAY)) "
                "GROUP BY k, window_start, window_end;",
                {"i": events}, {"o": list(groups.items())}, {"bad": 0, "late": 0}, {"o": "kc"})


# ---- machine rows, at length


MACHINE = """CREATE TABLE states (`Thing` STRING, `Timestamp` BIGINT, actSpeed_C11 DOUBLE, vaTorque_C11 DOUBLE,
  ts AS TO_TIMESTAMP_LTZ(`Timestamp`, 3),
  WATERMARK FOR ts AS ts - INTERVAL %s) WITH ('connector' = 'mqtt', 'url' = 'mqtt://127.0.0.1:1883', 'topic' = 't', 'format' = 'json');
CREATE VIEW l AS SELECT `Thing` AS k, `Timestamp` AS t, ts, actSpeed_C11 AS v FROM states WHERE actSpeed_C11 IS NOT NULL;
CREATE VIEW r AS SELECT `Thing` AS k, `Timestamp` AS t, ts, vaTorque_C11 AS v FROM states WHERE vaTorque_C11 IS NOT NULL;
"""


def machine():
    events = suite.folder / "machine.json"
    made = leat("simulate", "machine", "--rows", 4000 if SANITIZER else 20000, "--things", "5", "-o", events)
    suite.check("simulate machine", made.returncode == 0, made.stderr)
    rows = [json.loads(line) for line in lines_of(events.read_text())]
    for row in rows:
        row["t"], row["k"] = row["Timestamp"], row["Thing"]
    for delay, delay_ms in (("'8' DAY", 691200000), ("'1' MINUTE", 60000)):
        met = meet(rows, delay_ms)
        pairs, late = join(*([m for m in met if m.get(member) is not None] for member in ("actSpeed_C11", "vaTorque_C11")), 1000)
        compare(f"machine rows joined, delay {delay}", MACHINE % delay + sink("k STRING, lt BIGINT, rt BIGINT, x DOUBLE") +
                "INSERT INTO o SELECT l.k, l.t, r.t, l.v * r.v FROM l SERIES JOIN r ON l.k = r.k TOLERANCE INTERVAL '1' SECOND;",
                {"states": events},
                {"o": [(k, a.t, b.t, a.get("actSpeed_C11") * b.get("vaTorque_C11")) for k, a, b in pairs]},
                {"rows_in": len(rows), "rows_out": len(pairs), "late": late, "bad": 0}, {"o": ("k", "lt", "rt", "x")},
                (lambda r: r[0], lambda r: (max(r[1], r[2]), r[1], r[2])))
        groups, late = windows_of(met, 60000)
        compare(f"machine rows in windows, delay {delay}",
                MACHINE % delay + sink("k STRING, c BIGINT, lo DOUBLE, f BIGINT") + """INSERT INTO o
                SELECT `Thing`, COUNT(*), MIN(vaTorque_C11), MIN(`Timestamp`)
                FROM TABLE(TUMBLE(TABLE states, DESCRIPTOR(ts), INTERVAL '1' MINUTE)) GROUP BY `Thing`, window_start, window_end;""",
                {"states": events},
                {"o": [(k, len(ms), min((m.get("vaTorque_C11") for m in ms if m.get("vaTorque_C11") is not None), default=None),
                        min(m.t for m in ms))
                       for (k, _), ms in groups.items()]},
                {"rows_in": len(rows), "rows_out": len(groups), "late": late, "bad": 0}, {"o": ("k", "c", "lo", "f")},
                (lambda r: r[0], lambda r: r[3]))


def main():
    for part in (stateless, tumbling, joining, join_then_window, two_tables, several_files, framing, odd_strings, machine):
        part()
    return suite.finish()


if __name__ == "__main__":
    sys.exit(main())
