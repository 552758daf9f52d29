#include "engine/sql/parser.h"

#include "engine/base/error.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

// Parses `text`; the dump, or NULL with the error set.
static const char *parse(struct leat_arena *arena, const char *text) {
    struct leat_sql_source *source = leat_arena_alloc(arena, sizeof(*source));
    *source = (struct leat_sql_source){"p.sql", text, strlen(text)};
    struct leat_ast_script *script;
    if (leat_sql_parse(arena, source, &script) != 0) {
        assert_null(script);
        return NULL;
    }
    return leat_ast_dump(arena, script);
}

static void check(const char *text, const char *expected) {
    struct leat_arena arena = {0};
    leat_error_clear();
    const char *dump = parse(&arena, text);
    if (!dump)
        print_error("%s\n", leat_error_text());
    assert_non_null(dump);
    assert_string_equal(dump, expected);
    leat_arena_free(&arena);
}

// The dump of one expression.
static void check_expr(const char *text, const char *expected) {
    char query[1024], dump[1024];
    snprintf(query, sizeof(query), "SELECT %s", text);
    snprintf(dump, sizeof(dump), "(select (items %s))", expected);
    check(query, dump);
}

// The type of a column.
static void check_type(const char *text, const char *expected) {
    char query[1024], dump[1024];
    snprintf(query, sizeof(query), "CREATE TABLE t (a %s)", text);
    snprintf(dump, sizeof(dump), "(create-table t (columns (a %s)))", expected);
    check(query, dump);
}

// The whole diagnostic of a script.
static void check_error(const char *text, const char *expected) {
    struct leat_arena arena = {0};
    leat_error_clear();
    assert_null(parse(&arena, text));
    assert_int_equal(leat_error_kind(), LEAT_ERROR_CONFIG);
    assert_string_equal(leat_error_text(), expected);
    leat_error_clear();
    leat_arena_free(&arena);
}

// The first line of the diagnostic of a script of one line, without the file.
static void check_message(const char *text, const char *expected) {
    struct leat_arena arena = {0};
    leat_error_clear();
    assert_null(parse(&arena, text));
    char first[512];
    snprintf(first, sizeof(first), "%s", leat_error_text());
    first[strcspn(first, "\n")] = 0;
    assert_string_equal(first + strlen("p.sql:1:"), expected);
    leat_error_clear();
    leat_arena_free(&arena);
}

static void an_empty_script_has_no_statements(void **state) {
    (void)state;
    check("", "");
    check(" ; ;; -- nothing\n", "");
    check("SELECT 1; SELECT 2", "(select (items 1))\n(select (items 2))");
}

static void operators_bind_as_in_calcite(void **state) {
    (void)state;
    check_expr("a + b * c - d / e % f", "(- (+ a (* b c)) (% (/ d e) f))");
    check_expr("a - b - c", "(- (- a b) c)");
    check_expr("a || b + c || d", "(+ (|| a b) (|| c d))"); // like * and not like +
    check_expr("-a * +b", "(* (- a) (+ b))");
    check_expr("- - 1", "(- (- 1))");
    check_expr("a OR b AND NOT c = d", "(OR a (AND b (NOT (= c d))))");
    check_expr("NOT NOT a IS NULL", "(NOT (NOT (IS NULL a)))");
    check_expr("a < b IS NOT TRUE", "(IS NOT TRUE (< a b))");
    check_expr("a = b <> c", "(<> (= a b) c)");
    check_expr("a != b", "(<> a b)");
    check_expr("a <= b AND c >= d OR e > f", "(OR (AND (<= a b) (>= c d)) (> e f))");
    check_expr("(a OR b) AND c", "(AND (OR a b) c)");
    check_expr("a IS DISTINCT FROM b + 1 AND c IS NOT DISTINCT FROM d", "(AND (IS DISTINCT FROM a (+ b 1)) (IS NOT DISTINCT FROM c d))");
    check_expr("a IS UNKNOWN OR a IS FALSE", "(OR (IS UNKNOWN a) (IS FALSE a))");
}

static void ranges_bind_tighter_than_comparisons(void **state) {
    (void)state;
    check_expr("a BETWEEN 1 AND 2 + 3 AND b", "(AND (BETWEEN a 1 (+ 2 3)) b)");
    check_expr("a NOT BETWEEN SYMMETRIC 2 AND 1", "(NOT BETWEEN SYMMETRIC a 2 1)");
    check_expr("a BETWEEN ASYMMETRIC 2 AND 1", "(BETWEEN a 2 1)");
    check_expr("x = a BETWEEN 1 AND 2", "(= x (BETWEEN a 1 2))");
    check_expr("a IN (1, 2) = TRUE", "(= (IN a 1 2) TRUE)");
    check_expr("a NOT IN (SELECT b FROM t)", "(NOT IN a (select (items b) (from (table t))))");
    check_expr("NOT a IN (1)", "(NOT (IN a 1))");
    check_expr("a LIKE 'x%' || b ESCAPE '!' AND c", "(AND (LIKE a (|| 'x%' b) '!') c)");
    check_expr("a NOT LIKE b", "(NOT LIKE a b)");
    check_expr("a SIMILAR TO 'x' OR a NOT SIMILAR TO 'y' ESCAPE 'z'", "(OR (SIMILAR TO a 'x') (NOT SIMILAR TO a 'y' 'z'))");
}

static void literals_keep_their_text(void **state) {
    (void)state;
    check_expr("1, 1.50, .5, 1e5, 12345678901234567890123", "1 1.50 .5 1e5 12345678901234567890123");
    check_expr("'it''s', X'0aFF', NULL, TRUE, false, Unknown", "'it's' X'0aFF' NULL TRUE FALSE UNKNOWN");
    check_expr("DATE '2024-01-01', TIME '10:00:00', TIMESTAMP '2024-01-01 00:00:00'",
               "DATE'2024-01-01' TIME'10:00:00' TIMESTAMP'2024-01-01 00:00:00'");
}

