#include "engine/sql/lexer.h"

#include "engine/base/error.h"
#include "engine/sql/keyword.h"
#include "engine/sql/utf8.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

// The kinds of the tokens of `text` as letters: W word, R reserved word, Q quoted, S string, B binary, I integer, D decimal, F double,
// < and > hints, others a dot; ! and stop at an error.
static const char *kinds(const char *text) {
    static char out[128];
    static const char letters[] = "E!WQSBIDF<>";
    struct leat_sql_source source = {"l.sql", text, strlen(text)};
    struct leat_lexer lexer;
    size_t used = 0;
    if (leat_lexer_start(&lexer, &source) != 0)
        return "!";
    for (struct leat_token t = leat_lexer_next(&lexer); t.kind != LEAT_TOKEN_END && used < sizeof(out) - 1; t = leat_lexer_next(&lexer)) {
        out[used++] = t.kind < sizeof(letters) - 1 ? (t.kind == LEAT_TOKEN_WORD && t.reserved ? 'R' : letters[t.kind]) : '.';
        if (t.kind == LEAT_TOKEN_ERROR)
            break;
    }
    out[used] = 0;
    return out;
}

static struct leat_token first(const struct leat_sql_source *source) {
    struct leat_lexer lexer;
    assert_int_equal(leat_lexer_start(&lexer, source), 0);
    return leat_lexer_next(&lexer);
}

static void check_text(const char *text, enum leat_token_kind kind, const char *expected) {
    struct leat_arena arena = {0};
    struct leat_sql_source source = {"l.sql", text, strlen(text)};
    struct leat_token token = first(&source);
    assert_int_equal(token.kind, kind);
    size_t length;
    assert_string_equal(leat_token_text(&arena, &source, &token, &length), expected);
    assert_int_equal(length, strlen(expected));
    leat_arena_free(&arena);
}

static void check_error(const char *text, const char *expected) {
    leat_error_clear();
    const char *have = kinds(text);
    assert_non_null(strchr(have, '!'));
    assert_string_equal(leat_error_text(), expected);
    leat_error_clear();
}

static void words_numbers_and_strings_are_told_apart(void **state) {
    (void)state;
    assert_string_equal(kinds("abc SELECT `abc` 'abc' X'0a' 12 1.5 1e5"), "WRQSBIDF");
    assert_string_equal(kinds("a1 _a $a \xc3\xa4\xc3\xb6 x"), "WWWWW");
    assert_string_equal(kinds(".5 5. 1.5E-3 1E+3 1.e2"), "DDFFF");
    assert_string_equal(kinds("1-2"), "I.I");
    assert_string_equal(kinds("<> != <= >= || => ( ) [ ] , ; . + - * / % = < >"), ".....................");
    assert_string_equal(kinds(""), "");
}

static void comments_are_skipped_and_hints_are_not(void **state) {
    (void)state;
    assert_string_equal(kinds("a -- b\nc"), "WW");
    assert_string_equal(kinds("a -- b"), "W");
    assert_string_equal(kinds("a /* b \n /* */ c /**/ d"), "WWW");
    assert_string_equal(kinds("a /*+ OPTIONS */ b"), "W<W>W");
    assert_string_equal(kinds("a */ b"), "W..W");
    assert_string_equal(kinds("\xef\xbb\xbf"
                              "a"),
                        "W");
}

static void doubled_quotes_stand_for_one(void **state) {
    (void)state;
    check_text("'it''s'", LEAT_TOKEN_STRING, "it's");
    check_text("''", LEAT_TOKEN_STRING, "");
    check_text("'a\\n'", LEAT_TOKEN_STRING, "a\\n"); // a backslash is a backslash
    check_text("`a``b`", LEAT_TOKEN_QUOTED, "a`b");
    check_text("x'0aFF'", LEAT_TOKEN_BINARY, "0aFF");
    check_text("Abc", LEAT_TOKEN_WORD, "Abc");
    check_text("12.50", LEAT_TOKEN_DECIMAL, "12.50");
}

