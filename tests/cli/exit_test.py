#!/usr/bin/env python3
"""How the program ends: exit statuses, signals, outputs complete or absent, closed pipes, no io_uring, idleness.

Runs the program LEAT_BINARY names (default build/leat). Prints 'N passed, M failed, K skipped' last.
"""
import json
import os
import pathlib
import re
import resource
import select
import signal
import subprocess
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "support"))
from leat import BINARY, LIMIT_S, ROOT, SANITIZER, Suite, leat, lines_of, text_of  # noqa: E402

SOURCE = """CREATE TABLE i (k STRING, v DOUBLE, t BIGINT, ts AS TO_TIMESTAMP_LTZ(t, 3), WATERMARK FOR ts AS ts - INTERVAL '1' SECOND)
WITH ('connector' = 'mqtt', 'url' = 'mqtt://127.0.0.1:1883', 'topic' = 'i', 'format' = 'json');
"""
SINK = """CREATE TABLE o (k STRING, v DOUBLE) WITH
('connector' = 'kafka', 'topic' = 'o', 'properties.bootstrap.servers' = '127.0.0.1:9092', 'format' = 'json');
"""
COPY = SOURCE + SINK + "INSERT INTO o SELECT k, v FROM i;\n"
PRINT = SOURCE + "CREATE TABLE o (k STRING, v DOUBLE) WITH ('connector' = 'print');\nINSERT INTO o SELECT k, v FROM i;"
FILES = """CREATE TABLE o (k STRING, v DOUBLE) WITH ('connector' = 'filesystem', 'path' = '%s', 'format' = 'json');
"""

suite = Suite()
script = suite.file("copy.sql", COPY)


def row(n):
    return {"k": f"k{n % 7}", "v": n / 2, "t": 1000 * n}


events = suite.file("events.json", [row(n) for n in range(20000)])


class Started:
    """The program in the background, its stderr and stdout in pipes; always gone at the end of a with."""

    def __init__(self, *arguments, **more):
        self.process = subprocess.Popen([BINARY, *map(str, arguments)], stderr=subprocess.PIPE,
                                        **{"stdout": subprocess.PIPE, "stdin": subprocess.DEVNULL, **more})

    def __enter__(self):
        return self

    def __exit__(self, *_):
        if self.process.poll() is None:
            self.process.kill()
            self.process.communicate()

    def end(self):
        """Waits for the end; returns exit status, stdout, stderr."""
        out, err = self.process.communicate(timeout=LIMIT_S)
        return self.process.returncode, text_of(out or b""), text_of(err)


def wait_until(condition):
    until = time.monotonic() + LIMIT_S
    while not (found := condition()) and time.monotonic() < until:
        time.sleep(0.005)
    return found


def folder_of(name):
    folder = suite.folder / name
    folder.mkdir()
    return folder


# ---- exit statuses


def statuses():
    out = folder_of("statuses")

    def ends(name, status, words, *arguments, **more):
        done = leat(*arguments, **more)
        suite.check(f"{name}: exit {status}, told in one piece", done.returncode == status and all(w in done.stderr for w in words) and
                    not os.listdir(out), f"exit {done.returncode}, {done.stderr[:300]!r}, left {os.listdir(out)}")

    to = ["--to", f"o={out / 'o'}"]
    ends("an input that is absent", 66, ["absent.json", "`i`"], "replay", script, "--from", "i=absent.json", *to)
    ends("a script that is absent", 66, ["absent.sql"], "replay", "absent.sql", "--from", f"i={events}", *to)
    ends("an input that is a folder", 66, [str(suite.folder)], "replay", script, "--from", f"i={suite.folder}", *to)
    ends("a script that is a folder", 74, [str(suite.folder)], "check", suite.folder)
    ends("an output in a folder that is absent", 74, ["nowhere/o"], "replay", script, "--from", f"i={events}", "--to", f"o={out}/nowhere/o")
    ends("an output that is a folder", 64, [str(suite.folder)], "replay", script, "--from", f"i={events}", "--to", f"o={suite.folder}")
    ends("a wrong script", 78, ["wrong.sql:1:1: error:"], "replay", suite.file("wrong.sql", "INSORT;"), "--from", f"i={events}", *to)
    ends("a live source", 78, ["copy.sql:2:21: error:", "not supported yet"], "replay", script, *to)
    ends("a bad record when told to fail", 65, ["bad.json", "byte 0", "not json"], "replay",
         suite.file("fail.sql", "SET 'pipeline.on-bad-record' = 'fail';\n" + COPY), "--from", f"i={suite.file('bad.json', 'not json')}",
         *to)
    ends("a full disk", 74, ["/dev/full"], "replay", script, "--from", f"i={events}", "--to", "o=/dev/full")
    forbidden()


