// The error stack of a thread.
#include <setjmp.h>
#include <stdarg.h>

#include "engine/base/error.h"

#include <pthread.h>
#include <stdlib.h>

#include <cmocka.h>

static void messages_stand_outermost_first(void **state) {
    (void)state;
    assert_int_equal(leat_error_set(LEAT_ERROR_IO, "cannot read byte %d", 7), -1);
    assert_int_equal(leat_error_append("file %s", "x"), -1);
    assert_int_equal(leat_error_append("table `t`"), -1);
    assert_string_equal(leat_error_text(), "table `t`: file x: cannot read byte 7");
    assert_int_equal(leat_error_kind(), LEAT_ERROR_IO);
    assert_int_equal(leat_error_set(LEAT_ERROR_DATA, "anew: %s", leat_error_text()), -1); // may quote itself
    assert_string_equal(leat_error_text(), "anew: table `t`: file x: cannot read byte 7");
    leat_error_clear();
    assert_int_equal(leat_error_kind(), LEAT_ERROR_NONE);
    assert_string_equal(leat_error_text(), "");
}

static void long_messages_are_cut_and_long_stacks_keep_their_outer_end(void **state) {
    (void)state;
    char text[5000];
    memset(text, 'a', sizeof(text) - 1);
    text[sizeof(text) - 1] = 0;
    leat_error_set(LEAT_ERROR_IO, "%s", text);
    assert_int_equal(strlen(leat_error_text()), LEAT_ERROR_MESSAGE_BYTES - 1);
    for (int i = 0; i < 20; i++)
        leat_error_append("%d%s", i, text);
    assert_true(strlen(leat_error_text()) < 8 * LEAT_ERROR_MESSAGE_BYTES);
    assert_memory_equal(leat_error_text(), "19aaa", 5);
    leat_error_clear();
}

static void print(char *to, size_t room) {
    FILE *file = fmemopen(to, room, "w");
    assert_non_null(file);
    leat_error_print(file);
    fclose(file);
}

static void printing_says_who_speaks_and_clears(void **state) {
    (void)state;
    char text[200];
    leat_error_set(LEAT_ERROR_USAGE, "no such flag");
    print(text, sizeof(text));
    assert_string_equal(text, "leat: no such flag\n");
    assert_int_equal(leat_error_kind(), LEAT_ERROR_NONE);
    leat_error_set_verbatim(LEAT_ERROR_CONFIG, "a.sql:1:2: error: x\n  SELECT\n  ^");
    print(text, sizeof(text));
    assert_string_equal(text, "a.sql:1:2: error: x\n  SELECT\n  ^\n");
    leat_error_set(LEAT_ERROR_USAGE, "plain again");
    print(text, sizeof(text));
    assert_string_equal(text, "leat: plain again\n");
}

static void *other_thread(void *argument) {
    (void)argument;
    bool clean = leat_error_kind() == LEAT_ERROR_NONE;
    leat_error_set(LEAT_ERROR_DATA, "mine");
    return (void *)(uintptr_t)clean;
}

static void every_thread_has_its_own(void **state) {
    (void)state;
    pthread_t thread;
    void *clean;
    leat_error_set(LEAT_ERROR_IO, "ours");
    assert_int_equal(pthread_create(&thread, NULL, other_thread, NULL), 0);
    assert_int_equal(pthread_join(thread, &clean), 0);
    assert_non_null(clean);
    assert_string_equal(leat_error_text(), "ours");
    leat_error_clear();
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(messages_stand_outermost_first),
        cmocka_unit_test(long_messages_are_cut_and_long_stacks_keep_their_outer_end),
        cmocka_unit_test(printing_says_who_speaks_and_clears),
        cmocka_unit_test(every_thread_has_its_own),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
