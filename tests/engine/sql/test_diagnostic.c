#include "engine/sql/diagnostic.h"

#include "engine/base/error.h"
#include "engine/sql/suggest.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

static struct leat_sql_source source_of(const char *text) {
    return (struct leat_sql_source){"a.sql", text, strlen(text)};
}

static void check(const char *text, uint32_t start, uint32_t end, const char *hint, const char *expected) {
    struct leat_sql_source source = source_of(text);
    assert_int_equal(leat_diagnostic(&source, (struct leat_span){start, end}, hint, "wrong"), -1);
    assert_int_equal(leat_error_kind(), LEAT_ERROR_CONFIG);
    assert_string_equal(leat_error_text(), expected);
    leat_error_clear();
}

static void the_place_is_underlined(void **state) {
    (void)state;
    check("SELECT abc\nFROM t", 7, 10, NULL, "a.sql:1:8: error: wrong\n    1 | SELECT abc\n      |        ^^^");
    check("SELECT abc\nFROM t", 16, 17, NULL, "a.sql:2:6: error: wrong\n    2 | FROM t\n      |      ^");
}

static void every_line_of_a_hint_is_a_hint(void **state) {
    (void)state;
    check("x", 0, 1, "one\ntwo", "a.sql:1:1: error: wrong\n    1 | x\n      | ^\nhint: one\nhint: two");
}

static void columns_count_characters_and_carets_count_cells(void **state) {
    (void)state;
    check("\xc3\xa4\xc3\xb6 x", 5, 6, NULL, "a.sql:1:4: error: wrong\n    1 | \xc3\xa4\xc3\xb6 x\n      |    ^");
    check("\xe6\x97\xa5 x", 4, 5, NULL, "a.sql:1:3: error: wrong\n    1 | \xe6\x97\xa5 x\n      |    ^"); // a wide one takes two
    check("\tx\ty", 1, 2, NULL, "a.sql:1:2: error: wrong\n    1 |     x   y\n      |     ^");
    check("\tx\ty", 3, 4, NULL, "a.sql:1:4: error: wrong\n    1 |     x   y\n      |         ^");
}

static void a_span_over_several_lines_is_underlined_to_the_end_of_the_first(void **state) {
    (void)state;
    check("ab 'cd\r\nef'", 3, 11, NULL, "a.sql:1:4: error: wrong\n    1 | ab 'cd\n      |    ^^^");
}

static void the_end_of_the_script_has_a_place(void **state) {
    (void)state;
    check("ab", 2, 2, NULL, "a.sql:1:3: error: wrong\n    1 | ab\n      |   ^");
    check("", 0, 0, NULL, "a.sql:1:1: error: wrong\n    1 | \n      | ^");
    check("ab\n", 3, 3, NULL, "a.sql:2:1: error: wrong\n    2 | \n      | ^");
    check("ab", 900, 901, NULL, "a.sql:1:3: error: wrong\n    1 | ab\n      |   ^");
}

static void what_a_terminal_would_obey_is_shown_as_a_question_mark(void **state) {
    (void)state;
    check("a\x1b[31m b", 7, 8, NULL, "a.sql:1:8: error: wrong\n    1 | a?[31m b\n      |        ^");
    check("a\xe2\x80\xae"
          "b",
          4, 5, NULL, "a.sql:1:3: error: wrong\n    1 | a?b\n      |   ^"); // right-to-left override
    check("a\xff"
          "b",
          2, 3, NULL, "a.sql:1:3: error: wrong\n    1 | a?b\n      |   ^");
    struct leat_sql_source source = {"x\x1b.sql", "a", 1};
    leat_diagnostic(&source, (struct leat_span){0, 1}, "h\x07i", "m\x9b\n%s", "\x1b");
    assert_string_equal(leat_error_text(), "x?.sql:1:1: error: m???\n    1 | a\n      | ^\nhint: h?i");
    char out[8];
    assert_string_equal(leat_diagnostic_clean(out, sizeof(out), "a\nb", 3), "a?b");
    assert_string_equal(leat_diagnostic_clean(out, 4, "ab\xc3\xa4", 4), "ab");
}

