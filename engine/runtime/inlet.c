#include "engine/runtime/inlet.h"

#include "engine/base/assert.h"

_Static_assert(LEAT_WORKERS_MAX <= 64, "one bit per worker in a word");

static struct leat_inlet_group *current_group(const struct leat_inlet *inlet) {
    return &inlet->groups[inlet->current];
}

static bool ring_pop(struct leat_inlet *inlet, struct leat_inlet_edge *edge, uint32_t from, struct leat_message *message) {
    if (!leat_ring_pop(&edge->channel->rings[from * inlet->workers + inlet->worker], message))
        return false;
    if (from != inlet->worker)
        leat_parking_wake(&inlet->parking[from]); // there is room again
    return true;
}

static void group_took_end(struct leat_inlet_group *group, const struct leat_message *message) {
    group->round_watermark_us = LEAT_MAX(group->round_watermark_us, message->watermark);
    if (message->flags & LEAT_MESSAGE_LAST)
        group->finished = true;
    if (message->flags & LEAT_MESSAGE_BARRIER)
        group->barrier = true;
}

static enum leat_inlet_event round_state(const struct leat_inlet_group *group) {
    return group->edges_ended == group->edge_count ? LEAT_INLET_ROUND : LEAT_INLET_TAKEN;
}

// A lane's edge: only the worker that claimed the expected chunk has its messages; those of later chunks wait as heads.
static bool lane_take(struct leat_inlet *inlet, struct leat_inlet_edge *edge, uint64_t expected, struct leat_message *message) {
    for (uint32_t from = 0; from < inlet->workers; from++) {
        struct leat_message *head = &edge->heads[from];
        uint64_t bit = UINT64_C(1) << from;
        if (!(edge->head_from & bit)) {
            if (!ring_pop(inlet, edge, from, head))
                continue;
            edge->head_from |= bit;
        }
        leat_assert(head->number >= expected); // rings keep the order of the chunks
        if (head->number == expected) {
            edge->head_from &= ~bit;
            *message = *head;
            return true;
        }
    }
    return false;
}

static enum leat_inlet_event lane_next(struct leat_inlet *inlet, struct leat_message *message, struct leat_inlet_edge **edge) {
    struct leat_inlet_group *group = current_group(inlet);
    for (uint32_t i = 0; i < group->edge_count; i++) {
        struct leat_inlet_edge *self = &group->edges[i];
        if (self->ended_from || !lane_take(inlet, self, group->expected, message))
            continue;
        *edge = self;
        if (!(message->flags & LEAT_MESSAGE_END))
            return LEAT_INLET_BATCH;
        self->ended_from = 1;
        group->edges_ended++;
        group_took_end(group, message);
        return round_state(group);
    }
    return LEAT_INLET_NONE;
}

// A stage's edge: every worker sends rows and an END of the round; what comes after a worker's END stays in its ring.
static enum leat_inlet_event stage_next(struct leat_inlet *inlet, struct leat_message *message, struct leat_inlet_edge **edge) {
    struct leat_inlet_group *group = current_group(inlet);
    uint64_t all = inlet->workers == 64 ? UINT64_MAX : (UINT64_C(1) << inlet->workers) - 1;
    for (uint32_t i = 0; i < group->edge_count; i++) {
        struct leat_inlet_edge *self = &group->edges[i];
        for (uint32_t from = 0; from < inlet->workers; from++) {
            if (self->ended_from >> from & 1 || !ring_pop(inlet, self, from, message))
                continue;
            leat_assert(message->number == group->expected);
            *edge = self;
            if (message->flags & LEAT_MESSAGE_END) {
                self->ended_from |= UINT64_C(1) << from;
                group->edges_ended += self->ended_from == all;
                group_took_end(group, message);
                return round_state(group);
            }
            if (!group->sorted)
                return LEAT_INLET_BATCH;
            int failed = leat_sorter_add(&self->sorter, message, self->channel->edge->columns);
            leat_inlet_done(inlet, message);
            return failed ? LEAT_INLET_FAILED : LEAT_INLET_TAKEN;
        }
    }
    return LEAT_INLET_NONE;
}