static void intervals_are_evaluated(void **state) {
    (void)state;
    check_expr("INTERVAL '10' DAY", "(INTERVAL 864000000000 us)");
    check_expr("interval '3' second", "(INTERVAL 3000000 us)");
    check_expr("INTERVAL '10' MINUTES", "(INTERVAL 600000000 us)");
    check_expr("INTERVAL '0.005' SECOND", "(INTERVAL 5000 us)");
    check_expr("INTERVAL '-8' HOUR", "(INTERVAL -28800000000 us)");
    check_expr("INTERVAL -'8' HOUR, INTERVAL - '-8' HOUR, INTERVAL +'1' HOUR",
               "(INTERVAL -28800000000 us) (INTERVAL 28800000000 us) (INTERVAL 3600000000 us)");
    check_expr("INTERVAL '1:30' MINUTE TO SECOND", "(INTERVAL 90000000 us)");
    check_expr("INTERVAL '1 2:03:04.5' DAY TO SECOND(3)", "(INTERVAL 93784500000 us)");
    check_expr("INTERVAL '1 2' DAY TO HOUR", "(INTERVAL 93600000000 us)");
    check_expr("INTERVAL '2:03:04' HOUR TO SECOND", "(INTERVAL 7384000000 us)");
    check_expr("INTERVAL '1-2' YEAR TO MONTH", "(INTERVAL 14 months)");
    check_expr("INTERVAL '2' YEAR, INTERVAL '-7' MONTH", "(INTERVAL 24 months) (INTERVAL -7 months)");
    check_expr("INTERVAL '100' DAY(3)", "(INTERVAL 8640000000000 us)");
    check_expr("INTERVAL '1000.1' SECOND(4, 1)", "(INTERVAL 1000100000 us)");
    check_expr("INTERVAL '500' MILLISECOND", "(INTERVAL 500000 us)");
    check_expr("INTERVAL '9999999999' SECOND(10)", "(INTERVAL 9999999999000000 us)");
    check_expr("INTERVAL '007' DAY", "(INTERVAL 604800000000 us)");
}

static void intervals_that_flink_refuses_are_refused(void **state) {
    (void)state;
    check_error("SELECT INTERVAL '100' DAY",
                "p.sql:1:17: error: `100` has more digits than DAY(2) has room for\n"
                "    1 | SELECT INTERVAL '100' DAY\n      |                 ^^^^^\nhint: allow more digits: DAY(3)");
    check_error(
        "SELECT INTERVAL 10 SECOND",
        "p.sql:1:17: error: expected the interval as a string, found `10`\n    1 | SELECT INTERVAL 10 SECOND\n      |                 ^^\n"
        "hint: the number stands in quotes: INTERVAL '10' SECOND");
    check_message("SELECT INTERVAL '1' WEEK", "21: error: an interval has no field WEEK");
    check_message("SELECT INTERVAL 'x' DAY", "17: error: `x` is no interval of the unit DAY");
    check_message("SELECT INTERVAL '1:60' MINUTE TO SECOND", "17: error: `1:60` is no interval MINUTE TO SECOND");
    check_message("SELECT INTERVAL '1' SECOND TO MINUTE", "31: error: there is no interval SECOND TO MINUTE");
    check_message("SELECT INTERVAL '1' YEAR TO DAY", "29: error: there is no interval YEAR TO DAY");
    check_message("SELECT INTERVAL '0.0001' SECOND", "17: error: an interval is no finer than a millisecond");
    check_message("SELECT INTERVAL '0.1234567' SECOND", "17: error: `0.1234567` is no interval of the unit SECOND");
    check_message("SELECT INTERVAL '9999999999' DAY(10)", "17: error: this interval is too long");
    check_message("SELECT INTERVAL '1' DAY(11)", "25: error: the leading field of an interval has 1 to 10 digits, the fraction 0 to 9");
    check_message("SELECT INTERVAL '1 ' DAY", "17: error: `1 ` is no interval of the unit DAY");
}

static void case_cast_and_constructors_are_read(void **state) {
    (void)state;
    check_expr("CASE WHEN a > 1 THEN 'x' WHEN b THEN 'y' END", "(CASE (when (> a 1) 'x') (when b 'y'))");
    check_expr("CASE a WHEN 1 THEN 2 ELSE 3 END + 1", "(+ (CASE a (when 1 2) (else 3)) 1)");
    check_expr("CAST(a + 1 AS DECIMAL(10, 2)), TRY_CAST(b AS VARCHAR)", "(CAST (+ a 1) DECIMAL(10, 2)) (TRY_CAST b VARCHAR)");
    check_expr("ROW(1, 'a'), (1, 2), ARRAY[1, 2], MAP['a', 1], ARRAY[]", "(ROW 1 'a') (ROW 1 2) (ARRAY 1 2) (MAP 'a' 1) (ARRAY)");
    check_expr("a.b[1].c, f(x).y.z, a.b.c", "(field (element a.b 1) c) (field (field (f x) y) z) a.b.c");
    check_expr("EXISTS (SELECT 1), (SELECT 2) + 1", "(EXISTS (select (items 1))) (+ (select (items 2)) 1)");
}

