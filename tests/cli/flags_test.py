#!/usr/bin/env python3
"""Every flag of every command: what it does, and what is said where it is used wrongly.

Runs the program LEAT_BINARY names (default build/leat). Prints 'N passed, M failed, K skipped' last.
"""
import json
import os
import pathlib
import pty
import re
import sys
import threading

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "support"))
from leat import BINARY, LIMIT_S, ROOT, Suite, leat, lines_of  # noqa: E402

import subprocess  # noqa: E402

SOURCE = """CREATE TABLE i (k STRING, v DOUBLE, t BIGINT, ts AS TO_TIMESTAMP_LTZ(t, 3), WATERMARK FOR ts AS ts - INTERVAL '1' SECOND)
WITH ('connector' = 'mqtt', 'url' = 'mqtt://127.0.0.1:1883', 'topic' = 'i', 'format' = 'json');
"""
SINK = """CREATE TABLE o (k STRING, v DOUBLE) WITH
('connector' = 'kafka', 'topic' = 'o', 'properties.bootstrap.servers' = '127.0.0.1:9092', 'format' = 'json');
"""
COPY = SOURCE + SINK + "INSERT INTO o SELECT k, v FROM i;\n"
WINDOW = SOURCE.replace("TABLE i", "TABLE w") + SINK + """INSERT INTO o SELECT k, SUM(v)
FROM TABLE(TUMBLE(TABLE w, DESCRIPTOR(ts), INTERVAL '1' SECOND)) GROUP BY k, window_start, window_end;
"""
ROWS = [{"k": f"k{i % 5}", "v": i / 4, "t": 1000 * i} for i in range(400)]

suite = Suite()
events = suite.file("events.json", ROWS)


def copy(*options, **more):
    return suite.replay(COPY, {"i": events}, *options, **more)


def values(run):
    return sorted(row["v"] for row in run.rows("o"))


def refused(name, arguments, status, *words):
    """A command that must fail with this status and a short complaint that holds these words."""
    done = leat(*arguments)
    said = done.stderr
    suite.check(f"{name}: exit {status}, {' '.join(words)}",
                done.returncode == status and done.stdout == "" and all(word in said for word in words) and len(lines_of(said)) <= 5,
                f"exit {done.returncode}, stdout {done.stdout[:100]!r}, stderr {said[:300]!r}")


# ---- what every command has


def program():
    bare, wanted = leat(), leat("--help")
    suite.check("leat alone tells its commands and exits 64", bare.returncode == 64 and "usage: leat" in bare.stdout + bare.stderr)
    suite.check("leat --help tells every command and the exit statuses", wanted.returncode == 0 and wanted.stderr == "" and all(
        word in wanted.stdout for word in ("replay", "run", "check", "explain", "list", "simulate", "version", "64", "65", "66", "74", "78",
                                           "130")))
    suite.check("leat -h and leat help are the same", leat("-h").stdout == wanted.stdout == leat("help").stdout)
    refused("an unknown command", ["frobnicate"], 64, "`frobnicate`", "leat --help")
    refused("a misspelt command", ["repaly"], 64, "did you mean `replay`")
    refused("an option in the place of a command", ["--workers", "2"], 64, "--workers")
    for name in ("replay", "run", "check", "explain", "list", "simulate", "version"):
        done = leat(name, "--help")
        suite.check(f"leat {name} --help and -h tell its usage on stdout",
                    done.returncode == 0 and done.stderr == "" and done.stdout.startswith(f"usage: leat {name}") and
                    done.stdout == leat(name, "-h").stdout and max(map(len, done.stdout.split("\n"))) <= 110, done.stdout)


def wrong_options():
    script = suite.file("copy.sql", COPY)
    for name in ("replay", "run", "check", "explain", "list", "version"):
        operand = {"version": [], "list": ["functions"]}.get(name, [script])
        refused(f"{name}: an unknown option", [name, *operand, "--wrokers", "2"], 64, "--wrokers", f"leat {name} --help")
        refused(f"{name}: an unknown letter", [name, *operand, "-Z"], 64, "-Z", f"leat {name} --help")
        refused(f"{name}: a flag with a value", [name, *operand, "--help=yes"], 64, "--help=yes")
    for name in ("replay", "run"):
        for option in ("--workers", "--pin", "--io", "--chunk-bytes", "--limit", "--summary", "--progress", "--define", "-D"):
            refused(f"{name} {option} without a value", [name, script, option], 64, option, "needs a value")
        refused(f"{name} without a script", [name], 64, "script", f"leat {name} --help")
        refused(f"{name} with two scripts", [name, script, script], 64, "script", f"leat {name} --help")
    for option in ("--from", "--to", "--rate"):
        refused(f"replay {option} without a value", ["replay", script, option], 64, option, "needs a value")
        refused(f"run {option} is unknown", ["run", script, option, "o=x"], 64, option)
    refused("check without a script", ["check"], 64, "script", "leat check --help")
    refused("explain without a script", ["explain"], 64, "script", "leat explain --help")
    refused("explain with two scripts", ["explain", script, script], 64, "script")
    refused("version with an operand", ["version", "please"], 64, "please")


