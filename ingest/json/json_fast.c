// The fast path: windows are scanned, their keys entered into rows of places, their rows made columns. Lines that the scan has
// marked, and rows whose values do not convert without ado, are read by the walker at the end, so that there is one judge only.
#include "ingest/json/json_decoder.h"
#include "ingest/json/json_text.h"

// How well two offsets into the names tell them apart: 0 when two names have the same characters there; more for offsets nearer
// to the middle and the end of the shortest name, because prefixes are often shared with names that are not wanted.
static unsigned signature_score(const struct leat_json_keys *keys, uint32_t count, uint32_t shortest, uint32_t first, uint32_t second) {
    for (uint32_t i = 1; i <= count; i++)
        for (uint32_t j = 1; j < i; j++)
            if (keys->keys[i].bytes[1 + first] == keys->keys[j].bytes[1 + first] &&
                keys->keys[i].bytes[1 + second] == keys->keys[j].bytes[1 + second])
                return 0;
    int off_middle = (int)first - (int)shortest / 2, off_end = (int)second - ((int)shortest - 1);
    return 1000 - (unsigned)(off_middle * off_middle + off_end * off_end);
}

// Looks for a signature; false when the names are too many or too much alike.
static bool find_signature(struct leat_json_keys *keys, uint32_t count, uint32_t shortest) {
    struct leat_json_signature *signature = &keys->signature;
    unsigned best = 0;
    if (count > LEAT_JSON_SIGNATURES_MAX)
        return false;
    for (uint32_t first = 0; first < LEAT_MIN(shortest, 16); first++)
        for (uint32_t second = first + 1; second <= LEAT_MIN(shortest, 16); second++) {
            unsigned score = signature_score(keys, count, LEAT_MIN(shortest, 16), first, second);
            if (score > best) {
                best = score;
                signature->first_offset = first;
                signature->second_offset = second;
            }
        }
    for (uint32_t i = 0; best && i < count; i++) {
        uint8_t a = keys->keys[i + 1].bytes[1 + signature->first_offset], b = keys->keys[i + 1].bytes[1 + signature->second_offset];
        signature->first[a & 127] |= (uint8_t)(1 << i); // of names beyond ASCII other characters count as well: they are compared later
        signature->second[b & 127] |= (uint8_t)(1 << i);
    }
    return best != 0;
}

void leat_json_keys_fill(struct leat_json_keys *keys, const struct leat_decode_field *fields, uint32_t count, uint32_t slots) {
    size_t shortest = SIZE_MAX, longest = 0;
    for (uint32_t i = 0; i < count; i++) {
        shortest = LEAT_MIN(shortest, strlen(fields[i].name));
        longest = LEAT_MAX(longest, strlen(fields[i].name));
    }
    keys->nothing = count;
    keys->plain = true;
    keys->prefix_mask = ~UINT64_C(0) >> (56 - 8 * LEAT_MIN(shortest, 7)); // up to the closing quote of the shortest
    keys->slot_shift = 64 - (uint32_t)__builtin_ctz(slots);
    struct leat_json_key none = {.mask = 1, .field = count, .places_at = 0}; // no item is a NUL
    keys->keys[0] = keys->keys[count + 1] = none;
    for (uint32_t i = 0; i < count; i++) {
        struct leat_json_key *key = &keys->keys[i + 1];
        size_t length = strlen(fields[i].name), compared = LEAT_MIN(length + 2, LEAT_JSON_KEY_BYTES);
        *key = (struct leat_json_key){.field = i,
                                      .places_at = (i + 1) * LEAT_JSON_PLACES_PITCH, // the first are those of nothing
                                      .value_at = (uint32_t)length + 3,
                                      .length = (uint32_t)length,
                                      .mask = UINT32_MAX >> (LEAT_JSON_KEY_BYTES - compared),
                                      .name = length + 2 > LEAT_JSON_KEY_BYTES ? fields[i].name : NULL};
        key->bytes[0] = '"';
        memcpy(key->bytes + 1, fields[i].name, LEAT_MIN(length, LEAT_JSON_KEY_BYTES - 1));
        if (length < LEAT_JSON_KEY_BYTES - 1)
            key->bytes[length + 1] = '"';
        uint16_t *slot = &keys->slots[leat_json_keys_slot(keys, key->bytes + 1)];
        key->next = *slot;
        keys->plain &= *slot == 0 && !key->name;
        *slot = (uint16_t)(i + 1);
    }
    for (uint32_t gap = 0; gap < 2 && count <= LEAT_JSON_SIGNATURES_MAX; gap++) {
        for (uint32_t i = 0; i < count; i++) {
            keys->by_gap[gap][i] = keys->keys[i + 1];
            keys->by_gap[gap][i].value_at += gap;
        }
        keys->by_gap[gap][count] = none;
        keys->by_gap[gap][count].bytes[0] = '\n'; // line ends are not wanted either: what stands there rarely differs from its key
    }
    keys->by_sight = count > 0 && longest + 2 <= LEAT_JSON_KEY_BYTES && find_signature(keys, count, (uint32_t)shortest);
}

