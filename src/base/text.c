// SPDX-License-Identifier: MIT
#include "base/text.h"

#include "base/memory.h"

#include <signal.h>
#include <stdio.h>
#include <string.h>

// Unlike tolower it has no locale: a Turkish i is none of our business.
static char lower(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c + ('a' - 'A')) : c;
}

// Whether the text is the word in any case of letters.
static bool is_word(const char *text, const char *word)
{
    while (*text != '\0' && lower(*text) == lower(*word)) {
        text++;
        word++;
    }
    return *text == *word;
}

bool text_parse_bool(const char *text, bool *value)
{
    static const struct {
        const char *words[3];
        bool value;
    } rows[] = {
        {{"true", "True", "TRUE"}, true}, {{"yes", "Yes", "YES"}, true},
        {{"on", "On", "ON"}, true},       {{"false", "False", "FALSE"}, false},
        {{"no", "No", "NO"}, false},      {{"off", "Off", "OFF"}, false},
    };
    for (size_t i = 0; i < LENGTH(rows); i++) {
        for (size_t j = 0; j < LENGTH(rows[i].words); j++) {
            if (strcmp(text, rows[i].words[j]) == 0) {
                *value = rows[i].value;
                return true;
            }
        }
    }
    return false;
}

static const struct {
    const char *name; // the first of a number is the one that is printed
    int number;
} signals[] = {
    {"SIGHUP", SIGHUP},       {"SIGINT", SIGINT},   {"SIGQUIT", SIGQUIT},     {"SIGILL", SIGILL},
    {"SIGTRAP", SIGTRAP},     {"SIGABRT", SIGABRT}, {"SIGIOT", SIGIOT},       {"SIGBUS", SIGBUS},
    {"SIGFPE", SIGFPE},       {"SIGKILL", SIGKILL}, {"SIGUSR1", SIGUSR1},     {"SIGSEGV", SIGSEGV},
    {"SIGUSR2", SIGUSR2},     {"SIGPIPE", SIGPIPE}, {"SIGALRM", SIGALRM},     {"SIGTERM", SIGTERM},
#ifdef SIGSTKFLT // not on every architecture
    {"SIGSTKFLT", SIGSTKFLT},
#endif
    {"SIGCHLD", SIGCHLD},     {"SIGCLD", SIGCHLD},  {"SIGCONT", SIGCONT},     {"SIGSTOP", SIGSTOP},
    {"SIGTSTP", SIGTSTP},     {"SIGTTIN", SIGTTIN}, {"SIGTTOU", SIGTTOU},     {"SIGURG", SIGURG},
    {"SIGXCPU", SIGXCPU},     {"SIGXFSZ", SIGXFSZ}, {"SIGVTALRM", SIGVTALRM}, {"SIGPROF", SIGPROF},
    {"SIGWINCH", SIGWINCH},   {"SIGIO", SIGIO},     {"SIGPOLL", SIGPOLL},     {"SIGPWR", SIGPWR},
    {"SIGSYS", SIGSYS},
};

// RTMIN, RTMIN+3, RTMAX-2: 0 unless it is one of them.
static int parse_realtime_signal(const char *name)
{
    char base[6] = "";
    memcpy(base, name, strnlen(name, 5));
    bool from_min = is_word(base, "RTMIN");
    if (!from_min && !is_word(base, "RTMAX"))
        return 0;
    int64_t offset = 0;
    const char *rest = name + 5;
    if (*rest != '\0' && (*rest != (from_min ? '+' : '-') || !text_parse_integer(rest, &offset)))
        return 0;
    int64_t room = SIGRTMAX - SIGRTMIN;
    if (offset > room || offset < -room)
        return 0;
    return (int)offset + (from_min ? SIGRTMIN : SIGRTMAX);
}

bool text_parse_signal(const char *text, int *signal)
{
    int64_t number = 0;
    if (*text >= '0' && *text <= '9') {
        if (!text_parse_integer(text, &number) || number < 1 || number > SIGRTMAX)
            return false;
        *signal = (int)number;
        return true;
    }

    char prefix[4] = "";
    memcpy(prefix, text, strnlen(text, 3));
    const char *name = is_word(prefix, "SIG") ? text + 3 : text;
    for (size_t i = 0; i < LENGTH(signals); i++) {
        if (is_word(name, signals[i].name + 3)) {
            *signal = signals[i].number;
            return true;
        }
    }
    int realtime = parse_realtime_signal(name);
    if (realtime == 0)
        return false;
    *signal = realtime;
    return true;
}

