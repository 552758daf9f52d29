// Numbers from text and to text: DOUBLE and BIGINT, exact, fast, and blind to the locale.
// All functions are pure and may be called by any thread; none allocates.
#ifndef LEAT_ENGINE_EXPR_NUMBER_H
#define LEAT_ENGINE_EXPR_NUMBER_H

#include "engine/base/base.h"

// Bytes behind `end` that leat_double_parse_prefix may read (it never uses what they hold).
#define LEAT_NUMBER_PADDING_BYTES 32

// Room that leat_int64_print needs; the longest text has 20 bytes.
#define LEAT_INT64_TEXT_BYTES 20

// Room that the printers of one double need; the longest text has 25 bytes, the rest is scratch.
#define LEAT_DOUBLE_TEXT_BYTES 48

// Reads a number that takes up the whole text, in the strict grammar of JSON (RFC 8259, section 6: no plus sign, no leading zero,
// digits on both sides of the point). The result is the double nearest to the decimal value, ties to even, whatever its length.
// Too large gives an infinity, too small a subnormal or a signed zero; both are true. False, with *out untouched, for anything else.
bool leat_double_parse(const char *text, size_t length, double *out);

// Reads the JSON number that starts at `text` and returns where it ends, at most `end`; NULL, with *out untouched, when there is
// none ("1.e5" and "01" are none). What follows is for the caller to judge. Results as leat_double_parse.
// LEAT_NUMBER_PADDING_BYTES behind `end` must be readable.
const char *leat_double_parse_prefix(const char *text, const char *end, double *out);

// For leat_double_parse_batch: there is no number here.
#define LEAT_NUMBER_ABSENT UINT32_MAX

// leat_double_parse_prefix for n numbers: number i starts at base + start[i] < end. out[i] is its value and stop[i] the offset from
// `base` at which it ends; both are 0 where no JSON number starts and where start[i] is LEAT_NUMBER_ABSENT. `end` is less than 4 GiB
// behind `base`; LEAT_NUMBER_PADDING_BYTES behind it must be readable. Without branches on the shape of the usual number where the
// processor has AVX-512 (numbers with an exponent or more than 19 digits go one by one there and are better parsed so); every SIMD level
// gives the same. The arrays do not overlap.
void leat_double_parse_batch(const char *base, const uint32_t *start, size_t n, const char *end, double *out, uint32_t *stop);

// The double nearest to mantissa * 10^exponent10, negated if `negative`, ties to even; for readers that have scanned the digits.
// With `truncated`, `mantissa` holds the first 19 significant digits of the JSON number at [text, end) and the rest decides the
// rounding; otherwise `text` and `end` are not looked at. (Lemire, "Number Parsing at a Gigabyte per Second", 2021; Mushtak and
// Lemire, "Fast Number Parsing Without Fallback", 2023.)
double leat_double_from_decimal(bool negative, uint64_t mantissa, int32_t exponent10, bool truncated, const char *text, const char *end);

// leat_double_from_decimal for n numbers that are not truncated; negative[i] is 0 or 1. Eight at a time where the processor has
// AVX-512; every SIMD level gives the same bits. The arrays do not overlap.
void leat_double_from_decimals(const uint64_t *mantissa, const int32_t *exponent10, const uint8_t *negative, double *out, size_t n);

// Reads a whole text of an optional minus sign and one or more decimal digits (leading zeros are taken: "-007" is -7).
// False, with *out untouched, when it is anything else or out of the range of BIGINT.
bool leat_int64_parse(const char *text, size_t length, int64_t *out);

// Reads the JSON integer that starts at `text` (no leading zero) and returns where its digits end, at most `end`; NULL, with *out
// untouched, when there is none or it is out of range. A point or exponent that follows is for the caller to see.
// LEAT_NUMBER_PADDING_BYTES behind `end` must be readable.
const char *leat_int64_parse_prefix(const char *text, const char *end, int64_t *out);

// Writes the decimal digits of `value`, with a minus sign if negative, and returns their number in bytes. No terminating zero.
// `out` has room for LEAT_INT64_TEXT_BYTES, all of which may be written.
size_t leat_int64_print(int64_t value, char *out);

// Writes the shortest decimal number that reads back as `value`, of those the nearest to it, as a JSON number, and returns its
// length in bytes. Notation of ECMAScript's Number::toString (plain decimals from 1e-6 to below 1e21, else "1.5e-7", "1e+21"),
// but -0.0 is written "-0.0" so that it reads back. `value` is finite (the caller sees to it; else the text means nothing, yet stays
// within the room). `out` has room for LEAT_DOUBLE_TEXT_BYTES, all of which may be written. No terminating zero.
// (Giulietti, "The Schubfach way to render doubles", 2020.)
size_t leat_double_print_shortest(double value, char *out);

// leat_double_print_shortest for n values, one text directly behind the other: text i is out[offset[i]] up to out[offset[i + 1]].
// `offset` has room for n + 1; `out` for n * LEAT_DOUBLE_TEXT_BYTES. Returns offset[n]. Every SIMD level gives the same bytes.
size_t leat_double_print_batch(const double *value, size_t n, char *out, uint32_t *offset);

// Like leat_double_print_shortest in the notation of Java's Double.toString since JDK 19, which CAST(x AS STRING) uses: "1.0",
// "1.0E10", "1.234E-5", plain decimals from 1e-3 to below 1e7, "NaN", "Infinity", "-Infinity". Where one digit would do, Java picks
// the nearest of two ("4.9E-324").
size_t leat_double_print_java(double value, char *out);

#endif
