// The file sink: complete or absent, whatever goes wrong and wherever; any writer at its place.
#include "operators/sinks/file.h"
#include "operators/sinks/stdout.h"
#include "tests/operators/sinks/sink_folder.h"

#include <pthread.h>

static struct leat_budget budget = {.owner = "test"};
static struct leat_sink_env env;

static void *open_sink(const char *path, const struct leat_file_ops *files, bool sync) {
    void *sink = NULL;
    env = (struct leat_sink_env){.files = files, .budget = &budget, .path = path, .sync = sync};
    return leat_file_sink_ops.open(&env, &sink) ? NULL : sink;
}

static enum leat_sink_result put(void *sink, const char *text) {
    uint64_t place = leat_file_sink_ops.reserve(sink, strlen(text));
    return leat_file_sink_ops.write(sink, place, text, strlen(text));
}

static void a_commit_replaces_the_target_in_one_step(void **state) {
    (void)state;
    const char *path = in_folder("out");
    for (int round = 0; round < 4; round++) {
        void *sink = open_sink(path, &leat_file_ops_system, round % 2);
        assert_non_null(sink);
        assert_int_equal(put(sink, round < 2 ? "first\n" : "2\n"), LEAT_SINK_DONE);
        assert_int_equal(put(sink, "last\n"), LEAT_SINK_DONE);
        if (round > 0)
            file_holds(path, round < 3 ? "first\nlast\n" : "2\nlast\n"); // what was there before
        else
            assert_int_equal(access(path, F_OK), -1);
        assert_int_equal(leat_file_sink_ops.commit(sink), 0);
        leat_file_sink_ops.close(sink);
        file_holds(path, round < 2 ? "first\nlast\n" : "2\nlast\n");
        assert_int_equal(count_files(folder, NULL), 1);
    }
    assert_int_equal(budget.used_bytes, 0);
    empty_directory(folder);
}

static void an_abort_leaves_what_was_there(void **state) {
    (void)state;
    const char *path = in_folder("out");
    void *sink = open_sink(path, &leat_file_ops_system, false);
    put(sink, "kept\n");
    assert_int_equal(leat_file_sink_ops.commit(sink), 0);
    leat_file_sink_ops.close(sink);
    for (int aborts = 0; aborts < 2; aborts++) {
        sink = open_sink(path, &leat_file_ops_system, false);
        put(sink, "gone\n");
        assert_int_equal(count_files(folder, NULL), 2);
        if (aborts)
            leat_file_sink_ops.abort(sink);
        leat_file_sink_ops.close(sink); // alone it is an abort
        assert_int_equal(count_files(folder, NULL), 1);
        file_holds(path, "kept\n");
    }
    assert_int_equal(budget.used_bytes, 0);
    empty_directory(folder);
}

static void a_temporary_of_a_killed_process_is_in_nobodys_way(void **state) {
    (void)state;
    char name[64];
    snprintf(name, sizeof name, ".out.tmp-%d", (int)getpid());
    int fd = open(in_folder(name), O_WRONLY | O_CREAT, 0600);
    assert_int_equal(write(fd, "left over from long ago", 23), 23);
    close(fd);
    void *sink = open_sink(in_folder("out"), &leat_file_ops_system, false);
    put(sink, "new\n");
    assert_int_equal(leat_file_sink_ops.commit(sink), 0);
    leat_file_sink_ops.close(sink);
    file_holds(in_folder("out"), "new\n");
    assert_int_equal(count_files(folder, NULL), 1);
    empty_directory(folder);
}

static void a_link_is_followed_and_long_names_have_room(void **state) {
    (void)state;
    int fd = open(in_folder("real"), O_WRONLY | O_CREAT, 0600);
    close(fd);
    assert_int_equal(symlink("real", in_folder("link")), 0);
    void *sink = open_sink(in_folder("link"), &leat_file_ops_system, false);
    put(sink, "through\n");
    assert_int_equal(leat_file_sink_ops.commit(sink), 0);
    leat_file_sink_ops.close(sink);
    file_holds(in_folder("real"), "through\n");
    struct stat status;
    assert_int_equal(lstat(in_folder("link"), &status), 0);
    assert_true(S_ISLNK(status.st_mode));
    char name[256] = {0};
    memset(name, 'n', 255);
    sink = open_sink(in_folder(name), &leat_file_ops_system, false);
    assert_non_null(sink);
    put(sink, "long\n");
    assert_int_equal(leat_file_sink_ops.commit(sink), 0);
    leat_file_sink_ops.close(sink);
    file_holds(in_folder(name), "long\n");
    empty_directory(folder);
}

