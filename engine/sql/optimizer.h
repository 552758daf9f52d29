// The optimizer: which producers and which of their columns the INSERTs need. Pushing filters and projections down is done by the form of
// the logical plan already (see logical.h); what is left is to find out what nobody wants.
//
// A filter above a SERIES JOIN or a window is never moved below it: fewer rows on one side would change who is whose neighbour, and a
// window would count fewer rows. (A filter on the key alone could be moved; it would change the operator's accounts, and nobody asked for
// it.)
#ifndef LEAT_ENGINE_SQL_OPTIMIZER_H
#define LEAT_ENGINE_SQL_OPTIMIZER_H

#include "engine/sql/binder.h"

// A relation that leads to an input of an operator or to a table.
struct leat_use {
    const struct leat_relation *relation;
    const uint32_t *columns; // of the relation, those that are wanted, in the order of the consumer's input
    uint32_t column_count;
    struct leat_producer *stage; // the operator, or NULL: an INSERT
    uint32_t port;               // of the stage
    const struct leat_bound_insert *insert;
};

// What is needed.
struct leat_needs {
    struct leat_producer **producers; // each before those that read from it
    uint32_t producer_count;
    struct leat_use *uses; // those of the stages in the order of the producers, then the INSERTs
    uint32_t use_count;
};

// What the columns of a SERIES JOIN's or window's input are, in the order in which leat_optimize asks for them.
struct leat_join_input {
    uint32_t *columns;        // of the relation: keys, time, payload
    uint32_t column_count;    // keys + 1 + payload
    uint32_t *payload_of;     // by column of the side: its place in the payload, UINT32_MAX: none
    uint32_t *key_of;         // by column of the side: the key that it is, UINT32_MAX: none
    uint32_t *payload_column; // by place in the payload: the input column
    uint32_t payload_count;
};

// What side `side` of a join needs for the columns that are wanted of it. The arrays live in the arena.
void leat_optimizer_join_input(struct leat_arena *arena, const struct leat_producer *join, uint32_t side, struct leat_join_input *out);

// Finds out what the INSERTs need. Fills in `wanted` of every producer that is needed.
void leat_optimize(struct leat_arena *arena, const struct leat_bound_insert *inserts, struct leat_needs *out);

#endif
