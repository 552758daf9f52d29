"""Scripts of expressions: arithmetic, comparison, logic, conversions, numbers, texts."""
from script import Expressions, Failing, column, pairs, specials

INTS = [None, 0, 1, -1, 2, 7, -7, 46341, 2147483647, -2147483648]
LONGS = [None, 0, 1, -1, 3, -10, 4294967296, 3037000500, 9223372036854775807, -9223372036854775808]
# Texts stand for what JSON has no number for: the format reads them as Java does.
DOUBLES = [None, 0.0, -0.0, 1.0, -1.5, 0.1, 3.0, 1e308, 5e-324, "NaN", "Infinity", "-Infinity"]
TEXTS = [None, "", "a", "A", "ab", "b", " ", "a ", "é", "Z", "10", "9", "\U0001f600", "\uffee", "null"]

ARITHMETIC = ["a + b", "a - b", "a * b", "-a", "+a", "a + 1", "1 - b", "a * 2 - b", "a + a * b", "ABS(a)", "SIGN(b)", "(a - b) * (a + b)"]
DIVISIONS = ["a / b", "MOD(a, b)", "a % b", "a / 2", "a / -1", "MOD(a, 10)", "MOD(a, -3)", "a - a / b * b", "7 / b"]
COMPARISONS = ["a = b", "a <> b", "a < b", "a <= b", "a > b", "a >= b", "a IS DISTINCT FROM b", "a IS NOT DISTINCT FROM b",
               "a IS NULL", "b IS NOT NULL", "a BETWEEN b AND b", "a NOT BETWEEN a AND b", "NOT (a < b)", "a IN (b)", "a IN (b, a)",
               "a NOT IN (b)", "CASE WHEN a < b THEN TRUE WHEN a >= b THEN FALSE END"]
CHOICES = ["COALESCE(a, b)", "COALESCE(a, b, b)", "IFNULL(a, b)", "NULLIF(a, b)", "GREATEST(a, b)", "LEAST(a, b)", "IF(a < b, a, b)",
           "CASE WHEN a = b THEN a ELSE b END", "CASE a WHEN b THEN a END"]


def of(kind, texts):
    return [(kind, text) for text in texts]


def mixed(values_a, values_b):
    return [{"a": a, "b": b} for a in values_a for b in values_b]


