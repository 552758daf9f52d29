#include "engine/cli/run_options.h"

#include "engine/base/error.h"
#include "engine/sql/options.h"

static int take_pin(struct leat_pipeline_options *options, const char *value) {
    options->job.pin = LEAT_PIN_AUTO;
    if (strcmp(value, "auto") == 0)
        return 1;
    options->job.pin = strcmp(value, "none") == 0 ? LEAT_PIN_NONE : LEAT_PIN_LIST;
    if (options->job.pin == LEAT_PIN_LIST && leat_cpus_parse(value, &options->job.pin_cpus))
        return leat_error_append("--pin");
    return 1;
}

// Which of `count` words `value` is. -1 with the error set.
static int take_word(const char *option, const char *value, const char *const *words, uint32_t count) {
    for (uint32_t i = 0; i < count; i++)
        if (strcmp(value, words[i]) == 0)
            return (int)i;
    return leat_error_set(LEAT_ERROR_USAGE, "--%s: `%s` is none of %s, %s and %s", option, value, words[0], words[1], words[2]);
}

static int take_chunk_bytes(struct leat_pipeline_options *options, const char *value) {
    int64_t bytes;
    if (!leat_option_memory(value, &bytes) || bytes < LEAT_CHUNK_BYTES_MIN || bytes > LEAT_CHUNK_BYTES_MAX)
        return leat_error_set(LEAT_ERROR_USAGE, "--chunk-bytes: `%s` is no number of bytes from %u to %u", value, LEAT_CHUNK_BYTES_MIN,
                              LEAT_CHUNK_BYTES_MAX);
    options->job.chunk_bytes = (size_t)bytes;
    return 1;
}

static int take_number(struct leat_pipeline_options *options, char letter, const char *value) {
    uint64_t number;
    if (leat_cli_number(letter == 'n' ? "workers" : "limit", value, 1, letter == 'n' ? LEAT_WORKERS_MAX : INT64_MAX, &number))
        return -1;
    if (letter == 'n')
        options->job.workers = (uint32_t)number;
    else
        options->job.limit = number;
    return 1;
}

int leat_run_option_take(struct leat_pipeline_options *options, char letter, const char *value) {
    static const char *const io_words[] = {"auto", "uring", "epoll"}, *const progress_words[] = {"auto", "always", "never"};
    int word;
    switch (letter) {
    case 'n':
    case 'l':
        return take_number(options, letter, value);
    case 'p':
        return take_pin(options, value);
    case 'i':
        word = take_word("io", value, io_words, 3);
        options->job.io = (enum leat_io_kind)LEAT_MAX(word, 0);
        return word < 0 ? -1 : 1;
    case 'P':
        word = take_word("progress", value, progress_words, 3);
        options->progress = (enum leat_progress_when)LEAT_MAX(word, 0);
        return word < 0 ? -1 : 1;
    case 'c':
        return take_chunk_bytes(options, value);
    case 's':
        options->summary_path = value;
        return 1;
    case 'y':
        options->job.sync = true;
        return 1;
    case 'D':
        return leat_cli_define(&options->definitions, value) ? -1 : 1;
    default:
        return 0;
    }
}
