// Streams: standard input and FIFOs as they come, several workers at one stream, limits, rates.
#include "tests/ingest/file/lines_reader.h"

#include <poll.h>

static int pipe_end; // where the test writes

// Standard input becomes a pipe.
static void stdin_is_a_pipe(void) {
    int ends[2];
    assert_int_equal(pipe(ends), 0);
    assert_int_equal(dup2(ends[0], STDIN_FILENO), STDIN_FILENO);
    close(ends[0]);
    pipe_end = ends[1];
}

static void send_bytes(const char *bytes, size_t length) {
    assert_int_equal(leat_file_write_all(&leat_file_ops_system, pipe_end, bytes, length, -1), 0);
}

static void send_text(const char *text) {
    send_bytes(text, strlen(text));
}

static int open_stdin(struct lines_reader *reader, struct leat_source_env env) {
    env.path = "-";
    env.chunk_bytes = env.chunk_bytes ? env.chunk_bytes : 65536;
    return reader_open(reader, env);
}

static void last_chunk_is(const struct lines_reader *reader, uint64_t number, const char *text) {
    assert_true(number < reader->capacity && reader->chunks[number].taken);
    assert_int_equal(reader->chunks[number].length, strlen(text));
    assert_memory_equal(reader->chunks[number].text, text, strlen(text));
}

static void lines_are_handed_on_as_they_come(void **state) {
    (void)state;
    struct lines_reader reader;
    struct lines_worker worker;
    stdin_is_a_pipe();
    assert_int_equal(open_stdin(&reader, (struct leat_source_env){0}), 0);
    worker_open(&worker, 1);
    assert_int_equal(reader_claim(&reader, &worker), LEAT_CLAIM_NONE);
    assert_int_equal(leat_file_source_ops.wait_fd(reader.source), STDIN_FILENO);
    assert_int_equal(leat_file_source_ops.wait_ns(reader.source), UINT64_MAX);
    assert_int_equal(leat_file_source_ops.size_bytes(reader.source), 0);
    send_text("a\nb");
    assert_int_equal(reader_claim(&reader, &worker), LEAT_CLAIM_CHUNK);
    last_chunk_is(&reader, 0, "a\n");
    assert_int_equal(reader_claim(&reader, &worker), LEAT_CLAIM_NONE);
    send_text("b");
    assert_int_equal(reader_claim(&reader, &worker), LEAT_CLAIM_NONE);
    send_text("\nc\n\nd");
    assert_int_equal(reader_claim(&reader, &worker), LEAT_CLAIM_CHUNK);
    last_chunk_is(&reader, 1, "bb\nc\n\n");
    close(pipe_end);
    assert_int_equal(reader_claim(&reader, &worker), LEAT_CLAIM_CHUNK);
    last_chunk_is(&reader, 2, "d");
    assert_int_equal(reader_claim(&reader, &worker), LEAT_CLAIM_LAST);
    assert_int_equal(reader.last, 3);
    assert_int_equal(reader_claim(&reader, &worker), LEAT_CLAIM_ENDED);
    worker_close(&worker);
    assert_whole(&reader, "a\nbb\nc\n\nd", 9);
    reader_close(&reader);
}

static void a_stream_without_bytes_ends_at_number_0(void **state) {
    (void)state;
    struct lines_reader reader;
    stdin_is_a_pipe();
    close(pipe_end);
    assert_int_equal(open_stdin(&reader, (struct leat_source_env){0}), 0);
    assert_true(reader_finish(&reader));
    assert_int_equal(reader.last, 0);
    reader_close(&reader);
}

static void a_stream_that_comes_byte_by_byte_is_whole(void **state) {
    (void)state;
    static const char text[] = "one\r\n\n\ntwo\nthree is longer than a chunk\n  \nfour";
    for (size_t piece = 1; piece < sizeof text; piece++) {
        struct lines_reader reader;
        struct lines_worker worker;
        stdin_is_a_pipe();
        assert_int_equal(open_stdin(&reader, (struct leat_source_env){.chunk_bytes = 1 + piece % 11}), 0);
        worker_open(&worker, 1);
        for (size_t at = 0; at < sizeof text - 1; at += piece) {
            send_bytes(text + at, LEAT_MIN(piece, sizeof text - 1 - at));
            enum leat_claim claim = reader_claim(&reader, &worker);
            assert_true(claim == LEAT_CLAIM_CHUNK || claim == LEAT_CLAIM_NONE);
        }
        close(pipe_end);
        worker_close(&worker);
        assert_true(reader_finish(&reader));
        assert_whole(&reader, text, sizeof text - 1);
        reader_close(&reader);
    }
}

