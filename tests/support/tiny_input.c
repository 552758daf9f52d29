#include "tests/support/tiny_input.h"

#include "engine/base/assert.h"
#include "tests/support/rows.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

static const char *const key_names[LEAT_TINY_KEYS] = {"a", "bb", "a machine with a long name", "", "dddddddddddd", "eeeeeeeeeeeee", "f"};

// ---- Drawing rows ----

static struct leat_tiny_row draw(const struct leat_tiny_kind *kind, uint32_t i, int64_t *now_ms, uint64_t *random) {
    struct leat_tiny_row row = {.v = kind->first_v + i, .text_length = -1};
    *now_ms += (int64_t)leat_test_below(random, (uint64_t)kind->step_ms + 1);
    int64_t back_ms = leat_test_below(random, 4) ? 0 : (int64_t)leat_test_below(random, (uint64_t)kind->jitter_ms + 1);
    row.t = (*now_ms - back_ms) * 1000;
    row.key = leat_test_below(random, 100) < kind->skew_percent ? 0 : (uint32_t)leat_test_below(random, LEAT_TINY_KEYS);
    row.has_x = leat_test_below(random, 8) != 0;
    row.x = ((double)(int64_t)leat_test_random(random)) / (double)(1 + leat_test_below(random, 1000000007));
    if (kind->whole_x)
        row.x = (double)(row.v % 1000);
    if (leat_test_below(random, 5))
        row.text_length = (int32_t)leat_test_below(random, leat_test_below(random, 3) ? 14 : 90);
    if (leat_test_below(random, 100) < kind->zero_percent)
        row.v = 0;
    if (leat_test_below(random, 100) < kind->odd_percent) {
        row.line = (enum leat_tiny_line)leat_test_below(random, 4);
        if (row.line == LEAT_TINY_ROW)
            row.key = LEAT_TINY_KEYS;
    }
    return row;
}

// ---- Text ----

static void text_of(const struct leat_tiny_row *row, char *text) {
    for (int32_t i = 0; i < row->text_length; i++)
        text[i] = (char)('a' + (uint64_t)(row->v * 7 + i) % 26);
    text[LEAT_MAX(row->text_length, 0)] = 0;
}

static int print_key(char *to, size_t room, uint32_t key) {
    return key == LEAT_TINY_KEYS ? snprintf(to, room, "{\"k\":null") : snprintf(to, room, "{\"k\":\"%s\"", key_names[key]);
}

static int print_text(char *to, size_t room, const char *name, const struct leat_tiny_row *row) {
    char text[128];
    text_of(row, text);
    return row->text_length < 0 ? snprintf(to, room, ",\"%s\":null", name) : snprintf(to, room, ",\"%s\":\"%s\"", name, text);
}

static size_t print_line(const struct leat_tiny_row *row, char *to, size_t room) {
    if (row->line == LEAT_TINY_BLANK)
        return (size_t)snprintf(to, room, "  \r\n");
    if (row->line == LEAT_TINY_JUNK)
        return (size_t)snprintf(to, room, "{\"k\":\"a\",\"t\":%" PRId64 ",\"v\":junk}\n", row->t);
    int at = print_key(to, room, row->key);
    if (row->line != LEAT_TINY_NULL_TIME)
        at += snprintf(to + at, room - (size_t)at, ",\"t\":%" PRId64, row->t);
    at += snprintf(to + at, room - (size_t)at, ",\"v\":%" PRId64, row->v);
    if (row->has_x)
        at += snprintf(to + at, room - (size_t)at, ",\"x\":%.17g", row->x);
    if (row->text_length >= 0)
        at += print_text(to + at, room - (size_t)at, "s", row);
    return (size_t)(at + snprintf(to + at, room - (size_t)at, "}\n"));
}

static int compare_sizes(const void *a, const void *b) {
    size_t x = *(const size_t *)a, y = *(const size_t *)b;
    return (x > y) - (x < y);
}

