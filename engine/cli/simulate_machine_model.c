#include "engine/cli/simulate_machine_model.h"

#include "engine/base/assert.h"

#include <math.h>

// Members of a row as bits, with the letters t a C c P L T A of the tables below.
enum {
    BIT_t = 1 << LEAT_MACHINE_TURN_STATE,
    BIT_a = 1 << LEAT_MACHINE_ACCELERATION,
    BIT_C = 1 << LEAT_MACHINE_CMD_SPEED,
    BIT_c = 1 << LEAT_MACHINE_CURRENT,
    BIT_P = 1 << LEAT_MACHINE_POWER,
    BIT_L = 1 << LEAT_MACHINE_LOAD,
    BIT_T = 1 << LEAT_MACHINE_TORQUE,
    BIT_A = 1 << LEAT_MACHINE_ACT_SPEED,
};

// What a lathe's spindle does.
enum phase { PHASE_STANDING, PHASE_CUT, PHASE_STEADY, PHASE_HAND, PHASE_REVERSE };

// Which members a row has, with how often that is seen.
struct pattern {
    uint8_t members;
    uint16_t weight;
};

// What is measured while the tool moves inwards: nearly everything changes from second to second.
static const struct pattern cut_patterns[] = {
    {BIT_C | BIT_c | BIT_P | BIT_L | BIT_T | BIT_A, 1438},
    {BIT_C | BIT_c | BIT_L | BIT_T | BIT_A, 330},
    {BIT_c | BIT_P | BIT_L | BIT_T | BIT_A, 60},
    {BIT_c | BIT_L | BIT_T | BIT_A, 40},
    {BIT_c | BIT_P | BIT_L | BIT_T, 100},
    {BIT_C | BIT_P | BIT_L | BIT_T | BIT_A, 7},
};

// At constant speed the slow quantities stay as they are.
static const struct pattern steady_patterns[] = {
    {BIT_A, 83},
    {BIT_T | BIT_P, 54},
    {BIT_A | BIT_P, 49},
    {BIT_T | BIT_A | BIT_P, 23},
    {BIT_L | BIT_T | BIT_P, 11},
    {BIT_P | BIT_L | BIT_T | BIT_A, 11},
    {BIT_T, 11},
    {BIT_L | BIT_c | BIT_A, 9},
    {BIT_L | BIT_A, 8},
    {BIT_L | BIT_T | BIT_A, 7},
    {BIT_C | BIT_A | BIT_P, 7},
    {BIT_c | BIT_P | BIT_L | BIT_T, 31},
    {BIT_c | BIT_P | BIT_L | BIT_T | BIT_A, 17},
    {BIT_L | BIT_A | BIT_P, 5},
};

// Standing: the drive holds its position with little current.
static const struct pattern standing_patterns[] = {
    {BIT_L | BIT_c | BIT_T, 489},        {BIT_c | BIT_T, 380},        {BIT_T, 250},
    {BIT_c | BIT_P | BIT_L | BIT_T, 85}, {BIT_L | BIT_T, 83},         {BIT_a | BIT_T, 37},
    {BIT_a | BIT_c | BIT_L | BIT_T, 28}, {BIT_a | BIT_L | BIT_T, 15}, {BIT_a | BIT_c | BIT_T, 4},
};

static const struct pattern reverse_patterns[] = {
    {BIT_c | BIT_P | BIT_L | BIT_T, 51},
    {BIT_A, 28},
    {BIT_T, 21},
    {BIT_C | BIT_c | BIT_P | BIT_L | BIT_T | BIT_A, 13},
    {BIT_L | BIT_T, 6},
    {BIT_c | BIT_P | BIT_L | BIT_T | BIT_A, 6},
    {BIT_T | BIT_P, 5},
    {BIT_L | BIT_c | BIT_T, 4},
};

// The first row of a turn by program, and the row that ends it.
static const struct pattern turn_patterns[] = {
    {BIT_t | BIT_C | BIT_c | BIT_P | BIT_L | BIT_T | BIT_A, 94},
    {BIT_t | BIT_c | BIT_P | BIT_L | BIT_T | BIT_A, 30},
    {BIT_t | BIT_a | BIT_C | BIT_c | BIT_P | BIT_L | BIT_T | BIT_A, 3},
    {BIT_t | BIT_C | BIT_c | BIT_L | BIT_T | BIT_A, 4},
};

