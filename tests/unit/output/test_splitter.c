// SPDX-License-Identifier: MIT
#include "suites.h"

#include "base/buffer.h"
#include "base/memory.h"
#include "output/splitter.h"

#include <stdlib.h>
#include <string.h>

// Writes each line of a piece as [text], with + before what is continued and behind what is
// partial; and, where asked to, with $ behind a newline.
static void note_piece(struct buffer *seen, const struct piece *piece, bool newlines)
{
    const char *at = piece->text, *end = at + piece->length;
    while (at < end) {
        const char *newline = memchr(at, '\n', (size_t)(end - at));
        if (piece->continued)
            buffer_append_char(seen, '+');
        buffer_append_char(seen, '[');
        buffer_append(seen, at, (size_t)((newline != NULL ? newline : end) - at));
        buffer_append_char(seen, ']');
        if (piece->partial)
            buffer_append_char(seen, '+');
        if (newlines && newline != NULL)
            buffer_append_char(seen, '$');
        at = newline != NULL ? newline + 1 : end;
    }
}

static void feed_bytes(struct splitter *splitter, const char *text, size_t length,
                       struct buffer *seen)
{
    const char *at = text, *end = text + length;
    struct piece piece;
    while (splitter_next(splitter, &at, end, &piece))
        note_piece(seen, &piece, false);
    ck_assert_ptr_eq(at, end);
}

static void feed(struct splitter *splitter, const char *text, struct buffer *seen)
{
    feed_bytes(splitter, text, strlen(text), seen);
}

static void end(struct splitter *splitter, struct buffer *seen)
{
    struct piece piece;
    if (splitter_last(splitter, &piece))
        note_piece(seen, &piece, false);
    ck_assert(!splitter_last(splitter, &piece));
}

static void expect(struct buffer *seen, const char *pieces)
{
    memory_auto char *text = buffer_take(seen);
    ck_assert_str_eq(text, pieces);
}

// Splits the whole text, fed in chunks of the given size, and ends the stream.
static char *split(const char *text, size_t max_line, size_t chunk)
{
    struct splitter splitter;
    struct buffer seen = {0};
    splitter_init(&splitter, max_line);
    size_t length = strlen(text);
    for (size_t i = 0; i < length; i += chunk)
        feed_bytes(&splitter, text + i, length - i < chunk ? length - i : chunk, &seen);
    end(&splitter, &seen);
    splitter_finish(&splitter);
    return buffer_take(&seen);
}

// Whatever the chunks are, the pieces are the same.
static void expect_split(const char *text, size_t max_line, const char *pieces)
{
    for (size_t chunk = 1; chunk <= strlen(text); chunk++) {
        memory_auto char *seen = split(text, max_line, chunk);
        ck_assert_msg(strcmp(seen, pieces) == 0, "in chunks of %zu: %s", chunk, seen);
    }
}

START_TEST(splits_at_newline)
{
    expect_split("one\ntwo\n", 100, "[one][two]");
}
END_TEST

START_TEST(an_empty_line_is_a_piece)
{
    expect_split("\n\na\n\n", 100, "[][][a][]");
}
END_TEST

START_TEST(the_last_line_needs_no_newline)
{
    expect_split("one\ntwo", 100, "[one][two]");
}
END_TEST

START_TEST(an_unfinished_line_waits_for_its_rest)
{
    struct splitter splitter;
    struct buffer seen = {0};
    splitter_init(&splitter, 100);
    feed(&splitter, "one\ntw", &seen);
    expect(&seen, "[one]");
    feed(&splitter, "o", &seen);
    expect(&seen, "");
    feed(&splitter, "\nthree", &seen);
    expect(&seen, "[two]");
    end(&splitter, &seen);
    expect(&seen, "[three]");
    splitter_finish(&splitter);
}
END_TEST

START_TEST(a_whole_line_is_not_copied)
{
    struct splitter splitter;
    struct buffer seen = {0};
    splitter_init(&splitter, 100);
    feed(&splitter, "whole\n", &seen);
    ck_assert_uint_eq(splitter.kept_capacity, 0);
    expect(&seen, "[whole]");
    splitter_finish(&splitter);
}
END_TEST

