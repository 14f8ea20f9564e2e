// SPDX-License-Identifier: MIT
#include "client/show.h"

#include "base/memory.h"
#include "base/text.h"

#include <errno.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>
#include <wchar.h>

enum {
    WIDTH_UNKNOWN = 80,     // of a terminal that does not tell
    STATUS_PIPE = 128 + 13, // as a shell reports one that SIGPIPE ended
};

const char *const color_good = "\033[32m", *const color_bad = "\033[31m",
                  *const color_busy = "\033[33m", *const color_dim = "\033[2m",
                  *const color_strong = "\033[1m";

struct screen screen_find(enum color_when colors)
{
    struct screen screen = {.is_terminal = isatty(STDOUT_FILENO)};
    if (screen.is_terminal) {
        struct winsize size = {0};
        bool known = ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0;
        screen.width = known ? size.ws_col : WIDTH_UNKNOWN;
    }
    const char *refused = getenv("NO_COLOR"), *kind = getenv("TERM");
    bool wanted = screen.is_terminal && (refused == NULL || refused[0] == '\0') &&
                  (kind == NULL || strcmp(kind, "dumb") != 0);
    screen.colors = colors == COLORS_ALWAYS || (colors == COLORS_AUTO && wanted);
    return screen;
}

void show_color(struct buffer *out, const struct screen *screen, const char *color)
{
    if (screen->colors)
        buffer_append_text(out, color != NULL ? color : "\033[0m");
}

const char *state_color(const char *state)
{
    static const struct {
        const char *state;
        const char *const *color;
    } rows[] = {
        {"running", &color_good},  {"completed", &color_good}, {"starting", &color_busy},
        {"stopping", &color_busy}, {"waiting", &color_busy},   {"backoff", &color_busy},
        {"failed", &color_bad},    {"stopped", &color_dim},
    };
    for (size_t i = 0; i < LENGTH(rows); i++) {
        if (strcmp(state, rows[i].state) == 0)
            return *rows[i].color;
    }
    return NULL;
}

static void append_harmless(struct buffer *out, const char *text, const char *passes)
{
    size_t length = strlen(text);
    for (size_t i = 0; i < length;) {
        struct character character = text_first_character(text + i, length - i);
        if (!text_acts_on_terminal(character) || strchr(passes, text[i]) != NULL)
            buffer_append(out, text + i, character.length);
        else if (character.valid && character.code > 0xff)
            buffer_printf(out, "\\u%04x", character.code);
        else
            buffer_printf(out, "\\x%02x", character.code);
        i += character.length;
    }
}

void show_text(struct buffer *out, const char *text)
{
    append_harmless(out, text, "");
}

void show_json(struct buffer *out, const struct screen *screen, const char *json)
{
    size_t length = strlen(json);
    for (size_t i = 0; i < length;) {
        struct character character = text_first_character(json + i, length - i);
        if (screen->is_terminal && json[i] != '\n' && text_acts_on_terminal(character))
            buffer_printf(out, "\\u%04x", character.valid ? character.code : 0xfffd);
        else
            buffer_append(out, json + i, character.length);
        i += character.length;
    }
}

static size_t character_width(struct character character)
{
    int cells = wcwidth((wchar_t)character.code);
    return cells >= 0 ? (size_t)cells : 1;
}

size_t show_width(const char *text)
{
    size_t length = strlen(text), cells = 0;
    for (size_t i = 0; i < length;) {
        struct character character = text_first_character(text + i, length - i);
        cells += character_width(character);
        i += character.length;
    }
    return cells;
}

size_t show_fitting(const char *text, size_t cells)
{
    size_t length = strlen(text), i = 0;
    while (i < length) {
        struct character character = text_first_character(text + i, length - i);
        size_t width = character_width(character);
        if (width > cells)
            break;
        cells -= width;
        i += character.length;
    }
    return i;
}

static void append_units(struct buffer *out, long long count, long long inside, const char *large,
                         const char *small)
{
    buffer_printf(out, "%lld%s", count / inside, large);
    if (count % inside > 0)
        buffer_printf(out, "%lld%s", count % inside, small);
}

void show_age(struct buffer *out, double seconds)
{
    if (!(seconds > 0))
        seconds = 0;
    if (seconds > 1e12)
        seconds = 1e12; // anything that llround takes
    // Chosen by the rounded value, so that "1000ms" and "60s" never appear.
    long long milliseconds = llround(seconds * 1000), tenths = llround(seconds * 10);
    long long whole = llround(seconds), minutes = llround(seconds / 60);
    if (milliseconds == 0)
        buffer_append_text(out, "0s");
    else if (milliseconds < 1000)
        buffer_printf(out, "%lldms", milliseconds);
    else if (tenths < 600)
        buffer_printf(out, "%gs", (double)tenths / 10);
    else if (whole < 3600)
        append_units(out, whole, 60, "m", "s");
    else if (minutes < 24 * 60)
        append_units(out, minutes, 60, "h", "m");
    else
        append_units(out, llround(seconds / 3600), 24, "d", "h");
}

void show_size(struct buffer *out, double bytes)
{
    static const char *const units[] = {"B", "KiB", "MiB", "GiB", "TiB"};
    size_t unit = 0;
    while (unit + 1 < LENGTH(units) && bytes >= (unit == 0 ? 1024 : 1023.95)) {
        bytes /= 1024;
        unit++;
    }
    buffer_printf(out, unit == 0 ? "%.0f %s" : "%.1f %s", bytes, units[unit]);
}

static void fail_to_write(int error)
{
    if (error == EPIPE)
        _exit(STATUS_PIPE);
    complain("cannot write to standard output: %s", strerror(error));
    exit(EXIT_FAILURE);
}

void show_write(struct buffer *out)
{
    for (size_t done = 0; done < out->length;) {
        ssize_t count = write(STDOUT_FILENO, out->data + done, out->length - done);
        if (count < 0 && errno == EAGAIN)
            usleep(1000); // somebody else made the description non-blocking
        else if (count < 0 && errno != EINTR)
            fail_to_write(errno);
        else if (count > 0)
            done += (size_t)count;
    }
    out->length = 0;
}

void complain(const char *format, ...)
{
    struct buffer text = {0}, harmless = {0};
    va_list arguments;
    va_start(arguments, format);
    buffer_vprintf(&text, format, arguments);
    va_end(arguments);
    memory_auto char *message = buffer_take(&text);
    buffer_append_text(&harmless, "helperctl: ");
    append_harmless(&harmless, message, "\n");
    fprintf(stderr, "%.*s\n", (int)harmless.length, harmless.data);
    buffer_finish(&harmless);
}

void complain_line(const char *line)
{
    struct buffer harmless = {0};
    append_harmless(&harmless, line, "\n\t");
    fprintf(stderr, "%.*s\n", (int)harmless.length, harmless.data);
    buffer_finish(&harmless);
}
