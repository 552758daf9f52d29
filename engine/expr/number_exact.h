// The last resort of number parsing: digits beyond the 19 that fit a word, compared with exact integers.
#ifndef LEAT_ENGINE_EXPR_NUMBER_EXACT_H
#define LEAT_ENGINE_EXPR_NUMBER_EXACT_H

#include "engine/base/base.h"

// The JSON number at [text, end), sign ignored, is known to round to the finite double with the bits `below` (no sign) or to the next
// one. Returns the bits of the right one. Takes as long as `text` is, plus a bounded amount of big-integer work; no allocation.
uint64_t leat_number_round_exact(uint64_t below, const char *text, const char *end);

#endif