START_TEST(nul_and_other_bytes_are_part_of_the_line)
{
    struct splitter splitter;
    struct buffer seen = {0};
    splitter_init(&splitter, 100);
    feed_bytes(&splitter, "a\0b\r\xff\na\0b\r\xff\n", 12, &seen);
    ck_assert_uint_eq(seen.length, 14);
    ck_assert_mem_eq(seen.data, "[a\0b\r\xff][a\0b\r\xff]", 14);
    buffer_finish(&seen);
    splitter_finish(&splitter);
}
END_TEST

START_TEST(whole_lines_that_stand_together_are_one_piece)
{
    struct splitter splitter;
    struct piece piece;
    const char text[] = "one\n\ntwo\nthr", *at = text;
    splitter_init(&splitter, 100);
    ck_assert(splitter_next(&splitter, &at, text + 12, &piece));
    ck_assert_ptr_eq(piece.text, text);
    ck_assert_uint_eq(piece.length, 9);
    ck_assert(!piece.continued && !piece.partial);
    ck_assert(!splitter_next(&splitter, &at, text + 12, &piece));
    ck_assert_ptr_eq(at, text + 12);
    ck_assert(splitter_last(&splitter, &piece));
    ck_assert_uint_eq(piece.length, 3);
    splitter_finish(&splitter);
}
END_TEST

START_TEST(a_piece_of_lines_has_a_limit)
{
    struct splitter splitter;
    struct piece piece;
    char text[4 * PIECE_LINES];
    memset(text, '\n', sizeof(text));
    splitter_init(&splitter, sizeof(text));
    size_t length = 0;
    for (const char *at = text; splitter_next(&splitter, &at, text + sizeof(text), &piece);
         length += piece.length)
        ck_assert_uint_le(piece.length, PIECE_LINES);
    ck_assert_uint_eq(length, sizeof(text));
    splitter_finish(&splitter);
}
END_TEST

START_TEST(a_line_longer_than_a_piece_of_lines_is_one_piece)
{
    struct splitter splitter;
    struct piece piece;
    char text[2 * PIECE_LINES];
    memset(text, 'x', sizeof(text));
    text[sizeof(text) - 1] = '\n';
    text[1] = '\n';
    splitter_init(&splitter, sizeof(text));
    const char *at = text;
    ck_assert(splitter_next(&splitter, &at, text + sizeof(text), &piece));
    ck_assert_uint_eq(piece.length, 2);
    ck_assert(splitter_next(&splitter, &at, text + sizeof(text), &piece));
    ck_assert_uint_eq(piece.length, sizeof(text) - 2);
    ck_assert(!piece.partial && !piece.continued);
    splitter_finish(&splitter);
}
END_TEST

START_TEST(a_line_of_exactly_the_limit_is_one_piece)
{
    expect_split("12345\n", 5, "[12345]");
    expect_split("12345", 5, "[12345]");
    expect_split("12345\n12345\n", 5, "[12345][12345]");
}
END_TEST

START_TEST(a_longer_line_is_cut_and_its_pieces_marked)
{
    expect_split("123456\n", 5, "[12345]++[6]");
    expect_split("123456", 5, "[12345]++[6]");
    expect_split("1234567890\n", 5, "[12345]++[67890]");
    expect_split("12345678901\nnext\n", 5, "[12345]++[67890]++[1][next]");
}
END_TEST

START_TEST(no_piece_is_partial_before_more_of_its_line_is_known)
{
    struct splitter splitter;
    struct buffer seen = {0};
    splitter_init(&splitter, 5);
    feed(&splitter, "1234567890", &seen);
    expect(&seen, "[12345]+");
    end(&splitter, &seen);
    expect(&seen, "+[67890]");
    splitter_finish(&splitter);
}
END_TEST

START_TEST(a_character_is_never_cut)
{
    expect_split("abc\xc3\xa4xyz\n", 4, "[abc]++[\xc3\xa4xy]++[z]");
    expect_split("abc\xc3\xa4xyz\n", 5, "[abc\xc3\xa4]++[xyz]");
    expect_split("ab\xe2\x82\xac\xe2\x82\xac\n", 4, "[ab]++[\xe2\x82\xac]++[\xe2\x82\xac]");
    expect_split("\xf0\x9f\x98\x80\xf0\x9f\x98\x80", 7, "[\xf0\x9f\x98\x80]++[\xf0\x9f\x98\x80]");
}
END_TEST

