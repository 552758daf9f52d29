"""Scripts of functions: numbers, texts, timestamps."""
from cases_expressions import DOUBLES, INTS, LONGS, of
from script import Expressions, column, pairs, specials

ANGLES = [None, 0.0, -0.0, 0.5, 1.0, -1.0, 2.0, 3.141592653589793, -1.5707963267948966, 10.0, 1e-10, 100.25, "NaN", "Infinity", "-Infinity"]
HALVES = [None, 0.0, -0.0, 0.5, 1.5, 2.5, -0.5, -1.5, -2.5, 0.49999999999999994, 1.005, 2.675, 1234.5678, -1234.5678, 1e15, 1e20, 1e300,
          5e-324,
          0.1, 0.15, 0.25, 0.35, 4503599627370497.5, 99.995, 123456789.987654321]
MATH = [
    Expressions("sqrt", *specials("a", column("a", DOUBLES + [2, 4, 0.25, 1e-300, 123.456, 1e15 + 1, 7e-9])), of("DOUBLE", ["SQRT(a)",
        "SQRT(a * a)", "SQRT(2)", "SQRT(4)"])),
    Expressions("sqrt_int", "a INT, b BIGINT", [{"a": a, "b": b} for a, b in zip(INTS, LONGS)], of("DOUBLE", ["SQRT(a)", "SQRT(b)"])),
    Expressions("logarithms", *specials("a", column("a", ANGLES + [8, 1000, 1e-320, 0.1, 1e308])),
                of("DOUBLE", ["EXP(a)", "LN(a)", "LOG10(a)", "LOG2(a)", "LOG(a)", "LOG(2, a)", "LOG(10e0, a)", "LOG(a, 10)"]), ulps=2),
    Expressions("trigonometry", *specials("a", column("a", ANGLES)),
                of("DOUBLE", ["SIN(a)", "COS(a)", "TAN(a)", "COT(a)", "ASIN(a)", "ACOS(a)", "ATAN(a)", "SINH(a)", "COSH(a)", "TANH(a)",
                              "DEGREES(a)",
                              "RADIANS(a)"]), ulps=2),
    Expressions("trigonometry_pairs", *specials("ab", pairs(ANGLES)), of("DOUBLE", ["ATAN2(a, b)"]), ulps=2),
    Expressions("power", *specials("ab", pairs([None, 0.0, -0.0, 1.0, -1.0, 2.0, -2.0, 0.5, 3.0, 10.0, 1e200, "NaN", "Infinity",
                                                "-Infinity"])),
                of("DOUBLE", ["POWER(a, b)", "POWER(a, 2)", "POWER(2, b)", "POWER(a, 0.5e0)"]), ulps=1),
    Expressions("power_int", "a INT, b INT", pairs([None, 0, 1, -1, 2, 3, 10, -2]), of("DOUBLE", ["POWER(a, b)", "POWER(a, 2)",
        "POWER(10, b)"])),
    Expressions("round_double", "a DOUBLE", column("a", HALVES),
                of("DOUBLE", ["ROUND(a)", "ROUND(a, 0)", "ROUND(a, 1)", "ROUND(a, 2)", "ROUND(a, 3)", "ROUND(a, -1)", "ROUND(a, -3)",
                              "ROUND(a, 10)",
                              "FLOOR(a)", "CEIL(a)", "CEILING(a)", "ABS(a)", "SIGN(a)", "FLOOR(-a)", "CEIL(a * 10)"])),
    Expressions("round_digits", "a DOUBLE, n INT", [{"a": a, "n": n} for a in [None, 2.5, -1234.5678, 0.15] for n in [None, 0, 1, 2, -2,
        9]],
                of("DOUBLE", ["ROUND(a, n)"])),
    Expressions("floor_special", *specials("a", column("a", DOUBLES)), of("DOUBLE", ["FLOOR(a)", "CEIL(a)", "ABS(a)", "SIGN(a)"])),
    Expressions("round_int", "a INT, b BIGINT", [{"a": a, "b": b} for a, b in zip(INTS + [15, -15, 149, 150], LONGS + [25, -25, 5555,
        1500])],
                of("INT", ["ROUND(a)", "ROUND(a, 0)", "ROUND(a, 2)", "ROUND(a, -1)", "ROUND(a, -2)", "FLOOR(a)", "CEIL(a)", "ABS(a)",
                           "SIGN(a)"]) +
                of("BIGINT", ["ROUND(b)", "ROUND(b, -1)", "ROUND(b, -3)", "FLOOR(b)", "CEIL(b)", "ABS(b)", "SIGN(b)"])),
    Expressions("constants", "a INT", column("a", [1]), of("DOUBLE", ["PI()", "E()", "PI() / 2", "ROUND(PI(), 3)", "SIN(PI() / 6)",
                                                                      "DEGREES(PI())",
                                                                      "POWER(2, 10)", "SQRT(2e0)"]), ulps=1),
    Expressions("extremes", "a INT, b INT, c BIGINT, s STRING", [{"a": a, "b": b, "c": c, "s": s} for a in [None, 1, 5] for b in [None, 3]
                                                                for c in [2, 4294967296] for s in [None, "b"]],
                of("INT", ["GREATEST(a, b)", "LEAST(a, b, 4)", "GREATEST(a, 2, b)"]) + of("BIGINT", ["GREATEST(a, c)", "LEAST(c, b, a)"]) +
                of("STRING", ["GREATEST(s, 'a')", "LEAST(s, 'c', 'd')"])),
]

