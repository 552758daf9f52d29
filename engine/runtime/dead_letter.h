// Dead letters: what becomes of records that cannot be used. In a file as NDJSON; without a file the first few are shown on stderr; or the
// job fails.
#ifndef LEAT_ENGINE_RUNTIME_DEAD_LETTER_H
#define LEAT_ENGINE_RUNTIME_DEAD_LETTER_H

#include "engine/runtime/outbox.h"

// What becomes of them.
enum leat_dead_letter_mode { LEAT_DEAD_LETTER_SHOW, LEAT_DEAD_LETTER_FILE, LEAT_DEAD_LETTER_FAIL };

// Shared by all workers; written in the order of each lane's chunks.
struct leat_dead_letters {
    enum leat_dead_letter_mode mode;
    const struct leat_file_ops *files;
    const char *path;
    int fd;
    _Atomic uint64_t length; // bytes that have their place in the file
    _Atomic uint32_t shown;  // records shown on stderr so far
};

// One record that could not be used.
struct leat_dead_letter {
    const char *table;
    const char *file;   // where it came from
    uint64_t offset;    // of its first byte there
    const char *reason; // static words
    const char *field;  // the column at fault, or NULL
    const char *raw;    // its bytes, or NULL when they were not kept
    size_t raw_length;
};

// Opens the file where there is one; an old one is replaced. 0, or -1 with the error set.
int leat_dead_letters_open(struct leat_dead_letters *letters, const struct leat_graph_settings *settings,
                           const struct leat_file_ops *files);

// Closes the file. 0, or -1 with the error set.
int leat_dead_letters_close(struct leat_dead_letters *letters);

// Appends a record to a parcel in the form that the mode wants. 0, or -1 with the error set.
int leat_dead_letter_append(const struct leat_dead_letters *letters, struct leat_bytes *bytes, const struct leat_dead_letter *letter);

// Records shown on stderr at most, without a path.
#define LEAT_DEAD_LETTERS_SHOWN_MAX 5

// The sink by which parcels of dead letters leave; its object is the struct leat_dead_letters.
extern const struct leat_sink_ops leat_dead_letter_sink_ops;

#endif