static void calls_have_their_special_forms(void **state) {
    (void)state;
    check_expr("COUNT(*), COUNT(DISTINCT a), sum(ALL b), PI()", "(COUNT *) (COUNT DISTINCT a) (sum b) (PI)");
    check_expr("SUBSTRING(s FROM 2 FOR 3), SUBSTRING(s FROM 2), SUBSTRING(s, 2, 3)", "(SUBSTRING s 2 3) (SUBSTRING s 2) (SUBSTRING s 2 3)");
    check_expr("TRIM(s), TRIM(BOTH 'x' FROM s), TRIM(LEADING FROM s), TRIM('x' FROM s)",
               "(TRIM BOTH s) (TRIM BOTH s 'x') (TRIM LEADING s) (TRIM BOTH s 'x')");
    check_expr("POSITION('a' IN s), OVERLAY(s PLACING 'x' FROM 1 FOR 2)", "(POSITION 'a' s) (OVERLAY s 'x' 1 2)");
    check_expr("EXTRACT(DAY FROM ts), FLOOR(ts TO HOUR), CEIL(x), TIMESTAMPDIFF(SECOND, a, b)",
               "(EXTRACT DAY ts) (FLOOR HOUR ts) (CEIL x) (TIMESTAMPDIFF SECOND a b)");
    check_expr("CURRENT_TIMESTAMP, LOCALTIME, CURRENT_DATE", "(CURRENT_TIMESTAMP) (LOCALTIME) (CURRENT_DATE)");
    check_expr("LEFT(s, 1) || RIGHT(s, 3), MOD(a, 2), IF(a, b, c), YEAR(ts)", "(|| (LEFT s 1) (RIGHT s 3)) (MOD a 2) (IF a b c) (YEAR ts)");
    check_expr("SUM(x) FILTER (WHERE x > 0)", "(SUM x (filter (> x 0)))");
    check_expr("ROW_NUMBER() OVER (PARTITION BY k ORDER BY ts DESC)", "(ROW_NUMBER (over (partition-by k) (order-by ts DESC)))");
    check_expr("SUM(x) OVER (ORDER BY ts RANGE BETWEEN INTERVAL '1' HOUR PRECEDING AND CURRENT ROW)",
               "(SUM x (over (order-by ts) RANGE (PRECEDING (INTERVAL 3600000000 us)) (CURRENT-ROW)))");
    check_expr("SUM(x) OVER (w ROWS UNBOUNDED PRECEDING), LAG(x) IGNORE NULLS OVER w",
               "(SUM x (over w ROWS (UNBOUNDED-PRECEDING) (CURRENT-ROW))) (LAG x IGNORE-NULLS (over w))");
    check_expr("TUMBLE_START(ts, INTERVAL '1' MINUTE)", "(TUMBLE_START ts (INTERVAL 60000000 us))");
}

static void types_have_all_their_spellings(void **state) {
    (void)state;
    check_type("integer NOT NULL", "INT NOT NULL");
    check_type("INT NULL", "INT");
    check_type("DOUBLE PRECISION", "DOUBLE");
    check_type("NUMERIC(10, 2)", "DECIMAL(10, 2)");
    check_type("DEC(5)", "DECIMAL(5)");
    check_type("CHARACTER VARYING(10)", "VARCHAR(10)");
    check_type("BINARY VARYING", "VARBINARY");
    check_type("TIMESTAMP(3) WITHOUT TIME ZONE", "TIMESTAMP(3)");
    check_type("TIMESTAMP(3) WITH LOCAL TIME ZONE", "TIMESTAMP_LTZ(3)");
    check_type("TIMESTAMP_LTZ(3)", "TIMESTAMP_LTZ(3)");
    check_type("TIMESTAMP WITH TIME ZONE", "TIMESTAMP_TZ");
    check_type("TIME(3) WITHOUT TIME ZONE", "TIME(3)");
    check_type("INTERVAL DAY(3) TO SECOND(6)", "INTERVAL DAY(3) TO SECOND(6)");
    check_type("INTERVAL YEAR", "INTERVAL YEAR");
    check_type("ARRAY<ARRAY<INT NOT NULL>>", "ARRAY<ARRAY<INT NOT NULL>>");
    check_type("INT ARRAY MULTISET", "MULTISET<ARRAY<INT>>");
    check_type("MAP<STRING, BYTES>", "MAP<STRING, BYTES>");
    check_type("ROW<a INT, `b c` ROW(d STRING 'comment')>", "ROW<a INT, b c ROW<d STRING>>");
    check_type("my.type", "my.type");
    check_error("CREATE TABLE t (a INT64)",
                "p.sql:1:19: error: expected a data type, found `INT64`\n"
                "    1 | CREATE TABLE t (a INT64)\n      |                   ^^^^^\nhint: the type is called BIGINT");
    check_message("CREATE TABLE t (a ARRAY)", "24: error: expected `<` and a type, found `)`");
    check_message("CREATE TABLE t (a VARCHAR(99999999999))", "27: error: this number is too large here");
}

static void create_table_takes_every_kind_of_column(void **state) {
    (void)state;
    check("CREATE TABLE c.d.t (a STRING COMMENT 'x', m BIGINT METADATA FROM 'offset' VIRTUAL, n INT METADATA, ts AS TO_TIMESTAMP(a) "
          "COMMENT 'y',"
          " WATERMARK FOR ts AS ts - INTERVAL '5' SECOND, CONSTRAINT pk PRIMARY KEY (a, m) NOT ENFORCED)"
          " COMMENT 'z' PARTITIONED BY (a) WITH ('k' = 'v', 'l' = '')",
          "(create-table c.d.t (columns (a STRING COMMENT 'x') (m BIGINT METADATA FROM 'offset' VIRTUAL) (n INT METADATA)"
          " (ts (as (TO_TIMESTAMP a)) COMMENT 'y')) (watermark ts (- ts (INTERVAL 5000000 us))) (primary-key a m) COMMENT 'z'"
          " (partitioned-by a) (with 'k'='v' 'l'=''))");
    check("CREATE TEMPORARY TABLE IF NOT EXISTS t (k INT NOT NULL PRIMARY KEY NOT ENFORCED) WITH ()",
          "(create-temporary-table-if-not-exists t (columns (k INT NOT NULL)) (primary-key k))");
    check("CREATE TABLE t WITH ('a'='b') LIKE s (EXCLUDING ALL OVERWRITING OPTIONS INCLUDING WATERMARKS)",
          "(create-table t (columns) (with 'a'='b') (like s EXCLUDING-ALL OVERWRITING-OPTIONS INCLUDING-WATERMARKS))");
    check("CREATE TABLE t WITH ('a'='b') AS SELECT 1", "(create-table t (columns) (with 'a'='b') (as (select (items 1))))");
}

