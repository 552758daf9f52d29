#include "engine/state/snapshot.h"

#include "engine/base/assert.h"
#include "engine/base/error.h"

#define RUN_BYTES_MIN    256
#define VARINT_BYTES_MAX 10

void leat_snapshot_free(struct leat_snapshot *snapshot) {
    for (uint32_t i = 0; i < LEAT_KEY_GROUPS; i++) {
        leat_memory_free(snapshot->budget, snapshot->runs[i].bytes, snapshot->runs[i].capacity_bytes);
        snapshot->runs[i] = (struct leat_snapshot_run){0};
    }
}

void leat_snapshot_move(struct leat_snapshot *into, struct leat_snapshot *from) {
    leat_assert(into->budget == from->budget);
    for (uint32_t i = 0; i < LEAT_KEY_GROUPS; i++) {
        if (!from->runs[i].bytes)
            continue;
        leat_assert(!into->runs[i].bytes);
        into->runs[i] = from->runs[i];
        from->runs[i] = (struct leat_snapshot_run){0};
    }
}

// Room for `bytes` more bytes in the current run, NULL when the writer has failed. The caller adds what it used.
static uint8_t *room(struct leat_snapshot_writer *writer, size_t bytes) {
    if (writer->failed)
        return NULL;
    struct leat_snapshot_run *run = writer->run;
    leat_assert(run != NULL);
    if (run->capacity_bytes - run->used_bytes < bytes) {
        size_t capacity_bytes = LEAT_MAX(LEAT_MAX(run->capacity_bytes * 2, run->used_bytes + bytes), RUN_BYTES_MIN);
        uint8_t *grown = leat_memory_realloc(writer->snapshot->budget, run->bytes, run->capacity_bytes, capacity_bytes);
        if (!grown) {
            writer->failed = true;
            leat_error_append("writing a snapshot");
            return NULL;
        }
        run->bytes = grown;
        run->capacity_bytes = capacity_bytes;
    }
    return run->bytes + run->used_bytes;
}

bool leat_snapshot_select(struct leat_snapshot_writer *writer, uint32_t group, uint64_t version) {
    leat_assert(group < LEAT_KEY_GROUPS);
    writer->run = &writer->snapshot->runs[group];
    if (writer->run->used_bytes > 0)
        return false;
    leat_snapshot_put_u64(writer, version);
    return true;
}

void leat_snapshot_put_u64(struct leat_snapshot_writer *writer, uint64_t value) {
    uint8_t *at = room(writer, VARINT_BYTES_MAX);
    if (!at)
        return;
    size_t n = 0;
    for (; value >= 0x80; value >>= 7)
        at[n++] = (uint8_t)(value | 0x80);
    at[n++] = (uint8_t)value;
    writer->run->used_bytes += n;
}

void leat_snapshot_put_i64(struct leat_snapshot_writer *writer, int64_t value) {
    leat_snapshot_put_u64(writer, (uint64_t)value << 1 ^ (value < 0 ? UINT64_MAX : 0));
}

void leat_snapshot_put_word(struct leat_snapshot_writer *writer, uint64_t word) {
    uint8_t *at = room(writer, 8);
    if (!at)
        return;
    memcpy(at, &word, 8);
    writer->run->used_bytes += 8;
}

void leat_snapshot_put_double(struct leat_snapshot_writer *writer, double value) {
    uint64_t bits;
    memcpy(&bits, &value, 8);
    leat_snapshot_put_word(writer, bits);
}

void leat_snapshot_put_bytes(struct leat_snapshot_writer *writer, const void *bytes, size_t length) {
    leat_snapshot_put_u64(writer, length);
    uint8_t *at = room(writer, length);
    if (!at || length == 0)
        return;
    memcpy(at, bytes, length);
    writer->run->used_bytes += length;
}

void leat_snapshot_put_text(struct leat_snapshot_writer *writer, const struct leat_text *text) {
    leat_snapshot_put_bytes(writer, leat_text_bytes(text), text->length);
}

