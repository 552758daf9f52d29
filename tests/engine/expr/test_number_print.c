// Numbers to text: read back, and held against the fewest digits that do; SIMD levels against each other.
#include "engine/expr/number.h"

#include "engine/base/cpu.h"
#include "tests/engine/expr/number_random.h"

#include <inttypes.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>

static void integers_are_printed_as_printf_does(void **state) {
    (void)state;
    for (int i = 0; i < 400000; i++) {
        int64_t value = (int64_t)(random_u64() >> random_u64() % 64);
        value = i % 3 == 0 ? -value : value;
        if (i < 40) {
            int64_t power = (int64_t)leat_pow10_u64[i % 19];
            value = i < 20 ? power : power - 1;
        }
        value = i == 40 ? INT64_MIN : i == 41 ? INT64_MAX : value;
        char expected[32];
        char text[LEAT_INT64_TEXT_BYTES + 1];
        int length = snprintf(expected, sizeof expected, "%" PRId64, value);
        text[LEAT_INT64_TEXT_BYTES] = '#';
        assert_int_equal(leat_int64_print(value, text), length);
        assert_memory_equal(text, expected, (size_t)length);
        assert_int_equal(text[LEAT_INT64_TEXT_BYTES], '#');
        int64_t back;
        assert_true(leat_int64_parse(text, (size_t)length, &back));
        assert_int_equal(back, value);
        char padded[LEAT_INT64_TEXT_BYTES + LEAT_NUMBER_PADDING_BYTES];
        memset(padded, i % 2 == 0 ? ',' : '5', sizeof padded);
        memcpy(padded, text, (size_t)length);
        assert_ptr_equal(leat_int64_parse_prefix(padded, padded + length, &back), padded + length);
        assert_int_equal(back, value);
    }
}

static const char *print_shortest(double value) {
    static char text[LEAT_DOUBLE_TEXT_BYTES + 2];
    text[LEAT_DOUBLE_TEXT_BYTES] = '#';
    size_t length = leat_double_print_shortest(value, text);
    assert_true(length <= 25);
    assert_int_equal(text[LEAT_DOUBLE_TEXT_BYTES], '#');
    text[length] = 0;
    return text;
}

static void doubles_are_printed_in_the_notation_of_ecmascript(void **state) {
    (void)state;
    static const struct {
        double value;
        const char *text;
    } cases[] = {{0, "0"},
                 {-0.0, "-0.0"},
                 {1, "1"},
                 {-1, "-1"},
                 {0.5, "0.5"},
                 {-4.44, "-4.44"},
                 {288.23939732142856, "288.23939732142856"},
                 {0.7000000000000001, "0.7000000000000001"},
                 {1.629638671875, "1.629638671875"},
                 {0.1, "0.1"},
                 {1e15, "1000000000000000"},
                 {999999999999999, "999999999999999"},
                 {9007199254740993.0, "9007199254740992"},
                 {12345678901234567.0, "12345678901234568"},
                 {1e16, "10000000000000000"},
                 {1e17, "100000000000000000"},
                 {123456789012345678.0, "123456789012345680"},
                 {1e20, "100000000000000000000"},
                 {123456789012345680000.0, "123456789012345680000"},
                 {1e21, "1e+21"},
                 {1.5e21, "1.5e+21"},
                 {1e-6, "0.000001"},
                 {1.2345678901234567e-6, "0.0000012345678901234567"},
                 {1e-7, "1e-7"},
                 {-1.25e-7, "-1.25e-7"},
                 {1e23, "1e+23"},
                 {9.5e-100, "9.5e-100"},
                 {5e-324, "5e-324"},
                 {1e-323, "1e-323"},
                 {5e-323, "5e-323"},
                 {2.2250738585072014e-308, "2.2250738585072014e-308"},
                 {1.7976931348623157e308, "1.7976931348623157e+308"},
                 {-1.7976931348623157e308, "-1.7976931348623157e+308"},
                 {9007199254740992, "9007199254740992"},
                 {2e-44, "2e-44"},
                 {4.35, "4.35"},
                 {1234567.125, "1234567.125"},
                 {0.000123, "0.000123"}};
    for (size_t i = 0; i < LEAT_ARRAY_LEN(cases); i++) {
        assert_string_equal(print_shortest(cases[i].value), cases[i].text);
    }
}

