// The JSON decoder against the test suites of others: JSONTestSuite, JSON_checker, nativejson-benchmark, utf8tests, the Big List of
// Naughty Strings, a fuzzer's corpus, and the numbers of parse-number-fxx. They are read where LEAT_SHARED says (../shared).
#include "ingest/json/json_text.h"
#include "tests/ingest/json/json_compare.h"

#include <dirent.h>
#include <setjmp.h>

#include <cmocka.h>

static const struct leat_decode_field fields[] = {
    {"x", {.kind = LEAT_TYPE_STRING}}, {"", {.kind = LEAT_TYPE_DOUBLE}}, {"a", {.kind = LEAT_TYPE_BIGINT}}};
static const struct leat_decode_config config = {.fields = fields, .field_count = 3};

// ---- Files -----------------------------------------------------------------------------------------------------------

static const char *shared(const char *path) {
    static char whole[4096];
    const char *root = getenv("LEAT_SHARED");
    snprintf(whole, sizeof whole, "%s/external/%s", root ? root : "../shared", path);
    return whole;
}

// The bytes of a file, from malloc; skips the test when it is absent.
static char *read_file(const char *path, size_t *length) {
    FILE *file = fopen(path, "rb");
    if (!file) {
        print_message("skipped: %s is absent\n", path);
        skip();
    }
    fseek(file, 0, SEEK_END);
    *length = (size_t)ftell(file);
    rewind(file);
    char *bytes = malloc(*length + LEAT_INPUT_PADDING + 1);
    assert_int_equal(fread(bytes, 1, *length, file), *length);
    memset(bytes + *length, 0, LEAT_INPUT_PADDING + 1);
    fclose(file);
    return bytes;
}

// Calls `use` for every file of a folder and returns how many there are.
static int for_each_file(const char *folder, void (*use)(const char *name, const char *text, size_t length)) {
    char path[8192], root[4096];
    snprintf(root, sizeof root, "%s", shared(folder));
    DIR *dir = opendir(root);
    if (!dir) {
        print_message("skipped: %s is absent\n", root);
        skip();
    }
    int count = 0;
    for (struct dirent *entry; (entry = readdir(dir));) {
        if (entry->d_name[0] == '.')
            continue;
        snprintf(path, sizeof path, "%s/%s", root, entry->d_name);
        size_t length;
        char *text = read_file(path, &length);
        use(entry->d_name, text, length);
        free(text);
        count++;
    }
    closedir(dir);
    return count;
}

// ---- Verdicts --------------------------------------------------------------------------------------------------------

// Of the texts that JSONTestSuite leaves to the parser these are accepted; docs/JSON.md has the table.
static bool accepts_optional(const char *name) {
    static const char *const refused[] = {
        "i_string_UTF-16LE_with_BOM.json",
        "i_string_UTF-8_invalid_sequence.json",
        "i_string_UTF8_surrogate_U+D800.json",
        "i_string_invalid_utf-8.json",
        "i_string_iso_latin_1.json",
        "i_string_lone_utf8_continuation_byte.json",
        "i_string_not_in_unicode_range.json",
        "i_string_overlong_sequence_2_bytes.json",
        "i_string_overlong_sequence_6_bytes.json",
        "i_string_overlong_sequence_6_bytes_null.json",
        "i_string_truncated-utf-8.json",
        "i_string_utf16BE_no_BOM.json",
        "i_string_utf16LE_no_BOM.json",
    };
    for (size_t i = 0; i < LEAT_ARRAY_LEN(refused); i++)
        if (strcmp(name, refused[i]) == 0)
            return false;
    return true;
}

static int verdicts[128];

static void judge(const char *name, const char *text, size_t length) {
    bool valid = leat_json_validate(text, length) == LEAT_BAD_NONE;
    bool expected = name[0] == 'y' || (name[0] == 'i' && accepts_optional(name));
    if (valid != expected)
        fail_msg("%s: %s", name, valid ? "accepted" : "refused");
    verdicts[(int)name[0]]++;
}

