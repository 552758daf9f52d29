"""Scripts of the json format: what it reads as which type, and what it writes."""
from script import Expressions, Failing, Script, column, connector, lines

IGNORE = ", 'json.ignore-parse-errors' = 'true'"
ISO = ", 'json.timestamp-format.standard' = 'ISO-8601'"

# One value a row, as the text of JSON.
SCALARS = ["null", "0", "1", "-1", "12", "-0", "1.0", "1.5", "-1.9", "1e3", "1E2", "1.5e-3", "2147483647", "2147483648", "-2147483648",
           "-2147483649",
           "9223372036854775807", "9223372036854775808", "-9223372036854775808", "1e400", "1e20", "12345678901234567890", "0.1", "1e-400",
           "true", "false",
           '""', '" "', '"12"', '" 12 "', '"+12"', '"-12"', '"1.5"', '"1e3"', '"abc"', '"12a"', '"2147483648"', '"9223372036854775808"',
           '"true"', '"TRUE"',
           '"True"', '" true"', '"false"', '"yes"', '"0"', '"1"', '"NaN"', '"Infinity"', '"-Infinity"', '"1d"', '"0x10"', '"null"', "[]",
           "[1]", "{}", '{"a":1}',
           '{"b" : [1, 2.50, "x", null, true]}', '"é\\u00e9\\n\\"\\\\\\/"', '"\\ud83d\\ude00"', "1.7976931348623157e308", "5e-324",
           "0.30000000000000004",
           "100000000000000000000.0", "-0.0", "3.0e10", '"2024-01-01 00:00:00"', "1.50", "10E-1", '"１"', '"1 2"', '"1_0"', '"."', '"1."',
           '".5"']


def one(values):
    return ['{"k": %d, "v": ' + value + "}" for value in values]


def fails(name, kind, value):
    return Failing(f"json_fails_{name}", f"v {kind}", '{"k": %d, "v": ' + value + "}", '{"k": %d}', (kind, "v"))


TYPES = [("int", "INT"), ("bigint", "BIGINT"), ("double", "DOUBLE"), ("string", "STRING"), ("boolean", "BOOLEAN")]
SAFE = {  # values that no parse error stops
    "int": ["null", "0", "-1", "12", "1.5", "-1.9", "2147483647", "-2147483648", '"12"', '" 12 "', '"-12"', '"+12"'],
    "bigint": ["null", "0", "12", "1.5", "9223372036854775807", "-9223372036854775808", '"12"', '" 12 "'],
    "double": ["null", "0", "-0", "12", "1.5", "1e3", "1e-400", '"1.5"', '" 1.5 "', '"1e3"', '"1d"', "123456789012345678901234567890",
               "9007199254740993", "0.1", "2.2250738585072012e-308"],
    "string": ["null", '""', '"x"', "1", "1.50", "1e3", "true", "[1, 2]", '{"a" : 1}', '"é\\u00e9\\n"', "-0.0", "100000000000000000000",
               '{"b":[1, 2.50, "x"]}', "1E400"],
    "boolean": ["null", "true", "false", "0", "1", "1.5", '"true"', '"TRUE"', '" true "', '"false"', '"yes"', '""', "[1]", "{}"],
}
SQL_TIMES = ["null", '"2024-03-01 07:08:09"', '"2024-03-01 07:08:09.1"', '"2024-03-01 07:08:09.123"', '"2024-03-01 07:08:09.123456"',
             '"2024-03-01 07:08:09.123456789"',
             '"2024-03-01 07:08:09.9999999"', '"2024-03-01"', '"2024-03-01 07:08"', '"2024-3-1 7:8:9"', '"2024-03-01T07:08:09"',
             '"2024-03-01 07:08:09Z"',
             '"2024-03-01 07:08:09.5Z"', '"2024-03-01 07:08:09+01:00"', '"2024-02-30 00:00:00"', '"2023-02-29 00:00:00"',
             '"2024-13-01 00:00:00"', '"2024-03-01 24:00:00"',
             '"2024-03-01 23:59:60"', '" 2024-03-01 07:08:09"', '"2024-03-01 07:08:09 "', '"1969-12-31 23:59:59.999"',
             '"0001-01-01 00:00:00"', '"9999-12-31 23:59:59.999999"',
             '"10000-01-01 00:00:00"', '"abc"', '""', "1709276889", "1709276889123", "true", '"2024-03-01T07:08:09Z"',
             '"2024-03-01T07:08:09.123Z"', '"2024-03-01T07:08"',
             '"2024-03-01T07:08:09.123456"', '"2024-03-01T07:08:09.5"', '"1969-12-31T23:59:59.999"', '"1969-12-31T23:59:59.999Z"',
             '"2024-03-01t07:08:09"',
             '"2024-03-01 07:08:09z"', '"2024-03-01T07:08Z"', '"2024-03-01 07:08:09."', '"2024-03-01 07:08:09.Z"', '"2024-02-30T00:00:00"',
             '"2024-03-01T24:00:00"', '"2024-02-30T00:00:00Z"', '"-0001-01-01 00:00:00"', '"0000-01-01 00:00:00"']
