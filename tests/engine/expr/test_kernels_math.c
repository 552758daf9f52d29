// Mathematical functions.
#include "tests/engine/expr/fixture.h"

static const struct fixture_case cases[] = {
    {"ABS", "i:-5", "i:5"},
    {"ABS", "i:-2147483648", "i:-2147483648"},
    {"ABS", "l:-9223372036854775808", "l:-9223372036854775808"},
    {"ABS", "d:-0.0", "d:0.0"},
    {"ABS", "x:1.5", "refuse: DECIMAL"},
    {"SIGN", "i:-7", "i:-1"},
    {"SIGN", "l:7", "l:1"},
    {"SIGN", "d:-0.5", "d:-1.0"},
    {"SIGN", "d:nan", "d:NaN"},
    {"FLOOR", "d:-1.5", "d:-2.0"},
    {"FLOOR", "i:5", "i:5"},
    {"CEIL", "d:-1.5", "d:-1.0"},
    {"CEILING", "d:1.2", "d:2.0"},
    {"ROUND", "d:2.5", "d:3.0"},
    {"ROUND", "d:-2.5", "d:-3.0"},
    {"ROUND", "d:1.005 | i:2", "d:1.01"},
    {"ROUND", "d:2.675 | i:2", "d:2.68"},
    {"ROUND", "d:-0.4", "d:0.0"},
    {"ROUND", "d:1234.5678 | i:-2", "d:1200.0"},
    {"ROUND", "d:1234.5678 | i:-5", "d:0.0"},
    {"ROUND", "d:5e10 | i:-11", "d:1.0E11"},
    {"ROUND", "d:0.1 | i:2147483647", "d:0.1"},
    {"ROUND", "d:0.1 | i:-2147483648", "d:0.0"},
    {"ROUND", "d:1e300 | i:2", "d:1.0E300"},
    {"ROUND", "d:5e-324 | i:400", "d:4.9E-324"},
    {"ROUND", "i:1250 | i:-2", "i:1300"},
    {"ROUND", "i:-1250 | i:-2", "i:-1300"},
    {"ROUND", "i:1250 | i:2", "i:1250"},
    {"ROUND", "i:2147483647 | i:-1", "i:-2147483646"},
    {"ROUND", "l:5000000000000000000 | i:-19", "l:-8446744073709551616"},
    {"ROUND", "l:4999999999999999999 | i:-19", "l:0"},
    {"ROUND", "d:nan", "fail: ROUND of NaN or an infinity"},
    {"ROUND", "d:inf | i:2", "fail: ROUND of NaN or an infinity"},
    {"ROUND", "d:NULL | i:2", "d:NULL"},
    {"SQRT", "d:2", "d:1.4142135623730951"},
    {"SQRT", "i:16", "d:4.0"},
    {"SQRT", "x:2.25", "d:1.5"},
    {"SQRT", "d:-1", "d:NaN"},
    {"SQRT", "d:-0.0", "d:0.0"},
    {"SQRT", "d:-inf", "d:Infinity"},
    {"POWER", "i:2 | i:10", "d:1024.0"},
    {"POWER", "d:2 | x:0.5", "d:1.4142135623730951"},
    {"POWER", "d:1 | d:nan", "d:NaN"},
    {"POWER", "d:nan | d:0", "d:1.0"},
    {"POWER", "d:-1 | d:inf", "d:NaN"},
    {"POWER", "d:-8 | d:0.5", "d:NaN"},
    {"EXP", "d:0", "d:1.0"},
    {"LN", "d:1", "d:0.0"},
    {"LN", "d:0", "d:-Infinity"},
    {"LN", "d:-1", "d:NaN"},
    {"LOG10", "i:1000", "d:3.0"},
    {"LOG2", "i:8", "d:3.0"},
    {"LOG", "d:1", "d:0.0"},
    {"LOG", "i:2 | i:8", "d:3.0"},
    {"SIN", "d:0", "d:0.0"},
    {"COS", "d:0", "d:1.0"},
    {"ATAN2", "d:0 | d:1", "d:0.0"},
    {"DEGREES", "d:0", "d:0.0"},
    {"PI", "", "d:3.141592653589793"},
    {"E", "", "d:2.718281828459045"},
    {"SQRT", "s:4", "refuse: takes (STRING)"},
    {"SQRT", "n", "d:NULL"},
    {"SQRT", "", "refuse: takes ()"},
};

static void functions_follow_java(void **state) {
    (void)state;
    fixture_check_all(cases, LEAT_ARRAY_LEN(cases));
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(functions_follow_java)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
