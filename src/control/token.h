// SPDX-License-Identifier: MIT
// The secret that callers over TCP must know, in a file that only its owner can read.
#pragma once

// What a secret may be: so many characters, each printable and none a blank.
enum { TOKEN_SHORTEST = 32, TOKEN_LONGEST = 256 };

// The text that is in the file, one line; a file that is not there is made, with a new secret.
// Heap. NULL: the file is none to trust, or could not be made; *reason (heap) is a sentence of it.
char *token_load(const char *path, char **reason);