def wrong_values():
    script, base = suite.file("copy.sql", COPY), ["--from", f"i={events}", "--to", f"o={suite.folder / 'never.out'}"]
    for option, bad in (("--workers", ("0", "-1", "two", "1.5", "", " 2", "2x", "100000", "99999999999999999999")),
                        ("--chunk-bytes", ("0", "-1", "1", "big", "", "99999999999999999999", "64 tb")),
                        ("--rate", ("0", "-5", "fast", "", "99999999999999999999")),
                        ("--limit", ("0", "-5", "few", "", "99999999999999999999")),
                        ("--pin", ("", "cpu0", "0,", ",0", "3-1", "0-", "-1", "99999999999", "1;2")),
                        ("--io", ("", "aio", "URING")),
                        ("--progress", ("", "yes", "sometimes"))):
        for value in bad:
            refused(f"{option} '{value}'", ["replay", script, *base, option, value], 64, option, f"`{value}`")
    for value in ("", "i", "=", "i=", "=x"):
        refused(f"--from '{value}'", ["replay", script, "--from", value], 64, "--from", "TABLE=FILE")
        refused(f"--to '{value}'", ["replay", script, "--to", value], 64, "--to", "TABLE=FILE")
    refused("-D without =", ["replay", script, *base, "-D", "NAME"], 64, "NAME")
    refused("-D with an odd name", ["replay", script, *base, "-D", "a b=1"], 64, "a b")
    refused("--from of a table that the script does not have", ["replay", script, *base, "--from", "j=x"], 64, "`j`")
    refused("--to of a table that the script does not have", ["replay", script, *base, "--to", "output=x"], 64, "`output`")
    refused("--from of a table that is written", ["replay", script, *base, "--from", f"o={events}"], 64, "`o`")
    refused("--to of a table that is read", ["replay", script, *base, "--to", "i=x"], 64, "`i`")
    refused("--to twice for one table", ["replay", script, *base, "--to", "o=x"], 64, "--to", "`o`")
    refused("--from standard input twice", ["replay", script, "--from", "i=-", "--from", "i=-", *base[2:]], 64, "--from", "standard input")
    both = suite.file("both.sql", COPY + SINK.replace("TABLE o", "TABLE p") + "INSERT INTO p SELECT k, v FROM i;\n")
    there, link = suite.file("there.out", "old\n"), suite.folder / "link.out"
    link.symlink_to(there)
    for one, other in ((base[3][2:], suite.folder / "." / "never.out"), (there, there), (there, link),
                       (there, f"{suite.folder}/../{suite.folder.name}/there.out")):
        refused(f"two tables into one file, {other}", ["replay", both, *base[:2], "--to", f"o={one}", "--to", f"p={other}"], 64, "`o`",
                "`p`",
                "same file")
    refused("an output in the place of its input", ["replay", script, *base[:2], "--to", f"o={events}"], 64, "`o`", "`i`", str(events))
    refused("a summary in the place of an output", ["replay", script, *base[:2], "--to", f"o={there}", "--summary", link], 64,
            "--summary", "`o`")
    suite.check("what was there before is untouched", there.read_text() == "old\n" and len(lines_of(events.read_text())) == 400)
    done = leat("replay", both, *base[:2], "--to", "o=-", "--to", "p=-")
    suite.check("two tables may share standard output", done.returncode == 0 and len(lines_of(done.stdout)) == 800, done.stderr)
    refused("--format of explain", ["explain", script, "--format", "yaml"], 64, "`yaml`")
    suite.check("what was refused has written nothing", not (suite.folder / "never.out").exists())


# ---- replay


