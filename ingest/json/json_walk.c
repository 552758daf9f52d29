#include "ingest/json/json_walk.h"

#include "engine/base/hash.h"
#include "ingest/json/json_reader.h"
#include "ingest/json/json_text.h"

// What may come next.
enum expect {
    EXPECT_VALUE,
    EXPECT_VALUE_OR_END, // behind '['
    EXPECT_KEY,
    EXPECT_KEY_OR_END, // behind '{'
    EXPECT_COMMA_OR_END,
};

struct walk {
    const struct leat_json_names *names;
    struct leat_json_value *values;
    const char *p;
    const char *end;
    const char *container; // where the container that is a value at the top level starts
    uint32_t depth;
    int field; // that the next value at the top level belongs to, or -1
    enum leat_bad_reason reason;
    uint64_t is_object[LEAT_JSON_DEPTH_MAX / 64]; // bit d: the container opened at depth d is an object
};

int leat_json_names_find(const struct leat_json_names *names, const char *key, size_t length) {
    if (length > names->longest_name)
        return -1;
    for (uint32_t slot = (uint32_t)leat_hash_bytes(key, length);; slot++) {
        int field = (int)names->slots[slot & names->slot_mask] - 1;
        if (field < 0 || (names->length[field] == length && memcmp(names->fields[field].name, key, length) == 0))
            return field;
    }
}

static bool fail(struct walk *walk, enum leat_bad_reason reason) {
    walk->reason = reason;
    return false;
}

static void note_value(struct walk *walk, enum leat_json_kind kind, const char *start, const char *end, bool escaped) {
    if (walk->depth == 1 && walk->field >= 0) {
        walk->values[walk->field] =
            (struct leat_json_value){.start = start, .length = (uint32_t)(end - start), .kind = (uint8_t)kind, .escaped = escaped};
        walk->field = -1;
    }
}

// A key with escapes is looked up by its characters. Raw text of n characters has at most 6 * n bytes (12 for 4 of UTF-8).
static int find_escaped_key(const struct leat_json_names *names, const char *key, size_t length) {
    if (length > (size_t)names->longest_name * 6)
        return -1;
    bool lone;
    size_t plain = leat_json_unescape(key, length, names->scratch, &lone);
    return lone ? -1 : leat_json_names_find(names, names->scratch, plain);
}

static bool read_key(struct walk *walk) {
    if (walk->p == walk->end || *walk->p != '"')
        return fail(walk, LEAT_BAD_JSON_SYNTAX);
    const char *key = walk->p + 1;
    bool escaped = false;
    const char *stop = leat_json_string_end(key, walk->end, &escaped);
    if (!stop)
        return fail(walk, LEAT_BAD_JSON_SYNTAX);
    if (walk->depth == 1 && walk->names) {
        size_t length = (size_t)(stop - key);
        walk->field = escaped ? find_escaped_key(walk->names, key, length) : leat_json_names_find(walk->names, key, length);
    }
    walk->p = leat_json_skip_space(stop + 1, walk->end);
    if (walk->p == walk->end || *walk->p != ':')
        return fail(walk, LEAT_BAD_JSON_SYNTAX);
    walk->p++;
    return true;
}

static const char *skip_digits(const char *p, const char *end) {
    while (p < end && (uint8_t)(*p - '0') < 10)
        p++;
    return p;
}

// Where the number at `p` ends, or NULL.
static const char *number_end(const char *p, const char *end, enum leat_json_kind *kind) {
    *kind = LEAT_JSON_INTEGER;
    p += *p == '-';
    const char *digits = p;
    p = skip_digits(p, end);
    if (p == digits || (*digits == '0' && p - digits > 1))
        return NULL;
    if (p < end && *p == '.') {
        *kind = LEAT_JSON_DECIMAL;
        digits = p + 1;
        p = skip_digits(digits, end);
        if (p == digits)
            return NULL;
    }
    if (p < end && (*p | 0x20) == 'e') {
        *kind = LEAT_JSON_DECIMAL;
        p++;
        p += p < end && (*p == '+' || *p == '-');
        digits = p;
        p = skip_digits(digits, end);
        if (p == digits)
            return NULL;
    }
    return p;
}

static bool read_literal(struct walk *walk, const char *word, size_t length, enum leat_json_kind kind) {
    if ((size_t)(walk->end - walk->p) < length || memcmp(walk->p, word, length) != 0)
        return fail(walk, LEAT_BAD_JSON_SYNTAX);
    note_value(walk, kind, walk->p, walk->p + length, false);
    walk->p += length;
    return true;
}

