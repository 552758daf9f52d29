#include "engine/sql/options.h"

#include "engine/base/error.h"
#include "engine/sql/options_value.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>

static const char *const colours[] = {"red", "Green", NULL};

static const struct leat_option paint_options[] = {
    {.name = "colour", .kind = LEAT_OPTION_ENUM, .required = true, .values = colours, .doc = "The colour."},
    {.name = "coats", .kind = LEAT_OPTION_INT, .min = 1, .max = 9},
    {.name = "layers", .kind = LEAT_OPTION_INT, .alias_of = "coats"},
    {.name = "any", .kind = LEAT_OPTION_INT},
    {.name = "thick", .kind = LEAT_OPTION_BOOL},
    {.name = "dry", .kind = LEAT_OPTION_DURATION},
    {.name = "can", .kind = LEAT_OPTION_MEMORY},
    {.name = "glitter", .kind = LEAT_OPTION_BOOL, .default_value = "false", .not_yet = true},
    {.name = "password", .kind = LEAT_OPTION_INT},
    {.name = "mix.*", .kind = LEAT_OPTION_STRING},
    {.name = "format", .kind = LEAT_OPTION_STRING},
    {.name = "key.format", .kind = LEAT_OPTION_STRING},
    {.name = "value.format", .kind = LEAT_OPTION_STRING},
};
static const struct leat_option js_options[] = {
    {.name = "json.ignore-parse-errors", .kind = LEAT_OPTION_BOOL},
    {.name = "json.timestamp-format.standard", .kind = LEAT_OPTION_STRING},
};
static const struct leat_decoder_ops some_decoder = {.name = "json"};
static const struct leat_connector connectors[] = {
    {.name = "paint", .options = paint_options, .option_count = LEAT_ARRAY_LEN(paint_options), .is_source = true},
};
static const struct leat_format formats[] = {
    {.name = "json", .options = js_options, .option_count = LEAT_ARRAY_LEN(js_options), .decoder = &some_decoder},
};
static const struct leat_registry registry = {connectors, 1, formats, 1, NULL, NULL};

// Binds 'connector' = 'paint' and the options given as key, value, ..., NULL. The arena must outlive `out`.
static int bind(struct leat_arena *arena, struct leat_table_options *out, struct leat_sql_warnings *warnings, const char *const *pairs) {
    static const struct leat_sql_source source = {"p.sql", "x", 1};
    struct leat_options_context context = {arena, &source, &registry, warnings};
    struct leat_ast_options ast = {.items = leat_arena_alloc(arena, 32 * sizeof(*ast.items))};
    leat_error_clear();
    for (const char *all[] = {"connector", "paint"}, *const *at = all; at; at = at == all ? pairs : NULL)
        for (uint32_t i = 0; at == all ? i < 2 : at[i] != NULL; i += 2) {
            struct leat_ast_option *option = &ast.items[ast.count++];
            option->key = (struct leat_ast_string){.text = at[i], .length = strlen(at[i]), .written = at[i]};
            option->value = (struct leat_ast_string){.text = at[i + 1], .length = strlen(at[i + 1]), .written = at[i + 1]};
        }
    return leat_options_bind(&context, (struct leat_span){0, 1}, &ast, out);
}

// Expects an error that holds `words`.
static void refuse(const char *const *pairs, const char *words) {
    struct leat_arena arena = {0};
    struct leat_sql_warnings warnings = {0};
    struct leat_table_options options;
    assert_int_equal(bind(&arena, &options, &warnings, pairs), -1);
    assert_int_equal(leat_error_kind(), LEAT_ERROR_CONFIG);
    if (!strstr(leat_error_text(), words))
        print_error("%s\n", leat_error_text());
    assert_non_null(strstr(leat_error_text(), words));
    leat_error_clear();
    leat_arena_free(&arena);
}

