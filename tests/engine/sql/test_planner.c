// Plans of scripts against the texts that stand beside them, and the graphs behind them.
#include "engine/base/error.h"
#include "engine/cli/registry.h"
#include "engine/sql/explain.h"
#include "engine/sql/planner.h"
#include "tests/engine/sql/plan_check.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#define GOLDEN "tests/golden/plan/"

// Largest golden file, and most names in a directive.
#define TEXT_BYTES ((size_t)512 * 1024)
#define NAMES_MAX  8

// ---- golden files: sections that begin with "-- ## title"; the prelude stands before each other one. Directives: "-- mode: run",
// "-- from: a b", "-- to: a b" (a replay). LEAT_UPDATE=1 writes the expected texts instead of comparing them.

struct section {
    const char *title;
    const char *text;
    size_t length;
};

static char *read_file(const char *path) {
    char *text = test_calloc(1, TEXT_BYTES);
    FILE *file = fopen(path, "r");
    if (file) {
        size_t length = fread(text, 1, TEXT_BYTES - 1, file);
        assert_true(length < TEXT_BYTES - 1);
        fclose(file);
    }
    return text;
}

// Cuts the next section off; its title is zero-terminated in place.
static bool next_section(char **at, struct section *section) {
    char *mark = strstr(*at, "-- ## ");
    if (!mark)
        return false;
    char *end = strchr(mark, '\n'), *next = strstr(end, "-- ## ");
    *end = 0;
    section->title = mark + 6;
    section->text = end + 1;
    section->length = next ? (size_t)(next - end - 1) : strlen(end + 1);
    *at = next ? next : end + 1 + section->length;
    return true;
}

// The words behind "-- name: " at the head of a section.
static uint32_t directive(struct leat_arena *arena, const struct section *section, const char *name, const char **words) {
    uint32_t count = 0;
    const char *line = section->text;
    while (line < section->text + section->length && strncmp(line, "-- ", 3) == 0) {
        const char *end = strchr(line, '\n');
        size_t length = strlen(name);
        if (strncmp(line + 3, name, length) == 0 && line[3 + length] == ':')
            for (const char *word = line + 4 + length; word < end && count < NAMES_MAX;) {
                word += strspn(word, " ");
                size_t bytes = strcspn(word, " \n");
                words[count++] = leat_arena_copy(arena, word, bytes);
                word += bytes;
            }
        line = end + 1;
    }
    return count;
}

// Plans prelude and section and writes what comes out.
static void run_section(const struct section *prelude, const struct section *section, FILE *out) {
    struct leat_arena arena = {0};
    const char *from[NAMES_MAX], *to[NAMES_MAX], *mode[NAMES_MAX] = {"check"};
    struct leat_plan_options options = {.mode = LEAT_PLAN_CHECK, .from = from, .to = to};
    struct leat_sql_variables variables = {.no_environment = true};
    directive(&arena, section, "mode", mode);
    options.from_count = directive(&arena, section, "from", from);
    options.to_count = directive(&arena, section, "to", to);
    options.variables = &variables;
    options.mode = strcmp(mode[0], "run") == 0 ? LEAT_PLAN_RUN : options.from_count + options.to_count ? LEAT_PLAN_REPLAY : LEAT_PLAN_CHECK;
    const char *text = leat_arena_printf(&arena, "%.*s%.*s", (int)prelude->length, prelude->length ? prelude->text : "",
                                         (int)section->length, section->text);
    struct leat_sql_source source = {"p.sql", text, strlen(text)};
    struct leat_plan *plan;
    fprintf(out, "-- ## %s\n", section->title);
    if (leat_plan(&arena, &source, &options, leat_registry(), &plan) != 0) {
        fprintf(out, "exit %d\n", leat_error_kind());
        leat_error_print(out);
    } else {
        plan_check(&plan->graph);
        leat_diagnostic_print_warnings(&plan->warnings, out);
        leat_explain_text(plan, out);
    }
    leat_arena_free(&arena);
}

static char *run_file(const char *path) {
    char *text = read_file(path), *at = text, *result;
    size_t length;
    FILE *out = open_memstream(&result, &length);
    struct section prelude = {0}, section;
    while (next_section(&at, &section)) {
        if (strcmp(section.title, "prelude") == 0)
            prelude = section;
        else
            run_section(&prelude, &section, out);
    }
    fclose(out);
    test_free(text);
    return result;
}

