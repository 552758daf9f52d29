// Comparison, NULL and truth, IN, and the forms that choose: AND, OR, CASE, COALESCE.
#include "tests/engine/expr/fixture.h"

static const struct fixture_case comparisons[] = {
    {"=", "i:1 | i:1", "b:true"},
    {"=", "i:1 | l:1", "b:true"},
    {"=", "i:1 | d:1", "b:true"},
    {"<>", "i:1 | i:2", "b:true"},
    {"!=", "i:1 | i:2", "b:true"},
    {"<", "i:-1 | i:1", "b:true"},
    {"<=", "l:1 | l:1", "b:true"},
    {">", "d:2 | d:1", "b:true"},
    {">=", "d:1 | d:2", "b:false"},
    {"=", "d:nan | d:nan", "b:false"},
    {"<>", "d:nan | d:nan", "b:true"},
    {"<", "d:nan | d:1", "b:false"},
    {"=", "d:0 | d:-0.0", "b:true"},
    {"=", "b:true | b:false", "b:false"},
    {"<", "b:false | b:true", "b:true"},
    {"=", "s:abc | s:abc", "b:true"},
    {"=", "s:abcdefghijklmnop | s:abcdefghijklmnoq", "b:false"},
    {"<", "s:abcdefghijklmnop | s:abcdefghijklmnoq", "b:true"},
    {"<", "s:a | s:ab", "b:true"},
    {">", "s:\xc3\xa9 | s:z", "b:true"},
    {"<=", "s: | s:a", "b:true"},
    {">=", "s:b | s:a", "b:true"},
    {"=", "t3:2024-01-01 00:00:00 | t6:2024-01-01 00:00:00", "b:true"},
    {"<", "z3:2024-01-01 00:00:00 | z3:2024-01-02 00:00:00", "b:true"},
    {"=", "t3:2024-01-01 00:00:00 | !s:2024-01-01", "b:true"},
    {"<", "t3:2024-01-01 00:00:00 | !s:2024-01-01 00:00:01", "b:true"},
    {"=", "i:NULL | i:1", "b:NULL"},
    {"=", "n | i:1", "b:NULL"},
    {"=", "n | n", "b:NULL"},
    {"=", "s:NULL | s:NULL", "b:NULL"},
    {">", "i:1 | x:0.5", "b:true"},
    {"=", "l:1 | x:1.000000000000", "b:true"},
    {"<", "l:9007199254740993 | x:9007199254740993.5", "refuse: DECIMAL"},
    {"=", "s:1 | i:1", "refuse: takes (STRING, INT)"},
    {"=", "b:true | i:1", "refuse: takes (BOOLEAN, INT)"},
    {"=", "t3:2024-01-01 00:00:00 | z3:2024-01-01 00:00:00", "refuse: takes (TIMESTAMP(3), TIMESTAMP_LTZ(3))"},
    {"=", "t3:2024-01-01 00:00:00 | !s:nonsense", "refuse: takes (TIMESTAMP(3), STRING)"},
    {"BETWEEN", "i:2 | i:1 | i:3", "b:true"},
    {"BETWEEN", "i:12 | i:15 | i:12", "b:false"},
    {"BETWEEN", "i:12 | i:10 | i:NULL", "b:NULL"},
    {"BETWEEN", "i:12 | i:NULL | i:10", "b:false"},
    {"IS DISTINCT FROM", "i:1 | i:NULL", "b:true"},
    {"IS DISTINCT FROM", "i:NULL | i:NULL", "b:false"},
    {"IS DISTINCT FROM", "i:1 | l:1", "b:false"},
    {"IS NOT DISTINCT FROM", "s:abc | s:abc", "b:true"},
    {"IS NOT DISTINCT FROM", "s:NULL | s:NULL", "b:true"},
    {"IS NOT DISTINCT FROM", "s:NULL | s:abc", "b:false"},
    {"IS NULL", "i:NULL", "b:true"},
    {"IS NULL", "i:1", "b:false"},
    {"IS NULL", "n", "b:true"},
    {"IS NOT NULL", "s:NULL", "b:false"},
    {"IS NOT NULL", "s:x", "b:true"},
    {"IS TRUE", "b:true", "b:true"},
    {"IS TRUE", "b:false", "b:false"},
    {"IS TRUE", "b:NULL", "b:false"},
    {"IS NOT TRUE", "b:NULL", "b:true"},
    {"IS FALSE", "b:false", "b:true"},
    {"IS FALSE", "b:NULL", "b:false"},
    {"IS NOT FALSE", "b:NULL", "b:true"},
    {"IS UNKNOWN", "b:NULL", "b:true"},
    {"IS NOT UNKNOWN", "b:NULL", "b:false"},
    {"IS TRUE", "i:1", "refuse: takes (INT)"},
    {"GREATEST", "i:1 | i:3 | i:2", "i:3"},
    {"GREATEST", "i:1 | l:3 | i:2", "l:3"},
    {"GREATEST", "i:1 | d:0.5", "d:1.0"},
    {"GREATEST", "s:a | s:c | s:b", "s:c"},
    {"GREATEST", "i:1 | i:NULL", "i:NULL"},
    {"LEAST", "d:1 | d:-1 | d:0", "d:-1.0"},
    {"LEAST", "d:0 | d:-0.0", "d:-0.0"},
    {"LEAST", "d:nan | d:inf", "d:Infinity"},
    {"GREATEST", "d:-0.0 | d:0", "d:0.0"},
    {"GREATEST", "d:1 | d:nan | d:2", "d:NaN"},
    {"LEAST", "s:aaaaaaaaaaaaaaaa | s:b", "s:aaaaaaaaaaaaaaaa"},
    {"LEAST", "t3:2024-01-01 00:00:00 | t3:2023-01-01 00:00:00", "t3:2023-01-01 00:00:00.000"},
};

