// Dead letters: their exact form, their order, and what each mode makes of them.
#include <setjmp.h>
#include <stdarg.h>

#include "engine/base/error.h"
#include "engine/runtime/dead_letter.h"
#include "tests/support/fault_files.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

static char folder[4096], path[4200];

static int folder_make(void **state) {
    (void)state;
    const char *base = getenv("TMPDIR");
    snprintf(folder, sizeof(folder), "%s/leat-test-XXXXXX", base ? base : P_tmpdir);
    if (!mkdtemp(folder))
        return -1;
    snprintf(path, sizeof(path), "%s/letters", folder);
    return 0;
}

static int folder_remove(void **state) {
    (void)state;
    unlink(path);
    return rmdir(folder);
}

static void open_letters(struct leat_dead_letters *letters, const struct leat_file_ops *files) {
    struct leat_graph_settings settings = {.dead_letter_path = path};
    assert_int_equal(leat_dead_letters_open(letters, &settings, files), 0);
}

static size_t read_letters(char *text, size_t room) {
    int fd = open(path, O_RDONLY);
    assert_true(fd >= 0);
    ssize_t length = read(fd, text, room);
    assert_true(length >= 0);
    close(fd);
    return (size_t)length;
}

static void assert_letter(const struct leat_dead_letter *letter, const char *expected) {
    struct leat_dead_letters letters = {.mode = LEAT_DEAD_LETTER_FILE};
    struct leat_bytes bytes = {0};
    assert_int_equal(leat_dead_letter_append(&letters, &bytes, letter), 0);
    assert_int_equal(bytes.length, strlen(expected));
    assert_memory_equal(bytes.data, expected, bytes.length);
    leat_bytes_free(&bytes);
}

static void a_letter_is_one_line_of_json(void **state) {
    (void)state;
    struct leat_dead_letter letter = {
        .table = "t", .file = "dir/in.json", .offset = 18446744073709551615u, .reason = "not valid JSON", .raw = "{x}", .raw_length = 3};
    assert_letter(&letter, "{\"table\":\"t\",\"file\":\"dir/in.json\",\"offset\":18446744073709551615,\"reason\":\"not valid JSON\","
                           "\"raw\":\"{x}\"}\n");
    letter.field = "speed";
    letter.raw = NULL;
    letter.raw_length = 0;
    letter.offset = 0;
    assert_letter(&letter, "{\"table\":\"t\",\"file\":\"dir/in.json\",\"offset\":0,\"reason\":\"not valid JSON\",\"field\":\"speed\","
                           "\"raw\":null}\n");
    letter.raw = "";
    assert_letter(&letter, "{\"table\":\"t\",\"file\":\"dir/in.json\",\"offset\":0,\"reason\":\"not valid JSON\",\"field\":\"speed\","
                           "\"raw\":\"\"}\n");
}

static void what_json_escapes_is_escaped(void **state) {
    (void)state;
    const char raw[] = "a\"b\\c\x01\x1f\x7f\t\n\xc3\xa4\xf0\x9f\x98\x80";
    struct leat_dead_letter letter = {.table = "a\"b", .file = "x\\y", .reason = "r", .field = "\n", .raw = raw, .raw_length = sizeof(raw)};
    assert_letter(&letter, "{\"table\":\"a\\\"b\",\"file\":\"x\\\\y\",\"offset\":0,\"reason\":\"r\",\"field\":\"\\u000a\",\"raw\":"
                           "\"a\\\"b\\\\c\\u0001\\u001f\\u007f\\u0009\\u000a\xc3\xa4\xf0\x9f\x98\x80\\u0000\"}\n");
}

