// Numbers from text: against the C library, against files of known hard cases, and SIMD levels against each other.
#include "engine/expr/number.h"

#include "engine/base/cpu.h"
#include "tests/engine/expr/number_random.h"

#include <inttypes.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>

#define TEXT_MAX 2048

// Parses by all ways that take a text and checks that they agree; false when all refuse.
static bool parse(const char *text, double *out) {
    size_t length = strlen(text);
    char padded[TEXT_MAX + 64];
    assert_true(length < TEXT_MAX);
    double whole = 0.5;
    bool valid = leat_double_parse(text, length, &whole);
    for (int i = 0; i < 3; i++) {
        // What stands behind the end must not matter: more digits, an exponent, nothing.
        memset(padded, "7e\0"[i], sizeof padded);
        memcpy(padded, text, length);
        double prefix = 0.5;
        const char *end = leat_double_parse_prefix(padded, padded + length, &prefix);
        if (valid) {
            assert_ptr_equal(end, padded + length);
            assert_int_equal(bits_of(prefix), bits_of(whole));
        } else {
            assert_ptr_not_equal(end, padded + length);
        }
    }
    *out = whole;
    return valid;
}

static void expect(const char *text, uint64_t bits) {
    double value;
    if (!parse(text, &value)) {
        fail_msg("%s is refused", text);
    }
    if (bits_of(value) != bits) {
        fail_msg("%s gives %016" PRIx64 ", not %016" PRIx64, text, bits_of(value), bits);
    }
}

static void expect_as_strtod(const char *text) {
    expect(text, bits_of(strtod(text, NULL)));
}

static void every_power_of_ten_in_the_table_is_rounded_up(void **state) {
    (void)state;
    // 10^e = 5^e * 2^e: the table is made again from 5^e, held in 13 words as a number below 2^832 or, for e < 0, as 2^960 / 5^-e.
    for (int e = LEAT_POW10_MIN; e <= LEAT_POW10_MAX; e++) {
        uint32_t word[30] = {0};
        word[e < 0 ? 29 : 0] = e < 0 ? 1u << 31 : 1;
        bool inexact = false;
        for (int i = 0; i < abs(e); i++) {
            uint64_t carry = 0;
            for (int w = 0; w < 30; w++) {
                int at = e < 0 ? 29 - w : w;
                uint64_t value = e < 0 ? carry << 32 | word[at] : (uint64_t)word[at] * 5 + carry;
                word[at] = (uint32_t)(e < 0 ? value / 5 : value);
                carry = e < 0 ? value % 5 : value >> 32;
            }
            inexact |= e < 0 && carry != 0;
        }
        int top = 29;
        while (word[top] == 0) {
            top--;
        }
        leat_u128 high = 0;
        for (int bit = 0; bit < 128; bit++) {
            int at = top * 32 + 31 - __builtin_clz(word[top]) - bit;
            high = high << 1 | (at >= 0 ? word[at / 32] >> at % 32 & 1 : 0);
        }
        int lowest = top * 32 + 31 - __builtin_clz(word[top]) - 127;
        for (int at = 0; at < lowest; at++) {
            inexact |= word[at / 32] >> at % 32 & 1;
        }
        high += inexact;
        const struct leat_pow10 *power = &leat_pow10_table[e - LEAT_POW10_MIN];
        assert_int_equal(power->high, (uint64_t)(high >> 64));
        assert_int_equal(power->low, (uint64_t)high);
    }
}

static void what_is_not_a_json_number_is_refused(void **state) {
    (void)state;
    static const char *const bad[] = {"",
                                      "-",
                                      "+1",
                                      ".5",
                                      "5.",
                                      "-.5",
                                      "1.e5",
                                      "01",
                                      "-01",
                                      "00",
                                      "1e",
                                      "1e+",
                                      "1E-",
                                      "e5",
                                      "1 ",
                                      " 1",
                                      "0x10",
                                      "1e5.",
                                      "1..2",
                                      "--1",
                                      "1-",
                                      "1.5f",
                                      "nan",
                                      "inf",
                                      "1,5",
                                      "1_000",
                                      "1e ",
                                      "0.",
                                      "-0.",
                                      "0.e1",
                                      "1.-5",
                                      "1e1e1",
                                      "00.5",
                                      "Infinity",
                                      "-e1",
                                      "1/2",
                                      "1:2",
                                      "12345678.",
                                      "123456789012345678901234567890.",
                                      "0.1234567890123456x",
                                      "\xb1",
                                      "1\xb2"};
    for (size_t i = 0; i < LEAT_ARRAY_LEN(bad); i++) {
        double value;
        if (parse(bad[i], &value)) {
            fail_msg("\"%s\" is taken", bad[i]);
        }
        assert_true(value == 0.5);
    }
    char with_zero[3] = {'1', 0, '2'};
    double value = 0.5;
    assert_false(leat_double_parse(with_zero, 3, &value));
}