static void a_fifo_is_opened_before_its_writer_and_ends_with_it(void **state) {
    (void)state;
    struct lines_reader reader;
    struct lines_worker worker;
    unlink(input_path);
    assert_int_equal(mkfifo(input_path, 0600), 0);
    assert_int_equal(reader_open(&reader, (struct leat_source_env){.chunk_bytes = 4096}), 0);
    worker_open(&worker, 1);
    assert_int_equal(reader_claim(&reader, &worker), LEAT_CLAIM_NONE);
    assert_true(leat_file_source_ops.wait_fd(reader.source) > STDERR_FILENO);
    pipe_end = open(input_path, O_WRONLY);
    assert_int_equal(reader_claim(&reader, &worker), LEAT_CLAIM_NONE);
    send_text("x\ny\n");
    assert_int_equal(reader_claim(&reader, &worker), LEAT_CLAIM_CHUNK);
    close(pipe_end);
    assert_int_equal(reader_claim(&reader, &worker), LEAT_CLAIM_LAST);
    worker_close(&worker);
    assert_whole(&reader, "x\ny\n", 4);
    reader_close(&reader);
    unlink(input_path);
}

static void a_stream_cannot_be_gone_on_with(void **state) {
    (void)state;
    struct lines_reader reader;
    stdin_is_a_pipe();
    assert_int_equal(open_stdin(&reader, (struct leat_source_env){.start_offset = 5}), -1);
    assert_int_equal(leat_error_kind(), LEAT_ERROR_IO);
    assert_non_null(strstr(leat_error_text(), "standard input"));
    leat_error_clear();
    close(pipe_end);
}

static void a_fault_at_any_read_of_a_stream_is_an_error(void **state) {
    (void)state;
    bool finished = false;
    for (uint64_t n = 1; !finished; n++) {
        struct lines_reader reader;
        stdin_is_a_pipe();
        send_text("one\ntwo\nthree\nfour");
        close(pipe_end);
        leat_fault_files_plan(&(struct leat_fault_plan){.calls = LEAT_FAULT_READ, .fail_at = n, .error = EIO});
        assert_int_equal(open_stdin(&reader, (struct leat_source_env){.files = &leat_fault_file_ops, .chunk_bytes = 5}), 0);
        finished = reader_finish(&reader);
        assert_int_equal(finished, leat_fault_files_calls() < n);
        if (!finished)
            assert_non_null(strstr(leat_error_text(), "cannot read standard input at byte"));
        leat_error_clear();
        reader_close(&reader);
    }
}

static void bytes_without_a_line_end_take_bounded_memory(void **state) {
    (void)state;
    struct lines_reader reader;
    assert_int_equal(reader_open(&reader, (struct leat_source_env){.path = "/dev/zero", .chunk_bytes = 1 << 20}), 0);
    struct lines_worker worker;
    worker_open(&worker, 1);
    uint64_t told = 0;
    for (int i = 0; i < 100; i++) // six times as much as a record may have
        told += reader_claim(&reader, &worker) == LEAT_CLAIM_CHUNK;
    assert_int_equal(told, 1);
    assert_int_equal(reader.chunks[0].too_long_at, 0);
    assert_int_equal(reader.chunks[0].length, 0);
    assert_true(worker.budget.peak_bytes < (size_t)LEAT_RECORD_BYTES_MAX);
    worker_close(&worker);
    reader_close(&reader);
}

// ---- Several workers -------------------------------------------------------------------------------------------------

static pthread_mutex_t keeping = PTHREAD_MUTEX_INITIALIZER;

static void *claim_all(void *argument) {
    struct lines_reader *reader = argument;
    struct lines_worker worker;
    worker_open(&worker, 3);
    for (enum leat_claim claim = LEAT_CLAIM_NONE; claim != LEAT_CLAIM_ENDED;) {
        struct leat_chunk chunk = {0};
        claim = leat_file_source_ops.claim(reader->source, &worker.buffers, &chunk);
        pthread_mutex_lock(&keeping);
        if (claim == LEAT_CLAIM_CHUNK)
            reader_keep(reader, &chunk);
        else if (claim == LEAT_CLAIM_LAST)
            reader->last = chunk.number;
        pthread_mutex_unlock(&keeping);
        if (claim == LEAT_CLAIM_NONE) { // as a worker parks
            uint64_t wait_ns = leat_file_source_ops.wait_ns(reader->source);
            struct pollfd asked = {.fd = leat_file_source_ops.wait_fd(reader->source), .events = POLLIN};
            poll(&asked, 1, wait_ns ? 500 : 0);
        }
    }
    worker_close(&worker);
    return NULL;
}

struct sending {
    const char *bytes;
    size_t length;
};

static void *send_all(void *argument) {
    const struct sending *sending = argument;
    for (size_t at = 0, piece = 1; at < sending->length; at += piece, piece = piece * 31 % 4093 + 1)
        send_bytes(sending->bytes + at, LEAT_MIN(piece, sending->length - at));
    close(pipe_end);
    return NULL;
}

