// Regular files read in parallel: every line exactly once whatever the chunks, long lines, several threads, restarts, faults.
#include "tests/ingest/file/lines_reader.h"

static const char *const files[] = {
    "",
    "\n",
    "a",
    "a\n",
    "\r\n",
    "\n\n\n",
    "one\ntwo\nthree\n",
    "one\ntwo\nthree",
    "one\r\ntwo\r\n\r\n  \r\nthree\r\n",
    "\n\n{\"a\":1}\n\n\n{\"b\":2}\n\n",
    "a line that is longer than several chunks are\nshort\n\nanother line that is longer than several chunks are",
    "12345678\n1234567\n123456789\n\n12345678\n",
    "x\ny\nz\nthe last one is quite long and has no line end at all, so that chunks lie within it",
};

static void every_chunk_size_gives_every_line_once(void **state) {
    (void)state;
    for (size_t f = 0; f < LEAT_ARRAY_LEN(files); f++) {
        size_t length = strlen(files[f]);
        input_is(files[f], length);
        for (size_t chunk_bytes = 1; chunk_bytes <= length + 2; chunk_bytes++) {
            struct lines_reader reader;
            assert_int_equal(reader_open(&reader, (struct leat_source_env){.chunk_bytes = chunk_bytes}), 0);
            assert_true(reader_finish(&reader));
            assert_int_equal(reader.last, (length + chunk_bytes - 1) / chunk_bytes);
            assert_whole(&reader, files[f], length);
            reader_close(&reader);
        }
    }
}

static void a_chunk_owns_the_lines_whose_first_byte_lies_in_it(void **state) {
    (void)state;
    for (size_t f = 0; f < LEAT_ARRAY_LEN(files); f++) {
        size_t length = strlen(files[f]);
        input_is(files[f], length);
        for (size_t chunk_bytes = 1; chunk_bytes <= length + 2; chunk_bytes++) {
            struct lines_reader reader;
            assert_int_equal(reader_open(&reader, (struct leat_source_env){.chunk_bytes = chunk_bytes}), 0);
            assert_true(reader_finish(&reader));
            for (uint64_t i = 0; i < reader.last; i++) {
                const struct kept_chunk *chunk = &reader.chunks[i];
                assert_int_equal(chunk->end_offset, LEAT_MIN((i + 1) * chunk_bytes, length));
                for (size_t at = 0; at < chunk->length; at++)
                    if (at == 0 || chunk->text[at - 1] == '\n')
                        assert_in_range(chunk->offset + at, i * chunk_bytes, chunk->end_offset - 1);
            }
            reader_close(&reader);
        }
    }
}

static void going_on_at_any_border_gives_the_rest(void **state) {
    (void)state;
    char text[256];
    for (size_t f = 0; f < LEAT_ARRAY_LEN(files); f++) {
        size_t length = strlen(files[f]);
        input_is(files[f], length);
        for (size_t chunk_bytes = 1; chunk_bytes <= length + 2; chunk_bytes++) {
            struct lines_reader first;
            assert_int_equal(reader_open(&first, (struct leat_source_env){.chunk_bytes = chunk_bytes}), 0);
            assert_true(reader_finish(&first));
            for (uint64_t i = 0; i < first.last; i++) {
                // As a stream, too: the limit makes it one.
                for (uint64_t limit = 0; limit <= 1000; limit += 1000) {
                    struct lines_reader second;
                    struct leat_source_env env = {
                        .chunk_bytes = 1 + chunk_bytes % 7, .start_offset = first.chunks[i].end_offset, .limit = limit};
                    assert_int_equal(reader_open(&second, env), 0);
                    assert_true(reader_finish(&second));
                    size_t at = reader_text(&first, 0, i + 1, text);
                    at += reader_text(&second, 0, second.last, text + at);
                    assert_int_equal(at, length);
                    assert_memory_equal(text, files[f], length);
                    reader_close(&second);
                }
            }
            reader_close(&first);
        }
    }
}

static void a_line_may_end_anywhere_behind_what_is_read_at_once(void **state) {
    (void)state;
    static char bytes[1 << 16];
    for (size_t step = 4000; step <= 32000; step *= 2)
        for (size_t length = step; length < step + 400; length++) {
            memset(bytes, 'x', length + 2);
            memcpy(bytes, "a\n", 2);
            memcpy(bytes + 2 + length, "\nb\n", 3);
            input_is(bytes, length + 5);
            struct lines_reader reader;
            assert_int_equal(reader_open(&reader, (struct leat_source_env){.chunk_bytes = 150}), 0);
            assert_true(reader_finish(&reader));
            assert_whole(&reader, bytes, length + 5);
            reader_close(&reader);
        }
}

// ---- Lines that are too long -----------------------------------------------------------------------------------------

