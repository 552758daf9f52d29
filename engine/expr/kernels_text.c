// Functions of texts. Lengths and positions count code points; long results go to the heap of the batch, parts of a text point into it.
#include "engine/base/error.h"
#include "engine/expr/kernel.h"
#include "engine/expr/letter.h"
#include "engine/expr/like.h"

// The bytes of a text.
struct bytes {
    const char *at;
    const char *end;
};

static struct bytes bytes_of(const struct leat_text *text) {
    const char *at = leat_text_bytes(text);
    return (struct bytes){at, at + text->length};
}

static void put_part(struct leat_kernel_call *call, uint32_t row, struct bytes part) {
    ((struct leat_text *)call->out->data)[row] = leat_text_view(part.at, (uint32_t)(part.end - part.at));
}

// Where the code point number `count` from `at` starts, or the end.
static const char *skip_letters(struct bytes bytes, int64_t count) {
    for (; count > 0 && bytes.at < bytes.end; count--)
        bytes.at += leat_utf8_length(bytes.at, bytes.end);
    return bytes.at;
}

static int64_t count_letters(struct bytes bytes) {
    return leat_utf8_count(bytes.at, (size_t)(bytes.end - bytes.at));
}

// ---- Length, case

static int char_length(struct leat_kernel_call *call) {
    int32_t *out = call->out->data;
    for (uint32_t i = 0; i < call->count; i++) {
        const uint32_t row = leat_kernel_row(call, i);
        out[row] = (int32_t)count_letters(bytes_of(leat_kernel_text(call, 0, row)));
    }
    return 0;
}

static uint32_t decode(const char *at, size_t length) {
    const unsigned char *byte = (const unsigned char *)at;
    if (length == 1)
        return byte[0];
    uint32_t letter = byte[0] & (0xff >> (length + 1));
    for (size_t i = 1; i < length; i++)
        letter = letter << 6 | (byte[i] & 0x3f);
    return letter;
}

static char *encode(char *to, uint32_t letter) {
    if (letter < 0x80) {
        *to++ = (char)letter;
        return to;
    }
    int tail = letter < 0x800 ? 1 : letter < 0x10000 ? 2 : 3;
    *to++ = (char)((0xff00 >> (tail + 1)) | (letter >> (6 * tail)));
    while (tail--)
        *to++ = (char)(0x80 | (letter >> (6 * tail) & 0x3f));
    return to;
}

// The text in the other case. No letter's counterpart takes more than half as many bytes again.
static char *map_letters(struct bytes from, bool upper, char *to) {
    while (from.at < from.end) {
        size_t length = leat_utf8_length(from.at, from.end);
        uint32_t letter = decode(from.at, length);
        // A byte that no UTF-8 has stays as it is.
        if (length == 1 && letter >= 0x80) {
            *to++ = *from.at;
        } else if (upper && letter == 0xdf) {
            *to++ = 'S'; // the one frequent letter whose upper case is two
            *to++ = 'S';
        } else {
            to = encode(to, upper ? leat_letter_upper(letter) : leat_letter_lower(letter));
        }
        from.at += length;
    }
    return to;
}

static int change_case(struct leat_kernel_call *call, bool upper) {
    for (uint32_t i = 0; i < call->count; i++) {
        const uint32_t row = leat_kernel_row(call, i);
        const struct leat_text *text = leat_kernel_text(call, 0, row);
        char small[2 * LEAT_TEXT_INLINE_BYTES];
        struct leat_text *out = (struct leat_text *)call->out->data + row;
        size_t room = text->length + (size_t)text->length / 2 + 4;
        char *to = room <= sizeof(small) ? small : leat_heap_alloc(call->heap, room);
        if (!to)
            return -1;
        size_t length = (size_t)(map_letters(bytes_of(text), upper, to) - to);
        if (to == small) {
            if (leat_kernel_put_text(call, row, small, length))
                return -1;
        } else {
            *out = leat_text_view(to, (uint32_t)length);
        }
    }
    return 0;
}

