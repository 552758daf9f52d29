// The walker: reads one JSON text token by token, checks it against the grammar, and notes the values of wanted members.
// It is the only judge of what is wrong with a text; the fast paths only ever accept.
#ifndef LEAT_INGEST_JSON_JSON_WALK_H
#define LEAT_INGEST_JSON_JSON_WALK_H

#include "engine/runtime/format.h"

// What a member's value is.
enum leat_json_kind {
    LEAT_JSON_ABSENT,
    LEAT_JSON_NULL,
    LEAT_JSON_TRUE,
    LEAT_JSON_FALSE,
    LEAT_JSON_INTEGER, // a number without point and exponent
    LEAT_JSON_DECIMAL, // any other number
    LEAT_JSON_STRING,
    LEAT_JSON_CONTAINER, // an object or an array
};

// A value as it stands in the text, which it points into. Strings without their quotes.
struct leat_json_value {
    const char *start;
    uint32_t length;
    uint8_t kind; // enum leat_json_kind
    bool escaped; // a string with backslashes
};

// The wanted names: an open hash table over the fields of a decoder.
struct leat_json_names {
    const struct leat_decode_field *fields;
    uint32_t count;        // of fields
    uint32_t *length;      // of each field's name
    uint16_t *slots;       // field number + 1, or 0
    uint32_t slot_mask;    // slots - 1
    uint32_t longest_name; // bytes
    char *scratch;         // for keys with escapes: 6 * longest_name bytes
};

// The field of this name, or -1.
int leat_json_names_find(const struct leat_json_names *names, const char *key, size_t length);

// Reads one JSON text at [text, text + length), which must be UTF-8. With `names`, values[i] becomes the value of field i: of
// the last top-level member of that name, LEAT_JSON_ABSENT when there is none; they mean nothing when the text is bad.
// Without `names`, `values` is not touched. LEAT_BAD_NONE, _JSON_SYNTAX, _DEPTH or, only with `names`, _NOT_OBJECT.
// Does not recurse; reads nothing outside the text.
enum leat_bad_reason leat_json_walk(const struct leat_json_names *names, const char *text, size_t length, struct leat_json_value *values);

#endif
