#include "engine/cli/simulate_machine.h"

#include "engine/base/assert.h"
#include "engine/base/error.h"
#include "engine/base/memory.h"
#include "engine/cli/simulate_machine_model.h"
#include "engine/expr/number.h"

// Row numbers are 32 bits wide; this one says that there is none.
#define ROW_NONE UINT32_MAX

// A block is what one machine reports in this time; its rows are delivered together.
#define BLOCK_MS 10000

// Blocks overtake each other by at most this.
#define BLOCK_DELAY_MS 105000u

// How a gateway hands on several stretches of work, one after the other, and how often in the real data.
struct delivery_habit {
    uint32_t percent;        // of the groups
    uint32_t delay_min_ms;   // of the whole group
    uint32_t delay_max_ms;   //
    uint32_t section_max_ms; // of each section of some blocks, further
};

static const struct delivery_habit delivery_habits[] = {
    {46, 0, 0, 0},                       // as it comes
    {28, 0, 0, 26000000},                // sections mixed over hours
    {16, 50000000, 80000000, 12000000},  // a day later
    {8, 420000000, 480000000, 12000000}, // five days later
    {2, 590000000, 604000000, 11000000}, // a week later
};

// Blocks wait in a binary heap until all earlier ones are known; the sequence number makes the order total.
struct block {
    int64_t delivery_ms;
    uint64_t sequence;
    uint32_t first_row;
};

// One thing: its name, and up to where the shares of all things before it and of itself go.
struct thing {
    char name[1 + LEAT_INT64_TEXT_BYTES];
    uint8_t name_bytes;
    double share_end;
    enum leat_machine_kind kind;
};

struct leat_simulate_machine {
    struct leat_simulate_machine_options options;
    struct leat_random course;   // what machines do
    struct leat_random delivery; // when their rows come: apart, so that the disorder changes no row
    struct thing *things;
    int64_t *busy_until_ms; // per thing and component
    double pause_mean_ms;   // from one start of work to the next
    int64_t next_start_ms;  // of the next stretch of work
    uint64_t rows_left;

    const struct delivery_habit *habit; // of the group of stretches at hand
    int64_t group_delay_ms;
    int64_t section_delay_ms;
    uint32_t section_blocks_left;

    struct leat_machine_row *rows;
    uint32_t rows_capacity;
    uint32_t free_row;
    struct block *heap;
    uint32_t heap_capacity;
    uint32_t heap_count;
    uint64_t sequence;
    uint32_t current_row; // next row of the block that is being written

    uint8_t order[2][256][LEAT_MACHINE_MEMBERS];
};

void leat_simulate_machine_options_init(struct leat_simulate_machine_options *options) {
    *options = (struct leat_simulate_machine_options){
        .rows = 1402232, .things = 3, .components = 1, .seed = 1, .disorder = 1.0, .start_ms = INT64_C(1554096380468)};
}

static int check_options(const struct leat_simulate_machine_options *o) {
    if (o->rows > LEAT_SIMULATE_ROWS_MAX)
        return leat_error_set(LEAT_ERROR_USAGE, "rows must be at most %llu", (unsigned long long)LEAT_SIMULATE_ROWS_MAX);
    if (o->things < 1 || o->things > LEAT_SIMULATE_THINGS_MAX)
        return leat_error_set(LEAT_ERROR_USAGE, "things must be 1 to %u", LEAT_SIMULATE_THINGS_MAX);
    if (o->components < 1 || o->components > LEAT_SIMULATE_COMPONENTS_MAX)
        return leat_error_set(LEAT_ERROR_USAGE, "components must be 1 to %u", LEAT_SIMULATE_COMPONENTS_MAX);
    if ((uint64_t)o->things * o->components > LEAT_SIMULATE_MACHINES_MAX)
        return leat_error_set(LEAT_ERROR_USAGE, "things times components must be at most %u", LEAT_SIMULATE_MACHINES_MAX);
    if (!(o->disorder >= 0 && o->disorder <= LEAT_SIMULATE_DISORDER_MAX))
        return leat_error_set(LEAT_ERROR_USAGE, "disorder must be 0 to %.0f", LEAT_SIMULATE_DISORDER_MAX);
    if (o->start_ms < 0 || o->start_ms > LEAT_SIMULATE_START_MAX_MS)
        return leat_error_set(LEAT_ERROR_USAGE, "start must be 0 to %lld", (long long)LEAT_SIMULATE_START_MAX_MS);
    return 0;
}

