// SPDX-License-Identifier: MIT
#include "base/quantity.h"

#include "base/memory.h"

#include <locale.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

static const double duration_limit = 100.0 * 365.25 * 86400;

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

// What C's own locale makes of a number; it exists always, so only memory can be missing.
static locale_t c_locale(void)
{
    static locale_t locale;
    if (locale == NULL)
        locale = newlocale(LC_ALL_MASK, "C", NULL);
    if (locale == NULL)
        memory_run_out();
    return locale;
}

// Reads digits into *value and moves *text behind them. False: no digit, or past the limit.
static bool take_digits(const char **text, uint64_t limit, uint64_t *value)
{
    const char *at = *text;
    if (!is_digit(*at))
        return false;
    uint64_t sum = 0;
    for (; is_digit(*at); at++) {
        unsigned digit = (unsigned)(*at - '0');
        if (sum > (limit - digit) / 10)
            return false;
        sum = sum * 10 + digit;
    }
    *text = at;
    *value = sum;
    return true;
}

bool text_parse_integer(const char *text, int64_t *value)
{
    bool negative = *text == '-';
    if (*text == '-' || *text == '+')
        text++;
    uint64_t magnitude;
    if (!take_digits(&text, (uint64_t)INT64_MAX + negative, &magnitude) || *text != '\0')
        return false;
    *value = negative ? (int64_t)-magnitude : (int64_t)magnitude;
    return true;
}

bool text_parse_octal(const char *text, unsigned *value)
{
    if (text[0] == '0' && (text[1] == 'o' || text[1] == 'O'))
        text += 2;
    if (*text == '\0')
        return false;
    unsigned sum = 0;
    for (; *text != '\0'; text++) {
        if (*text < '0' || *text > '7' || sum > UINT32_MAX >> 3)
            return false;
        sum = sum << 3 | (unsigned)(*text - '0');
    }
    *value = sum;
    return true;
}

// The length of "12" or "12.5" at the start; 0 when there is none.
static size_t decimal_length(const char *text)
{
    size_t length = 0;
    while (is_digit(text[length]))
        length++;
    if (length == 0 || text[length] != '.')
        return length;
    size_t fraction = length + 1;
    while (is_digit(text[fraction]))
        fraction++;
    return fraction > length + 1 ? fraction : 0;
}

bool text_parse_decimal(const char *text, double *value)
{
    const char *digits = *text == '-' || *text == '+' ? text + 1 : text;
    size_t length = decimal_length(digits);
    if (length == 0 || digits[length] != '\0')
        return false;
    double number = strtod_l(text, NULL, c_locale());
    if (!isfinite(number))
        return false;
    *value = number;
    return true;
}

// Durations with units are summed up in attoseconds (10^-18 s), where every unit and every
// decimal fraction of it anyone writes is a whole number; so "1005ms", "1.005s" and "1.005" are
// the very same double.
typedef unsigned __int128 attoseconds;

enum { MICROSECONDS = 1000000 };
#define ATTOSECONDS ((attoseconds)1000000000000) // per microsecond

static const struct {
    const char *name;
    uint64_t microseconds;
} duration_units[] = {
    {"d", 86400ULL * MICROSECONDS},
    {"h", 3600ULL * MICROSECONDS},
    {"m", 60ULL * MICROSECONDS},
    {"s", MICROSECONDS},
    {"ms", 1000},
    {"us", 1},
};

// The index of the unit that the letters at *text name, and moves *text behind it; or LENGTH.
static size_t take_duration_unit(const char **text)
{
    size_t length = strspn(*text, "abcdefghijklmnopqrstuvwxyz");
    size_t unit = 0;
    for (; unit < LENGTH(duration_units); unit++) {
        const char *name = duration_units[unit].name;
        if (strlen(name) == length && strncmp(*text, name, length) == 0)
            break;
    }
    *text += length;
    return unit;
}

static attoseconds fraction_of(attoseconds unit, const char *digits)
{
    attoseconds sum = 0;
    for (; is_digit(*digits); digits++) {
        unit /= 10;
        sum += unit * (unsigned)(*digits - '0');
    }
    return sum;
}

static double attoseconds_to_seconds(attoseconds sum)
{
    attoseconds second = ATTOSECONDS * MICROSECONDS;
    char text[64];
    snprintf(text, sizeof(text), "%llu.%018llu", (unsigned long long)(sum / second),
             (unsigned long long)(sum % second));
    return strtod_l(text, NULL, c_locale());
}

bool text_parse_duration(const char *text, double *seconds)
{
    double number;
    if (is_digit(*text) && text_parse_decimal(text, &number)) {
        if (number > duration_limit)
            return false;
        *seconds = number;
        return true;
    }

    attoseconds sum = 0;
    size_t next_unit = 0;
    do {
        const char *digits = text;
        uint64_t whole;
        text += decimal_length(digits);
        // The limit of one number: 100 years in microseconds take 16 digits.
        if (!take_digits(&digits, 9999999999999999, &whole))
            return false;
        size_t unit = take_duration_unit(&text);
        if (unit < next_unit || unit == LENGTH(duration_units))
            return false;
        next_unit = unit + 1;
        if ((double)whole * (double)duration_units[unit].microseconds / 1e6 > duration_limit)
            return false;
        attoseconds size = duration_units[unit].microseconds * ATTOSECONDS;
        sum += whole * size + (*digits == '.' ? fraction_of(size, digits + 1) : 0);
    } while (*text != '\0');

    number = attoseconds_to_seconds(sum);
    if (number > duration_limit)
        return false;
    *seconds = number;
    return true;
}