// The same by hand: the commanded speed is not in it.
static const struct pattern hand_patterns[] = {
    {BIT_t | BIT_A, 87},
    {BIT_t | BIT_c | BIT_L | BIT_T | BIT_A, 78},
    {BIT_t | BIT_c | BIT_P | BIT_L | BIT_T | BIT_A, 42},
    {BIT_t | BIT_T | BIT_A, 5},
    {BIT_t | BIT_a | BIT_c | BIT_L | BIT_T | BIT_A, 5},
    {BIT_t | BIT_a | BIT_c | BIT_P | BIT_L | BIT_T | BIT_A, 5},
    {BIT_t | BIT_c | BIT_T | BIT_A, 4},
    {BIT_t | BIT_c | BIT_L | BIT_T, 4},
};

static const struct pattern axis_patterns[] = {
    {BIT_L | BIT_c | BIT_T, 228}, {BIT_T, 168},
    {BIT_L | BIT_T, 152},         {BIT_c | BIT_T, 24},
    {BIT_c | BIT_L | BIT_T, 14},  {BIT_t | BIT_a | BIT_C | BIT_c | BIT_P | BIT_L | BIT_T | BIT_A, 8},
    {BIT_t | BIT_A, 4},           {BIT_a | BIT_c | BIT_L | BIT_T, 2},
};

// Steps of the measured quantities. The two kinds of drives have converters of their own.
static const double lathe_current_step = 29.0 / 4096.0;
static const double axis_current_step = 133.0 / 16384.0;
static const double lathe_torque_milli = 23.36; // thousandths of Nm per step of current
static const double axis_torque_milli = 31.4457;
static const double load_step = 100.0 / 16384.0;
static const double power_step = 14.680195599794388;
static const double power_steps_max = 9.9e6; // speed times steps of current at the drive's 24 kW
static const double rpm_max = 3000.0;
static const double radians_per_rpm = 0.10471975511965977; // 2 pi / 60

static uint8_t pick(struct leat_random *random, const struct pattern *patterns, size_t count) {
    uint32_t total = 0;
    for (size_t i = 0; i < count; i++)
        total += patterns[i].weight;
    uint32_t at = leat_random_below(random, total);
    size_t i = 0;
    for (; at >= patterns[i].weight; i++)
        at -= patterns[i].weight;
    return patterns[i].members;
}

// About normally distributed around 0 with the standard deviation `deviation`: the sum of four uniform numbers.
static double noise(struct leat_random *random, double deviation) {
    uint64_t bits = leat_random_next(random);
    double sum = (double)(bits & 0xffff) + (double)(bits >> 16 & 0xffff) + (double)(bits >> 32 & 0xffff) + (double)(bits >> 48);
    return (sum * 0x1p-16 - 2.0) * (deviation * 1.7320508075688772);
}

static double between(struct leat_random *random, double low, double high) {
    return low + (high - low) * leat_random_unit(random);
}

double leat_machine_session_rows_mean(enum leat_machine_kind kind) {
    switch (kind) {
    case LEAT_MACHINE_LATHE:
        return 117.5;
    case LEAT_MACHINE_AXIS:
        return 50.25;
    case LEAT_MACHINE_SPARE:
        return 4.0;
    }
    leat_unreachable();
}

// How many rows a stretch of work has: often a few, sometimes hundreds. The means are those of leat_machine_session_rows_mean.
static uint32_t session_rows(struct leat_random *random, enum leat_machine_kind kind) {
    uint32_t percent = leat_random_below(random, 100);
    switch (kind) {
    case LEAT_MACHINE_LATHE:
        if (percent < 20)
            return (uint32_t)leat_random_between(random, 1, 4);
        if (percent < 75)
            return (uint32_t)leat_random_between(random, 20, 130);
        if (percent < 97)
            return (uint32_t)leat_random_between(random, 130, 370);
        return (uint32_t)leat_random_between(random, 440, 940);
    case LEAT_MACHINE_AXIS:
        if (percent < 45)
            return (uint32_t)leat_random_between(random, 1, 9);
        if (percent < 80)
            return (uint32_t)leat_random_between(random, 5, 35);
        return (uint32_t)leat_random_between(random, 100, 310);
    case LEAT_MACHINE_SPARE:
        return (uint32_t)leat_random_between(random, 1, 7);
    }
    leat_unreachable();
}