const char *text_signal_name(int signal)
{
    static char name[24];
    for (size_t i = 0; i < LENGTH(signals); i++) {
        if (signals[i].number == signal)
            return signals[i].name;
    }
    if (signal == SIGRTMIN)
        return "SIGRTMIN";
    if (signal > SIGRTMIN && signal <= SIGRTMAX)
        snprintf(name, sizeof(name), "SIGRTMIN+%d", signal - SIGRTMIN);
    else
        snprintf(name, sizeof(name), "%d", signal);
    return name;
}

enum { NEAREST_LENGTH = 64 }; // longer words are nobody's typing mistake

// Damerau-Levenshtein distance (changes, gaps, and swaps of neighbours), blind to case. Both
// lengths are at most NEAREST_LENGTH.
static size_t word_distance(const char *a, size_t a_length, const char *b, size_t b_length)
{
    size_t rows[3][NEAREST_LENGTH + 1];
    size_t *before = rows[0], *above = rows[1], *row = rows[2];
    for (size_t j = 0; j <= b_length; j++)
        row[j] = before[j] = j;
    for (size_t i = 1; i <= a_length; i++) {
        size_t *free_row = before;
        before = above;
        above = row;
        row = free_row;
        row[0] = i;
        for (size_t j = 1; j <= b_length; j++) {
            char x = lower(a[i - 1]), y = lower(b[j - 1]);
            size_t best = above[j - 1] + (x != y);
            if (above[j] + 1 < best)
                best = above[j] + 1;
            if (row[j - 1] + 1 < best)
                best = row[j - 1] + 1;
            if (i > 1 && j > 1 && x == lower(b[j - 2]) && y == lower(a[i - 2]) &&
                before[j - 2] + 1 < best)
                best = before[j - 2] + 1;
            row[j] = best;
        }
    }
    return row[b_length];
}

const char *text_nearest(const char *word, const char *const *candidates, size_t count)
{
    size_t length = strlen(word);
    const char *nearest = NULL;
    size_t least = SIZE_MAX;
    for (size_t i = 0; i < count && length <= NEAREST_LENGTH; i++) {
        size_t other = strlen(candidates[i]);
        if (other > NEAREST_LENGTH)
            continue;
        size_t longer = length > other ? length : other;
        size_t limit = longer > 3 ? longer / 3 : 1;
        size_t distance = word_distance(word, length, candidates[i], other);
        // A distance as long as the word itself means that nothing is left of it.
        if (distance <= limit && distance < longer && distance < least) {
            nearest = candidates[i];
            least = distance;
        }
    }
    return nearest;
}

// Appends what stands between quotes and moves *text to the closing one. False: there is none.
static bool take_quoted(const char **text, struct buffer *word)
{
    const char *at = *text;
    char quote = *at++;
    for (; *at != quote; at++) {
        if (*at == '\0')
            return false;
        if (quote == '"' && *at == '\\' && at[1] == '\n') {
            at++; // a line goes on
            continue;
        }
        if (quote == '"' && *at == '\\' && at[1] != '\0' && strchr("\"\\$`", at[1]) != NULL)
            at++;
        buffer_append_char(word, *at);
    }
    *text = at;
    return true;
}

static bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\n';
}

// Takes one word, its first character at *text, and moves *text behind it.
static bool take_word(const char **text, struct buffer *word)
{
    for (; **text != '\0' && !is_blank(**text); (*text)++) {
        if (**text == '\'' || **text == '"') {
            if (!take_quoted(text, word))
                return false;
        } else if (**text == '\\') {
            (*text)++;
            if (**text == '\0')
                return false;
            if (**text != '\n')
                buffer_append_char(word, **text);
        } else {
            buffer_append_char(word, **text);
        }
    }
    return true;
}

