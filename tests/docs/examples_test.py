#!/usr/bin/env python3
"""Holds README.md and docs/*.md against the program LEAT_BINARY names (default build/leat): examples, tables, commands, links.

usage: tests/docs/examples_test.py [--write]      (--write: write the tables anew instead of testing)

What stands behind ```sql says how a block is tried:
    (nothing)   it is a whole script, and `leat check` takes it without a warning
    base        the same; the blocks below that say `more` go on from it
    more        it goes on from the last base
    error       `leat check` refuses it with status 78; a ```text block behind it is the first line of the diagnostic
    run         `leat run` runs it; ```json NAME blocks behind it are its files, a ```text block is what it prints
    values      lines `expression -- value, TYPE` over one row of the base's first table
Tables stand between `<!-- table: NAME -->` and `<!-- end -->` and are made here from `leat list`.
Prints 'N passed, M failed, K skipped' last.
"""
import collections
import json
import pathlib
import re
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "support"))
from leat import ROOT, Suite, leat  # noqa: E402

DOCUMENTS = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
TABLE = re.compile(r"<!-- table: ([^>]*?) -->(.*?)<!-- end -->", re.DOTALL)
TYPES = ["BOOLEAN", "INT", "BIGINT", "DOUBLE", "STRING", "TIMESTAMP(3)", "TIMESTAMP_LTZ(3)"]
ROW = {"id": "m_1", "n": 7, "big": 5, "temp": 21, "good": True, "ts": "2024-01-01 00:00:01"}

Block = collections.namedtuple("Block", "place kind modes text")


# ---- documents

def blocks_of(path):
    """The fenced blocks of a document in order."""
    blocks, lines, start = [], path.read_text().split("\n"), None
    for number, line in enumerate(lines, 1):
        if not line.startswith("```"):
            continue
        if start is None:
            start = number
            continue
        kind, *modes = lines[start - 1][3:].split() or [""]
        blocks.append(Block(f"{path.relative_to(ROOT)}:{start}", kind, modes, "\n".join(lines[start:number - 1]) + "\n"))
        start = None
    assert start is None, f"{path}: a block without an end"
    return blocks


def prose_of(path):
    """A document without its fenced blocks."""
    return re.sub(r"^```.*?^```$", "", path.read_text(), flags=re.DOTALL | re.MULTILINE)


# ---- SQL

class Examples:
    """Tries the SQL blocks of one document."""

    def __init__(self, suite, path):
        self.suite, self.blocks, self.base = suite, blocks_of(path), ""

    def behind(self, i, kind):
        """The blocks of a kind that follow block i before the next SQL block."""
        found = []
        for block in self.blocks[i + 1:]:
            if block.kind == "sql":
                break
            if block.kind == kind:
                found.append(block)
        return found

    def run_all(self):
        for i, block in enumerate(self.blocks):
            if block.kind != "sql":
                continue
            unknown = set(block.modes) - {"base", "more", "error", "run", "values"}
            if unknown:
                self.suite.check(f"{block.place} says how it is tried", False, f"{unknown} is not known")
            elif "values" in block.modes:
                self.values(block)
            elif "run" in block.modes:
                self.run(i, block)
            elif "error" in block.modes:
                self.refused(i, block)
            else:
                self.accepted(block)

    def script(self, block):
        return (self.base if "more" in block.modes else "") + block.text

    def check(self, sql):
        return leat("check", self.suite.file("script.sql", sql).name, cwd=self.suite.folder)

    def accepted(self, block):
        if "base" in block.modes:
            self.base = block.text
        done = self.check(self.script(block))
        self.suite.check(f"{block.place} is right", done.returncode == 0 and not done.stderr, done.stderr)

    def refused(self, i, block):
        done = self.check(self.script(block))
        self.suite.check(f"{block.place} is refused", done.returncode == 78, done.stdout + done.stderr)
        for told in self.behind(i, "text")[:1]:
            self.suite.equal(f"{told.place} is what it says", done.stderr.split("\n")[0], told.text.split("\n")[0])

    def run(self, i, block):
        for data in self.behind(i, "json"):
            self.suite.file(data.modes[0], data.text)
        done = leat("run", self.suite.file("script.sql", block.text).name, "--workers", "2", cwd=self.suite.folder)
        expected = "".join(told.text for told in self.behind(i, "text"))
        self.suite.check(f"{block.place} runs", done.returncode == 0, done.stderr)
        self.suite.equal(f"{block.place} prints what stands below", done.stdout, expected)

    def values(self, block):
        table = re.search(r"CREATE TABLE (\w+)", self.base).group(1)
        row = self.suite.file("row.json", [ROW])
        for line in block.text.strip().split("\n"):
            expression, _, told = line.rpartition(" -- ")
            done = self.check(f"{self.base}CREATE TABLE other (x INT, y INT) WITH ('connector' = 'print');"
                              f"INSERT INTO other SELECT {expression} FROM {table};")
            schema = re.search(r"Query schema: \[.*?: ([A-Z_]+(?:\(\d\))?)", done.stderr)
            kind = schema.group(1) if schema else None
            path = self.suite.file("script.sql", f"{self.base}CREATE TABLE shown (x {kind}) WITH ('connector' = 'print');"
                                                 f"INSERT INTO shown SELECT {expression} FROM {table};")
            done = leat("replay", path, "--from", f"{table}={row}", "--to", "shown=-") if kind else done
            have = f"{done.stdout.strip()[3:-1]}, {kind}" if kind and done.returncode == 0 else done.stderr.split("\n")[0]
            self.suite.equal(f"{block.place} {expression.strip()}", have, told.strip())