void leat_machine_session_start(struct leat_machine_session *session, struct leat_random *random, enum leat_machine_kind kind,
                                int64_t start_ms) {
    *session = (struct leat_machine_session){.kind = kind, .start_ms = start_ms, .random = random, .last_ms = start_ms - 1, .first = true};
    session->rows_left = session_rows(random, kind);
    session->phase = PHASE_STANDING;
    // Half of the stretches begin with a turn, the others in the middle of a standstill.
    if (leat_random_chance(random, 50))
        session->phase_rows = leat_random_below(random, 6);
    session->steps = noise(random, 10);
}

// The clock of a machine is read every second; it loses 5 ms every four seconds, and the reading is some ms off at times.
static int64_t jitter_ms(struct leat_random *random) {
    uint32_t percent = leat_random_below(random, 100);
    if (percent < 82)
        return 0;
    if (percent < 93)
        return leat_random_between(random, -1, 1);
    return leat_random_between(random, -20, 20);
}

static void set_time(struct leat_machine_session *s, struct leat_machine_row *row) {
    int64_t seconds = s->elapsed_ms / 1000;
    int64_t drift_ms = s->kind == LEAT_MACHINE_LATHE ? seconds / 2 * 5 / 2 : -(seconds / 7);
    int64_t at_ms = s->start_ms + s->elapsed_ms - drift_ms + jitter_ms(s->random);
    row->timestamp_ms = LEAT_MAX(at_ms, s->last_ms + 1);
    s->last_ms = row->timestamp_ms;
}

// The actual speed in steps of its converter, some steps off the commanded one.
static double measured_rpm(struct leat_random *random, double rpm) {
    return floor((rpm + noise(random, 0.06)) * (1792.0 / 15.0)) * 15.0 / 1792.0;
}

// Current, torque, load and power as they are measured, from the steps of current and the speed.
static void set_drive(struct leat_machine_session *s, struct leat_machine_row *row) {
    bool lathe = s->kind == LEAT_MACHINE_LATHE;
    double speed = s->actual_rpm < 0 ? -s->actual_rpm : s->actual_rpm;
    // Above its base speed the motor's field is weakened: less voltage is left, more load for the same current.
    double weak = speed > 1500 ? 1 + (speed - 1500) * 0.00011 : 1;
    double steps_max = power_steps_max / (weak * LEAT_MAX(speed, 1000.0));
    double steps = floor(LEAT_MAX(LEAT_MIN(s->steps, steps_max), -steps_max));
    double milli = floor(steps * weak * (lathe ? lathe_torque_milli : axis_torque_milli));
    double magnitude = steps < 0 ? -steps : steps;
    double load = magnitude * 1.392 * (speed > 870 ? speed * (1.0 / 870.0) : 1) + (steps != 0 ? noise(s->random, 0.8) : 0);
    row->value[LEAT_MACHINE_CURRENT] = (lathe ? steps : floor(steps * 0.93)) * (lathe ? lathe_current_step : axis_current_step);
    row->value[LEAT_MACHINE_TORQUE] = milli * 0.001;
    row->value[LEAT_MACHINE_LOAD] = floor(LEAT_MIN(LEAT_MAX(load, 0), 16380)) * load_step;
    int64_t power = (int64_t)(milli * 0.001 * s->actual_rpm * radians_per_rpm * 0.988 / power_step);
    row->value[LEAT_MACHINE_POWER] = (double)power * power_step;
    row->value[LEAT_MACHINE_CMD_SPEED] = s->rpm;
    row->value[LEAT_MACHINE_ACT_SPEED] = s->actual_rpm;
    row->value[LEAT_MACHINE_ACCELERATION] = leat_random_chance(s->random, 53) ? 20.0 : 7.2;
}

