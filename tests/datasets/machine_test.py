#!/usr/bin/env python3
"""datasets/machine: the generator's rows held against those of real machines, and the sample against its expected result.

Needs the program LEAT_BINARY names (default build/leat) for what it generates, and data/machine of the folder LEAT_SHARED
names (default ../shared) for the comparison; skips what it lacks. Prints 'N passed, M failed, K skipped' last.
"""
import bisect
import collections
import itertools
import json
import math
import os
import pathlib
import re
import statistics
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
DATASET = ROOT / "datasets" / "machine"
BINARY = pathlib.Path(os.environ.get("LEAT_BINARY", ROOT / "build" / "leat"))
REAL = pathlib.Path(os.environ.get("LEAT_SHARED", ROOT.parent / "shared")) / "data" / "machine" / "test_events.json"
SAMPLE_OPTIONS = ["--rows", "300", "--seed", "8"]
STATISTICS_ROWS = 300000
LAG_MAX_MS = 616168000
MEMBERS = ["turnState_C11", "aaAcc_C11", "cmdSpeed_C11", "vaCurr_C11", "vaPower_C11", "vaLoad_C11", "vaTorque_C11", "actSpeed_C11"]
UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}")

counts = collections.Counter()


def check(name, ok, detail=""):
    counts["passed" if ok else "failed"] += 1
    print(f"{'ok  ' if ok else 'FAIL'} {name}{': ' + str(detail) if detail != '' else ''}", flush=True)


def skip(name, why):
    counts["skipped"] += 1
    print(f"skip {name}: {why}", flush=True)


def simulate(*options, **more):
    return subprocess.run([BINARY, "simulate", "machine", *map(str, options)], capture_output=True, check=False, timeout=60, **more)


def rows_of(text):
    return [json.loads(line) for line in text.splitlines()]


# ---- the sample and its result


def neighbours(times, t):
    """The time itself where it is there, else the last before it and the first after it, at most one second away."""
    at = bisect.bisect_left(times, t)
    if at < len(times) and times[at] == t:
        return [t]
    return [x for x in times[max(at - 1, 0):at + 1] if abs(x - t) <= 1000]