// Compares section by section, so that a failure names the script.
static uint32_t compare(const char *path, char *expected, char *actual) {
    struct section want, have;
    uint32_t differences = 0, count = 0;
    while (next_section(&actual, &have)) {
        count++;
        bool there = next_section(&expected, &want);
        if (there && strcmp(want.title, have.title) == 0 && want.length == have.length && memcmp(want.text, have.text, have.length) == 0)
            continue;
        differences++;
        print_message("%s: %s\n--- expected\n%.*s+++ actual\n%.*s", path, have.title, there ? (int)want.length : 0, there ? want.text : "",
                      (int)have.length, have.text);
    }
    assert_true(count > 0);
    assert_false(next_section(&expected, &want));
    return differences;
}

static void check_golden(const char *name) {
    char path[128], expected_path[128];
    snprintf(path, sizeof(path), GOLDEN "%s.sql", name);
    snprintf(expected_path, sizeof(expected_path), GOLDEN "%s.out", name);
    char *actual = run_file(path);
    if (getenv("LEAT_UPDATE")) {
        FILE *file = fopen(expected_path, "w");
        assert_non_null(file);
        fputs(actual, file);
        fclose(file);
    } else {
        char *expected = read_file(expected_path);
        assert_int_equal(compare(expected_path, expected, actual), 0);
        test_free(expected);
    }
    free(actual); // open_memstream's
}

static void queries_are_planned_as_their_golden_plans_say(void **state) {
    (void)state;
    check_golden("queries");
}

static void wrong_queries_are_refused_with_their_golden_diagnostics(void **state) {
    (void)state;
    check_golden("errors");
}

static void wrong_tables_are_refused_with_their_golden_diagnostics(void **state) {
    (void)state;
    check_golden("tables");
}

// ---- graphs

// Plans a script to be replayed from `from` to `to`.
static struct leat_plan *plan_replay(struct leat_arena *arena, const char *text, const char *from, const char *to) {
    struct leat_sql_source *source = leat_arena_alloc(arena, sizeof(*source));
    struct leat_plan_options options = {
        .mode = LEAT_PLAN_REPLAY, .from = &from, .from_count = from != NULL, .to = &to, .to_count = to != NULL};
    struct leat_plan *plan;
    *source = (struct leat_sql_source){"p.sql", text, strlen(text)};
    if (leat_plan(arena, source, &options, leat_registry(), &plan) != 0) {
        leat_error_print(stderr);
        fail();
    }
    plan_check(&plan->graph);
    return plan;
}

#define TABLE_S                                                                                                                            \
    "CREATE TABLE s (k STRING, x DOUBLE, y DOUBLE, `at` BIGINT, ts AS TO_TIMESTAMP_LTZ(`at`, 3), WATERMARK FOR ts AS ts - "                \
    "INTERVAL '5' SECOND) WITH ('connector' = 'mqtt', 'url' = 'm', 'topic' = 't', 'format' = 'json');"
#define TABLE_TWO "CREATE TABLE two (v STRING, x DOUBLE) WITH ('connector' = 'print');"

static void only_the_columns_that_are_wanted_are_decoded(void **state) {
    (void)state;
    struct leat_arena arena = {0};
    const struct leat_plan *plan = plan_replay(&arena, TABLE_S TABLE_TWO "INSERT INTO two SELECT 'a', x FROM s", "s", NULL);
    const struct leat_graph_source *source = &plan->graph.sources[0];
    assert_int_equal(source->decode->field_count, 2);
    assert_string_equal(source->decode->fields[0].name, "x");
    assert_string_equal(source->decode->fields[1].name, "at"); // for the event time
    assert_true(source->has_time);
    assert_int_equal(source->compute_count, 1);
    assert_int_equal(plan->graph.edge_count, 1);
    assert_int_equal(plan->graph.edges[0].step_count, 0);
    const struct leat_encode_config *encode = plan->graph.edges[0].encode;
    assert_int_equal(encode->field_count, 2);
    assert_non_null(encode->fields[0].constant);
    assert_null(encode->fields[1].constant);
    leat_arena_free(&arena);
}

