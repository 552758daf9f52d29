// INTERVAL literals, with the rules of Calcite that Flink has: '1' DAY, '1:30' MINUTE TO SECOND, '1-2' YEAR TO MONTH, two digits in the
// leading field unless more are asked for.
#include "engine/sql/parser_internal.h"

#include <ctype.h>

// Digits of the leading field and of fractions of a second where none are written.
#define LEADING_DIGITS  2
#define FRACTION_DIGITS 6
#define DIGITS_MAX      10
#define MILLIS_PER_DAY  86400000

static const struct {
    const char *word;
    const char *plural; // or NULL
    enum leat_ast_unit unit;
} units[] = {
    {"YEAR", "YEARS", LEAT_AST_UNIT_YEAR},
    {"MONTH", "MONTHS", LEAT_AST_UNIT_MONTH},
    {"DAY", "DAYS", LEAT_AST_UNIT_DAY},
    {"HOUR", "HOURS", LEAT_AST_UNIT_HOUR},
    {"MINUTE", "MINUTES", LEAT_AST_UNIT_MINUTE},
    {"SECOND", "SECONDS", LEAT_AST_UNIT_SECOND},
    {"MILLISECOND", "MILLISECONDS", LEAT_AST_UNIT_MILLISECOND},
    {"MICROSECOND", NULL, LEAT_AST_UNIT_MICROSECOND},
    {"NANOSECOND", NULL, LEAT_AST_UNIT_NANOSECOND},
    {"WEEK", NULL, LEAT_AST_UNIT_WEEK},
    {"QUARTER", NULL, LEAT_AST_UNIT_QUARTER},
    {"DECADE", NULL, LEAT_AST_UNIT_DECADE},
    {"CENTURY", NULL, LEAT_AST_UNIT_CENTURY},
    {"MILLENNIUM", NULL, LEAT_AST_UNIT_MILLENNIUM},
    {"ISOYEAR", NULL, LEAT_AST_UNIT_ISOYEAR},
    {"DOW", NULL, LEAT_AST_UNIT_DOW},
    {"ISODOW", NULL, LEAT_AST_UNIT_ISODOW},
    {"DOY", NULL, LEAT_AST_UNIT_DOY},
    {"EPOCH", NULL, LEAT_AST_UNIT_EPOCH},
};

enum leat_ast_unit leat_parser_unit(struct leat_parser *p, bool plurals) {
    for (size_t i = 0; i < LEAT_ARRAY_LEN(units); i++)
        if (leat_parser_accept_word(p, units[i].word) || (plurals && units[i].plural && leat_parser_accept_word(p, units[i].plural)))
            return units[i].unit;
    return LEAT_AST_UNIT_NONE;
}

const char *leat_ast_unit_name(enum leat_ast_unit unit) {
    for (size_t i = 0; i < LEAT_ARRAY_LEN(units); i++)
        if (units[i].unit == unit)
            return units[i].word;
    return "";
}

// The units an interval can have, from coarse to fine.
struct step {
    enum leat_ast_unit unit;
    bool is_months;
    int64_t size; // in months or milliseconds
    int64_t most; // of the field where it is not the leading one
    char before;  // what stands between it and the field before
};

static const struct step steps[] = {
    {LEAT_AST_UNIT_YEAR, true, 12, 0, 0},
    {LEAT_AST_UNIT_MONTH, true, 1, 11, '-'},
    {LEAT_AST_UNIT_DAY, false, MILLIS_PER_DAY, 0, 0},
    {LEAT_AST_UNIT_HOUR, false, 3600000, 23, ' '},
    {LEAT_AST_UNIT_MINUTE, false, 60000, 59, ':'},
    {LEAT_AST_UNIT_SECOND, false, 1000, 59, ':'},
    {LEAT_AST_UNIT_MILLISECOND, false, 1, 0, 0},
};

static const struct step *step_of(enum leat_ast_unit unit) {
    for (size_t i = 0; i < LEAT_ARRAY_LEN(steps); i++)
        if (steps[i].unit == unit)
            return &steps[i];
    return NULL;
}

// from(leading) TO to(fraction), as written or by default.
struct qualifier {
    const struct step *from;
    const struct step *to; // equal to `from` for a single field
    int32_t leading_digits;
    int32_t fraction_digits;
    struct leat_span span;
};

