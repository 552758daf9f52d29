"""Whole-pipeline runs: leat replay from start to exit, next to the peers, in one loop."""
import hashlib
import json
import os
import pathlib
import random
import resource
import select
import statistics
import subprocess
import time

from pipeline.report import Row, digits, rate_text, spread_of

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
SCRIPT = ROOT / "datasets/machine/machine_join.sql"
SAMPLE = ROOT / "datasets/machine/sample.json"
LIMIT_S = 600
PARSE_REPEATS = 5  # the parse-only loop runs this often in its process, and the best counts
CHUNK_BYTES = [64 << 10, 128 << 10, 256 << 10, 512 << 10, 1 << 20, 4 << 20]
CHUNK_BYTES_DEFAULT = 256 << 10
WORKERS = [1, 2, 4, 8, 16]
TARGETS = {1: 0.75, 2: 1.5}
MEMORY_GROWTH_MAX = 1.10  # how much noise in the peak counts as none
DELAY, DELAY_BRIEF = "INTERVAL '8' DAY", "INTERVAL '2' MINUTE"
MEMORY_ROWS_MIN = 200000   # fewer are over before all that is kept has been kept


class Broken(Exception):
    """A program failed, or what it wrote is wrong."""


def call(*command):
    """Runs a program to its end; (seconds from start to exit, its standard output)."""
    start = time.perf_counter()
    done = subprocess.run([str(part) for part in command], stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=LIMIT_S)
    seconds = time.perf_counter() - start
    if done.returncode:
        words = done.stderr.decode(errors="replace").strip()[-300:]
        raise Broken(f"{pathlib.Path(command[0]).name}: exit status {done.returncode}: {words}")
    return seconds, done.stdout


def children_cpu_seconds():
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def named_workers(count):
    return f"{count} worker{'s' if count > 1 else ''}"


def sorted_digest(path):
    """(lines, digest) of a file whose lines may stand in any order."""
    lines = sorted(path.read_bytes().splitlines())
    return len(lines), hashlib.sha256(b"\n".join(lines)).hexdigest()


class Pipeline:
    """The programs and files of the runs. Files lie on tmpfs where there is room."""

    def __init__(self, report, options, folder):
        self.report, self.options, self.folder = report, options, folder
        self.leat = ROOT / "build/leat"
        self.peers = ROOT / "build/bench/peers"
        self.input = folder / "events.json"
        self.output = folder / "machine.out"
        self.summary = folder / "summary.json"
        self.rows = options.rows
        self.random = random.Random(1)
        self.parse_cpu_seconds = []  # of the loop alone, without its process, one of each run

    def workers(self):
        return [n for n in WORKERS if n <= max(2, len(os.sched_getaffinity(0)))]

    def generate(self, path, rows):
        if not path.exists():
            self.report.say(f"generating {rows} rows ...")
            call(self.leat, "simulate", "machine", "--rows", rows, "-o", path)

    def replay_command(self, source, workers, *more, script=SCRIPT):
        return [str(part) for part in (self.leat, "replay", script, "--from", f"states={source}", "--to", f"machine_out={self.output}",
                                       "--workers", workers, "--summary", self.summary, *more)]

    def replay(self, workers, *more):
        """One replay of the input into a new file; seconds from start to exit."""
        self.output.unlink(missing_ok=True)
        seconds, _ = call(*self.replay_command(self.input, workers, *more))
        self.check_summary(self.rows)
        return seconds

    def check_summary(self, rows, late=False):
        found = json.loads(self.summary.read_text())
        if (found["rows_in"], found["late"] > 0, found["bad"]) != (rows, late, 0):
            raise Broken(f"leat replay counted {found['rows_in']} rows in, {found['late']} late, {found['bad']} bad of {rows} good rows")

    def peer_join(self):
        out = self.folder / "peer.out"
        out.unlink(missing_ok=True)
        return call(self.peers / "simdjson_join", self.input, out)[0]

    def peer_parse(self):
        found = json.loads(call(self.peers / "simdjson_parse", self.input, PARSE_REPEATS)[1])
        if (found["rows"], found["broken"]) != (self.rows, 0):
            raise Broken(f"simdjson_parse read {found['rows']} rows, {found['broken']} of them broken")
        self.parse_cpu_seconds.append(found["cpu_seconds"])
        return found["seconds"]

    def limit(self, mode, *operands):
        return json.loads(call(self.peers / "limits", mode, *operands)[1])["seconds"]

    def interleaved(self, runs, repetitions):
        """Runs everything that often, each time in another order; {name: [seconds]} by the clock, the i-th of all measured
        together, and the same in seconds of CPU time of the whole processes."""
        taken, cpu = ({name: [] for name in runs} for _ in range(2))
        for _ in range(repetitions):
            for name in self.random.sample(list(runs), len(runs)):
                before = children_cpu_seconds()
                taken[name].append(runs[name]())
                cpu[name].append(children_cpu_seconds() - before)
        return taken, cpu