static int upper_text(struct leat_kernel_call *call) {
    return change_case(call, true);
}

static int lower_text(struct leat_kernel_call *call) {
    return change_case(call, false);
}

// ---- Parts

// From `position`, 1 for the first letter, 0 too, negative ones counted from the end; `count` letters.
static struct bytes part_of(struct bytes bytes, int64_t position, int64_t count) {
    struct bytes nothing = {bytes.at, bytes.at};
    int64_t start = position - 1;
    if (position < 0) {
        start = count_letters(bytes) + position;
        if (start < 0)
            return nothing; // and not the beginning: so does Flink
    }
    bytes.at = skip_letters(bytes, start);
    bytes.end = skip_letters(bytes, count);
    return bytes;
}

static int substring(struct leat_kernel_call *call) {
    bool has_count = call->expr->arg_count > 2;
    for (uint32_t i = 0; i < call->count; i++) {
        const uint32_t row = leat_kernel_row(call, i);
        int64_t count = has_count ? leat_kernel_int32(call, 2, row) : INT32_MAX;
        if (count < 0)
            leat_kernel_null(call, row);
        else
            put_part(call, row, part_of(bytes_of(leat_kernel_text(call, 0, row)), leat_kernel_int32(call, 1, row), count));
    }
    return 0;
}

static int left(struct leat_kernel_call *call) {
    for (uint32_t i = 0; i < call->count; i++) {
        const uint32_t row = leat_kernel_row(call, i);
        struct bytes bytes = bytes_of(leat_kernel_text(call, 0, row));
        bytes.end = skip_letters(bytes, leat_kernel_int32(call, 1, row));
        put_part(call, row, bytes);
    }
    return 0;
}

static int right(struct leat_kernel_call *call) {
    for (uint32_t i = 0; i < call->count; i++) {
        const uint32_t row = leat_kernel_row(call, i);
        struct bytes bytes = bytes_of(leat_kernel_text(call, 0, row));
        int32_t count = leat_kernel_int32(call, 1, row);
        if (count <= 0)
            bytes.at = bytes.end;
        else
            bytes.at = skip_letters(bytes, count_letters(bytes) - count);
        put_part(call, row, bytes);
    }
    return 0;
}

static bool contains_letter(struct bytes set, const char *letter, size_t length) {
    for (size_t step; set.at < set.end; set.at += step) {
        step = leat_utf8_length(set.at, set.end);
        if (step == length && memcmp(set.at, letter, length) == 0)
            return true;
    }
    return false;
}

// Takes away letters of a set (the space where there is none) at the ends.
static void trim(struct leat_kernel_call *call, bool leading, bool trailing) {
    static const char space[] = " ";
    bool has_set = call->expr->arg_count > 1;
    for (uint32_t i = 0; i < call->count; i++) {
        const uint32_t row = leat_kernel_row(call, i);
        struct bytes bytes = bytes_of(leat_kernel_text(call, 0, row));
        struct bytes set = has_set ? bytes_of(leat_kernel_text(call, 1, row)) : (struct bytes){space, space + 1};
        while (leading && bytes.at < bytes.end && contains_letter(set, bytes.at, leat_utf8_length(bytes.at, bytes.end)))
            bytes.at += leat_utf8_length(bytes.at, bytes.end);
        while (trailing && bytes.at < bytes.end) {
            const char *last = bytes.end - 1;
            while (last > bytes.at && (*last & 0xc0) == 0x80)
                last--;
            if (!contains_letter(set, last, (size_t)(bytes.end - last)))
                break;
            bytes.end = last;
        }
        put_part(call, row, bytes);
    }
}

static int trim_both(struct leat_kernel_call *call) {
    trim(call, true, true);
    return 0;
}

static int trim_left(struct leat_kernel_call *call) {
    trim(call, true, false);
    return 0;
}