static void several_threads_share_a_stream(void **state) {
    (void)state;
    size_t length = 0;
    char *bytes = malloc(1 << 20);
    for (uint32_t i = 0; length < (1 << 20) - 200; i++)
        length +=
            (size_t)snprintf(bytes + length, 200, "%u%.*s\n", i, (int)(i * 7919 % 97),
                             "........................................................................................................");
    struct lines_reader reader;
    pthread_t threads[4], sender;
    struct sending sending = {bytes, length};
    stdin_is_a_pipe();
    assert_int_equal(open_stdin(&reader, (struct leat_source_env){.chunk_bytes = 5000}), 0);
    assert_int_equal(pthread_create(&sender, NULL, send_all, &sending), 0);
    for (int i = 0; i < 4; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, claim_all, &reader), 0);
    for (int i = 0; i < 4; i++)
        pthread_join(threads[i], NULL);
    pthread_join(sender, NULL);
    assert_whole(&reader, bytes, length);
    reader_close(&reader);
    free(bytes);
}

static void a_worker_without_buffers_loses_no_lines(void **state) {
    (void)state;
    struct lines_reader reader;
    struct lines_worker full, other;
    struct leat_chunk held = {0};
    stdin_is_a_pipe();
    assert_int_equal(open_stdin(&reader, (struct leat_source_env){.limit = 2}), 0);
    worker_open(&full, 1);
    worker_open(&other, 1);
    send_text("a\n");
    assert_int_equal(leat_file_source_ops.claim(reader.source, &full.buffers, &held), LEAT_CLAIM_CHUNK);
    send_text("b\nc\n");
    assert_int_equal(reader_claim(&reader, &full), LEAT_CLAIM_FULL);
    assert_int_equal(reader_claim(&reader, &other), LEAT_CLAIM_CHUNK);
    last_chunk_is(&reader, 1, "b\n");
    reader_keep(&reader, &held);
    assert_int_equal(reader_claim(&reader, &full), LEAT_CLAIM_LAST);
    assert_int_equal(reader_claim(&reader, &other), LEAT_CLAIM_ENDED);
    worker_close(&full);
    worker_close(&other);
    assert_whole(&reader, "a\nb\n", 4);
    reader_close(&reader);
    close(pipe_end);
}

// ---- Limits ----------------------------------------------------------------------------------------------------------

static void a_limit_counts_records_and_not_blank_lines(void **state) {
    (void)state;
    static const char text[] = "\n1\n\n \t\r\n2\r\n3\n\n\n4 is longer\n5";
    static const size_t ends[] = {0, 3, 11, 13, 27, sizeof text - 1, sizeof text - 1};
    input_is(text, sizeof text - 1);
    for (uint64_t limit = 1; limit <= 6; limit++)
        for (size_t chunk_bytes = 1; chunk_bytes < 40; chunk_bytes++) {
            struct lines_reader reader;
            assert_int_equal(reader_open(&reader, (struct leat_source_env){.chunk_bytes = chunk_bytes, .limit = limit}), 0);
            assert_true(reader_finish(&reader));
            assert_whole(&reader, text, ends[limit]);
            reader_close(&reader);
        }
}

static void a_limit_ends_a_stream_that_goes_on(void **state) {
    (void)state;
    struct lines_reader reader;
    stdin_is_a_pipe();
    send_text("1\n2\n3\n");
    assert_int_equal(open_stdin(&reader, (struct leat_source_env){.limit = 2}), 0);
    assert_true(reader_finish(&reader)); // would never return if it waited for the end of the pipe
    assert_whole(&reader, "1\n2\n", 4);
    reader_close(&reader);
    close(pipe_end);
}

static void a_stream_of_a_file_goes_on_at_any_border(void **state) {
    (void)state;
    static const char text[] = "one\n\ntwo is longer\nthree\n\r\nfour";
    const size_t length = sizeof text - 1;
    char joined[2 * sizeof text];
    input_is(text, length);
    for (size_t chunk_bytes = 1; chunk_bytes < 40; chunk_bytes++) {
        struct lines_reader first;
        assert_int_equal(reader_open(&first, (struct leat_source_env){.chunk_bytes = chunk_bytes, .limit = 100}), 0);
        assert_true(reader_finish(&first));
        for (uint64_t i = 0; i < first.last; i++) {
            struct lines_reader second;
            struct leat_source_env env = {.chunk_bytes = chunk_bytes, .start_offset = first.chunks[i].end_offset};
            assert_int_equal(reader_open(&second, env), 0);
            assert_true(reader_finish(&second));
            size_t at = reader_text(&first, 0, i + 1, joined);
            at += reader_text(&second, 0, second.last, joined + at);
            assert_int_equal(at, length);
            assert_memory_equal(joined, text, length);
            reader_close(&second);
        }
        reader_close(&first);
    }
}

