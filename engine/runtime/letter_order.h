// Puts the dead letters of a chunk in the order of its records: the decoder finds some of them, expressions find others later.
#ifndef LEAT_ENGINE_RUNTIME_LETTER_ORDER_H
#define LEAT_ENGINE_RUNTIME_LETTER_ORDER_H

#include "engine/runtime/format.h"

// Where the letters of the open chunk start. Zero-initialise, then set the budget of both buffers. One worker's own.
struct leat_letter_order {
    struct leat_bytes entries; // struct letter_entry, in the order of arrival
    struct leat_bytes sorted;  // scratch
    uint64_t last_offset;      // of the letter that came last
    bool is_disordered;
};

// Notes that the letter of the record at `offset` starts at `begin` of the chunk's letters. 0, or -1 with the error set.
int leat_letter_order_note(struct leat_letter_order *order, uint64_t offset, size_t begin);

// Sorts the chunk's letters by the offsets of their records, those of one record as they came, and forgets them. 0, or -1 with the error
// set.
int leat_letter_order_apply(struct leat_letter_order *order, struct leat_bytes *letters);

// Gives the memory back.
void leat_letter_order_free(struct leat_letter_order *order);

#endif
