#include "engine/cli/pipeline.h"

#include "engine/base/assert.h"
#include "engine/base/error.h"
#include "engine/cli/bind.h"
#include "engine/cli/progress.h"
#include "engine/cli/registry.h"
#include "engine/cli/summary.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <unistd.h>

// The job that a signal stops, and the signal that did. Set before the handler is installed; the handler only reads and stores.
static struct leat_job *volatile running_job;
static volatile sig_atomic_t stop_signal;

static void on_stop_signal(int number) {
    int error = errno;
    if (stop_signal) { // the second time: at once
        signal(number, SIG_DFL);
        raise(number);
    }
    stop_signal = number;
    if (running_job)
        leat_job_stop(running_job);
    errno = error;
}

static void install_signals(void) {
    struct sigaction stop = {.sa_handler = on_stop_signal};
    sigemptyset(&stop.sa_mask);
    sigaction(SIGINT, &stop, NULL);
    sigaction(SIGTERM, &stop, NULL);
}

int leat_bindings_add(struct leat_arena *arena, struct leat_bindings *bindings, const char *option, const char *argument) {
    const char *equals = strchr(argument, '=');
    if (!equals || equals == argument || equals[1] == 0)
        return leat_error_set(LEAT_ERROR_USAGE, "--%s: `%s` is not of the form TABLE=FILE", option, argument);
    if (bindings->count == bindings->capacity) {
        uint32_t capacity = LEAT_MAX(8u, bindings->capacity * 2);
        struct leat_binding *items = leat_arena_alloc(arena, sizeof(*items) * capacity);
        if (bindings->count)
            memcpy(items, bindings->items, sizeof(*items) * bindings->count);
        bindings->items = items;
        bindings->capacity = capacity;
    }
    bindings->items[bindings->count++] =
        (struct leat_binding){.table = leat_arena_copy(arena, argument, (size_t)(equals - argument)), .path = equals + 1};
    return 0;
}

// Standard input can be read once: by the script or by one table.
static int check_standard_input(const struct leat_pipeline_options *options) {
    uint32_t readers = strcmp(options->script, "-") == 0;
    for (uint32_t i = 0; i < options->from.count; i++)
        readers += strcmp(options->from.items[i].path, "-") == 0;
    return readers < 2 ? 0
                       : leat_error_set(LEAT_ERROR_USAGE, "standard input (-) is named %u times; it can be read once%s", readers,
                                        strcmp(options->script, "-") == 0 ? ": by the script or by --from" : ": by one --from");
}

static const char **table_names(struct leat_arena *arena, const struct leat_bindings *bindings) {
    const char **names = leat_arena_alloc(arena, sizeof(char *) * LEAT_MAX(bindings->count, 1u));
    for (uint32_t i = 0; i < bindings->count; i++)
        names[i] = bindings->items[i].table;
    return names;
}

static int make_plan(struct leat_arena *arena, const struct leat_pipeline_options *options, struct leat_plan **plan) {
    struct leat_sql_source *source = leat_arena_alloc(arena, sizeof(*source)); // the plan borrows its text
    struct leat_sql_variables variables = {.definitions = options->definitions.items, .count = options->definitions.count};
    struct leat_plan_options plan_options = {.mode = options->mode,
                                             .variables = &variables,
                                             .from = table_names(arena, &options->from),
                                             .from_count = options->from.count,
                                             .to = table_names(arena, &options->to),
                                             .to_count = options->to.count};
    if (leat_cli_read_script(arena, options->script, source) || leat_plan(arena, source, &plan_options, leat_registry(), plan))
        return -1;
    leat_diagnostic_print_warnings(&(*plan)->warnings, stderr);
    return 0;
}

// Runs the job to its end or to a signal; *complete tells which. Afterwards the outputs are visible, or there are none.
static int run_job(struct leat_job *job, bool *complete) {
    running_job = job;
    if (stop_signal)
        leat_job_stop(job);
    int failed = leat_job_run(job);
    running_job = NULL;
    *complete = !failed && leat_job_is_finished(job);
    return *complete ? leat_job_commit(job) : failed;
}

static bool wants_progress(enum leat_progress_when when) {
    return when == LEAT_PROGRESS_ALWAYS || (when == LEAT_PROGRESS_AUTO && isatty(STDERR_FILENO));
}

// A reader that went away is no failure of ours where data on standard output was all that was wanted.
static bool is_closed_pipe(int failed, const struct leat_graph *graph, const struct leat_job_options *job) {
    return failed && leat_bind_stdout_is_closed() && leat_bind_is_stdout_alone(graph, job);
}

static int sum_up(const struct leat_pipeline_options *options, const struct leat_plan *plan, struct leat_job *job, uint64_t started_ns,
                  bool complete) {
    double seconds = (double)(leat_clock_now_ns(&leat_clock_system) - started_ns) / 1e9;
    struct leat_summary summary = leat_summary_of(&plan->graph, job, seconds, complete);
    leat_summary_print(&summary, stderr);
    return options->summary_path ? leat_summary_write(&summary, &plan->graph, job, options->summary_path) : 0;
}

int leat_pipeline_run(struct leat_arena *arena, const struct leat_pipeline_options *options) {
    uint64_t started_ns = leat_clock_now_ns(&leat_clock_system);
    struct leat_plan *plan;
    struct leat_job *job;
    struct leat_job_options job_options = options->job;
    struct leat_progress progress = {.started_ns = started_ns};
    if (check_standard_input(options) || make_plan(arena, options, &plan) || leat_bind(arena, &plan->graph, options, &job_options))
        return leat_cli_fail();
    progress.graph = &plan->graph;
    if (wants_progress(options->progress)) {
        job_options.tick = leat_progress_tick;
        job_options.tick_context = &progress;
    }
    install_signals(); // from here on there may be something to clean up
    if (leat_job_create(&plan->graph, &job_options, &job))
        return stop_signal ? 128 + stop_signal : leat_cli_fail();
    bool complete;
    int failed = run_job(job, &complete), status = 0;
    leat_progress_clear(&progress);
    if (is_closed_pipe(failed, &plan->graph, &job_options)) {
        leat_error_clear();
    } else if (failed) {
        status = leat_cli_fail();
    } else if (sum_up(options, plan, job, started_ns, complete)) {
        status = leat_cli_fail();
    }
    leat_job_destroy(job);
    return status ? status : stop_signal && !complete ? 128 + stop_signal : 0;
}
