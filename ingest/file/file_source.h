// Files, pipes and standard input as a source of lines.
#ifndef LEAT_INGEST_FILE_FILE_SOURCE_H
#define LEAT_INGEST_FILE_FILE_SOURCE_H

#include "engine/runtime/source.h"

// A regular file without rate and limit is read in parallel: a claim draws the next chunk number and reads that chunk with pread, several
// workers at once and without a lock. Everything else ("-", pipes, devices, a rate, a limit) is a stream: whoever finds nobody reading
// takes what is there and hands on the whole lines of it at once; who finds somebody reading gets LEAT_CLAIM_NONE and does other work.
// Any number of workers may so parse one stream; chunk numbers still ascend in the order of the input. A line ends with \n; the last one
// need not. A record is a line that is not blank (space, tab, carriage return); `limit` and `rate_per_second` count records. Chunks are at
// most LEAT_RECORD_BYTES_MAX long whatever chunk_bytes says, so that a line longer than that always ends behind its chunk.
// Errors of open: LEAT_ERROR_NO_INPUT, LEAT_ERROR_PERMISSION, LEAT_ERROR_IO; of claim: LEAT_ERROR_IO, all naming file and offset.
extern const struct leat_source_ops leat_file_source_ops;

#endif
