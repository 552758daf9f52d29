// Sinks that are written in order: standard output and error, FIFOs, readers that have gone; and the one that takes nothing.
#include "operators/sinks/blackhole.h"
#include "operators/sinks/stdout.h"
#include "tests/operators/sinks/sink_folder.h"

#include <poll.h>
#include <signal.h>

static struct leat_budget budget = {.owner = "test"};
static struct leat_sink_env env;

static void *open_sink(const char *path, const struct leat_file_ops *files, const struct leat_graph_sink *plan) {
    void *sink = NULL;
    env = (struct leat_sink_env){.files = files, .budget = &budget, .path = path, .plan = plan};
    return leat_stdout_sink_ops.open(&env, &sink) ? NULL : sink;
}

static enum leat_sink_result put(void *sink, const char *text) {
    return leat_stdout_sink_ops.write(sink, leat_stdout_sink_ops.reserve(sink, strlen(text)), text, strlen(text));
}

// A descriptor becomes the writing end of a pipe. Returns its reading end; *saved is what the descriptor was.
static int redirect(int fd, int *saved) {
    int ends[2];
    assert_int_equal(pipe(ends), 0);
    *saved = dup(fd);
    assert_int_equal(dup2(ends[1], fd), fd);
    close(ends[1]);
    return ends[0];
}

static void restore(int fd, int saved) {
    assert_int_equal(dup2(saved, fd), fd);
    close(saved);
}

static void finish(void *sink) {
    assert_int_equal(leat_stdout_sink_ops.commit(sink), 0);
    leat_stdout_sink_ops.close(sink);
    assert_int_equal(budget.used_bytes, 0);
}

static void pipe_holds(int from, const char *text) {
    char bytes[256] = {0};
    assert_int_equal(read(from, bytes, sizeof bytes - 1), strlen(text));
    assert_string_equal(bytes, text);
    close(from);
}

static void bytes_go_to_standard_output_in_order(void **state) {
    (void)state;
    for (int with_path = 0; with_path < 2; with_path++) {
        int saved, from = redirect(STDOUT_FILENO, &saved);
        void *sink = open_sink(with_path ? "-" : NULL, &leat_file_ops_system, NULL);
        enum leat_sink_result first = put(sink, "one\n"), second = put(sink, "two\n");
        finish(sink);
        restore(STDOUT_FILENO, saved);
        assert_int_equal(first, LEAT_SINK_DONE);
        assert_int_equal(second, LEAT_SINK_DONE);
        pipe_holds(from, "one\ntwo\n");
    }
    assert_true(leat_stdout_sink_ops.gathers);
}

static void the_option_standard_error_is_obeyed(void **state) {
    (void)state;
    const struct leat_graph_option option = {.name = "standard-error", .value = "true"};
    const struct leat_graph_sink plan = {.options = &option, .option_count = 1};
    int saved, from = redirect(STDERR_FILENO, &saved);
    void *sink = open_sink(NULL, &leat_file_ops_system, &plan);
    put(sink, "told\n");
    finish(sink);
    restore(STDERR_FILENO, saved);
    pipe_holds(from, "told\n");
}

static void a_fifo_gets_every_byte_and_is_closed(void **state) {
    (void)state;
    const char *path = in_folder("fifo");
    assert_int_equal(mkfifo(path, 0600), 0);
    int from = open(path, O_RDONLY | O_NONBLOCK);
    leat_fault_files_plan(&(struct leat_fault_plan){.seed = 7});
    void *sink = open_sink(path, &leat_fault_file_ops, NULL);
    assert_non_null(sink);
    for (int i = 0; i < 20; i++)
        assert_int_equal(put(sink, "0123456789"), LEAT_SINK_DONE);
    finish(sink);
    assert_int_equal(leat_fault_files_open_count(), 0);
    char bytes[256];
    assert_int_equal(read(from, bytes, sizeof bytes), 200);
    for (int i = 0; i < 200; i++)
        assert_int_equal(bytes[i], '0' + i % 10);
    assert_int_equal(read(from, bytes, sizeof bytes), 0);
    close(from);
    empty_directory(folder);
}

// Reads what the pipe holds and compares it with what was written; returns how much it was.
static size_t drain(int from, const char *expected) {
    static char bytes[1 << 16];
    ssize_t got = read(from, bytes, sizeof bytes);
    assert_true(got > 0);
    assert_memory_equal(bytes, expected, (size_t)got);
    return (size_t)got;
}

