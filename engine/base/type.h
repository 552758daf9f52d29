// SQL types and the way their values lie in memory.
#ifndef LEAT_ENGINE_BASE_TYPE_H
#define LEAT_ENGINE_BASE_TYPE_H

#include "engine/base/text.h"

// The SQL types. TIMESTAMP is a wall clock without a zone, TIMESTAMP_LTZ an instant; both are microseconds since
// 1970-01-01 00:00:00 (UTC for the instant) whatever their precision, and so is every watermark inside the engine.
enum leat_type_kind {
    LEAT_TYPE_NULL, // the type of a bare NULL, until something gives it a better one
    LEAT_TYPE_BOOLEAN,
    LEAT_TYPE_INT,
    LEAT_TYPE_BIGINT,
    LEAT_TYPE_DOUBLE,
    LEAT_TYPE_STRING,
    LEAT_TYPE_TIMESTAMP,
    LEAT_TYPE_TIMESTAMP_LTZ,
    LEAT_TYPE_INTERVAL_DAY,   // microseconds
    LEAT_TYPE_INTERVAL_MONTH, // months, as INT
    LEAT_TYPE_KINDS
};

// A type; small, passed by value.
struct leat_type {
    uint8_t kind;      // enum leat_type_kind
    uint8_t precision; // fractional digits of TIMESTAMP and TIMESTAMP_LTZ, 0..6; otherwise 0
    bool nullable;
};

// How a value lies in a column.
enum leat_physical {
    LEAT_PHYSICAL_BOOL,   // uint8_t 0 or 1
    LEAT_PHYSICAL_INT32,  // int32_t
    LEAT_PHYSICAL_INT64,  // int64_t
    LEAT_PHYSICAL_DOUBLE, // double
    LEAT_PHYSICAL_TEXT,   // struct leat_text
};

// The physical form of a type kind; LEAT_TYPE_NULL lies as BOOL.
static inline enum leat_physical leat_type_physical(uint8_t kind) {
    switch (kind) {
    case LEAT_TYPE_INT:
    case LEAT_TYPE_INTERVAL_MONTH:
        return LEAT_PHYSICAL_INT32;
    case LEAT_TYPE_BIGINT:
    case LEAT_TYPE_TIMESTAMP:
    case LEAT_TYPE_TIMESTAMP_LTZ:
    case LEAT_TYPE_INTERVAL_DAY:
        return LEAT_PHYSICAL_INT64;
    case LEAT_TYPE_DOUBLE:
        return LEAT_PHYSICAL_DOUBLE;
    case LEAT_TYPE_STRING:
        return LEAT_PHYSICAL_TEXT;
    default:
        return LEAT_PHYSICAL_BOOL;
    }
}

// Bytes of one value in a column.
static inline size_t leat_physical_bytes(enum leat_physical physical) {
    static const uint8_t bytes[] = {1, 4, 8, 8, 16};
    return bytes[physical];
}

// One value with its type: a literal, a default, a folded constant.
struct leat_value {
    struct leat_type type;
    bool is_null;
    union {
        bool boolean;
        int32_t int32;
        int64_t int64;
        double float64;
        struct leat_text text;
    };
};

// A named column of a table or query.
struct leat_field {
    const char *name; // zero-terminated, lives as long as the plan
    struct leat_type type;
};

// The columns of a table, query or message, in order.
struct leat_schema {
    const struct leat_field *fields;
    uint32_t count;
};

// The smallest and largest event times; the first is the watermark "minus infinity", the second the final one.
#define LEAT_TIME_MIN INT64_MIN
#define LEAT_TIME_MAX INT64_MAX

#define LEAT_MICROS_PER_MILLI 1000

#endif