# ---- tables

def listed(subject, *name):
    done = leat("list", subject, *name, "--json")
    return json.loads(done.stdout) if done.returncode == 0 else []


def table_of(head, rows):
    lines = ["| " + " | ".join(head) + " |", "|" + "---|" * len(head)]
    lines += ["| " + " | ".join(cell.replace("|", "\\|") for cell in row) + " |" for row in rows]
    return "\n" + "\n".join(lines) + "\n"


def functions_table(_):
    return table_of(["function", "gives"], [(f"`{f['signature']}`", f["doc"]) for f in listed("functions")])


def connectors_table(_):
    rows = []
    for connector in listed("connectors"):
        if connector["source"] is None:
            continue
        metadata = ", ".join(f"`{m['key']}` {m['type']}{'' if m['writable'] else ' (VIRTUAL)'}" for m in connector["metadata"])
        rows.append((f"`{connector['name']}`", connector["source"], connector["sink"], metadata))
    return table_of(["connector", "as a source", "as a sink", "metadata"], rows)


def known_table(_):
    return ", ".join(connector["name"] for connector in listed("connectors") if connector["source"] is None)


def formats_table(_):
    return ", ".join(entry["name"] for entry in listed("formats") if not entry["reads"] and not entry["writes"])


def options_table(owners):
    options = [o for o in listed("options") if {"SET": "SET", "any source": "*"}.get(o["of"], o["owner"]) in owners]
    options.sort(key=lambda o: owners.index({"SET": "SET", "any source": "*"}.get(o["of"], o["owner"])))
    rows = []
    for o in options:
        value = "as `" + o["alias_of"] + "`" if o["alias_of"] else o["type"]
        notes = ("" if o["supported"] else "*Not supported yet.* ") + ("**Required.** " if o["required"] else "")
        default = f"`{o['default']}`" if o["default"] is not None else ""
        rows.append([f"`{o['name']}`", value, default, notes + o["doc"]])
        if len(owners) > 1:
            rows[-1].insert(0, o["owner"])
    head = ["connector"] if len(owners) > 1 else []
    return table_of([*head, "key" if owners == ["SET"] else "option", "value", "default", "meaning"], rows)


def casts_table(suite):
    """Which CASTs there are, by trying each. Only a text may fail to be something."""
    head = f"CREATE TABLE f ({', '.join(f'c{i} {kind}' for i, kind in enumerate(TYPES))}) WITH ('connector' = 'print');\n"
    rows = []
    for i, source in enumerate(TYPES):
        row = [source]
        for target in TYPES:
            path = suite.file("cast.sql", f"{head}CREATE VIEW v AS SELECT CAST(c{i} AS {target}) AS x FROM f;")
            there = leat("check", path).returncode == 0
            row.append("–" if not there else "may fail" if source == "STRING" and target != "STRING" else "yes")
        rows.append(row)
    return table_of(["from \\ to", *TYPES], rows)


def made_table(suite, name):
    word, *words = name.split()
    if word == "options":
        return options_table(words)
    makers = {"functions": functions_table, "connectors": connectors_table, "known": known_table, "formats": formats_table,
              "casts": casts_table}
    return makers[word](suite) if word in makers else None


def try_tables(suite, path):
    for name, text in TABLE.findall(path.read_text()):
        wanted = made_table(suite, name)
        suite.check(f"{path.relative_to(ROOT)}: the table `{name}` is that of the program", text == wanted,
                    "write it anew with tests/docs/examples_test.py --write")