int leat_snapshot_writer_status(const struct leat_snapshot_writer *writer) {
    return writer->failed ? -1 : 0;
}

int leat_snapshot_next_group(struct leat_snapshot_reader *reader, uint64_t version) {
    if (reader->damaged || reader->at < reader->end)
        return leat_snapshot_reader_error(reader);
    while (reader->next_group < LEAT_KEY_GROUPS) {
        uint32_t group = reader->next_group++;
        const struct leat_snapshot_run *run = &reader->snapshot->runs[group];
        if (run->used_bytes == 0 || leat_key_group_worker(group, reader->workers) != reader->worker)
            continue;
        reader->group = group;
        reader->at = run->bytes;
        reader->end = run->bytes + run->used_bytes;
        uint64_t found;
        if (!leat_snapshot_get_u64(reader, &found))
            return leat_snapshot_reader_error(reader);
        if (found != version)
            return leat_error_set(LEAT_ERROR_DATA, "snapshot of key group %u has version %llu, not %llu", group, (unsigned long long)found,
                                  (unsigned long long)version);
        return 1;
    }
    return 0;
}

bool leat_snapshot_damage(struct leat_snapshot_reader *reader) {
    reader->damaged = true;
    return false;
}

static size_t left_bytes(const struct leat_snapshot_reader *reader) {
    return reader->damaged ? 0 : (size_t)(reader->end - reader->at);
}

bool leat_snapshot_get_u64(struct leat_snapshot_reader *reader, uint64_t *value) {
    size_t left = left_bytes(reader);
    uint64_t word = 0;
    for (size_t i = 0; i < LEAT_MIN(left, VARINT_BYTES_MAX); i++) {
        uint8_t byte = reader->at[i];
        word |= (uint64_t)(byte & 0x7f) << (7 * i);
        if (byte >= 0x80)
            continue;
        if (i == VARINT_BYTES_MAX - 1 && byte > 1)
            break; // more than 64 bits
        reader->at += i + 1;
        *value = word;
        return true;
    }
    return leat_snapshot_damage(reader);
}

bool leat_snapshot_get_i64(struct leat_snapshot_reader *reader, int64_t *value) {
    uint64_t word;
    if (!leat_snapshot_get_u64(reader, &word))
        return false;
    *value = (int64_t)(word >> 1 ^ (0 - (word & 1)));
    return true;
}

bool leat_snapshot_get_word(struct leat_snapshot_reader *reader, uint64_t *word) {
    if (left_bytes(reader) < 8)
        return leat_snapshot_damage(reader);
    memcpy(word, reader->at, 8);
    reader->at += 8;
    return true;
}

bool leat_snapshot_get_double(struct leat_snapshot_reader *reader, double *value) {
    uint64_t bits;
    if (!leat_snapshot_get_word(reader, &bits))
        return false;
    memcpy(value, &bits, 8);
    return true;
}

bool leat_snapshot_get_bytes(struct leat_snapshot_reader *reader, const void **bytes, size_t *length) {
    uint64_t count;
    if (!leat_snapshot_get_u64(reader, &count))
        return false;
    if (count > left_bytes(reader))
        return leat_snapshot_damage(reader);
    *bytes = reader->at;
    *length = (size_t)count;
    reader->at += count;
    return true;
}

bool leat_snapshot_get_text(struct leat_snapshot_reader *reader, struct leat_text *text) {
    const void *bytes;
    size_t length;
    if (!leat_snapshot_get_bytes(reader, &bytes, &length))
        return false;
    if (length > UINT32_MAX)
        return leat_snapshot_damage(reader);
    *text = leat_text_view(bytes, (uint32_t)length);
    return true;
}

int leat_snapshot_reader_error(const struct leat_snapshot_reader *reader) {
    return leat_error_set(LEAT_ERROR_DATA, "snapshot of key group %u is damaged", reader->group);
}