static void json_test_suite_is_judged_right(void **state) {
    (void)state;
    memset(verdicts, 0, sizeof verdicts);
    for_each_file("JSONTestSuite/test_parsing", judge);
    assert_int_equal(verdicts['y'], 95);
    assert_int_equal(verdicts['n'], 188);
    assert_int_equal(verdicts['i'], 35);
}

static void judge_checker(const char *name, const char *text, size_t length) {
    if (strstr(name, ".json") && !strstr(name, "EXCLUDE"))
        assert_int_equal(leat_json_validate(text, length) == LEAT_BAD_NONE, name[0] == 'p');
}

static void expect_valid(const char *name, const char *text, size_t length) {
    if (strstr(name, ".json"))
        assert_int_equal(leat_json_validate(text, length), LEAT_BAD_NONE);
}

static void json_checker_and_large_documents_are_judged_right(void **state) {
    (void)state;
    assert_int_equal(for_each_file("nativejson-benchmark/data/jsonchecker", judge_checker), 37);
    assert_int_equal(for_each_file("nativejson-benchmark/data/roundtrip", expect_valid), 27);
    static const char *const large[] = {"canada.json", "citm_catalog.json", "twitter.json"};
    for (size_t i = 0; i < LEAT_ARRAY_LEN(large); i++) {
        char path[100];
        snprintf(path, sizeof path, "nativejson-benchmark/data/%s", large[i]);
        size_t length;
        char *text = read_file(shared(path), &length);
        assert_int_equal(leat_json_validate(text, length), LEAT_BAD_NONE);
        text[length / 2] = 1; // within a string, a number, or between tokens: never right
        assert_int_equal(leat_json_validate(text, length), LEAT_BAD_JSON_SYNTAX);
        free(text);
    }
}

// ---- Every level alike -----------------------------------------------------------------------------------------------

static char *line;
static size_t line_room;

// Reads the text as it is and as the value and the name of a member, at so many alignments.
static void compare_shifted(const char *name, const char *text, size_t length, size_t shifts) {
    if (line_room < 2 * length + 64) {
        line_room = 4 * (length + 64);
        line = realloc(line, line_room);
    }
    memcpy(line, "{\"x\": ", 6);
    memcpy(line + 6, text, length);
    memcpy(line + 6 + length, "}\n{", 3);
    memcpy(line + 9 + length, text, length);
    memcpy(line + 9 + 2 * length, ":1}\n", 4);
    for (size_t shift = 0; shift < shifts; shift++)
        if (!json_compare(&config, text, length, shift) || !json_compare(&config, line, 13 + 2 * length, shift))
            fail_msg("%s", name);
}

static void compare_levels(const char *name, const char *text, size_t length) {
    compare_shifted(name, text, length, 2);
}

// Cuts the text in two at every place, as a chunk's edge might by mistake.
static void compare_splits(const char *name, const char *text, size_t length) {
    compare_shifted(name, text, length, length < 400 ? 64 : 4);
    for (size_t cut = 0; cut <= length; cut += length > 500 ? length / 7 : 1)
        if (!json_compare(&config, text, cut, cut % 64) || !json_compare(&config, text + cut, length - cut, 0))
            fail_msg("%s cut at %zu", name, cut);
}

static void levels_agree_on_json_test_suite_at_every_split(void **state) {
    (void)state;
    assert_int_equal(for_each_file("JSONTestSuite/test_parsing", compare_splits), 318);
    for_each_file("JSONTestSuite/test_transform", compare_splits);
}

static void levels_agree_on_a_fuzzers_corpus(void **state) {
    (void)state;
    assert_true(for_each_file("go-fuzz-corpus/json/corpus", compare_levels) > 1000);
}

static void levels_agree_on_json_checker_and_round_trips(void **state) {
    (void)state;
    for_each_file("nativejson-benchmark/data/jsonchecker", compare_levels);
    for_each_file("nativejson-benchmark/data/roundtrip", compare_levels);
}

