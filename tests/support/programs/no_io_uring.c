// Runs a command where the kernel refuses io_uring, as under the seccomp profile of a container: no_io_uring COMMAND ARG...
#include <errno.h>
#include <seccomp.h>
#include <stdio.h>
#include <unistd.h>

int main(int argc, char **argv) {
    if (argc < 2) {
        fprintf(stderr, "usage: no_io_uring COMMAND ARG...\n");
        return 64;
    }
    static const int refused[] = {SCMP_SYS(io_uring_setup), SCMP_SYS(io_uring_enter), SCMP_SYS(io_uring_register)};
    scmp_filter_ctx filter = seccomp_init(SCMP_ACT_ALLOW);
    int status = filter ? 0 : -ENOMEM;
    for (size_t i = 0; status == 0 && i < sizeof(refused) / sizeof(refused[0]); i++)
        status = seccomp_rule_add(filter, SCMP_ACT_ERRNO(EPERM), refused[i], 0);
    if (status == 0)
        status = seccomp_load(filter);
    if (status != 0) {
        fprintf(stderr, "no_io_uring: no filter: error %d\n", -status);
        return 70;
    }
    seccomp_release(filter);
    execvp(argv[1], argv + 1);
    perror(argv[1]);
    return 70;
}
