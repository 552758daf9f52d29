"""The micro benches: every build/bench/bench_* is run, and what the issue of speed names gets a row of the table."""
import json
import os
import re
import statistics
import subprocess

from pipeline.report import rate_text, spread_of

LIMIT_S = 600
VALUES = ("machine values", "computed values", "any bit pattern", "small integers")

# Program, row of the table, our benchmark, the peer's (None: there is none, the row informs), the peer in words, the target.
# {} runs over the kinds of values of bench_number; NAME#COUNTER is a counter that a benchmark reports besides its rate.
PAIRS = [
    ("bench_json", "JSON reader alone", "json_read/2#best_rows/s", "json_read/2#simdjson_rows/s", "simdjson", 1.5),
    ("bench_json", "JSON reader alone, AVX2", "json_read/1#best_rows/s", "json_read/1#simdjson_rows/s", "simdjson", None),
    ("bench_json", "JSON reader alone, scalar", "json_read/0#best_rows/s", "json_read/0#simdjson_rows/s", "simdjson", None),
    ("bench_ring", "ring between two threads, by value", "pass/by_value_two_threads", None, "", None),
    ("bench_ring", "ring between two threads, by pointer", "pass/by_pointer_two_threads", None, "", None),
    ("bench_exchange", "exchange, 1 worker, keys alike", "exchange/threads/workers:1/skew:0", None, "", None),
    ("bench_exchange", "exchange, 2 workers, keys alike", "exchange/threads/workers:2/skew:0", None, "", None),
    ("bench_exchange", "exchange, 2 workers, 87 % one key", "exchange/threads/workers:2/skew:87", None, "", None),
    ("bench_number", "double parse, {}", "parse_leat/{}", "parse_from_chars/{}", "std::from_chars", 1.0),
    ("bench_number", "double parse in batches, {}", "parse_batch_leat/{}", "parse_from_chars/{}", "std::from_chars", 1.0),
    ("bench_number", "double print, {}", "print_leat/{}", "print_to_chars/{}", "std::to_chars", 1.0),
    ("bench_number", "double print in batches, {}", "print_batch_leat/{}", "print_to_chars/{}", "std::to_chars", 1.0),
    ("bench_number", "integer parse, times", "parse_integer_leat/0", "parse_integer_from_chars/0", "std::from_chars", None),
    ("bench_number", "integer print, times", "print_integer_leat/0", "print_integer_to_chars/0", "std::to_chars", None),
    ("bench_encode", "encode rows as JSON", "encode_json/11", "encode_to_chars/11", "std::to_chars by hand", None),
    ("bench_window", "tumbling window, 1,000 keys", "window_tumble/keys:1000/open:1", None, "", None),
    ("bench_window", "tumbling window, 1 million keys", "window_tumble/keys:1000000/open:1", None, "", None),
    ("bench_series_join", "join, machine sample", "join/sample_10_days_delay", None, "", None),
    ("bench_series_join", "join, in order, 10,000 keys", "join/in_order_10000_keys", None, "", None),
    ("bench_keymap", "state of a key, 1,000 keys", "take/1000", None, "", None),
    ("bench_keymap", "state of a key, 1 million keys", "take/1000000", None, "", None),
    ("bench_file", "read a file in chunks, 1 thread", "cached<read_source>/256/1", "cached<read_mmap>/256/1", "mmap", None),
    ("bench_file", "read a file in chunks, 2 threads", "cached<read_source>/256/2", "cached<read_mmap>/256/2", "mmap", None),
]
# What google-benchmark itself tells of a benchmark, in numbers.
OWN = {"family_index", "per_family_instance_index", "repetitions", "repetition_index", "threads", "iterations", "real_time", "cpu_time",
       "items_per_second", "bytes_per_second"}


def rows_wanted():
    for program, title, ours, peer, peer_name, target in PAIRS:
        for kind, words in enumerate(VALUES) if "{}" in title else [(0, "")]:
            yield program, title.format(words), ours.format(kind), peer and peer.format(kind), peer_name, target


def plain_name(name):
    """The name of a benchmark without what google-benchmark appends to it."""
    appended = r"min_time:[\d.]+|min_warmup_time:[\d.]+|iterations:\d+|repeats:\d+|real_time|manual_time|process_time|threads:1"
    return re.sub(rf"/({appended})(?=/|$)", "", name)