static void bytes_that_are_no_text_are_base64(void **state) {
    (void)state;
    static const struct {
        const char *raw;
        size_t length;
        const char *base64;
    } cases[] = {{"\xff", 1, "/w=="},
                 {"\xff\xfe", 2, "//4="},
                 {"\xff\xfe\xfd", 3, "//79"},
                 {"\x80\x61\x62\x63", 4, "gGFiYw=="},
                 {"\xc0\x80", 2, "wIA="},
                 {"\xed\xa0\x80", 3, "7aCA"},
                 {"\xf4\x90\x80\x80", 4, "9JCAgA=="},
                 {"a\xe2\x82", 3, "YeKC"},
                 {"\xe0\x9f\xbf", 3, "4J+/"},
                 {"\xf0\x8f\xbf\xbf", 4, "8I+/vw=="}};
    for (size_t i = 0; i < LEAT_ARRAY_LEN(cases); i++) {
        char expected[200];
        struct leat_dead_letter letter = {.table = "t", .file = "f", .reason = "r", .raw = cases[i].raw, .raw_length = cases[i].length};
        snprintf(expected, sizeof(expected), "{\"table\":\"t\",\"file\":\"f\",\"offset\":0,\"reason\":\"r\",\"raw_base64\":\"%s\"}\n",
                 cases[i].base64);
        assert_letter(&letter, expected);
    }
}

static void the_edges_of_utf8_are_text(void **state) {
    (void)state;
    static const char *const texts[] = {"\xc2\x80",     "\xdf\xbf",         "\xe0\xa0\x80",    "\xed\x9f\xbf",
                                        "\xee\x80\x80", "\xf0\x90\x80\x80", "\xf4\x8f\xbf\xbf"};
    for (size_t i = 0; i < LEAT_ARRAY_LEN(texts); i++) {
        char expected[200];
        struct leat_dead_letter letter = {.table = "t", .file = "f", .reason = "r", .raw = texts[i], .raw_length = strlen(texts[i])};
        snprintf(expected, sizeof(expected), "{\"table\":\"t\",\"file\":\"f\",\"offset\":0,\"reason\":\"r\",\"raw\":\"%s\"}\n", texts[i]);
        assert_letter(&letter, expected);
    }
}

// ---- Two workers with one chunk each ----

struct worker {
    struct leat_outbox outbox;
    struct leat_account account;
};

static void put_line(struct worker *worker, uint64_t ticket, const char *line) {
    struct leat_parcel *parcel = leat_outbox_take(&worker->outbox);
    assert_non_null(parcel);
    assert_true(leat_bytes_reserve(&parcel->bytes, strlen(line)));
    memcpy(parcel->bytes.data, line, strlen(line));
    parcel->bytes.length = strlen(line);
    parcel->ticket = ticket;
    leat_outbox_put(&worker->outbox, parcel);
}

static struct worker *interrupting; // flushes in the middle of the other's first call

static void interrupt(void) {
    struct worker *worker = interrupting;
    bool passed = false;
    interrupting = NULL;
    if (worker)
        assert_true(leat_outbox_flush(&worker->outbox, &passed) >= 0);
}

static ssize_t interrupted_write(int fd, const void *bytes, size_t count) {
    interrupt();
    return write(fd, bytes, count);
}

static ssize_t interrupted_pwrite(int fd, const void *bytes, size_t count, off_t offset) {
    interrupt();
    return pwrite(fd, bytes, count, offset);
}

static void letters_stand_in_the_order_of_their_chunks(void **state) {
    (void)state;
    struct leat_file_ops files = leat_file_ops_system;
    files.write = interrupted_write;
    files.pwrite = interrupted_pwrite;
    struct leat_dead_letters letters;
    open_letters(&letters, &files);
    struct leat_turnstile turnstile = {0};
    const struct leat_sink_run run = {.ops = &leat_dead_letter_sink_ops, .sink = &letters};
    struct worker a = {.outbox = {.turnstile = &turnstile, .run = &run}}, b = a;
    a.outbox.account = &a.account;
    b.outbox.account = &b.account;
    put_line(&a, 0, "first\n");
    put_line(&b, 1, "second\n");
    interrupting = &b;
    bool passed = false;
    assert_int_equal(leat_outbox_flush(&a.outbox, &passed), 1);
    assert_true(passed);
    assert_non_null(b.outbox.first); // it was not its turn while the first was being written
    assert_int_equal(leat_outbox_flush(&b.outbox, &passed), 1);
    assert_int_equal(leat_dead_letters_close(&letters), 0);
    char text[100];
    assert_int_equal(read_letters(text, sizeof(text)), 13);
    assert_memory_equal(text, "first\nsecond\n", 13);
    leat_outbox_destroy(&a.outbox);
    leat_outbox_destroy(&b.outbox);
}

