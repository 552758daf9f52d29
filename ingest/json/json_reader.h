// The JSON format's decoder: NDJSON in, columns out. Fully validating (RFC 8259, UTF-8), directed by the wanted columns.
// What is accepted and how values are converted stands in docs/JSON.md.
#ifndef LEAT_INGEST_JSON_JSON_READER_H
#define LEAT_INGEST_JSON_JSON_READER_H

#include "engine/runtime/format.h"

// Containers that may be open at once; one more makes the record LEAT_BAD_DEPTH.
#define LEAT_JSON_DEPTH_MAX 512

// Decoder "json". The SIMD level is the one of leat_simd_level() when the decoder is made; every level reads every text alike.
extern const struct leat_decoder_ops leat_json_decoder_ops;

// Whether `length` bytes are one JSON text (any value, newlines counting as white space, at most LEAT_RECORD_BYTES_MAX bytes):
// LEAT_BAD_NONE, or why not. Reads nothing outside the text. The same walker checks the records of a decoder. Any thread.
enum leat_bad_reason leat_json_validate(const char *text, size_t length);

#endif