void leat_tiny_input_make(struct leat_tiny_input *input, const struct leat_tiny_kind *kind, uint32_t chunks, uint64_t *random) {
    const size_t line_max = 400;
    *input = (struct leat_tiny_input){
        .rows = calloc(kind->rows + 1, sizeof(*input->rows)),
        .row_count = kind->rows,
        .text = malloc(kind->rows * line_max + 1),
        .borders = calloc(chunks + 1, sizeof(*input->borders)),
        .border_count = LEAT_MAX(chunks, 1u),
    };
    leat_assert(input->rows && input->text && input->borders);
    int64_t now_ms = 1000000;
    for (uint32_t i = 0; i < kind->rows; i++) {
        input->rows[i] = draw(kind, i, &now_ms, random);
        input->rows[i].at = input->length;
        input->length += print_line(&input->rows[i], input->text + input->length, line_max);
    }
    if (input->length && leat_test_below(random, 3) == 0)
        input->length--; // the last line end may be absent
    for (uint32_t i = 0; i + 1 < input->border_count; i++)
        input->borders[i] = (size_t)leat_test_below(random, input->length + 1);
    input->borders[input->border_count - 1] = input->length;
    qsort(input->borders, input->border_count, sizeof(*input->borders), compare_sizes);
}

void leat_tiny_input_free(struct leat_tiny_input *input) {
    free(input->rows);
    free(input->text);
    free(input->borders);
}

// ---- Comparing lines ----

struct line {
    const char *at;
    size_t length;
    size_t index;
};

static size_t split(const char *text, size_t length, struct line *lines) {
    size_t count = 0;
    while (length) {
        const char *newline = memchr(text, '\n', length);
        size_t line = newline ? (size_t)(newline + 1 - text) : length;
        lines[count] = (struct line){text, line, count};
        count++;
        text += line;
        length -= line;
    }
    return count;
}

static int compare_bytes(const char *a, size_t a_length, const char *b, size_t b_length) {
    int order = memcmp(a, b, LEAT_MIN(a_length, b_length));
    return order ? order : (a_length > b_length) - (a_length < b_length);
}

static size_t key_length(const struct line *line) {
    const char *comma = memchr(line->at, ',', line->length);
    return comma ? (size_t)(comma - line->at) : line->length;
}

static int compare_keys(const void *x, const void *y) {
    const struct line *a = x, *b = y;
    int order = compare_bytes(a->at, key_length(a), b->at, key_length(b));
    return order ? order : (a->index > b->index) - (a->index < b->index);
}

static int compare_lines(const void *x, const void *y) {
    const struct line *a = x, *b = y;
    return compare_bytes(a->at, a->length, b->at, b->length);
}

static bool same_line(const struct line *a, const struct line *b) {
    const char *x = memmem(a->at, a->length, ",\"sx\":", 6), *y = memmem(b->at, b->length, ",\"sx\":", 6);
    if (!x || !y || x[6] == 'n' || y[6] == 'n')
        return compare_lines(a, b) == 0;
    return compare_bytes(a->at, (size_t)(x - a->at), b->at, (size_t)(y - b->at)) == 0 && strtod(x + 6, NULL) == strtod(y + 6, NULL);
}

static void show(const char *which, const struct line *lines, size_t count, size_t i) {
    if (i < count)
        fprintf(stderr, "%s line %zu: %.*s", which, lines[i].index, (int)lines[i].length, lines[i].at);
    else
        fprintf(stderr, "%s ends after %zu lines\n", which, count);
}

bool leat_tiny_same_lines(const char *a, size_t a_length, const char *b, size_t b_length, enum leat_tiny_order order) {
    struct line *x = calloc(a_length + 1, sizeof(*x)), *y = calloc(b_length + 1, sizeof(*y));
    leat_assert(x && y);
    size_t x_count = split(a, a_length, x), y_count = split(b, b_length, y), i = 0;
    if (order != LEAT_TINY_ORDER_ALL) {
        qsort(x, x_count, sizeof(*x), order == LEAT_TINY_ORDER_BY_KEY ? compare_keys : compare_lines);
        qsort(y, y_count, sizeof(*y), order == LEAT_TINY_ORDER_BY_KEY ? compare_keys : compare_lines);
    }
    while (i < x_count && i < y_count && same_line(&x[i], &y[i]))
        i++;
    bool same = i == x_count && i == y_count;
    if (!same) {
        show("first", x, x_count, i);
        show("second", y, y_count, i);
    }
    free(x);
    free(y);
    return same;
}

// ---- The model ----

// A row that is no bad record, with the watermark it meets.
struct met {
    const struct leat_tiny_row *row;
    int64_t watermark;
    uint32_t input; // whose it is, where there are two sources
};