ARITHMETIC_CASES = [
    Expressions("int_arithmetic", "a INT, b INT", pairs(INTS), of("INT", ARITHMETIC)),
    Expressions("int_division", "a INT, b INT", pairs(INTS), of("INT", DIVISIONS), where="b <> 0"),
    Expressions("bigint_arithmetic", "a BIGINT, b BIGINT", pairs(LONGS), of("BIGINT", ARITHMETIC)),
    Expressions("bigint_division", "a BIGINT, b BIGINT", pairs(LONGS), of("BIGINT", DIVISIONS), where="b <> 0"),
    Expressions("mixed_arithmetic", "a BIGINT, b INT", mixed(LONGS, INTS),
                of("BIGINT", ["a + b", "b - a", "a * b", "b * b + a", "COALESCE(a, b)", "COALESCE(b, a)",
                              "CASE WHEN a > b THEN a ELSE b END",
                              "GREATEST(a, b)", "LEAST(b, a)", "NULLIF(a, b)", "IF(a > b, b, a)"]) +
                of("BOOLEAN", ["a = b", "a < b", "a >= b", "b IN (a, 1)", "a IN (1, b)"])),
    Expressions("mixed_division", "a BIGINT, b INT", mixed(LONGS, INTS),
                of("BIGINT", ["a / b", "MOD(CAST(b AS BIGINT), CAST(7 AS BIGINT))"]) + of("INT", ["MOD(a, b)", "a % b", "MOD(a, 10)"]),
                where="b <> 0"),
    Expressions("double_arithmetic", *specials("ab", pairs(DOUBLES)), of("DOUBLE", ARITHMETIC + ["a / b", "a / 0e0", "0 / b"])),
    Expressions("double_with_integers", "a DOUBLE, b INT, c BIGINT",
                [{"a": a, "b": b, "c": c} for a in [None, 0.5, -3.25, 1e300] for b in [None, 0, 3, -2147483648]
                 for c in [None, 7, 9007199254740993]],
                of("DOUBLE", ["a + b", "b + a", "a - c", "c * a", "a / b", "b / a", "a / c", "COALESCE(a, b)", "COALESCE(b, a)",
                              "CASE WHEN b > 0 THEN a ELSE c END", "CASE WHEN a > 0 THEN b ELSE 1e0 END", "NULLIF(a, b)"]) +
                of("BOOLEAN", ["a < b", "a = c", "c >= a", "b IN (1, 3)", "a BETWEEN b AND c"])),
    Expressions("literals", "a INT", column("a", [1]),
                of("INT", ["1", "-1", "2147483647", "-2147483647 - 1", "7 / 2", "-7 / 2", "MOD(-7, 2)", "1 + 2 * 3", "(1 + 2) * 3", "- - 1",
                           "2147483647 + 1"]) +
                of("BIGINT", ["2147483648", "9223372036854775807", "-9223372036854775808", "9223372036854775807 + 1", "2147483647 + a"]) +
                of("DOUBLE", ["1e0", "1.5e0", "1E-3", "-2.5E2", ".5e0", "1e0 / 3", "CAST(1.5 AS DOUBLE)", "1.5e0 * a"]) +
                of("STRING", ["'it''s'", "''", "'a' || 'b'", "CAST(NULL AS STRING)", "'é\U0001f600'"]) +
                of("BOOLEAN", ["TRUE", "FALSE", "CAST(NULL AS BOOLEAN)", "1 = 1", "1 < 0", "'a' = 'b'"])),
    Expressions("precedence", "a INT, b INT, c INT, p BOOLEAN, q BOOLEAN",
                [{"a": a, "b": b, "c": c, "p": p, "q": q} for a in [1, 5] for b in [2, -3] for c in [3, 4] for p in [True, False, None]
                 for q in [True, False, None]],
                of("INT", ["a + b * c", "a - b - c", "a * b / c", "-a * b", "a - -b", "(a + b) * c", "a / b * c", "a % c + b"]) +
                of("BOOLEAN", ["p OR q AND p", "(p OR q) AND q", "NOT p OR q", "NOT (p AND q)", "a + b > c AND p", "a = b OR b < c AND q",
                               "NOT a = b", "a < b = q", "p = q", "p IS NULL OR q", "NOT p IS NULL", "a BETWEEN b AND c AND p",
                               "a BETWEEN b AND c OR q", "NOT a BETWEEN b AND c", "a IN (1, 2) = p", "NOT a IN (1, b)"])),
]