static void what_the_reader_does_not_take_yet_is_put_off(void **state) {
    (void)state;
    static char much[1 << 20];
    for (size_t i = 0; i < sizeof much; i++)
        much[i] = (char)(i * 7 / 5);
    int saved, from = redirect(STDOUT_FILENO, &saved);
    void *sink = open_sink(NULL, &leat_file_ops_system, NULL);
    size_t read_bytes = 0, asked = sizeof much / 2;
    enum leat_sink_result result = leat_stdout_sink_ops.write(sink, 0, much, asked);
    bool was_put_off = result == LEAT_SINK_LATER, waits = true, is_woken = true;
    while (result == LEAT_SINK_LATER) {
        struct pollfd woken = {.fd = leat_stdout_sink_ops.wait_fd(sink), .events = POLLIN};
        waits &= poll(&woken, 1, 0) == 0;
        read_bytes += drain(from, much + read_bytes);
        is_woken &= poll(&woken, 1, 1000) == 1;
        asked = sizeof much; // more may stand behind what was put off
        result = leat_stdout_sink_ops.write(sink, 0, much, asked);
    }
    bool is_blocking = !(fcntl(STDOUT_FILENO, F_GETFL) & O_NONBLOCK);
    while (read_bytes < sizeof much)
        read_bytes += drain(from, much + read_bytes);
    finish(sink);
    restore(STDOUT_FILENO, saved);
    close(from);
    assert_true(was_put_off && waits && is_woken);
    assert_int_equal(result, LEAT_SINK_DONE);
    assert_true(is_blocking); // whoever shares the descriptor is left alone
}

static void a_reader_that_has_gone_is_an_error_that_can_be_told(void **state) {
    (void)state;
    const char *path = in_folder("fifo");
    assert_int_equal(mkfifo(path, 0600), 0);
    int from = open(path, O_RDONLY | O_NONBLOCK);
    void *sink = open_sink(path, &leat_file_ops_system, NULL);
    close(from);
    assert_int_equal(put(sink, "x"), LEAT_SINK_FAILED);
    assert_int_equal(leat_error_kind(), LEAT_ERROR_IO);
    assert_non_null(strstr(leat_error_text(), path));
    assert_false(leat_stdout_sink_is_closed_pipe()); // that was no standard output
    leat_stdout_sink_ops.abort(sink);
    leat_stdout_sink_ops.close(sink);
    leat_error_clear();

    int saved;
    from = redirect(STDOUT_FILENO, &saved);
    close(from);
    sink = open_sink("-", &leat_file_ops_system, NULL);
    enum leat_sink_result result = put(sink, "x");
    leat_stdout_sink_ops.abort(sink);
    leat_stdout_sink_ops.close(sink);
    restore(STDOUT_FILENO, saved);
    assert_int_equal(result, LEAT_SINK_FAILED);
    assert_int_equal(leat_error_kind(), LEAT_ERROR_IO);
    assert_non_null(strstr(leat_error_text(), "standard output"));
    assert_true(leat_stdout_sink_is_closed_pipe());
    leat_error_clear();
    empty_directory(folder);
}

static void a_fault_at_any_call_is_an_error_and_nothing_leaks(void **state) {
    (void)state;
    bool finished = false;
    for (uint64_t n = 1; !finished; n++) {
        leat_fault_files_plan(&(struct leat_fault_plan){.calls = LEAT_FAULT_ANY, .fail_at = n, .error = EIO});
        void *sink = open_sink("/dev/null", &leat_fault_file_ops, NULL);
        int failed = sink && put(sink, "a") == LEAT_SINK_DONE && put(sink, "b") == LEAT_SINK_DONE ? 0 : -1;
        if (sink && failed)
            leat_stdout_sink_ops.abort(sink);
        else if (sink)
            failed = leat_stdout_sink_ops.commit(sink);
        if (sink)
            leat_stdout_sink_ops.close(sink);
        finished = !failed;
        assert_int_equal(leat_error_kind(), failed ? LEAT_ERROR_IO : LEAT_ERROR_NONE);
        assert_int_equal(finished, leat_fault_files_calls() < n);
        assert_int_equal(leat_fault_files_open_count(), 0);
        assert_int_equal(budget.used_bytes, 0);
        leat_error_clear();
    }
}

static void the_blackhole_takes_no_bytes(void **state) {
    (void)state;
    void *sink;
    env = (struct leat_sink_env){.budget = &budget};
    assert_true(leat_blackhole_sink_ops.discards);
    assert_int_equal(leat_blackhole_sink_ops.open(&env, &sink), 0);
    assert_int_equal(leat_blackhole_sink_ops.reserve(sink, 100), 0);
    assert_int_equal(leat_blackhole_sink_ops.write(sink, 0, "a", 1), LEAT_SINK_DONE);
    assert_int_equal(leat_blackhole_sink_ops.commit(sink), 0);
    leat_blackhole_sink_ops.abort(sink);
    leat_blackhole_sink_ops.close(sink);
    assert_int_equal(budget.peak_bytes > 0 ? budget.used_bytes : 0, 0);
}

int main(void) {
    signal(SIGPIPE, SIG_IGN); // as the program does
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(bytes_go_to_standard_output_in_order),
        cmocka_unit_test(the_option_standard_error_is_obeyed),
        cmocka_unit_test(a_fifo_gets_every_byte_and_is_closed),
        cmocka_unit_test(what_the_reader_does_not_take_yet_is_put_off),
        cmocka_unit_test(a_reader_that_has_gone_is_an_error_that_can_be_told),
        cmocka_unit_test(a_fault_at_any_call_is_an_error_and_nothing_leaks),
        cmocka_unit_test(the_blackhole_takes_no_bytes),
    };
    return cmocka_run_group_tests(tests, folder_make, folder_remove);
}