START_TEST(bytes_that_are_no_character_are_cut_at_the_limit)
{
    expect_split("abc\xa4\xa4\xa4\n", 4, "[abc\xa4]++[\xa4\xa4]");
    expect_split("\x80\x80\x80\x80\x80\x80\x80\n", 5, "[\x80\x80\x80\x80\x80]++[\x80\x80]");
    expect_split("abc\xff\xff\n", 4, "[abc\xff]++[\xff]");
}
END_TEST

START_TEST(a_limit_below_a_character_still_makes_progress)
{
    expect_split("\xe2\x82\xac\n", 1, "[\xe2]++[\x82]++[\xac]");
    expect_split("\xf0\x9f\x98\x80\n", 2, "[\xf0\x9f]++[\x98\x80]");
    expect_split("ab\n", 0, "[a]++[b]");
}
END_TEST

START_TEST(ending_with_nothing_kept_gives_nothing)
{
    struct splitter splitter;
    struct buffer seen = {0};
    splitter_init(&splitter, 5);
    end(&splitter, &seen);
    feed(&splitter, "one\n", &seen);
    end(&splitter, &seen);
    expect(&seen, "[one]");
    splitter_finish(&splitter);
}
END_TEST

START_TEST(after_the_end_a_new_line_begins)
{
    struct splitter splitter;
    struct buffer seen = {0};
    splitter_init(&splitter, 5);
    feed(&splitter, "1234567", &seen);
    end(&splitter, &seen);
    feed(&splitter, "new\n", &seen);
    expect(&seen, "[12345]++[67][new]");
    splitter_finish(&splitter);
}
END_TEST

START_TEST(holds_no_memory_while_nothing_is_kept)
{
    struct splitter splitter;
    struct buffer seen = {0};
    splitter_init(&splitter, 100000);
    feed(&splitter, "start", &seen);
    ck_assert_ptr_nonnull(splitter.kept);
    feed(&splitter, " of a line\n", &seen);
    ck_assert_ptr_null(splitter.kept);
    ck_assert_uint_eq(splitter.kept_capacity, 0);
    expect(&seen, "[start of a line]");

    feed(&splitter, "start", &seen);
    end(&splitter, &seen);
    ck_assert_ptr_null(splitter.kept);
    buffer_finish(&seen);
    splitter_finish(&splitter);
}
END_TEST

START_TEST(holds_the_memory_of_a_line_until_it_is_known_that_no_other_follows)
{
    struct splitter splitter;
    struct buffer seen = {0};
    struct piece piece;
    splitter_init(&splitter, 100000);
    feed(&splitter, "start", &seen);
    const char *at = " of a line\n", *end_of_read = at + strlen(at);
    ck_assert(splitter_next(&splitter, &at, end_of_read, &piece));
    ck_assert_ptr_eq(at, end_of_read);
    ck_assert_ptr_nonnull(splitter.kept); // the piece lies there
    splitter_trim(&splitter);
    ck_assert_ptr_null(splitter.kept);
    feed(&splitter, "next\n", &seen);
    expect(&seen, "[next]");
    splitter_finish(&splitter);
}
END_TEST

START_TEST(a_large_start_is_released_when_its_line_is_done)
{
    struct splitter splitter;
    struct buffer seen = {0};
    splitter_init(&splitter, 100000);
    for (int i = 0; i < 50000; i++)
        feed(&splitter, "x", &seen);
    ck_assert_uint_eq(splitter.kept_length, 50000);
    feed(&splitter, "\nshort", &seen);
    ck_assert_uint_eq(splitter.kept_length, 5);
    ck_assert_uint_le(splitter.kept_capacity, 4096);
    buffer_finish(&seen);
    splitter_finish(&splitter);
}
END_TEST

START_TEST(keeps_no_more_than_the_limit)
{
    struct splitter splitter;
    struct buffer seen = {0};
    splitter_init(&splitter, 1000);
    for (int i = 0; i < 10000; i++) {
        feed(&splitter, "xyz", &seen);
        ck_assert(splitter.kept_length <= 1000);
        ck_assert(splitter.kept_capacity <= 1001);
    }
    buffer_finish(&seen);
    splitter_finish(&splitter);
}
END_TEST

