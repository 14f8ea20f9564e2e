// SPDX-License-Identifier: MIT
// _qgoda.yaml, the configuration of the site generator Qgoda, as far as helpers go.
#pragma once

#include "config/document.h"

// Makes a root of our own format out of one of Qgoda's: its helpers, each a string or a list.
// All its other settings are Qgoda's business. NULL when there are no helpers, which is said.
struct node *qgoda_to_document(struct document *document, struct node *root, struct errors *errors);
