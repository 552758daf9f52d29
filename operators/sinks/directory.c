#include "operators/sinks/directory.h"

#include "engine/base/assert.h"
#include "engine/base/error.h"

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <limits.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <strings.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

// A place is the number of a part in its upper bits and an offset in that part below.
#define OFFSET_BITS   40
#define OFFSET_MAX    ((UINT64_C(1) << OFFSET_BITS) - 1)
#define PART_MAX      ((UINT64_C(1) << (64 - OFFSET_BITS)) - 1)
#define PART_SIZE_MAX (UINT64_C(1) << (OFFSET_BITS - 1))

// Parts that may be open at once. More are wanted only when parts are smaller than what workers write at a time.
#define SLOTS 128u

// Part files are named from this many bytes on top of the directory's name.
#define NAME_BYTES 64

// What a part misses before its length is known: more than it can ever have.
#define LENGTH_UNKNOWN (INT64_C(1) << 62)

// Where a part is open: part p in slot p % SLOTS.
struct slot {
    // The part that has this slot in the upper half, its descriptor plus 1 in the lower one; 0 there: the file is not open yet.
    // Acquire and release: `missing` belongs to that part.
    alignas(LEAT_CACHE_LINE) _Atomic uint64_t holder;
    // Bytes of the part that have not been written; whoever brings it to 0 closes the file. Acquire and release: all writes come before
    // that.
    _Atomic int64_t missing;
};

struct directory_sink {
    // Immutable while workers write.
    const struct leat_sink_env *env;
    uint64_t part_bytes; // when a part is full
    uint64_t id;
    char path[PATH_MAX];

    alignas(LEAT_CACHE_LINE) _Atomic uint64_t next_place; // orders nothing: the bytes are handed on by nobody
    struct slot slots[SLOTS];
};

static int fail(const char *what, const char *path, int error) {
    enum leat_error_kind kind = error == EACCES || error == EPERM || error == EROFS ? LEAT_ERROR_PERMISSION : LEAT_ERROR_IO;
    return leat_error_set(kind, "cannot %s %s: %s", what, path, strerror(error));
}

// ---- Opening ---------------------------------------------------------------------------------------------------------

// Reads an amount of memory as Flink writes it ("128MB", "64 kb", "1000"); units are powers of 1024. False where it is none.
static bool parse_bytes(const char *text, uint64_t *bytes) {
    static const char *const units[][3] = {
        {"b", "bytes", ""}, {"k", "kb", "kibibytes"}, {"m", "mb", "mebibytes"}, {"g", "gb", "gibibytes"}, {"t", "tb", "tebibytes"}};
    while (isspace((unsigned char)*text))
        text++;
    if (!isdigit((unsigned char)*text))
        return false;
    char *unit;
    errno = 0;
    unsigned long long number = strtoull(text, &unit, 10);
    while (isspace((unsigned char)*unit))
        unit++;
    size_t length = strlen(unit);
    while (length > 0 && isspace((unsigned char)unit[length - 1]))
        length--;
    for (uint32_t power = 0; errno == 0 && power < LEAT_ARRAY_LEN(units); power++)
        for (uint32_t i = 0; i < LEAT_ARRAY_LEN(units[0]); i++)
            if (strlen(units[power][i]) == length && strncasecmp(unit, units[power][i], length) == 0) {
                *bytes = number;
                return !__builtin_mul_overflow(*bytes, UINT64_C(1) << (10 * power), bytes);
            }
    return false;
}

// Length of the scheme of a URL (RFC 3986, with a slash behind the colon), 0 for a plain path.
static size_t scheme_length(const char *path) {
    size_t length = 0;
    while (isalnum((unsigned char)path[length]) || (length > 0 && path[length] && strchr("+-.", path[length])))
        length++;
    return length > 0 && isalpha((unsigned char)path[0]) && path[length] == ':' && path[length + 1] == '/' ? length : 0;
}

