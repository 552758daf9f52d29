// The generator of machine rows and `leat simulate`: the same bytes everywhere, bounds that hold, options that are checked.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "engine/base/error.h"
#include "engine/base/memory.h"
#include "engine/cli/cmd_simulate.h"
#include "engine/cli/simulate_machine.h"

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#define TEXT_BYTES (16u << 20)

static char *text;       // what the last run made
static size_t text_size; // its bytes

static struct leat_simulate_machine_options default_options(uint64_t rows) {
    struct leat_simulate_machine_options options;
    leat_simulate_machine_options_init(&options);
    options.rows = rows;
    return options;
}

// Makes all rows into `text`, in reads of `piece_bytes`.
static void simulate(const struct leat_simulate_machine_options *options, size_t piece_bytes) {
    struct leat_simulate_machine *machine;
    assert_int_equal(leat_simulate_machine_create(options, &machine), 0);
    text_size = 0;
    for (size_t bytes = 1; bytes > 0; text_size += bytes) {
        assert_true(text_size + piece_bytes <= TEXT_BYTES);
        assert_int_equal(leat_simulate_machine_read(machine, text + text_size, piece_bytes, &bytes), 0);
        assert_true(bytes <= piece_bytes);
    }
    leat_simulate_machine_destroy(machine);
}

// FNV-1a, 64 bits (Fowler, Noll, Vo).
static uint64_t hash_of(const char *bytes, size_t length) {
    uint64_t hash = UINT64_C(0xcbf29ce484222325);
    for (size_t i = 0; i < length; i++)
        hash = (hash ^ (unsigned char)bytes[i]) * UINT64_C(0x100000001b3);
    return hash;
}

// The next line from *at on, NULL at the end; *length is that of its bytes without the newline.
static const char *next_line(size_t *at, size_t *length) {
    if (*at == text_size)
        return NULL;
    const char *line = text + *at;
    const char *end = memchr(line, '\n', text_size - *at);
    assert_non_null(end);
    *length = (size_t)(end - line);
    *at += *length + 1;
    return line;
}

static int64_t time_of(const char *line, size_t length) {
    const char *member = memmem(line, length, "\"Timestamp\": ", 13);
    assert_non_null(member);
    return strtoll(member + 13, NULL, 10);
}

static size_t count_lines(void) {
    size_t at = 0, length, n = 0;
    while (next_line(&at, &length))
        n++;
    return n;
}

// The furthest that a row is behind the newest one before it.
static int64_t lag_max_ms(void) {
    size_t at = 0, length;
    int64_t newest_ms = 0, lag_ms = 0;
    for (const char *line; (line = next_line(&at, &length));) {
        int64_t ms = time_of(line, length);
        lag_ms = LEAT_MAX(lag_ms, newest_ms - ms);
        newest_ms = LEAT_MAX(newest_ms, ms);
    }
    return lag_ms;
}

static void the_same_options_make_the_bytes_pinned_here(void **state) {
    (void)state;
    struct leat_simulate_machine_options options = default_options(20000);
    simulate(&options, LEAT_SIMULATE_ROW_BYTES_MAX);
    assert_int_equal(hash_of(text, text_size), UINT64_C(0x69855f63240e6e79));
    options = (struct leat_simulate_machine_options){
        .rows = 20000, .things = 50, .components = 3, .seed = 77, .disorder = 2.5, .start_ms = INT64_C(1700000000000)};
    simulate(&options, LEAT_SIMULATE_ROW_BYTES_MAX);
    assert_int_equal(hash_of(text, text_size), UINT64_C(0x983a77a703ff06dd));
    options = default_options(20000);
    options.disorder = 0;
    simulate(&options, LEAT_SIMULATE_ROW_BYTES_MAX);
    assert_int_equal(hash_of(text, text_size), UINT64_C(0xea097e4b5d5f964f));
}

static void the_size_of_the_reads_does_not_matter(void **state) {
    (void)state;
    struct leat_simulate_machine_options options = default_options(5000);
    simulate(&options, LEAT_SIMULATE_ROW_BYTES_MAX);
    uint64_t hash = hash_of(text, text_size);
    for (size_t piece_bytes = LEAT_SIMULATE_ROW_BYTES_MAX + 1; piece_bytes < 200000; piece_bytes = piece_bytes * 3 / 2) {
        simulate(&options, piece_bytes);
        assert_int_equal(hash_of(text, text_size), hash);
    }
}

static void another_seed_makes_other_rows(void **state) {
    (void)state;
    struct leat_simulate_machine_options options = default_options(100);
    simulate(&options, 65536);
    uint64_t hash = hash_of(text, text_size);
    options.seed = 2;
    simulate(&options, 65536);
    assert_int_not_equal(hash_of(text, text_size), hash);
}

