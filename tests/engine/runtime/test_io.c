// How workers wait: io_uring and epoll wake alike, and parking never loses a wake-up.
#include <setjmp.h>
#include <stdarg.h>

#include "engine/base/clock.h"
#include "engine/base/error.h"
#include "engine/runtime/io.h"
#include "engine/runtime/parking.h"
#include "tests/support/fault_files.h"
#include "tests/support/rows.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <unistd.h>

#include <cmocka.h>

#define SECOND_NS UINT64_C(1000000000)

// Long enough that only a wake ends the wait within the life of a test program.
#define FOR_EVER_NS (1000 * SECOND_NS)

static struct leat_io *open_io(enum leat_io_kind kind, struct leat_budget *budget) {
    struct leat_io *io = leat_io_create(kind, budget);
    if (!io && kind == LEAT_IO_URING) {
        print_message("io_uring is refused here: %s\n", leat_error_text());
        leat_error_clear();
        skip();
    }
    assert_non_null(io);
    return io;
}

static void close_io(struct leat_io *io, struct leat_budget *budget) {
    io->ops->destroy(io, budget);
    assert_int_equal(budget->used_bytes, 0);
}

static void *wake_it(void *argument) {
    struct leat_io *io = argument;
    io->ops->wake(io);
    return NULL;
}

static void *write_it(void *argument) {
    int fd = *(int *)argument;
    if (write(fd, "x", 1) != 1)
        abort();
    return NULL;
}

static void a_wake_ends_the_next_or_the_present_wait(enum leat_io_kind kind) {
    struct leat_budget budget = {.owner = "test"};
    struct leat_io *io = open_io(kind, &budget);
    io->ops->wake(io);
    io->ops->wake(io); // two of them are one
    io->ops->wait(io, FOR_EVER_NS);
    for (int i = 0; i < 200; i++) {
        pthread_t thread;
        assert_int_equal(pthread_create(&thread, NULL, wake_it, io), 0);
        io->ops->wait(io, FOR_EVER_NS);
        assert_int_equal(pthread_join(thread, NULL), 0);
    }
    io->ops->wait(io, 0); // does not sleep
    close_io(io, &budget);
}

static void a_readable_descriptor_ends_the_wait(enum leat_io_kind kind) {
    struct leat_budget budget = {.owner = "test"};
    struct leat_io *io = open_io(kind, &budget);
    int pipes[2];
    char byte;
    assert_int_equal(pipe(pipes), 0);
    for (int i = 0; i < 100; i++) {
        pthread_t thread;
        assert_int_equal(io->ops->watch(io, pipes[0]), 0);
        assert_int_equal(pthread_create(&thread, NULL, write_it, &pipes[1]), 0);
        io->ops->wait(io, FOR_EVER_NS);
        assert_int_equal(pthread_join(thread, NULL), 0);
        assert_int_equal(read(pipes[0], &byte, 1), 1);
    }
    assert_int_equal(write(pipes[1], "y", 1), 1); // readable before it is watched
    assert_int_equal(io->ops->watch(io, pipes[0]), 0);
    io->ops->wait(io, FOR_EVER_NS);
    assert_int_equal(read(pipes[0], &byte, 1), 1);
    // Watched again and again without ever being ready, as by a worker that a peer keeps waking.
    for (int i = 0; i < 2000; i++) {
        assert_int_equal(io->ops->watch(io, pipes[0]), 0);
        io->ops->wake(io);
        io->ops->wait(io, FOR_EVER_NS);
    }
    assert_int_equal(write(pipes[1], "z", 1), 1);
    io->ops->wait(io, FOR_EVER_NS);
    close(pipes[1]); // the end of a pipe is readable, too
    assert_int_equal(io->ops->watch(io, pipes[0]), 0);
    io->ops->wait(io, FOR_EVER_NS);
    close(pipes[0]);
    close_io(io, &budget);
}

static void a_descriptor_watched_many_times_ends_one_wait(enum leat_io_kind kind) {
    struct leat_budget budget = {.owner = "test"};
    struct leat_io *io = open_io(kind, &budget);
    int pipes[2];
    char byte;
    assert_int_equal(pipe(pipes), 0);
    for (int i = 0; i < 3000; i++) { // a worker that parks, and is woken by its peers, while an input rests
        assert_int_equal(io->ops->watch(io, pipes[0]), 0);
        io->ops->wait(io, 0);
    }
    assert_int_equal(write(pipes[1], "x", 1), 1);
    io->ops->wait(io, FOR_EVER_NS);
    assert_int_equal(read(pipes[0], &byte, 1), 1);
    uint64_t before = leat_clock_now_ns(&leat_clock_system);
    for (int i = 0; i < 10; i++)
        io->ops->wait(io, 10000000);
    assert_true(leat_clock_now_ns(&leat_clock_system) - before >= 50000000); // a signal may end some at once, but nothing is left over
    close(pipes[0]);
    close(pipes[1]);
    close_io(io, &budget);
}

