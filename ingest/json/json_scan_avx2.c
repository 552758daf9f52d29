// The scan with AVX2: six lookups and comparisons a byte give six masks a block, which together tell the classes apart; then the
// masks of four blocks are worked on at once, one block a lane. The checks are those of json_scan_avx512.c.
#include "ingest/json/json_scan.h"

#include <immintrin.h>

// The masks. The sets are looked up by the low half of a byte, so that no two characters of a set have the same one.
enum {
    STRUCTURE, // { , } :
    GROUP_A,   // { , newline space tab return .
    GROUP_B,   // { } newline " 0 backslash
    DIGIT,     // 0 to 9
    SIGN,      // - . backslash
    CONTROL,   // control characters, and bytes beyond ASCII
    STRING,    // strings, with the opening quote; found in a pass of its own, so that those of many blocks are on their way at once
};

// Lane i is all ones where bit i of the index is set.
#define LANES(i)                                                                                                                           \
    { (i) & 1 ? -1 : 0, (i)&2 ? -1 : 0, (i)&4 ? -1 : 0, (i)&8 ? -1 : 0 }
static const int64_t lane_masks[16][4] __attribute__((aligned(64))) = {
    LANES(0), LANES(1), LANES(2),  LANES(3),  LANES(4),  LANES(5),  LANES(6),  LANES(7),
    LANES(8), LANES(9), LANES(10), LANES(11), LANES(12), LANES(13), LANES(14), LANES(15),
};

// Masks whose last bit counts in the next block: the vector of the four blocks before, its last lane moved to the front.
struct before {
    __m256i gap, colon, word, lead, lead_gap, close, close_gap, newline, minus, point, zero, run;
};

// What is carried from four blocks to the next.
struct carry {
    struct before before;
    unsigned in_member;           // 0 or 1: behind '{' or ',', in front of ':'
    __m256i spaced, tight, apart; // colons with a gap behind, without, and with one in front
    __m256i any;                  // what is to be looked at
};

static inline __m256i and2(__m256i a, __m256i b) {
    return _mm256_and_si256(a, b);
}

static inline __m256i or2(__m256i a, __m256i b) {
    return _mm256_or_si256(a, b);
}

static inline __m256i or3(__m256i a, __m256i b, __m256i c) {
    return or2(or2(a, b), c);
}

static inline __m256i and_not(__m256i a, __m256i b) {
    return _mm256_andnot_si256(b, a);
}

static inline __m256i differ(__m256i a, __m256i b) {
    return _mm256_xor_si256(a, b);
}

static inline __m256i load_32(const void *p) {
    return _mm256_loadu_si256(p);
}

static inline void store_32(void *p, __m256i value) {
    _mm256_storeu_si256(p, value);
}

static inline unsigned signs(__m256i lanes) {
    return (unsigned)_mm256_movemask_pd(_mm256_castsi256_pd(lanes));
}

static inline __m256i lanes_of(unsigned bits) {
    return load_32(lane_masks[bits & 15]);
}

// Every lane's last bit as the first bit of the lane behind; the first lane's comes from the vector before, which is replaced.
static inline __m256i to_next_lane(__m256i now, __m256i *before) {
    __m256i moved = _mm256_permute4x64_epi64(now, 0x93), last = _mm256_blend_epi32(moved, *before, 0x03);
    *before = moved;
    return _mm256_srli_epi64(last, 63);
}

// Every bit moved to the next byte, across lanes and from the vector before.
static inline __m256i next_byte(__m256i now, __m256i *before) {
    return or2(_mm256_add_epi64(now, now), to_next_lane(now, before));
}

// The bytes from each bit of `from` up to and without the next bit of `to`, as one long subtraction to - from; no bit is in both.
// Where a region is open already, the bit at `from` is not set; where none is, the bit at `to` is.
static inline __m256i regions(__m256i from, __m256i to, unsigned *open) {
    __m256i difference = _mm256_sub_epi64(to, from);
    unsigned borrows = signs(or2(from, and_not(difference, to))), passes = signs(_mm256_cmpeq_epi64(to, from));
    unsigned sum = ((borrows << 1) | *open) + passes;
    *open = sum >> 4;
    return _mm256_add_epi64(difference, lanes_of(sum ^ passes));
}

