#!/usr/bin/env python3
"""What becomes of records that cannot be used: dead letters, lines on stderr, failure, and the options of the json format.

Runs the program LEAT_BINARY names (default build/leat). Prints 'N passed, M failed, K skipped' last.
"""
import base64
import json
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "support"))
from leat import SANITIZER, Suite, lines_of  # noqa: E402

SOURCE = """CREATE TABLE i (k STRING, v DOUBLE, n INT, t BIGINT, b BOOLEAN, ts AS TO_TIMESTAMP_LTZ(t, 3),
  WATERMARK FOR ts AS ts - INTERVAL '1' SECOND)
WITH ('connector' = 'mqtt', 'url' = 'mqtt://127.0.0.1:1883', 'topic' = 'i', 'format' = 'json'%s);
"""
SINK = """CREATE TABLE o (k STRING, v DOUBLE, n INT) WITH
('connector' = 'kafka', 'topic' = 'o', 'properties.bootstrap.servers' = '127.0.0.1:9092', 'format' = 'json');
"""
INSERT = "INSERT INTO o SELECT k, v, n FROM i;\n"

# Records that cannot be used, and the column at fault where one is.
BAD = [(b'{"k": "a", "t": ', None), (b"not json", None), (b"[1, 2", None), (b'{"k": "a",}', None), (b'{"k": "\xff\xfe", "t": 1}', None),
       (b'{"k": "a", "t": 01}', None), (b"\x00\x00", None), (b'{"k": "tab\there", "t": 1}', None), (b'{"k": "\xed\xa0\x80", "t": 1}', None),
       (b'{"v": "eleven", "t": 1}', "v"), (b'{"n": 3000000000, "t": 1}', "n"), (b'{"b": "maybe", "t": 1, "n": "x"}', None),
       (b'{"k": "no time"}', None), (b'{"k": "null time", "t": null}', None), (b'{"t": "when?"}', "t"),
       (b'{"t": 9223372036854775808}', "t"),
       (b'{"v": 1, "t": 5} {"v": 2, "t": 5}', None), (b"{" * 3000, None), (b'"text"', None), (b"\x1b[31mred\x1b[0m \x7f\x9b", None),
       (b'{"v": [1], "t": 1}', "v"), (b'{"v": NaN, "t": 1}', None)]

suite = Suite()
matrix = [(1, "1 mb"), (3, "4096")] if SANITIZER else [(w, c) for w in (1, 2, 3, 8) for c in ("4096", "16384", "1 mb")]


def mixed(count, newline=b"\n"):
    """Good and bad records; returns the bytes and the list (offset, record, field) of the bad ones."""
    data, letters, good = bytearray(), [], 0
    for n in range(count):
        if n % 11 == 5:
            data += newline
        if suite.random.random() < 0.3:
            record, field = suite.random.choice(BAD)
            pad = b" " * suite.random.choice((0, 0, 3))
            letters.append((len(data), pad + record, field))
            data += pad + record + newline
        else:
            data += json.dumps({"k": f"k{n % 9}", "v": n / 8, "n": n, "t": 1000 * n}).encode() + newline
            good += 1
    return bytes(data), letters, good


def files():
    data, letters, good = mixed(3000)
    events, path, first = suite.file("mixed.json", data), suite.folder / "letters.json", None
    sql = f"SET 'pipeline.dead-letter.path' = '{path}';\n" + SOURCE % "" + SINK + INSERT
    for workers, chunk in matrix:
        path.write_text("an old file\n")
        run = suite.replay(sql, {"i": events}, "--workers", workers, "--chunk-bytes", chunk)
        name = f"{workers} workers, chunks of {chunk}"
        suite.check(f"{name}: {good} good rows come through, {len(letters)} bad are counted", run.status == 0 and
                    len(run.out["o"] or ()) == good and
                    run.counts() == {"rows_in": good + len(letters), "rows_out": good, "late": 0, "bad": len(letters)},
                    f"{run.status} {run.counts()} {run.stderr}")
        suite.check(f"{name}: nothing about bad records on stderr when they have a file", "bad record" not in run.stderr, run.stderr)
        text = path.read_bytes()
        first = first or text
        suite.check(f"{name}: the same bytes", text == first)
        if workers == 1 or text != first:
            compare(name, text, events, data, letters)


def compare(name, text, events, data, letters):
    found = [json.loads(line) for line in text.split(b"\n")[:-1]]
    suite.equal(f"{name}: offsets in the order of the input", [f["offset"] for f in found], [offset for offset, _, _ in letters])
    wrong = []
    for letter, (offset, record, field) in zip(found, letters):
        raw = letter["raw"].encode() if "raw" in letter else base64.b64decode(letter.get("raw_base64", ""), validate=True)
        exact = raw.strip() == record.strip() and data[letter["offset"]:].startswith(raw)
        try:
            is_text = record.decode("utf-8") is not None
        except UnicodeDecodeError:
            is_text = False
        if not exact or is_text != ("raw" in letter) or letter["table"] != "i" or letter["file"] != str(events) or not letter["reason"] or \
                field and letter.get("field") != field or set(letter) - {"table", "file", "offset", "reason", "field", "raw", "raw_base64"}:
            wrong.append((offset, record, letter))
    suite.check(f"{name}: table, file, reason, field and bytes are told", not wrong, wrong[:3])
    suite.check(f"{name}: the file is ASCII-safe text: no raw control characters",
                all(c >= 0x20 or c == 0x0a for c in text) and 0x7f not in text)


