// The scan with AVX2: one comparison a class and 32 bytes, and the checks of json_scan_avx512.c on one 64-bit word at a time.
#include "ingest/json/json_scan.h"

#include <immintrin.h>

// 64 bytes of text.
struct bytes {
    __m256i low, high;
};

// The classes of 64 bytes, a bit each.
struct classes {
    uint64_t quote, backslash, newline, space, open, close, colon, comma, digit, zero, minus, point, control, wide;
};

// Bits that count in the next block: the last bits of the words before.
struct before {
    uint64_t gap, colon, word, lead, lead_gap, close, close_gap, newline, minus, point, zero;
};

struct carry {
    struct before before;
    uint64_t in_string;             // 0, or all ones
    unsigned char member, fraction; // 0 or 1: a region is open
    uint64_t spaced, tight, apart;  // colons with a gap behind, without, and with one in front
};

static inline uint64_t bits(__m256i low, __m256i high) {
    return (uint32_t)_mm256_movemask_epi8(low) | (uint64_t)(uint32_t)_mm256_movemask_epi8(high) << 32;
}

static inline uint64_t equal(struct bytes bytes, char c) {
    return bits(_mm256_cmpeq_epi8(bytes.low, _mm256_set1_epi8(c)), _mm256_cmpeq_epi8(bytes.high, _mm256_set1_epi8(c)));
}

static inline __m256i at_most(__m256i bytes, char c) {
    return _mm256_cmpeq_epi8(_mm256_min_epu8(bytes, _mm256_set1_epi8(c)), bytes);
}

// Space, tab, line end and return differ in their low halves, which look each of them up.
static inline __m256i is_space(__m256i bytes) {
    const __m256i spaces = _mm256_setr_epi8(' ', 0, 0, 0, 0, 0, 0, 0, 0, '\t', '\n', 0, 0, '\r', 0, 0, ' ', 0, 0, 0, 0, 0, 0, 0, 0, '\t',
                                            '\n', 0, 0, '\r', 0, 0);
    return _mm256_cmpeq_epi8(_mm256_shuffle_epi8(spaces, bytes), bytes);
}

__attribute__((always_inline)) static inline struct classes classify(struct bytes bytes) {
    __m256i low = _mm256_sub_epi8(bytes.low, _mm256_set1_epi8('0')), high = _mm256_sub_epi8(bytes.high, _mm256_set1_epi8('0'));
    return (struct classes){
        .quote = equal(bytes, '"'),
        .backslash = equal(bytes, '\\'),
        .newline = equal(bytes, '\n'),
        .space = bits(is_space(bytes.low), is_space(bytes.high)),
        .open = equal(bytes, '{'),
        .close = equal(bytes, '}'),
        .colon = equal(bytes, ':'),
        .comma = equal(bytes, ','),
        .digit = bits(at_most(low, 9), at_most(high, 9)),
        .zero = equal(bytes, '0'),
        .minus = equal(bytes, '-'),
        .point = equal(bytes, '.'),
        .control = bits(at_most(bytes.low, 0x1f), at_most(bytes.high, 0x1f)),
        .wide = bits(bytes.low, bytes.high),
    };
}

// Every bit moved to the next byte, the last bit of the word before coming in.
static inline uint64_t next_byte(uint64_t now, uint64_t *before) {
    uint64_t moved = now << 1 | *before;
    *before = now >> 63;
    return moved;
}

// The bytes from each bit of `from` up to and without the next bit of `to`; see json_scan_avx512.c.
static inline uint64_t regions(uint64_t from, uint64_t to, unsigned char *open) {
    unsigned long long difference;
    *open = _subborrow_u64(*open, to, from, &difference);
    return difference;
}

// The regions between quotes, the opening one included.
static inline uint64_t string_regions(uint64_t quote, uint64_t newline, uint64_t *in_string) {
    uint64_t region = (uint64_t)_mm_cvtsi128_si64(_mm_clmulepi64_si128(_mm_cvtsi64_si128((int64_t)quote), _mm_set1_epi8(-1), 0));
    region ^= *in_string;
    for (uint64_t left = region & newline; LEAT_UNLIKELY(left != 0); left = region & newline)
        region ^= ~UINT64_C(0) << __builtin_ctzll(left); // a string does not go on behind its line
    *in_string = (uint64_t)((int64_t)region >> 63);
    return region;
}

