#!/usr/bin/env python3
"""Runs the same scripts on Apache Flink and on leat, and holds their rows against each other.

usage: tests/flink/flink_test.py [NAME]...     (from the root of the project; NAME: the scripts whose name contains it)

Flink comes with Maven into build/flink the first time; what it answered is kept there, so that a script asks it once. Where it cannot
be had (no JDK, no Maven, no network) everything is skipped. Known differences stand in deviations.md, and each must be there exactly.
"""
import collections
import json
import math
import pathlib
import re
import struct
import sys

HERE = pathlib.Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parent / "support")]

import cases_expressions
import cases_functions
import cases_json
import cases_plans
import cases_queries
import flink
import leat

MODULES = [cases_expressions, cases_functions, cases_json, cases_queries, cases_plans]
SHOWN_MAX = 40


def shown(value):
    """A value as the table of deviations writes it."""
    return value if value in ("fails", "bad", "taken", "refused", "absent") else json.dumps(value, ensure_ascii=False)


def plain(value):
    """A value as it is compared: numbers by value, so that 1.0 is 1e0; -0.0 is told from 0, integers from doubles are not."""
    if isinstance(value, float):
        return "-0.0" if value == 0 and math.copysign(1,
            value) < 0 else int(value) if value.is_integer() and abs(value) < 2 ** 53 else value
    return float(value) if isinstance(value, int) and abs(value) > 2 ** 63 else value


def same(flink_value, leat_value, ulps):
    a, b = plain(flink_value), plain(leat_value)
    if isinstance(flink_value, bool) or isinstance(leat_value, bool):
        return flink_value is leat_value
    numbers = isinstance(flink_value, (int, float)) and isinstance(leat_value, (int, float))
    if numbers and (isinstance(flink_value, float) or isinstance(leat_value, float)) and str(a) != "-0.0" and str(b) != "-0.0":
        return abs(place(float(flink_value)) - place(float(leat_value))) <= ulps
    return a == b


def place(x):
    """The place of a double among all doubles: neighbours differ by 1."""
    bits = struct.unpack("<q", struct.pack("<d", x))[0]
    return bits if bits >= 0 else -(bits & 0x7FFFFFFFFFFFFFFF)


def read_deviations():
    """The rows of the table in deviations.md: (script, row, column, Flink's value, leat's value); an asterisk is any."""
    found = []
    for line in (HERE / "deviations.md").read_text(encoding="utf-8").splitlines():
        cells = [cell.strip().strip("`").replace("\\|", "|") for cell in re.split(r"(?<!\\)\|", line)[1:-1]]
        if len(cells) == 6 and cells[0] != "script" and not cells[0].startswith("-"):
            found.append(tuple(cells[:5]))
    return found


def read_unsupported():
    """The statements that Flink takes and leat refuses: those of plans_*, a line each."""
    return set((HERE / "unsupported.txt").read_text(encoding="utf-8").splitlines())


def matches(deviation, difference):
    return all(pattern in ("*", value) for pattern, value in zip(deviation, difference))


