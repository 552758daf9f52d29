// Every bound of the system in one place, with the relations between them.
#ifndef LEAT_ENGINE_BASE_LIMITS_H
#define LEAT_ENGINE_BASE_LIMITS_H

#include "engine/base/base.h"

// Rows that one columnar batch holds at most.
#define LEAT_BATCH_ROWS 1024

// 64-bit words of a bitmap over the rows of a batch.
#define LEAT_BATCH_WORDS (LEAT_BATCH_ROWS / 64)

// Bytes of long texts that one batch may make.
#define LEAT_BATCH_TEXT_BYTES_MAX ((size_t)1 << 30)

// Columns of one table, query or batch.
#define LEAT_COLUMNS_MAX 1024

// Worker threads of one process.
#define LEAT_WORKERS_MAX 64

// Keyed state is split into this many groups; a key's group never changes, a group's worker may.
#define LEAT_KEY_GROUPS 256

// Readable bytes after the end of every input buffer, so that SIMD loads may run past it.
#define LEAT_INPUT_PADDING 64

// Bytes of one record (line) at most; a longer one is a bad record.
#define LEAT_RECORD_BYTES_MAX (16u << 20)

// Bytes of one chunk of a file: smallest, largest.
#define LEAT_CHUNK_BYTES_MIN 4096u
#define LEAT_CHUNK_BYTES_MAX (64u << 20)

_Static_assert(LEAT_BATCH_ROWS % 64 == 0, "bitmaps have whole words");
_Static_assert(LEAT_BATCH_ROWS <= UINT16_MAX, "selection vectors hold 16-bit row numbers");
_Static_assert(LEAT_WORKERS_MAX <= LEAT_KEY_GROUPS, "every worker owns at least one key group");
_Static_assert((LEAT_KEY_GROUPS & (LEAT_KEY_GROUPS - 1)) == 0, "the key group is taken from hash bits");

#endif
