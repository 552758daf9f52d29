#include "engine/sql/explain.h"

#include "engine/base/error.h"
#include "engine/cli/registry.h"
#include "ingest/json/json_reader.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

// Plans a script and prints its explanation with `print`; the result is freed by the caller.
static char *explain(const char *text, void (*print)(const struct leat_plan *plan, FILE *to)) {
    struct leat_arena arena = {0};
    struct leat_sql_source source = {"p.sql", text, strlen(text)};
    struct leat_plan_options options = {.mode = LEAT_PLAN_CHECK};
    struct leat_plan *plan;
    char *result;
    size_t length;
    if (leat_plan(&arena, &source, &options, leat_registry(), &plan) != 0) {
        leat_error_print(stderr);
        fail();
    }
    FILE *out = open_memstream(&result, &length);
    print(plan, out);
    fclose(out);
    leat_arena_free(&arena);
    return result;
}

#define TABLES                                                                                                                             \
    "CREATE TABLE s (k STRING, x DOUBLE, t TIMESTAMP(3), WATERMARK FOR t AS t - INTERVAL '90' SECOND) WITH ('connector' = 'mqtt', "        \
    "'url' = 'mqtt://b', 'topic' = 't', 'password' = 'hunter2', 'format' = 'json');"                                                       \
    "CREATE TABLE o (k STRING, x DOUBLE) WITH ('connector' = 'print');"

static void explanation_names_watermark_keys_state_and_changelog_mode(void **state) {
    (void)state;
    char *text =
        explain(TABLES "INSERT INTO o SELECT l.k, r.x FROM s AS l SERIES JOIN s AS r ON l.k = r.k TOLERANCE INTERVAL '500' SECOND(3)",
                leat_explain_text);
    assert_non_null(strstr(text, "changelog mode: append-only\n"));
    assert_non_null(strstr(text, "(1 min 30 s behind)"));
    assert_non_null(strstr(text, "  keys       k = k\n"));
    assert_non_null(
        strstr(text, "  state      per key the rows of the last 8 min 20 s (tolerance) + 1 min 30 s (delay of the watermark)\n"));
    free(text);
}

static void secrets_are_shown_by_no_explanation(void **state) {
    (void)state;
    char *text = explain(TABLES "INSERT INTO o SELECT k, x FROM s", leat_explain_text);
    char *json = explain(TABLES "INSERT INTO o SELECT k, x FROM s", leat_explain_json);
    assert_null(strstr(text, "hunter2"));
    assert_null(strstr(json, "hunter2"));
    assert_non_null(strstr(text, "'password' = '***'"));
    free(text);
    free(json);
}

static void json_is_well_formed_whatever_the_script_is_made_of(void **state) {
    (void)state;
    static const char *const scripts[] = {
        "",
        "SET 'pipeline.name' = '\"\\ \x01 \xc3\xa4';" TABLES "INSERT INTO o SELECT 'a\"b\\c\n\x02', x FROM s WHERE k = '\xe2\x82\xac'",
        TABLES "INSERT INTO o SELECT k, x FROM s UNION ALL SELECT k || 'a', 1 FROM s; INSERT INTO o SELECT k, SUM(x) FROM s GROUP BY k, "
               "TUMBLE(t, INTERVAL '1' HOUR)",
        "CREATE TABLE `a\"b` (`c\\d` STRING) WITH ('connector' = 'filesystem', 'path' = '\\', 'format' = 'json');"
        "CREATE TABLE `\xc3\xa4\xc3\xb6\xc3\xbc` (`x y` STRING) WITH ('connector' = 'blackhole');"
        "INSERT INTO `\xc3\xa4\xc3\xb6\xc3\xbc` SELECT `c\\d` FROM `a\"b`",
    };
    for (size_t i = 0; i < LEAT_ARRAY_LEN(scripts); i++) {
        char *json = explain(scripts[i], leat_explain_json);
        if (leat_json_validate(json, strlen(json)) != LEAT_BAD_NONE)
            print_error("%s\n", json);
        assert_int_equal(leat_json_validate(json, strlen(json)), LEAT_BAD_NONE);
        free(json);
    }
}

static void long_texts_are_shown_whole(void **state) {
    (void)state;
    static const char head[] = TABLES "INSERT INTO o SELECT k, x FROM s WHERE k <> '";
    char script[4096], *text, *json;
    size_t length = sizeof(head) - 1;
    memcpy(script, head, length);
    for (int i = 0; i < 900; i++, length += 2)
        memcpy(script + length, "\xc3\xa4", 2); // two bytes, so that pieces do not end at characters by themselves
    memcpy(script + length, "'", 2);
    text = explain(script, leat_explain_text);
    json = explain(script, leat_explain_json);
    const char *letters = strstr(script, "\xc3\xa4");
    char whole[2048];
    snprintf(whole, sizeof(whole), "%.*s", 1800, letters);
    assert_non_null(strstr(text, whole));
    assert_non_null(strstr(json, whole));
    assert_int_equal(leat_json_validate(json, strlen(json)), LEAT_BAD_NONE);
    free(text);
    free(json);
}

static void a_script_that_runs_nothing_is_explained_so(void **state) {
    (void)state;
    char *text = explain(TABLES, leat_explain_text), *json = explain(TABLES, leat_explain_json);
    assert_string_equal(text, "nothing to run: the script has no INSERT\n");
    assert_non_null(strstr(json, "\"operators\": []"));
    free(text);
    free(json);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(explanation_names_watermark_keys_state_and_changelog_mode),
        cmocka_unit_test(secrets_are_shown_by_no_explanation),
        cmocka_unit_test(json_is_well_formed_whatever_the_script_is_made_of),
        cmocka_unit_test(long_texts_are_shown_whole),
        cmocka_unit_test(a_script_that_runs_nothing_is_explained_so),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
