#include "engine/cli/bind.h"

#include "engine/base/assert.h"
#include "engine/base/error.h"
#include "ingest/file/file_source.h"
#include "operators/sinks/blackhole.h"
#include "operators/sinks/directory.h"
#include "operators/sinks/encode_print.h"
#include "operators/sinks/file.h"
#include "operators/sinks/stdout.h"

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <sys/stat.h>

// Splits that one pipeline reads at most: a row's position keeps its split in eight bits.
#define INPUTS_MAX 255

// How deep directories of input files may be nested.
#define DIRECTORY_DEPTH_MAX 16

struct inputs {
    struct leat_job_input items[INPUTS_MAX];
    uint32_t count;
};

static int add_input(struct inputs *inputs, uint32_t source, const char *path) {
    if (inputs->count == INPUTS_MAX)
        return leat_error_set(LEAT_ERROR_CONFIG, "more than %d input files: too many for one pipeline", INPUTS_MAX);
    inputs->items[inputs->count++] =
        (struct leat_job_input){.source = source, .ops = &leat_file_source_ops, .path = path, .start_watermark_us = LEAT_TIME_MIN};
    return 0;
}

// Names in a directory, in order. Hidden and in-progress files are none, as in Flink's file source.
struct names {
    const char **items;
    size_t count, capacity;
};