def forbidden():
    """What may not be read or written: exit 77. Root may do everything, so it becomes nobody, for whom this folder is closed."""
    suite.folder.chmod(0o700 if os.geteuid() == 0 else 0)
    who = {"user": 65534} if os.geteuid() == 0 else {}
    try:
        cases = {"an input": (["replay", "-", "--from", f"i={events}", "--to", "o=-"], events),
                 "an output": (["replay", "-", "--from", "i=/dev/null", "--to", f"o={suite.folder / 'o'}"], suite.folder / "o"),
                 "a script": (["check", script], script)}
        for name, (arguments, path) in cases.items():
            done = leat(*arguments, input=COPY, **who)
            suite.check(f"{name} that is forbidden: exit 77, named", done.returncode == 77 and str(path) in done.stderr,
                        f"exit {done.returncode} {done.stderr!r}")
    except PermissionError:
        suite.skip("what is forbidden", "nobody may not run the program here")
    finally:
        suite.folder.chmod(0o700)


def file_size_limit():
    """The limit on file sizes stands for a disk that fills up in the middle."""

    def limit():
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (100000, 100000))

    for number in (1, 3):
        out = folder_of(f"limited{number}")
        (out / "o").write_text("old")
        done = leat("replay", script, "--from", f"i={events}", "--to", f"o={out / 'o'}", "--workers", number, "--chunk-bytes", "4096",
                    preexec_fn=limit)
        suite.check(f"a disk that fills up, {number} workers: exit 74, told, nothing left, the old output untouched",
                    done.returncode == 74 and str(out / "o") in done.stderr and os.listdir(out) == ["o"] and
                    (out / "o").read_text() == "old",
                    f"exit {done.returncode} {done.stderr!r} {os.listdir(out)}")
        parts = folder_of(f"parts{number}")
        sql = suite.file("parts.sql", SOURCE + FILES % parts + "INSERT INTO o SELECT k, v FROM i;")
        done = leat("replay", sql, "--from", f"i={events}", "--workers", number, "--chunk-bytes", "4096", preexec_fn=limit)
        visible = [name for name in os.listdir(parts) if not name.startswith(".")]
        suite.check(f"the same with part files, {number} workers: exit 74, none is visible", done.returncode == 74 and not visible,
                    f"exit {done.returncode} {done.stderr!r} {os.listdir(parts)}")


def output_is_replaced():
    out = folder_of("replaced")
    (out / "o").write_text("old\n" * 1000000)
    done = leat("replay", script, "--from", f"i={events}", "--to", f"o={out / 'o'}")
    suite.check("an old output is replaced whole", done.returncode == 0 and len(lines_of((out / "o").read_text())) == 20000 and
                os.listdir(out) == ["o"])
    done = leat("replay", script, "--from", f"i={events}", "--to", "o=fresh", "--limit", "5", cwd=out)
    suite.check("a relative name is one of the working folder", done.returncode == 0 and sorted(os.listdir(out)) == ["fresh", "o"],
                done.stderr)
    suite.check("a new output has the rights that the umask leaves", (out / "fresh").stat().st_mode & 0o777 == 0o666 & ~current_umask())


def current_umask():
    mask = os.umask(0)
    os.umask(mask)
    return mask


# ---- signals


def stopped(name, status, number, sql, sinks, out, feed):
    """A replay that a signal stops in the middle: exit status, summary on stderr and in a file, no output."""
    summary = suite.folder / "stopped.json"
    summary.unlink(missing_ok=True)
    arguments = ["replay", suite.file("stopped.sql", sql), *sinks, "--summary", summary, "--workers", "2"]
    fifo = suite.folder / "fifo"
    if feed == "fifo":
        fifo.unlink(missing_ok=True)
        os.mkfifo(fifo)
        arguments += ["--from", f"i={fifo}"]
    else:
        arguments += ["--from", f"i={events}", "--rate", "1000"]
    with Started(*arguments, "--progress", "always") as started:
        writer = os.open(fifo, os.O_WRONLY) if feed == "fifo" else None
        if writer is not None:
            os.write(writer, b"".join(json.dumps(row(n)).encode() + b"\n" for n in range(500)))
        shown = b""
        while not re.search(rb"[1-9]\d* rows ", shown) and (part := os.read(started.process.stderr.fileno(), 65536)):
            shown += part
        started.process.send_signal(number)
        code, _, said = started.end()
        if writer is not None:
            os.close(writer)
    told = json.loads(summary.read_text()) if summary.exists() else {}
    suite.check(f"{name}: exit {status}, nothing left", code == status and not os.listdir(out), f"exit {code}, {os.listdir(out)}, {said!r}")
    suite.check(f"{name}: the summary so far is told", re.search(r"stopped before the end: \d+ rows in", said) and
                told.get("complete") is False and 0 < told["rows_in"] < 20000, f"{said!r} {told}")
    suite.check(f"{name}: the accounts so far balance", told and not suite.audit(sql, told), told and suite.audit(sql, told))