static void columns_that_are_not_null_are_decoded_as_such(void **state) {
    (void)state;
    struct leat_arena arena = {0};
    const struct leat_plan *plan = plan_replay(
        &arena,
        TABLE_TWO "CREATE TABLE n (k STRING NOT NULL, x DOUBLE, y DOUBLE, PRIMARY KEY (y) NOT ENFORCED) WITH ('connector' = 'datagen');"
                  "INSERT INTO two SELECT k, x + y FROM n",
        "n", NULL);
    const struct leat_decode_config *decode = plan->graph.sources[0].decode;
    assert_int_equal(decode->field_count, 3);
    assert_false(decode->fields[0].type.nullable);
    assert_true(decode->fields[1].type.nullable);
    assert_false(decode->fields[2].type.nullable); // a key is not NULL either
    leat_arena_free(&arena);
}

static void what_stands_before_printed_rows_is_handed_to_their_encoder(void **state) {
    (void)state;
    struct leat_arena arena = {0};
    const struct leat_plan *plan =
        plan_replay(&arena,
                    TABLE_S TABLE_TWO "CREATE TABLE named (v STRING) WITH ('connector' = 'print', 'print-identifier' = 'a name');"
                                      "INSERT INTO named SELECT k FROM s; INSERT INTO two SELECT k, x FROM s",
                    "s", NULL);
    assert_string_equal(plan->graph.edges[0].encode->prefix, "a name");
    assert_null(plan->graph.edges[1].encode->prefix);
    leat_arena_free(&arena);
}

static void a_series_join_takes_keys_times_and_payload_in_order(void **state) {
    (void)state;
    struct leat_arena arena = {0};
    const struct leat_plan *plan = plan_replay(&arena,
                                               TABLE_S TABLE_TWO "INSERT INTO two SELECT r.k, l.x + r.y FROM s AS l SERIES JOIN s AS r "
                                                                 "ON r.k = l.k AND l.x = r.x TOLERANCE INTERVAL '1.5' SECOND",
                                               "s", NULL);
    const struct leat_series_join_spec *spec = plan->graph.stages[0].spec;
    assert_int_equal(plan->graph.source_count, 1);
    assert_int_equal(plan->graph.edge_count, 3);
    assert_int_equal(spec->key_count, 2);
    assert_int_equal(spec->key_physical[0], LEAT_PHYSICAL_TEXT);
    assert_int_equal(spec->key_physical[1], LEAT_PHYSICAL_DOUBLE);
    assert_int_equal(spec->tolerance_us, 1500000);
    assert_int_equal(spec->output_count, 3); // l.x, r.k, r.y: a DOUBLE key is no payload, since -0.0 equals 0.0
    assert_int_equal(spec->outputs[0].from, LEAT_SERIES_LEFT);
    assert_int_equal(spec->outputs[1].from, LEAT_SERIES_KEY);
    assert_int_equal(spec->outputs[1].index, 0);
    assert_int_equal(spec->outputs[2].from, LEAT_SERIES_RIGHT);
    assert_false(plan->graph.stages[0].with_origin);
    assert_ptr_equal(plan->graph.stages[0].ops, leat_registry()->series_join);
    leat_arena_free(&arena);
}

static void a_window_behind_a_join_takes_its_rows_in_the_order_of_their_time(void **state) {
    (void)state;
    struct leat_arena arena = {0};
    const struct leat_plan *plan =
        plan_replay(&arena,
                    TABLE_S TABLE_TWO "CREATE VIEW j AS SELECT l.k AS k, l.x AS x, r.ts AS t FROM s AS l SERIES JOIN s AS r ON l.k = r.k "
                                      "TOLERANCE INTERVAL '1' SECOND;"
                                      "INSERT INTO two SELECT k, SUM(x) FROM j GROUP BY k, TUMBLE(t, INTERVAL '1' MINUTE)",
                    "s", "two");
    const struct leat_graph *graph = &plan->graph;
    assert_int_equal(graph->stage_count, 2);
    assert_true(graph->stages[0].with_origin);
    assert_false(graph->stages[1].with_origin);
    const struct leat_graph_edge *edge = &graph->edges[2];
    assert_int_equal(edge->from_kind, LEAT_GRAPH_STAGE);
    leat_arena_free(&arena);
}

