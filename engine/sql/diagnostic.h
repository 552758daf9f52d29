// What the user sees when a script is wrong: FILE:LINE:COLUMN, the line, a caret under the place, hints.
// The lexer, the parser, the binder and the planner all report through here.
#ifndef LEAT_ENGINE_SQL_DIAGNOSTIC_H
#define LEAT_ENGINE_SQL_DIAGNOSTIC_H

#include "engine/base/arena.h"
#include "engine/base/base.h"

#include <stdio.h>

// The text of one script. Borrowed: name and text must live as long as whatever was made from them.
struct leat_sql_source {
    const char *name; // as shown before the line number, usually the path of the file
    const char *text; // need not end in a zero
    size_t length;    // bytes
};

// Bytes [start, end) of a source.
struct leat_span {
    uint32_t start;
    uint32_t end;
};

// A place as editors count: both from 1; columns count characters (code points), a tab is one.
struct leat_sql_position {
    uint32_t line;
    uint32_t column;
};

// One warning: the finished text, without a newline at the end.
struct leat_sql_warning {
    struct leat_sql_warning *next;
    struct leat_span span;
    const char *text;
};

// Warnings in the order they were found. Zero-initialise. The texts live in the arena given to leat_diagnostic_warn.
struct leat_sql_warnings {
    struct leat_sql_warning *first;
    struct leat_sql_warning *last;
    uint32_t count;
};

// The smallest span that covers both.
static inline struct leat_span leat_span_join(struct leat_span a, struct leat_span b) {
    return (struct leat_span){LEAT_MIN(a.start, b.start), LEAT_MAX(a.end, b.end)};
}

// Line and column of byte `offset` (clipped to the source's length). Takes time in the offset: for errors only.
struct leat_sql_position leat_sql_position_of(const struct leat_sql_source *source, uint32_t offset);

// Sets the error stack of this thread to a finished diagnostic of kind LEAT_ERROR_CONFIG:
//   FILE:LINE:COLUMN: error: MESSAGE
//     12 | the line, where it is long only the part around the place
//        |     ^^^^^
//   hint: HINT
// `hint` may be NULL, or several hints with newlines between. What comes from the script is printed without terminal
// control characters. Always returns -1.
int leat_diagnostic(const struct leat_sql_source *source, struct leat_span span, const char *hint, const char *format, ...)
    LEAT_PRINTF(4, 5);

// Like leat_diagnostic, but adds "warning:" text to `warnings`; the error stack stays as it is.
void leat_diagnostic_warn(struct leat_arena *arena, struct leat_sql_warnings *warnings, const struct leat_sql_source *source,
                          struct leat_span span, const char *hint, const char *format, ...) LEAT_PRINTF(6, 7);

// Prints all warnings, each with a newline at its end.
void leat_diagnostic_print_warnings(const struct leat_sql_warnings *warnings, FILE *to);

// Copies `text` to `out` (`out_bytes` > 0, always zero-terminated, cut at a whole character) with control characters and broken
// UTF-8 shown as `?`, so that it may be put into a message. Returns `out`.
const char *leat_diagnostic_clean(char *out, size_t out_bytes, const char *text, size_t length);

#endif
