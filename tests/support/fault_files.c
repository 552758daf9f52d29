#include "tests/support/fault_files.h"

#include <errno.h>
#include <stdatomic.h>

static struct leat_fault_plan plan;
static _Atomic uint64_t calls;     // counted; orders nothing
static _Atomic int64_t open_count; // likewise
static _Atomic uint64_t draws;     // of chance; likewise

void leat_fault_files_plan(const struct leat_fault_plan *wanted) {
    plan = *wanted;
    atomic_store(&calls, 0);
    atomic_store(&open_count, 0);
    atomic_store(&draws, 0);
}

uint64_t leat_fault_files_calls(void) {
    return atomic_load(&calls);
}

int64_t leat_fault_files_open_count(void) {
    return atomic_load(&open_count);
}

// True when this call is to fail; errno is set then.
static bool fails(enum leat_fault_call call) {
    if (!(plan.calls & call))
        return false;
    uint64_t number = atomic_fetch_add(&calls, 1) + 1;
    if (plan.fail_at == 0 || number < plan.fail_at || (number > plan.fail_at && !plan.persists))
        return false;
    errno = plan.error;
    return true;
}

// A number by chance (splitmix64, by its finalizer of the seed and a counter).
static uint64_t draw(void) {
    uint64_t x = plan.seed + (atomic_fetch_add(&draws, 1) + 1) * UINT64_C(0x9e3779b97f4a7c15);
    x = (x ^ (x >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    x = (x ^ (x >> 27)) * UINT64_C(0x94d049bb133111eb);
    return x ^ (x >> 31);
}

// How many of `count` bytes a transfer may move; 0: it fails, or is interrupted, and errno is set.
static size_t allow(enum leat_fault_call call, size_t count) {
    if (fails(call))
        return 0;
    if (plan.seed == 0)
        return count;
    uint64_t chance = draw();
    if (chance % 8 == 0) {
        errno = EINTR;
        return 0;
    }
    return chance % 8 < 4 && count > 1 ? 1 + (size_t)(chance >> 3) % count : count;
}

static int fault_open(const char *path, int flags, mode_t mode) {
    int fd = fails(LEAT_FAULT_OPEN) ? -1 : leat_file_ops_system.open(path, flags, mode);
    if (fd >= 0)
        atomic_fetch_add(&open_count, 1);
    return fd;
}

static int fault_close(int fd) {
    atomic_fetch_sub(&open_count, 1);
    int failed = leat_file_ops_system.close(fd);
    return fails(LEAT_FAULT_CLOSE) ? -1 : failed;
}

static ssize_t fault_read(int fd, void *bytes, size_t count) {
    size_t allowed = allow(LEAT_FAULT_READ, count);
    return allowed || !count ? leat_file_ops_system.read(fd, bytes, allowed) : -1;
}

static ssize_t fault_pread(int fd, void *bytes, size_t count, off_t offset) {
    size_t allowed = allow(LEAT_FAULT_PREAD, count);
    return allowed || !count ? leat_file_ops_system.pread(fd, bytes, allowed, offset) : -1;
}

static ssize_t fault_write(int fd, const void *bytes, size_t count) {
    size_t allowed = allow(LEAT_FAULT_WRITE, count);
    return allowed || !count ? leat_file_ops_system.write(fd, bytes, allowed) : -1;
}

static ssize_t fault_pwrite(int fd, const void *bytes, size_t count, off_t offset) {
    size_t allowed = allow(LEAT_FAULT_PWRITE, count);
    return allowed || !count ? leat_file_ops_system.pwrite(fd, bytes, allowed, offset) : -1;
}

static int fault_fsync(int fd) {
    return fails(LEAT_FAULT_FSYNC) ? -1 : leat_file_ops_system.fsync(fd);
}

static int fault_rename(const char *from, const char *to) {
    return fails(LEAT_FAULT_RENAME) ? -1 : leat_file_ops_system.rename(from, to);
}

static int fault_unlink(const char *path) {
    return fails(LEAT_FAULT_UNLINK) ? -1 : leat_file_ops_system.unlink(path);
}

const struct leat_file_ops leat_fault_file_ops = {
    .open = fault_open,
    .close = fault_close,
    .read = fault_read,
    .pread = fault_pread,
    .write = fault_write,
    .pwrite = fault_pwrite,
    .fsync = fault_fsync,
    .rename = fault_rename,
    .unlink = fault_unlink,
};