WORDS = [None, "", "a", "Hello", "hello world", " padded ", "ß", "straße", "ÉTÉ", "été", "İ", "ı", "ΑΣ", "日本語", "\U0001f600x\U0001f601",
         "e\u0301", "a\tb\nc", "x'y\"z",
         "0123456789", "\u00a0nbsp\u00a0", "xxhixx", "\ufb01n", "ǆ", "a\u0000b"]
PATTERNS = ["'%'", "''", "'_'", "'a%'", "'%a'", "'%l%'", "'h_llo%'", "'H%o'", "'%_%'", "'__%'", "'hello world'", "'%o w%'", "'日%'", "'_本_'",
            "'%x%'", "'.*'",
            "'a%b'", "'[a-z]%'", "'%%'", "'(%'", "'a.c'", "'%\\%'"]
TEXT = [
    Expressions("text_plain", "s STRING", column("s", WORDS),
                of("INT", ["CHAR_LENGTH(s)", "CHARACTER_LENGTH(s)"]) +
                of("STRING", ["UPPER(s)", "LOWER(s)", "TRIM(s)", "LTRIM(s)", "RTRIM(s)", "TRIM(BOTH FROM s)", "TRIM(LEADING FROM s)",
                              "TRIM(TRAILING FROM s)",
                              "TRIM(BOTH 'x' FROM s)", "TRIM(LEADING 'x' FROM s)", "TRIM(TRAILING 'x' FROM s)", "TRIM('x' FROM s)",
                              "TRIM(BOTH 'xh' FROM s)", "LTRIM(s, 'xh')", "RTRIM(s, 'ix')", "TRIM(LEADING '日' FROM s)", "UPPER(LOWER(s))",
                              "s"])),
    Expressions("substring", "s STRING, i INT, n INT",
                [{"s": s, "i": i, "n": n} for s in [None, "", "hello", "日本語", "\U0001f600bc"] for i in [None, 0, 1, 2, 5, 6, -1, -3, -9,
                    2147483647, -2147483648]
                 for n in [None, 0, 1, 3, 99, 2147483647]],
                of("STRING", ["SUBSTRING(s FROM i FOR n)", "SUBSTRING(s, i, n)", "SUBSTR(s, i, n)", "SUBSTRING(s, i)",
                              "SUBSTRING(s FROM i)",
                              "SUBSTR(s, i)", "SUBSTRING(s, 2)", "SUBSTRING(s, 2, 2)", "SUBSTRING(s, -2)", "SUBSTRING(s, 0, 2)",
                              "SUBSTRING(s FROM 1 FOR 2)"])),
    Expressions("substring_negative", "s STRING, i INT", [{"s": s, "i": i} for s in [None, "", "hello"] for i in [None, 0, 1, -1]],
                of("STRING", ["SUBSTRING(s, i, -1)", "SUBSTRING(s, i, -2147483647)"])),
    Expressions("left_right", "s STRING, n INT", [{"s": s, "n": n} for s in WORDS[:16] for n in [None, 0, 1, 3, 100, -1, -5, 2147483647,
        -2147483648]],
                of("STRING", ["LEFT(s, n)", "RIGHT(s, n)", "LEFT(s, 2)", "RIGHT(s, 2)", "LEFT(RIGHT(s, 3), 1)"])),
    Expressions("concat", "a STRING, b STRING", pairs([None, "", "x", "日本", "a long text that no view can hold within itself"]),
                of("STRING", ["a || b", "CONCAT(a, b)", "CONCAT(a)", "CONCAT(a, '-', b)", "a || '-' || b",
                              "CONCAT(a, CAST(NULL AS STRING))", "a || CAST(1 AS STRING)",
                              "COALESCE(a, '') || COALESCE(b, '')", "CONCAT(UPPER(a), LOWER(b))", "CONCAT(a, b, a, b)"])),
    Expressions("like", "s STRING", column("s", WORDS), of("BOOLEAN",
        [f"s LIKE {p}" for p in PATTERNS] + [f"s NOT LIKE {p}" for p in PATTERNS[:6]])),
    Expressions("like_escape", "s STRING", column("s", [None, "", "%", "_", "100%", "a_b", "axb", "a%b", "\\", "a\\b", "!%", "5% off",
                                                        "__"]),
                of("BOOLEAN", ["s LIKE '%!%%' ESCAPE '!'", "s LIKE 'a!_b' ESCAPE '!'", "s LIKE '!_%' ESCAPE '!'",
                               "s LIKE '%!!%' ESCAPE '!'", "s NOT LIKE '!%' ESCAPE '!'", "s LIKE 'a\\b'",
                               "s LIKE '!!!%' ESCAPE '!'"])),
    Expressions("like_columns", "s STRING, p STRING", pairs([None, "", "%", "a%", "_b", "ab", "a_", "%b%", "abc"], names=("s", "p")),
                of("BOOLEAN", ["s LIKE p", "s NOT LIKE p", "s LIKE p || '%'", "s LIKE '%' || p"])),
]