static const struct {
    const char *name; // as it is printed
    uint64_t bytes;
} size_units[] = {
    // From large to small.
    {"TiB", 1ULL << 40}, {"TB", 1000000000000}, {"GiB", 1ULL << 30},
    {"GB", 1000000000},  {"MiB", 1ULL << 20},   {"MB", 1000000},
    {"KiB", 1ULL << 10}, {"kB", 1000},          {"B", 1},
};

// Whether the text names the unit: KiB also as Ki and K, all in any case.
static bool is_size_unit(const char *text, const char *name)
{
    if (strcasecmp_l(text, name, c_locale()) == 0)
        return true;
    size_t length = strlen(text);
    return name[1] == 'i' && (length == 1 || length == 2) &&
           strncasecmp_l(text, name, length, c_locale()) == 0;
}

bool text_parse_size(const char *text, uint64_t *bytes)
{
    uint64_t number;
    if (!take_digits(&text, INT64_MAX, &number))
        return false;
    uint64_t unit = *text == '\0' ? 1 : 0;
    for (size_t i = 0; i < LENGTH(size_units) && unit == 0; i++) {
        if (is_size_unit(text, size_units[i].name))
            unit = size_units[i].bytes;
    }
    if (unit == 0 || number > INT64_MAX / unit)
        return false;
    *bytes = number * unit;
    return true;
}

bool text_parse_fraction(const char *text, double *value)
{
    size_t length = decimal_length(text);
    bool percent = length > 0 && strcmp(text + length, "%") == 0;
    if (length == 0 || (text[length] != '\0' && !percent))
        return false;
    double number = strtod_l(text, NULL, c_locale());
    if (!isfinite(number))
        return false;
    *value = percent ? number / 100 : number;
    return true;
}

void text_format_decimal(struct buffer *out, double number)
{
    locale_t previous = uselocale(c_locale());
    char scientific[40];
    int digits = 0; // behind the first one
    do {
        snprintf(scientific, sizeof(scientific), "%.*e", digits++, number);
    } while (digits < 17 && strtod(scientific, NULL) != number);
    int exponent = atoi(strchr(scientific, 'e') + 1);
    int decimals = digits - 1 - exponent;
    buffer_printf(out, "%.*f", decimals > 0 ? decimals : 0, number);
    uselocale(previous);
}

void text_format_duration(struct buffer *out, double seconds)
{
    size_t start = out->length;
    if (seconds >= 0 && seconds <= duration_limit) {
        uint64_t rest = (uint64_t)llround(seconds * MICROSECONDS);
        if (rest == 0)
            buffer_append_text(out, "0s");
        for (size_t i = 0; i < LENGTH(duration_units) && rest > 0; i++) {
            uint64_t count = rest / duration_units[i].microseconds;
            if (count > 0)
                buffer_printf(out, "%llu%s", (unsigned long long)count, duration_units[i].name);
            rest %= duration_units[i].microseconds;
        }
        buffer_append_char(out, '\0');
        out->length--;
        double again;
        if (text_parse_duration(out->data + start, &again) && again == seconds)
            return;
    }
    out->length = start;
    text_format_decimal(out, seconds);
}

void text_format_size(struct buffer *out, uint64_t bytes)
{
    for (size_t i = 0; bytes > 0 && size_units[i].bytes > 1; i++) {
        if (bytes % size_units[i].bytes == 0) {
            buffer_printf(out, "%llu%s", (unsigned long long)(bytes / size_units[i].bytes),
                          size_units[i].name);
            return;
        }
    }
    buffer_printf(out, "%llu", (unsigned long long)bytes);
}

static void append_two_units(struct buffer *out, long long large, const char *large_unit,
                             long long small, const char *small_unit)
{
    buffer_printf(out, "%lld %s", large, large_unit);
    if (small > 0)
        buffer_printf(out, " %lld %s", small, small_unit);
}

void text_describe_duration(struct buffer *out, double seconds)
{
    if (!(seconds > 0))
        seconds = 0;
    if (seconds > 1e12)
        seconds = 1e12; // anything that llround takes
    // Each step is chosen by the rounded value, so that "1000 ms" and "60 s" never appear.
    long long milliseconds = llround(seconds * 1000);
    long long tenths = llround(seconds * 10);
    long long whole = llround(seconds);
    long long minutes = llround(seconds / 60);
    long long hours = llround(seconds / 3600);
    if (milliseconds < 1000)
        buffer_printf(out, "%lld ms", milliseconds);
    else if (tenths < 600 && tenths % 10 != 0)
        buffer_printf(out, "%lld.%lld s", tenths / 10, tenths % 10);
    else if (tenths < 600)
        buffer_printf(out, "%lld s", tenths / 10);
    else if (whole < 3600)
        append_two_units(out, whole / 60, "min", whole % 60, "s");
    else if (minutes < 24 * 60)
        append_two_units(out, minutes / 60, "h", minutes % 60, "min");
    else
        append_two_units(out, hours / 24, "d", hours % 24, "h");
}