static void a_number_ends_where_its_grammar_ends(void **state) {
    (void)state;
    static const struct {
        const char *text;
        int used; // -1: refused
        double value;
    } cases[] = {{"1.5,", 3, 1.5},
                 {"-12}", 3, -12},
                 {"3]", 1, 3},
                 {"1e5 ", 3, 1e5},
                 {"1.e5", -1, 0},
                 {"1.", -1, 0},
                 {"01", -1, 0},
                 {"-", -1, 0},
                 {"12345678901,", 11, 12345678901.0},
                 {"0.1234567890123456789,", 21, 0.1234567890123456789},
                 {"2e", -1, 0},
                 {"2e+", -1, 0},
                 {"-0,", 2, -0.0},
                 {"1234567.1234567890123456,", 24, 1234567.1234567890123456},
                 {"1-2", 1, 1},
                 {"1.5.6", 3, 1.5},
                 {"0e0e", 3, 0}};
    for (size_t i = 0; i < LEAT_ARRAY_LEN(cases); i++) {
        char padded[96] = {0};
        size_t length = strlen(cases[i].text);
        memcpy(padded, cases[i].text, length);
        double value = 0;
        const char *end = leat_double_parse_prefix(padded, padded + length, &value);
        assert_int_equal(end == NULL ? -1 : end - padded, cases[i].used);
        assert_int_equal(bits_of(value), bits_of(cases[i].value));
    }
}

static void zeros_limits_and_ties_are_exact(void **state) {
    (void)state;
    expect("0", 0);
    expect("-0", 1ull << 63);
    expect("-0.0e999999999999999999999", 1ull << 63);
    expect("0e-99999999999999999999999", 0);
    expect("1e309", 0x7ffull << 52);
    expect("-1e99999999999999999999", 0xfffull << 52);
    expect("1e-99999999999999999999", 0);
    expect("-1e-400", 1ull << 63);
    expect("4.9406564584124654e-324", 1);
    expect("2.4703282292062327208e-324", 0);
    expect("2.4703282292062327209e-324", 1);
    expect("2.2250738585072011e-308", 0x000fffffffffffff);
    expect("2.2250738585072014e-308", 0x0010000000000000);
    expect("1.7976931348623157e308", 0x7fefffffffffffff);
    expect("1.7976931348623158e308", 0x7fefffffffffffff);
    expect("1.7976931348623158079372897140530341507993413271003782693617377898044496829276475094664901797758720709633028641669288791e308",
           0x7fefffffffffffff);
    expect("1.797693134862315808e308", 0x7ffull << 52);
    expect("9007199254740992", 0x4340000000000000);
    expect("9007199254740993", 0x4340000000000000);
    expect("9007199254740993.00000000000000000000000000000000000000000000001", 0x4340000000000001);
    expect("9007199254740995", 0x4340000000000002);
    expect("0.500000000000000166533453693773481063544750213623046875", 0x3fe0000000000002);
    expect("0.50000000000000016653345369377348106354475021362304687500000000000000001", 0x3fe0000000000002);
    expect("0.50000000000000016653345369377348106354475021362304687499999999999999999", 0x3fe0000000000001);
    expect("1e23", 0x44b52d02c7e14af6);
    expect("8.5e-1", 0x3feb333333333333);
}

static void shapes_at_the_edges_of_the_fast_paths_agree_with_strtod(void **state) {
    (void)state;
    char text[128];
    for (int whole = 1; whole <= 22; whole++) {
        for (int fraction = 0; fraction <= 26; fraction++) {
            for (int variant = 0; variant < 6; variant++) {
                int at = 0;
                if (variant & 1) {
                    text[at++] = '-';
                }
                for (int i = 0; i < whole; i++) {
                    text[at++] = (char)('0' + (variant < 2 && whole == 1 ? 0 : variant < 4 ? 9 : 1 + (int)(random_u64() % 9)));
                }
                if (fraction > 0) {
                    text[at++] = '.';
                }
                for (int i = 0; i < fraction; i++) {
                    text[at++] = (char)('0' + (variant < 2 ? 9 : variant < 4 && i + 1 < fraction ? 0 : (int)(random_u64() % 10)));
                }
                text[at] = 0;
                expect_as_strtod(text);
                snprintf(text + at, sizeof text - (size_t)at, "e%d", (int)(random_u64() % 700) - 350);
                expect_as_strtod(text);
            }
        }
    }
}

