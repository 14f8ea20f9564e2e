// SPDX-License-Identifier: MIT
// Any text as a number, a duration, a size, a fraction or a signal: taken exactly when a second,
// simpler reading takes it, with the same value; and what is printed reads back.
#include "fuzz.h"

#include <errno.h>
#include <math.h>
#include <signal.h>

static const double century = 100.0 * 365.25 * 86400; // the longest duration

static size_t count_digits(const char *text)
{
    return strspn(text, "0123456789");
}

// The length of "12" or "12.5" at the start, or 0.
static size_t count_decimal(const char *text)
{
    size_t whole = count_digits(text);
    if (whole == 0 || text[whole] != '.')
        return whole;
    size_t fraction = count_digits(text + whole + 1);
    return fraction > 0 ? whole + 1 + fraction : 0;
}

static char *formatted(void (*format)(struct buffer *, double), double value)
{
    struct buffer out = {0};
    format(&out, value);
    return buffer_take(&out);
}

static void check_integer(const char *text)
{
    int64_t value = 77;
    bool taken = text_parse_integer(text, &value);
    const char *digits = text + (*text == '-' || *text == '+');
    errno = 0;
    long long expected = strtoll(text, NULL, 10);
    bool right = *digits != '\0' && digits[count_digits(digits)] == '\0' && errno == 0;
    require(taken == right);
    require(value == (right ? expected : 77));
}

static void check_octal(const char *text)
{
    unsigned value = 77;
    bool taken = text_parse_octal(text, &value);
    const char *digits = text + (strncasecmp(text, "0o", 2) == 0 ? 2 : 0);
    errno = 0;
    unsigned long expected = strtoul(digits, NULL, 8);
    bool right = *digits != '\0' && digits[strspn(digits, "01234567")] == '\0' && errno == 0 &&
                 expected <= UINT32_MAX;
    require(taken == right);
    require(value == (right ? expected : 77));
}

static void check_decimal(const char *text)
{
    double value = 77;
    bool taken = text_parse_decimal(text, &value);
    const char *digits = text + (*text == '-' || *text == '+');
    size_t length = count_decimal(digits);
    double expected = strtod(text, NULL);
    bool right = length > 0 && digits[length] == '\0' && isfinite(expected);
    require(taken == right);
    require(value == (right ? expected : 77));
}

static void check_fraction(const char *text)
{
    double value = 77;
    bool taken = text_parse_fraction(text, &value);
    size_t length = count_decimal(text);
    bool percent = length > 0 && text[length] == '%';
    double expected = length > 0 ? strtod(text, NULL) : 0;
    bool right = length > 0 && text[length + percent] == '\0' && isfinite(expected);
    require(taken == right);
    require(value == (!right ? 77 : percent ? expected / 100 : expected));
    if (!taken)
        return;
    double again = 77;
    memory_auto char *printed = formatted(text_format_decimal, value);
    require(text_parse_fraction(printed, &again) && again == value);
}

// What the text says in seconds, or -1 where it is no duration.
static long double expected_seconds(const char *text)
{
    static const struct {
        const char *name;
        long double seconds;
    } units[] = {{"d", 86400}, {"h", 3600}, {"m", 60}, {"s", 1}, {"ms", 1e-3L}, {"us", 1e-6L}};
    size_t length = count_decimal(text);
    if (length > 0 && text[length] == '\0')
        return strtold(text, NULL);
    long double sum = 0;
    size_t next = 0;
    do {
        length = count_decimal(text);
        size_t letters = strspn(text + length, "abcdefghijklmnopqrstuvwxyz");
        memory_auto char *name = memory_copy_bytes(text + length, letters);
        while (next < LENGTH(units) && strcmp(units[next].name, name) != 0)
            next++;
        if (length == 0 || next == LENGTH(units))
            return -1;
        sum += strtold(text, NULL) * units[next++].seconds;
        text += length + letters;
    } while (*text != '\0');
    return sum;
}

static void check_duration_reads_back(double seconds)
{
    double again = -1;
    memory_auto char *printed = formatted(text_format_duration, seconds);
    require(text_parse_duration(printed, &again) && again == seconds);
    memory_auto char *described = formatted(text_describe_duration, seconds);
    require(described[0] >= '0' && described[0] <= '9');
}

static void check_duration(const char *text)
{
    double value = 77;
    bool taken = text_parse_duration(text, &value);
    long double expected = expected_seconds(text);
    long double slack = expected * 1e-15L + 1e-16L;
    if (!taken) {
        require(value == 77);
        require(expected < 0 || expected > century - slack);
        return;
    }
    require(expected >= 0 && value <= century && fabsl(value - expected) <= slack);
    check_duration_reads_back(value);
}

static void check_size_reads_back(uint64_t bytes)
{
    struct buffer out = {0};
    text_format_size(&out, bytes);
    memory_auto char *printed = buffer_take(&out);
    uint64_t again = 0;
    require(text_parse_size(printed, &again) && again == bytes);
}

static void check_size(const char *text)
{
    static const char letters[] = "KMGTkmgt";
    uint64_t value = 77;
    bool taken = text_parse_size(text, &value);
    size_t length = count_digits(text);
    const char *unit = text + length;
    const char *letter = *unit != '\0' ? strchr(letters, *unit) : NULL;
    size_t power = letter != NULL ? (size_t)(letter - letters) % 4 + 1 : 0;
    const char *rest = unit + (power > 0);
    bool binary =
        power > 0 && (*rest == '\0' || strcasecmp(rest, "i") == 0 || strcasecmp(rest, "iB") == 0);
    bool known = *unit == '\0' || binary || strcasecmp(rest, "B") == 0;
    errno = 0;
    unsigned long long number = strtoull(text, NULL, 10);
    bool right = length > 0 && known && errno == 0;
    unsigned __int128 expected = number;
    for (; power > 0; power--)
        expected *= binary ? 1024 : 1000;
    right = right && expected <= INT64_MAX;
    require(taken == right);
    require(value == (right ? (uint64_t)expected : 77));
    if (taken)
        check_size_reads_back(value);
}

static void check_signal(const char *text)
{
    int value = 0, again = 0;
    if (!text_parse_signal(text, &value)) {
        require(value == 0);
        return;
    }
    require(value >= 1 && value <= SIGRTMAX);
    memory_auto char *name = memory_copy(text_signal_name(value));
    require(text_parse_signal(name, &again) && again == value);
}

static void check_raw(const uint8_t *bytes)
{
    double number, again;
    uint64_t size;
    memcpy(&number, bytes, sizeof(number));
    memcpy(&size, bytes, sizeof(size));
    check_size_reads_back(size & INT64_MAX);
    if (!isfinite(number))
        return;
    memory_auto char *printed = formatted(text_format_decimal, number);
    require(text_parse_decimal(printed, &again) && again == number);
    if (number >= 0 && number <= century)
        check_duration_reads_back(number);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    memory_auto char *text = memory_copy_bytes((const char *)bytes, size);
    check_integer(text);
    check_octal(text);
    check_decimal(text);
    check_fraction(text);
    check_duration(text);
    check_size(text);
    check_signal(text);
    if (size == sizeof(uint64_t))
        check_raw(bytes);
    return 0;
}