// One (n), or for SECOND (n, m).
static int digits(struct leat_parser *p, int32_t *first, int32_t *second) {
    if (!leat_parser_accept(p, LEAT_TOKEN_LEFT_PARENTHESIS))
        return 0;
    struct leat_span span = leat_parser_peek(p, 0)->span;
    if (leat_parser_number(p, "a number of digits", first) != 0)
        return -1;
    if (second && leat_parser_accept(p, LEAT_TOKEN_COMMA) && leat_parser_number(p, "a number of digits", second) != 0)
        return -1;
    if (*first > DIGITS_MAX || *first < 1 || (second && *second > 9))
        return leat_parser_fail(p, span, NULL, "the leading field of an interval has 1 to 10 digits, the fraction 0 to 9");
    return leat_parser_expect(p, LEAT_TOKEN_RIGHT_PARENTHESIS, "`)`");
}

static const struct step *interval_unit(struct leat_parser *p, bool plurals) {
    struct leat_token token = *leat_parser_peek(p, 0);
    enum leat_ast_unit unit = leat_parser_unit(p, plurals);
    const struct step *step = step_of(unit);
    if (unit == LEAT_AST_UNIT_NONE)
        leat_parser_unexpected(p, "YEAR, MONTH, DAY, HOUR, MINUTE, SECOND or MILLISECOND", NULL);
    else if (!step)
        leat_parser_fail(p, token.span, unit == LEAT_AST_UNIT_WEEK ? "write the days: INTERVAL '7' DAY" : NULL,
                         "an interval has no field %s", leat_ast_unit_name(unit));
    return step;
}

static int qualifier_parse(struct leat_parser *p, struct qualifier *q) {
    uint32_t start = leat_parser_start(p);
    *q = (struct qualifier){.leading_digits = LEADING_DIGITS, .fraction_digits = FRACTION_DIGITS};
    q->from = q->to = interval_unit(p, true);
    if (!q->from)
        return -1;
    if (q->from->unit == LEAT_AST_UNIT_MILLISECOND)
        q->leading_digits = DIGITS_MAX; // ours, not Flink's: nothing to be equal to
    if (digits(p, &q->leading_digits, q->from->unit == LEAT_AST_UNIT_SECOND ? &q->fraction_digits : NULL) != 0)
        return -1;
    if (leat_parser_accept_word(p, "TO")) {
        struct leat_span place = leat_parser_peek(p, 0)->span;
        q->to = interval_unit(p, false);
        if (!q->to)
            return -1;
        if (q->to <= q->from || q->to->is_months != q->from->is_months || q->to->unit == LEAT_AST_UNIT_MILLISECOND)
            return leat_parser_fail(p, place, NULL, "there is no interval %s TO %s", leat_ast_unit_name(q->from->unit),
                                    leat_ast_unit_name(q->to->unit));
        if (q->to->unit == LEAT_AST_UNIT_SECOND && leat_parser_at(p, LEAT_TOKEN_LEFT_PARENTHESIS)) {
            int32_t fraction = 0;
            leat_parser_take(p);
            if (leat_parser_number(p, "a number of digits", &fraction) != 0 ||
                leat_parser_expect(p, LEAT_TOKEN_RIGHT_PARENTHESIS, "`)`") != 0)
                return -1;
            q->fraction_digits = LEAT_MIN(fraction, 9);
        }
    }
    q->span = leat_parser_span_from(p, start);
    return 0;
}

// Reads digits; -1 where there are none or too many for int64.
static int read_digits(const char **text, int64_t *value) {
    const char *start = *text;
    for (*value = 0; isdigit((unsigned char)**text); ++*text) {
        if (*text - start > 17)
            return -1;
        *value = *value * 10 + (**text - '0');
    }
    return *text > start ? 0 : -1;
}

// What can be wrong with the text of an interval.
enum reading {
    READING_OK,
    READING_BAD,       // not of this form
    READING_TOO_LARGE, // the leading field
    READING_TOO_FINE,  // parts of a millisecond
};

// .123 behind the seconds: adds milliseconds.
static enum reading read_fraction(const char **text, int32_t most_digits, int64_t *millis) {
    int32_t count = 0;
    bool too_fine = false;
    static const int64_t scale[] = {100, 10, 1};
    for (++*text; isdigit((unsigned char)**text); ++*text, count++) {
        int64_t digit = **text - '0';
        if (count < 3)
            *millis += digit * scale[count];
        else
            too_fine |= digit != 0;
    }
    if (count < 1 || count > most_digits)
        return READING_BAD;
    return too_fine ? READING_TOO_FINE : READING_OK;
}

