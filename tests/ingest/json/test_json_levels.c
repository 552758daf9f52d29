// Every SIMD level against a plain second reader: on made-up documents, on damaged ones, at every alignment.
#include "tests/ingest/json/json_compare.h"

#include <setjmp.h>
#include <sys/mman.h>

#include <cmocka.h>

#define NULLABLE(k)                                                                                                                        \
    { .kind = (k), .nullable = true, .precision = 3 }

static const struct leat_decode_field fields[] = {
    {"Thing", NULLABLE(LEAT_TYPE_STRING)},
    {"Timestamp", NULLABLE(LEAT_TYPE_BIGINT)},
    {"actSpeed_C11", NULLABLE(LEAT_TYPE_DOUBLE)},
    {"i", NULLABLE(LEAT_TYPE_INT)},
    {"b", NULLABLE(LEAT_TYPE_BOOLEAN)},
    {"ts", NULLABLE(LEAT_TYPE_TIMESTAMP)},
    {"\xc3\xa4", NULLABLE(LEAT_TYPE_DOUBLE)},
    {"a name that is longer than what is compared at once", NULLABLE(LEAT_TYPE_STRING)},
    {"Timestamq", NULLABLE(LEAT_TYPE_STRING)},
    {"Timestamp2", NULLABLE(LEAT_TYPE_TIMESTAMP_LTZ)},
    {"a name that is longer than what is compared at oncf", NULLABLE(LEAT_TYPE_BIGINT)},
};

// What a decoder may be asked for: few names, told apart by sight; one; many; none.
static const struct leat_decode_config configs[] = {
    {.fields = fields, .field_count = 3},
    {.fields = fields + 1, .field_count = 1, .ignore_parse_errors = true},
    {.fields = fields, .field_count = 7},
    {.fields = fields, .field_count = 11},
    {.fields = fields, .field_count = 2, .fail_on_missing_field = true},
    {.fields = fields, .field_count = 0},
};

static uint64_t seed, state;

static uint32_t random_below(uint32_t n) { // xorshift64*, Vigna 2016
    state ^= state >> 12;
    state ^= state << 25;
    state ^= state >> 27;
    return (uint32_t)((state * UINT64_C(0x2545f4914f6cdd1d)) >> 33) % n;
}

#define PICK(strings) strings[random_below(LEAT_ARRAY_LEN(strings))]

static void compare(const struct leat_decode_config *config, const char *text, size_t length, size_t shift) {
    if (!json_compare(config, text, length, shift)) {
        print_message("LEAT_SEED=%" PRIu64 "\n", seed);
        fail_msg("a level disagrees");
    }
}

// ---- Made-up documents -----------------------------------------------------------------------------------------------

static const char *const spaces[] = {"", "", "", "", " ", " ", "  ", "\t", "\r", " \t "};
// The first 19 without escapes, the others with.
#define PLAIN_NAMES 19
static const char *const names[] = {
    "\"Thing\"",
    "\"Timestamp\"",
    "\"actSpeed_C11\"",
    "\"i\"",
    "\"b\"",
    "\"ts\"",
    "\"\xc3\xa4\"",
    "\"Timestamq\"",
    "\"Timestamp2\"",
    "\"a name that is longer than what is compared at once\"",
    "\"a name that is longer than what is compared at oncf\"",
    "\"a name that is longer than what is compared at onc\"",
    "\"id\"",
    "\"\"",
    "\"Thin\"",
    "\"Thing2\"",
    "\"actSpeed_C12\"",
    "\"vaTorque_C11\"",
    "\"timestamp\"",
    "\"\\u0054hing\"",
    "\"Th\\u0069ng\"",
    "\"\\u00e4\"",
    "\"\\ud800i\"",
    "\"x\\\"y\"",
};
// The first 38 without escapes and exponents.
#define PLAIN_SCALARS 38
static const char *const scalars[] = {"1",
                                      "0",
                                      "-0",
                                      "-1",
                                      "0.5",
                                      "-4.44",
                                      "288.23939732142856",
                                      "1554096380468",
                                      "-1554096380468",
                                      "9223372036854775807",
                                      "9223372036854775808",
                                      "123456789012345678",
                                      "1234567890123456789",
                                      "12345678901234567890",
                                      "0.1000000000000000055511151231257827021181583404541015625",
                                      "2147483648",
                                      "-2147483649",
                                      "3.0",
                                      "true",
                                      "false",
                                      "null",
                                      "\"\"",
                                      "\"R0815\"",
                                      "\"abcdefghijkl\"",
                                      "\"abcdefghijklm\"",
                                      "\"\xc3\xa4\xe2\x82\xac\xf0\x9f\x98\x80\"",
                                      "\"{a: [1, 2]}, \"",
                                      "\" 12 \"",
                                      "\"1.5\"",
                                      "\"+7\"",
                                      "\"1.5f\"",
                                      "\".5\"",
                                      "\"true\"",
                                      "\" TRUE\"",
                                      "\"NaN\"",
                                      "\"2024-02-29 12:34:56.789\"",
                                      "\"2024-02-29 12:34:56.789123Z\"",
                                      "\"2023-02-29 12:34:56\"",
                                      "1e5",
                                      "1E-5",
                                      "-2.5e+3",
                                      "1e999",
                                      "\"c352b79d-16e5-4b9c-83ef-e90b776d70fb, and then a text of more than a block\"",
                                      "\"a\\nb\"",
                                      "\"\\u00e4\\ud83d\\ude00\"",
                                      "\"\\ud800\"",
                                      "\"{\\\"a\\\": [1, 2]}\"",
                                      "\"\\u0031\"",
                                      "\"back\\\\slash\"",
                                      "\"\\\\\""};
