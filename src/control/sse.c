// SPDX-License-Identifier: MIT
#include "control/sse.h"

#include <inttypes.h>

void sse_begin(struct buffer *out, uint64_t id, const char *event)
{
    if (id > 0)
        buffer_printf(out, "id: %" PRIu64 "\n", id);
    buffer_printf(out, "event: %s\ndata: ", event);
}

void sse_end(struct buffer *out)
{
    buffer_append_text(out, "\n\n");
}

void sse_append_comment(struct buffer *out)
{
    buffer_append_text(out, ":\n\n");
}