// The point half-way between two random neighbouring doubles, written with all its digits, and a hair above and below it.
static void points_half_way_between_doubles_go_to_even(void **state) {
    (void)state;
    char text[TEXT_MAX];
    for (int i = 0; i < 3000; i++) {
        uint64_t bits = random_u64() >> 1;
        bits = i % 4 == 0 ? bits & 0x001fffffffffffff : i % 4 == 1 ? (bits & 0x000fffffffffffff) | (uint64_t)(1000 + i % 90) << 52 : bits;
        if (bits >= 0x7fefffffffffffff) {
            continue;
        }
        // long double has 64 bits of mantissa, so the half-way point is exact in it, and printf writes every digit.
        long double middle = ((long double)double_of(bits) + (long double)double_of(bits + 1)) / 2;
        int length = snprintf(text, sizeof text, "%.1100Le", middle);
        char *e = strchr(text, 'e');
        assert_non_null(e);
        expect(text, bits + (bits & 1));
        char exponent[16];
        snprintf(exponent, sizeof exponent, "%s", e);
        snprintf(e, sizeof text - (size_t)length, "1%s", exponent);
        expect(text, bits + 1);
        char *p = e - 1;
        while (*p == '0') {
            *p-- = '9';
        }
        *p = (char)(*p - 1);
        expect(text, bits);
    }
}

// Makes a text of the test files one of JSON: "+1" to "1", ".5" to "0.5", "5.e1" to "5e1", and says whether it was none.
static bool make_json(const char *from, char *to) {
    bool changed = false;
    char *start = to;
    for (const char *p = from; *p != 0; p++) {
        bool digit_before = to > start && to[-1] >= '0' && to[-1] <= '9';
        bool digit_after = p[1] >= '0' && p[1] <= '9';
        if (*p == '.' && !digit_after) {
            changed = true;
            continue;
        }
        if (*p == '.' && !digit_before) {
            *to++ = '0';
            changed = true;
        }
        *to++ = *p;
    }
    *to = 0;
    return changed;
}

static long check_file(const char *path) {
    FILE *file = fopen(path, "r");
    if (file == NULL) {
        return 0;
    }
    char line[TEXT_MAX];
    char text[TEXT_MAX];
    char json[TEXT_MAX];
    uint64_t bits;
    long lines = 0;
    while (fgets(line, sizeof line, file) != NULL) {
        assert_int_equal(sscanf(line, "%*x %*x %" SCNx64 " %2000s", &bits, text), 2);
        if (make_json(text, json)) {
            double value;
            assert_false(parse(text, &value));
        }
        expect(json, bits);
        lines++;
    }
    fclose(file);
    return lines;
}

static void all_numbers_of_parse_number_fxx_are_bit_exact(void **state) {
    (void)state;
    static const char *const files[] = {"exhaustive-float16", "freetype-2-7",    "google-wuffs",
                                        "lemire-fast-float",  "more-test-cases", "tencent-rapidjson"};
    const char *shared = getenv("LEAT_SHARED");
    long lines = 0;
    for (size_t i = 0; i < LEAT_ARRAY_LEN(files); i++) {
        char path[1024];
        snprintf(path, sizeof path, "%s/external/parse-number-fxx/data/%s.txt", shared != NULL ? shared : "../shared", files[i]);
        lines += check_file(path);
    }
    if (lines == 0) {
        print_message("parse-number-fxx is not there: skipped\n");
        skip();
    }
    assert_int_equal(lines, 52977);
}

