#include "engine/sql/variables.h"

#include "engine/base/error.h"
#include "engine/base/memory.h"
#include "engine/sql/suggest.h"
#include "engine/sql/utf8.h"

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

// A literal, or a file, and one byte more.
#define SCRATCH_BYTES (LEAT_SQL_VARIABLE_BYTES_MAX + 1)

// One literal being rewritten. `at` walks over the source between the quotes.
struct substitution {
    struct leat_arena *arena;
    const struct leat_sql_source *source;
    const struct leat_sql_variables *variables;
    uint32_t at;
    uint32_t end; // the closing quote
    char *out;    // SCRATCH_BYTES
    char *file;   // likewise, what ${file:...} read
    size_t length;
    bool substituted;
};

static bool name_starts(unsigned char c) {
    return isalpha(c) || c == '_';
}

static bool name_goes_on(unsigned char c) {
    return isalnum(c) || c == '_';
}

static size_t name_length(const char *text, size_t length) {
    size_t used = 0;
    if (length && name_starts((unsigned char)text[0]))
        while (used < length && name_goes_on((unsigned char)text[used]))
            used++;
    return used;
}

int leat_sql_definition_parse(struct leat_arena *arena, const char *argument, struct leat_sql_definition *out) {
    size_t length = name_length(argument, strlen(argument));
    if (length == 0 || argument[length] != '=') {
        char shown[128];
        leat_diagnostic_clean(shown, sizeof(shown), argument, strnlen(argument, sizeof(shown)));
        return leat_error_set(LEAT_ERROR_USAGE, "`-D %s`: expected NAME=VALUE, NAME being letters, digits and underscores", shown);
    }
    out->name = leat_arena_copy(arena, argument, length);
    out->value = leat_arena_copy(arena, argument + length + 1, strlen(argument + length + 1));
    return 0;
}

static int put(struct substitution *s, struct leat_span place, const char *text, size_t length) {
    if (length > LEAT_SQL_VARIABLE_BYTES_MAX - s->length)
        return leat_diagnostic(s->source, place, NULL, "with its variables this string is longer than %zu KiB",
                               LEAT_SQL_VARIABLE_BYTES_MAX / 1024);
    memcpy(s->out + s->length, text, length);
    s->length += length;
    return 0;
}

static const char *value_of(const struct substitution *s, const char *name) {
    const struct leat_sql_variables *v = s->variables;
    for (size_t i = v ? v->count : 0; i > 0; i--)
        if (strcmp(v->definitions[i - 1].name, name) == 0)
            return v->definitions[i - 1].value;
    return v && v->no_environment ? NULL : getenv(name);
}

static int undefined(const struct substitution *s, struct leat_span place, const char *name) {
    const struct leat_sql_variables *v = s->variables;
    struct leat_suggest suggest = {.word = name};
    for (size_t i = 0; v && i < v->count; i++)
        leat_suggest_offer(&suggest, v->definitions[i].name);
    const char *hint = leat_arena_printf(s->arena, "give it with -D %s=..., in the environment, or with a default: ${%s:-...}", name, name);
    if (suggest.best)
        hint = leat_arena_printf(s->arena, "did you mean `%s`?\n%s", suggest.best, hint);
    return leat_diagnostic(s->source, place, hint, "the variable `%s` is not defined", name);
}

// Reads at most LEAT_SQL_VARIABLE_BYTES_MAX bytes of a regular file. -1 with *why set.
static ssize_t file_read(const char *path, char *buffer, const char **why) {
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK); // a pipe must not block, it is refused below
    struct stat st;
    *why = strerrordesc_np(errno);
    if (fd < 0)
        return -1;
    ssize_t used = -1;
    if (fstat(fd, &st) != 0 || !S_ISREG(st.st_mode)) {
        *why = "it is no regular file";
    } else {
        ssize_t got = 1;
        for (used = 0; got > 0 && used <= (ssize_t)LEAT_SQL_VARIABLE_BYTES_MAX; used += LEAT_MAX(got, 0))
            got = read(fd, buffer + used, LEAT_SQL_VARIABLE_BYTES_MAX + 1 - (size_t)used);
        if (got < 0) {
            *why = strerrordesc_np(errno);
            used = -1;
        } else if (used > (ssize_t)LEAT_SQL_VARIABLE_BYTES_MAX) {
            *why = "it is longer than 64 KiB";
            used = -1;
        }
    }
    close(fd);
    return used;
}

_Static_assert(LEAT_SQL_VARIABLE_BYTES_MAX == 65536, "the message of file_read says so");

static int put_file(struct substitution *s, struct leat_span place, const char *path) {
    const char *why = "";
    char *buffer = s->file;
    ssize_t length = file_read(path, buffer, &why);
    size_t bad_at;
    if (length >= 0 && (memchr(buffer, 0, (size_t)length) || !leat_utf8_valid(buffer, (size_t)length, &bad_at))) {
        why = "it is no UTF-8 text";
        length = -1;
    }
    if (length < 0)
        return leat_diagnostic(s->source, place, NULL, "cannot read the file `%s`: %s", path, why);
    if (length > 0 && buffer[length - 1] == '\n') // as editors and `echo` leave it
        length -= length > 1 && buffer[length - 2] == '\r' ? 2 : 1;
    return put(s, place, buffer, (size_t)length);
}

