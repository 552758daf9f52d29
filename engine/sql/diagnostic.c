#include "engine/sql/diagnostic.h"

#include "engine/base/error.h"
#include "engine/sql/utf8.h"

#include <stdarg.h>

// Characters of a line that are shown; of a longer one this many around the place.
#define SHOWN_WIDTH 120
#define TAB_WIDTH   4
#define TEXT_BYTES  ((size_t)8 * LEAT_ERROR_MESSAGE_BYTES)

// A text that is cut, never overrun.
struct builder {
    char text[TEXT_BYTES];
    size_t length;
};

static void put(struct builder *b, const char *text, size_t length) {
    length = LEAT_MIN(length, sizeof(b->text) - 1 - b->length);
    memcpy(b->text + b->length, text, length);
    b->length += length;
    b->text[b->length] = 0;
}

static void LEAT_PRINTF(2, 3) put_format(struct builder *b, const char *format, ...) {
    char part[256];
    va_list args;
    va_start(args, format);
    vsnprintf(part, sizeof(part), format, args);
    va_end(args);
    put(b, part, strlen(part));
}

static void put_repeated(struct builder *b, char c, uint32_t count) {
    for (uint32_t i = 0; i < count; i++)
        put(b, &c, 1);
}

// Control characters move the cursor, and bidirectional controls show code in another order than it runs.
static bool is_control(uint32_t code) {
    return code < 0x20 || (code >= 0x7f && code < 0xa0) || code == 0x061c || code == 0x200e || code == 0x200f ||
           (code >= 0x2028 && code <= 0x202e) || (code >= 0x2066 && code <= 0x2069) || code == 0xfeff;
}

// Cells of a terminal that a character takes: combining marks none, East Asian wide ones and emoji two.
static uint32_t width_of(uint32_t code) {
    if ((code >= 0x300 && code <= 0x36f) || code == 0x200b || code == 0x200c || code == 0x200d || (code >= 0xfe00 && code <= 0xfe0f))
        return 0;
    bool wide = (code >= 0x1100 && code <= 0x115f) || (code >= 0x2e80 && code <= 0xa4cf) || (code >= 0xac00 && code <= 0xd7a3) ||
                (code >= 0xf900 && code <= 0xfaff) || (code >= 0xfe30 && code <= 0xfe6f) || (code >= 0xff00 && code <= 0xff60) ||
                (code >= 0x1f300 && code <= 0x1faff) || (code >= 0x20000 && code <= 0x3fffd);
    return wide ? 2 : 1;
}

// One character as it is shown.
struct shown {
    const char *text;
    uint32_t bytes; // of `text`
    uint32_t width;
    uint32_t taken; // bytes of the source
};

static struct shown shown_next(const char *text, size_t length, uint32_t column) {
    struct shown s = {.text = text};
    uint32_t code = leat_utf8_next(text, length, &s.taken);
    if (code == '\t')
        return (struct shown){
            .text = "        ", .bytes = TAB_WIDTH - column % TAB_WIDTH, .width = TAB_WIDTH - column % TAB_WIDTH, .taken = 1};
    if (code == LEAT_UTF8_BAD || is_control(code))
        return (struct shown){.text = "?", .bytes = 1, .width = 1, .taken = s.taken};
    s.bytes = s.taken;
    s.width = width_of(code);
    return s;
}

static void put_clean(struct builder *b, const char *text, size_t length, bool newlines) {
    for (size_t i = 0; i < length;) {
        if (text[i] == '\n' && newlines) {
            put(b, "\n", 1);
            i++;
            continue;
        }
        struct shown s = shown_next(text + i, length - i, TAB_WIDTH - 1);
        if (s.bytes > sizeof(b->text) - 1 - b->length)
            return; // no half characters
        put(b, s.text, s.bytes);
        i += s.taken;
    }
}

const char *leat_diagnostic_clean(char *out, size_t out_bytes, const char *text, size_t length) {
    size_t used = 0;
    for (size_t i = 0; i < length;) {
        struct shown s = shown_next(text + i, length - i, TAB_WIDTH - 1);
        if (used + s.bytes >= out_bytes)
            break;
        memcpy(out + used, s.text, s.bytes);
        used += s.bytes;
        i += s.taken;
    }
    out[used] = 0;
    return out;
}

static size_t line_start_of(const struct leat_sql_source *source, size_t offset) {
    while (offset > 0 && source->text[offset - 1] != '\n')
        offset--;
    return offset;
}

struct leat_sql_position leat_sql_position_of(const struct leat_sql_source *source, uint32_t offset) {
    size_t end = LEAT_MIN((size_t)offset, source->length);
    struct leat_sql_position position = {1, 1};
    for (size_t i = 0; i < end; i++)
        position.line += source->text[i] == '\n';
    uint32_t bytes;
    for (size_t i = line_start_of(source, end); i < end; i += bytes, position.column++)
        leat_utf8_next(source->text + i, source->length - i, &bytes);
    return position;
}

