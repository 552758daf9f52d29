// Kernels of CAST that read or write texts; only cast.c and its tests know them.
#ifndef LEAT_ENGINE_EXPR_CAST_H
#define LEAT_ENGINE_EXPR_CAST_H

#include "engine/expr/kernel.h"

leat_kernel leat_cast_bool_to_text;   // 'TRUE', 'FALSE'
leat_kernel leat_cast_int32_to_text;  // decimal digits
leat_kernel leat_cast_int64_to_text;  // decimal digits
leat_kernel leat_cast_double_to_text; // Java's notation
leat_kernel leat_cast_time_to_text;   // '2024-03-01 07:08:09.000' with the digits of its type
leat_kernel leat_cast_text_to_bool;   // t, true, y, yes, 1, f, false, n, no, 0 in any case
leat_kernel leat_cast_text_to_int32;  // a sign, digits, a fraction that is dropped; spaces around it
leat_kernel leat_cast_text_to_int64;  // likewise
leat_kernel leat_cast_text_to_double; // what Java's Double.parseDouble takes, but for hexadecimal; spaces around it
leat_kernel leat_cast_text_to_time;   // '2024-3-1 7:08:09.5' or a date alone

#endif
