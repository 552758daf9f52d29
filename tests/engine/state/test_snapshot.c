#include "engine/state/snapshot.h"

#include "engine/base/error.h"
#include "tests/support/rows.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

static const uint64_t words[] = {0, 1, 127, 128, 16383, 16384, UINT32_MAX, INT64_MAX, UINT64_C(1) << 63, UINT64_MAX};
static const double numbers[] = {0.0, -0.0, 1.5, -INFINITY, 5e-324};

static void put_all(struct leat_snapshot_writer *writer) {
    for (size_t i = 0; i < LEAT_ARRAY_LEN(words); i++) {
        leat_snapshot_put_u64(writer, words[i]);
        leat_snapshot_put_i64(writer, (int64_t)words[i]);
        leat_snapshot_put_i64(writer, -(int64_t)(words[i] / 2));
        leat_snapshot_put_word(writer, words[i]);
    }
    for (size_t i = 0; i < LEAT_ARRAY_LEN(numbers); i++)
        leat_snapshot_put_double(writer, numbers[i]);
    for (uint32_t length = 0; length < 40; length++) {
        struct leat_text text = leat_text_view("0123456789012345678901234567890123456789", length);
        leat_snapshot_put_text(writer, &text);
    }
}

static void get_all(struct leat_snapshot_reader *reader) {
    uint64_t word;
    int64_t number;
    double real;
    struct leat_text text;
    for (size_t i = 0; i < LEAT_ARRAY_LEN(words); i++) {
        assert_true(leat_snapshot_get_u64(reader, &word) && word == words[i]);
        assert_true(leat_snapshot_get_i64(reader, &number) && number == (int64_t)words[i]);
        assert_true(leat_snapshot_get_i64(reader, &number) && number == -(int64_t)(words[i] / 2));
        assert_true(leat_snapshot_get_word(reader, &word) && word == words[i]);
    }
    for (size_t i = 0; i < LEAT_ARRAY_LEN(numbers); i++)
        assert_true(leat_snapshot_get_double(reader, &real) && memcmp(&real, &numbers[i], 8) == 0);
    for (uint32_t length = 0; length < 40; length++) {
        struct leat_text expected = leat_text_view("0123456789012345678901234567890123456789", length);
        assert_true(leat_snapshot_get_text(reader, &text) && leat_text_equal(&text, &expected));
    }
}

static void what_is_put_is_got_by_the_owner_of_the_group(void **state) {
    (void)state;
    struct leat_budget budget = {.owner = "test"};
    struct leat_snapshot parts[2] = {{.budget = &budget}, {.budget = &budget}}, whole = {.budget = &budget};
    for (uint32_t group = 0; group < LEAT_KEY_GROUPS; group += 3) {
        struct leat_snapshot_writer writer = {.snapshot = &parts[group % 2]};
        assert_true(leat_snapshot_select(&writer, group, 7));
        leat_snapshot_put_u64(&writer, group);
        assert_false(leat_snapshot_select(&writer, group, 7));
        put_all(&writer);
        assert_int_equal(leat_snapshot_writer_status(&writer), 0);
    }
    leat_snapshot_move(&whole, &parts[0]);
    leat_snapshot_move(&whole, &parts[1]);
    uint32_t groups = 0;
    for (uint32_t worker = 0; worker < 3; worker++) {
        struct leat_snapshot_reader reader = {.snapshot = &whole, .worker = worker, .workers = 3};
        while (leat_snapshot_next_group(&reader, 7) == 1) {
            uint64_t group;
            assert_true(leat_snapshot_get_u64(&reader, &group) && group == reader.group);
            assert_int_equal(leat_key_group_worker(reader.group, 3), worker);
            get_all(&reader);
            assert_false(leat_snapshot_has_more(&reader));
            groups++;
        }
    }
    assert_int_equal(groups, (LEAT_KEY_GROUPS + 2) / 3);
    leat_snapshot_free(&whole);
    assert_int_equal(budget.used_bytes, 0);
}