def check_output(p):
    """The result once per number of workers, against what the peer computes; the size of the output in bytes."""
    p.peer_join()
    lines, want = sorted_digest(p.folder / "peer.out")
    for workers in p.workers():
        p.replay(workers)
        found = sorted_digest(p.output)
        if found != (lines, want):
            raise Broken(f"the output with {workers} workers ({found[0]} lines) is not the peer's ({lines} lines): see simdjson_join")
    p.report.raw["output"] = {"lines": lines, "sha256_of_sorted_lines": want}
    return p.output.stat().st_size


def replay(p):
    """Whole replays against the peers and the limits."""
    p.generate(p.input, p.rows)
    bytes_out = check_output(p)
    runs = {"parse": p.peer_parse, "join": p.peer_join}
    runs.update({mode: lambda mode=mode: p.limit(mode, p.input) for mode in ("read", "lines", "copy")})
    runs["write"] = lambda: p.limit("write", p.folder / "written", bytes_out)
    runs.update({f"workers {n}": lambda n=n: p.replay(n) for n in p.workers()})
    p.report.say(f"{p.options.repetitions} times {', '.join(runs)} ...")
    taken, cpu = p.interleaved(runs, p.options.repetitions)
    cpu["parse"] = p.parse_cpu_seconds
    p.report.raw["replay"] = {"rows": p.rows, "bytes_in": p.input.stat().st_size, "bytes_out": bytes_out, "seconds": taken,
                              "cpu_seconds": cpu}
    rates = {name: [p.rows / s for s in seconds] for name, seconds in taken.items()}
    for n in p.workers():
        p.report.compare(f"whole replay, {named_workers(n)}", rates[f"workers {n}"], rates["parse"], "rows", "simdjson, parsing alone",
                         TARGETS.get(n))
    for n in p.workers():
        ours, others = ([p.rows / s for s in cpu[name]] for name in (f"workers {n}", "parse"))
        p.report.compare(f"  in CPU time, {named_workers(n)}", ours, others, "rows", "simdjson, parsing alone")
    for n in p.workers()[1:]:
        p.report.compare(f"  {n} workers against 1", rates[f"workers {n}"], rates["workers 1"], "rows", "1 worker")
    for name, words, other in (("join", "the same job by hand", "simdjson, hash map, to_chars"), ("copy", "reading the file", "pread"),
                               ("lines", "counting its lines", "memchr"), ("read", "reading memory", "one core"),
                               ("write", "writing the output", "write to tmpfs")):
        p.report.compare(f"  1 worker against {words}", rates["workers 1"], rates[name], "rows", other)


def chunks(p):
    """The size of a chunk: is the default a good one?"""
    p.generate(p.input, p.rows)
    workers = p.workers()[:2]
    runs = {(n, size): lambda n=n, size=size: p.replay(n, "--chunk-bytes", size) for n in workers for size in CHUNK_BYTES}
    p.report.say(f"chunks of {', '.join(str(size >> 10) for size in CHUNK_BYTES)} KiB ...")
    taken, _ = p.interleaved(runs, p.options.sweep_repetitions)
    p.report.raw["chunks"] = [{"workers": n, "chunk_bytes": size, "seconds": seconds} for (n, size), seconds in taken.items()]
    for n in workers:
        medians = {size: statistics.median(taken[n, size]) for size in CHUNK_BYTES}
        best = min(medians, key=medians.get)
        ours, others = ([p.rows / s for s in taken[n, size]] for size in (CHUNK_BYTES_DEFAULT, best))
        p.report.compare(f"chunks of {CHUNK_BYTES_DEFAULT >> 10} KiB, {named_workers(n)}", ours, others, "rows",
                         f"chunks of {best >> 10} KiB, the best")


def anonymous_peak(command):
    """Runs a command and looks at its memory as often as can be; (peak of RssAnon in bytes, looks)."""
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    peak_kib = looks = 0
    while process.poll() is None:
        try:
            status = pathlib.Path(f"/proc/{process.pid}/status").read_text()
        except OSError:
            break
        if "RssAnon:" in status:
            peak_kib = max(peak_kib, int(status.split("RssAnon:")[1].split()[0]))
            looks += 1
        time.sleep(0.0005)
    words = process.communicate(timeout=LIMIT_S)[1]
    if process.returncode:
        raise Broken(f"leat replay: exit status {process.returncode}: {words[-300:].decode(errors='replace')}")
    return peak_kib << 10, looks