static int trim_right(struct leat_kernel_call *call) {
    trim(call, false, true);
    return 0;
}

// ---- Putting together

static int concat(struct leat_kernel_call *call) {
    struct leat_text *out = call->out->data;
    const uint32_t arg_count = call->expr->arg_count;
    for (uint32_t i = 0; i < call->count; i++) {
        const uint32_t row = leat_kernel_row(call, i);
        char small[LEAT_TEXT_INLINE_BYTES];
        size_t length = 0;
        for (uint32_t arg = 0; arg < arg_count; arg++)
            length += leat_kernel_text(call, arg, row)->length;
        if (length > INT32_MAX)
            return leat_error_set(LEAT_ERROR_INTERNAL, "a text of %zu bytes is too long", length);
        char *to = length <= sizeof(small) ? small : leat_heap_alloc(call->heap, length);
        if (!to)
            return -1;
        char *at = to;
        for (uint32_t arg = 0; arg < arg_count; arg++) {
            const struct leat_text *text = leat_kernel_text(call, arg, row);
            memcpy(at, leat_text_bytes(text), text->length);
            at += text->length;
        }
        out[row] = leat_text_view(to, (uint32_t)length);
    }
    return 0;
}

// ---- LIKE

static const char wrong_escape[] = "LIKE: an escape must stand before %, _ or itself";

// The escape byte, or -1 where the text is not one ASCII character.
static int escape_of(const struct leat_text *text) {
    int byte = text->length == 1 ? (unsigned char)*leat_text_bytes(text) : 0xff;
    return byte < 0x80 ? byte : -1;
}

static bool prepare_like(struct leat_expr_builder *builder, struct leat_expr *expr) {
    int escape = -1;
    bool constant = leat_expr_is_value(expr->args[1]);
    if (expr->arg_count > 2) {
        if (!leat_expr_is_value(expr->args[2]) || (escape = escape_of(&expr->args[2]->constant.text)) < 0) {
            leat_expr_refuse(builder, "write ESCAPE '!', for example", "the ESCAPE of LIKE must be one ASCII character");
            return false;
        }
        if (constant)
            expr->can_fail = expr->args[0]->can_fail;
    } else {
        expr->can_fail = expr->args[0]->can_fail | expr->args[1]->can_fail;
    }
    if (!constant)
        return true;
    const struct leat_text *pattern = &expr->args[1]->constant.text;
    expr->prepared = leat_like_compile(builder->arena, leat_text_bytes(pattern), pattern->length, escape);
    if (!expr->prepared)
        leat_expr_refuse(builder, NULL, "the pattern of LIKE has an escape that is not before %%, _ or itself");
    return expr->prepared != NULL;
}

static int like_raw(struct leat_kernel_call *call) {
    uint8_t *out = call->out->data;
    int escape = call->expr->arg_count > 2 ? escape_of(&call->expr->args[2]->constant.text) : -1;
    for (uint32_t i = 0; i < call->count; i++) {
        const uint32_t row = leat_kernel_row(call, i);
        const struct leat_text *text = leat_kernel_text(call, 0, row), *pattern = leat_kernel_text(call, 1, row);
        int matches = leat_like_match_raw(leat_text_bytes(pattern), pattern->length, escape, leat_text_bytes(text), text->length);
        if (matches < 0)
            leat_kernel_fail(call, row, wrong_escape);
        else
            out[row] = matches > 0;
    }
    return 0;
}

// A prefix of up to four bytes stands in the value itself, so that no text is touched.
static void like_short_prefix(struct leat_kernel_call *call, const struct leat_text *prefix) {
    uint8_t *out = call->out->data;
    uint32_t wanted, mask = prefix->length == 4 ? UINT32_MAX : (UINT32_C(1) << (8 * prefix->length)) - 1;
    memcpy(&wanted, prefix->prefix, 4);
    for (uint32_t i = 0; i < call->count; i++) {
        const uint32_t row = leat_kernel_row(call, i);
        const struct leat_text *text = leat_kernel_text(call, 0, row);
        uint32_t head;
        memcpy(&head, text->prefix, 4);
        out[row] = text->length >= prefix->length && (head & mask) == wanted;
    }
}