static enum reading read_text(const char *text, const struct qualifier *q, int64_t *total) {
    int64_t sign = 1, limit = 1;
    *total = 0;
    if (*text == '-' || *text == '+')
        sign = *text++ == '-' ? -1 : 1;
    for (int32_t i = 0; i < q->leading_digits; i++)
        limit *= 10;
    for (const struct step *step = q->from; step <= q->to; step++) {
        int64_t value;
        if (step != q->from && *text++ != step->before)
            return READING_BAD;
        if (read_digits(&text, &value) != 0)
            return READING_BAD;
        if (step == q->from && value >= limit)
            return READING_TOO_LARGE;
        if (step != q->from && value > step->most)
            return READING_BAD;
        *total += value * step->size;
        if (step->unit == LEAT_AST_UNIT_SECOND && *text == '.') {
            enum reading fraction = read_fraction(&text, q->fraction_digits, total);
            if (fraction != READING_OK)
                return fraction;
        }
    }
    *total *= sign;
    return *text ? READING_BAD : READING_OK;
}

static const char *more_digits_hint(struct leat_parser *p, const char *text, const char *unit) {
    size_t count = strspn(text + strspn(text, "+-"), "0123456789");
    return count <= DIGITS_MAX ? leat_arena_printf(p->arena, "allow more digits: %s(%zu)", unit, count) : NULL;
}

static int evaluate(struct leat_parser *p, const struct leat_ast_string *text, const struct qualifier *q, int64_t *total) {
    const char *from = leat_ast_unit_name(q->from->unit), *to = leat_ast_unit_name(q->to->unit);
    char shown[48];
    leat_diagnostic_clean(shown, sizeof(shown), text->text, text->length);
    switch (read_text(text->text, q, total)) {
    case READING_OK:
        return 0;
    case READING_TOO_LARGE:
        return leat_parser_fail(p, text->span, more_digits_hint(p, text->text, from), "`%s` has more digits than %s(%d) has room for",
                                shown, from, q->leading_digits);
    case READING_TOO_FINE:
        return leat_parser_fail(p, text->span, NULL, "an interval is no finer than a millisecond");
    case READING_BAD:
        break;
    }
    if (q->from == q->to)
        return leat_parser_fail(p, text->span, leat_arena_printf(p->arena, "write for example INTERVAL '10' %s", from),
                                "`%s` is no interval of the unit %s", shown, from);
    return leat_parser_fail(p, text->span, "the fields are written '1-2' (years, months) or '1 2:03:04.5' (days, hours, minutes, seconds)",
                            "`%s` is no interval %s TO %s", shown, from, to);
}

struct leat_ast_expr *leat_parser_interval(struct leat_parser *p, uint32_t start) {
    bool negative = leat_parser_accept(p, LEAT_TOKEN_MINUS);
    if (!negative)
        leat_parser_accept(p, LEAT_TOKEN_PLUS);
    struct leat_ast_string text;
    struct qualifier q;
    if (leat_parser_at(p, LEAT_TOKEN_INTEGER)) {
        leat_parser_unexpected(p, "the interval as a string", "the number stands in quotes: INTERVAL '10' SECOND");
        return NULL;
    }
    if (leat_parser_string(p, "the interval as a string", &text) != 0 || qualifier_parse(p, &q) != 0)
        return NULL;
    int64_t total, scale = q.from->is_months ? 1 : 1000;
    if (evaluate(p, &text, &q, &total) != 0)
        return NULL;
    struct leat_ast_expr *expr = leat_parser_expr_new(p, LEAT_AST_EXPR_LITERAL, start);
    expr->literal.kind = LEAT_AST_LITERAL_INTERVAL;
    expr->literal.text = text;
    expr->literal.interval.from = q.from->unit;
    expr->literal.interval.to = q.to == q.from ? LEAT_AST_UNIT_NONE : q.to->unit;
    expr->literal.interval.is_months = q.from->is_months;
    if (__builtin_mul_overflow(negative ? -total : total, scale, &expr->literal.interval.value)) {
        leat_parser_fail(p, text.span, NULL, "this interval is too long");
        return NULL;
    }
    return expr;
}