// The line of a diagnostic, measured in cells: [from, to) is the underlined part.
struct line_view {
    const char *text;
    size_t length;
    uint32_t from;
    uint32_t to;
    uint32_t width;
};

static struct line_view line_view_of(const struct leat_sql_source *source, struct leat_span span) {
    size_t place = LEAT_MIN((size_t)span.start, source->length), span_end = LEAT_MIN((size_t)span.end, source->length);
    size_t start = line_start_of(source, place), end = place;
    while (end < source->length && source->text[end] != '\n')
        end++;
    if (end > start && source->text[end - 1] == '\r')
        end--;
    struct line_view view = {.text = source->text + start, .length = end - start};
    for (size_t i = start; i < end;) {
        struct shown s = shown_next(source->text + i, end - i, view.width);
        view.width += s.width;
        i += s.taken;
        if (i <= place)
            view.from = view.width;
        if (i <= span_end)
            view.to = view.width;
    }
    view.to = LEAT_MAX(view.to, view.from + 1); // an empty span and one at the end of the line get one caret
    return view;
}

// Shows the cells [from, to) of the line; returns how many it printed.
static void put_cells(struct builder *b, const struct line_view *view, uint32_t from, uint32_t to) {
    uint32_t column = 0;
    for (size_t i = 0; i < view->length && column < to;) {
        struct shown s = shown_next(view->text + i, view->length - i, column);
        if (column >= from && column + s.width <= to)
            put(b, s.text, s.bytes);
        else if (column + s.width > from && column < to)
            put_repeated(b, ' ', LEAT_MIN(column + s.width, to) - LEAT_MAX(column, from)); // cut in the middle of a wide one
        column += s.width;
        i += s.taken;
    }
}

static void put_line(struct builder *b, const struct line_view *view, uint32_t line) {
    uint32_t from = 0, to = view->width;
    if (view->width > SHOWN_WIDTH) {
        from = view->from > SHOWN_WIDTH / 2 ? view->from - SHOWN_WIDTH / 2 : 0;
        to = LEAT_MIN(from + SHOWN_WIDTH, view->width);
    }
    const char *before = from > 0 ? "..." : "";
    put_format(b, "\n%5u | %s", line, before);
    put_cells(b, view, from, to);
    put_format(b, "%s\n      | ", to < view->width ? "..." : "");
    put_repeated(b, ' ', (uint32_t)strlen(before) + view->from - from);
    uint32_t carets_end = view->to > to && view->from < to ? to : view->to;
    put_repeated(b, '^', LEAT_MAX(carets_end, view->from + 1) - view->from);
}

static void put_hints(struct builder *b, const char *hint) {
    while (hint && *hint) {
        size_t length = strcspn(hint, "\n");
        put(b, "\nhint: ", 7);
        put_clean(b, hint, length, false);
        hint += length + (hint[length] == '\n');
    }
}

static void LEAT_PRINTF(6, 0) build(struct builder *b, const struct leat_sql_source *source, struct leat_span span, const char *severity,
                                    const char *hint, const char *format, va_list args) {
    char message[LEAT_ERROR_MESSAGE_BYTES];
    vsnprintf(message, sizeof(message), format, args);
    b->length = 0;
    struct leat_sql_position position = leat_sql_position_of(source, span.start);
    size_t name_length = strnlen(source->name, LEAT_ERROR_MESSAGE_BYTES); // an endless path must not push out the message
    put_clean(b, source->name, name_length, false);
    put_format(b, ":%u:%u: %s: ", position.line, position.column, severity);
    put_clean(b, message, strlen(message), false);
    struct line_view view = line_view_of(source, span);
    put_line(b, &view, position.line);
    put_hints(b, hint);
}

int leat_diagnostic(const struct leat_sql_source *source, struct leat_span span, const char *hint, const char *format, ...) {
    struct builder b;
    va_list args;
    va_start(args, format);
    build(&b, source, span, "error", hint, format, args);
    va_end(args);
    leat_error_set_verbatim(LEAT_ERROR_CONFIG, b.text);
    return -1;
}

void leat_diagnostic_warn(struct leat_arena *arena, struct leat_sql_warnings *warnings, const struct leat_sql_source *source,
                          struct leat_span span, const char *hint, const char *format, ...) {
    struct builder b;
    va_list args;
    va_start(args, format);
    build(&b, source, span, "warning", hint, format, args);
    va_end(args);
    struct leat_sql_warning *warning = leat_arena_alloc(arena, sizeof(*warning));
    warning->span = span;
    warning->text = leat_arena_copy(arena, b.text, b.length);
    if (warnings->last)
        warnings->last->next = warning;
    else
        warnings->first = warning;
    warnings->last = warning;
    warnings->count++;
}

void leat_diagnostic_print_warnings(const struct leat_sql_warnings *warnings, FILE *to) {
    for (const struct leat_sql_warning *w = warnings->first; w; w = w->next)
        fprintf(to, "%s\n", w->text);
}
