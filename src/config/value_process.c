// SPDX-License-Identifier: MIT
#include "config/value_process.h"

#include "base/memory.h"
#include "base/text.h"
#include "config/value.h"

#include <limits.h>
#include <linux/ioprio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum {
    IO_LEVEL = 4, // where only the class is written
    LOWEST_IO_LEVEL = 7,
    WORD_BITS = LONG_BIT,    // processors in one word of a mask
    PROCESSORS_LIMIT = 8192, // of the kernel
};

static const char *const io_classes[] = {
    [IOPRIO_CLASS_RT] = "realtime",
    [IOPRIO_CLASS_BE] = "best-effort",
    [IOPRIO_CLASS_IDLE] = "idle",
};

static bool parse_io_priority(const char *text, int *priority)
{
    size_t length = strcspn(text, ":");
    for (int kind = IOPRIO_CLASS_RT; kind <= IOPRIO_CLASS_IDLE; kind++) {
        if (strlen(io_classes[kind]) != length || strncmp(text, io_classes[kind], length) != 0)
            continue;
        bool has_levels = kind != IOPRIO_CLASS_IDLE;
        int64_t level = has_levels ? IO_LEVEL : 0;
        if (text[length] == ':' && (!has_levels || !text_parse_integer(text + length + 1, &level)))
            return false;
        if (level < 0 || level > LOWEST_IO_LEVEL)
            return false;
        *priority = kind << IOPRIO_CLASS_SHIFT | (int)level;
        return true;
    }
    return false;
}

void value_read_io_priority(const struct reading *reading, const struct setting *setting,
                            struct node *node, const char *text, void *target)
{
    int priority;
    if (parse_io_priority(text, &priority))
        *(int *)setting_field(setting, target) = priority;
    else
        value_complain(reading, setting, node, text);
}

void value_write_io_priority(struct buffer *out, int priority)
{
    int kind = priority >> IOPRIO_CLASS_SHIFT;
    buffer_append_text(out, io_classes[kind]);
    if (kind != IOPRIO_CLASS_IDLE)
        buffer_printf(out, ":%d", priority & ((1 << IOPRIO_CLASS_SHIFT) - 1));
}

static bool parse_limit(enum setting_kind kind, const char *text, uint64_t *limit)
{
    int64_t number;
    double seconds;
    if (strcmp(text, "unlimited") == 0) {
        *limit = UINT64_MAX;
        return true;
    }
    if (kind == KIND_LIMIT_SIZE)
        return text_parse_size(text, limit);
    if (kind == KIND_LIMIT_TIME) {
        // The kernel takes 0 for 1, and nothing between the seconds.
        if (!text_parse_duration(text, &seconds) || seconds < 1 ||
            seconds != (double)(uint64_t)seconds)
            return false;
        *limit = (uint64_t)seconds;
        return true;
    }
    if (!text_parse_integer(text, &number) || number < 0)
        return false;
    *limit = (uint64_t)number;
    return true;
}

void value_read_limit(const struct reading *reading, const struct setting *setting,
                      struct node *node, const char *text, void *target)
{
    struct limit_config *limit = setting_field(setting, target);
    struct limit_config read = {.is_set = true};
    const char *colon = strchr(text, ':');
    memory_auto char *soft = memory_copy_bytes(text, strcspn(text, ":"));
    if (!parse_limit(setting->kind, soft, &read.soft) ||
        !parse_limit(setting->kind, colon != NULL ? colon + 1 : soft, &read.hard)) {
        value_complain(reading, setting, node, text);
        return;
    }
    if (read.soft > read.hard) {
        reading_complain(reading, node, "\"%s\": the soft limit %s is above the hard limit %s",
                         reading_name(reading, setting), soft, colon + 1);
        return;
    }
    *limit = read;
}

static void write_one_limit(struct buffer *out, enum setting_kind kind, uint64_t limit)
{
    if (limit == UINT64_MAX)
        buffer_append_text(out, "unlimited");
    else if (kind == KIND_LIMIT_SIZE)
        text_format_size(out, limit);
    else if (kind == KIND_LIMIT_TIME)
        text_format_duration(out, (double)limit);
    else
        buffer_printf(out, "%llu", (unsigned long long)limit);
}

