#include "engine/expr/time.h"

// Days since 1970-01-01. Years start in March here, so that the leap day is the last of its year; an era is 400 years.
static int64_t days_from_civil(int64_t year, uint32_t month, uint32_t day) {
    year -= month <= 2;
    int64_t era = (year >= 0 ? year : year - 399) / 400;
    uint32_t year_of_era = (uint32_t)(year - era * 400);
    uint32_t day_of_year = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1;
    uint32_t day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    return era * 146097 + (int64_t)day_of_era - 719468;
}

static void civil_from_days(int64_t days, struct leat_civil *civil) {
    days += 719468;
    int64_t era = (days >= 0 ? days : days - 146096) / 146097;
    uint32_t day_of_era = (uint32_t)(days - era * 146097);
    uint32_t year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
    uint32_t day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    uint32_t month = (5 * day_of_year + 2) / 153;
    civil->day = (uint8_t)(day_of_year - (153 * month + 2) / 5 + 1);
    civil->month = (uint8_t)(month < 10 ? month + 3 : month - 9);
    civil->year = (int32_t)((int64_t)year_of_era + era * 400 + (civil->month <= 2));
}

static int64_t floor_days(int64_t micros, int64_t *micros_of_day) {
    int64_t days = micros / LEAT_MICROS_PER_DAY;
    int64_t rest = micros % LEAT_MICROS_PER_DAY;
    *micros_of_day = rest < 0 ? rest + LEAT_MICROS_PER_DAY : rest;
    return days - (rest < 0);
}

int64_t leat_time_from_civil(const struct leat_civil *civil) {
    uint64_t days = (uint64_t)days_from_civil(civil->year, civil->month, civil->day);
    uint64_t seconds = ((uint64_t)civil->hour * 60 + civil->minute) * 60 + civil->second;
    return (int64_t)(days * (uint64_t)LEAT_MICROS_PER_DAY + seconds * (uint64_t)LEAT_MICROS_PER_SECOND + civil->micro);
}

void leat_time_to_civil(int64_t micros, struct leat_civil *civil) {
    int64_t rest;
    civil_from_days(floor_days(micros, &rest), civil);
    uint32_t second_of_day = (uint32_t)(rest / LEAT_MICROS_PER_SECOND);
    civil->micro = (uint32_t)(rest % LEAT_MICROS_PER_SECOND);
    civil->hour = (uint8_t)(second_of_day / 3600);
    civil->minute = (uint8_t)(second_of_day / 60 % 60);
    civil->second = (uint8_t)(second_of_day % 60);
}

uint32_t leat_time_month_days(int32_t year, uint32_t month) {
    bool leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    return month == 2 ? 28u + leap : 30u + ((month + (month >> 3)) & 1);
}

int64_t leat_time_truncate(int64_t micros, uint8_t precision) {
    static const int64_t units[] = {1000000, 100000, 10000, 1000, 100, 10, 1};
    int64_t rest = micros % units[precision];
    // Unsigned, because the very first microseconds have nothing before them to round to.
    return (int64_t)((uint64_t)micros - (uint64_t)(rest < 0 ? rest + units[precision] : rest));
}

int64_t leat_time_add_months(int64_t micros, int32_t months) {
    struct leat_civil civil;
    int64_t rest;
    civil_from_days(floor_days(micros, &rest), &civil);
    int64_t month = (int64_t)civil.year * 12 + civil.month - 1 + months; // months since year 0
    int64_t year = month / 12 - (month % 12 < 0);
    uint32_t month_of_year = (uint32_t)(month - year * 12) + 1;
    uint32_t last = leat_time_month_days((int32_t)year, month_of_year);
    uint64_t days = (uint64_t)days_from_civil(year, month_of_year, LEAT_MIN(civil.day, last));
    return (int64_t)(days * (uint64_t)LEAT_MICROS_PER_DAY + (uint64_t)rest);
}

// ---- To text

static char *print_two(char *out, uint32_t value) {
    out[0] = (char)('0' + value / 10);
    out[1] = (char)('0' + value % 10);
    return out + 2;
}

// At least four digits; years that SQL does not have get a sign, as Java writes them.
static char *print_year(char *out, int32_t year) {
    if (LEAT_LIKELY(year >= 0 && year <= 9999))
        return print_two(print_two(out, (uint32_t)year / 100), (uint32_t)year % 100);
    *out++ = year < 0 ? '-' : '+';
    uint32_t magnitude = (uint32_t)(year < 0 ? -year : year);
    uint32_t divisor = 1000;
    while (magnitude / divisor >= 10)
        divisor *= 10;
    for (; divisor; divisor /= 10)
        *out++ = (char)('0' + magnitude / divisor % 10);
    return out;
}

