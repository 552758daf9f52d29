#include "ingest/json/json_text.h"

#include <immintrin.h>

// ---- UTF-8 -----------------------------------------------------------------------------------------------------------

// The faults that a pair of bytes can have; a pair is faulty when its three lookups share a bit.
enum {
    TOO_SHORT = 1 << 0,  // a lead byte, and no continuation behind it
    TOO_LONG = 1 << 1,   // an ASCII byte, and a continuation behind it
    OVERLONG_3 = 1 << 2, // E0 80..9F
    SURROGATE = 1 << 3,  // ED A0..BF
    OVERLONG_2 = 1 << 4, // C0, C1
    TOO_LARGE = 1 << 5,  // F4 90.., F5..
    OVERLONG_4 = 1 << 6, // F0 80..8F; also F5.. with 80..8F
    TWO_CONTS = 1 << 7,  // two continuations; right only in the third and fourth place
    CARRY = TOO_SHORT | TOO_LONG | TWO_CONTS,
};

static const uint8_t first_high[16] = {
    TOO_LONG,
    TOO_LONG,
    TOO_LONG,
    TOO_LONG,
    TOO_LONG,
    TOO_LONG,
    TOO_LONG,
    TOO_LONG,
    TWO_CONTS,
    TWO_CONTS,
    TWO_CONTS,
    TWO_CONTS,
    TOO_SHORT | OVERLONG_2,
    TOO_SHORT,
    TOO_SHORT | OVERLONG_3 | SURROGATE,
    TOO_SHORT | TOO_LARGE | OVERLONG_4,
};
static const uint8_t first_low[16] = {
    CARRY | OVERLONG_3 | OVERLONG_2 | OVERLONG_4,
    CARRY | OVERLONG_2,
    CARRY,
    CARRY,
    CARRY | TOO_LARGE,
    CARRY | TOO_LARGE | OVERLONG_4,
    CARRY | TOO_LARGE | OVERLONG_4,
    CARRY | TOO_LARGE | OVERLONG_4,
    CARRY | TOO_LARGE | OVERLONG_4,
    CARRY | TOO_LARGE | OVERLONG_4,
    CARRY | TOO_LARGE | OVERLONG_4,
    CARRY | TOO_LARGE | OVERLONG_4,
    CARRY | TOO_LARGE | OVERLONG_4,
    CARRY | TOO_LARGE | OVERLONG_4 | SURROGATE,
    CARRY | TOO_LARGE | OVERLONG_4,
    CARRY | TOO_LARGE | OVERLONG_4,
};
static const uint8_t second_high[16] = {
    TOO_SHORT,
    TOO_SHORT,
    TOO_SHORT,
    TOO_SHORT,
    TOO_SHORT,
    TOO_SHORT,
    TOO_SHORT,
    TOO_SHORT,
    TOO_LONG | OVERLONG_2 | TWO_CONTS | OVERLONG_3 | OVERLONG_4,
    TOO_LONG | OVERLONG_2 | TWO_CONTS | OVERLONG_3 | TOO_LARGE,
    TOO_LONG | OVERLONG_2 | TWO_CONTS | SURROGATE | TOO_LARGE,
    TOO_LONG | OVERLONG_2 | TWO_CONTS | SURROGATE | TOO_LARGE,
    TOO_SHORT,
    TOO_SHORT,
    TOO_SHORT,
    TOO_SHORT,
};

static inline __m128i load_16(const void *p) {
    return _mm_loadu_si128(p);
}

static inline __m128i high_nibbles(__m128i v) {
    return _mm_and_si128(_mm_srli_epi16(v, 4), _mm_set1_epi8(0x0f));
}

// Faults of 16 bytes, `before` being the 16 in front of them; not zero where there are some.
static inline __m128i utf8_faults(__m128i bytes, __m128i before) {
    __m128i back1 = _mm_alignr_epi8(bytes, before, 15);
    __m128i pair = _mm_shuffle_epi8(load_16(first_high), high_nibbles(back1));
    pair = _mm_and_si128(pair, _mm_shuffle_epi8(load_16(first_low), _mm_and_si128(back1, _mm_set1_epi8(0x0f))));
    pair = _mm_and_si128(pair, _mm_shuffle_epi8(load_16(second_high), high_nibbles(bytes)));
    // The third byte after E0.. and the fourth after F0.. must be continuations, and only there may two of them be adjacent.
    __m128i third = _mm_subs_epu8(_mm_alignr_epi8(bytes, before, 14), _mm_set1_epi8((char)(0xe0 - 0x80)));
    __m128i fourth = _mm_subs_epu8(_mm_alignr_epi8(bytes, before, 13), _mm_set1_epi8((char)(0xf0 - 0x80)));
    __m128i must = _mm_and_si128(_mm_or_si128(third, fourth), _mm_set1_epi8((char)0x80));
    return _mm_xor_si128(must, pair);
}