// A pass of the tool at constant cutting speed: as the radius shrinks the spindle turns faster, at most rpm_max.
static void begin_pass(struct leat_machine_session *s) {
    struct leat_random *r = s->random;
    s->pass_row = 0;
    s->pass_rows = (uint32_t)leat_random_between(r, 8, 40);
    s->pass_rpm = leat_random_chance(r, 75) ? between(r, 260, 480) : between(r, 600, 1600);
    s->pass_factor = between(r, 1.3, leat_random_chance(r, 45) ? 12.0 : 2.5);
    s->force_steps = between(r, 80, 1080);
    s->force_steps += between(r, 0, 1000);
}

static uint8_t cut_row(struct leat_machine_session *s) {
    struct leat_random *r = s->random;
    if (s->pass_row >= s->pass_rows) {
        begin_pass(s);
        // The spindle is braked down to the start of the next pass.
        double from_rpm = s->rpm;
        s->rpm = s->pass_rpm;
        s->actual_rpm = measured_rpm(r, from_rpm + (s->rpm - from_rpm) * (leat_random_chance(r, 50) ? 0.999 : leat_random_unit(r)));
        s->steps = leat_random_chance(r, 80) ? -between(r, 150, between(r, 900, 7500)) : between(r, 80, 400);
        return BIT_C | BIT_c | BIT_P | BIT_L | BIT_T | BIT_A;
    }
    double left = 1 - (1 - 1 / s->pass_factor) * s->pass_row / s->pass_rows;
    double rpm = s->pass_rpm / left;
    uint8_t members = pick(r, cut_patterns, LEAT_ARRAY_LEN(cut_patterns));
    bool at_limit = rpm >= rpm_max;
    if (at_limit && s->rpm == rpm_max) {
        members = BIT_c | BIT_P | BIT_L | BIT_T | BIT_A;
        s->steps = between(r, 210, 300);
    } else {
        s->steps = s->force_steps * left + noise(r, 8);
        if (at_limit || leat_random_chance(r, 1))
            s->steps += between(r, 500, 3000);
        else if (leat_random_chance(r, 5))
            s->steps = -between(r, 20, 900);
    }
    s->rpm = at_limit ? rpm_max : rpm;
    s->actual_rpm = measured_rpm(r, s->rpm * (at_limit ? 1 : 0.9988));
    s->pass_row++;
    return members;
}

static uint8_t steady_row(struct leat_machine_session *s) {
    s->steps = s->force_steps + noise(s->random, 5);
    s->actual_rpm = measured_rpm(s->random, s->rpm);
    return pick(s->random, steady_patterns, LEAT_ARRAY_LEN(steady_patterns));
}

// By hand the speed is filtered, so that it has all its digits.
static uint8_t hand_row(struct leat_machine_session *s) {
    s->actual_rpm = s->actual_rpm * between(s->random, 0.6, 1.3);
    s->steps = s->steps * 0.7 + noise(s->random, 30);
    return leat_random_chance(s->random, 75) ? BIT_A : BIT_T;
}

static uint8_t reverse_row(struct leat_machine_session *s) {
    uint8_t members = pick(s->random, reverse_patterns, LEAT_ARRAY_LEN(reverse_patterns));
    if (members & BIT_C)
        s->rpm = leat_random_chance(s->random, 70) ? -100 : -200;
    if (members & BIT_A)
        s->actual_rpm = leat_random_chance(s->random, 60) ? s->rpm : -between(s->random, 5, 100);
    s->steps = leat_random_chance(s->random, 75) ? -between(s->random, 82, 125) : -between(s->random, 100, 900);
    return members;
}

static uint8_t standing_row(struct leat_machine_session *s) {
    struct leat_random *r = s->random;
    uint32_t percent = leat_random_below(r, 100);
    if (percent < 22)
        s->steps = 0;
    else if (percent < 40)
        s->steps = leat_random_chance(r, 75) ? 1 : 2;
    else if (percent < 96)
        s->steps = s->steps * 0.6 + noise(r, 16);
    else
        s->steps = noise(r, 250);
    return pick(r, standing_patterns, LEAT_ARRAY_LEN(standing_patterns));
}