def replaying():
    want = [row["v"] for row in ROWS]
    plain = copy()
    suite.check("--from and --to: every row comes through", plain.status == 0 and values(plain) == want, plain)
    suite.check("stdout stays empty, the summary for people is on stderr",
                plain.stdout == "" and re.search(r"400 rows in, 400 rows out, 0 late, 0 bad", plain.stderr), plain.stderr)
    for number in (1, 2, 3, 8):
        run = copy("--workers", number)
        suite.check(f"--workers {number}", values(run) == want and run.summary["workers"] == number, run)
    run = copy("--workers=3")
    suite.check("an option and its value may be one word", run.summary.get("workers") == 3)
    allowed = len(os.sched_getaffinity(0))
    suite.check("without --workers at most one a CPU", 1 <= plain.summary["workers"] <= allowed, plain.summary["workers"])
    first = min(os.sched_getaffinity(0))
    for pin in ("auto", "none", str(first), f"{first}-{first}"):
        run = copy("--pin", pin, "--workers", "1")
        suite.check(f"--pin {pin}", run.status == 0 and values(run) == want, run)
    run = copy("--pin", "8000")
    suite.check("--pin to a CPU that is not there is refused", run.status == 64 and "8000" in run.stderr and run.out["o"] is None, run)
    for size in ("4096", "16384", "1 mb", "64kb"):
        run = copy("--chunk-bytes", size)
        suite.check(f"--chunk-bytes {size}", run.status == 0 and values(run) == want, run)
    for number in (1, 7, 399, 400, 401, 10**12):
        run = copy("--limit", number, "--chunk-bytes", "4096")
        count = min(number, 400)
        suite.check(f"--limit {number}: the first {count} rows", values(run) == want[:count] and run.summary["rows_in"] == count, run)
    run = copy("--sync")
    suite.check("--sync", run.status == 0 and values(run) == want)
    run = copy("--rate", "4000")
    suite.check("--rate lets every row through", run.status == 0 and values(run) == want and run.summary["wall_seconds"] > 0.05, run)


def summaries():
    """Every member of the summary, with a value that makes sense."""
    for workers, sql, operators in ((1, COPY, ["source i", "sink o"]), (2, WINDOW.replace("TABLE w", "TABLE i"), None)):
        summary = suite.replay(sql, {"i": events}, "--workers", workers).summary
        suite.check("the summary has these members", set(summary) >= {"rows_in", "rows_out", "late", "bad", "bytes_in", "wall_seconds",
                                                                      "workers",
                                                                      "io", "peak_memory_bytes", "complete", "operators"}, summary)
        suite.check("its numbers make sense", summary["bytes_in"] == events.stat().st_size and 0 < summary["wall_seconds"] < LIMIT_S and
                    summary["workers"] == workers and summary["io"] in ("uring", "epoll") and summary["complete"] is True and
                    summary["peak_memory_bytes"] > 1 << 20, summary)
        suite.check("so do those of its operators", all(set(o) >= {"name", "kind", "in", "taken", "filtered", "late", "bad", "pending",
                                                                   "out"}
                                                        for o in summary["operators"]) and
                    operators in (None, [o["name"] for o in summary["operators"]]), summary)


def several_files():
    halves = [suite.file(f"half{n}.json", ROWS[n::2]) for n in (0, 1)]
    run = suite.replay(COPY, {"i": halves})
    suite.check("--from twice for one table reads both files", run.status == 0 and values(run) == [row["v"] for row in ROWS], run)
    run = suite.replay(COPY, {"i": [events, events]}, "--limit", "10")
    suite.check("--limit is of each file", run.summary["rows_in"] == 20, run)
    suite.check("a table that is neither named nor readable is refused with a place and a hint",
                (done := leat("replay", suite.file("copy.sql", COPY), "--to", "o=-")).returncode == 78 and
                "copy.sql:2:21: error: " in done.stderr.replace(str(suite.folder) + "/", "") and "--from i=FILE" in done.stderr,
                done.stderr)