// Where token ends lead to: the byte behind, or the one behind a space there.
static inline uint64_t over_gap(uint64_t end, uint64_t gap, uint64_t *before) {
    return (end & ~gap) | next_byte(end & gap, before);
}

// Faults in numbers.
__attribute__((always_inline)) static inline uint64_t check_numbers(const struct classes *class, uint64_t word, uint64_t word_start,
                                                                    uint64_t word_end, struct carry *carry) {
    uint64_t minus = class->minus & word, point = class->point & word;
    uint64_t after_minus = next_byte(minus, &carry->before.minus), after_point = next_byte(point, &carry->before.point);
    uint64_t first_zero = class->zero & word & (word_start | after_minus);
    uint64_t fault = (minus & ~word_start) | (point & word_start) | ((after_minus | after_point) & ~class->digit);
    fault |= next_byte(first_zero, &carry->before.zero) & class->digit;
    return fault | (point & ~regions(point, word_end, &carry->fraction));
}

__attribute__((always_inline)) static inline uint64_t check_block(struct leat_json_scan *scan, size_t block, const struct classes *class,
                                                                  struct carry *carry) {
    struct before *before = &carry->before;
    uint64_t string = string_regions(class->quote, class->newline, &carry->in_string), outside = ~(string | class->quote);
    uint64_t gap = class->space & ~class->newline & outside, colon = class->colon & outside, close = class->close & outside;
    uint64_t open = class->open & outside, comma = class->comma & outside, newline = class->newline;
    uint64_t word = outside & ~(gap | colon | close | open | comma | newline);
    uint64_t exotic = word & ~(class->digit | class->minus | class->point);

    uint64_t after_gap = next_byte(gap, &before->gap), after_colon = next_byte(colon, &before->colon);
    carry->spaced |= after_colon & gap;
    carry->tight |= after_colon & ~gap;
    carry->apart |= after_gap & colon;
    uint64_t fault = class->backslash | (class->control & ~newline & string) | (after_gap & gap);

    uint64_t after_word = next_byte(word, &before->word), word_start = word & ~after_word, word_end = after_word & ~word;
    uint64_t lead = next_byte(open | comma | colon, &before->lead);
    fault |= over_gap(lead, gap, &before->lead_gap) ^ (word_start | (class->quote & string));
    fault |= over_gap(next_byte(close, &before->close), gap, &before->close_gap) ^ newline;
    fault |= next_byte(newline, &before->newline) ^ open;

    uint64_t member = regions(open | comma, colon, &carry->member);
    fault |= (member & (colon | newline | word)) | ((open | comma) & ~member);
    fault |= check_numbers(class, word, word_start, word_end, carry);

    scan->item[block] = newline | (class->quote & string & member);
    scan->newline[block] = newline;
    scan->fault[block] = fault;
    scan->exotic[block] = exotic;
    scan->wide[block] = class->wide;
    return fault | exotic | class->wide;
}

static inline struct bytes load_64(const char *p) {
    return (struct bytes){_mm256_loadu_si256((const __m256i *)(const void *)p),
                          _mm256_loadu_si256((const __m256i *)(const void *)(p + 32))};
}

void leat_json_scan_avx2(struct leat_json_scan *scan, const struct leat_json_signature *signature, const char *text, size_t length) {
    struct carry carry = {.before.newline = 1};
    size_t whole = length / 64;
    uint64_t any = 0;
    (void)signature;
    char rest[64];
    memset(rest, '\n', sizeof rest);
    memcpy(rest, text + 64 * whole, length % 64);
    for (size_t block = 0; 64 * block < length; block++) {
        const char *p = block < whole ? text + 64 * block : rest;
        _mm_prefetch(p + LEAT_JSON_WINDOW_BYTES, _MM_HINT_T0); // the next window is on its way meanwhile
        struct classes class = classify(load_64(p));
        any |= check_block(scan, block, &class, &carry);
    }
    if (length % 64) { // what stands in for bytes behind the end is no line end
        scan->newline[whole] &= (UINT64_C(1) << length % 64) - 1;
        scan->item[whole] &= (UINT64_C(1) << length % 64) - 1;
    }
    scan->colon_gap = carry.apart || (carry.spaced && carry.tight) ? LEAT_JSON_GAPS_VARY : carry.spaced != 0;
    scan->has_wide = true;
    scan->any_fault = any != 0;
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