// Finds the directory that a path or a URL names.
static int find_path(struct directory_sink *self, const char *given) {
    const char *path = given;
    size_t scheme = scheme_length(given);
    if (scheme > 0) {
        if (scheme != 4 || strncasecmp(given, "file", 4) != 0)
            return leat_error_set(LEAT_ERROR_CONFIG, "'path' = '%s': scheme `%.*s` is not supported, only plain paths and file: are", given,
                                  (int)scheme, given);
        path = given + 5;
        if (path[1] == '/') { // an authority follows
            path += 2;
            path += strncmp(path, "localhost/", 10) == 0 ? 9 : 0;
            if (*path != '/')
                return leat_error_set(LEAT_ERROR_CONFIG, "'path' = '%s': a file: URL names no host (file:///DIRECTORY)", given);
        }
    }
    size_t length = strlen(path);
    while (length > 1 && path[length - 1] == '/')
        length--;
    if (length == 0)
        return leat_error_set(LEAT_ERROR_CONFIG, "'path' of a filesystem table is empty");
    if (length + NAME_BYTES >= PATH_MAX)
        return leat_error_set(LEAT_ERROR_CONFIG, "'path' = '%.64s...': %s", path, strerror(ENAMETOOLONG));
    memcpy(self->path, path, length);
    return 0;
}

// Makes the directory and its parents where they do not exist.
static int make_directories(const char *path) {
    char partial[PATH_MAX];
    size_t length = strlen(path);
    for (size_t i = 1; i <= length; i++) {
        if (path[i] != '/' && path[i] != '\0')
            continue;
        memcpy(partial, path, i);
        partial[i] = '\0';
        struct stat status;
        int failed = mkdir(partial, 0777) ? errno : 0;
        if (failed && (stat(partial, &status) || !S_ISDIR(status.st_mode)))
            return fail("make the directory", partial, failed == EEXIST ? ENOTDIR : failed);
    }
    return 0;
}

static int read_options(struct directory_sink *self) {
    const struct leat_graph_sink *plan = self->env->plan;
    const struct leat_graph_option *options = plan ? plan->options : NULL;
    uint32_t count = plan ? plan->option_count : 0;
    const char *size = leat_graph_option_value(options, count, "sink.rolling-policy.file-size", "128MB");
    if (!parse_bytes(size, &self->part_bytes))
        return leat_error_set(LEAT_ERROR_CONFIG, "'sink.rolling-policy.file-size' = '%s' is no amount of memory, such as 128MB", size);
    self->part_bytes = LEAT_MIN(LEAT_MAX(self->part_bytes, UINT64_C(1)), PART_SIZE_MAX);
    const char *path = self->env->path ? self->env->path : leat_graph_option_value(options, count, "path", "");
    return find_path(self, path) || make_directories(self->path) ? -1 : 0;
}

static int directory_open(const struct leat_sink_env *env, void **sink) {
    struct directory_sink *self = leat_memory_zalloc(env->budget, sizeof(*self));
    if (!self)
        return -1;
    self->env = env;
    for (uint64_t i = 0; i < SLOTS; i++) {
        self->slots[i].holder = i << 32;
        self->slots[i].missing = LENGTH_UNKNOWN;
    }
    int failed = read_options(self);
    if (!failed && getrandom(&self->id, sizeof(self->id), 0) != sizeof(self->id))
        failed = leat_error_set(LEAT_ERROR_INTERNAL, "cannot draw a random number: %s", strerror(errno));
    if (failed) {
        leat_memory_free(env->budget, self, sizeof(*self));
        return -1;
    }
    *sink = self;
    return 0;
}

// ---- Writing ---------------------------------------------------------------------------------------------------------

static void name_part(const struct directory_sink *self, uint64_t part, bool is_visible, char *name) {
    const char *format = is_visible ? "%s/part-%016" PRIx64 "-%05" PRIu64 : "%s/.part-%016" PRIx64 "-%05" PRIu64 ".inprogress";
    int length = snprintf(name, PATH_MAX, format, self->path, self->id, part);
    leat_assert(length > 0 && length < PATH_MAX); // NAME_BYTES were kept free
}