// An input being taken, chunk by chunk.
struct lane {
    const struct leat_tiny_input *input;
    uint32_t chunk, row; // the next ones
    int64_t watermark;   // of the chunks that have been taken
    bool finished;
};

static char *grow(struct leat_tiny_expected *expected) {
    if (expected->capacity - expected->length < 1024) {
        expected->capacity = 2 * expected->capacity + 4096;
        expected->text = realloc(expected->text, expected->capacity);
        leat_assert(expected->text != NULL);
    }
    return expected->text + expected->length;
}

// Takes the next chunk of a lane, whose rows meet its own watermark so far or that of the others, whichever is lower.
static uint32_t take_chunk(struct leat_tiny_expected *expected, const struct leat_tiny_options *options, struct lane *lane, int64_t others,
                           struct met *met) {
    const struct leat_tiny_input *input = lane->input;
    uint32_t count = 0;
    if (lane->chunk == input->border_count) {
        lane->finished = true;
        lane->watermark = LEAT_TIME_MAX;
        return 0;
    }
    for (; lane->row < input->row_count && input->rows[lane->row].at < input->borders[lane->chunk]; lane->row++) {
        const struct leat_tiny_row *row = &input->rows[lane->row];
        expected->rows_in += row->line != LEAT_TINY_BLANK;
        bool bad = row->line != LEAT_TINY_ROW || (options->compute && row->v == 0);
        expected->bad += bad && row->line != LEAT_TINY_BLANK;
        if (bad)
            continue;
        met[count++] = (struct met){.row = row, .watermark = LEAT_MIN(lane->watermark, others)};
        if (!options->no_watermark)
            lane->watermark = LEAT_MAX(lane->watermark, row->t - options->delay_us);
    }
    lane->chunk++;
    return count;
}

// The rows that are no bad records in the order in which a stage takes them: always a chunk of the input whose watermark is lowest.
static uint32_t meet(struct leat_tiny_expected *expected, const struct leat_tiny_options *options, const struct leat_tiny_input *inputs,
                     uint32_t input_count, struct met *met) {
    struct lane lanes[8];
    uint32_t count = 0;
    leat_assert(input_count <= LEAT_ARRAY_LEN(lanes));
    for (uint32_t i = 0; i < input_count; i++)
        lanes[i] = (struct lane){.input = &inputs[i], .watermark = LEAT_TIME_MIN};
    for (;;) {
        uint32_t lowest = input_count;
        for (uint32_t i = 0; i < input_count; i++)
            if (!lanes[i].finished && (lowest == input_count || lanes[i].watermark < lanes[lowest].watermark))
                lowest = i;
        if (lowest == input_count)
            return count;
        int64_t others = LEAT_TIME_MAX;
        for (uint32_t i = 0; i < input_count; i++)
            if (i != lowest)
                others = LEAT_MIN(others, lanes[i].watermark);
        uint32_t some = take_chunk(expected, options, &lanes[lowest], others, met + count);
        for (uint32_t i = 0; i < some; i++)
            met[count + i].input = lowest % 2; // of the two sources
        count += some;
    }
}

static bool passes(struct leat_tiny_expected *expected, const struct leat_tiny_options *options, const struct leat_tiny_row *row,
                   int64_t rest) {
    if (options->failing_filter && row->v == 0) {
        expected->failed++;
        return false;
    }
    return row->v % 3 != rest;
}

static void model_filter(struct leat_tiny_expected *expected, const struct leat_tiny_options *options, const struct met *met,
                         uint32_t count) {
    for (uint32_t i = 0; i < count; i++) {
        const struct leat_tiny_row *row = met[i].row;
        if (!passes(expected, options, row, 0))
            continue;
        char *to = grow(expected);
        int at = print_key(to, 100, row->key);
        at += snprintf(to + at, 100, ",\"t\":%" PRId64 ",\"v\":%" PRId64, row->t, row->v);
        at += print_text(to + at, 200, "s", row);
        at += snprintf(to + at, 100, ",\"d\":%" PRId64 "}\n", row->v + 1);
        expected->length += (size_t)at;
    }
}

