// SPDX-License-Identifier: MIT
#include "output/stamp.h"

#include "base/memory.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { SECOND = 1000000 };

// The finest part of a second that a format shows, in microseconds; 0: it shows no time.
static const int64_t resolutions[] = {
    [FORMAT_AUTO] = 1000,   [FORMAT_TEXT] = 1000, [FORMAT_DEV] = SECOND, [FORMAT_JSON] = 1000,
    [FORMAT_LOGFMT] = 1000, [FORMAT_QGODA] = 10,  [FORMAT_SYSLOG] = 0,   [FORMAT_RAW] = 0,
};
_Static_assert(LENGTH(resolutions) == FORMAT_COUNT, "a format has no resolution");

// Names of their own: strftime would ask the locale.
static const char days[7][4] = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
static const char months[12][4] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                   "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};

// Makes the stamp of a second with zeros for its fraction; returns its length.
static int make_stamp(const struct record_style *style, time_t seconds, char *stamp, size_t size)
{
    struct tm tm = {0};
    bool local = style->time == LOG_TIME_LOCAL;
    if (local)
        localtime_r(&seconds, &tm);
    else
        gmtime_r(&seconds, &tm);

    if (style->format == FORMAT_DEV)
        return snprintf(stamp, size, "%02d:%02d:%02d", tm.tm_hour, tm.tm_min, tm.tm_sec);
    if (style->format == FORMAT_QGODA)
        return snprintf(stamp, size, "%s %s %2d %02d:%02d:%02d.00000 %d", days[tm.tm_wday],
                        months[tm.tm_mon], tm.tm_mday, tm.tm_hour, tm.tm_min, tm.tm_sec,
                        tm.tm_year + 1900);

    char zone[24] = "Z";
    if (local) {
        int minutes = (int)(labs(tm.tm_gmtoff) / 60);
        snprintf(zone, sizeof(zone), "%c%02d:%02d", tm.tm_gmtoff < 0 ? '-' : '+', minutes / 60,
                 minutes % 60);
    }
    return snprintf(stamp, size, "%04d-%02d-%02dT%02d:%02d:%02d.000%s", tm.tm_year + 1900,
                    tm.tm_mon + 1, tm.tm_mday, tm.tm_hour, tm.tm_min, tm.tm_sec, zone);
}

// Writes the fraction behind the stamp's only dot.
static void set_fraction(struct record_style *style, int64_t microseconds, int64_t resolution)
{
    char *digit = memchr(style->stamp, '.', style->stamp_length);
    for (int64_t unit = SECOND / 10; unit >= resolution; unit /= 10)
        *++digit = (char)('0' + microseconds / unit % 10);
}

void stamp_refresh(struct record_style *style, int64_t time)
{
    int64_t resolution = resolutions[style->format];
    if (style->time == LOG_TIME_NONE || resolution == 0)
        return;
    if (time < 0)
        time = 0;
    time -= time % resolution;
    if (time == style->cached_time)
        return;

    // The calendar is asked once per second, not once per stamp.
    if (style->cached_time < 0 || time / SECOND != style->cached_time / SECOND)
        style->stamp_length =
            (size_t)make_stamp(style, (time_t)(time / SECOND), style->stamp, sizeof(style->stamp));
    if (resolution < SECOND)
        set_fraction(style, time % SECOND, resolution);
    style->cached_time = time;
}
