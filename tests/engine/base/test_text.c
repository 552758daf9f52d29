// Texts and hashes: every pair of texts compares as its bytes do, and hashes depend on bytes alone.
#include <setjmp.h>
#include <stdarg.h>

#include "engine/base/hash.h"
#include "engine/base/text.h"
#include "tests/support/rows.h"

#include <stdlib.h>

#include <cmocka.h>

static void texts_compare_as_their_bytes(void **state) {
    (void)state;
    uint64_t seed = leat_test_seed(3), random = seed;
    for (int i = 0; i < 200000; i++) {
        char a[40], b[40];
        uint32_t a_length = (uint32_t)leat_test_below(&random, 30), b_length = (uint32_t)leat_test_below(&random, 30);
        if (leat_test_below(&random, 2))
            b_length = a_length;
        for (uint32_t k = 0; k < sizeof(a); k++) {
            a[k] = (char)(leat_test_below(&random, 20) ? 'a' : (int)leat_test_below(&random, 256));
            b[k] = (char)(leat_test_below(&random, 20) ? 'a' : (int)leat_test_below(&random, 256));
        }
        struct leat_text x = leat_text_view(a, a_length), y = leat_text_view(b, b_length);
        int order = memcmp(a, b, LEAT_MIN(a_length, b_length));
        order = order ? order : (int)a_length - (int)b_length;
        int found = leat_text_compare(&x, &y);
        bool same = leat_text_equal(&x, &y), same_hash = leat_hash_text(5, &x) == leat_hash_text(5, &y);
        if ((order > 0) != (found > 0) || (order < 0) != (found < 0) || same != (order == 0) || same_hash != same ||
            memcmp(leat_text_bytes(&x), a, a_length) != 0)
            fail_msg("LEAT_SEED=%llu: case %d", (unsigned long long)seed, i);
    }
}

static void an_empty_text_needs_no_bytes(void **state) {
    (void)state;
    struct leat_text a = leat_text_view(NULL, 0), b = leat_text_view("x", 0);
    assert_true(leat_text_equal(&a, &b));
    assert_int_equal(leat_text_compare(&a, &b), 0);
}

static void a_text_does_not_depend_on_where_its_bytes_are(void **state) {
    (void)state;
    for (uint32_t length = 0; length < 60; length++) {
        char bytes[200];
        for (uint32_t i = 0; i < 60; i++)
            bytes[i] = bytes[i + 67] = (char)(i * 11);
        struct leat_text a = leat_text_view(bytes, length), b = leat_text_view(bytes + 67, length);
        assert_true(leat_text_equal(&a, &b));
        assert_int_equal(leat_hash_text(1, &a), leat_hash_text(1, &b));
    }
}

static void hashes_stay_what_they_are(void **state) {
    (void)state;
    // State is split by them: a snapshot of another machine or version must fall into the same key groups.
    assert_true(leat_hash_word(0, 0) == UINT64_C(0xe220a8397b1dcdaf));   // the first output of SplitMix64 from 0, as published
    assert_true(leat_hash_bytes("", 0) == UINT64_C(0x2d06800538d394c2)); // XXH3_64bits of nothing, as published
}

static void a_bit_of_the_key_changes_half_the_hash(void **state) {
    (void)state;
    uint64_t random = leat_test_seed(4), changed = 0, cases = 0;
    for (int i = 0; i < 1000; i++) {
        uint64_t hash = leat_test_random(&random), word = leat_test_random(&random);
        for (int bit = 0; bit < 64; bit++, cases += 2) {
            changed += (uint64_t)__builtin_popcountll(leat_hash_word(hash, word) ^ leat_hash_word(hash, word ^ UINT64_C(1) << bit));
            changed += (uint64_t)__builtin_popcountll(leat_hash_word(hash, word) ^ leat_hash_word(hash ^ UINT64_C(1) << bit, word));
        }
    }
    assert_true(changed / cases >= 31 && changed / cases <= 32);
}

static void key_groups_are_spread_evenly_in_order(void **state) {
    (void)state;
    for (uint32_t workers = 1; workers <= LEAT_WORKERS_MAX; workers++) {
        uint32_t owned[LEAT_WORKERS_MAX] = {0}, last = 0;
        for (uint32_t group = 0; group < LEAT_KEY_GROUPS; group++) {
            uint32_t worker = leat_key_group_worker(group, workers);
            assert_true(worker < workers && worker >= last);
            last = worker;
            owned[worker]++;
        }
        for (uint32_t w = 0; w < workers; w++)
            assert_true(owned[w] >= LEAT_KEY_GROUPS / workers && owned[w] <= LEAT_KEY_GROUPS / workers + 1);
    }
    assert_int_equal(leat_key_group(UINT64_MAX), LEAT_KEY_GROUPS - 1);
    assert_int_equal(leat_key_group(0), 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(texts_compare_as_their_bytes),
        cmocka_unit_test(an_empty_text_needs_no_bytes),
        cmocka_unit_test(a_text_does_not_depend_on_where_its_bytes_are),
        cmocka_unit_test(hashes_stay_what_they_are),
        cmocka_unit_test(a_bit_of_the_key_changes_half_the_hash),
        cmocka_unit_test(key_groups_are_spread_evenly_in_order),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