MOMENTS = [None, "2024-01-01 00:00:00", "2024-02-29 23:59:59.999", "2023-12-31 12:30:45.5", "1970-01-01 00:00:00",
           "1969-12-31 23:59:59.999",
           "2000-03-01 00:00:00.001", "1900-02-28 06:07:08", "2024-12-30 00:00:00", "2021-01-03 10:00:00", "2020-12-31 00:00:00",
           "2024-05-31 01:02:03.123",
           "0001-01-01 00:00:00", "9999-12-31 23:59:59.999", "2016-01-01 00:00:00", "2024-07-07 07:07:07.007"]
INSTANTS = [moment and moment + "Z" for moment in MOMENTS]
PARTS = ["YEAR", "QUARTER", "MONTH", "WEEK", "DAYOFYEAR", "DAYOFMONTH", "DAYOFWEEK", "HOUR", "MINUTE", "SECOND"]
STEPS = [f"{sign} INTERVAL {interval}" for sign in "+-" for interval in (
    "'1' SECOND", "'0.001' SECOND", "'1.5' SECOND", "'90' MINUTE", "'25' HOUR", "'1' DAY", "'30' DAY", "'1' MONTH", "'13' MONTH",
    "'1' YEAR", "'4' YEAR",
    "'1-6' YEAR TO MONTH", "'1 02:03:04.005' DAY TO SECOND", "'10:30' HOUR TO MINUTE", "'-1' DAY", "'-1' MONTH", "'01:30' MINUTE TO SECOND",
    "'1 12' DAY TO HOUR")]
