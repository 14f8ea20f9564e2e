// SPDX-License-Identifier: MIT
#include "suites.h"

#include "base/buffer.h"
#include "base/memory.h"
#include "output/splitter.h"

#include <stdlib.h>
#include <string.h>

// Writes each piece as [text], with + before a continued and behind a partial one.
static bool note_piece(void *context, const struct piece *piece)
{
    struct buffer *seen = context;
    if (piece->continued)
        buffer_append_char(seen, '+');
    buffer_append_char(seen, '[');
    buffer_append(seen, piece->text, piece->length);
    buffer_append_char(seen, ']');
    if (piece->partial)
        buffer_append_char(seen, '+');
    return true;
}

static void feed(struct splitter *splitter, const char *text, struct buffer *seen)
{
    ck_assert_uint_eq(splitter_feed(splitter, text, strlen(text), note_piece, seen), strlen(text));
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
        splitter_feed(&splitter, text + i, length - i < chunk ? length - i : chunk, note_piece,
                      &seen);
    splitter_end(&splitter, note_piece, &seen);
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
    splitter_end(&splitter, note_piece, &seen);
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

static bool check_nul(void *context, const struct piece *piece)
{
    ck_assert_uint_eq(piece->length, 5);
    ck_assert_mem_eq(piece->text, "a\0b\r\xff", 5);
    ++*(int *)context;
    return true;
}

START_TEST(nul_and_other_bytes_are_part_of_the_line)
{
    struct splitter splitter;
    int pieces = 0;
    splitter_init(&splitter, 100);
    splitter_feed(&splitter, "a\0b\r\xff\na\0b\r\xff\n", 12, check_nul, &pieces);
    ck_assert_int_eq(pieces, 2);
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
    splitter_end(&splitter, note_piece, &seen);
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
    splitter_end(&splitter, note_piece, &seen);
    feed(&splitter, "one\n", &seen);
    splitter_end(&splitter, note_piece, &seen);
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
    splitter_end(&splitter, note_piece, &seen);
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
    splitter_end(&splitter, note_piece, &seen);
    ck_assert_ptr_null(splitter.kept);
    buffer_finish(&seen);
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
    ck_assert(splitter.kept_capacity < 1000);
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

// Notes as note_piece does, and a newline as $, and says stop by the bits of a pattern.
struct stopper {
    struct buffer seen;
    uint32_t stops; // bit n: stop at the piece n, and so on in a ring
    unsigned pieces;
};

static bool note_and_stop(void *context, const struct piece *piece)
{
    struct stopper *stopper = context;
    (void)note_piece(&stopper->seen, piece);
    if (piece->newline)
        buffer_append_char(&stopper->seen, '$');
    return (stopper->stops >> (stopper->pieces++ % 32) & 1) == 0;
}

// Feeds chunks, each again from where it was stopped. Every call takes something or gives
// something.
static char *split_with_stops(const char *text, size_t length, size_t max_line, size_t chunk,
                              uint32_t stops)
{
    struct splitter splitter;
    struct stopper stopper = {.stops = stops};
    splitter_init(&splitter, max_line);
    for (size_t i = 0; i < length;) {
        size_t part = length - i < chunk ? length - i : chunk;
        char *exact = memory_copy_bytes(text + i, part);
        unsigned pieces = stopper.pieces;
        size_t taken = splitter_feed(&splitter, exact, part, note_and_stop, &stopper);
        free(exact);
        bool stopped = stopper.pieces > pieces && (stops >> ((stopper.pieces - 1) % 32) & 1) != 0;
        ck_assert_uint_le(taken, part);
        ck_assert(taken == part || stopped);
        ck_assert_uint_le(splitter.kept_length, max_line);
        ck_assert((splitter.kept == NULL) == (splitter.kept_length == 0));
        i += taken;
    }
    splitter_end(&splitter, note_and_stop, &stopper);
    splitter_finish(&splitter);
    buffer_append_char(&stopper.seen, '\0');
    return buffer_take(&stopper.seen);
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

START_TEST(a_stop_gives_what_was_not_taken_back)
{
    struct splitter splitter;
    struct stopper stopper = {.stops = 1};
    splitter_init(&splitter, 5);
    ck_assert_uint_eq(splitter_feed(&splitter, "one\ntwo\n", 8, note_and_stop, &stopper), 4);
    expect(&stopper.seen, "[one]$");
    ck_assert_uint_eq(splitter_feed(&splitter, "two\n", 4, note_and_stop, &stopper), 4);
    expect(&stopper.seen, "[two]$");
    splitter_finish(&splitter);
}
END_TEST

START_TEST(a_stop_within_a_line_goes_on_there)
{
    struct splitter splitter;
    struct stopper stopper = {.stops = 1};
    splitter_init(&splitter, 5);
    ck_assert_uint_eq(splitter_feed(&splitter, "1234567\n", 8, note_and_stop, &stopper), 5);
    expect(&stopper.seen, "[12345]+");
    ck_assert_uint_eq(splitter_feed(&splitter, "67\n", 3, note_and_stop, &stopper), 3);
    expect(&stopper.seen, "+[67]$");
    splitter_finish(&splitter);
}
END_TEST

START_TEST(a_stop_at_what_was_kept_takes_only_what_belongs_to_it)
{
    struct splitter splitter;
    struct stopper stopper = {.stops = 1};
    splitter_init(&splitter, 5);
    ck_assert_uint_eq(splitter_feed(&splitter, "12345", 5, note_and_stop, &stopper), 5);
    expect(&stopper.seen, "");
    ck_assert_uint_eq(splitter_feed(&splitter, "6\n", 2, note_and_stop, &stopper), 0);
    expect(&stopper.seen, "[12345]+");
    ck_assert_uint_eq(splitter_feed(&splitter, "6\n", 2, note_and_stop, &stopper), 2);
    expect(&stopper.seen, "+[6]$");
    splitter_finish(&splitter);
}
END_TEST

START_TEST(only_what_a_newline_ended_says_so)
{
    struct splitter splitter;
    struct stopper stopper = {0};
    splitter_init(&splitter, 5);
    ck_assert_uint_eq(splitter_feed(&splitter, "\n1234567\nab", 11, note_and_stop, &stopper), 11);
    expect(&stopper.seen, "[]$[12345]++[67]$");
    splitter_end(&splitter, note_and_stop, &stopper);
    expect(&stopper.seen, "[ab]");
    splitter_finish(&splitter);
}
END_TEST

START_TEST(wherever_it_is_stopped_the_pieces_are_the_same)
{
    uint32_t seed = 1;
    for (int i = 0; i < 5000; i++) {
        char text[70];
        size_t length = make_text(&seed, text, 64);
        size_t max_line = 1 + next_random(&seed) % 12;
        size_t chunk = 1 + next_random(&seed) % 20;
        uint32_t stops = i % 4 == 0 ? UINT32_MAX : next_random(&seed) << 8 | next_random(&seed);
        memory_auto char *whole = split_with_stops(text, length, max_line, length + 1, 0);
        memory_auto char *stopped = split_with_stops(text, length, max_line, chunk, stops);
        ck_assert_msg(strcmp(whole, stopped) == 0, "limit %zu, chunks of %zu, stops %x: %s, not %s",
                      max_line, chunk, stops, stopped, whole);
    }
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
    splitter_end(&splitter, note_piece, &seen);
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
    tcase_add_test(pieces, another_limit_does_not_mark_the_rest_of_a_line_anew);
    suite_add_tcase(suite, pieces);

    TCase *memory = tcase_create("memory");
    tcase_add_test(memory, holds_no_memory_while_nothing_is_kept);
    tcase_add_test(memory, a_large_start_is_released_when_its_line_is_done);
    tcase_add_test(memory, keeps_no_more_than_the_limit);
    tcase_add_test(memory, finishing_drops_what_is_kept_and_may_be_repeated);
    suite_add_tcase(suite, memory);

    TCase *stops = tcase_create("stops");
    tcase_set_timeout(stops, 30);
    tcase_add_test(stops, a_stop_gives_what_was_not_taken_back);
    tcase_add_test(stops, a_stop_within_a_line_goes_on_there);
    tcase_add_test(stops, a_stop_at_what_was_kept_takes_only_what_belongs_to_it);
    tcase_add_test(stops, only_what_a_newline_ended_says_so);
    tcase_add_test(stops, wherever_it_is_stopped_the_pieces_are_the_same);
    suite_add_tcase(suite, stops);

    return suite;
}
