// SPDX-License-Identifier: MIT
#include "client/top_text.h"

#include "base/memory.h"
#include "base/text.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <wchar.h>

enum {
    TAB = 8,
    MARKS = 3,       // that one cell may carry
    PIECE_LENGTH = 8 // characters that one character can become, the longest as \u202e or a tab
};

// What one character of a text becomes.
struct piece {
    wchar_t characters[PIECE_LENGTH];
    size_t count, cells;
};

static void piece_add(struct piece *piece, wchar_t character)
{
    piece->characters[piece->count++] = character;
    piece->cells++;
}

static void piece_add_escaped(struct piece *piece, uint32_t code)
{
    char text[PIECE_LENGTH];
    int length =
        snprintf(text, sizeof(text), code > 0xff ? "\\u%04x" : "\\x%02x", (unsigned)code & 0xffff);
    for (int i = 0; i < length; i++)
        piece_add(piece, (wchar_t)text[i]);
}

// Joiners, variation selectors and their like: terminals do not agree on how wide they make what
// stands before them.
static bool is_invisible(uint32_t code)
{
    return (code >= 0x200b && code <= 0x200d) || (code >= 0x2060 && code <= 0x2064) ||
           (code >= 0xfe00 && code <= 0xfe0f) || code == 0xfeff || code >= 0xe0000;
}

static void piece_add_unknown(struct piece *piece, uint32_t code)
{
    const wchar_t *instead = code == 0x2026 ? L"..." : L"?"; // our own texts have the one
    for (; *instead != 0; instead++)
        piece_add(piece, *instead);
}

// column: where the piece begins, for tabs.
static struct piece piece_of(struct character character, size_t column)
{
    struct piece piece = {.count = 0};
    uint32_t code = character.code;
    if (code == '\t') {
        do
            piece_add(&piece, L' ');
        while ((column + piece.count) % TAB != 0);
        return piece;
    }
    if (text_acts_on_terminal(character)) {
        piece_add_escaped(&piece, code);
        return piece;
    }
    if (is_invisible(code))
        return piece;
    int width = code < 0x7f ? 1 : wcwidth((wchar_t)code);
    if (width < 0) {
        piece_add_unknown(&piece, code);
        return piece;
    }
    piece.characters[piece.count++] = (wchar_t)code;
    piece.cells = (size_t)width;
    return piece;
}

// Marks belong to the character before them: there must be one, and not too many of them.
static bool is_mark(const struct piece *piece)
{
    return piece->count > 0 && piece->cells == 0;
}

static void text_add(struct top_text *text, size_t *capacity, const struct piece *piece)
{
    if (text->count + piece->count + 1 > *capacity) {
        *capacity = 2 * *capacity + PIECE_LENGTH;
        text->characters = memory_resize(text->characters, *capacity, sizeof(wchar_t));
    }
    memcpy(text->characters + text->count, piece->characters, piece->count * sizeof(wchar_t));
    text->count += piece->count;
    text->cells += piece->cells;
}

struct top_text top_text_fit(const char *bytes, size_t length, size_t cells)
{
    size_t capacity = PIECE_LENGTH;
    struct top_text text = {.characters = memory_new(capacity, sizeof(wchar_t))};
    size_t marks = MARKS; // at the start there is nothing to carry one
    while (text.taken < length) {
        struct character character = text_first_character(bytes + text.taken, length - text.taken);
        struct piece piece = piece_of(character, text.cells);
        if (text.cells + piece.cells > cells)
            break;
        text.taken += character.length;
        if (is_mark(&piece) && marks++ >= MARKS)
            continue;
        if (piece.cells > 0)
            marks = 0;
        text_add(&text, &capacity, &piece);
    }
    text.characters[text.count] = 0;
    return text;
}

void top_text_finish(struct top_text *text)
{
    free(text->characters);
    *text = (struct top_text){0};
}

size_t top_text_cells(const char *bytes)
{
    size_t length = strlen(bytes), cells = 0;
    while (length > 0) {
        struct character character = text_first_character(bytes, length);
        cells += piece_of(character, cells).cells;
        bytes += character.length;
        length -= character.length;
    }
    return cells;
}