static void other_statements_are_read(void **state) {
    (void)state;
    check("CREATE VIEW v (a, b) AS SELECT 1, 2", "(create-view v (columns a b) (select (items 1 2)))");
    check("CREATE TEMPORARY VIEW IF NOT EXISTS v COMMENT 'x' AS SELECT 1", "(create-temporary-view-if-not-exists v (select (items 1)))");
    check("DROP TABLE a; DROP TEMPORARY VIEW IF EXISTS b.c", "(drop-table a)\n(drop-temporary-view-if-exists b.c)");
    check("INSERT INTO t (a, b) SELECT 1, 2", "(insert t (columns a b) (select (items 1 2)))");
    check("INSERT OVERWRITE t PARTITION (p = 'x') VALUES (1, 'a'), ROW(2, 'b'), 3",
          "(insert-overwrite t (partition 'p'='x') (values (row 1 'a') (row 2 'b') (row 3)))");
    check("INSERT INTO t /*+ OPTIONS('a'='b') */ (SELECT 1)", "(insert t (options 'a'='b') (select (items 1)))");
    check("EXECUTE STATEMENT SET BEGIN INSERT INTO a SELECT 1; INSERT INTO b SELECT 2; END;",
          "(statement-set (insert a (select (items 1))) (insert b (select (items 2))))");
    check("BEGIN STATEMENT SET; INSERT INTO a SELECT 1; END;", "(statement-set (insert a (select (items 1))))");
    check("SET 'a' = 'b'; SET; RESET 'a'; RESET", "(set 'a' 'b')\n(set)\n(reset 'a')\n(reset)");
    check("EXPLAIN SELECT 1; EXPLAIN PLAN FOR INSERT INTO t SELECT 1; EXPLAIN CHANGELOG_MODE, PLAN_ADVICE STATEMENT SET BEGIN INSERT INTO "
          "t SELECT 1; END",
          "(explain (select (items 1)))\n(explain (insert t (select (items 1))))\n(explain (statement-set (insert t (select (items 1)))))");
}

static void queries_have_all_their_clauses(void **state) {
    (void)state;
    check("SELECT DISTINCT a AS x, b y, *, t.*, s.t.* FROM t WHERE a GROUP BY b, c HAVING d WINDOW w AS (ORDER BY e), v AS (w) QUALIFY f",
          "(select DISTINCT (items (as a x) (as b y) * t.* s.t.*) (from (table t)) (where a) (group-by b c) (having d)"
          " (window w (order-by e)) (window v w) (qualify f))");
    check("SELECT a FROM t GROUP BY GROUPING SETS ((a, b), a, ()), ROLLUP (a, b), CUBE (a), ()",
          "(select (items a) (from (table t)) (group-by (sets (list a b) a (list)) (rollup a b) (cube a) (list)))");
    check("WITH q AS (SELECT 1), r (a) AS (VALUES (1)) SELECT * FROM q, r",
          "(query (with q (select (items 1))) (with r (columns a) (values (row 1))) (select (items *) (from (join comma (table q) (table "
          "r)))))");
    check("SELECT 1 UNION ALL SELECT 2 INTERSECT SELECT 3 EXCEPT (SELECT 4 LIMIT 1)",
          "(except (union-all (select (items 1)) (intersect (select (items 2)) (select (items 3)))) (query (select (items 4)) (limit 1)))");
    check("SELECT a FROM t ORDER BY a DESC NULLS FIRST, b ASC LIMIT 5 OFFSET 2 ROWS",
          "(query (select (items a) (from (table t))) (order-by a DESC NULLS-FIRST b) (limit 5) (offset 2))");
    check("SELECT a FROM t FETCH FIRST 3 ROWS ONLY", "(query (select (items a) (from (table t))) (limit 3))");
}

static void tables_come_in_all_their_forms(void **state) {
    (void)state;
    check("SELECT * FROM c.d.t /*+ OPTIONS('a'='b') */ AS x (m, n), (SELECT 1) y",
          "(select (items *) (from (join comma (table c.d.t (options 'a'='b') AS x (columns m n)) (subquery (select (items 1)) AS y))))");
    check("SELECT * FROM TABLE(TUMBLE(TABLE t, DESCRIPTOR(ts), INTERVAL '1' MINUTE, INTERVAL '5' SECOND)) w",
          "(select (items *) (from (function TUMBLE (table t) (descriptor ts) (INTERVAL 60000000 us) (INTERVAL 5000000 us) AS w)))");
    check("SELECT * FROM HOP(DATA => TABLE t, TIMECOL => DESCRIPTOR(ts), SLIDE => INTERVAL '1' MINUTE, `SIZE` => INTERVAL '5' MINUTE)",
          "(select (items *) (from (function HOP DATA=>(table t) TIMECOL=>(descriptor ts) SLIDE=>(INTERVAL 60000000 us) SIZE=>(INTERVAL "
          "300000000 us))))");
    check("SELECT * FROM SESSION(TABLE t PARTITION BY (a, b), DESCRIPTOR(ts), INTERVAL '5' MINUTE), SESSION(TABLE t PARTITION BY a, "
          "DESCRIPTOR(ts), x)",
          "(select (items *) (from (join comma (function SESSION (table t (partition-by a b)) (descriptor ts) (INTERVAL 300000000 us))"
          " (function SESSION (table t (partition-by a)) (descriptor ts) x))))");
    check("SELECT * FROM CUMULATE((SELECT 1), DESCRIPTOR(ts), a, b)",
          "(select (items *) (from (function CUMULATE (table (select (items 1))) (descriptor ts) a b)))");
    check("SELECT * FROM a CROSS JOIN UNNEST(x) WITH ORDINALITY AS u (e, n), LATERAL TABLE(f(y)) AS g, LATERAL (SELECT 1)",
          "(select (items *) (from (join comma (join comma (join cross (table a) (unnest x WITH-ORDINALITY AS u (columns e n)))"
          " (lateral-function f y AS g)) (lateral-subquery (select (items 1))))))");
}

