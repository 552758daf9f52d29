#!/usr/bin/env python3
"""Runs the golden cases: each folder here with a pipeline.sql, with 1, 2, 3 and 8 workers and several chunk sizes.

    CASE/pipeline.sql         the script
    CASE/in/TABLE.json        what is read for a table; TABLE.1.json, TABLE.2.json, ... are several files for one
    CASE/out/TABLE.json       what must come out, sorted by bytes
    CASE/summary.json         rows_in, rows_out, late, bad
    CASE/error.txt            instead of the last two: what a script that is refused says

usage: golden_test.py [--update] [CASE]...     (--update writes what one worker gives as expected: read it before committing it)
Runs the program LEAT_BINARY names (default build/leat). Prints 'N passed, M failed, K skipped' last.
"""
import json
import pathlib
import shutil
import sys

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "support"))
from leat import SANITIZER, Suite, leat, lines_of, text_of  # noqa: E402

MATRIX = [(1, None), (3, "4096")] if SANITIZER else [(w, c) for w in (1, 2, 3, 8) for c in (None, "4096", "16384")]
suite = Suite()


def sources_of(case):
    """{table: [paths]}"""
    found = {}
    for path in sorted((case / "in").glob("*.json")) if (case / "in").exists() else []:
        found.setdefault(path.name.split(".")[0], []).append(path)
    return found


def run_case(case, workers, chunk):
    sql, sinks = text_of((case / "pipeline.sql").read_bytes()), [p.stem for p in sorted((case / "out").glob("*.json"))]
    run = suite.replay(sql, sources_of(case), "--workers", workers, *(["--chunk-bytes", chunk] if chunk else []), sinks=sinks)
    return run, {table: sorted(lines or (), key=lambda line: line.encode("utf-8", "surrogateescape")) for table, lines in run.out.items()}


def said(case):
    """What is said of a script that is refused, without the name of the folder."""
    done = leat("check", "pipeline.sql", cwd=case)
    return done.returncode, done.stderr


def compare(case):
    if (case / "error.txt").exists():
        status, words = said(case)
        suite.check(f"{case.name}: refused with exit 78 and the words expected", status == 78 and
                    words == text_of((case / "error.txt").read_bytes()),
                    f"exit {status}\n{words}")
        return
    want = {p.stem: lines_of(text_of(p.read_bytes())) for p in (case / "out").glob("*.json")}
    counts = json.loads((case / "summary.json").read_text())
    for workers, chunk in MATRIX:
        run, have = run_case(case, workers, chunk)
        wrong = [f"{t}: extra {[x for x in have[t] if x not in want[t]][:3]}, missing {[x for x in want[t] if x not in have[t]][:3]}"
                 for t in want if have[t] != want[t]]
        suite.check(f"{case.name}, {workers} workers, chunks of {chunk or 'default'}",
                    run.status == 0 and not wrong and run.counts() == counts,
                    f"exit {run.status} {run.counts()} {'; '.join(wrong)} {run.stderr}")


def update(case):
    """Takes what one worker gives as what is expected; the tables written must have a file, be it empty."""
    if (case / "error.txt").exists():
        (case / "error.txt").write_text(said(case)[1])
        return
    run, have = run_case(case, 1, None)
    if run.status != 0:
        print(f"{case.name}: {run.stderr}")
        return
    for table, lines in have.items():
        (case / "out" / f"{table}.json").write_bytes("".join(line + "\n" for line in lines).encode("utf-8", "surrogateescape"))
    (case / "summary.json").write_text(json.dumps(run.counts()) + "\n")


def main():
    names = [name for name in sys.argv[1:] if name != "--update"]
    cases = [path.parent for path in sorted(HERE.glob("*/pipeline.sql")) if not names or path.parent.name in names]
    if "--update" in sys.argv:
        for case in cases:
            update(case)
        shutil.rmtree(suite.folder)
        return 0
    for case in cases:
        compare(case)
    suite.check("there are cases", cases)
    return suite.finish()


if __name__ == "__main__":
    sys.exit(main())
