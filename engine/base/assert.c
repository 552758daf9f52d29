#include "engine/base/assert.h"

#include <stdio.h>
#include <stdlib.h>

void leat_assert_fail(const char *file, int line, const char *function, const char *expression) {
    fprintf(stderr, "leat: internal error: assertion failed at %s:%d in %s: %s\n", file, line, function, expression);
    abort();
}