static void positions_are_bytes_of_the_source(void **state) {
    (void)state;
    struct leat_sql_source source = {"l.sql", "  'ab'  x", 9};
    struct leat_lexer lexer;
    assert_int_equal(leat_lexer_start(&lexer, &source), 0);
    struct leat_token token = leat_lexer_next(&lexer);
    assert_int_equal(token.span.start, 2);
    assert_int_equal(token.span.end, 6);
    token = leat_lexer_next(&lexer);
    assert_true(leat_token_is_word(&source, &token, "X"));
    assert_false(leat_token_is_word(&source, &token, "XY"));
    token = leat_lexer_next(&lexer);
    assert_int_equal(token.kind, LEAT_TOKEN_END);
    assert_int_equal(token.span.start, 9);
    assert_int_equal(leat_lexer_next(&lexer).kind, LEAT_TOKEN_END);
}

static void what_has_no_end_is_reported_at_its_start(void **state) {
    (void)state;
    check_error("a 'bc", "l.sql:1:3: error: this string has no end\n    1 | a 'bc\n      |   ^\n"
                         "hint: end it with '; a quote inside a string is written twice: 'it''s'");
    check_error("a `bc", "l.sql:1:3: error: this quoted name has no end\n    1 | a `bc\n      |   ^\n"
                         "hint: end it with `; a backtick inside a name is written twice");
    check_error("a /* bc", "l.sql:1:3: error: this comment has no end\n    1 | a /* bc\n      |   ^^\nhint: end it with */");
    check_error("a /*+ bc", "l.sql:1:3: error: this hint has no end\n    1 | a /*+ bc\n      |   ^^^\nhint: end it with */");
}

static void what_other_languages_write_gets_a_hint(void **state) {
    (void)state;
    check_error("a // b", "l.sql:1:3: error: `//` starts no comment here\n    1 | a // b\n      |   ^^\n"
                          "hint: comments are written -- to the end of the line, or /* ... */");
    check_error("a == b", "l.sql:1:3: error: `==` is no operator of SQL\n    1 | a == b\n      |   ^^\nhint: write =");
    check_error("a && b", "l.sql:1:3: error: `&&` is no operator of SQL\n    1 | a && b\n      |   ^^\nhint: write AND");
    check_error("a::INT", "l.sql:1:2: error: `::` is no operator here\n    1 | a::INT\n      |  ^^\nhint: write CAST(x AS type)");
    check_error("\"a\"", "l.sql:1:1: error: double quotes mean nothing here\n    1 | \"a\"\n      | ^\n"
                         "hint: strings stand in 'single quotes', names in `backticks`");
    check_error("\xe2\x80\x98"
                "a",
                "l.sql:1:1: error: this is a typographic quote\n    1 | \xe2\x80\x98"
                "a\n      | ^\n"
                "hint: strings stand in straight quotes: '...'");
    check_error("1abc", "l.sql:1:1: error: this is neither a number nor a name\n    1 | 1abc\n      | ^^^^\n"
                        "hint: a name that starts with a digit stands in backticks");
    check_error("N'a'", "l.sql:1:1: error: strings with a prefix are not supported\n    1 | N'a'\n      | ^^\n"
                        "hint: a plain string '...' holds any UTF-8 text");
    check_error("U&'a'", "l.sql:1:1: error: strings with a prefix are not supported\n    1 | U&'a'\n      | ^^^\n"
                         "hint: write the characters themselves: scripts are UTF-8");
    check_error("~", "l.sql:1:1: error: this character cannot stand here\n    1 | ~\n      | ^");
}

static void malformed_literals_are_refused(void **state) {
    (void)state;
    check_error("X'0g'", "l.sql:1:4: error: a binary literal holds hexadecimal digits only\n    1 | X'0g'\n      |    ^");
    check_error("X'0'", "l.sql:1:1: error: a binary literal needs an even number of digits\n    1 | X'0'\n      | ^^^^");
    check_error("``", "l.sql:1:1: error: a name cannot be empty\n    1 | ``\n      | ^^");
}