static void joins_lean_to_the_left_and_commas_bind_last(void **state) {
    (void)state;
    check("SELECT * FROM a JOIN b ON x LEFT OUTER JOIN c USING (k, l), d FULL JOIN e ON y",
          "(select (items *) (from (join comma (join left (join inner (table a) (table b) (on x)) (table c) (using k l))"
          " (join full (table d) (table e) (on y)))))");
    check("SELECT * FROM a INNER JOIN b ON x RIGHT JOIN c ON y CROSS JOIN d",
          "(select (items *) (from (join cross (join right (join inner (table a) (table b) (on x)) (table c) (on y)) (table d))))");
    check("SELECT * FROM o LEFT JOIN r FOR SYSTEM_TIME AS OF o.ts AS x ON o.k = x.k",
          "(select (items *) (from (join left (table o) (table r (as-of o.ts) AS x) (on (= o.k x.k)))))");
}

static void series_is_always_the_join_where_join_follows(void **state) {
    (void)state;
    const char *plain = "(select (items *) (from (join series (table l) (table r) (on (= l.k r.k)) (tolerance (INTERVAL 1000000 us)))))";
    check("SELECT * FROM l SERIES JOIN r ON l.k = r.k TOLERANCE INTERVAL '1' SECOND", plain);
    check("select * from l series join r on l.k = r.k tolerance interval '1' second", plain);
    check("SELECT * FROM series AS a SERIES JOIN series b ON a.k = b.k AND a.m = b.m TOLERANCE INTERVAL '0' SECOND WHERE a.v > 1",
          "(select (items *) (from (join series (table series AS a) (table series AS b) (on (AND (= a.k b.k) (= a.m b.m)))"
          " (tolerance (INTERVAL 0 us)))) (where (> a.v 1)))");
    check("SELECT series.a FROM t SERIES, u asof WHERE tolerance > 1",
          "(select (items series.a) (from (join comma (table t AS SERIES) (table u AS asof))) (where (> tolerance 1)))");
}

static void asof_joins_take_both_word_orders(void **state) {
    (void)state;
    check("SELECT * FROM l ASOF JOIN r MATCH_CONDITION (l.ts >= r.ts) ON l.k = r.k TOLERANCE INTERVAL '5' SECOND",
          "(select (items *) (from (join asof (table l) (table r) (match (>= l.ts r.ts)) (on (= l.k r.k)) (tolerance (INTERVAL 5000000 "
          "us)))))");
    check("SELECT * FROM l x LEFT ASOF JOIN r y MATCH_CONDITION NEAREST (x.ts, y.ts) ON x.k = y.k",
          "(select (items *) (from (join asof-left (table l AS x) (table r AS y) (match (NEAREST x.ts y.ts)) (on (= x.k y.k)))))");
    check("SELECT * FROM l ASOF LEFT JOIN r ON l.k = r.k AND l.ts >= r.ts",
          "(select (items *) (from (join asof-left (table l) (table r) (on (AND (= l.k r.k) (>= l.ts r.ts))))))");
}

static void a_misspelled_keyword_is_named(void **state) {
    (void)state;
    check_error("SELECT a\nFROM l_side AS l SERIES JION r_side AS r ON l.a = r.a TOLERANCE INTERVAL '1' SECOND",
                "p.sql:2:25: error: expected JOIN, found `JION`\n"
                "    2 | FROM l_side AS l SERIES JION r_side AS r ON l.a = r.a TOLERANCE INTERVAL '1' SECOND\n"
                "      |                         ^^^^\n"
                "hint: did you mean `JOIN`?");
    check_error("SELECT a FROM l SERIES JION r ON l.a = r.a", "p.sql:1:24: error: expected JOIN, found `JION`\n"
                                                              "    1 | SELECT a FROM l SERIES JION r ON l.a = r.a\n"
                                                              "      |                        ^^^^\nhint: did you mean `JOIN`?");
    check_error("SELECT a FORM t",
                "p.sql:1:10: error: unexpected `FORM`\n    1 | SELECT a FORM t\n      |          ^^^^\nhint: did you mean `FROM`?");
    check_error("SELECT a FROM t WEHRE b", "p.sql:1:17: error: unexpected `WEHRE`\n    1 | SELECT a FROM t WEHRE b\n"
                                           "      |                 ^^^^^\nhint: did you mean `WHERE`?");
    check_error("SLECT 1",
                "p.sql:1:1: error: expected SELECT, found `SLECT`\n    1 | SLECT 1\n      | ^^^^^\nhint: did you mean `SELECT`?");
    check_error("CREATE TABEL t (a INT)", "p.sql:1:8: error: expected TABLE, found `TABEL`\n    1 | CREATE TABEL t (a INT)\n"
                                          "      |        ^^^^^\nhint: did you mean `TABLE`?");
    check_error("SELECT * FROM l SERIES JOIN r ON a = b TOLERENCE INTERVAL '1' SECOND",
                "p.sql:1:40: error: expected TOLERANCE, found `TOLERENCE`\n"
                "    1 | SELECT * FROM l SERIES JOIN r ON a = b TOLERENCE INTERVAL '1' SECOND\n"
                "      |                                        ^^^^^^^^^\nhint: did you mean `TOLERANCE`?");
}

static void a_reserved_word_as_a_name_gets_its_backticks(void **state) {
    (void)state;
    check_error("CREATE TABLE t (a INT, timestamp BIGINT)",
                "p.sql:1:24: error: expected a column name, WATERMARK or PRIMARY KEY, found the reserved word `timestamp`\n"
                "    1 | CREATE TABLE t (a INT, timestamp BIGINT)\n      |                        ^^^^^^^^^\n"
                "hint: to use it as a name write it in backticks: `timestamp`");
    check_error("SELECT a AS value FROM t", "p.sql:1:13: error: expected a column name, found the reserved word `value`\n"
                                            "    1 | SELECT a AS value FROM t\n      |             ^^^^^\n"
                                            "hint: to use it as a name write it in backticks: `value`");
    check_error("SELECT l.timestamp FROM l", "p.sql:1:10: error: expected a name after the dot, found the reserved word `timestamp`\n"
                                             "    1 | SELECT l.timestamp FROM l\n      |          ^^^^^^^^^\n"
                                             "hint: to use it as a name write it in backticks: `timestamp`");
    check_error("SELECT user FROM t",
                "p.sql:1:8: error: expected an expression, found `user`\n    1 | SELECT user FROM t\n      |        ^^^^\n"
                "hint: to use it as a name write it in backticks: `user`");
    check("SELECT `timestamp`, l.`value` FROM t", "(select (items timestamp l.value) (from (table t)))");
}