STAMPS = [("TIMESTAMP(3)", "ts3"), ("TIMESTAMP(6)", "ts6"), ("TIMESTAMP(0)", "ts0"), ("TIMESTAMP_LTZ(3)", "ltz3")]
READING = (
    [Expressions(f"json_read_{name}", f"v {kind}", one(SAFE[name]), [(kind, "v")]) for name, kind in TYPES] +
    [Expressions(f"json_ignore_{name}", f"v {kind}", one(SCALARS), [(kind, "v")], options=IGNORE) for name, kind in TYPES] +
    [Expressions(f"json_time_{name}", f"v {kind}", one(SQL_TIMES), [(kind, "v")], options=IGNORE) for kind, name in STAMPS] +
    [Expressions(f"json_iso_{name}", f"v {kind}", one(SQL_TIMES), [(kind, "v")], options=IGNORE + ISO) for kind, name in STAMPS])

BROKEN = ["", "   ", "{", "}", "{}", '{"k": 1}', '{"k": 2, "v": }', '{"k": 3, "v": 1', '{"k": 4, "v": 1} ', ' {"k": 5, "v": 1}',
          '{"k": 6, "v": 1}x', '{"k": 7 "v": 1}',
          '{"k": 8, "v": 01}', '{"k": 9, "v": tru}', '{"k": 10, "v": 1,}', "[]", "12", '"text"', "null", '{"k": 11, "v": "\\x"}',
          '{"k": 12, "v": 1e}', '{"k": 13, "v": .5}',
          '{k: 14, "v": 1}', "{'k': 15}", '{"k": 16, "v": "tab\there"}', '{"k": 17, "v": 1, "v": 2}', '{"v": 3, "k": 18}',
          '{"k": 19, "V": 3}', '{"k": 20, "v": "\\ud800"}',
          '{"k": 21, "x": {"v": 5}, "y": [{"v": 6}]}', '{"k": 22, "v": NaN}', '{"k": 23, "v": +1}', '{"k": 24, "v": "open',
          '{"k": 25, "\\u0076": 9}', '{"k": 26, "v": 9}\r']