LOGIC = [f"a {op} b {test}" for op in ("AND", "OR") for test in ("IS TRUE", "IS FALSE", "IS NULL", "IS NOT TRUE")]
COMPARISON_CASES = [
    Expressions("compare_int", "a INT, b INT", pairs(INTS), of("BOOLEAN", COMPARISONS) + of("INT", CHOICES)),
    Expressions("compare_bigint", "a BIGINT, b BIGINT", pairs(LONGS), of("BOOLEAN", COMPARISONS) + of("BIGINT", CHOICES)),
    Expressions("compare_double", *specials("ab", pairs(DOUBLES)), of("BOOLEAN", COMPARISONS)),
    Expressions("choose_double", *specials("ab", pairs(DOUBLES)), of("DOUBLE", CHOICES)),
    Expressions("compare_string", "a STRING, b STRING", pairs(TEXTS), of("BOOLEAN", COMPARISONS) + of("STRING", CHOICES)),
    Expressions("compare_boolean", "a BOOLEAN, b BOOLEAN", pairs([None, True, False]),
                of("BOOLEAN", COMPARISONS + [c for c in CHOICES if "GREATEST" not in c and "LEAST" not in c])),
    Expressions("compare_timestamp", "a TIMESTAMP(3), b TIMESTAMP(3)",
                pairs([None, "2024-01-01 00:00:00", "2024-01-01 00:00:00.001", "1969-12-31 23:59:59.999", "9999-12-31 23:59:59.999"]),
                of("BOOLEAN", COMPARISONS + ["a = TIMESTAMP '2024-01-01 00:00:00'", "b > '2000-01-01 00:00:00'",
                                             "a IN (TIMESTAMP '2024-01-01 00:00:00', b)"]) + of("TIMESTAMP(3)", CHOICES)),
    Expressions("compare_instant", "a TIMESTAMP_LTZ(3), b TIMESTAMP_LTZ(3)",
                pairs([None, "2024-01-01 00:00:00Z", "2024-01-01 00:00:00.001Z", "1969-12-31 23:59:59.999Z"]),
                of("BOOLEAN", COMPARISONS) + of("TIMESTAMP_LTZ(3)", CHOICES)),
    Expressions("logic", "a BOOLEAN, b BOOLEAN", pairs([None, True, False]),
                of("BOOLEAN", ["a AND b", "a OR b", "NOT a", "NOT (a AND b)", "NOT (a OR b)", "a AND NOT b", "a OR NOT b", "a AND b OR a",
                               "a AND CAST(NULL AS BOOLEAN)", "a OR CAST(NULL AS BOOLEAN)", "a AND TRUE", "a OR FALSE", "a AND FALSE",
                               "a OR TRUE", "NOT NOT a",
                               "a IS TRUE", "a IS NOT TRUE", "a IS FALSE", "a IS NOT FALSE", "a IS UNKNOWN", "a IS NOT UNKNOWN",
                               "a IS NULL", "a = b", "a <> b", "a = TRUE",
                               "a <> FALSE"] + [f"({text.rsplit(' IS', 1)[0]}) IS{text.rsplit(' IS', 1)[1]}"
                                                                                           for text in LOGIC])),
    Expressions("in_list", "a INT, s STRING, d DOUBLE", [{"a": a, "s": s, "d": d} for a in [None, 0, 1, 2, 3] for s in [None, "", "x", "y"]
                                                         for d in [None, 1, 1.5]],
                of("BOOLEAN", ["a IN (1, 2, 3)", "a NOT IN (1, 2, 3)", "a IN (1, NULL)", "a NOT IN (1, NULL)",
                               "a IN (5, 4, 3, 2, 1, 0, -1)",
                               "s IN ('x', '')", "s NOT IN ('x', 'z')", "s IN ('x', NULL)", "d IN (1e0, 2e0)", "a IN (d)",
                               "d IN (a, 1.5e0)",
                               "a + 1 IN (1, 2)", "(a IN (1, 2)) IS TRUE", "a IN (1, 1, 1)", "a IN (a)", "s IN (s, 'x')",
                               "a NOT IN (2, a)"])),
    Expressions("between", "a INT, b INT, c INT", [{"a": a, "b": b, "c": c} for a in [None, 1, 5] for b in [None, 0, 5] for c in [None, 1,
        9]],
                of("BOOLEAN", ["a BETWEEN b AND c", "a NOT BETWEEN b AND c", "a BETWEEN b AND b + c", "a BETWEEN c AND b",
                               "NOT a BETWEEN b AND c", "(a BETWEEN b AND c) IS NULL", "a BETWEEN 1 AND c",
                               "a BETWEEN ASYMMETRIC 0 AND 5"])),
    Expressions("case", "a INT, b BIGINT, s STRING", [{"a": a, "b": b, "s": s} for a in [None, 0, 1, 2] for b in [None, 1, 5000000000]
                                                      for s in [None, "x", "yy"]],
                of("STRING", ["CASE a WHEN 0 THEN 'zero' WHEN 1 THEN 'one' ELSE 'many' END", "CASE WHEN a = 0 THEN 'zero' END",
                              "CASE WHEN a IS NULL THEN 'none' WHEN s IS NULL THEN 'no s' ELSE s END",
                              "CASE s WHEN 'x' THEN s ELSE NULL END",
                              "CASE WHEN a > 0 THEN s ELSE 'abc' END",
                              "CASE WHEN a > 0 THEN CASE WHEN b > 1 THEN 'big' ELSE 'small' END END",
                              "CASE NULL WHEN 1 THEN 'x' ELSE 'y' END", "CASE a WHEN NULL THEN 'never' ELSE 'ever' END",
                              "COALESCE(s, CAST(a AS STRING), '-')", "IF(a = 1, s, 'other')", "NULLIF(s, 'x')", "COALESCE(NULL, s)"]) +
                of("BIGINT", ["CASE WHEN a > 0 THEN a ELSE b END", "CASE a WHEN b THEN a WHEN 2 THEN b END",
                              "CASE WHEN b > 1 THEN b ELSE 0 END",
                              "COALESCE(a, b, 0)", "IFNULL(b, a)", "NULLIF(b, a)"]) +
                of("INT", ["CASE WHEN s = 'x' THEN 1 WHEN s = 'yy' THEN 2 END", "CASE WHEN a / 2 = 1 THEN 10 / a ELSE 0 END",
                           "CASE WHEN a <> 0 THEN 10 / a END", "IF(a IS NULL, -1, a)", "COALESCE(a, 3)"])),
]

