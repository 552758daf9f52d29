"""The kinds of script that run on Flink and on leat, and how they are put together."""
import itertools
import json


def connector(table, options=""):
    """The WITH clause of a table: a folder of JSON lines for Flink, replaced by a file in leat's replay."""
    return f"WITH ('connector' = 'filesystem', 'path' = '${{DIR}}/{table}', 'format' = 'json'{options})"


def lines(rows):
    """Rows as an input: each a dictionary or a text that is taken as it is."""
    return "".join((row if isinstance(row, str) else json.dumps(row)) + "\n" for row in rows)


class Script:
    """SQL with its inputs (table: text). Its sinks are compared as multisets, or row by row under `key` where all have that column."""

    kind = "rows"

    def __init__(self, name, sql, inputs, sinks=("o",), key=None):
        self.name, self.sql, self.inputs, self.sinks, self.key = name, sql, inputs, sinks, key


class Expressions(Script):
    """Expressions over rows of a table t; the sink has the row's number k and a column for each, whose type stands before it."""

    def __init__(self, name, columns, rows, items, ulps=0, options="", where=""):
        self.items, self.ulps = items, ulps
        self.texts = {f"c{i}": text for i, (_, text) in enumerate(items)}
        declared = "".join(f",\n  c{i} {kind}" for i, (kind, _) in enumerate(items))
        chosen = "".join(f",\n  {text}" for _, text in items)
        sql = (f"CREATE TABLE t (k INT, {columns}) {connector('t', options)};\n"
               f"CREATE TABLE o (k INT{declared}) {connector('o')};\n"
               f"INSERT INTO o SELECT k{chosen}\nFROM t{where and ' WHERE ' + where};\n")
        super().__init__(name, sql, {"t": lines(numbered(rows))}, key="k")


def numbered(rows):
    """Gives each row that is a dictionary its number; a text has %d where the number goes."""
    return [row.replace("%d", str(k)) if isinstance(row, str) else {"k": k, **row} for k, row in enumerate(rows)]


class Failing(Script):
    """An expression that fails for the first of two rows: Flink's job fails, leat drops the row as a bad one and keeps the other."""

    kind = "failing"

    def __init__(self, name, columns, bad, good, item):
        kind, text = item
        sql = (f"CREATE TABLE t (k INT, {columns}) {connector('t')};\n"
               f"CREATE TABLE o (k INT, c0 {kind}) {connector('o')};\n"
               f"INSERT INTO o SELECT k, {text} FROM t;\n")
        super().__init__(name, sql, {"t": lines(numbered([bad, good]))}, key="k")


class Plans(Script):
    """Statements over the same tables that are planned only: each must be taken by both or refused by both."""

    kind = "plans"

    def __init__(self, name, tables, statements):
        self.tables, self.statements = tables, statements
        super().__init__(name, tables + "".join(f"EXPLAIN PLAN FOR {s};\n" for s in statements), {}, sinks=())


def inserts(items):
    """INSERT statements into the sink of the type that stands before each query or expression over t."""
    return [f"INSERT INTO o_{kind.lower()} {text if text.startswith('SELECT') else f'SELECT {text} FROM t'}" for kind, text in items]


def pairs(values, names=("a", "b")):
    """Rows of all pairs of the values."""
    return [dict(zip(names, pair)) for pair in itertools.product(values, repeat=2)]


def specials(names, rows):
    """Columns and rows of DOUBLEs that JSON has no numbers for, through texts: ("a DOUBLE", [{"a": "NaN"}]) with a computed column."""
    columns = ", ".join(f"{name}_text STRING, {name} AS CAST({name}_text AS DOUBLE)" for name in names)
    return columns, [{f"{name}_text": value if value is None else str(value) for name, value in row.items()} for row in rows]


def column(name, values):
    return [{name: value} for value in values]
