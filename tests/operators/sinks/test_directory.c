// The directory sink: parts that roll, several writers, visible only by the commit, gone otherwise.
#include "operators/sinks/directory.h"
#include "tests/operators/sinks/sink_folder.h"

#include <pthread.h>

static struct leat_budget budget = {.owner = "test"};
static struct leat_graph_option options[2];
static struct leat_graph_sink plan = {.options = options};
static struct leat_sink_env env;

// A sink with 'path' and 'sink.rolling-policy.file-size' as said; NULL where it cannot be opened.
static void *open_sink(const char *path, const char *file_size, const struct leat_file_ops *files, bool sync) {
    void *sink = NULL;
    options[0] = (struct leat_graph_option){.name = "path", .value = path};
    options[1] = (struct leat_graph_option){.name = "sink.rolling-policy.file-size", .value = file_size};
    plan.option_count = file_size ? 2 : 1;
    env = (struct leat_sink_env){.plan = &plan, .files = files, .budget = &budget, .sync = sync};
    return leat_directory_sink_ops.open(&env, &sink) ? NULL : sink;
}

static enum leat_sink_result put(void *sink, const char *text) {
    return leat_directory_sink_ops.write(sink, leat_directory_sink_ops.reserve(sink, strlen(text)), text, strlen(text));
}

static void commit(void *sink) {
    assert_int_equal(leat_directory_sink_ops.commit(sink), 0);
    leat_directory_sink_ops.close(sink);
    assert_int_equal(budget.used_bytes, 0);
}

// The parts of a directory hold these texts, in the order of their names.
static void parts_are(const char *path, const char *const *texts, int count) {
    struct dirent **names;
    assert_int_equal(count_files(path, &names), count);
    for (int i = 0; i < count; i++) {
        char name[PATH_MAX];
        assert_int_equal(strspn(names[i]->d_name + 5, "0123456789abcdef"), 16);
        assert_memory_equal(names[i]->d_name, "part-", 5);
        snprintf(name, sizeof name, "%s/%s", path, names[i]->d_name);
        file_holds(name, texts[i]);
        free(names[i]);
    }
    free(names);
}

static void parts_roll_at_their_size_and_never_within_a_write(void **state) {
    (void)state;
    void *sink = open_sink(folder, "10", &leat_file_ops_system, false);
    assert_non_null(sink);
    static const char *const writes[] = {"12345\n", "123\n", "a\n", "a write that is longer than a part\n", "b\n"};
    for (size_t i = 0; i < LEAT_ARRAY_LEN(writes); i++)
        assert_int_equal(put(sink, writes[i]), LEAT_SINK_DONE);
    assert_int_equal(leat_directory_sink_ops.reserve(sink, 0) & 0xff, 2); // takes no place
    struct dirent **names;
    int count = count_files(folder, &names);
    assert_int_equal(count, 3);
    for (int i = 0; i < count; i++) {
        assert_memory_equal(names[i]->d_name, ".part-", 6); // hidden until the commit
        free(names[i]);
    }
    free(names);
    commit(sink);
    static const char *const parts[] = {"12345\n123\n", "a\na write that is longer than a part\n", "b\n"};
    parts_are(folder, parts, 3);
    empty_directory(folder);
}

static void earlier_parts_stay(void **state) {
    (void)state;
    for (int i = 0; i < 3; i++) {
        void *sink = open_sink(folder, NULL, &leat_file_ops_system, i == 1);
        put(sink, "same\n");
        commit(sink);
    }
    static const char *const parts[] = {"same\n", "same\n", "same\n"};
    parts_are(folder, parts, 3);
    void *sink = open_sink(folder, NULL, &leat_file_ops_system, false);
    put(sink, "gone\n");
    assert_int_equal(count_files(folder, NULL), 4);
    leat_directory_sink_ops.abort(sink);
    leat_directory_sink_ops.close(sink);
    parts_are(folder, parts, 3);
    empty_directory(folder);
}

static void no_output_is_no_part(void **state) {
    (void)state;
    void *sink = open_sink(folder, NULL, &leat_file_ops_system, false);
    assert_int_equal(leat_directory_sink_ops.write(sink, 0, "", 0), LEAT_SINK_DONE);
    commit(sink);
    assert_int_equal(count_files(folder, NULL), 0);
}

