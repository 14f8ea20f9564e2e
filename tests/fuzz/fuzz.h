// SPDX-License-Identifier: MIT
// What all fuzz targets share. A target gives any bytes to a module and aborts where the module
// does not keep what it promises.
#pragma once

#include "base/buffer.h"
#include "base/error.h"
#include "base/memory.h"
#include "base/strings.h"
#include "base/text.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

static inline void require(bool condition)
{
    if (!condition)
        abort();
}

static inline void require_equal(const char *a, const char *b)
{
    require(strcmp(a, b) == 0);
}

static inline void require_equal_lists(const struct strings *a, const struct strings *b)
{
    require(a->count == b->count);
    for (size_t i = 0; i < a->count; i++)
        require_equal(a->items[i], b->items[i]);
}

// What is said of mistakes is for a terminal, whatever bytes it quotes.
static inline void require_harmless(const struct errors *errors)
{
    char *text = NULL;
    size_t length = 0;
    FILE *stream = open_memstream(&text, &length);
    require(stream != NULL);
    errors_print(errors, stream);
    fclose(stream);
    for (size_t i = 0; i < length;) {
        struct character character = text_first_character(text + i, length - i);
        require(text[i] == '\n' || !text_acts_on_terminal(character));
        i += character.length;
    }
    require((length > 0) == (errors->count + errors->warnings > 0));
    free(text);
}
