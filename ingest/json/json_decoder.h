// The inside of the JSON decoder, shared by its files only.
#ifndef LEAT_INGEST_JSON_JSON_DECODER_H
#define LEAT_INGEST_JSON_JSON_DECODER_H

#include "engine/base/cpu.h"
#include "ingest/json/json_convert.h"
#include "ingest/json/json_walk.h"

// A decoder; one thread. Its arrays follow it in one block of memory.
struct leat_json_decoder {
    struct leat_budget *budget;
    size_t bytes; // of the block
    const struct leat_decode_config *config;
    struct leat_json_names names;
    struct leat_json_value *values; // of one record, per field
    enum leat_simd_level level;

    // The text that begin() gave.
    const char *text;
    size_t length;
    size_t cursor; // start of the next line
};

#endif