static void open_fails(const char *path, enum leat_error_kind kind, const char *says) {
    assert_null(open_sink(path, &leat_file_ops_system, false));
    assert_int_equal(leat_error_kind(), kind);
    if (!strstr(leat_error_text(), says) || !strstr(leat_error_text(), path))
        fail_msg("%s", leat_error_text());
    leat_error_clear();
    assert_int_equal(budget.used_bytes, 0);
}

static void what_cannot_be_written_says_why(void **state) {
    (void)state;
    open_fails(folder, LEAT_ERROR_USAGE, "Is a directory");
    open_fails(in_folder("none/"), LEAT_ERROR_USAGE, "Is a directory");
    open_fails(in_folder("none/out"), LEAT_ERROR_IO, "No such file or directory");
    leat_fault_files_plan(&(struct leat_fault_plan){.calls = LEAT_FAULT_OPEN, .fail_at = 1, .error = EACCES});
    assert_null(open_sink(in_folder("out"), &leat_fault_file_ops, false));
    assert_int_equal(leat_error_kind(), LEAT_ERROR_PERMISSION);
    leat_error_clear();
    assert_int_equal(count_files(folder, NULL), 0);
}

// A whole life: 0 when it committed.
static int write_three(const char *path, bool sync) {
    void *sink = open_sink(path, &leat_fault_file_ops, sync);
    int failed = sink ? 0 : -1;
    for (int i = 0; i < 3 && !failed; i++)
        failed = put(sink, "some bytes of output\n") == LEAT_SINK_DONE ? 0 : -1;
    if (sink && failed)
        leat_file_sink_ops.abort(sink);
    else if (sink)
        failed = leat_file_sink_ops.commit(sink);
    if (sink)
        leat_file_sink_ops.close(sink);
    return failed;
}

static void a_fault_at_any_call_leaves_no_output_and_no_leak(void **state) {
    (void)state;
    const char *path = in_folder("out");
    const uint32_t calls = LEAT_FAULT_ANY & ~(uint32_t)LEAT_FAULT_UNLINK;
    for (int mode = 0; mode < 4; mode++) {
        int failed = -1;
        for (uint64_t n = 1; failed; n++) {
            // When it is only the directory that cannot be synced, the output is there, and complete.
            leat_fault_files_plan(&(struct leat_fault_plan){.calls = calls, .fail_at = n, .error = ENOSPC, .persists = mode & 2});
            failed = write_three(path, mode & 1);
            assert_int_equal(leat_fault_files_open_count(), 0);
            assert_int_equal(budget.used_bytes, 0);
            assert_int_equal(failed ? -1 : 0, leat_error_kind() == LEAT_ERROR_NONE ? 0 : -1);
            if (failed)
                assert_non_null(strstr(leat_error_text(), "No space left on device"));
            if (failed)
                assert_non_null(strstr(leat_error_text(), path));
            leat_error_clear();
            int left = count_files(folder, NULL);
            if (left > 0) {
                assert_int_equal(left, 1);
                file_holds(path, "some bytes of output\nsome bytes of output\nsome bytes of output\n");
                assert_true(!failed || (mode & 1));
            }
            assert_true(n < 20);
            empty_directory(folder);
        }
    }
}