static void an_old_file_is_replaced_and_a_pipe_will_do(void **state) {
    (void)state;
    struct leat_dead_letters letters;
    open_letters(&letters, &leat_file_ops_system);
    const struct leat_sink_ops *ops = &leat_dead_letter_sink_ops;
    assert_int_equal(ops->write(&letters, ops->reserve(&letters, 5), "long\n", 5), LEAT_SINK_DONE);
    assert_int_equal(leat_dead_letters_close(&letters), 0);
    open_letters(&letters, &leat_file_ops_system);
    assert_int_equal(ops->write(&letters, ops->reserve(&letters, 2), "s\n", 2), LEAT_SINK_DONE);
    assert_int_equal(leat_dead_letters_close(&letters), 0);
    char text[100];
    assert_int_equal(read_letters(text, sizeof(text)), 2);
    unlink(path);
    assert_int_equal(mkfifo(path, 0600), 0);
    int reader = open(path, O_RDONLY | O_NONBLOCK);
    open_letters(&letters, &leat_file_ops_system);
    assert_int_equal(ops->write(&letters, ops->reserve(&letters, 2), "p\n", 2), LEAT_SINK_DONE);
    assert_int_equal(ops->write(&letters, ops->reserve(&letters, 2), "q\n", 2), LEAT_SINK_DONE);
    assert_int_equal(read(reader, text, sizeof(text)), 4);
    assert_memory_equal(text, "p\nq\n", 4);
    assert_int_equal(leat_dead_letters_close(&letters), 0);
    close(reader);
    unlink(path);
}

static void a_file_that_cannot_be_opened_or_written_is_told(void **state) {
    (void)state;
    struct leat_dead_letters letters;
    struct leat_graph_settings settings = {.dead_letter_path = "/nowhere/letters"};
    assert_int_equal(leat_dead_letters_open(&letters, &settings, &leat_file_ops_system), -1);
    assert_int_equal(leat_error_kind(), LEAT_ERROR_IO);
    assert_non_null(strstr(leat_error_text(), "/nowhere/letters"));
    leat_error_clear();
    leat_fault_files_plan(&(struct leat_fault_plan){.calls = LEAT_FAULT_WRITE | LEAT_FAULT_PWRITE, .fail_at = 1, .error = ENOSPC});
    open_letters(&letters, &leat_fault_file_ops);
    assert_int_equal(leat_dead_letter_sink_ops.write(&letters, 0, "x\n", 2), LEAT_SINK_FAILED);
    assert_int_equal(leat_error_kind(), LEAT_ERROR_IO);
    leat_error_clear();
    assert_int_equal(leat_dead_letters_close(&letters), 0);
    assert_int_equal(leat_dead_letters_close(&letters), 0); // once more does nothing
    leat_fault_files_plan(&(struct leat_fault_plan){0});
}

// ---- Without a file ----