class Comparison:
    """Everything found out: differences by (script, row, column), rows compared, scripts that ran."""

    def __init__(self, suite):
        self.suite, self.differences, self.unsupported = suite, [], set()
        self.rows = self.values = 0

    def differ(self, script, row, column, flink_value, leat_value):
        self.differences.append((script.name, str(row), column, shown(flink_value), shown(leat_value)))

    def run(self, script):
        sources = {table: self.suite.file(f"{script.name}.{table}.json", text) for table, text in script.inputs.items()}
        return self.suite.replay(script.sql, sources, "--define", "DIR=absent", "--workers", "2", sinks=script.sinks)

    # ---- kinds of script

    def rows_script(self, script, answer):
        run = self.run(script)
        if run.status or answer.verdict != "done":
            self.differ(script, "*", "*", "taken" if answer.verdict == "done" else "fails: " + " / ".join(answer.causes)[-600:],
                        "taken" if not run.status else run.stderr[:600])
            return
        for sink in script.sinks:
            ours, theirs = run.rows(sink), answer.rows(sink)
            self.rows += len(theirs)
            self.values += sum(map(len, theirs))
            if script.key:
                self.by_key(script, sink, theirs, ours)
            else:
                self.multiset(script, sink, theirs, ours)

    def by_key(self, script, sink, theirs, ours):
        texts, ulps = getattr(script, "texts", {}), getattr(script, "ulps", 0)
        left, right = ({row[script.key]: row for row in rows} for rows in (theirs, ours))
        if len(left) != len(theirs) or len(right) != len(ours):
            self.differ(script, sink, "*", f"{len(theirs)} rows", f"{len(ours)} rows")
        for key in sorted(left.keys() | right.keys()):
            for column in sorted((left.get(key) or right[key]).keys() | right.get(key, {}).keys()):
                a, b = (rows[key].get(column, "absent") if key in rows else "absent" for rows in (left, right))
                if not same(a, b, ulps):
                    self.differ(script, key, texts.get(column, column), a, b)

    def multiset(self, script, sink, theirs, ours):
        def counted(rows):
            return collections.Counter(json.dumps({name: plain(value) for name, value in row.items()}, sort_keys=True) for row in rows)
        left, right = counted(theirs), counted(ours)
        for row, count in (left - right).items():
            self.differ(script, sink, row, f"{count} more", "absent")
        for row, count in (right - left).items():
            self.differ(script, sink, row, "absent", f"{count} more")

    def failing_script(self, script, answer):
        run, expression = self.run(script), script.sql.split("SELECT k, ")[1].split(" FROM t")[0]
        self.rows += 1
        rows = run.rows("o") if run.status == 0 else []
        set_aside = run.status == 0 and run.summary["bad"] == 1 and [row["k"] for row in rows] == [1]
        ours = "bad" if set_aside else f"status {run.status}, {rows} {run.stderr}"
        theirs = "fails" if answer.verdict == "failed" else f"{answer.verdict} {answer.sinks} {answer.causes}"
        if (theirs, ours) != ("fails", "bad"):
            self.differ(script, 0, expression, theirs, ours)

    def plans_script(self, script, answer):
        if len(answer.causes) != len(script.statements):
            self.differ(script, "*", "*", f"{answer.verdict} {answer.causes}", "taken")
            return
        for statement, verdict in zip(script.statements, answer.causes):
            path = self.suite.file("plan.sql", script.tables + statement + ";\n")
            done = leat.leat("check", "--define", "DIR=absent", path)
            self.values += 1
            theirs = "taken" if verdict == "planned" else "refused"
            ours = "taken" if done.returncode == 0 else "refused"
            if (theirs, ours) == ("taken", "refused"):
                self.unsupported.add(statement)
            elif theirs != ours:
                self.differ(script, 0, statement, theirs, ours)

    def compare(self, script, answer):
        before = len(self.differences)
        {"rows": self.rows_script, "failing": self.failing_script, "plans": self.plans_script}[script.kind](script, answer)
        return self.differences[before:]


def main():
    suite, wanted = leat.Suite(), [a for a in sys.argv[1:] if not a.startswith("-")]
    scripts = [s for module in MODULES for s in module.CASES if not wanted or any(w in s.name for w in wanted)]
    assert len({s.name for s in scripts}) == len(scripts)
    try:
        answers = flink.answers(scripts)
    except flink.Absent as absent:
        print(f"Flink cannot be had: {absent}")
        for script in scripts:
            suite.skip(script.name, "no Flink")
        return suite.finish()
    known, comparison = read_deviations(), Comparison(suite)
    for script in scripts:
        found = comparison.compare(script, answers[script.name])
        wrong = [f"{d[1:3]}: Flink {d[3]}, leat {d[4]}" for d in found if not any(matches(k, d) for k in known)]
        listed = [k for k in known if k[0] == script.name]
        wrong += [f"{k[1:]}: listed as a deviation, but there is none" for k in listed if not any(matches(k, d) for d in found)]
        suite.check(script.name, not wrong, "".join(f"\n    {text}" for text in wrong[:SHOWN_MAX]))
    if not wanted:
        listed = read_unsupported()
        suite.check("what leat refuses of what Flink takes is what is listed", comparison.unsupported == listed,
                    "".join(f"\n    {text}" for text in sorted(comparison.unsupported ^ listed)))
    print(f"{len(scripts)} scripts, {comparison.rows} rows with {comparison.values} values of Flink's compared, "
          f"{len(comparison.differences)} known differences, "
          f"{len(comparison.unsupported)} statements that only Flink takes")
    return suite.finish()


if __name__ == "__main__":
    sys.exit(main())