// The digits of `text` without the zeros at both ends.
static void significant_digits(const char *text, char *digits) {
    size_t count = 0;
    for (const char *p = text; *p != 0 && *p != 'e'; p++) {
        if (*p >= '0' && *p <= '9' && (count > 0 || *p != '0')) {
            digits[count++] = *p;
        }
    }
    while (count > 0 && digits[count - 1] == '0') {
        count--;
    }
    digits[count] = 0;
}

// The fewest digits that read back, found by trying, and the text with so many that is nearest.
static void check_shortest(double value) {
    char expected[64];
    int digits = 1;
    do {
        snprintf(expected, sizeof expected, "%.*e", digits - 1, value);
    } while (strtod(expected, NULL) != value && ++digits <= 17);
    const char *text = print_shortest(value);
    if (bits_of(strtod(text, NULL)) != bits_of(value)) {
        fail_msg("%a is printed as %s", value, text);
    }
    double back;
    if (!leat_double_parse(text, strlen(text), &back) || bits_of(back) != bits_of(value)) {
        fail_msg("%s does not read back as %a", text, value);
    }
    char ours[64];
    char nearest[64];
    significant_digits(text, ours);
    significant_digits(expected, nearest);
    // Below a power of two doubles are closer, so that the nearest text may read back as another double where a farther one of the
    // same length does not; there only the count is known.
    bool power_of_two = (bits_of(value) & 0x000fffffffffffff) == 0;
    if (power_of_two ? strlen(ours) > strlen(nearest) : strcmp(ours, nearest) != 0) {
        fail_msg("%a is printed as %s; %s is nearest or shorter", value, text, expected);
    }
}

static void random_doubles_have_the_fewest_digits_and_read_back(void **state) {
    (void)state;
    const char *many = getenv("LEAT_LONG");
    int count = many != NULL && strcmp(many, "1") == 0 ? 10000000 : 250000;
    for (int i = 0; i < count; i++) {
        check_shortest(random_double(i));
    }
    for (int biased = 0; biased < 2047; biased++) {
        for (int below = -2; below <= 2; below++) {
            uint64_t bits = ((uint64_t)biased << 52) + (uint64_t)(int64_t)below;
            if (bits >> 52 < 0x7ff) {
                check_shortest(double_of(bits));
            }
        }
    }
}

static void a_million_random_doubles_read_back(void **state) {
    (void)state;
    const char *many = getenv("LEAT_LONG");
    int count = many != NULL && strcmp(many, "1") == 0 ? 10000000 : 1000000;
    for (int i = 0; i < count; i++) {
        char text[LEAT_DOUBLE_TEXT_BYTES + LEAT_NUMBER_PADDING_BYTES];
        double value = random_double(i);
        size_t length = leat_double_print_shortest(value, text);
        double back = 0;
        const char *end = leat_double_parse_prefix(text, text + length, &back);
        if (end != text + length || bits_of(back) != bits_of(value)) {
            fail_msg("%a is printed as %.*s and reads back as %a", value, (int)length, text, back);
        }
    }
}