ROWS = [
    Script("json_broken_lines",
           f"CREATE TABLE t (k INT, v STRING) {connector('t', IGNORE)};\nCREATE TABLE o (k INT, v STRING) {connector('o')};\n"
           "INSERT INTO o SELECT k, v FROM t;\n", {"t": lines(BROKEN)}),
    Script("json_members",
           f"CREATE TABLE t (`a b` INT, `é` STRING, `x.y` DOUBLE, A STRING, a STRING, `timestamp` STRING) {connector('t')};\n"
           f"CREATE TABLE o (`a b` INT, `é` STRING, `x.y` DOUBLE, A STRING, a STRING, `timestamp` STRING) {connector('o')};\n"
           "INSERT INTO o SELECT * FROM t;\n",
           {"t": lines(['{"a b": 1, "é": "x", "x.y": 2.5, "A": "upper", "a": "lower", "timestamp": "t"}',
                        '{"\\u0061": "esc", "\\u00e9": "y"}', "{}",
                        '{"x": {"y": 1}, "A": null}', '{"a":"1","a":"2","A":"3"}'])}),
    Script("json_arrays",
           f"CREATE TABLE t (k INT) {connector('t', IGNORE)};\nCREATE TABLE o (k INT) {connector('o')};\nINSERT INTO o SELECT k FROM t;\n",
           {"t": lines(['{"k": 1}', '[{"k": 2}, {"k": 3}]', "[]", '[{"k": 4}]', "[5]"])}),
]
WIDE = ("a INT, b BIGINT, c DOUBLE, d STRING, e BOOLEAN, f TIMESTAMP(3), g TIMESTAMP(6), h TIMESTAMP(0), i TIMESTAMP_LTZ(3), j "
        "TIMESTAMP_LTZ(6), k INT")


def digits(moment, count):
    """A timestamp with at most so many digits of its fraction: those of its column's type."""
    return moment and moment[:19 + (count and 1 + count)]


WIDE_ROWS = [{"a": a, "b": b, "c": c, "d": d, "e": e, "f": digits(f, 3), "g": f, "h": digits(f, 0), "i": f and digits(f, 3) + "Z",
              "j": f and f + "Z", "k": k}
             for k, (a, b, c, d, e, f) in enumerate([
    (1, 2, 3.5, "text", True, "2024-01-01 00:00:00"), (None, None, None, None, None, None), (-2147483648, -9223372036854775808, -0.0, "",
        False, "1969-12-31 23:59:59.999999"),
    (2147483647, 9223372036854775807, 1e300, "quote \" back \\ slash / nl \n tab \t nul \x01 del \x7f é \U0001f600 \u2028", True,
     "2024-01-01 00:00:00.1"),
    (0, 0, 1e21, "a", None, "2024-01-01 00:00:00.120"), (0, 0, -1e-7, "</script>", None, "2024-01-01 00:00:00.123456"), (0, 0, 0.001,
        "\x1f\b\f\r", None, "0001-01-01 00:00:00"),
    (0, 0, 5e-324, "\u0000", None, "9999-12-31 23:59:59.999999"), (0, 0, 1e7, "x" * 300, None, "2024-01-01 00:00:00.000001"), (0, 0,
        123456789.125, "日本語", None, None)])]


def written(name, options):
    return Script(f"json_write_{name}",
                  f"CREATE TABLE t ({WIDE}) {connector('t')};\nCREATE TABLE o ({WIDE}) {connector('o', options)};\nINSERT INTO o SELECT * "
                  f"FROM t;\n",
                  {"t": lines(WIDE_ROWS)}, key="k")


WRITING = [written("sql", ""), written("iso", ISO), written("no_nulls", ", 'json.encode.ignore-null-fields' = 'true'")]
FAILING = [fails("int_text", "INT", '"abc"'), fails("int_range", "INT", '"2147483648"'), fails("int_number_range", "INT", "2147483648"),
           fails("double_text", "DOUBLE", '"1.5.5"'),
           fails("timestamp", "TIMESTAMP(3)", '"soon"'), fails("timestamp_number", "TIMESTAMP(3)", "12"), fails("int_object", "INT", "{}"),
           fails("int_empty", "INT", '""'),
           fails("bigint_range", "BIGINT", "9223372036854775808"), fails("int_boolean", "INT", "true"), fails("broken", "INT", "tru"),
           fails("double_empty", "DOUBLE", '""'),
           Failing("json_fails_missing", "v INT", '{"k": %d}', '{"k": %d, "v": 1}', ("INT", "v"))]
FAILING[-1].sql = FAILING[-1].sql.replace("'json')", "'json', 'json.fail-on-missing-field' = 'true')", 1)
CASES = READING + ROWS + WRITING + FAILING
