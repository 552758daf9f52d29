// A folder of its own for tests of sinks, and what stands in it.
#ifndef LEAT_TESTS_OPERATORS_SINKS_SINK_FOLDER_H
#define LEAT_TESTS_OPERATORS_SINKS_SINK_FOLDER_H

#include "engine/base/error.h"
#include "tests/support/fault_files.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

// The folder.
static char folder[PATH_MAX / 2];

// Makes the folder; a cmocka setup.
static inline int folder_make(void **state) {
    (void)state;
    const char *base = getenv("TMPDIR");
    snprintf(folder, sizeof folder, "%s/leat-test-XXXXXX", base ? base : P_tmpdir);
    return mkdtemp(folder) ? 0 : -1;
}

// The path of a name in the folder; good for four calls.
static inline const char *in_folder(const char *name) {
    static char paths[4][PATH_MAX];
    static unsigned next;
    char *path = paths[next++ % 4];
    snprintf(path, PATH_MAX, "%s/%s", folder, name);
    return path;
}

// Files in a directory, hidden ones too; their names, sorted, when `names` is not NULL (free each).
static inline int count_files(const char *path, struct dirent ***names) {
    struct dirent **found;
    int all = scandir(path, &found, NULL, alphasort), count = 0;
    assert_true(all >= 2);
    for (int i = 0; i < all; i++)
        if (strcmp(found[i]->d_name, ".") != 0 && strcmp(found[i]->d_name, "..") != 0)
            found[count++] = found[i];
        else
            free(found[i]);
    if (names) {
        *names = found;
        return count;
    }
    for (int i = 0; i < count; i++)
        free(found[i]);
    free(found);
    return count;
}

// Removes all files of a directory.
static inline void empty_directory(const char *path) {
    struct dirent **names;
    int count = count_files(path, &names);
    for (int i = 0; i < count; i++) {
        char name[PATH_MAX];
        snprintf(name, sizeof name, "%s/%s", path, names[i]->d_name);
        if (remove(name))
            fail_msg("cannot remove %s", name);
        free(names[i]);
    }
    free(names);
}

// Removes the folder and its files; a cmocka teardown.
static inline int folder_remove(void **state) {
    (void)state;
    empty_directory(folder);
    return rmdir(folder);
}

// The bytes of a file, with a zero behind them; free them.
static inline char *read_file(const char *path, size_t *length) {
    int fd = open(path, O_RDONLY);
    assert_true(fd >= 0);
    struct stat status;
    assert_int_equal(fstat(fd, &status), 0);
    *length = (size_t)status.st_size;
    char *bytes = calloc(*length + 1, 1);
    assert_int_equal(pread(fd, bytes, *length, 0), *length);
    close(fd);
    return bytes;
}

// The file holds this text and nothing else.
static inline void file_holds(const char *path, const char *text) {
    size_t length;
    char *bytes = read_file(path, &length);
    assert_string_equal(bytes, text);
    free(bytes);
}

#endif
