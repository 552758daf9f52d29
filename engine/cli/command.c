#include "engine/cli/command.h"

#include "engine/base/assert.h"
#include "engine/base/error.h"
#include "engine/base/memory.h"
#include "engine/expr/number.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

#define OPTIONS_MAX      48
#define SCRIPT_BYTES_MAX ((size_t)16 << 20)

// Where the words about an option start.
#define HELP_COLUMN 29

static uint32_t count_options(const struct leat_cli_option *options) {
    uint32_t count = 0;
    while (options[count].name)
        count++;
    leat_assert(count < OPTIONS_MAX);
    return count;
}

// getopt_long's tables out of ours. `letters` has room for 3 bytes an option.
static void getopt_tables(const struct leat_cli_option *options, struct option *longs, char *letters) {
    uint32_t count = count_options(options);
    *letters++ = ':'; // tell a missing value from an unknown option
    for (uint32_t i = 0; i < count; i++) {
        longs[i] = (struct option){
            .name = options[i].name, .has_arg = options[i].value ? required_argument : no_argument, .val = options[i].letter};
        if (!options[i].is_short)
            continue;
        *letters++ = options[i].letter;
        if (options[i].value)
            *letters++ = ':';
    }
    longs[count] = (struct option){0};
    *letters = 0;
}

int leat_cli_parse(int argc, char **argv, const struct leat_cli_option *options, leat_cli_take *take, void *context, int *first_operand) {
    struct option longs[OPTIONS_MAX];
    char letters[3 * OPTIONS_MAX];
    getopt_tables(options, longs, letters);
    opterr = 0;
    optind = 0; // start over: several commands may be read in one process
    for (;;) {
        int before = LEAT_MAX(optind, 1);
        int letter = getopt_long(argc, argv, letters, longs, NULL);
        if (letter == -1)
            break;
        if (letter == ':')
            return leat_error_set(LEAT_ERROR_USAGE, "%s: option %s needs a value (see leat %s --help)", argv[0], argv[optind - 1], argv[0]);
        if (letter == '?')
            return leat_error_set(LEAT_ERROR_USAGE, "%s: there is no option %s (see leat %s --help)", argv[0],
                                  argv[LEAT_MIN(LEAT_MAX(before, optind - 1), argc - 1)], argv[0]);
        if (take(context, (char)letter, optarg))
            return -1;
    }
    *first_operand = optind;
    return 0;
}

void leat_cli_help(const char *usage, const char *text, const struct leat_cli_option *options) {
    printf("usage: %s\n\n%s\n\n", usage, text);
    for (const struct leat_cli_option *option = options; option->name; option++) {
        char head[64];
        int width = option->is_short ? snprintf(head, sizeof(head), "  -%c, --%s", option->letter, option->name)
                                     : snprintf(head, sizeof(head), "      --%s", option->name);
        if (option->value)
            width += snprintf(head + width, sizeof(head) - (size_t)width, " %s", option->value);
        if (width > HELP_COLUMN - 2)
            printf("%s\n%-*s", head, HELP_COLUMN, "");
        else
            printf("%-*s", HELP_COLUMN, head);
        for (const char *at = option->help; *at; at++)
            if (*at == '\n')
                printf("\n%-*s", HELP_COLUMN, "");
            else
                putchar(*at);
        putchar('\n');
    }
}

int leat_cli_number(const char *option, const char *text, uint64_t low, uint64_t high, uint64_t *value) {
    int64_t number;
    if (!leat_int64_parse(text, strlen(text), &number) || number < 0 || (uint64_t)number < low || (uint64_t)number > high)
        return leat_error_set(LEAT_ERROR_USAGE, "--%s: `%s` is no whole number from %llu to %llu", option, text, (unsigned long long)low,
                              (unsigned long long)high);
    *value = (uint64_t)number;
    return 0;
}

static enum leat_error_kind open_error_kind(int error) {
    return error == ENOENT || error == ENOTDIR ? LEAT_ERROR_NO_INPUT
           : error == EACCES || error == EPERM ? LEAT_ERROR_PERMISSION
                                               : LEAT_ERROR_IO;
}

static int read_all(struct leat_arena *arena, int fd, struct leat_sql_source *source) {
    size_t capacity = 64 * 1024, length = 0;
    char *text = leat_memory_alloc(NULL, capacity);
    for (ssize_t got = 1; text && got != 0;) {
        if (length == capacity) {
            char *grown = capacity < SCRIPT_BYTES_MAX ? leat_memory_realloc(NULL, text, capacity, capacity * 2) : NULL;
            if (!grown) {
                leat_memory_free(NULL, text, capacity);
                return leat_error_set(LEAT_ERROR_CONFIG, "%s is longer than %zu bytes: too long for a script", source->name,
                                      SCRIPT_BYTES_MAX);
            }
            text = grown;
            capacity *= 2;
        }
        got = read(fd, text + length, capacity - length);
        if (got < 0 && errno == EINTR) {
            got = 1;
        } else if (got < 0) {
            leat_memory_free(NULL, text, capacity);
            return leat_error_set(LEAT_ERROR_IO, "cannot read %s: %s", source->name, strerror(errno));
        } else {
            length += (size_t)got;
        }
    }
    if (!text)
        return -1;
    source->text = leat_arena_copy(arena, text, length);
    source->length = length;
    leat_memory_free(NULL, text, capacity);
    return 0;
}

int leat_cli_read_script(struct leat_arena *arena, const char *path, struct leat_sql_source *source) {
    bool standard_input = strcmp(path, "-") == 0;
    *source = (struct leat_sql_source){.name = standard_input ? "<stdin>" : leat_arena_copy(arena, path, strlen(path))};
    if (standard_input)
        return read_all(arena, STDIN_FILENO, source);
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return leat_error_set(open_error_kind(errno), "cannot open the script %s: %s", path, strerror(errno));
    int failed = read_all(arena, fd, source);
    close(fd);
    return failed;
}

int leat_cli_define(struct leat_cli_definitions *definitions, const char *argument) {
    if (definitions->count == definitions->capacity) {
        size_t capacity = LEAT_MAX((size_t)8, definitions->capacity * 2);
        struct leat_sql_definition *items = leat_arena_alloc(definitions->arena, sizeof(*items) * capacity);
        if (definitions->count)
            memcpy(items, definitions->items, sizeof(*items) * definitions->count);
        definitions->items = items;
        definitions->capacity = capacity;
    }
    return leat_sql_definition_parse(definitions->arena, argument, &definitions->items[definitions->count++]);
}

int leat_cli_fail(void) {
    int status = (int)leat_error_kind();
    leat_assert(status != LEAT_ERROR_NONE);
    leat_error_print(stderr);
    return status;
}
