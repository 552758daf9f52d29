// Single-producer single-consumer rings between workers, over ck_ring (Concurrency Kit). The only file that includes <ck_ring.h>.
//
// A ring of ck_ring's size n holds n - 1 entries; leat_ring_create hides that. Every function may be called by one producer and one
// consumer at a time, is wait-free, and is correct alone: the entry's contents are published by the enqueue and seen by the dequeue that
// returns it. ThreadSanitizer cannot see ck_ring's ordering (inline assembly), so that each direction is annotated here;
// tests/support/tsan.supp silences ck_ring's own two accesses. What travels through the ring stays checked.
#ifndef LEAT_ENGINE_RUNTIME_RING_H
#define LEAT_ENGINE_RUNTIME_RING_H

#include "engine/base/assert.h"
#include "engine/base/memory.h"
#include "engine/runtime/message.h"

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wpedantic"
#include <ck_ring.h>

// ck_ring's functions for entries of struct leat_message.
CK_RING_PROTOTYPE(leat_message, leat_message)
#pragma GCC diagnostic pop

#if defined(__SANITIZE_THREAD__)
#define LEAT_TSAN 1
#elif defined(__has_feature)
#if __has_feature(thread_sanitizer)
#define LEAT_TSAN 1
#endif
#endif
#ifdef LEAT_TSAN
void __tsan_acquire(void *address); // of the sanitizer's run time
void __tsan_release(void *address); // likewise
#define LEAT_RING_RELEASE(address) __tsan_release(address)
#define LEAT_RING_ACQUIRE(address) __tsan_acquire(address)
#else
#define LEAT_RING_RELEASE(address) ((void)(address))
#define LEAT_RING_ACQUIRE(address) ((void)(address))
#endif

// A ring of messages, or, used through leat_ring_push_pointer and leat_ring_pop_pointer alone, of pointers.
struct leat_ring {
    ck_ring_t ring;
    alignas(LEAT_CACHE_LINE) char forward;  // its address stands for "entries published" to ThreadSanitizer
    alignas(LEAT_CACHE_LINE) char backward; // likewise for "slots given back"
    void *slots;
    size_t slots_bytes;
    uint32_t capacity; // entries it really holds
};

// Makes a ring for at least `entries` >= 1 entries of entry_bytes. 0, or -1 with the error set.
static inline int leat_ring_create(struct leat_ring *ring, struct leat_budget *budget, uint32_t entries, size_t entry_bytes) {
    uint32_t size = 4;
    while (size - 1 < entries)
        size *= 2;
    ring->slots_bytes = size * entry_bytes;
    ring->slots = leat_memory_zalloc(budget, ring->slots_bytes);
    if (!ring->slots)
        return -1;
    ring->capacity = size - 1;
    ck_ring_init(&ring->ring, size);
    return 0;
}

// Gives the slots back; what is still inside is forgotten.
static inline void leat_ring_destroy(struct leat_ring *ring, struct leat_budget *budget) {
    leat_memory_free(budget, ring->slots, ring->slots_bytes);
    ring->slots = NULL;
}

// Producer only: false when the ring is full (the message stays the caller's).
static inline bool leat_ring_push(struct leat_ring *ring, const struct leat_message *message) {
    LEAT_RING_ACQUIRE(&ring->backward);
    LEAT_RING_RELEASE(&ring->forward);
    struct leat_message copy = *message; // ck_ring wants a pointer to non-const
    return ck_ring_enqueue_spsc_leat_message(&ring->ring, ring->slots, &copy);
}

// Consumer only: false when the ring is empty.
static inline bool leat_ring_pop(struct leat_ring *ring, struct leat_message *message) {
    if (!ck_ring_dequeue_spsc_leat_message(&ring->ring, ring->slots, message))
        return false;
    LEAT_RING_ACQUIRE(&ring->forward);
    LEAT_RING_RELEASE(&ring->backward);
    return true;
}

// Producer only, rings of pointers: false when full.
static inline bool leat_ring_push_pointer(struct leat_ring *ring, void *pointer) {
    LEAT_RING_ACQUIRE(&ring->backward);
    LEAT_RING_RELEASE(&ring->forward);
    return ck_ring_enqueue_spsc(&ring->ring, ring->slots, pointer);
}

// Consumer only, rings of pointers: NULL when empty.
static inline void *leat_ring_pop_pointer(struct leat_ring *ring) {
    void *pointer;
    if (!ck_ring_dequeue_spsc(&ring->ring, ring->slots, &pointer))
        return NULL;
    LEAT_RING_ACQUIRE(&ring->forward);
    LEAT_RING_RELEASE(&ring->backward);
    return pointer;
}

// How many entries it holds at some moment during the call; exact only when the other side rests.
static inline uint32_t leat_ring_length(const struct leat_ring *ring) {
    return ck_ring_size(&ring->ring);
}

// Producer only: true when a push would succeed.
static inline bool leat_ring_has_room(const struct leat_ring *ring) {
    return ck_ring_size(&ring->ring) < ring->capacity;
}

#endif
