// SPDX-License-Identifier: MIT
// Paths as they are written in a configuration. Nothing here looks at the file system, so that
// symbolic links and ".." keep their meaning.
#pragma once

// The path as seen from a directory: absolute ones as they are, without "." and empty parts.
char *path_absolute(const char *directory, const char *path);

// The folder of an absolute path.
char *path_directory(const char *path);