static void commas_too_many_and_too_few_are_pointed_at(void **state) {
    (void)state;
    check_error("SELECT a, FROM t",
                "p.sql:1:11: error: expected an expression, found `FROM`\n    1 | SELECT a, FROM t\n      |           ^^^^\n"
                "hint: take the comma before it away");
    check_error("CREATE TABLE t (a INT,)",
                "p.sql:1:23: error: expected a column name, WATERMARK or PRIMARY KEY, found `)`\n"
                "    1 | CREATE TABLE t (a INT,)\n      |                       ^\nhint: take the comma before `)` away");
    check_error("CREATE TABLE t (a INT) WITH ('a'='b' 'c'='d')",
                "p.sql:1:38: error: expected `,` or `)`, found `'c'`\n    1 | CREATE TABLE t (a INT) WITH ('a'='b' 'c'='d')\n"
                "      |                                      ^^^\nhint: put a comma between two options");
    check_message("SELECT (a", "10: error: expected `)`, but the script ends here");
    check_message("SELECT a b c", "12: error: expected `;` or the end of the script, found `c`");
}

static void options_want_quotes(void **state) {
    (void)state;
    check_error("CREATE TABLE t (a INT) WITH (connector = 'kafka')",
                "p.sql:1:30: error: expected an option 'key' = 'value', found `connector`\n"
                "    1 | CREATE TABLE t (a INT) WITH (connector = 'kafka')\n      |                              ^^^^^^^^^\n"
                "hint: keys of options stand in single quotes: 'connector' = 'kafka'");
    check_error("CREATE TABLE t (a INT) WITH ('qos' = 2)", "p.sql:1:38: error: expected the value as a string, found `2`\n"
                                                           "    1 | CREATE TABLE t (a INT) WITH ('qos' = 2)\n"
                                                           "      |                                      ^\n"
                                                           "hint: values of options stand in single quotes: '2'");
    check_message("SET a = b", "5: error: expected a key as a string, found `a`");
    check_message("SET 'a' = b", "11: error: expected the value as a string, found `b`");
    check_message("SELECT * FROM t /*+ BROADCAST(t) */", "21: error: expected OPTIONS, found `BROADCAST`");
}

static void series_and_asof_joins_say_what_they_need(void **state) {
    (void)state;
    check_error("SELECT a FROM l SERIES JOIN r ON l.a = r.a",
                "p.sql:1:17: error: SERIES JOIN needs a TOLERANCE\n    1 | SELECT a FROM l SERIES JOIN r ON l.a = r.a\n"
                "      |                 ^^^^^^^^^^^\n"
                "hint: say behind ON how far apart neighbours may be, which also bounds the memory: TOLERANCE INTERVAL '1' SECOND");
    check_message("SELECT a FROM l SERIES JOIN r TOLERANCE INTERVAL '1' SECOND", "31: error: expected ON, found `TOLERANCE`");
    check_message("SELECT a FROM l SERIES JOIN r ON x TOLERANCE 5", "46: error: TOLERANCE takes an INTERVAL literal");
    check_message("SELECT a FROM l SERIES JOIN r ON x TOLERANCE INTERVAL '-1' SECOND",
                  "46: error: TOLERANCE is a length of time that is not negative");
    check_message("SELECT a FROM l SERIES JOIN r ON x TOLERANCE INTERVAL '1' MONTH",
                  "46: error: TOLERANCE takes no months or years: they are not always equally long");
    check_message("SELECT a FROM l ASOF JION r ON x", "22: error: expected JOIN, found `JION`");
    check_message("SELECT a FROM l ASOF JOIN r", "28: error: expected ON, but the script ends here");
}

static void what_is_not_supported_is_named(void **state) {
    (void)state;
    check_error("CREATE FUNCTION f AS 'x'", "p.sql:1:1: error: CREATE FUNCTION is not supported\n    1 | CREATE FUNCTION f AS 'x'\n"
                                            "      | ^^^^^^^^^^^^^^^\nhint: all functions are built in");
    static const char *const scripts[][2] = {
        {"CREATE CATALOG c WITH ('a'='b')", "1: error: CREATE CATALOG is not supported"},
        {"CREATE DATABASE d", "1: error: CREATE DATABASE is not supported"},
        {"CREATE OR REPLACE TABLE t (a INT)", "1: error: CREATE OR REPLACE is not supported"},
        {"CREATE TEMPORARY SYSTEM FUNCTION f AS 'x'", "1: error: CREATE FUNCTION is not supported"},
        {"DROP FUNCTION f", "1: error: DROP FUNCTION is not supported"},
        {"USE CATALOG c", "1: error: USE is not supported"},
        {"ALTER TABLE t RENAME TO u", "1: error: ALTER is not supported"},
        {"SHOW TABLES", "1: error: SHOW is not supported"},
        {"DESCRIBE t", "1: error: DESCRIBE is not supported"},
        {"DESC t", "1: error: DESC is not supported"},
        {"ADD JAR 'x'", "1: error: ADD JAR is not supported"},
        {"DELETE FROM t", "1: error: DELETE is not supported"},
        {"UPDATE t SET a = 1", "1: error: UPDATE is not supported"},
        {"EXECUTE PLAN 'x'", "1: error: EXECUTE PLAN is not supported"},
        {"SELECT * FROM t MATCH_RECOGNIZE (PARTITION BY a)", "17: error: MATCH_RECOGNIZE is not supported yet"},
        {"SELECT * FROM t AS x MATCH_RECOGNIZE (PARTITION BY a)", "22: error: MATCH_RECOGNIZE is not supported yet"},
        {"SELECT * FROM t NATURAL JOIN u", "17: error: NATURAL JOIN is not supported"},
        {"SELECT * FROM a LEFT SEMI JOIN b ON x", "22: error: semi and anti joins are not supported"},
        {"SELECT * FROM (a JOIN b ON x)", "15: error: a join in parentheses is not supported"},
        {"SELECT /*+ STATE_TTL('a'='1d') */ 1", "8: error: hints of queries are not supported"},
        {"SELECT a = ANY (SELECT 1)", "12: error: comparisons with ANY (...) are not supported"},
        {"WITH RECURSIVE q AS (SELECT 1) SELECT 1", "6: error: recursive queries are not supported"},
        {"CREATE TABLE t (a INT UNIQUE)", "23: error: UNIQUE is not supported"},
        {"CREATE TABLE t (a INT DEFAULT 5)", "23: error: DEFAULT is not supported"},
        {"SELECT f(a => 1)", "10: error: named arguments are for table functions only"},
    };
    for (size_t i = 0; i < LEAT_ARRAY_LEN(scripts); i++)
        check_message(scripts[i][0], scripts[i][1]);
}