// The windows of one key in order. Keys compare by their number, NULL being one, too; without a key all rows have the first.
static void model_window(struct leat_tiny_expected *expected, const struct leat_tiny_options *options, const struct met *met,
                         uint32_t count, uint32_t key, int64_t start, bool keyed) {
    const struct leat_tiny_row *lowest = NULL, *highest = NULL;
    char low[128] = "", high[128] = "", text[128];
    int64_t n = 0, sum = 0;
    double sum_x = 0;
    bool has_x = false;
    for (uint32_t i = 0; i < count; i++) {
        const struct leat_tiny_row *row = met[i].row;
        if ((keyed && row->key != key) || row->t < start || row->t >= start + options->size_us)
            continue;
        if (start + options->size_us - 1000 <= met[i].watermark)
            continue; // late
        n++;
        sum += row->v;
        if (row->has_x)
            sum_x += row->x; // in the order of the rows
        has_x = has_x || row->has_x;
        if (row->text_length < 0)
            continue;
        text_of(row, text);
        if (!lowest || strcmp(text, low) < 0) {
            memcpy(low, text, sizeof(low));
            lowest = row;
        }
        if (!highest || strcmp(text, high) > 0) {
            memcpy(high, text, sizeof(high));
            highest = row;
        }
    }
    if (n == 0)
        return;
    static const struct leat_tiny_row none = {.text_length = -1};
    char *to = grow(expected);
    int at = keyed ? print_key(to, 100, key) : 0;
    at += snprintf(to + at, 200, "%c\"start\":%" PRId64 ",\"n\":%" PRId64 ",\"sv\":%" PRId64, keyed ? ',' : '{', start, n, sum);
    at += print_text(to + at, 200, "lo", lowest ? lowest : &none);
    at += print_text(to + at, 200, "hi", highest ? highest : &none);
    at += has_x ? snprintf(to + at, 100, ",\"sx\":%.17g}\n", sum_x) : snprintf(to + at, 100, ",\"sx\":null}\n");
    expected->length += (size_t)at;
}

static int64_t start_of(const struct leat_tiny_options *options, int64_t t) {
    int64_t start = t / options->size_us * options->size_us;
    return start > t ? start - options->size_us : start;
}

static void model_tumble(struct leat_tiny_expected *expected, const struct leat_tiny_options *options, const struct met *met,
                         uint32_t count, bool keyed) {
    int64_t low = LEAT_TIME_MAX, high = LEAT_TIME_MIN;
    for (uint32_t i = 0; i < count; i++) {
        int64_t start = start_of(options, met[i].row->t);
        low = LEAT_MIN(low, start);
        high = LEAT_MAX(high, start);
        expected->late += start + options->size_us - 1000 <= met[i].watermark;
    }
    for (uint32_t key = 0; key <= (keyed ? LEAT_TINY_KEYS : 0); key++)
        for (int64_t start = low; count && start <= high; start += options->size_us)
            model_window(expected, options, met, count, key, start, keyed);
}

struct side {
    const struct leat_tiny_row **rows; // accepted, by time; no two of one time
    uint32_t count;
};

static void accept_row(struct side *side, const struct leat_tiny_row *row) {
    uint32_t at = side->count;
    while (at > 0 && side->rows[at - 1]->t > row->t)
        at--;
    if (at > 0 && side->rows[at - 1]->t == row->t) {
        side->rows[at - 1] = row; // the later one replaces
        return;
    }
    memmove(side->rows + at + 1, side->rows + at, (side->count - at) * sizeof(*side->rows));
    side->rows[at] = row;
    side->count++;
}

// True when no row of `side` but the given one lies between both times.
static bool none_between(const struct side *side, const struct leat_tiny_row *but, int64_t a, int64_t b) {
    for (uint32_t i = 0; i < side->count; i++) {
        const struct leat_tiny_row *row = side->rows[i];
        if (row != but && row->t >= LEAT_MIN(a, b) && row->t <= LEAT_MAX(a, b))
            return false;
    }
    return true;
}

static void print_pair(struct leat_tiny_expected *expected, const struct leat_tiny_row *l, const struct leat_tiny_row *r) {
    char *to = grow(expected);
    int at = print_key(to, 100, l->key);
    at += snprintf(to + at, 200, ",\"lt\":%" PRId64 ",\"rt\":%" PRId64 ",\"lv\":%" PRId64 ",\"rv\":%" PRId64, l->t, r->t, l->v, r->v);
    at += print_text(to + at, 200, "ls", l);
    at += r->has_x ? snprintf(to + at, 100, ",\"sx\":%.17g}\n", r->x) : snprintf(to + at, 100, ",\"sx\":null}\n");
    expected->length += (size_t)at;
}