def write_tables(suite):
    assert listed("functions"), "this program has no `list`: build it first, or name another by LEAT_BINARY"
    for path in DOCUMENTS:
        old = path.read_text()
        new = TABLE.sub(lambda found: f"<!-- table: {found[1]} -->{made_table(suite, found[1])}<!-- end -->", old)
        if new != old:
            path.write_text(new)
            print(f"{path.relative_to(ROOT)}: tables written")


def every_option_is_told(suite):
    """Each connector with options has a table in SQL.md, so that a new one cannot be forgotten."""
    named = {word for name, _ in TABLE.findall((ROOT / "docs" / "SQL.md").read_text()) for word in name.split()[1:]}
    owners = {{"SET": "SET", "any source": "*"}.get(o["of"], o["owner"]) for o in listed("options")}
    suite.equal("docs/SQL.md has a table for everything that has options", sorted(owners - named), [])


# ---- commands and links

def commands_told(path):
    """Lines of shell blocks and pieces of inline code that call the program or make: (where, words)."""
    found = []
    for block in blocks_of(path):
        if block.kind in ("", "sh"):
            found += [(block.place, line) for line in block.text.split("\n")]
    found += [(str(path.relative_to(ROOT)), code) for code in re.findall(r"`([^`\n]+)`", prose_of(path))]
    for place, line in found:
        words = line.split(" #")[0].split()
        if words and words[0] in ("leat", "build/leat", "make"):
            yield place, words


def try_commands(suite, path, helps):
    targets = set(re.findall(r"^([\w-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    for place, (program, *words) in commands_told(path):
        if program == "make":
            wrong = [word for word in words if "=" not in word and word not in targets]
        elif not words or words[0].startswith("-"):
            wrong = [word for word in words if word not in ("--help", "--version")]
        else:
            wrong = [] if words[0] in helps else words[:1]
            options = [word.strip("[].…,").split("=")[0] for word in words[1:] if word.strip("[").startswith("--")]
            wrong += [o for o in options for name in re.split(r"[/|]", o) if not wrong and
                      not re.search(rf"^ +(-\w, )?--{name.strip('-')}\b", helps[words[0]], re.MULTILINE)]
        suite.check(f"{place}: {' '.join([program, *words])}", not wrong, f"there is no {wrong}")


def anchor_of(title):
    return re.sub(r"[^\w\- ]", "", title.strip().lower()).replace(" ", "-")


def try_links(suite, path):
    for text, target in re.findall(r"\[([^\]\n]+)\]\(([^)\s]+)\)", prose_of(path)):
        name, _, anchor = target.partition("#")
        if name.startswith("http"):
            continue
        file = (path.parent / name).resolve() if name else path
        ok = file.exists()
        if ok and anchor:
            ok = anchor in [anchor_of(title) for title in re.findall(r"^#+ (.*)$", file.read_text(), re.MULTILINE)]
        suite.check(f"{path.relative_to(ROOT)}: [{text}]({target})", ok, "it leads nowhere")


# ---- leat list

def try_list(suite):
    for subject in ("functions", "connectors", "formats", "options"):
        entries, text = listed(subject), leat("list", subject)
        suite.check(f"leat list {subject}", text.returncode == 0 and len(entries) > 5 and
                    all(entry["name"] in text.stdout or entry["name"] == "%" for entry in entries))
    suite.equal("leat list functions NAME", {f["name"] for f in listed("functions", "log")}, {"LOG"})
    suite.equal("leat list options CONNECTOR", {o["owner"] for o in listed("options", "kafka")}, {"kafka"})
    suite.equal("leat list options SET", {o["of"] for o in listed("options", "set")}, {"SET"})
    suite.check("leat list connectors NAME tells the metadata", "offset" in leat("list", "connectors", "kafka").stdout)
    for arguments, word in ((["functions", "uper"], "UPPER"), (["function"], "functions"), ([], "--help"),
                            (["formats", "json", "x"], "--help")):
        done = leat("list", *arguments)
        suite.check(f"leat list {' '.join(arguments)} is refused", done.returncode == 64 and word in done.stderr, done.stderr)
    suite.check("leat list --help", "functions|connectors|formats|options" in leat("list", "--help").stdout)


def main():
    suite = Suite()
    if sys.argv[1:] == ["--write"]:
        write_tables(suite)
        return 0
    helps = {name: leat(name, "--help").stdout for name in re.findall(r"^  (\w+) ", leat("--help").stdout, re.MULTILINE)}
    for path in DOCUMENTS:
        Examples(suite, path).run_all()
        try_tables(suite, path)
        try_commands(suite, path, helps)
        try_links(suite, path)
    every_option_is_told(suite)
    try_list(suite)
    return suite.finish()


if __name__ == "__main__":
    sys.exit(main())