static void decimals_in_batches_are_those_taken_one_by_one(void **state) {
    (void)state;
    enum { COUNT = 4099 };
    static uint64_t mantissa[COUNT];
    static int32_t exponent10[COUNT];
    static uint8_t negative[COUNT];
    static double out[COUNT + 1];
    for (int round = 0; round < 40; round++) {
        for (int i = 0; i < COUNT; i++) {
            // Rounds: short decimals, any at all, ties and products near them, subnormals and overflow.
            mantissa[i] = random_u64() >> random_u64() % 64;
            exponent10[i] = -(int32_t)(random_u64() % 20);
            negative[i] = random_u64() & 1;
            switch (round % 4) {
            case 1:
                exponent10[i] = (int32_t)(random_u64() % 760) - 380;
                break;
            case 2:
                mantissa[i] = (mantissa[i] | 1) << random_u64() % 8;
                exponent10[i] = (int32_t)(random_u64() % 32) - 6;
                break;
            case 3:
                mantissa[i] = i % 7 == 0 ? 0 : (uint64_t)(double)mantissa[i] * 5;
                exponent10[i] = i % 3 == 0 ? -1 : i % 3 == 1 ? -330 + (int32_t)(random_u64() % 20) : 290 + (int32_t)(random_u64() % 22);
                break;
            }
        }
        // Exponents that no table and no product holds.
        exponent10[random_u64() % COUNT] = (int32_t)random_u64();
        exponent10[random_u64() % COUNT] = random_u64() % 2 ? INT32_MAX : INT32_MIN;
        exponent10[random_u64() % COUNT] = (int32_t)(random_u64() % 200000) - 100000;
        for (int level = LEAT_SIMD_SCALAR; level <= LEAT_SIMD_AVX512; level++) {
            leat_simd_level_force((enum leat_simd_level)level);
            size_t count = level + round == 0 ? COUNT : COUNT - random_u64() % 20;
            out[count] = 0.5;
            leat_double_from_decimals(mantissa, exponent10, negative, out, count);
            assert_true(out[count] == 0.5);
            for (size_t i = 0; i < count; i++) {
                double one = leat_double_from_decimal(negative[i], mantissa[i], exponent10[i], false, NULL, NULL);
                if (bits_of(one) != bits_of(out[i])) {
                    fail_msg("level %d: %" PRIu64 "e%d", level, mantissa[i], exponent10[i]);
                }
                if (i % 64 == 0) {
                    char text[64];
                    snprintf(text, sizeof text, "%s%" PRIu64 "e%d", negative[i] ? "-" : "", mantissa[i], exponent10[i]);
                    expect(text, bits_of(one));
                    expect_as_strtod(text);
                }
            }
        }
    }
}

// A text with every so often something that is no usual number, or none at all.
static int write_some_number(char *out, size_t room) {
    static const char *const odd[] = {"",
                                      "-",
                                      "01",
                                      "-01",
                                      "1.",
                                      ".5",
                                      "1e5",
                                      "1.5E-7",
                                      "x",
                                      "12345678901234567890",
                                      "1.e1",
                                      "0.00",
                                      "-0.0",
                                      "0",
                                      "1e400",
                                      "1e",
                                      "2.5e+",
                                      "-12.x",
                                      "123456789",
                                      "1-2",
                                      "0.12345678901234567",
                                      "00",
                                      "1.5.",
                                      "1..5",
                                      "--1",
                                      "9007199254740993",
                                      "0.1234567890123456789",
                                      "1234567.1234567890125",
                                      "-.1",
                                      "5e-324"};
    uint64_t kind = random_u64() % 12;
    if (kind < 3) {
        return snprintf(out, room, "%s", odd[random_u64() % LEAT_ARRAY_LEN(odd)]);
    }
    double value = (double)(int64_t)random_u64() / (double)(UINT64_C(1) << (40 + random_u64() % 24));
    return snprintf(out, room, "%.*f", kind < 5 ? 0 : (int)(random_u64() % 18), value);
}

static void batches_of_texts_are_parsed_as_one_by_one(void **state) {
    (void)state;
    enum { COUNT = 203, ROOM = 40 };
    static char text[COUNT * ROOM + LEAT_NUMBER_PADDING_BYTES];
    static uint32_t start[COUNT];
    static uint32_t stop[COUNT + 1];
    static double out[COUNT + 1];
    for (int round = 0; round < 400; round++) {
        uint32_t at = 0;
        size_t count = COUNT - random_u64() % 20;
        for (size_t i = 0; i < count; i++) {
            start[i] = at;
            at += (uint32_t)write_some_number(text + at, ROOM);
            text[at++] = ",}] \n5e"[random_u64() % 7];
        }
        // The last text may be cut anywhere, with digits behind the end.
        uint32_t end = at - (uint32_t)(random_u64() % (at - start[count - 1]));
        memset(text + at, "7e,"[round % 3], LEAT_NUMBER_PADDING_BYTES);
        start[random_u64() % count] = LEAT_NUMBER_ABSENT;
        for (int level = LEAT_SIMD_SCALAR; level <= LEAT_SIMD_AVX512; level++) {
            leat_simd_level_force((enum leat_simd_level)level);
            out[count] = 0.5;
            stop[count] = 55;
            leat_double_parse_batch(text, start, count, text + end, out, stop);
            assert_true(out[count] == 0.5 && stop[count] == 55);
            for (size_t i = 0; i < count; i++) {
                double one = 0;
                const char *behind = NULL;
                if (start[i] != LEAT_NUMBER_ABSENT) {
                    behind = leat_double_parse_prefix(text + start[i], text + end, &one);
                }
                if (stop[i] != (behind == NULL ? 0 : behind - text) || bits_of(out[i]) != bits_of(one)) {
                    fail_msg("level %d: %.30s gives %.17g up to %u, not %.17g", level, text + start[i], out[i], stop[i] - start[i], one);
                }
            }
        }
    }
}

