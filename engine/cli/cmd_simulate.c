#include "engine/cli/cmd_simulate.h"

#include "engine/base/error.h"
#include "engine/base/memory.h"
#include "engine/cli/simulate_machine.h"
#include "engine/cli/simulate_output.h"
#include "engine/expr/number.h"

#include <getopt.h>
#include <signal.h>
#include <stdio.h>

// Rows are made and written in pieces of this size.
#define PIECE_BYTES (256u << 10)

// A simulator: its word on the command line, what it makes, and its command.
struct simulator {
    const char *kind;
    const char *summary;
    int (*run)(int argc, char **argv);
};

static int run_machine(int argc, char **argv);

static const struct simulator simulators[] = {
    {"machine", "tool machines: spindle speed, torque, power, load; badly out of order", run_machine},
};

// The signal that asked us to stop, 0 if none did. Written by the handler, read by the same thread.
static volatile sig_atomic_t stop_signal;

static void on_stop_signal(int number) {
    stop_signal = number;
}

// No SA_RESTART: a write that waits for a slow reader must end too.
static void set_signals(void) {
    stop_signal = 0;
    struct sigaction stop = {.sa_handler = on_stop_signal};
    struct sigaction ignore = {.sa_handler = SIG_IGN};
    sigemptyset(&stop.sa_mask);
    sigemptyset(&ignore.sa_mask);
    sigaction(SIGINT, &stop, NULL);
    sigaction(SIGTERM, &stop, NULL);
    sigaction(SIGPIPE, &ignore, NULL);
}

// ---- machine

struct machine_arguments {
    struct leat_simulate_machine_options options;
    const char *output;
    bool help;
};

static const struct option machine_options[] = {
    {"rows", required_argument, NULL, 'r'},   {"things", required_argument, NULL, 't'},   {"components", required_argument, NULL, 'c'},
    {"seed", required_argument, NULL, 's'},   {"disorder", required_argument, NULL, 'd'}, {"start", required_argument, NULL, 'b'},
    {"output", required_argument, NULL, 'o'}, {"help", no_argument, NULL, 'h'},           {NULL, 0, NULL, 0},
};

static const char machine_help[] =
    "usage: leat simulate machine [OPTION]...\n"
    "\n"
    "Writes rows like those of real tool machines, one JSON object per line, in the order in which\n"
    "a gateway delivers them. The same options give the same bytes on every machine.\n"
    "\n"
    "  -o, --output FILE      where to write; - is standard output (default). A file is complete or absent:\n"
    "                         it gets its name when its last row is written\n"
    "      --rows N           number of rows (default 1402232: about 290 MB)\n"
    "      --things N         number of things (default 3: R0815 with 87 % of the rows, H31415 with 12 %,\n"
    "                         R27182 with 0.2 %); further things get ever smaller shares, as 1/i\n"
    "      --components N     components of each thing: C11, C12, ... (default 1, at most 89)\n"
    "      --seed S           another seed, other rows (default 1)\n"
    "      --disorder HOW     sample: as the real data, rows up to a week behind (default); none: in order of\n"
    "                         time; a number from 0 to 1000: as the real data, all delays times that\n"
    "      --start MS         epoch milliseconds at which the machines start (default 1554096380468)\n"
    "  -h, --help             this text\n";

// An integer of at least `low` into *value; what is too high the generator finds out.
static int parse_integer(const char *name, const char *text, int64_t low, int64_t high, int64_t *value) {
    if (!leat_int64_parse(text, strlen(text), value) || *value < low || *value > high)
        return leat_error_set(LEAT_ERROR_USAGE, "--%s: '%s' is no whole number from %lld to %lld", name, text, (long long)low,
                              (long long)high);
    return 0;
}

static int parse_disorder(const char *text, double *disorder) {
    if (strcmp(text, "none") == 0)
        *disorder = 0;
    else if (strcmp(text, "sample") == 0)
        *disorder = 1;
    else if (!leat_double_parse(text, strlen(text), disorder) || !(*disorder >= 0 && *disorder <= LEAT_SIMULATE_DISORDER_MAX))
        return leat_error_set(LEAT_ERROR_USAGE, "--disorder: '%s' is neither 'none' nor 'sample' nor a number from 0 to %.0f", text,
                              LEAT_SIMULATE_DISORDER_MAX);
    return 0;
}

static int take_machine_option(struct machine_arguments *a, int letter, const char *text) {
    int64_t number = 0;
    int result = 0;
    switch (letter) {
    case 'r':
        result = parse_integer("rows", text, 0, LEAT_SIMULATE_ROWS_MAX, &number);
        a->options.rows = (uint64_t)number;
        break;
    case 't':
        result = parse_integer("things", text, 1, LEAT_SIMULATE_THINGS_MAX, &number);
        a->options.things = (uint32_t)number;
        break;
    case 'c':
        result = parse_integer("components", text, 1, LEAT_SIMULATE_COMPONENTS_MAX, &number);
        a->options.components = (uint32_t)number;
        break;
    case 's':
        result = parse_integer("seed", text, 0, INT64_MAX, &number);
        a->options.seed = (uint64_t)number;
        break;
    case 'd':
        result = parse_disorder(text, &a->options.disorder);
        break;
    case 'b':
        result = parse_integer("start", text, 0, LEAT_SIMULATE_START_MAX_MS, &a->options.start_ms);
        break;
    case 'o':
        a->output = text;
        break;
    default:
        a->help = true;
        break;
    }
    return result;
}