static void as_many_rows_come_as_asked_for(void **state) {
    (void)state;
    static const uint64_t rows[] = {0, 1, 2, 999};
    for (size_t i = 0; i < LEAT_ARRAY_LEN(rows); i++) {
        struct leat_simulate_machine_options options = default_options(rows[i]);
        simulate(&options, 65536);
        assert_int_equal(count_lines(), rows[i]);
    }
}

static void the_first_row_that_a_machine_makes_is_at_the_start(void **state) {
    (void)state;
    struct leat_simulate_machine_options options = default_options(1);
    options.disorder = 0;
    options.start_ms = 5000;
    simulate(&options, 65536);
    assert_in_range(time_of(text, text_size), 5000, 5020);
}

static void without_disorder_rows_are_in_order_of_time(void **state) {
    (void)state;
    struct leat_simulate_machine_options options = default_options(50000);
    options.disorder = 0;
    simulate(&options, 65536);
    assert_int_equal(lag_max_ms(), 0);
}

static void no_row_is_further_behind_than_promised(void **state) {
    (void)state;
    struct leat_simulate_machine_options options = default_options(50000);
    simulate(&options, 65536);
    assert_in_range(lag_max_ms(), LEAT_SIMULATE_LAG_MAX_MS / 10 * 9, LEAT_SIMULATE_LAG_MAX_MS);
    options.disorder = 0.1;
    simulate(&options, 65536);
    assert_in_range(lag_max_ms(), LEAT_SIMULATE_LAG_MAX_MS / 100 * 8, LEAT_SIMULATE_LAG_MAX_MS / 10 + 10000);
}

// The sum of the hashes of all lines that are older than `until_ms`.
static uint64_t hash_until(int64_t until_ms) {
    size_t at = 0, length;
    uint64_t sum = 0;
    for (const char *line; (line = next_line(&at, &length));) {
        if (time_of(line, length) < until_ms)
            sum += hash_of(line, length);
    }
    return sum;
}

static void disorder_changes_the_order_and_no_row(void **state) {
    (void)state;
    struct leat_simulate_machine_options options = default_options(40000);
    options.disorder = 0;
    simulate(&options, 65536);
    // Up to this time all rows are there however late they come.
    int64_t until_ms = options.start_ms;
    size_t at = 0, length;
    for (const char *line; (line = next_line(&at, &length));)
        until_ms = LEAT_MAX(until_ms, time_of(line, length));
    until_ms -= LEAT_SIMULATE_LAG_MAX_MS;
    uint64_t expected = hash_until(until_ms);
    options.disorder = 1;
    simulate(&options, 65536);
    assert_int_equal(hash_until(until_ms), expected);
    options.disorder = 0.01;
    simulate(&options, 65536);
    assert_int_equal(hash_until(until_ms), expected);
}

static void further_things_and_components_are_named_in_turn(void **state) {
    (void)state;
    struct leat_simulate_machine_options options = default_options(20000);
    simulate(&options, 65536);
    assert_null(memmem(text, text_size, "_C12\"", 5));
    assert_null(memmem(text, text_size, "\"M4\"", 4));
    options.things = 5;
    options.components = 89;
    simulate(&options, 65536);
    static const char *const expected[] = {"\"R0815\"", "\"H31415\"", "\"R27182\"", "\"M4\"", "\"M5\"", "_C11\"", "_C12\"", "_C99\""};
    for (size_t i = 0; i < LEAT_ARRAY_LEN(expected); i++)
        assert_non_null(memmem(text, text_size, expected[i], strlen(expected[i])));
    assert_null(memmem(text, text_size, "\"M6\"", 4));
}

static void assert_refused(struct leat_simulate_machine_options options) {
    struct leat_simulate_machine *machine;
    assert_int_equal(leat_simulate_machine_create(&options, &machine), -1);
    assert_null(machine);
    assert_int_equal(leat_error_kind(), LEAT_ERROR_USAGE);
    leat_error_clear();
}

