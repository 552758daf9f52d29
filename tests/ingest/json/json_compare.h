// Compares what every SIMD level of the JSON decoder finds in a text with what the plain reader finds.
#ifndef LEAT_TESTS_INGEST_JSON_JSON_COMPARE_H
#define LEAT_TESTS_INGEST_JSON_JSON_COMPARE_H

#include "tests/ingest/json/simple_reader.h"

// Says where two dumps part and what stands there in the text.
static inline void json_compare_explain(const char *expected, const char *found, enum leat_simd_level level, const char *text,
                                        size_t length) {
    size_t at = 0, begin = 0;
    while (expected[at] == found[at])
        at++;
    while (at && expected[at - 1] != '\n')
        at--;
    fprintf(stderr, "level %s\nexpected %.300s\nfound %.300s\n", leat_simd_level_name(level), expected + at, found + at);
    sscanf(expected + at, "%*s %zu", &begin);
    begin = LEAT_MIN(begin, length);
    fprintf(stderr, "text %.*s\n", (int)LEAT_MIN(length - begin, 400), text + begin);
}

// Reads `text`, put `shift` bytes behind a cache line, with all levels. True when all find what the plain reader finds.
static inline bool json_compare(const struct leat_decode_config *config, const char *text, size_t length, size_t shift) {
    static struct dump expected, found;
    static char *buffer;
    static size_t room;
    if (room < length + 256) {
        free(buffer);
        room = leat_align_up(2 * (length + 256), 64);
        buffer = aligned_alloc(64, room);
    }
    memset(buffer, '"', length + shift + LEAT_INPUT_PADDING); // what lies around must not matter
    if (length)
        memcpy(buffer + shift, text, length);
    dump_clear(&expected);
    simple_read(&expected, config, buffer + shift, length);
    for (int level = LEAT_SIMD_SCALAR; level <= LEAT_SIMD_AVX512; level++) {
        dump_clear(&found);
        dump_read(&found, config, (enum leat_simd_level)level, buffer + shift, length);
        if (strcmp(expected.text, found.text) == 0)
            continue;
        json_compare_explain(expected.text, found.text, (enum leat_simd_level)level, text, length);
        return false;
    }
    return true;
}

#endif