static uint32_t standing_rows(struct leat_random *random) {
    uint32_t percent = leat_random_below(random, 100);
    if (percent < 35)
        return leat_random_below(random, 2);
    if (percent < 70)
        return (uint32_t)leat_random_between(random, 2, 5);
    if (percent < 92)
        return (uint32_t)leat_random_between(random, 6, 14);
    return (uint32_t)leat_random_between(random, 15, 55);
}

static uint32_t cut_rows(struct leat_random *random) {
    uint32_t percent = leat_random_below(random, 100);
    if (percent < 30)
        return (uint32_t)leat_random_between(random, 5, 15);
    if (percent < 80)
        return (uint32_t)leat_random_between(random, 16, 40);
    return (uint32_t)leat_random_between(random, 40, 240);
}

// The spindle stops: a row that says so, then a standstill.
static uint8_t stop_row(struct leat_machine_session *s, struct leat_machine_row *row) {
    struct leat_random *r = s->random;
    bool by_hand = s->phase == PHASE_HAND;
    s->phase = PHASE_STANDING;
    s->phase_rows = standing_rows(r);
    s->rpm = 0;
    s->actual_rpm = 0;
    s->steps = leat_random_chance(r, 85) ? noise(r, 22) : -between(r, 100, 1800);
    row->value[LEAT_MACHINE_TURN_STATE] = 2;
    return by_hand ? pick(r, hand_patterns, LEAT_ARRAY_LEN(hand_patterns)) : pick(r, turn_patterns, LEAT_ARRAY_LEN(turn_patterns));
}

// The spindle starts: to cut, to run at one speed, backwards, or turned by hand.
static uint8_t start_row(struct leat_machine_session *s, struct leat_machine_row *row) {
    struct leat_random *r = s->random;
    bool backwards = leat_random_chance(r, 44);
    bool program = leat_random_chance(r, backwards ? 37 : 50);
    row->value[LEAT_MACHINE_TURN_STATE] = backwards ? 1 : 0;
    if (!program) {
        s->phase = PHASE_HAND;
        s->phase_rows = leat_random_chance(r, 70) ? 0 : (uint32_t)leat_random_between(r, 1, 4);
        s->actual_rpm = between(r, 1, leat_random_chance(r, 70) ? 30 : 130) * (backwards ? -1 : 1);
        s->steps = s->actual_rpm * 2 + noise(r, 60);
        return pick(r, hand_patterns, LEAT_ARRAY_LEN(hand_patterns));
    }
    if (backwards) {
        s->phase = PHASE_REVERSE;
        s->phase_rows = leat_random_chance(r, 25) ? 0 : (uint32_t)leat_random_between(r, 1, 7);
        s->rpm = leat_random_chance(r, 70) ? -100 : -200;
        s->actual_rpm = leat_random_chance(r, 70) ? s->rpm : measured_rpm(r, s->rpm * leat_random_unit(r));
        s->steps = -between(r, 30, 180);
        return pick(r, turn_patterns, LEAT_ARRAY_LEN(turn_patterns));
    }
    s->phase = leat_random_chance(r, 83) ? PHASE_CUT : PHASE_STEADY;
    s->phase_rows = s->phase == PHASE_CUT ? cut_rows(r) : (uint32_t)leat_random_between(r, 5, 55);
    begin_pass(s);
    s->rpm = s->pass_rpm;
    if (s->phase == PHASE_STEADY) {
        static const double usual_rpm[] = {200, 400, 500, 3000};
        s->rpm = leat_random_chance(r, 30) ? usual_rpm[leat_random_below(r, LEAT_ARRAY_LEN(usual_rpm))] : between(r, 300, 2200);
        s->force_steps = between(r, 80, 700);
    }
    s->actual_rpm = measured_rpm(r, s->rpm * between(r, 0.97, 1.001));
    s->steps = between(r, 80, leat_random_chance(r, 20) ? 3600 : 300);
    return pick(r, turn_patterns, LEAT_ARRAY_LEN(turn_patterns));
}