static int like(struct leat_kernel_call *call) {
    const struct leat_like *like = call->expr->prepared;
    uint8_t *out = call->out->data;
    if (!like)
        return like_raw(call);
    if (like->kind == LEAT_LIKE_PREFIX && like->pieces[0].length <= 4) {
        like_short_prefix(call, &like->pieces[0]);
        return 0;
    }
    for (uint32_t i = 0; i < call->count; i++) {
        const uint32_t row = leat_kernel_row(call, i);
        out[row] = leat_like_match(like, leat_kernel_text(call, 0, row));
    }
    return 0;
}

// ---- Places

// Where `part` first stands in `text`, from the letter number `start` on; 0: nowhere. As in Flink nothing stands at 1 wherever one starts.
static int32_t find_part(struct bytes part, struct bytes text, int64_t start) {
    size_t length = (size_t)(part.end - part.at);
    if (!length)
        return 1;
    const struct bytes rest = {skip_letters(text, start - 1), text.end};
    const char *found = rest.at < rest.end ? memmem(rest.at, (size_t)(rest.end - rest.at), part.at, length) : NULL;
    return found ? (int32_t)(count_letters((struct bytes){text.at, found}) + 1) : 0;
}

static int locate(struct leat_kernel_call *call) {
    int32_t *out = call->out->data;
    for (uint32_t i = 0; i < call->count; i++) {
        const uint32_t row = leat_kernel_row(call, i);
        int64_t start = call->expr->arg_count > 2 ? leat_kernel_int32(call, 2, row) : 1;
        out[row] = find_part(bytes_of(leat_kernel_text(call, 0, row)), bytes_of(leat_kernel_text(call, 1, row)), start);
    }
    return 0;
}

static int instr(struct leat_kernel_call *call) {
    int32_t *out = call->out->data;
    for (uint32_t i = 0; i < call->count; i++) {
        const uint32_t row = leat_kernel_row(call, i);
        out[row] = find_part(bytes_of(leat_kernel_text(call, 1, row)), bytes_of(leat_kernel_text(call, 0, row)), 1);
    }
    return 0;
}

// ---- The table

#define TEXT(kernel)                                                                                                                       \
    { [LEAT_PHYSICAL_TEXT] = kernel }
#define FUNCTION(function, min, max, types, result_type, kernel, signature, text)                                                          \
    {                                                                                                                                      \
        .name = function, .args_min = min, .args_max = max, .params = types, .result = result_type, .kernels = TEXT(kernel), .doc = {      \
            function,                                                                                                                      \
            signature,                                                                                                                     \
            text                                                                                                                           \
        }                                                                                                                                  \
    }
#define STRINGS                                                                                                                            \
    { LEAT_TYPE_STRING }
#define STRINGS_INT                                                                                                                        \
    { LEAT_TYPE_STRING, LEAT_TYPE_STRING, LEAT_TYPE_INT }
#define STRING_INT                                                                                                                         \
    { LEAT_TYPE_STRING, LEAT_TYPE_INT }
#define SUBSTRING(function)                                                                                                                \
    {                                                                                                                                      \
        .name = function, .args_min = 2, .args_max = 3, .params = {LEAT_TYPE_STRING, LEAT_TYPE_INT, LEAT_TYPE_INT},                        \
        .result = LEAT_TYPE_STRING, .flags = LEAT_FUNCTION_NULLS, .kernels = TEXT(substring), .doc = {                                     \
            function,                                                                                                                      \
            function "(STRING, start INT [, length INT]) -> STRING",                                                                       \
            "The letters from `start` (1 is the first; negative ones count from the end); NULL for a negative length."                     \
        }                                                                                                                                  \
    }

