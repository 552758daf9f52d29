"""The table of ratios, what went wrong, and the machine it all ran on."""
import dataclasses
import os
import pathlib
import statistics
import subprocess
import sys


@dataclasses.dataclass
class Row:
    """One line of the table. `ratio` is ours to the other's, more is better unless `at_most`; without a target it only informs."""

    measure: str
    ours: str
    other: str = ""
    ratio: float = None
    target: float = None
    at_most: bool = False
    spread: float = None
    verdict: str = ""


def rate_text(per_second, unit):
    """12300000.0, 'rows' -> '12.3 M rows/s'; without a unit '12.3 M/s'."""
    for size, letter in ((1e9, "G"), (1e6, "M"), (1e3, "k"), (1, "")):
        if per_second >= size or size == 1:
            return f"{digits(per_second / size)} {letter}{' ' if letter and unit not in ('', 'B') else ''}{unit}/s"


def digits(value):
    """Three digits that count, without an exponent."""
    return f"{value:.0f}" if value >= 100 else f"{value:.1f}" if value >= 10 else f"{value:.2f}"


def spread_of(values):
    """How far the middle half of the values lies apart, as a part of their median; None for fewer than three."""
    if len(values) < 3:
        return None
    low, middle, high = statistics.quantiles(values, n=4, method="inclusive")
    return (high - low) / middle if middle else None


class Report:
    """Collects rows, raw figures and wrong results."""

    def __init__(self):
        self.rows = []
        self.wrong = []
        self.raw = {}

    def say(self, text):
        """Tells what goes on: the table alone goes to standard output."""
        print(text, file=sys.stderr, flush=True)

    def fail(self, what):
        """A result is wrong: the run goes on, and ends with a status other than 0."""
        self.wrong.append(what)
        self.say(f"WRONG: {what}")

    def info(self, measure, ours, other=""):
        self.rows.append(Row(measure, ours, other))

    def absent(self, measure, why):
        self.rows.append(Row(measure, "-", verdict=why))

    def compare(self, measure, ours, others, unit, other_name, target=None):
        """Rates of ours against rates of the other, the i-th of both having been measured next to each other."""
        paired = [a / b for a, b in zip(ours, others)]
        self.add(Row(measure, rate_text(statistics.median(ours), unit), f"{rate_text(statistics.median(others), unit)} {other_name}",
                     statistics.median(paired), target, False, spread_of(paired)))

    def add(self, row):
        if row.target is not None:
            met = row.ratio <= row.target if row.at_most else row.ratio >= row.target
            row.verdict = "ok" if met else "short"
        self.rows.append(row)

    def print_table(self):
        head = ("measure", "ours", "peer or limit", "ratio", "spread", "target", "")
        lines = [head] + [cells(row) for row in self.rows]
        widths = [max(len(line[i]) for line in lines) for i in range(len(head))]
        for number, line in enumerate(lines):
            # Words to the left, numbers to the right.
            text = "  ".join(c.rjust(w) if 3 <= i <= 5 else c.ljust(w) for i, (c, w) in enumerate(zip(line, widths)))
            print(text.rstrip())
            if number == 0:
                print("  ".join("-" * w for w in widths if w))
        held = [row for row in self.rows if row.target is not None]
        met = sum(row.verdict == "ok" for row in held)
        print(f"\n{met} of {len(held)} targets met, {len(self.wrong)} wrong results")


def cells(row):
    sign = "<=" if row.at_most else ">="
    return (row.measure, row.ours, row.other, "" if row.ratio is None else f"{row.ratio:.2f}",
            "" if row.spread is None else f"{row.spread:.0%}", "" if row.target is None else f"{sign} {row.target:g}", row.verdict)


def first_line(path):
    try:
        return pathlib.Path(path).read_text().strip().split("\n")[0]
    except OSError:
        return None


def output_of(*command):
    try:
        return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()
    except (OSError, subprocess.CalledProcessError):
        return None


def describe_machine():
    """What one needs to know to judge the figures; None stands for what this machine does not tell."""
    cpu = {}
    for line in pathlib.Path("/proc/cpuinfo").read_text().split("\n\n")[0].split("\n"):
        name, _, value = line.partition(":")
        cpu[name.strip()] = value.strip()
    memory = dict(line.split(":") for line in pathlib.Path("/proc/meminfo").read_text().strip().split("\n"))
    return {
        "cpu": cpu.get("model name"),
        "cpus": len(os.sched_getaffinity(0)),
        "cpu_quota": first_line("/sys/fs/cgroup/cpu.max"),
        "virtual": "hypervisor" in cpu.get("flags", "").split(),
        "governor": first_line("/sys/devices/system/cpu/cpu0/cpufreq/scaling_governor"),
        "memory": memory["MemTotal"].strip(),
        "huge_pages": first_line("/sys/kernel/mm/transparent_hugepage/enabled"),
        "huge_pages_tmpfs": first_line("/sys/kernel/mm/transparent_hugepage/shmem_enabled"),
        "kernel": os.uname().release,
        "gcc": (output_of("g++", "--version") or "").split("\n")[0] or None,
        "leat": None,
        "load_before": os.getloadavg()[0],
        "stolen_s": stolen_seconds(),
    }


def stolen_seconds():
    """CPU time that the hypervisor gave to others since the machine started."""
    fields = (first_line("/proc/stat") or "").split()
    return int(fields[8]) / os.sysconf("SC_CLK_TCK") if len(fields) > 8 else 0


def print_machine(machine):
    leat = machine["leat"] or {}
    print(f"{machine['cpu']}, {machine['cpus']} CPUs{' of a virtual machine' if machine['virtual'] else ''}, "
          f"governor {machine['governor'] or 'not told'}, Linux {machine['kernel']}, {machine['gcc']}")
    print(f"leat {leat.get('version')} ({leat.get('revision')}), SIMD level {leat.get('simd')}")
    if machine["load_before"] > 0.3 * machine["cpus"]:
        print(f"This machine was busy (load {machine['load_before']:.1f} before the run): ratios of single rows may be off.")
    print()