// What is written to stderr while the letters are shown.
static size_t shown(struct leat_dead_letters *letters, uint32_t count, char *text, size_t room) {
    struct leat_bytes bytes = {0};
    char raw[200];
    memset(raw, 'r', sizeof(raw));
    for (uint32_t i = 0; i < count; i++) {
        struct leat_dead_letter letter = {
            .table = "t", .file = "f", .offset = i, .reason = "why", .field = "k", .raw = "\x01\\\xff", .raw_length = 3};
        if (i == 1)
            letter.raw = raw, letter.raw_length = sizeof(raw);
        assert_int_equal(leat_dead_letter_append(letters, &bytes, &letter), 0);
    }
    int pipes[2], saved = dup(STDERR_FILENO);
    assert_int_equal(pipe(pipes), 0);
    assert_true(dup2(pipes[1], STDERR_FILENO) >= 0);
    enum leat_sink_result result = bytes.length ? leat_dead_letter_sink_ops.write(letters, 0, bytes.data, bytes.length) : LEAT_SINK_DONE;
    fflush(stderr);
    dup2(saved, STDERR_FILENO);
    close(saved);
    close(pipes[1]);
    assert_int_equal(result, LEAT_SINK_DONE);
    ssize_t length = read(pipes[0], text, room - 1);
    assert_true(length >= 0);
    text[length] = 0;
    close(pipes[0]);
    leat_bytes_free(&bytes);
    return (size_t)length;
}

static void the_first_few_are_shown_on_stderr(void **state) {
    (void)state;
    struct leat_dead_letters letters;
    struct leat_graph_settings settings = {0};
    char text[4096], expected[400];
    assert_int_equal(leat_dead_letters_open(&letters, &settings, &leat_file_ops_system), 0);
    assert_true(shown(&letters, 3, text, sizeof(text)) > 0);
    assert_non_null(strstr(text, "leat: bad record: table `t`, f, byte 0: why (`k`): \\x01\\x5c\\xff\n"));
    snprintf(expected, sizeof(expected), "byte 1: why (`k`): %.*s...\n", 120,
             "rrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrr");
    assert_non_null(strstr(text, expected));
    assert_true(shown(&letters, 10, text, sizeof(text)) > 0);
    uint32_t records = 0;
    for (const char *at = text; (at = strstr(at, "bad record: ")); at++)
        records++;
    assert_int_equal(records, LEAT_DEAD_LETTERS_SHOWN_MAX - 3);
    assert_non_null(strstr(text, "pipeline.dead-letter.path"));
    assert_int_equal(shown(&letters, 10, text, sizeof(text)), 0);
}

static void the_first_one_fails_the_job_when_that_is_wanted(void **state) {
    (void)state;
    struct leat_dead_letters letters;
    struct leat_graph_settings settings = {.fail_on_bad_record = true};
    struct leat_bytes bytes = {0};
    assert_int_equal(leat_dead_letters_open(&letters, &settings, &leat_file_ops_system), 0);
    for (uint32_t i = 0; i < 3; i++) {
        struct leat_dead_letter letter = {.table = "t", .file = "f", .offset = i, .reason = "why", .raw = "x", .raw_length = 1};
        assert_int_equal(leat_dead_letter_append(&letters, &bytes, &letter), 0);
    }
    assert_int_equal(leat_dead_letter_sink_ops.write(&letters, 0, bytes.data, bytes.length), LEAT_SINK_FAILED);
    assert_int_equal(leat_error_kind(), LEAT_ERROR_DATA);
    assert_string_equal(leat_error_text(), "bad record: table `t`, f, byte 0: why: x");
    leat_bytes_free(&bytes);
    leat_error_clear();
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_letter_is_one_line_of_json),
        cmocka_unit_test(what_json_escapes_is_escaped),
        cmocka_unit_test(bytes_that_are_no_text_are_base64),
        cmocka_unit_test(the_edges_of_utf8_are_text),
        cmocka_unit_test(letters_stand_in_the_order_of_their_chunks),
        cmocka_unit_test(an_old_file_is_replaced_and_a_pipe_will_do),
        cmocka_unit_test(a_file_that_cannot_be_opened_or_written_is_told),
        cmocka_unit_test(the_first_few_are_shown_on_stderr),
        cmocka_unit_test(the_first_one_fails_the_job_when_that_is_wanted),
    };
    return cmocka_run_group_tests(tests, folder_make, folder_remove);
}
