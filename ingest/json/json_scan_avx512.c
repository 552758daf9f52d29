// The scan with AVX-512: classes by one table lookup a byte, four bits each, whose bits become four masks a block; then the masks
// of eight blocks are worked on at once, one block a lane.
#include "ingest/json/json_scan.h"

#include <immintrin.h>

// Classes of characters; the bits are chosen so that every group that the checks need is one function of three bits.
enum {
    OTHER = 0, // letters and the like, everything beyond ASCII
    CONTROL = 1,
    TAB_OR_RETURN = 2,
    SPACE = 3,
    NEWLINE = 4,
    BACKSLASH = 5,
    QUOTE = 6,
    OPEN = 8,
    COMMA = 9,
    COLON = 10,
    CLOSE = 11,
    MINUS = 12,
    POINT = 13,
    ZERO = 14,
    DIGIT = 15, // 1 to 9
};

static const uint8_t classes[128] = {
    CONTROL,       CONTROL,       CONTROL,       CONTROL,       CONTROL,       CONTROL,       CONTROL,
    CONTROL,       CONTROL,       TAB_OR_RETURN, NEWLINE,       CONTROL,       CONTROL,       TAB_OR_RETURN,
    CONTROL,       CONTROL,       CONTROL,       CONTROL,       CONTROL,       CONTROL,       CONTROL,
    CONTROL,       CONTROL,       CONTROL,       CONTROL,       CONTROL,       CONTROL,       CONTROL,
    CONTROL,       CONTROL,       CONTROL,       CONTROL,       [' '] = SPACE, ['"'] = QUOTE, [','] = COMMA,
    ['-'] = MINUS, ['.'] = POINT, ['0'] = ZERO,  ['1'] = DIGIT, ['2'] = DIGIT, ['3'] = DIGIT, ['4'] = DIGIT,
    ['5'] = DIGIT, ['6'] = DIGIT, ['7'] = DIGIT, ['8'] = DIGIT, ['9'] = DIGIT, [':'] = COLON, ['\\'] = BACKSLASH,
    ['{'] = OPEN,  ['}'] = CLOSE,
};

// Masks whose last bit counts in the next block: the vector of the eight blocks before.
struct before {
    __m512i colon, word, lead, lead_gap, close, close_gap, newline, gap, minus, point, zero;
};

// What else is carried from eight blocks to the next.
struct carry {
    struct before before;
    unsigned in_member; // 0 or 1: behind '{' or ',', in front of ':'
    unsigned in_fraction;
    __m512i spaced, tight, apart; // colons with a gap behind, without, and with one in front
};

// Every bit moved to the next byte, across lanes and from the vector before, which is replaced.
static inline __m512i next_byte(__m512i now, __m512i *before) {
    __m512i moved = _mm512_shldi_epi64(now, _mm512_alignr_epi64(now, *before, 7), 1);
    *before = now;
    return moved;
}

// The bytes from each bit of `from` up to and without the next bit of `to`, as one long subtraction to - from. Where a region
// is open already, the bit at `from` is not set; where none is, the bit at `to` is.
static inline __m512i regions(__m512i from, __m512i to, unsigned *open) {
    __m512i difference = _mm512_sub_epi64(to, from);
    unsigned borrows = _mm512_cmplt_epu64_mask(to, from), passes = _mm512_cmpeq_epi64_mask(to, from);
    unsigned sum = ((borrows << 1) | *open) + passes;
    *open = sum >> 8;
    return _mm512_mask_sub_epi64(difference, (__mmask8)(sum ^ passes), difference, _mm512_set1_epi64(1));
}

// The regions between quotes, the opening one included: in each lane a carry-less product with all ones, across lanes the same
// in a byte.
static inline __m512i string_regions(__m512i quote, unsigned *in_string) {
    const __m512i ones = _mm512_set1_epi64(-1);
    __m512i even = _mm512_clmulepi64_epi128(quote, ones, 0x00), odd = _mm512_clmulepi64_epi128(quote, ones, 0x01);
    __m512i region = _mm512_unpacklo_epi64(even, odd);
    unsigned lanes = _mm512_movepi64_mask(region);
    lanes ^= lanes << 1;
    lanes ^= lanes << 2;
    lanes ^= lanes << 4;
    unsigned flips = (lanes << 1) ^ (0u - *in_string);
    *in_string = (flips >> 8) & 1;
    return _mm512_xor_si512(region, _mm512_movm_epi64((__mmask8)flips));
}