static bool is_slow(const struct leat_json_fast *fast, uint32_t row) {
    return fast->slow[row / 64] >> row % 64 & 1;
}

static uint32_t row_begin(const struct leat_json_decoder *decoder, uint32_t row, uint32_t first_begin) {
    return row ? decoder->fast.rows.places[row - 1] + 1 : first_begin;
}

// ---- Windows ---------------------------------------------------------------------------------------------------------

static bool is_word_byte(char c) {
    return (uint8_t)(c - '0') < 10 || (uint8_t)((c | 0x20) - 'a') < 26 || c == '-' || c == '+' || c == '.';
}

// A bare word with bytes other than digits, minus and point is right when it is a literal. (Exponents are left to the walker.)
// `p` is the first of those bytes; returns the end of the word, or NULL.
static const char *literal_end(const char *p) {
    size_t length = memcmp(p, "true", 4) == 0 || memcmp(p, "null", 4) == 0 ? 4 : memcmp(p, "false", 5) == 0 ? 5 : 0;
    return length && !is_word_byte(p[-1]) && !is_word_byte(p[length]) ? p + length : NULL;
}

// Looks at the bytes of a line that the scan could not judge; false when the walker has to.
static bool line_is_right(const struct leat_json_decoder *decoder, uint32_t begin, uint32_t end) {
    const struct leat_json_scan *scan = decoder->fast.scan;
    size_t from = begin - decoder->fast.items.window, to = end - decoder->fast.items.window;
    const char *window = decoder->text + decoder->fast.items.window, *checked = window;
    uint64_t wide = 0;
    for (size_t word = from / 64; word <= to / 64; word++) {
        uint64_t mask = ~UINT64_C(0);
        if (word == from / 64)
            mask <<= from % 64;
        if (word == to / 64)
            mask &= ~UINT64_C(0) >> (63 - to % 64);
        if (scan->fault[word] & mask)
            return false;
        wide |= scan->has_wide ? scan->wide[word] & mask : 0;
        for (uint64_t left = scan->exotic[word] & mask; left; left &= left - 1) {
            const char *p = window + 64 * word + __builtin_ctzll(left);
            if (p >= checked && !(checked = literal_end(p)))
                return false;
        }
    }
    return !wide || leat_json_utf8_valid(decoder->text + begin, end - begin);
}

// Scans the window at the cursor. False when it holds no line end: the line there is longer than a window.
static bool scan_window(struct leat_json_decoder *decoder) {
    struct leat_json_fast *fast = &decoder->fast;
    size_t length = LEAT_MIN(decoder->lines_length - decoder->cursor, LEAT_JSON_WINDOW_BYTES);
    size_t last = (length + 63) / 64;
    fast->level->scan(fast->scan, fast->keys.by_sight ? &fast->keys.signature : NULL, decoder->text + decoder->cursor, length);
    while (last > 0 && fast->scan->newline[last - 1] == 0)
        last--;
    if (last == 0)
        return false;
    fast->items.window = decoder->cursor;
    fast->items.next = 0;
    fast->items.count = fast->level->items(fast->scan, last, (uint32_t)fast->items.window, fast->items.places);
    uint32_t last_end = (uint32_t)(fast->items.window + 64 * last - 1) - (uint32_t)__builtin_clzll(fast->scan->newline[last - 1]);
    while (fast->items.places[fast->items.count - 1] != last_end) // keys of the line that goes on in the next window
        fast->items.count--;
    decoder->cursor = last_end + 1;
    return true;
}

// Adds a line that no window holds as a row for the walker.
static void add_slow_line(struct leat_json_decoder *decoder) {
    struct leat_json_fast *fast = &decoder->fast;
    const char *line = decoder->text + decoder->cursor;
    const char *newline = memchr(line, '\n', decoder->length - decoder->cursor);
    size_t end = newline ? (size_t)(newline - decoder->text) : decoder->length;
    leat_json_mark_slow(fast, fast->rows.count);
    fast->rows.places[fast->rows.count++] = (uint32_t)end;
    decoder->cursor = end + (newline != NULL);
}

