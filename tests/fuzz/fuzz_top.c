// SPDX-License-Identifier: MIT
// Whatever lines a log brings in whatever pieces: the same lines are kept, and nothing that reaches
// the screen acts on it, is wider than it was given room for, or keeps a long line from ending.
#include "fuzz.h"

#include "client/top_log.h"
#include "client/top_model.h"
#include "client/top_text.h"

#include <locale.h>
#include <wchar.h>

static void check_characters(const struct top_text *text, size_t room)
{
    size_t cells = 0;
    for (size_t i = 0; i < text->count; i++) {
        struct character character = {.code = (uint32_t)text->characters[i], .valid = true};
        require(!text_acts_on_terminal(character));
        int width = wcwidth(text->characters[i]);
        require(width >= 0);
        cells += (size_t)width;
    }
    require(cells == text->cells && cells <= room);
}

// Row by row, as a long line is shown.
static void check_rows(const char *bytes, size_t length, size_t room)
{
    while (length > 0) {
        struct top_text text = top_text_fit(bytes, length, room);
        check_characters(&text, room);
        require(text.taken > 0 && text.taken <= length);
        bytes += text.taken;
        length -= text.taken;
        top_text_finish(&text);
    }
}

static void take(struct top_log *log, const char *bytes, size_t length, size_t piece)
{
    for (size_t i = 0; i < length; i += piece)
        top_log_take(log, bytes + i, length - i < piece ? length - i : piece);
    require(log->count <= TOP_LOG_LINES && log->bytes <= TOP_LOG_BYTES);
}

static void check_model(const char *bytes, size_t length)
{
    struct top_model model = {0};
    json_t *answer = json_loadb(bytes, length, JSON_ALLOW_NUL, NULL);
    if (top_model_take(&model, answer, 1, 1) && top_model_take(&model, answer, 2, 2)) {
        for (size_t i = 0; i < TOP_SORT_COUNT; i++)
            top_model_sort(&model, (enum top_sort)i);
        require(model.shown_count == model.count);
        for (size_t i = 0; i < model.count; i++)
            free(top_row_note(&model.rows[i]));
    }
    json_decref(answer);
    top_model_finish(&model);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size == 0)
        return 0;
    setlocale(LC_CTYPE, "C.UTF-8");
    const char *input = (const char *)data + 1;
    size_t length = size - 1, piece = (data[0] & 15) + 1, room = 8 + (data[0] >> 4);

    struct top_log log = {0}, whole = {0};
    take(&log, input, length, piece);
    take(&whole, input, length, length > 0 ? length : 1);
    require(log.count == whole.count && log.bytes == whole.bytes);
    for (size_t i = 0; i < log.count; i++) {
        struct top_log_line line = top_log_read(&log, i, 0), other = top_log_read(&whole, i, 0);
        require(line.length == other.length && memcmp(line.text, other.text, line.length) == 0);
        check_rows(line.text, line.length, room);
        top_log_line_finish(&line);
        top_log_line_finish(&other);
    }
    top_log_finish(&log);
    top_log_finish(&whole);
    check_rows(input, length, room);
    check_model(input, length);
    return 0;
}