TIME = [
    Expressions("interval_timestamp", "a TIMESTAMP(3)", column("a", MOMENTS[:-4] + MOMENTS[-2:]), of("TIMESTAMP(3)",
        [f"a {step}" for step in STEPS])),
    Expressions("interval_instant", "a TIMESTAMP_LTZ(3)", column("a", INSTANTS[:-4] + INSTANTS[-2:]), of("TIMESTAMP_LTZ(3)",
        [f"a {step}" for step in STEPS])),
    Expressions("interval_forms", "a TIMESTAMP(3), n INT", [{"a": a, "n": n} for a in MOMENTS[1:6] for n in [None, 0, 1, -2, 100]],
                of("TIMESTAMP(3)", ["INTERVAL '1' DAY + a", "INTERVAL '1' MONTH + a", "a + INTERVAL '1' DAY * n",
                                    "a - INTERVAL '1' MINUTE * n",
                                    "a + (INTERVAL '1' DAY + INTERVAL '1' HOUR)", "a + INTERVAL '1' DAY - INTERVAL '1' HOUR",
                                    "a + INTERVAL '1' MONTH * n", "a + INTERVAL '1' MONTH + INTERVAL '1' DAY", "a + INTERVAL '0' SECOND",
                                    "a + (INTERVAL '1' YEAR - INTERVAL '1' MONTH)", "a - (INTERVAL '2' HOUR)",
                                    "a + INTERVAL '1' SECOND * 90"]) +
                of("BOOLEAN", ["a + INTERVAL '1' DAY > a", "a BETWEEN a - INTERVAL '1' SECOND AND a",
                               "a - INTERVAL '1' DAY < TIMESTAMP '2000-01-01 00:00:00'"])),
    Expressions("interval_micros", "a TIMESTAMP(6), b TIMESTAMP(0)",
                [{"a": a, "b": b} for a, b in [(None, None), ("2024-01-31 00:00:00.123456", "2024-01-31 00:00:01"),
                                               ("1969-12-31 23:59:59.999999", "1969-12-31 23:59:59")]],
                of("TIMESTAMP(6)", ["a + INTERVAL '1' SECOND", "a - INTERVAL '1' MONTH", "a + INTERVAL '0.001' SECOND"]) +
                of("TIMESTAMP(3)", ["b + INTERVAL '1' SECOND", "b + INTERVAL '1' MONTH", "b + INTERVAL '0.5' SECOND"])),
    Expressions("parts_timestamp", "a TIMESTAMP(3)", column("a", MOMENTS),
                of("BIGINT", [f"{part}(a)" for part in PARTS])),
    Expressions("parts_instant", "a TIMESTAMP_LTZ(3)", column("a", INSTANTS),
                of("BIGINT", [f"{part}(a)" for part in PARTS])),
    Expressions("to_timestamp", "s STRING",
                column("s", [None, "", "2024-03-01 07:08:09", "2024-03-01 07:08:09.1", "2024-03-01 07:08:09.12", "2024-03-01 07:08:09.123",
                             "2024-03-01 07:08:09.123456",
                             "2024-03-01 07:08:09.123456789", "2024-03-01", "2024-3-1 7:8:9", "2024-03-01 07:08", "2024-03-01T07:08:09",
                             "2024-02-30 00:00:00",
                             "2023-02-29 00:00:00", "2024-13-01 00:00:00", "2024-03-01 24:00:00", "2024-03-01 23:59:60", "abc",
                             "1969-12-31 23:59:59.999",
                             "9999-12-31 23:59:59.999", "0001-01-01 00:00:00", "10000-01-01 00:00:00", "2024-03-01 07:08:09Z",
                             " 2024-03-01 07:08:09",
                             "2024-03-01 07:08:09 ", "24-03-01 07:08:09", "2024-03-01 07:08:09.", "2024-04-31 00:00:00",
                             "0000-01-01 00:00:00"]),
                of("TIMESTAMP(3)", ["TO_TIMESTAMP(s)", "TO_TIMESTAMP(s, 'yyyy-MM-dd HH:mm:ss')"])),
    Expressions("to_timestamp_format", "s STRING",
                column("s", [None, "01/03/2024 07:08", "1/3/2024 7:08", "20240301070809", "2024-03-01T07:08:09", "2024-03-01T07:08:09.123",
                             "2024-03-01", "07:08:09",
                             "2024.03.01 at 07h", "31/02/2024 00:00", "99", "2024-03-01 07:08:09.123", "2024-03-01 07:08:09.1"]),
                of("TIMESTAMP(3)", ["TO_TIMESTAMP(s, 'dd/MM/yyyy HH:mm')", "TO_TIMESTAMP(s, 'd/M/yyyy H:mm')",
                                    "TO_TIMESTAMP(s, 'yyyyMMddHHmmss')",
                                    "TO_TIMESTAMP(s, 'yyyy-MM-dd''T''HH:mm:ss')", "TO_TIMESTAMP(s, 'yyyy-MM-dd''T''HH:mm:ss.SSS')",
                                    "TO_TIMESTAMP(s, 'yyyy-MM-dd')", "TO_TIMESTAMP(s, 'yyyy.MM.dd ''at'' HH''h''')",
                                    "TO_TIMESTAMP(s, 'HH:mm:ss')",
                                    "TO_TIMESTAMP(s, 'yyyy-MM-dd HH:mm:ss.SSS')"])),
    Expressions("to_timestamp_ltz", "a BIGINT, d DOUBLE, i INT",
                [{"a": a, "d": d, "i": i} for a, d, i in [(None, None, None), (0, 0, 0), (1, 1.5, 1), (-1, -1.5, -1), (1709276889123,
                    1709276889.123, 1709276889),
                                                          (253402300799, 253402300799, 2147483647), (-62135596800, 0.001, -2147483648),
                                                          (253402300799999, 1e3, 7), (9223372036854775, 1e9, 8)]],
                of("TIMESTAMP_LTZ(3)", ["TO_TIMESTAMP_LTZ(a, 3)", "TO_TIMESTAMP_LTZ(i, 0)", "TO_TIMESTAMP_LTZ(i, 3)",
                                        "TO_TIMESTAMP_LTZ(d, 3)"])),
    Expressions("to_timestamp_ltz_seconds", "a BIGINT, d DOUBLE", [{"a": a, "d": d} for a, d in [(None, None), (0, 0), (-1, 1.5),
        (1709276889, 1709276889.1234)]],
                of("TIMESTAMP_LTZ(3)", ["TO_TIMESTAMP_LTZ(a, 0)", "TO_TIMESTAMP_LTZ(d, 0)"]) +
                of("STRING", ["CAST(TO_TIMESTAMP_LTZ(a, 0) AS STRING)"]) + of("TIMESTAMP(3)",
                    ["CAST(TO_TIMESTAMP_LTZ(a, 0) AS TIMESTAMP(3))"])),
    Expressions("date_format", "a TIMESTAMP(3), b TIMESTAMP_LTZ(3)", [{"a": a, "b": b} for a, b in zip(MOMENTS, INSTANTS)],
                of("STRING", [f"DATE_FORMAT({c}, '{p}')" for c in "ab" for p in ("yyyy-MM-dd HH:mm:ss", "yyyyMMdd", "dd/MM/yyyy", "H:m:s",
                    "HH:mm:ss.SSS", "yyyy-MM",
                                                                                "d.M.yyyy", "''yyyy''", "yyyy-MM-dd''T''HH:mm:ss", "SSS",
                                                                                "HH")])),
]
WHENS = ["2024-01-31 10:00:00", "2024-03-15 11:30:15.123", "2024-02-29 23:59:59.999", "2024-12-31 00:00:00", "1970-01-04 00:00:00",
         "2024-01-01 05:00:00", "2024-01-07 01:00:00", None]
