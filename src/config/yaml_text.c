// SPDX-License-Identifier: MIT
#include "config/yaml_text.h"

#include "base/text.h"

#include <string.h>

// libyaml compares each %TAG line with all before it.
enum { TAG_DIRECTIVE_LIMIT = 16 };

// As libyaml, but for the line ends of YAML 1.1 that no editor counts (U+0085, U+2028, U+2029):
// behind one of them a comment would end where nobody sees it.
static bool is_allowed(uint32_t code)
{
    if (code < 0xa0)
        return (code >= 0x20 && code < 0x7f) || code == '\t';
    return code != 0x2028 && code != 0x2029 && code != 0xfffe && code != 0xffff;
}

bool yaml_check_text(const struct source *source, struct errors *errors)
{
    const char *text = source->text;
    struct place place = {.source = source};
    if (strncmp(text, "\xff\xfe", 2) == 0 || strncmp(text, "\xfe\xff", 2) == 0) {
        errors_add(errors, place, "the text is UTF-16; it must be UTF-8");
        return false;
    }
    unsigned directives = 0;
    struct character character;
    size_t start = strncmp(text, "\xef\xbb\xbf", 3) == 0 ? 3 : 0;
    place.line = place.column = 1;
    for (size_t i = start; i < source->length; i += character.length, place.column++) {
        character = text_first_character(text + i, source->length - i);
        if (!character.valid) {
            errors_add(errors, place, "byte \\x%02x is not UTF-8", character.code);
            return false;
        }
        if (text[i] == '\n') {
            place.line++;
            place.column = 0;
        } else if (text[i] == '\r' && text[i + 1] == '\n') {
            continue;
        } else if (!is_allowed(character.code)) {
            errors_add(errors, place, "character U+%04X is not allowed here", character.code);
            return false;
        } else if (text[i] == '%' && place.column == 1 && strncmp(text + i, "%TAG", 4) == 0 &&
                   ++directives > TAG_DIRECTIVE_LIMIT) {
            errors_add(errors, place, "more than %d %%TAG lines", TAG_DIRECTIVE_LIMIT);
            return false;
        }
    }
    return true;
}
