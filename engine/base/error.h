// The error stack of a thread: set where the error is found, appended to on the way up, printed once at the top.
// Fallible functions of the control plane return 0, or -1 with the stack set; data-plane functions return small enums.
// (After Aeron's per-thread error record.)
#ifndef LEAT_ENGINE_BASE_ERROR_H
#define LEAT_ENGINE_BASE_ERROR_H

#include "engine/base/base.h"

#include <stdio.h>

// What kind of failure it is. The value is the exit status of the process (after sysexits.h).
enum leat_error_kind {
    LEAT_ERROR_NONE = 0,
    LEAT_ERROR_CHECK = 1,        // `check` or `test` found something wrong
    LEAT_ERROR_USAGE = 64,       // bad command line
    LEAT_ERROR_DATA = 65,        // bad input data and the pipeline is told to fail on it
    LEAT_ERROR_NO_INPUT = 66,    // an input file is absent
    LEAT_ERROR_UNAVAILABLE = 69, // a broker or service cannot be reached
    LEAT_ERROR_INTERNAL = 70,    // out of memory, over the budget
    LEAT_ERROR_IO = 74,          // reading or writing failed
    LEAT_ERROR_DRAIN = 75,       // stopped before everything was handed on
    LEAT_ERROR_PERMISSION = 77,  // not allowed
    LEAT_ERROR_CONFIG = 78,      // bad SQL, option or configuration
};

// Starts a new error stack in this thread with one message (no newline at the end). Always returns -1,
// so that `return leat_error_set(...)` reads well. Long messages are cut at LEAT_ERROR_MESSAGE_BYTES.
int leat_error_set(enum leat_error_kind kind, const char *format, ...) LEAT_PRINTF(2, 3);

// Adds what the caller was doing ("cannot open source `states`"). Returns -1. Needs a stack that is set.
int leat_error_append(const char *format, ...) LEAT_PRINTF(1, 2);

// The kind that was set, LEAT_ERROR_NONE when the stack is empty. This thread only.
enum leat_error_kind leat_error_kind(void);

// The whole stack as one line, outermost message first, joined by ": ". Valid until the next call in this thread.
const char *leat_error_text(void);

// Prints "leat: <text>\n", or the text as it is where it already starts with FILE:LINE:COLUMN, and clears the stack.
void leat_error_print(FILE *to);

// Forgets the error of this thread.
void leat_error_clear(void);

// Marks the stack as holding a finished, possibly multi-line diagnostic that leat_error_print prints verbatim.
void leat_error_set_verbatim(enum leat_error_kind kind, const char *text);

// Longest message that one call keeps, in bytes; a verbatim text may be eight times as long.
#define LEAT_ERROR_MESSAGE_BYTES 1024

#endif