static void of_a_long_line_the_part_around_the_place_is_shown(void **state) {
    (void)state;
    char text[1000], expected[1200];
    memset(text, 'x', sizeof(text) - 1);
    text[sizeof(text) - 1] = 0;
    text[500] = '!';
    char window[121], blank[64];
    memset(window, 'x', 120);
    window[120] = 0;
    window[60] = '!';
    memset(blank, ' ', 63);
    blank[63] = 0;
    snprintf(expected, sizeof(expected), "a.sql:1:501: error: wrong\n    1 | ...%s...\n      | %s^", window, blank);
    check(text, 500, 501, NULL, expected);
}

static void warnings_are_collected_in_order(void **state) {
    (void)state;
    struct leat_arena arena = {0};
    struct leat_sql_source source = source_of("abc");
    struct leat_sql_warnings warnings = {0};
    leat_error_clear();
    leat_diagnostic_warn(&arena, &warnings, &source, (struct leat_span){0, 1}, NULL, "first %d", 1);
    leat_diagnostic_warn(&arena, &warnings, &source, (struct leat_span){1, 2}, "do", "second");
    assert_int_equal(warnings.count, 2);
    assert_string_equal(warnings.first->text, "a.sql:1:1: warning: first 1\n    1 | abc\n      | ^");
    assert_string_equal(warnings.last->text, "a.sql:1:2: warning: second\n    1 | abc\n      |  ^\nhint: do");
    assert_int_equal(leat_error_kind(), LEAT_ERROR_NONE);
    leat_arena_free(&arena);
}

static void the_distance_counts_inserted_dropped_changed_and_swapped_letters(void **state) {
    (void)state;
    assert_int_equal(leat_suggest_distance("JOIN", "join", 3), 0);
    assert_int_equal(leat_suggest_distance("JION", "JOIN", 3), 1);
    assert_int_equal(leat_suggest_distance("JON", "JOIN", 3), 1);
    assert_int_equal(leat_suggest_distance("JOINT", "JOIN", 3), 1);
    assert_int_equal(leat_suggest_distance("COIN", "JOIN", 3), 1);
    assert_int_equal(leat_suggest_distance("kitten", "sitting", 5), 3);
    assert_int_equal(leat_suggest_distance("kitten", "sitting", 2), 3); // limit + 1
    assert_int_equal(leat_suggest_distance("", "abc", 5), 3);
    char long_word[200];
    memset(long_word, 'a', sizeof(long_word) - 1);
    long_word[sizeof(long_word) - 1] = 0;
    assert_int_equal(leat_suggest_distance(long_word, long_word, 2), 3);
}

static void the_nearest_candidate_is_suggested_and_a_far_one_is_not(void **state) {
    (void)state;
    struct leat_arena arena = {0};
    static const char *const options[] = {"topic", NULL, "qos", "connector", "format"};
    assert_string_equal(leat_suggest_hint(&arena, "qoss", options, 5), "did you mean `qos`?");
    assert_string_equal(leat_suggest_hint(&arena, "conector", options, 5), "did you mean `connector`?");
    assert_null(leat_suggest_hint(&arena, "username", options, 5));
    assert_null(leat_suggest_hint(&arena, "", options, 5));
    leat_arena_free(&arena);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_place_is_underlined),
        cmocka_unit_test(every_line_of_a_hint_is_a_hint),
        cmocka_unit_test(columns_count_characters_and_carets_count_cells),
        cmocka_unit_test(a_span_over_several_lines_is_underlined_to_the_end_of_the_first),
        cmocka_unit_test(the_end_of_the_script_has_a_place),
        cmocka_unit_test(what_a_terminal_would_obey_is_shown_as_a_question_mark),
        cmocka_unit_test(of_a_long_line_the_part_around_the_place_is_shown),
        cmocka_unit_test(warnings_are_collected_in_order),
        cmocka_unit_test(the_distance_counts_inserted_dropped_changed_and_swapped_letters),
        cmocka_unit_test(the_nearest_candidate_is_suggested_and_a_far_one_is_not),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