def signals():
    out = folder_of("stopped")
    to_file, to_parts = COPY, SOURCE + FILES % (out / "parts") + "INSERT INTO o SELECT k, v FROM i;"
    window = SOURCE + SINK + """INSERT INTO o SELECT k, SUM(v) FROM TABLE(TUMBLE(TABLE i, DESCRIPTOR(ts), INTERVAL '1' MINUTE))
    GROUP BY k, window_start, window_end;"""
    for number, status in ((signal.SIGINT, 130), (signal.SIGTERM, 143)):
        for feed in ("rate", "fifo"):
            name = f"{number.name}, {feed}"
            stopped(f"{name}, one file", status, number, to_file, ["--to", f"o={out / 'o'}"], out, feed)
            stopped(f"{name}, rows in windows", status, number, window, ["--to", f"o={out / 'o'}"], out, feed)
    stopped("SIGTERM, one file, --sync", 143, signal.SIGTERM, to_file, ["--to", f"o={out / 'o'}", "--sync"], out, "rate")
    parts = out / "parts"
    parts.mkdir()
    with Started("replay", suite.file("parts.sql", to_parts), "--from", f"i={events}", "--rate", "1000") as started:
        wait_until(lambda: os.listdir(parts))
        hidden = all(name.startswith(".") for name in os.listdir(parts))
        started.process.send_signal(signal.SIGTERM)
        code, _, said = started.end()
    suite.check("SIGTERM, part files: in progress they start with a dot, afterwards there are none", code == 143 and hidden and
                not os.listdir(parts),
                f"exit {code} {os.listdir(parts)} {said!r}")
    parts.rmdir()
    with Started("replay", script, "--from", f"i={events}", "--rate", "1000", "--to", f"o={out / 'o'}") as started:
        wait_until(lambda: os.listdir(out))
        for _ in range(2):
            started.process.send_signal(signal.SIGINT)
        code, _, said = started.end()
    suite.check("a second SIGINT ends it at once, still with no output", code in (130, -signal.SIGINT) and "o" not in os.listdir(out),
                f"exit {code} {said!r}")
    for name in os.listdir(out):
        (out / name).unlink()
    with Started("replay", script, "--from", f"i={events}", "--rate", "1000", "--to", f"o={out / 'o'}") as started:
        wait_until(lambda: os.listdir(out))
        started.process.kill()
        started.end()
    suite.check("kill -9 leaves no output of that name", "o" not in os.listdir(out), os.listdir(out))


def signal_at_any_moment():
    """Whenever the signal comes: no output and the signal's status, or the whole output and 0."""
    out, seen, wrong = folder_of("moments"), set(), []
    for n in range(40):
        with Started("replay", script, "--from", f"i={events}", "--to", f"o={out / 'o'}", "--chunk-bytes", "4096") as started:
            time.sleep(suite.random.uniform(0, 0.04))
            started.process.send_signal(signal.SIGTERM)
            code, _, said = started.end()
        left = os.listdir(out)
        seen.add(code)
        # Before main has come to install its handler the signal ends the process as it does any other.
        if not (code in (143, -signal.SIGTERM) and not left or code == 0 and left == ["o"] and
                len(lines_of((out / "o").read_text())) == 20000):
            wrong.append((n, code, left, said))
        for name in left:
            (out / name).unlink()
    suite.check("SIGTERM at 40 random moments: all or nothing", not wrong, wrong[:2])


# ---- pipes