// Not JSON, or hardly.
static const char *const wrongs[] = {
    "01",
    "-",
    "1.",
    ".5",
    "+1",
    "1e",
    "--1",
    "1.2.3",
    "1-2",
    "1e5.5",
    "-a",
    "0x1",
    "00",
    "-01",
    "tru",
    "truee",
    "1true",
    "nul",
    "Infinity",
    "'a'",
    "\"a",
    "\"\x01\"",
    "\"\\x\"",
    "\"\\u12\"",
    "\"\xc3\"",
    "\"\xed\xa0\x80\"",
    "\"\xf4\x90\x80\x80\"",
    "\xc3\xa4",
    "{",
    "}",
    "[",
    "]",
    ":",
    ",",
    "\"",
    "\\",
    "1 2",
    "\"a\"\"b\"",
    "{}",
    "{\"a\"}",
    "[1,]",
    "",
    "/",
    "-.5",
    "1.e5",
    "\x80",
    "\"\\",
    "true\x00",
    "\x7f",
};

struct document {
    char text[1 << 16];
    size_t length;
};

static void put(struct document *document, const char *string) {
    size_t length = strlen(string);
    if (document->length + length < sizeof document->text) {
        memcpy(document->text + document->length, string, length);
        document->length += length;
    }
}

static void put_value(struct document *document, unsigned depth, bool plain);

static void put_members(struct document *document, unsigned depth, bool plain) {
    uint32_t count = random_below(plain ? 12 : 5);
    const char *colon_gap = random_below(2) ? " " : "";
    put(document, "{");
    for (uint32_t i = 0; i < count; i++) {
        put(document, plain ? "" : PICK(spaces));
        put(document, plain ? names[random_below(PLAIN_NAMES)] : PICK(names));
        put(document, plain ? ":" : PICK(spaces));
        put(document, plain ? colon_gap : ":");
        put(document, plain || random_below(4) ? "" : PICK(spaces));
        put_value(document, depth, plain && random_below(16));
        put(document, plain || random_below(4) ? "" : PICK(spaces));
        if (i + 1 < count)
            put(document, plain && *colon_gap ? ", " : ",");
    }
    put(document, "}");
}

// Plain ones are mostly such that a line of them needs no walker.
static void put_value(struct document *document, unsigned depth, bool plain) {
    uint32_t kind = plain ? 10 + random_below(90) : random_below(100);
    if (kind < 2) {
        put(document, PICK(wrongs));
    } else if (kind < 6 && depth < 4) {
        put_members(document, depth + 1, random_below(2));
    } else if (kind < 10 && depth < 4) {
        put(document, "[");
        for (uint32_t i = random_below(4); i-- > 0;) {
            put(document, PICK(spaces));
            put_value(document, depth + 1, false);
            put(document, i ? "," : "");
        }
        put(document, "]");
    } else if (kind < 30) {
        char number[32];
        snprintf(number, sizeof number, "%.*g", (int)random_below(18), (double)random_below(1u << 30) / (1 + random_below(5000)) - 1000);
        put(document, strstr(number, "n") ? "1" : number);
    } else {
        put(document, plain ? scalars[random_below(PLAIN_SCALARS)] : PICK(scalars));
    }
}

static void put_lines(struct document *document, uint32_t lines) {
    static const char *const ends[] = {"\n", "\n", "\n", "\n", "\r\n", " \n", "\n\n", " \t\r\n", "\n \n"};
    document->length = 0;
    for (uint32_t i = 0; i < lines; i++) {
        if (random_below(50) == 0)
            put(document, PICK(wrongs));
        put_members(document, 0, random_below(4) != 0);
        if (random_below(50) == 0)
            put(document, PICK(wrongs));
        put(document, i + 1 == lines && random_below(2) ? "" : PICK(ends));
    }
}

