// SPDX-License-Identifier: MIT
#include "client/moment.h"

#include "base/quantity.h"

#include <math.h>
#include <string.h>
#include <time.h>

bool moment_parse(const char *text, double *seconds)
{
    struct tm time = {0};
    const char *rest = text != NULL ? strptime(text, "%Y-%m-%dT%H:%M:%S", &time) : NULL;
    if (rest == NULL)
        return false;
    char fraction[16] = "0";
    size_t length = strcspn(rest, "Z");
    if (strcmp(rest + length, "Z") != 0 || length + 1 >= sizeof(fraction))
        return false;
    memcpy(fraction + 1, rest, length); // ".123", or nothing
    double part;
    if (!text_parse_decimal(fraction, &part) || part >= 1)
        return false;
    *seconds = (double)timegm(&time) + part;
    return true;
}

void moment_show(struct buffer *out, double seconds, double now)
{
    char text[64];
    struct tm time, today;
    time_t whole = (time_t)floor(seconds), current = (time_t)floor(now);
    localtime_r(&whole, &time);
    localtime_r(&current, &today);
    bool same_day = time.tm_year == today.tm_year && time.tm_yday == today.tm_yday;
    size_t length =
        strftime(text, sizeof(text), same_day ? "%H:%M:%S" : "%Y-%m-%d %H:%M:%S", &time);
    buffer_append(out, text, length);
}