def standard_streams():
    script = suite.file("copy.sql", COPY)
    text = events.read_text()
    done = leat("replay", script, "--from", "i=-", "--to", "o=-", input=text)
    suite.check("--from i=- and --to o=-: rows on stdout alone", done.returncode == 0 and
                sorted(json.loads(line)["v"] for line in lines_of(done.stdout)) == [row["v"] for row in ROWS], done.stderr)
    done = leat("replay", script, "--from", "i=/dev/stdin", "--to", "o=/dev/stdout", input=text)
    suite.check("/dev/stdin and /dev/stdout do as well", done.returncode == 0 and len(lines_of(done.stdout)) == 400, done.stderr)
    done = leat("replay", "-", "--from", f"i={events}", "--to", "o=-", input=COPY)
    suite.check("a script on standard input", done.returncode == 0 and len(lines_of(done.stdout)) == 400, done.stderr)
    done = leat("replay", "-", "--from", "i=-", "--to", "o=-", input=COPY)
    suite.check("script and rows cannot both be standard input", done.returncode == 64 and "standard input" in done.stderr, done)
    done = leat("replay", script, "--from", f"i={events}", "--to", f"o={suite.folder / 'x.out'}", "--summary", "-")
    suite.check("--summary - is JSON on stdout", done.returncode == 0 and json.loads(done.stdout)["rows_out"] == 400, done.stdout)
    done = leat("replay", script, "--from", f"i={events}", "--to", "o=-", "--summary", "-")
    suite.check("--summary - behind rows on stdout is the last line",
                done.returncode == 0 and json.loads(lines_of(done.stdout)[-1])["rows_out"] == 400 and len(lines_of(done.stdout)) == 401)
    done = leat("replay", script, "--from", f"i={events}", "--to", "o=-", "--summary", suite.folder / "no" / "such" / "folder")
    suite.check("--summary into a folder that is not there is told", done.returncode == 74 and "no/such/folder" in done.stderr, done.stderr)


def on_terminal(*arguments):
    """Runs the program with a terminal for its stderr; returns what it wrote there."""
    leader, follower = pty.openpty()
    shown = []

    def read():
        try:
            while part := os.read(leader, 65536):
                shown.append(part)
        except OSError:
            pass  # the other end is closed

    reader = threading.Thread(target=read)
    reader.start()
    subprocess.run([BINARY, *map(str, arguments)], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=follower, check=False,
                   timeout=LIMIT_S)
    os.close(follower)
    reader.join()
    os.close(leader)
    return b"".join(shown).decode()


def progress():
    slow = ["replay", suite.file("copy.sql", COPY), "--from", f"i={events}", "--to", "o=/dev/null", "--rate", "1000"]
    line = re.compile(r"\r[^\r\n]*\d+ rows .* rows/s .*\d+ % .*watermark 1970-01-01 00:0\d:\d\d.*late 0 .*bad 0")
    for options, terminal, wanted in (((), True, True), ((), False, False), (("--progress", "always"), False, True),
                                      (("--progress", "never"), True, False), (("--progress", "auto"), True, True)):
        shown = on_terminal(*slow, *options) if terminal else leat(*slow, *options).stderr
        name = f"{' '.join(options) or 'no --progress'}, stderr {'is' if terminal else 'is no'} terminal"
        suite.check(f"{name}: {'a' if wanted else 'no'} live line", bool(line.search(shown)) == wanted and ("\r\033" in shown) == wanted,
                    repr(shown))
        suite.check(f"{name}: the summary stands on a line of its own",
                    re.search(r"(^|\n|\r\033\[K)done: 400 rows in, 400 rows out, 0 late, 0 bad\r?\n", shown), repr(shown))


def definitions():
    sql = COPY.replace("'topic' = 'i'", "'topic' = '${TOPIC}', 'qos' = '${QOS:-1}'")
    script = suite.file("defined.sql", sql)
    rest = ["--from", f"i={events}", "--to", "o=/dev/null"]
    for command, more in (("replay", rest), ("check", []), ("explain", [])):
        for form in (["-D", "TOPIC=t"], ["-DTOPIC=t"], ["--define", "TOPIC=t"], ["--define=TOPIC=t"], ["-D", "TOPIC=a=b"],
                     ["-D", "TOPIC="]):
            done = leat(command, script, *more, *form)
            good = done.returncode == 0 if form[-1] != "TOPIC=" else done.returncode in (0, 78)
            suite.check(f"{command} {' '.join(form)}", good, done.stderr)
        refused(f"{command}: a variable that nothing defines", [command, script, *more], 78, "defined.sql:2:", "TOPIC", "-D")
        refused(f"{command}: a wrong value is refused where it stands", [command, script, *more, "-D", "TOPIC=t", "-D", "QOS=7"], 78,
                "defined.sql:2:")
    done = leat("check", script, env={**os.environ, "TOPIC": "from-the-environment"})
    suite.check("the environment defines variables, too", done.returncode == 0, done.stderr)


# ---- the other commands