// Damages some bytes.
static void mutate(struct document *document, uint32_t times) {
    static const char bytes[] = "{}[]:,\"\"\"\\\n\n \t\r-+.eE0123456789tfnu\x01\x1f\x7f\x80\xbf\xc3\xe2\xed\xf0\xf4\xff";
    while (times-- > 0 && document->length > 1) {
        size_t at = random_below((uint32_t)document->length);
        switch (random_below(4)) {
        case 0:
            document->text[at] = bytes[random_below(sizeof bytes)];
            break;
        case 1:
            memmove(document->text + at, document->text + at + 1, --document->length - at);
            break;
        case 2:
            document->text[at] ^= (char)(1 << random_below(8));
            break;
        default:
            document->text[at] = document->text[random_below((uint32_t)document->length)];
        }
    }
}

// ---- Tests -----------------------------------------------------------------------------------------------------------

static struct document document;

static void levels_agree_on_made_up_documents(void **unused) {
    (void)unused;
    for (int round = 0; round < 400; round++) {
        put_lines(&document, 1 + random_below(60));
        compare(&configs[random_below(LEAT_ARRAY_LEN(configs))], document.text, document.length, random_below(64));
    }
}

static void levels_agree_on_damaged_documents(void **unused) {
    (void)unused;
    for (int round = 0; round < 2000; round++) {
        put_lines(&document, 1 + random_below(12));
        mutate(&document, 1 + random_below(6));
        compare(&configs[random_below(LEAT_ARRAY_LEN(configs))], document.text, document.length, random_below(64));
    }
}

static void levels_agree_on_tiny_texts(void **unused) {
    (void)unused;
    static const char alphabet[] = "{}:,\"1-.0 \n\\tai[]";
    char text[16];
    for (int round = 0; round < 60000; round++) {
        size_t length = random_below(12);
        for (size_t i = 0; i < length; i++)
            text[i] = alphabet[random_below(sizeof alphabet - 1)];
        compare(&configs[2], text, length, 0);
    }
}

static void levels_agree_at_every_alignment(void **unused) {
    (void)unused;
    put_lines(&document, 25);
    for (size_t shift = 0; shift < 64; shift++)
        for (size_t i = 0; i < LEAT_ARRAY_LEN(configs); i++)
            compare(&configs[i], document.text, document.length, shift);
    for (size_t padding = 0; padding < 130; padding++) { // tokens at every place in a block
        static char line[512];
        int length = snprintf(line, sizeof line,
                              "%*s\n{\"q\":\"%*s\", \"i\": -12.5e1, \"b\": true, \"Thing\": \"\xc3\xa4\", \"Timestamp\": 15}\n{\"i\":01}",
                              (int)padding, "", (int)(padding % 67), "");
        for (size_t i = 0; i < LEAT_ARRAY_LEN(configs); i++)
            compare(&configs[i], line, (size_t)length, 0);
    }
}

static const char *const tokens[] = {"{",  "}",  ":",    ",", "\"i\"", "1",  "-", ".",  "0", " ",
                                     "  ", "\"", "true", "[", "]",     "\t", "x", "\n", "\r"};

// The tokens of a right line with up to two of them replaced, left out, or another put in front; as lines of one text.
static void levels_agree_on_right_lines_with_two_tokens_changed(void **unused) {
    (void)unused;
    static const char *const right[] = {"{", "\"i\"", ":", " ", "1", ",", " ", "\"b\"", ":", " ", "-", "1", ".", "5", "}", "\n"};
    const uint32_t places = LEAT_ARRAY_LEN(right), changes = places * (2 * LEAT_ARRAY_LEN(tokens) + 1);
    for (uint32_t first = 0; first < changes; first++) {
        document.length = 0;
        for (uint32_t second = first; second < changes; second++) {
            const uint32_t at[] = {first % places, second % places}, how[] = {first / places, second / places};
            for (uint32_t i = 0; i < places; i++) {
                bool left_out = false;
                for (int change = 0; change < 2; change++) {
                    if (at[change] != i)
                        continue;
                    left_out |= how[change] % 2 == 0;
                    put(&document, how[change] ? tokens[(how[change] - 1) / 2] : "");
                }
                put(&document, left_out ? "" : right[i]);
            }
            if (document.length > sizeof document.text - 100) {
                compare(&configs[2], document.text, document.length, first % 64);
                document.length = 0;
            }
        }
        compare(&configs[2], document.text, document.length, first % 64);
    }
}

static void levels_agree_on_every_prefix(void **unused) {
    (void)unused;
    put_lines(&document, 6);
    size_t length = LEAT_MIN(document.length, 1500);
    for (size_t i = 0; i <= length; i++)
        compare(&configs[i % LEAT_ARRAY_LEN(configs)], document.text, i, i % 64);
}

