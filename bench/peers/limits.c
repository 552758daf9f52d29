// Limits: what the memory and the kernel allow when nothing is computed. usage:
//   limits read FILE [REPEATS]          adds up the 64-bit words of the mapped file
//   limits lines FILE [REPEATS]         counts its lines with memchr
//   limits copy FILE [REPEATS]          reads it by pread into one buffer
//   limits write FILE BYTES [REPEATS]   writes that many bytes to a new file
// Each prints the best time as one JSON object, with what it found, so that nothing can be optimised away.
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

// The pieces of reads and writes: what leat reads at a time by default.
#define PIECE_BYTES ((size_t)256 << 10)

struct task {
    const char *path;
    const char *map; // the whole file, for the modes that read it in place
    size_t bytes;
    char *piece; // PIECE_BYTES
};

// Does the work once. The result goes into what is printed; -1 where the kernel refused.
typedef int64_t work_function(const struct task *task);

static int64_t add_words(const struct task *task) {
    uint64_t sum = 0;
    for (size_t i = 0; i + 8 <= task->bytes; i += 8) {
        uint64_t word;
        memcpy(&word, task->map + i, 8);
        sum += word;
    }
    return (int64_t)(sum >> 1); // never negative, which would be a failure
}

static int64_t count_lines(const struct task *task) {
    int64_t lines = 0;
    const char *end = task->map + task->bytes;
    for (const char *at = task->map; (at = memchr(at, '\n', (size_t)(end - at))); at++)
        lines++;
    return lines;
}

static int64_t copy_pieces(const struct task *task) {
    int fd = open(task->path, O_RDONLY | O_CLOEXEC);
    int64_t sum = 0;
    ssize_t got = -1;
    for (off_t at = 0; fd >= 0 && (got = pread(fd, task->piece, PIECE_BYTES, at)) > 0; at += got)
        sum += task->piece[0] + got;
    if (fd >= 0)
        close(fd);
    return got < 0 ? -1 : sum;
}

static int64_t write_pieces(const struct task *task) {
    unlink(task->path);
    int fd = open(task->path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644);
    size_t done = 0;
    while (fd >= 0 && done < task->bytes) {
        size_t wanted = task->bytes - done < PIECE_BYTES ? task->bytes - done : PIECE_BYTES;
        ssize_t wrote = write(fd, task->piece, wanted);
        if (wrote <= 0)
            break;
        done += (size_t)wrote;
    }
    if (fd < 0 || close(fd) != 0 || done < task->bytes)
        return -1;
    return (int64_t)done;
}

static double seconds_now(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + (double)now.tv_nsec * 1e-9;
}

static int measure(const struct task *task, work_function *work, int repeats) {
    double best_seconds = 0;
    int64_t result = 0;
    for (int i = 0; i < repeats; i++) {
        double start = seconds_now();
        result = work(task);
        double seconds = seconds_now() - start;
        if (result < 0) {
            perror(task->path);
            return 74;
        }
        if (i == 0 || seconds < best_seconds)
            best_seconds = seconds;
    }
    printf("{\"seconds\":%.6f,\"bytes\":%zu,\"result\":%lld}\n", best_seconds, task->bytes, (long long)result);
    return 0;
}

// Maps the file with all its pages in place: page faults are no part of this limit.
static int map_file(struct task *task) {
    struct stat about;
    int fd = open(task->path, O_RDONLY | O_CLOEXEC);
    if (fd < 0 || fstat(fd, &about) != 0)
        return -1;
    task->bytes = (size_t)about.st_size;
    void *map = mmap(NULL, task->bytes, PROT_READ, MAP_SHARED | MAP_POPULATE, fd, 0);
    close(fd);
    task->map = map;
    return map == MAP_FAILED ? -1 : 0;
}

int main(int argc, char **argv) {
    static const struct {
        const char *name;
        work_function *work;
    } modes[] = {{"read", add_words}, {"lines", count_lines}, {"copy", copy_pieces}, {"write", write_pieces}};
    work_function *work = NULL;
    for (size_t i = 0; argc > 2 && i < sizeof modes / sizeof modes[0]; i++)
        if (strcmp(argv[1], modes[i].name) == 0)
            work = modes[i].work;
    int operands = work == write_pieces ? 4 : 3;
    int repeats = argc > operands ? atoi(argv[operands]) : 5;
    if (!work || argc < operands || repeats < 1) {
        fprintf(stderr, "usage: limits read|lines|copy FILE [REPEATS]\n       limits write FILE BYTES [REPEATS]\n");
        return 64;
    }
    struct task task = {.path = argv[2], .piece = malloc(PIECE_BYTES)};
    if (!task.piece)
        return 70;
    memset(task.piece, 'x', PIECE_BYTES);
    if (work == write_pieces) {
        task.bytes = strtoull(argv[3], NULL, 10);
    } else if (map_file(&task) != 0) {
        perror(task.path);
        return 66;
    }
    int status = measure(&task, work, repeats);
    free(task.piece);
    return status;
}