// A value that is no container.
static bool read_scalar(struct walk *walk) {
    const char *start = walk->p;
    enum leat_json_kind kind;
    switch (*start) {
    case '"': {
        bool escaped = false;
        const char *stop = leat_json_string_end(start + 1, walk->end, &escaped);
        if (!stop)
            return fail(walk, LEAT_BAD_JSON_SYNTAX);
        note_value(walk, LEAT_JSON_STRING, start + 1, stop, escaped);
        walk->p = stop + 1;
        return true;
    }
    case 't':
        return read_literal(walk, "true", 4, LEAT_JSON_TRUE);
    case 'f':
        return read_literal(walk, "false", 5, LEAT_JSON_FALSE);
    case 'n':
        return read_literal(walk, "null", 4, LEAT_JSON_NULL);
    default: {
        const char *stop = number_end(start, walk->end, &kind);
        if (!stop)
            return fail(walk, LEAT_BAD_JSON_SYNTAX);
        note_value(walk, kind, start, stop, false);
        walk->p = stop;
        return true;
    }
    }
}

static bool open_container(struct walk *walk, bool object) {
    if (walk->depth == LEAT_JSON_DEPTH_MAX)
        return fail(walk, LEAT_BAD_DEPTH);
    uint64_t bit = UINT64_C(1) << walk->depth % 64;
    uint64_t *word = &walk->is_object[walk->depth / 64];
    *word = object ? *word | bit : *word & ~bit;
    if (walk->depth == 1)
        walk->container = walk->p;
    walk->depth++;
    walk->p++;
    return true;
}

static inline bool in_object(const struct walk *walk) {
    return walk->is_object[(walk->depth - 1) / 64] >> (walk->depth - 1) % 64 & 1;
}

// Closes the innermost container if the text does so here.
static bool close_container(struct walk *walk) {
    if (*walk->p != (in_object(walk) ? '}' : ']'))
        return fail(walk, LEAT_BAD_JSON_SYNTAX);
    walk->p++;
    walk->depth--;
    note_value(walk, LEAT_JSON_CONTAINER, walk->container, walk->p, false);
    return true;
}

// Takes one token; walk->p stands at its first byte.
static bool step(struct walk *walk, enum expect *expect) {
    char c = *walk->p;
    switch (*expect) {
    case EXPECT_COMMA_OR_END:
        if (c != ',')
            return close_container(walk);
        walk->p++;
        *expect = in_object(walk) ? EXPECT_KEY : EXPECT_VALUE;
        return true;
    case EXPECT_KEY_OR_END:
    case EXPECT_VALUE_OR_END:
        if (c == '}' || c == ']') {
            *expect = EXPECT_COMMA_OR_END;
            return close_container(walk);
        }
        if (*expect == EXPECT_VALUE_OR_END)
            break;
        __attribute__((fallthrough));
    case EXPECT_KEY:
        *expect = EXPECT_VALUE;
        return read_key(walk);
    case EXPECT_VALUE:
        break;
    }
    if (c == '{' || c == '[') {
        *expect = c == '{' ? EXPECT_KEY_OR_END : EXPECT_VALUE_OR_END;
        return open_container(walk, c == '{');
    }
    *expect = EXPECT_COMMA_OR_END;
    return read_scalar(walk);
}

enum leat_bad_reason leat_json_walk(const struct leat_json_names *names, const char *text, size_t length, struct leat_json_value *values) {
    struct walk walk = {.names = names, .values = values, .p = text, .end = text + length, .field = -1};
    enum expect expect = EXPECT_VALUE;
    // A byte order mark in front of a text is passed over, as Jackson does (RFC 8259, section 8.1, allows it).
    if (length >= 3 && memcmp(text, "\xef\xbb\xbf", 3) == 0)
        walk.p += 3;
    walk.p = leat_json_skip_space(walk.p, walk.end);
    bool object = walk.p < walk.end && *walk.p == '{';
    for (uint32_t i = 0; names && i < names->count; i++)
        values[i].kind = LEAT_JSON_ABSENT;
    do {
        if (walk.p == walk.end)
            return LEAT_BAD_JSON_SYNTAX;
        if (!step(&walk, &expect))
            return walk.reason;
        walk.p = leat_json_skip_space(walk.p, walk.end);
    } while (walk.depth > 0);
    if (walk.p != walk.end)
        return LEAT_BAD_JSON_SYNTAX;
    return names && !object ? LEAT_BAD_NOT_OBJECT : LEAT_BAD_NONE;
}
