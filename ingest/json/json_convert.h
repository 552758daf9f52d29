// From a JSON value to the value of a column, by the rules of Flink's json format (docs/JSON.md).
#ifndef LEAT_INGEST_JSON_JSON_CONVERT_H
#define LEAT_INGEST_JSON_JSON_CONVERT_H

#include "ingest/json/json_walk.h"

// What became of a value.
enum leat_json_converted {
    LEAT_JSON_CONVERTED,
    LEAT_JSON_UNFIT,     // the value does not fit the type
    LEAT_JSON_NO_MEMORY, // the error is set
};

// Converts a value that is neither absent nor null to `type` and stores it at `out`, in the type's physical form. Texts point
// into the value's text where they can, otherwise into `heap`. `out` is untouched unless LEAT_JSON_CONVERTED is returned.
enum leat_json_converted leat_json_convert(const struct leat_json_value *value, struct leat_type type, enum leat_timestamp_form form,
                                           struct leat_heap *heap, void *out);

#endif