static void batches_of_doubles_are_printed_as_one_by_one(void **state) {
    (void)state;
    enum { COUNT = 1003 };
    static double value[COUNT];
    static uint32_t offset[COUNT + 1];
    static char text[COUNT * LEAT_DOUBLE_TEXT_BYTES + 1];
    for (int round = 0; round < 100; round++) {
        for (int i = 0; i < COUNT; i++) {
            // Every power of two, whose neighbours are not equally far, comes first.
            value[i] = round == 1       ? ldexp(i % 2 ? -1 : 1, i % 90 - 30)
                       : round % 2 == 0 ? random_double(round % 4 == 0 ? i : 3 + i % 2)
                                        : (double)(random_u64() % 3000) / 10 - 150;
        }
        for (int level = LEAT_SIMD_SCALAR; level <= LEAT_SIMD_AVX512; level++) {
            leat_simd_level_force((enum leat_simd_level)level);
            size_t count = COUNT - random_u64() % 20;
            text[count * LEAT_DOUBLE_TEXT_BYTES] = '#';
            size_t length = leat_double_print_batch(value, count, text, offset);
            assert_int_equal(text[count * LEAT_DOUBLE_TEXT_BYTES], '#');
            assert_int_equal(offset[0], 0);
            assert_int_equal(offset[count], length);
            for (size_t i = 0; i < count; i++) {
                const char *one = print_shortest(value[i]);
                if (strlen(one) != offset[i + 1] - offset[i] || memcmp(one, text + offset[i], strlen(one)) != 0) {
                    fail_msg("level %d: %s in a batch is %.*s", level, one, (int)(offset[i + 1] - offset[i]), text + offset[i]);
                }
            }
        }
    }
    assert_int_equal(leat_double_print_batch(value, 0, text, offset), 0);
}

static void doubles_are_printed_in_the_notation_of_java(void **state) {
    (void)state;
    static const struct {
        double value;
        const char *text;
    } cases[] = {{0, "0.0"},
                 {-0.0, "-0.0"},
                 {1, "1.0"},
                 {-10, "-10.0"},
                 {100, "100.0"},
                 {1.5, "1.5"},
                 {0.001, "0.001"},
                 {0.00123, "0.00123"},
                 {0.0009, "9.0E-4"},
                 {9999999, "9999999.0"},
                 {1e7, "1.0E7"},
                 {12345678, "1.2345678E7"},
                 {1e10, "1.0E10"},
                 {1.234e-5, "1.234E-5"},
                 {288.23939732142856, "288.23939732142856"},
                 {1234567.890625, "1234567.890625"},
                 {2e23, "2.0E23"},
                 {1e23, "1.0E23"},
                 {8.41e21, "8.41E21"},
                 {2.2250738585072014e-308, "2.2250738585072014E-308"},
                 {4.9e-324, "4.9E-324"},
                 {9.9e-324, "9.9E-324"},
                 {1.5e-323, "1.5E-323"},
                 {2e-323, "2.0E-323"},
                 {4.9e-323, "4.9E-323"},
                 {-1.7976931348623157e308, "-1.7976931348623157E308"},
                 {INFINITY, "Infinity"},
                 {-INFINITY, "-Infinity"},
                 {NAN, "NaN"},
                 {-NAN, "NaN"}};
    for (size_t i = 0; i < LEAT_ARRAY_LEN(cases); i++) {
        char text[LEAT_DOUBLE_TEXT_BYTES + 1] = {0};
        size_t length = leat_double_print_java(cases[i].value, text);
        assert_true(length < LEAT_DOUBLE_TEXT_BYTES);
        text[length] = 0;
        assert_string_equal(text, cases[i].text);
    }
    for (int i = 0; i < 100000; i++) {
        char text[LEAT_DOUBLE_TEXT_BYTES];
        double value = random_double(i);
        double back = 0;
        assert_true(leat_double_parse(text, leat_double_print_java(value, text), &back));
        assert_int_equal(bits_of(back), bits_of(value));
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(integers_are_printed_as_printf_does),
        cmocka_unit_test(doubles_are_printed_in_the_notation_of_ecmascript),
        cmocka_unit_test(random_doubles_have_the_fewest_digits_and_read_back),
        cmocka_unit_test(a_million_random_doubles_read_back),
        cmocka_unit_test(batches_of_doubles_are_printed_as_one_by_one),
        cmocka_unit_test(doubles_are_printed_in_the_notation_of_java),
    };
    const char *seed = getenv("LEAT_SEED");
    print_message("LEAT_SEED=%s\n", seed != NULL ? seed : "1");
    return cmocka_run_group_tests(tests, seed_random, NULL);
}
