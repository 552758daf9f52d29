#include "bench/bench_ring.h"

#include "engine/runtime/ring.h"

#include <pthread.h>
#include <sched.h>

// Entries of the ring, and how many pass at a time on one thread.
#define ENTRIES 15
#define AT_ONCE 8

struct passing {
    struct leat_ring ring;
    struct leat_message messages[ENTRIES + 1]; // what pointers point to
    uint64_t count;
    int by_pointer;
};

uint64_t bench_ring_message_bytes(void) {
    return sizeof(struct leat_message);
}

static bool push(struct passing *passing, uint64_t i) {
    if (passing->by_pointer) // the consumer looks at no message, only at where it is
        return leat_ring_push_pointer(&passing->ring, &passing->messages[i & ENTRIES]);
    struct leat_message message = {.number = i};
    return leat_ring_push(&passing->ring, &message);
}

static bool pop(struct passing *passing, uint64_t i) {
    if (passing->by_pointer) {
        const struct leat_message *found = leat_ring_pop_pointer(&passing->ring);
        leat_assert(!found || found == &passing->messages[i & ENTRIES]);
        return found != NULL;
    }
    struct leat_message message;
    if (!leat_ring_pop(&passing->ring, &message))
        return false;
    leat_assert(message.number == i);
    return true;
}

static void *consume(void *argument) {
    struct passing *passing = argument;
    for (uint64_t i = 0; i < passing->count;) {
        if (pop(passing, i))
            i++;
        else
            sched_yield(); // the machine may have fewer CPUs than we have threads
    }
    return NULL;
}

static void pass_alone(struct passing *passing) {
    for (uint64_t i = 0; i < passing->count; i += AT_ONCE) {
        for (uint64_t k = 0; k < AT_ONCE; k++)
            leat_assert(push(passing, i + k));
        for (uint64_t k = 0; k < AT_ONCE; k++)
            leat_assert(pop(passing, i + k));
    }
}

static void pass_to_another(struct passing *passing) {
    pthread_t thread;
    int failed = pthread_create(&thread, NULL, consume, passing);
    leat_assert(failed == 0);
    for (uint64_t i = 0; i < passing->count;) {
        if (push(passing, i))
            i++;
        else
            sched_yield();
    }
    failed = pthread_join(thread, NULL);
    leat_assert(failed == 0);
}

void bench_ring_pass(uint64_t count, int by_pointer, int threads) {
    struct passing passing = {.count = count / AT_ONCE * AT_ONCE, .by_pointer = by_pointer};
    int failed = leat_ring_create(&passing.ring, NULL, ENTRIES, by_pointer ? sizeof(void *) : sizeof(struct leat_message));
    leat_assert(failed == 0);
    if (threads == 1)
        pass_alone(&passing);
    else
        pass_to_another(&passing);
    leat_ring_destroy(&passing.ring, NULL);
}