def line_ends():
    data, letters, good = mixed(500, b"\r\n")
    path = suite.folder / "letters.json"
    sql = f"SET 'pipeline.dead-letter.path' = '{path}';\n" + SOURCE % "" + SINK + INSERT
    run = suite.replay(sql, {"i": suite.file("crlf.json", data)}, "--chunk-bytes", "4096")
    found = [json.loads(line) for line in lines_of(path.read_text())]
    suite.check("CRLF: the offsets are right, and the carriage return is none of the record's",
                run.status == 0 and [f["offset"] for f in found] == [x[0] for x in letters] and not any(f.get("raw",
                                                                                                              "").endswith("\r")
                                                                                                              for f in found) and
                run.counts()["rows_out"] == good, [(f["offset"], x[0]) for f, x in zip(found, letters)][:5])
    run = suite.replay(sql, {"i": suite.file("last.json", b'{"t": 1}\n{"t": 2')})
    found = [json.loads(line) for line in lines_of(path.read_text())]
    suite.check("a bad last line without newline", run.counts()["bad"] == 1 and [(f["offset"], f["raw"])
                                                                                 for f in found] == [(9, '{"t": 2')], found)
    run = suite.replay(sql, {"i": suite.file("clean.json", b'{"t": 1}\n')})
    suite.check("no bad record: an empty file", run.status == 0 and path.read_bytes() == b"")
    both = [suite.file("one.json", b'{"t": 1000}\nx1\n'), suite.file("two.json", b'y1\n{"t": 500}\ny2\n')]
    run = suite.replay(sql, {"i": both}, "--workers", "2")
    found = sorted((pathlib.Path(f["file"]).name, f["offset"], f["raw"]) for f in map(json.loads, lines_of(path.read_text())))
    suite.equal("two files: each letter names its own", found, [("one.json", 12, "x1"), ("two.json", 0, "y1"), ("two.json", 14, "y2")])
    run = suite.replay(sql, {"i": "-"}, input='{"t": 1}\nx\n')
    found = [json.loads(line) for line in lines_of(path.read_text())]
    suite.check("standard input has offsets as well", [f["offset"] for f in found] == [9] and run.counts()["rows_out"] == 1, found)
    run = suite.replay(sql.replace(str(path), str(suite.folder / "no" / "folder")), {"i": both[0]})
    suite.check("a dead-letter file that cannot be made: exit 74, told, nothing written", run.status == 74 and "no/folder" in run.stderr and
                run.out["o"] is None, run)


def expressions():
    """Records that only an expression finds to be bad."""
    path = suite.folder / "letters.json"
    rows = [{"k": "1", "n": 1, "t": 1000}, {"k": "x", "n": 2, "t": 2000}, {"k": "3", "n": 0, "t": 3000}, "bad",
            {"k": "4", "n": 2, "t": 4000}]
    text = "".join((r if isinstance(r, str) else json.dumps(r)) + "\n" for r in rows)
    offsets = [text.index('{"k": "x"'), text.index('{"k": "3"'), text.index("bad")]
    sql = f"SET 'pipeline.dead-letter.path' = '{path}';\n" + SOURCE % "" + SINK
    sql += "INSERT INTO o SELECT k, CAST(k AS DOUBLE), 6 / n FROM i;\n"
    for workers in (1, 3):
        run = suite.replay(sql, {"i": suite.file("cast.json", text)}, "--workers", workers)
        found = [json.loads(line) for line in lines_of(path.read_text())]
        suite.check(f"a CAST and a division that fail, {workers} workers: bad records, in order", run.status == 0 and
                    run.counts()["bad"] == 3 and
                    [f["offset"] for f in found] == offsets and sorted(r["n"] for r in run.rows("o")) == [3, 6], f"{run} {found}")


def on_stderr():
    records = [b'{"v": "\x1b[31m%d", "t": 1}' % n for n in range(20)]
    run = suite.replay(SOURCE % "" + SINK + INSERT, {"i": suite.file("colour.json", b"\n".join(records) + b"\n")}, "--workers", "2")
    shown = [line for line in lines_of(run.stderr) if "bad record:" in line]
    suite.check("without a file the first few are shown", run.status == 0 and 1 <= len(shown) <= 10 and
                all(str(suite.folder) in s for s in shown), run.stderr)
    suite.check("escaped: no raw control characters", all(c == "\n" or c.isprintable() for c in run.stderr), repr(run.stderr))
    suite.check("and it is said that there are more, and how to keep them", "pipeline.dead-letter.path" in run.stderr, run.stderr)
    run = suite.replay(SOURCE % "" + SINK + INSERT, {"i": suite.file("long.json", b'{"v": "' + b"x" * 100000)})
    suite.check("a long record is cut", run.status == 0 and run.counts()["bad"] == 1 and len(run.stderr) < 2000, len(run.stderr))