static void writes_that_are_short_or_interrupted_change_nothing(void **state) {
    (void)state;
    const char *given = getenv("LEAT_SEED");
    uint64_t seed = given ? strtoull(given, NULL, 0) : 20240117;
    print_message("LEAT_SEED=%llu\n", (unsigned long long)seed);
    for (int round = 0; round < 50; round++) {
        leat_fault_files_plan(&(struct leat_fault_plan){.seed = seed++});
        assert_int_equal(write_three(in_folder("out"), false), 0);
        file_holds(in_folder("out"), "some bytes of output\nsome bytes of output\nsome bytes of output\n");
    }
    empty_directory(folder);
}

// ---- Several workers -------------------------------------------------------------------------------------------------

#define WRITERS 4
#define PIECES  500

struct writer {
    void *sink;
    const uint64_t *places; // [PIECES]
    uint32_t index;
};

static size_t piece_text(uint32_t piece, char *text) {
    return (size_t)snprintf(text, 128, "piece %u%.*s\n", piece, (int)(piece * 31 % 50),
                            "..................................................");
}

static void *write_pieces(void *argument) {
    const struct writer *writer = argument;
    char text[128];
    for (uint32_t i = PIECES; i-- > 0;) // from the back, to be out of order
        if (i % WRITERS == writer->index) {
            size_t length = piece_text(i, text);
            assert_int_equal(leat_file_sink_ops.write(writer->sink, writer->places[i], text, length), LEAT_SINK_DONE);
        }
    return NULL;
}

static void bytes_stand_in_the_order_of_their_places_whoever_writes_them(void **state) {
    (void)state;
    static uint64_t places[PIECES];
    static char expected[PIECES * 128];
    void *sink = open_sink(in_folder("out"), &leat_file_ops_system, false);
    size_t length = 0;
    for (uint32_t i = 0; i < PIECES; i++) {
        size_t piece = piece_text(i, expected + length);
        places[i] = leat_file_sink_ops.reserve(sink, piece);
        assert_int_equal(places[i], length);
        length += piece;
    }
    pthread_t threads[WRITERS];
    struct writer writers[WRITERS];
    for (uint32_t i = 0; i < WRITERS; i++) {
        writers[i] = (struct writer){sink, places, i};
        assert_int_equal(pthread_create(&threads[i], NULL, write_pieces, &writers[i]), 0);
    }
    for (uint32_t i = 0; i < WRITERS; i++)
        pthread_join(threads[i], NULL);
    assert_int_equal(leat_file_sink_ops.commit(sink), 0);
    leat_file_sink_ops.close(sink);
    file_holds(in_folder("out"), expected);
    empty_directory(folder);
}

static void what_is_no_regular_file_is_written_in_order(void **state) {
    (void)state;
    assert_int_equal(mkfifo(in_folder("fifo"), 0600), 0);
    assert_int_equal(symlink("/dev/null", in_folder("null")), 0);
    assert_ptr_equal(leat_file_sink_choose("-"), &leat_stdout_sink_ops);
    assert_ptr_equal(leat_file_sink_choose("/dev/null"), &leat_stdout_sink_ops);
    assert_ptr_equal(leat_file_sink_choose(in_folder("null")), &leat_stdout_sink_ops);
    assert_ptr_equal(leat_file_sink_choose(in_folder("fifo")), &leat_stdout_sink_ops);
    assert_ptr_equal(leat_file_sink_choose(in_folder("absent")), &leat_file_sink_ops);
    assert_ptr_equal(leat_file_sink_choose(folder), &leat_file_sink_ops);
    empty_directory(folder);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_commit_replaces_the_target_in_one_step),
        cmocka_unit_test(an_abort_leaves_what_was_there),
        cmocka_unit_test(a_temporary_of_a_killed_process_is_in_nobodys_way),
        cmocka_unit_test(a_link_is_followed_and_long_names_have_room),
        cmocka_unit_test(what_cannot_be_written_says_why),
        cmocka_unit_test(a_fault_at_any_call_leaves_no_output_and_no_leak),
        cmocka_unit_test(writes_that_are_short_or_interrupted_change_nothing),
        cmocka_unit_test(bytes_stand_in_the_order_of_their_places_whoever_writes_them),
        cmocka_unit_test(what_is_no_regular_file_is_written_in_order),
    };
    return cmocka_run_group_tests(tests, folder_make, folder_remove);
}