static void bytes_that_are_no_text_are_refused(void **state) {
    (void)state;
    check_error("a \xff", "l.sql:1:3: error: the byte 0xff is not UTF-8 here\n    1 | a ?\n      |   ^\nhint: save the script as UTF-8");
    struct leat_sql_source source = {"l.sql", "a\0b", 3};
    struct leat_lexer lexer;
    assert_int_equal(leat_lexer_start(&lexer, &source), -1);
    assert_string_equal(leat_error_text(), "l.sql:1:2: error: a zero byte cannot stand in a script\n    1 | a?b\n      |  ^");
    source.length = (size_t)1 << 30; // refused before it is read
    assert_int_equal(leat_lexer_start(&lexer, &source), -1);
    assert_string_equal(leat_error_text(), "l.sql:1:1: error: the script is longer than 16 MiB");
    leat_error_clear();
}

static void only_wellformed_utf8_is_valid(void **state) {
    (void)state;
    static const char *const good[] = {
        "a", "\xc2\x80", "\xe0\xa0\x80", "\xed\x9f\xbf", "\xee\x80\x80", "\xf0\x90\x80\x80", "\xf4\x8f\xbf\xbf"};
    static const char *const bad[] = {"\x80",         "\xc0\x80",         "\xc1\xbf",         "\xc3",     "\xe0\x9f\xbf",
                                      "\xed\xa0\x80", "\xf0\x8f\xbf\xbf", "\xf4\x90\x80\x80", "\xe2\x82", "\xf5\x80\x80\x80",
                                      "\xff"};
    size_t at = 9;
    for (size_t i = 0; i < LEAT_ARRAY_LEN(good); i++)
        assert_true(leat_utf8_valid(good[i], strlen(good[i]), &at));
    for (size_t i = 0; i < LEAT_ARRAY_LEN(bad); i++) {
        at = 9;
        assert_false(leat_utf8_valid(bad[i], strlen(bad[i]), &at));
        assert_int_equal(at, 0);
    }
}

static void words_are_reserved_as_in_flink(void **state) {
    (void)state;
    static const char *const reserved[] = {"timestamp", "USER",   "value",  "offset", "date",  "time", "order",
                                           "year",      "day",    "method", "result", "start", "end",  "ABS",
                                           "watermark", "string", "MONTH",  "year",   "table"};
    static const char *const plain[] = {"type",    "data",   "key",  "size",      "state",  "name",     "source",
                                        "version", "series", "asof", "tolerance", "tumble", "metadata", "virtual",
                                        "if",      "a",      "zone", "level",     "thing",  "week",     "map"};
    for (size_t i = 0; i < LEAT_ARRAY_LEN(reserved); i++)
        assert_true(leat_keyword_is_reserved(reserved[i], strlen(reserved[i])));
    for (size_t i = 0; i < LEAT_ARRAY_LEN(plain); i++)
        assert_false(leat_keyword_is_reserved(plain[i], strlen(plain[i])));
    assert_true(leat_keyword_is_callable("Left", 4));
    assert_false(leat_keyword_is_callable("table", 5));
    assert_false(leat_keyword_is_reserved("TIMES", 5));
    assert_false(leat_keyword_is_reserved("", 0));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(words_numbers_and_strings_are_told_apart),
        cmocka_unit_test(comments_are_skipped_and_hints_are_not),
        cmocka_unit_test(doubled_quotes_stand_for_one),
        cmocka_unit_test(positions_are_bytes_of_the_source),
        cmocka_unit_test(what_has_no_end_is_reported_at_its_start),
        cmocka_unit_test(what_other_languages_write_gets_a_hint),
        cmocka_unit_test(malformed_literals_are_refused),
        cmocka_unit_test(bytes_that_are_no_text_are_refused),
        cmocka_unit_test(only_wellformed_utf8_is_valid),
        cmocka_unit_test(words_are_reserved_as_in_flink),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