static void options_out_of_their_range_are_refused(void **state) {
    (void)state;
    struct leat_simulate_machine_options options;
    options = default_options(LEAT_SIMULATE_ROWS_MAX + 1);
    assert_refused(options);
    options = default_options(1);
    options.things = 0;
    assert_refused(options);
    options.things = LEAT_SIMULATE_THINGS_MAX + 1;
    assert_refused(options);
    options.things = LEAT_SIMULATE_THINGS_MAX;
    options.components = 5;
    assert_refused(options);
    options.things = 1;
    options.components = 0;
    assert_refused(options);
    options.components = LEAT_SIMULATE_COMPONENTS_MAX + 1;
    assert_refused(options);
    options.components = 1;
    options.disorder = -0.1;
    assert_refused(options);
    options.disorder = LEAT_SIMULATE_DISORDER_MAX * 1.01;
    assert_refused(options);
    options.disorder = __builtin_nan("");
    assert_refused(options);
    options.disorder = 1;
    options.start_ms = -1;
    assert_refused(options);
    options.start_ms = LEAT_SIMULATE_START_MAX_MS + 1;
    assert_refused(options);
}

static void the_largest_options_work(void **state) {
    (void)state;
    struct leat_simulate_machine_options options = {.rows = 1000,
                                                    .things = LEAT_SIMULATE_THINGS_MAX,
                                                    .components = 4,
                                                    .seed = UINT64_MAX,
                                                    .disorder = LEAT_SIMULATE_DISORDER_MAX,
                                                    .start_ms = LEAT_SIMULATE_START_MAX_MS};
    simulate(&options, 65536);
    assert_int_equal(count_lines(), 1000);
}

static void without_memory_it_fails_cleanly(void **state) {
    (void)state;
    struct leat_simulate_machine_options options = default_options(20000);
    unsigned failures = 0;
    for (uint64_t nth = 1;; nth++) {
        struct leat_simulate_machine *machine = NULL;
        size_t bytes = 1;
        leat_memory_fail_at(nth);
        int result = leat_simulate_machine_create(&options, &machine);
        while (result == 0 && bytes > 0)
            result = leat_simulate_machine_read(machine, text, 65536, &bytes);
        leat_memory_fail_at(0);
        leat_simulate_machine_destroy(machine);
        if (result == 0)
            break;
        assert_int_equal(leat_error_kind(), LEAT_ERROR_INTERNAL);
        leat_error_clear();
        failures++;
    }
    assert_in_range(failures, 5, 30);
}

// ---- the command

// Runs the command with the words of `line` (each at most once separated by one space); returns its exit status.
static int command(const char *line) {
    static char words[512];
    char *argv[16] = {words};
    int argc = 1;
    assert_true(strlen(line) < sizeof(words));
    memcpy(words, line, strlen(line) + 1);
    for (char *at = words; (at = strchr(at, ' ')) != NULL; argc++) {
        *at++ = 0;
        argv[argc] = at;
    }
    return leat_cmd_simulate(argc, argv);
}

// Points descriptor `number` at `path` and returns a copy of what it was.
static int redirect(int number, const char *path) {
    fflush(NULL);
    int kept = dup(number), fd = open(path, O_WRONLY);
    assert_true(kept >= 0 && fd >= 0);
    assert_int_equal(dup2(fd, number), number);
    close(fd);
    return kept;
}

static void restore(int number, int kept) {
    fflush(NULL);
    assert_int_equal(dup2(kept, number), number);
    close(kept);
}

static void wrong_command_lines_are_refused_with_status_64(void **state) {
    (void)state;
    static const char *const lines[] = {
        "simulate",
        "simulate weather-of-yesterday",
        "simulate machine --bogus",
        "simulate machine -x",
        "simulate machine --help=1",
        "simulate machine --rows",
        "simulate machine --rows x",
        "simulate machine --rows=",
        "simulate machine --rows -1",
        "simulate machine --rows 1.5",
        "simulate machine --rows 1 --rows 1",
        "simulate machine --rows 1 -o - --output -",
        "simulate machine --rows 1 stray",
        "simulate machine --rows 1000000000001",
        "simulate machine --rows 99999999999999999999",
        "simulate machine --things 0",
        "simulate machine --components 90",
        "simulate machine --things 1000000 --components 5",
        "simulate machine --seed -1",
        "simulate machine --disorder some",
        "simulate machine --disorder -1",
        "simulate machine --disorder 1000.5",
        "simulate machine --start yesterday",
    };
    int kept = redirect(STDERR_FILENO, "/dev/null");
    int status[LEAT_ARRAY_LEN(lines)];
    for (size_t i = 0; i < LEAT_ARRAY_LEN(lines); i++)
        status[i] = command(lines[i]);
    restore(STDERR_FILENO, kept);
    for (size_t i = 0; i < LEAT_ARRAY_LEN(lines); i++) {
        if (status[i] != LEAT_ERROR_USAGE)
            fail_msg("%s: status %d", lines[i], status[i]);
    }
}

