// A stateful operator in one worker: takes rounds from its inlet, advances the operator, sends what it hands on.
#ifndef LEAT_ENGINE_RUNTIME_STAGE_H
#define LEAT_ENGINE_RUNTIME_STAGE_H

#include "engine/runtime/inlet.h"

// What a stage is doing.
enum leat_stage_phase {
    LEAT_STAGE_RECEIVE,
    LEAT_STAGE_ADVANCE, // the operator is handing on what the new watermark made final
    LEAT_STAGE_FLUSH,   // its last, partly filled batch
    LEAT_STAGE_END,     // END(round) to every target
    LEAT_STAGE_DISCARD, // a snapshot ended this run: what still comes is taken and dropped
    LEAT_STAGE_FINISHED,
};

// Called when an instance has taken its barrier, between rounds. 0, or -1 with the error set.
typedef int leat_snapshot_hook(void *context, uint32_t stage, uint32_t worker, const struct leat_operator_ops *ops, void *state);

// One instance of a stateful operator with its two ends.
struct leat_stage {
    uint32_t index; // in the graph
    uint32_t node;
    const struct leat_operator_ops *ops;
    void *state;
    struct leat_budget budget; // the operator's
    struct leat_account *account;
    struct leat_inlet inlet;
    struct leat_sender sender;
    struct leat_output output;
    struct leat_batch *open; // being filled by the operator
    bool failed;             // set inside reserve or commit, where the operator cannot be told
    enum leat_stage_phase phase;
    uint64_t round;
    int64_t watermark_us; // the operator has been advanced to
    uint32_t work;        // of the present call
    struct leat_bad_rows *bad;
    leat_snapshot_hook *snapshot;
    void *snapshot_context;
};

// Does a bounded amount of work and returns how much; -1 with the error set.
int leat_stage_work(struct leat_stage *stage);

// Connects stage->output to the stage; once, before the first leat_stage_work.
void leat_stage_start(struct leat_stage *stage);

#endif