// A file of three short lines around and between two lines of the given lengths. Returns its length.
static size_t make_long(char *bytes, size_t first, size_t second, bool ends) {
    size_t at = 0;
    for (int i = 0; i < 2; i++) {
        memcpy(bytes + at, "short\n", 6);
        size_t length = i == 0 ? first : second;
        memset(bytes + at + 6, 'x', length);
        at += 6 + length;
        if (i == 0 || ends)
            bytes[at++] = '\n';
    }
    if (ends) {
        memcpy(bytes + at, "end\n", 4);
        at += 4;
    }
    return at;
}

// Reads the file and expects its lines but for those that are too long, which must be told of.
static void long_lines_are_told_of(const char *bytes, size_t length, size_t first, size_t second, struct leat_source_env env) {
    struct lines_reader reader;
    assert_int_equal(reader_open(&reader, env), 0);
    assert_true(reader_finish(&reader));
    bool is_long[2] = {first > LEAT_RECORD_BYTES_MAX, second > LEAT_RECORD_BYTES_MAX};
    uint64_t at[2] = {6, 6 + first + 1 + 6}, told = 0, from = 0, expected_told = 0;
    size_t expected = length - (is_long[0] ? first + 1 : 0) - (is_long[1] ? LEAT_MIN(second + 1, length - at[1]) : 0), have = 0;
    for (int i = 0; i < 2; i++)
        expected_told |= is_long[i] ? UINT64_C(1) << i : 0;
    for (uint64_t i = 0; i < reader.last; i++) {
        const struct kept_chunk *chunk = &reader.chunks[i];
        if (chunk->length) {
            assert_true(chunk->offset >= from);
            assert_memory_equal(chunk->text, bytes + chunk->offset, chunk->length);
            have += chunk->length;
            from = chunk->offset + chunk->length;
        }
        if (chunk->too_long_at != UINT64_MAX) {
            assert_true(chunk->too_long_at >= from);
            told |= chunk->too_long_at == at[0] ? 1 : chunk->too_long_at == at[1] ? 2 : 4;
        }
    }
    assert_int_equal(told, expected_told);
    assert_int_equal(have, expected);
    reader_close(&reader);
}

static void a_line_that_is_too_long_is_left_out_and_told_of(void **state) {
    (void)state;
    const size_t most = LEAT_RECORD_BYTES_MAX;
    const size_t lengths[][2] = {{most, most + 1}, {most + 1, 10}, {most + (4 << 20), most}, {3, most + 1}};
    const size_t chunk_bytes[] = {65536, (1 << 20) + 1, most, LEAT_CHUNK_BYTES_MAX};
    char *bytes = malloc(2 * most + (8 << 20));
    for (size_t i = 0; i < LEAT_ARRAY_LEN(lengths); i++)
        for (int ends = 0; ends < 2; ends++) {
            size_t length = make_long(bytes, lengths[i][0], lengths[i][1], ends);
            input_is(bytes, length);
            for (size_t c = 0; c < LEAT_ARRAY_LEN(chunk_bytes); c += ends ? 1 : 2) {
                struct leat_source_env env = {.chunk_bytes = chunk_bytes[c]};
                long_lines_are_told_of(bytes, length, lengths[i][0], lengths[i][1], env);
                env.limit = 1000; // as a stream
                long_lines_are_told_of(bytes, length, lengths[i][0], lengths[i][1], env);
            }
        }
    free(bytes);
}

// ---- Several workers -------------------------------------------------------------------------------------------------

static pthread_mutex_t keeping = PTHREAD_MUTEX_INITIALIZER;
static pthread_barrier_t start;

static void *claim_all(void *argument) {
    struct lines_reader *reader = argument;
    struct lines_worker worker;
    worker_open(&worker, 3);
    pthread_barrier_wait(&start);
    for (enum leat_claim claim = LEAT_CLAIM_NONE; claim != LEAT_CLAIM_ENDED;) {
        struct leat_chunk chunk = {0};
        claim = leat_file_source_ops.claim(reader->source, &worker.buffers, &chunk);
        pthread_mutex_lock(&keeping);
        if (claim == LEAT_CLAIM_CHUNK) {
            reader_keep(reader, &chunk);
        } else if (claim == LEAT_CLAIM_LAST) {
            assert_int_equal(reader->last, UINT64_MAX);
            reader->last = chunk.number;
        } else {
            assert_int_equal(claim, LEAT_CLAIM_ENDED);
        }
        pthread_mutex_unlock(&keeping);
    }
    worker_close(&worker);
    return NULL;
}

