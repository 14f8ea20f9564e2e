// SPDX-License-Identifier: MIT
// Whatever bytes come in whatever chunks, and whatever is given back: the pieces, joined again, are
// the very same bytes.
#include "fuzz.h"

#include "output/splitter.h"

struct result {
    size_t max_line;
    struct buffer joined;   // with the newlines that were there
    struct buffer cuts;     // per line or part of one its length and flags, to compare two results
    const char *input;      // what was fed
    bool expects_continued; // the piece before was partial
    unsigned returns; // bit n: all but the first line of piece n is given back; a ring of eight
    unsigned pieces;
};

// Whether a valid character stands across this position of the input.
static bool is_inside_character(const char *input, size_t length, size_t position)
{
    for (size_t back = 1; back < 4 && back <= position; back++) {
        const char *start = input + position - back;
        if (text_first_character(start, length - position + back).length > back)
            return true;
    }
    return false;
}

static void note_piece(struct result *result, const struct piece *piece)
{
    require(piece->length > 0);
    require(piece->continued == result->expects_continued);
    result->expects_continued = piece->partial;
    buffer_append(&result->joined, piece->text, piece->length);
    const char *at = piece->text, *end = at + piece->length;
    size_t lines = 0;
    for (const char *newline; at < end; lines++) {
        newline = memchr(at, '\n', (size_t)(end - at));
        require(!(piece->partial && newline != NULL));
        size_t length = (size_t)((newline != NULL ? newline : end) - at);
        require(length <= result->max_line);
        buffer_append(&result->cuts, &length, sizeof(length));
        buffer_append_char(&result->cuts, piece->partial ? '+' : '.');
        at += length + (newline != NULL);
    }
    require(lines == 1 || (!piece->continued && !piece->partial));
}

// Feeds a chunk, what was given back again, each time from another place.
static void feed(struct result *result, struct splitter *splitter, const char *bytes, size_t length)
{
    for (size_t taken = 0;;) {
        size_t part = length - taken;
        char *exact = malloc(part + (part == 0)); // so that a read behind it is seen
        memcpy(exact, bytes + taken, part);
        const char *at = exact;
        struct piece piece;
        bool given = splitter_next(splitter, &at, exact + part, &piece);
        require(given || at == exact + part);
        if (given) {
            const char *newline = memchr(piece.text, '\n', piece.length);
            bool in_bytes = piece.text >= exact && piece.text < exact + part;
            if (in_bytes && newline != NULL && (result->returns >> (result->pieces % 8) & 1) != 0) {
                piece.length = (size_t)(newline - piece.text) + 1;
                at = newline + 1;
            }
            result->pieces++;
            note_piece(result, &piece);
        }
        taken += (size_t)(at - exact);
        free(exact);
        if (!given)
            break;
    }
    require(splitter->kept_length <= result->max_line);
    require((splitter->kept == NULL) == (splitter->kept_length == 0));
}

// Splits the input in chunks of the given size and checks all that holds for any one run.
static void split(struct result *result, size_t length, size_t chunk)
{
    struct splitter splitter;
    struct piece piece;
    splitter_init(&splitter, result->max_line);
    for (size_t i = 0; i < length; i += chunk)
        feed(result, &splitter, result->input + i, length - i < chunk ? length - i : chunk);
    if (splitter_last(&splitter, &piece))
        note_piece(result, &piece);
    require(!splitter_last(&splitter, &piece) && !splitter.continued);
    splitter_finish(&splitter);
    require(!result->expects_continued);

    require(result->joined.length == length);
    require(length == 0 || memcmp(result->joined.data, result->input, length) == 0);
}

static void check_cuts(const struct result *result, size_t length)
{
    size_t position = 0;
    const size_t entry = sizeof(size_t) + 1;
    for (size_t i = 0; i < result->cuts.length; i += entry) {
        size_t piece;
        memcpy(&piece, result->cuts.data + i, sizeof(piece));
        position += piece;
        bool partial = result->cuts.data[i + sizeof(piece)] == '+';
        if (partial && result->max_line >= 4) {
            require(!is_inside_character(result->input, length, position));
            require(piece > result->max_line - 4); // no shorter than a character asks for
        }
        position += !partial;
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size == 0)
        return 0;
    static const size_t limits[] = {1, 2, 3, 4, 5, 6, 7, 8, 15, 16, 17, 63, 64, 100, 1000, 5000};
    static const size_t chunks[] = {1, 2, 3, 4, 5, 6, 7, 8, 15, 16, 17, 64, 100, 1000, 4096, 65536};
    const char *input = (const char *)data + 1;
    size_t length = size - 1;

    struct result chunked = {.max_line = limits[data[0] & 15], .input = input};
    struct result whole = chunked;
    chunked.returns = length > 0 ? (uint8_t)input[length / 2] : 0;
    split(&chunked, length, chunks[data[0] >> 4]);
    split(&whole, length, length > 0 ? length : 1);
    check_cuts(&chunked, length);
    require(chunked.cuts.length == whole.cuts.length);
    require(whole.cuts.length == 0 ||
            memcmp(chunked.cuts.data, whole.cuts.data, whole.cuts.length) == 0);

    buffer_finish(&chunked.joined);
    buffer_finish(&chunked.cuts);
    buffer_finish(&whole.joined);
    buffer_finish(&whole.cuts);
    return 0;
}
