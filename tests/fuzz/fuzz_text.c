// SPDX-License-Identifier: MIT
// Any bytes as characters: a character is valid exactly when it is the shortest writing of its
// code point. And any words as a mistyped one and its candidates.
#include "fuzz.h"

// How UTF-8 writes a code point; 0 for what is none.
static size_t write_character(uint32_t code, unsigned char *out)
{
    size_t length = code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
    static const unsigned char heads[] = {0, 0, 0xc0, 0xe0, 0xf0};
    if (code > 0x10ffff || (code >= 0xd800 && code <= 0xdfff))
        return 0;
    for (size_t i = length - 1; i > 0; i--) {
        out[i] = (unsigned char)(0x80 | (code & 0x3f));
        code >>= 6;
    }
    out[0] = (unsigned char)(heads[length] | code);
    return length;
}

// Whether any code point is written so in the next length bytes.
static bool is_character(const uint8_t *bytes, size_t length)
{
    static const uint8_t masks[] = {0, 0x7f, 0x1f, 0x0f, 0x07};
    uint32_t code = bytes[0] & masks[length];
    for (size_t i = 1; i < length; i++)
        code = code << 6 | (bytes[i] & 0x3f);
    unsigned char again[4];
    return write_character(code, again) == length && memcmp(again, bytes, length) == 0;
}

static void check_characters(const uint8_t *bytes, size_t size)
{
    const char *text = (const char *)bytes;
    size_t count = 0;
    bool all_valid = true;
    for (size_t i = 0; i < size; count++) {
        struct character character = text_first_character(text + i, size - i);
        size_t length = 1;
        while (length < 4 && length < size - i && !is_character(bytes + i, length))
            length++;
        bool valid = is_character(bytes + i, length);
        require(character.valid == valid);
        require(character.length == (valid ? length : 1));
        require(valid || character.code == bytes[i]);
        require(valid || text_acts_on_terminal(character));
        all_valid = all_valid && valid;
        i += character.length;
    }
    require(text_count_characters(text, size) == count);
    require(text_is_utf8(text, size) == all_valid);
}

// The first word is the mistyped one.
static void check_nearest(const char *text)
{
    struct strings words = {0};
    text_split_blanks(text, &words);
    if (words.count > 0) {
        const char *const *candidates = (const char *const *)words.items + 1;
        const char *nearest = text_nearest(words.items[0], candidates, words.count - 1);
        bool is_candidate = nearest == NULL;
        for (size_t i = 1; i < words.count; i++) {
            is_candidate = is_candidate || nearest == words.items[i];
            if (strcmp(words.items[i], words.items[0]) == 0 && strlen(words.items[0]) <= 64)
                require(nearest != NULL && strcasecmp(nearest, words.items[0]) == 0);
        }
        require(is_candidate);
    }
    strings_finish(&words);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    memory_auto char *text = memory_copy_bytes((const char *)bytes, size);
    check_characters(bytes, size);
    check_nearest(text);
    return 0;
}