enum leat_inlet_event leat_inlet_next(struct leat_inlet *inlet, struct leat_message *message, struct leat_inlet_edge **edge) {
    return current_group(inlet)->from_stage ? stage_next(inlet, message, edge) : lane_next(inlet, message, edge);
}

struct leat_rows leat_inlet_rows(const struct leat_inlet *inlet, const struct leat_inlet_edge *edge, const struct leat_message *message) {
    return (struct leat_rows){.batch = message->batch,
                              .selection = {.rows = message->rows, .count = message->row_count},
                              .columns = edge->channel->edge->columns,
                              .hash = message->hash,
                              .watermark_before = current_group(inlet)->watermark_us,
                              .watermark_others = leat_inlet_others_watermark(inlet)};
}

void leat_inlet_done(struct leat_inlet *inlet, const struct leat_message *message) {
    uint32_t home = message->batch->home->home_worker; // read before the batch can be used again
    leat_pool_return(message->batch, inlet->worker);
    if (home != inlet->worker)
        leat_parking_wake(&inlet->parking[home]);
}

int64_t leat_inlet_watermark(const struct leat_inlet *inlet) {
    int64_t lowest = LEAT_TIME_MAX;
    for (uint32_t i = 0; i < inlet->group_count; i++)
        lowest = LEAT_MIN(lowest, inlet->groups[i].watermark_us);
    return lowest;
}

int64_t leat_inlet_others_watermark(const struct leat_inlet *inlet) {
    int64_t lowest = LEAT_TIME_MAX;
    for (uint32_t i = 0; i < inlet->group_count; i++)
        if (i != inlet->current)
            lowest = LEAT_MIN(lowest, inlet->groups[i].watermark_us);
    return lowest;
}

bool leat_inlet_is_finished(const struct leat_inlet *inlet) {
    for (uint32_t i = 0; i < inlet->group_count; i++)
        if (!inlet->groups[i].finished)
            return false;
    return true;
}

// A group that has shown its barrier is not taken from until every other has shown its own or ended (the stage then clears the marks).
static void choose_group(struct leat_inlet *inlet) {
    uint32_t best = inlet->group_count;
    for (uint32_t i = 0; i < inlet->group_count; i++) {
        const struct leat_inlet_group *group = &inlet->groups[i];
        if (group->finished || group->barrier)
            continue;
        if (best == inlet->group_count || group->watermark_us < inlet->groups[best].watermark_us)
            best = i;
    }
    if (best < inlet->group_count)
        inlet->current = best;
}

void leat_inlet_close_round(struct leat_inlet *inlet) {
    struct leat_inlet_group *group = current_group(inlet);
    leat_assert(group->edges_ended == group->edge_count);
    // A stage that a barrier stops says LAST, too, and yet event time has not ended: what is open stays open in the snapshot.
    bool ended = group->finished && !group->barrier;
    group->watermark_us = ended ? LEAT_TIME_MAX : LEAT_MAX(group->watermark_us, group->round_watermark_us);
    group->expected++;
    group->edges_ended = 0;
    for (uint32_t i = 0; i < group->edge_count; i++)
        group->edges[i].ended_from = 0;
    choose_group(inlet);
}

void leat_inlet_forget_barriers(struct leat_inlet *inlet) {
    for (uint32_t i = 0; i < inlet->group_count; i++)
        inlet->groups[i].barrier = false;
    choose_group(inlet);
}

void leat_inlet_destroy(struct leat_inlet *inlet) {
    for (uint32_t i = 0; inlet->groups && i < inlet->group_count; i++) {
        struct leat_inlet_group *group = &inlet->groups[i];
        for (uint32_t k = 0; group->edges && k < group->edge_count; k++) {
            leat_sorter_destroy(&group->edges[k].sorter);
            leat_memory_free(inlet->budget, group->edges[k].heads, sizeof(struct leat_message) * inlet->workers);
        }
        leat_memory_free(inlet->budget, group->edges, sizeof(*group->edges) * group->edge_count);
    }
    *inlet = (struct leat_inlet){0};
}