static void integers_are_read_and_their_range_is_checked(void **state) {
    (void)state;
    static const struct {
        const char *text;
        bool valid;
        int64_t value;
    } cases[] = {{"0", true, 0},
                 {"-0", true, 0},
                 {"-007", true, -7},
                 {"9223372036854775807", true, INT64_MAX},
                 {"-9223372036854775808", true, INT64_MIN},
                 {"9223372036854775808", false, 0},
                 {"-9223372036854775809", false, 0},
                 {"18446744073709551616", false, 0},
                 {"99999999999999999999999999", false, 0},
                 {"00000000000000000000000000001", true, 1},
                 {"", false, 0},
                 {"-", false, 0},
                 {"+1", false, 0},
                 {"1.0", false, 0},
                 {"1e3", false, 0},
                 {" 1", false, 0},
                 {"1 ", false, 0},
                 {"1554096380468", true, 1554096380468}};
    for (size_t i = 0; i < LEAT_ARRAY_LEN(cases); i++) {
        int64_t value = 55;
        assert_int_equal(leat_int64_parse(cases[i].text, strlen(cases[i].text), &value), cases[i].valid);
        assert_int_equal(value, cases[i].valid ? cases[i].value : 55);
    }
}

static void the_integer_at_the_front_is_read_as_json_has_it(void **state) {
    (void)state;
    static const struct {
        const char *text;
        int used; // -1: refused
        int64_t value;
    } cases[] = {{"12,", 2, 12},
                 {"-7.5", 2, -7},
                 {"01", -1, 0},
                 {"0}", 1, 0},
                 {"-", -1, 0},
                 {"", -1, 0},
                 {"x", -1, 0},
                 {"1554096380468}", 13, 1554096380468},
                 {"12345678", 8, 12345678},
                 {"123456789012345678", 18, 123456789012345678},
                 {"9223372036854775808", -1, 0},
                 {"-9223372036854775808 ", 20, INT64_MIN},
                 {"-00", -1, 0},
                 {"92233720368547758070", -1, 0}};
    for (size_t i = 0; i < LEAT_ARRAY_LEN(cases); i++) {
        int64_t value = 55;
        char text[64 + LEAT_NUMBER_PADDING_BYTES];
        memset(text, '7', sizeof text); // what stands behind the end must not matter
        size_t length = strlen(cases[i].text);
        memcpy(text, cases[i].text, length);
        const char *end = leat_int64_parse_prefix(text, text + length, &value);
        assert_int_equal(end == NULL ? -1 : end - text, cases[i].used);
        assert_int_equal(value, end == NULL ? 55 : cases[i].value);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_power_of_ten_in_the_table_is_rounded_up),
        cmocka_unit_test(what_is_not_a_json_number_is_refused),
        cmocka_unit_test(a_number_ends_where_its_grammar_ends),
        cmocka_unit_test(zeros_limits_and_ties_are_exact),
        cmocka_unit_test(shapes_at_the_edges_of_the_fast_paths_agree_with_strtod),
        cmocka_unit_test(points_half_way_between_doubles_go_to_even),
        cmocka_unit_test(all_numbers_of_parse_number_fxx_are_bit_exact),
        cmocka_unit_test(decimals_in_batches_are_those_taken_one_by_one),
        cmocka_unit_test(batches_of_texts_are_parsed_as_one_by_one),
        cmocka_unit_test(integers_are_read_and_their_range_is_checked),
        cmocka_unit_test(the_integer_at_the_front_is_read_as_json_has_it),
    };
    const char *seed = getenv("LEAT_SEED");
    print_message("LEAT_SEED=%s\n", seed != NULL ? seed : "1");
    return cmocka_run_group_tests(tests, seed_random, NULL);
}