def pipes():
    """Named pipes as inputs and outputs, whoever comes first."""
    fifo, out = suite.folder / "named", folder_of("pipes")
    os.mkfifo(fifo)
    with Started("replay", script, "--from", f"i={fifo}", "--to", f"o={out / 'o'}") as started:
        fifo.write_text(events.read_text())
        code, _, said = started.end()
    suite.check("a named pipe as an input, opened before its writer", code == 0 and len(lines_of((out / "o").read_text())) == 20000,
                f"exit {code} {said!r}")
    with Started("replay", script, "--from", f"i={events}", "--to", f"o={fifo}") as started:
        rows = fifo.read_text()
        code, _, said = started.end()
    suite.check("a named pipe as an output, opened before its reader", code == 0 and len(lines_of(rows)) == 20000, f"exit {code} {said!r}")
    with Started("replay", script, "--from", f"i={events}", "--to", f"o={fifo}", "--summary", out / "s") as started:
        time.sleep(0.2)  # where it is by then makes no difference to what is checked
        started.process.send_signal(signal.SIGTERM)
        code, _, said = started.end()
    suite.check("SIGTERM while an output waits for its reader", code in (143, -signal.SIGTERM), f"exit {code} {said!r}")
    for name, arguments in (("standard output", {}), ("a named pipe", {"stdout": subprocess.DEVNULL})):
        many = suite.file("many.json", [row(n) for n in range(60000)])
        with Started("replay", script, "--from", f"i={many}", "--to", f"o={fifo if arguments else '-'}", **arguments) as started:
            reader = open(fifo, "rb") if arguments else started.process.stdout  # reads nothing
            wait_until(lambda r=reader: select.select([r], [], [], 0)[0])
            time.sleep(0.3)  # until it is full; before that there is nothing to see
            started.process.send_signal(signal.SIGTERM)
            code = started.process.wait(LIMIT_S)
            said = text_of(started.process.stderr.read())
            reader.close()
        suite.check(f"SIGTERM while {name} waits for a reader that does not read", code == 143 and "stopped before the end" in said,
                    f"exit {code} {said!r}")
    both = suite.file("both.sql", COPY.replace("INSERT", SINK.replace("TABLE o", "TABLE p") + "INSERT",
                                               1) + "INSERT INTO p SELECT k, v FROM i;\n")
    with Started("replay", both, "--from", f"i={suite.file('many.json', [row(n) for n in range(60000)])}", "--to", "o=-", "--to",
                 f"p={out / 'p'}") as started:
        started.process.stdout.read(100)
        started.process.stdout.close()
        said = text_of(started.process.stderr.read())
        code = started.process.wait(LIMIT_S)
    suite.check("a reader that goes away while a file is written as well: the file is absent, so it is an error", code == 74 and said and
                "p" not in os.listdir(out), f"exit {code} {said!r}")


def slow_readers():
    """Who writes all its rows before it reads a result, and who reads slowly, get everything; one worker must do both."""
    rows, printed = [row(n) for n in range(20000)], suite.file("echo.sql", PRINT)
    text = "".join(json.dumps(r) + "\n" for r in rows).encode()
    for name, arguments in (("--to o=-", ["replay", script, "--to", "o=-"]), ("print", ["replay", printed])):
        for workers in (1, 2):
            with Started(*arguments, "--from", "i=-", "--workers", str(workers), stdin=subprocess.PIPE) as started:
                for part in range(0, len(text), 5000):  # in small pieces, and more than two pipes hold
                    started.process.stdin.write(text[part:part + 5000])
                    started.process.stdin.flush()
                started.process.stdin.close()
                got = []
                while piece := started.process.stdout.read(3000):
                    got.append(piece)
                said = text_of(started.process.stderr.read())
                code = started.process.wait(LIMIT_S)
            suite.check(f"{name}, {workers} workers: all rows written before the first result is read", code == 0 and
                        b"".join(got).count(b"\n") == 20000, f"exit {code}, {b''.join(got).count(10)} rows {said!r}")


def closed_pipe():
    printed = suite.file("print.sql", PRINT)
    many = suite.file("many.json", [row(n) for n in range(60000)])
    for name, arguments in (("--to o=-", ["replay", script, "--to", "o=-"]), ("print", ["replay", printed])):
        with Started(*arguments, "--from", f"i={many}") as started:
            head = started.process.stdout.read(100)
            started.process.stdout.close()
            said = text_of(started.process.stderr.read())
            code = started.process.wait(LIMIT_S)
        suite.check(f"{name}: a reader that goes away ends it quietly with 0", len(head) == 100 and code == 0 and said == "",
                    f"exit {code} {said!r}")
    for name, arguments in (("--to o=-", ["replay", script, "--to", "o=-"]), ("print", ["replay", printed])):
        with open("/dev/full", "w", encoding="utf-8") as full:
            done = leat(*arguments, "--from", f"i={events}", stdout=full)
        suite.check(f"{name}: a full disk behind stdout is no closed pipe: exit 74", done.returncode == 74 and done.stderr,
                    f"exit {done.returncode} {done.stderr!r}")
    for command in (["explain", script], ["check", script], ["version"], ["--help"]):
        with open("/dev/full", "w", encoding="utf-8") as full:
            done = leat(*command, stdout=full)
        suite.check(f"{command[0]}: a full disk behind stdout: exit 74", done.returncode == 74 and done.stderr,
                    f"exit {done.returncode} {done.stderr!r}")
    with Started("explain", script) as started:
        started.process.stdout.close()
        said = text_of(started.process.stderr.read())
        code = started.process.wait(LIMIT_S)
    suite.check("explain: a reader that goes away is no failure", code == 0 and said == "", f"exit {code} {said!r}")