static void naughty_strings_are_values_and_names(void **state) {
    (void)state;
    size_t length, count = 0;
    char *text = read_file(shared("blns/blns.json"), &length), *save = NULL;
    for (char *row = strtok_r(text, "\n", &save); row; row = strtok_r(NULL, "\n", &save)) {
        char *start = strchr(row, '"'), *stop = strrchr(row, '"');
        if (!start || start == stop)
            continue;
        compare_levels("blns", start, (size_t)(stop + 1 - start));
        count++;
    }
    assert_true(count > 400);
    free(text);
}

static void round_trips_echo_as_they_are(const char *name, const char *text, size_t length) {
    if (!strstr(name, ".json"))
        return;
    struct dump dump = {0}, expected = {0};
    snprintf(line, line_room, "{\"x\":%s}%*s", text, LEAT_INPUT_PADDING, "");
    dump_read(&dump, &config, LEAT_SIMD_AVX512, line, length + 6);
    bool string = text[0] == '"';
    dump_print(&expected, "row 0+%zu %zu:", length + 6, length - 2 * string);
    dump_hex(&expected, text + string, length - 2 * string);
    dump_print(&expected, " NULL NULL\nblank 0 end 0\n");
    if (!strchr(text, '\\') && !strchr(text, '\n'))
        assert_string_equal(dump.text, expected.text);
    dump_free(&dump);
    dump_free(&expected);
}

static void round_trips_are_echoed(void **state) {
    (void)state;
    line = realloc(line, line_room += 1 << 16);
    for_each_file("nativejson-benchmark/data/roundtrip", round_trips_echo_as_they_are);
}

// ---- UTF-8 -----------------------------------------------------------------------------------------------------------

static size_t from_hex(const char *hex, char *bytes) {
    size_t length = 0;
    unsigned byte;
    for (int used; sscanf(hex, " %2x%n", &byte, &used) == 1; hex += used)
        bytes[length++] = (char)byte;
    return length;
}

static void utf8_tests_are_judged_right(void **state) {
    (void)state;
    size_t length;
    int valid = 0, invalid = 0;
    char *text = read_file(shared("utf8tests/utf8tests.txt"), &length), *save = NULL;
    for (char *row = strtok_r(text, "\n", &save); row; row = strtok_r(NULL, "\n", &save)) {
        char bytes[512], *kind = strchr(row, ':');
        if (*row == '#' || !kind || kind[1] == ' ') // the last are texts for the eye
            continue;
        bool good = strncmp(kind, ":valid", 6) == 0, hex = strstr(kind, "valid hex:") != NULL;
        char *data = strchr(kind + 1, ':') + 1;
        if (hex)
            data[strcspn(data, ":")] = 0;
        size_t count = hex ? from_hex(data, bytes) : (size_t)snprintf(bytes, sizeof bytes, "%s", data);
        assert_int_equal(leat_json_utf8_valid(bytes, count), good);
        for (size_t before = 0; before < 70; before++) { // at every place in a block
            char padded[600];
            memset(padded, 'a', sizeof padded);
            memcpy(padded + before, bytes, count);
            assert_int_equal(leat_json_utf8_valid(padded, before + count), good);
            assert_int_equal(leat_json_utf8_valid(padded, before + count + 40), good);
        }
        compare_levels("utf8tests", bytes, count);
        valid += good;
        invalid += !good;
    }
    free(text);
    assert_int_equal(valid, 76);
    assert_int_equal(invalid, 140);
}

static void utf8_of_every_four_bytes_is_judged_as_by_decoding(void **state) {
    (void)state;
    static const uint8_t some[] = {0x00, 0x41, 0x7f, 0x80, 0x8f, 0x90, 0x9f, 0xa0, 0xbf, 0xc0, 0xc1, 0xc2, 0xdf, 0xe0,
                                   0xe1, 0xec, 0xed, 0xee, 0xef, 0xf0, 0xf1, 0xf3, 0xf4, 0xf5, 0xf8, 0xfe, 0xff};
    const size_t n = LEAT_ARRAY_LEN(some);
    for (size_t i = 0; i < n * n * n * n; i++) {
        char bytes[40] = "0123456789abcdefghijklmnopqrstuvwxyz";
        size_t at = i % 30, length = at + 4 + i % 2;
        bytes[at] = (char)some[i % n];
        bytes[at + 1] = (char)some[i / n % n];
        bytes[at + 2] = (char)some[i / n / n % n];
        bytes[at + 3] = (char)some[i / n / n / n];
        assert_int_equal(leat_json_utf8_valid(bytes, length), simple_utf8(bytes, length));
    }
}