START_TEST(finishing_drops_what_is_kept_and_may_be_repeated)
{
    struct splitter splitter;
    struct buffer seen = {0};
    splitter_init(&splitter, 5);
    feed(&splitter, "abc", &seen);
    splitter_finish(&splitter);
    splitter_finish(&splitter);
    expect(&seen, "");
}
END_TEST

// A piece is taken, or only its first line and the rest is given back.
static const char *take_first_line(const struct piece *piece, struct piece *line)
{
    const char *newline = memchr(piece->text, '\n', piece->length);
    *line = *piece;
    line->length = newline != NULL ? (size_t)(newline - piece->text) + 1 : piece->length;
    return piece->text + line->length;
}

// Feeds chunks; bit n of a pattern says whether of the piece n, and so on in a ring, all but the
// first line is given back, and whether the bytes move to another place behind it.
static char *split_with_returns(const char *text, size_t length, size_t max_line, size_t chunk,
                                uint32_t returns)
{
    struct splitter splitter;
    struct buffer seen = {0};
    unsigned pieces = 0;
    splitter_init(&splitter, max_line);
    for (size_t i = 0; i < length;) {
        size_t part = length - i < chunk ? length - i : chunk;
        memory_auto char *exact = memory_copy_bytes(text + i, part);
        const char *at = exact;
        struct piece piece, line;
        bool given = splitter_next(&splitter, &at, exact + part, &piece);
        if (given && (returns >> (pieces++ % 32) & 1) != 0) {
            bool whole = piece.text < exact || piece.text >= exact + part;
            const char *rest = take_first_line(&piece, &line);
            ck_assert(!whole || line.length == piece.length);
            if (!whole)
                at = rest;
            note_piece(&seen, &line, true);
        } else if (given) {
            note_piece(&seen, &piece, true);
        } else {
            ck_assert_ptr_eq(at, exact + part);
            ck_assert_uint_le(splitter.kept_length, max_line);
            ck_assert((splitter.kept == NULL) == (splitter.kept_length == 0));
        }
        i += (size_t)(at - exact);
    }
    struct piece piece;
    if (splitter_last(&splitter, &piece))
        note_piece(&seen, &piece, true);
    splitter_finish(&splitter);
    buffer_append_char(&seen, '\0');
    return buffer_take(&seen);
}

static uint32_t next_random(uint32_t *seed)
{
    *seed = *seed * 1664525 + 1013904223;
    return *seed >> 8;
}

static size_t make_text(uint32_t *seed, char *text, size_t most)
{
    static const char *const parts[] = {"\n", "a", "b", "\xc3\xa4", "\xe2\x82\xac", "\x80", "\n\n"};
    size_t length = 0;
    for (size_t wanted = next_random(seed) % most; length < wanted;) {
        const char *part = parts[next_random(seed) % LENGTH(parts)];
        memcpy(text + length, part, strlen(part));
        length += strlen(part);
    }
    return length;
}

START_TEST(only_what_a_newline_ended_has_one)
{
    memory_auto char *seen = split_with_returns("\n1234567\nab", 11, 5, 100, 0);
    ck_assert_str_eq(seen, "[]$[12345]++[67]$[ab]");
}
END_TEST

START_TEST(whatever_is_given_back_the_lines_are_the_same)
{
    uint32_t seed = 1;
    for (int i = 0; i < 5000; i++) {
        char text[70];
        size_t length = make_text(&seed, text, 64);
        size_t max_line = 1 + next_random(&seed) % 12;
        size_t chunk = 1 + next_random(&seed) % 20;
        uint32_t returns = i % 4 == 0 ? UINT32_MAX : next_random(&seed) << 8 | next_random(&seed);
        memory_auto char *whole = split_with_returns(text, length, max_line, length + 1, 0);
        memory_auto char *parts = split_with_returns(text, length, max_line, chunk, returns);
        ck_assert_msg(strcmp(whole, parts) == 0, "limit %zu, chunks of %zu, returns %x: %s, not %s",
                      max_line, chunk, returns, parts, whole);
    }
}
END_TEST

START_TEST(a_limit_between_two_lines_holds_at_once)
{
    struct splitter splitter;
    struct piece piece;
    struct buffer seen = {0};
    splitter_init(&splitter, 8);
    feed(&splitter, "abc", &seen);
    const char *at = "de\n";
    ck_assert(splitter_next(&splitter, &at, at + 3, &piece));
    splitter_set_max_line(&splitter, 3);
    ck_assert_uint_eq(splitter.max_line, 3);
    feed(&splitter, "abcd\n", &seen);
    expect(&seen, "[abc]++[d]");
    splitter_finish(&splitter);
}
END_TEST