static void read_with_threads(struct leat_source_env env, const char *bytes, size_t length) {
    struct lines_reader reader;
    pthread_t threads[4];
    assert_int_equal(reader_open(&reader, env), 0);
    pthread_barrier_init(&start, NULL, 4);
    for (int i = 0; i < 4; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, claim_all, &reader), 0);
    for (int i = 0; i < 4; i++)
        pthread_join(threads[i], NULL);
    pthread_barrier_destroy(&start);
    assert_whole(&reader, bytes, length);
    reader_close(&reader);
}

static void one_of_several_threads_draws_the_number_behind_the_last_chunk(void **state) {
    (void)state;
    input_is("a\n", 2);
    for (int round = 0; round < 300; round++)
        read_with_threads((struct leat_source_env){.chunk_bytes = 1000}, "a\n", 2);
}

static void several_threads_draw_every_chunk_once(void **state) {
    (void)state;
    size_t length = 0;
    char *bytes = malloc(1 << 20);
    for (uint32_t i = 0; length < (1 << 20) - 200; i++)
        length +=
            (size_t)snprintf(bytes + length, 200, "%u%.*s\n", i, (int)(i * 7919 % 97),
                             "........................................................................................................");
    input_is(bytes, length);
    for (size_t chunk_bytes = 100; chunk_bytes <= 100000; chunk_bytes *= 10)
        read_with_threads((struct leat_source_env){.chunk_bytes = chunk_bytes}, bytes, length);
    free(bytes);
}

static void a_worker_without_buffers_loses_no_number(void **state) {
    (void)state;
    input_is("a\nb\nc\nd\n", 8);
    struct lines_reader reader;
    struct lines_worker worker;
    assert_int_equal(reader_open(&reader, (struct leat_source_env){.chunk_bytes = 2}), 0);
    worker_open(&worker, 1);
    for (int i = 0; i < 4; i++) {
        struct leat_chunk held = {0}, none = {0};
        assert_int_equal(leat_file_source_ops.claim(reader.source, &worker.buffers, &held), LEAT_CLAIM_CHUNK);
        assert_int_equal(leat_file_source_ops.claim(reader.source, &worker.buffers, &none), LEAT_CLAIM_FULL);
        assert_int_equal(leat_error_kind(), LEAT_ERROR_NONE);
        assert_int_equal(held.number, i);
        reader_keep(&reader, &held);
    }
    assert_int_equal(reader_claim(&reader, &worker), LEAT_CLAIM_LAST);
    assert_int_equal(reader_claim(&reader, &worker), LEAT_CLAIM_ENDED);
    worker_close(&worker);
    assert_whole(&reader, "a\nb\nc\nd\n", 8);
    reader_close(&reader);
}

// ---- Errors ----------------------------------------------------------------------------------------------------------

static void open_fails(struct leat_source_env env, enum leat_error_kind kind, const char *says) {
    struct lines_reader reader;
    assert_int_equal(reader_open(&reader, env), -1);
    assert_int_equal(leat_error_kind(), kind);
    assert_non_null(strstr(leat_error_text(), says));
    assert_int_equal(reader.budget.used_bytes, 0);
    leat_error_clear();
}

static void what_cannot_be_opened_says_why(void **state) {
    (void)state;
    open_fails((struct leat_source_env){.path = "no/such/file"}, LEAT_ERROR_NO_INPUT, "no/such/file: No such file");
    open_fails((struct leat_source_env){.path = folder}, LEAT_ERROR_NO_INPUT, "Is a directory");
    input_is("a\n", 2);
    leat_fault_files_plan(&(struct leat_fault_plan){.calls = LEAT_FAULT_OPEN, .fail_at = 1, .error = EACCES});
    open_fails((struct leat_source_env){.files = &leat_fault_file_ops}, LEAT_ERROR_PERMISSION, "Permission denied");
    leat_fault_files_plan(&(struct leat_fault_plan){.calls = LEAT_FAULT_OPEN, .fail_at = 1, .error = EMFILE});
    open_fails((struct leat_source_env){.files = &leat_fault_file_ops}, LEAT_ERROR_IO, input_path);
    open_fails((struct leat_source_env){.start_offset = 3}, LEAT_ERROR_IO, "byte 3");
}

static void a_file_that_shrinks_is_an_error_with_its_offset(void **state) {
    (void)state;
    for (uint64_t limit = 0; limit <= 10; limit += 10) { // in chunks, and as a stream
        struct lines_reader reader;
        input_is("aaaaaaa\nbbbbbbb\n", 16);
        assert_int_equal(reader_open(&reader, (struct leat_source_env){.chunk_bytes = 8, .limit = limit}), 0);
        assert_int_equal(leat_file_source_ops.size_bytes(reader.source), 16);
        assert_int_equal(truncate(input_path, 11), 0);
        assert_false(reader_finish(&reader));
        assert_int_equal(leat_error_kind(), LEAT_ERROR_IO);
        assert_non_null(strstr(leat_error_text(), input_path));
        assert_non_null(strstr(leat_error_text(), "byte 11 of 16"));
        leat_error_clear();
        reader_close(&reader);
    }
}