// The pairs of one key, by (later time, left time, right time).
static void model_pairs(struct leat_tiny_expected *expected, const struct leat_tiny_options *options, const struct side *left,
                        const struct side *right) {
    struct pair {
        const struct leat_tiny_row *l, *r;
    } *pairs = calloc((size_t)left->count * right->count + 1, sizeof(*pairs));
    uint32_t count = 0;
    leat_assert(pairs != NULL);
    for (uint32_t i = 0; i < left->count; i++)
        for (uint32_t j = 0; j < right->count; j++) {
            const struct leat_tiny_row *l = left->rows[i], *r = right->rows[j];
            if (llabs(l->t - r->t) > options->tolerance_us)
                continue;
            if (!none_between(right, r, l->t, r->t) && !none_between(left, l, l->t, r->t))
                continue;
            uint32_t at = count++;
            for (; at > 0; at--) {
                const struct pair *p = &pairs[at - 1];
                int64_t a[3] = {LEAT_MAX(p->l->t, p->r->t), p->l->t, p->r->t}, b[3] = {LEAT_MAX(l->t, r->t), l->t, r->t};
                if (a[0] < b[0] || (a[0] == b[0] && (a[1] < b[1] || (a[1] == b[1] && a[2] < b[2]))))
                    break;
                pairs[at] = *p;
            }
            pairs[at] = (struct pair){l, r};
        }
    for (uint32_t i = 0; i < count; i++)
        print_pair(expected, pairs[i].l, pairs[i].r);
    free(pairs);
}

// Each side takes the rows of its own input, or both those of the only one.
static void model_join(struct leat_tiny_expected *expected, const struct leat_tiny_options *options, const struct met *met, uint32_t count,
                       bool two) {
    for (uint32_t key = 0; key < LEAT_TINY_KEYS; key++) {
        struct side sides[2];
        for (uint32_t s = 0; s < 2; s++) {
            sides[s] = (struct side){.rows = calloc(count + 1, sizeof(*sides[s].rows))};
            leat_assert(sides[s].rows != NULL);
            for (uint32_t i = 0; i < count; i++)
                if ((!two || met[i].input == s) && met[i].row->key == key && (met[i].row->v != 0 || !options->failing_filter) &&
                    met[i].row->v % 3 != s && met[i].row->t > met[i].watermark)
                    accept_row(&sides[s], met[i].row);
        }
        model_pairs(expected, options, &sides[0], &sides[1]);
        free(sides[0].rows);
        free(sides[1].rows);
    }
    for (uint32_t i = 0; i < count; i++)
        for (uint32_t s = 0; s < 2; s++)
            if ((!two || met[i].input == s) && passes(expected, options, met[i].row, s) && met[i].row->t <= met[i].watermark)
                expected->late += 1;
}

bool leat_tiny_has_model(enum leat_tiny_shape shape) {
    return shape != LEAT_TINY_JOIN_TUMBLE && shape != LEAT_TINY_FAN;
}

void leat_tiny_model(struct leat_tiny_expected *expected, enum leat_tiny_shape shape, const struct leat_tiny_options *options,
                     const struct leat_tiny_input *inputs, uint32_t input_count) {
    *expected = (struct leat_tiny_expected){0};
    grow(expected);
    uint32_t rows = 0;
    for (uint32_t i = 0; i < input_count; i++)
        rows += inputs[i].row_count;
    struct met *met = calloc(rows + 1, sizeof(*met));
    leat_assert(met != NULL);
    uint32_t count = meet(expected, options, inputs, input_count, met);
    if (shape == LEAT_TINY_FILTER || shape == LEAT_TINY_UNION_FILTER)
        model_filter(expected, options, met, count);
    else if (shape == LEAT_TINY_JOIN || shape == LEAT_TINY_TWO_INPUTS)
        model_join(expected, options, met, count, shape == LEAT_TINY_TWO_INPUTS);
    else
        model_tumble(expected, options, met, count, shape != LEAT_TINY_TUMBLE_ALL);
    free(met);
}

void leat_tiny_expected_free(struct leat_tiny_expected *expected) {
    free(expected->text);
}
