// Decimal rounding of numbers.
#ifndef LEAT_ENGINE_EXPR_ROUND_H
#define LEAT_ENGINE_EXPR_ROUND_H

#include "engine/base/base.h"

// `value` with `digits` digits behind the point, half away from zero; a negative number of digits rounds to tens, hundreds, ... What no
// longer fits wraps around as Java's longValue() does. Pure; any thread.
int64_t leat_round_int64(int64_t value, int32_t digits);

// Likewise for a finite double: what is rounded is its shortest decimal text (so 1.005 becomes 1.01), as BigDecimal.valueOf does in Java;
// the result is the double nearest to the rounded decimal. Pure; any thread.
double leat_round_double(double value, int32_t digits);

#endif