def join(rows):
    """The rows of machine_out, by the definition of the join and nothing else."""
    speed, torque = collections.defaultdict(dict), collections.defaultdict(dict)
    for row in rows:
        for side, member in ((speed, "actSpeed_C11"), (torque, "vaTorque_C11")):
            if member in row:
                side[row["Thing"]][row["Timestamp"]] = row[member]
    for thing in speed.keys() & torque.keys():
        lefts, rights = sorted(speed[thing]), sorted(torque[thing])
        pairs = {(t, r) for t in lefts for r in neighbours(rights, t)} | {(x, t) for t in rights for x in neighbours(lefts, t)}
        for left, right in pairs:
            yield (thing, "vaPower_C11", (left + right) // 2, 2 * math.pi / 60 * speed[thing][left] * torque[thing][right])


def sample():
    text = (DATASET / "sample.json").read_text()
    rows = rows_of(text)
    lines = (DATASET / "sample.expected.json").read_text().splitlines()
    expected = collections.Counter((r["thing"], r["quantity"], r["phenomenonTime"], repr(float(r["result"])))
                                   for r in map(json.loads, lines))
    result = collections.Counter((*row[:3], repr(row[3])) for row in join(rows))
    check("the sample's expected result is that of a join by the definition", result == expected,
          f"{sum(expected.values())} pairs, missing {sum((result - expected).values())}, extra {sum((expected - result).values())}")
    check("the expected result is sorted by bytes", lines == sorted(lines, key=str.encode))
    check("all three machines take part, out of order, in the sample and its result",
          len({r["Thing"] for r in rows}) == 3 and len({r[0] for r in result}) == 3 and lags(rows)[-1] > 86400000)
    well_formed("sample", rows)
    if BINARY.exists():
        check(f"simulate machine {' '.join(SAMPLE_OPTIONS)} makes the sample", simulate(*SAMPLE_OPTIONS).stdout.decode() == text)
    else:
        skip("simulate machine makes the sample", f"no {BINARY}")


def well_formed(name, rows):
    """What holds for every row, whatever the seed."""
    keys = [(r["Thing"], r["Timestamp"]) for r in rows]
    ids = {r["id"] for r in rows}
    check(f"{name}: ids are different random UUIDs", len(ids) == len(rows) and all(UUID.fullmatch(i) for i in ids))
    check(f"{name}: no machine has two rows of the same time", len(set(keys)) == len(keys))
    check(f"{name}: members are known, begin with Thing and Timestamp and end with id",
          all(names[:2] == ["Thing", "Timestamp"] and names[-1] == "id" and len(names) > 3 and set(names[2:-1]) <= set(MEMBERS)
              for names in map(list, rows)))
    check(f"{name}: no row is further behind than it may be", lags(rows)[-1] <= LAG_MAX_MS, lags(rows)[-1])


# ---- the generated rows against the real ones


def lags(rows):
    """How far each row is behind the newest one before it, sorted."""
    found, newest = [], 0
    for row in rows:
        found.append(max(newest - row["Timestamp"], 0))
        newest = max(newest, row["Timestamp"])
    return sorted(found)


def quantile(ordered, q):
    return ordered[int(len(ordered) * q)]


def share(rows, condition):
    return sum(map(bool, map(condition, rows))) / len(rows)


def near(name, made, real, tolerance):
    check(f"{name}: within {tolerance} of the real rows", abs(made - real) <= tolerance, f"{made:.4f}, {real:.4f}")


def alike(name, made, real, factor):
    check(f"{name}: within a factor of {factor} of the real rows", real / factor <= made <= real * factor, f"{made:.4g}, {real:.4g}")


def compare_presence(made, real):
    for thing, tolerance in (("R0815", 0.03), ("H31415", 0.03), ("R27182", 0.001)):
        near(f"share of {thing}", share(made, lambda r: r["Thing"] == thing), share(real, lambda r: r["Thing"] == thing), tolerance)
    for member in MEMBERS:
        near(f"rows with {member}", share(made, lambda r: member in r), share(real, lambda r: member in r), 0.04)
    for thing in ("R0815", "H31415"):
        mine, theirs = [r for r in made if r["Thing"] == thing], [r for r in real if r["Thing"] == thing]
        for member in MEMBERS:
            near(f"rows of {thing} with {member}", share(mine, lambda r: member in r), share(theirs, lambda r: member in r), 0.05)
    sets = [collections.Counter(frozenset(r) for r in rows) for rows in (made, real)]
    for members, n in sets[1].most_common(10):
        name = "+".join(m.split("_")[0] for m in MEMBERS if m in members)
        near(f"rows with just {name}", sets[0][members] / len(made), n / len(real), 0.025)


def compare_order(made, real):
    """Which of two members comes first, for all pairs that the real rows tell."""
    first = [collections.Counter(pair for r in rows for pair in itertools.combinations(list(r)[2:-1], 2)) for rows in (made, real)]
    for i, a in enumerate(MEMBERS):
        for b in MEMBERS[i + 1:]:
            (mine, mine_not), (theirs, theirs_not) = ((f[a, b], f[b, a]) for f in first)
            if theirs + theirs_not >= 100:
                near(f"{a} before {b}", mine / (mine + mine_not), theirs / (theirs + theirs_not), 0.08)


def compare_time(made, real):
    mine, theirs = lags(made), lags(real)
    for q, factor in ((0.5, 2), (0.6, 3), (0.7, 3), (0.8, 4), (0.95, 2), (0.99, 1.5)):
        alike(f"lag in ms, quantile {q}", quantile(mine, q), quantile(theirs, q), factor)
    for limit_s in (10, 60, 600, 3600, 86400):
        near(f"rows at least {limit_s} s behind", *(share(lag, lambda x: x >= limit_s * 1000) for lag in (mine, theirs)), 0.06)
    steps = [[b["Timestamp"] - a["Timestamp"] for a, b in zip(rows, rows[1:])] for rows in (made, real)]
    near("steps back", share(steps[0], lambda x: x < 0), share(steps[1], lambda x: x < 0), 0.03)
    near("steps back by more than 10 s", share(steps[0], lambda x: x < -10000), share(steps[1], lambda x: x < -10000), 0.03)
    for low, high in ((1000, 1000), (997, 998), (980, 1020)):
        near(f"steps of {low} to {high} ms", *(share(s, lambda x: low <= x <= high) for s in steps), 0.1)
    spans = [(max(times) - min(times)) / len(times) for times in ([r["Timestamp"] for r in rows] for rows in (made, real))]
    alike("time per row in ms", *spans, 1.5)


def compare_numbers(made, real):
    for member in MEMBERS:
        mine, theirs = (sorted(r[member] for r in rows if member in r) for rows in (made, real))
        near(f"{member}: characters", statistics.fmean(len(repr(x)) for x in mine), statistics.fmean(len(repr(x)) for x in theirs), 1.0)
        near(f"{member}: negative", share(mine, lambda x: x < 0), share(theirs, lambda x: x < 0), 0.05)
        near(f"{member}: zero", share(mine, lambda x: x == 0), share(theirs, lambda x: x == 0), 0.06)
        check(f"{member}: integers where they are integers", {type(x) for x in mine} == {type(x) for x in theirs})
        check(f"{member}: no negative zero", not any(x == 0 and math.copysign(1, x) < 0 for x in mine))
        check(f"{member}: about as far as the real ones", mine[0] >= min(2 * theirs[0], 0) and mine[-1] <= 1.5 * theirs[-1],
              f"{mine[0]} to {mine[-1]}")
        if member not in ("turnState_C11", "aaAcc_C11"):
            alike(f"{member}: nine in ten are below", quantile(mine, 0.9), quantile(theirs, 0.9), 1.5)
    for member, step in (("vaLoad_C11", 100 / 16384), ("vaPower_C11", 14.680195599794388), ("vaTorque_C11", 0.001)):
        values = [r[member] for r in made if member in r]
        check(f"{member}: whole steps of {step}", all(round(x / step) * step == x for x in values))
    steps = [share([r["actSpeed_C11"] * 1792 / 15 for r in rows if "actSpeed_C11" in r], lambda x: abs(x - round(x)) < 1e-4)
             for rows in (made, real)]
    near("actSpeed_C11: whole steps of 15/1792", *steps, 0.06)


def compare():
    if not BINARY.exists() or not REAL.exists():
        skip("generated rows against real ones", f"no {REAL if BINARY.exists() else BINARY}")
        return
    text = simulate("--rows", STATISTICS_ROWS).stdout.decode()
    made, real = rows_of(text), rows_of(REAL.read_text())
    check(f"{STATISTICS_ROWS} rows", len(made) == STATISTICS_ROWS)
    well_formed("generated", made)
    near("bytes per row", len(text) / len(made), REAL.stat().st_size / len(real), 6)
    compare_presence(made, real)
    compare_order(made, real)
    compare_time(made, real)
    compare_numbers(made, real)


# ---- the command


def command():
    if not BINARY.exists():
        skip("the command", f"no {BINARY}")
        return
    text = simulate("--rows", 5000).stdout
    with tempfile.TemporaryDirectory() as folder:
        out = pathlib.Path(folder) / "events.json"
        out.write_text("old")
        run = simulate("--rows", 5000, "-o", out)
        check("a file is written whole, over an older one",
              run.returncode == 0 and out.read_bytes() == text and os.listdir(folder) == [out.name])
        run = simulate("--rows", 1000, "-o", "/dev/full")
        check("a full disk is told", run.returncode == 74 and b"/dev/full" in run.stderr, run.stderr)
        with subprocess.Popen([BINARY, "simulate", "machine", "--rows", "1000000000000", "-o", out], stderr=subprocess.DEVNULL) as process:
            deadline = time.monotonic() + 60
            while len(os.listdir(folder)) < 2 and time.monotonic() < deadline:
                time.sleep(0.01)
            process.terminate()
        check("stopped by SIGTERM it leaves nothing and touches nothing", process.returncode == 143 and os.listdir(folder) == [out.name] and
              out.read_bytes() == text, f"exit {process.returncode}, {os.listdir(folder)}")
    with subprocess.Popen([BINARY, "simulate", "machine"], stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        head = process.stdout.read(100)
        process.stdout.close()
        complaint = process.stderr.read()
    check("a reader that goes away is no error", process.returncode == 0 and complaint == b"" and text.startswith(head),
          f"exit {process.returncode} {complaint}")
    ordered = [r["Timestamp"] for r in rows_of(simulate("--rows", 5000, "--disorder", "none").stdout.decode())]
    check("--disorder none is in order of time", ordered == sorted(ordered))


def main():
    sample()
    compare()
    command()
    print(f"{counts['passed']} passed, {counts['failed']} failed, {counts['skipped']} skipped")
    return 1 if counts["failed"] else 0


if __name__ == "__main__":
    sys.exit(main())