static void help_and_good_command_lines_end_with_status_0(void **state) {
    (void)state;
    static const char *const lines[] = {
        "simulate --help",
        "simulate -h",
        "simulate machine --help",
        "simulate machine -h",
        "simulate machine --rows 0",
        "simulate machine --rows=10 --things 5 --components 2 --seed 3 --disorder none --start 0 -o -",
        "simulate machine --rows 10 --disorder sample --output /dev/null",
        "simulate machine --rows 10 --disorder 0.25 -o/dev/null",
    };
    int kept = redirect(STDOUT_FILENO, "/dev/null");
    int status[LEAT_ARRAY_LEN(lines)];
    for (size_t i = 0; i < LEAT_ARRAY_LEN(lines); i++)
        status[i] = command(lines[i]);
    restore(STDOUT_FILENO, kept);
    for (size_t i = 0; i < LEAT_ARRAY_LEN(lines); i++) {
        if (status[i] != 0)
            fail_msg("%s: status %d", lines[i], status[i]);
    }
}

static void a_full_or_absent_place_is_an_error_of_status_74(void **state) {
    (void)state;
    int kept = redirect(STDERR_FILENO, "/dev/null");
    int full = command("simulate machine --rows 5000 -o /dev/full");
    int absent = command("simulate machine --rows 10 -o /dev/null/events.json");
    int folder = command("simulate machine --rows 10 -o .");
    restore(STDERR_FILENO, kept);
    assert_int_equal(full, LEAT_ERROR_IO);
    assert_int_equal(absent, LEAT_ERROR_IO);
    assert_int_equal(folder, LEAT_ERROR_IO);
    assert_int_equal(access("/dev/full", F_OK), 0);
}

// Runs the command in a process of its own with standard output in a pipe, of which *reader is the other end.
static pid_t start_command(const char *line, int *reader) {
    int pipe_fds[2];
    assert_int_equal(pipe(pipe_fds), 0);
    fflush(NULL);
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        dup2(pipe_fds[1], STDOUT_FILENO);
        close(pipe_fds[0]);
        close(pipe_fds[1]);
        _exit(command(line));
    }
    close(pipe_fds[1]);
    *reader = pipe_fds[0];
    return child;
}

static int exit_status(pid_t child) {
    int status;
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFEXITED(status));
    return WEXITSTATUS(status);
}

static void a_reader_that_goes_away_is_no_error(void **state) {
    (void)state;
    int reader;
    pid_t child = start_command("simulate machine --rows 1000000000000", &reader);
    assert_int_equal(read(reader, text, 1), 1);
    close(reader);
    assert_int_equal(exit_status(child), 0);
}

static void a_signal_ends_it_with_its_own_status(void **state) {
    (void)state;
    static const int signals[] = {SIGINT, SIGTERM};
    for (size_t i = 0; i < LEAT_ARRAY_LEN(signals); i++) {
        int reader;
        pid_t child = start_command("simulate machine --rows 1000000000000", &reader);
        assert_int_equal(read(reader, text, 1), 1); // it is at work by now
        assert_int_equal(kill(child, signals[i]), 0);
        while (read(reader, text, TEXT_BYTES) > 0) {
        }
        close(reader);
        assert_int_equal(exit_status(child), 128 + signals[i]);
    }
}

static int set_up(void **state) {
    (void)state;
    text = malloc(TEXT_BYTES);
    return text == NULL;
}

static int tear_down(void **state) {
    (void)state;
    free(text);
    return 0;
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_same_options_make_the_bytes_pinned_here),
        cmocka_unit_test(the_size_of_the_reads_does_not_matter),
        cmocka_unit_test(another_seed_makes_other_rows),
        cmocka_unit_test(as_many_rows_come_as_asked_for),
        cmocka_unit_test(the_first_row_that_a_machine_makes_is_at_the_start),
        cmocka_unit_test(without_disorder_rows_are_in_order_of_time),
        cmocka_unit_test(no_row_is_further_behind_than_promised),
        cmocka_unit_test(disorder_changes_the_order_and_no_row),
        cmocka_unit_test(further_things_and_components_are_named_in_turn),
        cmocka_unit_test(options_out_of_their_range_are_refused),
        cmocka_unit_test(the_largest_options_work),
        cmocka_unit_test(without_memory_it_fails_cleanly),
        cmocka_unit_test(wrong_command_lines_are_refused_with_status_64),
        cmocka_unit_test(help_and_good_command_lines_end_with_status_0),
        cmocka_unit_test(a_full_or_absent_place_is_an_error_of_status_74),
        cmocka_unit_test(a_reader_that_goes_away_is_no_error),
        cmocka_unit_test(a_signal_ends_it_with_its_own_status),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