# ---- waiting


def values(stdout):
    return sorted(json.loads(line)["v"] for line in lines_of(text_of(stdout)))


def wrapper():
    built = [BINARY.parent / "tests/support/no_io_uring", ROOT / "build/tests/support/no_io_uring"]
    return next((path for path in built if path.exists()), None)


def without_io_uring():
    refuse = wrapper()
    if not refuse:
        suite.skip("where io_uring is refused", "tests/support/no_io_uring is not built")
        return
    summary, want = suite.folder / "s.json", sorted(row(n)["v"] for n in range(20000))

    def run(io, workers):
        summary.unlink(missing_ok=True)
        done = subprocess.run([refuse, BINARY, "replay", script, "--from", f"i={events}", "--to", "o=-", "--io", io, "--workers",
                               str(workers), "--summary",
                               summary], capture_output=True, check=False, timeout=LIMIT_S)
        return done.returncode, values(done.stdout), text_of(done.stderr), json.loads(summary.read_text()) if summary.exists() else {}

    for workers in (1, 3):
        for io in ("auto", "epoll"):
            code, rows, said, told = run(io, workers)
            suite.check(f"io_uring refused, --io {io}, {workers} workers: epoll, the same rows", code == 0 and rows == want and
                        told.get("io") == "epoll" and
                        "io epoll" in said, f"exit {code} {said!r}")
        code, rows, said, told = run("uring", workers)
        suite.check(f"io_uring refused, --io uring, {workers} workers: a clear error", code != 0 and "io_uring" in said and not rows,
                    f"exit {code} {said!r}")
    done = subprocess.run([refuse, BINARY, "replay", script, "--from", "i=-", "--to", "o=-"], input=events.read_bytes(),
                          capture_output=True, check=False, timeout=LIMIT_S)
    suite.check("io_uring refused, standard input: the same rows", done.returncode == 0 and values(done.stdout) == want, done.stderr)


def io_kinds():
    for io in ("auto", "uring", "epoll"):
        run = suite.replay(COPY, {"i": events}, "--io", io)
        if io == "uring" and run.status != 0 and "io_uring" in run.stderr:
            suite.skip("--io uring", "it is refused here")
            continue
        suite.check(f"--io {io}", run.status == 0 and len(run.out["o"]) == 20000 and (io == "auto" or run.summary["io"] == io), run.stderr)


def idle():
    """A source that is silent costs next to nothing: seconds of waiting, hundredths of CPU."""
    if SANITIZER:
        suite.skip("idleness", "a sanitizer has threads and start-up of its own")
        return
    for io in ("auto", "epoll"):
        for workers in (1, 2, 8):
            fifo = suite.folder / "silent"
            fifo.unlink(missing_ok=True)
            os.mkfifo(fifo)
            with Started("replay", script, "--from", f"i={fifo}", "--to", "o=/dev/null", "--workers", str(workers), "--io", io) as started:
                writer = os.open(fifo, os.O_WRONLY)
                os.write(writer, json.dumps(row(1)).encode() + b"\n")
                time.sleep(2)
                fields = pathlib.Path(f"/proc/{started.process.pid}/stat").read_text().rsplit(") ", 1)[1].split()
                used = (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
                os.write(writer, json.dumps(row(2)).encode() + b"\n")
                os.close(writer)
                code, _, said = started.end()
            suite.check(f"2 s of silence, {workers} workers, --io {io}: less than 0.2 s of CPU, then it goes on", code == 0 and
                        used < 0.2 and "2 rows in, 2 rows out" in said,
                        f"exit {code}, {used} s, {said!r}")


def main():
    for part in (statuses, file_size_limit, output_is_replaced, signals, signal_at_any_moment, pipes, slow_readers, closed_pipe,
                 without_io_uring,
                 io_kinds, idle):
        part()
    return suite.finish()


if __name__ == "__main__":
    sys.exit(main())
