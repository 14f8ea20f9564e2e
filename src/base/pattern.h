// SPDX-License-Identifier: MIT
// Regular expressions (PCRE2) over UTF-8, bounded so that no line can hold up the program.
#pragma once

#include <stdbool.h>
#include <stddef.h>

struct pattern;

// Compiles a pattern. NULL when it is wrong: then reason says why and *offset where (in bytes).
struct pattern *pattern_create(const char *text, char reason[128], size_t *offset);
void pattern_destroy(struct pattern *pattern);

// Gives the pattern one more owner; each of them destroys it.
struct pattern *pattern_share(struct pattern *pattern);

// Bytes of memory that it takes.
size_t pattern_size(const struct pattern *pattern);

// Whether it matches anywhere in the bytes. Those that are no UTF-8 fit nothing, not even a dot.
// Reaching the match limit counts as no match.
bool pattern_matches(const struct pattern *pattern, const char *bytes, size_t length);
