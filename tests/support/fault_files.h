// Calls on files that fail when a test wants them to: the system's own, with faults planned by number and by seed.
#ifndef LEAT_TESTS_SUPPORT_FAULT_FILES_H
#define LEAT_TESTS_SUPPORT_FAULT_FILES_H

#include "engine/runtime/io.h"

// The calls of leat_file_ops as a set.
enum leat_fault_call {
    LEAT_FAULT_OPEN = 1 << 0,
    LEAT_FAULT_CLOSE = 1 << 1, // closes, and then says that it failed
    LEAT_FAULT_READ = 1 << 2,
    LEAT_FAULT_PREAD = 1 << 3,
    LEAT_FAULT_WRITE = 1 << 4,
    LEAT_FAULT_PWRITE = 1 << 5,
    LEAT_FAULT_FSYNC = 1 << 6,
    LEAT_FAULT_RENAME = 1 << 7,
    LEAT_FAULT_UNLINK = 1 << 8,
    LEAT_FAULT_ANY = (1 << 9) - 1,
};

// What goes wrong. All zero: nothing.
struct leat_fault_plan {
    uint32_t calls;   // a set of leat_fault_call: which calls are counted, and may fail
    uint64_t fail_at; // the call of that number fails, from 1; 0: none does
    bool persists;    // and all counted calls behind it
    int error;        // the errno they fail with
    uint64_t seed;    // not 0: reads and writes are cut short or interrupted by chance
};

// Makes a plan the one in force and counts from zero. While nobody calls the table.
void leat_fault_files_plan(const struct leat_fault_plan *plan);

// Counted calls since the plan was made.
uint64_t leat_fault_files_calls(void);

// Descriptors opened through the table and not closed through it since the plan was made.
int64_t leat_fault_files_open_count(void);

// The table; any number of threads may call it. The counts are of the process.
extern const struct leat_file_ops leat_fault_file_ops;

#endif