// Lock-free: with one channel to the sink the exchange succeeds at once, with several it fails only because another one got its place.
static uint64_t directory_reserve(void *sink, size_t count) {
    struct directory_sink *self = sink;
    uint64_t place = atomic_load_explicit(&self->next_place, memory_order_relaxed), next;
    do {
        uint64_t end = (place & OFFSET_MAX) + count, part = place >> OFFSET_BITS;
        next = end >= self->part_bytes && part < PART_MAX ? (part + 1) << OFFSET_BITS : part << OFFSET_BITS | LEAT_MIN(end, OFFSET_MAX);
        // Relaxed: a place says which bytes are ours and nothing about any memory.
    } while (!atomic_compare_exchange_weak_explicit(&self->next_place, &place, next, memory_order_relaxed, memory_order_relaxed));
    return place;
}

// The descriptor of a part, opened by the first that asks. -1: the slot is still in use by an older part; -2: the error is set.
static int open_part(struct directory_sink *self, struct slot *slot, uint64_t part) {
    uint64_t holder = atomic_load_explicit(&slot->holder, memory_order_acquire); // pairs with the releases below and in close_part
    if (holder >> 32 != part)
        return -1;
    if ((uint32_t)holder != 0)
        return (int)(uint32_t)holder - 1;
    char name[PATH_MAX];
    name_part(self, part, false, name);
    int fd = self->env->files->open(name, O_WRONLY | O_CREAT | O_CLOEXEC, 0666);
    if (fd < 0) {
        fail("write", name, errno);
        return -2;
    }
    // Several may have opened it at the same time; one descriptor stays. The slot cannot have moved on: our bytes are missing.
    if (atomic_compare_exchange_strong_explicit(&slot->holder, &holder, part << 32 | (uint32_t)(fd + 1), memory_order_acq_rel,
                                                memory_order_acquire))
        return fd;
    self->env->files->close(fd);
    leat_assert(holder >> 32 == part && (uint32_t)holder != 0);
    return (int)(uint32_t)holder - 1;
}

static int close_part(struct directory_sink *self, uint64_t part, int fd) {
    char name[PATH_MAX];
    name_part(self, part, false, name);
    int failed = self->env->sync && self->env->files->fsync(fd) ? errno : 0;
    if (self->env->files->close(fd) && !failed)
        failed = errno;
    return failed ? fail("write", name, failed) : 0;
}

static enum leat_sink_result directory_write(void *sink, uint64_t place, const char *bytes, size_t count) {
    struct directory_sink *self = sink;
    uint64_t part = place >> OFFSET_BITS, offset = place & OFFSET_MAX;
    struct slot *slot = &self->slots[part % SLOTS];
    if (count == 0)
        return LEAT_SINK_DONE; // an empty part must not come to be: nobody would count it
    if (offset + count >= OFFSET_MAX) {
        leat_error_set(LEAT_ERROR_IO, "cannot write %s: there are more than %" PRIu64 " part files", self->path, PART_MAX);
        return LEAT_SINK_FAILED;
    }
    int fd = open_part(self, slot, part);
    if (fd < 0)
        return fd == -1 ? LEAT_SINK_LATER : LEAT_SINK_FAILED;
    if (leat_file_write_all(self->env->files, fd, bytes, count, (off_t)offset)) {
        char name[PATH_MAX];
        int error = errno;
        name_part(self, part, false, name);
        fail("write", name, error);
        return LEAT_SINK_FAILED;
    }
    // Who fills the part up knows its length; the sum of all steps is 0 when all of it has been written.
    int64_t step = -(int64_t)count;
    if (offset + count >= self->part_bytes && part < PART_MAX)
        step += (int64_t)(offset + count) - LENGTH_UNKNOWN;
    // Release: our bytes are written; acquire: whoever brings it to 0 knows that all are. Pairs with itself.
    if (atomic_fetch_add_explicit(&slot->missing, step, memory_order_acq_rel) + step != 0)
        return LEAT_SINK_DONE;
    int failed = close_part(self, part, fd);
    // Relaxed: published by the release below.
    atomic_store_explicit(&slot->missing, LENGTH_UNKNOWN, memory_order_relaxed);
    // Release: the slot is as new; pairs with the acquire in open_part.
    atomic_store_explicit(&slot->holder, (part + SLOTS) << 32, memory_order_release);
    return failed ? LEAT_SINK_FAILED : LEAT_SINK_DONE;
}