// Reads a run of `length` bytes from a block of just that size.
static struct leat_snapshot_reader read_bytes(struct leat_snapshot *snapshot, const uint8_t *bytes, size_t length) {
    snapshot->runs[5] = (struct leat_snapshot_run){.bytes = malloc(length ? length : 1), .used_bytes = length, .capacity_bytes = length};
    memcpy(snapshot->runs[5].bytes, bytes, length);
    return (struct leat_snapshot_reader){.snapshot = snapshot, .workers = 1};
}

static void a_run_that_is_cut_off_is_an_error_everywhere(void **state) {
    (void)state;
    struct leat_snapshot good = {0};
    struct leat_snapshot_writer writer = {.snapshot = &good};
    leat_snapshot_select(&writer, 5, 1);
    leat_snapshot_put_u64(&writer, 300);
    leat_snapshot_put_word(&writer, 1);
    leat_snapshot_put_bytes(&writer, "abcdef", 6);
    for (size_t length = 1; length < good.runs[5].used_bytes; length++) {
        struct leat_snapshot cut = {0};
        struct leat_snapshot_reader reader = read_bytes(&cut, good.runs[5].bytes, length);
        uint64_t word;
        struct leat_text text;
        assert_int_equal(leat_snapshot_next_group(&reader, 1), 1);
        assert_false(leat_snapshot_get_u64(&reader, &word) && leat_snapshot_get_word(&reader, &word) &&
                     leat_snapshot_get_text(&reader, &text));
        assert_false(leat_snapshot_get_u64(&reader, &word)); // nor any later one
        assert_false(leat_snapshot_has_more(&reader));
        assert_int_equal(leat_snapshot_next_group(&reader, 1), -1);
        assert_non_null(strstr(leat_error_text(), "key group 5"));
        leat_error_clear();
        free(cut.runs[5].bytes);
    }
    leat_snapshot_free(&good);
}

static void numbers_longer_than_64_bits_are_refused(void **state) {
    (void)state;
    static const uint8_t bytes[][12] = {{1, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 2, 0},
                                        {1, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 1}};
    for (size_t i = 0; i < LEAT_ARRAY_LEN(bytes); i++) {
        struct leat_snapshot snapshot = {0};
        struct leat_snapshot_reader reader = read_bytes(&snapshot, bytes[i], sizeof(bytes[i]));
        uint64_t word;
        assert_int_equal(leat_snapshot_next_group(&reader, 1), 1);
        assert_false(leat_snapshot_get_u64(&reader, &word));
        free(snapshot.runs[5].bytes);
    }
}

static void another_version_and_unread_bytes_are_errors(void **state) {
    (void)state;
    struct leat_snapshot snapshot = {0};
    struct leat_snapshot_writer writer = {.snapshot = &snapshot};
    leat_snapshot_select(&writer, 9, 3);
    leat_snapshot_put_u64(&writer, 1);
    struct leat_snapshot_reader other = {.snapshot = &snapshot, .workers = 1}, same = other;
    assert_int_equal(leat_snapshot_next_group(&other, 4), -1);
    assert_non_null(strstr(leat_error_text(), "version 3"));
    assert_int_equal(leat_snapshot_next_group(&same, 3), 1);
    assert_int_equal(leat_snapshot_next_group(&same, 3), -1);
    leat_error_clear();
    leat_snapshot_free(&snapshot);
}

static void a_writer_that_failed_stays_failed(void **state) {
    (void)state;
    struct leat_budget budget = {.owner = "checkpoint", .limit_bytes = 1000};
    struct leat_snapshot snapshot = {.budget = &budget};
    struct leat_snapshot_writer writer = {.snapshot = &snapshot};
    leat_snapshot_select(&writer, 0, 1);
    for (uint32_t i = 0; i < 1000; i++)
        leat_snapshot_put_word(&writer, i);
    assert_int_equal(leat_snapshot_writer_status(&writer), -1);
    assert_non_null(strstr(leat_error_text(), "checkpoint"));
    leat_error_clear();
    leat_snapshot_free(&snapshot);
    assert_int_equal(budget.used_bytes, 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_put_is_got_by_the_owner_of_the_group),
        cmocka_unit_test(a_run_that_is_cut_off_is_an_error_everywhere),
        cmocka_unit_test(numbers_longer_than_64_bits_are_refused),
        cmocka_unit_test(another_version_and_unread_bytes_are_errors),
        cmocka_unit_test(a_writer_that_failed_stays_failed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