// Seconds until something is reported again.
static int64_t lathe_wait_seconds(struct leat_machine_session *s, bool turned) {
    struct leat_random *r = s->random;
    uint32_t percent = leat_random_below(r, 100);
    if (s->phase == PHASE_CUT || s->phase == PHASE_STEADY || s->phase == PHASE_REVERSE)
        return percent < (s->phase == PHASE_REVERSE ? 70 : 96) ? 1 : leat_random_between(r, 2, 5);
    if (turned && percent < 85)
        return 1;
    if (s->phase_rows == 0)
        return percent < 35 ? leat_random_between(r, 1, 4) : percent < 70 ? leat_random_between(r, 5, 28) : leat_random_between(r, 30, 420);
    if (percent < 55)
        return 1;
    if (percent < 76)
        return leat_random_between(r, 2, 4);
    return percent < 95 ? leat_random_between(r, 5, 28) : leat_random_between(r, 30, 600);
}

static void lathe_row(struct leat_machine_session *s, struct leat_machine_row *row) {
    bool turned = s->phase_rows == 0;
    if (turned) {
        row->members = s->phase == PHASE_STANDING ? start_row(s, row) : stop_row(s, row);
    } else {
        s->phase_rows--;
        switch ((enum phase)s->phase) {
        case PHASE_STANDING:
            row->members = standing_row(s);
            break;
        case PHASE_CUT:
            row->members = cut_row(s);
            break;
        case PHASE_STEADY:
            row->members = steady_row(s);
            break;
        case PHASE_HAND:
            row->members = hand_row(s);
            break;
        case PHASE_REVERSE:
            row->members = reverse_row(s);
            break;
        }
    }
    set_drive(s, row);
    s->elapsed_ms += 1000 * lathe_wait_seconds(s, turned);
}

static void axis_row(struct leat_machine_session *s, struct leat_machine_row *row) {
    struct leat_random *r = s->random;
    row->members = pick(r, axis_patterns, LEAT_ARRAY_LEN(axis_patterns));
    if (s->first && s->rows_left >= 5)
        row->members = BIT_t | BIT_C | BIT_c | BIT_P | BIT_L | BIT_T | BIT_A;
    // The axis holds a weight: a force that swings slowly around its mean, seldom far from it.
    s->steps = (s->first ? -36 : -36 + (s->steps + 36) * 0.35) + noise(r, 11);
    if (leat_random_chance(r, 1))
        s->steps = noise(r, 120);
    bool moves = (row->members & BIT_t) && leat_random_chance(r, 30);
    s->rpm = moves ? -100 : 0;
    s->actual_rpm = moves ? (leat_random_chance(r, 60) ? -100 : measured_rpm(r, -between(r, 5, 100))) : 0;
    set_drive(s, row);
    row->value[LEAT_MACHINE_TURN_STATE] = moves ? 1 : 2;
    row->value[LEAT_MACHINE_ACCELERATION] = leat_random_chance(r, 50) ? 20.0 : 0.25;
    uint32_t percent = leat_random_below(r, 100);
    s->elapsed_ms += 10000 * (percent < 77 ? 1 : percent < 90 ? 2 : percent < 97 ? 3 : leat_random_between(r, 4, 12));
}

static void spare_row(struct leat_machine_session *s, struct leat_machine_row *row) {
    row->members = 0xff;
    for (size_t i = 0; i < LEAT_MACHINE_MEMBERS; i++)
        row->value[i] = 0;
    row->value[LEAT_MACHINE_TURN_STATE] = 2;
    row->value[LEAT_MACHINE_ACCELERATION] = 60;
    s->elapsed_ms += 1000 * leat_random_between(s->random, 20, 500);
}

bool leat_machine_session_next(struct leat_machine_session *session, struct leat_machine_row *row) {
    if (session->rows_left == 0)
        return false;
    set_time(session, row);
    switch (session->kind) {
    case LEAT_MACHINE_LATHE:
        lathe_row(session, row);
        break;
    case LEAT_MACHINE_AXIS:
        axis_row(session, row);
        break;
    case LEAT_MACHINE_SPARE:
        spare_row(session, row);
        break;
    }
    row->order = leat_random_chance(session->random, 8);
    row->id[0] = leat_random_next(session->random);
    row->id[1] = leat_random_next(session->random);
    session->first = false;
    session->rows_left--;
    return true;
}
