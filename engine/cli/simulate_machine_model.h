// What a simulated machine does and reports: a lathe spindle that cuts, stands and turns backwards, a slowly polled axis, and
// an idle spare. A row is reported when something has changed, and holds only what has changed; hence the varying members.
#ifndef LEAT_ENGINE_CLI_SIMULATE_MACHINE_MODEL_H
#define LEAT_ENGINE_CLI_SIMULATE_MACHINE_MODEL_H

#include "engine/cli/simulate_random.h"

// The quantities of a machine, in the usual order of the members of a row.
enum leat_machine_member {
    LEAT_MACHINE_TURN_STATE,   // turnState: 0 forwards, 1 backwards, 2 standing; the only integer
    LEAT_MACHINE_ACCELERATION, // aaAcc
    LEAT_MACHINE_CMD_SPEED,    // cmdSpeed, 1/min, of full precision
    LEAT_MACHINE_CURRENT,      // vaCurr, A, in steps of the converter
    LEAT_MACHINE_POWER,        // vaPower, W, in steps of 14.68 W
    LEAT_MACHINE_LOAD,         // vaLoad, per cent, in steps of 100 / 16384
    LEAT_MACHINE_TORQUE,       // vaTorque, Nm, in steps of 0.001
    LEAT_MACHINE_ACT_SPEED,    // actSpeed, 1/min, in steps of 15 / 1792
    LEAT_MACHINE_MEMBERS,
};

// What kind of machine a thing is.
enum leat_machine_kind {
    LEAT_MACHINE_LATHE, // a row about every second while it works: R0815
    LEAT_MACHINE_AXIS,  // a row every 10 s or some more: H31415
    LEAT_MACHINE_SPARE, // now and then a full row of zeros: R27182
};

// One row: which members it has (bit m of `members`), and their values (undefined for the others).
struct leat_machine_row {
    int64_t timestamp_ms; // since the epoch
    uint64_t id[2];       // the 128 bits of a random UUID, version and variant not yet set
    double value[LEAT_MACHINE_MEMBERS];
    uint32_t next; // for whoever keeps rows in lists
    uint32_t thing;
    uint8_t component;
    uint8_t members;
    uint8_t order; // 0 or 1: which of two habits the order of the members follows
};

// One stretch of work of one machine. Fields are private to simulate_machine_model.c but for the first three.
struct leat_machine_session {
    enum leat_machine_kind kind;
    uint32_t rows_left; // rows still to come
    int64_t start_ms;
    struct leat_random *random; // not owned
    int64_t elapsed_ms;         // nominal time of the next row after start_ms
    int64_t last_ms;            // timestamp of the row before
    uint32_t phase;             // of a lathe: what the spindle does
    uint32_t phase_rows;        // rows left in this phase
    uint32_t pass_rows;         // rows of the present pass of the tool, and of these
    uint32_t pass_row;          // the next
    double pass_rpm;            // speed at the start of the pass
    double pass_factor;         // how many times as fast it is at its end
    double rpm;                 // commanded
    double actual_rpm;          // measured
    double steps;               // motor current in steps of the converter, or the axis's share of it
    double force_steps;         // current that the pass asks for at its start
    bool first;                 // no row was made yet
};

// Starts a stretch of work at start_ms with a random number of rows (at least one) and a random course.
void leat_machine_session_start(struct leat_machine_session *session, struct leat_random *random, enum leat_machine_kind kind,
                                int64_t start_ms);

// Makes the next row (thing, component and next are left alone). False when the stretch is over. Timestamps only grow.
bool leat_machine_session_next(struct leat_machine_session *session, struct leat_machine_row *row);

// Rows that a stretch of work of this kind has on average.
double leat_machine_session_rows_mean(enum leat_machine_kind kind);

#endif