def failing():
    sql = "SET 'pipeline.on-bad-record' = 'fail';\n" + SOURCE % "" + SINK + INSERT
    data = b"".join(b'{"t": %d}\n' % n for n in range(5000))
    where = data.index(b'{"t": 2500}')
    events = suite.file("two.json", data[:where] + b'{"t": "when?"}\nsecond\n' + data[where:])
    for workers, chunk in matrix:
        run = suite.replay(sql, {"i": events}, "--workers", workers, "--chunk-bytes", chunk)
        suite.check(f"fail, {workers} workers, chunks of {chunk}: exit 65, the first one is told, no output", run.status == 65 and
                    run.out["o"] is None and
                    f"byte {where}:" in run.stderr and "when?" in run.stderr and "second" not in run.stderr, run.stderr)
    run = suite.replay(sql, {"i": suite.file("good.json", data)})
    suite.check("fail: good input passes", run.status == 0 and len(run.out["o"]) == 5000)


def json_options():
    rows = [{"k": 1, "v": "x", "n": 1, "t": 1000}, {"v": 2, "n": "y", "t": 2000}, {"k": "c", "v": None, "n": 99999999999, "t": 3000},
            "{broken",
            {"k": "d", "v": 4.5, "n": 4, "t": "no"}, {"k": "e", "v": True, "n": 5, "t": 5000}]
    events = suite.file("options.json", "".join((r if isinstance(r, str) else json.dumps(r)) + "\n" for r in rows))
    run = suite.replay(SOURCE % ", 'json.ignore-parse-errors' = 'true'" + SINK + INSERT, {"i": events}, "--workers", "1")
    suite.check("json.ignore-parse-errors: a field that cannot be read is NULL, a record without time or form is bad",
                run.counts()["bad"] == 2 and
                [(r["k"], r["v"], r["n"]) for r in run.rows("o")] == [("1", None, 1), (None, 2, None), ("c", None, None),
                                                                      ("e", None, 5)], run)
    rows = [{"k": "a", "v": 1, "n": 1, "t": 1000, "b": True}, {"k": "a", "v": 1, "t": 1000, "b": True},
            {"k": None, "v": None, "n": None, "t": 1, "b": None}]
    events = suite.file("missing.json", rows)
    run = suite.replay(SOURCE % ", 'json.fail-on-missing-field' = 'true'" + SINK + INSERT, {"i": events}, "--workers", "1")
    suite.check("json.fail-on-missing-field: a missing member is bad and named, a null is none", run.counts()["bad"] == 1 and
                len(run.rows("o")) == 2 and
                "`n`" in run.stderr, run)
    run = suite.replay(SOURCE % ", 'json.fail-on-missing-field' = 'true', 'json.ignore-parse-errors' = 'true'" + SINK + INSERT,
                       {"i": events})
    suite.check("both at once are refused, as in Flink", run.status == 78, run)
    times()


def times():
    source = """CREATE TABLE i (k STRING, a TIMESTAMP(3), b TIMESTAMP_LTZ(3), WATERMARK FOR a AS a) WITH
    ('connector' = 'mqtt', 'url' = 'mqtt://127.0.0.1:1883', 'topic' = 'i', 'format' = 'json'%s);
    CREATE TABLE o (k STRING, a TIMESTAMP(3), b TIMESTAMP_LTZ(3)) WITH ('connector' = 'kafka', 'topic' = 'o',
    'properties.bootstrap.servers' = '127.0.0.1:9092', 'format' = 'json'%s);
    INSERT INTO o SELECT k, a, b FROM i;"""
    sql_form, iso_form = ("2024-02-29 12:34:56.789", "2024-02-29 12:34:56.789Z"), ("2024-02-29T12:34:56.789", "2024-02-29T12:34:56.789Z")
    events = suite.file("times.json", [{"k": "sql", "a": sql_form[0], "b": sql_form[1]}, {"k": "iso", "a": iso_form[0], "b": iso_form[1]}])
    forms = {"": ("sql", sql_form), "'SQL'": ("sql", sql_form), "'ISO-8601'": ("iso", iso_form)}
    for source_form, (good, _) in forms.items():
        for sink_form, (_, (a, b)) in forms.items():
            options = [f", 'json.timestamp-format.standard' = {form}" if form else "" for form in (source_form, sink_form)]
            run = suite.replay(source % tuple(options), {"i": events})
            suite.check(f"json.timestamp-format.standard {source_form or 'left out'} in, {sink_form or 'left out'} out", run.status == 0 and
                        run.counts()["bad"] == 1 and run.rows("o") == [{"k": good, "a": a, "b": b}], run)


def main():
    for part in (files, line_ends, expressions, on_stderr, failing, json_options):
        part()
    return suite.finish()


if __name__ == "__main__":
    sys.exit(main())