static void directories_and_urls_are_understood(void **state) {
    (void)state;
    static const char *const forms[][2] = {
        {"", "/a/b/c"}, {"file://", "/a/b/c"}, {"file:", "/a/b/c"}, {"file://localhost", "/a/b/c"}, {"FILE://", "//a/b/c//"}};
    char path[PATH_MAX];
    for (size_t i = 0; i < LEAT_ARRAY_LEN(forms); i++) {
        snprintf(path, sizeof path, "%s%s%s", forms[i][0], folder, forms[i][1]);
        void *sink = open_sink(path, "128 MB", &leat_file_ops_system, false);
        if (!sink)
            fail_msg("%s: %s", path, leat_error_text());
        put(sink, "x\n");
        commit(sink);
        static const char *const parts[] = {"x\n"};
        parts_are(in_folder("a/b/c"), parts, 1);
        empty_directory(in_folder("a/b/c"));
        rmdir(in_folder("a/b/c"));
        rmdir(in_folder("a/b"));
        rmdir(in_folder("a"));
    }
}

static void open_fails(const char *path, const char *file_size, enum leat_error_kind kind, const char *says) {
    assert_null(open_sink(path, file_size, &leat_file_ops_system, false));
    assert_int_equal(leat_error_kind(), kind);
    if (!strstr(leat_error_text(), says))
        fail_msg("%s", leat_error_text());
    leat_error_clear();
    assert_int_equal(budget.used_bytes, 0);
}

static void what_cannot_be_a_directory_says_why(void **state) {
    (void)state;
    open_fails("s3://bucket/x", NULL, LEAT_ERROR_CONFIG, "scheme `s3`");
    open_fails("hdfs:/x", NULL, LEAT_ERROR_CONFIG, "scheme `hdfs`");
    open_fails("file://host/x", NULL, LEAT_ERROR_CONFIG, "names no host");
    open_fails("", NULL, LEAT_ERROR_CONFIG, "empty");
    int fd = open(in_folder("file"), O_WRONLY | O_CREAT, 0600);
    close(fd);
    open_fails(in_folder("file"), NULL, LEAT_ERROR_IO, "Not a directory");
    open_fails(in_folder("file/below"), NULL, LEAT_ERROR_IO, "Not a directory");
    unlink(in_folder("file"));
}

static void amounts_of_memory_are_read_as_flink_writes_them(void **state) {
    (void)state;
    static const char *const good[] = {"1",  "10b",     "1 bytes",     "1k", "1KB",  "2 kibibytes",
                                       "1m", " 128MB ", "1 mebibytes", "1g", "1 TB", "16777215tb"};
    static const char *const bad[] = {"", "MB", "-1", "1.5mb", "1 xb", "1 mb 2", "99999999999999999999", "16777216tb"};
    for (size_t i = 0; i < LEAT_ARRAY_LEN(good); i++) {
        void *sink = open_sink(folder, good[i], &leat_file_ops_system, false);
        if (!sink)
            fail_msg("%s: %s", good[i], leat_error_text());
        commit(sink);
    }
    for (size_t i = 0; i < LEAT_ARRAY_LEN(bad); i++)
        open_fails(folder, bad[i], LEAT_ERROR_CONFIG, "'sink.rolling-policy.file-size'");
    void *sink = open_sink(folder, "1k", &leat_file_ops_system, false);
    assert_int_equal(leat_directory_sink_ops.reserve(sink, 1023), 0);
    assert_int_equal(leat_directory_sink_ops.reserve(sink, 1), 1023);
    assert_int_equal(leat_directory_sink_ops.reserve(sink, 1) & 0xffff, 0); // the next part
    leat_directory_sink_ops.abort(sink);
    leat_directory_sink_ops.close(sink);
}

// A whole life: 0 when it committed.
static int write_parts(bool sync) {
    void *sink = open_sink(folder, "20", &leat_fault_file_ops, sync);
    int failed = sink ? 0 : -1;
    for (int i = 0; i < 5 && !failed; i++)
        failed = put(sink, "ten bytes\n") == LEAT_SINK_DONE ? 0 : -1;
    if (sink && failed)
        leat_directory_sink_ops.abort(sink);
    else if (sink)
        failed = leat_directory_sink_ops.commit(sink);
    if (sink)
        leat_directory_sink_ops.close(sink);
    return failed;
}

static void a_fault_at_any_call_leaves_no_part_and_no_leak(void **state) {
    (void)state;
    const uint32_t calls = LEAT_FAULT_ANY & ~(uint32_t)LEAT_FAULT_UNLINK;
    static const char *const parts[] = {"ten bytes\nten bytes\n", "ten bytes\nten bytes\n", "ten bytes\n"};
    for (int sync = 0; sync < 2; sync++) {
        int failed = -1;
        for (uint64_t n = 1; failed; n++) {
            leat_fault_files_plan(&(struct leat_fault_plan){.calls = calls, .fail_at = n, .error = ENOSPC});
            failed = write_parts(sync);
            // The last call closes a directory that has been synced: nothing hangs on it.
            assert_true(failed ? leat_fault_files_calls() >= n : leat_fault_files_calls() < n + (uint64_t)sync);
            assert_int_equal(leat_error_kind(), failed ? LEAT_ERROR_IO : LEAT_ERROR_NONE);
            leat_error_clear();
            assert_int_equal(leat_fault_files_open_count(), 0);
            assert_int_equal(budget.used_bytes, 0);
            if (failed)
                assert_int_equal(count_files(folder, NULL), 0);
            else
                parts_are(folder, parts, 3);
        }
        empty_directory(folder);
    }
}