class Figures:
    """What one program measured: rates per benchmark, one of each repetition."""

    def __init__(self, benchmarks):
        self.rates, self.unit, self.errors = {}, {}, {}
        for one in benchmarks:
            if one.get("run_type", "iteration") != "iteration":
                continue
            name = plain_name(one["name"])
            if one.get("error_occurred"):
                self.errors[name] = one.get("error_message", "failed")
                continue
            rate, unit = rate_of(one)
            self.rates.setdefault(name, []).append(rate)
            self.unit[name] = unit
            for counter, value in one.items():
                if counter not in OWN and isinstance(value, (int, float)):
                    self.rates.setdefault(f"{name}#{counter}", []).append(value)
                    self.unit[f"{name}#{counter}"] = ""


def rate_of(one):
    if "items_per_second" in one:
        return one["items_per_second"], ""
    if "bytes_per_second" in one:
        return one["bytes_per_second"], "B"
    scale = {"ns": 1e9, "us": 1e6, "ms": 1e3, "s": 1}[one["time_unit"]]
    return scale / one["real_time"], "runs"


def run_program(report, path, options):
    """Runs one program; its Figures, or None where it failed."""
    command = [str(path), "--benchmark_format=json", f"--benchmark_min_time={options.min_time_s}",
               f"--benchmark_repetitions={options.micro_repetitions}", "--benchmark_enable_random_interleaving=true"]
    environment = {**os.environ, **({"LEAT_BENCH_SMALL": "1"} if options.small else {})}
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=LIMIT_S, env=environment)
    except subprocess.TimeoutExpired:
        report.fail(f"{path.name}: not done after {LIMIT_S} s")
        return None
    if done.returncode:
        report.fail(f"{path.name}: exit status {done.returncode}: {done.stderr[-300:].strip()}")
        return None
    try:
        parsed = json.loads(done.stdout)
    except ValueError as error:
        report.fail(f"{path.name}: no JSON: {error}")
        return None
    report.raw.setdefault("micro", {})[path.name] = parsed
    return Figures(parsed["benchmarks"])


def check_errors(report, program, figures):
    """A benchmark that gave up did so over a wrong result, unless its input lies outside of the project and is not there."""
    for name, message in figures.errors.items():
        if "not there" in message:
            report.say(f"{program}: {name} left out: {message}")
        else:
            report.fail(f"{program}: {name}: {message}")


def add_row(report, figures, title, ours, peer, peer_name, target):
    missing = [name for name in (ours, peer) if name and name not in figures.rates]
    if missing:
        why = figures.errors.get(missing[0].split("#")[0], f"the program has no {missing[0]}")
        report.absent(title, "left out: " + why)
    elif peer:
        report.compare(title, figures.rates[ours], figures.rates[peer], figures.unit[ours], peer_name, target)
    else:
        rates = figures.rates[ours]
        report.info(title, rate_text(statistics.median(rates), figures.unit[ours]))
        report.rows[-1].spread = spread_of(rates)


def add_all(report, program, figures):
    for name, rates in ((name, rates) for name, rates in figures.rates.items() if "#" not in name):
        report.info(f"{program.removeprefix('bench_')}: {name}", rate_text(statistics.median(rates), figures.unit[name]))
        report.rows[-1].spread = spread_of(rates)


def measure(report, folder, options):
    """Runs the programs under `folder` that are wanted: those that are not in the table must be right as well."""
    wanted = {}
    for row in rows_wanted():
        wanted.setdefault(row[0], []).append(row[1:])
    built = {path.name for path in folder.glob("bench_*") if path.is_file() and os.access(path, os.X_OK)}
    for program in list(wanted) + sorted(built - set(wanted)):
        if not options.wants(program):
            continue
        rows = wanted.get(program, [])
        titles = [row[0] for row in rows] or [program]
        figures = None
        if program in built:
            report.say(f"{program} ...")
            figures = run_program(report, folder / program, options)
        if figures is None:
            for title in titles:
                report.absent(title, "failed" if program in built else f"not built: {program}")
            continue
        check_errors(report, program, figures)
        for row in rows:
            add_row(report, figures, *row)
        if not rows:
            add_all(report, program, figures)