def peaks_of(p, path, rows, workers, script):
    """The peaks of some replays of `path`, each with the number of looks."""
    p.report.say(f"memory, {rows} rows, {named_workers(workers)} ...")
    peaks = []
    for _ in range(p.options.memory_repetitions):
        p.output.unlink(missing_ok=True)
        peaks.append(anonymous_peak(p.replay_command(path, workers, script=script)))
        p.check_summary(rows, late=script != SCRIPT)
    p.output.unlink()
    return peaks


def memory(p):
    """Anonymous memory for an input and for one ten times as long: with the script as it is, whose state is the rows of 8
    days and therefore differs with the input, and with a watermark so short that hardly any state is left."""
    small = max(p.rows, MEMORY_ROWS_MIN)
    if not p.options.has_room(small * 10):
        small //= 10
    brief = p.folder / "brief.sql"
    text = SCRIPT.read_text()
    if text.count(DELAY) != 1:
        raise Broken(f"{SCRIPT.name} has no {DELAY} any more")
    brief.write_text(text.replace(DELAY, DELAY_BRIEF))
    scripts = {"8 days held": SCRIPT, "2 minutes held": brief}
    found = {}
    for rows in (small, small * 10):
        path = p.folder / f"events.{rows}.json"
        p.generate(path, rows)
        for words, script in scripts.items():
            for workers in p.workers():
                found[words, workers, rows] = peaks_of(p, path, rows, workers, script)
        path.unlink()
    p.report.raw["memory"] = [{"script": words, "workers": n, "rows": rows, "anonymous_peak_bytes": [b for b, _ in peaks],
                               "looks": [k for _, k in peaks]} for (words, n, rows), peaks in found.items()]
    for words, workers in ((words, workers) for words in scripts for workers in p.workers()):
        one, ten = (max(b for b, _ in found[words, workers, rows]) for rows in (small, small * 10))
        p.report.add(Row(f"anonymous memory, {named_workers(workers)}, {words}", f"{digits(ten / 2**20)} MiB for {small * 10} rows",
                         f"{digits(one / 2**20)} MiB for {small} rows", ten / one,
                         MEMORY_GROWTH_MAX if scripts[words] == brief else None, at_most=True))


def seconds_to_first_byte(command):
    start = time.perf_counter()
    process = subprocess.Popen([str(part) for part in command], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    ready = select.select([process.stdout], [], [], LIMIT_S)[0]
    first = os.read(process.stdout.fileno(), 1) if ready else b""
    seconds = time.perf_counter() - start
    process.stdout.read()
    process.stdout.close()
    if process.wait(timeout=LIMIT_S) or not first:
        raise Broken(f"{command[0]}: exit status {process.returncode}, {'some' if first else 'no'} output")
    return seconds


def startup(p):
    """From the start of the process to the first byte of the first row, for the 300 rows of the sample."""
    leat = (p.leat, "replay", SCRIPT, "--from", f"states={SAMPLE}", "--to", "machine_out=-", "--workers", 1)
    runs = {"leat": lambda: seconds_to_first_byte(leat), "echo": lambda: seconds_to_first_byte(("/bin/echo", "row"))}
    p.report.say("start-up ...")
    p.interleaved(runs, 2)  # so that all of it is in the page cache
    taken, _ = p.interleaved(runs, 5 * p.options.repetitions)
    p.report.raw["startup_seconds"] = taken
    ours, floor = (statistics.median(taken[name]) * 1e3 for name in ("leat", "echo"))
    p.report.add(Row("start-up to the first row", f"{digits(ours)} ms", f"{digits(floor)} ms /bin/echo", ours / floor,
                     spread=spread_of(taken["leat"])))


SECTIONS = {"replay": replay, "chunks": chunks, "memory": memory, "startup": startup}


def measure(report, options, folder):
    p = Pipeline(report, options, folder)
    missing = [path for path in [p.leat] + [p.peers / name for name in ("simdjson_parse", "simdjson_join", "limits")] if not path.exists()]
    for name, section in SECTIONS.items():
        if not options.wants(name):
            continue
        if missing:
            report.absent(name, "not built: " + ", ".join(str(path.relative_to(ROOT)) for path in missing))
            continue
        try:
            section(p)
        except (Broken, subprocess.TimeoutExpired) as error:
            report.fail(f"{name}: {error}")
            report.absent(name, "failed")
