#include "engine/runtime/format.h"

#include "engine/base/assert.h"
#include "engine/base/memory.h"

const char *leat_bad_reason_text(enum leat_bad_reason reason) {
    static const char *const texts[LEAT_BAD_REASONS] = {
        [LEAT_BAD_NONE] = "none",
        [LEAT_BAD_JSON_SYNTAX] = "not valid JSON",
        [LEAT_BAD_UTF8] = "not valid UTF-8",
        [LEAT_BAD_NOT_OBJECT] = "not a JSON object",
        [LEAT_BAD_DEPTH] = "nested too deeply",
        [LEAT_BAD_CONVERSION] = "value does not fit the column's type",
        [LEAT_BAD_MISSING_FIELD] = "a declared field is missing",
        [LEAT_BAD_TOO_LONG] = "record too long",
        [LEAT_BAD_NULL_TIME] = "event time is NULL",
        [LEAT_BAD_NULL] = "NULL in a column that is NOT NULL",
        [LEAT_BAD_EXPRESSION] = "an expression failed",
    };
    leat_assert(reason < LEAT_BAD_REASONS);
    return texts[reason];
}

bool leat_bytes_reserve(struct leat_bytes *bytes, size_t more) {
    if (more <= bytes->capacity - bytes->length)
        return true;
    size_t capacity = LEAT_MAX(LEAT_MAX(bytes->capacity * 2, bytes->length + more), (size_t)4096);
    char *data = leat_memory_realloc(bytes->budget, bytes->data, bytes->capacity, capacity);
    if (!data)
        return false;
    bytes->data = data;
    bytes->capacity = capacity;
    return true;
}

void leat_bytes_free(struct leat_bytes *bytes) {
    leat_memory_free(bytes->budget, bytes->data, bytes->capacity);
    *bytes = (struct leat_bytes){.budget = bytes->budget};
}