static void good_options_are_kept_under_their_real_names_and_spellings(void **state) {
    (void)state;
    static const char *const pairs[] = {"colour", "GREEN", "layers", "3", "thick", "TRUE", "mix.water", "some", NULL};
    struct leat_arena arena = {0};
    struct leat_sql_warnings warnings = {0};
    struct leat_table_options options;
    assert_int_equal(bind(&arena, &options, &warnings, pairs), 0);
    assert_int_equal(options.count, 5);
    assert_string_equal(leat_graph_option_value(options.options, options.count, "colour", ""), "Green");
    assert_string_equal(leat_graph_option_value(options.options, options.count, "coats", ""), "3");
    assert_string_equal(leat_graph_option_value(options.options, options.count, "thick", ""), "true");
    assert_string_equal(leat_graph_option_value(options.options, options.count, "mix.water", ""), "some");
    assert_null(options.format);
    assert_int_equal(warnings.count, 1); // layers is another name
    leat_arena_free(&arena);
}

static void options_of_formats_take_the_prefix_of_their_side(void **state) {
    (void)state;
    static const char *const value[] = {
        "colour",   "red", "value.format", "json", "value.json.ignore-parse-errors", "true", "value.json.timestamp-format.standard",
        "ISO-8601", NULL};
    static const char *const key[] = {"colour", "red", "format", "json", "key.format", "json", "key.json.ignore-parse-errors",
                                      "true",   NULL};
    static const char *const bare[] = {"colour", "red", "value.format", "json", "json.ignore-parse-errors", "true", NULL};
    struct leat_arena arena = {0};
    struct leat_sql_warnings warnings = {0};
    struct leat_table_options options;
    assert_int_equal(bind(&arena, &options, &warnings, value), 0);
    assert_true(options.ignore_parse_errors);
    assert_int_equal(options.timestamp_form, LEAT_TIMESTAMP_ISO_8601);
    assert_int_equal(bind(&arena, &options, &warnings, key), 0);
    assert_false(options.ignore_parse_errors); // that was said of the keys
    assert_int_equal(options.timestamp_form, LEAT_TIMESTAMP_SQL);
    refuse(bare, "has no option 'json.ignore-parse-errors'");
    leat_arena_free(&arena);
}

static void wrong_options_are_refused(void **state) {
    (void)state;
    refuse((const char *const[]){NULL}, "needs the option 'colour'");
    refuse((const char *const[]){"colour", "blue", NULL}, "must be one of red, Green, not 'blue'");
    refuse((const char *const[]){"colour", "red", "coats", "0", NULL}, "between 1 and 9");
    refuse((const char *const[]){"colour", "red", "coats", "", NULL}, "a whole number");
    refuse((const char *const[]){"colour", "red", "any", "99999999999999999999", NULL}, "a whole number");
    refuse((const char *const[]){"colour", "red", "thick", "1", NULL}, "true or false");
    refuse((const char *const[]){"colour", "red", "dry", "soon", NULL}, "a duration");
    refuse((const char *const[]){"colour", "red", "can", "1 litre", NULL}, "an amount of memory");
    refuse((const char *const[]){"colour", "red", "mix.", "x", NULL}, "has no option 'mix.'");
    refuse((const char *const[]){"colour", "red", "glitter", "true", NULL}, "is not supported yet");
    refuse((const char *const[]){"colour", "red", "coats", "1", "layers", "1", NULL}, "given twice");
    refuse((const char *const[]){"colour", "red", "colour", "red", NULL}, "given twice");
    refuse((const char *const[]){"colour", "red", "password", "hunter2", NULL}, "not '***'");
}

static void durations_are_read_as_flink_writes_them(void **state) {
    (void)state;
    static const struct {
        const char *text;
        int64_t micros; // -1: refused
    } cases[] = {
        {"5 s", 5000000},
        {"200ms", 200000},
        {"1 min", 60000000},
        {"2 h", 7200000000},
        {"1 d", 86400000000},
        {"10", 10000},
        {"0", 0},
        {" 7  seconds ", 7000000},
        {"3 DAYS", 259200000000},
        {"1500 us", 1500},
        {"2500 ns", 2},
        {"1 \xc2\xb5s", 1},
        {"", -1},
        {"s", -1},
        {"-1 s", -1},
        {"1.5 s", -1},
        {"1 parsec", -1},
        {"1 s s", -1},
        {"99999999999999999999", -1},
        {"9223372036854775807 d", -1},
        {"1 nanosecondsandmore", -1},
    };
    for (size_t i = 0; i < LEAT_ARRAY_LEN(cases); i++) {
        int64_t micros = -1;
        bool good = leat_option_duration(cases[i].text, &micros);
        if (good != (cases[i].micros >= 0) || (good && micros != cases[i].micros))
            print_error("`%s`: %lld\n", cases[i].text, (long long)micros);
        assert_int_equal(good, cases[i].micros >= 0);
        if (good)
            assert_int_equal(micros, cases[i].micros);
    }
}

