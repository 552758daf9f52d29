#!/usr/bin/env python3
"""Random mutations of the golden scripts and the dataset's through `check` and `explain`: never a signal, never a hang, exit 0 or 78.

Prints its seed when something fails; LEAT_SEED repeats a run. Runs the program LEAT_BINARY names (default build/leat).
"""
import pathlib
import re
import subprocess
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "support"))
from leat import BINARY, LIMIT_S, ROOT, SANITIZER, Suite, text_of  # noqa: E402

suite = Suite()
ROUNDS = 120 if SANITIZER else 600
TOKEN = re.compile(rb"--[^\n]*|'(?:[^']|'')*'|`[^`]*`|[A-Za-z_][A-Za-z_0-9]*|[0-9.]+|\s+|.", re.S)
ODD = [b"'", b"''", b"`", b"(", b")", b"((((((((", b",", b";", b"--", b"/*", b"*/", b"\x00", b"\xff", b"\xc3", b"\xe2\x80\x98",
       b"\xf0\x9f\x98\x80", b"\r", b"\t",
       b"${", b"'${A}'", b"'${A:-${B}}'", b"'${file:/nowhere}'", b"99999999999999999999", b"1e999", b"-", b"- -", b"NULL", b"CAST(",
       b"INTERVAL '1' DAY",
       b"INTERVAL '99999999999' DAY", b"TUMBLE", b"SERIES JOIN", b"UNION ALL", b"SELECT", b"FROM", b"*", b"k.k.k", b"``",
       b"TIMESTAMP(99)", b"BETWEEN",
       b"CASE", b"END", b"NOT " * 500, b"(" * 3000, b"1+" * 2000 + b"1", b"CREATE VIEW i AS SELECT * FROM i;", b"SET 'a' = 'b';",
       b"\xef\xbb\xbf"]


def scripts():
    paths = sorted((ROOT / "tests/golden").glob("*/pipeline.sql")) + sorted((ROOT / "datasets").glob("*/*.sql"))
    return [path.read_bytes() for path in paths]


def mutate(text, others):
    """A few changes: tokens dropped, doubled, swapped, exchanged for odd ones or another script's; bytes changed; an end cut off."""
    for _ in range(suite.random.choice((1, 1, 2, 3, 8))):
        tokens = TOKEN.findall(text) or [b""]
        at, kind = suite.random.randrange(len(tokens)), suite.random.randrange(9)
        if kind == 0:
            del tokens[at]
        elif kind == 1:
            tokens.insert(at, tokens[at])
        elif kind == 2:
            other = suite.random.randrange(len(tokens))
            tokens[at], tokens[other] = tokens[other], tokens[at]
        elif kind == 3:
            tokens[at] = suite.random.choice(ODD)
        elif kind == 4:
            tokens.insert(at, suite.random.choice(ODD))
        elif kind == 5:
            tokens[at] = suite.random.choice(TOKEN.findall(suite.random.choice(others)))
        elif kind == 6:
            other = TOKEN.findall(suite.random.choice(others))
            start = suite.random.randrange(len(other))
            tokens[at:at + suite.random.randrange(20)] = other[start:start + suite.random.randrange(20)]
        elif kind == 7:
            tokens = tokens[:at]
        text = b"".join(tokens)
        if kind == 8 and text:
            place = suite.random.randrange(len(text))
            text = text[:place] + bytes([suite.random.randrange(256)]) + text[place + 1:]
    return text


def run(command, text):
    return subprocess.run([BINARY, *command, "-"], input=text, capture_output=True, check=False, timeout=LIMIT_S)


def main():
    others, ends, wrong = scripts(), {0: 0, 78: 0}, []
    for n in range(ROUNDS):
        text = mutate(suite.random.choice(others), others)
        for command in (["check"], ["explain"], ["explain", "--format", "json"])[n % 3:n % 3 + 1] if n % 10 else (["check"], ["explain"]):
            done = run(command, text)
            said = text_of(done.stderr)
            placed = re.search(r"^<stdin>:\d+:\d+: error: .", said, re.M) is not None
            clean = not any(ord(c) < 0x20 and c not in "\n\t" for c in said)
            if done.returncode not in ends or not clean or done.returncode == 78 and not placed:
                wrong.append((command, done.returncode, said[:300], text))
            else:
                ends[done.returncode] += 1
    for command, status, said, text in wrong[:3]:
        print(f"--- {command} exit {status}: {said!r}\n{text!r}"[:6000])
    suite.check(f"{ROUNDS} mutated scripts: {ends[0]} fine, {ends[78]} refused with a place", not wrong, f"{len(wrong)} were neither")
    suite.check("the mutations are neither all right nor all wrong", ends[0] > 0 and ends[78] > 0, ends)
    for name, text in (("empty", b""), ("a comment", b"-- nothing"), ("binary", bytes(range(256)) * 100), ("NUL bytes", b"\0" * 1000),
                       ("nested", b"(" * 1000000),
                       ("long", b"SELECT " + b"a," * 300000 + b"a;"), ("one long line", COLUMNS), ("unclosed text", b"SET 'a"),
                       ("unclosed comment", b"/* x")):
        done = run(["check"], text)
        suite.check(f"a script that is {name}: exit 0 or 78, and not much is said", done.returncode in ends and len(done.stderr) < 4000,
                    f"exit {done.returncode}, {len(done.stderr)} bytes: {done.stderr[:200]}")
    return suite.finish()


COLUMNS = b"CREATE TABLE t (" + b", ".join(b"c%d INT" % n for n in range(100000)) + b") WITH ('connector' = 'blackhole');"

if __name__ == "__main__":
    sys.exit(main())
