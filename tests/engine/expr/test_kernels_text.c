// Functions of texts.
#include "tests/engine/expr/fixture.h"

static const struct fixture_case cases[] = {
    {"CHAR_LENGTH", "s:abc", "i:3"},
    {"char_length", "s:", "i:0"},
    {"CHARACTER_LENGTH", "s:gr\xc3\xbc\xc3\x9f dich", "i:9"},
    {"LENGTH", "s:\xf0\x9f\x98\x80", "i:1"},
    {"CHAR_LENGTH", "s:NULL", "i:NULL"},
    {"CHAR_LENGTH", "i:5", "refuse: takes (INT)"},
    {"UPPER", "s:abc", "s:ABC"},
    {"UPPER", "s:a long text with more than 12 bytes", "s:A LONG TEXT WITH MORE THAN 12 BYTES"},
    {"UPPER",
     "s:stra\xc3\x9f"
     "e",
     "s:STRASSE"},
    {"UPPER", "s:\xc3\xa4\xc3\xb6\xc3\xbc\xc3\xbf", "s:\xc3\x84\xc3\x96\xc3\x9c\xc5\xb8"},
    {"UPPER", "s:\xce\xb1\xce\xb2\xcf\x82 \xd0\xb6\xd1\x8f", "s:\xce\x91\xce\x92\xce\xa3 \xd0\x96\xd0\xaf"},
    {"UPPER", "s:\xc9\x90\xc9\x90\xc9\x90\xc9\x90\xc9\x90\xc9\x90\xc9\x90\xc9\x90",
     "s:\xe2\xb1\xaf\xe2\xb1\xaf\xe2\xb1\xaf\xe2\xb1\xaf\xe2\xb1\xaf\xe2\xb1\xaf\xe2\xb1\xaf\xe2\xb1\xaf"},
    {"LOWER", "s:ABC\xc3\x84\xce\xa9\xd0\x96", "s:abc\xc3\xa4\xcf\x89\xd0\xb6"},
    {"LOWER", "s:\xf0\x90\x90\x80", "s:\xf0\x90\x90\xa8"},
    {"LOWER", "s:\xe6\x97\xa5\xe6\x9c\xac", "s:\xe6\x97\xa5\xe6\x9c\xac"},
    {"UPPER", "s:NULL", "s:NULL"},
    {"SUBSTRING", "s:hello world! | i:1", "s:hello world!"},
    {"SUBSTRING", "s:hello world! | i:7", "s:world!"},
    {"SUBSTRING", "s:hello world! | i:7 | i:3", "s:wor"},
    {"SUBSTRING", "s:hello | i:0", "s:hello"},
    {"SUBSTRING", "s:hello | i:0 | i:2", "s:he"},
    {"SUBSTRING", "s:hello | i:-3", "s:llo"},
    {"SUBSTRING", "s:hello | i:-3 | i:2", "s:ll"},
    {"SUBSTRING", "s:hello | i:-6", "s:"},
    {"SUBSTRING", "s:hello | i:6", "s:"},
    {"SUBSTRING", "s:hello | i:2147483647", "s:"},
    {"SUBSTRING", "s:hello | i:-2147483648", "s:"},
    {"SUBSTRING", "s:hello | i:2 | i:0", "s:"},
    {"SUBSTRING", "s:hello | i:2 | i:-1", "s:NULL"},
    {"SUBSTRING", "s:hello | i:2 | i:2147483647", "s:ello"},
    {"SUBSTR", "s:\xc3\xa4\xc3\xb6\xf0\x9f\x98\x80x | i:2 | i:2", "s:\xc3\xb6\xf0\x9f\x98\x80"},
    {"SUBSTRING", "s:a rather long text that stays long | i:3", "s:rather long text that stays long"},
    {"SUBSTRING", "s:hello | l:2", "refuse: takes (STRING, BIGINT)"},
    {"LEFT", "s:hello | i:2", "s:he"},
    {"LEFT", "s:hello | i:0", "s:"},
    {"LEFT", "s:hello | i:-1", "s:"},
    {"LEFT", "s:hello | i:99", "s:hello"},
    {"RIGHT", "s:hello | i:2", "s:lo"},
    {"RIGHT", "s:hello | i:-2", "s:"},
    {"RIGHT", "s:h\xc3\xa9llo | i:4", "s:\xc3\xa9llo"},
    {"RIGHT", "s:hello | i:99", "s:hello"},
    {"TRIM", "s:  hi  ", "s:hi"},
    {"TRIM", "s:    ", "s:"},
    {"LTRIM", "s:  hi  ", "s:hi  "},
    {"RTRIM", "s:  hi  ", "s:  hi"},
    {"TRIM", "s:xxhixyx | s:xy", "s:hi"},
    {"LTRIM", "s:\xc3\xa4\xc3\xb6hi | s:\xc3\xb6\xc3\xa4", "s:hi"},
    {"RTRIM", "s:hi\xc3\xa4\xc3\xb6 | s:\xc3\xb6\xc3\xa4", "s:hi"},
    {"TRIM", "s:hi | s:", "s:hi"},
    {"POSITION", "s:c | s:abcabc", "i:3"},
    {"POSITION", "s: | s:", "i:1"},
    {"POSITION", "s:a | s:", "i:0"},
    {"POSITION", "s:x | s:abcabc", "i:0"},
    {"POSITION",
     "s:a | s:\xc3\xa9\xf0\x9f\x98\x80"
     "a",
     "i:3"},
    {"POSITION", "s:NULL | s:abc", "i:NULL"},
    {"LOCATE", "s:a | s:abcabc | i:2", "i:4"},
    {"LOCATE", "s:bc | s:abcabc | i:3", "i:5"},
    {"LOCATE", "s:a | s:a | i:2", "i:0"},
    {"LOCATE", "s:a | s:abc | i:-1", "i:1"},
    {"LOCATE", "s: | s:abc | i:3", "i:1"},
    {"LOCATE", "s:bc | s:abcabc", "i:2"},
    {"INSTR", "s:a text that is longer than others | s:longer", "i:16"},
    {"CONCAT", "s:a | s:b | s:c", "s:abc"},
    {"CONCAT", "s:a | s:NULL | s:c", "s:NULL"},
    {"CONCAT", "s:a long enough | s: to leave the value", "s:a long enough to leave the value"},
    {"||", "s:a | s:b", "s:ab"},
    {"||", "s:a | n", "s:NULL"},
    {"||", "s:a | i:1", "refuse: takes (STRING, INT)"},
    {"LIKE", "s:hello | !s:he%", "b:true"},
    {"LIKE", "s:hello | !s:hello w%", "b:false"},
    {"LIKE", "s:hello world, this is long | !s:hello world%", "b:true"},
    {"LIKE", "s:hello | !s:%lo", "b:true"},
    {"LIKE", "s:hello | !s:%ell%", "b:true"},
    {"LIKE", "s:hello | !s:h_llo", "b:true"},
    {"LIKE", "s:h\xc3\xa9llo | !s:h_llo", "b:true"},
    {"LIKE", "s:hello | !s:hello", "b:true"},
    {"LIKE", "s: | !s:%", "b:true"},
    {"LIKE", "s: | !s:", "b:true"},
    {"LIKE", "s:a | !s:", "b:false"},
    {"LIKE", "s:50% | !s:50!% | !s:!", "b:true"},
    {"LIKE", "s:50 | !s:50!% | !s:!", "b:false"},
    {"LIKE", "s:a_b | s:a!_b | !s:!", "b:true"},
    {"LIKE", "s:axb | !s:a!xb | !s:!", "refuse: has an escape"},
    {"LIKE", "s:axb | !s:a!xb | !s:!!", "refuse: must be one ASCII character"},
    {"LIKE", "s:NULL | !s:a", "b:NULL"},
    {"LIKE", "s:a | s:NULL", "b:NULL"},
    {"LIKE", "i:1 | !s:a", "refuse: takes (INT, STRING)"},
};

static void texts_count_code_points_and_know_null(void **state) {
    (void)state;
    fixture_check_all(cases, LEAT_ARRAY_LEN(cases));
}

// As a constant such a pattern is refused; as a value it fails where it is met.
static void a_pattern_with_a_wrong_escape_fails_its_row(void **state) {
    (void)state;
    struct fixture_call call = {.count = 0};
    fixture_args(&call, "s:axb | s:a!xb | !s:!");
    fixture_evaluate(&call, "LIKE", "fail: LIKE: an escape must stand before %, _ or itself", false, false);
    leat_arena_free(&call.arena);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(texts_count_code_points_and_know_null),
                                       cmocka_unit_test(a_pattern_with_a_wrong_escape_fails_its_row)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