// Rows of thing number i in every 5,000 of the first three; the further ones follow 1/i (Zipf).
static double thing_rows(uint32_t i) {
    static const double known[] = {4372, 616, 12};
    return i < LEAT_ARRAY_LEN(known) ? known[i] : 1232.0 / (i + 1);
}

static void name_thing(struct thing *thing, uint32_t i) {
    static const char *const known[] = {"R0815", "H31415", "R27182"};
    if (i < LEAT_ARRAY_LEN(known)) {
        thing->name_bytes = (uint8_t)strlen(known[i]);
        memcpy(thing->name, known[i], thing->name_bytes);
    } else {
        thing->name[0] = 'M';
        thing->name_bytes = (uint8_t)(1 + leat_int64_print(i + 1, thing->name + 1));
    }
    thing->kind = i == 2 ? LEAT_MACHINE_SPARE : i % 2 == 1 ? LEAT_MACHINE_AXIS : LEAT_MACHINE_LATHE;
}

// Shares of the things in the stretches of work, and the pause between these: the first thing keeps the pace it has in the
// real data, 5,000 rows of three things in 239 hours, however many there are.
static void share_out(struct leat_simulate_machine *m) {
    double sessions = 0;
    for (uint32_t i = 0; i < m->options.things; i++) {
        name_thing(&m->things[i], i);
        sessions += thing_rows(i) / leat_machine_session_rows_mean(m->things[i].kind);
        m->things[i].share_end = sessions;
    }
    m->pause_mean_ms = 860000000.0 / sessions;
}

// The members of a row come in their usual order, with two exceptions: the power comes last where neither speed was commanded
// nor current measured, unless the row is nearly full; and load comes before current where there is little else.
static void order_members(uint8_t members, bool usual, uint8_t order[LEAT_MACHINE_MEMBERS]) {
    uint8_t c = 1 << LEAT_MACHINE_CURRENT, p = 1 << LEAT_MACHINE_POWER, l = 1 << LEAT_MACHINE_LOAD, cmd = 1 << LEAT_MACHINE_CMD_SPEED,
            both = 1 << LEAT_MACHINE_TORQUE | 1 << LEAT_MACHINE_ACT_SPEED, t = 1 << LEAT_MACHINE_TURN_STATE,
            a = 1 << LEAT_MACHINE_ACCELERATION;
    bool full = (members & both) == both && (members & (l | cmd));
    bool power_last = (members & p) && !(members & c) && !full;
    bool load_first = !usual && (members & l) && (members & c) && !(members & (t | a | cmd | p)) && (members & both) != both;
    size_t n = 0;
    for (uint8_t i = 0; i < LEAT_MACHINE_MEMBERS; i++) {
        if (i == LEAT_MACHINE_CURRENT && load_first)
            order[n++] = LEAT_MACHINE_LOAD;
        if ((members & 1 << i) && !(i == LEAT_MACHINE_POWER && power_last) && !(i == LEAT_MACHINE_LOAD && load_first))
            order[n++] = i;
    }
    if (power_last)
        order[n++] = LEAT_MACHINE_POWER;
    while (n < LEAT_MACHINE_MEMBERS)
        order[n++] = LEAT_MACHINE_MEMBERS;
}