static void other_mistakes_are_explained(void **state) {
    (void)state;
    static const char *const scripts[][2] = {
        {"CREATE TABLE t (a INT, PRIMARY KEY (a))", "39: error: expected NOT ENFORCED, found `)`"},
        {"CREATE TABLE t (a INT PRIMARY KEY NOT ENFORCED, PRIMARY KEY (a) NOT ENFORCED)", "49: error: a table has one PRIMARY KEY at most"},
        {"CREATE TABLE t (a INT, WATERMARK FOR a AS a, WATERMARK FOR a AS a)", "46: error: a table has one WATERMARK at most"},
        {"SELECT CASE WHEN a THEN b", "26: error: expected WHEN, ELSE or END, but the script ends here"},
        {"SELECT CASE END", "13: error: expected an expression, found `END`"},
        {"SELECT CAST(a, INT)", "14: error: expected AS and a data type, found `,`"},
        {"SELECT a = NOT b", "12: error: expected an operand, found `NOT`"},
        {"SELECT a IS 5", "13: error: expected NULL, TRUE, FALSE, UNKNOWN or DISTINCT FROM, found `5`"},
        {"SELECT MAP['a']", "8: error: a MAP needs a value for every key"},
        {"SELECT a IN ()", "14: error: expected an expression, found `)`"},
        {"SELECT * FROM t LIMIT 1, 2", "24: error: expected the end of the query, found `,`"},
        {"SELECT 1 MINUS SELECT 2", "10: error: expected the end of the query, found `MINUS`"},
        {"SELECT * FROM SELECT 1", "15: error: expected a table name, found the reserved word `SELECT`"},
        {"EXECUTE STATEMENT SET BEGIN SELECT 1; END", "29: error: expected INSERT or END, found `SELECT`"},
        {"INSERT t SELECT 1", "8: error: expected INTO, found `t`"},
        {"SELECT COUNT(* FROM t", "16: error: expected `)`, found `FROM`"},
        {"EXPLAIN SET 'a' = 'b'", "9: error: expected INSERT, SELECT or STATEMENT SET, found `SET`"},
        {"SELECT 'abc", "8: error: this string has no end"},
        {"5", "1: error: expected a statement, found `5`"},
    };
    for (size_t i = 0; i < LEAT_ARRAY_LEN(scripts); i++)
        check_message(scripts[i][0], scripts[i][1]);
}

// `head`, then `part` many times.
static char *repeated(struct leat_arena *arena, const char *head, const char *part, size_t count) {
    size_t head_length = strlen(head), part_length = strlen(part);
    char *text = leat_arena_alloc(arena, head_length + count * part_length + 1);
    memcpy(text, head, head_length);
    for (size_t i = 0; i < count; i++)
        memcpy(text + head_length + i * part_length, part, part_length);
    return text;
}

static void deep_nesting_and_long_chains_are_refused(void **state) {
    (void)state;
    static const char *const parts[][2] = {
        {"SELECT ", "("},
        {"SELECT ", "- "},
        {"SELECT ", "NOT "},
        {"SELECT ", "f("},
        {"SELECT ", "CASE WHEN "},
        {"SELECT a", "[1"},
        {"", "("},
        {"SELECT * FROM ", "(SELECT * FROM "},
        {"SELECT 1", "+1"},
        {"SELECT a", " IS NULL"},
        {"SELECT a", "[1]"},
        {"SELECT f(x)", ".a"},
        {"SELECT 1", " UNION SELECT 1"},
        {"SELECT * FROM t", " CROSS JOIN t"},
        {"SELECT * FROM t", ", t"},
        {"CREATE TABLE t (a ", "ARRAY<"},
        {"CREATE TABLE t (a INT", " ARRAY"},
        {"CREATE TABLE t (a ", "ROW<a "},
        {"SELECT 1 FROM t GROUP BY ", "CUBE("},
    };
    for (size_t i = 0; i < LEAT_ARRAY_LEN(parts); i++) {
        struct leat_arena arena = {0};
        leat_error_clear();
        assert_null(parse(&arena, repeated(&arena, parts[i][0], parts[i][1], 20000)));
        bool said = strstr(leat_error_text(), "nested more than 200 levels") || strstr(leat_error_text(), "more than 1000 operators");
        if (!said)
            print_error("%s%s...: %s\n", parts[i][0], parts[i][1], leat_error_text());
        assert_true(said);
        leat_arena_free(&arena);
    }
    leat_error_clear();
}

static void reasonable_nesting_and_chains_are_accepted(void **state) {
    (void)state;
    struct leat_arena arena = {0};
    assert_non_null(parse(&arena, repeated(&arena, "SELECT 1", "+1", 900)));
    assert_non_null(parse(&arena, repeated(&arena, "SELECT 1", ", 1", 100000))); // wide, not tall
    assert_non_null(parse(&arena, repeated(&arena, "SELECT 1", " UNION ALL SELECT 1", 900)));
    leat_arena_free(&arena);
}

