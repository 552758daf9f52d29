"""What the tests of the command line share: running the program, keeping count, and holding every summary to the books.

A test makes a Suite, runs scripts with it, says what it checks, and ends with `sys.exit(suite.finish())`.
"""
import collections
import json
import os
import pathlib
import random
import shutil
import subprocess
import tempfile

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
BINARY = pathlib.Path(os.environ.get("LEAT_BINARY", ROOT / "build" / "leat")).resolve()
SHARED = pathlib.Path(os.environ.get("LEAT_SHARED", ROOT.parent / "shared"))
SANITIZER = os.environ.get("LEAT_SANITIZER", "")

# How long a run may take before it counts as hanging; never a measure of speed.
LIMIT_S = 120

FATES = ("taken", "filtered", "late", "bad", "pending")


def text_of(data):
    """Bytes as text, in which those that are no UTF-8 survive as surrogates."""
    return data.decode("utf-8", "surrogateescape")


def leat(*arguments, **more):
    """Runs the program to its end. `input` may be text or bytes; what it printed comes back as text."""
    more = {"timeout": LIMIT_S, **more}
    if isinstance(more.get("input"), str):
        more["input"] = more["input"].encode("utf-8", "surrogateescape")
    if "input" not in more:
        more.setdefault("stdin", subprocess.DEVNULL)
    more.setdefault("stdout", subprocess.PIPE)
    done = subprocess.run([BINARY, *map(str, arguments)], stderr=subprocess.PIPE, check=False, **more)
    return subprocess.CompletedProcess(done.args, done.returncode, text_of(done.stdout or b""), text_of(done.stderr))


def lines_of(text):
    """The lines of a text, which end at newlines alone."""
    return [line for line in text.split("\n") if line]


class Run(collections.namedtuple("Run", "status stdout stderr out summary")):
    """One run of a script: exit status, what it printed, the lines of each table written (None: no file), and the summary."""

    def rows(self, table):
        return [json.loads(line) for line in self.out[table] or ()]

    def counts(self):
        return {name: self.summary.get(name) for name in ("rows_in", "rows_out", "late", "bad")}

    def account(self, name):
        found = [o for o in self.summary.get("operators", ()) if o["name"] == name]
        return found[0] if len(found) == 1 else {}


class Suite:
    """The checks of one test script, and a folder for their files."""

    def __init__(self):
        self.counts = collections.Counter()
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="leat-test-"))
        self.seed = int(os.environ.get("LEAT_SEED", random.getrandbits(32)))
        self.random = random.Random(self.seed)
        self.runs, self.unbalanced, self.plans = 0, [], {}

    # ---- counting

    def check(self, name, ok, detail=""):
        self.counts["passed" if ok else "failed"] += 1
        print(f"{'ok  ' if ok else 'FAIL'} {name}{'' if ok or detail == '' else f': {detail}'}"[:700].encode("ascii", "backslashreplace")
              .decode(), flush=True)
        return ok

    def equal(self, name, have, want):
        return self.check(name, have == want, f"have {have!r}, want {want!r}")

    def skip(self, name, why):
        self.counts["skipped"] += 1
        print(f"skip {name}: {why}", flush=True)

    def finish(self):
        """Prints the closing line, removes the folder, and returns the exit status."""
        if self.runs:
            self.check(f"the accounts of all {self.runs} runs balance", not self.unbalanced, "; ".join(self.unbalanced[:3]))
        if self.counts["failed"]:
            print(f"LEAT_SEED={self.seed}")
        shutil.rmtree(self.folder, ignore_errors=True)
        print(f"{self.counts['passed']} passed, {self.counts['failed']} failed, {self.counts['skipped']} skipped", flush=True)
        return 1 if self.counts["failed"] else 0

    # ---- files and runs

    def file(self, name, content):
        """Writes a file into the folder: text, bytes, or a list of rows, each a line of JSON."""
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        if isinstance(content, list):
            content = "".join(json.dumps(row) + "\n" for row in content)
        path.write_bytes(content if isinstance(content, bytes) else content.encode("utf-8", "surrogateescape"))
        return path

    def replay(self, sql, sources, *options, sinks=("o",), **more):
        """Replays a script. sources: {table: path or list of paths}; each table of sinks goes to a file, its old one removed before."""
        script, summary = self.file("script.sql", sql), self.folder / "summary.json"
        arguments, files = ["replay", script, "--summary", summary], {table: self.folder / f"{table}.out" for table in sinks}
        for table, paths in sources.items():
            for path in paths if isinstance(paths, list) else [paths]:
                arguments += ["--from", f"{table}={path}"]
        for table, path in files.items():
            path.unlink(missing_ok=True)
            arguments += ["--to", f"{table}={path}"]
        return self.collect(sql, files, leat(*arguments, *options, **more), summary)

    def collect(self, sql, files, done, summary):
        """What a run left behind; its books are audited on the way."""
        told = json.loads(summary.read_text()) if summary.exists() else {}
        summary.unlink(missing_ok=True)
        out = {table: lines_of(text_of(path.read_bytes())) if path.exists() else None for table, path in files.items()}
        run = Run(done.returncode, done.stdout, done.stderr, out, told)
        if told:
            self.runs += 1
            wrong = self.audit(sql, told)
            if wrong:
                self.unbalanced.append(wrong)
        return run

    # ---- the books

    def inputs_of(self, sql):
        """Which operators each operator reads from, by `explain`; None where it cannot tell."""
        if sql not in self.plans:
            done = leat("explain", "--format", "json", self.file("explained.sql", sql))
            self.plans[sql] = {o["name"]: o["inputs"] for o in json.loads(done.stdout)["operators"]} if done.returncode == 0 else None
        return self.plans[sql]

    def audit(self, sql, summary):
        """What is wrong with the books of a summary, or an empty text: every row met one fate, and every edge carried what it was given."""
        accounts, inputs = {o["name"]: o for o in summary["operators"]}, self.inputs_of(sql)
        if any(o["kind"] == "union" for o in accounts.values()):
            inputs = None  # a branch's own steps may run behind the union: the edges of the plan are not those of the rows
        for name, account in accounts.items():
            if account["in"] != sum(account[fate] for fate in FATES):
                return f"{name}: {account}"
            if summary["complete"] and account["pending"]:
                return f"{name}: {account['pending']} pending at the end"
            if summary["complete"] and inputs and account["kind"] != "source" and \
                    account["in"] != sum(accounts[i]["out"] for i in inputs[name]):
                return f"{name}: {account['in']} rows in, its inputs {inputs[name]} gave {[accounts[i]['out'] for i in inputs[name]]}"
        sources = [a for a in accounts.values() if a["kind"] == "source"]
        sinks = [a for a in accounts.values() if a["kind"] == "sink"]
        totals = {"rows_in": sum(a["in"] for a in sources), "rows_out": sum(a["out"] for a in sinks),
                  "late": sum(a["late"] for a in accounts.values()), "bad": sum(a["bad"] for a in accounts.values())}
        return "" if all(summary[name] == total for name, total in totals.items()) else f"totals {totals}, told {summary}"