int leat_simulate_machine_create(const struct leat_simulate_machine_options *options, struct leat_simulate_machine **machine) {
    *machine = NULL;
    if (check_options(options))
        return -1;
    struct leat_simulate_machine *m = leat_memory_zalloc(NULL, sizeof(*m));
    if (m == NULL)
        return -1;
    m->options = *options;
    m->rows_left = options->rows;
    m->free_row = ROW_NONE;
    m->current_row = ROW_NONE;
    m->next_start_ms = options->start_ms;
    m->habit = &delivery_habits[0];
    leat_random_init(&m->course, options->seed);
    leat_random_init(&m->delivery, options->seed ^ UINT64_C(0x6a09e667f3bcc908));
    m->things = leat_memory_zalloc(NULL, options->things * sizeof(*m->things));
    m->busy_until_ms = leat_memory_zalloc(NULL, (size_t)options->things * options->components * sizeof(*m->busy_until_ms));
    if (m->things == NULL || m->busy_until_ms == NULL) {
        leat_simulate_machine_destroy(m);
        return -1;
    }
    share_out(m);
    for (unsigned i = 0; i < 256; i++) {
        order_members((uint8_t)i, false, m->order[0][i]);
        order_members((uint8_t)i, true, m->order[1][i]);
    }
    *machine = m;
    return 0;
}

void leat_simulate_machine_destroy(struct leat_simulate_machine *m) {
    if (m == NULL)
        return;
    leat_memory_free(NULL, m->things, m->options.things * sizeof(*m->things));
    leat_memory_free(NULL, m->busy_until_ms, (size_t)m->options.things * m->options.components * sizeof(*m->busy_until_ms));
    leat_memory_free(NULL, m->rows, m->rows_capacity * sizeof(*m->rows));
    leat_memory_free(NULL, m->heap, m->heap_capacity * sizeof(*m->heap));
    leat_memory_free(NULL, m, sizeof(*m));
}

// ---- blocks that wait for their delivery

static uint32_t row_new(struct leat_simulate_machine *m) {
    if (m->free_row == ROW_NONE) {
        if (m->rows_capacity > UINT32_MAX / 4) {
            leat_error_set(LEAT_ERROR_INTERNAL, "too many rows wait for their delivery: give a smaller disorder");
            return ROW_NONE;
        }
        uint32_t capacity = m->rows_capacity ? m->rows_capacity * 2 : 4096;
        struct leat_machine_row *rows = leat_memory_realloc(NULL, m->rows, m->rows_capacity * sizeof(*rows), capacity * sizeof(*rows));
        if (rows == NULL)
            return ROW_NONE;
        for (uint32_t i = capacity; i-- > m->rows_capacity;) {
            rows[i].next = m->free_row;
            m->free_row = i;
        }
        m->rows = rows;
        m->rows_capacity = capacity;
    }
    uint32_t row = m->free_row;
    m->free_row = m->rows[row].next;
    return row;
}

static bool block_before(const struct block *a, const struct block *b) {
    return a->delivery_ms < b->delivery_ms || (a->delivery_ms == b->delivery_ms && a->sequence < b->sequence);
}

static int heap_push(struct leat_simulate_machine *m, int64_t delivery_ms, uint32_t first_row) {
    if (m->heap_count == m->heap_capacity) {
        uint32_t capacity = m->heap_capacity ? m->heap_capacity * 2 : 1024;
        struct block *heap = leat_memory_realloc(NULL, m->heap, m->heap_capacity * sizeof(*heap), capacity * sizeof(*heap));
        if (heap == NULL)
            return -1;
        m->heap = heap;
        m->heap_capacity = capacity;
    }
    struct block block = {.delivery_ms = delivery_ms, .sequence = m->sequence++, .first_row = first_row};
    uint32_t i = m->heap_count++;
    for (; i > 0 && block_before(&block, &m->heap[(i - 1) / 2]); i = (i - 1) / 2)
        m->heap[i] = m->heap[(i - 1) / 2];
    m->heap[i] = block;
    return 0;
}

static uint32_t heap_pop(struct leat_simulate_machine *m) {
    uint32_t first_row = m->heap[0].first_row;
    struct block last = m->heap[--m->heap_count];
    uint32_t i = 0;
    for (uint32_t child = 1; child < m->heap_count; child = 2 * i + 1) {
        if (child + 1 < m->heap_count && block_before(&m->heap[child + 1], &m->heap[child]))
            child++;
        if (!block_before(&m->heap[child], &last))
            break;
        m->heap[i] = m->heap[child];
        i = child;
    }
    m->heap[i] = last;
    return first_row;
}

// ---- stretches of work

