// SPDX-License-Identifier: MIT
// YAML text to document, through libyaml's events; the only user of yaml.h.
#pragma once

#include "config/document.h"

// Reads one YAML text (one document) into nodes of the given document. What is wrong goes to
// errors; duplicate names, NUL bytes, nesting past 64, more than a million nodes after aliases,
// aliases that contain themselves, more than one document are errors. Anchors, aliases and merge
// keys are resolved. Returns the root, an empty map for an empty text, or NULL where no tree
// could be made at all.
struct node *yaml_read(struct document *document, const struct source *source,
                       struct errors *errors);

// The same for a text of which only the value of one name at the top is ours: duplicate names,
// unknown tags and the like elsewhere are not said. What makes the text unreadable always is.
struct node *yaml_read_part(struct document *document, const struct source *source,
                            const char *name, struct errors *errors);
