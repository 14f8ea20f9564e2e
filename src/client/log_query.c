// SPDX-License-Identifier: MIT
#include "client/log_query.h"

#include "base/buffer.h"
#include "base/memory.h"
#include "client/http.h"

static char *make_query(const char *form, char *const *names, size_t count, int64_t lines,
                        bool follow)
{
    struct buffer query = {0};
    buffer_printf(&query, "/v1/logs?format=%s", form);
    if (lines >= 0)
        buffer_printf(&query, "&lines=%lld", (long long)lines);
    if (follow)
        buffer_append_text(&query, "&follow=1");
    for (size_t i = 0; i < count; i++) {
        memory_auto char *name = http_escape(names[i]);
        buffer_printf(&query, "&helper=%s", name);
    }
    return buffer_take(&query);
}

char *log_query(const struct screen *screen, char *const *names, size_t count, int64_t lines,
                bool follow)
{
    const char *form = screen->colors        ? "dev&terminal=1&color=1"
                       : screen->is_terminal ? "dev&terminal=1"
                                             : "text";
    return make_query(form, names, count, lines, follow);
}

char *log_query_json(char *const *names, size_t count, int64_t lines, bool follow)
{
    return make_query("json", names, count, lines, follow);
}