// The regions between quotes, the opening one included: where the number of quotes so far is odd.
static inline __m256i string_regions(__m256i quote, unsigned *in_string) {
    __m256i region = differ(quote, _mm256_slli_epi64(quote, 1));
    region = differ(region, _mm256_slli_epi64(region, 2));
    region = differ(region, _mm256_slli_epi64(region, 4));
    region = differ(region, _mm256_slli_epi64(region, 8));
    region = differ(region, _mm256_slli_epi64(region, 16));
    region = differ(region, _mm256_slli_epi64(region, 32));
    unsigned lanes = signs(region);
    lanes ^= lanes << 1;
    lanes ^= lanes << 2;
    unsigned flips = (lanes << 1) ^ (0u - *in_string);
    *in_string = (flips >> 4) & 1;
    return differ(region, lanes_of(flips));
}

// A string does not go on behind its line. Turns the regions round from every newline that stands in one; rare.
__attribute__((noinline)) static __m256i end_strings_at_newlines(__m256i region, __m256i newline, unsigned *in_string) {
    uint64_t regions[4], newlines[4], flip = 0;
    store_32(regions, region);
    store_32(newlines, newline);
    for (int i = 0; i < 4; i++) {
        regions[i] ^= flip;
        for (uint64_t left = newlines[i]; left; left &= left - 1) {
            int at = __builtin_ctzll(left);
            if (regions[i] >> at & 1) {
                regions[i] ^= ~UINT64_C(0) << at;
                flip = ~flip;
            }
        }
    }
    *in_string ^= flip & 1;
    return load_32(regions);
}

// Where token ends lead to: the byte behind, or the one behind a space there.
static inline __m256i over_gap(__m256i end, __m256i gap, __m256i *before) {
    return or2(and_not(end, gap), next_byte(and2(end, gap), before));
}

// Finds the strings of four blocks, and the escapes and control characters in them.
__attribute__((always_inline)) static inline void find_strings(struct leat_json_scan *scan, size_t block, unsigned *in_string) {
    __m256i structure = load_32(scan->plane[STRUCTURE] + block), control = load_32(scan->plane[CONTROL] + block);
    __m256i a = load_32(scan->plane[GROUP_A] + block), b = load_32(scan->plane[GROUP_B] + block);
    __m256i digit = load_32(scan->plane[DIGIT] + block), sign = load_32(scan->plane[SIGN] + block);
    __m256i newline = and_not(and2(a, b), structure), quote = and_not(b, or2(or3(structure, a, digit), sign));
    __m256i string = string_regions(quote, in_string);
    if (LEAT_UNLIKELY(!_mm256_testz_si256(string, newline)))
        string = end_strings_at_newlines(string, newline, in_string);
    if (LEAT_UNLIKELY(scan->has_wide))
        control = and_not(control, load_32(scan->wide + block));
    store_32(scan->plane[STRING] + block, string);
    store_32(scan->fault + block, or2(and2(sign, b), and2(control, string)));
}

// The classes of four blocks, but for newlines and quotes only outside strings.
struct classes {
    __m256i newline, opening, open, lead, colon, close, gap, word, exotic, digit, zero, minus, point;
};

__attribute__((always_inline)) static inline struct classes classes_of(const struct leat_json_scan *scan, size_t block) {
    __m256i structure = load_32(scan->plane[STRUCTURE] + block), string = load_32(scan->plane[STRING] + block);
    __m256i a = load_32(scan->plane[GROUP_A] + block), b = load_32(scan->plane[GROUP_B] + block);
    __m256i digit = load_32(scan->plane[DIGIT] + block), sign = load_32(scan->plane[SIGN] + block);
    __m256i number = or2(digit, sign), either = or2(a, b), structure_or_number = or2(structure, number);
    struct classes class = {
        .newline = and_not(and2(a, b), structure),
        .opening = and_not(and2(b, string), or2(structure_or_number, a)), // quotes
        .gap = and_not(a, or2(or3(structure, b, sign), string)),
        .exotic = and_not(_mm256_set1_epi64x(-1), or3(structure_or_number, either, string)),
    };
    digit = and_not(digit, string);
    sign = and_not(sign, string);
    structure = and_not(structure, string);
    class.word = or3(class.exotic, digit, sign);
    class.digit = digit;
    class.zero = and2(digit, b);
    class.point = and2(sign, a);
    class.minus = and_not(sign, either);
    class.close = and_not(and2(structure, b), a);
    class.lead = and_not(structure, class.close);
    class.colon = and_not(structure, either);
    class.open = and2(and2(structure, a), b);
    return class;
}