static void a_table_without_a_format_is_read_from_json_when_it_is_replaced(void **state) {
    (void)state;
    struct leat_arena arena = {0};
    const struct leat_plan *plan = plan_replay(
        &arena, TABLE_TWO "CREATE TABLE d (v STRING) WITH ('connector' = 'datagen'); INSERT INTO two (v) SELECT v FROM d", "d", "two");
    assert_non_null(plan->graph.sources[0].format);
    assert_string_equal(plan->graph.sources[0].format->name, "json");
    assert_null(plan->graph.sinks[0].format);
    assert_true(plan->tables[0].replaced && plan->tables[1].replaced);
    leat_arena_free(&arena);
}

static void the_settings_are_those_before_the_last_insert(void **state) {
    (void)state;
    struct leat_arena arena = {0};
    const struct leat_plan *plan =
        plan_replay(&arena,
                    TABLE_S TABLE_TWO "SET 'pipeline.on-bad-record' = 'FAIL'; SET 'pipeline.dead-letter.path' = 'd.json';"
                                      "SET 'parallelism.default' = '3'; RESET 'pipeline.dead-letter.path';"
                                      "INSERT INTO two SELECT k, x FROM s; SET 'parallelism.default' = '7'",
                    "s", NULL);
    assert_true(plan->graph.settings.fail_on_bad_record);
    assert_null(plan->graph.settings.dead_letter_path);
    assert_int_equal(plan->graph.settings.parallelism, 3);
    assert_string_equal(plan->graph.settings.pipeline_name, "p.sql");
    assert_string_equal(plan->graph.settings.time_zone, "UTC");
    leat_arena_free(&arena);
}

// ---- hostile scripts: they may be refused, they may not take long or much

// A chain of views, each `format` with the number of the one before, and an INSERT from the last.
static void plan_chain(const char *format, uint32_t count) {
    struct leat_arena arena = {0};
    size_t room = 512 + (size_t)count * 256, length;
    char *text = leat_memory_alloc(NULL, room);
    length = (size_t)snprintf(text, room, TABLE_S TABLE_TWO "CREATE VIEW v0 AS SELECT k, x FROM s;");
    for (uint32_t i = 1; i <= count; i++) {
        length += (size_t)snprintf(text + length, room - length, "CREATE VIEW v%u AS ", i);
        length += (size_t)snprintf(text + length, room - length, format, i - 1, i - 1, i - 1);
        length += (size_t)snprintf(text + length, room - length, ";");
    }
    length += (size_t)snprintf(text + length, room - length, "INSERT INTO two SELECT k, x FROM v%u", count);
    struct leat_sql_source source = {"p.sql", text, length};
    struct leat_plan_options options = {.mode = LEAT_PLAN_CHECK};
    struct leat_plan *plan;
    if (leat_plan(&arena, &source, &options, leat_registry(), &plan) == 0)
        plan_check(&plan->graph);
    else
        assert_int_equal(leat_error_kind(), LEAT_ERROR_CONFIG);
    leat_error_clear();
    leat_arena_free(&arena);
    leat_memory_free(NULL, text, room);
}

static void chains_of_views_that_double_stay_small(void **state) {
    (void)state;
    plan_chain("SELECT k, x * x + x AS x FROM v%u", 100);
    plan_chain("SELECT k || k AS k, x FROM v%u WHERE k <> 'a'", 900);
    plan_chain("SELECT k, x FROM v%u WHERE x > 1", 2000);
    plan_chain("SELECT k, x FROM v%u UNION ALL SELECT k, x FROM v%u", 40);
    plan_chain("SELECT * FROM v%u", 3000);
    plan_chain("SELECT k, x, v.* FROM (SELECT k AS a%u, x AS b%u, k, x FROM v%u) AS v", 5);
}

// ---- mutations: golden scripts with pieces dropped, doubled and exchanged

static uint64_t random_state;

// xorshift64 (Marsaglia 2003).
static uint32_t random_below(uint32_t bound) {
    random_state ^= random_state << 13;
    random_state ^= random_state >> 7;
    random_state ^= random_state << 17;
    return (uint32_t)((random_state >> 32) % bound);
}