static void descriptors_that_have_run_out_are_told(enum leat_io_kind kind) {
    struct leat_budget budget = {.owner = "test"};
    close_io(open_io(kind, &budget), &budget);
    struct rlimit before;
    assert_int_equal(getrlimit(RLIMIT_NOFILE, &before), 0);
    int next = dup(STDIN_FILENO);
    assert_true(next >= 0);
    close(next);
    for (rlim_t more = 0; more < 4; more++) {
        struct rlimit little = {(rlim_t)next + more, before.rlim_max};
        assert_int_equal(setrlimit(RLIMIT_NOFILE, &little), 0);
        struct leat_io *io = leat_io_create(kind, &budget);
        assert_int_equal(setrlimit(RLIMIT_NOFILE, &before), 0);
        if (io)
            close_io(io, &budget);
        else
            assert_int_not_equal(leat_error_kind(), LEAT_ERROR_NONE);
        assert_int_equal(budget.used_bytes, 0);
        leat_error_clear();
    }
    assert_int_equal(next, dup(STDIN_FILENO)); // no descriptor has been left open
    close(next);
}

static void a_wait_ends_after_its_time(enum leat_io_kind kind) {
    struct leat_budget budget = {.owner = "test"};
    struct leat_io *io = open_io(kind, &budget);
    uint64_t before = leat_clock_now_ns(&leat_clock_system);
    for (int i = 0; i < 20; i++)
        io->ops->wait(io, 1000000);
    assert_true(leat_clock_now_ns(&leat_clock_system) - before >= 15000000); // it slept; how long at most is not for a test to say
    for (int i = 0; i < 100; i++)
        io->ops->wait(io, 1); // less than any clock tick, and yet it ends
    close_io(io, &budget);
}

static void a_plain_file_is_always_readable(enum leat_io_kind kind) {
    struct leat_budget budget = {.owner = "test"};
    struct leat_io *io = open_io(kind, &budget);
    int file = open("/proc/self/exe", O_RDONLY | O_CLOEXEC);
    assert_true(file >= 0);
    int watched = io->ops->watch(io, file); // a file is always readable: the wait must end at once
    assert_int_equal(watched, 0);
    io->ops->wait(io, FOR_EVER_NS);
    close(file);
    close_io(io, &budget);
}

static void memory_that_fails_is_told(enum leat_io_kind kind) {
    struct leat_budget budget = {.owner = "test"};
    close_io(open_io(kind, &budget), &budget);
    leat_memory_fail_at(1);
    struct leat_io *io = leat_io_create(kind, &budget);
    leat_memory_fail_at(0);
    assert_null(io);
    assert_int_equal(leat_error_kind(), LEAT_ERROR_INTERNAL);
    assert_int_equal(budget.used_bytes, 0);
    leat_error_clear();
}

#define BOTH(name)                                                                                                                         \
    static void uring_##name(void **state) {                                                                                               \
        (void)state;                                                                                                                       \
        name(LEAT_IO_URING);                                                                                                               \
    }                                                                                                                                      \
    static void epoll_##name(void **state) {                                                                                               \
        (void)state;                                                                                                                       \
        name(LEAT_IO_EPOLL);                                                                                                               \
    }
BOTH(a_wake_ends_the_next_or_the_present_wait)
BOTH(a_readable_descriptor_ends_the_wait)
BOTH(a_wait_ends_after_its_time)
BOTH(a_descriptor_watched_many_times_ends_one_wait)
BOTH(descriptors_that_have_run_out_are_told)
BOTH(a_plain_file_is_always_readable)
BOTH(memory_that_fails_is_told)

static void one_of_the_two_always_works(void **state) {
    (void)state;
    struct leat_budget budget = {.owner = "test"};
    struct leat_io *io = leat_io_create(LEAT_IO_AUTO, &budget);
    assert_non_null(io);
    assert_true(strcmp(io->ops->name, "uring") == 0 || strcmp(io->ops->name, "epoll") == 0);
    assert_int_equal(leat_error_kind(), LEAT_ERROR_NONE);
    close_io(io, &budget);
}

// ---- Parking ----

// Two workers that hand one number back and forth; each parks when it has none.
struct player {
    struct leat_parking *mine, *other;
    _Atomic uint64_t *ball;
    uint64_t parity, rounds;
};