static int compare_names(const void *a, const void *b) {
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static void add_name(struct leat_arena *arena, struct names *names, const char *name) {
    if (names->count == names->capacity) {
        size_t capacity = LEAT_MAX((size_t)16, names->capacity * 2);
        const char **items = leat_arena_alloc(arena, sizeof(*items) * capacity);
        for (size_t i = 0; i < names->count; i++)
            items[i] = names->items[i];
        names->items = items;
        names->capacity = capacity;
    }
    names->items[names->count++] = leat_arena_copy(arena, name, strlen(name));
}

static int list_directory(struct leat_arena *arena, const char *path, struct names *names) {
    DIR *directory = opendir(path);
    if (!directory)
        return leat_error_set(LEAT_ERROR_NO_INPUT, "cannot read the directory %s: %s", path, strerror(errno));
    for (const struct dirent *entry; (entry = readdir(directory));)
        if (entry->d_name[0] != '.' && entry->d_name[0] != '_')
            add_name(arena, names, entry->d_name);
    closedir(directory);
    if (names->count)
        qsort(names->items, names->count, sizeof(*names->items), compare_names);
    return 0;
}

// The files below a directory in the order of their names.
static int add_directory(struct leat_arena *arena, struct inputs *inputs, uint32_t source, const char *path, uint32_t depth) {
    struct names names = {0};
    if (depth > DIRECTORY_DEPTH_MAX)
        return leat_error_set(LEAT_ERROR_CONFIG, "%s: directories are nested too deeply", path);
    if (list_directory(arena, path, &names))
        return -1;
    for (size_t i = 0; i < names.count; i++) {
        const char *name = leat_arena_printf(arena, "%s/%s", path, names.items[i]);
        struct stat status;
        if (stat(name, &status))
            return leat_error_set(LEAT_ERROR_NO_INPUT, "cannot read %s: %s", name, strerror(errno));
        if (S_ISDIR(status.st_mode) ? add_directory(arena, inputs, source, name, depth + 1) : add_input(inputs, source, name))
            return -1;
    }
    return 0;
}

static int bind_filesystem(struct leat_arena *arena, struct inputs *inputs, const struct leat_graph_source *source, uint32_t index) {
    const char *path = leat_graph_option_value(source->options, source->option_count, "path", NULL);
    leat_assert(path != NULL); // the planner refuses a table without it
    if (strncmp(path, "file://", 7) == 0)
        path += 7;
    struct stat status;
    if (stat(path, &status))
        return leat_error_set(LEAT_ERROR_NO_INPUT, "table `%s`: cannot read %s: %s", source->table, path, strerror(errno));
    if (!S_ISDIR(status.st_mode))
        return add_input(inputs, index, path);
    uint32_t before = inputs->count;
    if (add_directory(arena, inputs, index, path, 0))
        return -1;
    return inputs->count > before ? 0 : leat_error_set(LEAT_ERROR_NO_INPUT, "table `%s`: there is no file in %s", source->table, path);
}

static int bind_source(struct leat_arena *arena, struct inputs *inputs, const struct leat_graph_source *source, uint32_t index,
                       const struct leat_bindings *from) {
    bool replaced = false;
    for (uint32_t i = 0; i < from->count; i++) {
        if (strcmp(from->items[i].table, source->table) != 0)
            continue;
        replaced = true;
        if (add_input(inputs, index, from->items[i].path))
            return -1;
    }
    return replaced ? 0 : bind_filesystem(arena, inputs, source, index);
}

static struct leat_job_output output_of_connector(const struct leat_graph_sink *sink) {
    const char *name = sink->connector->name;
    if (strcmp(name, "print") == 0)
        return (struct leat_job_output){.ops = &leat_stdout_sink_ops, .encoder = &leat_print_encoder_ops};
    if (strcmp(name, "blackhole") == 0)
        return (struct leat_job_output){.ops = &leat_blackhole_sink_ops};
    leat_assert(strcmp(name, "filesystem") == 0); // the planner lets no other through
    return (struct leat_job_output){.ops = &leat_directory_sink_ops, .encoder = sink->format->encoder};
}

static int bind_sink(const struct leat_graph_sink *sink, const struct leat_bindings *to, struct leat_job_output *output) {
    const char *path = NULL;
    for (uint32_t i = 0; i < to->count; i++) {
        if (strcmp(to->items[i].table, sink->table) != 0)
            continue;
        if (path)
            return leat_error_set(LEAT_ERROR_USAGE, "--to: table `%s` is given two files", sink->table);
        path = to->items[i].path;
    }
    if (!path) {
        *output = output_of_connector(sink);
        return 0;
    }
    *output = (struct leat_job_output){.ops = leat_file_sink_choose(path), .path = path};
    output->encoder = sink->format ? sink->format->encoder : &leat_print_encoder_ops;
    return 0;
}

static const char *name_of(const char *path) {
    const char *slash = strrchr(path, '/');
    return slash ? slash + 1 : path;
}

static const char *folder_of(struct leat_arena *arena, const char *path, const char *name) {
    return name == path ? "." : leat_arena_copy(arena, path, (size_t)(name - path));
}

// True when both paths lead to one file, be it there already or not. Where several may write (standard output, a pipe, a device) it is
// none.
static bool is_same_file(struct leat_arena *arena, const char *a, const char *b) {
    struct stat of_a, of_b;
    bool has_a = stat(a, &of_a) == 0, has_b = stat(b, &of_b) == 0;
    if (strcmp(a, "-") == 0 || strcmp(b, "-") == 0 || has_a != has_b || (has_a && !S_ISREG(of_a.st_mode)))
        return false;
    if (has_a)
        return of_a.st_dev == of_b.st_dev && of_a.st_ino == of_b.st_ino;
    const char *name_a = name_of(a), *name_b = name_of(b);
    return strcmp(name_a, name_b) == 0 && stat(folder_of(arena, a, name_a), &of_a) == 0 && stat(folder_of(arena, b, name_b), &of_b) == 0 &&
           of_a.st_dev == of_b.st_dev && of_a.st_ino == of_b.st_ino;
}

// No file is written twice, and none that is read is replaced: that has always been a slip of the pen.
static int check_files(struct leat_arena *arena, const struct leat_bindings *from, const struct leat_bindings *to, const char *summary) {
    for (uint32_t i = 0; i < to->count; i++) {
        const struct leat_binding *output = &to->items[i];
        for (uint32_t j = 0; j < i; j++)
            if (is_same_file(arena, output->path, to->items[j].path))
                return leat_error_set(LEAT_ERROR_USAGE, "--to: the tables `%s` and `%s` are given the same file %s", to->items[j].table,
                                      output->table, output->path);
        for (uint32_t j = 0; j < from->count; j++)
            if (is_same_file(arena, output->path, from->items[j].path))
                return leat_error_set(LEAT_ERROR_USAGE, "--to: table `%s` would replace the file that `%s` is read from: %s", output->table,
                                      from->items[j].table, output->path);
        if (summary && is_same_file(arena, output->path, summary))
            return leat_error_set(LEAT_ERROR_USAGE, "--summary: it would replace the output of table `%s`: %s", output->table, summary);
    }
    return 0;
}

int leat_bind(struct leat_arena *arena, const struct leat_graph *graph, const struct leat_pipeline_options *options,
              struct leat_job_options *job) {
    const struct leat_bindings *from = &options->from, *to = &options->to;
    if (check_files(arena, from, to, options->summary_path))
        return -1;
    struct inputs *inputs = leat_arena_alloc(arena, sizeof(*inputs));
    struct leat_job_output *outputs = leat_arena_alloc(arena, sizeof(*outputs) * LEAT_MAX(graph->sink_count, 1u));
    for (uint32_t i = 0; i < graph->source_count; i++)
        if (bind_source(arena, inputs, &graph->sources[i], i, from))
            return -1;
    for (uint32_t i = 0; i < graph->sink_count; i++)
        if (bind_sink(&graph->sinks[i], to, &outputs[i]))
            return -1;
    job->inputs = inputs->items;
    job->input_count = inputs->count;
    job->outputs = outputs;
    return 0;
}

bool leat_bind_is_stdout_alone(const struct leat_graph *graph, const struct leat_job_options *job) {
    for (uint32_t i = 0; i < graph->sink_count; i++)
        if (job->outputs[i].ops != &leat_stdout_sink_ops && job->outputs[i].ops != &leat_blackhole_sink_ops)
            return false;
    return true;
}

bool leat_bind_stdout_is_closed(void) {
    return leat_stdout_sink_is_closed_pipe();
}
