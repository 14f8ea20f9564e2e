// SPDX-License-Identifier: MIT
#include "base/error.h"

#include "base/buffer.h"
#include "base/memory.h"
#include "base/text.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

enum {
    EXCERPT_WIDTH = 100,          // characters shown of a longer line
    EXCERPT_BEFORE = 40,          // of these, so many before the column
    EXCERPT_LINE_LIMIT = 1 << 20, // a longer line is not shown: looking through it takes too long
    MESSAGE_LIMIT = 4096,         // bytes; a message may quote what is in the file
};

static void error_finish(struct error *error)
{
    free(error->file);
    free(error->text);
    free(error->excerpt);
    free(error->marks);
}

void errors_finish(struct errors *errors)
{
    for (size_t i = 0; i < errors->kept; i++)
        error_finish(&errors->items[i]);
    free(errors->items);
    *errors = (struct errors){0};
}

// Appends the character as a terminal may see it; returns how many cells it takes.
static size_t append_character(struct buffer *out, const char *bytes, struct character character)
{
    if (!text_acts_on_terminal(character)) {
        buffer_append(out, bytes, character.length);
        return 1;
    }
    for (size_t i = 0; i < character.length; i++)
        buffer_printf(out, "\\x%02x", (unsigned char)bytes[i]);
    return character.length * strlen("\\x00");
}

static void append_shown(struct buffer *out, const char *text)
{
    size_t length = strlen(text);
    for (size_t i = 0; i < length;) {
        struct character character = text_first_character(text + i, length - i);
        append_character(out, text + i, character);
        i += character.length;
    }
}

// The start of a line of the source, or NULL; its end is neither \n nor \r\n.
static const char *find_line(const struct source *source, unsigned line, size_t *length)
{
    const char *start = source->text, *end = start + source->length;
    for (unsigned i = 1; i < line; i++) {
        start = memchr(start, '\n', (size_t)(end - start));
        if (start == NULL)
            return NULL;
        start++;
    }
    if (line == 1 && source->length >= 3 && memcmp(start, "\xef\xbb\xbf", 3) == 0)
        start += 3; // a byte order mark is no column
    const char *newline = memchr(start, '\n', (size_t)(end - start));
    if (newline != NULL)
        end = newline;
    if (end > start && end[-1] == '\r')
        end--;
    *length = (size_t)(end - start);
    return start;
}

// The first character to be shown of a line with so many, so that the position is in view.
static size_t window_start(size_t count, size_t position)
{
    if (count <= EXCERPT_WIDTH || position <= EXCERPT_BEFORE)
        return 0;
    size_t start = position - EXCERPT_BEFORE;
    return start + EXCERPT_WIDTH < count ? start : count - EXCERPT_WIDTH;
}

static char *make_marks(size_t before, size_t marked)
{
    struct buffer marks = {0};
    for (size_t i = 0; i < before; i++)
        buffer_append_char(&marks, ' ');
    buffer_append_char(&marks, '^');
    for (size_t i = 1; i < marked; i++)
        buffer_append_char(&marks, '~');
    return buffer_take(&marks);
}

// Fills in excerpt and marks, as they will be shown.
static void make_excerpt(struct error *error, const struct source *source)
{
    size_t length = 0;
    const char *line = find_line(source, error->line, &length);
    if (line == NULL || length == 0 || length > EXCERPT_LINE_LIMIT)
        return;
    size_t count = text_count_characters(line, length);
    size_t from = error->column > 0 ? error->column - 1 : 0;
    size_t to = from + (error->length > 0 ? error->length : 1);
    size_t first = window_start(count, from < count ? from : count);

    struct buffer excerpt = {0};
    size_t cells = 0, before = 0, marked = 0;
    if (first > 0) {
        buffer_append_text(&excerpt, "…");
        cells = before = 1;
    }
    struct character character;
    for (size_t i = 0, k = 0; i < length; i += character.length, k++) {
        character = text_first_character(line + i, length - i);
        if (k < first)
            continue;
        if (k == first + EXCERPT_WIDTH) {
            buffer_append_text(&excerpt, "…");
            break;
        }
        size_t width = 1;
        if (line[i] == '\t')
            buffer_append_char(&excerpt, ' '); // as wide as its mark
        else
            width = append_character(&excerpt, line + i, character);
        cells += width;
        if (k < from)
            before = cells;
        else if (k < to)
            marked += width;
    }
    error->excerpt = buffer_take(&excerpt);
    if (error->column > 0)
        error->marks = make_marks(before, marked);
}

// Bytes of a text that fit in a message without cutting a character.
static size_t message_length(const char *text)
{
    size_t length = strlen(text);
    if (length <= MESSAGE_LIMIT)
        return length;
    length = MESSAGE_LIMIT;
    while (length > 0 && (text[length] & 0xc0) == 0x80)
        length--;
    return length;
}

// Makes room for one more. Warnings give way to errors, so that no error hides behind them.
static bool make_room(struct errors *errors, bool warning)
{
    if (errors->kept < ERRORS_KEPT) {
        errors->items = memory_resize(errors->items, errors->kept + 1, sizeof(*errors->items));
        return true;
    }
    if (warning)
        return false;
    size_t last = errors->kept;
    while (last > 0 && !errors->items[last - 1].warning)
        last--;
    if (last == 0)
        return false;
    error_finish(&errors->items[last - 1]);
    memmove(&errors->items[last - 1], &errors->items[last],
            (errors->kept - last) * sizeof(*errors->items));
    errors->kept--;
    return true;
}