// ---- The end: one thread, the workers have been joined -----------------------------------------------------------------

static uint64_t part_count(const struct directory_sink *self) {
    uint64_t place = atomic_load_explicit(&self->next_place, memory_order_relaxed); // the workers have been joined
    return (place >> OFFSET_BITS) + ((place & OFFSET_MAX) > 0);
}

// Closes what is open still.
static int close_parts(struct directory_sink *self) {
    int failed = 0;
    for (uint32_t i = 0; i < SLOTS; i++) {
        uint64_t holder = atomic_load_explicit(&self->slots[i].holder, memory_order_relaxed); // the workers have been joined
        if ((uint32_t)holder == 0)
            continue;
        atomic_store_explicit(&self->slots[i].holder, holder >> 32 << 32, memory_order_relaxed);
        if (close_part(self, holder >> 32, (int)(uint32_t)holder - 1))
            failed = -1;
    }
    return failed;
}

// From now on no part is ours to remove or to show.
static void forget_parts(struct directory_sink *self) {
    atomic_store_explicit(&self->next_place, 0, memory_order_relaxed); // one thread
}

static void remove_parts(struct directory_sink *self) {
    char name[PATH_MAX];
    for (uint64_t part = 0, count = part_count(self); part < count; part++)
        for (int is_visible = 0; is_visible < 2; is_visible++) { // most of these do not exist, which is as well
            name_part(self, part, is_visible, name);
            self->env->files->unlink(name);
        }
    forget_parts(self);
}

static int sync_directory(const struct directory_sink *self) {
    const struct leat_file_ops *files = self->env->files;
    int fd = files->open(self->path, O_RDONLY | O_DIRECTORY | O_CLOEXEC, 0);
    if (fd < 0)
        return fail("sync", self->path, errno);
    int failed = files->fsync(fd) ? errno : 0;
    files->close(fd);
    return failed ? fail("sync", self->path, failed) : 0;
}

static int show_parts(const struct directory_sink *self) {
    char hidden[PATH_MAX], visible[PATH_MAX];
    for (uint64_t part = 0, count = part_count(self); part < count; part++) {
        name_part(self, part, false, hidden);
        name_part(self, part, true, visible);
        if (self->env->files->rename(hidden, visible))
            return fail("finish", visible, errno);
    }
    return self->env->sync ? sync_directory(self) : 0;
}

static void directory_abort(void *sink) {
    struct directory_sink *self = sink;
    close_parts(self);
    remove_parts(self);
}

static int directory_commit(void *sink) {
    struct directory_sink *self = sink;
    if (close_parts(self) || show_parts(self)) {
        remove_parts(self);
        return -1;
    }
    forget_parts(self);
    return 0;
}

static void directory_close(void *sink) {
    struct directory_sink *self = sink;
    directory_abort(self); // what a commit has shown is no longer ours
    leat_memory_free(self->env->budget, self, sizeof(*self));
}

const struct leat_sink_ops leat_directory_sink_ops = {
    .name = "directory",
    .open = directory_open,
    .reserve = directory_reserve,
    .write = directory_write,
    .commit = directory_commit,
    .abort = directory_abort,
    .close = directory_close,
};