START_TEST(another_limit_begins_with_the_next_line)
{
    struct splitter splitter;
    struct buffer seen = {0};
    splitter_init(&splitter, 8);
    feed(&splitter, "abcdef", &seen);
    splitter_set_max_line(&splitter, 3); // less than is kept already
    feed(&splitter, "ghijk\nlmno\n", &seen);
    expect(&seen, "[abcdefgh]++[ijk][lmn]++[o]");
    splitter_set_max_line(&splitter, 5);
    feed(&splitter, "abcde\n", &seen);
    expect(&seen, "[abcde]");
    feed(&splitter, "abcdefg", &seen);
    splitter_set_max_line(&splitter, 2);
    end(&splitter, &seen);
    expect(&seen, "[abcde]++[fg]");
    splitter_finish(&splitter);
}
END_TEST

START_TEST(another_limit_does_not_mark_the_rest_of_a_line_anew)
{
    struct splitter splitter;
    struct buffer seen = {0};
    splitter_init(&splitter, 4);
    feed(&splitter, "abcdefgh", &seen);
    splitter_set_max_line(&splitter, 16);
    feed(&splitter, "ij\nabcdef\n", &seen);
    expect(&seen, "[abcd]++[efgh]++[ij][abcdef]");
    splitter_finish(&splitter);
}
END_TEST

Suite *splitter_suite(void)
{
    Suite *suite = suite_create("splitter");

    TCase *lines = tcase_create("lines");
    tcase_add_test(lines, splits_at_newline);
    tcase_add_test(lines, an_empty_line_is_a_piece);
    tcase_add_test(lines, the_last_line_needs_no_newline);
    tcase_add_test(lines, an_unfinished_line_waits_for_its_rest);
    tcase_add_test(lines, a_whole_line_is_not_copied);
    tcase_add_test(lines, whole_lines_that_stand_together_are_one_piece);
    tcase_add_test(lines, a_piece_of_lines_has_a_limit);
    tcase_add_test(lines, a_line_longer_than_a_piece_of_lines_is_one_piece);
    tcase_add_test(lines, nul_and_other_bytes_are_part_of_the_line);
    tcase_add_test(lines, ending_with_nothing_kept_gives_nothing);
    tcase_add_test(lines, after_the_end_a_new_line_begins);
    suite_add_tcase(suite, lines);

    TCase *pieces = tcase_create("pieces");
    tcase_add_test(pieces, a_line_of_exactly_the_limit_is_one_piece);
    tcase_add_test(pieces, a_longer_line_is_cut_and_its_pieces_marked);
    tcase_add_test(pieces, no_piece_is_partial_before_more_of_its_line_is_known);
    tcase_add_test(pieces, a_character_is_never_cut);
    tcase_add_test(pieces, bytes_that_are_no_character_are_cut_at_the_limit);
    tcase_add_test(pieces, a_limit_below_a_character_still_makes_progress);
    tcase_add_test(pieces, another_limit_begins_with_the_next_line);
    tcase_add_test(pieces, a_limit_between_two_lines_holds_at_once);
    tcase_add_test(pieces, another_limit_does_not_mark_the_rest_of_a_line_anew);
    suite_add_tcase(suite, pieces);

    TCase *memory = tcase_create("memory");
    tcase_add_test(memory, holds_no_memory_while_nothing_is_kept);
    tcase_add_test(memory, holds_the_memory_of_a_line_until_it_is_known_that_no_other_follows);
    tcase_add_test(memory, a_large_start_is_released_when_its_line_is_done);
    tcase_add_test(memory, keeps_no_more_than_the_limit);
    tcase_add_test(memory, finishing_drops_what_is_kept_and_may_be_repeated);
    suite_add_tcase(suite, memory);

    TCase *returns = tcase_create("returns");
    tcase_set_timeout(returns, 30);
    tcase_add_test(returns, only_what_a_newline_ended_has_one);
    tcase_add_test(returns, whatever_is_given_back_the_lines_are_the_same);
    suite_add_tcase(suite, returns);

    return suite;
}