const struct leat_function leat_functions_text[] = {
    FUNCTION("CHAR_LENGTH", 1, 1, STRINGS, LEAT_TYPE_INT, char_length, "CHAR_LENGTH(STRING) -> INT", "How many code points the text has."),
    FUNCTION("CHARACTER_LENGTH", 1, 1, STRINGS, LEAT_TYPE_INT, char_length, "CHARACTER_LENGTH(STRING) -> INT", "CHAR_LENGTH."),
    FUNCTION("LENGTH", 1, 1, STRINGS, LEAT_TYPE_INT, char_length, "LENGTH(STRING) -> INT", "CHAR_LENGTH; not in Flink."),
    FUNCTION("UPPER", 1, 1, STRINGS, LEAT_TYPE_STRING, upper_text, "UPPER(STRING) -> STRING",
             "In upper case, letter by letter after Unicode's simple mapping; the German sharp s becomes SS."),
    FUNCTION("LOWER", 1, 1, STRINGS, LEAT_TYPE_STRING, lower_text, "LOWER(STRING) -> STRING",
             "In lower case, letter by letter after Unicode's simple mapping (a final Greek sigma is not told apart)."),
    SUBSTRING("SUBSTRING"),
    SUBSTRING("SUBSTR"),
    FUNCTION("LEFT", 2, 2, STRING_INT, LEAT_TYPE_STRING, left, "LEFT(STRING, INT) -> STRING", "So many letters from the start."),
    FUNCTION("RIGHT", 2, 2, STRING_INT, LEAT_TYPE_STRING, right, "RIGHT(STRING, INT) -> STRING", "So many letters from the end."),
    FUNCTION("TRIM", 1, 2, STRINGS, LEAT_TYPE_STRING, trim_both, "TRIM([BOTH] [letters FROM] STRING) -> STRING",
             "Without the spaces, or the given letters, at both ends."),
    FUNCTION("LTRIM", 1, 2, STRINGS, LEAT_TYPE_STRING, trim_left, "LTRIM(STRING [, letters STRING]) -> STRING",
             "Without the spaces, or the given letters, at the start."),
    FUNCTION("RTRIM", 1, 2, STRINGS, LEAT_TYPE_STRING, trim_right, "RTRIM(STRING [, letters STRING]) -> STRING",
             "Without the spaces, or the given letters, at the end."),
    FUNCTION("POSITION", 2, 2, STRINGS, LEAT_TYPE_INT, locate, "POSITION(part STRING IN STRING) -> INT",
             "Where the part first stands, 1 for the first letter; 0 where it does not."),
    FUNCTION("LOCATE", 2, 3, STRINGS_INT, LEAT_TYPE_INT, locate, "LOCATE(part STRING, STRING [, start INT]) -> INT",
             "POSITION, looking from the letter number `start` on."),
    FUNCTION("INSTR", 2, 2, STRINGS, LEAT_TYPE_INT, instr, "INSTR(STRING, part STRING) -> INT", "POSITION."),
    FUNCTION("CONCAT", 1, 250, STRINGS, LEAT_TYPE_STRING, concat, "CONCAT(STRING, ...) -> STRING",
             "Its arguments one behind the other; NULL if one of them is NULL."),
    {.name = "||",
     .form = LEAT_FORM_INFIX,
     .args_min = 2,
     .args_max = 2,
     .params = STRINGS,
     .result = LEAT_TYPE_STRING,
     .kernels = TEXT(concat)},
    {.name = "LIKE",
     .form = LEAT_FORM_INFIX,
     .args_min = 2,
     .args_max = 3,
     .params = STRINGS,
     .result = LEAT_TYPE_BOOLEAN,
     .flags = LEAT_FUNCTION_FAILS,
     .prepare = prepare_like,
     .kernels = TEXT(like)},
    {.name = NULL},
};
