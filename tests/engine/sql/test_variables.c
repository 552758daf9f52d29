#include "engine/sql/variables.h"

#include "engine/base/error.h"
#include "engine/base/memory.h"
#include "engine/sql/parser.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

static const struct leat_sql_definition definitions[] = {
    {"HOST", "old"}, {"HOST", "broker"}, {"EMPTY", ""}, {"QUOTE", "it's; DROP"}, {"NESTED", "${HOST}"}};
static const struct leat_sql_variables variables = {.definitions = definitions, .count = LEAT_ARRAY_LEN(definitions)};

// Parses SET 'k' = '<value>' and returns the value's string; NULL with the error set.
static const struct leat_ast_string *set_value(struct leat_arena *arena, const char *value) {
    const char *text = leat_arena_printf(arena, "SET 'k' = '%s'", value);
    struct leat_sql_source *source = leat_arena_alloc(arena, sizeof(*source));
    *source = (struct leat_sql_source){"v.sql", text, strlen(text)};
    struct leat_sql_parse_options options = {.variables = &variables};
    struct leat_ast_script *script;
    return leat_sql_parse_with(arena, source, &options, &script) == 0 ? &script->first->set.value : NULL;
}

static void check(const char *value, const char *expected) {
    struct leat_arena arena = {0};
    const struct leat_ast_string *string = set_value(&arena, value);
    assert_non_null(string);
    assert_string_equal(string->text, expected);
    assert_int_equal(string->length, strlen(expected));
    leat_arena_free(&arena);
}

static void check_error(const char *value, const char *expected) {
    struct leat_arena arena = {0};
    assert_null(set_value(&arena, value));
    assert_int_equal(leat_error_kind(), LEAT_ERROR_CONFIG);
    assert_string_equal(leat_error_text(), expected);
    leat_error_clear();
    leat_arena_free(&arena);
}

static void definitions_come_before_the_environment_and_the_last_one_wins(void **state) {
    (void)state;
    setenv("HOST", "environment", 1);
    setenv("LEAT_TEST_VARIABLE", "from outside", 1);
    check("tcp://${HOST}:1883", "tcp://broker:1883");
    check("${LEAT_TEST_VARIABLE}", "from outside");
}

static void defaults_are_for_what_is_missing_or_empty(void **state) {
    (void)state;
    check("${NOT_THERE_X:-a b}", "a b");
    check("${NOT_THERE_X:-}", "");
    check("${EMPTY:-d}", "d");
    check("${EMPTY}", "");
    check("${HOST:-d}${HOST:?m}", "brokerbroker");
    check("${NOT_THERE_X:-it''s}", "it's");
}

static void a_value_is_text_and_never_syntax(void **state) {
    (void)state;
    check("${QUOTE}", "it's; DROP");
    check("${NESTED}", "${HOST}"); // not looked into again
}

static void a_dollar_before_anything_else_is_a_dollar(void **state) {
    (void)state;
    check("$share/g/t", "$share/g/t");
    check("$$${HOST}", "$broker");
    check("$${HOST}", "${HOST}");
    check("a$", "a$");
    check("it''s $5", "it's $5");
}

static void substitution_is_noted_for_those_who_print(void **state) {
    (void)state;
    struct leat_arena arena = {0};
    const struct leat_ast_string *string = set_value(&arena, "x ${HOST}");
    assert_true(string->substituted);
    assert_string_equal(string->written, "x ${HOST}");
    string = set_value(&arena, "x");
    assert_false(string->substituted);
    assert_string_equal(string->written, "x");
    leat_arena_free(&arena);
}

static void what_is_undefined_is_reported_at_its_place(void **state) {
    (void)state;
    check_error("it''s ${HOTS} x", "v.sql:1:18: error: the variable `HOTS` is not defined\n"
                                   "    1 | SET 'k' = 'it''s ${HOTS} x'\n"
                                   "      |                  ^^^^^^^\n"
                                   "hint: did you mean `HOST`?\n"
                                   "hint: give it with -D HOTS=..., in the environment, or with a default: ${HOTS:-...}");
    check_error("${NOT_THERE_X:?say where}", "v.sql:1:12: error: the variable `NOT_THERE_X` is not set\n"
                                             "    1 | SET 'k' = '${NOT_THERE_X:?say where}'\n"
                                             "      |            ^^^^^^^^^^^^^^^^^^^^^^^^^\n"
                                             "hint: say where");
    check_error("a${HOST", "v.sql:1:13: error: this variable has no end\n    1 | SET 'k' = 'a${HOST'\n      |             ^^\n"
                           "hint: end it with }, or write $$ for a dollar sign");
    check_error("${a b}", "v.sql:1:12: error: this is no variable\n    1 | SET 'k' = '${a b}'\n      |            ^^^^^^\n"
                          "hint: write ${NAME}, ${NAME:-default}, ${NAME:?message} or ${file:PATH}; $$ is a dollar sign");
}

static void check_file(const char *content, size_t length, const char *expected) {
    char path[] = "/tmp/leat_variables_XXXXXX";
    int fd = mkstemp(path);
    assert_true(fd >= 0);
    assert_int_equal(write(fd, content, length), (ssize_t)length);
    close(fd);
    struct leat_arena arena = {0};
    const struct leat_ast_string *string = set_value(&arena, leat_arena_printf(&arena, "<${file:%s}>", path));
    unlink(path);
    if (expected) {
        assert_non_null(string);
        assert_string_equal(string->text, expected);
    } else {
        assert_null(string);
        leat_error_clear();
    }
    leat_arena_free(&arena);
}

static void a_file_is_read_without_its_last_newline(void **state) {
    (void)state;
    check_file("secret\n", 7, "<secret>");
    check_file("secret", 6, "<secret>");
    check_file("secret\r\n", 8, "<secret>");
    check_file("two\nlines\n\n", 11, "<two\nlines\n>");
    check_file("", 0, "<>");
    check_file("\n", 1, "<>");
}