static void a_part_waits_for_the_one_whose_place_among_the_open_it_takes(void **state) {
    (void)state;
    static uint64_t places[300];
    void *sink = open_sink(folder, "1", &leat_file_ops_system, false);
    for (int i = 0; i < 300; i++)
        places[i] = leat_directory_sink_ops.reserve(sink, 2);
    assert_int_equal(leat_directory_sink_ops.write(sink, places[299], "x\n", 2), LEAT_SINK_LATER);
    for (int i = 0; i < 300; i++)
        assert_int_equal(leat_directory_sink_ops.write(sink, places[i], "x\n", 2), LEAT_SINK_DONE);
    commit(sink);
    assert_int_equal(count_files(folder, NULL), 300);
    empty_directory(folder);
}

// ---- Several workers -------------------------------------------------------------------------------------------------

#define WRITERS 4
#define PIECES  2000

struct writer {
    void *sink;
    const uint64_t *places; // [PIECES]
    uint32_t index;
};

static size_t piece_text(uint32_t piece, char *text) {
    return (size_t)snprintf(text, 128, "piece %u%.*s\n", piece, (int)(piece * 31 % 50),
                            "..................................................");
}

// Writes what is its own as workers do: what must wait is asked for again, later pieces meanwhile.
static void *write_pieces(void *argument) {
    const struct writer *writer = argument;
    bool done[PIECES] = {0};
    char text[128];
    for (uint32_t left = PIECES / WRITERS, i = 0; left > 0; i = (i + 1) % PIECES) {
        if (done[i] || i % WRITERS != writer->index)
            continue;
        size_t length = piece_text(i, text);
        enum leat_sink_result result = leat_directory_sink_ops.write(writer->sink, writer->places[i], text, length);
        assert_int_not_equal(result, LEAT_SINK_FAILED);
        done[i] = result == LEAT_SINK_DONE;
        left -= done[i];
    }
    return NULL;
}

static void parts_in_order_hold_all_places_in_order_whoever_writes_them(void **state) {
    (void)state;
    static uint64_t places[PIECES];
    static char expected[PIECES * 128], have[PIECES * 128];
    static const char *const sizes[] = {"1", "100", "3000", "1mb"}; // the first need more parts than may be open
    for (size_t s = 0; s < LEAT_ARRAY_LEN(sizes); s++) {
        leat_fault_files_plan(&(struct leat_fault_plan){.seed = s + 1});
        void *sink = open_sink(folder, sizes[s], &leat_fault_file_ops, false);
        assert_non_null(sink);
        size_t length = 0, at = 0;
        for (uint32_t i = 0; i < PIECES; i++) {
            size_t piece = piece_text(i, expected + length);
            places[i] = leat_directory_sink_ops.reserve(sink, piece);
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
        assert_in_range(leat_fault_files_open_count(), 0, 1); // all parts but the last have been closed
        commit(sink);
        assert_int_equal(leat_fault_files_open_count(), 0);
        struct dirent **names;
        int count = count_files(folder, &names);
        for (int i = 0; i < count; i++) {
            char name[PATH_MAX];
            snprintf(name, sizeof name, "%s/%s", folder, names[i]->d_name);
            size_t part;
            char *bytes = read_file(name, &part);
            memcpy(have + at, bytes, part);
            at += part;
            free(bytes);
            free(names[i]);
        }
        free(names);
        assert_int_equal(at, length);
        assert_memory_equal(have, expected, length);
        empty_directory(folder);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(parts_roll_at_their_size_and_never_within_a_write),
        cmocka_unit_test(earlier_parts_stay),
        cmocka_unit_test(no_output_is_no_part),
        cmocka_unit_test(directories_and_urls_are_understood),
        cmocka_unit_test(what_cannot_be_a_directory_says_why),
        cmocka_unit_test(amounts_of_memory_are_read_as_flink_writes_them),
        cmocka_unit_test(a_fault_at_any_call_leaves_no_part_and_no_leak),
        cmocka_unit_test(a_part_waits_for_the_one_whose_place_among_the_open_it_takes),
        cmocka_unit_test(parts_in_order_hold_all_places_in_order_whoever_writes_them),
    };
    return cmocka_run_group_tests(tests, folder_make, folder_remove);
}