void value_write_limit(struct buffer *out, const struct setting *setting,
                       const struct limit_config *limit)
{
    // Quoted, since some readers of YAML take 10:30 for a number.
    buffer_append_char(out, '"');
    write_one_limit(out, setting->kind, limit->soft);
    if (limit->hard != limit->soft) {
        buffer_append_char(out, ':');
        write_one_limit(out, setting->kind, limit->hard);
    }
    buffer_append_char(out, '"');
}

// How many processors there can be on this machine, those included that are switched off.
static long count_processors(void)
{
    long count = sysconf(_SC_NPROCESSORS_CONF);
    return count < 1 || count > PROCESSORS_LIMIT ? PROCESSORS_LIMIT : count;
}

// "2" or "0-3".
static bool parse_range(const char *text, int64_t *first, int64_t *last)
{
    const char *dash = strchr(text, '-');
    memory_auto char *start = memory_copy_bytes(text, strcspn(text, "-"));
    if (!text_parse_integer(start, first))
        return false;
    *last = *first;
    return dash == NULL || (text_parse_integer(dash + 1, last) && *last >= *first);
}

// Adds what one text names. False: it is wrong, and said.
static bool add_processors(const struct reading *reading, const struct setting *setting,
                           struct node *node, const char *text, unsigned long *mask)
{
    const long count = count_processors();
    for (const char *p = text;; p++) {
        size_t length = strcspn(p, ",");
        memory_auto char *range = memory_copy_bytes(p, length);
        int64_t first, last;
        if (!parse_range(range, &first, &last))
            return value_complain(reading, setting, node, text);
        if (first < 0 || last >= count)
            return reading_complain(
                reading, node, "\"%s\": there is no processor %lld (they are 0 to %ld)",
                setting->name, (long long)(first < 0 ? first : last), count - 1);
        for (int64_t i = first; i <= last; i++)
            mask[i / WORD_BITS] |= 1UL << (i % WORD_BITS);
        p += length;
        if (*p == '\0')
            return true;
    }
}

void value_read_processors(const struct reading *reading, const struct setting *setting,
                           struct node *node, struct processors_config *processors)
{
    size_t count = node->kind == NODE_LIST ? node->count : 1;
    if (node->kind == NODE_MAP || count == 0) {
        value_complain(reading, setting, node, NULL);
        return;
    }
    size_t words = ((size_t)count_processors() + WORD_BITS - 1) / WORD_BITS;
    unsigned long *mask = memory_new(words, sizeof(*mask));
    bool good = true;
    for (size_t i = 0; i < count; i++) {
        struct node *item = node->kind == NODE_LIST ? node->items[i] : node;
        memory_auto char *own = NULL;
        if (item->kind != NODE_SCALAR || node_is_null(item)) {
            good = value_complain(reading, setting, item, NULL);
            continue;
        }
        const char *text = reading_text(reading, setting, item, &own);
        if (text == NULL || !add_processors(reading, setting, item, text, mask))
            good = false;
    }
    if (good) {
        free(processors->mask);
        *processors = (struct processors_config){.mask = mask, .size = words * sizeof(*mask)};
    } else {
        free(mask);
    }
}

static bool has_processor(const struct processors_config *processors, size_t i)
{
    return i / WORD_BITS < processors->size / sizeof(*processors->mask) &&
           (processors->mask[i / WORD_BITS] >> (i % WORD_BITS) & 1) != 0;
}

void value_write_processors(struct buffer *out, const struct processors_config *processors)
{
    const char *before = "";
    buffer_append_char(out, '"');
    for (size_t first = 0; first < processors->size * CHAR_BIT; first++) {
        if (!has_processor(processors, first))
            continue;
        size_t last = first;
        while (has_processor(processors, last + 1))
            last++;
        buffer_printf(out, "%s%zu", before, first);
        if (last > first)
            buffer_printf(out, "-%zu", last);
        before = ",";
        first = last;
    }
    buffer_append_char(out, '"');
}

void value_free_processors(struct processors_config *processors)
{
    free(processors->mask);
    *processors = (struct processors_config){0};
}