def checking():
    good, bad = suite.file("good.sql", COPY), suite.file("bad.sql", COPY.replace("k, v FROM", "k, w FROM"))
    done = leat("check", good)
    suite.check("check: a right script", done.returncode == 0 and "ok" in done.stdout and done.stderr == "", done)
    done = leat("check", bad)
    suite.check("check: a wrong script is told with place, caret and exit 78", done.returncode == 78 and
                "bad.sql:5:25: error:" in done.stderr and
                "\n      |                         ^" in done.stderr, done.stderr)
    done = leat("check", good, bad, good)
    suite.check("check: several scripts, all are told, the first failure is the status", done.returncode == 78 and
                done.stdout.count("good.sql: ok") == 2, done)
    refused("check: a script that is not there", ["check", suite.folder / "absent.sql"], 66, "absent.sql")
    done = leat("check", "-", input=COPY)
    suite.check("check: a script on standard input", done.returncode == 0, done)
    warned = suite.file("warned.sql", COPY.replace("SELECT k, v", "SELECT k, AVG(CAST(v AS BIGINT)) AS v").replace(
        "FROM i;", "FROM TABLE(TUMBLE(TABLE i, DESCRIPTOR(ts), INTERVAL '1' SECOND)) GROUP BY k, window_start, window_end;"))
    done, strict = leat("check", warned), leat("check", "--deny-warnings", warned)
    suite.check("check: a warning is told and passes", done.returncode == 0 and "warning" in done.stderr and "1 warning" in done.stdout,
                done)
    suite.check("check --deny-warnings: a warning fails with exit 1", strict.returncode == 1 and "warning" in strict.stderr, strict)
    suite.check("check --deny-warnings: what has none passes", leat("check", "--deny-warnings", good).returncode == 0)


def explaining():
    script = suite.file("window.sql", WINDOW)
    done = leat("explain", script)
    suite.check("explain: operators, keys, watermark, state", done.returncode == 0 and done.stderr == "" and all(
        re.search(pattern, done.stdout) for pattern in (r"source w", r"window_tumble|window #1", r"keys +\S*k", r"watermark .*1",
                                                        r"state +per key", r"sink o")), done.stdout)
    suite.check("explain --format text is the same", leat("explain", "--format", "text", script).stdout == done.stdout)
    plan = json.loads(leat("explain", "--format", "json", script).stdout)
    names = [o["name"] for o in plan["operators"]]
    suite.check("explain --format json: operators and who reads from whom", names[0] == "source w" and "sink o" in names and all(
        i in names for o in plan["operators"] for i in o["inputs"]) and plan["time_zone"] == "UTC", plan)
    refused("explain: a script that is not there", ["explain", suite.folder / "absent.sql"], 66, "absent.sql")
    refused("explain: a wrong script", ["explain", suite.file("bad.sql", "SELEKT 1;")], 78, "bad.sql:1:1: error:")


def listing():
    for what, known in (("functions", "CHAR_LENGTH"), ("connectors", "filesystem"), ("formats", "json"),
                        ("options", "pipeline.on-bad-record")):
        done, told = leat("list", what), leat("list", what, "--json")
        suite.check(f"list {what}: text and JSON hold {known}", done.returncode == told.returncode == 0 and known in done.stdout and
                    known in json.dumps(json.loads(told.stdout)) and done.stderr == told.stderr == "", done.stderr + told.stderr)
        one = leat("list", what, known)
        suite.check(f"list {what} {known}: that one", one.returncode == 0 and known in one.stdout and len(one.stdout) < len(done.stdout),
                    one)
    refused("list without a kind", ["list"], 64, "functions, connectors, formats or options")
    refused("list of an unknown kind", ["list", "tables"], 64, "`tables`")
    done = leat("list", "functions", "CHAR_LENGHT")
    suite.check("list of an unknown name: told, with the one that is meant", done.returncode != 0 and "CHAR_LENGTH" in done.stderr, done)


def readme():
    """What the README shows passes as it is."""
    blocks = re.findall(r"^```sql\n(.*?)^```", (ROOT / "README.md").read_text(), re.S | re.M) if (ROOT / "README.md").exists() else []
    for n, block in enumerate(blocks):
        done = leat("check", "--deny-warnings", "-", input=block)
        suite.check(f"README: the script {n + 1} it shows is right", done.returncode == 0, done.stderr)


def versions():
    done = leat("version")
    suite.check("version", re.fullmatch(r"leat \d+\.\d+\.\d+ .*\n", done.stdout) and done.returncode == 0, done)
    told = json.loads(leat("version", "--json").stdout)
    suite.check("version --json", told["version"] == done.stdout.split()[1] and told["simd"] in ("scalar", "avx2", "avx512") and
                told["compiler"], told)
    suite.check("leat --version", leat("--version").stdout == done.stdout)


def main():
    for part in (program, wrong_options, wrong_values, replaying, summaries, several_files, standard_streams, progress, definitions,
                 checking,
                 explaining,
                 listing, readme, versions):
        part()
    return suite.finish()


if __name__ == "__main__":
    sys.exit(main())
