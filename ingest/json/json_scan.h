// The fast path's first half: which lines of a window of text are flat objects in plain spelling, and where their keys are.
//
// Every 64 bytes become 64-bit masks, one per class of characters, and the grammar is checked by arithmetic on those masks:
// each token must be followed, one space allowed between, by a token that may follow it, and nothing may stand where nothing
// led to it. What this does not understand (nesting, escapes, wider gaps) is marked as a fault and read by the walker instead:
// a line without a fault is valid, a line with one may be. (The masks of quoted regions are those of Langdale and Lemire,
// "Parsing gigabytes of JSON per second", 2019.)
#ifndef LEAT_INGEST_JSON_JSON_SCAN_H
#define LEAT_INGEST_JSON_JSON_SCAN_H

#include "engine/base/base.h"

// Bytes scanned at once: text and masks together stay in the first-level cache.
#define LEAT_JSON_WINDOW_BYTES 16384

// Blocks of 64 bytes in a window.
#define LEAT_JSON_WINDOW_BLOCKS (LEAT_JSON_WINDOW_BYTES / 64)

// Names that are told apart by sight, up to eight.
#define LEAT_JSON_SIGNATURES_MAX 8

// Two characters of each wanted name, at offsets that every name has: bit i of first[c] is set when name i has the character c at
// first_offset, and so on. No two names share both. (The idea is Teddy's, of Hyperscan: Wang et al., 2019.)
struct leat_json_signature {
    uint8_t first[128];
    uint8_t second[128];
    uint32_t first_offset; // from the character behind the opening quote; the closing quote counts as one
    uint32_t second_offset;
};

// The gaps around colons are not the same throughout the window.
#define LEAT_JSON_GAPS_VARY 2

// Masks of a window, which starts at the start of a line. Bit i of word b is byte 64 * b + i of the window.
struct leat_json_scan {
    uint64_t item[LEAT_JSON_WINDOW_BLOCKS];     // line ends, and opening quotes of the keys of flat objects that may be wanted
    uint64_t newline[LEAT_JSON_WINDOW_BLOCKS];  // line ends
    uint64_t fault[LEAT_JSON_WINDOW_BLOCKS];    // the line around this byte is for the walker
    uint64_t exotic[LEAT_JSON_WINDOW_BLOCKS];   // bytes of bare words that are no digit, minus or point: to be looked at
    uint64_t wide[LEAT_JSON_WINDOW_BLOCKS];     // bytes that are not ASCII, right or wrong
    uint32_t colon_gap;                         // bytes between colons and values: 0, 1, or LEAT_JSON_GAPS_VARY
    bool has_wide;                              // without it the words of `wide` mean nothing, and all bytes are ASCII
    bool any_fault;                             // some word of `fault`, `exotic` or `wide` is not zero
    uint64_t plane[7][LEAT_JSON_WINDOW_BLOCKS]; // scratch
    uint8_t names[LEAT_JSON_WINDOW_BYTES];      // with a signature: the names, a bit each, that a key starting here may be
};

// Scans `length` bytes, 1..LEAT_JSON_WINDOW_BYTES, of `text`, the last of which is a line end or the window is full.
// With a signature only keys that fit one of its names count.
// Reads nothing at or behind text + length, with a signature nothing LEAT_INPUT_PADDING bytes behind.
void leat_json_scan_avx512(struct leat_json_scan *scan, const struct leat_json_signature *signature, const char *text, size_t length);

// leat_json_scan_avx512 with AVX2, but for the signature: it is not looked at, and `names` is not written.
void leat_json_scan_avx2(struct leat_json_scan *scan, const struct leat_json_signature *signature, const char *text, size_t length);

// Writes the places of all items in the first `blocks` blocks, ascending, plus `base`; returns their number.
// `out` has room for 64 more than there are.
size_t leat_json_scan_items_avx512(const struct leat_json_scan *scan, size_t blocks, uint32_t base, uint32_t *out);

// leat_json_scan_items_avx512 with AVX2.
size_t leat_json_scan_items_avx2(const struct leat_json_scan *scan, size_t blocks, uint32_t base, uint32_t *out);

#endif
