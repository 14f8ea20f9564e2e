// SPDX-License-Identifier: MIT
#include "output/escape.h"

#include "base/text.h"

#include <stdint.h>
#include <string.h>

enum { ESC = 0x1b };

static bool is_plain(unsigned char byte)
{
    return byte >= 0x20 && byte < 0x7f && byte != '"' && byte != '\\';
}

typedef uint8_t block __attribute__((vector_size(16)));

// How many bytes from the start need no closer look in any style. 16 bytes at a time: this is
// the one loop over bytes that every line of JSON goes through.
static size_t plain_length(const char *text, size_t length)
{
    size_t plain = 0;
    while (length - plain >= sizeof(block)) {
        block bytes;
        memcpy(&bytes, text + plain, sizeof(bytes));
        uint64_t special[2];
        block found = (block)((bytes < 0x20) | (bytes >= 0x7f) | (bytes == '"') | (bytes == '\\'));
        memcpy(special, &found, sizeof(special));
        if ((special[0] | special[1]) != 0)
            break;
        plain += sizeof(block);
    }
    while (plain < length && is_plain((unsigned char)text[plain]))
        plain++;
    return plain;
}

static void append_hex(struct buffer *out, char kind, uint32_t code, int digits)
{
    char text[8] = {'\\', kind};
    for (int i = 0; i < digits; i++)
        text[2 + i] = "0123456789abcdef"[code >> (4 * (digits - 1 - i)) & 0xf];
    buffer_append(out, text, (size_t)(2 + digits));
}

// Appends the character as \ and a letter when it is one of the pairs. False: it is none.
static bool append_short(struct buffer *out, struct character character, const char *pairs)
{
    for (; *pairs != '\0'; pairs += 2) {
        if (character.code == (unsigned char)pairs[0]) {
            buffer_append(out, (char[]){'\\', pairs[1]}, 2);
            return true;
        }
    }
    return false;
}

static void append_json(struct buffer *out, struct character character)
{
    if (!append_short(out, character, "\"\"\\\\\nn\tt\rr\bb\ff"))
        append_hex(out, 'u', character.code, 4);
}

static void append_logfmt(struct buffer *out, struct character character)
{
    if (append_short(out, character, "\"\"\\\\\nn\tt\rr"))
        return;
    if (!character.valid || character.code < 0x80)
        append_hex(out, 'x', character.code, 2);
    else
        append_hex(out, 'u', character.code, 4);
}

typedef void append_escaped(struct buffer *out, struct character character);

// The two quoted styles differ only in how they write what they escape.
static void escape_quoted(struct buffer *out, const char *text, size_t length,
                          append_escaped *append)
{
    size_t start = 0; // of what passes as it is
    for (size_t i = plain_length(text, length); i < length;
         i += plain_length(text + i, length - i)) {
        struct character character = text_first_character(text + i, length - i);
        bool passes = !text_acts_on_terminal(character) && text[i] != '"' && text[i] != '\\';
        if (!passes) {
            buffer_append(out, text + start, i - start);
            append(out, character);
            start = i + character.length;
        }
        i += character.length;
    }
    buffer_append(out, text + start, length - start);
}

void escape_json(struct buffer *out, const char *text, size_t length)
{
    escape_quoted(out, text, length, append_json);
}

void escape_logfmt(struct buffer *out, const char *text, size_t length)
{
    escape_quoted(out, text, length, append_logfmt);
}

// Bytes of the SGR sequence at the start, or 0.
static size_t color_length(const char *text, size_t length)
{
    if (length < 3 || text[0] != ESC || text[1] != '[')
        return 0;
    size_t i = 2;
    while (i < length && ((text[i] >= '0' && text[i] <= '9') || text[i] == ';' || text[i] == ':'))
        i++;
    return i < length && text[i] == 'm' ? i + 1 : 0;
}

void escape_terminal(struct buffer *out, const char *text, size_t length, bool colors)
{
    size_t start = 0; // of what passes as it is
    for (size_t i = plain_length(text, length); i < length;
         i += plain_length(text + i, length - i)) {
        size_t color = colors ? color_length(text + i, length - i) : 0;
        struct character character = text_first_character(text + i, length - i);
        if (color > 0 || text[i] == '\t' || !text_acts_on_terminal(character)) {
            i += color > 0 ? color : character.length;
            continue;
        }
        buffer_append(out, text + start, i - start);
        if (character.code > 0xff)
            append_hex(out, 'u', character.code, 4);
        else
            append_hex(out, 'x', character.code, 2);
        i += character.length;
        start = i;
    }
    buffer_append(out, text + start, length - start);
}

bool escape_finds_color(const char *text, size_t length)
{
    const char *end = text + length;
    const char *escape;
    while ((escape = memchr(text, ESC, (size_t)(end - text))) != NULL) {
        if (color_length(escape, (size_t)(end - escape)) > 0)
            return true;
        text = escape + 1;
    }
    return false;
}