static char *print_fraction(char *out, uint32_t micro, uint32_t digits, bool keep_zeros) {
    char text[6];
    print_two(print_two(print_two(text, micro / 10000), micro / 100 % 100), micro % 100);
    while (!keep_zeros && digits && text[digits - 1] == '0')
        digits--;
    if (!digits)
        return out;
    *out++ = '.';
    memcpy(out, text, 6); // always six: a copy of fixed size is one instruction, and there is room
    return out + digits;
}

size_t leat_timestamp_print(int64_t micros, uint8_t precision, enum leat_timestamp_form form, bool ltz, char *out) {
    struct leat_civil civil;
    leat_time_to_civil(micros, &civil);
    char *at = print_year(out, civil.year);
    *at = '-';
    at = print_two(at + 1, civil.month);
    *at = '-';
    at = print_two(at + 1, civil.day);
    *at = form == LEAT_TIMESTAMP_ISO_8601 ? 'T' : ' ';
    at = print_two(at + 1, civil.hour);
    *at = ':';
    at = print_two(at + 1, civil.minute);
    *at = ':';
    at = print_two(at + 1, civil.second);
    at = print_fraction(at, civil.micro, LEAT_MIN(precision, 6u), form == LEAT_TIMESTAMP_CAST);
    if (ltz && form != LEAT_TIMESTAMP_CAST)
        *at++ = 'Z';
    return (size_t)(at - out);
}

// ---- From text

// What is left of the text that is read.
struct scan {
    const char *at;
    const char *end;
};

static bool scan_char(struct scan *scan, char c) {
    if (scan->at == scan->end || *scan->at != c)
        return false;
    scan->at++;
    return true;
}

// A number of at least `digits_min` and at most `digits_max` digits.
static bool scan_number(struct scan *scan, uint32_t digits_min, uint32_t digits_max, uint32_t *value) {
    uint32_t digits = 0, number = 0;
    for (; digits < digits_max && scan->at + digits < scan->end; digits++) {
        uint32_t digit = (uint32_t)(unsigned char)scan->at[digits] - '0';
        if (digit > 9)
            break;
        number = number * 10 + digit;
    }
    scan->at += digits;
    *value = number;
    return digits >= digits_min;
}

// The digits behind a decimal point, at most nine; those behind the sixth are dropped.
static bool scan_fraction(struct scan *scan, uint32_t digits_min, uint32_t *micro) {
    uint32_t nanos, rest = 9;
    const char *start = scan->at;
    if (!scan_number(scan, digits_min, 9, &nanos))
        return false;
    for (rest -= (uint32_t)(scan->at - start); rest; rest--)
        nanos *= 10;
    *micro = nanos / 1000;
    return true;
}

static bool scan_time(struct scan *scan, bool lenient, bool seconds_optional, struct leat_civil *civil) {
    uint32_t hour, minute, second = 0, digits_min = lenient ? 1 : 2;
    if (!scan_number(scan, digits_min, 2, &hour) || !scan_char(scan, ':') || !scan_number(scan, digits_min, 2, &minute))
        return false;
    if (scan_char(scan, ':')) {
        if (!scan_number(scan, digits_min, 2, &second) || (scan_char(scan, '.') && !scan_fraction(scan, !lenient, &civil->micro)))
            return false;
    } else if (!seconds_optional) {
        return false;
    }
    civil->hour = (uint8_t)hour;
    civil->minute = (uint8_t)minute;
    civil->second = (uint8_t)second;
    bool midnight = lenient && hour == 24 && minute == 0 && second == 0 && civil->micro == 0;
    return (hour < 24 || midnight) && minute < 60 && second < 60;
}

bool leat_timestamp_parse(const char *text, size_t length, enum leat_timestamp_form form, bool ltz, int64_t *micros) {
    struct scan scan = {text, text + length};
    struct leat_civil civil = {0};
    bool lenient = form == LEAT_TIMESTAMP_CAST;
    bool iso = form == LEAT_TIMESTAMP_ISO_8601;
    uint32_t digits_min = lenient ? 1 : 2;
    uint32_t year, month, day;
    if (!scan_number(&scan, 4, 4, &year) || !scan_char(&scan, '-') || !scan_number(&scan, digits_min, 2, &month) ||
        !scan_char(&scan, '-') || !scan_number(&scan, digits_min, 2, &day))
        return false;
    if (year == 0 || month < 1 || month > 12 || day < 1 || day > 31)
        return false;
    uint32_t last = leat_time_month_days((int32_t)year, month);
    if (day > last && !lenient)
        return false;
    if (!(lenient && scan.at == scan.end) && !(scan_char(&scan, iso ? 'T' : ' ') && scan_time(&scan, lenient, iso, &civil)))
        return false;
    if ((ltz && !lenient && !scan_char(&scan, 'Z')) || scan.at != scan.end)
        return false;
    civil.year = (int32_t)year;
    civil.month = (uint8_t)month;
    civil.day = (uint8_t)LEAT_MIN(day, last);
    *micros = leat_time_from_civil(&civil);
    return true;
}