// A string does not go on behind its line. Turns the regions round from every newline that stands in one; rare.
__attribute__((noinline)) static __m512i end_strings_at_newlines(__m512i region, __m512i newline, unsigned *in_string) {
    uint64_t regions[8], newlines[8], flip = 0;
    _mm512_storeu_si512(regions, region);
    _mm512_storeu_si512(newlines, newline);
    for (int i = 0; i < 8; i++) {
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
    return _mm512_loadu_si512(regions);
}

#define AND3(a, b, c)      _mm512_ternarylogic_epi64(a, b, c, 0x80)
#define OR3(a, b, c)       _mm512_ternarylogic_epi64(a, b, c, 0xfe)
#define OR_ANDNOT(a, b, c) _mm512_ternarylogic_epi64(a, b, c, 0xf4) // a | (b & ~c)
#define OR_AND(a, b, c)    _mm512_ternarylogic_epi64(a, b, c, 0xf8) // a | (b & c)
#define OR_XOR(a, b, c)    _mm512_ternarylogic_epi64(a, b, c, 0xf6) // a | (b ^ c)
#define ANDNOT(a, b)       _mm512_andnot_si512(b, a)                // a & ~b

// Where the token ends `end` (the byte behind each) lead to: that byte, or the one behind a space there.
static inline __m512i over_gap(__m512i end, __m512i gap, __m512i *before) {
    return _mm512_or_si512(ANDNOT(end, gap), next_byte(_mm512_and_si512(end, gap), before));
}

// Finds the strings of eight blocks.
__attribute__((always_inline)) static inline void find_strings(struct leat_json_scan *scan, size_t block, unsigned *in_string) {
    __m512i b0 = _mm512_loadu_si512(scan->plane[0] + block), b1 = _mm512_loadu_si512(scan->plane[1] + block);
    __m512i b2 = _mm512_loadu_si512(scan->plane[2] + block), b3 = _mm512_loadu_si512(scan->plane[3] + block);
    __m512i newline = ANDNOT(_mm512_ternarylogic_epi64(b3, b2, b1, 0x04), b0);
    __m512i string = string_regions(_mm512_ternarylogic_epi64(b3, b2, b1, 0x08), in_string);
    if (LEAT_UNLIKELY(_mm512_test_epi64_mask(string, newline)))
        string = end_strings_at_newlines(string, newline, in_string);
    _mm512_storeu_si512(scan->plane[4] + block, string);
}

// Checks eight blocks; stores their keys, newlines, faults and exotic bytes. Returns what is to be looked at, or'ed.
static inline __m512i check_blocks(struct leat_json_scan *scan, size_t block, struct carry *carry, bool sign) {
    struct before *before = &carry->before;
    __m512i b0 = _mm512_loadu_si512(scan->plane[0] + block), b1 = _mm512_loadu_si512(scan->plane[1] + block);
    __m512i b2 = _mm512_loadu_si512(scan->plane[2] + block), b3 = _mm512_loadu_si512(scan->plane[3] + block);

    __m512i quote = _mm512_ternarylogic_epi64(b3, b2, b1, 0x08);
    __m512i line_or_escape = _mm512_ternarylogic_epi64(b3, b2, b1, 0x04);
    __m512i newline = ANDNOT(line_or_escape, b0);
    __m512i string = _mm512_loadu_si512(scan->plane[4] + block);

    __m512i open_or_comma = ANDNOT(_mm512_ternarylogic_epi64(b3, b2, b1, 0x10), string);
    __m512i colon_or_close = ANDNOT(_mm512_ternarylogic_epi64(b3, b2, b1, 0x20), string);
    __m512i open = ANDNOT(open_or_comma, b0), colon = ANDNOT(colon_or_close, b0), close = _mm512_and_si512(colon_or_close, b0);
    __m512i gap = ANDNOT(_mm512_ternarylogic_epi64(b3, b2, b1, 0x02), string);
    __m512i word = ANDNOT(_mm512_ternarylogic_epi64(b3, b2, b1, 0xc1), string);
    __m512i exotic = ANDNOT(word, b3);

    // Escapes and control characters in strings; two spaces.
    __m512i control = ANDNOT(_mm512_xor_si512(b0, b1), _mm512_or_si512(b2, b3));
    __m512i fault = OR_AND(_mm512_and_si512(line_or_escape, b0), control, string);
    __m512i after_gap = next_byte(gap, &before->gap), after_colon = next_byte(colon, &before->colon);
    fault = OR_AND(fault, after_gap, gap);
    carry->spaced = OR_AND(carry->spaced, after_colon, gap);
    carry->tight = OR_ANDNOT(carry->tight, after_colon, gap);
    carry->apart = OR_AND(carry->apart, after_gap, colon);

    // Strings and words stand exactly where '{', ',' and ':' lead to, line ends where '}' does, and '{' behind them. What follows
    // strings and words needs no check: whatever it is, it would be a token that nothing leads to, or break the rules below.
    __m512i after_word = next_byte(word, &before->word);
    __m512i word_start = ANDNOT(word, after_word);
    __m512i lead = _mm512_or_si512(open_or_comma, colon);
    fault = OR_XOR(fault, over_gap(next_byte(lead, &before->lead), gap, &before->lead_gap), OR_AND(word_start, quote, string));
    fault = OR_XOR(fault, over_gap(next_byte(close, &before->close), gap, &before->close_gap), newline);
    fault = OR_XOR(fault, next_byte(newline, &before->newline), open);

    // Keys stand between '{' or ',' and ':', and only they do.
    __m512i member = regions(open_or_comma, colon, &carry->in_member);
    fault = OR_AND(fault, member, OR3(colon, newline, word));
    fault = OR_ANDNOT(fault, open_or_comma, member);

    // Numbers: a minus only in front, digits behind it and behind the one point, no zero in front of digits.
    __m512i digit = AND3(b3, b2, b1);
    __m512i minus = AND3(ANDNOT(b3, b1), ANDNOT(b2, b0), word), point = AND3(ANDNOT(b3, b1), _mm512_and_si512(b2, b0), word);
    __m512i after_minus = next_byte(minus, &before->minus), after_point = next_byte(point, &before->point);
    fault = OR_ANDNOT(fault, minus, word_start);
    fault = OR_AND(fault, point, word_start);
    fault = OR_ANDNOT(fault, _mm512_or_si512(after_minus, after_point), digit);
    __m512i first_zero = AND3(ANDNOT(digit, b0), word, _mm512_or_si512(word_start, after_minus));
    fault = OR_AND(fault, next_byte(first_zero, &before->zero), digit);
    fault = OR_ANDNOT(fault, point, regions(point, ANDNOT(after_word, word), &carry->in_fraction));

    __m512i key = AND3(quote, string, member);
    if (sign)
        key = _mm512_and_si512(key, _mm512_loadu_si512(scan->item + block));
    _mm512_storeu_si512(scan->item + block, _mm512_or_si512(key, newline));
    _mm512_storeu_si512(scan->newline + block, newline);
    _mm512_storeu_si512(scan->fault + block, fault);
    _mm512_storeu_si512(scan->exotic + block, exotic);
    return _mm512_or_si512(fault, exotic);
}

// The tables that bytes are looked up in.
struct tables {
    __m512i class_low, class_high, first_low, first_high, second_low, second_high;
    uint32_t first_offset, second_offset;
};

// Which of 64 places may be the opening quotes of wanted keys; `text` is the first, bytes behind `left` are not looked at.
static inline void find_names(struct leat_json_scan *scan, size_t block, const struct tables *tables, const char *text, uint64_t left) {
    const char *first = text + 1 + tables->first_offset, *second = text + 1 + tables->second_offset;
    __m512i a = _mm512_maskz_loadu_epi8(left, first), b = _mm512_maskz_loadu_epi8(left, second);
    __m512i names = _mm512_and_si512(_mm512_permutex2var_epi8(tables->first_low, a, tables->first_high),
                                     _mm512_permutex2var_epi8(tables->second_low, b, tables->second_high));
    _mm512_storeu_si512(scan->names + 64 * block, names);
    scan->item[block] = _mm512_test_epi8_mask(names, names);
}

// The classes of 64 bytes as four masks. Without `wide` all bytes must be ASCII.
static inline void classify(struct leat_json_scan *scan, size_t block, __m512i bytes, const struct tables *tables, bool wide) {
    __m512i class;
    if (wide) {
        scan->wide[block] = _mm512_movepi8_mask(bytes);
        class = _mm512_maskz_permutex2var_epi8(~scan->wide[block], tables->class_low, bytes, tables->class_high);
    } else {
        class = _mm512_permutex2var_epi8(tables->class_low, bytes, tables->class_high);
    }
    scan->plane[0][block] = _mm512_test_epi8_mask(class, _mm512_set1_epi8(1));
    scan->plane[1][block] = _mm512_test_epi8_mask(class, _mm512_set1_epi8(2));
    scan->plane[2][block] = _mm512_test_epi8_mask(class, _mm512_set1_epi8(4));
    scan->plane[3][block] = _mm512_test_epi8_mask(class, _mm512_set1_epi8(8));
}

static struct tables tables_load(const struct leat_json_signature *signature) {
    struct tables tables = {.class_low = _mm512_loadu_si512(classes), .class_high = _mm512_loadu_si512(classes + 64)};
    if (signature) {
        tables.first_low = _mm512_loadu_si512(signature->first);
        tables.first_high = _mm512_loadu_si512(signature->first + 64);
        tables.second_low = _mm512_loadu_si512(signature->second);
        tables.second_high = _mm512_loadu_si512(signature->second + 64);
        tables.first_offset = signature->first_offset;
        tables.second_offset = signature->second_offset;
    }
    return tables;
}

// The classes of a whole window, and with `sign` what may be names. False when there are bytes beyond ASCII and `wide` is not set.
__attribute__((always_inline)) static inline bool classify_all(struct leat_json_scan *scan, const struct tables *tables, bool sign,
                                                               bool wide, const char *text, size_t length) {
    size_t block = 0, whole = length / 64;
    __m512i any = _mm512_setzero_si512();
    for (; block < whole; block++) {
        // Windows are visited in bursts with other work between; the next one is on its way meanwhile.
        _mm_prefetch(text + 64 * block + LEAT_JSON_WINDOW_BYTES, _MM_HINT_T0);
        __m512i bytes = _mm512_loadu_si512(text + 64 * block);
        any = _mm512_or_si512(any, bytes);
        classify(scan, block, bytes, tables, wide);
        if (sign)
            find_names(scan, block, tables, text + 64 * block, UINT64_MAX);
    }
    // The last block and those that fill up eight.
    for (; block % 8 || 64 * block < length; block++) {
        uint64_t left = 64 * block < length ? (UINT64_C(1) << (length - 64 * block)) - 1 : 0;
        __m512i bytes = _mm512_mask_loadu_epi8(_mm512_set1_epi8('\n'), left, text + 64 * block);
        any = _mm512_or_si512(any, bytes);
        classify(scan, block, bytes, tables, wide);
        if (sign)
            find_names(scan, block, tables, text + 64 * block, left);
    }
    return wide || _mm512_movepi8_mask(any) == 0;
}

void leat_json_scan_avx512(struct leat_json_scan *scan, const struct leat_json_signature *signature, const char *text, size_t length) {
    const struct tables tables = tables_load(signature);
    size_t blocks = (length + 511) / 512 * 8;
    scan->has_wide =
        !(signature ? classify_all(scan, &tables, true, false, text, length) : classify_all(scan, &tables, false, false, text, length));
    if (scan->has_wide)
        classify_all(scan, &tables, signature != NULL, true, text, length);
    struct carry carry = {.before.newline = _mm512_set1_epi64(-1)};
    __m512i any = _mm512_setzero_si512();
    unsigned in_string = 0;
    for (size_t i = 0; i < blocks; i += 8)
        find_strings(scan, i, &in_string);
    for (size_t i = 0; i < blocks; i += 8)
        any = _mm512_or_si512(any, check_blocks(scan, i, &carry, signature != NULL));
    bool spaced = _mm512_test_epi64_mask(carry.spaced, carry.spaced) != 0, tight = _mm512_test_epi64_mask(carry.tight, carry.tight) != 0;
    bool apart = _mm512_test_epi64_mask(carry.apart, carry.apart) != 0;
    scan->colon_gap = apart || (spaced && tight) ? LEAT_JSON_GAPS_VARY : spaced;
    // What stands in for bytes behind the end is no line end.
    for (size_t i = length / 64; i < blocks; i++) {
        uint64_t inside = 64 * i < length ? (UINT64_C(1) << (length - 64 * i)) - 1 : 0;
        scan->newline[i] &= inside;
        scan->item[i] &= inside;
    }
    scan->any_fault = scan->has_wide || _mm512_test_epi64_mask(any, any) != 0;
}

size_t leat_json_scan_items_avx512(const struct leat_json_scan *scan, size_t blocks, uint32_t base, uint32_t *out) {
    const __m512i iota = _mm512_set_epi8(63, 62, 61, 60, 59, 58, 57, 56, 55, 54, 53, 52, 51, 50, 49, 48, 47, 46, 45, 44, 43, 42, 41, 40, 39,
                                         38, 37, 36, 35, 34, 33, 32, 31, 30, 29, 28, 27, 26, 25, 24, 23, 22, 21, 20, 19, 18, 17, 16, 15, 14,
                                         13, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1, 0);
    __m512i start = _mm512_set1_epi32((int)base);
    size_t count = 0;
    for (size_t block = 0; block < blocks; block++, start = _mm512_add_epi32(start, _mm512_set1_epi32(64))) {
        __m512i places = _mm512_maskz_compress_epi8(scan->item[block], iota);
        size_t more = (size_t)__builtin_popcountll(scan->item[block]);
        _mm512_storeu_si512(out + count, _mm512_add_epi32(start, _mm512_cvtepu8_epi32(_mm512_castsi512_si128(places))));
        if (LEAT_UNLIKELY(more > 16)) {
            __m128i parts[4];
            _mm512_storeu_si512(parts, places);
            for (size_t i = 1; i < 4; i++)
                _mm512_storeu_si512(out + count + 16 * i, _mm512_add_epi32(start, _mm512_cvtepu8_epi32(parts[i])));
        }
        count += more;
    }
    return count;
}