// Collects up to LEAT_BATCH_ROWS lines.
static void collect_rows(struct leat_json_decoder *decoder, uint32_t first_begin) {
    struct leat_json_fast *fast = &decoder->fast;
    while (fast->rows.count < LEAT_BATCH_ROWS) {
        if (fast->items.next == fast->items.count) {
            if (decoder->cursor == decoder->length)
                break;
            if (decoder->cursor == decoder->lines_length || !scan_window(decoder)) {
                add_slow_line(decoder);
                continue;
            }
        }
        uint32_t row = fast->rows.count;
        fast->level->match(&fast->keys, decoder->text, decoder->length, &fast->items, &fast->rows);
        for (; fast->scan->any_fault && row < fast->rows.count; row++)
            if (!line_is_right(decoder, row_begin(decoder, row, first_begin), fast->rows.places[row]))
                leat_json_mark_slow(fast, row);
    }
}

// ---- Batches ---------------------------------------------------------------------------------------------------------

// Forgets the places of rows for the walker: what stands there may be anything.
static void clear_slow_places(struct leat_json_fast *fast, uint32_t field_count) {
    for (uint32_t word = 0; word < LEAT_BATCH_WORDS; word++)
        for (uint64_t left = fast->slow[word]; left; left &= left - 1)
            for (uint32_t field = 0; field < field_count; field++)
                fast->rows.places[(field + 1) * LEAT_JSON_PLACES_PITCH + 64 * word + (uint32_t)__builtin_ctzll(left)] = 0;
}

static void note_good(struct leat_decoded *decoded, const char *text, uint32_t begin, uint32_t end) {
    decoded->good_begin[decoded->good] = begin;
    decoded->good_length[decoded->good++] = end - begin - (text[end - 1] == '\r');
}

// Moves a row to an earlier place in all columns.
static void move_row(const struct leat_batch *batch, uint32_t columns, uint32_t from, uint32_t to) {
    for (uint32_t i = 0; i < columns; i++) {
        struct leat_column *column = &batch->columns[i];
        size_t bytes = leat_physical_bytes(column->physical);
        memcpy((char *)column->data + to * bytes, (char *)column->data + from * bytes, bytes);
        if (column->has_null) {
            uint64_t bit = UINT64_C(1) << to % 64, *word = &column->valid[to / 64];
            *word = leat_column_is_valid(column, from) ? *word | bit : *word & ~bit;
        }
    }
}

// Lists the rows when the walker has nothing to do.
static void list_rows(const struct leat_json_decoder *decoder, uint32_t begin, struct leat_decoded *decoded) {
    const uint32_t *const ends = decoder->fast.rows.places, count = decoder->fast.rows.count;
    const char *const text = decoder->text;
    for (uint32_t row = 0; row < count; row++) {
        uint32_t end = ends[row];
        decoded->good_begin[row] = begin;
        decoded->good_length[row] = end - begin - (text[end - 1] == '\r');
        begin = end + 1;
    }
    decoded->good = count;
}

// Lists the rows, the slow ones as the walker finds them.
static int finish_rows(struct leat_json_decoder *decoder, uint32_t first_begin, struct leat_batch *batch, struct leat_decoded *decoded) {
    const struct leat_json_fast *fast = &decoder->fast;
    for (uint32_t row = 0; row < fast->rows.count; row++) {
        uint32_t begin = row_begin(decoder, row, first_begin), end = fast->rows.places[row];
        if (is_slow(fast, row)) {
            if (leat_json_read_line(decoder, begin, end - begin, batch, decoded) != 0)
                return -1;
        } else {
            if (row != decoded->good)
                move_row(batch, decoder->config->field_count, row, decoded->good);
            note_good(decoded, decoder->text, begin, end);
        }
    }
    return 0;
}

int leat_json_fast_next(struct leat_json_decoder *decoder, struct leat_batch *batch, struct leat_decoded *decoded) {
    struct leat_json_fast *fast = &decoder->fast;
    uint32_t fields = decoder->config->field_count;
    uint32_t first_begin = fast->items.next < fast->items.count ? fast->line_begin : (uint32_t)decoder->cursor;
    memset(fast->slow, 0, sizeof fast->slow);
    memset(fast->rows.places + LEAT_JSON_PLACES_PITCH, 0, (size_t)fields * LEAT_JSON_PLACES_PITCH * sizeof(uint32_t));
    fast->rows.count = 0;
    collect_rows(decoder, first_begin);
    fast->line_begin = fast->rows.places[fast->rows.count - 1] + 1;
    clear_slow_places(fast, fields);
    if (leat_json_fill_columns(decoder, batch) != 0)
        return -1;
    uint64_t slow = 0;
    for (uint32_t word = 0; word < LEAT_BATCH_WORDS; word++)
        slow |= fast->slow[word];
    if (slow)
        return finish_rows(decoder, first_begin, batch, decoded);
    list_rows(decoder, first_begin, decoded);
    return 0;
}