// ---- Numbers ---------------------------------------------------------------------------------------------------------

struct number {
    char text[2048];
    uint64_t bits;
};

// Reads one line of parse-number-fxx: the bits of the double, in the third place, and the text.
static bool read_number(FILE *file, struct number *number) {
    char row[2200];
    if (!fgets(row, sizeof row, file))
        return false;
    row[strcspn(row, "\n")] = 0;
    assert_int_equal(sscanf(row, "%*x %*x %" SCNx64 " %2047s", &number->bits, number->text), 2);
    return true;
}

static bool is_json_number(const char *text) {
    return leat_json_validate(text, strlen(text)) == LEAT_BAD_NONE;
}

// Reads all numbers of a file as strings and, where JSON allows them, as numbers, and compares every bit.
static int check_numbers(const char *name, enum leat_simd_level level) {
    struct leat_decode_field field = {"x", {.kind = LEAT_TYPE_DOUBLE}};
    struct leat_decode_config one = {.fields = &field, .field_count = 1, .ignore_parse_errors = true};
    char path[200];
    snprintf(path, sizeof path, "parse-number-fxx/data/%s.txt", name);
    FILE *file = fopen(shared(path), "r");
    if (!file)
        skip();
    struct dump text = {0}, expected = {0}, found = {0};
    struct number number;
    int count = 0;
    for (; read_number(file, &number); count++) {
        for (int quoted = is_json_number(number.text) ? 0 : 1; quoted < 2; quoted++) {
            size_t begin = text.length;
            dump_print(&text, quoted ? "{\"x\": \"%s\"}\n" : "{\"x\": %s}\n", number.text);
            if ((number.bits >> 52 & 0x7ff) == 0x7ff)
                dump_print(&expected, "row %zu+%zu NULL\n", begin, text.length - begin - 1); // infinite: no value of ours
            else
                dump_print(&expected, "row %zu+%zu %016" PRIx64 "\n", begin, text.length - begin - 1, number.bits);
        }
    }
    dump_print(&expected, "blank 0 end 0\n");
    size_t length = text.length;
    dump_print(&text, "%*s", LEAT_INPUT_PADDING, "");
    dump_read(&found, &one, level, text.text, length);
    assert_string_equal(found.text, expected.text);
    fclose(file);
    dump_free(&text);
    dump_free(&expected);
    dump_free(&found);
    return count;
}

static void numbers_are_right_to_the_last_bit(void **state) {
    (void)state;
    static const char *const files[] = {"exhaustive-float16", "freetype-2-7",    "google-wuffs",
                                        "lemire-fast-float",  "more-test-cases", "tencent-rapidjson"};
    for (int level = LEAT_SIMD_SCALAR; level <= LEAT_SIMD_AVX512; level++) {
        int count = 0;
        for (size_t i = 0; i < LEAT_ARRAY_LEN(files); i++)
            count += check_numbers(files[i], (enum leat_simd_level)level);
        assert_int_equal(count, 52977);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(json_test_suite_is_judged_right),
        cmocka_unit_test(json_checker_and_large_documents_are_judged_right),
        cmocka_unit_test(levels_agree_on_json_test_suite_at_every_split),
        cmocka_unit_test(levels_agree_on_a_fuzzers_corpus),
        cmocka_unit_test(levels_agree_on_json_checker_and_round_trips),
        cmocka_unit_test(naughty_strings_are_values_and_names),
        cmocka_unit_test(round_trips_are_echoed),
        cmocka_unit_test(utf8_tests_are_judged_right),
        cmocka_unit_test(utf8_of_every_four_bytes_is_judged_as_by_decoding),
        cmocka_unit_test(numbers_are_right_to_the_last_bit),
    };
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    free(line);
    return failed;
}