// The share of `low` to `high` that a random number picks, in whole milliseconds.
static int64_t random_ms(struct leat_random *random, double low_ms, double high_ms) {
    return (int64_t)(low_ms + (high_ms - low_ms) * leat_random_unit(random));
}

// From one start of work to the next: short breaks, nights, weekends. The mean is that of `mean_ms`.
static int64_t pause_ms(struct leat_random *random, double mean_ms) {
    uint32_t percent = leat_random_below(random, 100);
    if (percent < 80)
        return random_ms(random, 0, mean_ms * 0.3);
    if (percent < 97)
        return random_ms(random, mean_ms * 1.5, mean_ms * 4);
    return random_ms(random, mean_ms * 8, mean_ms * 19.5);
}

// The thing that works next, by the shares of all.
static uint32_t pick_thing(struct leat_simulate_machine *m) {
    double at = leat_random_unit(&m->course) * m->things[m->options.things - 1].share_end;
    uint32_t low = 0, high = m->options.things - 1;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        if (at < m->things[middle].share_end)
            high = middle;
        else
            low = middle + 1;
    }
    return low;
}

static void pick_habit(struct leat_simulate_machine *m) {
    uint32_t percent = leat_random_below(&m->delivery, 100);
    const struct delivery_habit *habit = delivery_habits;
    for (; percent >= habit->percent; habit++)
        percent -= habit->percent;
    m->habit = habit;
    m->group_delay_ms = random_ms(&m->delivery, habit->delay_min_ms, habit->delay_max_ms);
}

// How late the next block comes, for a disorder of 1.
static int64_t block_delay_ms(struct leat_simulate_machine *m) {
    if (m->section_blocks_left == 0) {
        m->section_blocks_left = (uint32_t)leat_random_between(&m->delivery, 2, 14);
        m->section_delay_ms = random_ms(&m->delivery, 0, m->habit->section_max_ms);
    }
    m->section_blocks_left--;
    return m->group_delay_ms + m->section_delay_ms + leat_random_below(&m->delivery, BLOCK_DELAY_MS);
}

static int deliver_block(struct leat_simulate_machine *m, uint32_t first_row, int64_t last_ms) {
    int64_t delay_ms = block_delay_ms(m);
    return heap_push(m, last_ms + (int64_t)((double)delay_ms * m->options.disorder), first_row);
}

// Makes all rows of one stretch of work and puts their blocks into the heap. None is delivered before the stretch starts.
static int simulate_session(struct leat_simulate_machine *m) {
    uint32_t thing = pick_thing(m);
    uint32_t component = leat_random_below(&m->course, m->options.components);
    int64_t *busy_until_ms = &m->busy_until_ms[(size_t)thing * m->options.components + component];
    struct leat_machine_session session;
    leat_machine_session_start(&session, &m->course, m->things[thing].kind, LEAT_MAX(m->next_start_ms, *busy_until_ms));
    if (leat_random_chance(&m->delivery, 40))
        pick_habit(m);
    m->section_blocks_left = 0;

    uint32_t first = ROW_NONE, last = ROW_NONE;
    struct leat_machine_row made = {.thing = thing, .component = (uint8_t)component, .next = ROW_NONE};
    while (leat_machine_session_next(&session, &made)) {
        bool same_block =
            first != ROW_NONE && m->options.disorder > 0 && made.timestamp_ms / BLOCK_MS == m->rows[first].timestamp_ms / BLOCK_MS;
        if (first != ROW_NONE && !same_block) {
            if (deliver_block(m, first, m->rows[last].timestamp_ms))
                return -1;
            first = ROW_NONE;
        }
        uint32_t row = row_new(m);
        if (row == ROW_NONE)
            return -1;
        m->rows[row] = made;
        if (first == ROW_NONE)
            first = row;
        else
            m->rows[last].next = row;
        last = row;
    }
    *busy_until_ms = made.timestamp_ms + 60000;
    m->next_start_ms += pause_ms(&m->course, m->pause_mean_ms);
    return deliver_block(m, first, made.timestamp_ms);
}

