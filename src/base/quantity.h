// SPDX-License-Identifier: MIT
// Numbers, durations, sizes and fractions as people write them; part of base/text.h.
// Every parser takes the whole text or nothing and leaves *value alone when it returns false.
// No locale has a say in any of them.
#pragma once

#include "base/buffer.h"

#include <stdbool.h>
#include <stdint.h>

// A decimal integer with an optional sign.
bool text_parse_integer(const char *text, int64_t *value);

// An octal number as chmod and umask take it (022, 0o22, 0027).
bool text_parse_octal(const char *text, unsigned *value);

// A decimal number with optional sign and fraction ("2", "-1.5"); no exponent, no inf, no nan.
bool text_parse_decimal(const char *text, double *value);

// Seconds from "500ms", "10s", "5m", "1h30m", "2d", "1.5s"; a bare number is seconds.
// Units from large to small, each once: d h m s ms us. Negative or beyond 100 years: false.
bool text_parse_duration(const char *text, double *seconds);

// Bytes from "64KiB", "10MiB", "1G", "512K", "100kB", "4096"; K, Ki, KiB are 1024 (as M, G, T),
// kB, MB, GB, TB are powers of 1000, in any case of letters. Beyond 2^63-1: false.
bool text_parse_size(const char *text, uint64_t *bytes);

// A fraction from "10%" or "0.1": 0.1.
bool text_parse_fraction(const char *text, double *value);

// The shortest exact writing that reads back to the same value: "1.5"; "1h30m", "200ms", "0s";
// "64KiB". Numbers and seconds are finite.
void text_format_decimal(struct buffer *out, double number);
void text_format_duration(struct buffer *out, double seconds);
void text_format_size(struct buffer *out, uint64_t bytes);

// For people, rounded: "312 ms", "4.2 s", "3 min 20 s", "2 h 5 min", "3 d 4 h".
void text_describe_duration(struct buffer *out, double seconds);