LENGTHS = ["SECOND", "MINUTE", "HOUR", "DAY", "WEEK", "MONTH", "QUARTER", "YEAR"]
UNITS = [
    Expressions("units_extract", "a TIMESTAMP(3), b TIMESTAMP_LTZ(3)", [{"a": a, "b": a and a + "Z"} for a in WHENS],
                of("BIGINT", [f"EXTRACT({unit} FROM {c})" for c in "ab" for unit in LENGTHS + ["DOY", "DOW"]])),
    Expressions("units_add", "a TIMESTAMP(3), b TIMESTAMP_LTZ(3), n INT, m BIGINT",
                [{"a": a, "b": a and a + "Z", "n": n, "m": n} for a in WHENS for n in (None, 0, 5, -100)],
                of("TIMESTAMP(3)", [f"TIMESTAMPADD({unit}, {n}, a)" for unit in LENGTHS for n in ("n", "m", "-13")]) +
                of("TIMESTAMP_LTZ(3)", [f"TIMESTAMPADD({unit}, n, b)" for unit in LENGTHS])),
    Expressions("units_difference", "a TIMESTAMP(3), b TIMESTAMP(3)", pairs(WHENS),
                of("INT", [f"TIMESTAMPDIFF({unit}, a, b)" for unit in LENGTHS])),
    Expressions("units_floor", "a TIMESTAMP(3)", column("a", WHENS),
                of("TIMESTAMP(3)", [f"{name}(a TO {unit})" for name in ("FLOOR", "CEIL") for unit in LENGTHS])),
    Expressions("positions", "s STRING, p STRING",
                [{"s": s, "p": p} for s in (None, "", "abcabc", "é\U0001f600a\U0001f600", "a")
                 for p in (None, "", "a", "c", "bc", "\U0001f600", "x")],
                of("INT", ["POSITION(p IN s)", "LOCATE(p, s)", "LOCATE(p, s, 2)", "LOCATE(p, s, 3)", "LOCATE(p, s, -1)", "INSTR(s, p)"])),
]
CASES = MATH + TEXT + TIME + UNITS
