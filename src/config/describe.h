// SPDX-License-Identifier: MIT
// The tables of settings, told to others: as YAML, as JSON Schema, as a manual section.
#pragma once

#include "base/buffer.h"
#include "config/config.h"

// The effective configuration with every fallback filled in. Read back it gives the same one,
// and the same text again.
void describe_config(const struct config *config, struct buffer *out);

// The same without what it would be by itself, outside of developer mode.
void describe_config_briefly(const struct config *config, struct buffer *out);

// JSON Schema (2020-12) of the YAML format.
void describe_schema(struct buffer *out);

// The SETTINGS sections of helperd.yaml(5), in man macros.
void describe_manual(struct buffer *out);

// What becomes of a supervisord.conf, for the same page.
void describe_manual_supervisord(struct buffer *out);