static void a_fault_at_any_read_is_an_error_and_nothing_leaks(void **state) {
    (void)state;
    static const char text[] = "one\ntwo\nthree is longer\nfour\n\nfive";
    input_is(text, sizeof text - 1);
    for (uint64_t limit = 0; limit <= 10; limit += 10) {
        bool finished = false;
        for (uint64_t n = 1; !finished; n++) {
            struct lines_reader reader;
            leat_fault_files_plan(&(struct leat_fault_plan){.calls = LEAT_FAULT_PREAD, .fail_at = n, .error = EIO});
            struct leat_source_env env = {.files = &leat_fault_file_ops, .chunk_bytes = 5, .limit = limit};
            assert_int_equal(reader_open(&reader, env), 0);
            finished = reader_finish(&reader);
            assert_int_equal(finished, leat_fault_files_calls() < n);
            if (!finished) {
                assert_int_equal(leat_error_kind(), LEAT_ERROR_IO);
                assert_non_null(strstr(leat_error_text(), input_path));
                assert_non_null(strstr(leat_error_text(), "Input/output error"));
                leat_error_clear();
            }
            reader_close(&reader);
            assert_int_equal(leat_fault_files_open_count(), 0);
        }
    }
}

static void a_fault_at_any_allocation_is_an_error_and_nothing_leaks(void **state) {
    (void)state;
    char text[10000];
    memset(text, 'x', sizeof text); // makes a buffer grow
    text[9000] = '\n';
    input_is(text, sizeof text);
    for (uint64_t limit = 0; limit <= 10; limit += 10) {
        bool finished = false;
        for (uint64_t n = 1; !finished; n++) {
            struct lines_reader reader;
            leat_fault_files_plan(&(struct leat_fault_plan){.calls = 0});
            leat_memory_fail_at(n);
            if (reader_open(&reader, (struct leat_source_env){.files = &leat_fault_file_ops, .chunk_bytes = 5, .limit = limit})) {
                assert_int_equal(reader.budget.used_bytes, 0);
            } else {
                finished = reader_finish(&reader);
                reader_close(&reader);
            }
            leat_memory_fail_at(0);
            assert_int_equal(leat_error_kind(), finished ? LEAT_ERROR_NONE : LEAT_ERROR_INTERNAL);
            leat_error_clear();
            assert_int_equal(leat_fault_files_open_count(), 0);
        }
    }
}

static void reads_that_are_short_or_interrupted_change_nothing(void **state) {
    (void)state;
    const char *given = getenv("LEAT_SEED");
    uint64_t seed = given ? strtoull(given, NULL, 0) : 20240117;
    print_message("LEAT_SEED=%llu\n", (unsigned long long)seed);
    for (size_t f = 0; f < LEAT_ARRAY_LEN(files); f++) {
        input_is(files[f], strlen(files[f]));
        for (size_t chunk_bytes = 1; chunk_bytes <= 32; chunk_bytes++)
            for (uint64_t limit = 0; limit <= 1000; limit += 1000) {
                struct lines_reader reader;
                leat_fault_files_plan(&(struct leat_fault_plan){.seed = seed++});
                struct leat_source_env env = {.files = &leat_fault_file_ops, .chunk_bytes = chunk_bytes, .limit = limit};
                assert_int_equal(reader_open(&reader, env), 0);
                assert_true(reader_finish(&reader));
                assert_whole(&reader, files[f], strlen(files[f]));
                reader_close(&reader);
            }
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_chunk_size_gives_every_line_once),
        cmocka_unit_test(a_chunk_owns_the_lines_whose_first_byte_lies_in_it),
        cmocka_unit_test(going_on_at_any_border_gives_the_rest),
        cmocka_unit_test(a_line_may_end_anywhere_behind_what_is_read_at_once),
        cmocka_unit_test(a_line_that_is_too_long_is_left_out_and_told_of),
        cmocka_unit_test(one_of_several_threads_draws_the_number_behind_the_last_chunk),
        cmocka_unit_test(several_threads_draw_every_chunk_once),
        cmocka_unit_test(a_worker_without_buffers_loses_no_number),
        cmocka_unit_test(what_cannot_be_opened_says_why),
        cmocka_unit_test(a_file_that_shrinks_is_an_error_with_its_offset),
        cmocka_unit_test(a_fault_at_any_read_is_an_error_and_nothing_leaks),
        cmocka_unit_test(a_fault_at_any_allocation_is_an_error_and_nothing_leaks),
        cmocka_unit_test(reads_that_are_short_or_interrupted_change_nothing),
    };
    return cmocka_run_group_tests(tests, folder_make, folder_remove);
}
