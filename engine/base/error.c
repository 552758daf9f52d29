#include "engine/base/error.h"

#include "engine/base/assert.h"

#include <stdarg.h>
#include <string.h>

#define TEXT_BYTES (8 * LEAT_ERROR_MESSAGE_BYTES)

struct error_stack {
    enum leat_error_kind kind;
    bool verbatim;
    char text[TEXT_BYTES];
};

static _Thread_local struct error_stack error;

int leat_error_set(enum leat_error_kind kind, const char *format, ...) {
    leat_assert(kind != LEAT_ERROR_NONE);
    char message[LEAT_ERROR_MESSAGE_BYTES]; // the arguments may point into error.text
    va_list args;
    va_start(args, format);
    vsnprintf(message, sizeof(message), format, args);
    va_end(args);
    error.kind = kind;
    error.verbatim = false;
    memcpy(error.text, message, strlen(message) + 1);
    return -1;
}

int leat_error_append(const char *format, ...) {
    leat_assert(error.kind != LEAT_ERROR_NONE);
    char message[LEAT_ERROR_MESSAGE_BYTES];
    va_list args;
    va_start(args, format);
    vsnprintf(message, sizeof(message), format, args);
    va_end(args);
    size_t head = strlen(message), tail = strlen(error.text);
    if (head + 2 + tail >= TEXT_BYTES)
        tail = TEXT_BYTES - head - 3; // the innermost end is what is cut
    memmove(error.text + head + 2, error.text, tail);
    memcpy(error.text, message, head);
    memcpy(error.text + head, ": ", 2);
    error.text[head + 2 + tail] = 0;
    return -1;
}

void leat_error_set_verbatim(enum leat_error_kind kind, const char *text) {
    leat_assert(kind != LEAT_ERROR_NONE);
    error.kind = kind;
    error.verbatim = true;
    snprintf(error.text, TEXT_BYTES, "%s", text);
}

enum leat_error_kind leat_error_kind(void) {
    return error.kind;
}

const char *leat_error_text(void) {
    return error.text;
}

void leat_error_print(FILE *to) {
    leat_assert(error.kind != LEAT_ERROR_NONE);
    fprintf(to, "%s%s\n", error.verbatim ? "" : "leat: ", error.text);
    leat_error_clear();
}

void leat_error_clear(void) {
    error.kind = LEAT_ERROR_NONE;
    error.verbatim = false;
    error.text[0] = 0;
}