// Numbers are loaded backwards from their ends, and the text may be the first thing in a mapping.
static void nothing_in_front_of_the_text_is_read(void **unused) {
    (void)unused;
    static const char *const texts[] = {"{\"i\":1}\n", "{\"Timestamp\":17, \"Thing\": \"a\"}\n", "{\"actSpeed_C11\":-1.25}\n",
                                        "{\"actSpeed_C11\":1.234567890123456}\n", "{\"Thing\":\"\"}\n"};
    const size_t page = 4096;
    char *pages = mmap(NULL, 2 * page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    assert_ptr_not_equal(pages, MAP_FAILED);
    assert_int_equal(mprotect(pages, page, PROT_NONE), 0);
    struct dump expected = {0}, found = {0};
    for (size_t i = 0; i < LEAT_ARRAY_LEN(texts); i++) {
        size_t length = strlen(texts[i]);
        memcpy(pages + page, texts[i], length);
        dump_clear(&expected);
        simple_read(&expected, &configs[2], pages + page, length);
        for (int level = LEAT_SIMD_SCALAR; level <= LEAT_SIMD_AVX512; level++) {
            dump_clear(&found);
            dump_read(&found, &configs[2], (enum leat_simd_level)level, pages + page, length);
            assert_string_equal(found.text, expected.text);
        }
    }
    dump_free(&expected);
    dump_free(&found);
    munmap(pages, 2 * page);
}

static void lines_longer_than_a_window_are_read(void **unused) {
    (void)unused;
    static char filling[50000];
    struct dump text = {0};
    memset(filling, 'x', sizeof filling);
    for (int line = 1; line <= 6; line++)
        dump_print(&text, "{\"Thing\": \"a\", \"q\": \"%.*s\", \"Timestamp\": %d}\n{\"Timestamp\": 1}\n", 8000 * line, filling, line);
    for (size_t i = 0; i < LEAT_ARRAY_LEN(configs); i++)
        compare(&configs[i], text.text, text.length, i);
    dump_free(&text);
}

static void batches_of_many_short_lines_are_full(void **unused) {
    (void)unused;
    static const char *const lines[] = {"{}\n", "{\"i\":1}\n", "\n", "x\n", "{\"i\":tru}\n", "{\"Timestamp\": 17}\n"};
    struct dump text = {0};
    for (int i = 0; i < 6000; i++)
        dump_print(&text, "%s", PICK(lines));
    for (size_t i = 0; i < LEAT_ARRAY_LEN(configs); i++)
        compare(&configs[i], text.text, text.length, 3);
    dump_free(&text);
}

static void reading_allocates_nothing_once_warm(void **unused) {
    (void)unused;
    static struct leat_decoded decoded;
    for (int level = LEAT_SIMD_SCALAR; level <= LEAT_SIMD_AVX512; level++) {
        leat_simd_level_force((enum leat_simd_level)level);
        void *decoder;
        assert_int_equal(leat_json_decoder_ops.create(&configs[3], NULL, &decoder), 0);
        struct leat_batch *batch = dump_batch(&configs[3]);
        put_lines(&document, 40);
        memset(document.text + document.length, 0, LEAT_INPUT_PADDING);
        uint64_t calls = 0;
        for (int round = 0; round < 20; round++) {
            leat_json_decoder_ops.begin(decoder, document.text, document.length);
            while (leat_json_decoder_ops.next(decoder, batch, &decoded) == 1)
                leat_batch_reset(batch);
            if (round == 1)
                calls = leat_memory_calls();
        }
        assert_int_equal(leat_memory_calls(), calls);
        leat_batch_destroy(NULL, batch);
        leat_json_decoder_ops.destroy(decoder);
    }
}

int main(void) {
    const char *wish = getenv("LEAT_SEED");
    seed = wish ? strtoull(wish, NULL, 10) : 20240229;
    state = seed * 2 + 1;
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(levels_agree_on_made_up_documents),
        cmocka_unit_test(levels_agree_on_damaged_documents),
        cmocka_unit_test(levels_agree_on_tiny_texts),
        cmocka_unit_test(levels_agree_at_every_alignment),
        cmocka_unit_test(levels_agree_on_right_lines_with_two_tokens_changed),
        cmocka_unit_test(levels_agree_on_every_prefix),
        cmocka_unit_test(nothing_in_front_of_the_text_is_read),
        cmocka_unit_test(lines_longer_than_a_window_are_read),
        cmocka_unit_test(batches_of_many_short_lines_are_full),
        cmocka_unit_test(reading_allocates_nothing_once_warm),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