// The end of the token-like piece of `text` that begins at `at`.
static size_t piece_end(const char *text, size_t length, size_t at) {
    static const char letters[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_.'`";
    size_t end = at;
    while (end < length && text[end] && strchr(letters, text[end]))
        end++;
    return end > at ? end : at + 1;
}

// Copies `text` to `out` with some pieces left out, doubled, or replaced by a piece from elsewhere in it. Returns the length.
static size_t mutate(const char *text, size_t length, char *out, size_t room) {
    size_t written = 0, changes = 1 + random_below(3);
    for (size_t at = 0; at < length;) {
        size_t end = piece_end(text, length, at), from = at, to = end, times = 1;
        if (changes && random_below((uint32_t)(length / 6 + 1)) < 2) {
            changes--;
            uint32_t what = random_below(3);
            times = what == 0 ? 0 : what;
            if (what == 1) {
                from = random_below((uint32_t)length);
                to = piece_end(text, length, from);
            }
        }
        for (; times && written + (to - from) < room; times--) {
            memcpy(out + written, text + from, to - from);
            written += to - from;
        }
        at = end;
    }
    return written;
}

static void plan_mutation(const char *text, size_t length) {
    struct leat_arena arena = {0};
    struct leat_sql_source source = {"p.sql", text, length};
    struct leat_sql_variables variables = {.no_environment = true};
    struct leat_plan_options options = {.mode = LEAT_PLAN_CHECK, .variables = &variables};
    struct leat_plan *plan;
    leat_error_clear();
    if (leat_plan(&arena, &source, &options, leat_registry(), &plan) == 0) {
        FILE *nowhere = fopen("/dev/null", "w");
        plan_check(&plan->graph);
        leat_explain_text(plan, nowhere);
        fclose(nowhere);
    } else {
        assert_int_equal(leat_error_kind(), LEAT_ERROR_CONFIG);
        assert_int_equal(strncmp(leat_error_text(), "p.sql:", 6), 0);
    }
    leat_error_clear();
    leat_arena_free(&arena);
}

static void mutate_file(const char *path, uint32_t times) {
    char *text = read_file(path), *at = text;
    struct section prelude = {0}, section;
    static char script[16384];
    while (next_section(&at, &section)) {
        if (strcmp(section.title, "prelude") == 0) {
            prelude = section;
            continue;
        }
        for (uint32_t i = 0; i < times; i++) {
            size_t length = random_below(4) ? prelude.length : mutate(prelude.text, prelude.length, script, sizeof(script) / 2);
            if (length == prelude.length && length)
                memcpy(script, prelude.text, length);
            length += mutate(section.text, section.length, script + length, sizeof(script) / 2);
            plan_mutation(script, length);
        }
    }
    test_free(text);
}

static void mutated_scripts_are_planned_or_refused(void **state) {
    (void)state;
    const char *seed = getenv("LEAT_SEED");
    random_state = seed ? strtoull(seed, NULL, 0) : 0x9e3779b97f4a7c15;
    print_message("LEAT_SEED=0x%llx\n", (unsigned long long)random_state);
    mutate_file(GOLDEN "queries.sql", 100);
    mutate_file(GOLDEN "errors.sql", 40);
    mutate_file(GOLDEN "tables.sql", 40);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(queries_are_planned_as_their_golden_plans_say),
        cmocka_unit_test(wrong_queries_are_refused_with_their_golden_diagnostics),
        cmocka_unit_test(wrong_tables_are_refused_with_their_golden_diagnostics),
        cmocka_unit_test(only_the_columns_that_are_wanted_are_decoded),
        cmocka_unit_test(columns_that_are_not_null_are_decoded_as_such),
        cmocka_unit_test(what_stands_before_printed_rows_is_handed_to_their_encoder),
        cmocka_unit_test(a_series_join_takes_keys_times_and_payload_in_order),
        cmocka_unit_test(a_window_behind_a_join_takes_its_rows_in_the_order_of_their_time),
        cmocka_unit_test(a_table_without_a_format_is_read_from_json_when_it_is_replaced),
        cmocka_unit_test(the_settings_are_those_before_the_last_insert),
        cmocka_unit_test(chains_of_views_that_double_stay_small),
        cmocka_unit_test(mutated_scripts_are_planned_or_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