static const char *option_name(int letter) {
    const struct option *option = machine_options;
    while (option->val != letter)
        option++;
    return option->name;
}

static int parse_machine(int argc, char **argv, struct machine_arguments *a) {
    *a = (struct machine_arguments){.output = "-"};
    leat_simulate_machine_options_init(&a->options);
    uint32_t seen = 0;
    opterr = 0;
    optind = 0; // glibc: forget what an earlier scan left behind
    for (int letter; (letter = getopt_long(argc, argv, ":o:h", machine_options, NULL)) != -1;) {
        if (letter == '?' && optopt != 0 && strncmp(argv[optind - 1], "--", 2) != 0)
            return leat_error_set(LEAT_ERROR_USAGE, "unknown option '-%c'", optopt);
        if (letter == '?')
            return leat_error_set(LEAT_ERROR_USAGE, "unknown option '%s'", argv[optind - 1]);
        if (letter == ':')
            return leat_error_set(LEAT_ERROR_USAGE, "option '%s' needs a value", argv[optind - 1]);
        uint32_t bit = UINT32_C(1) << (letter - 'a');
        if (seen & bit)
            return leat_error_set(LEAT_ERROR_USAGE, "option '--%s' is given twice", option_name(letter));
        seen |= bit;
        if (take_machine_option(a, letter, optarg))
            return -1;
    }
    if (optind < argc)
        return leat_error_set(LEAT_ERROR_USAGE, "unexpected argument '%s'", argv[optind]);
    return 0;
}

static enum leat_simulate_output_result write_machine(struct leat_simulate_machine *machine, struct leat_simulate_output *output,
                                                      char *piece) {
    for (;;) {
        size_t bytes = 0;
        if (leat_simulate_machine_read(machine, piece, PIECE_BYTES, &bytes))
            return LEAT_SIMULATE_OUTPUT_ERROR;
        if (bytes == 0)
            return LEAT_SIMULATE_OUTPUT_OK;
        enum leat_simulate_output_result result = leat_simulate_output_write(output, piece, bytes);
        if (result != LEAT_SIMULATE_OUTPUT_OK)
            return result;
    }
}

// Makes the rows and writes them. 0, -1 with the error set, or 128 + signal.
static int simulate_machine(const struct machine_arguments *a) {
    struct leat_simulate_machine *machine;
    if (leat_simulate_machine_create(&a->options, &machine))
        return -1;
    int status = -1;
    struct leat_simulate_output output;
    char *piece = leat_memory_alloc(NULL, PIECE_BYTES);
    if (piece != NULL && leat_simulate_output_open(&output, a->output, &stop_signal) == 0) {
        enum leat_simulate_output_result result = write_machine(machine, &output, piece);
        if (result == LEAT_SIMULATE_OUTPUT_OK)
            status = leat_simulate_output_finish(&output);
        else
            leat_simulate_output_abandon(&output);
        if (result == LEAT_SIMULATE_OUTPUT_STOPPED)
            status = 128 + (int)stop_signal;
        else if (result == LEAT_SIMULATE_OUTPUT_CLOSED)
            status = 0;
    }
    leat_memory_free(NULL, piece, PIECE_BYTES);
    leat_simulate_machine_destroy(machine);
    return status;
}

static int run_machine(int argc, char **argv) {
    struct machine_arguments arguments;
    if (parse_machine(argc, argv, &arguments)) {
        leat_error_append("simulate machine (--help tells how)");
        return -1;
    }
    if (arguments.help) {
        fputs(machine_help, stdout);
        return 0;
    }
    set_signals();
    return simulate_machine(&arguments);
}

// ---- all simulators

static void print_help(void) {
    fputs("usage: leat simulate KIND [OPTION]...\n\nWrites test data like those of real machines, the same for the same options.\n\n",
          stdout);
    for (size_t i = 0; i < LEAT_ARRAY_LEN(simulators); i++)
        printf("  %-10s %s\n", simulators[i].kind, simulators[i].summary);
    fputs("\n`leat simulate KIND --help` tells the options of each.\n", stdout);
}

static int run_simulator(int argc, char **argv) {
    if (argc < 2)
        return leat_error_set(LEAT_ERROR_USAGE, "simulate: say what to simulate (leat simulate --help lists the kinds)");
    if (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0) {
        print_help();
        return 0;
    }
    for (size_t i = 0; i < LEAT_ARRAY_LEN(simulators); i++) {
        if (strcmp(argv[1], simulators[i].kind) == 0)
            return simulators[i].run(argc - 1, argv + 1);
    }
    return leat_error_set(LEAT_ERROR_USAGE, "simulate: unknown kind '%s' (leat simulate --help lists the kinds)", argv[1]);
}

int leat_cmd_simulate(int argc, char **argv) {
    int status = run_simulator(argc, argv);
    if (status >= 0)
        return status;
    status = (int)leat_error_kind();
    leat_error_print(stderr);
    return status;
}