static void a_file_that_is_no_text_or_too_long_is_refused(void **state) {
    (void)state;
    check_file("a\0b", 3, NULL);
    check_file("a\xff", 2, NULL);
    size_t length = LEAT_SQL_VARIABLE_BYTES_MAX + 1;
    char *content = malloc(length);
    memset(content, 'x', length);
    check_file(content, length, NULL);
    check_file(content, length - 1, NULL); // with the brackets around it the literal is too long
    free(content);
    check_error("${file:/nonexistent/x}", "v.sql:1:12: error: cannot read the file `/nonexistent/x`: No such file or directory\n"
                                          "    1 | SET 'k' = '${file:/nonexistent/x}'\n      |            ^^^^^^^^^^^^^^^^^^^^^^");
    check_error("${file:/dev/null}", "v.sql:1:12: error: cannot read the file `/dev/null`: it is no regular file\n"
                                     "    1 | SET 'k' = '${file:/dev/null}'\n      |            ^^^^^^^^^^^^^^^^^");
}

static void variables_are_for_options_and_not_for_other_literals(void **state) {
    (void)state;
    struct leat_arena arena = {0};
    const char *text =
        "CREATE TABLE t (a INT COMMENT '${HOST}') WITH ('${HOST}' = 'x${HOST}'); SELECT '${HOST}' FROM t /*+ OPTIONS('a'='${HOST}') */";
    struct leat_sql_source source = {"v.sql", text, strlen(text)};
    struct leat_sql_parse_options options = {.variables = &variables};
    struct leat_ast_script *script;
    assert_int_equal(leat_sql_parse_with(&arena, &source, &options, &script), 0);
    const struct leat_ast_create_table *table = &script->first->create_table;
    assert_string_equal(table->columns[0].comment->text, "${HOST}");
    assert_string_equal(table->options.items[0].key.text, "broker");
    assert_string_equal(table->options.items[0].value.text, "xbroker");
    const struct leat_ast_select *select = script->first->next->query->body->select;
    assert_string_equal(select->items[0].expr->literal.text.text, "${HOST}");
    assert_string_equal(select->from->hint_options.items[0].value.text, "broker");
    leat_arena_free(&arena);
}

static void definitions_of_the_command_line_are_split_at_the_first_equals_sign(void **state) {
    (void)state;
    struct leat_arena arena = {0};
    struct leat_sql_definition definition;
    assert_int_equal(leat_sql_definition_parse(&arena, "A_1=b=c", &definition), 0);
    assert_string_equal(definition.name, "A_1");
    assert_string_equal(definition.value, "b=c");
    assert_int_equal(leat_sql_definition_parse(&arena, "A=", &definition), 0);
    assert_string_equal(definition.value, "");
    static const char *const bad[] = {"", "A", "=b", "1A=b", "A B=c", "A-B=c"};
    for (size_t i = 0; i < LEAT_ARRAY_LEN(bad); i++) {
        assert_int_equal(leat_sql_definition_parse(&arena, bad[i], &definition), -1);
        assert_int_equal(leat_error_kind(), LEAT_ERROR_USAGE);
        leat_error_clear();
    }
    leat_arena_free(&arena);
}

static void options_that_hold_secrets_are_known_by_their_key(void **state) {
    (void)state;
    static const char *const secret[] = {"password",         "properties.sasl.jaas.config",
                                         "tls.key",          "tls.key-password",
                                         "api-Key",          "token",
                                         "influx.TOKEN",     "client-secret",
                                         "aws.credentials",  "properties.ssl.key.pem",
                                         "key.avro.password"};
    static const char *const open[] = {"connector",
                                       "topic",
                                       "key.format",
                                       "key.fields",
                                       "key.fields-prefix",
                                       "key.json.map-null-key.mode",
                                       "json.map-null-key.mode",
                                       "document-id.key-delimiter",
                                       "watermark.key",
                                       "username"};
    for (size_t i = 0; i < LEAT_ARRAY_LEN(secret); i++)
        assert_true(leat_sql_option_is_secret(secret[i]));
    for (size_t i = 0; i < LEAT_ARRAY_LEN(open); i++)
        assert_false(leat_sql_option_is_secret(open[i]));
}

static void running_out_of_memory_is_an_error(void **state) {
    (void)state;
    struct leat_arena arena = {0};
    leat_arena_alloc(&arena, 1); // so that the arena has its block
    leat_memory_fail_at(1);
    assert_null(set_value(&arena, "${HOST}"));
    leat_memory_fail_at(0);
    assert_int_equal(leat_error_kind(), LEAT_ERROR_INTERNAL);
    leat_error_clear();
    leat_arena_free(&arena);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(definitions_come_before_the_environment_and_the_last_one_wins),
        cmocka_unit_test(defaults_are_for_what_is_missing_or_empty),
        cmocka_unit_test(a_value_is_text_and_never_syntax),
        cmocka_unit_test(a_dollar_before_anything_else_is_a_dollar),
        cmocka_unit_test(substitution_is_noted_for_those_who_print),
        cmocka_unit_test(what_is_undefined_is_reported_at_its_place),
        cmocka_unit_test(a_file_is_read_without_its_last_newline),
        cmocka_unit_test(a_file_that_is_no_text_or_too_long_is_refused),
        cmocka_unit_test(variables_are_for_options_and_not_for_other_literals),
        cmocka_unit_test(definitions_of_the_command_line_are_split_at_the_first_equals_sign),
        cmocka_unit_test(options_that_hold_secrets_are_known_by_their_key),
        cmocka_unit_test(running_out_of_memory_is_an_error),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