static void *play(void *argument) {
    struct player *player = argument;
    for (;;) {
        uint64_t ball = atomic_load_explicit(player->ball, memory_order_acquire);
        if (ball >= player->rounds)
            return NULL;
        if (ball % 2 == player->parity) {
            atomic_store_explicit(player->ball, ball + 1, memory_order_release);
            leat_parking_wake(player->other);
            continue;
        }
        leat_parking_announce(player->mine);
        if (atomic_load_explicit(player->ball, memory_order_acquire) == ball) // the last look
            player->mine->io->ops->wait(player->mine->io, FOR_EVER_NS);
        leat_parking_leave(player->mine);
    }
}

static void no_wake_up_is_lost(void **state) {
    (void)state;
    static struct leat_parking parking[2];
    struct leat_budget budget = {.owner = "test"};
    _Atomic uint64_t ball = 0;
    struct player players[2];
    pthread_t threads[2];
    uint64_t rounds = leat_test_is_long() ? 4000000 : 40000;
    for (uint32_t i = 0; i < 2; i++) {
        parking[i].io = leat_io_create(i ? LEAT_IO_EPOLL : LEAT_IO_AUTO, &budget);
        assert_non_null(parking[i].io);
        players[i] = (struct player){.mine = &parking[i], .other = &parking[1 - i], .ball = &ball, .parity = i, .rounds = rounds};
    }
    for (uint32_t i = 0; i < 2; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, play, &players[i]), 0);
    for (uint32_t i = 0; i < 2; i++)
        assert_int_equal(pthread_join(threads[i], NULL), 0);
    assert_int_equal(atomic_load(&ball), rounds);
    for (uint32_t i = 0; i < 2; i++)
        parking[i].io->ops->destroy(parking[i].io, &budget);
    assert_int_equal(budget.used_bytes, 0);
}

// ---- Files ----

static void everything_is_written_however_the_system_cuts_it(void **state) {
    (void)state;
    char path[4200], text[5000], back[5001];
    const char *base = getenv("TMPDIR");
    snprintf(path, sizeof(path), "%s/leat-test-XXXXXX", base ? base : P_tmpdir);
    int fd = mkstemp(path);
    assert_true(fd >= 0);
    for (size_t i = 0; i < sizeof(text); i++)
        text[i] = (char)(i * 31);
    for (uint64_t seed = 1; seed < 20; seed++) {
        leat_fault_files_plan(&(struct leat_fault_plan){.seed = seed});
        assert_int_equal(ftruncate(fd, 0), 0);
        assert_int_equal(leat_file_write_all(&leat_fault_file_ops, fd, text + 100, sizeof(text) - 100, 100), 0);
        assert_int_equal(lseek(fd, 0, SEEK_SET), 0);
        assert_int_equal(leat_file_write_all(&leat_fault_file_ops, fd, text, 100, -1), 0);
        assert_int_equal(pread(fd, back, sizeof(back), 0), sizeof(text));
        assert_memory_equal(back, text, sizeof(text));
    }
    leat_fault_files_plan(&(struct leat_fault_plan){.calls = LEAT_FAULT_PWRITE, .fail_at = 1, .error = ENOSPC});
    assert_int_equal(leat_file_write_all(&leat_fault_file_ops, fd, text, 10, 0), -1);
    assert_int_equal(errno, ENOSPC);
    leat_fault_files_plan(&(struct leat_fault_plan){0});
    close(fd);
    unlink(path);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(uring_a_wake_ends_the_next_or_the_present_wait),
        cmocka_unit_test(epoll_a_wake_ends_the_next_or_the_present_wait),
        cmocka_unit_test(uring_a_readable_descriptor_ends_the_wait),
        cmocka_unit_test(epoll_a_readable_descriptor_ends_the_wait),
        cmocka_unit_test(uring_a_descriptor_watched_many_times_ends_one_wait),
        cmocka_unit_test(epoll_a_descriptor_watched_many_times_ends_one_wait),
        cmocka_unit_test(uring_descriptors_that_have_run_out_are_told),
        cmocka_unit_test(epoll_descriptors_that_have_run_out_are_told),
        cmocka_unit_test(uring_a_wait_ends_after_its_time),
        cmocka_unit_test(epoll_a_wait_ends_after_its_time),
        cmocka_unit_test(uring_a_plain_file_is_always_readable),
        cmocka_unit_test(epoll_a_plain_file_is_always_readable),
        cmocka_unit_test(uring_memory_that_fails_is_told),
        cmocka_unit_test(epoll_memory_that_fails_is_told),
        cmocka_unit_test(one_of_the_two_always_works),
        cmocka_unit_test(no_wake_up_is_lost),
        cmocka_unit_test(everything_is_written_however_the_system_cuts_it),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
