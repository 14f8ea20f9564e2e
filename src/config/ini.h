// SPDX-License-Identifier: MIT
// INI text to document, through inih; the only user of ini.h. It is the dialect of Python's
// RawConfigParser as supervisord uses it: `key = value` or `key: value` in sections; a value goes
// on in lines that are indented deeper than its key; # and ; start a comment at the start of a line
// and behind a blank; keys are taken in lower case; of what is there twice the last counts.
#pragma once

#include "config/document.h"

// Name of the section whose keys every section has that lacks them.
#define INI_DEFAULT_SECTION "DEFAULT"

// Reads one text into a map of section to a map of key to value, which may hold sections already.
// What is wrong goes to errors: NUL bytes, bytes that are no UTF-8, keys before the first section,
// lines that are neither section nor key, more than a million values.
void ini_read(struct document *document, struct node *sections, const struct source *source,
              struct errors *errors);

// The pair of a key in a section or, where it is not there, in the default section; or NULL.
const struct pair *ini_pair(const struct node *sections, const struct node *section,
                            const char *key);
