// Decimal rounding against a model that works on printed digits.
#include <setjmp.h>
#include <stdarg.h>

#include "engine/expr/round.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

// The shortest digits that read back, rounded half up by hand, read again by the C library.
static double model(double value, int digits) {
    char text[40];
    int precision = 0;
    do
        snprintf(text, sizeof(text), "%.*e", precision++, fabs(value));
    while (strtod(text, NULL) != fabs(value));
    int exponent = atoi(strchr(text, 'e') + 1);
    char all[40] = "0"; // a leading zero takes the carry
    size_t count = 1;
    for (const char *at = text; *at != 'e'; at++)
        if (*at != '.')
            all[count++] = *at;
    long keep = 1 + exponent + 1 + (long)digits; // of `all`
    if (keep >= (long)count)
        return value == 0 ? 0.0 : value;
    if (keep < 1)
        return 0.0;
    bool up = all[keep] >= '5';
    for (long i = keep - 1; up && i >= 0; i--) {
        up = all[i] == '9';
        all[i] = (char)(up ? '0' : all[i] + 1);
    }
    all[keep] = 0;
    char rounded[64];
    snprintf(rounded, sizeof(rounded), "%se%d", all, -digits);
    double result = strtod(rounded, NULL);
    return value < 0 && result != 0 ? -result : result;
}

static void check(double value, int digits, uint64_t seed) {
    double got = leat_round_double(value, digits), wanted = model(value, digits);
    if (memcmp(&got, &wanted, sizeof(got)) != 0)
        fail_msg("seed %" PRIu64 ": ROUND(%.17g, %d) is %.17g, not %.17g", seed, value, digits, got, wanted);
}

static void doubles_round_like_their_shortest_text(void **state) {
    (void)state;
    const char *seed_text = getenv("LEAT_SEED");
    uint64_t seed = seed_text ? strtoull(seed_text, NULL, 0) : 5, x = seed;
    for (int i = 0; i < 200000; i++) {
        x = x * 6364136223846793005u + 1442695040888963407u;
        uint64_t bits = x ^ x >> 31;
        double value;
        memcpy(&value, &bits, sizeof(value));
        if (isfinite(value))
            check(value, (int)(x >> 40 & 31) - 8, seed);
        // Numbers as people write them, ties among them.
        double written = (double)(int64_t)(x >> 44) / (i % 3 ? 1000.0 : 128.0);
        check(i & 1 ? -written : written, (int)(x >> 33) % 6, seed);
        check(written + 0.5, 0, seed);
    }
    check(0.0, 2, seed);
    check(-0.0, 2, seed);
    check(4.9e-324, 330, seed);
    check(1.7976931348623157e308, -308, seed);
    check(9007199254740993.0, -1, seed);
    check(0.5, 0, seed);
    check(0.49999999999999994, 0, seed);
}

static void integers_round_to_tens(void **state) {
    (void)state;
    assert_int_equal(leat_round_int64(15, -1), 20);
    assert_int_equal(leat_round_int64(14, -1), 10);
    assert_int_equal(leat_round_int64(-15, -1), -20);
    assert_int_equal(leat_round_int64(INT64_MAX, 0), INT64_MAX);
    assert_int_equal(leat_round_int64(INT64_MIN, -20), 0);
    assert_int_equal(leat_round_int64(INT64_MIN, INT32_MIN), 0);
    assert_int_equal(leat_round_int64(INT64_MIN + 8, -1), INT64_MIN + 8);
    assert_int_equal(leat_round_int64(INT64_MAX, -1), INT64_MIN + 2); // 9223372036854775810 wraps around
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(doubles_round_like_their_shortest_text),
        cmocka_unit_test(integers_round_to_tens),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