static void comparisons_know_null_and_nan(void **state) {
    (void)state;
    fixture_check_all(comparisons, LEAT_ARRAY_LEN(comparisons));
}

static const struct fixture_case lists[] = {
    {"IN", "i:4 | !i:1 | !i:2 | !i:3", "b:false"},
    {"IN", "i:2 | !i:1 | !i:2 | !i:3", "b:true"},
    {"IN", "i:1 | !i:1 | !i:2 | n", "b:true"},
    {"IN", "i:4 | !i:1 | !i:2 | n", "b:NULL"},
    {"IN", "i:NULL | !i:1", "b:NULL"},
    {"IN", "i:4 | i:1 | i:4", "b:true"},
    {"IN", "i:4 | i:1 | i:NULL", "b:NULL"},
    {"IN", "i:4 | !l:4", "b:true"},
    {"IN", "d:0 | !d:-0.0", "b:true"},
    {"IN", "d:nan | !d:nan", "b:false"},
    {"IN", "d:1.5 | !x:1.5 | !i:2", "b:true"},
    {"IN", "s:abc | !s:x | !s:abc", "b:true"},
    {"IN", "s:a long text that is not inline | !s:x | !s:a long text that is not inline", "b:true"},
    {"IN", "b:true | !b:false", "b:false"},
    {"IN", "t3:2024-01-01 00:00:00 | !s:2024-01-01 00:00:00 | !s:2024-01-02 00:00:00", "b:true"},
    {"IN", "i:1 | !s:1", "refuse: takes (INT, STRING)"},
};

static void in_finds_values_and_knows_null(void **state) {
    (void)state;
    fixture_check_all(lists, LEAT_ARRAY_LEN(lists));
}

static const struct fixture_case logic[] = {
    {"NOT", "b:true", "b:false"},
    {"NOT", "b:NULL", "b:NULL"},
    {"AND", "b:true | b:true", "b:true"},
    {"AND", "b:true | b:false", "b:false"},
    {"AND", "b:true | b:NULL", "b:NULL"},
    {"AND", "b:false | b:NULL", "b:false"},
    {"AND", "b:NULL | b:false", "b:false"},
    {"AND", "b:NULL | b:NULL | b:true", "b:NULL"},
    {"OR", "b:false | b:false", "b:false"},
    {"OR", "b:true | b:NULL", "b:true"},
    {"OR", "b:NULL | b:true", "b:true"},
    {"OR", "b:NULL | b:false", "b:NULL"},
    {"AND", "b:true | i:1", "refuse: `AND` wants BOOLEAN, not INT"},
    {"CASE", "b:true | i:1 | i:2", "i:1"},
    {"CASE", "b:false | i:1 | i:2", "i:2"},
    {"CASE", "b:NULL | i:1 | i:2", "i:2"},
    {"CASE", "b:false | i:1 | b:true | l:2 | n", "l:2"},
    {"CASE", "b:false | s:aaaaaaaaaaaaaaaaaaa | s:bbbbbbbbbbbbbbbbbbbbbbbb", "s:bbbbbbbbbbbbbbbbbbbbbbbb"},
    {"CASE", "b:true | i:1 | s:x", "refuse: has no type that holds (INT, STRING)"},
    {"CASE", "b:true | n | n", "refuse: only NULLs"},
    {"CASE", "b:true | x:1.5 | i:1", "refuse: is a DECIMAL in Flink"},
    {"CASE", "b:true | x:1.5 | d:1", "d:1.5"},
    {"CASE", "i:1 | i:1 | i:2", "refuse: wants BOOLEAN"},
    {"IF", "b:true | i:1 | i:2", "i:1"},
    {"IF", "b:NULL | i:1 | i:2", "i:2"},
    {"COALESCE", "i:NULL | i:2 | i:3", "i:2"},
    {"COALESCE", "n | i:2", "i:2"},
    {"COALESCE", "i:1 | d:2", "d:1.0"},
    {"COALESCE", "s:NULL | s:NULL", "s:NULL"},
    {"IFNULL", "i:NULL | i:7", "i:7"},
    {"NULLIF", "i:1 | i:1", "i:NULL"},
    {"NULLIF", "i:1 | i:2", "i:1"},
    {"NULLIF", "i:1 | i:NULL", "i:1"},
    {"NULLIF", "s:a | s:a", "s:NULL"},
};

static void logic_has_three_values_and_choices_take_the_right_branch(void **state) {
    (void)state;
    fixture_check_all(logic, LEAT_ARRAY_LEN(logic));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(comparisons_know_null_and_nan),
        cmocka_unit_test(in_finds_values_and_knows_null),
        cmocka_unit_test(logic_has_three_values_and_choices_take_the_right_branch),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
