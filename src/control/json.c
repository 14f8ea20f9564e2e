// SPDX-License-Identifier: MIT
#include "control/json.h"

#include "base/memory.h"
#include "base/text.h"
#include "config/path.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

json_t *json_text_of(const char *text, size_t length)
{
    static const char replacement[] = "\xef\xbf\xbd";
    if (text_is_utf8(text, length))
        return json_stringn_nocheck(text, length);
    struct buffer fit = {0};
    while (length > 0) {
        struct character character = text_first_character(text, length);
        if (character.valid)
            buffer_append(&fit, text, character.length);
        else
            buffer_append_text(&fit, replacement);
        text += character.length;
        length -= character.length;
    }
    json_t *string = json_stringn_nocheck(fit.data, fit.length);
    buffer_finish(&fit);
    return string;
}

json_t *json_text(const char *text)
{
    return text != NULL ? json_text_of(text, strlen(text)) : json_null();
}

json_t *json_path(const char *path)
{
    memory_auto char *directory = path != NULL ? getcwd(NULL, 0) : NULL;
    if (directory == NULL)
        return json_text(path);
    memory_auto char *absolute = path_absolute(directory, path);
    return json_text(absolute);
}

json_t *json_time(int64_t time)
{
    time_t seconds = (time_t)(time / 1000000);
    struct tm parts;
    gmtime_r(&seconds, &parts);
    char date[32], text[48];
    strftime(date, sizeof(date), "%Y-%m-%dT%H:%M:%S", &parts);
    snprintf(text, sizeof(text), "%s.%03dZ", date, (int)(time / 1000 % 1000));
    return json_string_nocheck(text);
}

json_t *json_seconds(double seconds)
{
    return seconds >= 0 ? json_real(round(seconds * 1000) / 1000) : json_null();
}

static int append(const char *bytes, size_t length, void *out)
{
    buffer_append(out, bytes, length);
    return 0;
}

void json_append(struct buffer *out, const json_t *json)
{
    // 15 digits are exact; with 17 of them 0.3 would be 0.29999999999999999.
    (void)json_dump_callback(json, append, out,
                             JSON_COMPACT | JSON_ENCODE_ANY | JSON_REAL_PRECISION(15));
}

json_t *json_failure(const char *code, const char *message)
{
    json_t *error = json_object();
    json_object_set_new_nocheck(error, "code", json_string_nocheck(code));
    json_object_set_new_nocheck(error, "message", json_text(message));
    json_t *object = json_object();
    json_object_set_new_nocheck(object, "error", error);
    return object;
}