// The part between ${ and }: its text has the doubled quotes of the literal made single.
static int put_variable(struct substitution *s, struct leat_span place, const char *inside) {
    if (strncmp(inside, "file:", 5) == 0)
        return put_file(s, place, inside + 5);
    size_t length = name_length(inside, strlen(inside));
    const char *rest = inside + length;
    bool has_default = strncmp(rest, ":-", 2) == 0, has_message = strncmp(rest, ":?", 2) == 0;
    if (length == 0 || (*rest && !has_default && !has_message))
        return leat_diagnostic(s->source, place, "write ${NAME}, ${NAME:-default}, ${NAME:?message} or ${file:PATH}; $$ is a dollar sign",
                               "this is no variable");
    const char *name = leat_arena_copy(s->arena, inside, length), *value = value_of(s, name);
    bool missing = !value || (*value == 0 && *rest); // with a default or message an empty value counts as none, as in the shell
    if (missing && has_default)
        value = rest + 2;
    else if (missing && has_message)
        return leat_diagnostic(s->source, place, rest[2] ? rest + 2 : NULL, "the variable `%s` is not set", name);
    else if (missing)
        return undefined(s, place, name);
    size_t bad_at;
    if (!leat_utf8_valid(value, strlen(value), &bad_at))
        return leat_diagnostic(s->source, place, NULL, "the value of `%s` is no UTF-8 text", name);
    return put(s, place, value, strlen(value));
}

// A character of the literal; a doubled quote is one.
static unsigned char take(struct substitution *s) {
    unsigned char c = (unsigned char)s->source->text[s->at++];
    s->at += c == '\'';
    return c;
}

// The lexer's literal stands on a $; rewrites what follows.
static int dollar(struct substitution *s) {
    const char *text = s->source->text;
    uint32_t start = s->at++;
    unsigned char next = s->at < s->end ? (unsigned char)text[s->at] : 0;
    struct leat_span place = {start, start + 1};
    if (next == '$') {
        s->at++;
        s->substituted = true;
        return put(s, place, "$", 1);
    }
    if (next != '{')
        return put(s, place, "$", 1);
    s->at++;
    const char *close = memchr(text + s->at, '}', s->end - s->at);
    if (!close)
        return leat_diagnostic(s->source, (struct leat_span){start, start + 2}, "end it with }, or write $$ for a dollar sign",
                               "this variable has no end");
    uint32_t inside_end = (uint32_t)(close - text);
    char *inside = leat_arena_alloc(s->arena, (size_t)(inside_end - s->at) + 1);
    for (size_t length = 0; s->at < inside_end; length++)
        inside[length] = (char)take(s);
    s->at++;
    s->substituted = true;
    return put_variable(s, (struct leat_span){start, s->at}, inside);
}

static int rewrite(struct substitution *s) {
    while (s->at < s->end) {
        if (s->source->text[s->at] == '$') {
            if (dollar(s) != 0)
                return -1;
            continue;
        }
        struct leat_span place = {s->at, s->at + 1};
        char c = (char)take(s);
        if (put(s, place, &c, 1) != 0)
            return -1;
    }
    return 0;
}

int leat_sql_variables_apply(struct leat_arena *arena, const struct leat_sql_source *source, const struct leat_sql_variables *variables,
                             struct leat_ast_string *string) {
    if (!memchr(string->text, '$', string->length))
        return 0;
    struct substitution s = {.arena = arena, .source = source, .variables = variables};
    s.at = string->span.start + 1;
    s.end = string->span.end - 1;
    s.out = leat_memory_alloc(NULL, 2 * SCRATCH_BYTES); // not in the arena: a script may have very many literals
    if (!s.out)
        return -1;
    s.file = s.out + SCRATCH_BYTES;
    int result = rewrite(&s);
    if (result == 0 && s.substituted) {
        string->written = string->text;
        string->text = leat_arena_copy(arena, s.out, s.length);
        string->length = s.length;
        string->substituted = true;
    }
    leat_memory_free(NULL, s.out, 2 * SCRATCH_BYTES);
    return result;
}

static bool holds(const char *key, const char *word) {
    return strcasestr(key, word) != NULL;
}

bool leat_sql_option_is_secret(const char *key) {
    if (holds(key, "password") || holds(key, "secret") || holds(key, "token") || holds(key, "jaas") || holds(key, "credential"))
        return true;
    // Keys of records and of maps, not of locks.
    bool record_key = strncasecmp(key, "key.", 4) == 0 || holds(key, "key-delimiter") || holds(key, "map-null-key") ||
                      holds(key, "watermark.key") || holds(key, "key.format") || holds(key, "key.fields");
    return holds(key, "key") && !record_key;
}
