// The receiving end of a stage in one worker: which message comes next.
//
// Inputs are grouped by producer: all edges from one lane, or all edges from one upstream stage. A group is taken round by round. A lane's
// round is one chunk, whose messages come from the one worker that claimed it, in the order of the chunks; a stage's round comes from all
// workers and is sorted. When a round is complete the group with the lowest watermark is next (ties: the first), so that the order of all
// rows is a function of the input alone.
#ifndef LEAT_ENGINE_RUNTIME_INLET_H
#define LEAT_ENGINE_RUNTIME_INLET_H

#include "engine/runtime/channel.h"
#include "engine/runtime/sorter.h"

// One edge into one port.
struct leat_inlet_edge {
    struct leat_channel *channel;
    uint32_t port;
    uint64_t ended_from;        // bit per worker: its END of this round has been taken
    uint64_t head_from;         // bit per worker: heads[] holds a message taken out of the ring before its turn
    struct leat_message *heads; // [workers]; ck_ring has no peek
    struct leat_sorter sorter;  // sorted groups
};

// All edges from one producer.
struct leat_inlet_group {
    bool from_stage;
    bool sorted; // from a stage: the order of the rows matters to the operator
    struct leat_inlet_edge *edges;
    uint32_t edge_count;
    uint32_t edges_ended; // of this round
    uint64_t expected;    // number of the round
    int64_t watermark_us;
    int64_t round_watermark_us; // largest that this round's ENDs say
    bool finished;
    bool barrier; // this round's ENDs carried the barrier
};

// All inputs of one stage in one worker.
struct leat_inlet {
    struct leat_inlet_group *groups; // the job's arena
    uint32_t group_count;
    uint32_t current; // whose round is being taken
    uint32_t worker, workers;
    struct leat_parking *parking;
    struct leat_budget *budget;
};

// What leat_inlet_next found.
enum leat_inlet_event {
    LEAT_INLET_NONE,  // nothing has come
    LEAT_INLET_BATCH, // *message holds rows for (*edge)->port: push them, then leat_inlet_done
    LEAT_INLET_TAKEN, // something came that needs no action (rows to be sorted, an END)
    LEAT_INLET_ROUND, // the current group's round is complete: see leat_inlet_close_round
    LEAT_INLET_FAILED // the error stack is set
};

// Takes the next message of the current group.
enum leat_inlet_event leat_inlet_next(struct leat_inlet *inlet, struct leat_message *message, struct leat_inlet_edge **edge);

// The rows of a message as an operator sees them.
struct leat_rows leat_inlet_rows(const struct leat_inlet *inlet, const struct leat_inlet_edge *edge, const struct leat_message *message);

// Sends the batch of a message home.
void leat_inlet_done(struct leat_inlet *inlet, const struct leat_message *message);

// Ends the round of the current group: takes over its watermark and chooses the next group.
void leat_inlet_close_round(struct leat_inlet *inlet);

// Forgets the barriers, which have been answered, and chooses the next group anew.
void leat_inlet_forget_barriers(struct leat_inlet *inlet);

// The smallest watermark of all groups; LEAT_TIME_MAX when all have finished.
int64_t leat_inlet_watermark(const struct leat_inlet *inlet);

// The smallest watermark of the groups other than the current one; LEAT_TIME_MAX when there is none.
int64_t leat_inlet_others_watermark(const struct leat_inlet *inlet);

// True when every group has ended.
bool leat_inlet_is_finished(const struct leat_inlet *inlet);

void leat_inlet_destroy(struct leat_inlet *inlet); // gives everything back

#endif