__attribute__((format(printf, 4, 0))) static void
add(struct errors *errors, bool warning, struct place place, const char *format, va_list arguments)
{
    if (warning)
        errors->warnings++;
    else
        errors->count++;
    if (!make_room(errors, warning))
        return;

    struct buffer message = {0};
    buffer_vprintf(&message, format, arguments);
    memory_auto char *text = buffer_take(&message);
    size_t length = message_length(text);

    struct error *error = &errors->items[errors->kept++];
    *error = (struct error){
        .warning = warning,
        .line = place.line,
        .column = place.column,
        .length = place.length,
        .text = memory_format("%.*s%s", (int)length, text, text[length] != '\0' ? "…" : ""),
    };
    if (place.source == NULL)
        return;
    error->file = memory_copy(place.source->name);
    if (place.line > 0 && place.source->text != NULL)
        make_excerpt(error, place.source);
}

void errors_add(struct errors *errors, struct place place, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    add(errors, false, place, format, arguments);
    va_end(arguments);
}

void errors_add_warning(struct errors *errors, struct place place, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    add(errors, true, place, format, arguments);
    va_end(arguments);
}

// An error and what its order depends on.
struct entry {
    const struct error *error;
    size_t file;  // index of the first error of the same file
    size_t found; // index of this one
};

static bool same_file(const struct error *a, const struct error *b)
{
    if (a->file == NULL || b->file == NULL)
        return a->file == b->file;
    return strcmp(a->file, b->file) == 0;
}

static int compare_numbers(size_t a, size_t b)
{
    return (a > b) - (a < b);
}

static int compare_entries(const void *left, const void *right)
{
    const struct entry *a = left, *b = right;
    int order = compare_numbers(a->file, b->file);
    if (order == 0)
        order = compare_numbers(a->error->line, b->error->line);
    if (order == 0)
        order = compare_numbers(a->error->column, b->error->column);
    return order != 0 ? order : compare_numbers(a->found, b->found);
}

// The line without its end.
static void write_line(struct buffer *text, const struct error *error)
{
    append_shown(text, error->file != NULL ? error->file : "helperd");
    if (error->file != NULL && error->line > 0) {
        buffer_printf(text, ":%u", error->line);
        if (error->column > 0)
            buffer_printf(text, ":%u", error->column);
    }
    buffer_append_text(text, error->warning ? ": warning: " : ": error: ");
    append_shown(text, error->text);
}

static void print_error(const struct error *error, FILE *out)
{
    struct buffer text = {0};
    write_line(&text, error);
    buffer_append_char(&text, '\n');
    if (error->excerpt != NULL) {
        int width = snprintf(NULL, 0, "%5u", error->line);
        buffer_printf(&text, "%*u | %s\n", width, error->line, error->excerpt);
        if (error->marks != NULL)
            buffer_printf(&text, "%*s | %s\n", width, "", error->marks);
    }
    fwrite(text.data, 1, text.length, out);
    buffer_finish(&text);
}

// In the order in which they are shown; returns how many of them are warnings.
static size_t sort_errors(const struct errors *errors, struct entry entries[ERRORS_KEPT])
{
    size_t warnings = 0;
    for (size_t i = 0; i < errors->kept; i++) {
        entries[i] = (struct entry){.error = &errors->items[i], .found = i};
        while (!same_file(&errors->items[entries[i].file], &errors->items[i]))
            entries[i].file++;
        if (errors->items[i].warning)
            warnings++;
    }
    qsort(entries, errors->kept, sizeof(entries[0]), compare_entries);
    return warnings;
}

// How many more there were; or NULL.
static char *describe_rest(size_t seen, size_t shown, const char *what)
{
    if (seen <= shown)
        return NULL;
    return memory_format("… and %zu more %s%s", seen - shown, what, seen - shown > 1 ? "s" : "");
}

void errors_print(const struct errors *errors, FILE *out)
{
    struct entry entries[ERRORS_KEPT];
    size_t warnings = sort_errors(errors, entries);
    for (size_t i = 0; i < errors->kept; i++)
        print_error(entries[i].error, out);
    memory_auto char *more = describe_rest(errors->count, errors->kept - warnings, "error");
    memory_auto char *more_warnings = describe_rest(errors->warnings, warnings, "warning");
    if (more != NULL)
        fprintf(out, "%s\n", more);
    if (more_warnings != NULL)
        fprintf(out, "%s\n", more_warnings);
}

void errors_say(const struct errors *errors,
                void (*say)(void *context, bool warning, const char *line), void *context)
{
    struct entry entries[ERRORS_KEPT];
    size_t warnings = sort_errors(errors, entries);
    for (size_t i = 0; i < errors->kept; i++) {
        struct buffer text = {0};
        write_line(&text, entries[i].error);
        memory_auto char *line = buffer_take(&text);
        say(context, entries[i].error->warning, line);
    }
    memory_auto char *more = describe_rest(errors->count, errors->kept - warnings, "error");
    memory_auto char *more_warnings = describe_rest(errors->warnings, warnings, "warning");
    if (more != NULL)
        say(context, false, more);
    if (more_warnings != NULL)
        say(context, true, more_warnings);
}