// Faults in numbers: a minus only in front, digits behind it and around the one point, no zero in front of digits.
__attribute__((always_inline)) static inline __m256i check_numbers(const struct classes *class, __m256i word_start, struct before *before) {
    __m256i minus = class->minus, point = class->point, digit = class->digit;
    __m256i after_minus = next_byte(minus, &before->minus), after_point = next_byte(point, &before->point);
    __m256i fault = or2(and_not(minus, word_start), and2(point, word_start));
    fault = or2(fault, and_not(or2(after_minus, after_point), digit));
    __m256i first_zero = and2(class->zero, or2(word_start, after_minus));
    fault = or2(fault, and2(next_byte(first_zero, &before->zero), digit));
    // Added to the digits and points, a point gives a carry that runs to the end of the number, where another point is met by it.
    // Carries pass from lane to lane, but not through one: a number that fills 64 bytes is left to the walker.
    __m256i run = or2(digit, point), sum = _mm256_add_epi64(run, point);
    sum = _mm256_add_epi64(sum, to_next_lane(and_not(run, and_not(sum, point)), &before->run));
    return or3(fault, and2(sum, point), _mm256_cmpeq_epi64(run, _mm256_set1_epi64x(-1)));
}

// Checks four blocks; stores their keys, newlines, faults and exotic bytes.
__attribute__((always_inline)) static inline void check_blocks(struct leat_json_scan *scan, size_t block, struct carry *carry) {
    struct before *before = &carry->before;
    const struct classes class = classes_of(scan, block);
    __m256i gap = class.gap, colon = class.colon, newline = class.newline;
    __m256i after_gap = next_byte(gap, &before->gap), after_colon = next_byte(colon, &before->colon);
    __m256i fault = or2(load_32(scan->fault + block), and2(after_gap, gap)); // two spaces
    carry->spaced = or2(carry->spaced, and2(after_colon, gap));
    carry->tight = or2(carry->tight, and_not(after_colon, gap));
    carry->apart = or2(carry->apart, and2(after_gap, colon));

    // Strings and words stand exactly where '{', ',' and ':' lead to, line ends where '}' does, and '{' behind them.
    __m256i word_start = and_not(class.word, next_byte(class.word, &before->word));
    __m256i led = over_gap(next_byte(class.lead, &before->lead), gap, &before->lead_gap);
    __m256i closed = over_gap(next_byte(class.close, &before->close), gap, &before->close_gap);
    fault = or2(fault, differ(led, or2(word_start, class.opening)));
    fault = or3(fault, differ(closed, newline), differ(next_byte(newline, &before->newline), class.open));

    // Keys stand between '{' or ',' and ':', and only they do.
    __m256i open_or_comma = and_not(class.lead, colon), member = regions(open_or_comma, colon, &carry->in_member);
    fault = or2(fault, and2(member, or3(colon, newline, class.word)));
    fault = or3(fault, and_not(open_or_comma, member), check_numbers(&class, word_start, before));

    store_32(scan->item + block, or2(newline, and2(class.opening, member)));
    store_32(scan->newline + block, newline);
    store_32(scan->fault + block, fault);
    store_32(scan->exotic + block, class.exotic);
    carry->any = or3(carry->any, fault, class.exotic);
}

static inline void store_mask(uint64_t *plane, size_t half, __m256i bytes) {
    uint32_t mask = (uint32_t)_mm256_movemask_epi8(bytes);
    memcpy((char *)plane + sizeof mask * half, &mask, sizeof mask);
}

// Whether each byte is the one that a table has for its low half.
static inline __m256i is_listed(__m256i table, __m256i bytes) {
    return _mm256_cmpeq_epi8(_mm256_shuffle_epi8(table, bytes), bytes);
}