static void amounts_of_memory_are_read_as_flink_writes_them(void **state) {
    (void)state;
    int64_t bytes;
    assert_true(leat_option_memory("42mb", &bytes));
    assert_int_equal(bytes, 42 << 20);
    assert_true(leat_option_memory("1 kb", &bytes));
    assert_int_equal(bytes, 1024);
    assert_true(leat_option_memory("100", &bytes));
    assert_int_equal(bytes, 100);
    assert_true(leat_option_memory("3 GB", &bytes));
    assert_int_equal(bytes, INT64_C(3) << 30);
    assert_false(leat_option_memory("mb", &bytes));
    assert_false(leat_option_memory("1 mbb", &bytes));
    assert_false(leat_option_memory("99999999999 tb", &bytes));
}

static struct leat_ast_string text_of(const char *text) {
    return (struct leat_ast_string){.text = text, .length = strlen(text), .written = text};
}

static void set_and_reset_change_the_settings(void **state) {
    (void)state;
    static const struct leat_sql_source source = {"dir/p.sql", "x", 1};
    struct leat_arena arena = {0};
    struct leat_options_context context = {&arena, &source, &registry, NULL};
    struct leat_session session = {0};
    struct leat_graph_settings settings;
    struct leat_ast_set set = {text_of("parallelism.default"), text_of("5")}, all = {0};
    leat_session_settings(&session, &context, &settings);
    assert_int_equal(settings.parallelism, 0);
    assert_string_equal(settings.pipeline_name, "p.sql");
    assert_int_equal(leat_session_set(&context, &session, &set), 0);
    set.value = text_of("6");
    assert_int_equal(leat_session_set(&context, &session, &set), 0);
    set = (struct leat_ast_set){text_of("pipeline.name"), text_of("n")};
    assert_int_equal(leat_session_set(&context, &session, &set), 0);
    leat_session_settings(&session, &context, &settings);
    assert_int_equal(settings.parallelism, 6);
    assert_string_equal(settings.pipeline_name, "n");
    set.key = text_of("parallelism.default");
    assert_int_equal(leat_session_reset(&context, &session, &set), 0);
    leat_session_settings(&session, &context, &settings);
    assert_int_equal(settings.parallelism, 0);
    assert_string_equal(settings.pipeline_name, "n");
    assert_int_equal(leat_session_reset(&context, &session, &all), 0);
    leat_session_settings(&session, &context, &settings);
    assert_string_equal(settings.pipeline_name, "p.sql");
    leat_arena_free(&arena);
}

static void every_key_of_set_has_its_default_among_its_values(void **state) {
    (void)state;
    static const struct leat_sql_source source = {"p.sql", "x", 1};
    struct leat_arena arena = {0};
    struct leat_options_context context = {&arena, &source, &registry, NULL};
    uint32_t count = 0;
    for (const struct leat_option *key; (key = leat_session_key(count)) != NULL; count++) {
        assert_non_null(key->doc);
        if (!key->default_value)
            continue;
        struct leat_ast_string value = text_of(key->default_value);
        assert_int_equal(leat_option_check(&context, key, key->name, &value), 0);
    }
    assert_true(count > 20);
    leat_arena_free(&arena);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(good_options_are_kept_under_their_real_names_and_spellings),
        cmocka_unit_test(options_of_formats_take_the_prefix_of_their_side),
        cmocka_unit_test(wrong_options_are_refused),
        cmocka_unit_test(durations_are_read_as_flink_writes_them),
        cmocka_unit_test(amounts_of_memory_are_read_as_flink_writes_them),
        cmocka_unit_test(set_and_reset_change_the_settings),
        cmocka_unit_test(every_key_of_set_has_its_default_among_its_values),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