bool leat_json_utf8_valid(const char *text, size_t length) {
    __m128i before = _mm_setzero_si128(), faults = _mm_setzero_si128();
    size_t i = 0;
    bool open = false; // the 16 bytes before end within a character, perhaps
    for (; i + 16 <= length; i += 16) {
        __m128i bytes = load_16(text + i);
        bool ascii = _mm_movemask_epi8(bytes) == 0;
        if (!ascii || open)
            faults = _mm_or_si128(faults, utf8_faults(bytes, before));
        before = bytes;
        open = !ascii;
    }
    // The rest with zeros behind it: a character that is cut off meets ASCII.
    char rest[32] = {0};
    memcpy(rest, text + i, length - i);
    __m128i bytes = load_16(rest);
    faults = _mm_or_si128(faults, utf8_faults(bytes, before));
    faults = _mm_or_si128(faults, utf8_faults(load_16(rest + 16), bytes));
    return _mm_testz_si128(faults, faults);
}

// ---- Strings ---------------------------------------------------------------------------------------------------------

static inline int hex_digit(char c) {
    if (c >= '0' && c <= '9')
        return c - '0';
    c |= 0x20;
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

// The value of four hexadecimal digits, or -1.
static int hex_4(const char *p) {
    int a = hex_digit(p[0]), b = hex_digit(p[1]), c = hex_digit(p[2]), d = hex_digit(p[3]);
    return (a | b | c | d) < 0 ? -1 : a << 12 | b << 8 | c << 4 | d;
}

// Where the escape that starts at the backslash `p` ends, or NULL.
static const char *escape_end(const char *p, const char *end) {
    if (end - p < 2)
        return NULL;
    switch (p[1]) {
    case '"':
    case '\\':
    case '/':
    case 'b':
    case 'f':
    case 'n':
    case 'r':
    case 't':
        return p + 2;
    case 'u':
        return end - p >= 6 && hex_4(p + 2) >= 0 ? p + 6 : NULL;
    default:
        return NULL;
    }
}

// The first byte of [p, end) that is a quote, a backslash or a control character, or `end`.
static inline const char *find_special(const char *p, const char *end) {
    for (; end - p >= 16; p += 16) {
        __m128i bytes = load_16(p);
        __m128i special = _mm_or_si128(_mm_cmpeq_epi8(bytes, _mm_set1_epi8('"')), _mm_cmpeq_epi8(bytes, _mm_set1_epi8('\\')));
        special = _mm_or_si128(special, _mm_cmpeq_epi8(_mm_min_epu8(bytes, _mm_set1_epi8(0x1f)), bytes));
        unsigned mask = (unsigned)_mm_movemask_epi8(special);
        if (mask)
            return p + __builtin_ctz(mask);
    }
    while (p < end && *p != '"' && *p != '\\' && (uint8_t)*p >= 0x20)
        p++;
    return p;
}

const char *leat_json_string_end(const char *p, const char *end, bool *escaped) {
    for (;;) {
        p = find_special(p, end);
        if (p == end || (uint8_t)*p < 0x20)
            return NULL;
        if (*p == '"')
            return p;
        *escaped = true;
        p = escape_end(p, end);
        if (p == NULL)
            return NULL;
    }
}

static size_t put_utf8(uint32_t c, char *out) {
    if (c < 0x80) {
        out[0] = (char)c;
        return 1;
    }
    if (c < 0x800) {
        out[0] = (char)(0xc0 | c >> 6);
        out[1] = (char)(0x80 | (c & 0x3f));
        return 2;
    }
    if (c < 0x10000) {
        out[0] = (char)(0xe0 | c >> 12);
        out[1] = (char)(0x80 | (c >> 6 & 0x3f));
        out[2] = (char)(0x80 | (c & 0x3f));
        return 3;
    }
    out[0] = (char)(0xf0 | c >> 18);
    out[1] = (char)(0x80 | (c >> 12 & 0x3f));
    out[2] = (char)(0x80 | (c >> 6 & 0x3f));
    out[3] = (char)(0x80 | (c & 0x3f));
    return 4;
}

// The character of the \u escape at *p, which is advanced past it and, with a surrogate pair, past its partner.
static uint32_t unicode_escape(const char **p, const char *end, bool *lone) {
    uint32_t c = (uint32_t)hex_4(*p + 2);
    *p += 6;
    if (c < 0xd800 || c > 0xdfff)
        return c;
    if (c < 0xdc00 && end - *p >= 6 && (*p)[0] == '\\' && (*p)[1] == 'u') {
        uint32_t low = (uint32_t)hex_4(*p + 2);
        if (low >= 0xdc00 && low <= 0xdfff) {
            *p += 6;
            return 0x10000 + ((c - 0xd800) << 10) + (low - 0xdc00);
        }
    }
    *lone = true;
    return '?';
}

size_t leat_json_unescape(const char *raw, size_t length, char *out, bool *lone) {
    const char *p = raw, *end = raw + length;
    char *start = out;
    *lone = false;
    while (p < end) {
        const char *stop = memchr(p, '\\', (size_t)(end - p));
        size_t plain = (size_t)((stop ? stop : end) - p);
        memmove(out, p, plain); // `out` may be `raw`
        out += plain;
        if (!stop)
            break;
        p = stop;
        if (p[1] == 'u') {
            out += put_utf8(unicode_escape(&p, end, lone), out);
            continue;
        }
        static const char from[] = "bfnrt", to[] = "\b\f\n\r\t";
        const char *letter = strchr(from, p[1]);
        *out++ = letter ? to[letter - from] : p[1];
        p += 2;
    }
    return (size_t)(out - start);
}
