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
    sink_forget(outlet->sink, outlet);
    sink_leave(outlet->sink);
    *outlet = (struct outlet){0};
}

bool outlet_is_full(const struct outlet *outlet, enum on_full on_full)
{
    struct sink *sink = outlet->sink;
    return sink != NULL && on_full == ON_FULL_BLOCK && sink->failing == 0 &&
           !sink_has_room(sink, outlet) && sink->failing == 0;
}

bool outlet_put(struct outlet *outlet, const struct record *record, enum on_full on_full)
{
    struct sink *sink = outlet->sink;
    if ((on_full == ON_FULL_DROP || sink->failing != 0) && !sink_has_room(sink, outlet)) {
        if (sink->failing != 0)
            sink->lost++;
        else
            outlet->dropped++;
        return true;
    }
    struct buffer *out = sink_filling(sink);
    size_t before = out->length;
    record_render(record, outlet->style, out);
    sink_put(sink, outlet, out->length - before);
    return !outlet_is_full(outlet, on_full);
}
