// SPDX-License-Identifier: MIT
#include "output/outlet.h"

void outlet_open(struct outlet *outlet, struct sink *sink, struct record_style *style,
                 size_t reserve)
{
    *outlet = (struct outlet){.sink = sink, .style = style, .reserve = reserve};
    sink->users++;
}

void outlet_close(struct outlet *outlet)
{
    if (outlet->sink == NULL)
        return;
    outlet->sink->lost += outlet->dropped; // nobody told them before
    sink_forget(outlet->sink, outlet);
    sink_wake(outlet->sink); // whose lines go elsewhere now waits in vain
    sink_leave(outlet->sink);
    *outlet = (struct outlet){0};
}

bool outlet_is_full(const struct outlet *outlet, enum on_full on_full)
{
    struct sink *sink = outlet->sink;
    return sink != NULL && on_full == ON_FULL_BLOCK && sink->failing == 0 &&
           !sink_has_room(sink, outlet) && sink->failing == 0;
}

size_t outlet_demand(const struct outlet *outlet, enum on_full on_full)
{
    struct sink *sink = outlet->sink;
    if (sink == NULL || on_full == ON_FULL_DROP || sink->failing != 0)
        return SIZE_MAX;
    size_t bytes = sink_demand(sink, outlet);
    return sink->failing == 0 ? bytes : SIZE_MAX;
}

// A sink may work again by what was seen when room was looked for: then the line waits in the queue
// above its limit, as those do that are on their way when it becomes full.
static bool is_to_drop(struct outlet *outlet, enum on_full on_full)
{
    struct sink *sink = outlet->sink;
    if (on_full == ON_FULL_DROP)
        return !sink_has_room(sink, outlet);
    return sink->failing != 0 && !sink_has_room(sink, outlet) && sink->failing != 0;
}

static size_t drop(struct outlet *outlet, const struct record *record)
{
    const size_t lines = record_count_lines(record);
    outlet->sink->dropped += lines;
    if (outlet->sink->failing != 0)
        outlet->sink->lost += lines;
    else
        outlet->dropped += lines;
    // Where only the start of a line is there, the next one does not go on in it.
    if (record->continued && outlet->style->format == FORMAT_RAW) {
        buffer_append_char(sink_filling(outlet->sink), '\n');
        sink_put(outlet->sink, outlet, 1);
    }
    return lines;
}

struct outlet_count outlet_put(struct outlet *outlet, const struct record *record,
                               enum on_full on_full)
{
    struct sink *sink = outlet->sink;
    unsigned stream = 1U << record->source->kind;
    if (record->continued && (outlet->cut & stream) != 0)
        return (struct outlet_count){.lines = 1}; // it counts as dropped already
    outlet->cut &= ~stream;
    if (is_to_drop(outlet, on_full)) {
        size_t dropped = drop(outlet, record);
        outlet->cut |= stream;
        return (struct outlet_count){.lines = dropped, .dropped = dropped};
    }
    struct buffer *out = sink_filling(sink);
    size_t before = out->length;
    size_t lines = record_render(record, outlet->style, out);
    sink_put(sink, outlet, out->length - before);
    return (struct outlet_count){.lines = lines};
}
