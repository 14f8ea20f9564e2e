// SPDX-License-Identifier: MIT
// The time of a record as its format prints it, kept in the style from one record to the next.
#pragma once

#include "output/record.h"

// Brings style->stamp up to a time; stamp_length is 0 where no time is printed.
//
//     text, json, logfmt   2026-11-21T10:00:00.123Z, 2026-11-21T11:00:00.123+01:00
//     qgoda                Sat Nov 21 10:00:00.12345 2026
//     dev                  10:00:00
void stamp_refresh(struct record_style *style, int64_t time);