// ---- Rates -----------------------------------------------------------------------------------------------------------

static uint64_t now_ns;

static uint64_t tell(struct leat_clock *clock) {
    (void)clock;
    return now_ns;
}

static void a_rate_is_kept_by_waiting_as_long_as_is_said(void **state) {
    (void)state;
    struct leat_clock clock = {.now_ns = tell};
    static const char text[] = "1\n2\n\n3\n4\n5\n6\n7\n";
    input_is(text, sizeof text - 1);
    struct lines_reader reader;
    struct lines_worker worker;
    now_ns = 5;
    assert_int_equal(reader_open(&reader, (struct leat_source_env){.chunk_bytes = 100, .clock = &clock, .rate_per_second = 2}), 0);
    worker_open(&worker, 1);
    assert_int_equal(reader_claim(&reader, &worker), LEAT_CLAIM_CHUNK);
    last_chunk_is(&reader, 0, "1\n");
    assert_int_equal(reader_claim(&reader, &worker), LEAT_CLAIM_NONE);
    assert_int_equal(leat_file_source_ops.wait_fd(reader.source), -1);
    assert_int_equal(leat_file_source_ops.wait_ns(reader.source), 500000000);
    now_ns += 499999999;
    assert_int_equal(reader_claim(&reader, &worker), LEAT_CLAIM_NONE);
    assert_int_equal(leat_file_source_ops.wait_ns(reader.source), 1);
    now_ns += 1;
    assert_int_equal(reader_claim(&reader, &worker), LEAT_CLAIM_CHUNK);
    last_chunk_is(&reader, 1, "2\n");
    now_ns += 1000000000;
    assert_int_equal(reader_claim(&reader, &worker), LEAT_CLAIM_CHUNK);
    last_chunk_is(&reader, 2, "\n3\n4\n");
    now_ns += 2000000000;
    assert_int_equal(reader_claim(&reader, &worker), LEAT_CLAIM_CHUNK);
    last_chunk_is(&reader, 3, "5\n6\n7\n");
    assert_int_equal(reader_claim(&reader, &worker), LEAT_CLAIM_LAST);
    worker_close(&worker);
    assert_whole(&reader, text, sizeof text - 1);
    reader_close(&reader);
}

static void a_rate_with_a_limit_obeys_both(void **state) {
    (void)state;
    struct leat_clock clock = {.now_ns = tell};
    struct lines_reader reader;
    struct lines_worker worker;
    stdin_is_a_pipe();
    send_text("1\n2\n3\n4\n5\n6\n");
    assert_int_equal(open_stdin(&reader, (struct leat_source_env){.clock = &clock, .rate_per_second = 1000, .limit = 4}), 0);
    worker_open(&worker, 1);
    assert_int_equal(reader_claim(&reader, &worker), LEAT_CLAIM_CHUNK);
    last_chunk_is(&reader, 0, "1\n");
    assert_int_equal(reader_claim(&reader, &worker), LEAT_CLAIM_NONE);
    assert_int_equal(leat_file_source_ops.wait_fd(reader.source), -1); // there are bytes in the pipe, but nobody may read them
    now_ns += 100000000;
    assert_int_equal(reader_claim(&reader, &worker), LEAT_CLAIM_CHUNK);
    last_chunk_is(&reader, 1, "2\n3\n4\n");
    assert_int_equal(reader_claim(&reader, &worker), LEAT_CLAIM_LAST);
    worker_close(&worker);
    reader_close(&reader);
    close(pipe_end);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lines_are_handed_on_as_they_come),
        cmocka_unit_test(a_stream_without_bytes_ends_at_number_0),
        cmocka_unit_test(a_stream_that_comes_byte_by_byte_is_whole),
        cmocka_unit_test(a_fifo_is_opened_before_its_writer_and_ends_with_it),
        cmocka_unit_test(a_stream_cannot_be_gone_on_with),
        cmocka_unit_test(a_fault_at_any_read_of_a_stream_is_an_error),
        cmocka_unit_test(bytes_without_a_line_end_take_bounded_memory),
        cmocka_unit_test(several_threads_share_a_stream),
        cmocka_unit_test(a_worker_without_buffers_loses_no_lines),
        cmocka_unit_test(a_limit_counts_records_and_not_blank_lines),
        cmocka_unit_test(a_limit_ends_a_stream_that_goes_on),
        cmocka_unit_test(a_stream_of_a_file_goes_on_at_any_border),
        cmocka_unit_test(a_rate_is_kept_by_waiting_as_long_as_is_said),
        cmocka_unit_test(a_rate_with_a_limit_obeys_both),
    };
    return cmocka_run_group_tests(tests, folder_make, folder_remove);
}
