#!/usr/bin/env python3
"""Window cases out of Flink's own integration tests: their rows, their queries, their expected rows.

The cases lie in the folder that LEAT_SHARED names, under external/flink-sql-cases; without it everything is skipped. What leat has not
(HOP, SESSION, DISTINCT, functions of the tests' own) is skipped and counted by reason. A case whose window and keys are supported but
some of whose columns are not is claimed without those columns. FLOAT and DECIMAL columns are read as DOUBLE and compared as numbers.
"""
import collections
import json
import math
import pathlib
import re
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "support"))

import leat

CASES = leat.SHARED / "external" / "flink-sql-cases"
FILES = ["WindowAggregateITCase", "GroupWindowITCase", "WindowTableFunctionITCase"]
COLUMNS = ["ts", "int", "double", "float", "bigdec", "string", "name"]
SOURCE = ("CREATE TABLE T1 (`ts` STRING, `int` INT, `double` DOUBLE, `float` DOUBLE, `bigdec` DOUBLE, `string` STRING, `name` STRING,\n"
          "  `rowtime` AS TO_TIMESTAMP(`ts`), WATERMARK FOR `rowtime` AS `rowtime` - INTERVAL '1' SECOND)\n"
          "WITH ('connector' = 'filesystem', 'path' = 'none', 'format' = 'json');\n")

# What makes a whole case unsupported, in the order in which it is looked for.
REFUSED = [("HOP windows", r"\bHOP(_\w+)?\s*\("), ("SESSION windows", r"\bSESSION(_\w+)?\s*\("), ("CUMULATE windows", r"\bCUMULATE\s*\("),
           ("GROUPING SETS, CUBE, ROLLUP", r"GROUPING SETS|\bCUBE\b|\bROLLUP\b"), ("processing time", r"(?i)proctime"),
           ("OVER windows", r"\bOVER\b"), ("changelog sources", r"upsert_currency"), ("COUNT DISTINCT in a subquery",
               r"FROM\s*\(\s*SELECT[^)]*DISTINCT"),
           ("GROUP BY without a window", r"\)\s*GROUP BY `string`\s*$"), ("a table whose rows are not transcribed", r"\btestTable\b"),
           ("allowed lateness", r"weightAvgFun")]
# What makes a column of a case unsupported.
DROPPED = r"DISTINCT|concat_distinct_agg|GROUPING_ID"
KINDS = [(r"^COUNT\(", "BIGINT"), (r"^(window_\w+|TO_TIMESTAMP\(.*)$|\browtime\b(?!.*STRING)", "TIMESTAMP(3)"), (r"`int`", "INT"),
         (r"`(string|name)`|AS STRING\)", "STRING"), (r"", "DOUBLE")]


def items_of(sql):
    """The items of the SELECT list, and what follows it."""
    items, depth, item = [], 0, ""
    body = sql.strip()[len("SELECT"):]
    for i, c in enumerate(body):
        if depth == 0 and re.match(r"\sFROM\b", body[i:]):
            return [*items, item.strip()], body[i:]
        depth += (c == "(") - (c == ")")
        if c == "," and depth == 0:
            items, item = [*items, item.strip()], ""
        else:
            item += c
    raise ValueError(sql)


def refusal(case):
    text = "\n".join(case["sql"])
    found = [why for why, pattern in REFUSED if re.search(pattern, text)]
    return found[0] if found else "no expected rows transcribed" if not case["expected"].get("expected") else None


def value_of(text, kind):
    """What an expected text means as a value of the type."""
    if text == "null":
        return None
    if kind.startswith("TIMESTAMP"):
        moment = text.replace("T", " ")
        return moment if moment.count(":") == 2 else moment + ":00"
    return text if kind == "STRING" else int(text) if kind in ("INT", "BIGINT") else float(text)


def row_of(values):
    """Sums of doubles are not sums of decimals in their last digits."""
    return tuple(f"{v:.9g}" if isinstance(v, float) and math.isfinite(v) else str(v) for v in values)


def run(suite, case, rows):
    items, rest = items_of(case["sql"][0])
    kept = [i for i, item in enumerate(items) if not re.search(DROPPED, item)]
    kinds = [next(kind for pattern, kind in KINDS if re.search(pattern, items[i])) for i in kept]
    sql = (SOURCE + f"CREATE TABLE o ({', '.join(f'c{n} {kind}' for n, kind in enumerate(kinds))})\n"
           "WITH ('connector' = 'filesystem', 'path' = 'none', 'format' = 'json');\n"
           f"INSERT INTO o SELECT {', '.join(items[i] for i in kept)}\n{rest};\n")
    done = suite.replay(sql, {"T1": suite.file("rows.json", rows)})
    # The transcription kept the seams of texts that the tests had cut in two.
    expected = [re.sub(r'\\?"\s*\+\s*\\?"', "", line).split(",") for line in case["expected"]["expected"]]
    want = collections.Counter(row_of(value_of(line[i], kind) for i, kind in zip(kept, kinds)) for line in expected)
    have = collections.Counter(row_of(float(v) if kind == "DOUBLE" and v is not None else v for v, kind in zip(row.values(), kinds))
                               for row in (done.rows("o") if done.status == 0 else []))
    suite.check(case["name"], done.status == 0 and have == want,
                done.stderr if done.status else f"\n  have {have - want}\n  want {want - have}")
    return len(kept) == len(items), sum(want.values())


def main():
    suite = leat.Suite()
    if not CASES.is_dir():
        suite.skip("the cases of Flink's tests", f"{CASES} is absent")
        return suite.finish()
    skipped, whole, partly, compared = collections.Counter(), 0, 0, 0
    for name in FILES:
        cases = json.loads((CASES / f"{name}.json").read_text())
        for case in cases["tests"]:
            why = refusal(case)
            if why:
                skipped[why] += 1
                suite.skip(f"{name}.{case['name']}", why)
                continue
            rows = [{column: v["decimal"] if isinstance(v, dict) else v for column, v in zip(COLUMNS, row)}
                    for row in cases["shared"]["windowDataWithTimestamp"]]
            complete, count = run(suite, case, rows)
            whole, partly, compared = whole + complete, partly + (not complete), compared + count
    print(f"claimed whole {whole}, without the columns that leat has not {partly}; {compared} rows compared; skipped "
          f"{sum(skipped.values())}:")
    for why, count in skipped.most_common():
        print(f"  {count:3} {why}")
    return suite.finish()


if __name__ == "__main__":
    sys.exit(main())