// The next row in the order of delivery. A block may go as soon as no stretch that is still to be made can come before it.
static int next_row(struct leat_simulate_machine *m, const struct leat_machine_row **row) {
    if (m->current_row == ROW_NONE) {
        while (m->heap_count == 0 || m->heap[0].delivery_ms >= m->next_start_ms) {
            if (simulate_session(m))
                return -1;
        }
        m->current_row = heap_pop(m);
    }
    // The row is given back at once: its contents stay until the next one is made.
    uint32_t at = m->current_row;
    *row = &m->rows[at];
    m->current_row = m->rows[at].next;
    return 0;
}

static void give_back(struct leat_simulate_machine *m, const struct leat_machine_row *row) {
    uint32_t at = (uint32_t)(row - m->rows);
    m->rows[at].next = m->free_row;
    m->free_row = at;
}

// ---- text

static char *put(char *to, const char *text, size_t bytes) {
    memcpy(to, text, bytes);
    return to + bytes;
}

// A number as the machines write it: shortest digits that read back the same, and ".0" where it is whole.
static char *put_double(char *to, double value) {
    size_t bytes = leat_double_print_shortest(value, to);
    for (size_t i = 0; i < bytes; i++) {
        if (to[i] == '.' || to[i] == 'e')
            return to + bytes;
    }
    return put(to + bytes, ".0", 2);
}

// A random UUID (RFC 9562, version 4).
static char *put_uuid(char *to, const uint64_t id[2]) {
    static const char digits[] = "0123456789abcdef";
    uint64_t words[2] = {(id[0] & ~UINT64_C(0xf000)) | 0x4000, (id[1] & ~(UINT64_C(3) << 62)) | UINT64_C(2) << 62};
    for (size_t i = 0; i < 32; i++) {
        if (i == 8 || i == 12 || i == 16 || i == 20)
            *to++ = '-';
        *to++ = digits[words[i / 16] >> (60 - 4 * (i % 16)) & 15];
    }
    return to;
}

static size_t print_row(const struct leat_simulate_machine *m, const struct leat_machine_row *row, char *to) {
    static const struct {
        char text[16];
        size_t bytes;
    } names[LEAT_MACHINE_MEMBERS] = {{", \"turnState_C", 14}, {", \"aaAcc_C", 10},  {", \"cmdSpeed_C", 13}, {", \"vaCurr_C", 11},
                                     {", \"vaPower_C", 12},   {", \"vaLoad_C", 11}, {", \"vaTorque_C", 13}, {", \"actSpeed_C", 13}};
    const struct thing *thing = &m->things[row->thing];
    uint32_t component = row->component + 11u;
    char *at = put(to, "{\"Thing\": \"", 11);
    at = put(at, thing->name, thing->name_bytes);
    at = put(at, "\", \"Timestamp\": ", 16);
    at += leat_int64_print(row->timestamp_ms, at);
    const uint8_t *order = m->order[row->order][row->members];
    for (size_t i = 0; i < LEAT_MACHINE_MEMBERS && order[i] < LEAT_MACHINE_MEMBERS; i++) {
        at = put(at, names[order[i]].text, names[order[i]].bytes);
        *at++ = (char)('0' + component / 10);
        *at++ = (char)('0' + component % 10);
        at = put(at, "\": ", 3);
        if (order[i] == LEAT_MACHINE_TURN_STATE)
            at += leat_int64_print((int64_t)row->value[order[i]], at);
        else
            at = put_double(at, row->value[order[i]]);
    }
    at = put(at, ", \"id\": \"", 9);
    at = put_uuid(at, row->id);
    at = put(at, "\"}\n", 3);
    return (size_t)(at - to);
}

int leat_simulate_machine_read(struct leat_simulate_machine *m, char *to, size_t capacity_bytes, size_t *bytes) {
    leat_assert(capacity_bytes >= LEAT_SIMULATE_ROW_BYTES_MAX);
    *bytes = 0;
    while (m->rows_left > 0 && capacity_bytes - *bytes >= LEAT_SIMULATE_ROW_BYTES_MAX) {
        const struct leat_machine_row *row;
        if (next_row(m, &row))
            return -1;
        *bytes += print_row(m, row, to + *bytes);
        give_back(m, row);
        m->rows_left--;
    }
    return 0;
}
