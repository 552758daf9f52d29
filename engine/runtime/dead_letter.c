#include "engine/runtime/dead_letter.h"

#include "engine/base/assert.h"
#include "engine/base/error.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>

// Bytes of a record that a line on stderr shows at most.
#define SHOWN_BYTES_MAX 120

int leat_dead_letters_open(struct leat_dead_letters *letters, const struct leat_graph_settings *settings,
                           const struct leat_file_ops *files) {
    *letters = (struct leat_dead_letters){.files = files, .path = settings->dead_letter_path, .fd = -1};
    letters->mode = settings->fail_on_bad_record ? LEAT_DEAD_LETTER_FAIL
                    : settings->dead_letter_path ? LEAT_DEAD_LETTER_FILE
                                                 : LEAT_DEAD_LETTER_SHOW;
    if (letters->mode != LEAT_DEAD_LETTER_FILE)
        return 0;
    letters->fd = files->open(letters->path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
    if (letters->fd < 0)
        return leat_error_set(LEAT_ERROR_IO, "cannot open the dead-letter file %s: %s", letters->path, strerror(errno));
    return 0;
}

int leat_dead_letters_close(struct leat_dead_letters *letters) {
    int fd = letters->fd;
    letters->fd = -1;
    if (fd >= 0 && letters->files->close(fd))
        return leat_error_set(LEAT_ERROR_IO, "cannot close the dead-letter file %s: %s", letters->path, strerror(errno));
    return 0;
}

// Length of the UTF-8 sequence at `at` (RFC 3629), 0 when there is none.
static size_t utf8_sequence(const uint8_t *at, const uint8_t *end) {
    uint8_t lead = *at;
    size_t length = lead < 0x80                   ? 1
                    : lead >= 0xc2 && lead < 0xe0 ? 2
                    : lead >= 0xe0 && lead < 0xf0 ? 3
                    : lead >= 0xf0 && lead < 0xf5 ? 4
                                                  : 0;
    if (length == 0 || length > (size_t)(end - at))
        return 0;
    for (size_t i = 1; i < length; i++)
        if ((at[i] & 0xc0) != 0x80)
            return 0;
    bool overlong = (lead == 0xe0 && at[1] < 0xa0) || (lead == 0xf0 && at[1] < 0x90);
    bool beyond = (lead == 0xed && at[1] >= 0xa0) || (lead == 0xf4 && at[1] >= 0x90);
    return overlong || beyond ? 0 : length;
}

static bool is_utf8(const char *text, size_t length) {
    const uint8_t *at = (const uint8_t *)text, *end = at + length;
    while (at < end) {
        size_t step = utf8_sequence(at, end);
        if (step == 0)
            return false;
        at += step;
    }
    return true;
}

static void put(struct leat_bytes *bytes, const char *text, size_t length) {
    leat_assert(length <= bytes->capacity - bytes->length); // the caller reserved the worst case
    if (length)
        memcpy(bytes->data + bytes->length, text, length);
    bytes->length += length;
}

// A JSON string: at most six bytes for each of the text's.
static void put_string(struct leat_bytes *bytes, const char *text, size_t length) {
    static const char hex[] = "0123456789abcdef";
    put(bytes, "\"", 1);
    for (size_t i = 0; i < length; i++) {
        uint8_t c = (uint8_t)text[i];
        if (c == '"' || c == '\\')
            put(bytes, (char[]){'\\', (char)c}, 2);
        else if (c < 0x20 || c == 0x7f)
            put(bytes, (char[]){'\\', 'u', '0', '0', hex[c >> 4], hex[c & 15]}, 6);
        else
            put(bytes, (const char *)&text[i], 1);
    }
    put(bytes, "\"", 1);
}

// Base64 (RFC 4648) in quotes.
static void put_base64(struct leat_bytes *bytes, const char *text, size_t length) {
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    const uint8_t *in = (const uint8_t *)text;
    put(bytes, "\"", 1);
    for (size_t i = 0; i < length; i += 3) {
        size_t left = LEAT_MIN(length - i, (size_t)3);
        uint32_t word = (uint32_t)in[i] << 16 | (left > 1 ? (uint32_t)in[i + 1] << 8 : 0) | (left > 2 ? in[i + 2] : 0);
        char out[4] = {digits[word >> 18], digits[word >> 12 & 63], left > 1 ? digits[word >> 6 & 63] : '=',
                       left > 2 ? digits[word & 63] : '='};
        put(bytes, out, 4);
    }
    put(bytes, "\"", 1);
}

static void put_member(struct leat_bytes *bytes, const char *name, const char *text) {
    put(bytes, name, strlen(name));
    put_string(bytes, text, strlen(text));
}

static int append_json(struct leat_bytes *bytes, const struct leat_dead_letter *letter) {
    size_t texts = strlen(letter->table) + strlen(letter->file) + strlen(letter->reason) + (letter->field ? strlen(letter->field) : 0);
    if (!leat_bytes_reserve(bytes, 6 * (texts + letter->raw_length) + 256))
        return -1;
    put_member(bytes, "{\"table\":", letter->table);
    put_member(bytes, ",\"file\":", letter->file);
    char number[32];
    int digits = snprintf(number, sizeof(number), "%" PRIu64, letter->offset);
    put(bytes, ",\"offset\":", 10);
    put(bytes, number, (size_t)digits);
    put_member(bytes, ",\"reason\":", letter->reason);
    if (letter->field)
        put_member(bytes, ",\"field\":", letter->field);
    if (!letter->raw) {
        put(bytes, ",\"raw\":null", 11);
    } else if (is_utf8(letter->raw, letter->raw_length)) {
        put(bytes, ",\"raw\":", 7);
        put_string(bytes, letter->raw, letter->raw_length);
    } else {
        put(bytes, ",\"raw_base64\":", 14);
        put_base64(bytes, letter->raw, letter->raw_length);
    }
    put(bytes, "}\n", 2);
    return 0;
}

static int append_words(struct leat_bytes *bytes, const struct leat_dead_letter *letter) {
    size_t texts = strlen(letter->table) + strlen(letter->file) + strlen(letter->reason) + (letter->field ? strlen(letter->field) : 0);
    if (!leat_bytes_reserve(bytes, texts + 4 * SHOWN_BYTES_MAX + 256))
        return -1;
    int head = snprintf(bytes->data + bytes->length, bytes->capacity - bytes->length, "table `%s`, %s, byte %" PRIu64 ": %s%s%s%s",
                        letter->table, letter->file, letter->offset, letter->reason, letter->field ? " (`" : "",
                        letter->field ? letter->field : "", letter->field ? "`)" : "");
    bytes->length += (size_t)head;
    if (letter->raw)
        put(bytes, ": ", 2);
    for (size_t i = 0; i < LEAT_MIN(letter->raw_length, (size_t)SHOWN_BYTES_MAX); i++) {
        uint8_t c = (uint8_t)letter->raw[i];
        char escaped[5];
        if (c >= 0x20 && c < 0x7f && c != '\\')
            put(bytes, &letter->raw[i], 1);
        else
            put(bytes, escaped, (size_t)snprintf(escaped, sizeof(escaped), "\\x%02x", c));
    }
    if (letter->raw_length > SHOWN_BYTES_MAX)
        put(bytes, "...", 3);
    put(bytes, "\n", 1);
    return 0;
}

int leat_dead_letter_append(const struct leat_dead_letters *letters, struct leat_bytes *bytes, const struct leat_dead_letter *letter) {
    if (letters->mode == LEAT_DEAD_LETTER_FILE)
        return append_json(bytes, letter);
    // Enough have been shown: do not spend time on words that nobody will read. Relaxed: a stale count only costs
    // time.
    if (atomic_load_explicit(&letters->shown, memory_order_relaxed) > LEAT_DEAD_LETTERS_SHOWN_MAX)
        return 0;
    return append_words(bytes, letter);
}

static uint64_t dead_letter_reserve(void *sink, size_t count) {
    struct leat_dead_letters *letters = sink;
    // Relaxed: within a lane the turnstile orders the callers; lanes come in any order.
    return atomic_fetch_add_explicit(&letters->length, count, memory_order_relaxed);
}

static void show(struct leat_dead_letters *letters, const char *bytes, size_t count) {
    for (const char *line = bytes, *end = bytes + count; line < end;) {
        const char *newline = memchr(line, '\n', (size_t)(end - line));
        uint32_t before = atomic_fetch_add_explicit(&letters->shown, 1, memory_order_relaxed); // only a count
        if (before < LEAT_DEAD_LETTERS_SHOWN_MAX)
            fprintf(stderr, "leat: bad record: %.*s\n", (int)(newline - line), line);
        else if (before == LEAT_DEAD_LETTERS_SHOWN_MAX)
            fprintf(stderr, "leat: further bad records are only counted; SET 'pipeline.dead-letter.path' keeps them all\n");
        else
            break;
        line = newline + 1;
    }
}

static enum leat_sink_result dead_letter_write(void *sink, uint64_t place, const char *bytes, size_t count) {
    struct leat_dead_letters *letters = sink;
    if (letters->mode == LEAT_DEAD_LETTER_FAIL) {
        leat_error_set(LEAT_ERROR_DATA, "bad record: %.*s", (int)(strchrnul(bytes, '\n') - bytes), bytes);
        return LEAT_SINK_FAILED;
    }
    if (letters->mode == LEAT_DEAD_LETTER_SHOW) {
        show(letters, bytes, count);
        return LEAT_SINK_DONE;
    }
    // Each at its own place: another lane's worker may be writing too. A pipe has no places.
    if (leat_file_write_all(letters->files, letters->fd, bytes, count, (off_t)place) &&
        (errno != ESPIPE || leat_file_write_all(letters->files, letters->fd, bytes, count, -1))) {
        leat_error_set(LEAT_ERROR_IO, "cannot write the dead-letter file %s: %s", letters->path, strerror(errno));
        return LEAT_SINK_FAILED;
    }
    return LEAT_SINK_DONE;
}

const struct leat_sink_ops leat_dead_letter_sink_ops = {
    .name = "dead letters",
    .reserve = dead_letter_reserve,
    .write = dead_letter_write,
};