SHORTEST = [0.0, -0.0, 1, 1.5, -1.5, 0.1, 0.3, 1e-3, 9.999e-4, 1e-4, 1e6, 9999999, 1e7, 1.0e7 + 0.5, 123456789.125, 1e15, 1e16, 1e17, 1e21,
            1e22,
            1.7976931348623157e308, 5e-324, 2.2250738585072014e-308, 3.141592653589793, 100, 4294967296, 1e100, "NaN", "Infinity",
            "-Infinity", 0.001, 12345.678, 1e-10, 2.5e-5, None, 9007199254740993, 123456.7, 33.333333333333336]
CASTS = [
    Expressions("cast_int", "a INT", column("a", INTS + [42, 100000, -46341]),
                of("STRING", ["CAST(a AS STRING)", "CAST(a AS VARCHAR)", "TRY_CAST(a AS STRING)"]) + of("BIGINT", ["CAST(a AS BIGINT)"]) +
                of("DOUBLE", ["CAST(a AS DOUBLE)"]) + of("BOOLEAN", ["CAST(a AS BOOLEAN)"]) + of("INT", ["CAST(a AS INT)"])),
    Expressions("cast_bigint", "a BIGINT", column("a", LONGS + [2147483648, -2147483649, 9007199254740993, 9223372036854775295]),
                of("STRING", ["CAST(a AS STRING)"]) + of("INT", ["CAST(a AS INT)", "TRY_CAST(a AS INT)"]) + of("DOUBLE",
                    ["CAST(a AS DOUBLE)"]) +
                of("BOOLEAN", ["CAST(a AS BOOLEAN)"])),
    Expressions("cast_double_text", *specials("a", column("a", SHORTEST)), of("STRING", ["CAST(a AS STRING)", "CAST(-a AS STRING)",
                                                                                     "'<' || CAST(a AS STRING) || '>'"])),
    Expressions("cast_double", *specials("a", column("a", SHORTEST + [2147483647.9, -2147483649, 2147483648, 9.3e18, -9.3e18, 0.99, -0.99,
                                                                      -1.99])),
                of("INT", ["CAST(a AS INT)", "TRY_CAST(a AS INT)"]) + of("BIGINT", ["CAST(a AS BIGINT)"]) + of("BOOLEAN",
                    ["CAST(a AS BOOLEAN)"]) +
                of("DOUBLE", ["CAST(a AS DOUBLE)"])),
    Expressions("cast_boolean", "a BOOLEAN", column("a", [None, True, False]),
                of("STRING", ["CAST(a AS STRING)"]) + of("INT", ["CAST(a AS INT)"]) + of("BIGINT", ["CAST(a AS BIGINT)"]) +
                of("DOUBLE", ["CAST(a AS DOUBLE)"]) + of("BOOLEAN", ["CAST(a AS BOOLEAN)"])),
    Expressions("cast_text_number", "s STRING",
                column("s", [None, "", " ", "1", " 1 ", "+1", "-1", "1.5", "-1.9", "1e3", "1.", ".5", "abc", "1a", "0x10", "2147483647",
                             "2147483648",
                             "-2147483648", "-2147483649", "9223372036854775807", "9223372036854775808", "-9223372036854775808", "007",
                             "1_000",
                             "NaN", "Infinity", "-Infinity", "inf", "nan", "1d", "1f", "1e400", "1e-400", "--1", "+", "-", "1 2", "\t3\n",
                             "0.1e1",
                             "1.5.5", "１", "-0", "0.0", "99999999999999999999", "1E5", "1e+5", "4.9e-324", "1,5", "+.5", "-.5", "1.a",
                             "."]),
                of("INT", ["TRY_CAST(s AS INT)"]) + of("BIGINT", ["TRY_CAST(s AS BIGINT)"]) + of("DOUBLE", ["TRY_CAST(s AS DOUBLE)"])),
    Expressions("cast_text_boolean", "s STRING",
                column("s", [None, "", "true", "TRUE", "True", "t", "T", "yes", "y", "1", "false", "FALSE", "f", "no", "n", "0", "on",
                             "off", "2", " true ",
                             "tru", "YES", "No"]), of("BOOLEAN", ["TRY_CAST(s AS BOOLEAN)"])),
    Expressions("cast_text_timestamp", "s STRING",
                column("s", [None, "", "2024-03-01 07:08:09", "2024-03-01 07:08:09.1", "2024-03-01 07:08:09.123",
                             "2024-03-01 07:08:09.123456",
                             "2024-03-01 07:08:09.123456789", "2024-03-01 07:08:09.9999999", "2024-03-01", "2024-3-1", "2024-3-1 7:8:9",
                             "2024-03-01 07:08",
                             "2024-03-01T07:08:09", "2024-02-30 00:00:00", "2023-02-29", "2024-02-29", "2024-13-01", "2024-00-01",
                             "2024-03-01 24:00:00", "2024-03-01 23:59:60", "2024-03-01 23:60:00", " 2024-03-01 07:08:09 ",
                             "2024-03-01 07:08:09Z", "abc",
                             "07:08:09", "2024", "2024-03", "0001-01-01 00:00:00", "9999-12-31 23:59:59.999", "1969-12-31 23:59:59.5",
                             "10000-01-01",
                             "24-03-01 00:00:00", "2024-03-01 07:08:09.", "2024/03/01", "-2024-03-01", "2024-03-01 07:08:09 UTC",
                             "2024-03-01  07:08:09", "2024-03-01 7:08:09", "2024-03-01 07"]),
                of("TIMESTAMP(3)", ["TRY_CAST(s AS TIMESTAMP(3))"]) + of("TIMESTAMP(0)", ["TRY_CAST(s AS TIMESTAMP(0))"]) +
                of("TIMESTAMP(6)", ["TRY_CAST(s AS TIMESTAMP(6))", "TRY_CAST(s AS TIMESTAMP)"]) +
                of("TIMESTAMP_LTZ(3)", ["TRY_CAST(s AS TIMESTAMP_LTZ(3))"])),
    Expressions("cast_timestamp", "a TIMESTAMP(6), b TIMESTAMP_LTZ(3)",
                [{"a": a, "b": b} for a, b in [(None, None), ("2024-03-01 07:08:09", "2024-03-01 07:08:09Z"),
                                               ("2024-03-01 07:08:09.123456", "2024-03-01 07:08:09.987Z"),
                                               ("1969-12-31 23:59:59.999999", "1969-12-31 23:59:59.999Z"), ("0001-01-01 00:00:00",
                                                   "1970-01-01 00:00:00Z"),
                                               ("9999-12-31 23:59:59.999999", "9999-12-31 23:59:59.999Z"),
                                               ("2024-03-01 07:08:09.5", "2024-03-01 07:08:09.5Z")]],
                of("STRING", ["CAST(a AS STRING)", "CAST(b AS STRING)", "CAST(CAST(a AS TIMESTAMP(3)) AS STRING)",
                              "CAST(CAST(a AS TIMESTAMP(0)) AS STRING)", "CAST(CAST(a AS TIMESTAMP(1)) AS STRING)",
                              "CAST(CAST(b AS TIMESTAMP_LTZ(0)) AS STRING)", "CAST(CAST(b AS TIMESTAMP(6)) AS STRING)",
                              "CAST(CAST(a AS TIMESTAMP_LTZ(3)) AS STRING)"]) +
                of("TIMESTAMP(3)", ["CAST(a AS TIMESTAMP(3))", "CAST(b AS TIMESTAMP(3))"]) + of("TIMESTAMP(0)",
                    ["CAST(a AS TIMESTAMP(0))"]) +
                of("TIMESTAMP(6)", ["a", "CAST(b AS TIMESTAMP(6))", "CAST(CAST(a AS TIMESTAMP(3)) AS TIMESTAMP(6))"]) +
                of("TIMESTAMP_LTZ(3)", ["b", "CAST(a AS TIMESTAMP_LTZ(3))"]) + of("TIMESTAMP_LTZ(6)", ["CAST(b AS TIMESTAMP_LTZ(6))"])),
    Expressions("cast_literals", "a INT", column("a", [1]),
                of("INT", ["CAST('12' AS INT)", "CAST(' 12 ' AS INT)", "CAST(1.9e0 AS INT)", "CAST(-1.9e0 AS INT)", "CAST(TRUE AS INT)",
                           "CAST(4294967297 AS INT)", "CAST('1.9' AS INT)", "TRY_CAST('x' AS INT)", "CAST(NULL AS INT)",
                           "CAST(1e20 AS INT)"]) +
                of("BIGINT", ["CAST('12' AS BIGINT)", "CAST(1e20 AS BIGINT)", "CAST(-1e20 AS BIGINT)"]) +
                of("DOUBLE", ["CAST('1.5' AS DOUBLE)", "CAST(3 AS DOUBLE)", "CAST('1e3' AS DOUBLE)"]) +
                of("STRING", ["CAST(1 AS STRING)", "CAST(1.5e0 AS STRING)", "CAST(1e7 AS STRING)", "CAST(TRUE AS STRING)",
                              "CAST(1e0 / 3 AS STRING)",
                              "CAST(TIMESTAMP '2024-01-01 00:00:00' AS STRING)", "CAST(TIMESTAMP '2024-01-01 00:00:00.5' AS STRING)",
                              "CAST(100 * 1e0 AS VARCHAR)"]) +
                of("BOOLEAN", ["CAST('true' AS BOOLEAN)", "CAST(0 AS BOOLEAN)", "CAST(5 AS BOOLEAN)"]) +
                of("TIMESTAMP(3)", ["CAST('2024-01-01' AS TIMESTAMP(3))", "TIMESTAMP '2024-01-01 01:02:03.456'",
                                    "TIMESTAMP '2024-01-01 01:02:03'"])),
]
FAILING = [
    Failing("fails_int_by_zero", "a INT, b INT", {"a": 1, "b": 0}, {"a": 6, "b": 2}, ("INT", "a / b")),
    Failing("fails_bigint_by_zero", "a BIGINT, b INT", {"a": 1, "b": 0}, {"a": 6, "b": 2}, ("BIGINT", "a / b")),
    Failing("fails_mod_zero", "a INT, b INT", {"a": 1, "b": 0}, {"a": 6, "b": 4}, ("INT", "MOD(a, b)")),
    Failing("fails_cast_int", "s STRING", {"s": "abc"}, {"s": "12"}, ("INT", "CAST(s AS INT)")),
    Failing("fails_cast_int_range", "s STRING", {"s": "2147483648"}, {"s": "12"}, ("INT", "CAST(s AS INT)")),
    Failing("fails_cast_double", "s STRING", {"s": ""}, {"s": "1.5"}, ("DOUBLE", "CAST(s AS DOUBLE)")),
    Failing("fails_cast_boolean", "s STRING", {"s": "maybe"}, {"s": "yes"}, ("BOOLEAN", "CAST(s AS BOOLEAN)")),
    Failing("fails_cast_timestamp", "s STRING", {"s": "soon"}, {"s": "2024-01-01 00:00:00"}, ("TIMESTAMP(3)", "CAST(s AS TIMESTAMP(3))")),
    Failing("fails_round_nan", "a STRING", {"a": "NaN"}, {"a": "2.5"}, ("DOUBLE", "ROUND(CAST(a AS DOUBLE), 0)")),
    Failing("fails_like_escape", "s STRING, p STRING", {"s": "a", "p": "a!b"}, {"s": "a%", "p": "a!%"}, ("BOOLEAN", "s LIKE p ESCAPE '!'")),
]
CASES = ARITHMETIC_CASES + COMPARISON_CASES + CASTS + FAILING
