// SPDX-License-Identifier: MIT
// Whether a directory is a place for files of ours.
#pragma once

// Looks at the directory that a file of this path is in, or will be. 0, or a negative errno: -EPERM
// where anybody could put another file under the name. *reason (static, or NULL: the errno says it)
// is why.
int directory_check(const char *path, const char **reason);