// The masks of half a block.
static inline void classify(struct leat_json_scan *scan, size_t half, __m256i bytes) {
    // No byte whose low half is 0 is ff.
    const __m256i structure = _mm256_broadcastsi128_si256(_mm_setr_epi8(-1, 0, 0, 0, 0, 0, 0, 0, 0, 0, ':', '{', ',', '}', 0, 0));
    const __m256i a = _mm256_broadcastsi128_si256(_mm_setr_epi8(' ', 0, 0, 0, 0, 0, 0, 0, 0, '\t', '\n', '{', ',', '\r', '.', 0));
    const __m256i b = _mm256_broadcastsi128_si256(_mm_setr_epi8('0', 0, '"', 0, 0, 0, 0, 0, 0, 0, '\n', '{', '\\', '}', 0, 0));
    const __m256i sign = _mm256_broadcastsi128_si256(_mm_setr_epi8(-1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, '\\', '-', '.', 0));
    store_mask(scan->plane[STRUCTURE], half, is_listed(structure, bytes));
    store_mask(scan->plane[GROUP_A], half, is_listed(a, bytes));
    store_mask(scan->plane[GROUP_B], half, is_listed(b, bytes));
    store_mask(scan->plane[SIGN], half, is_listed(sign, bytes));
    // Moved to the end of the signed numbers, the digits are what is greater than the one in front of them.
    __m256i digit = _mm256_cmpgt_epi8(_mm256_add_epi8(bytes, _mm256_set1_epi8(127 - '9')), _mm256_set1_epi8(127 - 10));
    store_mask(scan->plane[DIGIT], half, digit);
    store_mask(scan->plane[CONTROL], half, _mm256_cmpgt_epi8(_mm256_set1_epi8(' '), bytes));
}

// The masks of a whole window, filled up with newlines to `blocks` blocks.
static void classify_all(struct leat_json_scan *scan, const char *text, size_t length, size_t blocks) {
    size_t half = 0, whole = length / 32;
    char rest[32];
    memset(rest, '\n', sizeof rest);
    memcpy(rest, text + 32 * whole, length % 32);
    __m256i any = load_32(rest);
    for (; half < whole; half++) {
        if (half % 2 == 0)
            _mm_prefetch(text + 32 * half + LEAT_JSON_WINDOW_BYTES, _MM_HINT_T0); // the next window is on its way meanwhile
        __m256i bytes = load_32(text + 32 * half);
        any = or2(any, bytes);
        classify(scan, half, bytes);
    }
    for (; half < 2 * blocks; half++)
        classify(scan, half, half == whole ? load_32(rest) : _mm256_set1_epi8('\n'));
    scan->has_wide = _mm256_movemask_epi8(any) != 0;
    if (!scan->has_wide)
        return;
    for (half = 0; half < 2 * blocks; half++)
        store_mask(scan->wide, half, half < whole ? load_32(text + 32 * half) : half == whole ? load_32(rest) : _mm256_setzero_si256());
}

void leat_json_scan_avx2(struct leat_json_scan *scan, const struct leat_json_signature *signature, const char *text, size_t length) {
    size_t blocks = (length + 255) / 256 * 4;
    (void)signature;
    classify_all(scan, text, length, blocks);
    __m256i none = _mm256_setzero_si256();
    struct carry carry = {.before.newline = _mm256_set1_epi64x(-1), .spaced = none, .tight = none, .apart = none, .any = none};
    unsigned in_string = 0;
    for (size_t i = 0; i < blocks; i += 4)
        find_strings(scan, i, &in_string);
    for (size_t i = 0; i < blocks; i += 4)
        check_blocks(scan, i, &carry);
    bool spaced = !_mm256_testz_si256(carry.spaced, carry.spaced), tight = !_mm256_testz_si256(carry.tight, carry.tight);
    bool apart = !_mm256_testz_si256(carry.apart, carry.apart);
    scan->colon_gap = apart || (spaced && tight) ? LEAT_JSON_GAPS_VARY : spaced;
    // What stands in for bytes behind the end is no line end.
    for (size_t i = length / 64; i < blocks; i++) {
        uint64_t inside = 64 * i < length ? (UINT64_C(1) << (length - 64 * i)) - 1 : 0;
        scan->newline[i] &= inside;
        scan->item[i] &= inside;
    }
    scan->any_fault = scan->has_wide || !_mm256_testz_si256(carry.any, carry.any);
}

size_t leat_json_scan_items_avx2(const struct leat_json_scan *scan, size_t blocks, uint32_t base, uint32_t *out) {
    size_t count = 0;
    for (size_t block = 0; block < blocks; block++, base += 64) {
        uint64_t bits = scan->item[block];
        size_t more = (size_t)__builtin_popcountll(bits);
        // Four at once, so that the number of items in a block does not decide about a branch; behind the last one is room.
        for (size_t i = 0; i < more; i += 4)
            for (size_t j = i; j < i + 4; j++) {
                out[count + j] = base + (uint32_t)_tzcnt_u64(bits);
                bits = _blsr_u64(bits);
            }
        count += more;
    }
    return count;
}
