// SPDX-License-Identifier: MIT
#include "control/report.h"

#include "control/json.h"

json_t *report_view_lines(const struct strings *lines)
{
    json_t *array = json_array();
    for (size_t i = 0; i < lines->count; i++)
        json_array_append_new(array, json_text(lines->items[i]));
    return array;
}

static json_t *view_changes(const struct changes *changes)
{
    return json_pack("{sI so}", "count", (json_int_t)changes->count, "names",
                     report_view_lines(&changes->names));
}

json_t *report_view(const struct apply_report *report)
{
    return json_pack("{so so so so sI}", "added", view_changes(&report->added), "removed",
                     view_changes(&report->removed), "restarted", view_changes(&report->restarted),
                     "changed", view_changes(&report->changed), "same", (json_int_t)report->same);
}