static void spans_tell_where_things_stand(void **state) {
    (void)state;
    struct leat_arena arena = {0};
    const char *text = " SELECT a.b + f(c) AS x FROM t ;";
    struct leat_sql_source source = {"p.sql", text, strlen(text)};
    struct leat_ast_script *script;
    assert_int_equal(leat_sql_parse(&arena, &source, &script), 0);
    assert_int_equal(script->first->span.start, 1);
    assert_int_equal(script->first->span.end, 30);
    const struct leat_ast_select *select = script->first->query->body->select;
    const struct leat_ast_expr *sum = select->items[0].expr;
    assert_int_equal(sum->span.start, 8);
    assert_int_equal(sum->span.end, 18);
    assert_int_equal(sum->height, 3);
    assert_int_equal(sum->binary.op_span.start, 12);
    assert_int_equal(sum->binary.left->column.parts[1].span.start, 10);
    assert_int_equal(select->items[0].span.end, 23);
    assert_int_equal(select->items[0].alias.span.start, 22);
    assert_int_equal(select->from->span.start, 29);
    leat_arena_free(&arena);
}

static void every_script_cut_anywhere_is_refused_or_read(void **state) {
    (void)state;
    const char *text =
        "CREATE TABLE s (`T` STRING, ts AS TO_TIMESTAMP_LTZ(`t`, 3), WATERMARK FOR ts AS ts - INTERVAL '10' DAY) WITH ('a' = 'b');"
        "INSERT INTO o SELECT l.k, CASE WHEN l.v > 1 THEN ARRAY[1][1] ELSE CAST(2 AS BIGINT) END FROM s /*+ OPTIONS('a'='b') */ AS l"
        " SERIES JOIN (SELECT * FROM s) AS r ON l.k = r.k TOLERANCE INTERVAL '1' SECOND";
    for (size_t length = 0; length <= strlen(text); length++) {
        struct leat_arena arena = {0};
        struct leat_sql_source source = {"p.sql", text, length};
        struct leat_ast_script *script;
        leat_error_clear();
        if (leat_sql_parse(&arena, &source, &script) == 0)
            leat_ast_dump(&arena, script);
        else
            assert_memory_equal(leat_error_text(), "p.sql:1:", 8);
        leat_arena_free(&arena);
    }
    leat_error_clear();
}

// The scripts inside the acceptance program are between triple quotes, with {places} to fill in.
static char *acceptance_script(struct leat_arena *arena, const char *program, const char *name) {
    char start[32];
    snprintf(start, sizeof(start), "\n%s = \"\"\"", name);
    const char *from = strstr(program, start);
    assert_non_null(from);
    from += strlen(start);
    const char *to = strstr(from, "\"\"\"");
    assert_non_null(to);
    char *script = leat_arena_alloc(arena, 2 * (size_t)(to - from) + 1), *out = script;
    for (; from < to; from++) {
        if (*from != '{') {
            *out++ = *from;
            continue;
        }
        const char *close = strchr(from, '}');
        bool interval = strncmp(from, "{delay}", 7) == 0 || strncmp(from, "{tolerance}", 11) == 0;
        out = stpcpy(out, interval ? "'1' SECOND" : strncmp(from, "{select}", 8) == 0 ? "SELECT 1" : "column_name");
        from = close;
    }
    return script;
}

static void the_scripts_of_the_acceptance_are_accepted(void **state) {
    (void)state;
    const char *shared = getenv("LEAT_SHARED");
    char path[4096];
    snprintf(path, sizeof(path), "%s/accept/replay", shared ? shared : "../shared");
    FILE *file = fopen(path, "r");
    if (!file) {
        print_message("%s is not there: skipped\n", path);
        skip();
    }
    static char program[1 << 20];
    program[fread(program, 1, sizeof(program) - 1, file)] = 0;
    fclose(file);
    static const char *const names[] = {"SQL", "NARROW", "TUMBLE", "TVF", "LEGACY", "SPEED_SQL_OUT"};
    for (size_t i = 0; i < LEAT_ARRAY_LEN(names); i++) {
        struct leat_arena arena = {0};
        leat_error_clear();
        if (!parse(&arena, acceptance_script(&arena, program, names[i])))
            fail_msg("%s: %s", names[i], leat_error_text());
        leat_arena_free(&arena);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_empty_script_has_no_statements),
        cmocka_unit_test(operators_bind_as_in_calcite),
        cmocka_unit_test(ranges_bind_tighter_than_comparisons),
        cmocka_unit_test(literals_keep_their_text),
        cmocka_unit_test(intervals_are_evaluated),
        cmocka_unit_test(intervals_that_flink_refuses_are_refused),
        cmocka_unit_test(case_cast_and_constructors_are_read),
        cmocka_unit_test(calls_have_their_special_forms),
        cmocka_unit_test(types_have_all_their_spellings),
        cmocka_unit_test(create_table_takes_every_kind_of_column),
        cmocka_unit_test(other_statements_are_read),
        cmocka_unit_test(queries_have_all_their_clauses),
        cmocka_unit_test(tables_come_in_all_their_forms),
        cmocka_unit_test(joins_lean_to_the_left_and_commas_bind_last),
        cmocka_unit_test(series_is_always_the_join_where_join_follows),
        cmocka_unit_test(asof_joins_take_both_word_orders),
        cmocka_unit_test(a_misspelled_keyword_is_named),
        cmocka_unit_test(a_reserved_word_as_a_name_gets_its_backticks),
        cmocka_unit_test(commas_too_many_and_too_few_are_pointed_at),
        cmocka_unit_test(options_want_quotes),
        cmocka_unit_test(series_and_asof_joins_say_what_they_need),
        cmocka_unit_test(what_is_not_supported_is_named),
        cmocka_unit_test(other_mistakes_are_explained),
        cmocka_unit_test(deep_nesting_and_long_chains_are_refused),
        cmocka_unit_test(reasonable_nesting_and_chains_are_accepted),
        cmocka_unit_test(spans_tell_where_things_stand),
        cmocka_unit_test(every_script_cut_anywhere_is_refused_or_read),
        cmocka_unit_test(the_scripts_of_the_acceptance_are_accepted),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