// A backslash before a newline joins lines and starts no word.
static const char *skip_blanks(const char *text)
{
    while (is_blank(*text) || (text[0] == '\\' && text[1] == '\n'))
        text += *text == '\\' ? 2 : 1;
    return text;
}

bool text_split_quoted(const char *text, struct strings *words)
{
    struct strings found = {0};
    bool closed = true;
    for (text = skip_blanks(text); *text != '\0' && closed; text = skip_blanks(text)) {
        struct buffer word = {0};
        closed = take_word(&text, &word);
        strings_append_owned(&found, buffer_take(&word));
    }
    if (closed)
        strings_append_all(words, &found);
    strings_finish(&found);
    return closed;
}

void text_split_blanks(const char *text, struct strings *words)
{
    for (;;) {
        text += strspn(text, " \t\n");
        size_t length = strcspn(text, " \t\n");
        if (length == 0)
            return;
        strings_append_owned(words, memory_copy_bytes(text, length));
        text += length;
    }
}

struct character text_first_character(const char *bytes, size_t length)
{
    if (length == 0)
        return (struct character){0};
    const unsigned char *byte = (const unsigned char *)bytes;
    unsigned char first = byte[0];
    const struct character invalid = {.code = first, .length = 1};
    if (first < 0x80)
        return (struct character){.code = first, .length = 1, .valid = true};

    // The second byte's range shuts out overlong forms, surrogates, and what is past U+10FFFF.
    size_t wanted;
    uint32_t code;
    unsigned char least = 0x80, most = 0xbf;
    if (first >= 0xc2 && first <= 0xdf) {
        wanted = 2;
        code = first & 0x1f;
    } else if (first >= 0xe0 && first <= 0xef) {
        wanted = 3;
        code = first & 0x0f;
        least = first == 0xe0 ? 0xa0 : 0x80;
        most = first == 0xed ? 0x9f : 0xbf;
    } else if (first >= 0xf0 && first <= 0xf4) {
        wanted = 4;
        code = first & 0x07;
        least = first == 0xf0 ? 0x90 : 0x80;
        most = first == 0xf4 ? 0x8f : 0xbf;
    } else {
        return invalid;
    }
    if (length < wanted || byte[1] < least || byte[1] > most)
        return invalid;
    for (size_t i = 1; i < wanted; i++) {
        if (byte[i] < 0x80 || byte[i] > 0xbf)
            return invalid;
        code = code << 6 | (byte[i] & 0x3f);
    }
    return (struct character){.code = code, .length = wanted, .valid = true};
}

size_t text_count_characters(const char *bytes, size_t length)
{
    size_t count = 0;
    for (size_t i = 0; i < length; count++)
        i += text_first_character(bytes + i, length - i).length;
    return count;
}

size_t text_count_newlines(const char *bytes, size_t length)
{
    enum { HALF = 240 }; // so few that a byte counts them, and the compiler takes many at a time
    const char *const end = bytes + length;
    size_t count = 0;
    for (; end - bytes >= 2 * HALF; bytes += 2 * HALF) {
        uint8_t first = 0, second = 0; // two, since neither sum waits for the other
        for (int i = 0; i < HALF; i++) {
            first = (uint8_t)(first + (bytes[i] == '\n'));
            second = (uint8_t)(second + (bytes[HALF + i] == '\n'));
        }
        count += (size_t)first + second;
    }
    for (; bytes < end; bytes++, count++) {
        bytes = memchr(bytes, '\n', (size_t)(end - bytes));
        if (bytes == NULL)
            break;
    }
    return count;
}

bool text_is_utf8(const char *bytes, size_t length)
{
    for (size_t i = 0; i < length;) {
        struct character character = text_first_character(bytes + i, length - i);
        if (!character.valid)
            return false;
        i += character.length;
    }
    return true;
}

bool text_acts_on_terminal(struct character character)
{
    uint32_t code = character.code;
    if (!character.valid || code < 0x20 || (code >= 0x7f && code <= 0x9f))
        return true;
    return code == 0x061c || code == 0x200e || code == 0x200f ||
           (code >= 0x2028 && code <= 0x202e) || (code >= 0x2066 && code <= 0x2069);
}
